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
