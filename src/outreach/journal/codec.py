"""Events from and to JSON, as the journal and its exports hold them; every key is known here alone."""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any, TypeVar

from outreach.journal.event import (
    Answered,
    ArchivedFile,
    Event,
    Extended,
    Forgotten,
    Noted,
    Received,
    Sent,
    Stopped,
    Unknown,
    Voided,
    files_of,
)
from outreach.journal.words import AnswerKind, Channel, Position, Proof
from outreach.language import Word, _
from outreach.letters.piece import Piece, PieceFile
from outreach.letters.template import LetterKind

COLUMNS = ("id", "at", "recorded_at", "author", "kind", "contact", "letter", "data", "clock")
_SHA = re.compile("[0-9a-f]{64}")
_LAST_CLOCK = 2**53
"""Beyond it other programs' JSON is not exact."""
_FILE_KEYS = {"name", "sha256"}
_TEXT = frozenset({str})

_Value = TypeVar("_Value")
Data = Mapping[str, Any]


class EventError(ValueError):
    """A text or a row is no event; the message says why."""


def to_row(event: Event) -> dict[str, Any]:
    """Return the event as JSON values; `recorded_at` in UTC with microseconds."""
    recorded = event.recorded_at.astimezone(timezone.utc).isoformat(timespec="microseconds")
    return {
        "id": event.id,
        "at": event.at.isoformat(),
        "recorded_at": recorded,
        "author": event.author,
        "kind": event.kind,
        "contact": event.contact,
        "letter": event.letter,
        "data": to_data(event),
        **({"clock": event.clock} if event.clock else {}),
    }


def to_line(event: Event) -> str:
    """Return the event as one line of JSON, its keys in a fixed order."""
    return json.dumps(to_row(event), ensure_ascii=False, sort_keys=True)


def to_data(event: Event) -> dict[str, Any]:
    """Return what an event's kind needs besides, as JSON values by key; empty ones are left out."""
    if isinstance(event, Unknown):
        return dict(event.unread)
    form = _FORMS[event.kind]
    values = form.write(event)
    if "files" in form.keys:
        more = event.unread.get("files") or [{}] * len(files_of(event))
        values["files"] = [
            {**rest, "name": file.name, "sha256": file.sha256}
            for file, rest in zip(files_of(event), more, strict=True)
        ]
    return dict(sorted({**event.unread, **{key: value for key, value in values.items() if value}}.items()))


def from_line(line: str) -> tuple[Event, Mapping[str, Any]]:
    """Return the event of a line of JSON, and the row that it was read from; raises as `from_row`."""
    try:
        row = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise EventError(_("not a JSON object"))
    return from_row(row), row


def _no_number(constant: str) -> float:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def from_row(row: Mapping[str, Any]) -> Event:
    """Return the event of a row.

    Raises:
        EventError: a value is missing or of the wrong form; the message names it.
    """
    missing = sorted({"id", "at", "recorded_at", "author", "kind"} - row.keys())
    if missing:
        raise EventError(_("{key} is missing", key=missing[0]))
    unknown = sorted(row.keys() - set(COLUMNS))
    if unknown:
        raise EventError(_("unknown key '{key}'", key=unknown[0]))
    recorded = _read("recorded_at", datetime.fromisoformat, row["recorded_at"])
    if recorded.tzinfo is None:
        raise EventError(_("recorded_at has no time zone"))
    head = {
        "id": str(_read("id", uuid.UUID, row["id"])),
        "at": _read("at", date.fromisoformat, row["at"]),
        "recorded_at": recorded.astimezone(timezone.utc),
        **{key: row.get(key, "") for key in ("author", "contact", "letter")},
        "clock": row.get("clock", 0),
    }
    if type(head["clock"]) is not int or not 0 <= head["clock"] <= _LAST_CLOCK:
        raise EventError(_("{key} cannot be read: '{value}'", key="clock", value=head["clock"]))
    wrong = [key for key in ("author", "contact", "letter") if not isinstance(head[key], str)]
    if wrong:
        raise EventError(_("{key} cannot be read: '{value}'", key=wrong[0], value=head[wrong[0]]))
    if not isinstance(row["kind"], str) or not row["kind"]:
        raise EventError(_("unknown kind '{kind}'", kind=row["kind"]))
    return event_of(row["kind"], head, row.get("data", {}))


def event_of(kind: str, head: Mapping[str, Any], data: object) -> Event:
    """Return the event of a kind.

    Args:
        kind: As it is stored; one that is not known makes an `Unknown`.
        head: Values by the fields that all events have.
        data: What the kind needs besides, as JSON values.

    Raises:
        EventError: the data are of the wrong form; the message says what is wrong.
    """
    if not isinstance(data, Mapping):
        raise EventError(_("data is not an object"))
    if kind not in _FORMS:
        return Unknown(word=kind, **head, unread=dict(data))
    form = _FORMS[kind]
    is_known = data.keys() <= form.keys  # nearly always
    unread = {} if is_known else {key: value for key, value in data.items() if key not in form.keys}
    event = form.read({**head, "unread": unread}, data)
    if "files" in form.keys and any(entry.keys() != _FILE_KEYS for entry in data.get("files", ())):
        unread["files"] = [
            {key: value for key, value in entry.items() if key not in _FILE_KEYS} for entry in data["files"]
        ]
    return event


