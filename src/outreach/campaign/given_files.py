"""Write the files that the user names: nothing that is there is lost."""

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from outreach.campaign.paths import ARCHIVE, CONTACTS, FONTS, JOURNAL, LETTERS, SETTINGS
from outreach.errors import InputError, Problem, RefusedError, WorldError
from outreach.files.atomic import delete, keep_copy, write_whole, write_with
from outreach.files.digest import digest, file_digest
from outreach.language import _

_OWN = (SETTINGS, LETTERS, CONTACTS, FONTS, JOURNAL, f"{JOURNAL}-wal", f"{JOURNAL}-shm", ARCHIVE)
"""What the campaign is made of, files and folders."""


def check_ending(target: Path, endings: Collection[str], *, is_needed: bool = False) -> None:
    """Refuse a file whose ending stands for another format; a name without one may be any, unless needed.

    Raises:
        InputError: its ending is none of these.
    """
    if target.suffix.lower() in endings or not (target.suffix or is_needed):
        return
    message = (
        _("'{ending}' is not an ending of what is written here", ending=target.suffix)
        if target.suffix
        else _("has no ending that says what to write")
    )
    raise InputError(
        Problem(
            target.name,
            0,
            message,
            _("use {endings}", endings=_(" or ").join(endings)),
            code="wrong-file-kind",
        )
    )


Content = bytes | Callable[[Path], object]
"""What goes into a file: its bytes, or what writes a file of that path, for more than memory holds."""


def write_given(contents: Mapping[Path, Content], root: Path, *, force: bool) -> list[Path]:
    """Write files that the user named, and return their paths.

    Args:
        contents: What goes into each file.
        root: The campaign folder; nothing that it is made of is ever replaced.
        force: Replace what is there, and keep it beside as `FILE.bak`, or `FILE.bak-2` where that is taken.

    Raises:
        RefusedError: some are there already, or belong to the campaign; all of them, and nothing was written.
        WorldError: some cannot be written, as they are open elsewhere; all of them, the others were written.
    """
    refused = [problem for path in contents for problem in _obstacles(path, root, force=force)]
    if refused:
        raise RefusedError(*refused)
    written: list[Path] = []
    failed: list[Problem] = []
    for path, content in contents.items():
        try:
            written.append(_write(path, content))
        except WorldError as error:
            failed += error.problems
    if failed:
        raise WorldError(*failed)
    return written


def _obstacles(path: Path, root: Path, *, force: bool) -> Iterator[Problem]:
    place, home = path.resolve(), root.resolve()
    first = place.relative_to(home).parts[:1] if place.is_relative_to(home) else ()
    if any(name.casefold() in _OWN for name in first):
        yield Problem(
            path.as_posix(), 0, _("is the campaign's own"), _("choose another name"), code="campaign-own"
        )
    elif path.is_file() and not force:
        yield Problem(
            path.as_posix(),
            0,
            _("is there already"),
            _("choose another name, or add --force to replace it"),
            code="exists",
        )


def _write(path: Path, content: Content) -> Path:
    """Write one file; an older one that differs is kept beside it."""
    is_same = isinstance(content, bytes) and file_digest(path) == digest(content)
    kept = keep_copy(path, first=".bak") if path.is_file() and not is_same else None
    try:
        return write_whole(path, content) if isinstance(content, bytes) else write_with(path, content)
    except WorldError:
        if kept:
            delete(kept)  # what it holds is still in its place
        raise
