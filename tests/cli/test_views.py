"""The keys of every answer in JSON: other programs read them, so they are written out here, in their order."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from outreach.cli.app import app
from outreach.cli.localise import subcommands
from tests.conftest import CAMPAIGN, CONTACT, LETTER, SETTINGS, TODAY, set_day

Run = Callable[..., Result]

PEOPLE = (
    CONTACT
    + 'email = "maire@example.org"\n'
    + CONTACT.replace('"maire"', '"double"').replace('"mayor"', '"councillor"')
)
BARE = '[[contact]]\nid = "mairie"\nrole = "mayor"\ntitle = "Maire"\ninsee = "69081"\n'
ANNUAIRE = {
    "nom": "Mairie - Écully",
    "pivot": [{"type_service_local": "mairie", "code_insee_commune": ["69081"]}],
    "telephone": [{"valeur": "04 00 00 00 00"}],
}
MAIL = """\
From: maire@example.org
To: groupe@example.org
Subject: Votre lettre
Date: Wed, 11 Dec 2024 10:00:00 +0100
Message-ID: <1@example.org>

Bonjour.
"""
FILES = {
    **CAMPAIGN,
    "outreach.toml": SETTINGS + '[email]\nfrom = "groupe@example.org"\n[email.smtp]\nhost = "localhost"\n',
    "contacts/a.toml": PEOPLE + BARE,
    "contacts/notes.md": "lu par personne",
    "letters/questions.toml": '[[question]]\nid = "pourquoi"\ntheme = "T"\ntext = "Pourquoi ?"\n',
    "letters/note.md": LETTER.replace('"all"', '"all"\nquestions = ["T"]'),
    "letters/reminder.md": LETTER.replace('"all"', '"all"\nkind = "reminder"'),
    "annuaire.json": json.dumps({"service": [ANNUAIRE]}),
    "in.eml": MAIL,
    "more.eml": MAIL.replace("1@", "2@"),
    "voisins.csv": "Nom;Prénom;Mandat;CP;Ville\nTémoin;Ève;Maire;69004;Lyon\n",
}
RECORDED = (
    ("generate", "note", "--to", "maire", "--format", "pdf"),
    ("sent", "note", "--to", "maire", "--on", "2024-12-02", "--via", "registered", "--tracking", "1A 1"),
    ("received", "maire", "--on", "2024-12-04", "--proof", "delivery"),
    ("answer", "maire", "--on", "2024-12-10", "--kind", "partial", "--note", "au téléphone"),
    ("extend", "maire", "--to", "2025-01-15", "--reason", "absente"),
    ("note", "maire", "a appelé"),
    ("email", "read", "in.eml"),
)

OFFERED = Path(__file__).parents[1] / "data" / "json-keys.txt"
"""Each command's keys, in their order: scripts depend on them."""
SHOWN: Mapping[str, str] = {
    "outreach": "",
    "doctor": "doctor",
    "contacts list": "contacts list",
    "contacts roles": "contacts roles",
    "contacts show": "contacts show maire",
    "contacts dedupe": "contacts dedupe",
    "contacts complete": "contacts complete annuaire.json --dry-run",
    "contacts import": "contacts import voisins.csv --dry-run",
    "letters list": "letters list",
    "letters show": "letters show note",
    "preview": "preview note --to maire",
    "generate": "generate note --dry-run",
    "followup": "followup --dry-run",
    "check": "check",
    "status": "status",
    "status NAME": "status maire",
    "status --by": "status --by role",
    "due": "due",
    "why": "why maire",
    "answers": "answers",
    "log": "log",
    "log show": "log maire",
    "email send --dry-run": "email send note --to maire --dry-run --again --reason x --with-answered",
    "log verify": "log verify",
    "email tray": "email tray",
}
"""Command of the list to what is typed; these change nothing."""
WRITING: Mapping[str, str] = {
    "init": "init new",
    "contacts add": "contacts add --role mp --given-name Zoé --family-name Essai --city Lyon --postal-code 69001",
    "contacts edit": "contacts edit maire --city Lyon",
    "contacts checked": "contacts checked all",
    "contacts export": "contacts export x.csv",
    "contacts template": "contacts template x.xlsx",
    "contacts forget": "contacts forget maire --yes",
    "letters new": "letters new autre",
    "email drafts": "email drafts note --to maire --again --with-answered",
    "email read": "email read more.eml",
    "email assign": "email assign 1 maire",
    "email drop": "email drop 1",
    "print": "print note --to maire --again --with-answered",
    "sent": "sent note --to maire --on 2024-12-09 --via hand --again --reason perdue",
    "received": "received maire --on 2024-12-05 --proof stamp",
    "answer": "answer maire --on 2024-12-11 --kind partial",
    "extend": "extend maire --to 2025-02-15 --reason x",
    "stop": "stop maire --reason x",
    "note": "note maire x",
    "log undo": "log undo LAST",
    "log undo --batch": "log undo LAST --batch",
    "log file": "log file SENT",
    "log export": "log export x.jsonl",
    "log import": "log import old.jsonl",
    "log rebuild": "log rebuild old.jsonl",
}
"""Likewise; these do, and are tried on a copy."""
SERVED = ("email drafts --imap", "email send")
"""Likewise; these need a server, and are tried with one by their own tests."""
MESSAGES = {
    "check": ("message", "hint"),
    "contacts roles": ("name",),
    "doctor": ("name", "value"),
    "outreach": ("next",),
    "why": ("reasoning",),
}
"""What of a row is read by people, and so in their language."""


