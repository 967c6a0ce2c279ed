"""Nobody who has answered, left office or been closed gets a reminder: when it is made, printed and recorded."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from tests.cli.test_stop import FILES
from tests.conftest import set_day

Campaign = Callable[..., Path]
Run = Callable[..., Result]

DAY = "2025-01-13"
ALL = ("reminder", "documents-request")
DOCUMENTS = FILES["letters/reminder.md"].replace("Relance", "Documents").replace('"reminder"', '"documents"')
ANSWER = ("answer", "maire", "--letter", "note", "--on")
WAYS: dict[str, tuple[tuple[str, ...], str]] = {
    "full": ((*ANSWER, DAY, "--kind", "full"), "an answer has come"),
    "full, found on the day after": ((*ANSWER, "2025-01-10", "--kind", "full"), "an answer has come"),
    "partial, the letter's own day": ((*ANSWER, "2025-01-13", "--kind", "partial"), "an answer has come"),
    "partial, days before": ((*ANSWER, "2025-01-06", "--kind", "partial"), "an answer has come"),
    "one question": (
        (*ANSWER, "2025-01-06", "--kind", "partial", "--question", "qui=Nous."),
        "an answer has come",
    ),
    "meeting": ((*ANSWER, DAY, "--kind", "meeting"), "an answer has come"),
    "forwarded": ((*ANSWER, DAY, "--kind", "forwarded"), "a letter that it speaks of was forwarded"),
    "it came back": ((*ANSWER, DAY, "--kind", "returned"), "a letter that it speaks of has come back"),
    "more time given": (
        ("extend", "maire", "--letter", "note", "--to", "2025-02-28", "--reason", "demandé"),
        "its date has been moved",
    ),
    "stopped": (
        ("stop", "maire", "--letter", "note", "--reason", "réglé"),
        "its follow-ups were stopped on 2025-01-14",
    ),
    "stopped whole": (("stop", "maire", "--reason", "réglé"), "its follow-ups were stopped on 2025-01-14"),
}
"""What is recorded once the letters lie printed, to the reason why they do not go."""


@pytest.fixture
def sent(campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a campaign whose letter went to two contacts, both of them due for a reminder."""
    root = campaign({**FILES, "letters/documents-request.md": DOCUMENTS})
    set_day(monkeypatch, date(2025, 1, 13))
    assert run("generate", "note", root=root).exit_code == 0
    assert run("sent", "note", "--on", "2024-12-02", "--via", "registered", root=root).exit_code == 0
    return root


