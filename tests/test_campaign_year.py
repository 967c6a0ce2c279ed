"""The shipped campaign played through as its organisers would, from December 2024 to June 2025.

The dates were worked out by hand. A letter of 2 December by registered mail is taken to have arrived on the 5th
where nothing proves it; the mayor's is proved for the 4th. Each test goes on where the one before ended.
"""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import icalendar
import pytest
from typer.testing import Result

from tests.conftest import REPOSITORY, set_day

Run = Callable[..., Result]
BODIES = ("prefecture-rhone", "region-aura", "metropole-lyon", "sytral-mobilites")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the shipped campaign."""
    root = tmp_path_factory.mktemp("lyon")
    for name in ("letters", "contacts"):
        shutil.copytree(REPOSITORY / name, root / name)
    settings = (REPOSITORY / "outreach.toml").read_text(encoding="utf-8")
    for old, new in (
        ("address = []", 'address = ["12 rue de l’Exemple", "69001 LYON"]'),
        ("# legal_form", "legal_form"),
        ("# representative", "representative"),
    ):
        assert settings.count(old) == 1
        settings = settings.replace(old, new)
    (root / "outreach.toml").write_text(settings, encoding="utf-8")
    return root


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that sets the day on which the program runs."""

    def travel(day: str) -> None:
        set_day(monkeypatch, date.fromisoformat(day))

    return travel


def due(run: Run, root: Path, on: str) -> set[tuple[str, str, str, str]]:
    rows: list[dict[str, Any]] = json.loads(run("due", "--on", on, "--json", root=root).stdout)
    return {(row["contact"], row["letter"], row["step"], row["due_on"]) for row in rows}


def ok(done: Result) -> str:
    assert done.exit_code == 0, done.output
    return done.stdout


def test_december(played: Path, run: Run, at: Callable[[str], None]) -> None:
    root = played
    letters = ("councillors", "mayor", "regional-bodies", "security-deputy")
    at("2024-12-02")
    ok(run("generate", *letters, root=root))
    sent = ok(run("sent", *letters, "--on", "2024-12-02", "--via", "registered", root=root))
    assert len(sent.splitlines()) == 7

    at("2024-12-20")
    ok(run("received", "maire-lyon", "--on", "2024-12-04", "--proof", "delivery", root=root))
    ok(run("answer", "prefecture-rhone", "--on", "2024-12-12", "--kind", "acknowledgement", root=root))
    partial = ("--kind", "partial", "--question", "region-schools=Deux lycées.")
    ok(run("answer", "region-aura", "--on", "2024-12-20", *partial, root=root))
    ok(run("answer", "sytral-mobilites", "--on", "2024-12-18", "--kind", "returned", root=root))

    # Fifteen days without acknowledgement: the mayor's on the 19th, the others' on Friday the 20th, but for the
    # region, whose answer in part came that day.
    assert due(run, root, "2024-12-19") == {
        ("maire-lyon", "mayor", "receipt-due", "2024-12-19"),
        ("sytral-mobilites", "regional-bodies", "resend", "2024-12-18"),
    }
    assert {row[0] for row in due(run, root, "2024-12-20")} == {
        "maire-lyon",
        "adjoint-securite-lyon",
        "conseil-municipal-lyon",
        "metropole-lyon",
        "sytral-mobilites",
    }


