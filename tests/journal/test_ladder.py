"""Ladders climbed for single cases; the dates were worked out by hand from the rules in country/fr/procedures."""

from collections.abc import Mapping
from datetime import date

import pytest

from outreach.campaign.follow_up import FollowUpSettings
from outreach.country.country import Country, load_country
from outreach.country.fact import Fact, Happening
from outreach.country.procedure import Change
from outreach.journal.case import Case
from outreach.journal.event import Event
from outreach.journal.history import history_of
from outreach.journal.ladder import Ladder, StepDate, next_date, open_dates
from outreach.journal.words import AnswerKind, Channel, Proof
from tests.journal.recorded import answered, extended, received, sent

FRANCE = load_country("FR")
DEFAULT = FollowUpSettings()


def dates(procedure: str, *events: Event, settings: FollowUpSettings = DEFAULT) -> dict[str, StepDate]:
    found = dict(history_of([sent(), *events], FRANCE).cases)
    case = found.pop(("maire", "note"))
    return climbed(procedure, case, list(found.values()), settings)


def climbed(
    procedure: str, case: Case, follow_ups: list[Case], settings: FollowUpSettings = DEFAULT
) -> dict[str, StepDate]:
    ladder = Ladder(settings.procedures(FRANCE)[procedure], FRANCE, "mainland")
    return {one.step.id: one for one in ladder.climb(case, follow_ups).dates}


@pytest.mark.parametrize(
    ("on", "silence", "court"),
    [
        ("2024-12-04", "2025-02-04", "2025-04-07"),  # 5 April is a Saturday
        ("2024-12-31", "2025-02-28", "2025-04-29"),
        ("2025-01-31", "2025-03-31", "2025-06-02"),  # 1 June is a Sunday
        ("2025-02-20", "2025-04-20", "2025-06-23"),  # 21 June is a Saturday
        ("2025-01-07", "2025-03-07", "2025-05-09"),  # 8 May
    ],
)
def test_silence_of_two_months_and_the_free_limit_after_it(on: str, silence: str, court: str) -> None:
    found = dates("request", received(on))
    assert str(found["general-silence"].due_on) == silence
    assert str(found["court-general"].due_on) == court
    assert not found["court-general"].start.is_estimated


@pytest.mark.parametrize(
    ("on", "silence", "opens", "until"),
    [
        ("2024-12-04", "2025-01-04", "2025-01-05", "2025-03-03"),
        ("2025-01-31", "2025-02-28", "2025-03-01", "2025-04-25"),  # 27 April is a Sunday: back to Friday
        ("2024-12-22", "2025-01-22", "2025-01-23", "2025-03-21"),
    ],
)
def test_documents_are_refused_by_a_month_of_silence_then_cada(
    on: str, silence: str, opens: str, until: str
) -> None:
    found = dates("documents", received(on))
    assert str(found["documents-silence"].due_on) == silence
    assert (str(found["cada-referral"].opens_on), str(found["cada-referral"].due_on)) == (opens, until)


def test_a_notified_refusal_starts_the_limit_for_the_cada() -> None:
    refusal = answered("2024-12-20", AnswerKind.REFUSAL)
    found = dates("documents", received("2024-12-04"), refusal)
    assert str(found["cada-referral"].due_on) == "2025-02-19"
    assert found["documents-silence"].is_done


def test_an_unknown_receipt_is_an_estimate_that_says_how() -> None:
    found = dates("request")["general-silence"]
    assert found.start.is_estimated
    assert str(found.due_on) == "2025-02-05"
    assert found.reasoning[0] == (
        "from: sent by registered mail on 2024-12-02, receipt not proved: taken to have arrived 3 days later (estimated)"
    )


def test_an_acknowledgement_without_a_day_of_receipt_is_an_estimate_too() -> None:
    found = dates("request", answered("2024-12-12", AnswerKind.ACKNOWLEDGEMENT))
    assert found["general-silence"].start.is_estimated
    assert found["receipt-due"].is_done


def test_a_letter_that_came_back_starts_nothing() -> None:
    returned = answered("2024-12-20", AnswerKind.RETURNED)
    assert {step: str(found.due_on) for step, found in dates("request", returned).items()} == {
        "resend": "2024-12-20"
    }


def test_a_letter_sent_again_after_it_came_back_starts_anew() -> None:
    returned = answered("2024-12-20", AnswerKind.RETURNED)
    found = dates("request", returned, sent("2025-01-06", Channel.HAND))
    assert "resend" not in found
    assert str(found["general-silence"].due_on) == "2025-03-06"
    assert found["general-silence"].start.what.startswith("handed over on 2025-01-06")


def test_a_reminder_silences_the_urge_and_opens_the_second() -> None:
    reminder = sent("2025-01-10", letter="reminder")
    found = dates("courtesy", reminder)
    assert found["receipt-alarm"].is_done
    assert found["reminder"].is_done
    assert (found["second-reminder"].is_done, str(found["second-reminder"].due_on)) == (
        False,
        "2025-02-07",
    )  # 9 February is a Sunday


