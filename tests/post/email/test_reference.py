import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.post.email.reference import reference_of, references_in, tagged, untagged, with_reference

REFERENCE = reference_of("Essai", "note", "maire")


def test_a_reference_is_always_the_same_and_another_for_every_letter_contact_and_campaign() -> None:
    assert REFERENCE == "YVZ-CZ8-HRX"
    others = {
        reference_of("Essai", "note", "maire-lyon"),
        reference_of("Essai", "rappel", "maire"),
        reference_of("Autre", "note", "maire"),
        reference_of("Essai", "notemaire", ""),
    }
    assert len({REFERENCE, *others}) == 5


@given(st.text(), st.text(), st.text())
def test_no_reference_has_a_character_that_is_taken_for_another(
    campaign: str, letter: str, contact: str
) -> None:
    reference = reference_of(campaign, letter, contact)
    assert re.fullmatch("[2-9A-HJKMNP-Z]{3}(-[2-9A-HJKMNP-Z]{3}){2}", reference)
    assert references_in(with_reference("Objet", reference)) == [reference]
    assert untagged(tagged("a.b@example.org", reference)) == ("a.b@example.org", reference)


@pytest.mark.parametrize(
    "text",
    [
        "RE: Une demande [{0}]",
        "Tr : votre réf. {0}, reçue hier",
        "({1})",
        "{2}",
        "{3}",
        "{0} et encore {0}",
        "<b>{0}</b>",
    ],
)
def test_a_reference_is_found_however_it_came_back(text: str) -> None:
    a, b, c = REFERENCE.split("-")
    ways = (REFERENCE, REFERENCE.lower(), f"{a}\u2011{b}\u2013{c}", f"{a}-{b}-\n{c}")
    assert references_in(text.format(*ways)) == [REFERENCE]


def test_a_slip_makes_no_other_letters_reference() -> None:
    for place, own in enumerate(REFERENCE):
        for other in "23456789ABCDEFGHJKMNPQRSTUVWXYZ" if own != "-" else "":
            if other != own:
                assert references_in(REFERENCE[:place] + other + REFERENCE[place + 1 :]) == []
        after = REFERENCE[place + 1 : place + 2]
        if after and "-" not in (own, after) and own != after:
            assert references_in(REFERENCE[:place] + after + own + REFERENCE[place + 2 :]) == []


@pytest.mark.parametrize(
    "text", ["", "X{0}", "{0}X", "é{0}", "2024-11-30", "ABC-DEF", "AAA-AAA-AAA", "\u212aVZ-CZ8-HRX"]
)
def test_what_only_looks_like_a_reference_is_none(text: str) -> None:
    assert references_in(text.format(REFERENCE)) == []


@pytest.mark.parametrize(
    "address", ["a@example.org", "a+news@example.org", "a+k7f3qx9m2@example.org", "+@x", ""]
)
def test_an_address_without_our_tag_stays_as_it_is(address: str) -> None:
    assert untagged(address) == (address, "")


def test_a_tag_is_read_back_from_an_address_that_has_one_of_its_own() -> None:
    address = tagged("groupe+vsa@example.org", REFERENCE)
    assert address == f"groupe+vsa+{REFERENCE.replace('-', '').lower()}@example.org"
    assert untagged(address.upper()) == ("GROUPE+VSA@EXAMPLE.ORG", REFERENCE)
