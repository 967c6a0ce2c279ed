"""One made-up file for each release's quirks, and one header for each of the register's kinds."""

from pathlib import Path

import pytest

from outreach.files.tables import read_table
from outreach.files.toml import load_data
from outreach.people.sources.rne import commune_code, office, read_rne, rne_kind

FIRST = (
    "Code du département;Libellé du département;Code de la collectivité à statut particulier;"
    "Libellé de la collectivité à statut particulier"
)
PERSON = (
    "Nom de l'élu;Prénom de l'élu;Code sexe;Date de naissance;Code de la catégorie socio-professionnelle;"
    "Libellé de la catégorie socio-professionnelle;Date de début du mandat"
)
TAIL = f"{PERSON};Libellé de la fonction;Date de début de la fonction"
MAYORS = f"{FIRST};Code de la commune;Libellé de la commune;{PERSON};Date de début de la fonction"
HEADERS = {
    "maires": MAYORS,
    "conseillers-municipaux": f"{FIRST};Code de la commune;Libellé de la commune;{TAIL};Code nationalité",
    "conseillers-communautaires": (
        f"{FIRST};N° SIREN;Libellé de l'EPCI;Code de la commune de rattachement;"
        f"Libellé de la commune de rattachement;{TAIL}"
    ),
    "conseillers-regionaux": (
        "Code de la région;Libellé de la région;Code de la section départementale;"
        f"Libellé de la section départementale;{TAIL}"
    ),
    "conseillers-departementaux": (
        f"Code du département;Libellé du département;Code du canton;Libellé du canton;{TAIL}"
    ),
    "conseillers-arrondissement": (
        "Code du département;Libellé du département;Code de la commune;Libellé de la commune;"
        f"Libellé du secteur;{TAIL}"
    ),
    "deputes": f"{FIRST};Code de la circonscription législative;Libellé de la circonscription législative;{PERSON}",
    "senateurs": f"{FIRST};{PERSON}",
    "membres-assemblee": (
        "Code de la région;Libellé de la région;Code du département;Libellé du  département;"
        "Code de la collectivité à statut particulier;Libellé de la collectivité à statut particulier;"
        "Code de la section départementale;Libellé de la section départementale;"
        f"Code de la circonscription métropolitaine;Libellé de la circonscription métropolitaine;{TAIL}"
    ),
    "deputes-europeens": PERSON,
    "conseillers-etranger": (
        f"Code de la circonscription consulaire;Libellé de la circonscription consulaire;{PERSON}"
    ),
}


@pytest.mark.parametrize("name", HEADERS)
def test_each_kind_is_known_by_its_header(name: str) -> None:
    kind = rne_kind(HEADERS[name].split(";"))
    assert kind
    assert kind.name == name


def test_another_table_is_no_register() -> None:
    assert rne_kind(["id", "role", "Nom", "Prénom", "Code sexe"]) is None


COMMUNE_ON_3_DIGITS = MAYORS.replace("Code de la commune", "Code Insee de la commune")
SNAKE = "\t".join(
    name.replace("'", "_").replace(" ", "_").replace("-", "_").lower() for name in MAYORS.split(";")
)
RELEASES: list[tuple[str, bytes]] = [
    (
        "2020-09",
        (
            "Titre du rapport\r\n"
            + COMMUNE_ON_3_DIGITS.replace(";", "\t")
            + "\r\n01\tAin\t\t\t4\tAmbérieu\tEXEMPLE\tAnne\tF\t1/2/1960\t34\tX\t18/5/2020\t25/5/2020\r\n"
        ).encode("latin-1"),
    ),
    (
        "2022",
        (
            MAYORS.replace(";", "\t")
            + "\n01\tAin\t\t\t01004\tAmbérieu\tEXEMPLE\tAnne\tF\t01/02/1960\t34\tX\t18/05/2020\t25/05/2020\n"
        ).encode(),
    ),
    (
        "2023-06",
        (
            SNAKE
            + "\tnuance\n01\tAin\t\t\t01004\tAmbérieu\tEXEMPLE\tAnne\tF\t1960-02-01 00:00:00+00\t34\tX\ta\tb\tLDVG\n"
        ).encode(),
    ),
    (
        "2023-11",
        (
            MAYORS.replace(";", ",").replace("Nom de l'élu", "Nom de l’élu")
            + "\n01,Ain,,,01004,Ambérieu,EXEMPLE,Anne,F,01/02/1960,34,X,18/05/2020,25/05/2020\n"
        ).encode(),
    ),
    (
        "2024-04",
        (MAYORS + "\n01;Ain;;;01004;Ambérieu;EXEMPLE;Anne;F;01/02/1960;34;X;a;b\n").encode("latin-1"),
    ),
    ("2024-07", (MAYORS + "\r\n1;Ain;;;1004;Ambérieu;EXEMPLE;Anne;F;01/02/1960;34;X;a;b\r\n").encode()),
    ("2025-10", (MAYORS + "\n01;Ain;;;01004;Ambérieu;EXEMPLE;Anne;F;01/02/1960;34;X;a;b\n").encode()),
    (
        "2026-05",
        (
            ";".join(f'"{name}"' for name in MAYORS.split(";"))
            + '\r\n"1";"Ain";"";"";"1004";"Ambérieu";"EXEMPLE";"Anne";"F";"1960-02-01";"34";"X";"a";"b"\r\n'
        ).encode(),
    ),
    (
        "2026-08",
        ("\ufeff" + MAYORS + "\n01;Ain;;;01004;Ambérieu;EXEMPLE;Anne;F;1960-02-01;34;X;a;b\n").encode(),
    ),
]