def offered() -> dict[str, list[str]]:
    """Return each command's keys, as they are promised."""
    lines = OFFERED.read_text(encoding="utf-8").splitlines()
    return {name: keys.split() for name, keys in (line.split(":") for line in lines)}


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
        patch.chdir(root)
        for command in RECORDED:
            done = CliRunner().invoke(app, ["--campaign", str(root), *command], prog_name="outreach")
            assert (done.exit_code, command) == (0, command), done.output
    return root


@pytest.fixture
def rows(
    recorded: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., list[dict[str, Any]]]:
    """Return a function that reads the rows of a command in a language."""

    def read(name: str, language: str) -> list[dict[str, Any]]:
        root = recorded
        if name in WRITING:
            root = tmp_path / f"{language} {name}"
            shutil.copytree(recorded, root)
            (root / "old.jsonl").write_text(run("log", "export", "-", root=root).stdout, encoding="utf-8")
            if name == "log rebuild":
                (root / "outreach.db").unlink()
        monkeypatch.chdir(root)
        events = json.loads(run("log", "--json", root=recorded).stdout)
        typed = {**SHOWN, **WRITING}[name].split()
        ids = {"SENT": events[0]["id"], "LAST": events[-1]["id"]}
        words = [ids.get(word, word) for word in typed]
        done = run("--lang", language, *words, "--json")
        assert done.exit_code == 0, done.output
        for line in done.stderr.splitlines():  # objects, no prose
            assert json.loads(line)["severity"] == "warning"
        return list(json.loads(done.stdout))

    return read


Rows = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("command", [*SHOWN, *WRITING])
def test_rows_have_the_promised_keys_in_their_order(rows: Rows, command: str, language: str) -> None:
    found = rows(command, language)
    assert found or command == "log verify"
    for row in found:
        assert list(row) == offered()[command], (
            "scripts break: change json-keys.txt, write a line in CHANGELOG.md"
        )


def test_every_command_has_its_keys_promised() -> None:
    group = typer.main.get_command(app)
    names = {"outreach", "log", "log show"}
    for name, command in subcommands(group).items():
        inner = subcommands(command)
        names |= {f"{name} {one}" for one in inner} if inner else {name}
    names |= {"status NAME", "status --by", "log undo --batch", "email drafts --imap", "email send --dry-run"}
    assert set(offered()) == names == {*SHOWN, *WRITING, *SERVED}