def test_what_is_due_is_the_last_reminder_and_every_legal_limit() -> None:
    found = list(dates("request", received("2024-12-04")).values())
    assert [one.step.id for one in open_dates(found, date(2024, 12, 18))] == []
    assert [one.step.id for one in open_dates(found, date(2024, 12, 19))] == ["receipt-due"]
    assert [one.step.id for one in open_dates(found, date(2025, 1, 6))] == ["reminder"]
    assert [one.step.id for one in open_dates(found, date(2025, 2, 5))] == [
        "court-general",
        "documents-request",
    ]
    first = next_date(found, date(2024, 12, 4))
    assert first is not None
    assert first.step.id == "receipt-due"


@pytest.mark.parametrize("kind", ["full", "refusal", "no-such-document", "forwarded", "meeting"])
def test_nobody_is_reminded_of_what_was_answered(kind: str) -> None:
    found = dates("courtesy", answered("2025-01-20", AnswerKind(kind)))
    left = [one.step.id for one in open_dates(list(found.values()), date(2026, 1, 1))]
    assert left == (["after-meeting"] if kind == "meeting" else [])


def test_a_partial_answer_leaves_the_open_questions_due() -> None:
    half = answered("2025-01-20", AnswerKind.PARTIAL, questions={"a": "oui"})
    whole = answered("2025-01-25", AnswerKind.PARTIAL, questions={"b": "non"})
    assert not dates("courtesy", half)["reminder"].is_done
    assert dates("courtesy", half, whole)["reminder"].is_done


def test_an_extension_moves_the_next_courtesy_and_never_a_legal_date() -> None:
    moved = extended("2024-12-10", to="2025-01-20", reason="demande")
    found = dates("request", received("2024-12-04"), moved)
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
def test_only_administrations_are_bound(france: Country, kind: str, role: str, expected: str) -> None:
    assert DEFAULT.procedure_name(france, "note", kind, role) == expected
    if expected == "courtesy":
        assert not any(step.is_legal for step in DEFAULT.procedures(france)["courtesy"].steps)


def referred(*events: Event) -> dict[str, StepDate]:
    referral = sent("2025-01-20", letter="cada-referral")
    return dates("documents", received("2024-12-04"), referral, *events)


@pytest.mark.parametrize(
    ("registered", "opinion", "confirmed", "court"),
    [
        ("2025-01-27", "2025-02-27", "2025-03-27", "2025-05-28"),
        ("2025-01-31", "2025-02-28", "2025-03-31", "2025-06-02"),  # 1 June is a Sunday
        ("2025-03-07", "2025-04-07", "2025-05-07", "2025-07-08"),
        ("2024-12-31", "2025-01-31", "2025-02-28", "2025-04-29"),
    ],
)
def test_the_cadas_registration_starts_its_clocks(
    registered: str, opinion: str, confirmed: str, court: str
) -> None:
    found = referred(received(registered, "cada-referral", Proof.ACKNOWLEDGEMENT))
    assert found["cada-referral"].is_done
    assert str(found["cada-opinion"].due_on) == opinion
    assert str(found["cada-confirmed"].due_on) == confirmed
    assert str(found["court-documents"].due_on) == court
    assert not found["court-documents"].start.is_estimated


def test_without_the_day_of_registration_the_courts_limit_is_an_estimate() -> None:
    assert referred()["court-documents"].start.is_estimated
    assert "court-documents" not in dates("documents")


def test_what_was_answered_to_one_letter_is_not_asked_again_by_another() -> None:
    other = sent("2024-12-02", letter="joint")
    answer = answered("2024-12-20", AnswerKind.PARTIAL, "joint", questions={"a": "oui", "b": "non"})
    assert dates("courtesy", other, answer)["reminder"].is_done
    full = answered("2024-12-20", AnswerKind.FULL, "joint")
    assert dates("courtesy", other, full)["reminder"].is_done


def test_a_forwarded_letter_keeps_its_clock_with_whom_it_was_forwarded_to(france: Country) -> None:
    forwarded = answered("2024-12-20", AnswerKind.FORWARDED, forwarded_to="prefet")
    found = history_of([sent(), received("2024-12-04"), forwarded], france).cases
    assert found["maire", "note"].outcome == "forwarded"
    other = found["prefet", "note"]
    assert (other.forwarded_by, other.outcome, other.asked) == ("maire", "waiting", ("a", "b"))
    assert str(climbed("request", other, [])["general-silence"].due_on) == "2025-02-04"


def test_a_campaign_changes_lengths_and_adds_steps() -> None:
    call = {"does": "call", "start": (Fact(Happening.RECEIVED),), "days": 7}
    changes: Mapping[str, Mapping[str, Change]] = {
        "courtesy": {
            "reminder": {"days": 45},
            "call": {**call, "ended_by": (Fact(Happening.ANSWERED),)},
        }
    }
    found = dates("courtesy", settings=FollowUpSettings(changes=changes))
    assert str(found["reminder"].due_on) == "2025-01-17"  # 19 January is a Sunday
    assert "rule: changed by the campaign" in found["reminder"].reasoning
    assert str(found["call"].due_on) == "2024-12-12"
    assert str(dates("courtesy")["reminder"].due_on) == "2025-01-03"


def test_a_campaign_chooses_the_procedure_by_letter_then_by_role(france: Country) -> None:
    settings = FollowUpSettings(letters={"joint": "courtesy"}, roles={"deputy-mayor": "request"})
    assert settings.procedure_name(france, "joint", "request", "mayor") == "courtesy"
    assert settings.procedure_name(france, "note", "request", "deputy-mayor") == "request"
