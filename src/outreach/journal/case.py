"""Fold events into cases: where a letter to a contact stands, and how it ended. Nothing here is stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from outreach.errors import Problem
from outreach.journal.event import Event, effective

CHANNELS = ("post", "registered", "hand", "email", "form")
PROOFS = ("acknowledgement", "delivery", "stamp")
ANSWERS = (
    "acknowledgement",
    "partial",
    "full",
    "refusal",
    "forwarded",
    "meeting",
    "no-such-document",
    "returned",
)
POSITIONS = ("favourable", "opposed", "undecided", "none")
STATUSES = ("draft", "generated", "sent", "received", "acknowledged", "answered", "closed")
OUTCOMES = (
    "waiting",
    "partial",
    "full",
    "refused",
    "tacit-refusal",
    "forwarded",
    "returned",
    "no-such-document",
    "met",
)

_OUTCOME_OF = {
    "partial": "partial",
    "full": "full",
    "refusal": "refused",
    "forwarded": "forwarded",
    "meeting": "met",
    "no-such-document": "no-such-document",
    "returned": "returned",
}


@dataclass(slots=True)
class Case:
    """One letter to one contact, from its first sending on."""

    contact: str
    letter: str
    sent: list[Event] = field(default_factory=list)
    """Every sending, first one first."""
    received: Event | None = None
    """The first proof of receipt."""
    answers: list[Event] = field(default_factory=list)
    extensions: list[Event] = field(default_factory=list)

    @property
    def sent_on(self) -> date | None:
        """Day of the first sending."""
        return self.sent[0].at if self.sent else None

    @property
    def letter_kind(self) -> str:
        """Kind of the letter, as in its front matter."""
        return str(self.sent[0].data.get("letter_kind", "request")) if self.sent else "request"

    @property
    def acknowledged(self) -> Event | None:
        """The first acknowledgement."""
        return next((event for event in self.answers if event.data["kind"] == "acknowledgement"), None)

    @property
    def status(self) -> str:
        """Where the case stands, one of `STATUSES` from `sent` on."""
        if self.outcome in ("full", "no-such-document"):
            return "closed"
        if self.outcome not in ("waiting", "returned"):
            return "answered"
        if self.acknowledged:
            return "acknowledged"
        return "received" if self.received else "sent"

    @property
    def outcome(self) -> str:
        """How it ended so far, one of `OUTCOMES`; the last answer with a content decides."""
        kinds = [str(event.data["kind"]) for event in self.answers]
        return next((_OUTCOME_OF[kind] for kind in reversed(kinds) if kind in _OUTCOME_OF), "waiting")

    @property
    def asked(self) -> list[str]:
        """Ids of the questions that the letter asked."""
        return list(self.sent[0].data.get("questions", [])) if self.sent else []

    @property
    def answered(self) -> dict[str, str]:
        """Question to its last answer, of those that the letter asked."""
        found: dict[str, str] = {}
        for event in self.answers:
            replies: dict[str, Any] = event.data.get("questions", {})
            found |= {key: str(text) for key, text in replies.items()}
        return {key: text for key, text in found.items() if key in self.asked}

    @property
    def unanswered(self) -> list[str]:
        """Questions still open; none once the answer was full."""
        return [] if self.outcome == "full" else [key for key in self.asked if key not in self.answered]


def cases(events: Iterable[Event]) -> dict[tuple[str, str], Case]:
    """Return each case by (contact, letter), by first event; the order of arrival does not matter."""
    found: dict[tuple[str, str], Case] = {}
    for event in effective(events):
        if not event.letter or event.kind not in ("sent", "received", "answered", "extended"):
            continue
        case = found.setdefault((event.contact, event.letter), Case(event.contact, event.letter))
        if event.kind == "sent":
            case.sent.append(event)
        elif event.kind == "received":
            case.received = case.received or event
        elif event.kind == "answered":
            case.answers.append(event)
        else:
            case.extensions.append(event)
    return found


def sending_key(event: Event) -> tuple[str, str, str]:
    """Return what may be sent once: contact, letter, channel."""
    return (event.contact, event.letter, str(event.data["channel"]))


def conflicts(events: Iterable[Event]) -> list[Problem]:
    """Return a warning for each letter that two laptops recorded as sent without saying "again"."""
    first: dict[tuple[str, str, str], Event] = {}
    found = []
    for event in effective(events):
        if event.kind != "sent":
            continue
        earlier = first.setdefault(sending_key(event), event)
        if earlier is not event and not event.data.get("again"):
            what = f"letter '{event.letter}' to '{event.contact}' by {event.data['channel']}"
            message = f"{what} is recorded as sent twice, on {earlier.at} and on {event.at}"
            hint = f"undo one of them: outreach log undo {event.id}"
            found.append(Problem("outreach.db", 0, message, hint, "warning"))
    return found
