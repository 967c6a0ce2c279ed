"""Official files through the command line: who is found, what is said and what is never written. All made up."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from outreach.people.roles import ROLES

Campaign = Callable[..., Path]
Run = Callable[..., Result]

PERSON = "Nom de l'élu;Prénom de l'élu;Code sexe;Date de naissance;Date de début du mandat"
TAIL = f"{PERSON};Libellé de la fonction;Date de début de la fonction"
ASSEMBLY = (
    "Code de la région;Libellé de la région;Code du département;Libellé du  département;"
    f"Code de la collectivité à statut particulier;Libellé de la collectivité à statut particulier;{TAIL}\n"
    ";;;;94;Corse;EXEMPLE;Anne;F;1964-05-28;2021-07-01;Président de l'assemblée;2021-07-01\n"
    "84;ARA;69;Rhône;69M;Métropole De Lyon;MODELE;Paul;M;1980-07-10;2026-03-23;Autre membre;2026-03-26\n"
    "02;Martinique;ZB;Martinique;972;Martinique;ILE;Zoé;F;1980-07-11;2021-07-02;Grand témoin;2021-07-02\n"
)
DISTRICT = (
    f"Code du département;Libellé du département;Code de la commune;Libellé de la commune;Libellé du secteur;{TAIL}\n"
    "69;Rhône;69123;Lyon;2e arrondissement;EXEMPLE;Anne;F;1964-05-28;2026-03-15;;\n"
    "69;Rhône;69123;Lyon;3e arrondissement;MODELE;Paul;M;1964-05-28;2026-03-15;;\n"
)


def without_contacts(root: Path) -> Path:
    for path in (root / "contacts").iterdir():
        path.unlink()
    return root


def ids(run: Run, root: Path, *words: str) -> list[str]:
    result = run("contacts", "list", *words, "--json", root=root)
    return [one["id"] for one in json.loads(result.stdout)] if result.exit_code == 0 else []


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("region:94", ["exemple-anne-2a-2b"]),
        ("department:2A", ["exemple-anne-2a-2b"]),
        ("department:2B", ["exemple-anne-2a-2b"]),
        ("department:69", ["modele-paul-69"]),
        ("region:84", ["modele-paul-69"]),
        ("department:972", ["ile-zoe-972"]),
        ("region:02", ["ile-zoe-972"]),
    ],
)
def test_members_of_assemblies_are_found_by_their_place(
    campaign: Campaign, run: Run, selector: str, found: list[str]
) -> None:
    root = without_contacts(campaign())
    (root / "a.csv").write_text(ASSEMBLY, encoding="utf-8")
    result = run("contacts", "import", str(root / "a.csv"), root=root)
    assert result.exit_code == 0, result.output
    assert "Grand témoin" in result.stderr
    assert ids(run, root, "--to", selector) == found


@pytest.mark.parametrize(
    ("option", "code", "found"),
    [("--region", "94", 1), ("--department", "2B", 1), ("--department", "69", 1), ("--department", "01", 0)],
)
def test_the_filters_of_an_import_find_them_too(
    campaign: Campaign, run: Run, option: str, code: str, found: int
) -> None:
    root = without_contacts(campaign())
    (root / "a.csv").write_text(ASSEMBLY, encoding="utf-8")
    run("contacts", "import", str(root / "a.csv"), option, code, root=root)
    assert len(ids(run, root)) == found


def test_a_district_is_found_by_its_code_and_by_the_towns(campaign: Campaign, run: Run) -> None:
    root = without_contacts(campaign())
    (root / "a.csv").write_text(DISTRICT, encoding="utf-8")
    run("contacts", "import", str(root / "a.csv"), "--commune", "69382", root=root)
    assert len(ids(run, root)) == 1
    run("contacts", "import", str(root / "a.csv"), root=root)
    assert len(ids(run, root, "--to", "commune:69123")) == 2
    (only,) = ids(run, root, "--to", "commune:69383")
    assert only.startswith("modele-paul")


def test_a_register_of_no_known_kind_is_refused_with_its_header(campaign: Campaign, run: Run) -> None:
    root = without_contacts(campaign())
    (root / "a.csv").write_text(f"Code du domaine;{PERSON}\n1;EXEMPLE;Anne;F;;\n", encoding="utf-8")
    result = run("contacts", "import", str(root / "a.csv"), root=root)
    assert result.exit_code == 3
    assert "Code du domaine, Nom de l'élu" in " ".join(result.stderr.split())


def test_rejected_rows_hold_no_birth_date_and_a_new_campaign_ignores_them(tmp_path: Path, run: Run) -> None:
    root = tmp_path / "new"
    assert run("init", str(root), "--starter", "lyon", root=tmp_path).exit_code == 0
    (root / "a.csv").write_text(ASSEMBLY.replace("EXEMPLE;Anne", ";Anne"), encoding="utf-8")
    run("contacts", "import", str(root / "a.csv"), root=root)
    (rejected,) = root.rglob("*.rejected.csv")
    assert rejected.parent == root
    assert "1964" not in rejected.read_text(encoding="utf-8-sig")
    assert {"out/", "archive/", "outreach.db*", "*.rejected.csv"} <= set(
        (root / ".gitignore").read_text(encoding="utf-8").split()
    )


def test_the_roles_are_printed_all_and_none_contradicts_itself(campaign: Campaign, run: Run) -> None:
    result = run("contacts", "roles", "--json", root=campaign())
    found = {one["role"]: one for one in json.loads(result.stdout)}
    assert list(found) == list(ROLES)
    assert (
        found["delegated-mayor"]["form_of_address"] == "Monsieur le Maire délégué, Madame la Maire déléguée"
    )
    assert found["assembly-president"]["bound"]
    assert not found["person"]["bound"]
    assert found["person"]["form_of_address"] == "Madame, Monsieur"
