"""Start a campaign: a starter's files go into a folder, with what is known of the campaign filled in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import tomli
import tomlkit

from outreach.campaign.campaign import Campaign
from outreach.campaign.paths import ARCHIVE, CONTACTS, JOURNAL, LETTERS, OUT, SETTINGS
from outreach.errors import InputError, Problem, RefusedError
from outreach.files.atomic import write_whole
from outreach.files.reading import read_bytes
from outreach.files.toml import load
from outreach.language import _
from outreach.letters.assignment import Assignment
from outreach.letters.compose import Composer
from outreach.letters.folder import Folder
from outreach.letters.formats.pdf import render_png
from outreach.letters.formats.stationery import Stationery
from outreach.people.contact import Contact
from outreach.people.template import template_bytes

LYON = "lyon"
"""The shipped example, whose files are the repository's own."""
STARTERS = ("fr", "en", LYON)
"""The others are named after the language of their letters."""
GITIGNORE = ".gitignore"
FIRST_PAGE = f"{OUT}/page-1.png"
_IGNORED = f"{OUT}/\n{ARCHIVE}/\n{JOURNAL}*\n*.rejected.csv\n*.bak\n"
"""What holds personal data or is made again, and has no place in a shared history."""

_FOLLOW_UPS = ("reminder", "documents-request", "cada-referral", "cada-notice", "correction", "thanks")
_SHARED = {
    "fr": ("_numbers", "_previous", "_questions", *_FOLLOW_UPS),
    "en": ("_questions",),
}
"""Letters and passages that a starter takes over from the shipped example; the authorities it always does."""
_AUTHORITIES = f"{CONTACTS}/authorities.toml"
TO_FILL_IN = {"fr": f"{CONTACTS}/a-remplir.xlsx", "en": f"{CONTACTS}/to-fill-in.xlsx"}
"""The spreadsheet for contacts, by starter."""

_SETTINGS = {
    "title": ("campaign", "title"),
    "topic": ("campaign", "topic"),
    "language": ("campaign", "language"),
    "name": ("sender", "name"),
    "address": ("sender", "address"),
    "email": ("sender", "email"),
    "place": ("letter", "place"),
    "window": ("layout", "window"),
}
"""What is said of a campaign to its table and key in outreach.toml."""
_PAPERS = {
    ".docx": ("layout", "letterhead"),
    ".pdf": ("layout", "background"),
    ".png": ("sender", "logo"),
    ".jpg": ("sender", "logo"),
    ".jpeg": ("sender", "logo"),
}
"""Ending of a letterhead's file to its table and key there."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is known of a campaign that begins; what is empty stays as the starter has it."""

    title: str = ""
    topic: str = ""
    language: str = ""
    """Of the letters."""
    name: str = ""
    """Who writes."""
    address: tuple[str, ...] = ()
    email: str = ""
    place: str = ""
    window: str = ""
    papers: tuple[Path, ...] = ()
    """Letterhead as DOCX or PDF, or a logo; each is copied."""


def start_campaign(target: Path, starter: str, said: Beginning) -> list[Path]:
    """Write a starter's files and return them.

    Args:
        target: The folder; made if it does not exist. Files of other names in it are left alone.
        starter: One of `STARTERS`.
        said: What goes into its settings.

    Raises:
        InputError: the letterhead is not there, or of another kind.
        RefusedError: one of the files is there already; nothing was written.
        WorldError: a file cannot be read or written.
    """
    contents = {name: path.read_bytes() for name, path in _files_of(starter).items()}
    values: dict[tuple[str, str], object] = {
        place: value for key, place in _SETTINGS.items() if (value := getattr(said, key))
    }
    for paper in said.papers:
        values[_paper_setting(paper)] = paper.name
        contents[paper.name] = read_bytes(paper, paper.as_posix())
    if values:
        contents[SETTINGS] = _filled_in(contents[SETTINGS].decode(), values).encode()
    if starter in TO_FILL_IN:
        contents[TO_FILL_IN[starter]] = template_bytes()
    present = [name for name in contents if (target / name).exists()]
    if present:
        raise RefusedError(
            Problem(
                present[0],
                0,
                _("is there already"),
                _("choose an empty folder; nothing was copied"),
                code="exists",
            )
        )
    ignore = target / GITIGNORE
    written = [] if ignore.exists() else [write_whole(ignore, _IGNORED.encode(), GITIGNORE)]
    return written + [write_whole(target / name, content, name) for name, content in contents.items()]


