"""The guides, followed word for word in both languages, and their links and pictures."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from outreach.campaign.campaign import Campaign
from outreach.country.country import Country
from outreach.letters.assignment import Assignment, Previous
from outreach.letters.audience import Audiences
from outreach.letters.compose import Composer, previous_values
from outreach.letters.filters import filters
from outreach.letters.folder import Folder
from outreach.letters.piece import Piece
from outreach.people.people import People
from tests.conftest import MakeContact, plain_template
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
    reminder = campaign / "out" / "reminder" / "exemple-anne-01999.pdf"
    assert reminder.read_bytes().startswith(b"%PDF")
    archived = [path.read_bytes() for path in (campaign / "archive").rglob("*") if path.is_file()]
    assert len(archived) == 16  # five letters, one of them again, and two reminders, in two formats each
    assert sum(content.endswith(b"% saved anew\n") for content in archived) == 2  # as changed by hand


@pytest.mark.parametrize("code", ["fr", "en"])
def test_the_page_on_contacts_leads_where_it_says(code: str, tmp_path: Path) -> None:
    commands = play(text(f"contacts.{code}.md"), tmp_path, code)
    assert commands[-1] == "outreach contacts import liste.csv --yes"
    (campaign,) = tmp_path.iterdir()
    assert (campaign / "contacts.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize("code", ["fr", "en"])
def test_the_page_on_several_organisers_leads_where_it_says(code: str, tmp_path: Path) -> None:
    play(text(f"organisers.{code}.md"), tmp_path, code)
    ana, ben = ({path.name for path in (tmp_path / name / "archive").rglob("*.*")} for name in ("ana", "ben"))
    assert ana == ben
    assert len(ana) == 6  # three letters in two formats
    assert {path.name for path in tmp_path.glob("*.zip")} >= {"ana.zip", "ben.zip"}


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
    template = plain_template()
    written = date(2024, 11, 30)
    people = People(settings.root, settings.country, ())
    folder = Folder(settings, people, Audiences(people), (), (template,), ())
    assignment = Assignment(template, (make_contact(),), ())
    values: Mapping[str, Any] = Composer(folder).context(assignment, written)
    assert [name for name in values if f"`{name}`" not in page and f"`{name}." not in page] == []
    recipient = values["recipient"]._values
    assert [name for name in recipient if f"`recipient.{name}" not in page] == []
    assert [
        name for name in values["sender"]._values if name not in PICTURES and f"`sender.{name}`" not in page
    ] == []
    previous = previous_values(Previous(Piece("note", ("maire",), written=written), written, "post"))
    assert [name for name in previous if f"`{name}`" not in page] == []
    french = settings.country.language("fr")
    assert [name for name in filters(french, french) if f"\\| {name}" not in page] == []


@pytest.mark.parametrize("code", ["fr", "en"])
def test_the_page_on_dates_quotes_every_article_of_the_ladders(code: str, france: Country) -> None:
    page = text(f"dates.{code}.md").replace("\\*", "*")
    articles = {
        article
        for procedure in france.procedures.values()
        for step in procedure.steps
        for article in re.findall(r"[LR]\*?\d+-\d+", step.basis)
    }
    assert sorted(article for article in articles if article not in page) == []
