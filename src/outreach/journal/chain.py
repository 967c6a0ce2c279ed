"""Chain a journal's events, each sealed and bound to the one before, so that no change goes unseen."""

import json
import platform
import secrets
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from outreach.language import _, ngettext

Row = tuple[Any, ...]
"""An event as it is stored: the values of its columns, the id first."""

_JSON = json.JSONEncoder(default=repr)

TABLES = (
    """
    CREATE TABLE chain (
        place INTEGER PRIMARY KEY,
        copy  TEXT NOT NULL,
        event TEXT NOT NULL,
        salt  TEXT NOT NULL,
        seal  TEXT NOT NULL,
        hash  TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE heads (
        copy  TEXT PRIMARY KEY,
        place INTEGER NOT NULL,
        hash  TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE seeds (seed TEXT NOT NULL) STRICT",
)
"""`chain`: an entry for each event in the order of arrival; whoever is forgotten leaves `seal` and `hash`.
`heads`: the furthest that is known of each copy, this one's too. `seeds`: one, which makes the copy's id."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a copy of a journal had come when it was last seen."""

    copy: str
    place: int
    """Of its last event in its chain, from 1."""
    hash: str


@dataclass(frozen=True, slots=True)
class _Entry:
    place: int
    copy: str
    """Empty for what an earlier version had recorded before journals were chained."""
    event: str
    """Its id; empty, as the salt, once it is erased."""
    salt: str
    seal: str
    """Of salt and event: without the salt nothing can be guessed from it."""
    hash: str
    """Of copy, place, seal and the entry before."""


class Chain:
    """The chain of a journal's file; what is written belongs to the transaction that is open.

    Args:
        connection: To the file.
        folder: Where it lies. A file that is copied elsewhere goes on under another id, so that two which
            began as one are not taken for a fork of the same. None while what is there is first chained.
    """

    def __init__(self, connection: sqlite3.Connection, folder: Path | None) -> None:
        self._connection = connection
        self._home = f"{platform.node()}\n{folder.resolve()}" if folder else ""

    @property
    def copy(self) -> str:
        """This copy's random id; empty while events of an earlier version are chained."""
        if not self._home:
            return ""
        seed = self._connection.execute("SELECT seed FROM seeds").fetchone()
        return sha256(f"{seed}\n{self._home}".encode()).hexdigest()[:32]

    def renew(self) -> None:
        """Go on under a new id, after the end of the chain was lost or the file copied."""
        self._connection.execute("DELETE FROM heads WHERE copy = ?", (self.copy,))
        self._connection.execute("DELETE FROM seeds")
        self._connection.execute("INSERT INTO seeds VALUES (?)", (secrets.token_hex(16),))

    def add(self, rows: Iterable[Row]) -> None:
        """Chain events, as they are stored now, in their order."""
        last, previous = self._last() or (0, "")
        copy = self.copy
        entries = []
        for place, row in enumerate(rows, last + 1):
            salt = secrets.token_hex(16)
            seal = _seal(salt, row)
            previous = _link(copy, place, seal, previous)
            entries.append((place, copy, row[0], salt, seal, previous))
        self._connection.executemany("INSERT INTO chain VALUES (?, ?, ?, ?, ?, ?)", entries)
        if entries and copy:
            # A head that the chain does not hold shows that its end was lost; it stays until that is mended.
            self._connection.execute(
                "INSERT INTO heads VALUES (?, ?, ?) ON CONFLICT (copy) DO UPDATE"
                " SET place = excluded.place, hash = excluded.hash WHERE EXISTS"
                " (SELECT 1 FROM chain WHERE chain.place = heads.place AND chain.hash = heads.hash)",
                (copy, place, previous),
            )

    def erase(self, events: Iterable[str]) -> None:
        """Forget what was sealed for these ids; the chain holds without."""
        self._connection.executemany(
            "UPDATE chain SET event = '', salt = '' WHERE event = ?", [(event,) for event in events]
        )

    def heads(self) -> list[Head]:
        """Return this copy's head, if it has one, then those that are remembered of others."""
        last = self._last()
        own = [Head(self.copy, *last)] if last else []
        return [*own, *(head for head in self._remembered() if head.copy != self.copy)]

    def remember(self, heads: Iterable[Head]) -> None:
        """Keep how far copies had come, where that is further than what is known."""
        self._connection.executemany(
            "INSERT INTO heads VALUES (?, ?, ?) ON CONFLICT (copy) DO UPDATE"
            " SET place = excluded.place, hash = excluded.hash WHERE excluded.place > heads.place",
            [(head.copy, head.place, head.hash) for head in heads],
        )

    def known(self, copy: str) -> Head | None:
        """Return how far a copy had come when it was last heard of."""
        return next((head for head in self._remembered() if head.copy == copy), None)

    def lacks(self, head: Head) -> bool:
        """Tell whether this copy once had come to a head that its chain does not hold."""
        found = self._connection.execute("SELECT hash FROM chain WHERE place = ?", (head.place,)).fetchone()
        return head.copy == self.copy and found != (head.hash,)

    def count_earlier(self) -> int:
        """Return how many events an earlier version had recorded before they were chained."""
        (count,) = self._connection.execute("SELECT count(*) FROM chain WHERE copy = ''").fetchone()
        return int(count)

    def faults(self, rows: Mapping[str, Row], forgettings: Collection[str]) -> Iterator[str]:
        """Yield what is wrong with events or the chain itself.

        Args:
            rows: The events by id, as they are stored.
            forgettings: Ids of those that forget somebody.
        """
        entries = [
            _Entry(*row)
            for row in self._connection.execute(
                "SELECT place, copy, event, salt, seal, hash FROM chain ORDER BY place"
            )
        ]
        last_forgetting = max((one.place for one in entries if one.event in forgettings), default=0)
        previous, place = "", 0
        for entry in entries:
            if entry.place != place + 1:
                yield _("the chain lacks what came after {place}", place=place)
            elif entry.hash != _link(entry.copy, entry.place, entry.seal, previous):
                yield _("the chain is broken at {place}", place=entry.place)
            if not entry.event and entry.place > last_forgetting:
                yield _("the event at {place} was erased, and nobody forgotten", place=entry.place)
            elif entry.event and entry.event not in rows:
                yield _("event {id} was removed", id=_shown(entry.event))
            elif entry.event and entry.seal != _seal(entry.salt, rows[entry.event]):
                yield _("event {id} is not as it was recorded", id=_shown(entry.event))
            previous, place = entry.hash, entry.place
        for identifier in sorted(rows.keys() - {entry.event for entry in entries}, key=str):
            yield _("event {id} is not in the chain: another program added it", id=_shown(identifier))

    def lost(self, heads: Iterable[Head], source: str) -> Iterator[str]:
        """Yield what this copy once held, as heads from elsewhere show, and has no more.

        Args:
            heads: Of any copies.
            source: The file that they are from.
        """
        place, _hash_there = self._last() or (0, "")
        for head in filter(self.lacks, heads):
            count = head.place - place
            if count > 0:
                yield ngettext(
                    "the last {count} event is missing, as {source} shows",
                    "the last {count} events are missing, as {source} shows",
                    count,
                    source=source,
                )
            else:
                yield _(
                    "events before {place} of the chain were replaced, as {source} shows",
                    place=head.place + 1,
                    source=source,
                )

    def own_remembered(self) -> list[Head]:
        """Return this copy's head as it was written down beside the chain; none before its first event."""
        return [head for head in self._remembered() if head.copy == self.copy]

    def _last(self) -> tuple[int, str] | None:
        found: tuple[int, str] | None = self._connection.execute(
            "SELECT place, hash FROM chain ORDER BY place DESC LIMIT 1"
        ).fetchone()
        return found

    def _remembered(self) -> list[Head]:
        found = self._connection.execute(
            "SELECT copy, place, hash FROM heads WHERE typeof(place) = 'integer'"
        )
        return [Head(*row) for row in found]


def start(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Make the tables, and chain what is there already."""
    for table in TABLES:
        connection.execute(table)
    connection.execute("INSERT INTO seeds VALUES (?)", (secrets.token_hex(16),))
    Chain(connection, None).add(rows)


def heads_line(heads: Iterable[Head], count: int) -> str:
    """Return the line of an export that says how many events it has and how far copies had come.

    Args:
        heads: Of the copy that is exported first.
        count: Events in the export.
    """
    known = [[head.copy, head.place, head.hash] for head in heads]
    return json.dumps({"events": count, "heads": known})


def read_heads_line(line: str) -> tuple[int, list[Head]] | None:
    """Return what `heads_line` wrote; None for any other line."""
    if not line.startswith('{"events"'):
        return None
    try:
        row = json.loads(line)
        count, heads = row["events"], [Head(*head) for head in row["heads"]]
        is_sound = all(
            type(head.place) is int and type(head.copy) is type(head.hash) is str for head in heads
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (count, heads) if type(count) is int and is_sound else None


def _seal(salt: str, row: Row) -> str:
    return _hash(salt, *row)


def _link(copy: str, place: int, seal: str, previous: str) -> str:
    return _hash(copy, place, seal, previous)


def _hash(*values: object) -> str:
    """Return the SHA-256 of values one after the other; of damaged ones too, whatever became of them."""
    return sha256(_JSON.encode(values).encode()).hexdigest()


def _shown(identifier: object) -> str:
    return str(identifier).encode("ascii", "replace").decode()
