import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from outreach.files.digest import digest
from outreach.journal.journal import open_journal
from outreach.journal.recording.answer import open_questions
from outreach.letters.folder import load_folder
from tests.conftest import CONTACT, faults

Campaign = Callable[..., Path]
Run = Callable[..., Result]

SECOND = """\
[[contact]]
id = "adjoint"
role = "deputy-mayor"
gender = "m"
family_name = "Témoin"
address = ["1 place de la Mairie"]
postal_code = "69130"
city = "Écully"
checked = 2024-11-01
"""
QUESTIONS = """\
[[question]]
id = "pourquoi"
theme = "T"
text = "Pourquoi ?"
[[question]]
id = "combien"
theme = "T"
text = "Combien ?"
"""
LETTER = '+++\ntitle = "Lettre"\naudience = "all"\nsubject = "S"\nquestions = ["T"]\n+++\nBonjour,\n\n{{ recipient.closing }}\n'


@pytest.fixture
def generated(campaign: Campaign, run: Run) -> Path:
    """Return a campaign of two contacts and two letters, one of them joint, all generated."""
    joint = LETTER.replace('questions = ["T"]', "joint = true")
    files = {
        "contacts/b.toml": SECOND,
        "letters/questions.toml": QUESTIONS,
        "letters/note.md": LETTER,
        "letters/ensemble.md": joint,
    }
    root = campaign(files)
    assert run("generate", root=root).exit_code == 0
    return root


def events(run: Run, root: Path, *args: str) -> list[dict[str, Any]]:
    return list(json.loads(run("log", *args, "--json", root=root).stdout))


def sent(run: Run, root: Path, *args: str) -> Result:
    return run("sent", *args, "--on", "2024-12-02", "--via", "registered", root=root)


def test_sent_records_each_recipient_with_the_exact_files(generated: Path, run: Run) -> None:
    done = sent(run, generated, "note")
    assert (done.exit_code, faults(done)) == (0, "")
    assert (
        done.stdout
        == "sent  note  maire  2024-12-02  registered\nsent  note  adjoint  2024-12-02  registered\n"
    )
    first = next(event for event in events(run, generated) if event["contact"] == "maire")
    assert (first["kind"], first["letter"], first["at"], first["voided"]) == (
        "sent",
        "note",
        "2024-12-02",
        False,
    )
    assert first["data"]["channel"] == "registered"
    assert first["data"]["questions"] == ["pourquoi", "combien"]
    assert first["data"]["address"][0] == "Madame Anne EXEMPLE"
    for file in first["data"]["files"]:
        original = (generated / "out/note" / file["name"]).read_bytes()
        ending = Path(file["name"]).suffix
        kept = generated / "archive" / file["sha256"][:2] / f"{file['sha256']}{ending}"
        assert kept.read_bytes() == original
        assert digest(original) == file["sha256"]


def test_a_joint_letter_is_recorded_for_each_addressee(generated: Path, run: Run) -> None:
    assert sent(run, generated, "ensemble").exit_code == 0
    found = events(run, generated)
    assert sorted(event["contact"] for event in found) == ["adjoint", "maire"]
    assert {tuple(event["data"]["together"]) for event in found} == {("maire", "adjoint")}


SENT_ALREADY = "letter 'note' to 'maire' is left out: it was sent by e-mail on 2024-12-02; say --again if it goes once more, and for `sent` --reason TEXT\n"


def test_who_was_sent_a_letter_by_any_channel_is_left_out_and_the_others_recorded(
    generated: Path, run: Run
) -> None:
    email = run("sent", "note", "--to", "maire", "--on", "2024-12-02", "--via", "email", root=generated)
    assert email.exit_code == 0
    post = ("sent", "note", "--on", "2024-12-03", "--via", "post")
    others = run(*post, root=generated)
    assert (others.exit_code, faults(others)) == (0, f"warning: {SENT_ALREADY}")
    assert others.stdout == "sent  note  adjoint  2024-12-03  post\n"
    nobody = run(*post, "--to", "maire", root=generated)
    assert (nobody.exit_code, nobody.stdout, nobody.stderr) == (4, "", SENT_ALREADY)
    assert len(events(run, generated)) == 2


