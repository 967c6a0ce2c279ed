"""Find the password of a mail server: in the environment, in the system's keyring, else ask for it."""

import os
from collections.abc import Callable, Mapping

from outreach.campaign.campaign import MailServer
from outreach.errors import InputError, Problem
from outreach.language import _

VARIABLE = "OUTREACH_EMAIL_PASSWORD"


def password_of(
    server: MailServer,
    ask: Callable[[str], str] | None = None,
    environment: Mapping[str, str] = os.environ,
) -> str:
    """Return the password of a server's user; it is kept nowhere.

    Args:
        server: Whose `user` is meant.
        ask: Asks a person, given the question; None where nobody can be asked.
        environment: Variables.

    Raises:
        InputError: it is nowhere, and nobody can be asked.
    """
    found = environment.get(VARIABLE) or _kept(server)
    if not found and ask:
        found = ask(_("password of {user} at {host}", user=server.user, host=server.host))
    if not found:
        message = _("no password of {user} at {host} is known", user=server.user, host=server.host)
        hint = _(
            "put it into the keyring: keyring set {host} {user}; or into {variable}",
            host=server.host,
            user=server.user,
            variable=VARIABLE,
        )
        raise InputError(Problem("", 0, message, hint, code="no-password"))
    return found


class Passwords:
    """The passwords of one run, each found out once it is needed, and once for each server."""

    def __init__(self, ask: Callable[[str], str] | None) -> None:
        """Take what asks a person; None where nobody can be asked."""
        self._ask = ask
        self._found: dict[tuple[str, str], str] = {}

    def of(self, server: MailServer) -> Callable[[], str]:
        """Return what finds out the password of a server's user; that raises as `password_of`."""

        def find() -> str:
            key = (server.host, server.user)
            if key not in self._found:
                self._found[key] = password_of(server, self._ask)
            return self._found[key]

        return find


def _kept(server: MailServer) -> str:
    """Return what the system's keyring has; empty where there is none, or it cannot be opened.

    It is asked by the server's name, so that no settings can have the password go to another.
    """
    try:
        import keyring
        import keyring.errors
    except ImportError:  # an extra, which not every system can use
        return ""
    try:
        return keyring.get_password(server.host, server.user) or ""
    except keyring.errors.KeyringError:
        return ""
