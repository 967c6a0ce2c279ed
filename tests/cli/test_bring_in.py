"""Contacts that come in, are completed, compared and given away. All people are made up."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter
from typer.testing import Result

from outreach.letters.folder import load_folder
from tests.conftest import CONTACT
from tests.people.sources.test_rne import HEADERS

Campaign = Callable[..., Path]
Run = Callable[..., Result]

COUNCIL = HEADERS["conseillers-municipaux"]
ROWS = [
    "69;Rhône;;;69081;Écully;EXEMPLE;Anne;F;01/01/1960;34;X;a;Maire;b;FR",
    "69;Rhône;;;69081;Écully;DE LA TOUR;Jean-Pierre;M;01/01/1960;34;X;a;2ème adjoint au Maire;b;FR",
    "69;Rhône;;;69081;Écully;DE LA TOUR;Jean-Pierre;M;01/01/1960;34;X;a;;b;FR",
    "69;Rhône;;;69384;Lyon 4e;ESSAI;Zoé;F;01/01/1960;34;X;a;;b;FR",
    "1;Ain;;;1004;Ambérieu;TÉMOIN;Luc;M;01/01/1960;34;X;a;;b;FR",
]
ANNUAIRE = {
    "nom": "Mairie - Écully",
    "pivot": [{"type_service_local": "mairie", "code_insee_commune": ["69081"]}],
    "adresse": [
        {
            "type_adresse": "Adresse",
            "numero_voie": "2 rue A",
            "code_postal": "69130",
            "nom_commune": "Écully",
        },
        {
            "type_adresse": "Adresse postale",
            "complement1": "Hôtel de Ville",
            "complement2": "",
            "numero_voie": "1 place B",
            "service_distribution": "BP 170",
            "code_postal": "69130",
            "nom_commune": "ecully",
        },
    ],
    "telephone": [{"valeur": "04 00 00 00 00"}],
    "adresse_courriel": ["mairie@example.org"],
}
ANNEX = {**ANNUAIRE, "nom": "Mairie annexe - Écully", "adresse": []}
COG = (
    '"TYPECOM","COM","REG","DEP","CTCD","ARR","TNCC","NCC","NCCENR","LIBELLE","CAN","COMPARENT"\n'
    '"COM","69081","84","69","69M","691","1","ECULLY","Écully","Écully","",""\n'
    '"COMD","69081","84","69","69M","691","1","X","X","X","",""\n'
)


def as_text(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record as the API gives it, lists as JSON in texts."""
    return {key: json.dumps(value) if isinstance(value, list) else value for key, value in record.items()}


def as_csv(*records: Mapping[str, object]) -> str:
    target = io.StringIO()
    writer = csv.DictWriter(target, list(ANNUAIRE), delimiter=";")
    writer.writeheader()
    writer.writerows({**as_text(record), "adresse_courriel": "mairie@example.org"} for record in records)
    return target.getvalue()


@pytest.fixture
def council(campaign: Campaign, tmp_path: Path) -> tuple[Path, Path]:
    """Return an empty campaign and a file of councillors."""
    root = campaign({"contacts/a.toml": ""})
    path = tmp_path / "elus.txt"
    path.write_text("\n".join([COUNCIL, *ROWS, ""]), encoding="utf-8")
    return root, path


def contacts(run: Run, root: Path) -> dict[str, dict[str, object]]:
    return {row["id"]: row for row in json.loads(run("contacts", "list", "--json", root=root).stdout)}


