"""Tell whether letters as they lie in out/ are still those that would be made now."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from outreach.campaign.paths import SETTINGS
from outreach.errors import InputError, Problem
from outreach.files.digest import file_digest
from outreach.language import _, ngettext
from outreach.letters.assignment import Assignment
from outreach.letters.folder import Folder
from outreach.letters.formats.formats import EDITABLE, PRINTED
from outreach.letters.making.inputs import Inputs
from outreach.letters.piece import Manifest, Piece, PieceFile, is_edited
from outreach.letters.template import LetterKind
from outreach.people.addressing import address_lines
from outreach.people.people import People


@dataclass(frozen=True, slots=True)
class Found:
    """One letter of a run, as it lies in out/."""

    piece: Piece
    assignment: Assignment | None
    """None for a follow-up letter, which is printed as it was made."""
    sha256: str | None
    """Of the file that is printed, as it lies there; None if it is gone."""
    is_edited: bool
    """Somebody changed that file by hand; it is printed as it is."""

    @property
    def file(self) -> PieceFile:
        """The file that is printed."""
        return next(file for file in self.piece.files if file.format == PRINTED)


def found(manifest: Manifest, piece: Piece, assignment: Assignment | None) -> Found:
    """Return a letter as it lies in the manifest's folder, of a piece that has a file to print."""
    file = next(file for file in piece.files if file.format == PRINTED)
    sha = file_digest(manifest.folder / file.path)
    return Found(piece, assignment, sha, sha is not None and not manifest.knows(file.path, sha))


def staleness(one: Found, inputs: Inputs, people: People) -> Iterator[Problem]:
    """Yield what stands against printing a letter: its file is gone, or would come out otherwise.

    One that was edited by hand says what somebody wanted it to say.
    """
    piece, file = one.piece, one.file
    command = f"outreach {'generate' if one.assignment else 'followup'} {piece.letter}"
    hint = _("run `{command}`", command=command)
    if one.sha256 is None:
        yield Problem(file.path, 0, _("is gone"), hint, code="file-gone")
    elif one.is_edited:
        return
    elif one.sha256 != file.sha256:
        yield Problem(file.path, 0, _("is of a run that was stopped"), hint, code="file-unfinished")
    elif one.assignment:
        try:
            if not inputs.are_current(one.assignment, piece):
                message = _("its text, contact or layout has changed since it was generated")
                yield Problem(file.path, 0, message, hint, code="file-outdated")
        except InputError as error:
            yield from error.problems
    else:
        # A follow-up letter is of its day; what must still be right is where it goes.
        entry = people.by_id.get(piece.addressee)
        is_unknown = piece.kind == LetterKind.REFERRAL and not piece.to  # made before manifests said to whom
        if entry and not is_unknown and address_lines(entry.contact, people.home) != piece.address:
            yield Problem(
                file.path, 0, _("its address has changed since it was generated"), hint, code="file-outdated"
            )


def other_dates(folder: Folder, found: Iterable[Found]) -> Iterator[Problem]:
    """Yield a warning for each date of letters that is not the settings'; `generate --date` may set it."""
    own = folder.campaign.date
    dates = Counter(one.piece.written for one in found if one.assignment and one.piece.written)
    for written, count in sorted(dates.items()):
        if own and written != own:
            message = ngettext(
                "{count} letter is dated {written}, the settings say {own}",
                "{count} letters are dated {written}, the settings say {own}",
                count,
                written=written,
                own=own,
            )
            hint = _("generate again, unless you gave that date with --date")
            yield Problem(SETTINGS, 0, message, hint, "warning", code="settings-changed-since")


def edited(out: Path, made: Iterable[Piece], printed: Collection[Found]) -> Iterator[Problem]:
    """Yield a warning for each file that was edited by hand: what is printed as it is, and what is not."""
    for one in printed:
        if one.is_edited:
            message = _("was edited by hand, and is printed as it is")
            yield Problem(one.file.path, 0, message, "", "warning", code="edited")
    names = {one.file.path.rpartition(".")[0]: one.file.path for one in printed if not one.is_edited}
    for file in (file for piece in made for file in piece.files if file.format in EDITABLE):
        stem = file.path.rpartition(".")[0]
        if stem in names and is_edited(out, file):
            message = _("was edited by hand, and {name} is printed without that", name=names[stem])
            hint = _("save it as PDF under that name, and print again")
            yield Problem(file.path, 0, message, hint, "warning", code="edited")