def test_january(played: Path, run: Run, at: Callable[[str], None]) -> None:
    root = played
    # 4 January is a Saturday, the 5th a Sunday: the reminders fall on Friday the 3rd.
    rows = due(run, root, "2025-01-03")
    assert {row[0] for row in rows if row[2] == "reminder" and row[3] == "2025-01-03"} == {
        "maire-lyon",
        "adjoint-securite-lyon",
        "conseil-municipal-lyon",
        "metropole-lyon",
        "prefecture-rhone",  # its acknowledgement ends the alarm, not the wait
        "region-aura",
    }

    at("2025-01-07")
    made = ok(run("followup", "--on", "2025-01-07", "--format", "pdf", "--format", "txt", root=root))
    assert "5 reminder" not in made
    assert sorted(path.stem for path in (root / "out/reminder").glob("*.txt")) == [
        "adjoint-securite-lyon",
        "conseil-municipal-lyon",
        "maire-lyon",
        "metropole-lyon",
        "prefecture-rhone",
        "region-aura",
    ]
    region = (root / "out/reminder/region-aura.txt").read_text(encoding="utf-8")
    assert "Quels lycées" not in region
    # Who answered in part is thanked for that, and of nobody else is it said that an answer came.
    thanked = [
        path.stem for path in (root / "out/reminder").glob("*.txt") if "remerci" in path.read_text("utf-8")
    ]
    assert thanked == ["region-aura"]
    assert "20 décembre 2024" in region.replace("\u00a0", " ")
    ok(run("sent", "reminder", "--on", "2025-01-07", "--via", "post", root=root))
    assert {row[0] for row in due(run, root, "2025-01-08")} == {"sytral-mobilites"}
    assert "nothing is due" in run("followup", "--on", "2025-01-08", root=root).stdout

    # The lost letter goes again, by hand; its clock starts anew.
    ok(run("generate", "regional-bodies", "--to", "sytral-mobilites", "--date", "2025-01-10", root=root))
    at("2025-01-13")
    again = ("--on", "2025-01-13", "--via", "hand", "--to", "sytral-mobilites")
    ok(run("sent", "regional-bodies", *again, root=root))
    assert not {row for row in due(run, root, "2025-01-14") if row[0] == "sytral-mobilites"}


def test_a_refusal_and_a_stop(played: Path, run: Run, at: Callable[[str], None]) -> None:
    root = played
    made = ("--format", "txt", "--format", "pdf")
    at("2025-01-20")
    # Dated Wednesday the 15th, it came on Friday: the documents are asked for on the next working day.
    refusal = (
        "--letter",
        "regional-bodies",
        "--on",
        "2025-01-17",
        "--dated",
        "2025-01-15",
        "--kind",
        "refusal",
    )
    ok(run("answer", "prefecture-rhone", *refusal, root=root))
    rows = {row for row in due(run, root, "2025-01-20") if row[0] == "prefecture-rhone"}
    assert rows == {
        ("prefecture-rhone", "regional-bodies", "documents-request", "2025-01-20"),
        ("prefecture-rhone", "regional-bodies", "court-general", "2025-03-18"),  # franc: two months and a day
    }
    reason = "les services ont tout expliqué de vive voix"
    ok(run("stop", "metropole-lyon", "--letter", "regional-bodies", "--reason", reason, root=root))
    ok(run("followup", "--on", "2025-01-20", *made, root=root))
    assert [path.stem for path in (root / "out/documents-request").glob("*.txt")] == ["prefecture-rhone"]
    request = (root / "out/documents-request/prefecture-rhone.txt").read_text(encoding="utf-8")
    assert "refusé" in request
    assert "pas répondu" not in request
    ok(run("sent", "documents-request", "--on", "2025-01-20", "--via", "email", root=root))

    # What comes after the stop opens nothing again: not the answer, not the silence on the rest of it.
    at("2025-02-05")
    ok(
        run(
            "answer",
            "metropole-lyon",
            "--on",
            "2025-01-30",
            "--letter",
            "regional-bodies",
            "--kind",
            "partial",
            root=root,
        )
    )
    assert not {row for row in due(run, root, "2025-02-10") if row[0] == "metropole-lyon"}
    refused = run("followup", "reminder", "--to", "metropole-lyon", "--on", "2025-02-05", root=root)
    assert refused.exit_code == 4
    assert (
        "the follow-ups of 'regional-bodies' to 'metropole-lyon' were stopped on 2025-01-20" in refused.stderr
    )
    # The prefecture gives the documents after all, and nothing more is asked of it.
    given = ("--letter", "documents-request", "--on", "2025-02-04", "--kind", "full")
    ok(run("answer", "prefecture-rhone", *given, root=root))
    assert not {
        row for row in due(run, root, "2025-02-10") if row[:2] == ("prefecture-rhone", "documents-request")
    }


