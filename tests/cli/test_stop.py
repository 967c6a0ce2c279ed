"""Follow-ups that are ended for good, and the own date of an answer."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import CONTACT, LETTER, set_day

Campaign = Callable[..., Path]
Run = Callable[..., Result]

REMINDER = LETTER.replace('title = "Lettre"', 'title = "Relance"\nkind = "reminder"').replace(
    "Bonjour",
    "{% if previous.answer_dated %}Réponse du {{ previous.answer_dated | long_date }}"
    "{% elif previous.answered_on %}Réponse reçue le {{ previous.answered_on | long_date }}{% endif %}\n\nBonjour",
)
FILES = {
    "contacts/a.toml": CONTACT + CONTACT.replace('"maire"', '"elu"').replace("Exemple", "Autre"),
    "letters/note.md": LETTER.replace('"all"', '"all"\nquestions = "T"'),
    "letters/other.md": LETTER.replace("Lettre", "Autre"),
    "letters/reminder.md": REMINDER,
    "letters/questions.toml": "".join(
        f'[[question]]\nid = "{name}"\ntheme = "T"\ntext = "{name} ?"\n' for name in ("qui", "quoi")
    ),
}
ON = ("--on", "2025-01-06")


@pytest.fixture
def sent(campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a campaign whose two letters went to two contacts on 2 December."""
    set_day(monkeypatch, date(2025, 7, 1))
    root = campaign(FILES)
    assert run("generate", root=root).exit_code == 0
    assert run("sent", "note", "other", "--on", "2024-12-02", "--via", "post", root=root).exit_code == 0
    return root


def due(run: Run, root: Path) -> set[tuple[str, str]]:
    rows = json.loads(run("due", *ON, "--json", root=root).stdout)
    return {(row["contact"], row["letter"]) for row in rows}


def test_a_stop_is_for_good_and_can_be_taken_back(sent: Path, run: Run) -> None:
    set_all = {(contact, letter) for contact in ("maire", "elu") for letter in ("note", "other")}
    assert due(run, sent) == set_all
    done = run("stop", "maire", "--letter", "note", "--reason", "réglé de vive voix", root=sent)
    assert done.stdout.startswith("stopped  maire  note  2025-07-01  (")
    as_of = ("--on", "2025-07-02")
    rows = json.loads(run("due", *as_of, "--json", root=sent).stdout)
    assert {(row["contact"], row["letter"]) for row in rows} == set_all - {("maire", "note")}
    # An answer that comes later opens nothing again.
    run("answer", "maire", "--letter", "note", "--on", "2025-07-01", "--kind", "partial", root=sent)
    rows = json.loads(run("due", *as_of, "--json", root=sent).stdout)
    assert {(row["contact"], row["letter"]) for row in rows} == set_all - {("maire", "note")}
    (row,) = [
        one
        for one in json.loads(run("status", *as_of, "--json", root=sent).stdout)
        if (one["contact"], one["letter"]) == ("maire", "note")
    ]
    assert (row["status"], row["next_step"]) == ("closed", "")
    assert "stopped on 2025-07-01: réglé de vive voix" in run("why", "maire", *as_of, root=sent).stdout
    refused = run("stop", "maire", "--letter", "note", "--reason", "encore", root=sent)
    assert refused.exit_code == 4
    assert refused.stderr.startswith(
        "stopped already, on 2025-07-01: réglé de vive voix; `outreach log undo "
    )
    event = refused.stderr.split("undo ")[1].split("`")[0]
    assert run("log", "undo", event, root=sent).exit_code == 0
    rows = json.loads(run("due", *as_of, "--json", root=sent).stdout)
    assert ("maire", "note") in {(row["contact"], row["letter"]) for row in rows}


def test_without_a_letter_nothing_to_the_contact_is_followed_up(sent: Path, run: Run) -> None:
    assert run("followup", *ON, root=sent).exit_code == 0
    assert run("stop", "elu", "--reason", "ne plus écrire", root=sent).exit_code == 0
    # Made before the stop: neither printed nor recorded after it.
    printed = run("print", "reminder", root=sent)
    message = (
        "letter 'reminder' to 'elu' is left out: its follow-ups were stopped on 2025-07-01; `outreach log"
    )
    assert printed.exit_code == 0
    assert f"warning: {message}" in printed.stderr
    refused = run("sent", "reminder", "--to", "elu", "--on", "2025-07-01", "--via", "post", root=sent)
    assert (refused.exit_code, refused.stderr.startswith(message)) == (4, True)
    made = run("followup", "--on", "2025-07-01", "--json", root=sent)
    assert "elu" not in made.stdout
    asked = run("followup", "reminder", "--to", "elu", "--on", "2025-07-01", root=sent)
    assert asked.exit_code == 4
    assert "the follow-ups of 'note' to 'elu' were stopped on 2025-07-01" in asked.stderr


def test_what_cannot_be_stopped_is_said(sent: Path, run: Run) -> None:
    run("followup", *ON, root=sent)
    run("sent", "reminder", "--on", "2025-01-06", "--via", "post", root=sent)
    for words, code, message in (
        (("stop", "personne", "--reason", "x"), 3, "no contact 'personne'"),
        (("stop", "maire", "--letter", "nota", "--reason", "x"), 3, "no letter 'nota' to 'maire'"),
        (
            ("stop", "maire", "--letter", "reminder", "--reason", "x"),
            3,
            "'reminder' follows up another letter",
        ),
        (("stop", "maire", "--reason", "  "), 2, "--reason needs a text"),
    ):
        refused = run(*words, root=sent)
        assert (refused.exit_code, refused.stdout) == (code, "")
        assert message in refused.stderr


@pytest.mark.parametrize(
    ("dated", "text"),
    [((), "Réponse reçue le 20 décembre 2024"), (("--dated", "2024-12-16"), "Réponse du 16 décembre 2024")],
)
def test_an_answer_has_a_date_of_its_own(sent: Path, run: Run, dated: tuple[str, ...], text: str) -> None:
    answer = ("answer", "maire", "--letter", "note", "--on", "2024-12-20", "--kind", "partial")
    assert run(*answer, "--question", "qui=Nous.", *dated, root=sent).exit_code == 0
    run("followup", *ON, "--format", "txt", root=sent)
    assert text in (sent / "out/reminder/maire.txt").read_text(encoding="utf-8").replace("\u00a0", " ")
    exported = run("log", "export", "-", root=sent).stdout
    assert ('"dated": "2024-12-16"' in exported) is bool(dated)


def test_an_answer_dated_after_it_came_is_refused(sent: Path, run: Run) -> None:
    answer = ("answer", "maire", "--letter", "note", "--on", "2024-12-20", "--kind", "full")
    refused = run(*answer, "--dated", "2024-12-21", root=sent)
    assert (refused.exit_code, refused.stderr) == (
        3,
        "--dated 2024-12-21 lies after the day on which it came, 2024-12-20; check both days\n",
    )