def test_a_letter_may_be_recorded_once_more_with_its_reason(generated: Path, run: Run) -> None:
    sent(run, generated, "note", "--to", "maire")
    once_more = run(
        "sent",
        "note",
        "--to",
        "maire",
        "--on",
        "2024-12-05",
        "--via",
        "registered",
        "--again",
        "--reason",
        "lost",
        root=generated,
    )
    assert once_more.exit_code == 0
    assert events(run, generated, "maire")[-1]["data"]["reason"] == "lost"


def test_again_needs_its_reason(generated: Path, run: Run) -> None:
    assert sent(run, generated, "note", "--again").exit_code == 2


def test_two_formats_of_different_letters_are_not_recorded_as_one(generated: Path, run: Run) -> None:
    contacts = generated / "contacts/a.toml"
    contacts.write_text(contacts.read_text(encoding="utf-8").replace("1 place", "2 place"), encoding="utf-8")
    assert run("generate", "note", "--to", "maire", "--format", "pdf", root=generated).exit_code == 0
    refused = sent(run, generated, "note", "--to", "maire")
    assert (refused.exit_code, refused.stderr) == (
        3,
        "note/maire.docx / note/maire.pdf: these are not the same letter;"
        " generate it again in all formats, or delete the file that was not sent\n",
    )
    (generated / "out/note/maire.docx").unlink()
    assert sent(run, generated, "note", "--to", "maire").exit_code == 0
    assert events(run, generated)[0]["data"]["address"][3] == "2 PLACE DE LA MAIRIE"


def test_whom_a_letter_is_not_for_any_more_is_left_out_and_named(generated: Path, run: Run) -> None:
    letter = generated / "letters/note.md"
    letter.write_text(letter.read_text(encoding="utf-8").replace('"all"', '"maire"'), encoding="utf-8")
    done = sent(run, generated, "note")
    assert faults(done) == (
        "letters/note.md: warning: 'adjoint' is not in the audience any more and is left out;"
        " say --to adjoint if the letter went\n"
    )
    assert [event["contact"] for event in events(run, generated)] == ["maire"]
    assert sent(run, generated, "note", "--to", "adjoint").exit_code == 0


def test_a_word_is_never_proposed_instead_of_itself(generated: Path, run: Run) -> None:
    (generated / "contacts/a.toml").write_text(
        CONTACT + CONTACT.replace('"maire"', '"autre"'), encoding="utf-8"
    )
    done = sent(run, generated, "note", "--to", "autre")
    assert done.stderr == (
        "no letter 'note' was generated for those contacts; run `outreach generate note` first\n"
    )


def test_a_missing_letter_is_named_once(generated: Path, run: Run) -> None:
    for command in (("sent", "x", "x", "--on", "2024-12-05", "--via", "hand"), ("generate", "x", "x")):
        done = run(*command, "--to", "maire", "--to", "adjoint", root=generated)
        assert (done.exit_code, done.stderr.count("no letter 'x'")) == (3, 1)


