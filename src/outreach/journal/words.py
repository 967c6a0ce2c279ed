"""Say states, events and what they hold in the user's language; options and JSON have them as they are."""

from outreach.language import ngettext, pgettext


def status_word(status: str) -> str:
    """Return where a letter stands, one of `STATUSES`."""
    return {
        "draft": pgettext("status", "draft"),
        "generated": pgettext("status", "generated"),
        "sent": pgettext("status", "sent"),
        "received": pgettext("status", "received"),
        "acknowledged": pgettext("status", "acknowledged"),
        "answered": pgettext("status", "answered"),
        "closed": pgettext("status", "closed"),
    }[status]


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
    return {
        "waiting": pgettext("outcome", "waiting"),
        "partial": pgettext("outcome", "partial"),
        "full": pgettext("outcome", "full"),
        "refused": pgettext("outcome", "refused"),
        "tacit-refusal": pgettext("outcome", "tacit refusal"),
        "forwarded": pgettext("outcome", "forwarded"),
        "returned": pgettext("outcome", "returned"),
        "no-such-document": pgettext("outcome", "no such document"),
        "met": pgettext("outcome", "met"),
    }[outcome]


def event_word(kind: str) -> str:
    """Return what happened, one of `KINDS`."""
    return {
        "sent": pgettext("event", "sent"),
        "received": pgettext("event", "received"),
        "answered": pgettext("event", "answered"),
        "extended": pgettext("event", "extended"),
        "noted": pgettext("event", "noted"),
        "voided": pgettext("event", "voided"),
        "forgotten": pgettext("event", "forgotten"),
    }[kind]


def data_word(value: str) -> str:
    """Return a channel, a proof, a kind of answer or a position; any other text as it is."""
    return {
        "post": pgettext("channel", "post"),
        "registered": pgettext("channel", "registered"),
        "hand": pgettext("channel", "hand"),
        "email": pgettext("channel", "e-mail"),
        "form": pgettext("channel", "form"),
        "acknowledgement": pgettext("answer", "acknowledgement"),
        "delivery": pgettext("proof", "delivery"),
        "stamp": pgettext("proof", "stamp"),
        "partial": pgettext("answer", "partial"),
        "full": pgettext("answer", "full"),
        "refusal": pgettext("answer", "refusal"),
        "forwarded": pgettext("answer", "forwarded"),
        "meeting": pgettext("answer", "meeting"),
        "no-such-document": pgettext("answer", "no such document"),
        "returned": pgettext("answer", "returned"),
        "favourable": pgettext("position", "favourable"),
        "opposed": pgettext("position", "opposed"),
        "undecided": pgettext("position", "undecided"),
        "none": pgettext("position", "none"),
    }.get(value, value)


def step_word(step: str) -> str:
    """Return the name of a follow-up step: a shipped one in words, a campaign's own as it is written."""
    return pgettext("step", step) if step else ""
