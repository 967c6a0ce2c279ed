"""Address, salutation and closing say the same of everybody: sex, office, or neither, over all roles and labels."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from outreach.campaign.campaign import Campaign
from outreach.country.civility import CivilityChoices
from outreach.files.toml import load_data
from outreach.people.addressing import civility_of, forms_of, title_of
from outreach.people.contact import GENDERS, Contact
from outreach.people.roles import ROLES
from outreach.people.sources.rne import office

MakeContact = Callable[..., Contact]

EVERY_GENDER = (*GENDERS, "")
PAIRS = [*load_data("columns.toml")["agreeing"]["pairs"], ["monsieur", "madame"]]
WORDS = {"m": {pair[0] for pair in PAIRS}, "f": {pair[1] for pair in PAIRS}}
PARTS = (
    "",
    " délégué",
    " - 1er adjoint au maire",
    " chargé de la voirie",
    ", premier vice-président de l'office",
)
ORDINALS = ("", "1er ", "1ère ", "Premier ", "2ème ")
OFFICES = (
    "vice-président",
    "président",
    "maire",
    "adjoint",
    "conseiller",
    "député",
    "sénateur",
    "préfet",
    "représentant",
)


def sexes(text: str) -> set[str]:
    """Return which sexes the words of a text name, but for those that belong to a body: "du conseil municipal"."""
    found = set()
    for part in re.split(r" - |,", text.casefold()):
        own = re.split(r"\b(?:de|du|des|d['’]|au|aux|en)\b", part)[0]
        words = set(re.findall(r"[\w-]+", own))
        found |= {sex for sex, known in WORDS.items() if words & known}
    return found


def heads(text: str) -> str:
    """Return the office that a text names first, in the masculine; empty for none."""
    words = re.sub(r"ère\b", "er", text.casefold()).replace("sénatrice", "sénateur")
    found = [(words.find(name), name) for name in OFFICES if name in words]
    return min(found, key=lambda one: (one[0], -len(one[1])))[1] if found else ""


def assert_agree(campaign: Campaign, contact: Contact) -> None:
    title = title_of(contact, campaign.country)
    forms = forms_of(campaign, contact, "fr")
    said = f"{contact.role} {contact.gender}: {title} | {forms.salutation} | {forms.closing}"
    assert f", {forms.salutation}, " in forms.closing, said
    if contact.gender not in ("m", "f"):
        assert civility_of(contact, campaign.country) == heads(title) == "", said
        assert contact.gender == "group" or contact.role == "councillors" or is_neutral(forms.salutation), (
            said
        )
        return
    if contact.role == "councillors" or is_neutral(forms.salutation):
        assert heads(title) == "", said
        return
    is_traditional = forms.salutation.startswith("Madame le ")
    assert sexes(forms.salutation) == {contact.gender} or is_traditional, said
    assert sexes(title) <= {contact.gender}, said
    assert heads(title) in ("", heads(forms.salutation)) or (
        # Who presides over a part of a body, not over the body, is addressed as its member.
        heads(title) in ("président", "conseiller")
        and heads(forms.salutation) in ("conseiller", "représentant")
    ), said
    for word in ("délégu", "associ"):
        assert not title.startswith(f"Maire {word}") or f"Maire {word}" in forms.salutation, said


def is_neutral(salutation: str) -> bool:
    return salutation in ("Madame, Monsieur", "Mesdames, Messieurs")


@pytest.mark.parametrize("feminine", ["la", "le"])
@pytest.mark.parametrize("gender", EVERY_GENDER)
@pytest.mark.parametrize("role", ROLES)
def test_every_role(
    settings: Campaign, make_contact: MakeContact, role: str, gender: str, feminine: str
) -> None:
    campaign = replace(settings, civility=CivilityChoices(feminine=feminine))
    for portfolio in ("", "la voirie"):
        assert_agree(campaign, make_contact(role=role, gender=gender, portfolio=portfolio))


def every_rules() -> Iterator[tuple[str, Mapping[str, Any]]]:
    data = load_data("rne.toml")
    for kind in data["kind"]:
        yield kind["name"], kind
        if kind["name"] == "membres-assemblee":
            yield from ((body["name"], {**kind, **body}) for body in data["assembly"])


def labels(rules: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the register may write in a file of that kind; some have no functions at all."""
    yield ""
    for function in load_data("rne.toml")["function"] if {"president", "mayor"} & rules.keys() else ():
        if function.get("head", "") in ("", *rules) and (
            "mayor" in rules or "maire" not in function["begins"]
        ):
            for ordinal in ORDINALS:
                for begins in function["begins"]:
                    yield from (f"{ordinal}{begins}{rest}" for rest in rests(function))


def rests(function: Mapping[str, Any]) -> Iterator[str]:
    for rest in function.get("rest", PARTS):
        yield f" {rest}" if rest[:1].isalpha() else rest


@pytest.mark.parametrize("gender", EVERY_GENDER)
@pytest.mark.parametrize("rules", [pytest.param(rules, id=name) for name, rules in every_rules()])
def test_every_label_of_every_kind(
    settings: Campaign, make_contact: MakeContact, rules: Mapping[str, Any], gender: str
) -> None:
    for label in labels(rules):
        role, title, salutation = office(rules, label, gender, "Bretagne")
        contact = make_contact(role=role, gender=gender, title=title, salutation=salutation)
        assert_agree(settings, contact)


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("Maire délégué - 1er adjoint", "Maire déléguée - 1re adjointe"),
        ("Maire délégué, premier adjoint au maire", "Maire déléguée, première adjointe au maire"),
        (
            "Conseiller municipal délégué - 1er vice-président",
            "Conseillère municipale déléguée - 1re vice-présidente",
        ),
        ("Adjoint au maire délégué au conseil municipal", "Adjointe au maire déléguée au conseil municipal"),
        ("Conseiller delegue", "Conseillère déléguée"),
        ("Adjoint au maire, 1er vice-président", "Adjointe au maire, 1re vice-présidente"),
    ],
)
def test_ordinals_and_words_agree_with_a_woman_and_what_is_a_body_does_not(label: str, title: str) -> None:
    rules = next(kind for kind in load_data("rne.toml")["kind"] if kind["name"] == "conseillers-municipaux")
    assert office(rules, label, "f")[1] == title
