"""Address books as programs export them, seen through the command line. All people are made up."""

import base64
import quopri
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from typer.testing import Result

Bring = Callable[..., tuple[Result, list[dict[str, Any]]]]

LUC = {
    "given_name": "Luc",
    "family_name": "Essai",
    "role": "senator",
    "address": ["Bât. C", "2 rue B"],
    "postal_code": "01000",
    "city": "Bourg",
    "country": "",
    "email": "luc@example.org",
}
HOME = {"street": "9 chemin Privé", "city": "Ceyzériat", "code": "01250"}


def table(cells: Mapping[str, str], sign: str = ",") -> str:
    """Return a table of one row; "#2" is a second column of that name."""
    header = sign.join(f'"{name.removesuffix("#2")}"' for name in cells)
    row = sign.join('"{}"'.format(cell.replace('"', '""')) for cell in cells.values())
    return f"{header}\n{row}\n"


BOOKS = {
    "google": {
        "First Name": "Luc",
        "Middle Name": "Marie",
        "Last Name": "Essai",
        "File As": "",
        "Name Prefix": "M.",
        "Organization Name": "Sénat",
        "Organization Title": "Sénateur",
        "E-mail 1 - Label": "Home",
        "E-mail 1 - Value": "luc@example.org ::: autre@example.org",
        "Address 1 - Label": "Home",
        "Address 1 - Street": HOME["street"],
        "Address 1 - City": HOME["city"],
        "Address 1 - Postal Code": HOME["code"],
        "Address 1 - Country": "FR",
        "Address 2 - Label": "Work",
        "Address 2 - Extended Address": "Bât. C",
        "Address 2 - Street": "2 rue B",
        "Address 2 - City": "Bourg",
        "Address 2 - Postal Code": "1000",
        "Address 2 - Country": "France",
    },
    "google, old": {
        "Name": "Luc Essai",
        "Given Name": "Luc",
        "Family Name": "Essai",
        "Yomi Name": "",
        "Group Membership": "Élus ::: * myContacts",
        "E-mail 1 - Type": "* Work",
        "E-mail 1 - Value": "luc@example.org",
        "Address 1 - Type": "Home",
        "Address 1 - Street": HOME["street"],
        "Address 1 - City": HOME["city"],
        "Address 1 - Postal Code": HOME["code"],
        "Address 2 - Type": "* Other",
        "Address 2 - Street": "Bât. C\n2 rue B",
        "Address 2 - City": "Bourg",
        "Address 2 - Postal Code": "01000",
        "Organization 1 - Name": "Sénat",
        "Organization 1 - Title": "Sénateur",
    },
    "outlook": {
        "Title": "Mr",
        "First Name": "Luc",
        "Last Name": "Essai",
        "Company": "Sénat",
        "Job Title": "Sénateur",
        "Home Street": HOME["street"],
        "Home City": HOME["city"],
        "Home Postal Code": HOME["code"],
        "Business Street": "Bât. C",
        "Business Street 2": "2 rue B",
        "Business City": "Bourg",
        "Business Postal Code": "01000",
        "Business Country/Region": "France",
        "E-mail Address": "luc@example.org",
        "Birthday": "1960-01-02",
    },
    "outlook, French": {
        "Titre": "M.",
        "Prénom": "Luc",
        "Nom": "Essai",
        "Société": "Sénat",
        "Titre#2": "Sénateur",
        "Rue (domicile)": HOME["street"],
        "Ville (domicile)": HOME["city"],
        "Code postal (domicile)": HOME["code"],
        "Rue (bureau)": "Bât. C",
        "Rue (bureau) 2": "2 rue B",
        "Ville (bureau)": "Bourg",
        "Code postal (bureau)": "1000",
        "Adresse de messagerie": "luc@example.org",
    },
    "thunderbird": {
        "First Name": "Luc",
        "Last Name": "Essai",
        "Display Name": "Luc Essai",
        "Primary Email": "luc@example.org",
        "Home Address": HOME["street"],
        "Home City": HOME["city"],
        "Home ZipCode": HOME["code"],
        "Work Address": "Bât. C",
        "Work Address 2": "2 rue B",
        "Work City": "Bourg",
        "Work ZipCode": "01000",
        "Job Title": "Sénateur",
        "Birth Year": "1960",
    },
    "thunderbird, French": {
        "Prénom": "Luc",
        "Nom de famille": "Essai",
        "Nom à afficher": "Luc Essai",
        "Adresse électronique principale": "luc@example.org",
        "Adresse privée": HOME["street"],
        "Adresse privée 2": "",
        "Ville": HOME["city"],
        "Pays/État": "",
        "Code postal": HOME["code"],
        "Pays/Région (domicile)": "France",
        "Adresse professionnelle": "Bât. C",
        "Adresse professionnelle 2": "2 rue B",
        "Ville#2": "Bourg",
        "Pays/État#2": "",
        "Code postal#2": "01000",
        "Pays/Région (bureau)": "France",
        "Profession": "Sénateur",
    },
    "civicrm": {
        "Contact ID": "7",
        "Contact Type": "Individual",
        "Individual Prefix": "M.",
        "First Name": "Luc",
        "Last Name": "Essai",
        "Job Title": "Sénateur",
        "Street Address": "Bât. C",
        "Supplemental Address 1": "2 rue B",
        "City": "Bourg",
        "Postal Code": "1000",
        "Country": "France",
        "Email": "luc@example.org",
        "Gender": "Male",
    },
    "odoo": {
        "Name": "Luc Essai",
        "Street": "Bât. C",
        "Street2": "2 rue B",
        "Zip": "01000",
        "City": "Bourg",
        "Country": "France",
        "Job Position": "Sénateur",
        "Email": "luc@example.org",
    },
    "odoo, French": {
        "Nom": "Luc Essai",
        "Rue": "Bât. C",
        "Rue 2": "2 rue B",
        "Code postal": "01000",
        "Ville": "Bourg",
        "Poste occupé": "Sénateur",
        "E-mail": "luc@example.org",
        "Est une société": "FAUX",
    },
    "word": {
        "Title": "Mr",
        "First Name": "Luc",
        "Last Name": "Essai",
        "Company Name": "",
        "Address Line 1": "Bât. C",
        "Address Line 2": "2 rue B",
        "City": "Bourg",
        "State": "",
        "ZIP Code": "01000",
        "Country or Region": "France",
        "E-mail Address": "luc@example.org",
    },
    "word, French": {
        "Titre": "M.",
        "Prénom": "Luc",
        "Nom": "Essai",
        "Nom de la société": "",
        "Adresse ligne 1": "Bât. C",
        "Adresse ligne 2": "2 rue B",
        "Ville": "Bourg",
        "Code postal": "01000",
        "Pays ou région": "France",
        "Adresse de messagerie": "luc@example.org",
    },
    "notify": {
        "address line 1": "M. Luc Essai",
        "address line 2": "Bât. C",
        "address line 3": "2 rue B",
        "address line 4": "01000 Bourg",
        "address line 5": "",
        "address line 6": "",
        "address line 7": "",
        "email address": "luc@example.org",
    },
}