class Mailing:
    """Reads sendings; what many of them say alike is looked at once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Data, _SentData]] = {}

    def event(self, head: Data, text: str) -> Sent:
        """Return the sending of these data, as JSON; head and errors as for `event_of`."""
        if text not in self._known:
            data = json.loads(text)
            event_of(Sent.KIND, head, data)
            more = {key: value for key, value in data.items() if key not in _FORMS[Sent.KIND].keys}
            self._known[text] = (more, _read_sent(data))
        unread, read = self._known[text]
        return _made_of({**head, "unread": unread}, read)


def unread_in(event: Event) -> list[str]:
    """Return what this version does not know of an event: its kind, or keys and words of its data."""
    if isinstance(event, Unknown):
        return [event.word]
    words = {Sent: ("channel",), Received: ("proof",), Answered: ("answer", "position")}.get(type(event), ())
    values = [str(getattr(event, name)) for name in words if not isinstance(getattr(event, name), Word)]
    if isinstance(event, Sent) and not event.piece.is_of_known_kind:
        values.append(event.piece.kind)
    return [*event.unread, *filter(None, values)]


@dataclass(frozen=True, slots=True)
class _SentData:
    """The data of a sending, by the fields that they fill."""

    together: tuple[str, ...]
    """Contacts, where there are several."""
    of_piece: Data
    of_event: Data


def _read_sent(data: Data) -> _SentData:
    of_piece = {
        "title": _text(data, "title"),
        "subject": _text(data, "subject"),
        "kind": _text(data, "letter_kind") or LetterKind.REQUEST.value,
        "written": _day(data, "date"),
        "address": _texts(data, "address"),
        "questions": _texts(data, "questions"),
        "follows": _texts(data, "follows"),
        "reply_by": _day(data, "reply_by"),
        "files": tuple(PieceFile(name, sha256) for name, sha256 in _named_files(data)),
        "version": _text(data, "version"),
    }
    of_event = {
        "channel": Channel.of(_needed(data, "channel")),
        "tracking": _text(data, "tracking"),
        "role": _text(data, "role"),
        "is_edited": _flag(data, "edited"),
        "is_again": _flag(data, "again"),
        "reason": _text(data, "reason"),
        "message_id": _text(data, "message_id"),
        "accepted": _text(data, "accepted"),
    }
    return _SentData(_texts(data, "together"), of_piece, of_event)


def _made_of(head: Data, read: _SentData) -> Sent:
    contacts = read.together or (head["contact"],)
    piece = Piece(letter=head["letter"], contacts=contacts, **read.of_piece)
    return Sent(**head, piece=piece, **read.of_event)


def _sent(head: Data, data: Data) -> Sent:
    return _made_of(head, _read_sent(data))


def _sent_data(event: Sent) -> dict[str, Any]:
    piece = event.piece
    return {
        "channel": str(event.channel),
        "tracking": event.tracking,
        "title": piece.title,
        "subject": piece.subject,
        "letter_kind": piece.kind,
        "role": event.role,
        "date": piece.written.isoformat() if piece.written else "",
        "address": list(piece.address),
        "questions": list(piece.questions),
        "follows": list(piece.follows),
        "reply_by": piece.reply_by.isoformat() if piece.reply_by else "",
        "together": list(piece.contacts) if len(piece.contacts) > 1 else [],
        "edited": event.is_edited,
        "version": piece.version,
        "again": event.is_again,
        "reason": event.reason,
        "message_id": event.message_id,
        "accepted": event.accepted,
    }


def _received(head: Data, data: Data) -> Received:
    return Received(**head, proof=Proof.of(_text(data, "proof")), files=_files(data))


def _received_data(event: Received) -> dict[str, Any]:
    return {"proof": str(event.proof)}


def _answered(head: Data, data: Data) -> Answered:
    questions = data.get("questions", {})
    if not isinstance(questions, dict) or not all(isinstance(text, str) for text in questions.values()):
        raise _wrong("questions")
    return Answered(
        **head,
        answer=AnswerKind.of(_needed(data, "kind")),
        questions=dict(questions),
        position=Position.of(_text(data, "position")),
        source=_text(data, "source"),
        forwarded_to=_text(data, "forwarded_to"),
        files=_files(data),
        note=_text(data, "note"),
        dated=_day(data, "dated"),
    )


def _answered_data(event: Answered) -> dict[str, Any]:
    return {
        "kind": str(event.answer),
        "questions": dict(event.questions),
        "position": str(event.position),
        "source": event.source,
        "forwarded_to": event.forwarded_to,
        "note": event.note,
        "dated": event.dated.isoformat() if event.dated else "",
    }


def _extended(head: Data, data: Data) -> Extended:
    to = _read("data.to", date.fromisoformat, _needed(data, "to"))
    return Extended(**head, to=to, reason=_text(data, "reason"))


def _extended_data(event: Extended) -> dict[str, Any]:
    return {"to": event.to.isoformat(), "reason": event.reason}


def _stopped(head: Data, data: Data) -> Stopped:
    return Stopped(**head, reason=_text(data, "reason"))


def _stopped_data(event: Stopped) -> dict[str, Any]:
    return {"reason": event.reason}


def _noted(head: Data, data: Data) -> Noted:
    return Noted(**head, note=_text(data, "note"))


def _noted_data(event: Noted) -> dict[str, Any]:
    return {"note": event.note}


def _voided(head: Data, data: Data) -> Voided:
    return Voided(**head, event=_needed(data, "event"))


def _voided_data(event: Voided) -> dict[str, Any]:
    return {"event": event.event}


def _forgotten(head: Data, data: Data) -> Forgotten:
    counts = data.get("counts", {})
    if not isinstance(counts, dict) or not all(isinstance(count, int) for count in counts.values()):
        raise _wrong("counts")
    return Forgotten(**head, tombstone=_text(data, "tombstone"), counts=counts)


def _forgotten_data(event: Forgotten) -> dict[str, Any]:
    return {"tombstone": event.tombstone, "counts": dict(event.counts)}


@dataclass(frozen=True, slots=True)
class _Form:
    """How a kind of event is stored."""

    read: Callable[[Data, Data], Event]
    """From the fields that all events have, and its data."""
    write: Callable[[Any], dict[str, Any]]
    """Its data but for files."""
    keys: frozenset[str]
    """Of its data, as far as this version knows them."""


def _form(read: Callable[[Data, Data], Event], write: Callable[[Any], dict[str, Any]], keys: str) -> _Form:
    return _Form(read, write, frozenset(keys.split()))


_FORMS: Mapping[str, _Form] = {
    Sent.KIND: _form(
        _sent,
        _sent_data,
        "channel tracking title subject letter_kind role date address questions follows reply_by together"
        " edited version again reason message_id accepted files",
    ),
    Received.KIND: _form(_received, _received_data, "proof files"),
    Answered.KIND: _form(
        _answered, _answered_data, "kind questions position source forwarded_to files note dated"
    ),
    Extended.KIND: _form(_extended, _extended_data, "to reason"),
    Stopped.KIND: _form(_stopped, _stopped_data, "reason"),
    Noted.KIND: _form(_noted, _noted_data, "note"),
    Voided.KIND: _form(_voided, _voided_data, "event"),
    Forgotten.KIND: _form(_forgotten, _forgotten_data, "tombstone counts"),
}
"""By kind."""


def _read(key: str, read: Callable[[str], _Value], value: object) -> _Value:
    try:
        return read(str(value))
    except ValueError as error:
        raise EventError(_("{key} cannot be read: '{value}'", key=key, value=value)) from error


def _needed(data: Data, key: str) -> str:
    if not (isinstance(data.get(key), str) and data[key]):
        raise EventError(_("data.{key} is missing", key=key))
    return str(data[key])


def _text(data: Data, key: str) -> str:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise _wrong(key)
    return value or ""


def _flag(data: Data, key: str) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        raise _wrong(key)
    return value


def _day(data: Data, key: str) -> date | None:
    value = data.get(key)
    return _read(f"data.{key}", date.fromisoformat, value) if value else None


def _texts(data: Data, key: str) -> tuple[str, ...]:
    if key not in data:
        return ()
    values = data[key]
    if not isinstance(values, list) or not _TEXT.issuperset(map(type, values)):
        raise _wrong(key)
    return tuple(values)


def _files(data: Data) -> tuple[ArchivedFile, ...]:
    return tuple(ArchivedFile(name, sha256) for name, sha256 in _named_files(data))


def _named_files(data: Data) -> list[tuple[str, str]]:
    """Return name and SHA-256 of each file."""
    entries = data.get("files", [])
    if not isinstance(entries, list):
        raise _wrong("files")
    found = []
    for entry in entries:
        name, sha256 = (entry.get("name"), entry.get("sha256")) if isinstance(entry, dict) else (None, None)
        if not (isinstance(name, str) and isinstance(sha256, str) and _SHA.fullmatch(sha256)):
            raise _wrong("files")
        found.append((name, sha256))
    return found


def _wrong(key: str) -> EventError:
    return EventError(_("data.{key} has another form", key=key))
