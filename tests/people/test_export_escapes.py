"""What contacts hold cannot break out of a field of a file that is given away, and comes back from it."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

NASTY = """\
[[contact]]
id = "maire"
role = "mayor"
gender = "f"
given_name = "=Anne"
family_name = "Ex;em,ple\\\\n"
title = "@SUM(A1)"
organisation = "-Mairie \\"de X\\""
address = ["+1 place", "a;b"]
postal_code = "69130"
city = "Écully"
email = "a@example.org"
phone = "+33400000000"
tags = ["a", "=b"]
source = "ligne 1\\r\\nBEGIN:VCARD\\r\\nEND:VCARD"
checked = 2024-11-01
[contact.fields]
note = "=cmd|' /C calc'!A0\\nligne deux"
tab = "\\t=1"
carriage = "\\r=1"
"""


def contact(run: Run, root: Path) -> dict[str, Any]:
    (found,) = json.loads(run("contacts", "list", "--json", root=root).stdout)
    return dict(found)


def plain(value: object) -> object:
    """Return a value with line ends and blanks as a table may hold them."""
    if isinstance(value, str):
        return "\n".join(" ".join(line.split()) for line in value.strip().splitlines())
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return value


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.vcf", "google.csv"])
def test_every_field_comes_back_as_it_was(campaign: Campaign, run: Run, tmp_path: Path, name: str) -> None:
    root = campaign({"contacts/a.toml": NASTY})
    before = contact(run, root)
    target = tmp_path / name
    kind = ("--format", "google") if name.startswith("google") else ()
    assert run("contacts", "export", str(target), *kind, root=root).exit_code == 0
    (root / "contacts/a.toml").write_text("", encoding="utf-8")
    done = run("contacts", "import", str(target), "--yes", root=root)
    assert done.exit_code == 0, done.stderr
    after = contact(run, root)
    assert plain(after) == plain(before)


def test_no_cell_is_a_formula(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root = campaign({"contacts/a.toml": NASTY})
    for name, kind in (("a.csv", "csv"), ("google.csv", "google")):
        run("contacts", "export", str(tmp_path / name), "--format", kind, root=root)
        text = (tmp_path / name).read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if kind == "csv" else ","))
        assert len(rows) == 2
        assert [
            cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        ] == []
    run("contacts", "export", str(tmp_path / "a.xlsx"), root=root)
    book = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "a.xlsx"))
    assert len(book.get_sheet_by_index(0).to_python()) == 2


def test_no_line_of_a_card_is_made_by_data(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root = campaign({"contacts/a.toml": NASTY})
    run("contacts", "export", str(tmp_path / "a.vcf"), root=root)
    lines = (tmp_path / "a.vcf").read_bytes().split(b"\r\n")
    assert [line for line in lines if line in (b"BEGIN:VCARD", b"END:VCARD")] == [
        b"BEGIN:VCARD",
        b"END:VCARD",
    ]
    assert not [line for line in lines if b"\r" in line or b"\n" in line]
    assert all(len(line) <= 75 for line in lines)


BREAKS = ["\\r\\nEND:VCARD\\r\\nBEGIN:VCARD", "\\rEND:VCARD", "\\nEND:VCARD\\n", ";;;\\\\;x", "\\\\n"]
PLACES = ["family_name", "title", "organisation", "postal_code", "city", "country", "phone", "tags"]


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("text", BREAKS)
def test_no_field_of_a_card_ends_its_line(
    campaign: Campaign, run: Run, tmp_path: Path, name: str, text: str
) -> None:
    value = f'["a{text}"]' if name == "tags" else f'"a{text}"'
    rest = "\n".join(line for line in NASTY.splitlines() if not line.startswith(f"{name} ="))
    hostile = rest.replace("[contact.fields]", f"{name} = {value}\n[contact.fields]")
    root = campaign({"contacts/a.toml": hostile})
    run("contacts", "export", str(tmp_path / "a.vcf"), root=root)
    card = (tmp_path / "a.vcf").read_bytes().replace(b"\r\n ", b"")
    names = [line.partition(b":")[0].decode() for line in card.split(b"\r\n")]
    assert b"\n" not in card.replace(b"\r\n", b"")
    assert b"\r" not in card.replace(b"\r\n", b"")
    order = ["BEGIN", "VERSION", "FN", "N", "ORG", "TITLE", "ROLE", "GENDER", "ADR", "EMAIL", "TEL"]
    assert names == [*order, "CATEGORIES", "X-OUTREACH", "END", ""]


@pytest.mark.parametrize("text", ["'=a", "''=a", "'-", "'@a", "'a", "'", "=a", "a\\n=b", ";a,b", '\\"a'])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "vcf"])
def test_a_text_that_begins_with_an_apostrophe_comes_back(
    campaign: Campaign, run: Run, tmp_path: Path, kind: str, text: str
) -> None:
    root = campaign({"contacts/a.toml": NASTY.replace("@SUM(A1)", text)})
    before = contact(run, root)["title"]
    target = tmp_path / f"a.{kind}"
    run("contacts", "export", str(target), root=root)
    (root / "contacts/a.toml").write_text("", encoding="utf-8")
    assert run("contacts", "import", str(target), "--yes", root=root).exit_code == 0
    assert contact(run, root)["title"] == before


def test_a_column_of_ones_own_is_no_formula_either(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root = campaign({"contacts/a.toml": NASTY.replace("note =", '"=cmd" =')})
    run("contacts", "export", str(tmp_path / "a.csv"), root=root)
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    header = next(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert [cell for cell in header if "cmd" in cell] == ["'=cmd"]


def test_rejected_rows_are_no_formulas_and_come_back(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root = campaign()
    source = tmp_path / "new.csv"
    source.write_text(
        "id;role;family_name;postal_code;city;title;=cmd\nneuf;mayor;'=N;6900X;=1;''=2;'a\n", encoding="utf-8"
    )
    run("contacts", "import", str(source), "--yes", root=root)
    (rejected,) = root.glob("*.rejected.csv")
    text = rejected.read_text(encoding="utf-8-sig")
    header, row = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert header[:-1] == ["id", "role", "family_name", "postal_code", "city", "title", "'=cmd"]
    assert row[:-1] == ["neuf", "mayor", "'=N", "6900X", "'=1", "''=2", "'a"]
