"""The Event, the only thing the journal holds; JSON Lines and back."""

import json
import re
import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any, TypeVar

from outreach.language import _

_Value = TypeVar("_Value")

KINDS = ("sent", "received", "answered", "extended", "noted", "voided", "forgotten")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, or that was found out, on a day."""

    id: str
    """UUIDv7: in the order of recording."""
    at: date
    """Day on which it happened, local calendar."""
    recorded_at: datetime
    """UTC."""
    author: str
    kind: str
    """One of `KINDS`."""
    contact: str = ""
    letter: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the kind needs besides: channel, proof, answers, files; JSON values only."""

    @property
    def order(self) -> tuple[date, datetime, str]:
        """The order in which events count, whatever order they arrived in."""
        return (self.at, self.recorded_at, self.id)


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


def to_row(event: Event) -> dict[str, Any]:
    """Return the event as JSON values; `recorded_at` in UTC with microseconds."""
    recorded = event.recorded_at.astimezone(timezone.utc).isoformat(timespec="microseconds")
    values = {name: getattr(event, name) for name in Event.__slots__}
    return {**values, "at": event.at.isoformat(), "recorded_at": recorded, "data": dict(event.data)}


def to_line(event: Event) -> str:
    """Return the event as one line of JSON, its keys in a fixed order."""
    return json.dumps(to_row(event), ensure_ascii=False, sort_keys=True)


def from_row(row: Mapping[str, Any]) -> Event:
    """Return the event of a row.

    Raises:
        ValueError: a value is missing, unknown or of the wrong form; the message names it.
    """
    missing = sorted({"id", "at", "recorded_at", "author", "kind"} - row.keys())
    if missing:
        raise ValueError(_("{key} is missing", key=missing[0]))
    unknown = sorted(row.keys() - Event.__slots__)
    if unknown:
        raise ValueError(_("unknown key '{key}'", key=unknown[0]))
    if row["kind"] not in KINDS:
        raise ValueError(_("unknown kind '{kind}'", kind=row["kind"]))
    recorded = _value("recorded_at", datetime.fromisoformat, row["recorded_at"])
    if recorded.tzinfo is None:
        raise ValueError(_("recorded_at has no time zone"))
    data = row.get("data", {})
    check_data(str(row["kind"]), data)
    return Event(
        id=str(_value("id", uuid.UUID, row["id"])),
        at=_value("at", date.fromisoformat, row["at"]),
        recorded_at=recorded.astimezone(timezone.utc),
        author=str(row["author"]),
        kind=str(row["kind"]),
        contact=str(row.get("contact", "")),
        letter=str(row.get("letter", "")),
        data=data,
    )


def _value(key: str, read: Callable[[str], _Value], value: object) -> _Value:
    try:
        return read(str(value))
    except ValueError as error:
        raise ValueError(_("{key} cannot be read: '{value}'", key=key, value=value)) from error


_NEEDED = {"sent": "channel", "answered": "kind", "extended": "to", "voided": "event"}
"""Kind to what its data must say."""


def check_data(kind: str, data: object) -> None:
    """Raise a ValueError for data that nothing could be made of later; its message says what is wrong."""
    if not isinstance(data, Mapping):
        raise ValueError(_("data is not an object"))  # noqa: TRY004  (callers catch one error for every fault)
    needed = _NEEDED.get(kind)
    if needed and not (isinstance(data.get(needed), str) and data[needed]):
        raise ValueError(_("data.{key} is missing", key=needed))
    for key in ("to", "date", "reply_by"):
        if key in data:
            _value(f"data.{key}", date.fromisoformat, data[key])
    forms = {
        "questions": dict if kind == "answered" else list,
        "follows": list,
        "together": list,
        "files": list,
    }
    wrong = [key for key, form in forms.items() if key in data and not isinstance(data[key], form)]
    for key in ("questions", "follows", "together"):
        if key in data and key not in wrong and not all(isinstance(one, str) for one in data[key]):
            wrong.append(key)
    wrong += ["files"] * (not wrong and not all(map(_is_file, data.get("files", ()))))
    if wrong:
        raise ValueError(_("data.{key} has another form", key=wrong[0]))


def _is_file(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and re.fullmatch("[0-9a-f]{64}", str(entry.get("sha256"))) is not None
    )


def from_line(line: str) -> Event:
    """Return the event of a line of JSON; raises as `from_row`."""
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise ValueError(_("not a JSON object"))  # noqa: TRY004  (callers catch one error for every fault)
    return from_row(row)


def tombstone(contact: str) -> str:
    """Return what a forgotten contact leaves, so that no import brings it back: a hash of its id."""
    return sha256(f"outreach contact {contact}".encode()).hexdigest()


def without(data: Mapping[str, Any], contact: str) -> Mapping[str, Any]:
    """Return an event's data without a contact that it mentions: in a joint letter, or as forwarded to."""
    found = dict(data)
    if found.get("forwarded_to") == contact:
        del found["forwarded_to"]
    if contact in found.get("together", ()):
        found["together"] = [other for other in found["together"] if other != contact]
        found.pop("address", None)  # it names all of them
    return found


def voided_ids(events: Iterable[Event]) -> set[str]:
    """Return the ids of the events that another one voids; a voided voiding has no effect."""
    voided: set[str] = set()
    voidings = [event for event in events if event.kind == "voided"]
    for event in sorted(voidings, key=lambda event: (event.recorded_at, event.id), reverse=True):
        if event.id not in voided:
            voided.add(str(event.data["event"]))
    return voided


def tombstones(events: Iterable[Event]) -> dict[str, datetime]:
    """Return what forgotten contacts left, each with the last moment at which it was forgotten."""
    found: dict[str, datetime] = {}
    for event in events:
        if event.kind == "forgotten":
            stone = str(event.data.get("tombstone"))
            found[stone] = max(event.recorded_at, found.get(stone, event.recorded_at))
    return found


def is_forgotten(event: Event, forgotten: Mapping[str, datetime]) -> bool:
    """Tell whether an event was recorded of a contact before that was forgotten."""
    day = forgotten.get(tombstone(event.contact)) if event.contact else None
    return day is not None and event.recorded_at <= day


def effective(events: Iterable[Event]) -> list[Event]:
    """Return the events that count, in the order in which they count."""
    found = list(events)
    voided = voided_ids(found)
    kept = [event for event in found if event.id not in voided and event.kind != "voided"]
    forgotten = tombstones(kept)
    if forgotten:  # on another laptop: what was recorded of the person before does not count here either
        kept = [event for event in kept if not is_forgotten(event, forgotten)]
    return sorted(kept, key=lambda event: event.order)
