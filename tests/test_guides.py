"""The guides, followed word for word in both languages, and their links and pictures."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from outreach.campaign.campaign import PROCEDURES, Campaign
from outreach.files.toml import load_data
from outreach.letters.compose import Document, Previous
from outreach.letters.compose import _context as context
from outreach.letters.render import _filters as filters
from outreach.letters.template import Template
from tests.conftest import MakeContact
from tests.played import play

DOCS = Path(__file__).parents[1] / "docs"
PICTURES = ("logo", "signature")
"""Printed by the layout, of no use in a text."""


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("code", ["fr", "en"])
def test_the_guide_leads_where_it_says(code: str, tmp_path: Path) -> None:
    commands = play(text(f"guide.{code}.md"), tmp_path, code)
    assert commands[-1] == "outreach log verify"
    (campaign,) = tmp_path.iterdir()
    assert (campaign / "out" / "reminder" / "maire-lyon.pdf").read_bytes().startswith(b"%PDF")
    assert len([path for path in (campaign / "archive").rglob("*") if path.is_file()]) == 6


def test_both_guides_type_the_same_commands() -> None:
    french, english = (
        re.findall(r"(?m)^\$ outreach (\S+)", text(f"guide.{code}.md")) for code in ("fr", "en")
    )
    assert french == english


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_links_and_pictures_are_there(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (DOCS / target).is_file(), target


@pytest.mark.parametrize("code", ["fr", "en"])
def test_the_page_on_templates_names_everything(
    code: str, settings: Campaign, make_contact: MakeContact
) -> None:
    page = text(f"templates.{code}.md")
    template = Template(
        name="note",
        path="letters/note.md",
        title="T",
        audience=("all",),
        joint=False,
        subject="S",
        questions=(),
        enclosures=(),
        copies=(),
        reply_by=30,
        kind="request",
        language="fr",
        body="",
    )
    values: Mapping[str, Any] = context(settings, Document(template, (make_contact(),)), date(2024, 11, 30))
    assert [name for name in values if f"`{name}`" not in page and f"`{name}." not in page] == []
    recipient = values["recipient"]._values
    assert [name for name in recipient if f"`recipient.{name}" not in page] == []
    assert [
        name for name in values["sender"]._values if name not in PICTURES and f"`sender.{name}`" not in page
    ] == []
    assert [name for name in Previous.__slots__ if f"`{name}`" not in page] == []
    assert [name for name in filters("fr") if f"\\| {name}" not in page] == []


@pytest.mark.parametrize("code", ["fr", "en"])
def test_the_page_on_dates_quotes_every_article_of_the_ladders(code: str) -> None:
    page = text(f"dates.{code}.md").replace("\\*", "*")
    articles = {
        article
        for name in PROCEDURES
        for step in load_data(f"procedures/{name}.toml")["step"]
        for article in re.findall(r"[LR]\*?\d+-\d+", step["basis"])
    }
    assert sorted(article for article in articles if article not in page) == []
