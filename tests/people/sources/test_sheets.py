"""Tables as volunteers have them, seen through the command line. All people are made up."""

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]
Bring = Callable[..., tuple[Result, list[dict[str, Any]]]]

HEADER = "Civilité;Nom;Prénom;Fonction;Adresse;CP;Ville"
ROW = "Mme;ÉVRÉ;Zoë;Maire;Hôtel de l'Été, 3 allée du Chêne;38000;Échirolles"


def workbook(sheets: Sequence[tuple[str, Sequence[Sequence[str]], bool]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for name, rows, is_hidden in sheets:
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
            if is_hidden:
                sheet.hide()
            else:
                sheet.activate()
    return target.getvalue()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "cp850", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_is_read(bring: Bring, encoding: str, end: str) -> None:
    done, found = bring(f"{HEADER}{end}{ROW}{end}".encode(encoding))
    assert done.exit_code == 0
    said = f"liste.csv: warning: is read as {encoding}; look whether the accents are right"
    assert (said in done.stderr.splitlines()) == (encoding in {"mac_roman", "cp850"})
    assert [(one["family_name"], one["given_name"], one["address"], one["city"]) for one in found] == [
        ("Évré", "Zoë", ["Hôtel de l'Été, 3 allée du Chêne"], "Échirolles")
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{HEADER}\n{ROW}\n".encode("cp1252").replace(b"Ch", b"C\x81"), "liste.csv:2: is neither UTF-8 nor"),
        (f"{HEADER}\n{ROW}\n".replace("Zoë", "Z\0").encode(), "liste.csv:2: holds a zero byte"),
        (f'{HEADER}\n{ROW}\nM.;"Essai;Luc\n'.encode(), "liste.csv:3: broken CSV"),
        (f"{HEADER}\n{ROW}".encode("utf-16-be")[:-1], "liste.csv:2: is cut off within a character"),
    ],
    ids=["bytes of no encoding", "zero byte", "open quote", "half a character"],
)
def test_what_cannot_be_read_is_refused_with_its_line(bring: Bring, content: bytes, said: str) -> None:
    done, found = bring(content)
    assert (done.exit_code, found) == (3, [])
    assert done.stderr.startswith(said)


@pytest.mark.parametrize("wrong", ["cp1252", "mac_roman"])
def test_text_that_was_encoded_twice_is_mended_and_said(bring: Bring, wrong: str) -> None:
    done, (one,) = bring(f"{HEADER}\n{ROW}\n".encode().decode(wrong))
    assert (one["family_name"], one["given_name"], one["city"]) == ("Évré", "Zoë", "Échirolles")
    garbled = "Zoë".encode().decode(wrong)
    assert f"liste.csv:2: warning: '{garbled}' was encoded twice: taken for 'Zoë'" in done.stderr


def test_a_character_that_is_lost_rejects_its_row(bring: Bring) -> None:
    row = ROW.replace("Chêne", "Ch\N{REPLACEMENT CHARACTER}ne")
    done, found = bring(f"{HEADER}\n{row}\n")
    assert (done.exit_code, found) == (3, [])
    assert "a character is lost in 'Ch\N{REPLACEMENT CHARACTER}ne'" in done.stderr


@pytest.mark.parametrize("sign", [",", "\t", "|"])
def test_every_separator_is_found(bring: Bring, sign: str) -> None:
    cells = ["Essai", "Luc", "Maire", '"2 rue B; cour, bât. C"', "69002", "Lyon"]
    header = ["Nom", "Prénom", "Fonction", "Adresse", "CP", "Ville"]
    _done, (one,) = bring(f"{sign.join(header)}\n{sign.join(cells)}\n")
    assert one["address"] == ["2 rue B; cour, bât. C"]


def test_a_first_line_may_name_the_separator(bring: Bring) -> None:
    _done, found = bring("sep=,\nNom,Fonction,CP,Ville\nEssai;Vrai,Maire,69002,Lyon\n")
    assert [one["family_name"] for one in found] == ["Essai;Vrai"]


def test_the_header_is_found_below_a_title(bring: Bring) -> None:
    done, found = bring(f"Nos élus, canton par canton\n;;;;;;\nVersion 3;;;;;;\n{HEADER}\n{ROW}\n")
    assert [one["city"] for one in found] == ["Échirolles"]
    assert done.stderr.splitlines()[0] == (
        "liste.csv: warning: 'Nos élus, canton par canton' stands above the header and is left out; the header is line 4"
    )


ESSAI = [["Nom", "Fonction", "Adresse", "CP", "Ville"], ["Essai", "Maire", "2 rue B", "69002", "Lyon"]]
TEMOIN = [ESSAI[0], ["Témoin", "Maire", "3 rue C", "69003", "Lyon"]]


def test_of_several_sheets_the_others_are_named(bring: Bring) -> None:
    book = workbook([("Notes", [["à lire"]], False), ("2026", ESSAI, False), ("Vieux", TEMOIN, False)])
    done, found = bring(book, name="liste.xlsx")
    assert [one["family_name"] for one in found] == ["Essai"]
    said = "liste.xlsx: warning: other sheets are not read: Notes, Vieux; import one with --sheet NAME"
    assert said in done.stderr.splitlines()
    _done, found = bring(book, "--sheet", "vieux", name="liste.xlsx")
    assert [one["family_name"] for one in found] == ["Témoin"]
    done, _found = bring(book, "--sheet", "Autre", name="liste.xlsx")
    assert done.exit_code == 3
    assert (
        done.stderr
        == "liste.xlsx: has no sheet 'Autre'; its sheets are Notes, 2026, Vieux; use --sheet NAME\n"
    )


def test_a_hidden_sheet_is_taken_only_when_it_is_asked_for(bring: Bring) -> None:
    book = workbook([("Caché", ESSAI, True), ("Liste", TEMOIN, False)])
    done, found = bring(book, name="liste.xlsx")
    assert [one["family_name"] for one in found] == ["Témoin"]
    assert "other sheets are not read: Caché" in done.stderr
    _done, found = bring(book, "--sheet", "Caché", name="liste.xlsx")
    assert [one["family_name"] for one in found] == ["Essai"]


def test_the_second_column_of_a_name_and_a_cell_without_one_are_named(bring: Bring) -> None:
    done, (one,) = bring(f"{HEADER};Ville;;;Canton\n{ROW};Autre;à revoir;;Nord\n")
    assert (one["city"], one["fields"]) == ("Échirolles", {"Canton": "Nord"})
    assert "columns kept as fields: Canton" in done.stdout.splitlines()
    assert "columns left out: Ville" in done.stdout.splitlines()
    assert "liste.csv:2: warning: 'à revoir' stands in a column without a name and is left out" in done.stderr


def test_the_columns_of_one_address_are_its_lines(bring: Bring) -> None:
    header = "Nom;Fonction;Complément d'adresse;Adresse 1;Adresse 2;Lieu-dit;CP;Ville"
    done, (one,) = bring(f"{header}\nEssai;Maire;Bât. C;2 rue B;BP 12;Le Bourg;69002;Lyon\n")
    assert one["address"] == ["Bât. C", "2 rue B", "BP 12", "Le Bourg"]
    assert "address from Complément d'adresse + Adresse 1 + Adresse 2 + Lieu-dit" in done.stdout


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_each_line_of_a_cell_is_a_line_of_the_address(bring: Bring, kind: str) -> None:
    rows = [ESSAI[0], ["Essai", "Maire", "Hôtel de Ville\n2 rue B\nBP 12", "69002", "Lyon"]]
    text = "\n".join(";".join(f'"{cell}"' for cell in row) for row in rows)
    _done, (one,) = bring(workbook([("a", rows, False)]) if kind == "xlsx" else text)
    assert one["address"] == ["Hôtel de Ville", "2 rue B", "BP 12"]


@pytest.mark.parametrize(
    ("header", "cell", "given", "family"),
    [
        ("Nom et prénom", "Anne EXEMPLE", "Anne", "Exemple"),
        ("Nom et prénom", "Essai Luc", "Luc", "Essai"),
        ("Nom Prénom", "DE LA TOUR Jean-Luc", "Jean-Luc", "de La Tour"),
        ("Nom complet", "Mme Zoé de La Tour", "Zoé", "de La Tour"),
        ("Prénom et nom", "Luc ESSAI", "Luc", "Essai"),
        ("Nom", "M. Luc ESSAI", "Luc", "Essai"),
        ("Nom", "DE LA TOUR", "", "de La Tour"),
        ("Nom complet", "Essai, Luc", "Luc", "Essai"),
    ],
)
def test_a_whole_name_is_parted(bring: Bring, header: str, cell: str, given: str, family: str) -> None:
    _done, (one,) = bring(f"{header};Fonction;CP;Ville\n{cell};Maire;69002;Lyon\n")
    assert (one["given_name"], one["family_name"]) == (given, family)


@pytest.mark.parametrize(
    ("cell", "address", "code", "city"),
    [
        ("4 rue du Port 38000 Grenoble", ["4 rue du Port"], "38000", "Grenoble"),
        (
            "Mairie\n4 rue du Port\n38 000 Grenoble Cedex 1",
            ["Mairie", "4 rue du Port"],
            "38000",
            "Grenoble Cedex 1",
        ),
        ("12500 route A, F-38000 Grenoble, France", ["12500 route A"], "38000", "Grenoble"),
    ],
)
def test_a_whole_address_is_parted(bring: Bring, cell: str, address: list[str], code: str, city: str) -> None:
    content = f'Qui;Quoi;Où\nLuc ESSAI;Maire;"{cell}"\n'
    options = ("--map", "name=Qui", "--map", "role=Quoi", "--map", "full_address=Où")
    _done, (one,) = bring(content, *options)
    assert (one["address"], one["postal_code"], one["city"], one["country"]) == (address, code, city, "")
    assert (one["given_name"], one["family_name"]) == ("Luc", "Essai")


def test_a_whole_address_without_a_code_is_named(bring: Bring) -> None:
    done, found = bring("Nom;Fonction;Adresse complète\nEssai;Maire;4 rue du Port\n")
    assert (done.exit_code, found) == (3, [])
    assert "no postal code was found in the whole address" in done.stderr


@pytest.mark.parametrize(
    ("code", "city", "expected"),
    [
        ('"=""01000"""', "Bourg", ("01000", "Bourg")),
        ("'01000", "Bourg", ("01000", "Bourg")),
        ("1000", "Bourg", ("01000", "Bourg")),
        ("01 000", "Bourg", ("01000", "Bourg")),
        ("F - 01000", "Bourg", ("01000", "Bourg")),
        ("01000 BOURG", "", ("01000", "BOURG")),
        ("", "01000 Bourg", ("01000", "Bourg")),
        ("38002 CEDEX 2", "Grenoble", ("38002", "Grenoble CEDEX 2")),
        ("38000 Grenoble", "Grenoble", ("38000", "Grenoble")),
        ("38000,0", "Grenoble", ("38000", "Grenoble")),
    ],
)
def test_a_postal_code_is_mended(bring: Bring, code: str, city: str, expected: tuple[str, str]) -> None:
    done, (one,) = bring(f"Nom;Fonction;CP;Ville\nEssai;Maire;{code};{city}\n")
    assert done.exit_code == 0
    assert (one["postal_code"], one["city"]) == expected


@pytest.mark.parametrize(
    ("country", "code", "expected"),
    [("Belgique", "B-1000", "1000"), ("Suisse", "CH-1204", "1204"), ("Pays-Bas", "1012 AB", "1012 AB")],
)
def test_a_code_of_another_country_keeps_its_form(
    bring: Bring, country: str, code: str, expected: str
) -> None:
    _done, (one,) = bring(f"Nom;Fonction;CP;Ville;Pays\nEssai;Maire;{code};X;{country}\n")
    assert (one["postal_code"], one["country"]) == (expected, country)


def test_a_code_with_another_town_is_not_guessed(bring: Bring) -> None:
    done, found = bring("Nom;Fonction;CP;Ville\nEssai;Maire;38000 Grenoble;Vif\n")
    assert (done.exit_code, found) == (3, [])
    assert "'38000 Grenoble' is not a postal code" in done.stderr


def test_a_body_in_the_column_of_names_is_no_person(bring: Bring) -> None:
    done, (one,) = bring("Nom;Fonction;CP;Ville\nMairie de Vif;Accueil;38450;Vif\n")
    assert "the function 'Accueil' is not known: taken for a body with that title" in done.stderr
    assert (one["organisation"], one["family_name"], one["role"]) == ("Mairie de Vif", "", "organisation")


def test_two_digits_are_no_postal_code(bring: Bring) -> None:
    done, found = bring("Nom;Fonction;CP;Ville\nEssai;Maire;38;Grenoble\n")
    assert (done.exit_code, found) == (3, [])
    assert "'38' is not a postal code" in done.stderr


@pytest.mark.parametrize(
    ("word", "gender", "civility"),
    [
        ("Mrs", "f", ""),
        ("MS.", "f", ""),
        ("mister", "m", ""),
        ("Mademoiselle", "f", ""),
        ("Mme la Conseillère", "f", ""),
        ("Pr", "", "Pr"),
        ("Mme et M.", "", "Mme et M."),
    ],
)
def test_a_civility_gives_the_gender_or_is_kept_and_named(
    bring: Bring, word: str, gender: str, civility: str
) -> None:
    done, (one,) = bring(f"Civilité;Nom;Fonction;CP;Ville\n{word};Essai;Maire;69002;Lyon\n")
    assert (one["gender"], one["civility"]) == (gender, civility)
    assert (f"the civility '{word}' is printed as it is" in done.stderr) == bool(civility)


@pytest.mark.parametrize(
    ("function", "role", "title", "gender"),
    [
        ("Maire", "mayor", "", ""),
        ("Mayor", "mayor", "", ""),
        ("Deputy Mayor", "deputy-mayor", "", ""),
        ("Madame la Maire", "mayor", "", "f"),
        ("maire de Vif", "mayor", "Maire de Vif", ""),
        ("3ème adjointe aux sports", "deputy-mayor", "3ème adjointe aux sports", "f"),
        ("Premier adjoint", "deputy-mayor", "Premier adjoint", ""),
        ("Adjoint(e)", "deputy-mayor", "", ""),
        ("Conseiller.ère municipal.e", "councillor", "", ""),
        (
            "Conseillère départementale du canton 3",
            "departmental-councillor",
            "Conseillère départementale du canton 3",
            "f",
        ),
        ("Sénateur de l'Isère", "senator", "Sénateur de l'Isère", ""),
        ("Présidente de la Région", "regional-president", "", "f"),
        ("Président du Département", "department-president", "", ""),
        (
            "Présidente de communauté de communes",
            "intermunicipal-president",
            "Présidente de communauté de communes",
            "f",
        ),
        ("Président de commission", "person", "Président de commission", ""),
        ("ancien maire", "person", "Ancien maire", ""),
        ("Maire honoraire", "person", "Maire honoraire", ""),
        ("Garde champêtre", "person", "Garde champêtre", ""),
        ("", "person", "", ""),
    ],
)
def test_a_function_is_understood_by_its_beginning(
    bring: Bring, function: str, role: str, title: str, gender: str
) -> None:
    done, (one,) = bring(f"Nom;Fonction;CP;Ville\nEssai;{function};69002;Lyon\n")
    assert (one["role"], one["title"], one["gender"]) == (role, title, gender)
    assert done.exit_code == 0
    assert ("taken for a person" in done.stderr) == (role == "person")


@pytest.mark.parametrize(
    ("civility", "function", "title"),
    [
        ("Mme", "Adjoint à l'urbanisme", "Adjointe à l'urbanisme"),
        ("Mme", "1er adjoint", "1re adjointe"),
        ("M.", "1ère adjointe au maire déléguée aux sports", "1er adjoint au maire délégué aux sports"),
        ("Mme", "Conseiller municipal délégué", "Conseillère municipale déléguée"),
        ("Mme", "Président de la communauté de communes", "Présidente de la communauté de communes"),
        ("Mme", "Conseiller(ère) départemental(e) du canton", "Conseillère départementale du canton"),
        ("M.", "Député(e) de l'Isère", "Député de l'Isère"),
        ("Mme", "Sénateur-maire", "Sénatrice-maire"),
        ("", "Adjoint(e) aux sports", "Adjoint(e) aux sports"),
        ("Mme", "Garde champêtre municipal", "Garde champêtre municipal"),
    ],
)
def test_a_title_agrees_with_who_bears_it(bring: Bring, civility: str, function: str, title: str) -> None:
    _done, (one,) = bring(f"Civilité;Nom;Fonction;CP;Ville\n{civility};Essai;{function};69002;Lyon\n")
    assert one["title"] == title


def test_a_function_that_does_not_agree_with_the_civility_is_named(bring: Bring) -> None:
    done, (one,) = bring("Civilité;Nom;Fonction;CP;Ville\nM.;Essai;Sénatrice;69002;Lyon\n")
    assert one["gender"] == "m"
    assert "liste.csv:2: warning: the function 'Sénatrice' and the civility do not agree" in done.stderr


def test_a_role_sets_what_is_not_known(bring: Bring) -> None:
    rows = "Essai;Garde champêtre;69002;Lyon\nTémoin;;69003;Lyon\n"
    _done, found = bring(f"Nom;Fonction;CP;Ville\n{rows}", "--role", "Councillor")
    assert [(one["role"], one["title"]) for one in found] == [
        ("councillor", "Garde champêtre"),
        ("councillor", ""),
    ]
    done, _found = bring(f"Nom;Fonction;CP;Ville\n{rows}", "--role", "pope")
    assert done.exit_code == 3
    assert "unknown role 'pope'; known: mayor, " in done.stderr


@pytest.mark.parametrize(
    ("cell", "kept", "said"),
    [
        ('"b@example.org ; c@example.org"', "b@example.org", "only b@example.org is kept, not c@example.org"),
        ("Luc Essai <luc@example.org>", "luc@example.org", ""),
        ("MAILTO:luc@example.org", "luc@example.org", ""),
        ("aucun", "", "'aucun' is no e-mail address and is left out"),
        ("luc(at)example.org", "", "'luc(at)example.org' is no e-mail address and is left out"),
    ],
)
def test_a_bad_address_for_e_mail_loses_nobody(bring: Bring, cell: str, kept: str, said: str) -> None:
    done, (one,) = bring(f"Nom;Fonction;CP;Ville;Courriel\nEssai;Maire;69002;Lyon;{cell}\n")
    assert (one["email"], done.exit_code) == (kept, 0)
    assert said in done.stderr


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("LE GOFF", "Le Goff"),
        ("le goff", "Le Goff"),
        ("KERVERN'H", "Kervern'h"),
        ("MCGREGOR", "McGregor"),
        ("MARTIN - PETIT", "Martin-Petit"),
        ("D' ARC", "d'Arc"),
        ("MARTIN NÉE PETIT", "Martin née Petit"),
        ("McGregor", "McGregor"),
    ],
)
def test_a_family_name_is_written_as_people_do(bring: Bring, typed: str, read: str) -> None:
    _done, (one,) = bring(f"Nom;Prénom;Fonction;CP;Ville\n{typed};Zoé;Maire;69002;Lyon\n")
    assert one["family_name"] == read


