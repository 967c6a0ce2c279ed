"""The Assignment: one letter to write, of which template, to whom, and what it follows up."""

from dataclasses import dataclass
from datetime import date

from outreach.letters.piece import Piece
from outreach.letters.questions import Question
from outreach.letters.template import LetterKind, Template
from outreach.people.contact import Contact

JOINT = "joint"
"""Stands for the contact in the names of a joint letter's files."""


@dataclass(frozen=True, slots=True)
class Previous:
    """A letter sent before, as one that follows it up speaks of it."""

    piece: Piece
    sent_on: date
    channel: str
    """How it went, as the journal has it."""
    tracking: str = ""
    received_on: date | None = None
    """Only where it is proved."""
    answered_on: date | None = None
    """On which the last written answer with a content came."""
    answer_dated: date | None = None
    """That answer's own date, where it is known."""
    met_on: date | None = None
    """Of the last meeting about it."""
    refused_on: date | None = None
    """Notified, or born of silence after a proved receipt."""
    refusal_dated: date | None = None
    """The own date of a notified refusal, where it is known."""
    is_tacit: bool = False
    """The refusal is one of silence."""
    deadline: date | None = None
    """By when an answer was asked for, or was due; None while that day is ahead."""
    questions: tuple[Question, ...] = ()
    """Those still unanswered, in the campaign's order."""
    answered: tuple[Question, ...] = ()
    """Those that it asked and that are answered, likewise."""
    reminded_on: date | None = None
    """Of the last reminder that was sent."""
    forwarded_by: str = ""
    """Who had the letter first and forwarded it; empty for none."""
    expired_on: date | None = None
    """Last day of the limit that the letter at hand had, where it has passed."""
    referred_on: date | None = None
    """Own date of the last referral about it."""
    acknowledged_on: date | None = None
    """Of the first acknowledgement that is recorded; without one a limit may not bind."""
    heard: tuple[str, ...] = ()
    """Ids of the events of all letters to the contact, which all this is known from."""

    @property
    def written(self) -> date:
        """The letter's own date, else the day on which it was sent."""
        return self.piece.written or self.sent_on


@dataclass(frozen=True, slots=True)
class Assignment:
    """One letter to write."""

    template: Template
    recipients: tuple[Contact, ...]
    """At least one; several, by rank, only for a joint letter."""
    questions: tuple[Question, ...]
    """Those it asks, in the campaign's order."""
    about: tuple[Contact, ...] = ()
    """Whom it concerns, where that is not the recipient: a referral goes to an authority, another letter to
    the successor of whom the letters before went to.
    """
    earlier: tuple[Previous, ...] = ()
    """The letters that it follows up, oldest first; of a series one for each whom it concerns, likewise."""
    subfolder: str = ""
    """Folder below the letter's own, in a large run; else empty."""

    @property
    def predecessor(self) -> Contact | None:
        """Who held the recipient's office when the letters before went there; None if nobody else did."""
        is_other = self.template.kind is LetterKind.REFERRAL or not self.about
        return None if is_other else self.about[0]

    @property
    def contacts(self) -> tuple[str, ...]:
        """Ids of those in whose record it belongs; a predecessor first, who gives its files their name."""
        addressed = tuple(contact.id for contact in self.recipients)
        concerned = tuple(contact.id for contact in self.about)
        return (*concerned, *addressed) if self.predecessor or not concerned else concerned

    @property
    def is_series(self) -> bool:
        """Tell whether it is one referral about several contacts."""
        return len(self.about) > 1

    @property
    def contact(self) -> str:
        """What stands for them in the name of its files; a series has its request there, as no id is."""
        if self.is_series:
            return f"{JOINT}.{self.earlier[0].piece.letter}"
        return JOINT if self.template.joint else self.contacts[0]

    @property
    def name(self) -> str:
        """Name of its files without their ending, as in "mayor/maire-lyon"."""
        return "/".join(filter(None, (self.template.name, self.subfolder, self.contact)))


def still_open(template: Template, earlier: tuple[Previous, ...]) -> tuple[Question, ...]:
    """Return what a follow-up letter asks: what the letters before it asked and nobody has answered.

    A request for documents that names no question asks for documents alone.
    """
    if template.kind is LetterKind.DOCUMENTS and not template.questions:
        return ()
    waiting = {question for previous in earlier for question in previous.questions}
    chosen = [one for one in template.questions if one in waiting] if template.questions else waiting
    return tuple(sorted(chosen, key=lambda question: question.number))
