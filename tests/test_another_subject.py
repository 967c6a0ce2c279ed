"""The shipped follow-up letters in a campaign for a cycle lane: they speak of its subject and of no other."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from outreach import language
from outreach.campaign.settings import load_campaign
from outreach.people.roles import ROLES
from tests.conftest import REPOSITORY, WriteTree, set_day

Run = Callable[..., Result]

FOLLOW_UPS = ("reminder", "documents-request", "cada-referral", "correction", "thanks")
SHARED = (*FOLLOW_UPS, "_previous", "_questions", "_numbers")
FOREIGN = re.compile(
    r"cam[ée]ra|vid[ée]o|surveill|lyon|technopolice|\bVSA\b|algorithm|grégory|doucet", re.IGNORECASE
)
TOPIC = 'topic = "l\'aménagement de la piste cyclable du boulevard Exemple"\n'
SETTINGS = f"""\
[campaign]
title = "Une piste pour le boulevard"
{TOPIC}
[sender]
name = "Association Exemple à vélo"
address = ["3 rue du Modèle", "35400 SAINT-MALO"]
legal_form = "association loi 1901"
representative = "Camille Modèle, présidente"

[letter]
place = "Saint-Malo"
date = 2025-02-03
"""
CONTACTS = """\
[[contact]]
id = "maire"
role = "mayor"
gender = "f"
given_name = "Jeanne"
family_name = "Modèle"
address = ["Hôtel de Ville", "1 place de la Mairie"]
postal_code = "35400"
city = "Saint-Malo"
insee = "35288"
tags = ["ville"]
checked = 2025-01-10

[[contact]]
id = "transports"
role = "organisation"
organisation = "Régie Exemple des transports"
address = ["5 quai du Modèle"]
postal_code = "35400"
city = "Saint-Malo"
tags = ["ville"]
checked = 2025-01-10

[[contact]]
id = "commission"
role = "authority"
organisation = "Commission d'accès aux documents administratifs"
address = ["TSA 00000"]
postal_code = "75007"
city = "Paris"
tags = ["cada"]
checked = 2025-01-10
"""
QUESTIONS = "".join(
    f'[[question]]\nid = "{name}"\ntheme = "Chantier"\ntext = "{text}"\n'
    for name, text in (
        ("start", "Quand les travaux commenceront-ils ?"),
        ("width", "Quelle largeur est prévue ?"),
        ("trees", "Combien d'arbres seront plantés ?"),
        ("cost", "Combien coûteront-ils ?"),
    )
)
FIRST = """\
+++
title = "Lettre interne n° 1"
audience = "tag:ville"
subject = "Boulevard Exemple : une piste avant l'été"
questions = "Chantier"
reply_by = 30
+++
{{ recipient.salutation }},

Nous vous posons quatre questions au sujet {{ campaign.topic | de }}.

{% include "_questions.md" %}

{{ recipient.closing }}
"""
FILES: Mapping[str, str | bytes] = {
    "outreach.toml": SETTINGS,
    "contacts/a.toml": CONTACTS,
    "letters/questions.toml": QUESTIONS,
    "letters/first.md": FIRST,
    "letters/second.md": FIRST.replace("n° 1", "n° 2").replace("une piste avant l'été", "le plan des arbres"),
    "letters/_topic.md": "{# Rien de plus #}\n",
    "letters/_documents.md": "1. les plans de la piste ;\n2. le marché de travaux.\n",
    **{f"letters/{name}.md": (REPOSITORY / "letters" / f"{name}.md").read_bytes() for name in SHARED},
}


@pytest.fixture
def root(write_tree: WriteTree, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the campaign, its first letter handed over on its own day."""
    set_day(monkeypatch, date(2025, 2, 3))
    folder = write_tree(FILES)
    made = run("generate", "first", root=folder)
    assert (made.exit_code, made.stderr) == (0, "")
    set_day(monkeypatch, date(2025, 12, 1))
    assert run("sent", "first", "--on", "2025-02-03", "--via", "hand", root=folder).exit_code == 0
    assert run("received", "maire", "--on", "2025-02-03", "--proof", "stamp", root=folder).exit_code == 0
    return folder


