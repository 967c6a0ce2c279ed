"""The letters that what is due calls for, on a small campaign with a mayor, a councillor and an authority."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pdfplumber
import pytest
from typer.testing import Result

from tests.conftest import APPLICANT, CONTACT, LETTER, SETTINGS, faults, set_day

Campaign = Callable[..., Path]
Run = Callable[..., Result]

COUNCILLOR = CONTACT.replace('"maire"', '"elu"').replace('"mayor"', '"councillor"').replace("Anne", "Zoé")
AUTHORITY = CONTACT.replace('"maire"', '"cada"').replace('"mayor"', '"authority"').replace("Exemple", "Avis")
QUESTIONS = "".join(
    f'[[question]]\nid = "{name}"\ntheme = "T"\ntext = "{name.title()} ?"\n'
    for name in ("combien", "pourquoi")
)
REMINDER = """\
+++
title = "Relance"
kind = "reminder"
audience = "all"
subject = "Relance du {{ date | long_date }}"
enclosures = ["Copie de « {{ previous.title }} »", "{% if false %}rien{% endif %}"]
+++
{{ recipient.salutation }}, {{ previous.title }} du {{ previous.date | long_date }}, {{ previous.channel }},
{% if previous.deadline %}avant le {{ previous.deadline | long_date }}{% endif %}{% if previous.received_on %}, reçue{% endif %}.

{% for question in questions %}
{{ question.number }}. {{ question.text }}
{% endfor %}
"""
DOCUMENTS = LETTER.replace('title = "Lettre"', 'title = "Documents"\nkind = "documents"')
REFERRAL = """\
+++
title = "Saisine"
kind = "referral"
audience = "tag:cada"
subject = "Saisine"
+++
{{ recipient.name }}, au sujet de {{ about.name }}, {{ about.title }} : {{ previous.title }}.
{% if previous.is_tacit %}Refus né le {{ previous.refused_on | long_date }}.{% endif %}
"""
FILES = {
    "outreach.toml": APPLICANT,
    "contacts/a.toml": CONTACT + COUNCILLOR + AUTHORITY.replace('["a"]', '["cada"]'),
    "letters/questions.toml": QUESTIONS,
    "letters/note.md": LETTER.replace('"all"', '"tag:a"\nquestions = "T"\nreply_by = 20'),
    "letters/reminder.md": REMINDER,
    "letters/papers.md": DOCUMENTS.replace('"all"', '"role:mayor"'),
    "letters/cada-referral.md": REFERRAL,
}


@pytest.fixture(autouse=True)
def summer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all of it lie in the past."""
    set_day(monkeypatch, date(2025, 7, 1))


@pytest.fixture
def sent(campaign: Campaign, run: Run) -> Path:
    """Return a campaign whose first letter went to mayor and councillor on 2 December."""
    root = campaign(FILES)
    made = run("generate", "note", root=root)
    assert (made.exit_code, len(made.stdout.splitlines())) == (0, 5)
    assert run("sent", "note", "--on", "2024-12-02", "--via", "registered", root=root).exit_code == 0
    return root


def text(root: Path, run: Run, name: str, *args: str) -> str:
    run("followup", *args, "--format", "txt", root=root)
    return (root / "out" / f"{name}.txt").read_text(encoding="utf-8").replace("\u00a0", " ")


def test_letters_that_follow_up_are_made_by_followup_alone(campaign: Campaign, run: Run) -> None:
    root = campaign(FILES)
    made = json.loads(run("generate", "--json", "--format", "txt", root=root).stdout)
    assert {file["letter"] for file in made} == {"note", "papers"}
    refused = run("generate", "reminder", root=root)
    assert refused.exit_code == 3
    assert refused.stderr.splitlines()[0] == (
        "letters/reminder.md: this letter follows up another one; run `outreach followup reminder`"
    )
    assert run("followup", "note", root=root).stderr == (
        "letters/note.md: this letter opens a correspondence; outreach generate note\n"
    )


def test_nothing_due_makes_nothing(sent: Path, run: Run) -> None:
    done = run("followup", "--on", "2024-12-10", root=sent)
    assert (done.exit_code, done.stdout) == (0, "nothing is due\n")
    assert not (sent / "out" / "reminder").exists()


