"""Read, undo, verify and rebuild the journal."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path, PurePosixPath

from outreach.campaign.paths import ARCHIVE, JOURNAL, JOURNAL_COPY, ORPHANS, OUT
from outreach.country.country import Country
from outreach.errors import InputError, OutreachError, Problem, RefusedError, WorldError, reason
from outreach.files.atomic import delete, half_written, write_whole
from outreach.files.reading import read_start
from outreach.journal.archive import Archive
from outreach.journal.chain import Head
from outreach.journal.event import (
    Event,
    Forgotten,
    Voided,
    files_of,
)
from outreach.journal.history import History, voided_ids
from outreach.journal.journal import Journal
from outreach.journal.recording.exchange import import_log, read_export
from outreach.journal.recording.recorder import Recorder
from outreach.journal.store import Store, heads_in
from outreach.language import _

_SHORTEST = 8
"""Characters of an id that may stand for it."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """An event, and whether another one voids it."""

    event: Event
    is_voided: bool


def log(history: History, contact: str = "") -> list[LogRow]:
    """Return all events, or those of one contact, in the order in which they count; voided ones too."""
    shown = [event for event in history.events if contact in ("", event.contact)]
    return [
        LogRow(event, event.id in history.voided_ids)
        for event in sorted(shown, key=lambda event: event.order)
    ]


def undo(journal: Journal, identifier: str, recorder: Recorder, *, is_batch: bool = False) -> list[Voided]:
    """Void an event by another one; the voided one stays in the journal.

    Args:
        journal: The journal.
        identifier: The event's id, or its last eight characters or more.
        recorder: Who voids, and when.
        is_batch: Void whatever else the same command recorded too, as far as it still counts.

    Raises:
        InputError: no event, or several, have that id.
        RefusedError: it is voided already.
    """
    with journal.store.writing():
        events = journal.store.read()
        target = _find(events, identifier)
        if isinstance(target, Forgotten):
            message = _("a forgetting cannot be undone")
            raise RefusedError(
                Problem("", 0, message, _("what it erased is not kept anywhere"), code="cannot-undo")
            )
        voided = voided_ids(events)
        if target.id in voided:
            raise RefusedError(
                Problem(
                    "",
                    0,
                    _("event {identifier} is voided already", identifier=identifier),
                    _("undo the voiding to restore it"),
                    code="cannot-undo",
                )
            )
        together = [
            event
            for event in events
            if (event.author, event.recorded_at) == (target.author, target.recorded_at)
            and event.id not in voided
        ]
        found = [
            Voided(**recorder.header(recorder.today, event.contact, event.letter), event=event.id)
            for event in (together if is_batch else [target])
        ]
        journal.store.append(found)
    return found


def files_out(journal: Journal, identifier: str) -> dict[str, bytes]:
    """Return the archived files that an event speaks of, each under the name that it came with.

    Of several with one name, the second and further ones get a number.

    Raises:
        InputError: no event, or several, have that id; it has no file; a file is missing or was altered.
    """
    event = _find(journal.store.read(), identifier)
    if not files_of(event):
        message = _("event {id} has no file", id=event.id)
        hint = _("`outreach status CONTACT` names the files of each event")
        raise InputError(Problem("", 0, message, hint, code="no-file"))
    problems = list(journal.archive.verify([event]))
    if problems:
        raise InputError(*problems)
    found: dict[str, bytes] = {}
    for file in dict.fromkeys(files_of(event)):
        own = PurePosixPath(file.name.replace("\\", "/"))  # an import may say anything
        names = chain([own.name], (f"{own.stem}-{number}{own.suffix}" for number in count(2)))
        name = next(one for one in names if one not in found)
        found[name] = (journal.archive.folder / file.path).read_bytes()
    return found


def rebuild(root: Path, country: Country, sources: Sequence[Path]) -> tuple[int, list[Problem]]:
    """Make a journal anew from exports, and return its events and a warning for each file that none names.

    Raises:
        RefusedError: there is a journal that is not empty.
        InputError: a line of an export is no event; there is no journal afterwards either.
        WorldError: a file cannot be read or written.
    """
    path = root / JOURNAL
    if path.is_file() and path.stat().st_size:
        hint = _("`outreach log import` adds an export to it; move it away to begin anew")
        raise RefusedError(Problem(JOURNAL, 0, _("is there already"), hint, code="exists"))
    new = path.with_name(f"{JOURNAL}.new")
    delete(new)
    try:
        with closing(Store(new)) as store:
            journal = Journal(store, Archive(root / ARCHIVE), country)
            for source in sources:
                import_log(journal, source)
            problems = verify(journal, ())
            count = len(store.read())
        new.replace(path)
    except OSError as error:
        raise WorldError(
            Problem(JOURNAL, 0, _("cannot be written"), reason(error), code="unwritable")
        ) from error
    finally:
        delete(new)
    return count, problems


def verify(journal: Journal, sources: Iterable[Path]) -> list[Problem]:
    """Read everything again and return a Problem for each fault.

    Faults are events that were changed, removed, reordered, added or cut off since they were chained, files
    that are missing, altered or orphaned, events that void an unknown one, and events that an author recorded
    before one with a smaller id; a file that a killed command left half written too.

    Args:
        journal: The journal.
        sources: Exports and copies of journals, whose heads show how far this one had come; besides the copy
            that is kept beside it.

    Raises:
        WorldError: the journal or a source cannot be read.
    """
    found: list[Problem] = []
    heads: dict[str, list[Head]] = {}
    copy = journal.store.path.with_name(JOURNAL_COPY)
    for source in (*([copy] if copy.is_file() else []), *sources):
        try:
            heads[source.name] = _heads_of(source)
        except InputError as error:
            found += error.problems
    found += journal.store.faults(heads)
    try:
        events, mail = journal.store.read(), journal.store.mail.read()
    except OutreachError as error:
        return [*found, *error.problems]
    return [*found, *journal.archive.verify(events, mail), *_left(journal, events), *_event_faults(events)]


def _heads_of(source: Path) -> list[Head]:
    if read_start(source).startswith(b"SQLite"):
        return heads_in(source)
    _events, heads, problems = read_export(source)
    if problems:
        raise InputError(*problems)
    return heads


def _left(journal: Journal, events: Sequence[Event]) -> Iterator[Problem]:
    """Yield what interrupted commands left: files that no event names, and half written ones."""
    hint = _("`outreach log verify --repair` takes it away")
    for path in journal.archive.orphans(events, journal.store.mail.read()):
        yield Problem(_shown(path, journal), 0, _("no event names this file"), hint, code="file-unknown")
    for path in half_written(journal.root):
        yield Problem(
            _shown(path, journal),
            0,
            _("an interrupted command left it half written"),
            hint,
            code="file-unfinished",
        )


def _shown(path: Path, journal: Journal) -> str:
    return path.relative_to(journal.root).as_posix()


def repair(journal: Journal) -> list[tuple[str, str]]:
    """Take away what interrupted commands left, and return each path with where it is now, empty if deleted.

    A file that no event names may be the only one of its kind, where the journal was lost: it is moved to
    out/. No other command may be writing.

    Raises:
        WorldError: a file cannot be moved or deleted.
    """
    done = []
    for path in journal.archive.orphans(journal.store.read(), journal.store.mail.read()):
        target = journal.root / OUT / ORPHANS / path.name
        write_whole(target, path.read_bytes())
        delete(path)
        done.append((_shown(path, journal), _shown(target, journal)))
    for path in half_written(journal.root):
        delete(path)
        done.append((_shown(path, journal), ""))
    return done


def _event_faults(events: list[Event]) -> Iterator[Problem]:
    known = {event.id for event in events}
    for event in events:
        if isinstance(event, Voided) and event.event not in known:
            yield Problem(
                JOURNAL,
                0,
                _("event {id} voids an unknown event", id=event.id),
                _("import the other journal"),
                code="event-faulty",
            )
    by_author: dict[str, Event] = {}
    for event in events:
        earlier = by_author.get(event.author)
        if earlier and event.recorded_at < earlier.recorded_at:
            yield Problem(
                JOURNAL,
                0,
                _("event {id} is out of order", id=event.id),
                _("was the clock set back?"),
                code="event-faulty",
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
        raise InputError(Problem("", 0, message, _("`outreach log` shows the ids"), code="unknown-event"))
    return found[0]
