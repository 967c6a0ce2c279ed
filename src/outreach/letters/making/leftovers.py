"""Find the files in out/ that are for nobody any more, or overtaken, and delete them."""

from collections.abc import Collection, Iterable
from pathlib import Path

from outreach.errors import Problem, errors_in
from outreach.files.atomic import delete
from outreach.files.digest import file_digest
from outreach.language import _
from outreach.letters.assignment import Assignment
from outreach.letters.folder import Folder
from outreach.letters.piece import Manifest, Piece, read_pieces


def leftovers(folder: Folder, out: Path, letters: Collection[str]) -> list[str]:
    """Return the files of letters that open a correspondence with somebody whom none of them is meant for.

    Args:
        folder: The campaign; while it has errors nothing is left over, since who is meant is not known.
        out: The folder of the generated letters.
        letters: Names of the letters to look at; empty for all.

    Returns:
        Paths below `out` of files that are there.
    """
    if errors_in(folder.problems):
        return []
    meant = {assignment.name for assignment in folder.audiences.assignments(folder.first_templates)}
    return [
        file.path
        for piece in read_pieces(out)
        if piece.is_opening and (not letters or piece.letter in letters)
        for file in piece.files
        if file.path.rpartition(".")[0] not in meant and (out / file.path).is_file()
    ]


def overtaken(out: Path, made: Iterable[Assignment]) -> list[str]:
    """Return the files of referrals in whose place others were made: single ones of a series, or the reverse.

    Args:
        out: The folder of the generated letters.
        made: What was made last.

    Returns:
        Paths below `out` of files that are there.
    """
    referrals = [one for one in made if one.about]
    return [
        file.path
        for piece in (Manifest(out).pieces() if referrals else ())
        if any(_overtakes(one, piece) for one in referrals)
        for file in piece.files
        if (out / file.path).is_file()
    ]


def _overtakes(made: Assignment, piece: Piece) -> bool:
    """Tell whether a referral as made refers a request that another letter refers too."""
    requests = {previous.piece.letter for previous in made.earlier}
    return (
        piece.letter == made.template.name
        and piece.contact != made.contact
        and not set(piece.contacts).isdisjoint(made.contacts)
        and not requests.isdisjoint(piece.follows)
    )


def for_nobody(path: str) -> Problem:
    """Return the warning of a file that was left over."""
    message, hint = _("is for somebody who is not meant any more"), _("say --prune to delete it")
    return Problem(path, 0, message, hint, "warning", code="file-for-nobody")


def prune(out: Path, paths: Collection[str]) -> tuple[list[str], list[Problem]]:
    """Delete files that are not meant any more; return them, and a warning for each edited one, which stays.

    Raises:
        WorldError: a file cannot be deleted.
    """
    if not paths:
        return [], []
    manifest = Manifest(out)
    deleted, kept = [], []
    for path in paths:
        sha = file_digest(out / path)
        if sha is not None and not manifest.knows(path, sha):
            message = _("was edited by hand, and is not deleted")
            kept.append(Problem(path, 0, message, _("move it away"), "warning", code="file-for-nobody"))
            continue
        delete(out / path)
        manifest.remove(path)
        deleted.append(path)
    if deleted:
        manifest.save()
    return deleted, kept