def follow_up(root: Path, run: Run, name: str, to: str = "maire", on: str = "2025-06-02") -> str:
    """Return a follow-up letter as text, with common blanks and apostrophes."""
    done = run("followup", name, "--to", to, "--on", on, "--format", "txt", "--force", root=root)
    assert (done.exit_code, done.stderr) == (0, "")
    text = (root / "out" / name / f"{to}.txt").read_text(encoding="utf-8")
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def answer(root: Path, run: Run, *args: str, to: str = "maire") -> None:
    assert run("answer", to, *args, root=root).exit_code == 0


def test_each_follow_up_speaks_of_the_campaigns_own_subject(root: Path, run: Run) -> None:
    answer(root, run, "--on", "2025-02-20", "--kind", "partial", "--question", "start=En mai.")
    written = {name: follow_up(root, run, name) for name in ("reminder", "thanks", "correction")}
    written["documents-request"] = follow_up(root, run, "documents-request")
    record = ("sent", "documents-request", "--on", "2025-06-03", "--via", "registered")
    assert run(*record, root=root).exit_code == 0
    received = (
        "received",
        "maire",
        "--letter",
        "documents-request",
        "--on",
        "2025-06-05",
        "--proof",
        "delivery",
    )
    assert run(*received, root=root).exit_code == 0
    written["cada-referral"] = follow_up(root, run, "cada-referral", on="2025-07-10")
    assert sorted(written) == sorted(FOLLOW_UPS)
    for text in written.values():
        assert FOREIGN.findall(text) == []
        assert "au sujet de l'aménagement de la piste cyclable du boulevard Exemple" in text
        assert "interne" not in text
        assert re.findall(r"  | [.,]|\(\)|« »|,,", text) == []
    before = (
        "Par notre lettre du 3 février 2025, « Boulevard Exemple : une piste avant l'été », remise en main propre,"
        " nous vous avons écrit au sujet de l'aménagement de la piste cyclable du boulevard Exemple.\n"
    )
    for name in ("reminder", "documents-request", "correction", "thanks"):
        assert before in written[name]
    assert (
        "Notre demande du 2 juin 2025, « Demande de communication de documents administratifs », a été envoyée le"
        " 3 juin 2025 et reçue le 5 juin 2025."
    ) in written["cada-referral"]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ((), "reçue le 20 février 2025"),
        (("--dated", "2025-02-17"), "du 17 février 2025"),
    ],
)
def test_a_partial_answer_is_thanked_for_and_what_is_open_is_named(
    root: Path, run: Run, own: tuple[str, ...], expected: str
) -> None:
    questions = ("--question", "start=En mai.", "--question", "trees=Douze.")
    answer(root, run, "--on", "2025-02-20", "--kind", "partial", *questions, *own)
    reminder = follow_up(root, run, "reminder")
    assert (
        f"Nous vous remercions de votre réponse {expected}. Vous avez répondu aux questions nos 1 et 3. Toutefois,"
        " les questions suivantes restent sans réponse ; elles gardent les numéros qu'elles portaient.\n"
    ) in reminder
    assert re.findall(r"(?m)^\d\. .*$", reminder) == [
        "2. Quelle largeur est prévue ?",
        "4. Combien coûteront-ils ?",
    ]
    documents = follow_up(root, run, "documents-request")
    assert (
        f"Votre réponse {expected}, dont nous vous remercions, laisse sans réponse les questions nos 2 et 4. Or vous"
        " détenez des documents qui permettent d'y répondre."
    ) in documents
    thanks = expected.replace("reçue le", "le")
    assert f"Nous avons bien reçu votre réponse {thanks} et nous vous en remercions." in follow_up(
        root, run, "thanks"
    )


