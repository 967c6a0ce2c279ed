"""Climb a procedure's ladder for one case: every date with the way it was computed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from outreach.files.toml import load_data
from outreach.journal.case import OUTCOMES, Case
from outreach.journal.deadlines import (
    SATURDAY,
    add_months,
    franc,
    holidays_of,
    is_working_day,
    next_working_day,
    previous_working_day,
)
from outreach.journal.event import Event
from outreach.journal.procedure import Procedure, Step
from outreach.journal.words import data_word
from outreach.language import N_, _, in_use, ngettext, pgettext

_ANSWERS = {"refused": ("refusal",), "returned": ("returned",), "answered": ("partial", "full", "meeting")}
"""Answers from which a step may count."""
_ANSWER_WORDS = {
    "refused": N_("refusal"),
    "returned": N_("return of the letter"),
    "answered": N_("answer"),
}


@dataclass(frozen=True, slots=True)
class Start:
    """A day from which a step counts."""

    day: date
    what: str
    """The event or step that gives the day."""
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class Date:
    """The date of one step in one case."""

    step: Step
    start: Start
    opens_on: date
    """First day on which there is something to do."""
    due_on: date
    """Inclusive."""
    is_done: bool
    """The step is needless: what it waits for has happened."""
    reasoning: tuple[str, ...]
    """How the date was computed, a line each."""


def climb(case: Case, procedure: Procedure, follow_ups: Sequence[Case], territory: str) -> list[Date]:
    """Return the date of each step whose start is known, in the ladder's order.

    Args:
        case: The letter and what came back.
        procedure: Its ladder.
        follow_ups: The letters that follow this one up.
        territory: Whose holidays count, one of `campaign.TERRITORIES`.
    """
    dates: dict[str, Date] = {}
    extension = case.extensions[-1] if case.extensions else None
    for step in procedure.steps:
        start = _start(step, case, follow_ups, dates)
        if not start:
            continue
        is_done = any(_has_happened(fact, case, follow_ups) for fact in step.ended_by)
        found = _date(step, start, territory, in_use(), is_done=is_done)
        if extension and not (is_done or step.is_event or step.is_legal):
            found = _moved(found, extension)
        dates[step.id] = found
    if extension:
        _silence_moved(dates, extension)
    return _without_overtaken(list(dates.values()), {other.letter for other in follow_ups if other.sent})


def _without_overtaken(dates: list[Date], sent: set[str]) -> list[Date]:
    """Mark as done whatever a later letter has overtaken: nobody is reminded after the formal request."""
    last = max(
        (found.due_on for found in dates if found.is_done and found.step.letter in sent),
        default=date.min,
    )
    return [
        replace(found, is_done=True)
        if not (found.step.is_legal or found.step.is_event) and found.due_on < last
        else found
        for found in dates
    ]


def open_dates(dates: Sequence[Date], on: date) -> list[Date]:
    """Return what is to be done on a day: every legal step, and of the others the last.

    A reminder that has become due takes the place of the alarm before it.
    """
    waiting = [
        found for found in dates if found.opens_on <= on and not (found.is_done or found.step.is_event)
    ]
    courtesies = sorted((one for one in waiting if not one.step.is_legal), key=lambda one: one.due_on)
    return [found for found in waiting if found.step.is_legal or found is courtesies[-1]]


def coming_dates(dates: Sequence[Date], on: date, until: date) -> list[Date]:
    """Return what is to be done on a day, and what comes up after it until another day, inclusive."""
    later = [
        found
        for found in dates
        if on < found.opens_on <= until and not (found.is_done or found.step.is_event)
    ]
    return open_dates(dates, on) + later


def next_date(dates: Sequence[Date], on: date) -> Date | None:
    """Return what is to be done on a day, what is due first, else what comes up next."""
    waiting = [found for found in dates if not (found.is_done or found.step.is_event)]
    open_now = open_dates(dates, on)
    if open_now:
        return min(open_now, key=lambda found: _urgency(found, on))
    return min(waiting, key=lambda found: (found.opens_on, found.due_on), default=None)


def _urgency(found: Date, on: date) -> tuple[bool, date]:
    """Put the oldest first, and last a limit that has passed: nothing can be done about it."""
    return (found.step.is_legal and found.due_on < on, found.due_on)


def receipt(case: Case) -> Start | None:
    """Return the day of receipt, proved or estimated; None if nothing was sent or the letter came back."""
    if case.received:
        return Start(case.received.at, _("received on {day}", day=case.received.at), is_estimated=False)
    if not case.sent or case.outcome == "returned":
        return None
    if case.forwarded_on:
        what = _("forwarded by {contact} on {day}", contact=case.forwarded_by, day=case.forwarded_on)
        return Start(case.forwarded_on, what, is_estimated=True)
    sending = case.sent[0]
    start = _arrival(str(sending.data["channel"]), sending.at, in_use())
    if case.acknowledged and case.acknowledged.at < start.day:
        day = case.acknowledged.at
        what = _("acknowledged on {day}; the day of receipt is not recorded", day=day)
        start = Start(day, what, is_estimated=True)
    if case.forwarded_by:
        what = _(
            "forwarded by {contact}, who had it first; {what}", contact=case.forwarded_by, what=start.what
        )
        start = replace(start, what=what)
    return start


@lru_cache(maxsize=4096)  # a mailing goes on few days and to many; the words depend on the language
def _arrival(channel: str, sent_on: date, _language: str) -> Start:
    """Return the day on which a letter is taken to have arrived."""
    days: int = load_data("receipt.toml")["days"].get(channel, 0)
    said = {"channel": data_word(channel), "day": sent_on}
    if not days:
        what = _("sent by {channel} on {day}, receipt not proved: taken to have arrived that day", **said)
        return Start(sent_on, what, is_estimated=True)
    what = ngettext(
        "sent by {channel} on {day}, receipt not proved: taken to have arrived {count} day later",
        "sent by {channel} on {day}, receipt not proved: taken to have arrived {count} days later",
        days,
        **said,
    )
    return Start(sent_on + timedelta(days=days), what, is_estimated=True)


def _start(step: Step, case: Case, follow_ups: Sequence[Case], dates: dict[str, Date]) -> Start | None:
    starts = (_start_named(name, case, follow_ups, dates) for name in step.start.split("|"))
    return next(filter(None, starts), None)


def _start_named(name: str, case: Case, follow_ups: Sequence[Case], dates: dict[str, Date]) -> Start | None:
    word, letter, *place = (*name.split(":"), "", "")[:3]
    following = next((other for other in follow_ups if other.letter == letter), None)
    if word == "received":
        found = receipt(following) if following else receipt(case) if not letter else None
        return replace(found, what=f"{letter}, {found.what}") if found and letter else found
    if word == "sent":
        number = int(place[0] or 1)
        sent = following.sent if following else []
        day = sent[number - 1].at if len(sent) >= number else None
        return _start_on(day, _("{letter} sent", letter=letter)) if day else None
    if word == "returned" and case.outcome != "returned":
        return None
    if word in _ANSWERS:
        answer = next((event for event in case.answers if event.data["kind"] in _ANSWERS[word]), None)
        return _start_on(answer.at, _(_ANSWER_WORDS[word])) if answer else None
    born = dates.get(word)
    if not born or born.is_done:
        return None
    return _start_on(born.due_on, pgettext("step", word), is_estimated=born.start.is_estimated)


def _start_on(day: date, what: str, *, is_estimated: bool = False) -> Start:
    return Start(day, _("{what} on {day}", what=what, day=day), is_estimated)


def _has_happened(fact: str, case: Case, follow_ups: Sequence[Case]) -> bool:
    if fact == "acknowledged":
        proof = case.received.data.get("proof") if case.received else ""
        return proof == "acknowledgement" or case.status in ("acknowledged", "answered", "closed")
    if fact == "answered":
        return case.outcome not in ("waiting", "returned", "partial") or (
            bool(case.asked) and not case.unanswered
        )
    if fact == "replied":
        return case.outcome not in ("waiting", "returned")
    if fact in OUTCOMES:
        return case.outcome == fact
    word, letter, *number = (*fact.split(":"), "")[:3]
    if word != "sent":
        return False
    sent = sum(len(other.sent) for other in follow_ups if other.letter == letter)
    return sent >= (int(number[0]) if number[0] else 1)


@lru_cache(maxsize=4096)  # a mailing has few days and many letters; the words depend on the language
def _date(step: Step, start: Start, territory: str, _language: str, *, is_done: bool) -> Date:
    what = _("{what} (estimated)", what=start.what) if start.is_estimated else start.what
    lines = [_("from: {what}", what=what)]
    day = add_months(start.day, step.months) + timedelta(days=step.days)
    if step.months or not step.days:
        lines.append(_("{length}, counted from day to day: {day}", length=_length(step), day=day))
    else:
        lines.append(
            ngettext("{count} calendar day: {day}", "{count} calendar days: {day}", step.days, day=day)
        )
    if step.months and not step.days and day.day != start.day.day:
        lines.append(_("the month has no day {number}: its last day", number=start.day.day))
    if step.counting == "franc":
        day = franc(start.day, step.months)
        lines.append(_("free limit (franc), one day more: {day}", day=day))
    elif step.counting == "safe":
        day -= timedelta(days=1)
        lines.append(_("sources differ by a day, one day less to be safe: {day}", day=day))
    day = _rolled(day, step.roll, territory, lines)
    opens = start.day + timedelta(days=1) if step.opens == "the day after" else day
    lines.append(_("rule: {basis}", basis=_(step.basis)))
    checked = step.checked and date.fromisoformat(step.checked)
    lines.append(
        _("source: {source}; checked on {day}", source=_(step.source), day=checked)
        if checked
        else _("source: {source}; to be checked", source=_(step.source))
    )
    return Date(step, start, opens, day, is_done, tuple(lines))


def _length(step: Step) -> str:
    parts = []
    if step.months:
        parts.append(ngettext("{count} month", "{count} months", step.months))
    if step.days:
        parts.append(ngettext("{count} day", "{count} days", step.days))
    return _(" and ").join(parts) or ngettext("{count} day", "{count} days", 0)


def _rolled(day: date, roll: str, territory: str, lines: list[str]) -> date:
    holidays = {**holidays_of(territory, day.year), **holidays_of(territory, day.year + 1)}
    if day.month == 1:
        holidays |= holidays_of(territory, day.year - 1)
    if roll == "none" or is_working_day(day, holidays):
        return day
    rolled = next_working_day(day, holidays) if roll == "forward" else previous_working_day(day, holidays)
    step = timedelta(days=1 if rolled > day else -1)
    met = []
    while day != rolled:
        name = holidays.get(day) or (_("a Saturday") if day.weekday() == SATURDAY else _("a Sunday"))
        met.append(_("{day} is {name}", day=day, name=name))
        day += step
    lines.append(
        _("{days}: next working day, {day}", days=", ".join(met), day=rolled)
        if roll == "forward"
        else _("{days}: previous working day, {day}", days=", ".join(met), day=rolled)
    )
    return rolled


def _moved(found: Date, extension: Event) -> Date:
    to = date.fromisoformat(str(extension.data["to"]))
    if found.due_on >= to:
        return found
    reason = extension.data.get("reason", "")
    line = _("moved to {day} on {on}: {reason}", day=to, on=extension.at, reason=reason)
    return replace(found, opens_on=to, due_on=to, reasoning=(*found.reasoning, line))


def _silence_moved(dates: dict[str, Date], extension: Event) -> None:
    """Of the steps moved to the same day leave the last that writes a letter, else the last of all."""
    to = date.fromisoformat(str(extension.data["to"]))
    moved = [
        found
        for found in dates.values()
        if found.due_on == to and not (found.is_done or found.step.is_event or found.step.is_legal)
    ]
    left = ([found for found in moved if found.step.letter] or moved)[-1:]
    for found in moved:
        if found not in left:
            dates[found.step.id] = replace(found, is_done=True)
