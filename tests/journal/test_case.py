"""What events make of a letter: how it stands, how it ended, which other letters an answer counts for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.journal.case import Case, Cases, fold
from outreach.journal.event import Event, Sent
from outreach.journal.words import AnswerKind, Channel, Outcome, Proof, Status
from tests.journal.recorded import answered, extended, noted, received, sent, voided

Made = TypeVar("Made", bound=Event)

BOUND = ("mayor", "prefect")
LATER = "2025-02-20"


def folded(*events: Event) -> Cases:
    return fold(events, BOUND.__contains__)


def note(*events: Event) -> Case:
    """Return the case of a letter that asked `a` and `b`, after these events."""
    return folded(sent(), *events)["maire", "note"]


def to(contact: str, event: Made) -> Made:
    return replace(event, contact=contact)


def from_role(role: str) -> Sent:
    return replace(sent(), role=role)


def outcomes(cases: Cases, contact: str = "maire") -> dict[str, str]:
    return {letter: case.outcome.value for (name, letter), case in cases.items() if name == contact}


class Becomes(NamedTuple):
    """What one answer of a kind makes of a letter that asked something."""

    status: Status
    outcome: Outcome
    is_acknowledged: bool
    is_settled: bool
    is_passed_on: bool
    """Given to a follow-up letter, it counts for the letter that this one follows up."""


KINDS: Mapping[AnswerKind, Becomes] = {
    AnswerKind.ACKNOWLEDGEMENT: Becomes(
        Status.ACKNOWLEDGED, Outcome.WAITING, is_acknowledged=True, is_settled=False, is_passed_on=False
    ),
    AnswerKind.PARTIAL: Becomes(
        Status.ANSWERED, Outcome.PARTIAL, is_acknowledged=True, is_settled=False, is_passed_on=True
    ),
    AnswerKind.FULL: Becomes(
        Status.CLOSED, Outcome.FULL, is_acknowledged=True, is_settled=True, is_passed_on=True
    ),
    AnswerKind.REFUSAL: Becomes(
        Status.ANSWERED, Outcome.REFUSED, is_acknowledged=True, is_settled=True, is_passed_on=True
    ),
    AnswerKind.FORWARDED: Becomes(
        Status.ANSWERED, Outcome.FORWARDED, is_acknowledged=True, is_settled=True, is_passed_on=True
    ),
    AnswerKind.MEETING: Becomes(
        Status.ANSWERED, Outcome.MET, is_acknowledged=True, is_settled=True, is_passed_on=True
    ),
    AnswerKind.NO_SUCH_DOCUMENT: Becomes(
        Status.CLOSED, Outcome.NO_SUCH_DOCUMENT, is_acknowledged=True, is_settled=True, is_passed_on=True
    ),
    AnswerKind.RETURNED: Becomes(
        Status.SENT, Outcome.RETURNED, is_acknowledged=False, is_settled=False, is_passed_on=False
    ),
}


# One letter


def test_a_letter_that_was_sent_waits() -> None:
    case = note()
    assert (case.status, case.outcome, case.sent_on) == (Status.SENT, Outcome.WAITING, date(2024, 12, 2))
    assert (case.is_silent, case.is_acknowledged, case.is_settled) == (True, False, False)


def test_the_first_proof_of_receipt_counts() -> None:
    first, second = received("2024-12-04"), received("2024-12-06", proof=Proof.STAMP)
    assert note(first, second).received is first


def test_a_proof_of_receipt_says_nothing_more() -> None:
    case = note(received("2024-12-04"))
    assert (case.status, case.outcome) == (Status.RECEIVED, Outcome.WAITING)
    assert (case.is_silent, case.is_acknowledged) == (True, False)


def test_an_acknowledgement_may_be_the_proof() -> None:
    case = note(received("2024-12-04", proof=Proof.ACKNOWLEDGEMENT))
    assert (case.is_acknowledged, case.acknowledged) == (True, None)


def test_the_first_acknowledgement_is_the_one() -> None:
    first, second = (answered(day, AnswerKind.ACKNOWLEDGEMENT) for day in ("2024-12-05", "2024-12-09"))
    assert note(answered("2024-12-04", AnswerKind.REFUSAL), first, second).acknowledged is first


def test_the_days_of_several_sendings_begin_with_the_first() -> None:
    case = note(sent("2024-12-05", Channel.EMAIL))
    assert (len(case.sent), case.sent_on) == (2, date(2024, 12, 2))


def test_a_letter_of_which_no_sending_is_known_asks_nothing() -> None:
    case = folded(answered("2024-12-20", AnswerKind.PARTIAL, questions={"a": "oui"}))["maire", "note"]
    assert (case.sent_on, case.asked, case.letter_kind, case.is_opening) == (None, (), "request", True)
    assert (case.answered, case.unanswered, case.is_settled) == ({}, [], False)


def test_events_without_a_letter_and_those_about_others_open_no_case() -> None:
    returned = replace(received("2024-12-04"), letter="")
    assert folded(noted("2024-12-03"), voided("2024-12-03", "x"), returned) == {}


def test_cases_stand_in_the_order_of_their_first_event() -> None:
    events = (received("2024-12-04", "joint"), to("elu", sent()), sent(), sent(letter="joint"))
    assert list(folded(*events)) == [("maire", "joint"), ("elu", "note"), ("maire", "note")]


def test_every_date_that_was_moved_is_kept() -> None:
    first, second = extended("2024-12-10", "2025-01-20"), extended("2024-12-11", "2025-01-25")
    assert note(first, second).extensions == [first, second]


SPOKEN = {
    "an answer": [answered("2024-12-20", AnswerKind.ACKNOWLEDGEMENT)],
    "a date that was moved": [extended("2024-12-10", "2025-01-20")],
    "a reply to another letter": [
        answered("2024-12-20", AnswerKind.PARTIAL, "joint", questions={"a": "oui"})
    ],
    "a question that another letter settled": [
        sent(letter="joint"),
        answered("2024-12-20", AnswerKind.FULL, "joint"),
    ],
}


@pytest.mark.parametrize("events", SPOKEN.values(), ids=SPOKEN)
def test_a_letter_is_silent_until(events: Sequence[Event]) -> None:
    assert not note(*events).is_silent


def test_a_letter_that_was_forwarded_is_not_silent() -> None:
    cases = folded(sent(), answered("2024-12-20", AnswerKind.FORWARDED, forwarded_to="prefet"))
    assert not cases["prefet", "note"].is_silent


# Answers by their kind


@pytest.mark.parametrize("kind", AnswerKind)
def test_each_kind_of_answer_has_its_status_and_outcome(kind: AnswerKind) -> None:
    case = note(answered("2024-12-20", kind))
    assert (case.status, case.outcome) == KINDS[kind][:2]
    assert (case.is_acknowledged, case.is_settled) == KINDS[kind][2:4]


@pytest.mark.parametrize("kind", AnswerKind)
def test_each_kind_of_answer_to_a_reminder_counts_for_the_letter_or_not(kind: AnswerKind) -> None:
    reminder = sent("2025-01-06", letter="reminder", follows=("note",))
    answer = answered("2025-01-20", kind, "reminder")
    assert note(reminder, answer).answers == ([answer] if KINDS[kind].is_passed_on else [])


@pytest.mark.parametrize("kind", AnswerKind)
def test_each_kind_of_answer_settles_questions_or_not(kind: AnswerKind) -> None:
    assert note(answered("2024-12-20", kind)).settled == ({"a", "b"} if kind == "full" else set())


def test_the_last_answer_with_a_content_decides() -> None:
    full, partial, acknowledgement = (
        answered("2024-12-20", kind)
        for kind in (AnswerKind.FULL, AnswerKind.PARTIAL, AnswerKind.ACKNOWLEDGEMENT)
    )
    assert note(full, partial).outcome is Outcome.PARTIAL
    assert note(partial, full).outcome is Outcome.FULL
    assert note(full, acknowledgement).outcome is Outcome.FULL


def test_a_kind_of_answer_of_a_newer_version_decides_nothing() -> None:
    telepathy = replace(answered("2024-12-20", AnswerKind.FULL), answer="telepathy")
    case = note(answered("2024-12-10", AnswerKind.PARTIAL), telepathy)
    assert (case.outcome, case.settled) == (Outcome.PARTIAL, set())


# A letter that comes back


def test_a_letter_sent_again_after_it_came_back_starts_anew() -> None:
    again = sent("2025-01-06", Channel.HAND)
    case = note(sent("2024-12-03"), answered("2024-12-20", AnswerKind.RETURNED), again)
    assert (case.sent, case.sent_on) == ([again], date(2025, 1, 6))
    assert (case.answers, case.outcome, case.status) == ([], Outcome.WAITING, Status.SENT)


def test_what_else_was_answered_before_it_came_back_stays() -> None:
    acknowledgement = answered("2024-12-10", AnswerKind.ACKNOWLEDGEMENT)
    case = note(acknowledgement, answered("2024-12-20", AnswerKind.RETURNED), sent("2025-01-06"))
    assert (case.answers, case.status) == ([acknowledgement], Status.ACKNOWLEDGED)


def test_a_letter_that_came_back_twice_waits_for_its_third_sending() -> None:
    returned = [answered(day, AnswerKind.RETURNED) for day in ("2024-12-20", "2025-01-20")]
    second = sent("2025-01-06")
    assert note(returned[0], second, returned[1]).outcome is Outcome.RETURNED
    third = sent("2025-02-03")
    assert note(returned[0], second, returned[1], third).sent == [third]


def test_a_copy_that_came_back_after_a_proved_receipt_changes_nothing() -> None:
    proof, returned = received("2024-12-04"), answered("2024-12-20", AnswerKind.RETURNED)
    case = note(proof, returned)
    assert (case.outcome, case.status, case.is_acknowledged) == (Outcome.WAITING, Status.RECEIVED, False)
    partial = answered("2024-12-10", AnswerKind.PARTIAL)
    assert note(proof, partial, returned).outcome is Outcome.PARTIAL


def test_a_copy_that_came_back_starts_nothing_anew() -> None:
    proof, again = received("2024-12-04"), sent("2025-01-06")
    case = note(proof, answered("2024-12-20", AnswerKind.RETURNED), again)
    assert (case.sent_on, case.received, case.sent[-1]) == (date(2024, 12, 2), proof, again)


# Questions


def test_replies_are_shared_by_all_letters_to_a_contact() -> None:
    cases = folded(
        sent(),
        sent(letter="joint", questions=("b", "c")),
        answered("2024-12-20", AnswerKind.PARTIAL, "joint", questions={"b": "oui"}),
        sent(LATER, letter="late", questions=("a", "b")),
        to("elu", sent()),
    )
    assert cases["maire", "note"].replies == {"b": "oui"}
    assert [case.unanswered for case in cases.values()] == [["a"], ["c"], ["a"], ["a", "b"]]


def test_the_last_reply_to_a_question_counts_whichever_letter_it_was_one_to() -> None:
    first = answered("2024-12-20", AnswerKind.PARTIAL, questions={"a": "oui", "z": "rien"})
    second = answered("2024-12-22", AnswerKind.PARTIAL, "joint", questions={"a": "non"})
    case = note(first, second)
    assert (case.replies, case.answered) == ({"a": "non", "z": "rien"}, {"a": "non"})


def test_what_is_answered_in_full_is_settled_for_all_letters_to_a_contact() -> None:
    joint = sent(letter="joint", questions=("b", "c"))
    cases = folded(sent(), joint, to("elu", sent()), answered("2024-12-20", AnswerKind.FULL, "joint"))
    assert [case.settled for case in cases.values()] == [{"b", "c"}, {"b", "c"}, set()]
    assert [case.unanswered for case in cases.values()] == [["a"], [], ["a", "b"]]
    assert outcomes(cases) == {"note": "waiting", "joint": "full"}


def test_a_question_is_open_until_it_is_replied_to_or_settled() -> None:
    half = answered("2024-12-20", AnswerKind.PARTIAL, questions={"a": "oui"})
    rest = answered("2024-12-22", AnswerKind.PARTIAL, questions={"b": "non"})
    assert (note(half).unanswered, note(half).is_settled) == (["b"], False)
    assert (note(half, rest).unanswered, note(half, rest).is_settled) == ([], True)


def test_documents_that_were_sent_answer_no_question() -> None:
    papers = sent(letter="papers", kind="documents")
    case = folded(sent(), papers, answered("2024-12-20", AnswerKind.FULL, "papers"))["maire", "note"]
    assert (case.settled, case.unanswered) == (set(), ["a", "b"])


FORWARDED = answered("2024-12-20", AnswerKind.FORWARDED, forwarded_to="prefet")
JOINT = to("prefet", sent(letter="joint"))
REPLY = to("prefet", answered("2024-12-20", AnswerKind.PARTIAL, "joint", questions={"a": "oui"}))


@pytest.mark.parametrize(
    "events", [(JOINT, REPLY, FORWARDED), (JOINT, FORWARDED, REPLY)], ids=["before", "after"]
)
def test_a_forwarded_letter_shares_the_replies_of_whom_it_was_forwarded_to(events: Sequence[Event]) -> None:
    case = folded(sent(), *events)["prefet", "note"]
    assert (case.replies, case.unanswered) == ({"a": "oui"}, ["b"])


# Follow-up letters


def test_an_answer_to_a_follow_up_letter_is_one_to_the_letters_that_it_names() -> None:
    cases = folded(
        sent(),
        sent(letter="other"),
        sent(letter="third"),
        sent("2025-01-06", letter="reminder", follows=("note", "third")),
        answered("2025-01-20", AnswerKind.REFUSAL, "reminder"),
    )
    assert outcomes(cases) == {
        "note": "refused",
        "other": "waiting",
        "third": "refused",
        "reminder": "refused",
    }


def test_where_it_names_none_it_is_one_to_all_before_it() -> None:
    cases = folded(
        sent(),
        sent("2025-01-06", letter="same-day"),
        sent("2025-01-06", letter="reminder"),
        sent("2025-01-07", letter="after"),
        to("elu", sent()),
        answered("2025-01-20", AnswerKind.REFUSAL, "reminder"),
    )
    assert outcomes(cases) == {
        "note": "refused",
        "same-day": "refused",
        "reminder": "refused",
        "after": "waiting",
    }
    assert outcomes(cases, "elu") == {"note": "waiting"}


def test_it_is_none_to_another_follow_up_letter() -> None:
    cases = folded(
        sent(),
        sent("2025-01-06", letter="reminder"),
        sent("2025-01-10", letter="erratum", kind="correction"),
        answered("2025-01-20", AnswerKind.REFUSAL, "erratum"),
    )
    assert outcomes(cases) == {"note": "refused", "reminder": "waiting", "erratum": "refused"}


def test_an_answer_to_a_second_reminder_is_one_to_what_that_one_follows() -> None:
    cases = folded(
        sent(),
        sent(letter="other"),
        sent("2025-01-06", letter="reminder", follows=("note",)),
        sent("2025-02-06", letter="reminder", follows=("other",)),
        answered(LATER, AnswerKind.REFUSAL, "reminder"),
    )
    assert outcomes(cases) == {"note": "waiting", "other": "refused", "reminder": "refused"}


def test_the_questions_answered_to_a_reminder_are_answered() -> None:
    reminder = sent("2025-01-06", letter="reminder", questions=("b",), follows=("note",))
    case = note(reminder, answered("2025-01-20", AnswerKind.PARTIAL, "reminder", questions={"b": "non"}))
    assert (case.outcome, case.unanswered) == (Outcome.PARTIAL, ["a"])


def test_a_full_answer_to_a_reminder_settles_what_the_letter_asked() -> None:
    reminder = sent("2025-01-06", letter="reminder", questions=(), follows=("note",))
    case = note(reminder, answered("2025-01-20", AnswerKind.FULL, "reminder"))
    assert (case.status, case.settled) == (Status.CLOSED, {"a", "b"})


@pytest.mark.parametrize("follows", [(), ("note",)])
def test_a_referrals_answer_stays_with_the_referral(follows: tuple[str, ...]) -> None:
    referral = sent("2025-01-20", letter="cada-referral", follows=follows)
    cases = folded(sent(), referral, answered(LATER, AnswerKind.FULL, "cada-referral"))
    assert outcomes(cases) == {"note": "waiting", "cada-referral": "full"}


def test_an_answer_to_a_letter_that_opens_a_case_of_its_own_stays_there_though_it_follows_another() -> None:
    papers = sent("2025-01-20", letter="papers", kind="documents", follows=("note",))
    cases = folded(sent(), papers, answered(LATER, AnswerKind.FULL, "papers"))
    assert outcomes(cases) == {"note": "waiting", "papers": "full"}


REMINDER: Mapping[str, Any] = {"letter": "reminder", "kind": "reminder"}
FOLLOWING = {
    "a reminder that names it": (sent(LATER, **REMINDER, follows=("x", "note")), True),
    "a reminder that names others": (sent(LATER, **REMINDER, follows=("x",)), False),
    "a reminder that names none": (sent(LATER, **REMINDER), True),
    "a reminder of the same day": (sent("2024-12-02", **REMINDER), True),
    "a reminder of the day before": (sent("2024-12-01", **REMINDER, follows=("note",)), False),
    "a request that names none": (sent(LATER, letter="other"), False),
    "a request for documents that names it": (
        sent(LATER, letter="papers", kind="documents", follows=("note",)),
        True,
    ),
    "itself": (sent(LATER, kind="reminder", follows=("note",)), False),
}


@pytest.mark.parametrize(("sending", "expected"), FOLLOWING.values(), ids=FOLLOWING)
def test_a_letter_is_followed_by(sending: Sent, *, expected: bool) -> None:
    assert note().is_followed_by(sending) is expected


def test_a_letter_that_was_never_sent_is_followed_by_none() -> None:
    assert not Case("maire", "note").is_followed_by(sent(LATER, **REMINDER))


# Forwarding


@pytest.mark.parametrize("role", ["mayor", ""])
def test_a_letter_forwarded_by_an_administration_keeps_its_receipt(role: str) -> None:
    proof, first = received("2024-12-04"), from_role(role)
    forwarded = answered("2024-12-20", AnswerKind.FORWARDED, forwarded_to="prefet")
    cases = folded(first, proof, forwarded)
    assert cases["prefet", "note"] == Case(
        "prefet",
        "note",
        sent=[first],
        received=proof,
        forwarded_by="maire",
        forwarded_at=date(2024, 12, 20),
    )
    assert cases["maire", "note"].outcome is Outcome.FORWARDED


def test_a_letter_forwarded_by_somebody_unbound_counts_from_the_forwarding() -> None:
    first = from_role("councillor")
    forwarded = answered("2024-12-20", AnswerKind.FORWARDED, forwarded_to="prefet")
    assert folded(first, received("2024-12-04"), forwarded)["prefet", "note"] == Case(
        "prefet",
        "note",
        sent=[first],
        forwarded_by="maire",
        forwarded_at=date(2024, 12, 20),
        is_first_seized=True,
    )


def test_what_was_forwarded_without_a_sending_counts_as_from_an_administration() -> None:
    proof = received("2024-12-04")
    cases = folded(proof, answered("2024-12-20", AnswerKind.FORWARDED, forwarded_to="prefet"))
    assert cases["prefet", "note"] == Case(
        "prefet", "note", received=proof, forwarded_by="maire", forwarded_at=date(2024, 12, 20)
    )


def test_a_letter_is_never_forwarded_over_a_case_that_is_there() -> None:
    own = to("prefet", sent("2024-12-05"))
    cases = folded(sent(), own, answered("2024-12-20", AnswerKind.FORWARDED, forwarded_to="prefet"))
    assert cases["prefet", "note"] == Case("prefet", "note", sent=[own])


NOWHERE = {
    "to nobody known": answered("2024-12-20", AnswerKind.FORWARDED),
    "to itself": answered("2024-12-20", AnswerKind.FORWARDED, forwarded_to="maire"),
    "by another kind of answer": answered("2024-12-20", AnswerKind.REFUSAL, forwarded_to="prefet"),
}


@pytest.mark.parametrize("event", NOWHERE.values(), ids=NOWHERE)
def test_nothing_is_forwarded(event: Event) -> None:
    assert list(folded(sent(), event)) == [("maire", "note")]


def test_whoever_a_letter_was_forwarded_to_has_it_alone_from_then_on() -> None:
    first = sent()
    cases = folded(
        first,
        answered("2024-12-20", AnswerKind.FORWARDED, forwarded_to="prefet"),
        to("prefet", sent("2025-01-06")),
        to("prefet", received("2025-01-08")),
        to("prefet", answered("2025-01-20", AnswerKind.PARTIAL, questions={"a": "oui"})),
    )
    assert (cases["maire", "note"].sent, cases["maire", "note"].received) == ([first], None)
    assert (cases["maire", "note"].outcome, cases["maire", "note"].unanswered) == ("forwarded", ["a", "b"])
    assert (cases["prefet", "note"].sent_on, len(cases["prefet", "note"].sent)) == (date(2024, 12, 2), 2)
    assert (cases["prefet", "note"].outcome, cases["prefet", "note"].unanswered) == ("partial", ["b"])


def test_a_forwarded_letter_can_be_forwarded_again() -> None:
    first, proof = from_role("mayor"), received("2024-12-04")
    cases = folded(
        first,
        proof,
        answered("2024-12-20", AnswerKind.FORWARDED, forwarded_to="prefet"),
        to("prefet", answered("2024-12-27", AnswerKind.FORWARDED, forwarded_to="ministre")),
    )
    last = cases["ministre", "note"]
    assert (last.forwarded_by, last.sent, last.received) == ("prefet", [first], proof)


# All together

CONTACTS = ("maire", "elu", "prefet")
FIRST = ("note", "joint")
LETTERS = (*FIRST, "reminder", "cada-referral")
DAYS = st.integers(0, 5).map(lambda day: date(2025, 1, 1) + timedelta(days=day))
HAPPENINGS = st.one_of(
    st.builds(
        lambda contact, at, letter, follows: sent(at, letter=letter, contact=contact, follows=tuple(follows)),
        st.sampled_from(CONTACTS),
        DAYS,
        st.sampled_from(LETTERS),
        st.sets(st.sampled_from(FIRST)),
    ),
    st.builds(
        lambda contact, at, letter: to(contact, received(at, letter)),
        st.sampled_from(CONTACTS),
        DAYS,
        st.sampled_from(LETTERS),
    ),
    st.builds(
        lambda contact, at, kind, letter, questions: answered(
            at, kind, letter, contact=contact, questions=dict.fromkeys(questions, f"{at}")
        ),
        st.sampled_from(CONTACTS),
        DAYS,
        st.sampled_from(AnswerKind),
        st.sampled_from(LETTERS),
        st.sets(st.sampled_from(("a", "b"))),
    ),
    st.builds(lambda contact, at: to(contact, extended(at, LATER)), st.sampled_from(CONTACTS), DAYS),
)


def of(contact: str, cases: Cases) -> list[Case]:
    return [case for (name, _letter), case in cases.items() if name == contact]


@given(st.lists(HAPPENINGS, max_size=20))
def test_each_contact_has_the_cases_that_its_own_events_give_alone(events: Iterable[Event]) -> None:
    together = folded(*events)
    for contact in CONTACTS:
        alone = folded(*(event for event in events if event.contact == contact))
        assert of(contact, together) == list(alone.values())
