"""Give messages to a mail server by SMTP, and keep what it answers to each (RFC 5321, 3461, 8314)."""

import base64
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from outreach.campaign.campaign import MailServer
from outreach.errors import Problem, WorldError
from outreach.language import _

_SECONDS = 60
"""To wait for an answer of the server; RFC 5321 has minutes, for messages on slow lines."""
_DONE = range(200, 300)
_OK = 250
_SAY_MORE = 334
_GO_ON = 354
_CLOSING = 421
_FOR_NOW = range(400, 500)
_OF_SENDER = (_CLOSING, 454, 530, 534, 535, 538)
"""Codes that no other recipient would change: the server stops, or wants another login."""
_STATUS = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})\b")
"""RFC 3463: subject and detail."""
_SENDER_DETAILS = ("7", "8")
"""Of an address: the sender's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says."""

    code: int
    text: str

    @property
    def shown(self) -> str:
        """Code and text in one line."""
        return f"{self.code} {self.text}".strip()

    @property
    def is_done(self) -> bool:
        """Tell whether the server took it."""
        return self.code in _DONE

    @property
    def is_for_now(self) -> bool:
        """Tell whether a refusal may not last."""
        return self.code in _FOR_NOW

    def is_of_recipient(self) -> bool:
        """Tell whether a refusal is of this recipient, and another may be taken."""
        status = _STATUS.search(self.text)
        if self.code in _OF_SENDER:
            return False
        if not status:
            return True
        subject, detail = status[1], status[2]
        return subject != "7" and not (subject == "1" and detail in _SENDER_DETAILS)


class SenderRefusedError(WorldError):
    """The server takes nothing from this sender."""

    code = "sender-refused"


class UnansweredError(WorldError):
    """The connection broke before the server said whether it took a message."""

    code = "unanswered"


