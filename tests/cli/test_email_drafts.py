"""Drafts of e-mails, read back as a mail program reads them."""

import email
import json
import re
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from typer.testing import Result

from outreach.post.email.reference import references_in, untagged
from tests.conftest import CONTACT, LETTER, SETTINGS, set_day

Campaign = Callable[..., Path]
Run = Callable[..., Result]

FROM = '[email]\nfrom = "Groupe Été <groupe@example.org>"\n'


def contact(name: str, family: str, *more: str) -> str:
    text = CONTACT.replace('"maire"', f'"{name}"').replace('"Exemple"', f'"{family}"')
    lines = text.replace('"69081"', '""').replace('"mayor"', '"councillor"')
    return lines + "".join(f"{line}\n" for line in more)


PEOPLE = contact("un", "Dûpont", 'email = "un@example.org"') + contact(
    "deux", "Zola", 'email = "deux@example.org"'
)
ACCENTED = LETTER.replace('"Lettre"', '"Été : « où » ?"').replace("Une demande", "Où va l'argent de l'été ?")


@pytest.fixture
def made(campaign: Campaign, run: Run) -> Callable[..., Path]:
    """Return a function that writes a campaign and generates its letters."""

    def make(files: dict[str, str | bytes] | None = None, settings: str = FROM, letter: str = LETTER) -> Path:
        root = campaign(
            {
                "contacts/a.toml": PEOPLE,
                "letters/note.md": letter,
                "outreach.toml": SETTINGS + settings,
                **(files or {}),
            }
        )
        assert run("generate", "--format", "pdf", root=root).exit_code == 0
        return root

    return make


def read(root: Path, name: str) -> EmailMessage:
    content = (root / f"out/email/{name}.eml").read_bytes()
    message = email.message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part
    text = str(part.get_content()).replace("\r\n", "\n")
    return re.sub("[\xa0\u202f]", " ", text)


def attached(message: EmailMessage) -> dict[str | None, Any]:
    return {part.get_filename(): part.get_content() for part in message.iter_attachments()}


def test_a_draft_says_what_it_brings_and_carries_the_letter_byte_for_byte(
    made: Callable[..., Path], run: Run
) -> None:
    root = made(letter=ACCENTED)
    done = run("email", "drafts", root=root)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == [
        "created    note/un.eml  un@example.org",
        "created    note/deux.eml  deux@example.org",
    ]
    message = read(root, "note/un")
    assert message.keys() == [
        "X-Unsent",
        "From",
        "To",
        "Subject",
        "MIME-Version",
        "Content-Type",
    ]
    assert (message["X-Unsent"], message["From"]) == ("1", "Groupe Été <groupe@example.org>")
    assert message["To"] == "Anne Dûpont <un@example.org>"
    (reference,) = references_in(message["Subject"])
    assert re.sub("[\xa0\u202f]", " ", message["Subject"]) == f"Où va l’argent de l’été ? [{reference}]"
    assert text_of(message).split("\n\n") == [
        "Madame la Conseillère municipale,",
        "Nous vous adressons notre lettre « Où va l’argent de l’été ? », jointe à ce message au format PDF.",
        "Pour que votre réponse nous parvienne sans erreur, merci d’y laisser la référence"
        f" {reference} qui figure dans l’objet.",
        "Nous vous prions d’agréer, Madame la Conseillère municipale, l’expression de notre considération distinguée.",
        "Groupe Essai\n",
    ]
    assert attached(message) == {"Été « où ».pdf": (root / "out/note/un.pdf").read_bytes()}


def test_every_line_is_one_that_any_server_takes(made: Callable[..., Path], run: Run) -> None:
    long = ACCENTED.replace("Où va l'argent", "Où va, année après année, l'argent des écoles, des crèches et")
    root = made(letter=long)
    run("email", "drafts", root=root)
    content = (root / "out/email/note/un.eml").read_bytes()
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert "des écoles, des crèches et" in read(root, "note/un")["Subject"]


