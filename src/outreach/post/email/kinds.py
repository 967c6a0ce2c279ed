"""Tell what kind of message came: a bounce, a notice, what a machine answers, what a person answers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from outreach.language import NP_, Word
from outreach.post.email.message import Message, addresses_in
from outreach.post.email.words import has_header, is_of_machine, is_of_robot, said_in

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
"""RFC 3463."""
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]{1,64}@[^\s<>\"'(),;:@]{1,255}")
_MOST = 50
"""Addresses that are looked at in a text."""
_LASTING = re.compile(r"5\.(?:1\.(?!7$|8$)\d+|2\.1)")
"""Codes that say nobody has the address, or its mailbox is closed; none about the sender's (RFC 3463)."""


class MailKind(Word):
    """What a message that came is."""

    BOUNCE = "bounce", NP_("mail", "returned")
    DELAYED = "delayed", NP_("mail", "still being tried")
    DELIVERED = "delivered", NP_("mail", "delivered")
    RELAYED = "relayed", NP_("mail", "passed on; proves nothing")
    ACKNOWLEDGEMENT = "acknowledgement", NP_("mail", "automatic acknowledgement")
    ABSENCE = "absence", NP_("mail", "absence notice")
    CHALLENGE = "challenge", NP_("mail", "asks whether a person wrote")
    ANSWER = "answer", NP_("mail", "answer")


@dataclass(frozen=True, slots=True)
class Told:
    """What kind a message is, and by what it was told."""

    kind: MailKind
    why: str = ""
    """The header or the words that say so."""
    whom: tuple[str, ...] = ()
    """Addresses that a bounce or a notice is about."""
    code: str = ""
    """Of a bounce, as 5.1.1 (RFC 3463) or 550."""
    is_hard: bool = False
    """Of a bounce: nothing will reach that address."""
    acknowledges: str = ""
    """Of an answer: the words in it that acknowledge receipt."""


def tell(message: Message) -> Told:
    """Return what kind a message is; what is nothing else is an answer."""
    return _report(message) or _written_bounce(message) or _automatic(message) or _answer(message)


_ACTIONS: Mapping[str, MailKind] = {
    "failed": MailKind.BOUNCE,
    "delivered": MailKind.DELIVERED,
    "delayed": MailKind.DELAYED,
    "relayed": MailKind.RELAYED,
    "expanded": MailKind.RELAYED,
}
"""RFC 3464, section 2.3.3; the first in this order counts where a report is about several."""


def _report(message: Message) -> Told | None:
    """Return what a delivery report says, or a reader's receipt; None if it is neither."""
    found: dict[MailKind, list[Mapping[str, str]]] = {}
    for block in message.report:
        kind = _ACTIONS.get(block.get("action", "").strip().lower())
        disposition = block.get("disposition", "").rpartition(";")[2].strip().lower()
        if not kind and disposition:  # RFC 8098, section 3.2.6
            is_there = disposition.startswith(("displayed", "processed", "deleted"))
            kind = MailKind.DELIVERED if is_there else MailKind.RELAYED
        if kind:
            found.setdefault(kind, []).append(block)
    for kind in _ACTIONS.values():
        if kind in found:
            blocks = found[kind]
            names = ("original-recipient", "final-recipient")
            whom = [one for block in blocks for name in names for one in _named(block.get(name, ""))]
            first = blocks[0]
            why = first.get("diagnostic-code") or first.get("status") or first.get("disposition", "")
            why = why.rpartition("; ")[2]  # behind what kind of server says it
            code = _code(f"{first.get('status', '')} {why}")
            return Told(kind, why, tuple(dict.fromkeys(whom)), code, _is_hard(code, why))
    return None


def _named(recipient: str) -> Iterator[str]:
    """Yield the address of a report's recipient, as in "rfc822; name@example.org"."""
    return addresses_in(recipient.rpartition(";")[2])


def _written_bounce(message: Message) -> Told | None:
    """Return what a mail server says in words alone; None if it is none."""
    is_of_server = is_of_machine(message.sender)
    failed = message.headers.get("x-failed-recipients", "")
    words = ""
    if is_of_server or message.headers.get("return-path", "") == "<>":  # so has what tells of an absence
        words = said_in("bounce_subject", message.subject)
    if is_of_server and not words:
        words = said_in("bounce_text", message.text)
    delayed = said_in("delayed", f"{message.subject} {message.text}")
    if is_of_server and not words:
        words = delayed
    if not (failed or words):
        return None
    text = f"{message.text}\n{message.quoted}"
    whom = [*addresses_in(failed), *(one.strip(".").lower() for one in _ADDRESS.findall(text)[:_MOST])]
    code = _code(message.text)
    kind = MailKind.DELAYED if delayed else MailKind.BOUNCE
    return Told(
        kind, delayed or words, tuple(dict.fromkeys(whom)), code, not delayed and _is_hard(code, text)
    )


def _code(text: str) -> str:
    """Return the first code that says more than that it failed, else the first."""
    found = [match[0] for match in islice(_STATUS.finditer(text), _MOST)]
    telling = [code for code in found if not code.endswith(".0.0")]
    reply = _REPLY.search(text)
    return next(iter([*telling, *found, *([reply[0]] if reply else [])]), "")


def _is_hard(code: str, words: str) -> bool:
    """Tell whether code and words say that nothing will ever reach the address."""
    return bool(_LASTING.fullmatch(code)) or (code.startswith("5") and bool(said_in("unknown", words)))


def _automatic(message: Message) -> Told | None:
    """Return what a machine answers; None where neither a header nor its words show that one does."""
    text = f"{message.subject} {message.text}"
    header = has_header("automatic", message.headers)
    challenge = said_in("challenge", text)
    if challenge and (header or not message.answers):
        return Told(MailKind.CHALLENGE, challenge)
    absence = said_in("absence", text)
    sign = header or said_in("automatic", text) or said_in("absence", message.subject)
    sign = sign or (message.sender if is_of_robot(message.sender) else "")
    if not sign:
        return None
    acknowledged = said_in("acknowledgement", text)
    if absence:
        return Told(MailKind.ABSENCE, absence, acknowledges=acknowledged)
    is_reply = header.startswith(("auto-submitted: auto-replied", "x-auto"))
    if acknowledged or (is_reply and message.text):
        return Told(MailKind.ACKNOWLEDGEMENT, acknowledged or header)
    return None


def _answer(message: Message) -> Told:
    return Told(MailKind.ANSWER, acknowledges=said_in("acknowledgement", message.text))