def test_a_reminder_repeats_the_letter_and_only_what_is_open(sent: Path, run: Run) -> None:
    answer = ("--kind", "partial", "--question", "combien=Dix.")
    run("answer", "elu", "--on", "2024-12-20", *answer, root=sent)
    run("received", "maire", "--on", "2024-12-04", "--proof", "delivery", root=sent)
    mayor = text(sent, run, "reminder/maire", "--on", "2025-01-06")
    assert "Objet : Relance du 6 janvier 2025" in mayor
    assert "Lettre du 30 novembre 2024, registered, avant le 20 décembre 2024, reçue." in mayor
    assert "1. Combien\u202f?\n2. Pourquoi\u202f?" in mayor
    assert mayor.endswith("P.J. :\n– Copie de « Lettre »\n")
    councillor = (sent / "out/reminder/elu.txt").read_text(encoding="utf-8")
    assert "2. Pourquoi\u202f?" in councillor
    assert "Combien" not in councillor
    manifest = json.loads((sent / "out/manifest.json").read_text(encoding="utf-8"))
    (piece,) = [one for one in manifest if one["files"][0]["path"] == "reminder/elu.txt"]
    assert (piece["follows"], piece["questions"], piece["date"]) == (["note"], ["pourquoi"], "2025-01-06")


def test_a_reminder_that_was_sent_silences_the_urge_and_the_second_can_be_recorded(
    sent: Path, run: Run
) -> None:
    run("followup", "--on", "2025-01-06", "--to", "elu", root=sent)
    record = ("sent", "reminder", "--to", "elu", "--via", "post")
    assert run(*record, "--on", "2025-01-06", root=sent).exit_code == 0
    assert run(*record, "--on", "2025-01-07", root=sent).exit_code == 4
    assert run("followup", "--on", "2025-01-10", "--to", "elu", root=sent).stdout == "nothing is due\n"
    second = run("followup", "--on", "2025-02-05", "--to", "elu", "--json", root=sent)
    assert [file["result"] for file in json.loads(second.stdout)] == ["changed", "changed"]


def test_of_two_letters_one_reminder_and_no_question_twice(campaign: Campaign, run: Run) -> None:
    root = campaign({**FILES, "letters/other.md": FILES["letters/note.md"].replace("Lettre", "Autre")})
    run("generate", "note", "other", root=root)
    run("sent", "note", "other", "--to", "elu", "--on", "2024-12-02", "--via", "post", root=root)
    answered = ("--kind", "partial", "--question", "combien=Dix.")
    run("answer", "elu", "--letter", "note", "--on", "2024-12-20", *answered, root=root)
    made = json.loads(run("followup", "--on", "2025-01-06", "--format", "txt", "--json", root=root).stdout)
    assert [file["path"] for file in made] == ["reminder/elu.txt"]
    assert "Combien" not in (root / "out/reminder/elu.txt").read_text(encoding="utf-8")
    assert run("sent", "reminder", "--on", "2025-01-06", "--via", "post", root=root).exit_code == 0
    assert run("due", "--on", "2025-01-08", root=root).stdout == "nothing is due\n"


