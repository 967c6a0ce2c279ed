"""Which department a postal code belongs to, where its beginning does not say. All people are made up."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

CODES = ("01000", "20000", "20190", "20199", "20200", "20290", "97100", "97400", "98800")
TABLE = "Nom;CP;Ville\n" + "".join(f"N{code};{code};V\n" for code in CODES)
"""A name for each postal code."""


def imported(campaign: Campaign, run: Run, tmp_path: Path, table: str, *options: str) -> list[str]:
    """Import a table of mayors and return the family names of those that came in."""
    root = campaign({"contacts/a.toml": ""})
    (tmp_path / "maires.csv").write_text(table, encoding="utf-8")
    run("contacts", "import", str(tmp_path / "maires.csv"), "--role", "mayor", *options, root=root)
    return [row["family_name"] for row in json.loads(run("contacts", "list", "--json", root=root).stdout)]


@pytest.mark.parametrize(
    ("department", "expected"),
    [
        ("2A", ["N20000", "N20190", "N20199"]),
        ("2B", ["N20200", "N20290"]),
        ("01", ["N01000"]),
        ("971", ["N97100"]),
        ("974", ["N97400"]),
        ("988", ["N98800"]),
        ("20", []),
    ],
)
def test_a_postal_code_belongs_to_one_department(
    campaign: Campaign, run: Run, tmp_path: Path, department: str, expected: list[str]
) -> None:
    assert imported(campaign, run, tmp_path, TABLE, "--department", department) == expected


def test_a_small_letter_names_a_department_of_corsica_as_well(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    assert imported(campaign, run, tmp_path, TABLE, "--department", "2b") == ["N20200", "N20290"]


def test_both_departments_of_corsica_are_one_region(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    corsica = [f"N{code}" for code in CODES if code.startswith("20")]
    assert imported(campaign, run, tmp_path, TABLE, "--region", "94") == corsica


@pytest.mark.parametrize(("department", "expected"), [("2A", ["Sud"]), ("2B", ["Nord"])])
def test_a_communes_code_goes_before_its_postal_code(
    campaign: Campaign, run: Run, tmp_path: Path, department: str, expected: list[str]
) -> None:
    table = "Nom;CP;Ville;INSEE\nSud;20200;V;2A001\nNord;20190;V;2B001\n"
    assert imported(campaign, run, tmp_path, table, "--department", department) == expected