def test_the_same_bytes_come_out_each_time(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("email", "drafts", root=root)
    before = (root / "out/email/note/un.eml").read_bytes()
    done = run("email", "drafts", root=root)
    assert done.stdout.splitlines()[-1].endswith("2 identical")
    (root / "out/email/note/un.eml").unlink()
    run("email", "drafts", root=root)
    assert (root / "out/email/note/un.eml").read_bytes() == before


def test_answers_go_where_the_settings_say_with_the_reference_as_tag(
    made: Callable[..., Path], run: Run
) -> None:
    root = made(settings=FROM + 'reply_to = "reponses@example.org"\nplus_tags = true\n')
    run("email", "drafts", root=root)
    message = read(root, "note/un")
    (reference,) = references_in(message["Subject"])
    assert untagged(message["Reply-To"].addresses[0].addr_spec) == ("reponses@example.org", reference)
    assert reference != references_in(read(root, "note/deux")["Subject"])[0]


def test_enclosures_go_too_and_one_without_a_file_is_named(made: Callable[..., Path], run: Run) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    enclosed = LETTER.replace(
        'subject = "Une demande"',
        'subject = "Une demande"\nenclosures = [{title = "Plan", file = "plan-été.pdf"}, "Une clé USB"]',
    )
    root = made(letter=enclosed, files={"plan-été.pdf": b""})
    pdf.save(root / "plan-été.pdf")
    done = run("email", "drafts", "--to", "un", root=root)
    assert done.stderr.splitlines() == [
        "letters/note.md: warning: enclosures without a file are not attached;"
        ' give each one: { title = "...", file = "annex.pdf" }'
    ]
    message = read(root, "note/un")
    assert attached(message) == {
        "Lettre.pdf": (root / "out/note/un.pdf").read_bytes(),
        "plan-été.pdf": (root / "plan-été.pdf").read_bytes(),
    }
    assert "au format PDF, avec ses annexes." in text_of(message)


def test_who_has_no_address_and_who_was_sent_it_are_named_and_get_none(
    made: Callable[..., Path], run: Run
) -> None:
    people = PEOPLE + contact("trois", "Musil") + contact("quatre", "Roth", 'email = "è@example.org"')
    root = made({"contacts/a.toml": people})
    assert run("sent", "note", "--to", "un", "--on", "2024-12-02", "--via", "post", root=root).exit_code == 0
    done = run("email", "drafts", root=root)
    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        "warning: letter 'note' to 'un' is left out: it was sent by post on 2024-12-02;"
        " say --again if it goes once more, and for `sent` --reason TEXT",
        "warning: letter 'note' to 'trois' is left out: it has no e-mail address;"
        " `outreach contacts edit trois --email ADDRESS` adds it",
        "warning: letter 'note' to 'quatre' is left out: no message can be addressed to 'è@example.org';"
        " ask for another address",
    ]
    assert [path.name for path in (root / "out/email/note").iterdir()] == ["deux.eml"]
    alone = run("email", "drafts", "--to", "un", root=root)
    assert (alone.exit_code, alone.stdout) == (4, "")
    assert alone.stderr.startswith(
        "letter 'note' to 'un' is left out: it was sent by post on 2024-12-02; say"
    )
    assert run("email", "drafts", "--to", "un", "--again", root=root).exit_code == 0


def test_nothing_goes_to_an_address_from_which_mail_came_back(made: Callable[..., Path], run: Run) -> None:
    third = contact("trois", "Musil", 'email = "trois@example.org"').replace(
        '["a"]', '["a", "email-bounced"]'
    )
    root = made({"contacts/a.toml": PEOPLE + third})
    done = run("email", "drafts", "--to", "trois", root=root)
    assert (done.exit_code, done.stdout) == (4, "")
    assert "what went to its e-mail address came back; " in done.stderr


