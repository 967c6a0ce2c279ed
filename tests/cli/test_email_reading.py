"""`email read` records what is certain of the mail that it is given, and the tray holds the rest."""

import email
import json
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from outreach.post.email.reference import reference_of
from tests.conftest import CAMPAIGN as PLAIN
from tests.fuzz.test_fuzz import damaged
from tests.post.email import corpus
from tests.post.email.corpus import CASES, EMAILS, Given, mbox, sent, sent_id, text_mail
from tests.post.email.outlook_file import msg

Campaign = Callable[..., Path]
Run = Callable[..., Result]
Make = Callable[[], tuple[Path, Given]]
Read = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def made(campaign: Campaign, run: Run) -> Make:
    """Return a function that makes a campaign with its letters as PDF, and returns it with what mails need."""

    def make() -> tuple[Path, Given]:
        root = campaign({"letters/note.md": "", **corpus.CAMPAIGN})
        done = run("generate", "--format", "pdf", root=root)
        assert done.exit_code == 0, done.stderr
        letters = [("note", name) for name in EMAILS] + [("autre", "bea")]
        references = {(letter, name): reference_of(corpus.TITLE, letter, name) for letter, name in letters}
        return root, Given(root / "out", references)

    return make


@pytest.fixture
def read(run: Run, tmp_path: Path) -> Read:
    """Return a function that reads messages, each list of them as one mbox, and returns what became of them."""

    def read_mail(root: Path, *boxes: list[bytes], dry_run: bool = False) -> list[dict[str, Any]]:
        paths = [tmp_path / f"{number}.mbox" for number in range(len(boxes))]
        for path, messages in zip(paths, boxes, strict=True):
            path.write_bytes(mbox(*messages))
        more = ["--dry-run"] if dry_run else []
        done = run("email", "read", *map(str, paths), "--json", *more, root=root)
        assert done.exit_code == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    return read_mail


def rows(run: Run, root: Path, *command: str) -> list[dict[str, Any]]:
    done = run(*command, "--json", root=root)
    assert done.exit_code == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def letters_sent(given: Given) -> list[bytes]:
    return [*(sent(given, name) for name in EMAILS), sent(given, "bea", "autre")]


def test_the_test_is_of_a_whole_corpus() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)
    assert PLAIN["contacts/a.toml"] != corpus.CAMPAIGN["contacts/a.toml"]


