"""A campaign without paper, from drafts to a reminder in the same thread; over SMTP, from an mbox and over IMAP."""

import base64
import email
import json
import os
import shutil
import smtplib
import ssl
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from outreach.cli import email as commands
from tests.cli.test_email_drafts import FROM
from tests.cli.test_email_imap import deliver
from tests.cli.test_email_send import SMTP
from tests.conftest import set_day
from tests.imap_server import IMAP, imap_serving
from tests.mail_server import PASSWORD, USER, MailServer, serving
from tests.post.email.corpus import mbox

Run = Callable[..., Result]

OWN = "groupe@example.org"
EVERYBODY = [f"c{number:02}" for number in range(1, 41)]
BY_HAND, BY_PROGRAM = EVERYBODY[:30], EVERYBODY[30:]
BOUNCED, ACKNOWLEDGED, ANSWERED = EVERYBODY[:2], EVERYBODY[2:7], EVERYBODY[7:37]
SILENT = EVERYBODY[37:]
POSTED = datetime(2025, 1, 15, 9, 50, tzinfo=timezone(timedelta(hours=1)))

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(
        not (shutil.which("dovecot") or os.environ.get("OUTREACH_REQUIRE_OFFICE")), reason="needs dovecot"
    ),
]


def address(name: str) -> str:
    return f"{name}@mairie-{name}.example"


