"""What an update from the register leaves alone: whoever was added by hand, whatever was typed. All made up."""

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

HEADER = (
    "Code du département;Libellé du département;Code de la collectivité à statut particulier;"
    "Libellé de la collectivité à statut particulier;Code de la commune;Libellé de la commune;Nom de l'élu;"
    "Prénom de l'élu;Code sexe;Date de naissance;Code de la catégorie socio-professionnelle;"
    "Libellé de la catégorie socio-professionnelle;Date de début du mandat;Libellé de la fonction;"
    "Date de début de la fonction;Code nationalité"
)
MAYOR = "69;Rhône;;;69081;Écully;EXEMPLE;Anne;F;01/01/1960;34;X;a;Maire;b;FR"
DEPUTY = "69;Rhône;;;69081;Écully;ESSAI;Zoé;F;01/01/1960;34;X;a;;b;FR"
FILE = "contacts/rne-conseillers-municipaux.csv"


@pytest.fixture
def update(campaign: Campaign, run: Run, tmp_path: Path) -> Callable[..., Result]:
    """Return a function that imports, lets somebody change the contact file, and updates from other rows."""

    def make(change: Callable[[list[dict[str, str]]], None], *rows: str) -> Result:
        root = campaign({"contacts/a.toml": ""})
        register = tmp_path / "elus.csv"
        register.write_text(f"{HEADER}\n{MAYOR}\n{DEPUTY}\n", encoding="utf-8")
        assert run("contacts", "import", str(register), root=root).exit_code == 0
        _rewrite(root / FILE, change)
        register.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
        done = run("contacts", "import", str(register), "--update", "--yes", root=root)
        assert done.exit_code == 0
        return done

    return make


def _rewrite(path: Path, change: Callable[[list[dict[str, str]]], None]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    change(rows)
    header = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, header, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def by_hand(**values: str) -> Callable[[list[dict[str, str]]], None]:
    """Return a change that adds a councillor of the same town."""
    row = {"id": "moi", "role": "councillor", "family_name": "Témoin", "given_name": "Luc", "insee": "69081"}
    return lambda rows: rows.append({**row, "tags": "dep-69|reg-84", **values})


def typed(**values: str) -> Callable[[list[dict[str, str]]], None]:
    """Return a change of the mayor's row."""
    return lambda rows: rows[0].update(values)


def contact(run: Run, tmp_path: Path, name: str) -> dict[str, Any]:
    rows = json.loads(run("contacts", "list", "--json", root=tmp_path / "campaign").stdout)
    (found,) = (row for row in rows if row["id"] == name)
    return dict(found)


def test_whoever_was_added_by_hand_without_a_source_does_not_leave(
    update: Callable[..., Result], run: Run, tmp_path: Path
) -> None:
    done = update(by_hand(), MAYOR)
    assert contact(run, tmp_path, "moi")["term_end"] is None
    assert done.stdout.splitlines() == [
        "left  essai-zoe-69081  Zoé Essai, municipal councillor",
        f"rne into {FILE}: 1 left, 1 known already",
    ]


@pytest.mark.parametrize("source", ["marché", "RNE, maires", "RNE", "rne, conseillers-municipaux"])
def test_whoever_was_added_from_another_source_does_not_leave(
    update: Callable[..., Result], run: Run, tmp_path: Path, source: str
) -> None:
    update(by_hand(source=source), MAYOR, DEPUTY)
    assert contact(run, tmp_path, "moi")["term_end"] is None


def test_whoever_came_from_the_register_and_is_gone_from_it_leaves(
    update: Callable[..., Result], run: Run, tmp_path: Path
) -> None:
    update(by_hand(source="RNE, conseillers-municipaux"), MAYOR, DEPUTY)
    assert contact(run, tmp_path, "moi")["term_end"] == "2025-01-14"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("title", "Première magistrate d’Écully"),
        ("salutation", "Madame et chère Maire"),
        ("organisation", "Ville d’Écully"),
        ("email", "anne@example.org"),
        ("phone", "04 00 00 00 00"),
        ("address", "1 place de la Mairie"),
    ],
)
def test_what_was_typed_by_hand_and_the_register_does_not_say_stays(
    update: Callable[..., Result], run: Run, tmp_path: Path, field: str, text: str
) -> None:
    place = {"address": "1 place de la Mairie", "postal_code": "69130", "city": "Écully"}
    done = update(typed(**{**place, field: text}), MAYOR, DEPUTY)
    assert done.stdout == f"rne into {FILE}: 2 known already\n"
    assert contact(run, tmp_path, "exemple-anne-69081")[field] in (text, [text])