def test_a_referral_goes_to_the_authority_about_the_one_who_was_silent(
    sent: Path, run: Run, tmp_path: Path
) -> None:
    run("generate", "papers", "--date", "2025-01-08", root=sent)
    run(
        "sent",
        "papers",
        "--on",
        "2025-01-08",
        "--via",
        "registered",
        "--tracking",
        "1A 123 456 7890 1",
        root=sent,
    )
    scan = tmp_path / "avis.pdf"
    scan.write_bytes(b"%PDF-1.4 preuve")
    proof = ("--letter", "papers", "--on", "2025-01-10", "--proof", "delivery", "--file", str(scan))
    assert run("received", "maire", *proof, root=sent).exit_code == 0
    assert "cada-referral" not in run("followup", "--on", "2025-02-10", "--dry-run", root=sent).stdout
    shown = text(sent, run, "cada-referral/maire", "--on", "2025-02-11")
    assert "Anne Avis, au sujet de Anne Exemple, Maire d’Écully : Documents." in shown
    assert "Refus né le 10 février 2025." in shown
    assert "Madame Anne AVIS" in shown
    bundled = ("followup", "cada-referral", "--on", "2025-02-11", "--format", "pdf", "--bundle")
    assert run(*bundled, root=sent).stdout.splitlines()[-1] == "bundle     bundles/maire.zip"
    first = (sent / "out/bundles/maire.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(first)) as bundle:
        names = bundle.namelist()
        assert bundle.read("03-2025-01-10-reception-papers-avis.pdf") == b"%PDF-1.4 preuve"
        timeline = bundle.read("chronologie.txt").decode("utf-8-sig").splitlines()
    assert names == [
        "01-2024-12-02-envoi-note-maire.docx",
        "01-2024-12-02-envoi-note-maire.pdf",
        "02-2025-01-08-envoi-papers-maire.docx",
        "02-2025-01-08-envoi-papers-maire.pdf",
        "03-2025-01-10-reception-papers-avis.pdf",
        "04-2025-02-11-cada-referral.pdf",
        "chronologie.txt",
    ]
    assert timeline[3].replace("\u00a0", " ") == (
        "8 janvier 2025 : lettre envoyée, Documents, en recommandé, 1A 123 456 7890 1"
    )
    run(*bundled, root=sent)
    assert (sent / "out/bundles/maire.zip").read_bytes() == first
    # The journal keeps the referral with the one it is about.
    assert run("sent", "cada-referral", "--on", "2025-02-12", "--via", "post", root=sent).exit_code == 0
    assert "cada-referral" in run("log", "maire", root=sent).stdout


def test_a_letter_that_a_step_calls_for_and_that_is_not_there(sent: Path, run: Run) -> None:
    (sent / "letters/reminder.md").unlink()
    done = run("followup", "--on", "2025-01-06", root=sent)
    assert done.exit_code == 3
    assert done.stderr.splitlines()[0] == (
        "letters/reminder.md: a step calls for the letter 'reminder', which is not there; "
        "write it, or copy it from the starter campaign"
    )


def test_a_named_letter_is_made_for_whom_one_says_whether_due_or_not(sent: Path, run: Run) -> None:
    assert run("followup", "reminder", "--on", "2024-12-10", root=sent).stdout == "nothing is due\n"
    made = run("followup", "reminder", "--to", "elu", "--on", "2024-12-10", "--format", "txt", root=sent)
    assert made.stdout.splitlines()[0] == "created    reminder/elu.txt"
    # Nobody is told of a day by which an answer was due while it is still ahead.
    assert "avant le" not in (sent / "out/reminder/elu.txt").read_text(encoding="utf-8")


def test_a_campaign_changes_its_ladder(campaign: Campaign, run: Run) -> None:
    settings = '[follow_up]\nletters = { note = "courtesy" }\n[follow_up.courtesy.reminder]\ndays = 10\n'
    root = campaign({**FILES, "outreach.toml": SETTINGS + settings})
    run("generate", "note", root=root)
    run("sent", "note", "--on", "2024-12-02", "--via", "hand", root=root)
    rows = json.loads(run("due", "--on", "2024-12-12", "--json", root=root).stdout)
    assert [(row["contact"], row["step"], row["due_on"]) for row in rows] == [
        ("elu", "reminder", "2024-12-12"),
        ("maire", "reminder", "2024-12-12"),
    ]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            'letters = { note = "courtesi" }',
            "outreach.toml:10: unknown note 'courtesi'; did you mean courtesy?",
        ),
        (
            "[follow_up.request.general-silence]\ndays = 3",
            "the law sets the step 'general-silence'; give a step",
        ),
        (
            '[follow_up.courtesy.call]\ndoes = "x"\nfrom = "sent:"',
            "the step 'call' knows no 'sent:'",
        ),
        (
            '[follow_up.courtesy.call]\ndoes = "x"\nfrom = "remindr"',
            "the step 'call' knows no 'remindr'; did you mean",
        ),
        (
            'letters = { nte = "courtesy" }',
            "[follow_up] names the letter 'nte', which is not there; did you mean note?",
        ),
        (
            'roles = { mayr = "courtesy" }',
            "[follow_up] names the role 'mayr', which is not there; did you mean mayor?",
        ),
        (
            '[follow_up.courtesy.call]\ndoes = "x"\nfrom = "visit"\n'
            '[follow_up.courtesy.visit]\ndoes = "y"\nfrom = "received"',
            "the step 'call' counts from 'visit', which comes after it; write it below that step",
        ),
        ('[follow_up.courtesy.call]\ndoes = "x"', "the step 'call' lacks from; write does = "),
        (
            "[follow_up.corteousy.call]\ndays = 1",
            "unknown key 'corteousy' in [follow_up]; did you mean courtesy?",
        ),
    ],
)
def test_faults_of_the_ladder(campaign: Campaign, run: Run, settings: str, expected: str) -> None:
    head = "" if settings.startswith("[") else "[follow_up]\n"
    done = run("check", root=campaign({"outreach.toml": SETTINGS + head + settings + "\n"}))
    assert done.exit_code == 3
    assert expected in done.stdout