def test_two_rows_are_one_contact_only_where_all_agree_and_it_is_said(bring: Bring) -> None:
    rows = [
        "ESSAI;Luc;Maire;2 rue B;69002;Lyon;a@example.org",
        "Essai;Luc;Maire;2, rue B;69002;Lyon;b@example.org",
        "Essai;Luc;Maire;9 rue C;69002;Lyon;",
        "Essai;Luc;Sénateur;2 rue B;69002;Lyon;",
    ]
    header = "Nom;Prénom;Fonction;Adresse;CP;Ville;Courriel"
    done, found = bring("\n".join([header, *rows]))
    assert [(one["id"], one["role"], one["address"]) for one in found] == [
        ("essai-luc-69002", "mayor", ["2 rue B"]),
        ("essai-luc-69002-2", "mayor", ["9 rue C"]),
        ("essai-luc-69002-3", "senator", ["2 rue B"]),
    ]
    assert done.stdout.splitlines()[-1] == "table into contacts/liste.csv: 3 new, 1 joined"
    assert done.stderr.splitlines()[0] == (
        "liste.csv:3: warning: the same as line 2: Luc Essai is joined with it; its email is left out"
    )


def test_two_rows_of_one_id_are_one_contact_and_what_differs_is_said(bring: Bring) -> None:
    rows = [
        "7;Essai;Maire;2 rue B;69002;Lyon",
        "7;Essai;Maire;9 rue C;69002;Lyon",
        "8;Essai;Maire;2 rue B;69002;Lyon",
    ]
    done, found = bring("\n".join(["id;Nom;Fonction;Adresse;CP;Ville", *rows]))
    assert [(one["id"], one["address"]) for one in found] == [("7", ["2 rue B"]), ("8", ["2 rue B"])]
    assert (
        "liste.csv:3: warning: the same as line 2: Essai is joined with it; its address is left out"
        in done.stderr
    )


