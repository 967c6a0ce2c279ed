"""Ladders climbed for single cases; the dates were worked out by hand from the rules in data/procedures."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timezone
from itertools import count
from typing import Any

import pytest

from outreach.journal.case import cases
from outreach.journal.event import Event
from outreach.journal.ladder import Date, climb, next_date, open_dates
from outreach.journal.procedure import load_procedure, procedure_name

NUMBERS: Iterator[int] = count(1)


def event(kind: str, at: str, letter: str = "note", /, **data: Any) -> Event:
    number = next(NUMBERS)
    recorded = datetime(2025, 1, 1, 0, 0, 0, number, tzinfo=timezone.utc)
    return Event(
        str(uuid.UUID(int=number)), date.fromisoformat(at), recorded, "A", kind, "maire", letter, data
    )


def sent(at: str = "2024-12-02", channel: str = "registered", letter: str = "note") -> Event:
    return event("sent", at, letter, channel=channel, questions=["a", "b"])


def dates(procedure: str, *events: Event, follow_ups: tuple[Event, ...] = ()) -> dict[str, Date]:
    case = cases([sent(), *events])["maire", "note"]
    return {found.step.id: found for found in climb(case, load_procedure(procedure), follow_ups, "mainland")}


@pytest.mark.parametrize(
    ("received", "silence", "court"),
    [
        ("2024-12-04", "2025-02-04", "2025-04-07"),  # 5 April is a Saturday
        ("2024-12-31", "2025-02-28", "2025-04-29"),
        ("2025-01-31", "2025-03-31", "2025-06-02"),  # 1 June is a Sunday
        ("2025-02-20", "2025-04-20", "2025-06-23"),  # 21 June is a Saturday
        ("2025-01-07", "2025-03-07", "2025-05-09"),  # 8 May
    ],
)
def test_silence_of_two_months_and_the_free_limit_after_it(received: str, silence: str, court: str) -> None:
    found = dates("request", event("received", received, proof="delivery"))
    assert str(found["general-silence"].due_on) == silence
    assert str(found["court-general"].due_on) == court
    assert not found["court-general"].start.is_estimated


@pytest.mark.parametrize(
    ("received", "silence", "opens", "until"),
    [
        ("2024-12-04", "2025-01-04", "2025-01-05", "2025-03-03"),
        ("2025-01-31", "2025-02-28", "2025-03-01", "2025-04-25"),  # 27 April is a Sunday: back to Friday
        ("2024-12-22", "2025-01-22", "2025-01-23", "2025-03-21"),
    ],
)
def test_documents_are_refused_by_a_month_of_silence_then_cada(
    received: str, silence: str, opens: str, until: str
) -> None:
    found = dates("documents", event("received", received, proof="delivery"))
    assert str(found["documents-silence"].due_on) == silence
    assert (str(found["cada-referral"].opens_on), str(found["cada-referral"].due_on)) == (opens, until)


def test_a_notified_refusal_starts_the_limit_for_the_cada() -> None:
    refusal = event("answered", "2024-12-20", kind="refusal")
    found = dates("documents", event("received", "2024-12-04", proof="delivery"), refusal)
    assert str(found["cada-referral"].due_on) == "2025-02-19"
    assert found["documents-silence"].is_done


def test_an_unknown_receipt_is_an_estimate_that_says_how() -> None:
    found = dates("request")["general-silence"]
    assert found.start.is_estimated
    assert str(found.due_on) == "2025-02-05"
    assert found.reasoning[0] == (
        "from: sent by registered on 2024-12-02, receipt not proved: taken to have arrived 3 days later (estimated)"
    )


def test_an_acknowledgement_without_a_day_of_receipt_is_an_estimate_too() -> None:
    found = dates("request", event("answered", "2024-12-12", kind="acknowledgement"))
    assert found["general-silence"].start.is_estimated
    assert found["receipt-due"].is_done


def test_a_letter_that_came_back_starts_nothing() -> None:
    assert dates("request", event("answered", "2024-12-20", kind="returned")) == {}


def test_a_reminder_silences_the_urge_and_opens_the_second() -> None:
    reminder = sent("2025-01-10", letter="reminder")
    found = dates("courtesy", follow_ups=(reminder,))
    assert found["receipt-alarm"].is_done
    assert found["reminder"].is_done
    assert (found["second-reminder"].is_done, str(found["second-reminder"].due_on)) == (False, "2025-02-10")


def test_what_is_due_is_the_last_reminder_and_every_legal_limit() -> None:
    found = list(dates("request", event("received", "2024-12-04", proof="delivery")).values())
    assert [one.step.id for one in open_dates(found, date(2024, 12, 18))] == []
    assert [one.step.id for one in open_dates(found, date(2024, 12, 19))] == ["receipt-due"]
    assert [one.step.id for one in open_dates(found, date(2025, 1, 6))] == ["reminder"]
    assert [one.step.id for one in open_dates(found, date(2025, 2, 5))] == ["reminder", "court-general"]
    first = next_date(found, date(2024, 12, 4))
    assert first is not None
    assert first.step.id == "receipt-due"


@pytest.mark.parametrize("kind", ["full", "refusal", "no-such-document", "forwarded", "meeting"])
def test_nobody_is_reminded_of_what_was_answered(kind: str) -> None:
    found = dates("courtesy", event("answered", "2025-01-20", kind=kind))
    assert open_dates(list(found.values()), date(2026, 1, 1)) == []


def test_a_partial_answer_leaves_the_open_questions_due() -> None:
    half = event("answered", "2025-01-20", kind="partial", questions={"a": "oui"})
    whole = event("answered", "2025-01-25", kind="partial", questions={"b": "non"})
    assert not dates("courtesy", half)["reminder"].is_done
    assert dates("courtesy", half, whole)["reminder"].is_done


def test_an_extension_moves_the_next_courtesy_and_never_a_legal_date() -> None:
    received = event("received", "2024-12-04", proof="delivery")
    moved = event("extended", "2024-12-10", to="2025-01-20", reason="demande")
    found = dates("request", received, moved)
    assert str(found["receipt-due"].due_on) == "2025-01-20"
    assert found["receipt-due"].reasoning[-1] == "moved to 2025-01-20 on 2024-12-10: demande"
    assert str(found["general-silence"].due_on) == "2025-02-04"


@pytest.mark.parametrize(
    ("kind", "role", "expected"),
    [
        ("request", "mayor", "request"),
        ("documents", "prefect", "documents"),
        ("request", "councillor", "courtesy"),
        ("documents", "senator", "courtesy"),
        ("request", "mp", "courtesy"),
        ("request", "", "courtesy"),
    ],
)
def test_only_administrations_are_bound(kind: str, role: str, expected: str) -> None:
    assert procedure_name(kind, role) == expected
    if expected == "courtesy":
        assert not any(step.is_legal for step in load_procedure("courtesy").steps)
