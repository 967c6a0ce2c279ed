"""One made-up file for each release's quirks, and one header for each of the register's kinds."""

from pathlib import Path
from typing import Any

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
        ("conseillers-municipaux", "Maire délégué", "f", ("delegated-mayor", "Maire déléguée", "")),
        ("conseillers-municipaux", "", "f", ("councillor", "", "")),
        ("conseillers-municipaux", "organe éxécutif", "m", ("councillor", "", "")),
        (
            "conseillers-communautaires",
            "5eme Vice-président du conseil communautaire",
            "f",
            ("vice-president", "5e vice-présidente du conseil communautaire", ""),
        ),
        (
            "conseillers-communautaires",
            "Président du conseil communautaire",
            "m",
            ("intermunicipal-president", "", ""),
        ),
        ("conseillers-communautaires", "", "f", ("intermunicipal-councillor", "", "")),
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
            ("vice-president", "1er vice-président", ""),
        ),
        ("conseillers-arrondissement", "Maire d'arrondissement", "m", ("district-mayor", "", "")),
        ("membres-assemblee", "Président", "f", ("assembly-president", "", "")),
        (
            "conseillers-departementaux",
            "Président de commission du conseil départemental",
            "f",
            ("departmental-councillor", "Présidente de commission du conseil départemental", ""),
        ),
        (
            "conseillers-communautaires",
            "Président de la commission des finances",
            "m",
            ("intermunicipal-councillor", "Président de la commission des finances", ""),
        ),
        (
            "conseillers-regionaux",
            "Président de groupe",
            "f",
            ("regional-councillor", "Présidente de groupe", ""),
        ),
        (
            "conseillers-municipaux",
            "Conseiller municipal délégué",
            "f",
            ("councillor", "Conseillère municipale déléguée", ""),
        ),
        (
            "conseillers-municipaux",
            "Adjoint au maire délégué",
            "f",
            ("deputy-mayor", "Adjointe au maire déléguée", ""),
        ),
        (
            "conseillers-municipaux",
            "Maire associé",
            "m",
            ("delegated-mayor", "Maire associé", "Monsieur le Maire associé"),
        ),
        (
            "conseillers-municipaux",
            "2e adjoint de quartier",
            "f",
            ("deputy-mayor", "2e adjointe de quartier", ""),
        ),
        ("conseillers-municipaux", "Maire-délégué", "m", ("delegated-mayor", "Maire délégué", "")),
        ("conseillers-municipaux", "Autre adjoint au maire", "f", ("deputy-mayor", "", "")),
        ("conseillers-municipaux", "Maire par intérim", "f", ("mayor", "Maire par intérim", "")),
        ("conseillers-municipaux", "Grand chambellan", "m", ("councillor", "Grand chambellan", "")),
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


def _read(path: Path, content: str) -> tuple[str, list[dict[str, Any]]]:
    path.write_text(content, encoding="utf-8")
    table = read_table(path)
    kind = rne_kind(table.header)
    assert kind
    candidates = list(read_rne(kind, table))
    assert [one.faults for one in candidates] == [[] for _one in candidates]
    return kind.name, [one.values for one in candidates]


