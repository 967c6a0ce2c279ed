"""An update from a table: what changed is taken and shown before, what a hand typed stays. All made up."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

HEADER = "Civilité;Nom;Prénom;Fonction;Adresse;CP;Ville;Courriel"
ANNE = "Mme;EXEMPLE;Anne;Maire;1 place de la Mairie;69130;Écully;a@exemple.fr"
MOVED = "Mme;EXEMPLE;Anne;Maire;99 rue Corrigée;69131;Écully;nouveau@exemple.fr"


class Tables:
    """A campaign, and tables that are imported into it one after the other."""

    def __init__(self, root: Path, run: Run) -> None:
        self.root, self._run = root, run

    def take(self, name: str, *rows: str, header: str = HEADER, options: tuple[str, ...] = ()) -> Result:
        path = self.root.parent / name
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return self._run("contacts", "import", str(path), *options, root=self.root)

    def update(self, *rows: str, header: str = HEADER, name: str = "apres.csv") -> Result:
        done = self.take(name, *rows, header=header, options=("--update", "--yes"))
        assert done.exit_code == 0, done.output
        return done

    def contact(self, name: str = "exemple-anne-69130") -> dict[str, Any]:
        rows = json.loads(self._run("contacts", "list", "--json", root=self.root).stdout)
        (found,) = (row for row in rows if row["id"] == name)
        return dict(found)

    def count(self) -> int:
        return len(json.loads(self._run("contacts", "list", "--json", root=self.root).stdout))


@pytest.fixture
def tables(campaign: Campaign, run: Run) -> Tables:
    return Tables(campaign({"contacts/a.toml": ""}), run)


CHANGES = (
    "address: 1 place de la Mairie → 99 rue Corrigée, postal_code: 69130 → 69131,"
    " email: a@exemple.fr → nouveau@exemple.fr"
)


def test_what_changed_is_shown_asked_for_and_written_where_the_contact_is(tables: Tables) -> None:
    tables.take("avant.csv", ANNE)
    before = (tables.root / "contacts/avant.csv").read_bytes()
    shown = f"moved exemple-anne-69130  {CHANGES}\ntable into contacts/apres.csv: 1 changed\n"
    dry = tables.take("apres.csv", MOVED, options=("--update", "--dry-run"))
    assert (dry.exit_code, dry.stdout.split("\n", 1)[1]) == (0, shown)
    refused = tables.take("apres.csv", MOVED, options=("--update",))
    assert (refused.exit_code, refused.stderr) == (
        4,
        "an update asks first, and nobody can be asked here; look with --dry-run, then add --yes\n",
    )
    assert (tables.root / "contacts/avant.csv").read_bytes() == before
    done = tables.update(MOVED)
    assert done.stdout.split("\n", 1)[1] == shown
    assert done.stderr == "written  contacts/avant.csv\nwritten  contacts/avant.csv.bak\n"
    assert (tables.root / "contacts/avant.csv.bak").read_bytes() == before
    assert not (tables.root / "contacts/apres.csv").exists()
    after = tables.contact()
    assert (after["address"], after["postal_code"], after["email"]) == (
        ["99 rue Corrigée"],
        "69131",
        "nouveau@exemple.fr",
    )
    assert "1 known already" in tables.update(MOVED).stdout


def test_a_person_asks_before_anything_is_written(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    tables.take("avant.csv", ANNE)
    monkeypatch.setattr("outreach.cli.bring_in.is_terminal", lambda: True)
    monkeypatch.setattr("outreach.cli.bring_in.confirm", lambda text: text != "Write this?")
    shown = tables.take("apres.csv", MOVED, options=("--update",))
    assert (shown.exit_code, CHANGES in shown.stdout) == (0, True)
    assert tables.contact()["postal_code"] == "69130"


def test_json_has_what_was_there_before(tables: Tables) -> None:
    tables.take("avant.csv", ANNE)
    (row,) = json.loads(tables.take("b.csv", MOVED, options=("--update", "--dry-run", "--json")).stdout)
    assert (row["result"], row["postal_code"], row["before"]) == (
        "changed",
        "69131",
        {"address": "1 place de la Mairie", "postal_code": "69130", "email": "a@exemple.fr"},
    )


def test_without_update_nothing_changes_and_it_is_said(tables: Tables) -> None:
    tables.take("avant.csv", ANNE)
    done = tables.take("apres.csv", MOVED)
    assert "1 known already" in done.stdout
    assert "exemple-anne-69130 is there already with another address, which stays" in done.stderr
    assert tables.contact()["email"] == "a@exemple.fr"


TOML = """\
# kept by hand
[[contact]]
id = "anne"   # short
role = "mayor"
gender = "f"
given_name = "Anne"
family_name = "Exemple"
address = ["1 place de la Mairie"]
postal_code = "69130"
city = "Écully"
phone = "04 00 00 00 00"
insee = "69081"

