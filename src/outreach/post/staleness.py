"""Tell whether letters as they lie in out/ are still those that would be made now."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from outreach.errors import InputError, Problem
from outreach.files.digest import file_digest
from outreach.language import _, ngettext
from outreach.letters.compose import Document, contact_address
from outreach.letters.folder import Folder
from outreach.letters.making.inputs import Inputs
from outreach.letters.piece import ManifestEntry, is_edited
from outreach.people.contact import Contact


@dataclass(frozen=True, slots=True)
class Found:
    """One letter of a run, as it lies in out/."""

    entry: ManifestEntry
    document: Document | None
    """None for a follow-up letter, which is printed as it was made."""


def staleness(one: Found, out: Path, inputs: Inputs, contacts: Mapping[str, Contact]) -> Iterator[Problem]:
    """Yield what stands against printing a letter: its file is gone, edited, or would come out otherwise."""
    entry = one.entry
    sha = file_digest(out / entry.path)
    command = f"outreach {'generate' if one.document else 'followup'} {entry.letter}"
    hint = _("run `{command}`", command=command)
    if sha is None:
        yield Problem(entry.path, 0, _("is gone"), hint)
    elif sha != entry.sha256:
        yield Problem(
            entry.path,
            0,
            _("was changed by hand since it was generated"),
            _("run `{command} --force`", command=command),
        )
    elif one.document:
        try:
            if not inputs.are_current(one.document, entry):
                message = _("its text, contact or layout has changed since it was generated")
                yield Problem(entry.path, 0, message, hint)
        except InputError as error:
            yield from error.problems
    else:
        # A follow-up letter is of its day; what must still be right is where it goes.
        contact = contacts.get(entry.addressee)
        is_unknown = entry.kind == "referral" and not entry.to  # made before manifests said to whom
        if contact and not is_unknown and contact_address(contact) != entry.address:
            yield Problem(entry.path, 0, _("its address has changed since it was generated"), hint)


def other_dates(folder: Folder, found: Iterable[Found]) -> Iterator[Problem]:
    """Yield a warning for each date of letters that is not the settings'; `generate --date` may set it."""
    own = folder.campaign.date
    dates = Counter(date.fromisoformat(one.entry.date) for one in found if one.document)
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
            yield Problem("outreach.toml", 0, message, hint, "warning")


def edited(out: Path, entries: Iterable[ManifestEntry], printed: Collection[str]) -> Iterator[Problem]:
    """Yield a warning for each DOCX that was edited by hand while its PDF, which was not, is printed."""
    for entry in entries:
        pdf = f"{entry.path.removesuffix('docx')}pdf"
        if pdf in printed and is_edited(out, entry):
            message = _("was edited by hand, and {name} is printed without that", name=pdf)
            yield Problem(
                entry.path, 0, message, _("print it yourself, and leave this one out with --not"), "warning"
            )
