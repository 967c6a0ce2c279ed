"""After somebody was forgotten: no file names the person, and nothing of the others has changed."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
from typer.testing import Result

from tests.conftest import CONTACT, LETTER

Campaign = Callable[..., Path]
Run = Callable[..., Result]

PERSON = "quidam-hortense"
SIGNS = ("quidam", "hortense", "rue cachée", "hq@example.org", "00 11 22")
"""Whatever of these stands in a file names the person."""
OTHER = CONTACT.replace('"maire"', '"temoin"').replace("Anne", "Luce").replace('["a"]', '["b"]')
TOML = f"""\
# Rencontrée au marché, Hortense Quidam.
[[contact]]
id = "{PERSON}"
role = "councillor"
given_name = "Hortense"
family_name = "Quidam"
address = ["7 rue Cachée"]
postal_code = "69002"
city = "Lyon"
email = "hq@example.org"
phone = "04 00 00 11 22"
tags = ["b"]

"""
LAST = OTHER.replace('"temoin"', '"temoin-2"').replace('["b"]', '["a"]')
HEADER = "\ufeffid;role;given_name;family_name;address;postal_code;city;email;tags;Note\r\n"
ROWS = (
    'un;mp;Ada;Essai;"1; rue A|BP 1";69001;Lyon;;;"dit ""oui"""\r\n',
    f"{PERSON};councillor;Hortense;Quidam;7 rue Cachée;69002;Lyon;hq@example.org;b;amie\r\n",
    "deux;mp;Iris;Essai;3 rue C;69003;Lyon;;a|c;'=1+1\r\n",
)
NOTE = LETTER.replace('"all"', '"tag:b"')
REMINDER = LETTER.replace('title = "Lettre"', 'title = "Relance"\nkind = "reminder"')
JOINT = LETTER.replace('"all"', '"all"\njoint = true').replace("{{ recipient.name }}", "tous")
MORE = "id;Nom;Prénom;Mandat;CP;Ville\nplus;Plus;Ève;Maire;69004;Lyon\n"


BODY = '[[contact]]\nid = "corps"\nrole = "authority"\norganisation = "Service Essai"\n'
CONTACTS: Mapping[str, Mapping[str, str]] = {
    "toml": {"contacts/a.toml": f"# Les élus.\n\n{OTHER}\n{TOML}{LAST}", "contacts/b.toml": BODY},
    "csv": {"contacts/a.csv": HEADER + "".join(ROWS), "contacts/a.toml": OTHER, "contacts/b.toml": BODY},
}
"""The same people, the person in a file of either kind."""


@pytest.fixture(params=CONTACTS)
def known(request: pytest.FixtureRequest, campaign: Campaign, run: Run, tmp_path: Path) -> Path:
    """Return a campaign that knows a person in every way there is, and another one likewise."""
    letters = {"letters/note.md": NOTE, "letters/reminder.md": REMINDER, "letters/ensemble.md": JOINT}
    root = campaign({**CONTACTS[request.param], **letters})
    more, reply = tmp_path / "more.csv", tmp_path / "reponse.txt"
    more.write_text(MORE, encoding="utf-8")

    def do(*command: str) -> None:
        assert run(*command, root=root).exit_code == 0, command

    do("contacts", "import", str(more), "--into", f"contacts/a.{request.param}", "--yes")
    do("generate", "note")
    do("generate", "ensemble", "--format", "txt")
    do("sent", "note", "--on", "2024-12-02", "--via", "registered")
    for name in (PERSON, "temoin"):
        reply.write_text(f"Réponse de {name}", encoding="utf-8")
        with_file = ("--file", str(reply))
        do("received", name, "--on", "2024-12-04", "--proof", "delivery", *with_file)
        do("answer", name, "--on", "2024-12-20", "--kind", "partial", "--note", name, *with_file)
        do("extend", name, "--to", "2025-02-20", "--reason", f"{name} est absente")
        do("note", name, f"a appelé {name}")
        do("followup", "reminder", "--to", name, "--on", "2025-01-06", "--format", "pdf", "--bundle")
    do(
        "print",
        "note",
        "--labels",
        "L7163",
        "--envelopes",
        "DL",
        "--registered",
        "--again",
        "--with-answered",
    )
    do("print", "note", "--to", PERSON, "--again", "--with-answered")
    return root


