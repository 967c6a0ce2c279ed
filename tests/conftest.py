"""Factories that the tests share: a tree of files, a run of the program, a contact, a small campaign."""

import io
import os
import shutil
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis
import pdfplumber
import pytest
from typer.testing import CliRunner, Result

from outreach import language
from outreach.campaign.campaign import Campaign, Layout, Sender
from outreach.cli import bring_in, contacts, email, follow_up, options, overview, post, record, write
from outreach.cli.app import app
from outreach.country.country import Country, load_country
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Letter, Paragraph, Run
from outreach.letters.template import LetterKind, Template
from outreach.people.contact import Contact

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

TODAY = date(2025, 1, 15)
REPOSITORY = Path(__file__).parents[1]
MM = 25.4 / 72
"""A point in millimetres."""
OFFICE_PROGRAMS = ("soffice", "pdftotext", "qpdf")


def png(width: int, height: int) -> bytes:
    """Return a grey picture of that size in pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@dataclass(frozen=True)
class Word:
    """One word of a PDF, in mm from the top left corner of its page."""

    text: str
    page: int
    left: float
    top: float
    right: float
    bottom: float


WriteTree = Callable[[Mapping[str, str | bytes]], Path]
RunProgram = Callable[..., Result]
MakeContact = Callable[..., Contact]
MakeLetter = Callable[..., Letter]


def faults(done: Result) -> str:
    """Return what a command said on stderr, but for the command that it names as the next one."""
    return "".join(line for line in done.stderr.splitlines(keepends=True) if not line.startswith("next: "))


SETTINGS = """\
[campaign]
title = "Essai"
[sender]
name = "Groupe Essai"
address = ["1 rue de l'Essai", "69001 LYON"]
[letter]
place = "Lyon"
date = 2024-11-30
"""
APPLICANT = SETTINGS.replace(
    "[letter]", 'legal_form = "association loi 1901"\nrepresentative = "Zoé Essai, présidente"\n[letter]'
)
"""Settings with what a referral has to name."""
CONTACT = """\
[[contact]]
id = "maire"
role = "mayor"
gender = "f"
given_name = "Anne"
family_name = "Exemple"
address = ["Hôtel de Ville", "1 place de la Mairie"]
postal_code = "69130"
city = "Écully"
insee = "69081"
tags = ["a"]
checked = 2024-11-01
"""
LETTER = """\
+++
title = "Lettre"
audience = "all"
subject = "Une demande"
+++
{{ recipient.salutation }},

Bonjour à {{ recipient.name }}.

{{ recipient.closing }}
"""
CAMPAIGN: Mapping[str, str | bytes] = {
    "outreach.toml": SETTINGS,
    "contacts/a.toml": CONTACT,
    "letters/note.md": LETTER,
}


def plain_template(body: str = "") -> Template:
    """Return a template of that text for everybody."""
    return Template(
        name="note",
        path="letters/note.md",
        title="T",
        audience=("all",),
        joint=False,
        subject="S",
        questions=(),
        enclosures=(),
        copies=(),
        postscript="",
        your_reference="",
        annexes=(),
        reply_by=30,
        kind=LetterKind.REQUEST,
        valid_until=None,
        language="fr",
        body=body,
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let tests/fuzz try more damaged files, or others, and more random journals be played."""
    parser.addoption("--kills", type=int, default=5, help="how often each command that writes is killed")
    parser.addoption("--journals", type=int, default=300, help="how many random journals are played")
    parser.addoption("--fuzz", type=int, default=500, help="how many damaged files are tried")
    parser.addoption("--fuzz-first", type=int, default=0, help="the number of the first of them")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs office programs where they are not, unless they are required."""
    missing = [name for name in OFFICE_PROGRAMS if not shutil.which(name)]
    if not missing or os.environ.get("OUTREACH_REQUIRE_OFFICE"):
        return
    skip = pytest.mark.skip(reason=f"needs {', '.join(missing)}")
    for item in items:
        if item.get_closest_marker("office"):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let messages be English whatever the machine speaks, on a wide screen; other tests say so themselves."""
    monkeypatch.setenv("OUTREACH_LANG", "en")
    monkeypatch.setenv("COLUMNS", "1000")
    language.use("en")


