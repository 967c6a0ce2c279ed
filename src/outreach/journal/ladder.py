"""Climb a procedure's ladder for one case: every date with the way it was computed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from outreach.country.country import Country
from outreach.country.fact import Fact
from outreach.country.procedure import Procedure, Step
from outreach.journal.case import Case
from outreach.journal.deadlines import (
    SATURDAY,
    add_months,
    add_working_days,
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
    limit: date
    """The last day by the rule: later than `due_on` where that was put on the working day before."""
    is_done: bool
    """The step is needless: what it waits for has happened."""
    reasoning: tuple[str, ...]
    """How the date was computed, a line each."""
    open_until: date = date.max
    """Last day on which there is something to do: of a limit its own, or later where it may not bind."""

    def has_expired(self, on: date) -> bool:
        """Tell whether it is a limit of law that has passed."""
        return self.step.is_limit and self.limit < on

    def is_over(self, on: date) -> bool:
        """Tell whether nothing can be done any more: its limit has passed, and binds."""
        return self.is_waiting and self.open_until < on

    @property
    def is_waiting(self) -> bool:
        """Tell whether there is, or will be, something to do."""
        return not (self.is_done or self.step.is_event)

    @property
    def is_courtesy(self) -> bool:
        """Tell whether it is to be done, and no law asks for it."""
        return self.is_waiting and not (self.step.is_legal or self.step.in_series)


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
        self._dates: dict[tuple[Step, Start], StepDate] = {}

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
        for step in self._steps(case.sent[0].channel):
            start = self._start(step, case, follow_ups, dates)
            if not start or (step.in_series and not _went_in_series(step, follow_ups)):
                continue
            found = self._dated(step, start, case, follow_ups)
            if extension and found.is_courtesy:
                found = _moved(found, extension)
            dates[step.id] = found
        if extension:
            _silence_moved(dates, extension)
        sent = {other.letter for other in follow_ups if other.sent}
        return Climb(receipt(case, self._country), tuple(_without_overtaken(list(dates.values()), sent)))

    def _steps(self, channel: str) -> Iterable[Step]:
        """Return the steps for letters that went by a channel: of those with one id the first that fits."""
        fitting = (step for step in self.procedure.steps if not step.channels or channel in step.channels)
        found: dict[str, Step] = {}
        for step in fitting:
            found.setdefault(step.id, step)
        return found.values()

    def _dated(self, step: Step, start: Start, case: Case, follow_ups: Sequence[Case]) -> StepDate:
        found = self._date(step, start)
        ends = [start_of(fact, case, follow_ups, self._country) for fact in step.ended_by]
        if step.is_event:
            # What happened by itself is not undone by what came after.
            is_done = any(end and end.day <= found.due_on for end in ends)
        else:
            is_done = any(has_happened(fact, case, follow_ups) for fact in step.ended_by)
            first_end = min((end.day for end in ends if end), default=date.max)
            again = [start_of(fact, case, follow_ups, self._country) for fact in step.renewed_by]
            for one in filter(None, again):
                if start.day < one.day <= first_end:
                    found = self._renewed(found, one)
        if step.is_limit:
            found = _may_not_bind(found, case.acknowledged_on)
        if step.forwarded_basis and case.forwarded_at and not case.is_first_seized:
            found = self._read_otherwise(found, case.forwarded_at)
        return replace(found, is_done=is_done)

    def _renewed(self, found: StepDate, again: Start) -> StepDate:
        if again.day <= found.limit:
            return self._date(found.step, again)
        line = _(
            "{what}: after the limit had passed, on {limit}; it opens nothing new",
            what=again.what,
            limit=found.limit,
        )
        return replace(found, reasoning=(*found.reasoning, line))

    def _read_otherwise(self, found: StepDate, forwarded_at: date) -> StepDate:
        other = self._date(found.step, start_on(forwarded_at, ""))
        line = _(
            "by another reading, from the forwarding on {day}: {other}; {basis}",
            day=forwarded_at,
            other=other.due_on,
            basis=_(found.step.forwarded_basis),
        )
        return replace(found, reasoning=(*found.reasoning, line))

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

    def _date(self, step: Step, start: Start) -> StepDate:
        key = (step, start)
        if key not in self._dates:
            self._dates[key] = self._counted(step, start)
        return self._dates[key]

    def _counted(self, step: Step, start: Start) -> StepDate:
        what = _("{what} (estimated)", what=start.what) if start.is_estimated else start.what
        lines = [_("from: {what}", what=what)]
        day = add_months(start.day, step.months) + timedelta(days=step.days)
        if step.counting == "working":
            day = add_working_days(add_months(start.day, step.months), step.days, self._holidays)
            lines.append(
                ngettext("{count} working day: {day}", "{count} working days: {day}", step.days, day=day)
            )
        elif step.months or not step.days:
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
        elif step.counting not in ("calendar", "working"):
            raise ValueError(step.counting)
        last, day = day, self._rolled(day, step.roll, lines)
        opens = self._opening(step, start, day)
        lines.append(_("rule: {basis}", basis=_(step.basis)))
        lines.append(
            _("source: {source}; checked on {day}", source=_(step.source), day=step.checked)
            if step.checked
            else _("source: {source}; to be checked", source=_(step.source))
        )
        if step.series:
            lines.append(
                _(
                    "from {count} refusals of one request on, one letter names all of them: {basis}",
                    count=step.series,
                    basis=_(step.series_basis),
                )
            )
        if step.note:
            lines.append(_("uncertain: {note}", note=_(step.note)))
        return StepDate(step, start, opens, day, max(last, day), is_done=False, reasoning=tuple(lines))

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

    A reminder that has become due takes the place of the alarm before it, and so does what silence decided. A
    limit that has passed is there only while it may not bind.
    """
    silence = decided_by_silence(dates, on)
    decided_on = silence.due_on if silence else date.min
    waiting = [
        found
        for found in dates
        if found.is_waiting
        and found.opens_on <= on <= found.open_until
        and (found.step.is_legal or found.step.letter or found.due_on > decided_on)
    ]
    courtesies = sorted((one for one in waiting if one.is_courtesy), key=lambda one: one.due_on)
    return [found for found in waiting if not found.is_courtesy or found is courtesies[-1]]