@pytest.mark.parametrize("ending", ["csv", "xlsx", "vcf", "google"])
def test_namesakes_come_back_as_two_from_every_export(
    bring: Bring, campaign: Campaign, run: Run, tmp_path: Path, ending: str
) -> None:
    rows = 'Essai;Luc;Maire;"Hôtel A\n2 rue B";69002;Lyon\nEssai;Luc;Maire;9 rue C;69002;Lyon\n'
    _done, before = bring(f"Nom;Prénom;Fonction;Adresse;CP;Ville\n{rows}")
    target = tmp_path / f"export.{'csv' if ending == 'google' else ending}"
    options = ("--format", "google") if ending == "google" else ()
    root = next(path for path in tmp_path.rglob("outreach.toml")).parent
    assert run("contacts", "export", str(target), *options, root=root).exit_code == 0
    again = run("contacts", "import", str(target), "--yes", root=root)
    assert "2 known already" in again.stdout
    empty = campaign({"contacts/liste.csv": "id;role\n", "contacts/a.toml": ""})
    assert (
        run("contacts", "import", str(target), "--yes", "--into", "contacts/b.csv", root=empty).exit_code == 0
    )
    after = json.loads(run("contacts", "list", "--json", root=empty).stdout)
    assert [(one["id"], one["address"]) for one in after] == [(one["id"], one["address"]) for one in before]


