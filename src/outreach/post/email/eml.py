"""Turn what an e-mail says and carries into the message of RFC 5322: same content, same bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from pathlib import Path

from outreach.errors import Problem, WorldError, reason
from outreach.files.digest import digest
from outreach.files.email_address import is_plain_email
from outreach.files.reading import read_bytes
from outreach.language import _

_MESSAGE_ID = re.compile(r"<[!-;=?-~]+>")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
"""In the name of a file, on one system or another."""
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with a message, read when the message is made."""

    name: str
    """As the reader saves it."""
    path: Path
    shown: str
    """The path as messages name it."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What a message says, from whom, to whom."""

    sender: Address
    to: Address
    reply_to: Address | None
    """None where answers go to the sender."""
    subject: str
    lines: tuple[str, ...]
    """Of the text; a paragraph is one line."""
    attachments: tuple[Attachment, ...]
    thread: tuple[str, ...] = ()
    """Message-IDs of those that it follows, oldest first."""


class _Identifiers(UnstructuredHeader, BaseHeader):
    """Message-IDs, each on a line of its own, since one that is folded or encoded is known to nobody."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        """Return the header as it is written."""
        end = policy.linesep
        return f"{self.name}: {f'{end} '.join(str(self).split())}{end}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("references", _Identifiers)
_HEADERS.map_to_type("in-reply-to", _Identifiers)
_POLICY = SMTP.clone(header_factory=_HEADERS)


def address_of(name: str, address: str) -> Address:
    """Return an address with the name shown beside it.

    Raises:
        ValueError: no message can be addressed so, as where the part before the @ is not ASCII.
    """
    local, _sign, domain = address.rpartition("@")
    ascii_domain = domain if domain.isascii() else domain.encode("idna").decode()
    if not is_plain_email(f"{local}@{ascii_domain}"):
        raise ValueError(address)
    return Address(_in_one_line(name), local, ascii_domain)


def file_name(title: str) -> str:
    """Return the name of a PDF of that title, which every system can save."""
    name = _in_one_line(_FORBIDDEN.sub(" ", title))[:_LONGEST_NAME].strip(" .")
    return f"{name or 'letter'}.pdf"


def is_message_id(text: str) -> bool:
    """Tell whether a text is one Message-ID, in its angle brackets."""
    return _MESSAGE_ID.fullmatch(text) is not None


def message_of(mail: Mail, headers: Sequence[tuple[str, str]]) -> bytes:
    """Return the message; its lines end in CRLF.

    Args:
        mail: What it says.
        headers: Further ones, which stand first; a draft has no Date and no Message-ID.

    Raises:
        WorldError: a file that goes with it cannot be read.
    """
    message = EmailMessage(_POLICY)
    for name, value in headers:
        message[name] = value
    message["From"] = mail.sender
    message["To"] = mail.to
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = _in_one_line(mail.subject)
    known = [one for one in mail.thread if is_message_id(one)]
    if known:
        message["In-Reply-To"] = known[-1]
        message["References"] = " ".join(known)
    message.set_content("\n".join((*mail.lines, "")), cte="quoted-printable")
    for attachment in mail.attachments:
        content = read_bytes(attachment.path, attachment.shown)
        message.add_attachment(content, maintype="application", subtype="pdf", filename=attachment.name)
    if mail.attachments:
        # Neither base64 nor quoted-printable writes "=_", so that no part can hold it.
        message.set_boundary(f"=_{digest(f'{mail.to} {mail.subject}'.encode())[:32]}")
    return message.as_bytes()


def size_of(mail: Mail) -> int:
    """Return about how many bytes a message has: its files in base64, lines of 76 characters and their ends.

    Raises:
        WorldError: a file that goes with it is not there.
    """
    try:
        sizes = [attachment.path.stat().st_size for attachment in mail.attachments]
    except OSError as error:
        raise WorldError(
            Problem(str(error.filename), 0, _("cannot be read"), reason(error), code="unreadable")
        ) from error
    text = sum(len(line.encode()) for line in mail.lines)
    return text + sum(-(-size // 57) * 78 for size in sizes)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
