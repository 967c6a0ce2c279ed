from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from outreach.country.country import Country, load_country
from outreach.errors import InputError
from outreach.letters.folder import load_folder
from outreach.people.addressing import address_lines
from outreach.people.contact import Contact
from outreach.people.people import load_people
from tests.conftest import CONTACT, WriteTree

Campaign = Callable[..., Path]
MakeContact = Callable[..., Contact]

HEADER = "id;role;gender;given_name;family_name;address;postal_code;city;tags;checked"
ROW = "hélène;mayor;f;Hélène;Côté;Mairie|1 rue A;01000;Bourg;a|b;2024-11-01"


def load(campaign: Campaign, files: dict[str, str | bytes]) -> tuple[list[str], list[str]]:
    """Return the ids of the faultless contacts and the problems as lines."""
    people = load_people(campaign({"contacts/a.toml": "", **files}), load_country("FR"))
    return [entry.contact.id for entry in people.entries if not entry.is_faulty], [
        str(problem) for problem in people.problems
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_is_read_whatever_its_encoding_separator_and_line_ends(
    campaign: Campaign, france: Country, encoding: str, separator: str, end: str
) -> None:
    text = (end.join([HEADER, ROW.replace("hélène", "helene")]) + end).replace(";", separator)
    root = campaign({"contacts/a.toml": "", "contacts/b.csv": text.encode(encoding)})
    people = load_people(root, france)
    assert people.problems == ()
    (entry,) = people.entries
    contact = entry.contact
    assert (contact.given_name, contact.family_name) == ("Hélène", "Côté")
    assert contact.address == ("Mairie", "1 rue A")
    assert (contact.postal_code, contact.tags, contact.checked) == ("01000", ("a", "b"), date(2024, 11, 1))
    assert (entry.path, entry.line) == ("contacts/b.csv", 2)


def test_csv_headers_are_compared_without_case_blanks_and_dashes(campaign: Campaign, france: Country) -> None:
    text = "ID,Role,Family-Name,POSTAL CODE,city,Nom du chat\nx,mayor,Exemple,69001,Lyon,Minou\n"
    people = load_people(campaign({"contacts/a.toml": "", "contacts/b.csv": text}), france)
    assert people.problems == ()
    assert people.contacts[0].family_name == "Exemple"
    assert people.contacts[0].fields == {"Nom_du_chat": "Minou"}


def test_own_fields_are_kept_and_a_slip_is_a_warning(campaign: Campaign) -> None:
    ids, problems = load(
        campaign,
        {
            "contacts/b.toml": (
                '[[contact]]\nid = "x"\nrole = "mayor"\nfamily_name = "E"\npostal_code = "69001"\ncity = "Lyon"\n'
                '[contact.fields]\nfamily_nam = "y"\nneighbourhood = "z"\n'
            )
        },
    )
    assert ids == ["x"]
    assert problems == [
        "contacts/b.toml:8: field 'family_nam' is one slip away from 'family_name'; rename one of the two"
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"id": '"../x"'},
            "contacts/b.toml:2: id '../x' is not usable as a file name; use letters without accents, ",
        ),
        (
            {"id": '"é"'},
            "contacts/b.toml:2: id 'é' is not usable as a file name; use letters without accents, ",
        ),
        (
            {"id": '"nul"'},
            "contacts/b.toml:2: id 'nul' is not usable as a file name; use letters without accents, ",
        ),
        ({"role": '"mayr"'}, "contacts/b.toml:3: unknown role 'mayr'; did you mean mayor"),
        ({"gender": '"w"'}, "contacts/b.toml:6: unknown gender 'w'; known: m, f, x, group"),
        (
            {"postal_code": '"1000"'},
            'contacts/b.toml:5: postal code 1000 has lost its zero; write it as text: "01000"',
        ),
        ({"postal_code": "1000"}, "contacts/b.toml:5: postal_code must be a text in quotes"),
        (
            {"postal_code": '"69 001"'},
            "contacts/b.toml:5: '69 001' is not a postal code; five digits, as in 69001",
        ),
        (
            {"email": '"a@b"'},
            "contacts/b.toml:6: 'a@b' is not an e-mail address; one address, as in name@example.org",
        ),
        (
            {"famly_name": '"E"'},
            "contacts/b.toml:6: unknown key 'famly_name' in [contact]; did you mean family_name",
        ),
        ({"city": '""'}, "contacts/b.toml:1: contact 'x' has an incomplete address; add city"),
        (
            {"checked": '"11/2024"'},
            "contacts/b.toml:6: checked must be a date; write YYYY-MM-DD; it is '11/2024'",
        ),
        (
            {"family_name": '""'},
            "contacts/b.toml:1: contact 'x' has no name; give family_name, organisation or title",
        ),
    ],
)
def test_each_fault_has_its_place_and_hint(campaign: Campaign, change: dict[str, str], expected: str) -> None:
    values = {"id": '"x"', "role": '"mayor"', "family_name": '"E"', "postal_code": '"69001"'}
    values |= {key: value for key, value in change.items() if key in values}
    lines = [f"{key} = {value}" for key, value in (values | change).items()]
    if "city" not in change:
        lines.append('city = "Lyon"')
    ids, problems = load(campaign, {"contacts/b.toml": "\n".join(["[[contact]]", *lines, ""])})
    assert ids == []
    assert problems[0].startswith(expected)