class Courier:
    """A connection to a mail server, made when it is needed.

    Args:
        server: Where to.
        root: The campaign folder, in which its certificate lies.
        password: Asked for once that of the server's user is needed.
        domain: What this machine calls itself by.
    """

    def __init__(self, server: MailServer, root: Path, password: Callable[[], str], domain: str) -> None:
        self._server = server
        self._root = root
        self._password = password
        self._domain = domain
        self._smtp: smtplib.SMTP | None = None

    def close(self) -> None:
        """End the connection, if there is one."""
        if self._smtp:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):  # what the server took, it has
                self._smtp.close()
            self._smtp = None

    def deliver(self, sender: str, to: str, content: bytes, intend: Callable[[], None]) -> Answer:
        """Give one message to the server, and return its answer: that it took it, or refused the recipient.

        Args:
            sender: Address that failures go to.
            to: The recipient's address.
            content: The message, its lines ending in CRLF.
            intend: Called when the server waits for the message, before a byte of it goes.

        Raises:
            SenderRefusedError: the server takes no message from this sender.
            UnansweredError: the message went, and the connection broke before the server's answer.
            WorldError: the server cannot be reached; nothing went.
        """
        smtp, answer = self._offered(sender, to, len(content))
        if answer.code != _GO_ON:
            return answer
        try:
            intend()
        except WorldError:
            self._drop()  # it would take any further word for the message
            raise
        try:
            smtp.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
            answer = _answer(smtp.getreply())
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            message = _("the connection broke while the server took the message to {to}", to=to)
            raise UnansweredError(Problem("", 0, message, str(error), code="server-unanswered")) from error
        if not answer.is_done and not (_STATUS.search(answer.text) and answer.is_of_recipient()):
            raise self._refused(answer)
        return answer

    def _offered(self, sender: str, to: str, size: int) -> tuple[smtplib.SMTP, Answer]:
        """Name sender and recipient; return that the server waits for the message, or its refusal.

        A connection that the server has ended since the message before is made anew.
        """
        if self._smtp:
            with suppress(OSError, smtplib.SMTPException):
                return self._smtp, self._named(self._smtp, sender, to, size)
            self._drop()
        smtp = self._connected()
        try:
            return smtp, self._named(smtp, sender, to, size)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise self._failed(error) from error

    def _named(self, smtp: smtplib.SMTP, sender: str, to: str, size: int) -> Answer:
        has_notices = smtp.has_extn("dsn")
        options = [f"size={size}"] if smtp.has_extn("size") else []
        options += ["RET=HDRS"] if has_notices else []
        answer = _answer(smtp.mail(sender, options))
        if answer.code == _CLOSING:
            raise smtplib.SMTPServerDisconnected(answer.shown)
        if not answer.is_done:
            raise self._refused(answer)
        wanted = ["NOTIFY=SUCCESS,FAILURE,DELAY", f"ORCPT=rfc822;{_as_xtext(to)}"] if has_notices else []
        answer = _answer(smtp.rcpt(to, wanted))
        if not answer.is_done:
            if not answer.is_of_recipient():
                raise self._refused(answer)
            smtp.rset()
            return answer
        answer = _answer(smtp.docmd("DATA"))
        if answer.code != _GO_ON:
            raise self._refused(answer)
        return answer

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        context = tls_context(server, self._root)
        try:
            if server.is_starttls:
                smtp = smtplib.SMTP(server.host, server.port, self._domain, timeout=_SECONDS)
                smtp.starttls(context=context)
            else:
                smtp = smtplib.SMTP_SSL(
                    server.host, server.port, self._domain, timeout=_SECONDS, context=context
                )
            smtp.ehlo()
            self._smtp = smtp
            answer = self._logged_in(smtp)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise self._failed(error) from error
        if not answer.is_done:
            raise self._refused(answer)
        return smtp

    def _logged_in(self, smtp: smtplib.SMTP) -> Answer:
        """Log in where the server wants it, and return what it says; smtplib knows ASCII passwords alone."""
        ways = str(smtp.esmtp_features.get("auth", "")).upper().split()
        if not ways:
            return Answer(_OK, "")
        user, password = self._server.user.encode(), self._password().encode()
        if "PLAIN" in ways:
            return _answer(smtp.docmd("AUTH", f"PLAIN {_base64(bytes(1) + user + bytes(1) + password)}"))
        if "LOGIN" not in ways:
            raise smtplib.SMTPNotSupportedError(_("it knows no login but {names}", names=", ".join(ways)))
        answer = _answer(smtp.docmd("AUTH", f"LOGIN {_base64(user)}"))
        return _answer(smtp.docmd(_base64(password))) if answer.code == _SAY_MORE else answer

    def _refused(self, answer: Answer) -> SenderRefusedError:
        self.close()
        message = _(
            "{host} takes no message from this sender: {answer}",
            host=self._server.host,
            answer=answer.shown,
        )
        hint = _("see [email.smtp] in outreach.toml, and the password")
        return SenderRefusedError(Problem("", 0, message, hint, code="server-refused"))

    def _failed(self, error: Exception) -> WorldError:
        message = _("{host} cannot be reached by SMTP", host=f"{self._server.host}:{self._server.port}")
        return WorldError(Problem("", 0, message, " ".join(str(error).split()), code="server-unreachable"))

    def _drop(self) -> None:
        if self._smtp:
            self._smtp.close()
            self._smtp = None


def tls_context(server: MailServer, root: Path) -> ssl.SSLContext:
    """Return how a server is checked: by the system's certificates, and the one that the settings name.

    Raises:
        WorldError: that one cannot be read.
    """
    context = ssl.create_default_context()
    if server.certificate:
        try:
            context.load_verify_locations(root / server.certificate)
        except (OSError, ssl.SSLError) as error:
            message = _("is no certificate that can be read")
            raise WorldError(
                Problem(server.certificate, 0, message, str(error), code="unreadable")
            ) from error
    return context


def _answer(reply: tuple[int, bytes | str]) -> Answer:
    code, said = reply
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return Answer(code, " ".join(text.split()))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _as_xtext(address: str) -> str:
    """Return an address as RFC 3461 writes it."""
    return "".join(f"+{ord(one):02X}" if one in "+=" else one for one in address)