def set_day(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """Make it that day in every command."""
    for module in (bring_in, contacts, email, follow_up, options, overview, post, record, write):
        monkeypatch.setattr(module, "today", lambda: day)


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it TODAY in every command."""
    set_day(monkeypatch, TODAY)


@pytest.fixture
def write_tree(tmp_path: Path) -> WriteTree:
    """Return a function that writes files below a new folder and returns the folder."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        root = tmp_path / "campaign"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write


@pytest.fixture
def campaign(write_tree: WriteTree) -> Callable[..., Path]:
    """Return a function that writes a small faultless campaign, with some files replaced or added."""

    def write(files: Mapping[str, str | bytes] | None = None) -> Path:
        return write_tree({**CAMPAIGN, **(files or {})})

    return write


@pytest.fixture
def run() -> RunProgram:
    """Return a function that runs the program on a campaign folder."""

    def run_program(*args: str, root: Path | None = None, typed: str | None = None) -> Result:
        before = ["--campaign", str(root)] if root else []
        return CliRunner().invoke(app, [*before, *args], input=typed, prog_name="outreach")

    return run_program


def findings(checked: Result) -> list[str]:
    """Return what `check` found on a wide screen, a line each, without headings and contacts never checked."""
    return [line[2:] for line in checked.stdout.splitlines() if line.startswith("  ")]


@pytest.fixture
def make_contact() -> MakeContact:
    """Return a function that makes a contact; changes replace its values."""

    def make(**changes: Any) -> Contact:
        values: dict[str, Any] = {
            "id": "maire",
            "role": "mayor",
            "gender": "f",
            "given_name": "Anne",
            "family_name": "Exemple",
            "address": ("1 place de la Mairie",),
            "postal_code": "69130",
            "city": "Écully",
        }
        return Contact(**(values | changes))

    return make


@pytest.fixture
def make_letter() -> MakeLetter:
    """Return a function that makes a short letter; changes replace its values."""

    def make(**changes: Any) -> Letter:
        values: dict[str, Any] = {
            "name": "note/maire",
            "language": "fr-FR",
            "title": "Lettre – Anne Exemple",
            "date": date(2024, 11, 30),
            "sender": ("Groupe Essai", "1 rue de l’Essai", "69001 LYON"),
            "address": ("Madame Anne EXEMPLE", "1 place de la Mairie", "69130 ÉCULLY"),
            "addressees": (),
            "place_and_date": "Lyon, le 30 novembre 2024",
            "mention": "",
            "reference": "",
            "subject": "Une demande",
            "body": (Paragraph((Run("Madame la Maire,"),)), Paragraph((Run("Bonjour."),))),
            "signature": ("Groupe Essai",),
            "wording": load_country("FR").language("fr").wording,
        }
        return Letter(**(values | changes))

    return make


@pytest.fixture
def france() -> Country:
    """Return the country that the campaigns of the tests are in."""
    return load_country("FR")


@pytest.fixture
def layout(france: Country) -> Layout:
    """Return the default layout."""
    return Layout(next(iter(france.windows.values())))


@pytest.fixture
def stationery(layout: Layout, tmp_path: Path) -> Stationery:
    """Return what letters of the default layout are printed on, in a campaign without files."""
    return Stationery(layout, tmp_path)


@pytest.fixture
def settings(tmp_path: Path, france: Country, layout: Layout) -> Campaign:
    """Return the settings of a campaign without files."""
    sender = Sender("Groupe Essai", "Groupe Essai")
    return Campaign(tmp_path, france, "Essai", "fr", sender, "Lyon", date(2024, 11, 30), layout)


@pytest.fixture
def words() -> Callable[[bytes], list[Word]]:
    """Return a function that lists a PDF's words in reading order."""

    def find(pdf: bytes) -> list[Word]:
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            return [
                Word(
                    word["text"],
                    number,
                    word["x0"] * MM,
                    word["top"] * MM,
                    word["x1"] * MM,
                    word["bottom"] * MM,
                )
                for number, page in enumerate(document.pages, 1)
                for word in page.extract_words()
            ]

    return find


def tagged_texts(pdf: bytes) -> list[tuple[str, str]]:
    """Return tag and text of the paragraphs, headings and list entries of a PDF, in the order of its tags."""
    found: list[tuple[str, str]] = []
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            texts: dict[int | None, str] = {}
            for letter in page.chars:
                texts[letter["mcid"]] = texts.get(letter["mcid"], "") + letter["text"]

            def numbers(element: Mapping[str, Any]) -> list[int]:
                kids = [number for kid in element.get("children", ()) for number in numbers(kid)]
                return sorted([*element.get("mcids", ()), *kids])

            todo = list(page.structure_tree)
            while todo:
                element = todo.pop(0)
                if element["type"] in ("P", "H1", "H2", "H3", "LBody", "Span"):
                    found.append((element["type"], "".join(texts.get(one, "") for one in numbers(element))))
                elif element["type"] != "Table":
                    todo = [*element.get("children", ()), *todo]
    return found
