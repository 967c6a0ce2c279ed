"""Letters sent over a mail server of this machine: who gets them, what is recorded, what happens when it fails."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from typer.testing import Result

from outreach.cli import email as commands
from outreach.files.digest import digest
from tests.cli.test_email_drafts import FROM, contact, text_of
from tests.cli.test_series import asked
from tests.conftest import LETTER, SETTINGS
from tests.mail_server import PASSWORD, USER, MailServer, serving

Campaign = Callable[..., Path]
Run = Callable[..., Result]

__all__ = ["asked"]  # a fixture
NAMES = ("un", "deux", "trois")
SMTP = (
    '[email.smtp]\nhost = "localhost"\nport = {port}\nuser = "groupe@example.org"\ncertificate = "ca.pem"\n'
)
START = datetime(2025, 1, 15, 9, 50, tzinfo=timezone(timedelta(hours=1)))


class Time:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = START

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    found = Time()
    monkeypatch.setattr(commands, "now", lambda: found.now)
    monkeypatch.setattr(commands, "sleep", found.sleep)
    return found


@pytest.fixture
def root(campaign: Campaign, run: Run, clock: Time, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a campaign with letters to three contacts; nobody has said yet over which server."""
    del clock
    monkeypatch.setenv("OUTREACH_EMAIL_PASSWORD", PASSWORD)
    people = "".join(contact(name, name.title(), f'email = "{name}@example.org"') for name in NAMES)
    made = campaign({"contacts/a.toml": people, "letters/note.md": LETTER, "outreach.toml": SETTINGS + FROM})
    assert run("generate", "--format", "pdf", root=made).exit_code == 0
    return made


@pytest.fixture
def server(root: Path) -> Iterator[MailServer]:
    with serving(root) as found:
        with (root / "outreach.toml").open("a") as settings:
            settings.write(SMTP.format(port=found.port))
        yield found


def sent(run: Run, root: Path) -> list[dict[str, object]]:
    rows = json.loads(run("log", "--json", root=root).stdout)
    return [row for row in rows if row["kind"] == "sent"]


def test_each_letter_goes_and_is_recorded_with_the_servers_answer(
    run: Run, root: Path, server: MailServer
) -> None:
    run("generate", "--format", "docx", root=root)  # which does not go, and is not recorded
    done = run("email", "send", "--yes", root=root)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "3 e-mails from groupe@example.org, over localhost, at most 60 an hour",
        "sent  note  un  2025-01-15  250 2.0.0 Ok: queued as 1",
        "sent  note  deux  2025-01-15  250 2.0.0 Ok: queued as 2",
        "sent  note  trois  2025-01-15  250 2.0.0 Ok: queued as 3",
    ]
    assert server.recipients == [f"{name}@example.org" for name in NAMES]
    assert (server.logins, server.connections) == ([USER], 1)
    sender, _to, message = server.taken[0]
    assert sender == "groupe@example.org"
    assert message["Date"] == "Wed, 15 Jan 2025 09:50:00 +0100"
    assert message["X-Unsent"] is None
    assert re.fullmatch(r"<[a-z0-9-]+\.[0-9a-f]{16}@example\.org>", message["Message-ID"])
    (attachment,) = message.iter_attachments()
    pdf = (root / "out/note/un.pdf").read_bytes()
    assert attachment.get_content() == pdf
    row = sent(run, root)[0]
    data = row["data"]
    assert isinstance(data, dict)
    assert (row["contact"], row["at"], data["channel"]) == ("un", "2025-01-15", "email")
    assert data["message_id"] == message["Message-ID"]
    assert data["accepted"] == "250 2.0.0 Ok: queued as 1"
    assert data["files"] == [{"name": "un.pdf", "sha256": digest(pdf)}]
    assert not (root / "outreach.db.sending").exists()
    assert (root / "outreach.db.bak").is_file()
    assert run("log", "verify", root=root).exit_code == 0


