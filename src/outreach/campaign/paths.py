"""The names of a campaign's files and folders, and where its folder is."""

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.language import _

SETTINGS = "outreach.toml"
LETTERS = "letters"
QUESTIONS = f"{LETTERS}/questions.toml"
EMAIL_TEXT = "_email.md"
"""Passage in letters/ that is the text of e-mails."""
CONTACTS = "contacts"
FONTS = "fonts"
OUT = "out"
MANIFEST = "manifest.json"
PENDING = "manifest.pending.jsonl"
"""What a run is about to write, a line each; left behind only by a run that was killed."""
PRINT = "print"
PRINT_RECORD = f"{PRINT}/run.json"
"""Whom the files of the print run name."""
REGISTERED_LIST = f"{PRINT}/registered.csv"
"""For registered mail, to be filled in."""
REPRINTED_LIST = f"{PRINT}/reprint-registered.csv"
BUNDLES = "bundles"
EMAIL = "email"
"""Folder of drafts."""
ORPHANS = "orphans"
JOURNAL = "outreach.db"
JOURNAL_COPY = f"{JOURNAL}.bak"
"""The journal as it was before the day's first change by `sent` or `log import`."""
FORGETTING = f"{JOURNAL}.forgetting"
"""Whom `contacts forget` is about to erase; left behind only where it was cut off."""
SENDING = f"{JOURNAL}.sending"
"""E-mails of which it is not known yet what became of them; left behind only where sending was cut off."""
SENDING_LOCK = ".outreach.sending.lock"
"""Held by the command that sends e-mail, which lets others write meanwhile."""
ARCHIVE = "archive"
LOCK = ".outreach.lock"
"""Held by the command that writes."""
_PLAIN_PATH = re.compile(r"(?:[\w-]+/)*[\w-]+\.\w+")
_OWN_FILE = re.compile(r"outreach\.(toml|db).*|\.outreach\..*|.*\.rejected\.csv.*", re.IGNORECASE)
"""Files beside the folders that commands read or write: settings, journal, lock, rows of an import."""


def template_path(letter: str) -> str:
    """Return the file of a letter's template, as messages name it."""
    return f"{LETTERS}/{letter}.md"


def bundle_path(contact: str) -> str:
    """Return the file of a contact's bundle, below the folder of the letters."""
    return f"{BUNDLES}/{contact}.zip"


def is_below(name: str) -> bool:
    """Tell whether a path read from a file leads to somewhere below its folder, on every system."""
    if _PLAIN_PATH.fullmatch(name):  # nearly all, where there are many
        return True
    parts = PurePosixPath(name).parts
    return bool(parts) and ".." not in parts and not any(one in name for one in "\\:\0") and parts[0] != "/"


def is_inside(path: Path, root: Path) -> bool:
    """Tell whether a path, its links followed as far as they lead, lies in the campaign folder."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # a ring of links, or no path at all
        return False


def outward_links(root: Path) -> list[Problem]:
    """Return a Problem for each link among the campaign's own files that leads out of it, or nowhere.

    A folder that somebody else made could else have files read, written or deleted elsewhere.

    Raises:
        WorldError: a folder cannot be read.
    """
    folders = (LETTERS, CONTACTS, FONTS, OUT, ARCHIVE)
    files = [name for name in _names_in(root, root) if _OWN_FILE.fullmatch(name)]
    # A journal's link that leads nowhere within the folder is a lost journal, of which more can be said.
    lost = [JOURNAL] if is_inside(root / JOURNAL, root) and not (root / JOURNAL).exists() else []
    own = [name for name in (*folders, *files) if name not in lost]
    return [problem for name in own for problem in _outward(root / name, root)]


def _outward(path: Path, root: Path) -> Iterator[Problem]:
    shown = path.relative_to(root).as_posix()
    if path.is_symlink():
        hint = _("take the link away, and put what it leads to in its place")
        if not is_inside(path, root):
            yield Problem(
                shown, 0, _("is a link that leads out of the campaign folder"), hint, code="link-outside"
            )
        elif not path.exists():
            yield Problem(shown, 0, _("is a link that leads nowhere"), hint, code="link-broken")
    elif path.is_dir():
        for name in _names_in(path, root):
            yield from _outward(path / name, root)


def _names_in(folder: Path, root: Path) -> list[str]:
    """Return the names of the links and folders in a folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_symlink() or entry.is_dir())
    except OSError as error:
        raise WorldError(
            Problem(shown_path(folder, root), 0, _("cannot be read"), reason(error), code="unreadable")
        ) from error


def require_inside(path: Path, root: Path) -> Path:
    """Return a path that is about to be written.

    Raises:
        InputError: a link leads out of the folder.
    """
    if not is_inside(path, root):
        message = _("a link leads out of the folder")
        raise InputError(Problem(path.as_posix(), 0, message, _("take the link away"), code="link-outside"))
    return path


def shown_path(path: Path, root: Path) -> str:
    """Return a path as messages name it: from a folder where it lies in it, with forward slashes."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def find_root(start: Path, *, upward: bool = True) -> Path:
    """Return the campaign folder: `start` or, with `upward`, its nearest parent with an outreach.toml.

    Raises:
        InputError: there is none.
        WorldError: a folder cannot be read.
    """
    for folder in (start, *start.parents) if upward else (start,):
        try:
            if (folder / SETTINGS).is_file():
                return folder
        except OSError as error:
            raise WorldError(
                Problem("", 0, _("{folder} cannot be read", folder=folder), reason(error), code="unreadable")
            ) from error
    hint = _("go to a campaign folder, name one with --campaign DIR, or make one with `outreach init`")
    message = (
        _("no {file} here or above", file=SETTINGS)
        if upward
        else _("no {file} in {folder}", file=SETTINGS, folder=start.name)
    )
    raise InputError(Problem("", 0, message, hint, code="no-campaign"))
