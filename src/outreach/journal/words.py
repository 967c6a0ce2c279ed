"""Say states, events and what they hold in the user's language; options and JSON have them as they are."""

from outreach.language import NP_, ngettext, pgettext

_STATUSES = {
    "draft": NP_("status", "draft"),
    "generated": NP_("status", "generated"),
    "sent": NP_("status", "sent"),
    "received": NP_("status", "received"),
    "acknowledged": NP_("status", "acknowledged"),
    "answered": NP_("status", "answered"),
    "closed": NP_("status", "closed"),
}
_OUTCOMES = {
    "waiting": NP_("outcome", "waiting"),
    "partial": NP_("outcome", "partial"),
    "full": NP_("outcome", "full"),
    "refused": NP_("outcome", "refused"),
    "tacit-refusal": NP_("outcome", "tacit refusal"),
    "forwarded": NP_("outcome", "forwarded"),
    "returned": NP_("outcome", "returned"),
    "no-such-document": NP_("outcome", "no such document"),
    "met": NP_("outcome", "met"),
}
_EVENTS = {
    "sent": NP_("event", "sent"),
    "received": NP_("event", "received"),
    "answered": NP_("event", "answered"),
    "extended": NP_("event", "extended"),
    "noted": NP_("event", "noted"),
    "voided": NP_("event", "voided"),
    "forgotten": NP_("event", "forgotten"),
}
_DATA = {
    "post": NP_("channel", "post"),
    "registered": NP_("channel", "registered"),
    "hand": NP_("channel", "hand"),
    "email": NP_("channel", "e-mail"),
    "form": NP_("channel", "form"),
    "acknowledgement": NP_("answer", "acknowledgement"),
    "delivery": NP_("proof", "delivery"),
    "stamp": NP_("proof", "stamp"),
    "partial": NP_("answer", "partial"),
    "full": NP_("answer", "full"),
    "refusal": NP_("answer", "refusal"),
    "forwarded": NP_("answer", "forwarded"),
    "meeting": NP_("answer", "meeting"),
    "no-such-document": NP_("answer", "no such document"),
    "returned": NP_("answer", "returned"),
    "favourable": NP_("position", "favourable"),
    "opposed": NP_("position", "opposed"),
    "undecided": NP_("position", "undecided"),
    "none": NP_("position", "none"),
}


def status_word(status: str) -> str:
    """Return where a letter stands; `draft` and `generated` besides what a case can be."""
    return pgettext(*_STATUSES[status])


def counted_status(status: str, count: int) -> str:
    """Return how many letters stand there."""
    return {
        "draft": ngettext("{count} draft", "{count} drafts", count),
        "generated": ngettext("{count} generated", "{count} generated", count),
        "sent": ngettext("{count} sent", "{count} sent", count),
        "received": ngettext("{count} received", "{count} received", count),
        "acknowledged": ngettext("{count} acknowledged", "{count} acknowledged", count),
        "answered": ngettext("{count} answered", "{count} answered", count),
        "closed": ngettext("{count} closed", "{count} closed", count),
        "overdue": ngettext("{count} overdue", "{count} overdue", count),
    }[status]


def outcome_word(outcome: str) -> str:
    """Return how it ended, one of `OUTCOMES`."""
    return pgettext(*_OUTCOMES[outcome])


def event_word(kind: str) -> str:
    """Return what happened, one of `KINDS`."""
    return pgettext(*_EVENTS[kind])


def data_word(value: str) -> str:
    """Return a channel, a proof, a kind of answer or a position; any other text as it is."""
    return pgettext(*_DATA[value]) if value in _DATA else value


def step_word(step: str) -> str:
    """Return the name of a follow-up step: a shipped one in words, a campaign's own as it is written."""
    return pgettext("step", step) if step else ""
