"""Keep events in an SQLite file: only ever added, in transactions that survive a crash."""

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from outreach.errors import InputError, OutreachError, Problem, RefusedError, WorldError
from outreach.files.atomic import write_with
from outreach.journal.codec import COLUMNS, event_of, to_data, to_row
from outreach.journal.event import Answered, Event, Forgotten, tombstone, tombstones, without_forgotten
from outreach.language import _

BUSY_SECONDS = 10.0
_OLDEST_SQLITE = (3, 37)
"""The first with STRICT tables."""

_COLUMNS = ", ".join(COLUMNS)


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


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_create_events, _allow_any_kind, _add_clock)
"""Each brings a file one version further; the first makes version 1 of an empty one."""


class Store:
    """Events in one SQLite file, shared by processes of one machine.

    Raises:
        WorldError: the file cannot be opened or written, or another process keeps it locked.
        InputError: it is no journal, or one of a newer version of the program.
    """

    def __init__(self, path: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            message = _("this Python's SQLite {version} is too old", version=sqlite3.sqlite_version)
            raise WorldError(Problem("", 0, message, _("use a Python with SQLite 3.37 or later")))
        with ExitStack() as unusable, self._translated():
            self._connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
            unusable.callback(self._connection.close)
            self._use_write_ahead_log(busy_seconds)
            self._connection.execute("PRAGMA synchronous = FULL")
            self._migrate()
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

    def _insert(self, events: Iterable[Event]) -> int:
        rows = [{"clock": 0, **row, "data": _json(row["data"])} for row in map(to_row, events)]
        before = self._connection.total_changes
        with self._translated():
            self._connection.executemany(
                f"INSERT OR IGNORE INTO events ({_COLUMNS})"  # noqa: S608  (a constant)
                " VALUES (:id, :at, :recorded_at, :author, :kind, :contact, :letter, :data, :clock)",
                rows,
            )
        return self._connection.total_changes - before

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

    def _select(self, where: str = "", *values: str) -> list[Event]:
        with self._translated():
            found = self._connection.execute(
                f"SELECT {_COLUMNS} FROM events {where} ORDER BY id",  # noqa: S608  (constants)
                values,
            ).fetchall()
        return [self._event(row) for row in found]

    def _event(self, row: tuple[Any, ...]) -> Event:
        """Return the event of a row, read as far as the columns' own checks leave something to doubt.

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
            return event_of(kind, head, json.loads(data))
        except ValueError as error:
            message = _("event {id} was changed: {error}", id=identifier, error=error)
            hint = _("restore the journal from a copy, or import an export into a new one")
            raise InputError(Problem(self.path.name, 0, message, hint)) from error

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
                            self.path.name, 0, _("the journal has version {version}", version=version), hint
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
        except sqlite3.OperationalError as error:
            hint = (
                _("wait for the other program to end")
                if "locked" in str(error)
                else _("check the disk and the rights")
            )
            raise WorldError(
                Problem(self.path.name, 0, _("the journal cannot be used: {error}", error=error), hint)
            ) from error
        except sqlite3.DatabaseError as error:
            hint = _("restore it from a copy, or import an export into a new one")
            raise InputError(
                Problem(self.path.name, 0, _("the journal is damaged: {error}", error=error), hint)
            ) from error


def dead(contact: str, path: str = "", line: int = 0) -> Problem:
    """Return the fault of an id that belongs to somebody who is forgotten."""
    stem, _sign, number = contact.rpartition("-")
    again = f"{stem}-{int(number) + 1}" if stem and number.isdecimal() else f"{contact}-2"
    message = _("the id '{contact}' belonged to somebody who is forgotten", contact=contact)
    return Problem(path, line, message, _("give whoever comes after another one, as in {again}", again=again))


def describe_file(path: Path) -> tuple[int, int]:
    """Return version and number of events of a journal's file, which is only looked at.

    Raises:
        InputError: it is no journal that can be read.
    """
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (count,) = connection.execute("SELECT count(*) FROM events").fetchone()
    except sqlite3.Error as error:
        raise InputError(Problem(path.name, 0, _("cannot be read: {error}", error=error))) from error
    return int(version), int(count)


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True)
