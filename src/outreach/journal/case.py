"""Fold events into cases: where a letter to a contact stands, and how it ended. Nothing here is stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from outreach.errors import Problem
from outreach.journal.event import Event, effective
from outreach.journal.procedure import is_bound
from outreach.journal.words import data_word
from outreach.language import _

OPENING_KINDS = ("request", "documents")
"""Kinds of letter that open a case; the others follow one up."""
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
    """Its sendings, first one first; once it has come back, those after that."""
    received: Event | None = None
    """The first proof of receipt."""
    answers: list[Event] = field(default_factory=list)
    extensions: list[Event] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    """Question to its last answer, whichever letter to the contact it was an answer to."""
    settled: set[str] = field(default_factory=set)
    """Questions of the letters to the contact that were answered in full."""
    forwarded_by: str = ""
    """Contact that forwarded the letter to this one; empty for none."""
    forwarded_on: date | None = None
    """Day of that, where it counts: whoever forwarded it is bound by no time limit."""

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
    def is_silent(self) -> bool:
        """Tell whether nothing but proofs of receipt has come back, and no date was moved."""
        return not (self.answers or self.extensions or self.replies or self.settled or self.forwarded_by)

    @property
    def status(self) -> str:
        """Where the case stands: `sent`, `received`, `acknowledged`, `answered` or `closed`."""
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
        if not self.answers:
            return "waiting"
        kinds = [str(event.data["kind"]) for event in self.answers]
        if self.received:  # one of two copies that came back changes nothing
            kinds = [kind for kind in kinds if kind != "returned"]
        return next((_OUTCOME_OF[kind] for kind in reversed(kinds) if kind in _OUTCOME_OF), "waiting")

    @property
    def asked(self) -> list[str]:
        """Ids of the questions that the letter asked."""
        return list(self.sent[0].data.get("questions", [])) if self.sent else []

    @property
    def answered(self) -> dict[str, str]:
        """Question to its last answer, of those that the letter asked."""
        return {key: text for key, text in self.replies.items() if key in self.asked}

    @property
    def unanswered(self) -> list[str]:
        """Questions still open, to whichever letter of the contact's the answer came."""
        return [key for key in self.asked if key not in self.replies and key not in self.settled]


def cases(events: Iterable[Event]) -> dict[tuple[str, str], Case]:
    """Return each case by (contact, letter), by first event; the order of arrival does not matter."""
    found: dict[tuple[str, str], Case] = {}
    replies: dict[str, dict[str, str]] = {}
    settled: dict[str, set[str]] = {}
    for event in effective(events):
        if not event.letter or event.kind not in ("sent", "received", "answered", "extended"):
            continue
        name = event.contact
        case = found.setdefault((name, event.letter), Case(name, event.letter))
        case.replies = replies.setdefault(name, case.replies)
        case.settled = settled.setdefault(name, case.settled)
        if event.kind == "sent":
            _send(case, event)
        elif event.kind == "received":
            case.received = case.received or event
        elif event.kind == "answered":
            _answer(case, event)
            _forward(case, event, found)
            for followed in _followed(case, event, found):
                _answer(followed, event)
        else:
            case.extensions.append(event)
    return found


def _send(case: Case, event: Event) -> None:
    if case.outcome == "returned":
        # It never arrived: what counts begins with this sending.
        case.sent, case.received = [], None
        case.answers = [answer for answer in case.answers if answer.data["kind"] != "returned"]
    case.sent.append(event)


def _answer(case: Case, event: Event) -> None:
    case.answers.append(event)
    replies: dict[str, Any] = event.data.get("questions", {})
    case.replies.update({key: str(text) for key, text in replies.items()})
    if event.data["kind"] == "full" and case.letter_kind == "request":
        case.settled.update(case.asked)


def _followed(case: Case, event: Event, found: dict[tuple[str, str], Case]) -> list[Case]:
    """Return the cases that an answer to a follow-up letter is an answer to as well."""
    is_about_letter = event.data["kind"] not in ("acknowledgement", "returned")
    if not is_about_letter or case.letter_kind in (*OPENING_KINDS, "referral"):
        return []
    names = case.sent[-1].data.get("follows") if case.sent else None
    return [
        other
        for other in found.values()
        if other.contact == case.contact
        and other.letter_kind in OPENING_KINDS
        and (other.letter in names if names else other is not case)
    ]


def _forward(case: Case, event: Event, found: dict[tuple[str, str], Case]) -> None:
    """Open the case of whom a letter was forwarded to.

    Its clock runs from the receipt by the administration first seized (L114-2 CRPA, from memory); whoever is
    none has started no clock.
    """
    target = str(event.data.get("forwarded_to", ""))
    is_forwarded = event.data["kind"] == "forwarded" and target not in ("", case.contact)
    if not is_forwarded or (target, case.letter) in found:
        return
    forwarded = Case(target, case.letter, list(case.sent), forwarded_by=case.contact)
    role = case.sent[0].data.get("role", "") if case.sent else ""
    if role and not is_bound(str(role)):
        forwarded.forwarded_on = event.at
    else:
        forwarded.received = case.received
    found[target, case.letter] = forwarded


Key = tuple[str, str, str, str]


def sending_key(event: Event) -> Key:
    """Return what may be sent once: contact, letter, channel; of a follow-up letter, with its date."""
    kind, channel = str(event.data.get("letter_kind", "request")), str(event.data["channel"])
    return key_of(event.contact, event.letter, channel, kind, str(event.data.get("date", "")))


def key_of(contact: str, letter: str, channel: str, kind: str, written: str) -> Key:
    """Return the same for a letter that is not recorded yet; a second reminder is not the first one again."""
    return (contact, letter, channel, "" if kind in OPENING_KINDS else written)


def sent_follow_ups(events: Iterable[Event]) -> set[tuple[str, str, str]]:
    """Return contact, letter and the letter's date of each follow-up letter sent, by any channel."""
    return {
        (event.contact, event.letter, str(event.data.get("date", "")))
        for event in effective(events)
        if event.kind == "sent" and event.data.get("letter_kind") not in OPENING_KINDS
    }


def conflicts(events: Iterable[Event]) -> list[Problem]:
    """Return a warning for each letter that two laptops recorded as sent without saying "again"."""
    first: dict[Key, Event] = {}
    found = []
    for event in effective(events):
        if event.kind != "sent":
            continue
        earlier = first.setdefault(sending_key(event), event)
        if earlier is not event and not event.data.get("again"):
            message = _(
                "letter '{letter}' to '{contact}' by {channel} is recorded as sent twice,"
                " on {first} and on {second}",
                letter=event.letter,
                contact=event.contact,
                channel=data_word(str(event.data["channel"])),
                first=earlier.at,
                second=event.at,
            )
            hint = _("undo one of them: outreach log undo {id}", id=event.id)
            found.append(Problem("outreach.db", 0, message, hint, "warning"))
    return found