def test_a_message_that_is_too_large_is_named_and_not_made(made: Callable[..., Path], run: Run) -> None:
    noise = bytes(range(256)) * 2000
    enclosed = LETTER.replace("audience", 'enclosures = [{title = "Plan", file = "plan.pdf"}]\naudience')
    root = made(letter=enclosed, settings=FROM + "max_mb = 0.5\n", files={"plan.pdf": b""})
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.pages[0].Contents = pikepdf.Stream(pdf, noise)
    pdf.save(root / "plan.pdf", compress_streams=False)
    done = run("email", "drafts", "--to", "un", root=root)
    assert done.exit_code == 4
    assert done.stderr == (
        "letter 'note' to 'un' is left out: its message has 0.7 MB, 0.5 at most;"
        " make its enclosures smaller, or set max_mb in [email]\n"
    )
    assert not (root / "out/email").exists()


def test_a_draft_edited_by_hand_is_kept_until_it_is_to_be_replaced(
    made: Callable[..., Path], run: Run
) -> None:
    root = made()
    run("email", "drafts", root=root)
    path = root / "out/email/note/un.eml"
    own = path.read_bytes().replace(b"Groupe Essai", b"Zoe Essai")
    path.write_bytes(own)
    done = run("email", "drafts", root=root)
    assert (done.exit_code, path.read_bytes()) == (4, own)
    assert done.stderr == "note/un.eml: edited by hand, kept; rename it to have it made anew\n"
    assert run("email", "drafts", "--force", root=root).exit_code == 0
    assert path.read_bytes() != own
    assert path.with_name("un.eml.bak-1").read_bytes() == own


def test_a_draft_that_is_not_to_go_any_more_is_taken_away_unless_it_was_edited(
    made: Callable[..., Path], run: Run
) -> None:
    root = made()
    run("email", "drafts", root=root)
    one, other = (root / f"out/email/note/{name}.eml" for name in ("un", "deux"))
    other.write_bytes(other.read_bytes() + b"\r\n")
    assert (
        run(
            "contacts", "add", "--family-name", "Neuf", "--role", "mayor", "--id", "neuf", root=root
        ).exit_code
        == 0
    )
    run("contacts", "edit", "neuf", "--email", "neuf@example.org", root=root)
    run("generate", "--format", "pdf", root=root)
    assert (
        run(
            "sent", "note", "--to", "un", "--to", "deux", "--on", "2024-12-02", "--via", "email", root=root
        ).exit_code
        == 0
    )
    dry = run("email", "drafts", "--dry-run", root=root)
    assert one.exists()
    assert "deleted" not in dry.output
    done = run("email", "drafts", root=root)
    assert (one.exists(), other.exists()) == (False, True)
    assert "deleted  email/note/un.eml" in done.stderr.splitlines()
    assert (
        "email/note/deux.eml: warning: was edited by hand, and does not go any more;"
        " delete it, or move it away" in done.stderr.splitlines()
    )