@pytest.mark.parametrize(("release", "content"), RELEASES, ids=[name for name, _ in RELEASES])
def test_every_release_gives_the_same_mayor(tmp_path: Path, release: str, content: bytes) -> None:
    path = tmp_path / f"{release}.bin"
    path.write_bytes(content)
    table = read_table(path)
    kind = rne_kind(table.header)
    assert kind
    (candidate,) = read_rne(kind, table)
    assert (candidate.faults, candidate.department, candidate.region) == ([], "01", "84")
    assert candidate.values == {
        "id": "exemple-anne-01004",
        "role": "mayor",
        "gender": "f",
        "given_name": "Anne",
        "family_name": "Exemple",
        "insee": "01004",
        "tags": ["dep-01", "reg-84"],
        "source": "RNE, maires",
        "fields": {"commune": "Ambérieu"},
    }


@pytest.mark.parametrize(
    ("code", "department", "expected"),
    [
        ("1004", "", "01004"),
        ("4", "01", "01004"),
        ("105", "971", "97105"),
        ("2a004", "", "2A004"),
        ("69123", "69", "69123"),
        ("", "69", ""),
    ],
)
def test_codes_get_their_zeros_back(code: str, department: str, expected: str) -> None:
    assert commune_code(code, department) == expected


@pytest.mark.parametrize(
    ("kind", "label", "gender", "expected"),
    [
        ("conseillers-municipaux", "Maire", "f", ("mayor", "", "")),
        (
            "conseillers-municipaux",
            "1er adjoint au Maire",
            "f",
            ("deputy-mayor", "1re adjointe au maire", ""),
        ),
        ("conseillers-municipaux", "2ème adjoint au Maire", "m", ("deputy-mayor", "2e adjoint au maire", "")),
        ("conseillers-municipaux", "Maire délégué", "f", ("deputy-mayor", "Maire déléguée", "")),
        ("conseillers-municipaux", "", "f", ("councillor", "", "")),
        ("conseillers-municipaux", "organe éxécutif", "m", ("councillor", "", "")),
        (
            "conseillers-communautaires",
            "5eme Vice-président du conseil communautaire",
            "f",
            ("councillor", "5e vice-présidente", "Madame la Vice-présidente"),
        ),
        (
            "conseillers-communautaires",
            "Président du conseil communautaire",
            "m",
            ("intermunicipal-president", "", ""),
        ),
        ("conseillers-communautaires", "", "f", ("councillor", "Conseillère communautaire", "")),
        (
            "conseillers-departementaux",
            "Président du conseil départemental",
            "f",
            ("department-president", "", ""),
        ),
        (
            "conseillers-regionaux",
            "Premier vice-président",
            "m",
            ("regional-councillor", "1er vice-président", "Monsieur le Vice-président"),
        ),
        ("conseillers-arrondissement", "Maire d'arrondissement", "m", ("district-mayor", "", "")),
        ("membres-assemblee", "Président", "f", ("metropolitan-president", "", "")),
    ],
)
def test_functions_become_role_title_and_form_of_address(
    kind: str, label: str, gender: str, expected: tuple[str, str, str]
) -> None:
    rules = next(rules for rules in load_data("rne.toml")["kind"] if rules["name"] == kind)
    assert office(rules, label, gender) == expected


def test_a_short_row_is_a_fault_and_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(MAYORS + "\n01;Ain\n01;Ain;;;01004;A;EXEMPLE;Anne;F;;;;;\n", encoding="utf-8")
    table = read_table(path)
    kind = rne_kind(table.header)
    assert kind
    first, second = read_rne(kind, table)
    assert (first.line, first.faults) == (2, ["the row has 2 cells, the header 14"])
    assert (second.line, second.faults) == (3, [])
