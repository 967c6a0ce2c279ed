"""Debian's Dovecot on this machine, with a mailbox of its own for a test."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.mail_server import PASSWORD, USER

DRAFTS, SENT = "Brouillons à moi", "Envoyés"
"""What the folders are called; only what they are for tells them."""
_CONFIGURATION = """\
protocols = imap
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
ssl = required
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.key
mail_location = maildir:{home}/mail
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid={internal} gid={group} home={home}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  mailbox "{drafts}" {{
    auto = subscribe
    special_use = \\Drafts
  }}
  mailbox "{sent}" {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Drafts {{
    auto = create
  }}
}}
"""


@dataclass(frozen=True)
class ImapServer:
    """A server that runs."""

    port: int
    mail: Path
    """The mailbox, as a maildir."""

    def folder(self, name: str) -> Path:
        """Return where a folder lies."""
        return self.mail / {DRAFTS: ".Brouillons &AOA- moi", SENT: ".Envoy&AOk-s"}[name]

    def messages(self, folder: str) -> list[tuple[str, bytes]]:
        """Return the messages of a folder, each with the flags of its file's name."""
        found = sorted(path for part in ("cur", "new") for path in (self.folder(folder) / part).glob("*"))
        return [(path.name.rpartition(",")[2], path.read_bytes()) for path in found]


@contextmanager
def imap_serving(folder: Path) -> Iterator[ImapServer]:
    """Serve on the loopback; the certificate that is to be trusted goes into folder/imap.pem."""
    home = Path(tempfile.mkdtemp(prefix="imap", dir="/tmp"))  # a socket's path must be short
    is_root = os.getuid() == 0
    own = getpass.getuser()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "imap.pem"))
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(str(home / "server.key"))
    certificate.cert_chain_pems[0].write_to_path(str(home / "server.pem"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    internal = "dovecot" if is_root else own
    text = _CONFIGURATION.format(
        home=home,
        port=port,
        internal=internal,
        group="dovecot" if is_root else internal,
        login="dovenull" if is_root else own,
        drafts=DRAFTS,
        sent=SENT,
    )
    (home / "dovecot.conf").write_text(text, encoding="utf-8")
    (home / "users").write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
    (home / "mail").mkdir()
    if is_root:
        shutil.chown(home, internal)
        shutil.chown(home / "mail", internal, internal)
    process = subprocess.Popen(["dovecot", "-F", "-c", str(home / "dovecot.conf")])
    try:
        _wait(port, home / "log")
        yield ImapServer(port, home / "mail")
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(home, ignore_errors=True)


def _wait(port: int, log: Path) -> None:
    for _turn in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8") if log.is_file() else "no log")


IMAP = f'[email.imap]\nhost = "localhost"\nport = {{port}}\nuser = "{USER}"\ncertificate = "imap.pem"\n'
"""Settings of a campaign whose mailbox is there."""
