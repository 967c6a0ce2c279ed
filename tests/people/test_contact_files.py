"""Whoever is read from a contact file is found in it again, to be erased."""

from collections.abc import Callable
from pathlib import Path

import pytest

from outreach.country.country import Country
from outreach.errors import InputError
from outreach.people.contact_files import with_filled_in, without
from outreach.people.people import load_people

WriteTree = Callable[..., Path]

OTHER = "un;mp;Essai;;\r\n"
PERSON = "quidam;mp;Quidam;;\r\n"


@pytest.mark.parametrize("name", ["id", "I-D", "I_D", "I D", " Id ", "ID"])
@pytest.mark.parametrize("ending", ["csv", "csv.bak"])
def test_the_column_of_ids_is_found_as_it_is_when_contacts_are_read(
    write_tree: WriteTree, france: Country, name: str, ending: str
) -> None:
    header = f"{name};role;Family-Name;Note\r\n".replace(";Note", ";Note;Avis")
    root = write_tree({"contacts/a.csv": header + PERSON + OTHER, f"contacts/b.{ending}": header + PERSON})
    assert load_people(root, france).contacts[0].id == "quidam"
    assert without(root / "contacts/a.csv", "quidam", "contacts/a.csv") == (header + OTHER).encode()
    assert without(root / f"contacts/b.{ending}", "quidam", f"contacts/b.{ending}") == header.encode()


@pytest.mark.parametrize(
    ("row", "identifier"),
    [(" quidam ;mp;Quidam;;\r\n", "quidam"), ("'-quidam;mp;Quidam;;\r\n", "-quidam"), (PERSON, "quidam")],
)
def test_an_id_is_compared_as_it_is_read(
    write_tree: WriteTree, france: Country, row: str, identifier: str
) -> None:
    header = "id;role;family_name;Note;Avis\r\n"
    root = write_tree({"contacts/a.csv": header + row + OTHER})
    assert load_people(root, france).contacts[0].id == identifier
    assert without(root / "contacts/a.csv", identifier, "contacts/a.csv") == (header + OTHER).encode()


def test_of_two_columns_of_ids_the_one_that_is_read_counts(write_tree: WriteTree, france: Country) -> None:
    header = "id;role;family_name;Note;I-D\r\n"
    rows = ("un;mp;Essai;;quidam\r\n", "quidam;mp;Essai;;deux\r\n", "quidam;mp;Essai;;\r\n")
    root = write_tree({"contacts/a.csv": header + "".join(rows)})
    assert [one.id for one in load_people(root, france).contacts] == ["quidam", "deux", "quidam"]
    assert without(root / "contacts/a.csv", "quidam", "contacts/a.csv") == (header + rows[1]).encode()


@pytest.mark.parametrize(
    "text",
    [
        '[[contact]]\nid = " quidam "\nrole = "mp"\ntitle = "A"\n',
        'contact = [{ id = "quidam ", role = "mp", title = "A" }]\n',
    ],
)
def test_blanks_around_an_id_in_toml_hide_nobody(write_tree: WriteTree, france: Country, text: str) -> None:
    root = write_tree({"contacts/a.toml": text})
    assert [one.id for one in load_people(root, france).contacts] == ["quidam"]
    content = without(root / "contacts/a.toml", "quidam", "contacts/a.toml")
    assert content is not None
    assert b"quidam" not in content


def test_blanks_around_an_id_in_toml_keep_nothing_from_being_filled_in(write_tree: WriteTree) -> None:
    root = write_tree({"contacts/a.toml": '[[contact]]\nid = " quidam "\nrole = "mp"\n'})
    values = {"quidam": {"city": "Lyon"}}
    assert with_filled_in(root / "contacts/a.toml", values, "contacts/a.toml").endswith(b'city = "Lyon"\n')


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.csv", "id;role;title\nun;mp;A\n"), ("b.toml", '[[contact]]\nid = "un"\n'), ("c.csv", "")],
)
def test_a_contact_that_is_not_found_where_it_was_read_is_not_passed_over(
    write_tree: WriteTree, name: str, text: str
) -> None:
    root = write_tree({f"contacts/{name}": text, f"contacts/{name}.bak": text})
    with pytest.raises(InputError) as caught:
        without(root / "contacts" / name, "quidam", f"contacts/{name}")
    assert str(caught.value) == (
        f"contacts/{name}: contact 'quidam' was not found here and is not erased; take it out by hand"
    )
    assert without(root / f"contacts/{name}.bak", "quidam", f"contacts/{name}.bak") is None


@pytest.mark.parametrize("name", ["a.bak", "a.toml.bak", "a.TOML.BAK", "a.txt.bak"])
def test_a_copy_in_toml_is_known_by_what_is_in_it(write_tree: WriteTree, name: str) -> None:
    text = '[[contact]]\nid = "un"\nrole = "mp"\n'
    root = write_tree({f"contacts/{name}": text + text.replace("un", "quidam")})
    assert without(root / "contacts" / name, "quidam", name) == text.encode()
