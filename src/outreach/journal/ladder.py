"""Climb a procedure's ladder for one case: every date with the way it was computed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from outreach.country.country import Country
from outreach.country.fact import Fact
from outreach.country.procedure import Procedure, Step
from outreach.journal.case import Case
from outreach.journal.deadlines import (
    SATURDAY,
    add_months,
    franc,
    is_working_day,
    next_working_day,
    previous_working_day,
)
from outreach.journal.event import Extended
from outreach.journal.facts import Start, has_happened, receipt, start_of, start_on
from outreach.language import _, ngettext, pgettext


@dataclass(frozen=True, slots=True)
class StepDate:
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

    @property
    def is_waiting(self) -> bool:
        """Tell whether there is, or will be, something to do."""
        return not (self.is_done or self.step.is_event)

    @property
    def is_courtesy(self) -> bool:
        """Tell whether it is to be done, and no law sets the date."""
        return self.is_waiting and not self.step.is_legal


@dataclass(frozen=True, slots=True)
class Climb:
    """A ladder as it stands for one case."""

    receipt: Start | None
    """Proved or estimated; None if the letter did not arrive."""
    dates: tuple[StepDate, ...]
    """Of each step whose start is known, in the ladder's order."""


class Ladder:
    """A procedure under one country's holidays; what is alike for many letters is worked out once."""

    def __init__(self, procedure: Procedure, country: Country, territory: str) -> None:
        """Begin a ladder.

        Args:
            procedure: Its steps.
            country: Whose holidays count, and whose post takes how long.
            territory: Part of it with holidays of its own, one of `Country.territories`.
        """
        self.procedure = procedure
        self._country = country
        self._holidays = country.days_off(territory)
        self._silent: dict[tuple[object, ...], Climb] = {}
        """Most of a mailing is silence: what went on the same day by the same way has the same dates."""
        self._dates: dict[tuple[str, Start, bool], StepDate] = {}

    def climb(self, case: Case, follow_ups: Sequence[Case]) -> Climb:
        """Return the dates of a case.

        Args:
            case: The letter and what came back.
            follow_ups: The letters that follow this one up, with those of their sendings that do.
        """
        if not case.is_silent or follow_ups:
            return self._climb(case, follow_ups)
        received = (case.received.at, case.received.proof) if case.received else None
        key = (case.sent_on, case.sent[0].channel, received)
        if key not in self._silent:
            self._silent[key] = self._climb(case, follow_ups)
        return self._silent[key]

    def _climb(self, case: Case, follow_ups: Sequence[Case]) -> Climb:
        dates: dict[str, StepDate] = {}
        extension = case.extensions[-1] if case.extensions else None
        for step in self.procedure.steps:
            start = self._start(step, case, follow_ups, dates)
            if not start:
                continue
            is_done = any(has_happened(fact, case, follow_ups) for fact in step.ended_by)
            found = self._date(step, start, is_done=is_done)
            if extension and found.is_courtesy:
                found = _moved(found, extension)
            dates[step.id] = found
        if extension:
            _silence_moved(dates, extension)
        sent = {other.letter for other in follow_ups if other.sent}
        return Climb(receipt(case, self._country), tuple(_without_overtaken(list(dates.values()), sent)))

    def _start(
        self, step: Step, case: Case, follow_ups: Sequence[Case], dates: dict[str, StepDate]
    ) -> Start | None:
        def found(fact: Fact) -> Start | None:
            if not fact.is_step:
                return start_of(fact, case, follow_ups, self._country)
            born = dates.get(str(fact.what))
            if not born or born.is_done:
                return None
            return start_on(
                born.due_on, pgettext("step", str(fact.what)), is_estimated=born.start.is_estimated
            )

        return next(filter(None, map(found, step.start)), None)

    def _date(self, step: Step, start: Start, *, is_done: bool) -> StepDate:
        key = (step.id, start, is_done)
        if key not in self._dates:
            self._dates[key] = self._counted(step, start, is_done=is_done)
        return self._dates[key]

    def _counted(self, step: Step, start: Start, *, is_done: bool) -> StepDate:
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
        elif step.counting != "calendar":
            raise ValueError(step.counting)
        day = self._rolled(day, step.roll, lines)
        opens = self._opening(step, start, day)
        lines.append(_("rule: {basis}", basis=_(step.basis)))
        lines.append(
            _("source: {source}; checked on {day}", source=_(step.source), day=step.checked)
            if step.checked
            else _("source: {source}; to be checked", source=_(step.source))
        )
        return StepDate(step, start, opens, day, is_done, tuple(lines))

    @staticmethod
    def _opening(step: Step, start: Start, due_on: date) -> date:
        if step.opens == "then":
            return due_on
        if step.opens == "the day after":
            return start.day + timedelta(days=1)
        raise ValueError(step.opens)

    def _rolled(self, day: date, roll: str, lines: list[str]) -> date:
        holidays = self._holidays
        if roll == "none" or is_working_day(day, holidays):
            return day
        if roll == "forward":
            rolled = next_working_day(day, holidays)
        elif roll == "back":
            rolled = previous_working_day(day, holidays)
        else:
            raise ValueError(roll)
        step = timedelta(days=1 if rolled > day else -1)
        met = []
        while day != rolled:
            name = holidays.name(day) or (_("a Saturday") if day.weekday() == SATURDAY else _("a Sunday"))
            met.append(_("{day} is {name}", day=day, name=name))
            day += step
        lines.append(
            _("{days}: next working day, {day}", days=", ".join(met), day=rolled)
            if roll == "forward"
            else _("{days}: previous working day, {day}", days=", ".join(met), day=rolled)
        )
        return rolled


