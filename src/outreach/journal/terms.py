"""The closed lists of words that events are made of, as they are typed and stored."""

from enum import Enum


class Channel(str, Enum):
    """How a letter went."""

    POST = "post"
    REGISTERED = "registered"
    HAND = "hand"
    EMAIL = "email"
    FORM = "form"


class Proof(str, Enum):
    """What shows that a letter arrived."""

    ACKNOWLEDGEMENT = "acknowledgement"
    DELIVERY = "delivery"
    STAMP = "stamp"


class AnswerKind(str, Enum):
    """What kind of answer came."""

    ACKNOWLEDGEMENT = "acknowledgement"
    PARTIAL = "partial"
    FULL = "full"
    REFUSAL = "refusal"
    FORWARDED = "forwarded"
    MEETING = "meeting"
    NO_SUCH_DOCUMENT = "no-such-document"
    RETURNED = "returned"


CONTENTS = (
    AnswerKind.PARTIAL,
    AnswerKind.FULL,
    AnswerKind.REFUSAL,
    AnswerKind.MEETING,
    AnswerKind.NO_SUCH_DOCUMENT,
)
"""Answers that say something to the matter."""


class Position(str, Enum):
    """What position an answer takes."""

    FAVOURABLE = "favourable"
    OPPOSED = "opposed"
    UNDECIDED = "undecided"
    NONE = "none"