@pytest.mark.parametrize("book", BOOKS)
def test_every_address_book_gives_the_same_senator(bring: Bring, book: str) -> None:
    content = table(BOOKS[book]).encode("cp1252" if "French" in book else "utf-8")
    has_office = not book.startswith(("word", "notify"))
    done, (one,) = bring(content, *(() if has_office else ("--role", "senator")))
    assert done.exit_code == 0
    assert {name: one[name] for name in LUC} == LUC
    assert one["fields"] == {}
    assert "1960" not in done.stdout + done.stderr


@pytest.mark.parametrize("book", ["word", "word, French", "notify"])
def test_a_list_for_letters_without_functions_gives_people(bring: Bring, book: str) -> None:
    done, (one,) = bring(table(BOOKS[book]))
    assert (one["role"], one["gender"], one["civility"], done.exit_code) == ("person", "m", "", 0)
    assert "no function is given: taken for a person without an office" in done.stderr


def test_what_an_address_book_has_besides_is_left_out_and_named(bring: Bring) -> None:
    done, _found = bring(table(BOOKS["outlook"]))
    taken, left, *_rest = done.stdout.splitlines()
    assert taken.startswith("columns: Title, First Name, Last Name, Company, Job Title, Home Street")
    assert left == "columns left out: Birthday"


