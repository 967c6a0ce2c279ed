from collections.abc import Callable

from outreach.country.country import Country
from outreach.people.addressing import address_faults, address_lines, joint_address_lines
from outreach.people.contact import Contact

MakeContact = Callable[..., Contact]


def test_a_person_has_civility_name_office_street_and_capitals_last(
    make_contact: MakeContact, france: Country
) -> None:
    contact = make_contact(city="Lyon Cedex 01", postal_code="69205", address=("Hôtel de Ville", "1 place A"))
    assert address_lines(contact, france) == (
        "Madame Anne EXEMPLE",
        "Maire de Lyon",
        "Hôtel de Ville",
        "1 place A",
        "69205 LYON CEDEX 01",
    )


def test_an_organisation_stands_first(make_contact: MakeContact, france: Country) -> None:
    contact = make_contact(
        given_name="", family_name="", organisation="Métropole", title="Présidence", department="Cabinet"
    )
    assert address_lines(contact, france)[:3] == ("Métropole", "Présidence", "Cabinet")


def test_a_foreign_country_is_a_last_line_and_france_is_none(
    make_contact: MakeContact, france: Country
) -> None:
    assert address_lines(make_contact(country="Suisse"), france)[-1] == "SUISSE"
    assert address_lines(make_contact(country="CH"), france)[-1] == "SUISSE"
    assert address_lines(make_contact(country="be"), france)[-1] == "BELGIQUE"
    assert address_lines(make_contact(country="Québec"), france)[-1] == "QUÉBEC"
    for name in ("France", "FR", "fr", "french  republic"):
        assert address_lines(make_contact(country=name), france)[-1] == "69130 ÉCULLY"


def test_a_joint_address_needs_one_place_and_six_lines(make_contact: MakeContact, france: Country) -> None:
    here, there = make_contact(), make_contact(city="Lyon")
    assert joint_address_lines([here, here], ["A", "B"], france) == (
        "A",
        "B",
        "1 place de la Mairie",
        "69130 ÉCULLY",
    )
    assert joint_address_lines([here, there], ["A", "B"], france) == ()
    assert joint_address_lines([here] * 5, list("ABCDE"), france) == ()


def test_long_lines_and_many_lines_are_faults(make_contact: MakeContact, france: Country) -> None:
    def faults(*address: str, country: str = "") -> list[str]:
        return address_faults(make_contact(address=address, country=country), france)

    # Two lines before the street: civility with name, and office.
    assert faults("x" * 38) == []
    assert faults("x" * 39) == ["address line 3 has 39 characters, 38 at most"]
    assert faults("a", "b", "c") == []
    assert faults("a", "b", "c", "d") == ["the address has 7 lines, 6 at most"]
    assert faults("a", "b", "c", country="Suisse") == []
    assert faults("a", "b", "c", "d", country="Suisse") == ["the address has 8 lines, 7 at most"]
