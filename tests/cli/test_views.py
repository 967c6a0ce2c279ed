"""The keys of every answer in JSON: other programs read them, so they are written out here, in their order."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from outreach.cli.app import app
from tests.conftest import CAMPAIGN, CONTACT, LETTER, TODAY, set_day

Run = Callable[..., Result]

PEOPLE = CONTACT + CONTACT.replace('"maire"', '"double"').replace('"mayor"', '"councillor"')
BARE = '[[contact]]\nid = "mairie"\nrole = "mayor"\ntitle = "Maire"\ninsee = "69081"\n'
ANNUAIRE = {
    "nom": "Mairie - Écully",
    "pivot": [{"type_service_local": "mairie", "code_insee_commune": ["69081"]}],
    "telephone": [{"valeur": "04 00 00 00 00"}],
}
FILES = {
    **CAMPAIGN,
    "contacts/a.toml": PEOPLE + BARE,
    "contacts/notes.md": "lu par personne",
    "letters/questions.toml": '[[question]]\nid = "pourquoi"\ntheme = "T"\ntext = "Pourquoi ?"\n',
    "letters/note.md": LETTER.replace('"all"', '"all"\nquestions = ["T"]'),
    "letters/reminder.md": LETTER.replace('"all"', '"all"\nkind = "reminder"'),
    "annuaire.json": json.dumps({"service": [ANNUAIRE]}),
    "voisins.csv": "Nom;Prénom;Mandat;CP;Ville\nTémoin;Ève;Maire;69004;Lyon\n",
}
RECORDED = (
    ("generate", "note", "--to", "maire", "--format", "txt"),
    ("sent", "note", "--to", "maire", "--on", "2024-12-02", "--via", "registered", "--tracking", "1A 1"),
    ("received", "maire", "--on", "2024-12-04", "--proof", "delivery"),
    ("answer", "maire", "--on", "2024-12-10", "--kind", "partial", "--note", "au téléphone"),
    ("extend", "maire", "--to", "2025-01-15", "--reason", "absente"),
    ("note", "maire", "a appelé"),
)

CONTACT_KEYS = (
    "id",
    "role",
    "portfolio",
    "gender",
    "civility",
    "given_name",
    "family_name",
    "title",
    "organisation",
    "department",
    "address",
    "postal_code",
    "city",
    "country",
    "insee",
    "email",
    "phone",
    "tags",
    "term_start",
    "term_end",
    "checked",
    "source",
    "salutation",
    "closing",
    "style",
    "referral_only",
    "fields",
)
LETTER_KEYS = ("name", "title", "audience", "kind", "joint", "recipients")
FILE_KEYS = ("letter", "contact", "contacts", "format", "path", "sha256", "pages", "result")
KEYS: Mapping[tuple[str, ...], Sequence[str]] = {
    ("contacts", "list"): CONTACT_KEYS,
    ("contacts", "show", "maire"): CONTACT_KEYS,
    ("contacts", "dedupe"): ("contacts", "certain"),
    ("contacts", "complete", "annuaire.json", "--dry-run"): ("contact", "values", "sources"),
    ("contacts", "import", "voisins.csv", "--dry-run"): ("result", *CONTACT_KEYS, "before"),
    ("letters", "list"): LETTER_KEYS,
    ("letters", "show", "note"): LETTER_KEYS,
    ("generate", "note", "--dry-run"): FILE_KEYS,
    ("followup", "--dry-run"): FILE_KEYS,
    ("check",): ("severity", "path", "line", "message", "hint"),
    ("status",): (
        "contact",
        "letter",
        "status",
        "outcome",
        "sent_on",
        "channel",
        "received_on",
        "estimated",
        "questions_answered",
        "questions_asked",
        "next_step",
        "due_on",
        "days_left",
        "overdue",
    ),
    ("due",): ("contact", "letter", "step", "due_on", "days_left", "basis", "estimated", "template"),
    ("answers",): ("number", "question", "text", "contact", "letter", "answer", "is_settled"),
    ("log",): ("id", "at", "recorded_at", "author", "kind", "contact", "letter", "data", "voided"),
    ("log", "maire"): ("id", "at", "recorded_at", "author", "kind", "contact", "letter", "data", "voided"),
}
"""Command to the keys of each of its rows."""
IDS = [" ".join(command) for command in KEYS]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a campaign of which something is recorded; the tests only look at it."""
    root = tmp_path_factory.mktemp("campaign")
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(str(content), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUTREACH_LANG", "en")
        set_day(patch, TODAY)
        for command in RECORDED:
            done = CliRunner().invoke(app, ["--campaign", str(root), *command], prog_name="outreach")
            assert (done.exit_code, command) == (0, command), done.output
    return root


@pytest.fixture
def rows(recorded: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """Return a function that reads the rows of a command in a language."""
    monkeypatch.chdir(recorded)

    def read(command: Sequence[str], language: str) -> list[dict[str, Any]]:
        done = run("--lang", language, *command, "--json")
        assert done.exit_code == 0, done.output
        return list(json.loads(done.stdout))

    return read


Rows = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("command", KEYS, ids=IDS)
def test_rows_have_these_keys_in_this_order(rows: Rows, command: tuple[str, ...], language: str) -> None:
    found = rows(command, language)
    assert found
    for row in found:
        assert tuple(row) == KEYS[command]


@pytest.mark.parametrize("command", KEYS, ids=IDS)
def test_rows_say_the_same_in_every_language_but_for_messages(rows: Rows, command: tuple[str, ...]) -> None:
    english, french = rows(command, "en"), rows(command, "fr")
    if command == ("check",):
        assert [row.pop("message") for row in english] != [row.pop("message") for row in french]
        assert [row.pop("hint") for row in english] != [row.pop("hint") for row in french]
    assert english == french