def follow_up(run: Run, root: Path, letter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a letter to both, and print it; whatever comes next is recorded on the day after."""
    made = run("followup", letter, "--to", "all", "--on", DAY, root=root)
    assert made.exit_code == 0, made.output
    assert run("print", letter, root=root).exit_code == 0
    set_day(monkeypatch, date(2025, 1, 14))


def out_of_office(root: Path, last: str) -> None:
    path = root / "contacts/a.toml"
    text = path.read_text(encoding="utf-8")
    changed = text.replace('id = "maire"\n', f'id = "maire"\nterm_end = {last}\n')
    path.write_text(changed, encoding="utf-8")


def held(run: Run, root: Path, letter: str, why: str) -> None:
    """See that the letter to the one contact is left out at `print` and at `sent`, and the other's is not."""
    start = f"letter '{letter}' to 'maire' is left out: {why}; "
    printed = run("print", letter, root=root)
    assert printed.exit_code == 0, printed.output
    assert [line for line in printed.stderr.splitlines() if line.startswith(f"warning: {start}")]
    alone = run("print", letter, "--to", "maire", root=root)
    assert (alone.exit_code, alone.stderr.startswith(start)) == (4, True), alone.output
    on = ("--on", "2025-01-14", "--via", "post")
    refused = run("sent", letter, "--to", "maire", *on, root=root)
    assert (refused.exit_code, refused.stdout) == (4, "")
    assert refused.stderr.startswith(start)
    both = run("sent", letter, *on, "--dry-run", root=root)
    assert (both.exit_code, re.findall(r"  (maire|elu)  ", both.stdout)) == (0, ["elu"])


@pytest.mark.parametrize(
    ("letter", "way"),
    [
        *(("reminder", way) for way in WAYS),
        *(("documents-request", way) for way in ("full", "partial, days before", "stopped")),
    ],
)
def test_what_was_recorded_after_the_letter_was_printed_holds_it_back(
    sent: Path, run: Run, monkeypatch: pytest.MonkeyPatch, letter: str, way: str
) -> None:
    words, why = WAYS[way]
    follow_up(run, sent, letter, monkeypatch)
    recorded = run(*words, root=sent)
    assert recorded.exit_code == 0, recorded.output
    held(run, sent, letter, why)
    # Taken back, it goes.
    event = recorded.stdout.rstrip().rpartition("(")[2].rstrip(")")
    assert run("log", "undo", event, root=sent).exit_code == 0
    on = ("--on", "2025-01-14", "--via", "post")
    assert run("sent", letter, "--to", "maire", *on, root=sent).exit_code == 0


def test_what_the_letter_knew_of_does_not_hold_it_back_and_what_was_taken_back_does(
    sent: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = run(*ANSWER, DAY, "--kind", "partial", "--question", "qui=Nous.", root=sent)
    follow_up(run, sent, "reminder", monkeypatch)
    on = ("--on", "2025-01-14", "--via", "post")
    assert run("sent", "reminder", *on, "--dry-run", root=sent).stdout.count("reminder") == 2
    event = answer.stdout.rstrip().rpartition("(")[2].rstrip(")")
    assert run("log", "undo", event, root=sent).exit_code == 0
    held(run, sent, "reminder", "something that it speaks of was taken back since it was made")
    assert run("sent", "reminder", *on, "--with-answered", root=sent).exit_code == 0


def test_an_acknowledgement_or_a_proof_of_receipt_holds_no_reminder_back(
    sent: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_up(run, sent, "reminder", monkeypatch)
    assert run(*ANSWER, "2024-12-10", "--kind", "acknowledgement", root=sent).exit_code == 0
    assert run("received", "maire", "--on", "2024-12-05", "--proof", "delivery", root=sent).exit_code == 0
    on = ("--on", "2025-01-14", "--via", "post")
    assert run("sent", "reminder", *on, root=sent).stdout.count("reminder") == 2


@pytest.mark.parametrize(
    ("last", "why"),
    [
        ("2025-01-12", "not in office on 2025-01-13, the letter's date"),
        ("2025-01-13", "not in office on 2025-01-14"),
    ],
)
def test_who_has_left_office_gets_none(
    sent: Path, run: Run, monkeypatch: pytest.MonkeyPatch, last: str, why: str
) -> None:
    for letter in ALL:
        set_day(monkeypatch, date(2025, 1, 13))
        follow_up(run, sent, letter, monkeypatch)
    out_of_office(sent, last)
    for letter in ALL:
        held(run, sent, letter, why)
    on = ("--on", "2025-01-14", "--via", "post", "--with-former")
    assert run("sent", "reminder", *on, root=sent).stdout.count("reminder") == 2


@pytest.mark.parametrize(
    "way", ["full", "meeting", "forwarded", "it came back", "more time given", "stopped", "stopped whole"]
)
def test_none_is_made_for_whom_nothing_is_asked_of(
    sent: Path, run: Run, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    set_day(monkeypatch, date(2025, 1, 14))
    words, _why = WAYS[way]
    assert run(*words, root=sent).exit_code == 0
    made = run("followup", "--on", "2025-01-14", "--format", "txt", root=sent)
    assert made.exit_code == 0, made.output
    assert [path.stem for path in (sent / "out/reminder").glob("*.txt")] == ["elu"]


def test_none_is_made_for_a_former_holder(sent: Path, run: Run) -> None:
    out_of_office(sent, "2025-01-12")
    made = run("followup", "--on", DAY, "--format", "txt", root=sent)
    assert made.exit_code == 0, made.output
    assert "maire" in made.stderr
    assert [path.stem for path in (sent / "out/reminder").glob("*.txt")] == ["elu"]


def test_a_stop_of_one_of_two_letters_leaves_the_other(sent: Path, run: Run) -> None:
    on = ("--on", DAY, "--via", "post")
    assert run("generate", "other", root=sent).exit_code == 0
    assert run("sent", "other", "--on", "2024-12-02", "--via", "post", root=sent).exit_code == 0
    assert run("followup", "reminder", "--to", "maire", "--on", DAY, root=sent).exit_code == 0
    assert run("stop", "maire", "--letter", "note", "--reason", "réglé", root=sent).exit_code == 0
    # Made before, it speaks of both.
    refused = run("sent", "reminder", "--to", "maire", *on, root=sent)
    assert (refused.exit_code, refused.stdout) == (4, "")
    assert "its follow-ups were stopped on 2025-01-13" in refused.stderr
    assert run("followup", "reminder", "--to", "maire", "--on", DAY, root=sent).exit_code == 0
    recorded = run("sent", "reminder", "--to", "maire", *on, root=sent)
    assert recorded.exit_code == 0, recorded.output
    exported = run("log", "export", "-", root=sent).stdout
    assert '"follows": ["other"]' in exported


def test_an_answer_after_a_stop_opens_nothing_again(
    sent: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = run("stop", "maire", "--letter", "note", "--reason", "réglé", root=sent)
    follow_ups = ("followup", "--on", "2025-01-14", "--format", "txt", "--json")
    set_day(monkeypatch, date(2025, 1, 14))
    for kind in ("acknowledgement", "refusal", "partial"):
        assert run(*ANSWER, "2025-01-14", "--kind", kind, root=sent).exit_code == 0
        assert '"maire"' not in run(*follow_ups, root=sent).stdout
        for letter in (*ALL, "thanks"):
            assert not (sent / f"out/{letter}/maire.txt").exists()
    event = stopped.stdout.rstrip().rpartition("(")[2].rstrip(")")
    assert run("log", "undo", event, root=sent).exit_code == 0
    assert '"maire"' in run(*follow_ups, root=sent).stdout


def test_a_request_for_documents_that_was_answered_is_not_made_once_more(
    sent: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, date(2025, 3, 1))
    name = ("followup", "documents-request", "--to", "maire")
    assert run(*name, "--on", "2025-02-10", root=sent).exit_code == 0
    set_off = ("sent", "documents-request", "--on", "2025-02-10", "--via", "post")
    assert run(*set_off, root=sent).exit_code == 0
    reply = ("answer", "maire", "--letter", "documents-request", "--on", "2025-02-20", "--kind", "full")
    assert run(*reply, root=sent).exit_code == 0
    again = run(*name, "--on", "2025-02-25", root=sent)
    assert again.exit_code == 4
    assert "letter 'documents-request' to 'maire' is left out: an answer has come; " in again.stderr
