"""Turn a message of Outlook, .msg, into one as it travels."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from outreach.errors import InputError, Problem
from outreach.language import _

_KEPT = (
    *("Message-ID", "In-Reply-To", "References", "Date", "From", "To", "Cc", "Reply-To", "Auto-Submitted"),
    *("Precedence", "X-Autoreply", "X-Autorespond", "Return-Path", "List-Id", "Delivered-To"),
)
"""Headers that say something of it; those of its parts belong to bytes that are gone."""


def message_of_msg(original: bytes, shown: str) -> bytes:
    """Return what a .msg file says as a message with the same head, texts and files.

    Args:
        original: The file.
        shown: Its name in messages.

    Raises:
        InputError: it is none, or damaged, or what reads it is not installed.
    """
    try:
        from oxmsg import Message as Outlook
    except ImportError as error:
        hint = _("install it: pip install 'outreach[msg]', or save the message as .eml")
        raise InputError(
            Problem(shown, 0, _("python-oxmsg, which reads .msg, is missing"), hint, code="package-missing")
        ) from error
    try:
        return _made(Outlook.load(original))
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        OSError,
        RecursionError,
        ArithmeticError,
    ) as error:
        hint = _("save it again, or as .eml")
        raise InputError(
            Problem(shown, 0, _("is no message of Outlook that can be read"), hint, code="damaged-file")
        ) from error


def _made(outlook: Any) -> bytes:  # noqa: ANN401  (the library is optional)
    message = EmailMessage()
    head = {name.lower(): value for name, value in outlook.message_headers.items()}
    for name in _KEPT:
        value = " ".join(str(head.get(name.lower(), "")).split())
        if value:
            message[name] = value
    if "From" not in message and outlook.sender:
        message["From"] = " ".join(outlook.sender.split())
    if "To" not in message:
        people = [Address(addr_spec=one.email_address) for one in outlook.recipients if one.email_address]
        message["To"] = people
    if "Date" not in message and outlook.sent_date:
        message["Date"] = format_datetime(outlook.sent_date)
    message["Subject"] = " ".join(outlook.subject.split())
    message.set_content(outlook.body or "")
    if outlook.html_body:
        message.add_alternative(outlook.html_body, subtype="html")
    for one in outlook.attachments:
        if one.attached_by_value and one.file_bytes is not None:
            kind, _slash, form = (one.mime_type or "application/octet-stream").partition("/")
            message.add_attachment(one.file_bytes, maintype=kind, subtype=form or "x", filename=one.file_name)
    return message.as_bytes()