def test_a_body_of_an_address_book_is_an_organisation(bring: Bring) -> None:
    civicrm = {
        "Contact Type": "Organization",
        "First Name": "",
        "Last Name": "",
        "Organization Name": "Les Amis",
    }
    _done, (one,) = bring(table({**civicrm, "City": "Bourg", "Postal Code": "01000"}))
    assert (one["organisation"], one["role"], one["family_name"]) == ("Les Amis", "organisation", "")
    odoo = {"Name": "Les Amis", "Street": "2 rue B", "Street2": "", "Zip": "01000", "City": "Bourg"}
    _done, (one,) = bring(table({**odoo, "Is a Company": "True"}))
    assert (one["organisation"], one["role"], one["family_name"]) == ("Les Amis", "organisation", "")


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def quoted(text: str, encoding: str) -> str:
    return quopri.encodestring(text.encode(encoding), quotetabs=True).decode().replace("=\n", "=\r\n")


@pytest.mark.parametrize("charset", ["UTF-8", "ISO-8859-1", "Windows-1252"])
def test_a_card_of_the_oldest_version_is_read(bring: Bring, charset: str) -> None:
    marks = f"CHARSET={charset};ENCODING=QUOTED-PRINTABLE"
    long = "Ancien hôtel de l'évêché, escalier d'honneur au fond de la très grande cour"
    text = card(
        f"N;{marks}:{quoted('Œuvré' if charset != 'ISO-8859-1' else 'Évré', charset)};{quoted('Zoé', charset)};;Mme",
        f"ADR;WORK;{marks}:;{quoted(long, charset)};{quoted('1 rue Gaîté', charset)};{quoted('Épinal', charset)};;88000;France",
        "ADR;HOME:;;9 rue D;Golbey;;88190;France",
        version="2.1",
    )
    _done, (one,) = bring(text, name="carnet.vcf")
    assert (one["family_name"][1:], one["given_name"], one["gender"]) == (
        "uvré" if charset != "ISO-8859-1" else "vré",
        "Zoé",
        "f",
    )
    assert (one["address"], one["city"]) == ([long, "1 rue Gaîté"], "Épinal")


def test_a_card_in_eight_bits_is_read_by_its_charset(bring: Bring) -> None:
    text = card("N;CHARSET=Windows-1252:Évré;Zoé", "ADR;WORK:;;1 rue Gaîté;Épinal;;88000;", version="2.1")
    _done, (one,) = bring(text.encode("cp1252"), name="carnet.vcf")
    assert (one["family_name"], one["address"], one["city"]) == ("Évré", ["1 rue Gaîté"], "Épinal")


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (["ADR;TYPE=HOME:;;9 rue D;Golbey;;88190;", "ADR;TYPE=WORK:;;1 rue A;Épinal;;88000;"], ["1 rue A"]),
        (["ADR;TYPE=home:;;9 rue D;Golbey;;88190;", "ADR;PREF=1:;;1 rue A;Épinal;;88000;"], ["1 rue A"]),
        (["ADR:BP 7;Esc. B;1 rue A;Épinal;;88000;FR"], ["Esc. B", "1 rue A", "BP 7"]),
        (["ADR:;;Hôtel A\\n1 rue A\\; B\\, C;Épinal;;88000;FR"], ["Hôtel A", "1 rue A; B, C"]),
        (['ADR;LABEL="1 rue A\\n88000 Épinal":;;;;;;'], ["1 rue A"]),
    ],
)
def test_the_address_of_a_card_is_the_one_at_work(
    bring: Bring, addresses: list[str], expected: list[str]
) -> None:
    _done, (one,) = bring(card("N:Essai;Luc;;;", "FN:Luc Essai", *addresses, version="4.0"))
    assert (one["address"], one["city"], one["postal_code"], one["country"]) == (
        expected,
        "Épinal",
        "88000",
        "",
    )


