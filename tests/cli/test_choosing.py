"""Who is meant by a selector, in every command that takes one: three departments, two countries, a journal."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

TABLE = """\
id;role;family_name;address;postal_code;city;insee;country;email;tags;Parti politique;term_end
lyon;mayor;Un;1 rue A;69001;Lyon;69123;;un@example.org;ville;Vert;
ecully;mayor;Deux;1 rue A;69130;Écully;69081;;;village;Rouge;
bron;deputy-mayor;Trois;1 rue A;69500;Bron;69029;;trois@example.org;ville|vip;;
grenoble;mayor;Quatre;1 rue A;38000;Grenoble;38185;;;ville;Vert;
bourg;mayor;Cinq;1 rue A;01000;Bourg-en-Bresse;01053;;;village;;2024-12-31
sans;organisation;Six;;;;;;six@example.org;;;
bruxelles;mayor;Sept;1 rue A;6900;Marche;;Belgique;;ville;;
liege;mayor;Huit;1 rue A;4000;Liège;;be;;ville;Rouge;
"""
FIRST = '+++\ntitle = "Première"\naudience = "all"\nsubject = "S"\n+++\nBonjour,\n\n{{ recipient.closing }}\n'
SECOND = FIRST.replace("Première", "Seconde")
PEOPLE = {"contacts/a.toml": "", "contacts/a.csv": TABLE, "letters/note.md": FIRST}


@pytest.fixture
def plain(campaign: Campaign) -> Path:
    return campaign(PEOPLE)


@pytest.fixture
def recorded(plain: Path, run: Run) -> Path:
    """Return the campaign on 15 January 2025: sent to five, one refused, one came back, one confirmed."""
    done = (
        ("generate", "note", "--format", "txt", "--not", "sans"),
        ("sent", "note", "--to", "department:69", "--on", "2024-12-02", "--via", "post"),
        ("sent", "note", "--to", "department:38", "--to", "liege", "--on", "2024-12-02", "--via", "post"),
        ("answer", "lyon", "--on", "2024-12-10", "--kind", "refusal"),
        ("answer", "liege", "--on", "2024-12-11", "--kind", "returned"),
        ("answer", "bron", "--on", "2024-12-12", "--kind", "acknowledgement"),
    )
    for command in done:
        result = run(*command, root=plain)
        assert result.exit_code == 0, result.stderr
    return plain


def ids(run: Run, root: Path, *selectors: str, lang: str = "en") -> str:
    """Return the ids that `contacts list` shows."""
    result = run("--lang", lang, "contacts", "list", "--json", *selectors, root=root)
    assert result.exit_code == 0, result.stderr
    return " ".join(sorted(row["id"] for row in json.loads(result.stdout)))


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        (["--to", "department:69"], "bron ecully lyon"),
        (["--to", "department:1"], "bourg"),
        (["--to", "department:Isère"], "grenoble"),
        (["--to", "region:84"], "bourg bron ecully grenoble lyon"),
        (["--to", "country:be"], "bruxelles liege"),
        (["--to", "country:Belgium"], "bruxelles liege"),
        (["--to", "country:FR,has:address"], "bourg bron ecully grenoble lyon"),
        (["--to", "has:email"], "bron lyon sans"),
        (["--not", "has:address"], "sans"),
        (["--to", "field:Parti_politique=vert"], "grenoble lyon"),
        (["--to", "field:parti politique=Rouge,country:be"], "liege"),
        (
            ["--to", "department:69,tag:ville", "--to", "department:38", "--not", "role:mayor,has:email"],
            "bron grenoble",
        ),
        (["--to", "role:maire,department:69"], "ecully lyon"),
        (["--to", "role:Adjointe"], "bron"),
        (["--to", "all", "--not", "country:fr"], "bruxelles liege"),
    ],
)
def test_who_is_meant_by_what_the_contacts_say(
    plain: Path, run: Run, selectors: Sequence[str], expected: str
) -> None:
    assert ids(run, plain, *selectors) == expected


def test_who_is_meant_by_what_the_journal_says(recorded: Path, run: Run) -> None:
    expected = {
        "status:sent": "ecully grenoble liege",
        "status:envoyee,department:38": "grenoble",
        "status:draft": "sans",
        "status:generated": "bourg bruxelles",
        "status:accusé-de-réception": "bron",
        "outcome:waiting": "bron ecully grenoble",
        "outcome:refused": "lyon",
        "outcome:revenue": "liege",
        "due": "bron ecully grenoble liege lyon",
    }
    assert {one: ids(run, recorded, "--to", one) for one in expected} == expected
    left = ids(run, recorded, "--to", "department:69", "--not", "outcome:full", "--not", "status:sent")
    assert left == "bron lyon"  # and nobody's outcome is full


def test_a_selector_that_matches_nobody_names_what_there_is(recorded: Path, run: Run) -> None:
    expected = {
        "department:13": "selector 'department:13' matches nobody; known: department:01, department:38, department:69",
        "country:ch": "selector 'country:ch' matches nobody; known: country:BE, country:FR",
        "region:11": "selector 'region:11' matches nobody; known: region:84",
        "has:phone": "unknown word in selector 'has:phone'; known: has:email, has:address",
        "field:x=vert": "selector 'field:x=vert' matches nobody; known: field:Parti_politique",
        "field:Parti politique=ver": "selector 'field:Parti politique=ver' matches nobody; did you mean field:Parti_politique=Vert?",
        "field:Parti": "'field:Parti' names no value; write field:NAME=VALUE",
        "status:snt": "unknown word in selector 'status:snt'; did you mean status:sent?",
        "status:closed": "selector 'status:closed' matches nobody; known: status:answered, status:sent, status:acknowledged, status:generated, status:draft",
        "outcome:met": "selector 'outcome:met' matches nobody; known: outcome:refused, outcome:waiting, outcome:returned",
        "tag:": "nothing stands behind 'tag:'",
        "departmnt:69": "unknown selector 'departmnt:69'; did you mean department?",
        "department:38,has:email": "selector 'department:38,has:email' matches nobody; each of its parts matches somebody, and nobody matches all of them",
    }
    for selector, line in expected.items():
        result = run("contacts", "list", "--to", selector, root=recorded)
        assert (result.exit_code, result.stderr) == (3, f"{line}\n")


def test_an_audience_goes_by_what_contacts_say_and_not_by_the_journal(campaign: Campaign, run: Run) -> None:
    about = {
        "letters/note.md": FIRST.replace(
            '"all"', '["department:38", "country:be,field:Parti politique=rouge"]'
        )
    }
    root = campaign({**PEOPLE, **about})
    rows = json.loads(run("status", "--json", root=root).stdout)
    assert [row["contact"] for row in rows] == ["grenoble", "liege"]
    (root / "letters/note.md").write_text(
        FIRST.replace('"all"', '["lyon", "role:mayor,status:sent"]'), encoding="utf-8"
    )
    result = run("check", root=root)
    assert result.exit_code == 3
    assert (
        "letters/note.md:3: 'status:sent' depends on the journal, which no audience may;"
        " choose by it with --to: outreach generate LETTER --to status:sent\n" in result.stdout
    )
    (root / "letters/note.md").write_text(
        FIRST.replace('"all"', '["lyon", "departmnt:38", "region:11"]'), encoding="utf-8"
    )
    assert (
        "letters/note.md:3: unknown selector 'departmnt:38'; did you mean department?\n"
        in run("check", root=root).stdout
    )
    (root / "letters/note.md").write_text(FIRST.replace('"all"', '["lyon", "region:11"]'), encoding="utf-8")
    assert (
        "letters/note.md:3: no contact has 'region:11'; known: region:84\n" in run("check", root=root).stdout
    )


def contacts_in(result: Result) -> list[str]:
    """Return the contacts of the rows of an answer in JSON."""
    assert result.exit_code == 0, result.stderr
    return [row["contact"] for row in json.loads(result.stdout)]


def test_every_command_that_chooses_takes_them(recorded: Path, run: Run) -> None:
    assert contacts_in(run("status", "--json", "--to", "status:sent,department:69", root=recorded)) == [
        "ecully"
    ]
    assert contacts_in(run("due", "--json", "--to", "status:sent", root=recorded)) == [
        "liege",
        "ecully",
        "grenoble",
    ]
    assert contacts_in(run("due", "--json", "--not", "department:69", root=recorded)) == ["liege", "grenoble"]
    printed = run("generate", "note", "--to", "statut:inconnu", root=recorded)
    assert printed.exit_code == 3
    target = recorded / "out/liste.csv"
    assert run("contacts", "export", str(target), "--to", "outcome:refused", root=recorded).exit_code == 0
    assert [
        row["id"]
        for row in csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig")), delimiter=";")
    ] == ["lyon"]
    sent = run(
        "sent",
        "note",
        "--to",
        "status:generated,country:be",
        "--on",
        "2025-01-14",
        "--via",
        "post",
        root=recorded,
    )
    assert sent.stdout == "sent  note  bruxelles  2025-01-14  post\n"


def test_status_counts_by_department_role_tag_and_letter(
    recorded: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = json.loads(run("status", "--by", "department", "--json", root=recorded).stdout)
    assert [(row["group"], row["letters"]) for row in rows] == [("01", 1), ("38", 1), ("69", 3), ("", 3)]
    assert rows[2] == {
        "by": "department",
        "group": "69",
        "letters": 3,
        "overdue": 3,
        "status": {
            "draft": 0,
            "generated": 0,
            "sent": 1,
            "received": 0,
            "acknowledged": 1,
            "answered": 1,
            "closed": 0,
        },
        "outcome": {
            "waiting": 2,
            "partial": 0,
            "full": 0,
            "refused": 1,
            "tacit-refusal": 0,
            "forwarded": 0,
            "returned": 0,
            "no-such-document": 0,
            "met": 0,
        },
    }
    by_tag = json.loads(
        run("status", "--by", "tag", "--json", "--to", "status:acknowledged", root=recorded).stdout
    )
    assert [(row["group"], row["letters"]) for row in by_tag] == [("ville", 1), ("vip", 1)]
    by_role = json.loads(run("status", "--by", "role", "--json", root=recorded).stdout)
    assert [row["group"] for row in by_role] == ["mayor", "deputy-mayor", "organisation"]
    (by_letter,) = json.loads(run("--lang", "fr", "status", "--by", "letter", "--json", root=recorded).stdout)
    assert (by_letter["by"], by_letter["group"], by_letter["letters"]) == ("letter", "note", 8)
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("status", "--by", "department", root=recorded).stdout.splitlines()
    (rhone,) = [line for line in shown if "69 Rhône" in line]
    assert "sent 1, acknowledged 1" in rhone
    assert max(map(len, shown)) <= 80
    french = run("--lang", "fr", "status", "--by", "role", root=recorded).stdout
    assert "adjointe au maire" in french
    assert "refusée 1" in french
    assert run("status", "--by", "x", root=recorded).exit_code == 2


def test_why_takes_several(recorded: Path, run: Run) -> None:
    shown = run(
        "why", "--to", "status:sent,department:69", "--to", "status:acknowledged", root=recorded
    ).stdout
    assert [line.split(":")[0] for line in shown.splitlines() if line.startswith("note")] == [
        "note to ecully",
        "note to bron",
    ]
    assert run("why", "--to", "sans", root=recorded).stdout == "nothing was sent to any of them\n"
    assert run("why", root=recorded).exit_code == 2
    assert run("why", "lyon", "--to", "bron", root=recorded).exit_code == 2


def test_a_second_wave_to_whoever_has_not_answered_and_is_in_office(recorded: Path, run: Run) -> None:
    (recorded / "letters/second.md").write_text(SECOND, encoding="utf-8")
    table = (recorded / "contacts/a.csv").read_text(encoding="utf-8")
    former = table.replace(
        ";;;ville;Vert;\n", ";;;ville;Vert;2025-01-10\n"
    )  # Grenoble's, since the first letter
    assert former != table
    (recorded / "contacts/a.csv").write_text(former, encoding="utf-8")
    assert run("stop", "bron", "--reason", "said so", root=recorded).exit_code == 0
    command = (
        "generate",
        "second",
        "--to",
        "outcome:waiting",
        "--not",
        "status:closed",
        "--date",
        "2025-01-15",
    )
    made = run(*command, "--format", "txt", "--json", root=recorded)
    assert [row["contact"] for row in json.loads(made.stdout)] == ["ecully"]
    assert "1 contact is not in office on 2025-01-15 and is left out: grenoble" in made.stderr
    sent = run(
        "sent", "second", "--to", "outcome:waiting", "--on", "2025-01-15", "--via", "post", root=recorded
    )
    assert sent.stdout == "sent  second  ecully  2025-01-15  post\n"
    printed = run("status", "--letter", "second", "--to", "status:sent", "--json", root=recorded)
    assert contacts_in(printed) == ["ecully"]


def test_what_is_typed_may_be_french(recorded: Path, run: Run) -> None:
    expected = {
        "statut:envoyée": "ecully grenoble liege",
        "issue:refusée,rôle:maire": "lyon",
        "département:69,mot-clé:ville,avec:courriel": "bron lyon",
        "DEPARTEMENT:isere": "grenoble",
        "pays:Belgique,champ:parti politique=rouge": "liege",
        "région:84,commune:69081": "ecully",
        "tous,avec:adresse,role:mayor,pays:be": "bruxelles liege",
        "échéance,departement:38": "grenoble",
    }
    for lang in ("fr", "en"):
        assert {one: ids(run, recorded, "--to", one, lang=lang) for one in expected} == expected
    result = run("--lang", "fr", "contacts", "list", "--to", "statut:close", root=recorded)
    assert result.stderr.endswith(
        ": statut:avec-réponse, statut:envoyée, statut:accusé-de-réception, statut:générée, statut:à-générer\n"
    )
    counted = run("--lang", "fr", "status", "--by", "mot-clé", "--json", root=recorded)
    assert [row["group"] for row in json.loads(counted.stdout)] == ["village", "ville", "vip", ""]
