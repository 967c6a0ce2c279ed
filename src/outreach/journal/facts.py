"""Tell when a Fact happened in a case, and whether it has: what ladders count from and are ended by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from outreach.country.country import Country
from outreach.country.fact import Fact, Happening
from outreach.journal.case import Case
from outreach.journal.event import Answered
from outreach.journal.words import AnswerKind, Channel, Outcome, Proof, said_sent
from outreach.language import N_, _, ngettext


@dataclass(frozen=True, slots=True)
class Start:
    """A day from which a step counts."""

    day: date
    what: str
    """The event or step that gives the day, in words."""
    is_estimated: bool


def start_on(day: date, what: str, *, is_estimated: bool = False) -> Start:
    """Return the start that something gave on a day."""
    return Start(day, _("{what} on {day}", what=what, day=day), is_estimated)


def receipt(case: Case, country: Country) -> Start | None:
    """Return the day of receipt, proved or estimated; None if nothing was sent or the letter came back.

    Args:
        case: The letter and what came back.
        country: Whose post takes some days, where nothing proves the receipt.
    """
    if case.received:
        what = _said_received(case, country)
        return _first_seized(Start(case.received.at, what, is_estimated=False), case, country)
    if not case.sent or case.outcome is Outcome.RETURNED:
        return None
    if case.is_first_seized and case.forwarded_at:
        what = _("forwarded by {contact} on {day}", contact=case.forwarded_by, day=case.forwarded_at)
        return Start(case.forwarded_at, what, is_estimated=True)
    start = _arrival(case.sent[0].channel, case.sent[0].at, country)
    if case.acknowledged and case.acknowledged.at < start.day:
        day = case.acknowledged.at
        what = _("acknowledged on {day}; the day of receipt is not recorded", day=day)
        start = Start(day, what, is_estimated=True)
    return _first_seized(start, case, country)


def _said_received(case: Case, country: Country) -> str:
    """Return what proves the receipt, where that is the acknowledgement of what went by electronic way."""
    day = case.received.at if case.received else None
    is_acknowledged = bool(case.received and case.received.proof is Proof.ACKNOWLEDGEMENT)
    is_electronic = bool(case.sent and case.sent[0].channel in (Channel.EMAIL, Channel.FORM))
    if is_acknowledged and is_electronic and country.acknowledged_basis:
        return _(
            "acknowledged by electronic way on {day}; {basis}", day=day, basis=_(country.acknowledged_basis)
        )
    return _("received on {day}", day=day)


def _first_seized(start: Start, case: Case, country: Country) -> Start:
    """Say of a letter that was forwarded by whom, and why it counts from the receipt by that one."""
    if not case.forwarded_by:
        return start
    what = _(
        "{what} by {contact}, who forwarded it; {basis}",
        what=start.what,
        contact=case.forwarded_by,
        basis=_(country.forwarded_basis),
    )
    return replace(start, what=what)


def start_of(fact: Fact, case: Case, follow_ups: Sequence[Case], country: Country) -> Start | None:
    """Return the day that a happening gives; None if it has not happened.

    Args:
        fact: No step of a ladder.
        case: The letter and what came back.
        follow_ups: The letters that follow it up.
        country: As for `receipt`.
    """
    following = next((other for other in (case, *follow_ups) if other.letter == fact.letter), None)
    if fact.what is Happening.RECEIVED:
        if not fact.letter:
            return receipt(case, country)
        found = receipt(following, country) if following else None
        return replace(found, what=f"{fact.letter}, {found.what}") if found else None
    if fact.what is Happening.SENT:
        sent = following.sent if following else []
        day = sent[fact.number - 1].at if len(sent) >= fact.number else None
        return start_on(day, _("{letter} sent", letter=fact.letter)) if day else None
    meaning = _MEANINGS[Happening(fact.what)]
    day = _refused_after(case, following, follow_ups) if fact.letter else meaning.day(case)
    return start_on(day, _(meaning.what)) if day else None


def has_happened(fact: Fact, case: Case, follow_ups: Sequence[Case]) -> bool:
    """Tell whether a happening ends a step; arguments as for `start_of`."""
    if fact.what is Happening.SENT:
        meant = [other for other in (case, *follow_ups) if other.letter == fact.letter]
        return sum(len(other.sent) for other in meant) >= fact.number
    if fact.what is Happening.RECEIVED:
        meant = [other for other in (case, *follow_ups) if other.letter == (fact.letter or case.letter)]
        return any(other.received for other in meant)
    if fact.letter:
        following = next((other for other in follow_ups if other.letter == fact.letter), None)
        return _refused_after(case, following, follow_ups) is not None
    return _MEANINGS[Happening(fact.what)].ends(case)


def _refused_after(case: Case, following: Case | None, follow_ups: Sequence[Case]) -> date | None:
    """Return the day of the first refusal after a follow-up letter went, recorded under either letter."""
    if not (following and following.sent):
        return None
    refusals = (
        answer.at
        for one in (case, *follow_ups)
        for answer in one.answers
        if answer.answer is AnswerKind.REFUSAL and answer.at >= following.sent[0].at
    )
    return min(refusals, default=None)


def _arrival(channel: str, sent_on: date, country: Country) -> Start:
    """Return the day on which a letter is taken to have arrived."""
    days = country.postal_days(channel)
    words = {"sent": said_sent(channel), "day": sent_on}
    if not days:
        what = _("{sent} on {day}, receipt not proved: taken to have arrived that day", **words)
        return Start(sent_on, what, is_estimated=True)
    what = ngettext(
        "{sent} on {day}, receipt not proved: taken to have arrived {count} day later",
        "{sent} on {day}, receipt not proved: taken to have arrived {count} days later",
        days,
        **words,
    )
    return Start(sent_on + timedelta(days=days), what, is_estimated=True)


def _first(*kinds: AnswerKind) -> Callable[[Case], date | None]:
    def day(case: Case) -> date | None:
        return _day(case.first_answer(*kinds))

    return day


def _day(answer: Answered | None) -> date | None:
    return answer.at if answer else None


def _returned(case: Case) -> date | None:
    return _first(AnswerKind.RETURNED)(case) if case.outcome is Outcome.RETURNED else None


def _acknowledged(case: Case) -> date | None:
    if case.received and case.received.proof is Proof.ACKNOWLEDGEMENT:
        return case.received.at
    return _day(case.acknowledged) or _replied(case)


def _replied(case: Case) -> date | None:
    kinds = (kind for kind in AnswerKind if kind.outcome and kind is not AnswerKind.RETURNED)
    return _first(*kinds)(case)


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What something that comes back means for a ladder."""

    what: str
    """In English, to be translated where it is shown."""
    day: Callable[[Case], date | None]
    """When it happened first, where a step counts from it; None if it has not."""
    ends: Callable[[Case], bool]
    """Whether it ends a step: the last word counts, not the first."""