def test_the_register_becomes_contacts(council: tuple[Path, Path], run: Run) -> None:
    root, path = council
    done = run("contacts", "import", str(path), root=root)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "rne into contacts/rne-conseillers-municipaux.csv: 4 new"
    assert done.stderr == "written  contacts/rne-conseillers-municipaux.csv\n"
    found = contacts(run, root)
    assert {name: one["role"] for name, one in found.items()} == {
        "exemple-anne-69081": "mayor",
        "de-la-tour-jean-pierre-69081": "deputy-mayor",  # one person, the higher of two functions
        "essai-zoe-69384": "councillor",
        "temoin-luc-01004": "councillor",
    }
    assert found["essai-zoe-69384"]["insee"] == "69123"
    written = (root / "contacts/rne-conseillers-municipaux.csv").read_text(encoding="utf-8-sig")
    assert "1960" not in written
    again = run("contacts", "import", str(path), root=root)
    assert again.stdout == "rne into contacts/rne-conseillers-municipaux.csv: 4 known already\n"
    assert (root / "contacts/rne-conseillers-municipaux.csv").read_text(encoding="utf-8-sig") == written


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--commune", "69081"), 2),
        (("--commune", "69123"), 1),
        (("--department", "1"), 1),
        (("--region", "84"), 4),
        (("--region", "11"), 0),
        (("--role", "mayor"), 1),
        (("--department", "69", "--role", "councillor"), 1),
    ],
)
def test_only_those_wanted_come_in(
    council: tuple[Path, Path], run: Run, options: tuple[str, ...], expected: int
) -> None:
    root, path = council
    run("contacts", "import", str(path), *options, root=root)
    assert len(contacts(run, root)) == expected


def test_a_dry_run_writes_nothing(council: tuple[Path, Path], run: Run) -> None:
    root, path = council
    done = run("contacts", "import", str(path), "--dry-run", "--json", root=root)
    assert [row["result"] for row in json.loads(done.stdout)] == ["added"] * 4
    assert contacts(run, root) == {}


def test_an_update_shows_who_is_new_left_and_moved(council: tuple[Path, Path], run: Run) -> None:
    root, path = council
    run("contacts", "import", str(path), root=root)
    target = root / "contacts/rne-conseillers-municipaux.csv"
    kept = target.read_text(encoding="utf-8-sig").replace("Écully", "Écully", 1)
    after = [
        ROWS[1].replace("2ème adjoint au Maire", "Maire"),
        ROWS[3],
        ROWS[4],
        ROWS[0].replace("EXEMPLE", "NOUVELLE").replace("Maire", ""),
    ]
    path.write_text("\n".join([COUNCIL, *after, ""]), encoding="utf-8")
    done = run("contacts", "import", str(path), "--update", "--yes", root=root)
    assert done.stdout.splitlines() == [
        "new   nouvelle-anne-69081  Anne Nouvelle, municipal councillor",
        "left  exemple-anne-69081  Anne Exemple, mayor",
        "moved de-la-tour-jean-pierre-69081  role: deputy-mayor → mayor, title: 2e adjoint au maire → –",
        "rne into contacts/rne-conseillers-municipaux.csv: 1 new, 1 changed, 1 left, 2 known already",
    ]
    found = contacts(run, root)
    assert found["exemple-anne-69081"]["term_end"] == "2025-01-14"
    assert found["de-la-tour-jean-pierre-69081"]["role"] == "mayor"
    assert target.with_name(f"{target.name}.bak").read_text(encoding="utf-8-sig") == kept


def test_an_update_leaves_those_alone_who_were_not_asked_for(council: tuple[Path, Path], run: Run) -> None:
    root, path = council
    run("contacts", "import", str(path), root=root)
    path.write_text("\n".join([COUNCIL, ROWS[0], ""]), encoding="utf-8")
    run("contacts", "import", str(path), "--update", "--commune", "69081", "--yes", root=root)
    found = contacts(run, root)
    assert found["temoin-luc-01004"]["term_end"] is None
    assert found["de-la-tour-jean-pierre-69081"]["term_end"] == "2025-01-14"


TABLE = (
    "Nom;Prénom;Mandat;Adresse postale;Code Postal;Ville;Courriel;Note\n"
    "Exemple;Anne;Maire;1 place B;1000;Bourg;anne@example.org;x\n"
    "Essai;Zoé;Conseillère municipale;2 rue A;6900X;Lyon;;y\n"
    "Témoin;Luc;Maire;3 rue C;;;;z\n"
)