def due(run: Run, root: Path, on: str, contact: str = "") -> list[tuple[str, str, str]]:
    rows = json.loads(run("due", "--on", on, "--json", root=root).stdout)
    return [(row["contact"], row["step"], row["due_on"]) for row in rows if contact in ("", row["contact"])]


def test_a_referral_follows_only_a_refused_request_for_documents(sent: Path, run: Run) -> None:
    done = run("followup", "cada-referral", "--to", "maire", "--on", "2025-03-12", root=sent)
    assert done.exit_code == 3
    assert done.stdout.startswith("0 files in ")
    assert done.stderr.splitlines()[0] == (
        "nothing that was sent to the chosen contacts calls for 'cada-referral'; "
        "`outreach status` and `outreach why ID` show what stands"
    )


@pytest.mark.parametrize("kind", ["full", "refusal", "returned", "meeting"])
def test_nobody_is_reminded_by_name_who_answered(sent: Path, run: Run, kind: str) -> None:
    run("answer", "elu", "--on", "2025-01-03", "--kind", kind, root=sent)
    assert run("followup", "reminder", "--to", "elu", "--on", "2025-01-10", root=sent).exit_code == 3


def test_only_an_answer_is_thanked_for(sent: Path, run: Run) -> None:
    (sent / "letters/thanks.md").write_text(REMINDER.replace('"reminder"', '"thanks"'), encoding="utf-8")
    thanks = ("followup", "thanks", "--to", "elu", "--format", "txt")
    run("answer", "elu", "--on", "2024-12-12", "--kind", "acknowledgement", root=sent)
    assert run(*thanks, "--on", "2025-01-10", root=sent).exit_code == 3
    run("answer", "elu", "--on", "2025-01-08", "--kind", "refusal", root=sent)
    assert run(*thanks, "--on", "2025-01-10", root=sent).exit_code == 0


def test_who_has_a_forwarded_letter_can_answer_it(sent: Path, run: Run) -> None:
    forwarded = ("--kind", "forwarded", "--forwarded-to", "cada")
    assert run("answer", "maire", "--on", "2024-12-10", *forwarded, root=sent).exit_code == 0
    assert [row[0] for row in due(run, sent, "2025-01-06")] == ["cada", "elu"]
    assert (
        run("answer", "cada", "--letter", "note", "--on", "2025-01-03", "--kind", "full", root=sent).exit_code
        == 0
    )
    assert due(run, sent, "2025-02-28", "cada") == []


def test_an_extension_keeps_everything_quiet_until_its_day(
    sent: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, date(2024, 12, 20))
    moved = ("extend", "elu", "--to", "2025-01-20", "--reason", "asked for time")
    assert run(*moved, root=sent).exit_code == 0
    assert due(run, sent, "2025-01-19", "elu") == []
    assert due(run, sent, "2025-01-20", "elu") == [("elu", "reminder", "2025-01-20")]
    assert run("extend", "elu", "--to", "2025-01-20", "--reason", " ", root=sent).exit_code == 2
    assert run("extend", "elu", "--to", "2024-12-19", "--reason", "x", root=sent).exit_code == 3
    run("answer", "elu", "--on", "2024-12-20", "--kind", "full", root=sent)
    done = run(*moved, root=sent)
    assert done.exit_code == 3
    assert done.stderr.startswith("nothing of 'note' to 'elu' is due before 2025-01-20; ")


def test_an_extension_moves_one_step_and_can_be_shortened(
    sent: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, date(2024, 12, 10))
    assert run("extend", "elu", "--to", "2025-02-20", "--reason", "a", root=sent).exit_code == 0
    assert due(run, sent, "2025-02-20", "elu") == [("elu", "reminder", "2025-02-20")]
    assert run("extend", "elu", "--to", "2025-01-20", "--reason", "b", root=sent).exit_code == 0
    assert due(run, sent, "2025-01-20", "elu") == [("elu", "reminder", "2025-01-20")]
    rows = json.loads(run("due", "--on", "2024-12-21", "--within", "60", "--json", root=sent).stdout)
    assert [row["step"] for row in rows if row["contact"] == "elu"] == ["reminder"]


