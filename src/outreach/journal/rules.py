"""What must hold of an event that comes from another journal: the rules of the command that makes it."""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from outreach.campaign.paths import JOURNAL
from outreach.errors import Problem
from outreach.files.slug import is_slug
from outreach.journal.event import (
    Answered,
    Event,
    Extended,
    Forgotten,
    Received,
    Sent,
    Stopped,
    Unknown,
    Voided,
    files_of,
)
from outreach.journal.history import History
from outreach.journal.words import AnswerKind, Position
from outreach.language import _
from outreach.letters.template import is_letter_name

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
"""Days from which whatever a country's rules reckon with is still a day."""
LONGEST_TEXT = 100_000
"""Characters of one text; a letter of thirty pages has fewer."""
LONGEST_ID = 100
_LONGEST_NAME = 255
_TOMBSTONE = re.compile("[0-9a-f]{64}")
_DEEPEST = 6
"""Lists and objects one inside the other."""
_CLOCKS = timedelta(days=1)
"""By so much clocks of two time zones may differ."""


def faults(event: Event, row: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the command that makes such an event would have refused.

    Args:
        event: As it was read.
        row: As it stands in the export.
    """
    yield from _texts_of(row)
    yield from _days_of(event)
    yield from _names_of(event)
    if isinstance(event, (Sent, Received, Answered, Extended)) and not (event.contact and event.letter):
        yield _("a letter and its contact are missing")
    if isinstance(event, Stopped) and not event.contact:
        yield _("the contact is missing")
    yield from _RULES.get(type(event), _nothing)(event)


def _days_of(event: Event) -> Iterator[str]:
    days = [event.at]
    if isinstance(event, Extended):
        days.append(event.to)
    if isinstance(event, Sent):
        days += filter(None, (event.piece.written, event.piece.reply_by))
    if isinstance(event, Answered) and event.dated:
        days.append(event.dated)
    for day in days:
        if not FIRST_DAY <= day <= LAST_DAY:
            yield _("{day} is no day of a campaign", day=day.isoformat())


def _names_of(event: Event) -> Iterator[str]:
    if not event.author.strip() or len(event.author) > LONGEST_ID:
        yield _("author is empty or too long")
    for name in _contacts(event):
        if not is_slug(name) or len(name) > LONGEST_ID:
            yield _("'{name:.30}' is no id of a contact", name=name)
    if event.letter and not is_letter_name(event.letter):
        yield _("'{name:.30}' is no name of a letter", name=event.letter)
    for file in files_of(event):
        ending = PurePosixPath(file.name).suffix[1:]
        is_plain = file.name == PureWindowsPath(file.name).name and (ending.isalnum() or not ending)
        if not file.name or len(file.name) > _LONGEST_NAME or not is_plain:
            yield _("'{name:.30}' is no name of a file", name=file.name)


def _of_sent(event: Sent) -> Iterator[str]:
    if event.contact not in event.piece.contacts:
        yield _("'{name:.30}' is not among those that the letter went to", name=event.contact)


def _of_answered(event: Answered) -> Iterator[str]:
    if event.dated and event.dated > event.at:
        yield _("it is dated after the day on which it came")
    if isinstance(event.position, Position) and not event.source:
        yield _("a position needs its source")
    is_known = isinstance(event.answer, AnswerKind)
    is_else = is_known and event.answer is not AnswerKind.FORWARDED
    if event.forwarded_to and (is_else or event.forwarded_to == event.contact):
        yield _("forwarded_to needs the kind forwarded and another contact")


def _of_voided(event: Voided) -> Iterator[str]:
    try:
        uuid.UUID(event.event)
    except ValueError:
        yield _("'{name:.30}' is no id of an event", name=event.event)


def _of_forgotten(event: Forgotten) -> Iterator[str]:
    if not _TOMBSTONE.fullmatch(event.tombstone) or event.contact or event.letter:
        yield _("a forgetting names nobody but by a hash")
    if any(isinstance(count, bool) or count < 0 for count in event.counts.values()):
        yield _("counts are whole numbers")


def _nothing(_event: Event) -> Iterator[str]:
    return iter(())


_RULES: Mapping[type[Event], Callable[[Any], Iterator[str]]] = {
    Sent: _of_sent,
    Answered: _of_answered,
    Voided: _of_voided,
    Forgotten: _of_forgotten,
}
"""Of the kinds that have rules besides those of all."""


def _contacts(event: Event) -> Iterator[str]:
    """Yield each id of a contact that an event names."""
    yield from filter(None, [event.contact])
    if isinstance(event, Sent):
        yield from event.piece.contacts
    elif isinstance(event, Answered):
        yield from filter(None, [event.forwarded_to])


def _texts_of(value: object, depth: int = 0) -> Iterator[str]:
    """Yield what no file or screen can hold of the texts and numbers in a value, however deep."""
    if depth > _DEEPEST:
        yield _("lists and objects stand too deep in one another")
    elif isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            yield _("a text has more than {count} characters", count=LONGEST_TEXT)
        if any(one == "\0" or "\ud800" <= one <= "\udfff" for one in value):
            yield _("a text has a character that is none")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts_of(str(key), depth + 1)
            yield from _texts_of(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_of(inner, depth + 1)
    elif isinstance(value, float):
        yield _("{value} is no whole number", value=value)


def oddities(history: History, added: Iterable[str], now: datetime) -> list[Problem]:
    """Return a warning for what is possible and hardly meant, each with the event's id.

    Args:
        history: With the events that were added.
        added: Their ids.
        now: With a time zone.
    """
    new = set(added)
    events = {event.id: event for event in history.events}
    found = []
    for event in (event for event in history.events if event.id in new):
        for message in _odd(event, history, events, now):
            hint = _("undo it if it is wrong: outreach log undo {id}", id=event.id[-8:])
            found.append(Problem(JOURNAL, 0, message, hint, "warning", code="event-odd"))
    return found


def _went_before(event: Event, history: History) -> bool:
    """Tell whether the letter of an event had gone to its contact by then, if only to come back."""
    letter = (event.contact, event.letter)
    return any(one.at <= event.at for one in history.sendings if (one.contact, one.letter) == letter)


def _odd(event: Event, history: History, events: Mapping[str, Event], now: datetime) -> Iterator[str]:
    names = {"id": event.id[-8:], "author": event.author}
    today = now.astimezone(timezone.utc).date()
    if event.at > today + _CLOCKS or event.recorded_at > now + _CLOCKS:
        yield _("event {id} of {author} lies in the future, {day}", day=event.at, **names)
    if isinstance(event, (Received, Answered)) and event.id not in history.voided_ids:
        case = history.cases.get((event.contact, event.letter))
        if case is None or case.sent_on is None:
            yield _("event {id} of {author} is about a letter that was not sent", **names)
        elif event.at < case.sent_on and not _went_before(event, history):
            yield _("event {id} of {author} came before its letter was sent", **names)
    if isinstance(event, Voided) and event.event not in events:
        yield _("event {id} of {author} voids an unknown event", **names)


def foreign_voidings(history: History) -> list[Problem]:
    """Return a warning for each event by which somebody voids what another one recorded."""
    events = {event.id: event for event in history.events}
    return [
        Problem(
            JOURNAL,
            0,
            _(
                "event {id}: {author} voided what {other} recorded of '{contact}'",
                id=event.id[-8:],
                author=event.author,
                other=events[event.event].author,
                contact=event.contact,
            ),
            _("`outreach log {contact}` shows both", contact=event.contact),
            "warning",
            code="voided-by-another",
        )
        for event in history.events
        if isinstance(event, Voided)
        and event.event in events
        and events[event.event].author != event.author
        and not isinstance(events[event.event], Unknown)
        and event.id not in history.voided_ids
    ]
