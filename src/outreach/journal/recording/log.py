"""Read, undo, exchange and verify the journal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from outreach.errors import InputError, Problem, RefusedError, WorldError, reason
from outreach.files.toml import read_text
from outreach.journal.event import (
    Event,
    from_line,
    is_forgotten,
    to_line,
    tombstone,
    tombstones,
    voided_ids,
    without,
)
from outreach.journal.journal import Journal, Recorder
from outreach.language import _

_SHORTEST = 8
"""Characters of an id that may stand for it."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An event, and whether another one voids it."""

    event: Event
    is_voided: bool


def log(events: Sequence[Event], contact: str = "") -> list[LogEntry]:
    """Return all events, or those of one contact, in the order in which they count; voided ones too."""
    voided = voided_ids(events)
    shown = [event for event in events if contact in ("", event.contact)]
    return [LogEntry(event, event.id in voided) for event in sorted(shown, key=lambda event: event.order)]


def undo(journal: Journal, identifier: str, recorder: Recorder) -> Event:
    """Void an event by another one; the voided one stays in the journal.

    Args:
        journal: The journal.
        identifier: The event's id, or its last eight characters or more.
        recorder: Who voids, and when.

    Raises:
        InputError: no event, or several, have that id.
        RefusedError: it is voided already.
    """
    with journal.store.writing():
        events = journal.store.read()
        target = _find(events, identifier)
        if target.id in voided_ids(events):
            raise RefusedError(
                Problem(
                    "",
                    0,
                    _("event {identifier} is voided already", identifier=identifier),
                    _("undo the voiding to restore it"),
                )
            )
        event = recorder.event("voided", recorder.today, target.contact, target.letter, event=target.id)
        journal.store.append([event])
    return event


def export_log(journal: Journal, target: Path) -> int:
    """Write all events as JSON Lines, oldest recorded first, and return how many.

    Raises:
        RefusedError: the file is there already.
        WorldError: it cannot be written.
    """
    events = journal.store.read()
    text = "".join(f"{to_line(event)}\n" for event in events)
    try:
        with target.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise RefusedError(
            Problem(str(target), 0, _("is there already"), _("choose another name"))
        ) from error
    except OSError as error:
        raise WorldError(Problem(str(target), 0, _("cannot be written"), reason(error))) from error
    return len(events)


def forgotten_elsewhere(events: Sequence[Event]) -> list[Problem]:
    """Return a warning for each contact that was forgotten elsewhere and is still recorded here."""
    stones = tombstones(events)
    names = sorted({event.contact for event in events if stones and is_forgotten(event, stones)})
    return [
        Problem(
            "",
            0,
            _("'{contact}' was forgotten on another computer", contact=name),
            _("do the same here: outreach contacts forget {contact}", contact=name),
            "warning",
        )
        for name in names
    ]


def import_log(journal: Journal, source: Path) -> int:
    """Add the events of an export that are not there yet, in whatever order, and return how many.

    Raises:
        InputError: a line is no event, or says something else of an event that is known; all such lines.
        WorldError: the file cannot be read.
    """
    events: list[Event] = []
    problems: list[Problem] = []
    name = source.name
    for number, line in enumerate(read_text(source, name).split("\n"), 1):
        if not line.strip():
            continue
        try:
            events.append(from_line(line))
        except ValueError as error:
            problems.append(
                Problem(name, number, _("is no event: {error}", error=error), _("export it again"))
            )
    with journal.store.writing():
        known = {event.id: event for event in journal.store.read()}
        forgotten = tombstones([*known.values(), *events])
        events = [_without(event, forgotten) for event in events if not is_forgotten(event, forgotten)]
        for event in events:
            if known.setdefault(event.id, event) != event:
                hint = _("an event never changes; undo it with another")
                problems.append(
                    Problem(name, 0, _("event {id} differs from the one here", id=event.id), hint)
                )
        if problems:
            raise InputError(*problems)
        return journal.store.append(events)


def _without(event: Event, forgotten: Mapping[str, datetime]) -> Event:
    """Return an event without contacts that were forgotten here."""
    named = [*event.data.get("together", []), event.data.get("forwarded_to", "")]
    data = event.data
    for contact in named:
        if tombstone(str(contact)) in forgotten:
            data = without(data, str(contact))
    return replace(event, data=data)


def verify(journal: Journal) -> list[Problem]:
    """Read everything again and return a Problem for each fault.

    Faults are files that are missing, altered or orphaned, events that void an unknown one, and events
    that an author recorded before one with a smaller id.
    """
    events = journal.store.read()
    return [*journal.archive.verify(events), *_event_faults(events)]


def _event_faults(events: list[Event]) -> Iterator[Problem]:
    known = {event.id for event in events}
    for event in events:
        if event.kind == "voided" and event.data.get("event") not in known:
            yield Problem(
                "outreach.db",
                0,
                _("event {id} voids an unknown event", id=event.id),
                _("import the other journal"),
            )
    by_author: dict[str, Event] = {}
    for event in events:
        earlier = by_author.get(event.author)
        if earlier and event.recorded_at < earlier.recorded_at:
            yield Problem(
                "outreach.db", 0, _("event {id} is out of order", id=event.id), _("was the clock set back?")
            )
        by_author[event.author] = event


def _find(events: list[Event], identifier: str) -> Event:
    wanted = identifier.casefold()
    found = [
        event
        for event in events
        if event.id == wanted or (len(wanted) >= _SHORTEST and event.id.endswith(wanted))
    ]
    if len(found) != 1:
        message = (
            _("no event '{identifier}'", identifier=identifier)
            if not found
            else _("several events end in '{identifier}'", identifier=identifier)
        )
        raise InputError(Problem("", 0, message, _("`outreach log` shows the ids")))
    return found[0]