def test_a_letter_forwarded_by_whom_no_rule_binds_starts_its_clock_then(sent: Path, run: Run) -> None:
    run("received", "elu", "--on", "2024-12-04", "--proof", "delivery", root=sent)
    forwarded = ("--kind", "forwarded", "--forwarded-to", "cada")
    assert run("answer", "elu", "--on", "2025-01-20", *forwarded, root=sent).exit_code == 0
    assert "from: forwarded by elu on 2025-01-20 (estimated)" in run("why", "cada", root=sent).stdout
    run("received", "cada", "--on", "2025-01-22", "--proof", "stamp", root=sent)
    assert "2025-03-22  general-silence" in run("why", "cada", root=sent).stdout


def test_an_acknowledgement_as_proof_of_receipt_ends_the_alarm(sent: Path, run: Run) -> None:
    run("received", "maire", "--on", "2024-12-04", "--proof", "acknowledgement", root=sent)
    assert due(run, sent, "2024-12-23", "maire") == []
    (row,) = [
        row
        for row in json.loads(run("status", "--on", "2024-12-23", "--json", root=sent).stdout)
        if row["contact"] == "maire" and row["letter"] == "note"
    ]
    assert row["status"] == "received"


def test_status_of_a_follow_up_letter_shows_whom_it_went_to(sent: Path, run: Run) -> None:
    run("followup", "reminder", "--to", "maire", "--on", "2025-01-06", root=sent)
    run("sent", "reminder", "--on", "2025-01-06", "--via", "post", root=sent)
    run("followup", "reminder", "--to", "elu", "--on", "2025-01-06", root=sent)
    rows = json.loads(run("status", "--letter", "reminder", "--json", root=sent).stdout)
    assert [(row["contact"], row["status"], row["next_step"]) for row in rows] == [
        ("maire", "sent", ""),
        ("elu", "generated", ""),
    ]
    assert run("why", "maire", "--letter", "reminder", root=sent).stderr == (
        "'reminder' follows up another letter and has no dates of its own; leave --letter out\n"
    )


def test_who_was_forgotten_on_one_laptop_counts_on_none(sent: Path, run: Run, tmp_path: Path) -> None:
    before, after = tmp_path / "before.jsonl", tmp_path / "after.jsonl"
    run("log", "export", str(before), root=sent)
    run("contacts", "forget", "elu", "--yes", root=sent)
    run("log", "export", str(after), root=sent)
    other = tmp_path / "other"
    shutil.copytree(sent, other)
    (other / "outreach.db").unlink()
    run("log", "rebuild", str(before), root=other)
    done = run("log", "import", str(after), root=other)
    assert done.stderr == (
        "warning: 'elu' was forgotten on another computer; do the same here: outreach contacts forget elu\n"
    )
    assert {row[0] for row in due(run, other, "2025-01-06")} == {"maire"}


def test_status_of_a_request_for_documents_keeps_its_dates(sent: Path, run: Run) -> None:
    (sent / "letters/documents-request.md").write_text(DOCUMENTS, encoding="utf-8")
    run("followup", "documents-request", "--to", "maire", "--on", "2025-02-06", root=sent)
    run("sent", "documents-request", "--on", "2025-02-06", "--via", "post", root=sent)
    proof = ("--letter", "documents-request", "--on", "2025-02-10", "--proof", "acknowledgement")
    run("received", "maire", *proof, root=sent)
    shown = run("status", "--letter", "documents-request", "--on", "2025-03-12", "--json", root=sent).stdout
    rows = [(row["contact"], row["next_step"], row["due_on"]) for row in json.loads(shown)]
    assert rows == [("maire", "cada-referral", "2025-05-09")]


@pytest.mark.parametrize("proofs", [("delivery", "acknowledgement"), ("acknowledgement", "delivery")])
def test_the_proof_of_one_is_not_that_of_another(
    campaign: Campaign, run: Run, proofs: tuple[str, str]
) -> None:
    other = CONTACT.replace('"maire"', '"autre"').replace("Anne", "Zoé")
    root = campaign({**FILES, "contacts/a.toml": CONTACT + other})
    run("generate", "note", root=root)
    run("sent", "note", "--on", "2024-12-02", "--via", "post", root=root)
    for name, proof in zip(("maire", "autre"), proofs, strict=True):
        run("received", name, "--on", "2024-12-04", "--proof", proof, root=root)
    late = {row[0] for row in due(run, root, "2024-12-23")}
    assert late == {"maire" if proofs[0] == "delivery" else "autre"}


