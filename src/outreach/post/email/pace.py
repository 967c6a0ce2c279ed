"""The Pace: when the next e-mail may go, so many an hour and only at certain hours."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

_HOUR = timedelta(hours=1)
_NAP = 60.0
"""Seconds after which the clock is read again: a laptop may have been asleep meanwhile."""
_BETWEEN = re.compile(r"([01]?\d|2[0-3])[:h]([0-5]\d)\s*-\s*([01]?\d|2[0-3])[:h]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Clock:
    """What tells the time and lets it pass."""

    now: Callable[[], datetime]
    """Local, with a time zone."""
    sleep: Callable[[float], None]
    """Wait so many seconds."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast e-mails go."""

    per_hour: int = 60
    """At most so many within any hour."""
    between: tuple[time, time] | None = None
    """First moment and end of the hours at which they go, local; the end is exclusive, and may lie after
    midnight. None for any hour."""

    def next_at(self, now: datetime, sent: Sequence[datetime]) -> datetime:
        """Return the first moment from now on at which another may go.

        Args:
            now: Local, with a time zone.
            sent: When the last ones went, in their order.
        """
        at = now
        if len(sent) >= self.per_hour:
            at = max(at, (sent[-self.per_hour] + _HOUR).astimezone(now.tzinfo))
        return self._within_hours(at)

    def _within_hours(self, at: datetime) -> datetime:
        if self.between is None:
            return at
        first, end = self.between
        clock = at.time()
        is_open = first <= clock < end if first < end else clock >= first or clock < end
        if is_open:
            return at
        opens = at.replace(hour=first.hour, minute=first.minute, second=0, microsecond=0)
        return opens if opens > at else opens + timedelta(days=1)


def parse_hours(text: str) -> tuple[time, time]:
    """Return the hours of a text such as 08:00-19:00.

    Raises:
        ValueError: it is of another form, or both are the same.
    """
    found = _BETWEEN.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    first, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if first == end:
        raise ValueError(text)
    return first, end


def wait_for(pace: Pace, sent: Sequence[datetime], clock: Clock, tell: Callable[[datetime], None]) -> None:
    """Wait until another may go.

    Args:
        pace: How fast they go.
        sent: When the last ones went, in their order.
        clock: Tells the time.
        tell: Called once with the moment, where there is one to wait for.
    """
    is_told = False
    while (at := pace.next_at(now := clock.now(), sent)) > now:
        if not is_told:
            tell(at)
            is_told = True
        clock.sleep(min((at - now).total_seconds(), _NAP))