def test_february_and_march(played: Path, run: Run, at: Callable[[str], None]) -> None:
    root = played
    # Two months after its receipt silence rejects: 4 February, and the next day the documents are asked for.
    assert ("maire-lyon", "mayor", "documents-request", "2025-02-05") in due(run, root, "2025-02-05")
    assert not {row for row in due(run, root, "2025-02-04") if row[2] == "documents-request"}
    status = json.loads(ok(run("status", "--letter", "mayor", "--on", "2025-02-05", "--json", root=root)))
    assert (status[0]["outcome"], status[0]["next_step"], status[0]["due_on"]) == (
        "tacit-refusal",
        "documents-request",
        "2025-02-05",
    )
    limit = ("maire-lyon", "mayor", "court-general", "2025-04-07")  # two months franc: 5 April, a Saturday
    assert limit in due(run, root, "2025-02-05")
    at("2025-02-06")
    ok(run("followup", "documents-request", "--to", "maire-lyon", "--on", "2025-02-06", root=root))
    record = ("--on", "2025-02-06", "--via", "registered", "--tracking", "1A 123 456 7890 1")
    ok(run("sent", "documents-request", "--to", "maire-lyon", *record, root=root))
    at("2025-02-28")
    proof = ("--letter", "documents-request", "--on", "2025-02-10", "--proof", "acknowledgement")
    ok(run("received", "maire-lyon", *proof, root=root))

    # Received on 10 February: refused by silence on 10 March; the CADA until 9 May, a day before the two months.
    shown = ok(run("why", "maire-lyon", "--letter", "documents-request", "--on", "2025-03-11", root=root))
    assert "2025-03-10  documents-silence" in shown
    assert "2025-05-09  cada-referral" in shown
    at("2025-03-12")
    bundled = ok(run("followup", "cada-referral", "--on", "2025-03-12", "--bundle", root=root))
    assert bundled.splitlines()[-1] == "bundle     bundles/maire-lyon.zip"
    ok(run("sent", "cada-referral", "--on", "2025-03-12", "--via", "post", root=root))
    at("2025-03-20")
    registered = ("--letter", "cada-referral", "--on", "2025-03-17", "--proof", "acknowledgement")
    ok(run("received", "maire-lyon", *registered, root=root))
    # Registered on 17 March: refusal confirmed on 17 May; 18 July is two months franc, a Friday.
    shown = ok(run("why", "maire-lyon", "--letter", "documents-request", "--on", "2025-05-20", root=root))
    assert "2025-04-17  cada-opinion" in shown
    assert "2025-05-17  cada-confirmed" in shown
    assert "2025-07-18  court-documents" in shown


def test_june(played: Path, run: Run, at: Callable[[str], None], tmp_path: Path) -> None:
    root = played
    # A full answer in June ends it all.
    at("2025-06-20")
    ok(
        run(
            "answer",
            "maire-lyon",
            "--letter",
            "documents-request",
            "--on",
            "2025-06-16",
            "--kind",
            "full",
            root=root,
        )
    )
    ok(run("answer", "maire-lyon", "--letter", "mayor", "--on", "2025-06-16", "--kind", "full", root=root))
    assert not {row for row in due(run, root, "2025-06-20") if row[0] == "maire-lyon"}
    ok(run("followup", "thanks", "--to", "maire-lyon", "--on", "2025-06-20", "--format", "txt", root=root))
    thanks = (root / "out/thanks/maire-lyon.txt").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "votre réponse le 16 juin 2025" in thanks
    assert "ouverte" not in thanks

    calendar = tmp_path / "due.ics"
    ok(run("due", "--on", "2025-06-20", "--ics", str(calendar), root=root))
    entries = icalendar.Calendar.from_ical(calendar.read_bytes()).walk("VEVENT")
    assert not [entry for entry in entries if "maire-lyon" in str(entry["summary"])]
    assert ok(run("log", "verify", root=root))