@pytest.mark.parametrize(
    ("kind", "told", "expected"),
    [
        ("partial", (), "Votre réponse reçue le 20 février 2025 à notre lettre du 3 février 2025"),
        ("partial", ("trees",), "laisse sans réponse les questions nos 1, 2 et 4."),
        ("refusal", (), "Votre réponse reçue le 20 février 2025 à notre lettre du 3 février 2025"),
        ("acknowledgement", ("start", "width", "trees"), "Vous avez répondu aux questions nos 1 à 3, mais pas à la question n° 4."),
    ],
)  # fmt: skip
def test_who_answered_one_of_two_letters_is_not_told_to_have_answered_none(
    root: Path, run: Run, kind: str, told: tuple[str, ...], expected: str
) -> None:
    run("generate", "second", root=root)
    run("sent", "second", "--to", "maire", "--on", "2025-02-10", "--via", "post", root=root)
    questions = [word for name in told for word in ("--question", f"{name}=Oui.")]
    answer(root, run, "--letter", "second", "--on", "2025-02-20", "--kind", kind, *questions)
    documents = follow_up(root, run, "documents-request")
    assert expected in documents
    assert not re.search(r"restée?s? sans réponse|ne nous avez pas", documents)


def test_a_refusal_is_named_as_one(root: Path, run: Run) -> None:
    answer(root, run, "--on", "2025-03-14", "--dated", "2025-03-11", "--kind", "refusal")
    documents = follow_up(root, run, "documents-request", on="2025-03-20")
    assert (
        "Par votre réponse du 11 mars 2025, vous avez refusé de répondre aux questions nos 1 à 4."
        in documents
    )
    run("sent", "documents-request", "--on", "2025-03-20", "--via", "hand", root=root)
    refused = ("--letter", "documents-request", "--on", "2025-04-03", "--dated", "2025-04-01")
    answer(root, run, *refused, "--kind", "refusal")
    referral = follow_up(root, run, "cada-referral", on="2025-04-10")
    assert (
        "a été remise en main propre le même jour. Elle a fait l'objet d'un refus du 1er avril 2025."
        in referral
    )
    assert "– Copie du refus du 1er avril 2025\n" in referral


def test_a_partial_answer_to_the_documents_is_enclosed_by_its_arrival(root: Path, run: Run) -> None:
    follow_up(root, run, "documents-request", on="2025-05-05")
    run("sent", "documents-request", "--on", "2025-05-05", "--via", "email", root=root)
    partial = ("--letter", "documents-request", "--on", "2025-05-20", "--kind", "partial")
    run(
        "received",
        "maire",
        "--letter",
        "documents-request",
        "--on",
        "2025-05-05",
        "--proof",
        "acknowledgement",
        root=root,
    )
    answer(root, run, *partial)
    referral = follow_up(root, run, "cada-referral", on="2025-06-20")
    assert (
        "a été envoyée le même jour. Elle n'a obtenu qu'une réponse partielle, reçue le 20 mai 2025"
        in referral
    )
    assert "– Copie de la réponse reçue le 20 mai 2025\n" in referral


def test_a_meeting_is_thanked_for_as_one(root: Path, run: Run) -> None:
    answer(root, run, "--on", "2025-03-14", "--kind", "meeting")
    thanks = follow_up(root, run, "thanks")
    assert "Nous vous remercions de la rencontre du 14 mars 2025." in thanks
    assert "votre réponse" not in thanks


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("le plan de circulation", "au sujet du plan de circulation"),
        ("les caméras de la place", "au sujet des caméras de la place"),
        ("la gratuité des bus", "au sujet de la gratuité des bus"),
        ("l’école Exemple", "au sujet de l'école Exemple"),
        ("un jardin partagé", "au sujet d'un jardin partagé"),
    ],
)
def test_the_topic_is_joined_to_the_words_before_it(root: Path, run: Run, topic: str, expected: str) -> None:
    (root / "outreach.toml").write_text(SETTINGS.replace(TOPIC, f'topic = "{topic}"\n'), encoding="utf-8")
    reminder = follow_up(root, run, "reminder")
    assert f"nous vous avons écrit {expected}.\n" in reminder
    assert f"Objet : Relance – notre lettre du 3 février 2025 {expected}\n" in reminder


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ("fr", "parle des caméras, renonce aux caméras, à Saint-Malo"),
        ("en", "parle les caméras, renonce les caméras, à Saint-Malo"),
    ],
)
def test_an_english_letter_joins_names_alone(root: Path, run: Run, spoken: str, expected: str) -> None:
    body = "parle {{ campaign.topic | de }}, renonce {{ campaign.topic | a }}, {{ recipient.city | a }}"
    letter = f'+++\ntitle = "T"\naudience = "maire"\nsubject = "S"\nlanguage = "{spoken}"\n+++\n{body}\n'
    (root / "letters/note.md").write_text(letter, encoding="utf-8")
    settings = SETTINGS.replace(TOPIC, 'topic = "les caméras"\n')
    (root / "outreach.toml").write_text(settings, encoding="utf-8")
    assert expected in run("preview", "note", "--to", "maire", root=root).stdout


