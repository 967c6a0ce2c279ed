"""A mail server on this machine that takes, refuses or breaks off what a test says it should."""

import email
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = "groupe@example.org", "geheim ä"


@dataclass
class MailServer:
    """What a server took, and what it does with what comes."""

    port: int = 0
    taken: list[tuple[str, str, EmailMessage]] = field(default_factory=list)
    """Sender, recipient and message."""
    parameters: list[str] = field(default_factory=list)
    """What was asked for with MAIL and RCPT."""
    logins: list[str] = field(default_factory=list)
    connections: int = 0
    on_mail: Callable[[str], str | None] = lambda _address: None
    on_rcpt: Callable[[str], str | None] = lambda _address: None
    on_data: Callable[[str], str | None] = lambda _address: None
    """Return an answer in the place of the usual one; called with the address, before anything is taken."""
    after_data: Callable[[str], None] = lambda _address: None
    """Called once a message was taken, before it is answered."""

    @property
    def recipients(self) -> list[str]:
        """To whom messages were taken, in their order."""
        return [to for _sender, to, _message in self.taken]

    async def handle_EHLO(  # noqa: N802  (aiosmtpd's name)
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], "250-DSN", *responses[1:]]

    async def handle_MAIL(self, _s: Any, _session: Any, envelope: Any, address: str, _o: Any) -> str:  # noqa: N802
        said = self.on_mail(address)
        if said is None:
            envelope.mail_from = address
        return said or "250 2.1.0 Ok"

    async def handle_RCPT(self, _s: Any, _session: Any, envelope: Any, address: str, _o: Any) -> str:  # noqa: N802
        said = self.on_rcpt(address)
        if said is None:
            envelope.rcpt_tos.append(address)
        return said or "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        (to,) = envelope.rcpt_tos
        said = self.on_data(to)
        if said == "":
            server.transport.abort()
            return "421 gone"
        if said:
            return said
        message = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append((envelope.mail_from, to, message))
        self.after_data(to)
        return f"250 2.0.0 Ok: queued as {len(self.taken)}"


class _Smtp(SMTP):
    """A server that takes what RFC 3461 adds to MAIL and RCPT."""

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        await super().smtp_MAIL(self._without_notices(arg))

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        await super().smtp_RCPT(self._without_notices(arg))

    def _without_notices(self, arg: str) -> str:
        address, *asked = arg.split(" ")
        self.event_handler.parameters += asked
        return " ".join([address, *(one for one in asked if one.lower().startswith(("size", "body")))])


@contextmanager
def serving(folder: Path, *, with_starttls: bool = False, with_login: bool = True) -> Iterator[MailServer]:
    """Serve on the loopback; the certificate that is to be trusted goes into folder/ca.pem."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    handler = MailServer()

    def is_known(_s: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        handler.logins.append(given.login.decode())
        is_right = given == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=is_right)

    login: dict[str, Any] = {"authenticator": is_known, "auth_require_tls": False} if with_login else {}
    tls: dict[str, Any] = {"tls_context": context, "require_starttls": True} if with_starttls else {}

    class Server(Controller):
        def factory(self) -> SMTP:
            handler.connections += 1
            return _Smtp(handler, hostname="localhost", **login, **tls)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler.port = free.getsockname()[1]
    at_once = None if with_starttls else context
    controller = Server(
        handler, hostname="127.0.0.1", port=handler.port, ssl_context=at_once, ready_timeout=30
    )
    controller.start()
    handler.connections = 0  # it tried itself
    try:
        yield handler
    finally:
        controller.stop()