def coming_dates(dates: Sequence[StepDate], on: date, until: date) -> list[StepDate]:
    """Return what is to be done on a day, and what comes up after it until another day, inclusive."""
    later = [found for found in dates if on < found.opens_on <= until and found.is_waiting]
    return open_dates(dates, on) + later


def next_date(dates: Sequence[StepDate], on: date) -> StepDate | None:
    """Return what is to be done on a day, what is due first, else what comes up next; no past limit."""
    open_now = [found for found in open_dates(dates, on) if not found.has_expired(on)]
    if open_now:
        return min(open_now, key=lambda found: found.due_on)
    waiting = [found for found in dates if found.is_waiting and found.opens_on > on]
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


def _may_not_bind(found: StepDate, acknowledged_on: date | None) -> StepDate:
    """Return a limit with how long it stays open, which it may do where no acknowledgement is recorded."""
    step = found.step
    if not step.unacknowledged_months:
        return replace(found, open_until=found.limit)
    if acknowledged_on:
        line = _(
            "acknowledged on {day}: the limit binds, if that letter named the means of appeal",
            day=acknowledged_on,
        )
        return replace(found, open_until=found.limit, reasoning=(*found.reasoning, line))
    until = max(found.limit, add_months(found.start.day, step.unacknowledged_months))
    line = _(
        "no acknowledgement is recorded: the limit may not bind, until about {day}; {basis}",
        day=until,
        basis=_(step.unacknowledged_basis),
    )
    return replace(found, open_until=until, reasoning=(*found.reasoning, line))


def _without_overtaken(dates: list[StepDate], sent: set[str]) -> list[StepDate]:
    """Mark as done whatever a later letter has overtaken: nobody is reminded after the formal request."""
    last = max(
        (found.due_on for found in dates if found.is_done and found.step.letter in sent),
        default=date.min,
    )
    return [
        replace(found, is_done=True) if found.is_courtesy and found.due_on < last else found
        for found in dates
    ]


def _went_in_series(step: Step, follow_ups: Iterable[Case]) -> bool:
    """Tell whether the letter that a step counts from was one about several contacts."""
    letters = {fact.letter for fact in step.start}
    return any(
        event.piece.is_series for other in follow_ups if other.letter in letters for event in other.sent
    )


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
