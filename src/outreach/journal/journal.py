"""Open the campaign's journal, and make events with what all of them share."""

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from outreach.errors import InputError, Problem, did_you_mean
from outreach.journal.archive import FOLDER, Archive
from outreach.journal.case import OPENING_KINDS
from outreach.journal.event import Event, effective, new_id
from outreach.journal.store import FILE_NAME, SQLiteStore
from outreach.language import _
from outreach.letters.folder import Folder


@dataclass(frozen=True, slots=True)
class Journal:
    """The events of a campaign and the files they speak of."""

    store: SQLiteStore
    archive: Archive


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records, and when."""

    author: str
    now: datetime
    """With a time zone."""
    today: date
    _sequence: Iterator[int] = field(default_factory=count, repr=False)

    def event(self, kind: str, at: date, contact: str = "", letter: str = "", /, **data: Any) -> Event:  # noqa: ANN401  (JSON)
        """Return a new event; values that are empty are left out of its data."""
        kept = {key: value for key, value in data.items() if value}
        return Event(
            new_id(self.now, next(self._sequence)), at, self.now, self.author, kind, contact, letter, kept
        )


@contextmanager
def open_journal(root: Path) -> Iterator[Journal]:
    """Open the journal of a campaign folder, making it if there is none; raises as `SQLiteStore`."""
    store = SQLiteStore(root / FILE_NAME)
    with closing(store):
        yield Journal(store, Archive(root / FOLDER))


def read_events(root: Path) -> list[Event]:
    """Return all events of a campaign folder; a look makes no journal where there is none.

    Raises:
        WorldError: the file cannot be read.
        InputError: it is no journal, or one of a newer version of the program.
    """
    if not (root / FILE_NAME).is_file():
        return []
    with open_journal(root) as journal:
        return journal.store.read()


def author_name(configured: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return who records: OUTREACH_AUTHOR, else the campaign's author, else the account's name."""
    named = environment.get("OUTREACH_AUTHOR", "").strip() or configured
    if named:
        return named
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "unknown"


def check_day(at: date, today: date, option: str = "--on") -> None:
    """Raise an InputError if the day lies in the future."""
    if at > today:
        raise InputError(
            Problem(
                "",
                0,
                _("{option} {at} lies in the future", option=option, at=at),
                _("today is {today}", today=today),
            )
        )


def _forwarded(events: list[Event], contact: str) -> list[Event]:
    """Return the sendings of letters that somebody else forwarded to a contact."""
    letters = {
        (event.contact, event.letter)
        for event in events
        if event.kind == "answered" and event.data.get("forwarded_to") == contact
    }
    return [event for event in events if event.kind == "sent" and (event.contact, event.letter) in letters]


def known_contact(folder: Folder, journal: Journal, contact: str) -> None:
    """Check that a contact is in the campaign, or at least in the journal.

    Raises:
        InputError: it is in neither; the near misses are named.
    """
    if not journal.store.read(contact):
        folder.entry(contact)


def sendings(journal: Journal, contact: str, letter: str = "") -> list[Event]:
    """Return the sendings to a contact that count, of one letter or of all, first one first.

    An answer to a reminder is one to the letter that it reminds of: follow-up letters are meant only by name.

    Raises:
        InputError: there is none.
    """
    everything = effective(journal.store.read())
    events = [event for event in everything if event.contact == contact]
    events += _forwarded(everything, contact)
    sent = [event for event in events if event.kind == "sent" and letter in ("", event.letter)]
    opening = [event for event in sent if event.data.get("letter_kind", "request") in OPENING_KINDS]
    found = opening or sent
    if not found:
        letters = sorted({event.letter for event in events if event.kind == "sent"})
        message = (
            _("no letter '{letter}' to '{contact}' is recorded as sent", letter=letter, contact=contact)
            if letter
            else _("no letter to '{contact}' is recorded as sent", contact=contact)
        )
        hint = did_you_mean(letter, letters) or _(
            "record it first: outreach sent LETTER --to ID --on DAY --via CHANNEL"
        )
        raise InputError(Problem("", 0, message, hint))
    return found