def test_files_come_out_of_the_archive_under_their_own_names(
    generated: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(run, generated, "note", "--to", "maire")
    (event,) = events(run, generated)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    done = run("log", "file", event["id"][-8:], root=generated)
    assert done.exit_code == 0
    made = {path.name: path.read_bytes() for path in (generated / "out/note").glob("maire.*")}
    assert {path.name: path.read_bytes() for path in here.iterdir()} == made != {}
    (here / "maire.docx").write_bytes(b"mine")
    again = run("log", "file", event["id"], root=generated)
    assert (again.exit_code, (here / "maire.docx").read_bytes()) == (4, b"mine")
    assert run("log", "file", event["id"], "--force", root=generated).exit_code == 0
    assert (here / "maire.docx").read_bytes() == made["maire.docx"]
    run("note", "maire", "a appelé", root=generated)
    none = run("log", "file", events(run, generated)[-1]["id"], root=generated)
    assert (none.exit_code, none.stderr.count("has no file")) == (3, 1)


def test_two_files_of_one_name_come_out_as_two(generated: Path, run: Run, tmp_path: Path) -> None:
    sent(run, generated, "note", "--to", "maire")
    for folder, content in (("a", "one"), ("b", "two")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "scan.txt").write_text(content, encoding="utf-8")
    files = [word for name in "ab" for word in ("--file", str(tmp_path / name / "scan.txt"))]
    run("answer", "maire", "--on", "2024-12-06", "--kind", "partial", *files, root=generated)
    into = tmp_path / "into"
    into.mkdir()
    done = run("log", "file", events(run, generated)[-1]["id"], "--into", str(into), root=generated)
    assert done.exit_code == 0
    assert {path.name: path.read_text(encoding="utf-8") for path in into.iterdir()} == {
        "scan.txt": "one",
        "scan-2.txt": "two",
    }


def test_an_undone_sending_may_be_recorded_again(generated: Path, run: Run) -> None:
    sent(run, generated, "note", "--to", "maire")
    (first,) = events(run, generated)
    assert run("log", "undo", first["id"][-8:], root=generated).exit_code == 0
    assert [(event["kind"], event["voided"]) for event in events(run, generated)] == [
        ("sent", True),
        ("voided", False),
    ]
    assert "sent (voided)" in run("log", root=generated).stdout
    assert sent(run, generated, "note", "--to", "maire").exit_code == 0
    twice = run("log", "undo", first["id"], root=generated)
    assert (twice.exit_code, twice.stdout) == (4, "")


def test_a_file_edited_by_hand_is_what_was_sent(generated: Path, run: Run) -> None:
    (generated / "out/note/maire.docx").write_bytes(b"my words")
    done = sent(run, generated, "note", "--to", "maire")
    assert done.stdout == "sent  note  maire  2024-12-02  registered, as edited by hand\n"
    (event,) = events(run, generated)
    assert digest(b"my words") in [file["sha256"] for file in event["data"]["files"]]


@pytest.mark.parametrize(
    ("args", "stderr"),
    [
        (
            ("sent", "note", "--on", "2025-01-16", "--via", "post"),
            "--on 2025-01-16 lies in the future; today is 2025-01-15\n",
        ),
        (
            ("sent", "note", "--to", "maire", "--on", "2024-11-29", "--via", "post"),
            "note: --on 2024-11-29 lies before the letter's own date, 2024-11-30; give the day of posting\n",
        ),
        (
            ("sent", "notte", "--on", "2024-12-02", "--via", "post"),
            "no letter 'notte' was generated; did you mean note?\n",
        ),
        (
            ("sent", "note", "--on", "2024-12-02", "--via", "post", "--tracking", "1A"),
            "--tracking goes with one letter, 2 are recorded; give --to ID, or the numbers with --tracking-file\n",
        ),
        (
            ("received", "maire", "--on", "2024-12-04", "--proof", "stamp"),
            "no letter to 'maire' is recorded as sent; "
            "record it first: outreach sent LETTER --to ID --on DAY --via CHANNEL\n",
        ),
        (("note", "mare", "x"), "no contact 'mare'; did you mean maire?\n"),
        (("log", "undo", "12345678"), "no event '12345678'; `outreach log` shows the ids\n"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_3(
    generated: Path, run: Run, args: tuple[str, ...], stderr: str
) -> None:
    done = run(*args, root=generated)
    assert (done.exit_code, done.stdout, done.stderr) == (3, "", stderr)
    assert events(run, generated) == []


def test_a_dry_run_records_nothing(generated: Path, run: Run) -> None:
    done = sent(run, generated, "note", "--dry-run")
    assert (done.exit_code, done.stderr) == (0, "dry run: nothing was recorded\n")
    assert events(run, generated) == []
    assert not (generated / "archive").exists()


def test_tracking_numbers_from_a_file_with_warnings_of_shape(
    generated: Path, run: Run, tmp_path: Path
) -> None:
    numbers = tmp_path / "numbers.csv"
    numbers.write_text("Contact;Number\nmaire;1A 123 456 7890 1\nadjoint;12\n", encoding="utf-8")
    done = sent(run, generated, "note", "--tracking-file", str(numbers))
    assert done.exit_code == 0
    assert faults(done) == (
        "warning: contact 'adjoint': '12' does not look like a tracking number, as in 1A 123 456 7890 1; "
        "recorded as it is\n"
    )
    assert {event["contact"]: event["data"]["tracking"] for event in events(run, generated)} == {
        "maire": "1A 123 456 7890 1",
        "adjoint": "12",
    }
    numbers.write_text("contact,number\nmare,1\n", encoding="utf-8")
    faulty = run(
        "sent", "note", "--on", "2024-12-03", "--via", "post", "--tracking-file", str(numbers), root=generated
    )
    assert (faulty.exit_code, faulty.stderr) == (
        3,
        "numbers.csv:2: 'mare' is not among those recorded; did you mean maire?\n",
    )


def test_a_list_that_excel_saved_is_read_and_a_misspelt_letter_named(
    generated: Path, run: Run, tmp_path: Path
) -> None:
    numbers = tmp_path / "numbers.csv"
    numbers.write_bytes("contact;letter;recipient;number\nmaire;nte;Écully;1A\n".encode("cp1252"))
    faulty = sent(run, generated, "note", "--tracking-file", str(numbers))
    assert (faulty.exit_code, faulty.stderr) == (
        3,
        "numbers.csv:2: 'maire nte' is not among those recorded; did you mean note?\n",
    )
    numbers.write_text("contact;number\nmaire;1A\nmaire;2B\nadjoint;2B\n", encoding="utf-8")
    faulty = sent(run, generated, "note", "--tracking-file", str(numbers))
    assert faulty.stderr.splitlines() == [
        "numbers.csv:3: the number 2B contradicts another row; each letter has its own"
    ]
    assert events(run, generated) == []


def test_the_list_of_a_whole_run_serves_each_of_its_letters(
    generated: Path, run: Run, tmp_path: Path
) -> None:
    numbers = tmp_path / "numbers.csv"
    rows = "maire;note;1A 123 456 7890 1\njoint;ensemble;1A 123 456 7891 0\n"
    numbers.write_text("contact;letter;number\n" + rows, encoding="utf-8")
    for letter in ("note", "ensemble"):
        assert sent(run, generated, letter, "--tracking-file", str(numbers)).exit_code == 0
    found = {(one["letter"], one["contact"]): one["data"].get("tracking") for one in events(run, generated)}
    assert found == {
        ("note", "maire"): "1A 123 456 7890 1",
        ("note", "adjoint"): None,
        ("ensemble", "maire"): "1A 123 456 7891 0",
        ("ensemble", "adjoint"): "1A 123 456 7891 0",
    }


def test_an_answer_with_its_questions_and_files(generated: Path, run: Run, tmp_path: Path) -> None:
    sent(run, generated, "note")
    reply = tmp_path / "réponse.pdf"
    reply.write_bytes(b"scan")
    done = run(
        "answer", "maire", "--on", "2025-01-10", "--kind", "partial", "--question", "pourquoi=Parce que = voilà",
        "--position", "opposed", "--source", "lettre", "--file", str(reply), "--note", "courte", root=generated,
    )  # fmt: skip
    assert done.exit_code == 0
    event = events(run, generated, "maire")[-1]
    assert (event["kind"], event["letter"], event["at"]) == ("answered", "note", "2025-01-10")
    assert event["data"] == {
        "kind": "partial",
        "questions": {"pourquoi": "Parce que = voilà"},
        "position": "opposed",
        "source": "lettre",
        "files": [{"name": "réponse.pdf", "sha256": digest(b"scan")}],
        "note": "courte",
    }


@pytest.mark.parametrize(
    ("options", "code", "stderr"),
    [
        (("--question", "pourqoi=x"), 3, "no question 'pourqoi'; did you mean pourquoi?\n"),
        (
            ("--position", "opposed"),
            3,
            "a position needs its source; "
            "give --source: letter, vote, press; an opinion without a public source is not kept\n",
        ),
        (
            ("--forwarded-to", "adjont"),
            3,
            "--forwarded-to says who else has the letter now; give --kind forwarded and another contact\n"
            "no contact 'adjont'; did you mean adjoint?\n",
        ),
        (("--file", "nulle-part.pdf"), 3, "nulle-part.pdf: no such file; check the path\n"),
        (("--letter", "nte"), 3, "no letter 'nte' to 'maire' is recorded as sent; did you mean note?\n"),
    ],
)
def test_a_faulty_answer_records_nothing(
    generated: Path, run: Run, options: tuple[str, ...], code: int, stderr: str
) -> None:
    sent(run, generated, "note")
    done = run("answer", "maire", "--on", "2025-01-10", "--kind", "full", *options, root=generated)
    assert (done.exit_code, done.stdout, done.stderr) == (code, "", stderr)
    assert len(events(run, generated)) == 2


def test_a_terminal_is_asked_for_all_that_an_answer_has(
    generated: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reply = tmp_path / "reply.pdf"
    reply.write_bytes(b"scan")
    monkeypatch.setattr("outreach.cli.record.is_terminal", lambda: True)
    sent(run, generated, "note", "ensemble")
    typed = "note\n10 janvier\n2025-02-30\n2024-11-30\n2025-01-16\n2025-01-10\nfoo\n9\n2\n\nDix.\n"
    typed += f"opposed\n\nLettre\nabsent.pdf\n{reply}\n\n"
    done = run("answer", "maire", root=generated, typed=typed)
    assert done.exit_code == 0
    assert "Kind (1 acknowledgement, 2 partial, 3 full, 4 refusal," in done.output
    assert done.output.count("write a number from 1 to 8, or the word") == 2
    assert "a position needs its source" in done.output
    assert "no such file" in done.output
    assert done.output.count("write YYYY-MM-DD") == 2
    assert done.output.count("it must lie between 2024-12-02, when it was sent, and today") == 2
    assert "1. Pourquoi ?" in done.output
    recorded = events(run, generated, "maire")[-1]
    assert (recorded["at"], recorded["letter"]) == ("2025-01-10", "note")
    assert recorded["data"] == {
        "kind": "partial",
        "questions": {"combien": "Dix."},
        "position": "opposed",
        "source": "Lettre",
        "files": [{"name": "reply.pdf", "sha256": digest(b"scan")}],
    }


def test_an_answer_asked_for_came_today_unless_another_day_is_given(
    generated: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.cli.record.is_terminal", lambda: True)
    sent(run, generated, "note")
    assert run("--lang", "fr", "answer", "maire", root=generated, typed="\nrefus\n\n\n\n\n").exit_code == 0
    recorded = events(run, generated, "maire")[-1]
    assert (recorded["at"], recorded["data"]) == ("2025-01-15", {"kind": "refusal"})


@pytest.mark.parametrize(
    ("command", "stored"),
    [
        (("sent", "note", "--on", "2024-12-02", "--via", "recommandé"), "registered"),
        (("sent", "note", "--on", "2024-12-02", "--via", "Main propre"), "hand"),
        (("sent", "note", "--on", "2024-12-02", "--via", "COURRIEL"), "email"),
        (("sent", "note", "--on", "2024-12-02", "--via", "form"), "form"),
    ],
)
def test_a_word_may_be_typed_in_any_of_the_languages(
    generated: Path, run: Run, command: tuple[str, ...], stored: str
) -> None:
    for language in ("en", "fr"):
        assert run("--lang", language, *command, "--dry-run", root=generated).exit_code == 0
    run(*command, root=generated)
    assert events(run, generated)[-1]["data"]["channel"] == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("refus", "refusal"),
        ("partielle", "partial"),
        ("réponse-complète", "full"),
        ("Rendez-vous", "meeting"),
        ("accusé de réception", "acknowledgement"),
        ("no-such-document", "no-such-document"),
    ],
)
def test_a_kind_of_answer_may_be_typed_in_french(generated: Path, run: Run, typed: str, stored: str) -> None:
    sent(run, generated, "note")
    done = run("answer", "maire", "--on", "2025-01-10", "--kind", typed, root=generated)
    assert done.exit_code == 0, done.stderr
    assert events(run, generated, "maire")[-1]["data"]["kind"] == stored


def test_a_word_that_is_none_is_refused_with_those_that_are(generated: Path, run: Run) -> None:
    done = run("--lang", "fr", "answer", "maire", "--on", "2025-01-10", "--kind", "réponse", root=generated)
    assert done.exit_code == 2
    words = " ".join(done.stderr.replace("│", "").split())
    assert "« réponse » n'est pas l'une de ces valeurs : accusé-de-réception, réponse-partielle," in words


def test_a_question_is_meant_by_its_printed_number(generated: Path, run: Run) -> None:
    sent(run, generated, "note")
    options = ("--on", "2025-01-10", "--kind", "partial")
    assert run("answer", "maire", *options, "--question", "2=Dix.", root=generated).exit_code == 0
    assert events(run, generated, "maire")[-1]["data"]["questions"] == {"combien": "Dix."}
    again = run("answer", "maire", *options, "--question", "1=a", "--question", "pourquoi=b", root=generated)
    assert "--question answers 'pourquoi' twice" in again.stderr


def test_looking_makes_no_journal(generated: Path, run: Run) -> None:
    for command in ("status", "due", "answers", "log", "check", "followup"):
        assert run(command, root=generated).exit_code == 0
    assert run("why", "maire", root=generated).exit_code == 3
    assert not (generated / "outreach.db").exists()


def test_after_a_full_answer_no_question_is_asked_any_more(generated: Path, run: Run) -> None:
    sent(run, generated, "note", "--to", "maire")
    run("answer", "maire", "--on", "2024-12-20", "--kind", "full", root=generated)
    folder = load_folder(generated)
    with open_journal(generated, folder.campaign.country) as journal:
        assert open_questions(folder, journal.history(), "maire", "note") == []
        assert len(open_questions(folder, journal.history(), "adjoint", "note")) == 0


def test_a_question_is_answered_once(generated: Path, run: Run) -> None:
    sent(run, generated, "note")
    twice = ("--question", "combien=Dix.", "--question", "combien=Onze.")
    done = run("answer", "maire", "--on", "2025-01-10", "--kind", "partial", *twice, root=generated)
    assert done.exit_code == 2
    assert "--question answers 'combien' twice" in done.stderr


def test_an_answer_needs_day_and_kind_where_nobody_can_be_asked(generated: Path, run: Run) -> None:
    sent(run, generated, "note")
    assert run("answer", "maire", root=generated).exit_code == 2


def test_which_letter_must_be_said_where_several_were_sent(generated: Path, run: Run) -> None:
    sent(run, generated, "note", "ensemble")
    done = run("received", "maire", "--on", "2024-12-04", "--proof", "delivery", root=generated)
    assert (done.exit_code, done.stderr) == (
        3,
        "several letters were sent to 'maire'; say which with --letter: note, ensemble\n",
    )
    named = run(
        "received", "maire", "--letter", "note", "--on", "2024-12-04", "--proof", "delivery", root=generated
    )
    assert named.exit_code == 0
    early = run(
        "received", "maire", "--letter", "note", "--on", "2024-12-01", "--proof", "stamp", root=generated
    )
    assert (early.exit_code, early.stderr) == (
        3,
        "2024-12-01 lies before the letter 'note' was sent, 2024-12-02; check the day\n",
    )


def test_extend_and_note(generated: Path, run: Run) -> None:
    sent(run, generated, "note")
    assert run("extend", "maire", "--to", "2025-02-15", "--reason", "demande", root=generated).exit_code == 0
    assert run("note", "maire", "a appelé", root=generated).exit_code == 0
    found = events(run, generated, "maire")
    assert [event["data"] for event in found[1:]] == [
        {"to": "2025-02-15", "reason": "demande"},
        {"note": "a appelé"},
    ]


def lines_of(export: Path) -> list[str]:
    """Return the events of an export as they stand in it, sorted; not its first line."""
    return sorted(export.read_text(encoding="utf-8").splitlines()[1:])


def test_two_laptops_end_with_the_same_journal_in_either_order(
    generated: Path, run: Run, tmp_path: Path
) -> None:
    """Two organisers record apart; a double sending is reported, not dropped."""
    ours = generated
    sent(run, ours, "note", "--to", "maire")
    a, b, both = (tmp_path / name for name in ("a.jsonl", "b.jsonl", "both.jsonl"))
    run("log", "export", str(a), root=ours)
    (ours / "outreach.db").rename(tmp_path / "ours.db")
    (ours / "archive").rename(tmp_path / "archive")
    for leftover in ours.glob("outreach.db-*"):
        leftover.unlink()
    sent(run, ours, "note")
    run("log", "export", str(b), root=ours)
    done = run("log", "import", str(a), root=ours)
    assert (done.exit_code, done.stdout) == (0, "1 event added\n")
    assert done.stderr.startswith(
        "outreach.db: warning: letter 'note' to 'maire' by registered is recorded as sent twice, "
        "on 2024-12-02 and on 2024-12-02; undo one of them: outreach log undo "
    )
    assert run("log", "import", str(a), root=ours).stdout == "0 events added\n"
    run("log", "export", str(both), root=ours)
    assert lines_of(both) == sorted(lines_of(a) + lines_of(b))


def test_import_names_every_faulty_line_and_adds_nothing(generated: Path, run: Run, tmp_path: Path) -> None:
    sent(run, generated, "note", "--to", "maire")
    path = tmp_path / "x.jsonl"
    run("log", "export", str(path), root=generated)
    (line,) = lines_of(path)
    path.write_text(
        f'{line}\nnot json\n{{"id": 1}}\n{line.replace("registered", "post")}\n', encoding="utf-8"
    )
    done = run("log", "import", str(path), root=generated)
    assert (done.exit_code, done.stdout) == (3, "")
    lines = done.stderr.splitlines()
    assert lines[0].startswith("x.jsonl:2: is no event: not a JSON object")
    assert lines[1] == "x.jsonl:3: is no event: at is missing; export it again"
    assert lines[2].endswith("differs from the one here; an event never changes; undo it with another")
    assert len(events(run, generated)) == 1


def test_export_never_overwrites(generated: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("mine", encoding="utf-8")
    assert run("log", "export", str(path), root=generated).exit_code == 4
    assert path.read_text(encoding="utf-8") == "mine"


def test_verify_names_missing_altered_and_orphaned_files(generated: Path, run: Run) -> None:
    sent(run, generated, "note", "--to", "maire")
    assert run("log", "verify", root=generated).exit_code == 0
    kept = sorted(path for path in (generated / "archive").rglob("*") if path.is_file())
    kept[0].unlink()
    kept[1].write_bytes(b"altered")
    orphan = generated / "archive/ab" / "ab12.pdf"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"x")
    done = run("log", "verify", root=generated)
    assert (done.exit_code, done.stdout) == (3, "")
    found = {line.split(": ")[1].split(";")[0] for line in done.stderr.splitlines()}
    assert {text for text in found if text.startswith(("is missing", "was altered", "no event"))} == found
    assert len(found) == 3


def test_the_author_is_the_environments_else_the_campaigns(
    generated: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = generated / "outreach.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + '[journal]\nauthor = "Camille"\n', encoding="utf-8"
    )
    monkeypatch.delenv("OUTREACH_AUTHOR", raising=False)
    run("note", "maire", "a", root=generated)
    monkeypatch.setenv("OUTREACH_AUTHOR", "Dominique")
    run("note", "maire", "b", root=generated)
    assert [event["author"] for event in events(run, generated)] == ["Camille", "Dominique"]


def test_a_person_is_forgotten_and_counts_are_kept(generated: Path, run: Run, tmp_path: Path) -> None:
    sent(run, generated, "note", "ensemble")
    reply = tmp_path / "reponse.txt"
    reply.write_text("Anne Exemple", encoding="utf-8")
    run(
        "answer",
        "maire",
        "--letter",
        "note",
        "--on",
        "2025-01-10",
        "--kind",
        "full",
        "--file",
        str(reply),
        root=generated,
    )
    run(
        "answer",
        "adjoint",
        "--letter",
        "note",
        "--on",
        "2025-01-10",
        "--kind",
        "forwarded",
        "--forwarded-to",
        "maire",
        root=generated,
    )
    before = len(list((generated / "archive").rglob("*.*")))
    refused = run("contacts", "forget", "maire", root=generated, typed="n\n")
    assert refused.exit_code == 0
    listed = [
        f"archive/{path.relative_to(generated / 'archive').as_posix()}"
        for path in sorted((generated / "archive").rglob("*.*"))
    ]
    gone = [*("ensemble/joint.docx", "ensemble/joint.pdf"), *("note/maire.docx", "note/maire.pdf")]
    asked = refused.stdout.splitlines()
    assert asked[0] == "3 events in outreach.db"
    changes = [tuple(line.rsplit("  ", 1)) for line in asked[1:] if line.startswith("to be")]
    archived = [path for what, path in changes if what == "to be deleted" and path in listed]
    assert len(archived) == 3
    assert changes == [
        *(("to be deleted", path) for path in archived),
        ("to be changed", "contacts/a.toml"),
        *(("to be deleted", f"out/{name}") for name in gone[:2]),
        ("to be changed", "out/manifest.json"),
        *(("to be deleted", f"out/{name}") for name in gone[2:]),
    ]
    assert len(events(run, generated, "maire")) == 3
    done = run("contacts", "forget", "maire", "--yes", root=generated)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "3 events erased in outreach.db",
        *(f"{what.removeprefix('to be ')}  {path}" for what, path in changes),
        "erased; exports and copies of the journal elsewhere are not",
    ]
    assert [line.split()[1:] for line in done.stderr.splitlines()] == [
        ["is", "kept:", name, "was", "sent", "to", "others", "too"]
        for name in sorted(("joint.docx", "joint.pdf"), key=done.stderr.index)
    ]
    assert len(list((generated / "archive").rglob("*.*"))) == before - 3
    everything = events(run, generated)
    assert [event["contact"] for event in everything if event["kind"] == "sent"] == ["adjoint", "adjoint"]
    assert "forwarded_to" not in everything[-2]["data"]
    assert everything[-1]["kind"] == "forgotten"
    assert everything[-1]["data"]["counts"] == {"sent": 2, "answered": 1}
    assert not list((generated / "out").glob("note/maire.*"))
    assert run("contacts", "show", "maire", root=generated).exit_code == 3
    kept = (generated / "outreach.db").read_bytes()
    assert not any(trace in kept for trace in (b'"maire"', b"EXEMPLE", b"maire.pdf"))
    assert run("log", "verify", root=generated).exit_code == 0


COMMENTED = "# Les élus.\n\n" + SECOND + "\n# Celle d'après.\n" + SECOND.replace("adjoint", "autre", 1)
TABLE = 'id;role;organisation;note\nadjoint;organisation;A;"x;y"\nautre;organisation;B;"z\nz"\n'


@pytest.mark.parametrize(
    ("name", "content", "left"),
    [
        ("b.toml", COMMENTED, "# Les élus.\n\n# Celle d'après.\n" + SECOND.replace("adjoint", "autre", 1)),
        ("b.csv", TABLE, 'id;role;organisation;note\nautre;organisation;B;"z\nz"\n'),
        (
            "b.toml",
            'contact = [{ id = "adjoint", role = "mp", organisation = "A" }, { id = "b", role = "mp", organisation = "B" }]',
            'contact = [{ id = "b", role = "mp", organisation = "B" }]',
        ),
    ],
)
def test_a_contact_file_keeps_everything_but_the_person(
    campaign: Campaign, run: Run, name: str, content: str, left: str
) -> None:
    root = campaign({f"contacts/{name}": content})
    assert run("contacts", "forget", "adjoint", "--yes", root=root).exit_code == 0
    with (root / "contacts" / name).open(encoding="utf-8", newline="") as file:
        assert file.read().strip() == left.strip()


def test_whoever_is_forgotten_is_in_no_copy_and_no_comment(campaign: Campaign, run: Run) -> None:
    about = "# Rencontré au marché, favorable.\n" + SECOND
    twice = "# Les élus.\n\n" + about + "\n" + SECOND.replace("adjoint", "autre", 1) + "\n" + about
    table = "\ufeff" + TABLE.replace("adjoint", "adjoint2") + "adjoint;organisation;A;x\n"
    root = campaign({"contacts/b.toml": twice, "contacts/c.csv": table, "contacts/c.csv.bak": table})
    assert run("contacts", "forget", "adjoint", "--yes", root=root).exit_code == 0
    left = (root / "contacts/b.toml").read_text(encoding="utf-8")
    assert left.split() == ("# Les élus.\n\n" + SECOND.replace("adjoint", "autre", 1)).split()
    content = (root / "contacts/c.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"adjoint;" not in content
    copy = (root / "contacts/c.csv.bak").read_text(encoding="utf-8")
    assert copy == "\ufeff" + TABLE.replace("adjoint", "adjoint2")


def test_a_letter_recorded_on_two_laptops_is_named_by_check(
    generated: Path, run: Run, tmp_path: Path
) -> None:
    sent(run, generated, "note", "--to", "maire")
    export = tmp_path / "a.jsonl"
    run("log", "export", str(export), root=generated)
    (line,) = lines_of(export)
    other = {**json.loads(line), "id": "019aaaaa-0000-7000-8000-000000000000", "at": "2024-12-03"}
    export.write_text(json.dumps(other) + "\n", encoding="utf-8")
    run("log", "import", str(export), root=generated)
    shown = run("check", root=generated).stdout
    assert "outreach.db: letter 'note' to 'maire' by registered is recorded as sent twice" in shown
