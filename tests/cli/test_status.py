import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import icalendar
import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

QUESTION = '[[question]]\nid = "pourquoi"\ntheme = "T"\ntext = "Pourquoi ?"\n'
LETTER = '+++\ntitle = "Lettre"\naudience = "all"\nsubject = "S"\nquestions = ["T"]\n+++\nBonjour,\n\n{{ recipient.closing }}\n'


@pytest.fixture
def sent(campaign: Campaign, run: Run) -> Path:
    """Return a campaign whose one letter was sent on 2 December 2024 and delivered on the 4th."""
    root = campaign({"letters/questions.toml": QUESTION, "letters/note.md": LETTER})
    for command in (
        ("generate",),
        ("sent", "note", "--on", "2024-12-02", "--via", "registered"),
        ("received", "maire", "--on", "2024-12-04", "--proof", "delivery"),
    ):
        assert run(*command, root=root).exit_code == 0
    return root


def test_status_before_and_after_sending(campaign: Campaign, run: Run) -> None:
    root = campaign()
    assert json.loads(run("status", "--json", root=root).stdout)[0]["status"] == "draft"
    run("generate", root=root)
    assert json.loads(run("status", "--json", root=root).stdout)[0]["status"] == "generated"


def test_status_has_the_agreed_keys_and_moves_with_the_day(sent: Path, run: Run) -> None:
    (row,) = json.loads(run("status", "--on", "2025-01-10", "--json", root=sent).stdout)
    assert row == {
        "contact": "maire",
        "letter": "note",
        "status": "received",
        "outcome": "waiting",
        "sent_on": "2024-12-02",
        "channel": "registered",
        "received_on": "2024-12-04",
        "estimated": False,
        "questions_answered": 0,
        "questions_asked": 1,
        "next_step": "reminder",
        "due_on": "2025-01-03",
        "days_left": -7,
        "overdue": True,
    }
    (later,) = json.loads(run("status", "--on", "2025-02-05", "--json", root=sent).stdout)
    assert (later["outcome"], later["next_step"], later["due_on"]) == (
        "tacit-refusal",
        "documents-request",
        "2025-02-05",
    )
    (last,) = json.loads(run("status", "--on", "2025-05-05", "--json", root=sent).stdout)
    assert (last["next_step"], last["overdue"]) == ("documents-request", True)  # the court's limit is over
    (earlier,) = json.loads(run("status", "--on", "2024-12-03", "--json", root=sent).stdout)
    assert (earlier["status"], earlier["estimated"]) == ("sent", True)


def test_the_status_table_fits_80_columns(sent: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("status", "--on", "2025-01-10", root=sent).stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "!2025-01-03 reminder" in shown
    assert shown.splitlines()[-1] == "1 received, 1 overdue"


def test_due_lists_what_to_do_with_its_basis(sent: Path, run: Run) -> None:
    assert run("due", "--on", "2024-12-10", root=sent).stdout == "nothing is due\n"
    assert (
        json.loads(run("due", "--on", "2024-12-10", "--within", "9", "--json", root=sent).stdout)[0]["step"]
        == "receipt-due"
    )
    (row,) = json.loads(run("due", "--on", "2025-01-10", "--json", root=sent).stdout)
    assert row == {
        "contact": "maire",
        "letter": "note",
        "step": "reminder",
        "due_on": "2025-01-03",
        "days_left": -7,
        "basis": "courtesy, half-way to the rejection by silence",
        "estimated": False,
        "template": "reminder",
    }


def test_why_shows_event_rule_holidays_and_result(sent: Path, run: Run) -> None:
    lines = [
        line.strip() for line in run("why", "maire", "--on", "2025-01-10", root=sent).stdout.splitlines()
    ]
    assert "2025-04-07  court-general: last day to take the rejection to the administrative court" in lines
    for line in (
        "from: received on 2024-12-04",
        "2 months, counted from day to day: 2025-02-04",
        "free limit (franc), one day more: 2025-04-05",
        "2025-04-05 is a Saturday, 2025-04-06 is a Sunday: next working day, 2025-04-07",
    ):
        assert line in lines


def test_why_of_somebody_not_written_to(campaign: Campaign, run: Run) -> None:
    done = run("why", "maire", root=campaign())
    assert (done.exit_code, done.stdout, done.stderr) == (3, "", "nothing was sent to 'maire'\n")


def test_the_calendar_file_is_read_back(sent: Path, run: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "a.ics", tmp_path / "b.ics"
    run("due", "--on", "2025-01-10", "--ics", str(first), root=sent)
    run("due", "--on", "2025-02-10", "--ics", str(second), root=sent)
    entries = {
        str(entry["uid"]): entry for entry in icalendar.Calendar.from_ical(first.read_bytes()).walk("VEVENT")
    }
    assert [entry.decoded("dtstart") for entry in entries.values()] == [
        date(2025, 1, 3),
        date(2025, 2, 5),
        date(2025, 4, 7),
    ]
    assert all(len(entry.walk("VALARM")) == 1 for entry in entries.values())
    later = icalendar.Calendar.from_ical(second.read_bytes()).walk("VEVENT")
    # The reminder has made way for the request for documents; the others keep their identifiers.
    assert [str(entry["uid"]) for entry in later] == list(entries)[1:]


def test_answers_is_a_grid_with_what_is_missing(sent: Path, run: Run, tmp_path: Path) -> None:
    grid = tmp_path / "answers.csv"
    assert "no answer yet" in run("answers", "--by", "question", root=sent).stdout
    run(
        "answer", "maire", "--on", "2025-01-10", "--kind", "partial", "--question", "pourquoi==1+1", root=sent
    )
    assert run("answers", "--csv", str(grid), root=sent).exit_code == 0
    piped = run("answers", "--csv", "-", root=sent).stdout
    assert (piped[0], "\ufeff" in piped) == (grid.read_text(encoding="utf-8-sig")[0], False)
    rows = list(csv.reader(grid.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    french = run("--lang", "fr", "answers", "--csv", "-", root=sent).stdout.splitlines()
    assert rows[0] == french[0].split(";")
    assert rows[0][:7] == ["number", "question", "text", "contact", "letter", "answer", "kind"]
    assert rows[1][:8] == ["1", "pourquoi", "Pourquoi ?", "maire", "note", "'=1+1", "partial", "2025-01-10"]
    assert rows[1][8:] == ["", "", "Anne Exemple", "", "69081", "69"]
