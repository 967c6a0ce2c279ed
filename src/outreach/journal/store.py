"""Keep events in an SQLite file: only ever added, in transactions that survive a crash."""

import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from outreach.errors import InputError, OutreachError, Problem, RefusedError, WorldError, reason
from outreach.files.atomic import write_with
from outreach.journal.chain import Chain, Head, Row, start
from outreach.journal.codec import COLUMNS, Mailing, event_of, to_data, to_row
from outreach.journal.event import (
    Answered,
    Event,
    Forgotten,
    Sent,
    tombstone,
    tombstones,
    without_forgotten,
)
from outreach.journal.mail import TABLE, Mail
from outreach.language import _

BUSY_SECONDS = 10.0
_OLDEST_SQLITE = (3, 37)
"""The first with STRICT tables."""

_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
_COLUMNS = ", ".join(COLUMNS)
_BRIEF = _COLUMNS.replace(
    "data", f"CASE kind WHEN '{Sent.KIND}' THEN json_remove(data, '$.address', '$.files') ELSE data END"
)
_INSERT = f"INSERT OR IGNORE INTO events ({_COLUMNS}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608  (constants)


def _create_events(connection: sqlite3.Connection) -> None:
    connection.execute(
        """
        CREATE TABLE events (
            id          TEXT PRIMARY KEY CHECK (length(id) = 36),
            at          TEXT NOT NULL CHECK (at = date(at)),
            recorded_at TEXT NOT NULL,
            author      TEXT NOT NULL,
            kind        TEXT NOT NULL CHECK (
                kind IN ('sent', 'received', 'answered', 'extended', 'noted', 'voided', 'forgotten')
            ),
            contact     TEXT NOT NULL,
            letter      TEXT NOT NULL,
            data        TEXT NOT NULL CHECK (json_valid(data))
        ) STRICT, WITHOUT ROWID
        """
    )
    connection.execute("CREATE INDEX events_contact ON events (contact)")


def _allow_any_kind(connection: sqlite3.Connection) -> None:
    """Let events be kept whose kind only a newer version knows."""
    connection.execute("ALTER TABLE events RENAME TO events_1")
    connection.execute("DROP INDEX events_contact")
    connection.execute(
        """
        CREATE TABLE events (
            id          TEXT PRIMARY KEY CHECK (length(id) = 36),
            at          TEXT NOT NULL CHECK (at = date(at)),
            recorded_at TEXT NOT NULL,
            author      TEXT NOT NULL,
            kind        TEXT NOT NULL CHECK (kind <> ''),
            contact     TEXT NOT NULL,
            letter      TEXT NOT NULL,
            data        TEXT NOT NULL CHECK (json_valid(data))
        ) STRICT, WITHOUT ROWID
        """
    )
    connection.execute("INSERT INTO events SELECT * FROM events_1")
    connection.execute("DROP TABLE events_1")
    connection.execute("CREATE INDEX events_contact ON events (contact)")