def test_an_update_that_changes_others_keeps_what_was_typed(
    update: Callable[..., Result], run: Run, tmp_path: Path
) -> None:
    update(typed(title="Première magistrate"), MAYOR, DEPUTY.replace(";a;;b;", ";a;1er adjoint au Maire;b;"))
    assert contact(run, tmp_path, "exemple-anne-69081")["title"] == "Première magistrate"
    assert contact(run, tmp_path, "essai-zoe-69081")["role"] == "deputy-mayor"


def test_a_typed_title_goes_with_the_office_that_it_named(
    update: Callable[..., Result], run: Run, tmp_path: Path
) -> None:
    done = update(typed(title="Première magistrate"), MAYOR.replace("Maire", ""), DEPUTY)
    after = contact(run, tmp_path, "exemple-anne-69081")
    assert (after["role"], after["title"]) == ("councillor", "")
    assert done.stdout.splitlines()[0] == (
        "moved exemple-anne-69081  role: mayor → councillor, title: Première magistrate → –"
    )


def ended(
    campaign: Campaign, run: Run, path: Path, rows: Sequence[str], kept: Sequence[str], *place: str
) -> list[str]:
    """Import the rows of a file, update from what is kept of them at a place; return who left."""
    root = campaign({"contacts/a.toml": ""})
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    assert run("contacts", "import", str(path), "--into", "contacts/b.csv", root=root).exit_code == 0
    path.write_text("\n".join([*kept, ""]), encoding="utf-8")
    options = ("--into", "contacts/b.csv", *place, "--update", "--yes")
    assert run("contacts", "import", str(path), *options, root=root).exit_code == 0
    found = json.loads(run("contacts", "list", "--json", root=root).stdout)
    return sorted(one["family_name"] for one in found if one["term_end"])


TABLE = (
    "Nom;CP;Ville;INSEE;Mandat",
    "Ain;01000;Bourg;;Maire",
    "Lyon;69001;Lyon;;Maire",
    "Limite;01700;Écully;69081;Maire",
    "Reste;69130;Écully;;Maire",
    "Sud;20000;Ajaccio;;Maire",
    "Nord;20200;Bastia;;Maire",
)
"""The fourth has a postal code of another department than its commune's."""


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("--department", "69"), ["Limite", "Lyon"]),
        (("--department", "1"), ["Ain"]),
        (("--department", "2b"), ["Nord"]),
        (("--region", "94"), ["Nord", "Sud"]),
        (("--region", "84"), ["Ain", "Limite", "Lyon"]),
        (("--commune", "69081"), ["Limite"]),
        ((), ["Ain", "Limite", "Lyon", "Nord", "Sud"]),
    ],
)
def test_whoever_is_gone_from_a_table_of_a_place_leaves(
    campaign: Campaign, run: Run, tmp_path: Path, place: tuple[str, ...], expected: list[str]
) -> None:
    kept = (TABLE[0], TABLE[4])
    assert ended(campaign, run, tmp_path / "liste.csv", TABLE, kept, *place) == expected


DEPARTMENTS = (
    "Code du département;Libellé du département;Code du canton;Libellé du canton;Nom de l'élu;Prénom de l'élu;"
    "Code sexe;Date de naissance;Code de la catégorie socio-professionnelle;"
    "Libellé de la catégorie socio-professionnelle;Date de début du mandat;Libellé de la fonction;"
    "Date de début de la fonction",
    "01;Ain;0101;C;Ain;Anne;F;01/01/1960;34;X;a;;b",
    "69;Rhône;6901;C;Rhône;Luc;M;01/01/1960;34;X;a;;b",
    "69;Rhône;6901;C;Reste;Zoé;F;01/01/1960;34;X;a;;b",
)
"""Nobody in it has a commune or an address."""


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("--department", "69"), ["Rhône"]),
        (("--department", "01"), ["Ain"]),
        (("--region", "84"), ["Ain", "Rhône"]),
    ],
)
def test_whoever_is_gone_from_the_register_leaves_without_a_commune_too(
    campaign: Campaign, run: Run, tmp_path: Path, place: tuple[str, ...], expected: list[str]
) -> None:
    kept = [DEPARTMENTS[0], DEPARTMENTS[3]]
    if place[-1] == "01":
        kept.append(DEPARTMENTS[1].replace(";Ain;Anne", ";Autre;Anne"))
    assert ended(campaign, run, tmp_path / "elus.csv", DEPARTMENTS, kept, *place) == expected


def service(code: str, town: str) -> dict[str, object]:
    pivot = [{"type_service_local": "mairie", "code_insee_commune": [code]}]
    return {"nom": f"Mairie - {town}", "pivot": pivot, "adresse": []}


