"""A letter that comes back, before and after a proof that it arrived."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

RETURNED = ("answer", "maire", "--on", "2024-12-20", "--kind", "returned")
RECEIVED = ("received", "maire", "--on", "2024-12-04", "--proof", "delivery")
AGAIN = ("sent", "note", "--on", "2024-12-23", "--via", "registered", "--again", "--reason", "returned")


@pytest.fixture
def sent(campaign: Campaign, run: Run) -> Path:
    """Return a campaign whose one letter was sent on 2 December 2024."""
    root = campaign()
    for command in (
        ("generate", "--format", "txt"),
        ("sent", "note", "--on", "2024-12-02", "--via", "registered"),
    ):
        assert run(*command, root=root).exit_code == 0
    return root


def status(run: Run, root: Path) -> dict[str, Any]:
    (row,) = json.loads(run("status", "--on", "2025-01-10", "--json", root=root).stdout)
    return dict(row)


def due(run: Run, root: Path, on: str) -> list[tuple[str, str]]:
    rows = json.loads(run("due", "--on", on, "--json", root=root).stdout)
    return [(row["step"], row["due_on"]) for row in rows]


def test_a_copy_that_comes_back_after_a_proved_receipt_changes_nothing(sent: Path, run: Run) -> None:
    assert run(*RECEIVED, root=sent).exit_code == 0
    before = status(run, sent)
    assert run(*RETURNED, root=sent).exit_code == 0
    assert status(run, sent) == before
    assert (before["status"], before["outcome"], before["received_on"]) == (
        "received",
        "waiting",
        "2024-12-04",
    )
    assert due(run, sent, "2025-01-10") == [("reminder", "2025-01-03")]


def test_silence_still_rejects_what_was_received_though_a_copy_came_back(sent: Path, run: Run) -> None:
    run(*RECEIVED, root=sent)
    run(*RETURNED, root=sent)
    assert due(run, sent, "2025-02-05") == [
        ("documents-request", "2025-02-05"),
        ("court-general", "2025-04-07"),
    ]


def test_a_proof_that_is_recorded_after_the_return_counts_as_well(sent: Path, run: Run) -> None:
    run(*RETURNED, root=sent)
    run(*RECEIVED, root=sent)
    assert due(run, sent, "2025-01-10") == [("reminder", "2025-01-03")]


def test_the_clock_of_a_proved_receipt_does_not_begin_again_with_a_second_sending(
    sent: Path, run: Run
) -> None:
    for command in (RECEIVED, RETURNED, AGAIN):
        assert run(*command, root=sent).exit_code == 0
    row = status(run, sent)
    assert (row["sent_on"], row["received_on"], row["due_on"]) == ("2024-12-02", "2024-12-04", "2025-01-03")


def test_a_letter_that_came_back_unproved_is_to_be_sent_again(sent: Path, run: Run) -> None:
    run(*RETURNED, root=sent)
    assert due(run, sent, "2025-01-10") == [("resend", "2024-12-20")]
    row = status(run, sent)
    assert (row["status"], row["outcome"], row["received_on"]) == ("sent", "returned", None)


def test_the_clock_of_a_letter_that_came_back_unproved_begins_with_the_next_sending(
    sent: Path, run: Run
) -> None:
    for command in (RETURNED, AGAIN):
        assert run(*command, root=sent).exit_code == 0
    row = status(run, sent)
    assert (row["outcome"], row["sent_on"], row["received_on"]) == ("waiting", "2024-12-23", "2024-12-26")