def test_whoever_is_not_chosen_keeps_the_draft(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("email", "drafts", root=root)
    run("email", "drafts", "--to", "un", root=root)
    assert sorted(path.name for path in (root / "out/email/note").iterdir()) == ["deux.eml", "un.eml"]


def test_a_joint_letter_goes_to_each_of_its_addressees(made: Callable[..., Path], run: Run) -> None:
    joint = LETTER.replace("audience", "joint = true\naudience").replace("{{ recipient.name }}", "tous")
    root = made(letter=joint)
    assert run("email", "drafts", root=root).exit_code == 0
    found = [read(root, f"note/{name}") for name in ("un", "deux")]
    assert [message["To"].addresses[0].addr_spec for message in found] == [
        "un@example.org",
        "deux@example.org",
    ]
    assert len({references_in(message["Subject"])[0] for message in found}) == 2
    for message in found:
        assert list(attached(message).values()) == [(root / "out/note/joint.pdf").read_bytes()]
    one = run("email", "drafts", "--to", "un", "--json", "--dry-run", root=root)
    assert [row["contact"] for row in json.loads(one.stdout)] == ["un"]


def test_the_campaigns_own_text_is_used_and_its_faults_are_named(made: Callable[..., Path], run: Run) -> None:
    own = "Bonjour {{ recipient.name }},\n\n*Voici* :\n\n- {{ letter.title }}\n- {{ letter.kind }}\n"
    root = made({"letters/_email.md": own})
    run("email", "drafts", root=root)
    assert text_of(read(root, "note/un")) == "Bonjour Anne Dûpont,\n\nVoici :\n\n– Lettre\n– request\n"
    (root / "letters/_email.md").write_text("Bonjour,\n\n{{ recipient.nom }}\n")
    done = run("email", "drafts", root=root)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("letters/_email.md:3: ")
    (root / "letters/_email.md").write_text("{# nothing #}\n")
    assert run("email", "drafts", root=root).stderr == (
        "letters/_email.md: the e-mail has no text; write it, or delete the file: then the shipped text is used\n"
    )


def test_an_english_letter_has_the_english_text(made: Callable[..., Path], run: Run) -> None:
    root = made(letter=LETTER.replace("audience", 'language = "en"\naudience'))
    run("email", "drafts", root=root)
    assert "Please find attached our letter “Une demande” as PDF." in text_of(read(root, "note/un"))


def test_what_is_in_the_data_adds_no_header(made: Callable[..., Path], run: Run) -> None:
    evil = contact("un", "X\\r\\nBcc: evil@example.org", 'email = "un@example.org"')
    root = made({"contacts/a.toml": evil})
    assert run("email", "drafts", root=root).exit_code == 0
    message = read(root, "note/un")
    assert message["Bcc"] is None
    assert [one.addr_spec for one in message["To"].addresses] == ["un@example.org"]


def test_nobody_to_come_from_is_an_error(made: Callable[..., Path], run: Run) -> None:
    done = run("email", "drafts", root=made(settings=""))
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr == (
        "outreach.toml: no address is named that e-mail comes from;"
        ' write from = "name@example.org" in its table [email]\n'
    )


def test_a_reminder_stands_in_the_thread_of_what_went_before(
    made: Callable[..., Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    reminder = LETTER.replace('title = "Lettre"', 'title = "Relance"\nkind = "reminder"')
    root = made({"letters/reminder.md": reminder})
    run("sent", "note", "--on", "2024-12-02", "--via", "email", root=root)
    known = "<" + "a" * 90 + "@mail.example.org>"
    lines = run("log", "export", "-", root=root).stdout
    other = lines.replace('"channel": "email"', f'"channel": "email", "message_id": "{known}"')
    (root / "outreach.db").unlink()
    (root / "journal.jsonl").write_text(other)
    assert run("log", "rebuild", str(root / "journal.jsonl"), root=root).exit_code == 0
    set_day(monkeypatch, date(2025, 2, 20))
    made_ = run("followup", "reminder", "--to", "all", "--format", "pdf", root=root)
    assert made_.exit_code == 0, made_.output
    done = run("email", "drafts", "reminder", root=root)
    assert done.exit_code == 0, done.output
    message = read(root, "reminder/un")
    assert (message["In-Reply-To"], message["References"]) == (known, known)
    assert f"In-Reply-To: {known}\r\n".encode() in (root / "out/email/reminder/un.eml").read_bytes()


def test_json_names_to_whom_under_which_reference(made: Callable[..., Path], run: Run) -> None:
    root = made()
    (row, _other) = json.loads(run("email", "drafts", "--dry-run", "--json", root=root).stdout)
    assert row | {"sha256": "", "reference": "", "subject": ""} == {
        "letter": "note",
        "contact": "un",
        "contacts": ["un"],
        "to": "un@example.org",
        "subject": "",
        "reference": "",
        "path": "note/un.eml",
        "sha256": "",
        "result": "created",
        "backup": "",
    }
    assert row["subject"] == f"Une demande [{row['reference']}]"
    assert not (root / "out/email").exists()


def test_nobody_who_is_forgotten_stays_in_a_draft(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("email", "drafts", root=root)
    path = root / "out/email/note/un.eml"
    path.write_bytes(path.read_bytes() + b"\r\n")
    run("email", "drafts", "--force", root=root)
    assert run("contacts", "forget", "un", "--yes", root=root).exit_code == 0
    assert sorted(path.name for path in (root / "out/email").rglob("*.*")) == ["deux.eml", "manifest.json"]
    assert '"un"' not in (root / "out/email/manifest.json").read_text()
