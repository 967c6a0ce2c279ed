"""The directory's JSON is read object by object, and what is broken in it is named with its line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from outreach.errors import InputError
from outreach.people.sources.annuaire import services_in_json
from tests.cli.test_bring_in import ANNUAIRE

Campaign = Callable[..., Path]
Run = Callable[..., Result]

HALL = json.dumps({"horaires": [{"jours": [1.5, None]}, []], **ANNUAIRE}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (f"[{HALL}, {HALL}]", 2),
        (f"\ufeff [{HALL}]", 1),
        (f'{{"links": [], "service": [{HALL}], "other": [{HALL}]}}', 1),
        (f'{{"count": 1, "about": {{"pages": [[1]]}}, "results": [{HALL}, "x", 1]}}', 1),
        ('{"service": []}', 0),
        ("[]", 0),
    ],
)
def test_the_first_list_of_objects_is_read(tmp_path: Path, content: str, count: int) -> None:
    (tmp_path / "x").write_text(content, encoding="utf-8")
    found = list(services_in_json(tmp_path / "x"))
    assert len(found) == count
    for service in found:
        assert (service.name, service.insee, service.postal_code, service.email) == (
            "Mairie - Écully",
            "69081",
            "69130",
            "mairie@example.org",
        )


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (f"[{HALL},\n{HALL}", "x:2: the JSON ends too early; download it again"),
        (
            f'[{HALL},\n{HALL},\n{{"nom": Lyon}}]',
            "x:3: broken JSON after 'Mairie - Écully'; download it again",
        ),
        (f"[{HALL}]\n\nfin", "x:3: broken JSON after 'Mairie - Écully'; download it again"),
        ('[{"nom": "a" "b"}]', "x:1: broken JSON; download it again"),
        (f'[{HALL},\n{{"nom": "\\ud83d"}}]', "x:2: holds half of a character; take it out of the file"),
        (f'[{HALL},\n{{"nom": "\\ude00"}}]', "x:2: holds half of a character; take it out of the file"),
        ('{"a": 1}', "x:1: holds no list of services; take the directory's JSON or CSV"),
        ("[" * 100_000, "x:1: lists stand too deep in one another; download it again"),
        ('[{"x": ' + "[" * 100_000, "x:1: lists stand too deep in one another; download it again"),
        (f"[{HALL},\n".encode() + b'{"nom": "\xe9"}]', "x:2: is not UTF-8 text; save the file as UTF-8"),
    ],
)
def test_what_is_broken_is_one_line_with_its_place(
    campaign: Campaign, run: Run, content: str | bytes, error: str
) -> None:
    root = campaign({"x": content})
    before = (root / "contacts/a.toml").read_bytes()
    done = run("contacts", "complete", str(root / "x"), root=root)
    assert (done.exit_code, done.stderr, done.stdout) == (3, f"{error}\n", "")
    assert (root / "contacts/a.toml").read_bytes() == before


@pytest.mark.parametrize("blanks", range(65_490, 65_540, 7))
def test_no_character_is_taken_for_half_of_one_where_a_part_ends(tmp_path: Path, blanks: int) -> None:
    (tmp_path / "x").write_text(
        f'[{{"x": "{" " * blanks}\\ud83d\\ude00 \\ud83d\\ude00", "nom": "A"}}]', encoding="utf-8"
    )
    assert [service.name for service in services_in_json(tmp_path / "x")] == ["A"]
    (tmp_path / "x").write_text(f'[{{"nom": "{" " * blanks}\\ud83d."}}]', encoding="utf-8")
    with pytest.raises(InputError, match="half of a character"):
        list(services_in_json(tmp_path / "x"))