@pytest.fixture
def root(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a campaign of forty councillors with e-mail, its letters made."""
    set_day(monkeypatch, POSTED.date())
    monkeypatch.setenv("OUTREACH_EMAIL_PASSWORD", PASSWORD)
    monkeypatch.setattr(commands, "now", lambda: POSTED)
    said = (
        "--title",
        "A park",
        "--topic",
        "the park",
        "--name",
        "Friends of the park",
        "--place",
        "Sampleton",
    )
    made = tmp_path / "park"
    assert run("init", str(made), "--starter", "en", *said, "--address", "3 Lane").exit_code == 0
    rows = [
        f"{name},councillor,f,Ada,Sample{name.upper()},1 Lane,01000,Bourg,{address(name)}"
        for name in EVERYBODY
    ]
    header = "id,role,gender,given_name,family_name,address,postal_code,city,email"
    (made / "contacts/all.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    assert run("generate", "--format", "pdf", root=made).exit_code == 0
    return made


def sent_by_hand(root: Path, server: MailServer) -> list[bytes]:
    """Send drafts as a mail program does, each with a Date and an id of its own; return the copies that it keeps."""
    context = ssl.create_default_context(cafile=str(root / "ca.pem"))
    copies = []
    with smtplib.SMTP_SSL("localhost", server.port, context=context) as client:
        client.ehlo()
        secret = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
        assert client.docmd("AUTH", f"PLAIN {secret}")[0] == 235  # done
        for name in BY_HAND:
            draft = (root / f"out/email/first-letter/{name}.eml").read_bytes()
            message = email.message_from_bytes(draft, policy=default)
            del message["X-Unsent"]
            message["Date"] = email.utils.format_datetime(POSTED)
            message["Message-ID"] = f"<{name}.by-hand@example.org>"
            client.send_message(message)
            copies.append(message.as_bytes())
    return copies


def incoming(sender: str, subject: str, body: str, hours: int, **heads: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, OWN, subject
    message["Date"] = email.utils.format_datetime(POSTED + timedelta(hours=hours))
    message["Message-ID"] = f"<{subject.replace(' ', '.')}.{sender}>"
    for name, value in heads.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message.as_bytes()


def bounce(name: str, original: str) -> bytes:
    """Return what a server says of an address that does not exist (RFC 3464)."""
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {OWN}\nSubject: Undelivered {name}\n"
        f"Date: Wed, 15 Jan 2025 09:51:00 +0100\nMessage-ID: <bounce.{name}@mx.example>\nMIME-Version: 1.0\n"
        'Auto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\nNo such user.\n\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {address(name)}\nAction: failed\n"
        f"Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {original}\nTo: {address(name)}\n\n--b--\n"
    ).encode()


def what_comes(ids: dict[str, str]) -> list[bytes]:
    """Return two bounces, five acknowledgements, thirty answers and four messages of which nothing is certain."""
    bounces = [bounce(name, ids[name]) for name in BOUNCED]
    receipts = [
        incoming(address(name), f"Automatic reply {name}", "Your message has been received.", 0,
                 In_Reply_To=ids[name], Auto_Submitted="auto-replied")
        for name in ACKNOWLEDGED
    ]  # fmt: skip
    answers = [
        incoming(address(name), f"Re {name}", f"Dear friends,\n\nWe are in favour, says {name}.\n", 30,
                 In_Reply_To=ids[name], References=ids[name])
        for name in ANSWERED
    ]  # fmt: skip
    unsure = [
        incoming(f"office{number}@mairie-{name}.example", f"Your park {number}", "We will look at it.\n", 40)
        for number, name in enumerate([*SILENT, ANSWERED[0]])
    ]
    return [*bounces, *receipts, *answers, *unsure]


def rows(run: Run, root: Path, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(*words, "--json", root=root).stdout)
    return found


def outcomes(found: Sequence[dict[str, Any]]) -> dict[str, int]:
    became = [row["became"] for row in found]
    return {word: became.count(word) for word in sorted(set(became))}


def test_a_campaign_without_paper(
    run: Run, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(root) as smtp, imap_serving(root) as imap:
        with (root / "outreach.toml").open("a", encoding="utf-8") as settings:
            settings.write(FROM + SMTP.format(port=smtp.port) + IMAP.format(port=imap.port))
        drafts = run("email", "drafts", root=root)
        assert (drafts.exit_code, len(list((root / "out/email/first-letter").glob("*.eml")))) == (0, 40)
        copies = sent_by_hand(root, smtp)
        chosen = [word for name in BY_PROGRAM for word in ("--to", name)]
        went = run("email", "send", *chosen, "--yes", root=root)
        assert went.exit_code == 0, went.stderr
        assert smtp.recipients == [address(name) for name in EVERYBODY]
        ids = {to.partition("@")[0]: str(message["Message-ID"]) for _sender, to, message in smtp.taken}

        messages = what_comes(ids)
        (tmp_path / "Sent.mbox").write_bytes(mbox(*copies))
        (tmp_path / "Inbox.mbox").write_bytes(mbox(*messages[:20]))
        deliver(imap, "", *messages[15:])  # five of them lie in both
        set_day(monkeypatch, date(2025, 1, 20))
        files = [str(tmp_path / "Sent.mbox"), str(tmp_path / "Inbox.mbox")]
        read = rows(run, root, "email", "read", *files)
        assert outcomes(read) == {"received": 5, "returned": 2, "sent": 30, "waiting": 13}
        more = rows(run, root, "email", "read", "--imap", "--yes", "--folder", "INBOX")
        assert outcomes(more) == {"waiting": 21}
        assert outcomes(rows(run, root, "email", "read", *files)) == {}

        tray = {row["contact"]: row for row in rows(run, root, "email", "tray") if row["how"] == "thread"}
        assert sorted(tray) == ANSWERED
        for name in ANSWERED:
            number = str(tray[name]["number"])
            kind = "full" if name < "c30" else "partial"
            done = run(
                "answer", name, "--message", number, "--kind", kind, "--question", "1=In favour.", root=root
            )
            assert done.exit_code == 0, done.stderr
        left = rows(run, root, "email", "tray")
        assert [row["how"] for row in left] == ["domain"] * 4

        standings = {row["contact"]: row for row in rows(run, root, "status")}
        assert {name for name, row in standings.items() if row["outcome"] == "returned"} == set(BOUNCED)
        assert [standings[name]["received_on"] for name in ACKNOWLEDGED] == ["2025-01-15"] * 5
        assert not any(standings[name]["estimated"] for name in ACKNOWLEDGED)
        assert {standings[name]["questions_answered"] for name in ANSWERED if name >= "c30"} == {1}
        assert {standings[name]["status"] for name in SILENT} == {"sent"}
        due = rows(run, root, "due", "--within", "60")
        assert {row["contact"] for row in due if row["step"] == "resend"} == set(BOUNCED)
        bounced = rows(run, root, "contacts", "list", "--to", "tag:email-bounced")
        assert [row["id"] for row in bounced] == BOUNCED

        set_day(monkeypatch, date(2025, 2, 20))
        made = run("followup", "reminder", "--format", "pdf", "--to", SILENT[0], root=root)
        assert made.exit_code == 0, made.stderr
        reminded = run("email", "drafts", "reminder", "--to", SILENT[0], root=root)
        assert reminded.exit_code == 0, reminded.stderr
        text = (root / f"out/email/reminder/{SILENT[0]}.eml").read_bytes()
        reminder = email.message_from_bytes(text, policy=default)
        assert reminder["In-Reply-To"] == ids[SILENT[0]]
        assert ids[SILENT[0]] in reminder["References"]
        assert run("log", "verify", root=root).exit_code == 0
