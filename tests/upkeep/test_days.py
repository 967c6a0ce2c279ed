"""Days that have passed are said by check with their place, and by generate on one line."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import CONTACT, LETTER, SETTINGS, set_day

Run = Callable[..., Result]
Campaign = Callable[..., Path]

FAR = "the letters' date, 2024-11-30, is more than two months from today"
ENDED = CONTACT + "term_end = 2025-01-10\n"
HELD = "what letters/{name}.md says held until 2024-11-29, and the letters are of 2024-11-30"


def dated(text: str, day: str) -> str:
    return text.replace("+++\n", f"+++\nvalid_until = {day}\n", 1)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2025, 1, 29), False),
        (date(2025, 1, 30), True),
        (date(2024, 10, 1), False),
        (date(2024, 9, 30), True),
    ],
)
def test_a_date_of_the_letters_far_from_today_is_said(
    campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch, day: date, *, said: bool
) -> None:
    set_day(monkeypatch, day)
    root = campaign()
    line = next(number for number, one in enumerate(SETTINGS.splitlines(), 1) if one.startswith("date"))
    shown = run("check", root=root).stdout
    assert (f"outreach.toml:{line}: {FAR}; change it, or leave it out for today" in shown) is said
    assert (run("generate", root=root).stderr == f"{FAR}\n") is said
    assert FAR not in run("generate", "--date", "2024-12-01", root=root).stderr


def test_letters_without_a_date_are_of_today(campaign: Campaign, run: Run) -> None:
    root = campaign({"outreach.toml": SETTINGS.replace("date = 2024-11-30\n", "")})
    assert "months from today" not in run("check", root=root).stdout
    run("generate", "--format", "txt", root=root)
    assert "le 15\u00a0janvier 2025" in (root / "out/note/maire.txt").read_text(encoding="utf-8")


def test_what_held_until_a_day_is_said_after_it(campaign: Campaign, run: Run) -> None:
    passage = "+++\nvalid_until = 2024-11-29\n+++\nUne phrase.\n"
    letter = LETTER + '\n{% include "_facts.md" %}\n'
    root = campaign({"letters/note.md": dated(letter, "2024-11-30"), "letters/_facts.md": passage})
    warning = f"letters/_facts.md:2: {HELD.format(name='_facts')}; read it again"
    assert warning in run("check", root=root).stdout
    assert run("generate", "--format", "txt", root=root).stderr == f"{HELD.format(name='_facts')}\n"
    assert "Une phrase." in (root / "out/note/maire.txt").read_text(encoding="utf-8")
    assert "valid" not in (root / "out/note/maire.txt").read_text(encoding="utf-8")
    root = campaign({"letters/note.md": dated(LETTER, "2024-11-29"), "letters/_facts.md": "Une phrase."})
    assert f"letters/note.md:2: {HELD.format(name='note')}" in run("check", root=root).stdout


@pytest.mark.parametrize(
    ("passage", "fault"),
    [
        ("+++\nvalid_untill = 2024-11-29\n+++\na", "letters/_facts.md:2: unknown key 'valid_untill'"),
        ("+++\nvalid_until = 'soon'\n+++\na", "letters/_facts.md:2: valid_until must be"),
        ("+++\nvalid_until = 2025-12-31\n+++\n\n{{ x }}", "letters/_facts.md:5: unknown name 'x'"),
    ],
)
def test_a_fault_of_a_passage_has_its_own_line(
    campaign: Campaign, run: Run, passage: str, fault: str
) -> None:
    letter = LETTER + '\n{% include "_facts.md" %}\n'
    done = run("check", root=campaign({"letters/note.md": letter, "letters/_facts.md": passage}))
    assert fault in done.stdout


def test_a_term_that_ended_since_is_said(campaign: Campaign, run: Run) -> None:
    root = campaign({"contacts/a.toml": ENDED})
    message = "the term of 'maire' has ended since, on 2025-01-10"
    assert f"contacts/a.toml:1: {message}; give the letters" in run("check", root=root).stdout
    assert run("generate", root=root).stderr == f"{message}\n"


def test_several_days_are_said_on_one_line(campaign: Campaign, run: Run) -> None:
    root = campaign({"contacts/a.toml": ENDED, "letters/note.md": dated(LETTER, "2024-11-29")})
    assert run("generate", root=root).stderr.count("\n") == 1