def test_an_extension_keeps_the_letter_before_a_step_of_ones_own(
    campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = '[follow_up.courtesy.call]\ndoes = "x"\nfrom = "reminder"\ndays = 7\n'
    root = campaign({**FILES, "outreach.toml": SETTINGS + own})
    run("generate", "note", root=root)
    run("sent", "note", "--on", "2024-12-02", "--via", "post", root=root)
    set_day(monkeypatch, date(2024, 12, 10))
    assert run("extend", "elu", "--to", "2025-02-20", "--reason", "a", root=root).exit_code == 0
    rows = json.loads(run("due", "--on", "2025-02-20", "--within", "10", "--json", root=root).stdout)
    assert [(row["step"], row["due_on"]) for row in rows if row["contact"] == "elu"] == [
        ("reminder", "2025-02-20"),
        ("call", "2025-02-27"),
    ]


def test_whoever_comes_after_a_forgotten_one_needs_an_id_of_its_own(sent: Path, run: Run) -> None:
    before = (sent / "contacts/a.toml").read_text(encoding="utf-8")
    run("contacts", "forget", "elu", "--yes", root=sent)
    (sent / "contacts/a.toml").write_text(before, encoding="utf-8")
    run("generate", "note", root=sent)
    done = run("sent", "note", "--to", "elu", "--on", "2025-06-02", "--via", "post", root=sent)
    assert done.exit_code == 4
    assert done.stderr == (
        "the id 'elu' belonged to somebody who is forgotten; give whoever comes after another one, as in elu-2\n"
    )
    assert run("note", "elu", "x", root=sent).exit_code == 4
    (sent / "contacts/a.toml").write_text(before.replace('"elu"', '"elu-2"'), encoding="utf-8")
    run("generate", "note", root=sent)
    again = run("sent", "note", "--to", "elu-2", "--on", "2025-06-02", "--via", "post", root=sent)
    assert again.exit_code == 0


def test_an_answer_to_a_reminder_is_one_to_the_letter(sent: Path, run: Run) -> None:
    run("followup", "--on", "2025-01-06", "--to", "elu", root=sent)
    run("sent", "reminder", "--to", "elu", "--on", "2025-01-06", "--via", "post", root=sent)
    answer = ("answer", "elu", "--letter", "reminder", "--on", "2025-01-20", "--kind", "refusal")
    assert run(*answer, root=sent).exit_code == 0
    assert due(run, sent, "2025-03-01", "elu") == []


def test_yesterdays_reminders_are_not_recorded_again_with_todays(sent: Path, run: Run) -> None:
    run("followup", "--on", "2025-01-06", "--format", "txt", root=sent)
    assert run("sent", "reminder", "--on", "2025-01-06", "--via", "post", root=sent).exit_code == 0
    run("answer", "maire", "--on", "2025-01-20", "--kind", "full", root=sent)
    run("followup", "--on", "2025-02-05", "--format", "txt", root=sent)
    again = run("sent", "reminder", "--on", "2025-02-05", "--via", "registered", root=sent)
    assert again.stdout.splitlines() == ["sent  reminder  elu  2025-02-05  registered"]


def test_a_file_of_an_earlier_letter_is_not_what_was_sent(sent: Path, run: Run) -> None:
    run("followup", "reminder", "--to", "maire", "--on", "2025-01-06", root=sent)
    assert run("sent", "reminder", "--on", "2025-01-06", "--via", "post", root=sent).exit_code == 0
    run("followup", "reminder", "--to", "maire", "--on", "2025-02-10", "--format", "pdf", root=sent)
    assert run("sent", "reminder", "--on", "2025-02-10", "--via", "post", root=sent).exit_code == 0
    last = json.loads(run("log", "maire", "--json", root=sent).stdout)[-1]
    assert (last["data"]["date"], [file["name"] for file in last["data"]["files"]]) == (
        "2025-02-10",
        ["maire.pdf"],
    )


def test_reminders_that_were_posted_are_not_printed_again(sent: Path, run: Run) -> None:
    assert run("followup", "reminder", "--to", "maire", "--on", "2025-01-06", root=sent).exit_code == 0
    posted = ("reminder", "--on", "2025-01-06", "--via", "post")
    assert run("sent", *posted, root=sent).exit_code == 0
    assert run("followup", "reminder", "--to", "elu", "--on", "2025-02-03", root=sent).exit_code == 0
    both = run("print", "reminder", root=sent)
    assert both.stdout.startswith("1 letter, ")
    maire = ("print", "reminder", "--to", "maire", "--dry-run")
    refused = run(*maire, root=sent)
    assert (refused.exit_code, refused.stdout) == (4, "")
    assert refused.stderr == (
        "letter 'reminder' to 'maire' is left out: it was sent by post on 2025-01-06;"
        " say --again if it goes once more, and for `sent` --reason TEXT\n"
    )
    again = run(*maire, "--again", root=sent)
    assert again.stdout.startswith("1 letter, ")


def test_who_answered_meanwhile_is_neither_reminded_nor_recorded(sent: Path, run: Run) -> None:
    run("followup", "reminder", "--on", "2025-01-06", root=sent)
    run("answer", "maire", "--on", "2025-01-10", "--kind", "full", root=sent)
    answered = (
        "letter 'reminder' to 'maire' is left out: an answer has come;"
        " say --with-answered if it goes all the same\n"
    )
    printed = run("print", "reminder", root=sent)
    assert (printed.exit_code, faults(printed)) == (0, f"warning: {answered}")
    assert printed.stdout.startswith("1 letter, ")
    assert run("print", "reminder", "--with-answered", "--dry-run", root=sent).stdout.startswith("2 letters")
    posted = ("sent", "reminder", "--via", "post", "--dry-run", "--on")
    before = run(*posted, "2025-01-09", root=sent)
    assert (before.exit_code, before.stdout.count("reminder")) == (0, 2)
    after = run(*posted, "2025-01-13", root=sent)
    assert (after.stdout.splitlines(), after.stderr) == (
        ["sent  reminder  elu  2025-01-13  post"],
        f"warning: {answered}dry run: nothing was recorded\n",
    )
    nobody = run(*posted, "2025-01-13", "--to", "maire", root=sent)
    assert (nobody.exit_code, nobody.stdout, nobody.stderr) == (4, "", answered)


def test_a_partial_answer_overtakes_a_reminder_and_an_acknowledgement_does_not(sent: Path, run: Run) -> None:
    run("followup", "reminder", "--on", "2025-01-06", root=sent)
    run("answer", "maire", "--on", "2025-01-10", "--kind", "acknowledgement", root=sent)
    assert run("print", "reminder", "--dry-run", root=sent).stdout.startswith("2 letters")
    run("answer", "maire", "--on", "2025-01-11", "--kind", "partial", root=sent)
    assert run("print", "reminder", "--dry-run", root=sent).stdout.startswith("1 letter, ")


def test_a_referral_is_printed_for_the_authority_and_not_for_whom_it_is_about(
    campaign: Campaign, run: Run
) -> None:
    authority = (
        AUTHORITY.replace('["a"]', '["cada"]').replace('"69130"', '"75007"').replace("Écully", "Paris")
    )
    contacts = CONTACT.replace('postal_code = "69130"\ncity = "Écully"\n', "").replace(
        'address = ["Hôtel de Ville", "1 place de la Mairie"]\n', ""
    )
    root = campaign({**FILES, "contacts/a.toml": contacts + COUNCILLOR + authority})
    run("generate", "papers", root=root)
    run("sent", "papers", "--on", "2024-12-02", "--via", "post", root=root)
    run("answer", "maire", "--on", "2024-12-20", "--kind", "refusal", root=root)
    run("followup", "cada-referral", "--to", "maire", "--on", "2025-01-06", root=root)
    done = run("print", "cada-referral", "--labels", "L7163", "--merge-same-address", root=root)
    assert (done.exit_code, faults(done)) == (0, "")
    with pdfplumber.open(root / "out/print/labels.pdf") as pdf:
        (page,) = pdf.pages
        assert page.extract_text().splitlines()[0] == "Madame Anne AVIS"
        assert page.extract_text().splitlines()[-1] == "75007 PARIS"
    moved = (root / "contacts/a.toml").read_text(encoding="utf-8").replace("75007", "75008")
    (root / "contacts/a.toml").write_text(moved, encoding="utf-8")
    refused = run("print", "cada-referral", root=root)
    assert refused.stderr.startswith(
        "cada-referral/maire.pdf: its address has changed since it was generated"
    )


def test_a_notified_refusal_leads_to_documents_and_court(sent: Path, run: Run) -> None:
    run("received", "maire", "--on", "2024-12-04", "--proof", "delivery", root=sent)
    run("answer", "maire", "--on", "2024-12-20", "--kind", "refusal", root=sent)
    assert due(run, sent, "2024-12-23", "maire") == [
        ("maire", "documents-request", "2024-12-23"),  # 21 December is a Saturday
        ("maire", "court-general", "2025-02-21"),
    ]


def test_an_acknowledgement_never_puts_a_legal_date_off(sent: Path, run: Run) -> None:
    before = due(run, sent, "2025-02-10", "maire")
    run("answer", "maire", "--on", "2025-02-07", "--kind", "acknowledgement", root=sent)
    assert due(run, sent, "2025-02-10", "maire") == before


def test_the_formal_request_silences_the_reminder_before_it(sent: Path, run: Run) -> None:
    shipped = DOCUMENTS.replace('"all"', '"role:mayor"')
    (sent / "letters/documents-request.md").write_text(shipped, encoding="utf-8")
    run("received", "maire", "--on", "2024-12-04", "--proof", "delivery", root=sent)
    run("followup", "documents-request", "--on", "2025-02-06", root=sent)
    run("sent", "documents-request", "--on", "2025-02-06", "--via", "post", root=sent)
    assert ("maire", "reminder", "2025-01-06") not in due(run, sent, "2025-02-07")


def test_whom_no_rule_binds_never_gets_a_legal_date(campaign: Campaign, run: Run) -> None:
    settings = '[follow_up]\nroles = { councillor = "documents" }\n'
    root = campaign({**FILES, "outreach.toml": SETTINGS + settings})
    run("generate", "note", root=root)
    run("sent", "note", "--to", "elu", "--on", "2024-12-02", "--via", "hand", root=root)
    shown = run("why", "elu", "--on", "2025-06-01", root=root).stdout
    assert "receipt-due" in shown
    assert "silence" not in shown
    assert "cada" not in shown


def test_an_answer_can_be_recorded_of_who_left_the_contact_files(sent: Path, run: Run) -> None:
    (sent / "contacts/a.toml").write_text(CONTACT, encoding="utf-8")
    (sent / "letters/cada-referral.md").unlink()
    late = run("followup", "--on", "2025-01-06", root=sent)
    assert late.exit_code == 3
    assert "'elu' is due for 'reminder' and is in no contact file; restore the contact" in late.stderr
    assert run("answer", "elu", "--on", "2025-01-03", "--kind", "full", root=sent).exit_code == 0
    assert run("contacts", "forget", "elu", "--yes", root=sent).exit_code == 0
    assert run("log", "elu", root=sent).exit_code == 3


def test_an_import_does_not_bring_back_who_was_forgotten(sent: Path, run: Run, tmp_path: Path) -> None:
    export = tmp_path / "a.jsonl"
    run("log", "export", str(export), root=sent)
    run("contacts", "forget", "elu", "--yes", root=sent)
    done = run("log", "import", str(export), root=sent)
    assert (done.exit_code, done.stdout) == (0, "0 events added\n")


def test_a_third_reminder_is_a_step_of_ones_own(campaign: Campaign, run: Run) -> None:
    settings = '[follow_up.courtesy.third]\ndoes = "third"\nletter = "reminder"\nfrom = "sent:reminder:2"\ndays = 30\n'
    root = campaign({**FILES, "outreach.toml": SETTINGS + settings})
    run("generate", "note", root=root)
    run("sent", "note", "--to", "elu", "--on", "2024-12-02", "--via", "hand", root=root)
    for day in ("2025-01-02", "2025-02-03"):
        run("followup", "--on", day, root=root)
        assert run("sent", "reminder", "--on", day, "--via", "post", root=root).exit_code == 0
    assert due(run, root, "2025-03-05", "elu") == [("elu", "third", "2025-03-05")]


def test_names_in_a_bundle_are_slugs_and_none_takes_anothers_place(
    sent: Path, run: Run, tmp_path: Path
) -> None:
    for folder, content in (("a", b"un"), ("b", b"deux")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "Réponse (1) du maire.PDF").write_bytes(content)
    files = [
        word for folder in "ab" for word in ("--file", str(tmp_path / folder / "Réponse (1) du maire.PDF"))
    ]
    answer = ("answer", "maire", "--on", "2024-12-20", "--kind", "partial", *files)
    assert run(*answer, root=sent).exit_code == 0
    assert run("followup", "--on", "2025-01-06", "--bundle", "--format", "pdf", root=sent).exit_code == 0
    with zipfile.ZipFile(sent / "out/bundles/maire.zip") as bundle:
        names = [name for name in bundle.namelist() if "reponse" in name]
        assert names == [
            "02-2024-12-20-reponse-2-note-Reponse-1-du-maire.pdf",
            "02-2024-12-20-reponse-note-Reponse-1-du-maire.pdf",
        ]
        assert {bundle.read(name) for name in names} == {b"un", b"deux"}