def files(root: Path) -> dict[str, bytes]:
    found = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def texts(name: str, content: bytes) -> Iterator[str]:
    """Yield what can be read in a file: its name, its bytes, the text of a PDF, what a package holds."""
    yield name
    yield content.decode("utf-8", "replace")
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for part in package.namelist():
                yield from texts(part, package.read(part))
    elif content.startswith(b"%PDF"):
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            yield from (page.extract_text() for page in pdf.pages)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            yield str(pdf.docinfo)
            yield pdf.Root.Metadata.read_bytes().decode() if "/Metadata" in pdf.Root else ""


def naming(root: Path) -> set[str]:
    """Return the files that name the person."""
    return {
        name
        for name, content in files(root).items()
        if any(sign in text.casefold() for text in texts(name, content) for sign in SIGNS)
    }


def events(run: Run, root: Path, contact: str) -> list[dict[str, Any]]:
    return list(json.loads(run("log", contact, "--json", root=root).stdout))


def forget(run: Run, root: Path) -> None:
    done = run("contacts", "forget", PERSON, "--yes", root=root)
    assert (done.exit_code, done.stderr) == (0, "")


def test_no_file_names_whoever_was_forgotten(known: Path, run: Run) -> None:
    before = naming(known)
    assert {name.partition("/")[0] for name in before} == {"contacts", "out", "archive", "outreach.db"}
    assert {Path(name).name for name in before} >= {
        f"{PERSON}.pdf",
        f"{PERSON}.docx",
        f"{PERSON}.zip",
        "joint.txt",
        "manifest.json",
        "print.pdf",
        "reprint.pdf",
        "labels.pdf",
        "envelopes.pdf",
        "registered.pdf",
        "registered.csv",
    }
    assert len([name for name in before if name.startswith("contacts/")]) == 2  # the file and its .bak
    assert len([name for name in before if name.startswith("archive/")]) == 3
    forget(run, known)
    assert naming(known) == set()


def test_every_file_that_did_not_name_the_person_stays_as_it_is(known: Path, run: Run) -> None:
    named, before = naming(known), files(known)
    forget(run, known)
    after = files(known)
    kept = {name: content for name, content in before.items() if name not in named}
    assert set(kept) >= {"contacts/b.toml", "out/note/temoin.docx", "out/note/temoin.pdf", "outreach.toml"}
    assert set(kept) >= {"out/reminder/temoin.pdf", "out/bundles/temoin.zip"}
    assert len([name for name in kept if name.startswith("archive/")]) == 3
    assert {name: after.get(name) for name in kept} == kept


def test_nothing_new_lies_in_the_campaign(known: Path, run: Run) -> None:
    before = files(known)
    forget(run, known)
    assert set(files(known)) <= set(before)


def test_the_manifest_keeps_the_lines_of_others(known: Path, run: Run) -> None:
    manifest = known / "out/manifest.json"
    before = manifest.read_text(encoding="utf-8").splitlines()
    forget(run, known)
    assert [line.rstrip(",") for line in manifest.read_text(encoding="utf-8").splitlines()] == [
        line.rstrip(",") for line in before if PERSON not in line
    ]


def test_the_journal_keeps_what_was_recorded_of_others(known: Path, run: Run) -> None:
    before = events(run, known, "temoin")
    assert [event["kind"] for event in before] == ["sent", "received", "answered", "extended", "noted"]
    forget(run, known)
    assert events(run, known, "temoin") == before
    assert run("log", "verify", root=known).exit_code == 0


def test_the_letters_of_others_stand_where_they_stood(known: Path, run: Run) -> None:
    def rows() -> list[dict[str, Any]]:
        shown = json.loads(run("status", "--letter", "note", "--json", root=known).stdout)
        return [row for row in shown if row["contact"] != PERSON]

    before = rows()
    assert [(row["contact"], row["status"]) for row in before] == [("temoin", "answered")]
    forget(run, known)
    assert rows() == before