def write_first_page(folder: Folder, written: date) -> Path:
    """Write the first page of the first letter, to a made-up mayor, as a picture; return its path.

    Raises:
        InputError: the letter cannot be made.
        WorldError: the file cannot be written.
    """
    reader = Contact(
        id="exemple",
        role="mayor",
        gender="f",
        given_name="Anne",
        family_name="Exemple",
        address=("Hôtel de Ville", "1 place de la Mairie"),
        postal_code="35400",
        city="Exemple",
    )
    template = folder.first_templates[0]
    letter = Composer(folder).compose(Assignment(template, (reader,), template.questions), written)
    page = render_png(letter, Stationery(folder.campaign.layout, folder.campaign.root))[0]
    return write_whole(folder.campaign.path(FIRST_PAGE), page, FIRST_PAGE)


def left_as_started(campaign: Campaign) -> Iterator[Problem]:
    """Yield a warning for each setting that still says what a starter wrote there."""
    lines = load(campaign.root / SETTINGS, SETTINGS, []).top()
    found = {
        ("campaign", "title"): campaign.title,
        ("campaign", "topic"): campaign.topic,
        ("sender", "name"): campaign.sender.name,
        ("letter", "place"): campaign.place,
    }
    for starter in TO_FILL_IN:
        started = tomli.loads(_files_of(starter)[SETTINGS].read_text(encoding="utf-8"))
        for (table, key), value in found.items():
            if value == started[table][key]:
                message = _(
                    "[{table}] {key} is as the starter wrote it: '{value}'", table=table, key=key, value=value
                )
                line, hint = lines.table(table).line(key), _("write your own there")
                yield Problem(SETTINGS, line, message, hint, "warning", code="setting-as-started")


def paper_endings() -> tuple[str, ...]:
    """Return the endings of files that can be a letterhead or a logo."""
    return tuple(_PAPERS)


def _paper_setting(paper: Path) -> tuple[str, str]:
    if paper.suffix.lower() not in _PAPERS:
        message = _("{key} must be a {endings} file", key="letterhead", endings=_(" or ").join(_PAPERS))
        raise InputError(Problem(paper.as_posix(), 0, message, code="wrong-file-kind"))
    return _PAPERS[paper.suffix.lower()]


def _filled_in(settings: str, values: Mapping[tuple[str, str], object]) -> str:
    """Return a starter's settings with those values; comments stay, unless one is a key's own line."""
    keys = "|".join(key for _table, key in values)
    document: Any = tomlkit.parse(re.sub(rf"(?m)^# (?=({keys}) = )", "", settings))
    for (table, key), value in values.items():
        document[table][key] = list(value) if isinstance(value, tuple) else value
    return tomlkit.dumps(document)


def _files_of(starter: str) -> dict[str, Path]:
    """Return a starter's files by their names in the campaign folder."""
    package = Path(str(files("outreach")))
    own = package / "data" / "starters" / starter
    if starter == LYON:
        root = own if own.is_dir() else package.parents[1]  # in a source tree the repository
        paths = [root / SETTINGS, *sorted((root / LETTERS).glob("*")), *sorted((root / CONTACTS).glob("*"))]
        return {path.relative_to(root).as_posix(): path for path in paths if path.is_file()}
    shipped = _files_of(LYON)
    shared = [*(f"{LETTERS}/{name}.md" for name in _SHARED[starter]), _AUTHORITIES]
    found = {path.relative_to(own).as_posix(): path for path in own.rglob("*") if path.is_file()}
    return dict(sorted({**{name: shipped[name] for name in shared}, **found}.items()))
