"""The events, the only thing that the journal holds: one type for each kind of thing that happens."""

import secrets
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, ClassVar, TypedDict

from outreach.journal.words import AnswerKind, Channel, Position, Proof
from outreach.language import NP_, pgettext
from outreach.letters.piece import Piece


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One file that an event speaks of."""

    name: str
    """As it was called; for people."""
    sha256: str

    @property
    def path(self) -> str:
        """Its place in the archive: two characters of the hash as folder, then hash and ending."""
        return f"{self.sha256[:2]}/{self.sha256}{PurePosixPath(self.name).suffix.lower()}"


class Header(TypedDict):
    """What every event begins with, as keyword arguments."""

    id: str
    at: date
    recorded_at: datetime
    author: str
    contact: str
    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, or that was found out, on a day."""

    KIND: ClassVar[str] = ""
    WORD: ClassVar[tuple[str, str]] = ("", "")
    """What happened, to be translated where it is shown."""

    id: str
    """UUIDv7: in the order of recording."""
    at: date
    """Day on which it happened, local calendar."""
    recorded_at: datetime
    """UTC, by a clock that may have been wrong: shown, and no order but between events without `clock`."""
    author: str
    contact: str = ""
    letter: str = ""
    clock: int = 0
    """Greater than that of each event that its journal held when it was recorded (Lamport); 0 before there
    was one."""
    unread: Mapping[str, Any] = field(default_factory=dict)
    """What a newer version recorded besides and this one does not know; kept as it is."""

    @property
    def kind(self) -> str:
        """The word for its kind, as it is stored."""
        return self.KIND

    @property
    def said(self) -> str:
        """What happened, in the user's language."""
        return pgettext(*self.WORD)

    @property
    def order(self) -> tuple[date, int, datetime, str]:
        """The order in which events count, whatever order they arrived in."""
        return (self.at, *self.recorded)

    @property
    def recorded(self) -> tuple[int, datetime, str]:
        """The order in which they were recorded: whoever recorded one knew none that comes after it."""
        return (self.clock, self.recorded_at, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(Event):
    """A letter went."""

    KIND: ClassVar[str] = "sent"
    WORD: ClassVar[tuple[str, str]] = NP_("event", "sent")

    piece: Piece
    """The letter as it went; its files are in the archive."""
    channel: Channel | str
    """Another word only where a newer version wrote it; likewise below."""
    tracking: str = ""
    role: str = ""
    """Of the contact at that time."""
    is_edited: bool = False
    """A file was changed by hand after it was generated."""
    is_again: bool = False
    """It had been sent by this channel before, and whoever recorded it knew."""
    reason: str = ""
    """Why again."""
    message_id: str = ""
    """Of the e-mail that it went with, in its angle brackets; answers name it."""
    accepted: str = ""
    """What the mail server said when it took the message, as "250 2.0.0 Ok: queued as 4F1"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received(Event):
    """A letter arrived, as is proved."""

    KIND: ClassVar[str] = "received"
    WORD: ClassVar[tuple[str, str]] = NP_("event", "received")

    proof: Proof | str = ""
    files: tuple[ArchivedFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """Something came back."""

    KIND: ClassVar[str] = "answered"
    WORD: ClassVar[tuple[str, str]] = NP_("event", "answered")

    answer: AnswerKind | str
    questions: Mapping[str, str] = field(default_factory=dict)
    """Id of a question to what was answered."""
    position: Position | str = ""
    source: str = ""
    """Public source that a position rests on."""
    forwarded_to: str = ""
    """Contact that has the letter now."""
    files: tuple[ArchivedFile, ...] = ()
    note: str = ""
    dated: date | None = None
    """Its own date, where that is known; it came on `at`."""

    @property
    def has_content(self) -> bool:
        """Tell whether it says something to the matter."""
        return isinstance(self.answer, AnswerKind) and self.answer.has_content


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended(Event):
    """The campaign moved a date."""

    KIND: ClassVar[str] = "extended"
    WORD: ClassVar[tuple[str, str]] = NP_("event", "extended")

    to: date
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped(Event):
    """The campaign follows a letter up no more, or, without one, nothing that went to the contact."""

    KIND: ClassVar[str] = "stopped"
    WORD: ClassVar[tuple[str, str]] = NP_("event", "stopped")

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Event):
    """Somebody remembered something."""

    KIND: ClassVar[str] = "noted"
    WORD: ClassVar[tuple[str, str]] = NP_("event", "noted")

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided(Event):
    """Another event was an error."""

    KIND: ClassVar[str] = "voided"
    WORD: ClassVar[tuple[str, str]] = NP_("event", "voided")

    event: str
    """Its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten(Event):
    """A person asked to be forgotten; the event names nobody."""

    KIND: ClassVar[str] = "forgotten"
    WORD: ClassVar[tuple[str, str]] = NP_("event", "forgotten")

    tombstone: str = ""
    """As `tombstone` makes it."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Kind to the number of its events that were erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Event):
    """Something of a kind that only a newer version knows: kept and shown, and without effect."""

    word: str
    """Its kind as it is stored; its data are all in `unread`."""

    @property
    def kind(self) -> str:
        """The word for its kind, as it is stored."""
        return self.word

    @property
    def said(self) -> str:
        """The word for its kind, as it is stored."""
        return self.word


def new_id(now: datetime, sequence: int = 0) -> str:
    """Return a UUIDv7 (RFC 9562) for that moment, with a counter that keeps the order of a batch.

    Args:
        now: With a time zone.
        sequence: Place in the batch, from 0, below 2**32; 42 random bits follow it.
    """
    milliseconds = (now - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)
    high, low = divmod(sequence, 1 << 20)
    value = milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low << 42 | secrets.randbits(42)
    return str(uuid.UUID(int=value))


def files_of(event: Event) -> tuple[ArchivedFile, ...]:
    """Return the archived files that an event speaks of."""
    if isinstance(event, Sent):
        return tuple(ArchivedFile(file.name, file.sha256) for file in event.piece.files)
    return event.files if isinstance(event, (Received, Answered)) else ()


def details_of(event: Event) -> list[str | date]:
    """Return what an event says besides who, what and when: words of closed lists, texts, days."""
    found: list[str | date] = []
    if isinstance(event, Sent):
        found = [event.channel, event.tracking, event.reason]
    elif isinstance(event, Received):
        found = [event.proof]
    elif isinstance(event, Answered):
        found = [event.answer, event.position, event.forwarded_to, event.note]
    elif isinstance(event, Extended):
        found = [event.to, event.reason]
    elif isinstance(event, Stopped):
        found = [event.reason]
    elif isinstance(event, Noted):
        found = [event.note]
    elif isinstance(event, Voided):
        found = [event.event[-8:]]
    return [detail for detail in found if detail]


def tombstone(contact: str) -> str:
    """Return what a forgotten contact leaves, so that no import brings it back: a hash of its id."""
    return sha256(f"outreach contact {contact}".encode()).hexdigest()


def tombstones(events: Iterable[Event]) -> frozenset[str]:
    """Return what forgotten contacts left; a forgetting cannot be undone."""
    return frozenset(event.tombstone for event in events if isinstance(event, Forgotten))


def without_forgotten(events: Iterable[Event], forgotten: Collection[str]) -> list[Event]:
    """Return the events that are left once contacts are forgotten, whenever they were recorded.

    Args:
        events: In any order.
        forgotten: What those contacts left, as `tombstones` returns it.
    """
    if not forgotten:
        return list(events)
    is_dead = cache(lambda contact: tombstone(contact) in forgotten)
    return [_without(event, is_dead) for event in events if not is_dead(event.contact)]


def _without(event: Event, is_dead: Callable[[str], bool]) -> Event:
    """Return an event without the contacts that it mentions: in a joint letter, or as forwarded to."""
    if isinstance(event, Answered) and event.forwarded_to and is_dead(event.forwarded_to):
        return replace(event, forwarded_to="")
    if isinstance(event, Sent) and any(map(is_dead, event.piece.contacts)):
        others = tuple(other for other in event.piece.contacts if not is_dead(other))
        # The address of a joint letter names all of them, and its subject may.
        return replace(event, piece=replace(event.piece, contacts=others, address=(), subject=""))
    return event
