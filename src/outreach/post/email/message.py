"""Read one e-mail from its bytes: who, when, what it says, what is attached, what is wrong with it."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Part
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import PureWindowsPath

from outreach.files.digest import digest
from outreach.files.email_address import is_email
from outreach.language import _
from outreach.post.email.html import text_of_html
from outreach.post.email.quoted import split_quoted
from outreach.post.email.words import header_names

LARGEST = 64 * 2**20
"""Bytes of a message that is looked into."""
_DEEPEST = 20
"""Parts one inside the other."""
_MOST_PARTS = 500
_MOST_DEEP = 100
"""In a message that is taken apart: each of its lines is compared with all boundaries that are open."""
_LONGEST_HEADER = 20_000
_MOST_HEADERS = 1000
_MOST_VALUES = 20
"""Headers of one name."""
_LONGEST_TEXT = 200_000
_LONGEST_NAME = 100
_HEADERS = {"return-path", "list-id", "x-failed-recipients", "disposition-notification-to", *header_names()}
_OURS = re.compile(
    rb"^(?:x-mozilla-(?:status2?|keys)|status|x-status|x-keywords|x-uid|content-length"
    rb"|x-evolution[a-z-]*):[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)
"""What one's own program writes into a message: by it the same one differs in two folders."""
_FROM = re.compile(rb"^from:((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
_ANGLED = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ID = re.compile(r"<[^<>\s]{1,998}>")
_NOT_TEXT = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem"}
"""Encodings that Python has besides those of texts, or that nobody means."""
_BROKEN = (
    *(RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError),
    HeaderParseError,
)
"""What Python's parts for e-mail raise at what is none, ways of being encoded among them."""
_FIRST, _LAST = datetime(1970, 1, 2, tzinfo=timezone.utc), datetime(2199, 12, 30, tzinfo=timezone.utc)
_NAMES = {"text/calendar": "invitation.ics", "message/rfc822": "message.eml"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message."""

    name: str
    """Without folders, as any system can have it."""
    type: str
    """As the message says, which may be wrong."""
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An e-mail. Texts are empty where it does not say; addresses are in lower case."""

    sha256: str
    """Of its bytes as it travelled, which are the same in every folder."""
    message_id: str = ""
    """In its angle brackets; likewise below."""
    answers: tuple[str, ...] = ()
    """Ids of the messages that it answers, the nearest first."""
    sender: str = ""
    sender_name: str = ""
    to: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    """Whom copies went to, and the mailboxes that it was put into."""
    moment: datetime | None = None
    """When it was sent, with a time zone; else when it arrived; None if it does not say."""
    subject: str = ""
    text: str = ""
    """What it says, without what it quotes; of HTML as text."""
    quoted: str = ""
    attachments: tuple[Attachment, ...] = ()
    """In it, and not in a message that is attached to it."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Those by which kinds of messages are told, by name in small letters."""
    report: tuple[Mapping[str, str], ...] = ()
    """What a report says of each recipient (RFC 3464, RFC 8098), by name in small letters."""
    returned: tuple[str, ...] = ()
    """Ids of the messages that a report returns."""
    faults: tuple[str, ...] = ()
    """What is wrong with it, in words; it is kept whole all the same."""

    @property
    def first_lines(self) -> str:
        """The first three lines that it says."""
        return "\n".join([line for line in self.text.split("\n") if line.strip()][:3])


def as_it_travelled(raw: bytes, *, is_of_mbox: bool = False) -> bytes:
    """Return a message's bytes without what the folder that it lies in made of it; lines end in CR LF.

    Args:
        raw: As it lies there.
        is_of_mbox: Lines that begin with "From " have got a mark, and an empty line follows the message.
    """
    content = raw.removeprefix(BOM_UTF8)
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if is_of_mbox and b"\n>" in content and b">From " in content:
        content = re.sub(rb"^>(>*From )", rb"\1", content, flags=re.MULTILINE)
    head, blank, body = content.partition(b"\n\n")
    head = _OURS.sub(b"", head + b"\n").removesuffix(b"\n")
    return (head + blank + body).rstrip(b"\n").replace(b"\n", b"\r\n") + b"\r\n"


def sender_of(content: bytes) -> str:
    """Return the address that a message comes from, by a look at its head alone."""
    found = _FROM.search(re.split(rb"\r?\n\r?\n", content[:_LONGEST_TEXT], maxsplit=1)[0])
    return next(addresses_in(found[1].decode(errors="replace")), "") if found else ""


def addresses_in(header: str) -> Iterator[str]:
    """Yield the addresses of a header in lower case; what a name pretends is none."""
    for part in _QUOTED.sub("", header[:_LONGEST_HEADER]).split(","):
        angled = _ANGLED.findall(part)
        bare = part.strip().strip(";").rpartition(":")[2].strip()
        found = angled[-1] if angled else bare
        if is_email(found):
            yield found.lower()


def read_message(content: bytes, sha256: str = "") -> Message:
    """Return a message; whatever is wrong with it is named in it, and nothing is raised.

    Args:
        content: As `as_it_travelled` returns it.
        sha256: Of the file that it was made of, where that is of another form.
    """
    faults: list[str] = []
    if len(content) > LARGEST:
        faults.append(_("larger than {most} MB: only its head is read", most=LARGEST >> 20))
    elif _count_deep(content) > _MOST_DEEP:
        faults.append(_("its parts stand too deep in one another: only its head is read"))
    head, _blank, _body = content.partition(b"\r\n\r\n")
    whole = _parsed(head if faults else content)
    if whole is None:
        faults.append(_("its parts cannot be taken apart: only its head is read"))
        whole = _parsed(head) or Part()
    found = _Parts(faults)
    if not faults:
        try:
            _take(whole, found, 0)
        except _BROKEN:
            found.fault(_("not all of its parts can be read"))
    return _made(whole, sha256 or digest(content), found)


def _count_deep(content: bytes) -> int:
    """Return how often a message says that it holds parts, at most so deep in one another."""
    lowered = content.lower()
    return lowered.count(b"multipart/") + lowered.count(b"message/")


def _parsed(content: bytes) -> Part | None:
    try:
        return message_from_bytes(content)
    except _BROKEN:
        return None


@dataclass(slots=True)
class _Parts:
    """What the parts of a message hold."""

    faults: list[str]
    texts: list[str] = field(default_factory=list)
    nested: list[str] = field(default_factory=list)
    """Texts of messages that are attached."""
    attachments: list[Attachment] = field(default_factory=list)
    report: list[Mapping[str, str]] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    count: int = 0

    def fault(self, text: str) -> None:
        """Name what is wrong, once."""
        if text not in self.faults:
            self.faults.append(text)


def _made(whole: Part, sha256: str, found: _Parts) -> Message:
    subject = _header(whole, "Subject")
    raw_from = _raw(whole, "From")
    text, quoted = split_quoted("\n\n".join(found.texts)[:_LONGEST_TEXT], subject)
    ids = [*_ids(whole, "In-Reply-To"), *reversed(_ids(whole, "References"))]
    if whole.get_content_type() in (
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
        "multipart/encrypted",
    ):
        found.fault(_("it is encrypted or sealed: what it says can be read in your mail program alone"))
    if any(one.name.lower() == "winmail.dat" for one in found.attachments):
        found.fault(_("its attachments are packed in winmail.dat, which Outlook opens"))
    return Message(
        sha256=sha256,
        message_id=next(iter(_ids(whole, "Message-ID")), ""),
        answers=tuple(dict.fromkeys(ids)),
        sender=next(addresses_in(raw_from), ""),
        sender_name=_decoded(re.sub(r"<[^<>]*>", "", raw_from)).strip(' "'),
        to=tuple(dict.fromkeys(_addresses(whole, "To"))),
        copies=tuple(
            dict.fromkeys(_addresses(whole, "Cc", "Bcc", "Delivered-To", "X-Original-To", "Envelope-To"))
        ),
        moment=_moment(whole),
        subject=subject,
        text=text,
        quoted="\n\n".join(filter(None, [quoted, *found.nested]))[:_LONGEST_TEXT],
        attachments=tuple(found.attachments),
        headers={name: value for name in sorted(_HEADERS) if (value := _header(whole, name))},
        report=tuple(found.report),
        returned=tuple(dict.fromkeys(found.returned)),
        faults=tuple(found.faults),
    )


def _take(part: Part, found: _Parts, depth: int) -> None:
    """Take what a part holds; of several forms of one text the plain one."""
    found.count += 1
    if found.count > _MOST_PARTS or depth > _DEEPEST:
        found.fault(_("it has too many parts: not all of them are read"))
        return
    kind = part.get_content_type()
    inner = _inner(part)
    if kind in ("message/delivery-status", "message/disposition-notification"):
        found.report += _report(part)
    elif kind in ("text/rfc822-headers", "message/rfc822-headers"):
        returned = _parsed(_bytes(part, found) + b"\r\n\r\n")
        found.returned += _ids(returned, "Message-ID") if returned else []
    elif kind == "message/rfc822" and inner:
        _take_attached(part, inner[0], found, depth)
    elif inner:
        _take_all(inner, found, depth, is_choice=kind == "multipart/alternative")
    elif _is_body(part, kind):
        text = _text(part, found)
        found.texts.append(text_of_html(text) if kind == "text/html" else text.strip())
    elif not _is_of_page(part):
        content = _bytes(part, found)
        name = safe_name(_filename(part), kind)
        found.attachments.append(Attachment(name, kind, digest(content), content))


def _inner(part: Part) -> list[Part]:
    """Return the parts that a part is made of; none for one of text or of bytes."""
    payload = part.get_payload() if part.is_multipart() else []
    return [one for one in payload if isinstance(one, Part)] if isinstance(payload, list) else []


def _take_all(parts: Sequence[Part], found: _Parts, depth: int, *, is_choice: bool) -> None:
    """Take parts; of texts that say the same in several forms the first that says anything."""
    if not is_choice:
        for one in parts:
            _take(one, found, depth + 1)
        return
    before: list[str] = found.texts
    chosen: list[str] = []
    for one in parts:
        found.texts = []
        _take(one, found, depth + 1)
        chosen = chosen or list(filter(None, found.texts))
    found.texts = [*before, *chosen]


def _take_attached(part: Part, message: Part, found: _Parts, depth: int) -> None:
    """Take a message that is attached: as a file, and its text as what is quoted."""
    found.returned += _ids(message, "Message-ID")
    inner = _Parts(found.faults, count=found.count)
    _take(message, inner, depth + 1)
    found.count = inner.count
    found.nested += [_header(message, "Subject"), *inner.texts, *inner.nested]
    try:
        content = message.as_bytes()
    except _BROKEN:
        found.fault(_("a message attached to it cannot be taken out"))
        return
    name = safe_name(_filename(part), "message/rfc822")
    found.attachments.append(Attachment(name, "message/rfc822", digest(content), content))


def _is_body(part: Part, kind: str) -> bool:
    """Tell whether a part is what the message says, and no file; one whose parts were not found too."""
    is_text = kind in ("text/plain", "text/html", "text/enriched") or kind.startswith("multipart/")
    return is_text and not _is_attached(part) and not _filename(part)


def _is_attached(part: Part) -> bool:
    return _raw(part, "Content-Disposition").strip().lower().startswith("attachment")


def _is_of_page(part: Part) -> bool:
    """Tell whether a picture belongs to a page, as a logo does."""
    return (
        part.get_content_maintype() == "image"
        and bool(_raw(part, "Content-ID"))
        and _raw(part, "Content-Disposition").strip().lower().startswith("inline")
    )


def safe_name(name: str, kind: str) -> str:
    """Return the name of an attachment as a file can have it anywhere, without folders."""
    bare = PureWindowsPath(name.replace("/", "\\")).name
    shown = "".join(one if one.isprintable() and one not in '<>:"|?*\\/' else " " for one in bare)
    stem, dot, ending = " ".join(shown.split()).rpartition(".")
    if not dot:
        stem, ending = ending, ""
    elif not (ending.isascii() and ending.isalnum()):
        stem, ending = f"{stem} {ending}".strip(), ""
    stem = stem.strip(". ")[:_LONGEST_NAME].strip(". ")
    if stem:
        return f"{stem}.{ending[:10]}" if ending else stem.replace(".", " ")
    default = _NAMES.get(kind, "attachment")
    return f"attachment.{ending[:10]}" if ending else default


def _filename(part: Part) -> str:
    try:
        return _decoded(str(part.get_filename() or ""))
    except _BROKEN:
        return ""


def _bytes(part: Part, found: _Parts) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except _BROKEN:
        content = None
    if not isinstance(content, bytes):
        found.fault(_("a part of it cannot be decoded"))
        return b""
    return content


def _text(part: Part, found: _Parts) -> str:
    """Return a part's text in the encoding that it names, else in UTF-8 or Windows'."""
    content = _bytes(part, found)[: _LONGEST_TEXT * 6]
    try:
        named = str(part.get_content_charset() or "ascii")
    except _BROKEN:
        named = "ascii"
    text = None
    for encoding in (named, "utf-8", "cp1252"):
        if encoding not in _NOT_TEXT:
            try:
                text = content.decode(encoding)
                break
            except (LookupError, ValueError):
                continue
    if text is None:
        found.fault(_("it is in no encoding that could be told: some letters are wrong"))
        text = content.decode("cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _report(part: Part) -> list[Mapping[str, str]]:
    """Return the blocks of a report; of one that is broken what can be read."""
    blocks = _inner(part)
    if not blocks:
        content = part.get_payload(decode=True)
        halves = re.split(rb"\r?\n\r?\n", content if isinstance(content, bytes) else b"")
        blocks = [block for half in halves[:_MOST_PARTS] if (block := _parsed(half + b"\n\n"))]
    found: list[Mapping[str, str]] = []
    for block in blocks[:_MOST_PARTS]:
        names = {name.lower() for name, _value in islice(block.raw_items(), _MOST_HEADERS)}
        found.append({name: _header(block, name) for name in sorted(names)})
    return [block for block in found if block]


def _raws(part: Part, name: str) -> list[str]:
    """Return all headers of a name as they stand there, each on one line; bytes are UTF-8, else Windows'."""
    found = [
        str(value) for key, value in islice(part.raw_items(), _MOST_HEADERS) if key.lower() == name.lower()
    ]
    values = (value[:_LONGEST_HEADER].encode("utf-8", "surrogateescape") for value in found[:_MOST_VALUES])
    return [" ".join(_word(value, "utf-8").split()) for value in values]


def _raw(part: Part, name: str) -> str:
    """Return the first header of a name, likewise; empty for none."""
    return next(iter(_raws(part, name)), "")


def _header(part: Part, name: str) -> str:
    """Return a header's text on one line."""
    return _decoded(_raw(part, name))


def _decoded(text: str) -> str:
    """Return what encoded words say; what is none stays as it is."""
    try:
        parts = [
            one if isinstance(one, str) else _word(one, charset or "ascii")
            for one, charset in decode_header(text)
        ]
    except _BROKEN:
        parts = [text]
    joined = " ".join("".join(parts).split())
    return "".join(one for one in joined if one.isprintable() or one == " ")


def _word(content: bytes, charset: str) -> str:
    for encoding in (charset.lower(), "utf-8", "cp1252"):
        if encoding not in _NOT_TEXT:
            try:
                return content.decode(encoding)
            except (LookupError, ValueError):
                continue
    return content.decode("ascii", "replace")


def _addresses(part: Part, *names: str) -> Iterator[str]:
    for name in names:
        for value in _raws(part, name):
            yield from addresses_in(value)


def _ids(part: Part, name: str) -> list[str]:
    return _ID.findall(_raw(part, name))


def _moment(part: Part) -> datetime | None:
    """Return when a message was sent, else when the last server took it; None if neither is a date.

    A time without a zone is one of UTC (RFC 5322, section 4.3).
    """
    for text in (_raw(part, "Date"), _raw(part, "Received").rpartition(";")[2]):
        try:
            found = parsedate_to_datetime(text)
            found = found if found.tzinfo else found.replace(tzinfo=timezone.utc)
            if _FIRST <= found <= _LAST:
                return found
        except (*_BROKEN, OverflowError):
            continue
    return None
