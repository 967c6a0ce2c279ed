"""Who is shown as the same contact twice. All people are made up."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]


def entry(identifier: str, role: str, *names: str) -> str:
    """Return a contact of one town; one name is a body's, two are a person's."""
    keys = ("organisation",) if len(names) == 1 else ("family_name", "given_name")
    named = "".join(f'{key} = "{name}"\n' for key, name in zip(keys, names, strict=True))
    place = 'address = ["1 rue A"]\npostal_code = "69130"\ncity = "Écully"\ninsee = "69081"\n'
    return f'[[contact]]\nid = "{identifier}"\nrole = "{role}"\n{named}{place}'


def pairs(run: Run, root: Path) -> list[tuple[list[str], bool]]:
    rows = json.loads(run("contacts", "dedupe", "--json", root=root).stdout)
    return [(row["contacts"], row["certain"]) for row in rows]


@pytest.mark.parametrize("role", ["organisation", "mayor"])
@pytest.mark.parametrize("body", ["Exemple Anne", "EXEMPLE-ANNE", "Exemple Anna"])
def test_a_person_is_no_twin_of_a_body_of_its_name(
    campaign: Campaign, run: Run, role: str, body: str
) -> None:
    root = campaign({"contacts/a.toml": entry("elle", role, "Exemple", "Anne") + entry("corps", role, body)})
    assert pairs(run, root) == []
    assert run("contacts", "dedupe", root=root).stdout == "nobody is there twice\n"


def test_a_body_is_no_twin_of_a_person_that_comes_after_it(campaign: Campaign, run: Run) -> None:
    body, person = entry("corps", "mayor", "Exemple Anne"), entry("elle", "mayor", "Exemple", "Anne")
    assert pairs(run, campaign({"contacts/a.toml": body + person})) == []


def test_two_people_of_one_name_and_role_are_twins(campaign: Campaign, run: Run) -> None:
    twice = entry("elle", "mayor", "Exemple", "Anne") + entry("encore", "mayor", "EXEMPLE", "Anné")
    assert pairs(run, campaign({"contacts/a.toml": twice})) == [(["elle", "encore"], True)]


def test_two_people_of_one_name_in_two_roles_may_be_twins(campaign: Campaign, run: Run) -> None:
    twice = entry("elle", "mayor", "Exemple", "Anne") + entry("encore", "senator", "Exemple", "Anne")
    assert pairs(run, campaign({"contacts/a.toml": twice})) == [(["elle", "encore"], False)]


def test_two_bodies_of_one_name_and_role_are_twins(campaign: Campaign, run: Run) -> None:
    twice = entry("un", "organisation", "Les Amis") + entry("deux", "organisation", "les amis")
    assert pairs(run, campaign({"contacts/a.toml": twice})) == [(["un", "deux"], True)]


def test_two_bodies_of_one_name_in_two_roles_are_no_twins(campaign: Campaign, run: Run) -> None:
    twice = entry("un", "organisation", "Les Amis") + entry("deux", "authority", "Les Amis")
    assert pairs(run, campaign({"contacts/a.toml": twice})) == []


def person(identifier: str, names: str, place: str, role: str = "mayor", street: str = "1 rue A") -> str:
    """Return a contact by family and given name, and by postal code, town and INSEE code."""
    family, given = names.split("/")
    code, city, insee = place.split("/")
    return (
        f'[[contact]]\nid = "{identifier}"\nrole = "{role}"\nfamily_name = "{family}"\ngiven_name = "{given}"\n'
        f'address = ["{street}"]\npostal_code = "{code}"\ncity = "{city}"\ninsee = "{insee}"\n'
    )


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (("Essai/Zoé", "38000/Vif/38545"), ("Essai/Zoé", "38000/Vif/"), [False]),
        (("Essai/Zoé", "38000/Vif/"), ("Zoé/Essai", "38000/Vif/"), [False]),
        (("Essai/Zoé", "38000/St-Égrève/"), ("ESSAI/Zoe", "38000/Saint-Egrève/"), [False]),
        (("St-Amand/Luc", "38000/Vif/"), ("Saint Amand/Luc", "38000/VIF CEDEX 2/"), [False]),
        (("Lambert/Zoé", "38000/Vif/"), ("Lembert/Zoé", "38000/Vif/"), [False]),
        (("Essai-Lo/Zoé", "38000/Vif/"), ("ESSAI LÔ/Zoe", "38000/VIF CEDEX 2/"), [True]),
        (("Essai/Zoé", "93200/Saint-Denis/"), ("Essai/Zoé", "97400/Saint-Denis/"), []),
        (("Essai/Zoé", "38000/Vif/"), ("Essai/Zoé", "38000/Vif/", "mayor", "9 rue B"), [False]),
        (("Essai1/Zoé", "38000/Vif/"), ("Essai2/Zoé", "38000/Vif/"), []),
    ],
)
def test_spellings_of_one_name_are_seen_and_two_departments_never_meet(
    campaign: Campaign, run: Run, one: tuple[str, ...], two: tuple[str, ...], expected: list[bool]
) -> None:
    root = campaign({"contacts/a.toml": person("un", *one) + person("deux", *two)})
    assert pairs(run, root) == [(["un", "deux"], certain) for certain in expected]


def test_four_thousand_of_one_town_are_compared_in_no_time(campaign: Campaign, run: Run) -> None:
    letters = "abcdefghij"
    names = [f"{a}{b}{c}ol{d}/Zoé" for a in letters for b in letters for c in letters for d in "rstv"]
    rows = [person(f"un-{number}", name, "38000/Vif/") for number, name in enumerate(names)]
    root = campaign({"contacts/a.toml": "".join([*rows, person("deux", "jjjolv/Zoé", "38000/Vif/")])})
    assert (["un-3999", "deux"], True) in pairs(run, root)