def test_any_table_is_mapped_and_its_faulty_rows_come_back(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    root = campaign({"contacts/a.toml": ""})
    path = tmp_path / "liste.csv"
    path.write_text(TABLE, encoding="cp1252")
    done = run("contacts", "import", str(path), root=root)
    assert done.exit_code == 3
    assert done.stdout.splitlines()[0] == (
        "columns: family_name from Nom, given_name from Prénom, role from Mandat, address from Adresse postale, "
        "postal_code from Code Postal, city from Ville, email from Courriel"
    )
    assert done.stdout.splitlines()[-1] == "table into contacts/liste.csv: 1 new, 2 rejected"
    assert done.stderr.splitlines()[-2:] == [
        "liste.csv:3: '6900X' is not a postal code (five digits, as in 69001); mend the row",
        "liste.csv:4: contact 'temoin-luc' has an incomplete address (add postal_code and city); mend the row",
    ]
    (contact,) = contacts(run, root).values()
    assert (contact["id"], contact["postal_code"], contact["fields"]) == (
        "exemple-anne-01000",
        "01000",
        {"Note": "x"},
    )
    rejected = root / "liste.rejected.csv"
    rows = list(csv.reader(rejected.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0][-1] == "reasons"
    assert [row[0] for row in rows[1:]] == ["Essai", "Témoin"]
    mended = (
        rejected.read_text(encoding="utf-8-sig").replace("6900X", "69001").replace(";;;;z", ";69002;Lyon;;z")
    )
    rejected.write_text(mended, encoding="utf-8")
    assert run("contacts", "import", str(rejected), "--into", "contacts/liste.csv", root=root).exit_code == 0
    assert len(contacts(run, root)) == 3


def test_a_column_can_be_named(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root = campaign({"contacts/a.toml": ""})
    path = tmp_path / "liste.csv"
    path.write_text("Qui;Où;CP;Commune\nExemple;1 rue A;69001;Lyon\n", encoding="utf-8")
    options = ("--map", "family_name=Qui", "--map", "address=Où", "--role", "mayor")
    assert run("contacts", "import", str(path), *options, root=root).exit_code == 0
    (contact,) = contacts(run, root).values()
    assert (contact["family_name"], contact["address"], contact["role"]) == ("Exemple", ["1 rue A"], "mayor")


@pytest.mark.parametrize(
    ("header", "options", "expected"),
    [
        (
            "Nom;Adresse;Ville",
            (),
            "x:1: there is no column for the postal code; the file has Nom, Adresse, Ville; use --map postal_code=COLUMN",
        ),
        (
            "Nom;CP;Ville",
            (),
            "x:1: there is no column for the role; the file has Nom, CP, Ville; use --map role=COLUMN, or --role ROLE",
        ),
        (
            "a;b;c",
            (),
            "x:1: is no file that can be imported; looked for RNE, Annuaire, COG, vCard, Google or a table",
        ),
        ("Nom;CP;Ville", ("--map", "nom=Nom"), "no field 'nom' for --map; as in family_name"),
        ("Nom;CP;Ville", ("--map", "email=Mel"), "x:1: no column 'Mel' for --map email"),
        ("Nom;CP;Ville", ("--format", "rne", "--role", "mayor"), "x: is no rne file; it looks like table"),
        (COG.partition("\n")[0], (), "x:1: is INSEE's list of communes; it names no people"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_was_looked_for(  # noqa: PLR0913, PLR0917  (a case and its fixtures)
    campaign: Campaign, run: Run, tmp_path: Path, header: str, options: tuple[str, ...], expected: str
) -> None:
    path = tmp_path / "x"
    path.write_text(f"{header}\nA;1;B\n", encoding="utf-8")
    done = run("contacts", "import", str(path), *options, root=campaign())
    assert done.exit_code == 3
    assert done.stderr.startswith(expected)


def test_a_spreadsheet_is_a_table(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root = campaign({"contacts/a.toml": ""})
    path = tmp_path / "liste.bin"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(
            [["Nom", "Fonction", "CP", "Ville"], ["Exemple", "Maire", 1000, "Bourg"]]
        ):
            sheet.write_row(number, 0, row)
    assert run("contacts", "import", str(path), root=root).exit_code == 0
    (contact,) = contacts(run, root).values()
    assert (contact["role"], contact["postal_code"]) == ("mayor", "01000")


VCARD = """\
BEGIN:VCARD
VERSION:3.0
N:Exemple;Anne;;;
FN:Anne Exemple
ORG:Ville d'Écully\\, cabinet;Service
item1.ADR;TYPE=WORK;TYPE=pref:;;1 place B\\nBP 170;Écully;;69130;France
item1.X-ABLabel:bureau
EMAIL;TYPE=INTERNET:anne@example.org
CATEGORIES:a,b
PHOTO;ENCODING=b:AAAA
 BBBB
BDAY:1960-01-01
END:VCARD
BEGIN:VCARD
VERSION:4.0
N:Essai;Zoé;;;
GENDER:F
ADR;LABEL="2 rue A, Lyon":;;2 rue A;Lyon;;69001;
TEL;VALUE=uri:tel:+33400000000
END:VCARD
"""


def test_cards_of_both_versions_are_read(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root = campaign({"contacts/a.toml": ""})
    path = tmp_path / "carnet"
    path.write_text(VCARD.replace("\n", "\r\n"), encoding="utf-8", newline="")
    assert run("contacts", "import", str(path), "--role", "councillor", root=root).exit_code == 0
    anne, zoe = contacts(run, root).values()
    assert anne["organisation"] == "Ville d'Écully, cabinet"
    assert anne["address"] == ["1 place B", "BP 170"]
    assert (anne["postal_code"], anne["city"], anne["country"], anne["tags"]) == (
        "69130",
        "Écully",
        "",
        ["a", "b"],
    )
    assert (zoe["gender"], zoe["phone"], zoe["address"]) == ("f", "+33400000000", ["2 rue A"])
    assert "1960" not in (root / "contacts/vcard.csv").read_text(encoding="utf-8-sig")


GOOGLE = (
    "First Name,Middle Name,Last Name,Organization Name,Organization Title,Labels,E-mail 1 - Value,"
    "Address 1 - Street,Address 1 - City,Address 1 - Postal Code\n"
    'Anne,,Exemple,Ville,Maire,a ::: b ::: * myContacts,anne@example.org,"1 place B\nBP 170",Écully,69130\n'
)


def test_an_export_of_google_contacts_is_read(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root = campaign({"contacts/a.toml": ""})
    path = tmp_path / "contacts"
    path.write_text(GOOGLE, encoding="utf-8")
    assert run("contacts", "import", str(path), "--role", "mayor", root=root).exit_code == 0
    (anne,) = contacts(run, root).values()
    assert (anne["address"], anne["tags"], anne["title"]) == (["1 place B", "BP 170"], ["a", "b"], "Maire")
    assert run("contacts", "import", str(path), root=root).exit_code == 0  # its title says the role


SHAPES = {
    "bulk": json.dumps({"service": [ANNEX, ANNUAIRE]}, ensure_ascii=False),
    "array": json.dumps([as_text(ANNEX), as_text(ANNUAIRE)], ensure_ascii=False, indent=1),
    "records": json.dumps({"total_count": 2, "results": [as_text(ANNEX), as_text(ANNUAIRE)]}),
    "csv": as_csv(ANNEX, ANNUAIRE),
    "old code": json.dumps(
        [{**ANNUAIRE, "pivot": [{"type_service_local": "mairie", "code_insee_commune": "69081"}]}]
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_addresses_are_filled_in_from_every_shape_of_the_directory(
    council: tuple[Path, Path], run: Run, tmp_path: Path, shape: str
) -> None:
    root, path = council
    run("contacts", "import", str(path), "--commune", "69081", root=root)
    for name, content in (("annuaire", SHAPES[shape]), ("cog", COG)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    done = run("contacts", "complete", str(tmp_path / "annuaire"), str(tmp_path / "cog"), root=root)
    assert done.stdout.splitlines() == [
        "exemple-anne-69081: email, phone, address, postal_code from annuaire; city from cog",
        "de-la-tour-jean-pierre-69081: email, phone, address, postal_code from annuaire; city from cog",
        "2 contacts completed",
    ]
    anne = contacts(run, root)["exemple-anne-69081"]
    assert anne["address"] == ["Hôtel de Ville", "1 place B", "BP 170"]
    assert (anne["postal_code"], anne["city"]) == ("69130", "Écully")
    assert (
        run("contacts", "complete", str(tmp_path / "annuaire"), root=root).stdout == "0 contacts completed\n"
    )


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        (("--department", "69"), 1),
        (("--department", "01"), 0),
        (("--region", "84"), 1),
        (("--region", "11"), 0),
        (("--commune", "69081"), 1),
    ],
)
def test_offices_of_the_directory_are_chosen_by_place(
    campaign: Campaign, run: Run, tmp_path: Path, choice: tuple[str, str], found: int
) -> None:
    root = campaign({"contacts/a.toml": ""})
    (tmp_path / "annuaire").write_text(SHAPES["bulk"], encoding="utf-8")
    run("contacts", "import", str(tmp_path / "annuaire"), *choice, root=root)
    assert len(contacts(run, root)) == found


def test_what_was_typed_by_hand_is_never_overwritten(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    typed = CONTACT.replace('insee = "69081"', '# le standard\ninsee = "69081"\nemail = "moi@example.org"')
    root = campaign({"contacts/a.toml": typed})
    (tmp_path / "annuaire").write_text(SHAPES["bulk"], encoding="utf-8")
    done = run("contacts", "complete", str(tmp_path / "annuaire"), root=root)
    assert done.stdout.splitlines()[0] == "maire: phone from annuaire"
    after = (root / "contacts/a.toml").read_text(encoding="utf-8")
    assert after == typed + 'phone = "04 00 00 00 00"\n'


def test_a_file_with_faults_is_not_completed_and_loses_nothing(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    table = (
        "id,role,family_name,insee\nun,mayor,Zola,69081\ndeux,maire,Bern,69081\ntrois,mp,Musil,69081,ici\n"
    )
    root = campaign({"contacts/a.toml": "", "contacts/b.csv": table})
    (tmp_path / "annuaire").write_text(SHAPES["bulk"], encoding="utf-8")
    done = run("contacts", "complete", str(tmp_path / "annuaire"), root=root)
    assert done.exit_code == 3
    assert [line.partition(";")[0] for line in done.stderr.splitlines()] == [
        "contacts/b.csv:3: unknown role 'maire'",
        "contacts/b.csv:4: the row has 5 cells, the header 4",
    ]
    assert (root / "contacts/b.csv").read_text(encoding="utf-8") == table


def test_nothing_is_added_to_a_list_of_inline_tables(campaign: Campaign, run: Run) -> None:
    inline = 'contact = [{ id = "un", role = "mayor", family_name = "Zola" }]\n'
    root = campaign({"contacts/a.toml": inline})
    options = ("--role", "mp", "--family-name", "Essai", "--into", "contacts/a.toml")
    done = run("contacts", "add", *options, root=root)
    assert (done.exit_code, done.stderr) == (
        3,
        "contacts/a.toml: nothing can be added to this file;"
        " write each contact under [[contact]], or add to another file\n",
    )
    assert (root / "contacts/a.toml").read_text(encoding="utf-8") == inline


def test_a_contact_is_added_below_what_is_there(campaign: Campaign, run: Run) -> None:
    before = "# Les nôtres.\n\n" + CONTACT + "# fin\n"
    root = campaign({"contacts/a.toml": before})
    options = ("--role", "mp", "--family-name", "Essai", "--given-name", "Zoé", "--address", "2 rue A")
    done = run(
        "contacts",
        "add",
        *options,
        "--postal-code",
        "69001",
        "--city",
        "Lyon",
        "--into",
        "contacts/a.toml",
        root=root,
    )
    assert done.stdout == "added  essai-zoe\n"
    after = (root / "contacts/a.toml").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert contacts(run, root)["essai-zoe"]["address"] == ["2 rue A"]
    again = run("contacts", "add", *options, "--postal-code", "69001", "--city", "Lyon", root=root)
    assert (again.exit_code, again.stderr) == (4, "the id 'essai-zoe' is taken; give another with --id\n")
    faulty = run("contacts", "add", "--role", "mayr", "--family-name", "X", "--email", "y", root=root)
    assert faulty.exit_code == 3
    assert len(faulty.stderr.splitlines()) == 2


def test_a_terminal_is_asked(campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outreach.cli.bring_in.is_terminal", lambda: True)
    root = campaign({"contacts/a.toml": ""})
    typed = "mayr\nMaire\nAnne\nExemple\nf\n\n69130\nÉcully\n1 place B | BP 170\n"
    done = run("contacts", "add", root=root, typed=typed)
    assert done.exit_code == 0
    anne = contacts(run, root)["exemple-anne"]
    assert (anne["role"], anne["address"], anne["gender"]) == ("mayor", ["1 place B", "BP 170"], "f")


def test_the_same_person_twice_is_shown_and_never_merged(campaign: Campaign, run: Run) -> None:
    twice = (
        CONTACT
        + CONTACT.replace('"maire"', '"maire2"')
        + CONTACT.replace('"maire"', '"elle"').replace("Anne", "Annie")
    )
    root = campaign({"contacts/a.toml": twice})
    found = json.loads(run("contacts", "dedupe", "--json", root=root).stdout)
    assert found[0] == {"contacts": ["maire", "maire2"], "certain": True}
    assert {"contacts": ["maire", "elle"], "certain": False} in found
    assert len(contacts(run, root)) == 3


HOSTILE = (
    CONTACT.replace("Exemple", "=1+1").replace('"Hôtel de Ville"', '"@A"').replace('["a"]', '["a", "b"]')
)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_cells_are_harmless_and_come_back(campaign: Campaign, run: Run, tmp_path: Path, kind: str) -> None:
    root = campaign({"contacts/a.toml": HOSTILE})
    target = tmp_path / f"tous.{kind}"
    assert run("contacts", "export", str(target), "--format", kind, root=root).exit_code == 0
    if kind == "csv":
        cells = next(csv.DictReader(target.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
        assert cells["family_name"] == "'=1+1"
    else:
        rows = python_calamine.CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0).to_python()
        assert "'=1+1" in rows[1]
        assert "69130" in rows[1]
    done = run("contacts", "import", str(target), "--yes", root=root)
    assert (done.exit_code, done.stdout.splitlines()[-1].split(": ")[1]) == (0, "1 known already")
    refused = run("contacts", "export", str(target), root=root)
    assert refused.exit_code == 4


FULL = (
    HOSTILE
    + """
title = "Maire; d'Écully, Rhône"
salutation = "Madame la Maire"
style = "la"
email = "maire@example.org"
term_end = 2026-03-31
[contact.fields]
note = "à \\"rappeler\\"; le soir"
[[contact]]
id = "conseil"
role = "councillors"
gender = "group"
organisation = "Conseil municipal"
department = "Secrétariat"
address = ["1 rue A"]
postal_code = "01000"
city = "Bourg"
"""
)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "vcard", "google"])
def test_an_import_of_ones_own_export_changes_nothing(
    campaign: Campaign, run: Run, tmp_path: Path, kind: str
) -> None:
    root = campaign({"contacts/a.toml": FULL})
    before = load_folder(root).people.contacts
    target = tmp_path / "tous"
    run("contacts", "export", str(target), "--format", kind, root=root)
    empty = campaign({"contacts/a.toml": ""})
    assert run("contacts", "import", str(target), "--yes", root=empty).exit_code == 0
    after = load_folder(empty).people.contacts
    assert [replace(contact, fields={}) for contact in after] == [replace(one, fields={}) for one in before]
    assert [contact.fields.get("note") or None for contact in after] == ['à "rappeler"; le soir', None]


def test_google_takes_the_export(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "tous.csv"
    run("contacts", "export", str(target), "--format", "google", root=campaign())
    (row,) = csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"), newline=""))
    assert (row["First Name"], row["Last Name"], row["Address 1 - Postal Code"]) == (
        "Anne",
        "Exemple",
        "69130",
    )
    assert row["Address 1 - Street"] == "Hôtel de Ville\n1 place de la Mairie"


@pytest.mark.parametrize("into", ["outreach.toml", "contacts/sub/x.csv", "contacts/x.txt", "../x.csv"])
def test_contacts_go_only_where_they_are_read(council: tuple[Path, Path], run: Run, into: str) -> None:
    root, path = council
    before = (root / "outreach.toml").read_bytes()
    done = run("contacts", "import", str(path), "--into", into, root=root)
    assert done.exit_code == 4
    assert done.stderr.startswith(f"{into}: contacts are not read from there; give --into contacts/NAME.csv")
    assert run(
        "contacts", "add", "--role", "mp", "--family-name", "X", "--into", into, root=root
    ).exit_code in (3, 4)
    assert (root / "outreach.toml").read_bytes() == before


def test_namesakes_stay_two_people(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root = campaign({"contacts/a.toml": ""})
    header = HEADERS["conseillers-departementaux"]
    rows = [
        "1;Ain;101;Ambérieu;DURAND;Anne;F;01/01/1960;34;X;a;Président du conseil départemental;b",
        "69;Rhône;6901;Anse;DURAND;Anne;F;01/01/1970;34;X;a;;b",
        "69;Rhône;6902;Belleville;DURAND;Anne;F;01/01/1980;34;X;a;;b",
    ]
    path = tmp_path / "elus"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    for expected in ("3 new", "3 known already"):
        done = run("contacts", "import", str(path), root=root)
        assert done.stdout.splitlines()[-1].endswith(f": {expected}")
    assert sorted(contacts(run, root)) == ["durand-anne-01", "durand-anne-69", "durand-anne-69-2"]


def test_who_comes_back_is_in_office_again(council: tuple[Path, Path], run: Run) -> None:
    root, path = council
    run("contacts", "import", str(path), root=root)
    whole = path.read_text(encoding="utf-8")
    path.write_text("\n".join([COUNCIL, *ROWS[1:], ""]), encoding="utf-8")
    refused = run("contacts", "import", str(path), "--update", root=root)
    assert refused.exit_code == 4
    assert contacts(run, root)["exemple-anne-69081"]["term_end"] is None
    run("contacts", "import", str(path), "--update", "--yes", root=root)
    path.write_text(whole, encoding="utf-8")
    run("contacts", "import", str(path), "--update", "--yes", root=root)
    assert contacts(run, root)["exemple-anne-69081"]["term_end"] is None


def test_a_comma_within_quotes_is_no_separator(council: tuple[Path, Path], run: Run, tmp_path: Path) -> None:
    root, path = council
    run("contacts", "import", str(path), "--commune", "69081", root=root)
    target = io.StringIO()
    writer = csv.DictWriter(target, ["id", "adresse", "pivot", "nom"], delimiter=";")
    writer.writeheader()
    writer.writerow(
        {key: value for key, value in as_text(ANNUAIRE).items() if key in ("adresse", "pivot", "nom")}
    )
    (tmp_path / "annuaire").write_text(target.getvalue(), encoding="utf-8")
    done = run("contacts", "complete", str(tmp_path / "annuaire"), root=root)
    assert done.stdout.splitlines()[-1] == "2 contacts completed"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("69;Rhône;;;69081;Écully;;Anne;F;a;34;X;a;Maire;b;FR", "the family name is missing"),
        ("69;Rhône;;;69081;Écully;EXEMPLE;Anne;H;a;34;X;a;Maire;b;FR", "unknown code sexe 'H'"),
        ("69;Rhône;;;69;Écully;EXEMPLE;Anne;F;a;34;X;a;Maire;b;FR", "'69' is no commune's code"),
        ("69;Rhône;;;;Écully;EXEMPLE;Anne;F;a;34;X;a;Maire;b;FR", "the commune's code is missing"),
    ],
)
def test_faulty_rows_of_the_register_are_rejected(
    council: tuple[Path, Path], run: Run, row: str, reason: str
) -> None:
    root, path = council
    path.write_text("\n".join([COUNCIL, row, ROWS[4], ""]), encoding="utf-8")
    done = run("contacts", "import", str(path), root=root)
    assert done.exit_code == 3
    assert f"elus.txt:2: {reason}" in done.stderr
    assert list(contacts(run, root)) == ["temoin-luc-01004"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('Nom;CP;Ville\n"Élan;69001;Lyon\nMARTIN;69001;Lyon\n', "x:2: broken CSV: "),
        ("Nom;CP;Ville\nÉlan;69001\n", "x:2: the row has 2 cells, the header 3; "),
    ],
)
def test_rows_that_are_cut_or_swallowed_are_named(
    campaign: Campaign, run: Run, tmp_path: Path, content: str, expected: str
) -> None:
    (tmp_path / "x").write_text(content, encoding="utf-8")
    done = run("contacts", "import", str(tmp_path / "x"), "--role", "mayor", root=campaign())
    assert done.exit_code == 3
    assert expected in done.stderr


def test_names_codes_and_forms_of_address_are_read_as_people_write_them(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    root = campaign({"contacts/a.toml": ""})
    (tmp_path / "x").write_text(
        "Civilité\tNom\tPrénom\tCP\tVille\tNotes perso\treasons\nM.\tDUPONT\tJEAN\t1000\tBourg\ta\tvieux\n",
        encoding="utf-16",
    )
    assert run("contacts", "import", str(tmp_path / "x"), "--role", "mayor", root=root).exit_code == 0
    (one,) = contacts(run, root).values()
    assert (one["gender"], one["family_name"], one["given_name"]) == ("m", "Dupont", "Jean")
    assert (one["postal_code"], one["fields"]) == ("01000", {"Notes_perso": "a"})


def test_the_ending_says_what_an_export_is(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root = campaign()
    run("contacts", "export", str(tmp_path / "a.xlsx"), root=root)
    run("contacts", "export", str(tmp_path / "a.vcf"), root=root)
    assert (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")
    assert (tmp_path / "a.vcf").read_bytes().startswith(b"BEGIN:VCARD")
    for name, message in (
        ("a", "a: has no ending that says what to write; use .csv or .xlsx or .vcf"),
        ("a.pdf", "a.pdf: '.pdf' is not an ending of what is written here; use .csv or .xlsx or .vcf"),
    ):
        refused = run("contacts", "export", str(tmp_path / name), root=root)
        assert (refused.exit_code, refused.stderr) == (3, f"{message}\n")
    assert run("contacts", "export", str(tmp_path / "a"), "--format", "csv", root=root).exit_code == 0
    assert run("contacts", "export", "-", root=root).stdout.startswith("id;role;")