def test_an_address_that_differs_is_named_and_not_taken_silently(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    root = campaign({"contacts/a.toml": ""})
    path = tmp_path / "liste.csv"
    table = "Nom;Prénom;Fonction;Adresse;CP;Ville\nEssai;Luc;Maire;{};69002;Lyon\n"
    path.write_text(table.format("2 rue B"), encoding="utf-8")
    run("contacts", "import", str(path), "--yes", root=root)
    path.write_text(table.format("9 rue C"), encoding="utf-8")
    done = run("contacts", "import", str(path), "--yes", root=root)
    assert done.stdout.splitlines()[-1] == "table into contacts/liste.csv: 1 known already"
    said = "essai-luc-69002 is there already with another address, which stays; take the file's with --update"
    assert said in done.stderr


def test_a_dry_run_shows_the_first_addresses_as_they_are_printed(bring: Bring) -> None:
    done, found = bring(f"{HEADER}\n{ROW}\n", "--dry-run")
    assert found == []
    lines = [line.strip() for line in done.stdout.splitlines() if line.startswith("    ")]
    assert lines == [
        "Madame Zoë ÉVRÉ",
        "Maire d’Échirolles",
        "Hôtel de l'Été, 3 allée du Chêne",
        "38000 ÉCHIROLLES",
    ]


def test_who_was_not_asked_for_is_counted(bring: Bring) -> None:
    rows = "Essai;Maire;69002;Lyon\nTémoin;Sénateur;69003;Lyon\n"
    done, found = bring(f"Nom;Fonction;CP;Ville\n{rows}", "--role", "mayor")
    assert [one["family_name"] for one in found] == ["Essai"]
    assert done.stdout.splitlines()[-1] == "table into contacts/liste.csv: 1 new, 1 of another role"


def test_an_export_without_addresses_comes_in_again(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root = campaign({"contacts/a.toml": '[[contact]]\nid = "luc"\nrole = "mp"\nfamily_name = "Essai"\n'})
    target = tmp_path / "export.csv"
    run("contacts", "export", str(target), root=root)
    empty = campaign({"contacts/a.toml": ""})
    assert run("contacts", "import", str(target), root=empty).exit_code == 0
    assert [one["id"] for one in json.loads(run("contacts", "list", "--json", root=empty).stdout)] == ["luc"]


def test_an_identifier_of_another_program_becomes_one(bring: Bring) -> None:
    _done, (one,) = bring("identifiant;Nom;Fonction;CP;Ville\nn° 12/A;Essai;Maire;69002;Lyon\n")
    assert one["id"] == "n-12-a"


def test_a_cell_that_is_merged_over_rows_belongs_to_each(bring: Bring) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([*ESSAI, ["Témoin", "Maire", "3 rue C"]]):
            sheet.write_row(line, 0, row)
        sheet.merge_range(1, 3, 2, 3, "69002")
        sheet.merge_range(1, 4, 2, 4, "Lyon")
    _done, found = bring(target.getvalue(), name="liste.xlsx")
    assert [(one["family_name"], one["postal_code"], one["city"]) for one in found] == [
        ("Essai", "69002", "Lyon"),
        ("Témoin", "69002", "Lyon"),
    ]


def test_an_address_without_other_columns_is_taken_as_a_whole(bring: Bring) -> None:
    done, (one,) = bring("Nom;Fonction;Adresse\nEssai;le Maire;4 rue du Port, 38000 Grenoble\n")
    assert "full_address from Adresse" in done.stdout
    assert (one["role"], one["address"], one["city"]) == ("mayor", ["4 rue du Port"], "Grenoble")


@pytest.mark.parametrize("into", ["contacts/b.csv", "contacts/b.toml"])
@pytest.mark.parametrize("ending", ["csv", "xlsx", "vcf"])
def test_the_lines_of_an_address_come_through_every_file(
    campaign: Campaign, run: Run, tmp_path: Path, into: str, ending: str
) -> None:
    contact = '[[contact]]\nid = "luc"\nrole = "mayor"\nfamily_name = "Essai"\npostal_code = "69002"\ncity = "Lyon"\n'
    root = campaign({"contacts/a.toml": contact + 'address = """Hôtel A\n2 rue B\nBP 12"""\n'})
    target = tmp_path / f"export.{ending}"
    assert run("contacts", "export", str(target), root=root).exit_code == 0
    empty = campaign({"contacts/a.toml": ""})
    assert run("contacts", "import", str(target), "--into", into, root=empty).exit_code == 0
    (one,) = json.loads(run("contacts", "list", "--json", root=empty).stdout)
    assert one["address"] == ["Hôtel A", "2 rue B", "BP 12"]
