"""Drafts in a mailbox, and copies of what went: with Debian's Dovecot, whose folders have names of their own."""

import email
import json
import os
import shutil
from collections.abc import Callable, Iterator
from email.policy import default
from pathlib import Path

import pytest
from typer.testing import Result

from outreach.campaign.campaign import MailServer
from outreach.campaign.settings import load_campaign
from outreach.cli import email as commands
from outreach.cli import email_reading
from outreach.post.email.imap import keep_sent
from tests.cli.test_email_drafts import FROM, contact
from tests.cli.test_email_send import SMTP
from tests.conftest import LETTER, SETTINGS
from tests.imap_server import DRAFTS, IMAP, SENT, ImapServer, imap_serving
from tests.mail_server import PASSWORD, serving
from tests.post.email import corpus

Campaign = Callable[..., Path]
Run = Callable[..., Result]
NOWHERE = MailServer("", 0, "", is_starttls=False)

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(
        not (shutil.which("dovecot") or os.environ.get("OUTREACH_REQUIRE_OFFICE")), reason="needs dovecot"
    ),
]


@pytest.fixture
def root(campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a campaign with letters to two contacts; nobody has said yet where its mailbox is."""
    monkeypatch.setenv("OUTREACH_EMAIL_PASSWORD", PASSWORD)
    people = "".join(contact(name, name.title(), f'email = "{name}@example.org"') for name in ("un", "deux"))
    made = campaign({"contacts/a.toml": people, "letters/note.md": LETTER, "outreach.toml": SETTINGS + FROM})
    assert run("generate", "--format", "pdf", root=made).exit_code == 0
    return made


@pytest.fixture
def server(root: Path) -> Iterator[ImapServer]:
    with imap_serving(root) as found:
        with (root / "outreach.toml").open("a", encoding="utf-8") as settings:
            settings.write(IMAP.format(port=found.port))
        yield found


def test_drafts_go_into_the_folder_for_them_whatever_its_name(
    run: Run, root: Path, server: ImapServer
) -> None:
    done = run("email", "drafts", "--imap", "--yes", root=root)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "2 drafts for the mailbox of groupe@example.org at localhost",
        f"{DRAFTS}: 2 created",
    ]
    assert not (root / "out/email").exists()
    found = server.messages(DRAFTS)
    assert [flags for flags, _content in found] == ["D", "D"]
    run("email", "drafts", root=root)
    files = {path.read_bytes() for path in (root / "out/email/note").iterdir()}
    assert {content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for _flags, content in found} == files


def test_a_draft_that_lies_there_is_not_put_there_twice(run: Run, root: Path, server: ImapServer) -> None:
    run("email", "drafts", "--imap", "--yes", "--to", "un", root=root)
    done = run("email", "drafts", "--imap", "--yes", root=root)
    assert done.stdout.splitlines()[-1] == f"{DRAFTS}: 1 created, 1 identical"
    assert done.stderr == (
        "warning: the draft of letter 'note' to 'un' is in the mailbox already;"
        " delete it there to have it made anew\n"
    )
    assert len(server.messages(DRAFTS)) == 2
    rows = json.loads(run("email", "drafts", "--imap", "--yes", "--json", root=root).stdout)
    assert list(rows[0]) == ["letter", "contact", "contacts", "to", "subject", "reference", "result"]
    assert [(row["contact"], row["result"]) for row in rows] == [("un", "identical"), ("deux", "identical")]


def test_looking_for_a_draft_marks_none_as_seen(run: Run, root: Path, server: ImapServer) -> None:
    run("email", "drafts", "--imap", "--yes", "--to", "un", root=root)
    new = server.folder(DRAFTS) / "new/1.M1P1.here"
    new.write_bytes(b"Subject: new\r\n\r\n")
    shutil.chown(new, server.folder(DRAFTS).owner())
    run("email", "drafts", "--imap", "--yes", root=root)
    assert new.exists()


def test_it_asks_before_it_reaches_for_the_mailbox(
    run: Run, root: Path, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = run("email", "drafts", "--imap", root=root)
    assert (nobody.exit_code, nobody.stderr) == (
        4,
        "--imap asks first, and nobody can be asked here; add --yes\n",
    )
    monkeypatch.setattr(commands, "is_terminal", lambda: True)
    done = run("email", "drafts", "--imap", root=root, typed="n\n")
    assert (done.exit_code, done.stderr) == (0, "Put 2 drafts there? [y/N]:")
    assert run("email", "drafts", "--imap", "--dry-run", root=root).exit_code == 0
    assert server.messages(DRAFTS) == []


def test_a_wrong_password_or_an_unknown_certificate_stops(
    run: Run, root: Path, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTREACH_EMAIL_PASSWORD", "falsch")
    done = run("email", "drafts", "--imap", "--yes", root=root)
    assert done.exit_code == 5
    assert done.stderr.startswith(f"localhost:{server.port} cannot be used by IMAP; ")
    assert "falsch" not in done.output
    path = root / "outreach.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('certificate = "imap.pem"\n', ""), encoding="utf-8"
    )
    done = run("email", "drafts", "--imap", "--yes", root=root)
    assert (done.exit_code, "CERTIFICATE_VERIFY_FAILED" in done.stderr) == (5, True)


def test_what_went_is_kept_among_the_sent_messages(run: Run, root: Path, server: ImapServer) -> None:
    with serving(root) as smtp:
        with (root / "outreach.toml").open("a", encoding="utf-8") as settings:
            settings.write(SMTP.format(port=smtp.port))
        done = run("email", "send", "--yes", root=root)
        assert (done.exit_code, done.stderr) == (0, "")
    found = server.messages(SENT)
    assert [flags for flags, _content in found] == ["S", "S"]
    keep_sent(
        load_campaign(root)[0].email.imap or NOWHERE, root, lambda: PASSWORD, found[0][1]
    )  # as where the server did so itself
    assert len(server.messages(SENT)) == 2
    kept = [email.message_from_bytes(content, policy=default)["Message-ID"] for _flags, content in found]
    assert sorted(kept) == sorted(message["Message-ID"] for _sender, _to, message in smtp.taken)


def test_a_mailbox_that_cannot_be_reached_stops_no_letter(run: Run, root: Path) -> None:
    with serving(root) as smtp:
        with (root / "outreach.toml").open("a", encoding="utf-8") as settings:
            settings.write(SMTP.format(port=smtp.port) + '[email.imap]\nhost = "localhost"\nport = 1\n')
        done = run("email", "send", "--yes", root=root)
    assert done.exit_code == 0
    lines = done.stderr.splitlines()
    assert lines[0].startswith("warning: localhost:1 cannot be used by IMAP; ")
    assert lines[1:] == ["no more copies are put into the mailbox"]
    assert len(smtp.taken) == 2


def deliver(server: ImapServer, folder: str, *contents: bytes) -> None:
    """Put messages into a folder of the mailbox, unseen."""
    place = server.mail / folder / "new"
    place.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(contents):
        (place / f"{number}.test").write_bytes(content)
    for path in (server.mail / folder, *(server.mail / folder).rglob("*")):
        shutil.chown(path, server.mail.owner(), server.mail.group())


def test_what_came_and_what_went_is_read_and_nothing_is_flagged(
    run: Run, root: Path, server: ImapServer
) -> None:
    draft = (root / "out/note/un.pdf").read_bytes()
    went = corpus.multipart(
        corpus.head("groupe@example.org", "Une demande", 1, to="un@example.org", day=6),
        corpus.file(draft, "lettre.pdf", "pdf"),
    )
    came = corpus.text_mail(
        corpus.head("un@example.org", "Re: Une demande", 2, "In-Reply-To: <in.1@ailleurs.example>"), "Huit.\n"
    )
    deliver(server, ".Envoy&AOk-s", went)
    deliver(server, "", came)
    deliver(server, ".Brouillons &AOA- moi", went.replace(b"<in.1@", b"<in.9@"))
    done = run("email", "read", "--imap", "--yes", "--json", root=root)
    assert (done.exit_code, done.stderr) == (0, "")
    assert [
        (row["source"], row["became"], row["contact"], row["letter"], row["how"])
        for row in json.loads(done.stdout)
    ] == [("Envoyés:1", "sent", "un", "note", ""), ("INBOX:1", "waiting", "un", "note", "thread")]
    assert [flags for flags, _content in server.messages(SENT)] in ([""], ["0.test"])
    assert not any("S" in path.name.rpartition(",")[2] for path in server.mail.rglob("*.test*"))
    again = run("email", "read", "--imap", "--yes", root=root)
    assert again.stdout == "0 messages of the campaign, 2 read before, 0 about something else\n"


def test_one_folder_is_read_since_a_day(run: Run, root: Path, server: ImapServer) -> None:
    done = run("email", "read", "--imap", "--yes", "--folder", SENT, "--since", "2025-01-01", root=root)
    assert (done.exit_code, done.stdout) == (
        0,
        "0 messages of the campaign, 0 read before, 0 about something else\n",
    )
    done = run("email", "read", "--imap", "--yes", "--folder", "Envoyees", root=root)
    assert done.exit_code == 3
    assert done.stderr.startswith("localhost has no folder 'Envoyees'; did you mean Envoyés")
    assert server.port


def test_reading_the_mailbox_asks_before(
    run: Run, root: Path, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = run("email", "read", "--imap", root=root)
    assert (nobody.exit_code, nobody.stderr) == (
        4,
        "--imap asks first, and nobody can be asked here; add --yes\n",
    )
    monkeypatch.setattr(email_reading, "is_terminal", lambda: True)
    done = run("email", "read", "--imap", root=root, typed="n\n")
    assert (done.exit_code, done.stderr) == (
        0,
        "Read the mailbox of groupe@example.org at localhost? [y/N]:",
    )
    assert server.port
    assert not (root / "outreach.db").exists()
    for wrong in (
        ("email", "read"),
        ("email", "read", "--imap", "x.mbox"),
        ("email", "read", "x", "--folder", "y"),
    ):
        assert run(*wrong, root=root).exit_code == 2