def test_a_second_run_sends_nobody_twice(run: Run, root: Path, server: MailServer) -> None:
    run("email", "send", "--to", "un", "--yes", root=root)
    done = run("email", "send", "--yes", root=root)
    assert done.exit_code == 0
    assert done.stderr.startswith(
        "warning: letter 'note' to 'un' is left out: it was sent by e-mail on 2025-01-15"
    )
    assert server.recipients == [f"{name}@example.org" for name in NAMES]
    assert run("email", "send", "--yes", root=root).exit_code == 4
    again = run("email", "send", "--to", "un", "--again", "--yes", root=root)
    assert (again.exit_code, "--again needs --reason TEXT" in again.stderr) == (2, True)
    assert (
        run("email", "send", "--to", "un", "--again", "--reason", "perdu", "--yes", root=root).exit_code == 0
    )
    assert server.recipients[-1] == "un@example.org"
    data = sent(run, root)[-1]["data"]
    assert isinstance(data, dict)
    assert (data["again"], data["reason"]) == (True, "perdu")


def test_notices_are_asked_for_where_the_server_gives_them(run: Run, root: Path, server: MailServer) -> None:
    run("email", "send", "--to", "un", "--yes", root=root)
    asked = [one for one in server.parameters if not one.lower().startswith("size")]
    assert asked == ["RET=HDRS", "NOTIFY=SUCCESS,FAILURE,DELAY", "ORCPT=rfc822;un@example.org"]


def test_a_test_goes_to_oneself_and_is_not_recorded(run: Run, root: Path, server: MailServer) -> None:
    done = run("email", "send", "--test", "moi@example.org", "--yes", root=root)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "1 e-mail from groupe@example.org, over localhost, at most 60 an hour",
        "sent as a test to moi@example.org: 250 2.0.0 Ok: queued as 1",
    ]
    ((_sender, to, message),) = server.taken
    assert (to, message["To"]) == ("moi@example.org", "moi@example.org")
    assert message["Subject"].startswith("[TEST] Une demande [")
    assert sent(run, root) == []
    wrong = run("email", "send", "--test", "moi", "--yes", root=root)
    assert (wrong.exit_code, "'moi' is not an e-mail address" in wrong.stderr) == (2, True)


def test_it_asks_first(run: Run, root: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = run("email", "send", root=root)
    assert (nobody.exit_code, nobody.stdout) == (4, "")
    assert nobody.stderr == "`email send` asks first, and nobody can be asked here; add --yes\n"
    monkeypatch.setattr(commands, "is_terminal", lambda: True)
    done = run("email", "send", root=root, typed="n\n")
    assert (done.exit_code, done.stderr) == (0, "Send 3 e-mails? [y/N]:")
    assert server.taken == []
    assert run("email", "send", root=root, typed="y\n").exit_code == 0
    assert len(server.taken) == 3


def test_a_dry_run_names_to_whom(run: Run, root: Path, server: MailServer) -> None:
    done = run("email", "send", "--dry-run", "--not", "deux", root=root)
    assert done.stdout.splitlines() == [
        "2 e-mails from groupe@example.org, over localhost, at most 60 an hour",
        "note  un  un@example.org",
        "note  trois  trois@example.org",
    ]
    rows = json.loads(run("email", "send", "--dry-run", "--json", root=root).stdout)
    assert [row["to"] for row in rows] == [f"{name}@example.org" for name in NAMES]
    assert (server.taken, server.connections, sent(run, root)) == ([], 0, [])


@pytest.mark.parametrize("stage", ["on_rcpt", "on_data"])
@pytest.mark.parametrize(
    ("said", "hint"),
    [("550 5.1.1 No such user here", "check the address"), ("452 4.2.2 Mailbox full", "send it again later")],
)
def test_a_refused_recipient_is_named_and_the_others_get_theirs(  # noqa: PLR0913, PLR0917  (fixtures and parameters)
    run: Run, root: Path, server: MailServer, stage: str, said: str, hint: str
) -> None:
    setattr(server, stage, lambda address: said if address == "deux@example.org" else None)
    done = run("email", "send", "--yes", root=root)
    assert done.exit_code == 5
    assert done.stderr == f"the server refused the message to 'deux': {said}; {hint}\n"
    assert server.recipients == ["un@example.org", "trois@example.org"]
    assert [row["contact"] for row in sent(run, root)] == ["un", "trois"]
    assert not (root / "outreach.db.sending").exists()
    setattr(server, stage, lambda _address: None)
    assert run("email", "send", "--yes", root=root).exit_code == 0
    assert server.recipients[-1] == "deux@example.org"


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("on_mail", "550 5.7.1 Not allowed to send as this"),
        ("on_rcpt", "553 5.1.8 Sender address rejected"),
        ("on_rcpt", "554 5.7.1 Relay access denied"),
        ("on_rcpt", "421 4.7.0 Too many messages, try again later"),
        ("on_data", "554 5.7.1 Message looks like spam"),
        ("on_data", "554 Transaction failed"),
    ],
)
def test_nothing_more_goes_once_the_sender_is_refused(
    run: Run, root: Path, server: MailServer, stage: str, said: str
) -> None:
    setattr(server, stage, lambda _address: said if len(server.taken) == 1 else None)
    done = run("email", "send", "--yes", root=root)
    assert done.exit_code == 5
    assert done.stderr == (
        f"localhost takes no message from this sender: {said};"
        " see [email.smtp] in outreach.toml, and the password\n"
    )
    assert [row["contact"] for row in sent(run, root)] == ["un"]
    assert not (root / "outreach.db.sending").exists()
    setattr(server, stage, lambda _address: None)
    run("email", "send", "--yes", root=root)
    assert server.recipients == [f"{name}@example.org" for name in NAMES]