def _add_clock(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE events ADD COLUMN clock INTEGER NOT NULL DEFAULT 0 CHECK (clock >= 0)")


def _chain_events(connection: sqlite3.Connection) -> None:
    """Chain what is there; a later change of the columns chains everything again."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM events ORDER BY clock, recorded_at, id")  # noqa: S608  (a constant)
    start(connection, rows.fetchall())


def _add_mail(connection: sqlite3.Connection) -> None:
    connection.execute(TABLE)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _create_events,
    _allow_any_kind,
    _add_clock,
    _chain_events,
    _add_mail,
)
"""Each brings a file one version further; the first makes version 1 of an empty one."""


_WORLD = ("readonly", "unable to open", "disk", "permission", "out of memory")
"""Words in SQLite's messages of what is no fault of the file."""


class MediumError(WorldError):
    """The file cannot be opened or written where it lies."""


class Store:
    """Events in one SQLite file, shared by processes of one machine.

    Args:
        path: The file; made if there is none.
        busy_seconds: How long to wait for other processes.
        is_image: Read it into memory and leave it, and what lies beside it, alone; nothing can be added.

    Raises:
        MediumError: the file cannot be opened or written.
        WorldError: another process keeps it locked.
        InputError: it is no journal, or one of a newer version of the program.
    """

    def __init__(self, path: Path, busy_seconds: float = BUSY_SECONDS, *, is_image: bool = False) -> None:
        self.path = path
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            message = _("this Python's SQLite {version} is too old", version=sqlite3.sqlite_version)
            raise WorldError(
                Problem("", 0, message, _("use a Python with SQLite 3.37 or later"), code="python-too-old")
            )
        with ExitStack() as unusable, self._translated():
            name = ":memory:" if is_image else path
            self._connection = sqlite3.connect(name, timeout=busy_seconds, isolation_level=None)
            unusable.callback(self._connection.close)
            self._chain = Chain(self._connection, path.parent)
            self.mail = Mail(self._connection, self._translated)
            if is_image:
                _load(path, self._connection)
            else:
                self._use_write_ahead_log(busy_seconds)
                self._connection.execute("PRAGMA synchronous = FULL")
            self._migrate()
            self._connection.execute(f"PRAGMA query_only = {int(is_image)}")
            unusable.pop_all()  # it can be used, and stays open

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Begin a change that takes place whole or not at all, while nobody else writes."""
        with self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if (
                    self._connection.in_transaction
                ):  # it failed, and a full disk has not rolled it back itself
                    self._connection.execute("ROLLBACK")

    def append(self, events: Iterable[Event]) -> list[Event]:
        """Add new events, each with the next clock, and return them as they are kept.

        Raises:
            RefusedError: one is of a contact that was forgotten, or names it.
        """
        with self._translated():
            (clock,) = self._connection.execute("SELECT coalesce(max(clock), 0) FROM events").fetchone()
        added = [replace(event, clock=clock + number) for number, event in enumerate(events, 1)]
        forgotten = self._tombstones()
        for event in added if forgotten else ():
            target = event.forwarded_to if isinstance(event, Answered) else ""
            for contact in filter(None, (event.contact, target)):
                if tombstone(contact) in forgotten:
                    raise RefusedError(dead(contact))
        self._insert(added)
        return added

    def merge(self, events: Iterable[Event]) -> int:
        """Add the events of another journal that are not there yet, by id, as they are; return how many.

        Contacts that either journal has forgotten are in neither afterwards.
        """
        found = list(events)
        known = self._tombstones()
        stones = known | tombstones(found)
        count = self._insert(without_forgotten(found, stones))
        if stones != known:
            self._strip(stones)
        return count

    def read(self, contact: str = "") -> list[Event]:
        """Return all events, or those of one contact, in the order of their ids."""
        return self._select("WHERE contact = ?", contact) if contact else self._select()

    def read_briefly(self) -> list[Event]:
        """Return all events likewise, sendings without address and files, which are most of a journal."""
        mailing = Mailing()
        return [self._event(row, mailing) for row in self._rows(columns=_BRIEF)]

    def forget(self, event: Forgotten) -> None:
        """Delete all events of the contact that an event forgets, and its traces in others, with that event.

        The only deletion there is, for a person who asks to be forgotten (GDPR art. 17); `compact` is to
        follow.
        """
        with self.writing():
            if event.tombstone not in self._tombstones():
                self.append([event])
            self._strip(self._tombstones())

    def compact(self) -> None:
        """Leave nothing of what was deleted in the file's free pages, nor beside it."""
        with self._translated():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.execute("VACUUM")

    def copy_to(self, path: Path) -> None:
        """Write a copy of the whole file, which nothing else needs beside it.

        Raises:
            WorldError: it cannot be written.
        """

        def write(temporary: Path) -> None:
            with self._translated(), closing(sqlite3.connect(temporary)) as copy:
                self._connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")

        write_with(path, write, path.name)

    def heads(self) -> list[Head]:
        """Return how far this copy has come, if it has begun, then how far others are known to have come."""
        with self._translated():
            return self._chain.heads()

    def meet(self, heads: Iterable[Head], source: str) -> list[Problem]:
        """Remember how far copies had come, and return a warning for each that has lost events since.

        If it is this one, it goes on under a new id: what the other journal had of its events is added back.

        Args:
            heads: As `heads` returns them.
            source: The file that they are from.
        """
        found = []
        with self._translated():
            known = list(heads)
            lost = list(self._chain.lost(known, source))
            if lost:
                self._chain.renew()
                hint = _("those that it holds are here again; look with `outreach log`")
                found += [
                    Problem(self.path.name, 0, message, hint, "warning", code="journal-lost-events")
                    for message in lost
                ]
            for head in known[:1]:
                before = self._chain.known(head.copy)
                if before and (before.place > head.place or (before.place == head.place and before != head)):
                    message = _("ends before what is known of its journal, or differs from it")
                    hint = _("if it is new, run this there: outreach log verify, with an export from here")
                    found.append(Problem(source, 0, message, hint, "warning", code="journal-lost-events"))
            self._chain.remember(known)
        return found

    def remember(self, heads: Iterable[Head]) -> None:
        """Remember how far copies had come, this one too."""
        with self._translated():
            self._chain.remember(heads)

    def count_earlier(self) -> int:
        """Return how many events were recorded before the journal was chained, by an earlier version."""
        with self._translated():
            return self._chain.count_earlier()

    def faults(self, heads: Mapping[str, Iterable[Head]]) -> Iterator[Problem]:
        """Yield what was changed, removed, added or cut off since it was recorded.

        Args:
            heads: Of any copies, by the file that they are from.
        """
        hint = _("restore the journal from a copy, or make it anew from exports")
        text = self._connection.text_factory
        self._connection.text_factory = lambda raw: raw.decode(errors="surrogateescape")
        try:
            with self._translated():
                damage = self._connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
                if damage != "ok":
                    yield Problem(
                        self.path.name,
                        0,
                        _("the journal is damaged: {error}", error=damage),
                        hint,
                        code="journal-damaged",
                    )
                found = self._connection.execute(f"SELECT {_COLUMNS} FROM events")  # noqa: S608  (a constant)
                rows: dict[str, Row] = {row[0]: row for row in found}
                kind = COLUMNS.index("kind")
                forgettings = [row[0] for row in rows.values() if row[kind] == Forgotten.KIND]
                messages = list(self._chain.faults(rows, forgettings))
                own = {self.path.name: self._chain.own_remembered()}
                for source, known in {**own, **heads}.items():
                    messages += self._chain.lost(known, source)
            yield from (
                Problem(self.path.name, 0, message, hint, code="journal-damaged") for message in messages
            )
        finally:
            self._connection.text_factory = text

    def _insert(self, events: Iterable[Event]) -> int:
        """Add and chain events that are not there yet, by id; return how many."""
        rows = [{"clock": 0, **row, "data": _json(row["data"])} for row in map(to_row, events)]
        stored = [tuple(row[name] for name in COLUMNS) for row in rows]
        with nullcontext() if self._connection.in_transaction else self.writing(), self._translated():
            added = [row for row in stored if self._connection.execute(_INSERT, row).rowcount]
            self._chain.add(added)
        return len(added)

    def _tombstones(self) -> frozenset[str]:
        return tombstones(self._select("WHERE kind = ?", Forgotten.KIND))

    def _strip(self, forgotten: Collection[str]) -> None:
        """Delete and change what events say of contacts that are forgotten."""
        events = {event.id: event for event in self.read()}
        kept = {event.id: event for event in without_forgotten(events.values(), forgotten)}
        with self._translated():
            self._connection.execute("PRAGMA secure_delete = ON")
            gone = [(identifier,) for identifier in events.keys() - kept.keys()]
            self._connection.executemany("DELETE FROM events WHERE id = ?", gone)
            changed = [event for event in kept.values() if event != events[event.id]]
            self._connection.executemany(
                "UPDATE events SET data = ? WHERE id = ?",
                [(_json(to_data(event)), event.id) for event in changed],
            )
            self._chain.erase([*events.keys() - kept.keys(), *(event.id for event in changed)])
            for event in changed:  # what is left of it is sealed again, at the end of the chain
                self._chain.add(self._rows("WHERE id = ?", event.id))
            self.mail.strip(lambda contact: tombstone(contact) in forgotten)

    def _select(self, where: str = "", *values: str) -> list[Event]:
        return [self._event(row) for row in self._rows(where, *values)]

    def _rows(self, where: str = "", *values: str, columns: str = _COLUMNS) -> list[Row]:
        with self._translated():
            return self._connection.execute(
                f"SELECT {columns} FROM events {where} ORDER BY id",  # noqa: S608  (constants)
                values,
            ).fetchall()

    def _event(self, row: Row, mailing: Mailing | None = None) -> Event:
        """Return the event of a row, read as far as the columns' own checks leave something to doubt.

        Args:
            row: As it is stored.
            mailing: Reads sendings, where many are alike.

        Raises:
            InputError: somebody changed the row.
        """
        identifier, at, recorded_at, author, kind, contact, letter, data, clock = row
        try:
            head = {
                "id": identifier,
                "at": date.fromisoformat(at),
                "recorded_at": datetime.fromisoformat(recorded_at),
                "author": author,
                "contact": contact,
                "letter": letter,
                "clock": clock,
            }
            if mailing and kind == Sent.KIND:
                return mailing.event(head, data)
            return event_of(kind, head, json.loads(data))
        except (ValueError, TypeError, RecursionError) as error:
            message = _("event {id} was changed: {error}", id=identifier, error=error)
            hint = _("restore the journal from a copy, or import an export into a new one")
            raise InputError(Problem(self.path.name, 0, message, hint, code="journal-damaged")) from error

    def _use_write_ahead_log(self, busy_seconds: float) -> None:
        """Switch a new file to write-ahead logging; SQLite does not wait for another who does the same."""
        give_up = time.monotonic() + busy_seconds
        while self._connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.01)

    def _migrate(self) -> None:
        with self._translated():
            if self._version() == len(MIGRATIONS):
                return
            with self.writing():
                # Read again: another process may have done it while this one waited.
                version = self._version()
                if version > len(MIGRATIONS):
                    hint = _("install a newer version of outreach")
                    raise InputError(
                        Problem(
                            self.path.name,
                            0,
                            _("the journal has version {version}", version=version),
                            hint,
                            code="journal-too-new",
                        )
                    )
                for number, migrate in enumerate(MIGRATIONS[version:], version + 1):
                    migrate(self._connection)
                    self._connection.execute(f"PRAGMA user_version = {number}")

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OutreachError:
            raise
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter of its message
            message = _("the journal cannot be used: {error}", error=error)
            if "locked" in str(error):
                hint = _("wait for the other program to end")
                raise WorldError(Problem(self.path.name, 0, message, hint, code="busy")) from error
            if isinstance(error, sqlite3.OperationalError) and any(word in str(error) for word in _WORLD):
                hint = _("check the disk and the rights")
                raise MediumError(
                    Problem(self.path.name, 0, message, hint, code="journal-unusable")
                ) from error
            hint = _("restore it from a copy, or import an export into a new one")
            raise InputError(
                Problem(
                    self.path.name,
                    0,
                    _("the journal is damaged: {error}", error=error),
                    hint,
                    code="journal-damaged",
                )
            ) from error


