"""A follow-up to an office whose holder changed: to nobody, or to the successor where the campaign says so."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import CONTACT, LETTER, SETTINGS, set_day

Campaign = Callable[..., Path]
Run = Callable[..., Result]

FORMER = CONTACT.replace('"maire"', '"avant"').replace("Exemple", "Avant") + "term_end = 2025-01-05\n"
NEW = (
    CONTACT.replace('"maire"', '"apres"')
    .replace("Exemple", "Après")
    .replace('"f"', '"m"')
    .replace("Anne", "Luc")
    + "term_start = 2025-01-06\n"
)
REMINDER = LETTER.replace('title = "Lettre"', 'title = "Relance"\nkind = "reminder"').replace(
    "Bonjour à {{ recipient.name }}.",
    'Lettre du {{ previous.date | long_date }}{% if previous.predecessor %} à {{ previous.predecessor | agree("votre'
    ' prédécesseur", "votre prédécesseure", "qui exerçait avant vous") }}, {{ previous.predecessor.name }}{% endif %}.',
)
DOCUMENTS = REMINDER.replace("reminder", "documents").replace("Relance", "Documents")
SET = SETTINGS + "[follow_up]\nsuccessors = true\n"
OUT = "1 contact is not in office on {day} and is left out: avant; say --with-former to write to them all the same"
GOES = (
    "warning: letter 'reminder' goes to 'apres', who holds the office of 'avant' now;"
    " [follow_up] successors in outreach.toml says so"
)


@pytest.fixture
def begun(campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return a function that makes a campaign in which a letter went to somebody who left office since."""

    def make(settings: str = SET, people: str = FORMER + NEW) -> Path:
        set_day(monkeypatch, date(2025, 7, 1))
        root = campaign(
            {
                "outreach.toml": settings,
                "contacts/a.toml": people,
                "letters/reminder.md": REMINDER,
                "letters/documents-request.md": DOCUMENTS,
            }
        )
        assert run("generate", "note", root=root).exit_code == 0
        assert (
            run("sent", "note", "--to", "avant", "--on", "2024-12-02", "--via", "post", root=root).exit_code
            == 0
        )
        return root

    return make


def remind(run: Run, root: Path, day: str, *options: str) -> Result:
    return run("followup", "--on", day, "--format", "txt", "--format", "pdf", *options, root=root)


@pytest.mark.parametrize(
    ("settings", "people"),
    [
        (SETTINGS, FORMER + NEW),
        (SETTINGS + "[follow_up]\nsuccessors = false\n", FORMER + NEW),
        (SET, FORMER),
        (SET, FORMER + NEW.replace("2025-01-06", "2025-09-01")),
        (SET, FORMER + NEW.replace('insee = "69081"', 'insee = "69123"')),
        (SET, FORMER + NEW + NEW.replace("apres", "autre")),
        (SET, (FORMER + NEW).replace('"mayor"', '"councillor"')),
    ],
)
def test_nobody_is_reminded_of_anothers_letter_unasked(
    begun: Callable[..., Path], run: Run, settings: str, people: str
) -> None:
    done = remind(run, begun(settings, people), "2025-02-01")
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (4, OUT.format(day="2025-02-01"))


def test_the_successor_is_reminded_and_told_of_the_predecessor(begun: Callable[..., Path], run: Run) -> None:
    root = begun()
    done = remind(run, root, "2025-02-01")
    assert (done.exit_code, done.stderr) == (0, f"{GOES}\n")
    text = (root / "out/reminder/avant.txt").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "Monsieur Luc APRÈS" in text
    assert "Monsieur le Maire," in text
    assert "Lettre du 30 novembre 2024 à votre prédécesseure, Anne Avant." in text
    assert run("followup", "--on", "2025-02-01", "--with-former", "--format", "txt", root=root).exit_code == 0
    text = (root / "out/reminder/avant.txt").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "Lettre du 30 novembre 2024." in text
    assert "Anne AVANT" in text


def test_the_letter_to_the_successor_is_printed_sent_and_not_made_twice(
    begun: Callable[..., Path], run: Run
) -> None:
    root = begun()
    remind(run, root, "2025-02-01")
    assert run("print", "reminder", root=root).exit_code == 0
    sent = run("sent", "reminder", "--on", "2025-02-03", "--via", "post", root=root)
    assert (sent.exit_code, [line.split()[2] for line in sent.stdout.splitlines()]) == (0, ["avant", "apres"])
    again = remind(run, root, "2025-02-04")
    assert "reminder" not in again.stdout
    due = json.loads(run("due", "--on", "2025-12-01", "--json", root=root).stdout)
    assert {row["contact"] for row in due} == {"avant"}


@pytest.mark.parametrize("who", ["avant", "apres"])
def test_the_successors_answer_is_one_to_the_first_letter(
    begun: Callable[..., Path], run: Run, who: str
) -> None:
    root = begun()
    remind(run, root, "2025-02-01")
    run("sent", "reminder", "--on", "2025-02-03", "--via", "post", root=root)
    answer = ("answer", who, "--letter", "reminder", "--on", "2025-02-20", "--kind", "full")
    done = run(*answer, root=root)
    assert done.exit_code == 0, done.stderr
    (row,) = [
        row for row in json.loads(run("status", "--json", root=root).stdout) if row["contact"] == "avant"
    ]
    assert (row["letter"], row["status"], row["outcome"]) == ("note", "closed", "full")
    assert "reminder" not in run("due", "--on", "2025-12-01", root=root).stdout


def test_the_first_ones_answer_holds_the_letter_to_the_successor_back(
    begun: Callable[..., Path], run: Run
) -> None:
    root = begun()
    remind(run, root, "2025-02-01")
    run("answer", "avant", "--on", "2025-02-02", "--kind", "full", root=root)
    held = run("print", "reminder", root=root)
    assert held.exit_code == 4
    assert "letter 'reminder' to 'avant' is left out: an answer has come" in held.stderr


def test_a_request_for_documents_goes_on_under_the_successor_alone(
    begun: Callable[..., Path], run: Run
) -> None:
    root = begun()
    run("received", "avant", "--letter", "note", "--on", "2024-12-04", "--proof", "delivery", root=root)
    done = run("followup", "documents-request", "--to", "avant", "--on", "2025-03-01", root=root)
    assert done.exit_code == 0, done.stderr
    sent = run("sent", "documents-request", "--on", "2025-03-03", "--via", "registered", root=root)
    assert sent.exit_code == 0, sent.stderr
    rows = json.loads(run("due", "--on", "2025-05-20", "--json", root=root).stdout)
    assert {row["contact"] for row in rows if row["letter"] == "documents-request"} == {"apres"}


def test_forgetting_the_successor_leaves_no_address_in_the_formers_record(
    begun: Callable[..., Path], run: Run
) -> None:
    root = begun()
    remind(run, root, "2025-02-01")
    run("sent", "reminder", "--on", "2025-02-03", "--via", "post", root=root)
    done = run("contacts", "forget", "apres", "--yes", root=root)
    assert done.exit_code == 0, done.stderr
    assert "is kept: avant.txt was sent to others too" in done.stderr
    exported = run("log", "export", "-", root=root).stdout
    assert "avant" in exported
    assert "APRÈS" not in exported
    named = {path for path in root.rglob("*") if path.is_file() and "APRÈS".encode() in path.read_bytes()}
    assert {path.parts[len(root.parts)] for path in named} == {"archive"}