def test_what_the_server_did_not_answer_is_named_and_not_repeated(
    run: Run, root: Path, server: MailServer
) -> None:
    server.on_data = lambda address: "" if address == "deux@example.org" else None
    done = run("email", "send", "--yes", root=root)
    assert done.exit_code == 5
    assert done.stderr.startswith(
        "the connection broke while the server took the message to deux@example.org"
    )
    assert [row["contact"] for row in sent(run, root)] == ["un"]
    server.on_data = lambda _address: None
    for command in (("email", "send", "--yes"), ("email", "drafts")):
        done = run(*command, "--to", "deux", "--to", "trois", root=root)
        assert "letter 'note' to 'deux' is left out: sending it was cut off on" in done.stderr, done.output
        assert (
            "; look for it among the sent e-mails; if it went: outreach sent note --to deux --on"
            in done.stderr
        )
    assert server.recipients == ["un@example.org", "trois@example.org"]
    assert run("email", "send", "--to", "deux", "--yes", root=root).exit_code == 4
    told = run("sent", "note", "--to", "deux", "--on", "2025-01-15", "--via", "email", root=root)
    assert told.exit_code == 0
    done = run("email", "send", "--to", "deux", "--yes", root=root)
    assert "it was sent by e-mail on 2025-01-15" in done.stderr


def test_what_did_not_go_goes_when_somebody_says_again(
    run: Run, root: Path, server: MailServer, clock: Time
) -> None:
    server.on_data = lambda _address: ""
    run("email", "send", "--to", "un", "--yes", root=root)
    server.on_data = lambda _address: None
    clock.now += timedelta(minutes=1)
    done = run("email", "send", "--to", "un", "--again", "--reason", "coupé", "--yes", root=root)
    assert done.exit_code == 0, done.output
    assert server.recipients == ["un@example.org"]
    assert not (root / "outreach.db.sending").exists()


def test_so_many_an_hour_and_only_at_these_hours(
    run: Run, root: Path, server: MailServer, clock: Time
) -> None:
    done = run("email", "send", "--per-hour", "2", "--between", "08:00-10:30", "--yes", root=root)
    assert done.exit_code == 0
    assert done.stderr == "waiting until 08:00\n"
    assert server.connections == 2  # none is held for hours
    assert [message["Date"].datetime.strftime("%d %H:%M") for _s, _t, message in server.taken] == [
        "15 09:50",
        "15 09:50",
        "16 08:00",
    ]
    assert [row["at"] for row in sent(run, root)] == ["2025-01-15", "2025-01-15", "2025-01-16"]
    assert clock.now - START < timedelta(hours=23)
    wrong = run("email", "send", "--between", "8-19", "--yes", root=root)
    assert (wrong.exit_code, "'8-19' is not of the form 08:00-19:00" in wrong.stderr) == (2, True)