def test_an_id_used_twice_names_the_first_place(campaign: Campaign) -> None:
    row = "x;mayor;;;E;;69001;Lyon;;"
    ids, problems = load(
        campaign, {"contacts/b.csv": f"{HEADER}\n{row}\n", "contacts/c.csv": f"{HEADER}\n\n{row}\n"}
    )
    assert ids == ["x"]
    assert problems == ["contacts/c.csv:3: id 'x' is used twice; the first is at contacts/b.csv:2"]


def test_a_row_with_too_many_cells_is_a_fault(campaign: Campaign) -> None:
    _, problems = load(campaign, {"contacts/b.csv": "id,role,family_name\nx,mayor,E,F\n"})
    assert (
        problems[0]
        == "contacts/b.csv:2: the row has 4 cells, the header 3; quote cells that contain the separator"
    )


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "contacts/b.toml",
            '[[contact]]\nid = "x\n',
            "contacts/b.toml:2: broken TOML: illegal character '\\n'; "
            "check the quotes, brackets and commas of this line and the one above",
        ),
        (
            "contacts/b.toml",
            b'[[contact]]\nid = "\xe9"\n',
            "contacts/b.toml:2: is not UTF-8 text; save the file as UTF-8",
        ),
        (
            "contacts/b.csv",
            "nom,ville\nx,y\n",
            "contacts/b.csv:1: there is no column 'id'; the header is nom, ville",
        ),
        (
            "contacts/b.csv",
            'id,role\nx,"mayor\n',
            "contacts/b.csv:2: broken CSV: unexpected end of data; check the quotes",
        ),
    ],
)
def test_a_file_that_cannot_be_parsed_stops_the_reading(
    campaign: Campaign, name: str, content: str | bytes, expected: str
) -> None:
    with pytest.raises(InputError) as caught:
        load(campaign, {name: content})
    assert str(caught.value) == expected


def test_a_column_of_any_name_becomes_a_field(campaign: Campaign) -> None:
    table = "id;role;organisation;N° SIREN;Nom d’usage;\na;mayor;A;123;X;perdu\n"
    folder = load_folder(campaign({"contacts/a.csv": table, "contacts/a.toml": ""}))
    (contact,) = folder.people.contacts
    assert contact.fields == {"N_SIREN": "123", "Nom_d_usage": "X"}
    shown = [str(problem) for problem in folder.problems if problem.path == "contacts/a.csv"]
    assert shown[:3] == [
        "contacts/a.csv:1: templates know the column 'N° SIREN' as recipient.fields.N_SIREN; "
        "rename it if another name suits you better",
        "contacts/a.csv:1: templates know the column 'Nom d’usage' as recipient.fields.Nom_d_usage; "
        "rename it if another name suits you better",
        "contacts/a.csv:2: contact 'a' has no postal address; its letters cannot be posted",
    ]
    assert shown[3] == (
        "contacts/a.csv:2: cells stand in a column without a name and are not read; name the column in line 1"
    )


