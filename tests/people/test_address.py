from collections.abc import Callable

from outreach.people.address import address_faults, address_lines, joint_address_lines
from outreach.people.contact import Contact

MakeContact = Callable[..., Contact]


def test_a_person_has_civility_name_office_street_and_capitals_last(make_contact: MakeContact) -> None:
    contact = make_contact(city="Lyon Cedex 01", postal_code="69205", address=("Hôtel de Ville", "1 place A"))
    assert address_lines(contact, "Madame", "Maire de Lyon") == (
        "Madame Anne EXEMPLE",
        "Maire de Lyon",
        "Hôtel de Ville",
        "1 place A",
        "69205 LYON CEDEX 01",
    )


def test_an_organisation_stands_first(make_contact: MakeContact) -> None:
    contact = make_contact(
        given_name="", family_name="", organisation="Métropole", title="Présidence", department="Cabinet"
    )
    assert address_lines(contact, "", "Présidence")[:3] == ("Métropole", "Présidence", "Cabinet")


def test_a_foreign_country_is_a_last_line_and_france_is_none(make_contact: MakeContact) -> None:
    assert address_lines(make_contact(country="Suisse"), "", "")[-1] == "SUISSE"
    assert address_lines(make_contact(country="France"), "", "")[-1] == "69130 ÉCULLY"


def test_a_joint_address_needs_one_place_and_six_lines(make_contact: MakeContact) -> None:
    here, there = make_contact(), make_contact(city="Lyon")
    assert joint_address_lines([here, here], ["A", "B"]) == ("A", "B", "1 place de la Mairie", "69130 ÉCULLY")
    assert joint_address_lines([here, there], ["A", "B"]) == ()
    assert joint_address_lines([here] * 5, list("ABCDE")) == ()


def test_long_lines_and_many_lines_are_faults() -> None:
    assert address_faults(["x" * 38, "69001 LYON"]) == []
    assert address_faults(["x" * 39, "69001 LYON"]) == ["address line 1 has 39 characters, 38 at most"]
    assert address_faults([*"abcdef", "69001 LYON"]) == ["the address has 7 lines, 6 at most"]
    assert address_faults([*"abcde", "1200 GENÈVE", "SUISSE"]) == []
