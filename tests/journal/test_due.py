"""In which order what is due is shown."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import CONTACT

Campaign = Callable[..., Path]
Run = Callable[..., Result]

TWO = CONTACT + CONTACT.replace('"maire"', '"adjointe"').replace("Anne", "Zoé")


@pytest.fixture
def posted(campaign: Campaign, run: Run) -> Path:
    """Return a campaign whose letter went to `maire` on 2 December, to `adjointe` a week later."""
    root = campaign({"contacts/a.toml": TWO})
    for command in (
        ("generate", "--format", "txt"),
        ("sent", "note", "--to", "maire", "--on", "2024-12-02", "--via", "hand"),
        ("sent", "note", "--to", "adjointe", "--on", "2024-12-09", "--via", "hand"),
    ):
        assert run(*command, root=root).exit_code == 0
    return root


def due(run: Run, root: Path, *args: str) -> list[tuple[str, str, str]]:
    rows = json.loads(run("due", *args, "--json", root=root).stdout)
    return [(row["due_on"], row["contact"], row["step"]) for row in rows]


def test_what_is_due_first_is_shown_first_whatever_its_contact_is_called(posted: Path, run: Run) -> None:
    assert due(run, posted, "--on", "2025-01-10") == [
        ("2025-01-02", "maire", "reminder"),
        ("2025-01-09", "adjointe", "reminder"),
    ]


def test_the_table_shows_what_is_due_first_first(posted: Path, run: Run) -> None:
    lines = run("due", "--on", "2025-01-10", root=posted).stdout.splitlines()
    (first,) = [number for number, line in enumerate(lines) if "Anne" in line.split()]
    (second,) = [number for number, line in enumerate(lines) if "Zoé" in line.split()]
    assert first < second


def test_what_comes_up_stands_by_its_date_among_that_of_others(posted: Path, run: Run) -> None:
    assert due(run, posted, "--on", "2024-12-10", "--within", "30") == [
        ("2024-12-17", "maire", "receipt-due"),
        ("2024-12-24", "adjointe", "receipt-due"),
        ("2025-01-02", "maire", "reminder"),
        ("2025-01-09", "adjointe", "reminder"),
    ]


def test_what_is_due_on_one_day_is_shown_by_contact_then_by_letter(campaign: Campaign, run: Run) -> None:
    letter = '+++\ntitle = "T"\naudience = "all"\nsubject = "S"\n+++\nBonjour\n'
    root = campaign({"contacts/a.toml": TWO, "letters/avis.md": letter, "letters/note.md": letter})
    run("generate", "--format", "txt", root=root)
    run("sent", "note", "avis", "--on", "2024-12-02", "--via", "hand", root=root)
    rows = json.loads(run("due", "--on", "2025-01-10", "--json", root=root).stdout)
    assert [(row["contact"], row["letter"]) for row in rows] == [
        ("adjointe", "avis"),
        ("adjointe", "note"),
        ("maire", "avis"),
        ("maire", "note"),
    ]
