"""The spreadsheet to fill in: what stands in it, and how it comes back. All people are made up."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import python_calamine
import xlsxwriter
from typer.testing import Result

from outreach.people.columns import COLUMN_NAMES
from outreach.people.contact import COLUMNS
from outreach.people.roles import ROLES
from outreach.people.template import TEMPLATE_SHEET

Campaign = Callable[..., Path]
Run = Callable[..., Result]


def test_the_template_has_every_column_a_line_on_each_and_the_roles(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "modele.xlsx"
    assert run("contacts", "template", str(path), root=campaign()).exit_code == 0
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    said, header = book.get_sheet_by_name("contacts").to_python()
    assert set(map(str, header)) <= set(COLUMNS)
    assert all(said)
    roles = [row[0] for row in book.get_sheet_by_name(TEMPLATE_SHEET).to_python()]
    assert [role for role in roles if role] == list(ROLES)
    sheet = zipfile.ZipFile(io.BytesIO(path.read_bytes())).read("xl/worksheets/sheet1.xml").decode()
    assert f"'{TEMPLATE_SHEET}'!$A$1:$A${len(ROLES)}</formula1>" in sheet
    assert 'sqref="A3:A2001"' in sheet


def test_a_template_that_is_filled_in_is_imported_without_a_word(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    root = campaign({"contacts/a.toml": ""})
    path = tmp_path / "modele.xlsx"
    run("contacts", "template", str(path), root=root)
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    said, header = book.get_sheet_by_name("contacts").to_python()
    values = {
        "role": "mayor",
        "gender": "f",
        "given_name": "Zoé",
        "family_name": "Essai",
        "address": "Hôtel de Ville\n2 rue B",
        "postal_code": "01000",
        "city": "Bourg",
    }
    with xlsxwriter.Workbook(str(path)) as filled:
        sheet = filled.add_worksheet("contacts")
        for line, row in enumerate((said, header, [values.get(str(name), "") for name in header])):
            sheet.write_row(line, 0, row)
        filled.add_worksheet(TEMPLATE_SHEET).write_column(0, 0, ROLES)
    done = run("contacts", "import", str(path), "--yes", root=root)
    assert (done.exit_code, done.stderr) == (0, "written  contacts/modele.csv\n")
    (one,) = json.loads(run("contacts", "list", "--json", root=root).stdout)
    assert (one["address"], one["postal_code"]) == (["Hôtel de Ville", "2 rue B"], "01000")


def test_every_column_has_a_name_to_translate() -> None:
    assert {name for _context, name in COLUMN_NAMES} == set(COLUMNS)


def test_a_french_template_has_french_headings_and_roles_and_comes_back(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    root = campaign({"contacts/a.toml": ""})
    path = tmp_path / "à remplir.xlsx"
    run("--lang", "fr", "contacts", "template", str(path), root=root)
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    said, header = book.get_sheet_by_name("contacts").to_python()
    assert header[:4] == ["rôle", "genre", "prénom", "nom"]
    assert not set(header) & {"role", "given_name", "postal_code", "city", "country", "tags"}
    roles = [row[0] for row in book.get_sheet_by_name(TEMPLATE_SHEET).to_python() if row[0]]
    assert roles[:3] == ["maire", "maire d'arrondissement", "adjoint ou adjointe au maire"]
    with xlsxwriter.Workbook(str(path)) as filled:
        sheet = filled.add_worksheet("contacts")
        sheet.write_row(0, 0, said)
        sheet.write_row(1, 0, header)
        for line, role in enumerate(roles, 2):
            values = {"rôle": role, "prénom": "Zoé", "nom": f"Essai {line}", "adresse": "2 rue B"}
            values |= {"code postal": "01000", "ville": "Bourg", "genre": "f", "étiquettes": "essai"}
            sheet.write_row(line, 0, [values.get(str(name), "") for name in header])
        filled.add_worksheet(TEMPLATE_SHEET).write_column(0, 0, roles)
    done = run("contacts", "import", str(path), "--yes", root=root)
    assert (done.exit_code, done.stderr) == (0, "written  contacts/à remplir.csv\n")
    found = json.loads(run("contacts", "list", "--json", root=root).stdout)
    assert sorted(one["role"] for one in found) == sorted(ROLES)
    assert {(one["title"], one["gender"], one["city"], *one["tags"]) for one in found} == {
        ("", "f", "Bourg", "essai")
    }


def test_a_template_never_replaces_a_file(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "modele.xlsx"
    path.write_bytes(b"mine")
    assert run("contacts", "template", str(path), root=campaign()).exit_code == 4
    assert path.read_bytes() == b"mine"
    assert run("contacts", "template", str(tmp_path / "modele.csv"), root=campaign()).exit_code == 3