@pytest.mark.parametrize(
    ("place", "expected"), [(("--department", "69"), ["69123"]), (("--region", "84"), ["01053", "69123"])]
)
def test_a_service_that_is_gone_from_the_directory_leaves(
    campaign: Campaign, run: Run, tmp_path: Path, place: tuple[str, ...], expected: list[str]
) -> None:
    root = campaign({"contacts/a.toml": ""})
    services = [service("01053", "Bourg"), service("69123", "Lyon"), service("69081", "Écully")]
    for records, options in ((services, ()), (services[2:], (*place, "--update", "--yes"))):
        (tmp_path / "annuaire.json").write_text(json.dumps(records), encoding="utf-8")
        assert run("contacts", "import", str(tmp_path / "annuaire.json"), *options, root=root).exit_code == 0
    found = json.loads(run("contacts", "list", "--json", root=root).stdout)
    assert sorted(one["insee"] for one in found if one["term_end"]) == expected


def test_a_deputy_with_an_address_in_the_capital_leaves_with_the_department(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    root = campaign({"contacts/a.toml": ""})
    path = tmp_path / "elus.csv"
    path.write_text("\n".join([*DEPARTMENTS, ""]), encoding="utf-8")
    assert run("contacts", "import", str(path), "--into", "contacts/b.csv", root=root).exit_code == 0

    def move(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row |= {"address": "126 rue A", "postal_code": "75007", "city": "Paris"}

    _rewrite(root / "contacts/b.csv", move)
    path.write_text("\n".join([DEPARTMENTS[0], DEPARTMENTS[3], ""]), encoding="utf-8")
    options = ("--into", "contacts/b.csv", "--department", "69", "--update", "--yes")
    assert run("contacts", "import", str(path), *options, root=root).exit_code == 0
    found = json.loads(run("contacts", "list", "--json", root=root).stdout)
    assert [one["family_name"] for one in found if one["term_end"]] == ["Rhône"]


AFTER = "69;Rhône;;;69081;Écully;NOUVELLE;Léa;F;01/01/1970;34;X;2026-03-22;Maire;{since};FR"


@pytest.mark.parametrize("since", ["2026-03-28", "28/03/2026", "2026-03-28 00:00:00+00"])
def test_who_left_ends_the_day_before_who_came_begins(
    update: Callable[..., Result], run: Run, tmp_path: Path, since: str
) -> None:
    update(lambda _rows: None, AFTER.format(since=since), DEPUTY)
    assert contact(run, tmp_path, "exemple-anne-69081")["term_end"] == "2026-03-27"
    came = contact(run, tmp_path, "nouvelle-lea-69081")
    assert (came["term_start"], came["term_end"]) == ("2026-03-28", None)
    root = tmp_path / "campaign"
    for day, name in (("2026-03-27", "exemple-anne-69081"), ("2026-03-28", "nouvelle-lea-69081")):
        rows = json.loads(
            run("contacts", "list", "--in-office", day, "--role", "mayor", "--json", root=root).stdout
        )
        assert [row["id"] for row in rows] == [name]


def test_who_left_without_a_successor_ended_the_day_before_the_update(
    update: Callable[..., Result], run: Run, tmp_path: Path
) -> None:
    update(lambda _rows: None, MAYOR)
    assert contact(run, tmp_path, "essai-zoe-69081")["term_end"] == "2025-01-14"


def test_a_holder_in_another_file_is_named_by_the_update_and_by_check(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    hand = (
        '[[contact]]\nid = "maire"\nrole = "mayor"\ngiven_name = "Anne"\nfamily_name = "Ancienne"\n'
        'postal_code = "69130"\ncity = "Écully"\ninsee = "69081"\nchecked = 2024-11-01\n'
    )
    root = campaign({"contacts/a.toml": hand})
    register = tmp_path / "elus.csv"
    register.write_text(f"{HEADER}\n{AFTER.format(since='2026-03-28')}\n", encoding="utf-8")
    done = run("contacts", "import", str(register), "--update", "--yes", root=root)
    assert done.exit_code == 0
    assert (
        "contacts/a.toml:1: warning: 'maire' holds the office that 'nouvelle-lea-69081' has now;"
        " give it term_end = 2026-03-27" in done.stderr
    )
    both = "contact 'nouvelle-lea-69081': 'maire' holds the same office; give whoever has left it a term_end"
    settings = root / "outreach.toml"
    text = settings.read_text(encoding="utf-8")
    for day, is_said in (("2026-03-27", False), ("2026-03-28", True)):
        settings.write_text(text.replace("2024-11-30", day), encoding="utf-8")
        assert (both in run("check", root=root).stdout) is is_said
    (root / "contacts/a.toml").write_text(f"{hand}term_end = 2026-03-27\n", encoding="utf-8")
    assert both not in run("check", root=root).stdout
