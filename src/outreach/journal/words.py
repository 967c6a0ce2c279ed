"""The closed lists of words that the journal is made of: as they are typed, stored and said."""

from outreach.language import NP_, Word, _, ngettext, pgettext


class Channel(Word):
    """How a letter went."""

    POST = "post", NP_("channel", "post"), NP_("how", "sent by post")
    REGISTERED = "registered", NP_("channel", "registered"), NP_("how", "sent by registered mail")
    HAND = "hand", NP_("channel", "hand"), NP_("how", "handed over")
    EMAIL = "email", NP_("channel", "e-mail"), NP_("how", "sent by e-mail")
    FORM = "form", NP_("channel", "form"), NP_("how", "sent through a form")

    how: tuple[str, str]
    """What was done with the letter, to be said of it in a sentence."""

    def __init__(
        self, text: str, marked: tuple[str, str] = ("", ""), how: tuple[str, str] = ("", "")
    ) -> None:
        """Keep what the row of the member says."""
        super().__init__(text, marked)
        self.how = how


def said_sent(channel: "Channel | str") -> str:
    """Return how a letter went, as in "sent by post"; a channel of a newer version by its own word."""
    return pgettext(*channel.how) if isinstance(channel, Channel) else _("sent by {channel}", channel=channel)


class Proof(Word):
    """What shows that a letter arrived."""

    ACKNOWLEDGEMENT = "acknowledgement", NP_("answer", "acknowledgement")
    DELIVERY = "delivery", NP_("proof", "delivery")
    STAMP = "stamp", NP_("proof", "stamp")


class Position(Word):
    """What position an answer takes."""

    FAVOURABLE = "favourable", NP_("position", "favourable")
    OPPOSED = "opposed", NP_("position", "opposed")
    UNDECIDED = "undecided", NP_("position", "undecided")
    NONE = "none", NP_("position", "none")


class Status(Word):
    """Where a letter to a contact stands."""

    DRAFT = "draft", NP_("status", "draft")
    GENERATED = "generated", NP_("status", "generated")
    SENT = "sent", NP_("status", "sent")
    RECEIVED = "received", NP_("status", "received")
    ACKNOWLEDGED = "acknowledged", NP_("status", "acknowledged")
    ANSWERED = "answered", NP_("status", "answered")
    CLOSED = "closed", NP_("status", "closed")

    def counted(self, count: int) -> str:
        """Return how many letters stand there, in words."""
        return {
            Status.DRAFT: ngettext("{count} draft", "{count} drafts", count),
            Status.GENERATED: ngettext("{count} generated", "{count} generated", count),
            Status.SENT: ngettext("{count} sent", "{count} sent", count),
            Status.RECEIVED: ngettext("{count} received", "{count} received", count),
            Status.ACKNOWLEDGED: ngettext("{count} acknowledged", "{count} acknowledged", count),
            Status.ANSWERED: ngettext("{count} answered", "{count} answered", count),
            Status.CLOSED: ngettext("{count} closed", "{count} closed", count),
        }[self]


class Outcome(Word):
    """How a case ended so far."""

    WAITING = "waiting", NP_("outcome", "waiting"), None
    PARTIAL = "partial", NP_("outcome", "partial"), Status.ANSWERED
    FULL = "full", NP_("outcome", "full"), Status.CLOSED
    REFUSED = "refused", NP_("outcome", "refused"), Status.ANSWERED
    TACIT_REFUSAL = "tacit-refusal", NP_("outcome", "tacit refusal"), Status.ANSWERED
    FORWARDED = "forwarded", NP_("outcome", "forwarded"), Status.ANSWERED
    RETURNED = "returned", NP_("outcome", "returned"), None
    NO_SUCH_DOCUMENT = "no-such-document", NP_("outcome", "no such document"), Status.CLOSED
    MET = "met", NP_("outcome", "met"), Status.ANSWERED

    status: Status | None
    """Where it leaves the case; None where that hangs on what else came back."""

    def __init__(self, text: str, marked: tuple[str, str] = ("", ""), status: Status | None = None) -> None:
        """Keep what the row of the member says."""
        super().__init__(text, marked)
        self.status = status

    @property
    def is_end(self) -> bool:
        """Tell whether nothing more is to come of it."""
        return self.status is not None and self is not Outcome.PARTIAL


class AnswerKind(Word):
    """What kind of answer came, and what becomes of the case by it."""

    ACKNOWLEDGEMENT = "acknowledgement", NP_("answer", "acknowledgement"), None
    PARTIAL = "partial", NP_("answer", "partial"), Outcome.PARTIAL
    FULL = "full", NP_("answer", "full"), Outcome.FULL
    REFUSAL = "refusal", NP_("answer", "refusal"), Outcome.REFUSED
    FORWARDED = "forwarded", NP_("answer", "forwarded"), Outcome.FORWARDED
    MEETING = "meeting", NP_("answer", "meeting"), Outcome.MET
    NO_SUCH_DOCUMENT = "no-such-document", NP_("answer", "no such document"), Outcome.NO_SUCH_DOCUMENT
    RETURNED = "returned", NP_("answer", "returned"), Outcome.RETURNED

    outcome: Outcome | None
    """None where it leaves the case waiting."""

    def __init__(self, text: str, marked: tuple[str, str] = ("", ""), outcome: Outcome | None = None) -> None:
        """Keep what the row of the member says."""
        super().__init__(text, marked)
        self.outcome = outcome

    @property
    def has_content(self) -> bool:
        """Tell whether it says something to the matter, and neither confirms, goes on nor comes back."""
        return self.outcome not in (None, Outcome.FORWARDED, Outcome.RETURNED)


class Grouping(Word):
    """What letters are counted by."""

    DEPARTMENT = "department", NP_("selector", "department")
    ROLE = "role", NP_("selector", "role")
    TAG = "tag", NP_("selector", "tag")
    LETTER = "letter", NP_("selector", "letter")


def step_word(step: str) -> str:
    """Return the name of a follow-up step: a shipped one in words, a campaign's own as it is written."""
    return pgettext("step", step) if step else ""