def open_dates(dates: Sequence[StepDate], on: date) -> list[StepDate]:
    """Return what is to be done on a day: every legal step, and of the others the last.

    A reminder that has become due takes the place of the alarm before it.
    """
    waiting = [found for found in dates if found.opens_on <= on and found.is_waiting]
    courtesies = sorted((one for one in waiting if not one.step.is_legal), key=lambda one: one.due_on)
    return [found for found in waiting if found.step.is_legal or found is courtesies[-1]]


def coming_dates(dates: Sequence[StepDate], on: date, until: date) -> list[StepDate]:
    """Return what is to be done on a day, and what comes up after it until another day, inclusive."""
    later = [found for found in dates if on < found.opens_on <= until and found.is_waiting]
    return open_dates(dates, on) + later


def next_date(dates: Sequence[StepDate], on: date) -> StepDate | None:
    """Return what is to be done on a day, what is due first, else what comes up next."""
    open_now = open_dates(dates, on)
    if open_now:
        return min(open_now, key=lambda found: _urgency(found, on))
    waiting = [found for found in dates if found.is_waiting]
    return min(waiting, key=lambda found: (found.opens_on, found.due_on), default=None)


def decided_by_silence(dates: Sequence[StepDate], on: date) -> StepDate | None:
    """Return the first step by which silence has decided before a day; only where the receipt is proved.

    An answer in part ends no such step: of what it leaves out, silence decides as well.
    """
    decided = (
        found
        for found in dates
        if found.step.outcome and not found.is_done and not found.start.is_estimated and found.due_on < on
    )
    return next(decided, None)


def _urgency(found: StepDate, on: date) -> tuple[bool, date]:
    """Put the oldest first, and last a limit that has passed: nothing can be done about it."""
    return (found.step.is_legal and found.due_on < on, found.due_on)


def _without_overtaken(dates: list[StepDate], sent: set[str]) -> list[StepDate]:
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


def _length(step: Step) -> str:
    parts = []
    if step.months:
        parts.append(ngettext("{count} month", "{count} months", step.months))
    if step.days:
        parts.append(ngettext("{count} day", "{count} days", step.days))
    return _(" and ").join(parts) or ngettext("{count} day", "{count} days", 0)


def _moved(found: StepDate, extension: Extended) -> StepDate:
    if found.due_on >= extension.to:
        return found
    line = _("moved to {day} on {on}: {reason}", day=extension.to, on=extension.at, reason=extension.reason)
    return replace(found, opens_on=extension.to, due_on=extension.to, reasoning=(*found.reasoning, line))


def _silence_moved(dates: dict[str, StepDate], extension: Extended) -> None:
    """Of the steps moved to the same day leave the last that writes a letter, else the last of all."""
    moved = [found for found in dates.values() if found.due_on == extension.to and found.is_courtesy]
    left = ([found for found in moved if found.step.letter] or moved)[-1:]
    for found in moved:
        if found not in left:
            dates[found.step.id] = replace(found, is_done=True)