def open_to_read(path: Path) -> Store:
    """Open a journal for a command that only reads; where nothing can be written, as an image of it.

    Raises:
        WorldError: the file cannot be read, or another process keeps it locked.
        InputError: as `Store`.
    """
    try:
        return Store(path)
    except MediumError:
        return Store(path, is_image=True)


def _load(path: Path, memory: sqlite3.Connection) -> None:
    """Read a journal's file into an empty connection, with what its write-ahead log holds."""
    log = path.with_name(f"{path.name}-wal")
    with ExitStack() as stack:
        source, mode = path, "immutable=1"
        try:
            if log.is_file() and log.stat().st_size:
                folder = Path(stack.enter_context(TemporaryDirectory()))
                source, mode = folder / path.name, "mode=rw"
                for file in (path, log):
                    shutil.copyfile(file, folder / file.name)
            elif not path.is_file():
                return
        except OSError as error:
            raise WorldError(
                Problem(path.name, 0, _("cannot be read"), reason(error), code="unreadable")
            ) from error
        uri = f"{source.absolute().as_uri()}?{mode}"
        connection = stack.enter_context(closing(sqlite3.connect(uri, uri=True)))
        connection.backup(memory)


def heads_in(path: Path) -> list[Head]:
    """Return the heads that a copy of a journal holds; none for one that is not chained yet.

    Raises:
        WorldError: it cannot be read.
        InputError: it is no journal.
    """
    with closing(Store(path, is_image=True)) as store:
        return store.heads()


def dead(contact: str, path: str = "", line: int = 0) -> Problem:
    """Return the fault of an id that belongs to somebody who is forgotten."""
    stem, _sign, number = contact.rpartition("-")
    again = f"{stem}-{int(number) + 1}" if stem and number.isdecimal() else f"{contact}-2"
    message = _("the id '{contact}' belonged to somebody who is forgotten", contact=contact)
    return Problem(
        path,
        line,
        message,
        _("give whoever comes after another one, as in {again}", again=again),
        code="id-forgotten",
    )


def describe_file(path: Path) -> tuple[int, int]:
    """Return version and number of events of a journal's file, which is only looked at.

    Raises:
        InputError: it is no journal that can be read.
    """
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            _load(path, connection)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (count,) = connection.execute("SELECT count(*) FROM events").fetchone()
    except sqlite3.Error as error:
        raise InputError(
            Problem(path.name, 0, _("cannot be read: {error}", error=error), code="journal-damaged")
        ) from error
    return int(version), int(count)


def _json(data: Mapping[str, Any]) -> str:
    return _JSON.encode(data)
