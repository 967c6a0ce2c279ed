"""Put messages into a mailbox by IMAP and look for them there; nothing is changed or deleted (RFC 3501)."""

import base64
import imaplib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes
from email.policy import SMTP
from enum import Enum
from pathlib import Path

from outreach.campaign.campaign import MailServer
from outreach.errors import InputError, Problem, WorldError, did_you_mean
from outreach.language import _
from outreach.post.email.smtp import tls_context

_SECONDS = 60
"""To wait for an answer of the server."""
_FOLDER = re.compile(r'\((?P<flags>[^)]*)\) (?:"(?:\\.|[^"])*"|NIL) (?P<name>"(?:\\.|[^"\\])*"|\S+)$')
_ENCODED = re.compile("&([^-]*)-")


class Use(Enum):
    """What a folder is for, whatever its name (RFC 6154)."""

    DRAFTS = r"\Drafts"
    SENT = r"\Sent"


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A folder of the mailbox."""

    raw: str
    """Its name as the server writes it."""

    @property
    def name(self) -> str:
        """Its name as people read it."""
        return _ENCODED.sub(_decoded, self.raw)


class Box:
    """A mailbox that is open."""

    def __init__(self, client: imaplib.IMAP4, host: str) -> None:
        self._client = client
        self._host = host

    def folder(self, use: Use) -> MailFolder:
        """Return the folder for a use.

        Raises:
            WorldError: the server names none.
        """
        # Some servers say what folders are for only where that is asked for.
        for way in ('""', '(SPECIAL-USE) ""'):
            if way == '""' or "SPECIAL-USE" in self._client.capabilities:
                for flags, folder in self._listed(way):
                    if use.value.lower() in flags:
                        return folder
        message = _("{host} names no folder for {use}", host=self._host, use=use.value)
        raise WorldError(
            Problem(
                "",
                0,
                message,
                _("make one in the mail program, and say there what it is for"),
                code="no-mail-folder",
            )
        )

    @property
    def inbox(self) -> MailFolder:
        """The folder of what comes in."""
        return MailFolder("INBOX")

    def named(self, name: str) -> MailFolder:
        """Return the folder of a name as people read it.

        Raises:
            InputError: there is none; the near misses are named.
        """
        known = {folder.name: folder for flags, folder in self._listed('""') if r"\noselect" not in flags}
        if name not in known:
            message = _("{host} has no folder '{name}'", host=self._host, name=name)
            raise InputError(Problem("", 0, message, did_you_mean(name, list(known)), code="no-mail-folder"))
        return known[name]

    def _listed(self, way: str) -> Iterator[tuple[list[str], MailFolder]]:
        """Yield the folders, each with its flags in small letters."""
        _answer, lines = self._client.list(way, "*")
        for line in lines:
            found = _FOLDER.match(line.decode("ascii", "replace")) if isinstance(line, bytes) else None
            if found:
                yield found["flags"].lower().split(), MailFolder(_unquoted(found["name"]))

    def messages(self, folder: MailFolder, since: date | None, most: int) -> Iterator[tuple[str, bytes]]:
        """Yield the messages of a folder with their numbers there; none is marked as read.

        Args:
            folder: Where they lie.
            since: Only those that the server took on this day or later; None for all.
            most: Bytes of a message that are fetched.

        Raises:
            WorldError: the folder cannot be read.
        """
        answer, said = self._client.select(_quoted(folder.raw), readonly=True)
        if answer != "OK":
            text = b" ".join(part for part in said if isinstance(part, bytes)).decode("utf-8", "replace")
            message = _("{host} does not open the folder '{name}'", host=self._host, name=folder.name)
            raise WorldError(Problem("", 0, message, text, code="server-refused"))
        months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        wanted = f"SINCE {since.day}-{months[since.month - 1]}-{since.year}" if since else "ALL"
        _answer, numbers = self._client.uid("SEARCH", wanted)
        for number in (numbers[0] or b"").decode("ascii").split():
            _answer, parts = self._client.uid("FETCH", number, f"(BODY.PEEK[]<0.{most}>)")
            for part in parts:
                if isinstance(part, tuple):
                    yield number, part[1]

    def has(self, folder: MailFolder, header: str, text: str) -> bool:
        """Tell whether a message in a folder has a header with that ASCII text; none is marked as read."""
        self._client.select(_quoted(folder.raw), readonly=True)
        answer, found = self._client.search(None, "HEADER", header, _quoted(text))
        return answer == "OK" and bool(found and found[0])

    def put(self, folder: MailFolder, content: bytes, flag: str) -> None:
        """Put a message into a folder.

        Raises:
            WorldError: the server does not take it.
        """
        answer, said = self._client.append(_quoted(folder.raw), f"({flag})", "", content)
        if answer != "OK":
            text = b" ".join(part for part in said if isinstance(part, bytes)).decode("utf-8", "replace")
            raise WorldError(
                Problem(
                    "", 0, _("{host} does not take the message", host=self._host), text, code="server-refused"
                )
            )


@contextmanager
def opened(server: MailServer, root: Path, password: Callable[[], str]) -> Iterator[Box]:
    """Open a mailbox.

    Args:
        server: Where it is.
        root: The campaign folder, in which the server's certificate lies.
        password: Asked for that of the server's user.

    Raises:
        WorldError: the server cannot be reached, refuses the password, or breaks off.
    """
    context = tls_context(server, root)
    where = f"{server.host}:{server.port}"
    client: imaplib.IMAP4 | None = None
    try:
        if server.is_starttls:
            client = imaplib.IMAP4(server.host, server.port, timeout=_SECONDS)
            client.starttls(context)
        else:
            client = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=_SECONDS)
        _log_in(client, server.user, password())
        yield Box(client, server.host)
    except (OSError, imaplib.IMAP4.error) as error:
        message = _("{host} cannot be used by IMAP", host=where)
        raise WorldError(
            Problem("", 0, message, " ".join(str(error).split()), code="server-unreachable")
        ) from error
    finally:
        if client:
            with suppress(OSError, imaplib.IMAP4.error):
                client.logout()


def keep_sent(server: MailServer, root: Path, password: Callable[[], str], content: bytes) -> None:
    """Put a message that went into the folder for those, unless the server did; raises as `opened`."""
    message_id = str(message_from_bytes(content, policy=SMTP)["Message-ID"])
    with opened(server, root, password) as box:
        folder = box.folder(Use.SENT)
        if not box.has(folder, "Message-ID", message_id):
            box.put(folder, content, r"\Seen")


def _log_in(client: imaplib.IMAP4, user: str, password: str) -> None:
    """Log in; imaplib itself knows ASCII passwords alone."""
    if "AUTH=PLAIN" in client.capabilities:
        client.authenticate("PLAIN", lambda _challenge: b"\0".join((b"", user.encode(), password.encode())))
    else:
        client.login(user, password)


def _quoted(text: str) -> str:
    escaped = re.sub(r'(["\\])', r"\\\1", text)
    return f'"{escaped}"'


def _unquoted(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if name.startswith('"') else name


def _decoded(found: re.Match[str]) -> str:
    """Return what a part of a name in modified UTF-7 stands for (RFC 3501, 5.1.3)."""
    if not found[1]:
        return "&"
    try:
        return base64.b64decode(f"{found[1].replace(',', '/')}===").decode("utf-16-be")
    except ValueError:
        return found[0]
