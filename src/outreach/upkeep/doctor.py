"""Describe the installation for a bug report, without any personal data."""

import locale
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from outreach import __version__
from outreach.campaign.campaign import DEFAULT_FONT
from outreach.campaign.paths import FONTS, JOURNAL, SETTINGS
from outreach.campaign.settings import load_campaign
from outreach.errors import InputError
from outreach.journal.store import MIGRATIONS, describe_file
from outreach.language import _, in_use, ngettext
from outreach.typesetting import Typesetter

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
_OPTIONAL = {"distributed": "generate --scheduler", "keyring": "outreach email send"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say of the installation."""

    item: str
    """The same in every language."""
    name: str
    """In the user's language."""
    value: str


def examine(root: Path | None) -> Iterator[Finding]:
    """Yield what there is to say; no path, address or text of the campaign.

    Args:
        root: The campaign folder; None outside of one.
    """
    yield Finding("outreach", "outreach", __version__)
    yield Finding("python", "Python", f"{platform.python_version()}, {platform.python_implementation()}")
    yield Finding("system", _("system"), f"{platform.system()} {platform.release()}, {platform.machine()}")
    named = f"{locale.getlocale()[0] or '–'}, {sys.getfilesystemencoding()}, {in_use()}"
    yield Finding("locale", _("locale"), named)
    missing = _("missing")
    found = [f"{name} {_version(name) or missing}" for name in _PACKAGES]
    lines = (", ".join(found[at : at + 3]) for at in range(0, len(found), 3))
    yield Finding("packages", _("packages"), "\n".join(lines))
    for name, what in _OPTIONAL.items():
        number = _version(name)
        lacking = _("{name} is missing, for {command}", name=name, command=what)
        yield Finding("optional", _("optional"), f"{name} {number}" if number else lacking)
    printer = shutil.which("lp")
    yield Finding("printer", _("printer queue"), "lp" if printer else _("no lp, for print --send"))
    stored = _("{version}, journal version {number}", version=sqlite3.sqlite_version, number=len(MIGRATIONS))
    yield Finding("sqlite", "SQLite", stored)
    if root is None:
        yield Finding("campaign", _("campaign"), _("no {file} here or above", file=SETTINGS))
        return
    hint = Typesetter(root, root / FONTS).missing_font(DEFAULT_FONT)
    fonts = _("the shipped font is missing; {hint}", hint=hint) if hint else _("the shipped font is found")
    yield Finding("fonts", _("fonts"), fonts)
    writable = _("can be written") if os.access(root, os.W_OK) else _("cannot be written")
    yield Finding("folder", _("folder"), writable)
    yield Finding("email", _("e-mail"), _email(root))
    yield Finding("journal", _("journal"), _journal(root / JOURNAL))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _email(root: Path) -> str:
    """Say what of e-mail is set up, without any address."""
    try:
        settings, _problems = load_campaign(root)
    except InputError as error:
        return error.problems[0].message
    email = settings.email
    there = {_("address"): email.address, "SMTP": email.smtp, "IMAP": email.imap}
    return ", ".join(name for name, value in there.items() if value) or _("not set up")


def _journal(path: Path) -> str:
    if not path.is_file():
        return _("none yet")
    try:
        number, count = describe_file(path)
    except InputError as error:
        return error.problems[0].message
    events = ngettext("{count} event", "{count} events", count)
    return _("version {number}, {events}", number=number, events=events)