def test_a_card_with_a_full_name_alone_names_a_person_or_a_body(bring: Bring) -> None:
    place = "ADR:;;1 rue A;Épinal;;88000;"
    people = card("N:;;;;", "FN:Mme Zoé ESSAI", place) + card("FN:Les Amis", "KIND:org", place)
    _done, found = bring(people + card("FN:Comité des fêtes", place))
    assert [(one["given_name"], one["family_name"], one["organisation"], one["role"]) for one in found] == [
        ("Zoé", "Essai", "", "person"),
        ("", "", "Les Amis", "organisation"),
        ("", "", "Comité des fêtes", "organisation"),
    ]


def test_of_several_e_mail_addresses_the_preferred_one_is_kept(bring: Bring) -> None:
    mails = ["EMAIL;PREF=2:b@example.org", "EMAIL;PREF=1:a@example.org"]
    done, (one,) = bring(card("N:Essai;Luc;;;", "ADR:;;1 rue A;Épinal;;88000;", *mails, version="4.0"))
    assert one["email"] == "a@example.org"
    assert "only a@example.org is kept, not b@example.org" in done.stderr


def test_a_title_that_is_a_roles_code_is_not_printed(bring: Bring) -> None:
    _done, (one,) = bring(table({**BOOKS["outlook"], "Job Title": "Deputy Mayor"}))
    assert (one["role"], one["title"]) == ("deputy-mayor", "")


def test_a_broken_card_is_named_and_the_others_come_in(bring: Bring) -> None:
    place = "ADR:;;1 rue A;Épinal;;88000;"
    broken = card("N:Essai;Luc;;;", "ceci n'est rien", place)
    open_card = card("N:Ouvert;Luc;;;", place).replace("END:VCARD\r\n", "")
    done, found = bring(broken + open_card + card("N:Vrai;Zoé;;;", place))
    assert [one["family_name"] for one in found] == ["Vrai"]
    assert done.exit_code == 3
    (said,) = [
        line for line in done.stderr.splitlines() if line.startswith("liste.csv:1: the card is broken: ")
    ]
    assert "id is missing" not in said
    assert "liste.csv:7: the card has no end" in done.stderr


def test_an_entry_of_ldif_is_read(bring: Bring) -> None:
    def coded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    entry = [
        "dn: cn=Zoe Essai,mail=zoe@example.org",
        "objectclass: person",
        f"givenName:: {coded('Zoé')}",
        "sn: Essai",
        "title: Conseillère régi",
        " onale",
        "mail: zoe@example.org",
        f"mozillaHomeStreet:: {coded('9 rue privée')}",
        "mozillaHomeLocalityName: Golbey",
        "mozillaHomePostalCode: 88190",
        f"street:: {coded('1 rue Gaîté')}",
        f"l:: {coded('Épinal')}",
        "postalCode: 88000",
        "c: FR",
    ]
    body = ["dn: cn=Les Amis", "o: Les Amis", "l: Golbey", "postalCode: 88190"]
    done, found = bring("\n".join([*entry, "", *body, ""]), name="carnet.ldif")
    assert done.stdout.splitlines()[-1] == "ldif into contacts/ldif.csv: 2 new"
    assert [(one["given_name"], one["role"], one["address"], one["city"], one["email"]) for one in found] == [
        ("Zoé", "regional-councillor", ["1 rue Gaîté"], "Épinal", "zoe@example.org"),
        ("", "organisation", [], "Golbey", ""),
    ]


def test_a_list_of_an_address_book_is_no_contact(bring: Bring) -> None:
    lines = ["dn: cn=Presse", "objectclass: groupOfNames", "cn: Presse", "member: cn=Luc Essai"]
    done, found = bring("\n".join([*lines, ""]), name="carnet.ldif")
    assert (done.exit_code, found) == (3, [])
    assert "carnet.ldif:1: is a list of people, not one of them" in done.stderr


def test_a_label_of_ones_own_says_which_address_is_at_work(bring: Bring) -> None:
    home = ["item1.ADR:;;9 rue D;Golbey;;88190;", "item1.X-ABLabel:_$!<Home>!$_"]
    work = ["item2.ADR:;;1 rue A;Épinal;;88000;", "item2.X-ABLabel:Travail"]
    _done, (one,) = bring(card("N:Essai;Luc;;;", *home, *work))
    assert one["city"] == "Épinal"