def test_what_was_sent_in_an_earlier_run_counts_for_the_hour(
    run: Run, root: Path, server: MailServer, clock: Time
) -> None:
    run("email", "send", "--to", "un", "--yes", root=root)
    clock.now += timedelta(minutes=10)
    run("email", "send", "--per-hour", "1", "--to", "deux", "--yes", root=root)
    assert server.taken[-1][2]["Date"].datetime == START + timedelta(hours=1)


def test_others_can_record_while_nothing_goes_and_what_they_record_holds(
    run: Run, root: Path, server: MailServer, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Result] = []

    def sleep(seconds: float) -> None:
        if not told:
            told.append(run("sent", "note", "--to", "deux", "--on", "2025-01-15", "--via", "hand", root=root))
            (root / "out/note/trois.pdf").write_bytes(b"%PDF-1.7 new")
        clock.sleep(seconds)

    monkeypatch.setattr(commands, "sleep", sleep)
    done = run("email", "send", "--per-hour", "1", "--yes", root=root)
    assert told[0].exit_code == 0, told[0].output
    assert server.recipients == ["un@example.org"]
    assert done.exit_code == 0
    assert "warning: letter 'note' to 'deux' is left out: it was handed over on 2025-01-15" in done.stderr
    assert "note/trois.pdf: warning: has changed since sending began, and is not sent" in done.stderr


def test_two_do_not_send_at_once(
    run: Run, root: Path, server: MailServer, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Result] = []

    def sleep(seconds: float) -> None:
        if not told:
            told.append(run("email", "send", "--yes", root=root))
        clock.sleep(seconds)

    monkeypatch.setattr(commands, "sleep", sleep)
    assert run("email", "send", "--per-hour", "1", "--yes", root=root).exit_code == 0
    assert told[0].exit_code == 5
    assert "another command is writing in this campaign: outreach email send" in told[0].stderr
    assert server.recipients == [f"{name}@example.org" for name in NAMES]


def test_a_draft_that_was_edited_by_hand_is_left_to_its_editor(
    run: Run, root: Path, server: MailServer
) -> None:
    run("email", "drafts", root=root)
    path = root / "out/email/note/un.eml"
    path.write_bytes(path.read_bytes().replace(b"Groupe Essai", b"Zoe Essai"))
    done = run("email", "send", "--yes", root=root)
    assert done.stderr == (
        "email/note/un.eml: warning: was edited by hand, and is not sent;"
        " send it with a mail program, or delete it\n"
    )
    assert server.recipients == ["deux@example.org", "trois@example.org"]


def test_a_joint_letter_is_recorded_for_each_as_it_goes(run: Run, root: Path, server: MailServer) -> None:
    joint = LETTER.replace("audience", "joint = true\naudience").replace("{{ recipient.name }}", "tous")
    (root / "letters/note.md").write_text(joint)
    assert run("generate", "--format", "pdf", root=root).exit_code == 0
    server.on_rcpt = lambda address: "550 5.1.1 unknown" if address == "deux@example.org" else None
    assert run("email", "send", "--yes", root=root).exit_code == 5
    assert [row["contact"] for row in sent(run, root)] == ["un", "trois"]
    server.on_rcpt = lambda _address: None
    assert run("email", "send", "--yes", root=root).exit_code == 0
    assert server.recipients == ["un@example.org", "trois@example.org", "deux@example.org"]


def test_the_connection_can_begin_in_the_clear(run: Run, root: Path) -> None:
    with serving(root, with_starttls=True) as server:
        with (root / "outreach.toml").open("a") as settings:
            settings.write(SMTP.format(port=server.port) + "starttls = true\n")
        done = run("email", "send", "--to", "un", "--yes", root=root)
        assert (done.exit_code, server.recipients) == (0, ["un@example.org"]), done.output


def test_a_certificate_that_nobody_named_is_refused(run: Run, root: Path, server: MailServer) -> None:
    path = root / "outreach.toml"
    path.write_text(path.read_text().replace('certificate = "ca.pem"\n', ""))
    done = run("email", "send", "--yes", root=root)
    assert done.exit_code == 5
    assert done.stderr.startswith(f"localhost:{server.port} cannot be reached by SMTP; ")
    assert "CERTIFICATE_VERIFY_FAILED" in done.stderr
    assert (server.logins, server.taken, sent(run, root)) == ([], [], [])


