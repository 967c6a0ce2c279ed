"""The Fact: what a step of a ladder counts from or is ended by, with its one grammar."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from outreach.errors import did_you_mean
from outreach.language import _


class Happening(str, Enum):
    """What can happen to a letter: each has its day, so that a step may count from it or end by it."""

    RECEIVED = "received"
    """It arrived. As an end: a proof of it; as a start: the day of receipt, proved or estimated."""
    SENT = "sent"
    """A follow-up letter went: `sent:LETTER`, the second time `sent:LETTER:2`."""
    ACKNOWLEDGED = "acknowledged"
    """An acknowledgement, or any answer after it."""
    ANSWERED = "answered"
    """As a start: the first answer to the matter. As an end: nothing is open any more."""
    REPLIED = "replied"
    """An answer of any kind but an acknowledgement."""
    PARTIAL = "partial"
    FULL = "full"
    REFUSED = "refused"
    """Also `refused:LETTER`: after that follow-up letter was sent, recorded under either."""
    FORWARDED = "forwarded"
    MET = "met"
    NO_SUCH_DOCUMENT = "no-such-document"
    RETURNED = "returned"
    """It came back."""


_GRAMMAR = re.compile(r"(?P<word>[\w-]+)(?::(?P<letter>[\w-]+))?(?::(?P<number>[1-9]\d*))?")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happens to a letter, to one that follows it up, or a step of the same ladder."""

    what: Happening | str
    """A happening, or the id of a step before."""
    letter: str = ""
    """Name of the follow-up letter that it happens to, or after; empty for the letter itself."""
    number: int = 1
    """Of `sent`: which sending, from 1."""

    @property
    def is_step(self) -> bool:
        """Tell whether it is a step of the ladder, not a happening."""
        return not isinstance(self.what, Happening)

    def __str__(self) -> str:
        """Return the fact as it is written."""
        word = self.what.value if isinstance(self.what, Happening) else self.what
        number = str(self.number) if self.number > 1 else ""
        return ":".join(filter(None, (word, self.letter, number)))


class FactError(ValueError):
    """A text is no fact; the message says what would do."""


def parse_fact(text: str, steps: Collection[str]) -> Fact:
    """Read one fact.

    Args:
        text: As in "received", "sent:reminder:2" or "general-silence".
        steps: Ids of the steps that may be named: of the ladder, for a start; none, for an end.

    Raises:
        FactError: an unknown word, a letter where none belongs, or none where one does.
    """
    if text in steps:
        return Fact(text)
    found = _GRAMMAR.fullmatch(text)
    words = [happening.value for happening in Happening]
    if not found or found["word"] not in words:
        known = ["sent:LETTER" if word == Happening.SENT else word for word in words]
        near = did_you_mean(text, [*steps, *known])
        raise FactError(near or _("known: {names}", names=", ".join([*steps, *known])))
    happening, letter, number = Happening(found["word"]), found["letter"] or "", found["number"]
    if happening is Happening.SENT:
        if not letter:
            raise FactError(_("say which letter, as in sent:reminder"))
    elif number or (letter and happening not in (Happening.RECEIVED, Happening.REFUSED)):
        raise FactError(_("write '{word}' alone", word=happening.value))
    return Fact(happening, letter, int(number or 1))
