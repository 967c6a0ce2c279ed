"""Describe the installation for a bug report, without any personal data."""

import locale
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from outreach import __version__
from outreach.campaign import FILE_NAME, Layout
from outreach.journal.store import FILE_NAME as JOURNAL
from outreach.journal.store import MIGRATIONS
from outreach.typesetting import missing_font

_PACKAGES = (
    "babel",
    "holidays",
    "icalendar",
    "jinja2",
    "markdown-it-py",
    "pikepdf",
    "python-calamine",
    "python-docx",
    "rapidfuzz",
    "rich",
    "tomli",
    "tomlkit",
    "typer",
    "typst",
    "xlsxwriter",
)
_OPTIONAL = {"distributed": "generate --scheduler"}


def examine(root: Path | None) -> Iterator[tuple[str, str]]:
    """Yield what there is to say, a name and a value each; no path, address or text of the campaign.

    Args:
        root: The campaign folder; None outside of one.
    """
    yield "outreach", __version__
    yield "Python", f"{platform.python_version()}, {platform.python_implementation()}"
    yield "system", f"{platform.system()} {platform.release()}, {platform.machine()}"
    yield "locale", f"{locale.getlocale()[0] or 'none'}, {sys.getfilesystemencoding()}"
    found = [f"{name} {_version(name)}" for name in _PACKAGES]
    yield "packages", "\n".join(", ".join(found[at : at + 3]) for at in range(0, len(found), 3))
    for name, what in _OPTIONAL.items():
        number = _version(name)
        yield "optional", f"{name} {number}" if number != "missing" else f"{name} is missing, for {what}"
    printer = shutil.which("lp")
    yield "printer queue", "lp" if printer else "no lp, for print --send"
    yield "SQLite", f"{sqlite3.sqlite_version}, journal version {len(MIGRATIONS)}"
    if root is None:
        yield "campaign", f"no {FILE_NAME} here or above"
        return
    hint = missing_font(Layout(), root)
    yield "fonts", "the shipped font is found" if not hint else f"the shipped font is missing; {hint}"
    yield "folder", "can be written" if os.access(root, os.W_OK) else "cannot be written"
    yield "journal", _journal(root / JOURNAL)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _journal(path: Path) -> str:
    if not path.is_file():
        return "none yet"
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        try:
            number = connection.execute("PRAGMA user_version").fetchone()[0]
            count = connection.execute("SELECT count(*) FROM events").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        return f"cannot be read: {error}"
    return f"version {number}, {count} events"
