"""The Recorder: who records, and when."""

import getpass
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

from outreach.errors import InputError, Problem
from outreach.journal.event import Header, new_id
from outreach.language import _


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records, and when."""

    author: str
    now: datetime
    """With a time zone."""
    today: date
    _sequence: Iterator[int] = field(default_factory=count, repr=False)

    def header(self, at: date, contact: str = "", letter: str = "") -> Header:
        """Return what a new event of a day begins with; its id comes after those given before."""
        return Header(
            id=new_id(self.now, next(self._sequence)),
            at=at,
            recorded_at=self.now,
            author=self.author,
            contact=contact,
            letter=letter,
        )

    def check_day(self, at: date, option: str = "--on") -> None:
        """Raise an InputError if a day lies in the future."""
        if at > self.today:
            message = _("{option} {at} lies in the future", option=option, at=at)
            raise InputError(Problem("", 0, message, _("today is {today}", today=self.today), code="bad-day"))


def author_name(configured: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return who records: OUTREACH_AUTHOR, else the campaign's author, else the account's name."""
    named = environment.get("OUTREACH_AUTHOR", "").strip() or configured
    if named:
        return named
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "unknown"