def test_a_portfolio_without_its_article_is_a_warning(campaign: Campaign) -> None:
    contacts = CONTACT + 'portfolio = "sécurité"\n'
    (problem,) = load_folder(campaign({"contacts/a.toml": contacts})).problems
    assert str(problem) == (
        "contacts/a.toml:13: portfolio 'sécurité' has no article; "
        'write it with its article, as in "la sécurité"'
    )


def test_a_given_name_alone_still_names_a_person(make_contact: MakeContact, france: Country) -> None:
    contact = make_contact(family_name="", title="Maire")
    assert address_lines(contact, france)[:2] == ("Madame Anne", "Maire")


def test_old_line_ends_are_read(campaign: Campaign, france: Country) -> None:
    table = 'id;role;"a, b, c"\run;mayor;x\r'
    people = load_people(campaign({"contacts/a.toml": "", "contacts/b.csv": table}), france)
    assert [contact.id for contact in people.contacts] == ["un"]


def test_nobody_is_called_what_means_everybody(campaign: Campaign, france: Country) -> None:
    named = CONTACT.replace('"maire"', '"all"') + CONTACT.replace('"maire"', '"joint"')
    people = load_people(campaign({"contacts/a.toml": named}), france)
    assert [str(problem) for problem in people.problems] == [
        "contacts/a.toml:2: id 'all' means something else here; choose another name",
        "contacts/a.toml:14: id 'joint' means something else here; choose another name",
    ]


def test_a_contact_is_found_by_its_id_and_the_near_misses_are_named(
    campaign: Campaign, france: Country
) -> None:
    people = load_people(campaign(), france)
    assert people.entry("maire").contact is people.contacts[0]
    with pytest.raises(InputError) as caught:
        people.entry("mairie")
    assert str(caught.value) == "no contact 'mairie'; did you mean maire?"


def test_of_an_id_that_is_used_twice_the_first_counts(campaign: Campaign, france: Country) -> None:
    people = load_people(campaign({"contacts/b.toml": CONTACT.replace("Exemple", "Autre")}), france)
    assert people.by_id["maire"].contact.family_name == "Exemple"
    assert [entry.is_faulty for entry in people.entries] == [False, True]


def test_a_file_with_errors_is_not_to_be_written_again(campaign: Campaign, france: Country) -> None:
    people = load_people(campaign({"contacts/b.toml": CONTACT.replace('"mayor"', '"mayr"')}), france)
    assert people.contacts_in("contacts/a.toml") == people.contacts[:1]
    with pytest.raises(InputError, match=r"contacts/b\.toml:3: unknown role 'mayr'"):
        people.contacts_in("contacts/b.toml")


def test_a_cell_of_several_lines_is_several_lines(write_tree: WriteTree, france: Country) -> None:
    head = "id,role,family_name,address,postal_code,city\n"
    root = write_tree({"contacts/a.csv": head + 'un,mayor,A,"Mairie\n1 rue B|BP 2",69001,Lyon\n'})
    people = load_people(root, france)
    assert (people.problems, people.contacts[0].address) == ((), ("Mairie", "1 rue B", "BP 2"))


@pytest.mark.parametrize(
    "country", ["AE", "Émirats arabes unis", "Côte d’Ivoire", "ivory coast", "Hong Kong"]
)
def test_a_country_without_postal_codes_needs_none(
    country: str, write_tree: WriteTree, france: Country
) -> None:
    contact = f'[[contact]]\nid = "a"\nrole = "organisation"\norganisation = "A"\ncountry = "{country}"\n'
    there = load_people(write_tree({"contacts/a.toml": contact + 'city = "B"\n'}), france)
    assert (there.problems, there.contacts[0].has_address) == ((), True)
    nowhere = load_people(write_tree({"contacts/a.toml": contact + 'address = ["1 rue C"]\n'}), france)
    assert [problem.hint for problem in nowhere.problems] == ["add city"]


def test_any_other_country_needs_a_postal_code(write_tree: WriteTree, france: Country) -> None:
    contact = '[[contact]]\nid = "a"\nrole = "organisation"\norganisation = "A"\ncountry = "BE"\ncity = "B"\n'
    people = load_people(write_tree({"contacts/a.toml": contact}), france)
    assert [problem.hint for problem in people.problems] == ["add postal_code"]