[contact.fields]
dossier = "12"
"""


def test_a_contact_in_a_toml_file_is_changed_there_and_its_comments_stay(tables: Tables) -> None:
    path = tables.root / "contacts/main.toml"
    path.write_text(TOML, encoding="utf-8")
    done = tables.update(MOVED)
    assert done.stderr.endswith("written  contacts/main.toml\nwritten  contacts/main.toml.bak\n")
    after = TOML.replace("1 place de la Mairie", "99 rue Corrigée").replace('"69130"', '"69131"')
    after = after.replace('insee = "69081"\n', 'insee = "69081"\nemail = "nouveau@exemple.fr"\n')
    assert path.read_text(encoding="utf-8") == after
    assert done.stderr.splitlines()[0] == (
        "apres.csv: warning: anne: phone stays as it was typed; look whether it is right still"
    )


def test_own_fields_of_a_contact_in_toml_are_named_to_be_changed_by_hand(tables: Tables) -> None:
    (tables.root / "contacts/main.toml").write_text(TOML, encoding="utf-8")
    done = tables.update(f"{ANNE};13", header=f"{HEADER};dossier")
    assert (
        "contacts/main.toml:2: warning: 'anne': dossier is 13 in the file; change it by hand" in done.stderr
    )
    assert tables.contact("anne")["fields"] == {"dossier": "12"}


def test_own_fields_change_with_their_columns(tables: Tables) -> None:
    tables.take("avant.csv", f"{ANNE};12;x", header=f"{HEADER};dossier;note")
    done = tables.update(f"{ANNE};13;", header=f"{HEADER};dossier;note")
    assert "moved exemple-anne-69130  dossier: 12 → 13\n" in done.stdout
    assert tables.contact()["fields"] == {"dossier": "13", "note": "x"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            "Mme;EXEMPLE;Anne;Maire;;69130;Écully;",
            {"address": ["1 place de la Mairie"], "email": "a@exemple.fr"},
        ),
        (
            "Mme;EXEMPLE;Anne;;1 place de la Mairie;69130;ECULLY;A@exemple.fr",
            {"role": "mayor", "city": "Écully"},
        ),
        ("Mme;exemple;anne;Maire;1, Place de la mairie;69130;Écully;", {"address": ["1 place de la Mairie"]}),
        ("M.;EXEMPLE;Anne;Maire;;69130;Écully;", {"gender": "m"}),
        (
            "Mme;EXEMPLE;Anne;Maire;;69131;Écully;",
            {"address": ["1 place de la Mairie"], "postal_code": "69131"},
        ),
        ("Mme;EXEMPLE;Anne;Maire;;38000;Grenoble;a@exemple.fr", {"address": [], "city": "Grenoble"}),
        ("Mme;EXEMPLE;Anne;Ancienne maire;;69130;Écully;", {"role": "person", "title": "Ancienne maire"}),
    ],
)
def test_what_a_row_does_not_say_stays(tables: Tables, row: str, expected: dict[str, object]) -> None:
    tables.take("avant.csv", ANNE)
    tables.update(row)
    after = tables.contact()
    assert {name: after[name] for name in expected} == expected
    assert tables.count() == 1


@pytest.mark.parametrize(
    ("before", "after", "role", "title"),
    [
        ("1er adjoint", "Adjoint", "deputy-mayor", ""),
        ("2ème adjointe au maire", "Maire", "mayor", ""),
        ("Adjointe au maire déléguée", "Conseillère municipale", "councillor", ""),
        ("Conseillère municipale déléguée", "Conseillère municipale", "councillor", ""),
        ("Adjoint", "3e adjoint", "deputy-mayor", "3e adjointe"),
    ],
)
def test_a_function_that_was_lost_takes_its_title_along(
    tables: Tables, before: str, after: str, role: str, title: str
) -> None:
    tables.take("avant.csv", ANNE.replace("Maire;1", f"{before};1"))
    tables.update(ANNE.replace("Maire;1", f"{after};1"))
    found = tables.contact()
    assert (found["role"], found["title"]) == (role, title)


def test_somebody_who_got_a_commune_code_since_is_the_same_at_a_new_postal_code(tables: Tables) -> None:
    tables.take("avant.csv", ANNE)
    path = tables.root / "contacts/avant.csv"
    header, row = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text(f"{header};insee\n{row};69081\n", encoding="utf-8")
    assert "1 changed" in tables.update(MOVED).stdout
    assert (tables.count(), tables.contact()["insee"]) == (1, "69081")


def test_namesakes_of_one_town_are_not_mixed_up(tables: Tables) -> None:
    one, other = ANNE, ANNE.replace("1 place de la Mairie", "8 rue B").replace("a@", "b@")
    tables.take("avant.csv", one, other)
    done = tables.update(other.replace("b@", "c@"), one)
    assert "moved exemple-anne-69130-2  email: b@exemple.fr → c@exemple.fr" in done.stdout
    assert "1 changed, 1 known already" in done.stdout


REGISTER = (
    "Code du département;Libellé du département;Code de la collectivité à statut particulier;"
    "Libellé de la collectivité à statut particulier;Code de la commune;Libellé de la commune;Nom de l'élu;"
    "Prénom de l'élu;Code sexe;Date de naissance;Code de la catégorie socio-professionnelle;"
    "Libellé de la catégorie socio-professionnelle;Date de début du mandat;Libellé de la fonction;"
    "Date de début de la fonction;Code nationalité"
)
MAYOR = "69;Rhône;;;69081;Écully;EXEMPLE;Anne;F;01/01/1960;34;X;a;{function};b;FR"
OTHER = MAYOR.replace("EXEMPLE;Anne", "ESSAI;Zoé")
COMMUNITY = (
    "Code du département;Libellé du département;Code de la collectivité à statut particulier;"
    "Libellé de la collectivité à statut particulier;N° SIREN;Libellé de l'EPCI;"
    "Code de la commune de rattachement;Libellé de la commune de rattachement;Nom de l'élu;"
    "Prénom de l'élu;Code sexe;Date de naissance;Code de la catégorie socio-professionnelle;"
    "Libellé de la catégorie socio-professionnelle;Date de début du mandat;Libellé de la fonction;"
    "Date de début de la fonction"
)
MEMBER = "69;Rhône;;;200000000;CC Essai;69081;Écully;EXEMPLE;Anne;F;01/01/1960;34;X;a;;b"


@pytest.mark.parametrize(
    ("before", "typed", "after", "expected"),
    [
        ("2ème adjoint au Maire", "", "Autre adjoint au maire", ("deputy-mayor", "", "")),
        ("Conseiller municipal délégué", "", "", ("councillor", "", "")),
        ("Maire associé", "", "Maire délégué", ("delegated-mayor", "Maire déléguée", "")),
        ("Maire associé", "", "", ("councillor", "", "")),
        ("Maire", "Première magistrate", "Maire", ("mayor", "Première magistrate", "")),
        ("Maire", "Première magistrate", "Maire par intérim", ("mayor", "Première magistrate", "")),
    ],
)
def test_rank_title_and_salutation_of_the_register_follow_it_and_typed_ones_stay(
    tables: Tables, before: str, typed: str, after: str, expected: tuple[str, str, str]
) -> None:
    tables.take("a.csv", MAYOR.format(function=before), OTHER.format(function=""), header=REGISTER)
    path = tables.root / "contacts/rne-conseillers-municipaux.csv"
    if typed:
        header, *rows = path.read_text(encoding="utf-8-sig").splitlines()
        path.write_text(
            "\n".join([f"{header};title", *(f"{row};{typed if 'Anne' in row else ''}" for row in rows), ""]),
            encoding="utf-8",
        )
    done = tables.update(MAYOR.format(function=after), OTHER.format(function=""), header=REGISTER)
    found = tables.contact("exemple-anne-69081")
    assert (found["role"], found["title"], found["salutation"]) == expected
    is_otherwise = expected[1] == "Première magistrate" and after != "Maire"
    assert ("exemple-anne-69081: title stays as it was typed" in done.stderr) == is_otherwise


def test_a_lesser_office_in_another_body_takes_nobodys_office_away(tables: Tables) -> None:
    tables.take("a.csv", MAYOR.format(function="Maire"), header=REGISTER)
    done = tables.update(MEMBER, header=COMMUNITY)
    assert "1 known already" in done.stdout
    assert tables.contact("exemple-anne-69081")["role"] == "mayor"


def test_whoever_left_is_found_in_whatever_file_the_register_was_written_to(tables: Tables) -> None:
    options = ("--into", "contacts/mairies.csv")
    tables.take("a.csv", MAYOR.format(function="Maire"), header=REGISTER, options=options)
    done = tables.update(OTHER.format(function="Maire"), header=REGISTER)
    assert "left  exemple-anne-69081  Anne Exemple, mayor" in done.stdout
    assert tables.contact("exemple-anne-69081")["term_end"] == "2025-01-14"
    assert (tables.root / "contacts/mairies.csv.bak").is_file()


def test_nobody_leaves_another_file_of_a_department_that_the_source_does_not_speak_of(tables: Tables) -> None:
    other = (
        MAYOR.replace("69;Rhône", "01;Ain").replace("69081;Écully", "01053;Bourg").format(function="Maire")
    )
    tables.take("a.csv", other, header=REGISTER, options=("--into", "contacts/ain.csv"))
    tables.take(
        "b.csv", MAYOR.format(function="Maire"), header=REGISTER, options=("--into", "contacts/rhone.csv")
    )
    done = tables.update(OTHER.format(function="Maire"), header=REGISTER)
    assert "1 new, 1 left" in done.stdout
    assert tables.contact("exemple-anne-01053")["term_end"] is None


def test_a_list_of_ones_own_ends_nobodys_term_in_another_file(tables: Tables) -> None:
    tables.take("avant.csv", ANNE)
    done = tables.update(ANNE.replace("EXEMPLE;Anne", "ESSAI;Zoé"))
    assert "1 new" in done.stdout
    assert "left" not in done.stdout
    assert tables.contact()["term_end"] is None


VCARD = (
    "BEGIN:VCARD\nVERSION:3.0\nN:Exemple;Anne;;Mme;\nFN:Anne Exemple\nTITLE:Maire\n"
    "ADR:;;99 rue Corrigée;Écully;;69130;\nTEL:{phone}\nEND:VCARD"
)


def test_an_address_book_updates_a_table(tables: Tables) -> None:
    tables.take("avant.csv", ANNE)
    done = tables.update(header=VCARD.format(phone="04 00 00 00 01"), name="a.vcf")
    assert "address: 1 place de la Mairie → 99 rue Corrigée, phone: – → 04 00 00 00 01" in done.stdout
    after = tables.contact()
    assert (after["address"], after["email"], after["role"]) == (["99 rue Corrigée"], "a@exemple.fr", "mayor")
    again = tables.update(header=VCARD.format(phone="0400000001"), name="a.vcf")
    assert "1 known already" in again.stdout


def test_a_file_with_faults_is_not_written_over(tables: Tables) -> None:
    tables.take("avant.csv", ANNE)
    path = tables.root / "contacts/avant.csv"
    path.write_text(path.read_text(encoding="utf-8") + "x;;;\n", encoding="utf-8")
    before = path.read_bytes()
    refused = tables.take("apres.csv", MOVED, options=("--update", "--yes"))
    assert (refused.exit_code, path.read_bytes()) == (3, before)
    assert refused.stderr.startswith("contacts/avant.csv:3: ")