def _answer(what: str, kind: AnswerKind) -> _Meaning:
    """Return the meaning of one kind of answer."""
    return _Meaning(what, _first(kind), lambda case: case.outcome is kind.outcome)


_MEANINGS: Mapping[Happening, _Meaning] = {
    Happening.ACKNOWLEDGED: _Meaning(N_("acknowledgement"), _acknowledged, lambda case: case.is_acknowledged),
    Happening.ANSWERED: _Meaning(
        N_("answer"),
        _first(AnswerKind.PARTIAL, AnswerKind.FULL, AnswerKind.MEETING),
        lambda case: case.is_settled,
    ),
    Happening.REPLIED: _Meaning(
        N_("answer"), _replied, lambda case: case.outcome not in (Outcome.WAITING, Outcome.RETURNED)
    ),
    Happening.PARTIAL: _answer(N_("answer in part"), AnswerKind.PARTIAL),
    Happening.FULL: _answer(N_("full answer"), AnswerKind.FULL),
    Happening.REFUSED: _answer(N_("refusal"), AnswerKind.REFUSAL),
    Happening.FORWARDED: _answer(N_("forwarding"), AnswerKind.FORWARDED),
    Happening.MET: _answer(N_("meeting"), AnswerKind.MEETING),
    Happening.NO_SUCH_DOCUMENT: _answer(
        N_("answer that there is no such document"), AnswerKind.NO_SUCH_DOCUMENT
    ),
    Happening.RETURNED: _Meaning(
        N_("return of the letter"), _returned, lambda case: case.outcome is Outcome.RETURNED
    ),
}
"""All happenings but the two that may be a follow-up letter's: sent and received."""
