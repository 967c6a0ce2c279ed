"""Rejected rows: no cell is a formula in a spreadsheet, and once mended, each comes in as it was. All made up."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

WRONG = "pas une adresse"
NO_CODE = "6900X"
CARD = f"""\
BEGIN:VCARD
VERSION:4.0
N:Essai;=Zoé;;;
ORG:+A
TITLE:@directrice
ADR:;;-1 rue A;Lyon;;{NO_CODE};
TEL:+33400000000
CATEGORIES:=a,b
EMAIL:a@example.org
END:VCARD
"""
SERVICE = {
    "nom": "=Mairie",
    "pivot": [{"type_service_local": "mairie", "code_insee_commune": ["69081"]}],
    "adresse": [
        {
            "type_adresse": "Adresse",
            "complement1": "-Bureau",
            "numero_voie": "2 rue A",
            "code_postal": "69130",
            "nom_commune": "Écully",
        }
    ],
    "telephone": [{"valeur": "+33 4"}],
    "adresse_courriel": [WRONG],
}
CELLS = {**SERVICE, **{key: json.dumps(SERVICE[key]) for key in ("pivot", "adresse", "telephone")}}


def as_csv(record: Mapping[str, object]) -> str:
    target = io.StringIO()
    writer = csv.DictWriter(target, list(record), delimiter=";")
    writer.writeheader()
    writer.writerow({**record, "adresse_courriel": WRONG})
    return target.getvalue()


def contact(run: Run, root: Path) -> dict[str, Any]:
    (found,) = json.loads(run("contacts", "list", "--json", root=root).stdout)
    return dict(found)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            CARD,
            {
                "given_name": "=Zoé",
                "organisation": "+A",
                "title": "@directrice",
                "phone": "+33400000000",
                "address": ["-1 rue A"],
                "tags": ["=a", "b"],
            },
        ),
        (
            json.dumps([SERVICE]),
            {
                "organisation": "=Mairie",
                "phone": "+33 4",
                "address": ["-Bureau", "2 rue A"],
                "insee": "69081",
            },
        ),
        (
            as_csv(CELLS),
            {
                "organisation": "=Mairie",
                "phone": "+33 4",
                "address": ["-Bureau", "2 rue A"],
                "insee": "69081",
            },
        ),
        (
            f"Nom;CP;Ville;Courriel;=Note\n=Élan;{NO_CODE};Lyon;;-1\n",
            {"family_name": "=Élan", "fields": {"Note": "-1"}},
        ),
        (
            "First Name,Last Name,Phone 1 - Value,E-mail 1 - Value,Address 1 - City,Address 1 - Postal Code\n"
            f"@Anne,=Essai,+33 4,a@example.org,Lyon,{NO_CODE}\n",
            {"given_name": "@Anne", "family_name": "=Essai", "phone": "+33 4"},
        ),
    ],
    ids=["vcard", "annuaire", "annuaire as csv", "table", "google"],
)
def test_a_rejected_row_holds_no_formula_and_comes_in_as_it_was_once_it_is_mended(
    campaign: Campaign, run: Run, tmp_path: Path, content: str, expected: dict[str, object]
) -> None:
    root = campaign({"contacts/a.toml": ""})
    (tmp_path / "liste").write_text(content, encoding="utf-8")
    options = ("--role", "mayor", "--into", "contacts/b.csv")
    assert run("contacts", "import", str(tmp_path / "liste"), *options, root=root).exit_code == 3
    rejected = root / "b.rejected.csv"
    text = rejected.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter="," if content.startswith("First") else ";"))
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
    assert len({len(row) for row in rows}) == 1
    rejected.write_text(text.replace(WRONG, "a@example.org").replace(NO_CODE, "69001"), encoding="utf-8")
    assert run("contacts", "import", str(rejected), *options, root=root).exit_code == 0
    found = contact(run, root)
    assert {name: found[name] for name in expected} == expected


def test_a_rejected_row_of_the_register_comes_in_as_it_was(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    header = (
        "Code du département;Libellé du département;Code de la collectivité à statut particulier;"
        "Libellé de la collectivité à statut particulier;Code de la commune;Libellé de la commune;Nom de l'élu;"
        "Prénom de l'élu;Code sexe;Date de naissance;Code de la catégorie socio-professionnelle;"
        "Libellé de la catégorie socio-professionnelle;Date de début du mandat;Date de début de la fonction"
    )
    row = "69;Rhône;;;69081;-Écully;-Essai;=Zoé;?;01/01/1960;34;X;a;b"
    root = campaign({"contacts/a.toml": ""})
    (tmp_path / "maires").write_text(f"{header}\n{row}\n", encoding="utf-8")
    options = ("--into", "contacts/b.toml")  # which has no apostrophes to take off
    assert run("contacts", "import", str(tmp_path / "maires"), *options, root=root).exit_code == 3
    rejected = root / "b.rejected.csv"
    text = rejected.read_text(encoding="utf-8-sig")
    assert ";'-Écully;'-Essai;'=Zoé;?;" in text
    rejected.write_text(text.replace(";?;", ";F;"), encoding="utf-8")
    assert run("contacts", "import", str(rejected), *options, root=root).exit_code == 0
    found = contact(run, root)
    assert (found["family_name"], found["given_name"], found["fields"]) == (
        "-Essai",
        "=Zoé",
        {"commune": "-Écully"},
    )


def test_rejected_rows_that_somebody_is_mending_are_kept(campaign: Campaign, run: Run) -> None:
    root = campaign()
    source = root / "new.csv"
    source.write_text("id,role,family_name,postal_code,city\nneuf,mayor,Neuf,6900X,Lyon\n", encoding="utf-8")
    run("contacts", "import", str(source), "--yes", root=root)
    (rejected,) = root.glob("*.rejected.csv")
    mended = rejected.read_text(encoding="utf-8-sig").replace("6900X", "69001")
    rejected.write_text(mended, encoding="utf-8")
    run("contacts", "import", str(source), "--yes", root=root)
    assert rejected.with_name(f"{rejected.name}.bak-1").read_text(encoding="utf-8") == mended
    assert "6900X" in rejected.read_text(encoding="utf-8-sig")
    run("contacts", "import", str(source), "--yes", root=root)
    assert len(list(root.glob("*.rejected.csv*"))) == 2
