"""The e-mails that were read, each once: what waits to be assigned, what was recorded, what was dropped."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass, fields, replace
from enum import Enum

from outreach.journal.event import ArchivedFile

TABLE = """
    CREATE TABLE mail (
        number     INTEGER PRIMARY KEY AUTOINCREMENT,
        sha256     TEXT NOT NULL UNIQUE,
        message_id TEXT NOT NULL,
        name       TEXT NOT NULL,
        state      TEXT NOT NULL,
        kind       TEXT NOT NULL,
        sender     TEXT NOT NULL,
        contact    TEXT NOT NULL,
        letter     TEXT NOT NULL,
        how        TEXT NOT NULL
    ) STRICT
"""
"""A list to be worked off on this computer, and in no export; what comes of a message is an event."""


class MailState(str, Enum):
    """What became of a message."""

    WAITING = "waiting"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEntry:
    """One message that was read, and is not read again."""

    number: int = 0
    """By which the user names it; 0 before it is kept."""
    sha256: str
    """Of the message."""
    message_id: str = ""
    name: str = ""
    """Of its file in the archive; empty where that does not keep it."""
    state: MailState
    kind: str = ""
    """What it was taken for."""
    sender: str = ""
    contact: str = ""
    """Id of whom it was, or may be, from; empty if nothing suggests anybody."""
    letter: str = ""
    how: str = ""
    """By what contact and letter were found."""

    @property
    def file(self) -> ArchivedFile | None:
        """The message in the archive."""
        return ArchivedFile(self.name, self.sha256) if self.name else None


_NAMES = tuple(item.name for item in fields(MailEntry))


class Mail:
    """The table of the messages in a journal's file; what is written belongs to the transaction that is open.

    Args:
        connection: To the file.
        translated: Makes SQLite's errors those of the program.
    """

    def __init__(
        self, connection: sqlite3.Connection, translated: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._connection = connection
        self._translated = translated

    def read(self) -> list[MailEntry]:
        """Return all messages, by their numbers."""
        with self._translated():
            rows = self._connection.execute(f"SELECT {', '.join(_NAMES)} FROM mail ORDER BY number")  # noqa: S608  (constants)
            entries = [MailEntry(**dict(zip(_NAMES, row, strict=True))) for row in rows]
        return [replace(entry, state=MailState(entry.state)) for entry in entries]

    def add(self, entry: MailEntry) -> MailEntry:
        """Keep a message that is not there yet, and return it with its number."""
        marks = ", ".join("?" * (len(_NAMES) - 1))
        names = ", ".join(_NAMES[1:])
        with self._translated():
            done = self._connection.execute(
                f"INSERT INTO mail ({names}) VALUES ({marks})",  # noqa: S608  (constants)
                _stored(entry)[1:],
            )
        return replace(entry, number=int(done.lastrowid or 0))

    def change(self, entry: MailEntry) -> None:
        """Keep what became of a message that is there."""
        number, *values = _stored(entry)
        changes = ", ".join(f"{name} = ?" for name in _NAMES[1:])
        with self._translated():
            self._connection.execute(f"UPDATE mail SET {changes} WHERE number = ?", (*values, number))  # noqa: S608  (constants)

    def strip(self, is_dead: Callable[[str], bool]) -> None:
        """Leave of the messages of whoever is forgotten nothing but that they were read."""
        for entry in self.read():
            if entry.contact and is_dead(entry.contact):
                self.change(emptied(entry))


def emptied(entry: MailEntry) -> MailEntry:
    """Return what is left of a message that was dropped: it is not read again, and says nothing."""
    return MailEntry(number=entry.number, sha256=entry.sha256, state=MailState.DROPPED)


def _stored(entry: MailEntry) -> tuple[str | int, ...]:
    return tuple(one.value if isinstance(one, Enum) else one for one in astuple(entry))
