from collections.abc import Callable

from outreach.country.country import Country
from outreach.people.addressing import (
    address_faults,
    address_lines,
    address_slips,
    delivery_lines,
    joint_address_lines,
)
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
        "1 PLACE A",
        "69205 LYON CEDEX 01",
    )


def test_an_organisation_stands_first(make_contact: MakeContact, france: Country) -> None:
    contact = make_contact(
        given_name="", family_name="", organisation="Métropole", title="Présidence", department="Cabinet"
    )
    assert address_lines(contact, france)[:3] == ("Métropole", "Présidence", "Cabinet")


def test_from_the_street_on_capitals_and_no_punctuation_above_it_as_written(
    make_contact: MakeContact, france: Country
) -> None:
    for own, printed in (
        ("Hôtel de Ville|12, bis rue de l'Église", "Hôtel de Ville|12 BIS RUE DE L'ÉGLISE"),
        ("Maison des associations|C.S. 20.033", "Maison des associations|CS 20033"),
        ("3e étage|12-14 av. Jean-Jaurès.", "3e étage|12-14 AV JEAN-JAURÈS"),
        ("Cour d’appel|rue de l’Abbé Grégoire|BP 3", "Cour d’appel|RUE DE L’ABBÉ GRÉGOIRE|BP 3"),
        ("Mairie", "Mairie"),
        ("Le Bourg", "LE BOURG"),
    ):
        contact = make_contact(address=tuple(own.split("|")), city="Écully Cédex", postal_code="69134")
        assert delivery_lines(contact, france) == (*printed.split("|"), "69134 ÉCULLY CEDEX")


def test_an_address_abroad_stays_as_it_is_written(make_contact: MakeContact, france: Country) -> None:
    contact = make_contact(address=("Hauptstraße 1, Hof.",), postal_code="10115", city="Berlin", country="DE")
    assert delivery_lines(contact, france) == ("Hauptstraße 1, Hof.", "10115 BERLIN", "ALLEMAGNE")
    assert address_slips(contact, france) == []


def test_the_town_twice_and_full_stops_are_named(make_contact: MakeContact, france: Country) -> None:
    def slips(*address: str) -> list[str]:
        return [message for message, _hint in address_slips(make_contact(address=address), france)]

    twice, points = (
        "the town stands in the address lines too",
        "the address has abbreviations or numbers with full stops",
    )
    assert slips("1 rue d'Écully") == []
    for line in ("écully", "1 rue A, Écully", "1 rue A 69130 Écully"):
        assert slips("1 rue A", line) == [twice]
    for line in ("C.S. 20.033", "B.P. 3", "CS 20.033"):
        assert slips(line) == [points]
    assert slips("12, rue A.") == []


def test_a_text_of_several_lines_is_several_lines(make_contact: MakeContact, france: Country) -> None:
    contact = make_contact(organisation="Syndicat\ndes transports")
    assert address_lines(contact, france)[2:4] == ("Syndicat", "des transports")


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
        "1 PLACE DE LA MAIRIE",
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