def test_a_wrong_password_stops_before_anything_goes(
    run: Run, root: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTREACH_EMAIL_PASSWORD", "falsch")
    done = run("email", "send", "--yes", root=root)
    assert done.exit_code == 5
    assert done.stderr.startswith("localhost takes no message from this sender: 535 ")
    assert "falsch" not in done.output
    assert (server.taken, sent(run, root)) == ([], [])


def test_without_a_password_it_is_said_where_to_put_it(
    run: Run, root: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OUTREACH_EMAIL_PASSWORD")
    monkeypatch.setitem(sys.modules, "keyring", None)
    done = run("email", "send", "--yes", root=root)
    assert done.exit_code == 3
    assert done.stderr == (
        "no password of groupe@example.org at localhost is known; put it into the keyring:"
        " keyring set localhost groupe@example.org; or into OUTREACH_EMAIL_PASSWORD\n"
    )
    assert server.taken == []


def test_no_server_is_an_error(run: Run, root: Path) -> None:
    done = run("email", "send", "--yes", root=root)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr == (
        'outreach.toml: no server is named that e-mail goes over; write a table [email.smtp] with host = "..."\n'
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be killed there likewise")
@pytest.mark.parametrize("moment", ["on_rcpt", "on_data", "after_data"])
def test_a_run_that_is_killed_sends_nobody_twice(
    run: Run, root: Path, server: MailServer, moment: str
) -> None:
    victim: list[subprocess.Popen[bytes]] = []

    def kill(address: str) -> str | None:
        if address != "deux@example.org" or victim[0].poll() is not None:
            return None
        os.kill(victim[0].pid, signal.SIGKILL)
        victim[0].wait()
        return "451 4.3.0 nobody there"

    setattr(server, moment, kill)
    command = [sys.executable, "-m", "outreach", "--campaign", str(root), "email", "send", "--yes"]
    victim.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    victim[0].communicate()
    assert victim[0].returncode == -signal.SIGKILL
    done = run("email", "send", "--yes", root=root)
    assert done.exit_code == 0, done.output
    assert len(set(server.recipients)) == len(server.recipients)
    is_certain = moment == "on_rcpt"  # the server had not been given the message yet
    assert ("sending it was cut off" in done.stderr) == (not is_certain)
    assert ("deux@example.org" in server.recipients) == (moment != "on_data" or is_certain)
    assert {row["contact"] for row in sent(run, root)} == ({*NAMES} if is_certain else {"un", "trois"})


def test_json_has_the_events_as_the_log_has_them(run: Run, root: Path, server: MailServer) -> None:
    server.on_rcpt = lambda address: "550 5.1.1 unknown" if address == "deux@example.org" else None
    done = run("email", "send", "--yes", "--json", root=root)
    assert done.exit_code == 5
    assert json.loads(done.stdout) == sent(run, root)
    (problem,) = map(json.loads, done.stderr.splitlines())
    assert (problem["code"], problem["severity"]) == ("recipient-refused", "error")


def test_who_is_forgotten_is_not_left_among_what_was_cut_off(
    run: Run, root: Path, server: MailServer
) -> None:
    server.on_data = lambda _address: ""
    run("email", "send", "--to", "un", "--yes", root=root)
    run("email", "send", "--to", "deux", "--yes", root=root)
    path = root / "outreach.db.sending"
    assert [json.loads(line)["contact"] for line in path.read_text().splitlines()] == ["un", "deux"]
    assert run("contacts", "forget", "un", "--yes", root=root).exit_code == 0
    assert [json.loads(line)["contact"] for line in path.read_text().splitlines()] == ["deux"]
    assert run("contacts", "forget", "deux", "--yes", root=root).exit_code == 0
    assert not path.exists()


def test_lines_that_begin_with_a_full_stop_arrive_whole(run: Run, root: Path, server: MailServer) -> None:
    (root / "letters/_email.md").write_text("...\n\n.\n\n.. et voilà\n", encoding="utf-8")
    run("email", "send", "--to", "un", "--yes", root=root)
    text = text_of(server.taken[0][2])
    assert text.splitlines() == ["…", "", ".", "", ".. et voilà"]


def test_a_run_that_sends_again_can_be_taken_up(run: Run, root: Path, server: MailServer) -> None:
    run("email", "send", "--yes", root=root)
    again = ("email", "send", "--again", "--yes", "--reason")
    server.on_mail = lambda _address: "550 5.7.1 no" if len(server.taken) == 4 else None
    assert run(*again, "perdu", root=root).exit_code == 5
    server.on_mail = lambda _address: None
    server.on_data = lambda address: "" if address == "deux@example.org" else None
    assert run(*again, "perdu", root=root).exit_code == 5
    server.on_data = lambda _address: None
    done = run(*again, "perdu", root=root)
    assert done.exit_code == 0, done.output
    assert server.recipients[3:] == ["un@example.org", "trois@example.org"]
    assert "letter 'note' to 'un' is left out: it was sent again on 2025-01-15 for that reason" in done.stderr
    assert "letter 'note' to 'deux' is left out: sending it was cut off" in done.stderr
    run(*again, "encore", root=root)
    assert server.recipients[5:] == [f"{name}@example.org" for name in NAMES]


def test_a_reason_without_again_says_nothing(run: Run, root: Path, server: MailServer) -> None:
    run("email", "send", "--to", "un", "--reason", "pour voir", "--yes", root=root)
    assert server.recipients == ["un@example.org"]
    data = sent(run, root)[0]["data"]
    assert isinstance(data, dict)
    assert not {"again", "reason"} & set(data)


def test_a_connection_that_the_server_ends_is_made_anew(run: Run, root: Path, server: MailServer) -> None:
    answered: list[int] = []

    def once_each(_address: str) -> str | None:
        answered.append(server.connections)
        return "421 4.7.0 One message a connection" if answered.count(server.connections) > 1 else None

    server.on_mail = once_each
    done = run("email", "send", "--yes", root=root)
    assert (done.exit_code, done.stderr) == (0, "")
    assert (len(server.taken), server.connections) == (3, 3)


def test_a_draft_of_what_was_sent_is_there_no_more(run: Run, root: Path, server: MailServer) -> None:
    run("email", "drafts", root=root)
    run("email", "send", "--to", "un", "--yes", root=root)
    assert server.recipients == ["un@example.org"]
    found = sorted(path.name for path in (root / "out/email").rglob("*.*"))
    assert found == ["deux.eml", "manifest.json", "trois.eml"]


def test_an_event_of_a_series_is_recorded_for_each_it_is_about(
    asked: Callable[..., Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = asked(**dict.fromkeys("abcdef", "2025-01-10"))
    monkeypatch.setenv("OUTREACH_EMAIL_PASSWORD", PASSWORD)
    assert run("contacts", "edit", "cada", "--email", "cada@example.org", root=root).exit_code == 0
    assert run("followup", "--on", "2025-02-11", "--format", "pdf", root=root).exit_code == 0
    with serving(root) as server:
        with (root / "outreach.toml").open("a") as settings:
            settings.write(FROM + SMTP.format(port=server.port))
        drafted = run("email", "drafts", "cada-referral", root=root)
        assert (drafted.exit_code, drafted.stderr) == (
            0,
            "letters/cada-referral.md: warning: enclosures without a file are not attached;"
            ' give each one: { title = "...", file = "annex.pdf" }\n',
        )
        assert [path.name for path in (root / "out/email/cada-referral").iterdir()] == ["joint.papers.eml"]
        done = run("email", "send", "cada-referral", "--yes", root=root)
        assert (done.exit_code, server.recipients) == (0, ["cada@example.org"]), done.output
    rows = [row for row in sent(run, root) if row["letter"] == "cada-referral"]
    assert [row["contact"] for row in rows] == list("abcdef")
    data = [row["data"] for row in rows]
    assert all(isinstance(one, dict) and one["message_id"] == data[0]["message_id"] for one in data)  # type: ignore[index]