def test_a_contact_file_in_toml_loses_the_persons_table_and_nothing_else(
    campaign: Campaign, run: Run
) -> None:
    root = campaign(CONTACTS["toml"])
    forget(run, root)
    assert (root / "contacts/a.toml").read_bytes() == f"# Les élus.\n\n{OTHER}\n{LAST}".encode()


def test_a_contact_file_in_csv_loses_the_persons_row_and_nothing_else(campaign: Campaign, run: Run) -> None:
    root = campaign(CONTACTS["csv"])
    forget(run, root)
    assert (root / "contacts/a.csv").read_bytes() == f"{HEADER}{ROWS[0]}{ROWS[2]}".encode()


def test_an_id_that_begins_like_the_persons_is_somebody_else(campaign: Campaign, run: Run) -> None:
    longer = OTHER.replace('"temoin"', f'"{PERSON}-2"')
    root = campaign({"contacts/a.toml": TOML + longer, "contacts/b.toml": longer.replace("-2", "-3")})
    generated = ("generate", "note", "--to", PERSON, "--to", f"{PERSON}-2", "--format", "txt")
    assert run(*generated, root=root).exit_code == 0
    both = ("sent", "note", "--to", PERSON, "--to", f"{PERSON}-2", "--on", "2024-12-02", "--via", "post")
    assert run(*both, root=root).exit_code == 0
    before, recorded = files(root), events(run, root, f"{PERSON}-2")
    forget(run, root)
    after = files(root)
    for name in (f"out/note/{PERSON}-2.txt", "contacts/b.toml"):
        assert after[name] == before[name]
    assert f"out/note/{PERSON}.txt" not in after
    assert after["contacts/a.toml"] == longer.encode()
    assert events(run, root, f"{PERSON}-2") == recorded


def test_a_row_whose_id_begins_like_the_persons_stays(campaign: Campaign, run: Run) -> None:
    longer = ROWS[2].replace("deux", f"{PERSON}-2")
    root = campaign({"contacts/a.toml": OTHER, "contacts/a.csv": HEADER + ROWS[1] + longer})
    forget(run, root)
    assert (root / "contacts/a.csv").read_bytes() == f"{HEADER}{longer}".encode()


@pytest.mark.parametrize("name", ["I-D", "I_D", "I D", " Id "])
def test_a_row_goes_however_the_column_of_ids_is_written(campaign: Campaign, run: Run, name: str) -> None:
    header = HEADER.replace("id;", f"{name};")
    root = campaign({"contacts/a.toml": OTHER, "contacts/a.csv": header + "".join(ROWS)})
    forget(run, root)
    assert (root / "contacts/a.csv").read_bytes() == f"{header}{ROWS[0]}{ROWS[2]}".encode()


def test_somebody_whose_id_is_id_does_not_take_the_header_along(campaign: Campaign, run: Run) -> None:
    rows = ROWS[1].replace(PERSON, "id") + ROWS[2]
    root = campaign({"contacts/a.toml": OTHER, "contacts/a.csv": HEADER + rows})
    assert run("contacts", "forget", "id", "--yes", root=root).exit_code == 0
    assert (root / "contacts/a.csv").read_bytes() == f"{HEADER}{ROWS[2]}".encode()


def test_somebody_whose_id_is_contact_does_not_take_the_header_of_a_list_along(
    campaign: Campaign, run: Run
) -> None:
    header, row = "no;contact;letter;number\r\n", "1;temoin;note;1A 1\r\n"
    root = campaign(
        {
            "contacts/a.toml": OTHER + TOML.replace(PERSON, "contact"),
            "out/print/registered.csv": f"{header}{row}2;contact;note;1A 2\r\n",
        }
    )
    assert run("contacts", "forget", "contact", "--yes", root=root).exit_code == 0
    assert (root / "out/print/registered.csv").read_bytes() == f"{header}{row}".encode()