OLD_TAIL = (
    "Nom de l'élu\tPrénom de l'élu\tCode sexe\tDate de naissance\tCode profession\tLibellé de la profession\t"
    "Date de début du mandat"
)
OLD_FUNCTION = "\tLibellé de fonction\tDate de début de la fonction"
ANNE = "EXEMPLE\tAnne\tF\t9/7/1965\t33\tCadres\t13/12/2015"


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            (
                "Code région\tLibellé de la région\tCode du département\tLibellé de département"
                f"\t{OLD_TAIL}{OLD_FUNCTION}"
            ),
            (f"84\tAuvergne-Rhône-Alpes\t69\tRhône\t{ANNE}\tPrésident du conseil régional\t4/1/2016"),
            (
                "conseillers-regionaux",
                "regional-president",
                "Présidente du Conseil régional d’Auvergne-Rhône-Alpes",
                ["dep-69", "reg-84"],
            ),
        ),
        (
            (
                "Code du département\tLibellé de département\tCode de la cir.législative"
                f"\tLibellé de la cir.législative\t{OLD_TAIL}"
            ),
            (f"ZA\tGuadeloupe\t1\t1re\t{ANNE}"),
            ("deputes", "mp", None, ["dep-971", "reg-01"]),
        ),
        (
            (f"{OLD_TAIL}{OLD_FUNCTION}"),
            (f"{ANNE}\tPrésident de l'assemblée\t4/1/2016"),
            (
                "assemblee-de-corse",
                "assembly-president",
                "Présidente de l’Assemblée de Corse",
                ["dep-2A", "dep-2B", "reg-94"],
            ),
        ),
        (
            (
                "Code du département\tLibellé de département\tCode du canton\tLibellé du canton"
                f"\t{OLD_TAIL}{OLD_FUNCTION}"
            ),
            (f"56\tMorbihan\t1\tAuray\t{ANNE}\tPrésident du conseil départemental\t4/1/2016"),
            ("conseillers-departementaux", "department-president", None, ["dep-56", "reg-53"]),
        ),
        (
            (
                "code_departement\tlibelle_departement\tcode_collectivite_statut_particulier"
                "\tlibelle_collectivite_statut_particulier\tcode_circonscription_legislative"
                "\tlibelle_circonscription_legislative\tnom_elu\tprenom_elu\tsexe_elu"
                "\tdate_naissance_elu\tdate_debut_mandat\tlieu_naissance_elu\tcode_nuance_mandat"
            ),
            ("69\tRhône\t\t\t6902\t2e\tEXEMPLE\tAnne\tF\t1962-11-25 00:00:00+00\t2022-06-22\t\tDIV"),
            ("deputes", "mp", None, ["dep-69", "reg-84"]),
        ),
        (
            (
                "code_departement\tlibelle_departement\tcode_collectivite_statut_particulier"
                "\tlibelle_collectivite_statut_particulier\tnom_elu\tprenom_elu\tsexe_elu"
                "\tdate_naissance_elu\tdate_debut_mandat"
            ),
            ("\t\t987\tPolynésie française\tEXEMPLE\tAnne\tF\t\t2020-10-01"),
            ("senateurs", "senator", None, ["dep-987"]),
        ),
        (
            (f"Code de la circ. AFE\tLibellé la circ. AFE\t{OLD_TAIL}{OLD_FUNCTION}"),
            (f"1\tCanada\t{ANNE}\t\t"),
            ("conseillers-etranger", "adviser-abroad", None, None),
        ),
    ],
)
def test_releases_of_other_columns_give_the_same_offices(
    tmp_path: Path, header: str, row: str, expected: tuple[object, ...]
) -> None:
    found, (values,) = _read(tmp_path / "a.txt", f"{header}\n{row}\n")
    assert (found, values["role"], values.get("title"), values.get("tags")) == expected


@pytest.mark.parametrize(
    ("place", "label", "expected"),
    [
        (
            "94;Corse",
            "Président de l'assemblée",
            (
                "assembly-president",
                "Présidente de l’Assemblée de Corse",
                None,
                ["dep-2A", "dep-2B", "reg-94"],
            ),
        ),
        (
            "69M;Métropole De Lyon",
            "Autre membre",
            ("metropolitan-councillor", None, None, ["dep-69", "reg-84"]),
        ),
        (
            "69M;Métropole De Lyon",
            "Président du conseil de la métropole",
            ("metropolitan-president", "Présidente de la Métropole de Lyon", None, ["dep-69", "reg-84"]),
        ),
        (
            "987;Polynésie française",
            "",
            (
                "regional-councillor",
                "Représentante à l’Assemblée de la Polynésie française",
                "Madame la Représentante",
                ["dep-987"],
            ),
        ),
        (
            "977;Saint-Barthélemy",
            "",
            (
                "regional-councillor",
                "Conseillère territoriale de Saint-Barthélemy",
                "Madame la Conseillère",
                ["dep-977"],
            ),
        ),
    ],
)
def test_each_assembly_has_its_own_name_and_place(
    tmp_path: Path, place: str, label: str, expected: tuple[object, ...]
) -> None:
    row = f"00;;;;{place};;;;;EXEMPLE;Anne;F;1964-05-28;34;Prof;2021-07-01;{label};2021-07-01"
    _kind, (values,) = _read(tmp_path / "a.csv", f"{HEADERS['membres-assemblee']}\n{row}\n")
    assert (values["role"], values.get("title"), values.get("salutation"), values["tags"]) == expected


@pytest.mark.parametrize(
    ("canton", "tags"), [("6701", ["dep-67", "reg-44"]), ("1", ["dep-67", "dep-68", "reg-44"])]
)
def test_alsace_is_found_by_its_departments(tmp_path: Path, canton: str, tags: list[str]) -> None:
    row = f"6AE;Alsace;{canton};Colmar;EXEMPLE;Anne;F;;;;;;"
    _kind, (values,) = _read(tmp_path / "a.csv", f"{HEADERS['conseillers-departementaux']}\n{row}\n")
    assert values["tags"] == tags


def test_an_unknown_column_makes_nobody_a_senator() -> None:
    assert rne_kind([*HEADERS["senateurs"].split(";"), "Code du domaine"]) is None


def test_what_is_private_is_not_given_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        MAYORS + "\n69;Rhône;;;69081;Écully;EXEMPLE;Anne;N;1960-01-02;37;Cadre;;\n", encoding="utf-8"
    )
    table = read_table(path)
    kind = rne_kind(table.header)
    assert kind
    (candidate,) = read_rne(kind, table)
    assert candidate.faults
    assert candidate.cells == ["69", "Rhône", "", "", "69081", "Écully", "EXEMPLE", "Anne", "N", *[""] * 5]
