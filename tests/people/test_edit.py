"""One field of a contact is changed, and nothing else in its file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.conftest import CONTACT

Campaign = Callable[..., Path]
Run = Callable[..., Result]

TABLE = (
    "id;role;family_name;postal_code;city;note\r\n"
    'un;mayor;"Le ""Grand""";01000;Bourg;"a;b"\r\n'
    "deux;mayor;Essai;69001;Lyon;=1+1\r\n"
)


def contact(run: Run, root: Path, name: str) -> dict[str, Any]:
    """Return what JSON has of a contact."""
    (found,) = json.loads(run("contacts", "show", name, "--json", root=root).stdout)
    assert isinstance(found, dict)
    return found


def test_a_field_in_toml_is_changed_and_comments_stay(campaign: Campaign, run: Run) -> None:
    before = "# Nos élus\n" + CONTACT.replace('city = "Écully"', 'city = "Écully"  # à vérifier')
    root = campaign({"contacts/a.toml": before})
    done = run(
        "contacts", "edit", "Anne Exemple", "--city", "Dardilly", "--phone", "04 00 00 00 00", root=root
    )
    assert (done.exit_code, done.stdout) == (0, "changed  maire: city, phone\n")
    after = before.replace('"Écully"', '"Dardilly"').replace(
        "checked = 2024-11-01\n", 'checked = 2024-11-01\nphone = "04 00 00 00 00"\n'
    )
    assert (root / "contacts/a.toml").read_text(encoding="utf-8") == after


def test_lists_days_and_roles_are_read_as_people_write_them(campaign: Campaign, run: Run) -> None:
    root = campaign()
    words = ("--role", "Adjoint", "--address", "1 rue A", "--address", "BP 1", "--term-end", "2025-01-01")
    assert run("contacts", "edit", "maire", *words, "--tag", "x", "--tag", "y", root=root).exit_code == 0
    found = contact(run, root, "maire")
    assert (found["role"], found["address"], found["term_end"], found["tags"]) == (
        "deputy-mayor",
        ["1 rue A", "BP 1"],
        "2025-01-01",
        ["x", "y"],
    )


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"\xef\xbb\xbf" + TABLE.encode(), b'un;mayor;"Le ""Grand""";01000;Bourg;"a;b"\r\n'),
        (TABLE.replace("Essai", "Éssai").encode("cp1252"), b"\xc9ssai;69130;Dardilly;=1+1\r\n"),
    ],
)
def test_a_cell_is_changed_and_every_other_byte_stays(
    campaign: Campaign, run: Run, content: bytes, ending: bytes
) -> None:
    root = campaign({"contacts/b.csv": content})
    done = run("contacts", "edit", "deux", "--postal-code", "69130", "--city", "Dardilly", root=root)
    assert done.exit_code == 0
    after = (root / "contacts/b.csv").read_bytes()
    assert after == content.replace(b"69001;Lyon", b"69130;Dardilly")
    assert ending in after


def test_a_field_without_a_column_gets_one(campaign: Campaign, run: Run) -> None:
    root = campaign({"contacts/b.csv": TABLE})
    assert run("contacts", "edit", "deux", "--email", "a@example.org", root=root).exit_code == 0
    lines = (root / "contacts/b.csv").read_text(encoding="utf-8").splitlines()
    assert (lines[0], lines[1], lines[2]) == (
        "id;role;family_name;postal_code;city;note;email",
        'un;mayor;"Le ""Grand""";01000;Bourg;a;b;'.replace("a;b;", '"a;b";'),
        "deux;mayor;Essai;69001;Lyon;=1+1;a@example.org",
    )
    assert contact(run, root, "deux")["email"] == "a@example.org"


@pytest.mark.parametrize(
    ("words", "code", "stderr"),
    [
        (("maire", "--postal-code", "690"), 3, "'690' is not a postal code"),
        (("maire", "--email", "x", "--gender", "z"), 3, "'x' is not an e-mail address"),
        (("maire", "--term-start", "2025-02-30"), 3, "term_start must be a date"),
        (("maire", "--term-end", "2020-01-01", "--term-start", "2021-01-01"), 3, "is before term_start"),
        (("mire", "--city", "Lyon"), 3, "no contact 'mire'; did you mean maire?"),
        (("maire",), 2, "nothing to change is given"),
    ],
)
def test_what_would_be_wrong_is_refused_and_nothing_is_written(
    campaign: Campaign, run: Run, words: tuple[str, ...], code: int, stderr: str
) -> None:
    root = campaign()
    done = run("contacts", "edit", *words, root=root)
    assert done.exit_code == code
    assert stderr in done.stderr
    assert (root / "contacts/a.toml").read_text(encoding="utf-8") == CONTACT


def test_who_was_verified_is_written_down_in_every_file(campaign: Campaign, run: Run) -> None:
    root = campaign({"contacts/b.csv": TABLE})
    done = run("contacts", "checked", "role:mayor", "--on", "2025-01-10", root=root)
    assert (done.exit_code, done.stdout) == (0, "3 contacts checked\n")
    assert {contact(run, root, name)["checked"] for name in ("maire", "un", "deux")} == {"2025-01-10"}
    assert run("contacts", "checked", "Anne Exemple", root=root).stdout == "1 contact checked\n"
    assert contact(run, root, "maire")["checked"] == "2025-01-15"
    assert run("contacts", "checked", "tag:nobody", root=root).exit_code == 3


def test_an_empty_value_empties_a_field(campaign: Campaign, run: Run) -> None:
    root = campaign(
        {
            "contacts/b.csv": TABLE.replace("note", "term_end")
            .replace("=1+1", "2025-01-01")
            .replace('"a;b"', "")
        }
    )
    assert run("contacts", "edit", "deux", "--term-end", "", root=root).exit_code == 0
    assert contact(run, root, "deux")["term_end"] is None
    assert run("contacts", "edit", "maire", "--insee", "", root=root).exit_code == 0
    assert contact(run, root, "maire")["insee"] == ""
    refused = run("contacts", "edit", "maire", "--checked", "", root=root)
    assert (refused.exit_code, "checked cannot be emptied here" in refused.stderr) == (3, True)