@pytest.mark.parametrize("command", SHOWN)
def test_rows_say_the_same_in_every_language_but_for_messages(rows: Rows, command: str) -> None:
    english, french = rows(command, "en"), rows(command, "fr")
    for key in MESSAGES.get(command, ()):
        assert [row.pop(key) for row in english] != [row.pop(key) for row in french]
    assert english == french


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("contacts show maira", "unknown-contact"),
        ("letters show nota", "unknown-letter"),
        ("contacts export contacts.csv --nope", "usage"),
        ("status --on demain", "usage"),
        ("sent note --to maire --on 2024-12-02 --via registered --with-answered", "left-out"),
        ("answer maire --on 2030-01-01 --kind full", "bad-day"),
    ],
)
def test_an_error_is_an_object_a_line_on_stderr(
    recorded: Path, run: Run, typed: str, code: str, language: str
) -> None:
    done = run(*typed.split(), "--json", "--lang", language, root=recorded)
    (said,) = map(json.loads, done.stderr.splitlines())
    assert (done.stdout, said["code"], said["severity"]) == ("", code, "error")
    assert list(said) == ["code", "severity", "path", "line", "message", "hint"]
    assert done.exit_code == run(*typed.split(), root=recorded).exit_code > 0


def test_a_file_that_is_there_has_its_code_and_its_path(recorded: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("", encoding="utf-8")
    done = run("log", "export", str(path), "--json", root=recorded)
    said = json.loads(done.stderr)
    assert (done.exit_code, said["code"], said["path"]) == (4, "exists", path.as_posix())


def test_the_copy_of_a_replaced_file_is_named(recorded: Path, run: Run, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(recorded, root)
    command = ("generate", "note", "--to", "maire", "--format", "txt", "--json")
    (made,) = json.loads(run(*command, root=root).stdout)
    letter = root / "out" / made["path"]
    letter.write_text("mine", encoding="utf-8")
    done = run(*command, "--force", root=root)
    (row,) = json.loads(done.stdout)
    assert letter.with_name(row["backup"]).read_text(encoding="utf-8") == "mine"
    assert (made["backup"], done.stderr) == ("", "")


def test_check_finds_the_same_codes_in_every_language(campaign: Callable[..., Path], run: Run) -> None:
    outside = '+++\ntitle = "T"\naudience = "all"\nsubject = "S"\nenclosures = [{ title = "E", file = "../e.pdf" }]\n+++\nB\n'
    root = campaign(
        {
            "letters/note.md": outside,
            "letters/questions.toml": '[[question]]\nid = "q"\ntheme = "T"\ntext = "?"\n',
            "contacts/a.toml": CONTACT + CONTACT.replace('"maire"', '"autre"').replace("Exemple", "Essai"),
        }
    )
    codes = [
        [row["code"] for row in json.loads(run("--lang", language, "check", "--json", root=root).stdout)]
        for language in ("en", "fr")
    ]
    assert codes[0] == codes[1]
    assert {"enclosure-outside", "question-unasked", "two-holders"} <= set(codes[0])


@pytest.mark.parametrize(
    "typed",
    [
        "log maire --json --campaign DIR --lang fr",
        "log --json maire --campaign DIR --quiet",
        "--json log maire --campaign=DIR",
        "--campaign DIR log --json maire -q",
    ],
)
def test_options_for_all_commands_stand_before_or_after(recorded: Path, run: Run, typed: str) -> None:
    whole = json.loads(run("log", "maire", "--json", root=recorded).stdout)
    words = typed.replace("DIR", str(recorded)).split()
    assert json.loads(run(*words).stdout) == whole
    assert len(whole) == 5


def test_an_option_behind_two_hyphens_is_a_text(recorded: Path, run: Run, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(recorded, root)
    done = run("note", "maire", "--", "--json", root=root)
    assert done.stdout.startswith("noted  maire")
    assert json.loads(run("log", "--json", root=root).stdout)[-1]["data"] == {"note": "--json"}


def test_help_names_the_options_for_all_commands_once(run: Run) -> None:
    for words in (["status"], ["contacts", "list"], ["log"], ["doctor"], []):
        shown = run(*words, "--help").stdout
        assert [shown.count(f" {name} ") for name in ("--campaign", "--lang", "--quiet", "--json")] == [1] * 4
