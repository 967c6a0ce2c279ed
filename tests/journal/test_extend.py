"""Which of the steps that an extension moves to its day is left."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import CONTACT, LETTER, SETTINGS

Campaign = Callable[..., Path]
Run = Callable[..., Result]

COUNCILLOR = CONTACT.replace('"mayor"', '"councillor"')
REMINDER = LETTER.replace('title = "Lettre"', 'title = "Relance"\nkind = "reminder"')


@pytest.fixture
def extended(campaign: Campaign, run: Run) -> Callable[[str], Path]:
    """Return a function that extends a letter of 2 December to 20 February; it takes steps of one's own."""

    def make(steps: str) -> Path:
        files = {
            "outreach.toml": SETTINGS + steps,
            "contacts/a.toml": COUNCILLOR,
            "letters/reminder.md": REMINDER,
        }
        root = campaign(files)
        for command in (
            ("generate", "note", "--format", "txt"),
            ("sent", "note", "--on", "2024-12-02", "--via", "hand"),
            ("extend", "maire", "--to", "2025-02-20", "--reason", "asked for time"),
        ):
            assert run(*command, root=root).exit_code == 0
        return root

    return make


def step(name: str, days: int) -> str:
    return f'[follow_up.courtesy.{name}]\ndoes = "x"\nfrom = "received"\ndays = {days}\n'


def due(run: Run, root: Path, *args: str) -> list[tuple[str, str, str]]:
    rows = json.loads(run("due", *args, "--json", root=root).stdout)
    return [(row["step"], row["due_on"], row["template"]) for row in rows]


@pytest.mark.parametrize("steps", ["", step("call", 10), step("call", 40), step("a", 40) + step("b", 50)])
def test_of_the_steps_moved_to_one_day_the_one_that_writes_a_letter_is_left(
    extended: Callable[[str], Path], run: Run, steps: str
) -> None:
    root = extended(steps)
    left = [("reminder", "2025-02-20", "reminder")]
    assert due(run, root, "--on", "2025-02-20") == left
    assert due(run, root, "--on", "2025-01-15", "--within", "36") == left


def test_the_letter_of_an_extended_step_is_written_on_its_day_and_not_before(
    extended: Callable[[str], Path], run: Run
) -> None:
    root = extended(step("call", 40))
    early = run("followup", "--on", "2025-02-19", "--format", "txt", root=root)
    assert early.stdout == "nothing is due\n"
    made = run("followup", "--on", "2025-02-20", "--format", "txt", root=root)
    assert made.stdout.splitlines()[0] == "created    reminder/maire.txt"


def test_a_step_after_the_extension_keeps_its_day(extended: Callable[[str], Path], run: Run) -> None:
    root = extended(step("call", 91))
    assert due(run, root, "--on", "2025-02-20", "--within", "20") == [
        ("reminder", "2025-02-20", "reminder"),
        ("call", "2025-03-03", ""),
    ]


def test_of_steps_that_write_no_letter_the_last_is_left(extended: Callable[[str], Path], run: Run) -> None:
    root = extended(step("call", 40) + step("visit", 50))
    for day in ("2025-01-02", "2025-01-03"):  # both reminders have gone: no step writes a letter any more
        made = ("followup", "reminder", "--to", "maire", "--on", day, "--format", "txt")
        assert run(*made, root=root).exit_code == 0
        assert run("sent", "reminder", "--on", day, "--via", "hand", root=root).exit_code == 0
    assert due(run, root, "--on", "2025-02-19", "--within", "1") == [("visit", "2025-02-20", "")]