def test_without_a_topic_nothing_is_followed_up_and_check_says_why(root: Path, run: Run) -> None:
    (root / "outreach.toml").write_text(SETTINGS.replace(TOPIC, ""), encoding="utf-8")
    line = (
        "outreach.toml: [campaign] has no topic, which this letter speaks of; write what the letters are about, with"
        ' its article, as in topic = "le plan de circulation"\n'
    )
    done = run("followup", "--on", "2025-06-02", root=root)
    assert (done.exit_code, done.stderr) == (3, line)
    assert not (root / "out/reminder").exists()
    checked = run("check", root=root)
    assert checked.exit_code == 3
    assert checked.stdout.count("has no topic") == 1
    assert line in checked.stdout


def test_the_subject_that_the_recipient_saw_is_kept_with_the_letter(root: Path, run: Run) -> None:
    subject = "Boulevard Exemple\u00a0: une piste avant l’été"
    recorded = json.loads(run("log", "maire", "--json", root=root).stdout)[0]
    assert recorded["data"]["subject"] == subject
    (root / "letters/first.md").write_text(
        FIRST.replace("une piste avant", "autre chose avant"), encoding="utf-8"
    )
    assert "« Boulevard Exemple : une piste avant l'été »" in follow_up(root, run, "reminder")


@pytest.mark.parametrize("role", ["organisation", "councillor", "deputy-mayor", "mp", "person"])
def test_whoever_no_text_binds_is_told_so_by_the_word_that_fits(
    root: Path, run: Run, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    assert role in ROLES
    changed = CONTACTS.replace('role = "organisation"', f'role = "{role}"')
    (root / "contacts/a.toml").write_text(changed, encoding="utf-8")
    monkeypatch.setenv("OUTREACH_LANG", "fr")
    language.use("fr")
    shown = run("why", "transports", "--on", "2025-06-02", root=root).stdout.replace("\n", " ")
    assert "n'est pas une administration" in shown
    assert "à un élu" not in shown


@pytest.mark.parametrize(
    ("topic", "is_fine"),
    [
        ("piste cyclable", False),
        ("leçons de vélo", False),
        ("la piste cyclable", True),
        ("l’école", True),
        ("notre école", True),
        ("Exemple-les-Bains", True),
        ("", True),
    ],
)
@pytest.mark.parametrize("spoken", ["fr", "en"])
def test_a_topic_without_its_article_is_named(
    write_tree: WriteTree, topic: str, spoken: str, *, is_fine: bool
) -> None:
    said = f'topic = "{topic}"\nlanguage = "{spoken}"\n'
    _campaign, problems = load_campaign(write_tree({"outreach.toml": SETTINGS.replace(TOPIC, said)}))
    expected = (
        f"outreach.toml:3: topic '{topic}' has no article; write it with its article, as in \"la {topic}\""
    )
    assert [str(problem) for problem in problems] == ([] if is_fine or spoken == "en" else [expected])


def test_the_subject_of_a_joint_letter_goes_with_whoever_is_forgotten(root: Path, run: Run) -> None:
    names = "{% for one in recipients %}{{ one.name }} {% endfor %}"
    joint = FIRST.replace("une piste avant l'été", names).replace('"tag:ville"', '"tag:ville"\njoint = true')
    (root / "letters/joint-letter.md").write_text(joint, encoding="utf-8")
    run("generate", "joint-letter", root=root)
    assert run("sent", "joint-letter", "--on", "2025-02-04", "--via", "post", root=root).exit_code == 0

    def subjects() -> list[str]:
        rows = json.loads(run("log", "transports", "--json", root=root).stdout)
        return [row["data"].get("subject", "") for row in rows if row["letter"] == "joint-letter"]

    (subject,) = subjects()
    assert "Jeanne Modèle" in subject
    assert run("contacts", "forget", "maire", "--yes", root=root).exit_code == 0
    assert subjects() == [""]