def test_what_comes_of_each_message(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    found = read(root, letters_sent(given), [case.make(given) for case in CASES])
    by_source = {row["source"].rpartition("/")[2]: row for row in found}
    of_sent = [row for row in found if row["kind"] == "sent"]
    assert [(row["became"], row["contact"], row["letter"], row["on"]) for row in of_sent] == [
        *(("sent", name, "note", "2025-01-06") for name in EMAILS),
        ("sent", "bea", "autre", "2025-01-06"),
    ]
    expected, became = {}, {}
    for number, case in enumerate(CASES, 1):
        row = by_source.get(f"1.mbox:{number}")
        is_told = case.became not in ("others", "nothing", "known")
        expected[case.name] = (
            (case.became, case.kind, case.contact, case.letter, case.how) if is_told else None
        )
        became[case.name] = (
            tuple(row[key] for key in ("became", "kind", "contact", "letter", "how")) if row else None
        )
    assert became == expected
    tray = {row["number"]: row for row in rows(run, root, "email", "tray")}
    for number, case in enumerate(CASES, 1):
        row = by_source.get(f"1.mbox:{number}")
        if row and row["became"] == "waiting":
            waits = tray.pop(row["number"])
            names = tuple(one["name"] for one in waits["attachments"])
            assert (case.name, names) == (case.name, case.files)
            assert case.text is None or (case.name, waits["text"]) == (case.name, case.text)
            assert case.fault in " ".join(waits["faults"]), case.name
    assert not tray


def test_a_second_reading_records_nothing(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    messages = [*letters_sent(given), *(case.make(given) for case in CASES)]
    read(root, messages)
    events, tray = rows(run, root, "log"), rows(run, root, "email", "tray")
    again = read(root, messages, messages)
    assert {row["became"] for row in again} <= {"left"}
    assert (rows(run, root, "log"), rows(run, root, "email", "tray")) == (events, tray)
    assert run("log", "verify", root=root).exit_code == 0
    run("log", "verify", "--repair", root=root)
    assert rows(run, root, "email", "tray") == tray


def test_a_dry_run_tells_the_same_and_leaves_nothing(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    messages = [*letters_sent(given), *(case.make(given) for case in CASES)]
    shown = read(root, messages, dry_run=True)
    assert rows(run, root, "log") == []
    assert not (root / "archive").exists()
    assert "email-bounced" not in (root / "contacts/a.toml").read_text(encoding="utf-8")
    numberless = [{**row, "number": 0} for row in read(root, messages)]
    assert numberless == shown


def test_what_is_recorded_of_a_letter_that_went(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    late = sent(given, "anne", Date="Mon, 6 Jan 2025 23:30:00 +0000", Message_ID="<late@essai.example>")
    read(root, [late])
    (event,) = rows(run, root, "log")
    assert (event["kind"], event["contact"], event["letter"], event["at"]) == (
        "sent",
        "anne",
        "note",
        "2025-01-07",
    )
    assert event["data"]["channel"] == "email"
    assert event["data"]["message_id"] == "<late@essai.example>"
    assert [file["name"] for file in event["data"]["files"]] == ["anne.pdf"]
    run("log", "file", event["id"], "--into", str(root / "x"), root=root)
    assert (root / "x/anne.pdf").read_bytes() == given.pdf("anne")


def test_an_overseas_campaign_has_days_of_its_own(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    settings = (root / "outreach.toml").read_text(encoding="utf-8")
    settings = settings.replace("[campaign]\n", '[campaign]\nterritory = "nouvelle-caledonie"\n')
    (root / "outreach.toml").write_text(settings, encoding="utf-8")
    read(root, [sent(given, "anne", Date="Mon, 6 Jan 2025 14:00:00 +0000")])
    assert [event["at"] for event in rows(run, root, "log")] == ["2025-01-07"]


def test_the_same_letter_twice_is_recorded_once(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    again = sent(given, "anne", Date="Wed, 8 Jan 2025 10:00:00 +0100", Message_ID="<again@essai.example>")
    found = read(
        root, [sent(given, "anne"), again, sent(given, "anne", Status="RO", X_Mozilla_Status="0001")]
    )
    assert [(row["became"], row["why"]) for row in found] == [
        ("sent", ""),
        ("left", "recorded already, as sent on 2025-01-06"),
    ]
    assert [event["kind"] for event in rows(run, root, "log")] == ["sent"]
    settings = (root / "outreach.toml").read_text(encoding="utf-8")
    (root / "outreach.toml").write_text(settings.replace("2024-11-30", "2024-12-01"), encoding="utf-8")
    run("generate", "note", "--to", "anne", "--format", "pdf", "--force", root=root)
    (row,) = read(root, [sent(given, "anne", Message_ID="<newer@essai.example>")])
    assert row["became"] == "left"
    assert run("log", "verify", root=root).exit_code == 0


def test_a_letter_that_came_back_and_went_again_counts_from_then(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    bounce = next(case for case in CASES if case.name == "Postfix: no such user").make(given)
    again = sent(given, "paul", Date="Wed, 8 Jan 2025 10:00:00 +0100", Message_ID="<again@essai.example>")
    found = read(root, [sent(given, "paul"), again], [bounce])
    assert sorted(row["became"] for row in found) == ["returned", "sent", "sent"]
    assert [(event["kind"], event["at"]) for event in rows(run, root, "log")] == [
        ("sent", "2025-01-06"),
        ("answered", "2025-01-06"),
        ("sent", "2025-01-08"),
    ]
    (standing,) = (row for row in rows(run, root, "status") if row["contact"] == "paul")
    assert (standing["status"], standing["sent_on"]) == ("sent", "2025-01-08")


def test_a_bounce_marks_an_address_that_does_not_exist_and_no_full_mailbox(
    made: Make, read: Read, run: Run
) -> None:
    root, given = made()
    bounces = [case.make(given) for case in corpus.NOTICES if case.kind == "bounce"]
    read(root, letters_sent(given), bounces)
    marked = [row["id"] for row in rows(run, root, "contacts", "list", "--to", "tag:email-bounced")]
    assert marked == ["paul", "gina"]
    notes = {
        event["contact"]: event["data"].get("note", "")
        for event in rows(run, root, "log")
        if event["kind"] == "answered"
    }
    assert notes == {
        "paul": "5.1.1 550 5.1.1 User unknown",
        "emma": "5.2.2 550 5.2.2 mailbox full",
        "gina": "5.1.1 Mail delivery failed",
    }
    assert run("check", root=root).exit_code == 0


def test_an_acknowledgement_by_email_starts_the_clock(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    read(root, [sent(given, "anne")], [case.make(given) for case in corpus.MACHINES])
    (received,) = (event for event in rows(run, root, "log") if event["kind"] == "received")
    assert (received["at"], received["data"]["proof"]) == ("2025-01-07", "acknowledgement")
    (file,) = received["data"]["files"]
    assert file["name"] == "message.eml"
    assert (root / "archive" / file["sha256"][:2] / f"{file['sha256']}.eml").is_file()
    shown = " ".join(run("why", "anne", root=root).stdout.split())
    assert (
        "from: acknowledged by electronic way on 2025-01-07; L112-11 and L112-12 CRPA: what came by electronic"
        " way is acknowledged by electronic way" in shown
    )
    assert "estimated" not in shown


def test_an_acknowledgement_of_a_posted_letter_is_no_electronic_one(made: Make, run: Run) -> None:
    root, _given = made()
    run("sent", "note", "--to", "anne", "--on", "2025-01-06", "--via", "post", root=root)
    run("received", "anne", "--on", "2025-01-08", "--proof", "acknowledgement", root=root)
    assert "from: received on 2025-01-08" in run("why", "anne", root=root).stdout


def test_an_answer_takes_day_letter_text_and_files_from_its_message(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    scan = corpus.multipart(
        corpus.head(EMAILS["bea"], "Re: Une demande", 90, *corpus.replies("bea")),
        corpus._plain("", "Nous refusons.\n\nLe 06/01/2025 à 10:12, Groupe Essai a écrit :\n> Bonjour"),
        corpus.file(b"%PDF scan", "réponse.pdf", "pdf"),
    )
    (number,) = (row["number"] for row in read(root, letters_sent(given), [scan]) if row["number"])
    done = run("answer", "bea", "--message", str(number), "--kind", "refusal", root=root)
    assert (done.exit_code, done.stderr) == (0, f"{EMAILS['bea']}: Re: Une demande\nNous refusons.\n")
    event = rows(run, root, "log")[-1]
    assert (event["kind"], event["at"], event["letter"]) == ("answered", "2025-01-07", "note")
    assert [file["name"] for file in event["data"]["files"]] == ["message.eml", "message.txt", "réponse.pdf"]
    run("log", "file", event["id"], "--into", str(root / "x"), root=root)
    assert (root / "x/message.txt").read_text(encoding="utf-8") == "Nous refusons.\n"
    assert rows(run, root, "email", "tray") == []
    assert run("log", "verify", root=root).exit_code == 0
    done = run("answer", "bea", "--message", str(number), "--kind", "refusal", root=root)
    assert (done.exit_code, done.stderr) == (
        3,
        f"no message {number} in the tray; `outreach email tray` shows what waits\n",
    )


def test_the_kind_and_each_question_are_asked_with_the_first_lines_shown(
    made: Make, read: Read, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from outreach.cli import record

    root, given = made()
    (answer,) = (case.make(given) for case in CASES if case.name == "Thunderbird")
    (number,) = (row["number"] for row in read(root, [sent(given, "anne")], [answer]) if row["number"])
    assert run("answer", "anne", "--message", str(number), root=root).exit_code == 2
    assert run("log", "verify", root=root).exit_code == 0  # what was given up has left nothing
    monkeypatch.setattr(record, "is_terminal", lambda: True)
    done = run("answer", "anne", "--message", str(number), root=root, typed="full\n\n")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.startswith(f"{EMAILS['anne']}: Re: Une demande\nOui, huit.\nKind (1 acknowledgement,")
    assert "Day it came" not in done.stderr
    assert "A file to keep" not in done.stderr
    event = rows(run, root, "log")[-1]
    assert (event["at"], event["data"]["kind"]) == ("2025-01-07", "full")


def test_what_is_assigned_by_hand_is_recorded_and_learnt(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    notice = text_mail(corpus.head("autre@ville-d.example", "Absence du bureau", 91), "Je suis en congé.\n")
    receipt = text_mail(
        corpus.head(EMAILS["bea"], "Accusé de réception", 92, "X-Autoreply: yes"), "A bien été reçu.\n"
    )
    answer = text_mail(corpus.head("x@ville-a.example", "Courrier", 93), "Huit.\n")
    found = read(root, letters_sent(given), [notice, receipt, answer])
    numbers = {row["sender"]: str(row["number"]) for row in found if row["number"]}
    done = run("email", "assign", numbers[EMAILS["bea"]], "bea", root=root)
    assert (done.exit_code, done.stderr) == (
        3,
        "several letters were sent to 'bea'; say which with --letter: note, autre\n",
    )
    run("email", "assign", numbers[EMAILS["bea"]], "bea", "--letter", "autre", root=root)
    run("email", "assign", numbers["autre@ville-d.example"], "david", root=root)
    events = rows(run, root, "log")[-2:]
    assert [(one["kind"], one["contact"], one["letter"]) for one in events] == [
        ("received", "bea", "autre"),
        ("noted", "david", "note"),
    ]
    assert events[1]["data"]["note"] == "absence notice: Je suis en congé."
    done = run("email", "assign", numbers["x@ville-a.example"], "paul", root=root)
    assert done.stdout == f"message {numbers['x@ville-a.example']} is from paul, about note\n"
    (waits,) = rows(run, root, "email", "tray")
    assert (waits["contact"], waits["letter"], waits["how"]) == ("paul", "note", "hand")
    more = text_mail(corpus.head("x@ville-a.example", "Encore", 94), "Neuf.\n")
    (row,) = read(root, [more])
    assert (row["became"], row["contact"], row["how"]) == ("waiting", "paul", "address")


def test_what_is_dropped_is_gone_and_not_read_again(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    message = text_mail(corpus.head(EMAILS["anne"], "Vœux", 95), "Bonne année.\n")
    read(root, letters_sent(given), [message])
    (waits,) = rows(run, root, "email", "tray")
    assert (root / "archive" / waits["path"]).is_file()
    run("email", "drop", str(waits["number"]), root=root)
    assert not (root / "archive" / waits["path"]).exists()
    assert read(root, [message]) == []
    assert rows(run, root, "email", "tray") == []
    done = run("email", "drop", str(waits["number"]), root=root)
    assert done.exit_code == 3


def test_whoever_is_forgotten_takes_the_messages_away(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    boxes = letters_sent(given), [case.make(given) for case in CASES]
    read(root, *boxes)
    before = rows(run, root, "email", "tray")
    own = [root / "archive" / row["path"] for row in before if row["contact"] == "anne"]
    assert own
    assert run("contacts", "forget", "anne", "--yes", root=root).exit_code == 0
    assert rows(run, root, "email", "tray") == [row for row in before if row["contact"] != "anne"]
    assert [path for path in own if path.exists()] == []
    left = b"".join(path.read_bytes() for path in root.glob("outreach.db*"))
    assert EMAILS["anne"].encode() not in left
    assert sent_id("anne").encode() not in left
    assert run("log", "verify", root=root).exit_code == 0
    again = read(root, *boxes)
    assert {(row["became"], row["contact"] == "anne") for row in again} == {("left", False)}


def test_the_tables_say_it_in_words(made: Make, run: Run, tmp_path: Path) -> None:
    root, given = made()
    (answer,) = (case.make(given) for case in CASES if case.name == "winmail.dat")
    (tmp_path / "all.mbox").write_bytes(
        mbox(sent(given, "emma"), answer, text_mail(corpus.head("a@b.example", "x", 96), "y"))
    )
    done = run("email", "read", str(tmp_path / "all.mbox"), root=root)
    lines = [" ".join(line.split()) for line in done.stdout.splitlines() if line.strip()]
    assert lines[0] == "day what contact letter why"
    assert lines[2] == "2025-01-06 sent Emma Exemple, Écully note"
    assert lines[-1] == "2 messages of the campaign, 0 read before, 1 about something else"
    shown = " ".join(run("email", "tray", root=root).stdout.split())
    assert "1 2025-01-07 cabinet@ville-e.example RE: Une demande Emma Exemple, Écully answer Voir la" in shown
    assert "its attachments are packed in winmail.dat, which Outlook opens" in shown
    assert run("email", "tray", root=root).stderr == (
        "an answer: outreach answer CONTACT --message N; else: outreach email assign N CONTACT\n"
    )


def test_a_joint_letter_that_went_to_two_at_once_is_recorded_of_both(
    made: Make, read: Read, run: Run
) -> None:
    root, given = made()
    joint = corpus.LETTER.format(title="Ensemble", audience="all").replace("subject", "joint = true\nsubject")
    joint = joint.replace("{{ recipient.salutation }}", "Bonjour").replace("{{ recipient.name }}", "tous")
    joint = joint.replace("{{ recipient.closing }}", "Merci.")
    (root / "letters/ensemble.md").write_text(joint, encoding="utf-8")
    done = run("generate", "ensemble", "--format", "pdf", root=root)
    assert done.exit_code == 0, done.stderr
    pdf = (root / "out/ensemble/joint.pdf").read_bytes()
    both = corpus.multipart(
        corpus.head(corpus.OWN, "Une demande", 70, to=f"{EMAILS['anne']}, {EMAILS['bea']}"),
        corpus.file(pdf, "lettre.pdf", "pdf"),
    )
    copy = corpus.multipart(
        corpus.head(corpus.OWN, "Une demande", 70, to=f"{EMAILS['anne']}, {EMAILS['bea']}"),
        corpus.file(pdf, "lettre.pdf", "pdf"),
    )
    read(root, [both], [copy])
    assert sorted((one["contact"], one["letter"]) for one in rows(run, root, "log")) == [
        ("anne", "ensemble"),
        ("bea", "ensemble"),
    ]
    assert given.out.is_dir()


def test_a_letter_edited_by_hand_is_known_too_and_another_is_named(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    old = sent(given, "paul")
    (given.out / "note/anne.pdf").write_bytes(given.pdf("anne") + b"% edited\n")
    settings = (root / "outreach.toml").read_text(encoding="utf-8")
    (root / "outreach.toml").write_text(settings.replace("2024-11-30", "2024-12-01"), encoding="utf-8")
    assert run("generate", "note", "--to", "paul", "--format", "pdf", root=root).exit_code == 0
    found = read(root, [sent(given, "anne"), old])
    assert [(row["became"], row["contact"], row["why"]) for row in found] == [
        (
            "left",
            "paul",
            "what is attached is not the letter as it was made; `outreach sent` records it by hand",
        ),
        ("sent", "anne", ""),
    ]
    (event,) = rows(run, root, "log")
    assert (event["contact"], event["data"]["edited"]) == ("anne", True)
    run("log", "file", event["id"], "--into", str(root / "x"), root=root)
    assert (root / "x/anne.pdf").read_bytes() == given.pdf("anne")


def test_what_answers_an_answer_is_about_the_same_letter(made: Make, read: Read) -> None:
    root, given = made()
    first = next(case for case in CASES if case.name == "Thunderbird").make(given)
    later = text_mail(
        corpus.head("y@ailleurs.example", "Suite", 71, "In-Reply-To: <in.1@ailleurs.example>"), "Neuf.\n"
    )
    (row,) = (one for one in read(root, [sent(given, "anne")], [first]) if one["number"])
    (after,) = (one for one in read(root, [later]) if one["number"])
    assert (row["contact"], row["letter"]) == (after["contact"], after["letter"]) == ("anne", "note")
    assert after["how"] == "thread"


def test_files_that_are_no_mail_are_named(made: Make, run: Run, tmp_path: Path) -> None:
    root, given = made()
    box = tmp_path / "box"
    box.mkdir()
    (box / "bad.msg").write_bytes(b"\xd0\xcf\x11\xe0 no message")
    (box / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (box / "sent.eml").write_bytes(sent(given, "anne"))
    done = run("email", "read", str(box), "--json", root=root)
    assert (done.exit_code, [row["contact"] for row in json.loads(done.stdout)]) == (0, ["anne"])
    (warning,) = {json.loads(line)["message"] for line in done.stderr.splitlines()}
    assert warning == "is no message of Outlook that can be read"
    for name, message in (
        ("photo.jpg", "holds no e-mail; messages are read from .eml, .mbox, .msg, and folders of them"),
        ("bad.msg", "is no message of Outlook that can be read; save it again, or as .eml"),
        ("gone.eml", "no such file; check the path"),
    ):
        done = run("email", "read", str(box / name), root=root)
        assert (done.exit_code, done.stderr) == (3, f"{box / name}: {message}\n")


def outlook_answer() -> bytes:
    return msg(
        {
            0x001A: "IPM.Note",
            0x0037: "RE: Une demande",
            0x1000: "Voilà la réponse.\r\n\r\nDe : Groupe Essai\r\nEnvoyé : lundi 6 janvier 2025\r\n\r\nBonjour",
            0x007D: "\r\n".join(
                corpus.head(EMAILS["bea"], "RE: Une demande", 80, *corpus.replies("bea")).split("\n")
            ),
        },
        {"délibération.pdf": b"%PDF-1.4 " * 20},
    )


def test_a_message_of_outlook_is_read(made: Make, read: Read, run: Run, tmp_path: Path) -> None:
    root, given = made()
    read(root, letters_sent(given))
    (tmp_path / "réponse.msg").write_bytes(outlook_answer())
    (row,) = rows(run, root, "email", "read", str(tmp_path / "réponse.msg"))
    assert (row["became"], row["contact"], row["how"], row["on"]) == (
        "waiting",
        "bea",
        "thread",
        "2025-01-07",
    )
    (waits,) = rows(run, root, "email", "tray")
    assert (waits["text"], [one["name"] for one in waits["attachments"]]) == (
        "Voilà la réponse.",
        ["délibération.pdf"],
    )
    assert (root / "archive" / waits["path"]).read_bytes() == outlook_answer()
    assert run("answer", "bea", "--message", "1", "--kind", "full", root=root).exit_code == 0
    files = rows(run, root, "log")[-1]["data"]["files"]
    assert [file["name"] for file in files] == ["message.msg", "message.txt", "délibération.pdf"]
    assert run("log", "verify", root=root).exit_code == 0


def test_without_its_reader_a_message_of_outlook_is_refused(
    made: Make, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _given = made()
    (tmp_path / "a.msg").write_bytes(outlook_answer())
    monkeypatch.setitem(sys.modules, "oxmsg", None)
    done = run("email", "read", str(tmp_path / "a.msg"), root=root)
    assert (done.exit_code, done.stderr) == (
        3,
        f"{tmp_path / 'a.msg'}: python-oxmsg, which reads .msg, is missing;"
        " install it: pip install 'outreach[msg]', or save the message as .eml\n",
    )


def as_sent_by_hand(draft: bytes, contact: str) -> bytes:
    """Return a draft as a mail program sends it: another Message-ID and Date, own headers gone, files as they are."""
    message = email.message_from_bytes(draft)
    for name in ("X-Unsent", "Date", "Message-ID"):
        del message[name]
    message["Date"] = "Mon, 6 Jan 2025 10:12:00 +0100"
    message["Message-ID"] = sent_id(contact)
    return message.as_bytes()


def test_a_campaign_is_played_through_without_paper(made: Make, read: Read, run: Run) -> None:
    root, _given = made()
    assert run("email", "drafts", "note", root=root).exit_code == 0
    drafts = {path.stem: path.read_bytes() for path in sorted((root / "out/email/note").glob("*.eml"))}
    assert sorted(drafts) == sorted(EMAILS)
    tag = str(email.message_from_bytes(drafts["emma"])["Reply-To"])
    reference = str(email.message_from_bytes(drafts["farid"])["Subject"]).rpartition("[")[2].rstrip("]")
    outbox = [as_sent_by_hand(draft, name) for name, draft in drafts.items()]
    wanted = {
        *("Thunderbird", "Gmail", "Postfix: no such user", "Exim: in words alone, with the message"),
        *("acknowledged in French, in the thread", "acknowledged, by its words alone"),
    }
    inbox = [case.make(_given) for case in CASES if case.name in wanted]
    inbox += [
        text_mail(corpus.head("cab@ailleurs.example", "Réponse", 97, to=tag), "Huit.\n"),
        text_mail(
            corpus.head(
                "portail@x.example", f"Accusé de réception {reference}", 98, "Auto-Submitted: auto-replied"
            ),
            "Bien reçu.\n",
        ),
    ]
    found = read(root, outbox, inbox)
    assert [row["became"] for row in found].count("sent") == 8
    (answer,) = (row for row in found if row["sender"] == "cab@ailleurs.example")
    assert (answer["contact"], answer["how"]) == ("emma", "tag")
    (receipt,) = (row for row in found if row["sender"] == "portail@x.example")
    assert (receipt["became"], receipt["contact"]) == ("received", "farid")
    run("answer", "emma", "--message", str(answer["number"]), "--kind", "full", root=root)
    standings = {row["contact"]: row for row in rows(run, root, "status") if row["letter"] == "note"}
    assert {name: row["status"] for name, row in standings.items()} == {
        "anne": "received",
        "bea": "sent",
        "chloe": "received",
        "david": "sent",
        "emma": "closed",
        "farid": "received",
        "gina": "sent",
        "paul": "sent",
    }
    assert {name for name, row in standings.items() if row["outcome"] == "returned"} == {"gina", "paul"}
    due = {row["contact"]: row for row in rows(run, root, "due", "--within", "60")}
    assert (due["anne"]["estimated"], due["david"]["estimated"]) == (False, True)
    assert due["gina"]["step"] == "resend"
    done = run("email", "drafts", "note", root=root)
    assert "'anne'" in done.stderr  # who was sent it already gets no draft once more


def test_a_message_that_lies_in_two_folders_waits_once(made: Make, read: Read, run: Run) -> None:
    root, given = made()
    answer = next(case for case in CASES if case.name == "Thunderbird").make(given)
    over_list = (
        b"Received: from liste by serveur; Tue, 7 Jan 2025 09:05:00 +0100\nList-Id: <essai.listes.example>\n"
    )
    flagged = b"X-Mozilla-Status: 0001\nX-Mozilla-Keys: $label1\n"
    read(root, [sent(given, "anne")], [answer, over_list + answer], [flagged + answer, answer])
    assert [row["contact"] for row in rows(run, root, "email", "tray")] == ["anne"]
    another = answer.replace(b"<in.1@", b"<in.111@")
    read(root, [over_list + answer, another])
    assert [row["message_id"] for row in rows(run, root, "email", "tray")] == [
        "<in.1@ailleurs.example>",
        "<in.111@ailleurs.example>",
    ]


def test_damaged_mail_is_read_and_shown(
    made: Make, read: Read, run: Run, request: pytest.FixtureRequest
) -> None:
    root, given = made()
    seeds = [*letters_sent(given), *(case.make(given) for case in CASES)]
    first = request.config.getoption("--fuzz-first")
    broken = []
    for number in range(first, first + request.config.getoption("--fuzz") // 5):
        chance = random.Random(number)  # noqa: S311  (no secret)
        broken.append(damaged(chance.choice(seeds), chance))
    read(root, letters_sent(given), broken)
    tray = rows(run, root, "email", "tray")
    assert tray
    for row in tray[:5]:
        assert run(
            "answer", "anne", "--message", str(row["number"]), "--kind", "meeting", root=root
        ).exit_code in (0, 3)
    assert run("log", "verify", root=root).exit_code == 0
    assert run("log", "export", str(root / "x.jsonl"), root=root).exit_code == 0
    other = root.with_name("other")
    shutil.copytree(root, other, ignore=shutil.ignore_patterns("outreach.db*"))
    assert run("log", "rebuild", str(root / "x.jsonl"), root=other).exit_code == 0
