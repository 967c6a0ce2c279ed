"""Events as the program records them, for tests: each a microsecond after the one before."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from itertools import count
from typing import Any

from outreach.journal.event import Answered, Extended, Noted, Received, Sent, Voided
from outreach.journal.words import AnswerKind, Channel, Proof
from outreach.letters.piece import Piece

NOW = datetime(2025, 1, 1, tzinfo=timezone.utc)
NUMBERS: Iterator[int] = count(1)


def head(at: date | str, letter: str = "note", contact: str = "maire") -> dict[str, Any]:
    """Return what every event says, of a day."""
    number = next(NUMBERS)
    return {
        "id": str(uuid.UUID(int=number)),
        "at": at if isinstance(at, date) else date.fromisoformat(at),
        "recorded_at": NOW + timedelta(microseconds=number),
        "author": "A",
        "contact": contact,
        "letter": letter,
    }


def sent(
    at: date | str = "2024-12-02",
    channel: Channel = Channel.REGISTERED,
    letter: str = "note",
    *,
    contact: str = "maire",
    **piece: Any,
) -> Sent:
    """Return a sending; `piece` are values of the letter itself."""
    kind = {"reminder": "reminder", "cada-referral": "referral"}.get(letter, "request")
    values = {"title": letter, "kind": kind, "questions": ("a", "b"), **piece}
    return Sent(**head(at, letter, contact), piece=Piece(letter, (contact,), **values), channel=channel)


def received(at: date | str, letter: str = "note", proof: Proof = Proof.DELIVERY) -> Received:
    """Return a proof of receipt."""
    return Received(**head(at, letter), proof=proof)


def answered(
    at: date | str, answer: AnswerKind, letter: str = "note", *, contact: str = "maire", **values: Any
) -> Answered:
    """Return an answer; `values` are whatever it says besides."""
    return Answered(**head(at, letter, contact), answer=answer, **values)


def extended(at: date | str, to: str, reason: str = "demande") -> Extended:
    """Return a date that was moved."""
    return Extended(**head(at), to=date.fromisoformat(to), reason=reason)


def noted(at: date | str, note: str = "", contact: str = "maire") -> Noted:
    """Return a note, which is about no letter."""
    return Noted(**head(at, "", contact), note=note)


def voided(at: date | str, event: str) -> Voided:
    """Return the voiding of an event."""
    return Voided(**head(at), event=event)
