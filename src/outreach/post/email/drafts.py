"""Write e-mails as drafts into out/email, a file each, which mail programs open to be sent."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from outreach.campaign.paths import EMAIL
from outreach.errors import HeldError, Problem
from outreach.files.atomic import delete
from outreach.files.digest import digest, file_digest
from outreach.language import _
from outreach.letters.making.generate import Output, Report, Result, write_file
from outreach.letters.piece import Manifest, Piece, PieceFile
from outreach.post.email.imap import Box, MailFolder
from outreach.post.email.outgoing import Draft, Post, draft_bytes
from outreach.progress import Progress, no_progress

ENDING = "eml"


@dataclass(slots=True)
class DraftReport(Report):
    """What became of the drafts, those that were there before among them."""

    deleted: list[str] = field(default_factory=list)
    """Drafts that do not go any more, by their paths."""


def write_drafts(  # noqa: PLR0913  (where to, and how)
    post: Post,
    out: Path,
    day: date,
    *,
    force: bool = False,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> DraftReport:
    """Write the drafts, and delete those of the same letters that are not to go any more.

    Args:
        post: The e-mails.
        out: The folder of the generated letters.
        day: Of the run.
        force: Replace drafts that were edited by hand; a copy of each is kept.
        dry_run: Say what would happen and write nothing.
        progress: Called with the drafts done and the drafts in all.

    Raises:
        InputError: the record of the drafts is damaged.
        WorldError: a file cannot be read, written or deleted.
    """
    manifest = Manifest(out / EMAIL)
    output = Output(out / EMAIL, day, force=force, dry_run=dry_run)
    report = DraftReport(left_out=list(post.warnings))
    report.deleted, kept = _not_meant(manifest, post)
    report.left_out += kept
    try:
        for done, draft in enumerate(post.drafts, 1):
            content = draft_bytes(draft)
            file = PieceFile(f"{draft.name}.{ENDING}", digest(content))
            try:
                report.written.append(write_file(manifest, _piece(draft), file, content, output))
            except HeldError as error:
                report.held += error.problems
            progress(done, len(post.drafts))
        for path in () if dry_run else report.deleted:
            delete(manifest.folder / path)
            manifest.remove(path)
    finally:
        if not dry_run:
            manifest.save()
    return report


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft in a mailbox."""

    draft: Draft
    result: Result
    """Created, or identical where one with its reference was there."""


def place_drafts(
    post: Post, box: Box, folder: MailFolder, progress: Progress = no_progress
) -> Iterator[Placed]:
    """Put the drafts into a folder of a mailbox, but for those that lie there, and yield each.

    Raises:
        WorldError: the server does not take one; those before it are there.
    """
    for done, draft in enumerate(post.drafts, 1):
        is_there = box.has(folder, "Subject", draft.reference)
        if not is_there:
            box.put(folder, draft_bytes(draft), r"\Draft")
        yield Placed(draft, Result.IDENTICAL if is_there else Result.CREATED)
        progress(done, len(post.drafts))


def already_there(placed: Placed) -> Problem:
    """Return the warning of a draft that was not put into the mailbox once more."""
    draft = placed.draft
    message = _(
        "the draft of letter '{letter}' to '{contact}' is in the mailbox already",
        letter=draft.piece.letter,
        contact=draft.contact.id,
    )
    return Problem("", 0, message, _("delete it there to have it made anew"), "warning", code="draft-there")


def take_away(draft: Draft, out: Path) -> None:
    """Delete the file of a draft that has been sent, so that nobody sends it once more.

    Raises:
        InputError: the record of the drafts is damaged.
        WorldError: it cannot be deleted.
    """
    path = f"{draft.name}.{ENDING}"
    if (out / EMAIL / path).is_file():
        manifest = Manifest(out / EMAIL)
        delete(manifest.folder / path)
        manifest.remove(path)
        manifest.save()


def _piece(draft: Draft) -> Piece:
    """Return what the record of the drafts says of one."""
    name = draft.name.rpartition("/")[2]
    return replace(draft.piece, contacts=draft.contacts, contact=name, to=draft.contact.id, files=())


def _not_meant(manifest: Manifest, post: Post) -> tuple[list[str], list[Problem]]:
    """Return the drafts of a run's letters that are none of it any more, and warnings for edited ones."""
    going = {f"{draft.name}.{ENDING}" for draft in post.drafts}
    doomed: list[str] = []
    kept: list[Problem] = []
    for path in _of_run(manifest, post):
        sha = file_digest(manifest.folder / path)
        if path not in going and (sha is None or manifest.knows(path, sha)):
            doomed.append(path)
        elif path not in going:
            message, hint = _("was edited by hand, and does not go any more"), _("delete it, or move it away")
            kept.append(Problem(f"{EMAIL}/{path}", 0, message, hint, "warning", code="file-for-nobody"))
    return doomed, kept


def _of_run(manifest: Manifest, post: Post) -> Iterator[str]:
    for piece in manifest.pieces():
        is_chosen = post.chosen is None or not post.chosen.isdisjoint(piece.contacts)
        if piece.letter in post.letters and is_chosen:
            yield from (file.path for file in piece.files)
