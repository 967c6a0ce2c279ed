import pytest

from outreach.country.civility import Civility, CivilityChoices
from outreach.country.country import Country
from outreach.people.roles import ROLES

PLAIN = CivilityChoices()


@pytest.fixture
def civility(france: Country) -> Civility:
    return france.civility("fr")


def test_every_role_has_its_forms(civility: Civility) -> None:
    assert sorted(civility.roles) == sorted(ROLES)


@pytest.mark.parametrize(
    ("role", "gender", "expected"),
    [
        ("mayor", "m", "Monsieur le Maire"),
        ("mayor", "f", "Madame la Maire"),
        ("mayor", "", "Madame, Monsieur"),
        ("mayor", "x", "Madame, Monsieur"),
        ("deputy-mayor", "m", "Monsieur l’Adjoint au maire"),
        ("deputy-mayor", "f", "Madame l’Adjointe au maire"),
        ("councillor", "f", "Madame la Conseillère municipale"),
        ("councillors", "group", "Mesdames et Messieurs les élu·es"),
        ("councillors", "", "Mesdames et Messieurs les élu·es"),
        ("regional-president", "f", "Madame la Présidente"),
        ("regional-councillor", "m", "Monsieur le Conseiller régional"),
        ("prefect", "f", "Madame la Préfète"),
        ("mp", "f", "Madame la Députée"),
        ("senator", "f", "Madame la Sénatrice"),
        ("authority", "m", "Madame, Monsieur"),
        ("organisation", "group", "Mesdames, Messieurs"),
    ],
)
def test_salutation_by_role_and_gender(civility: Civility, role: str, gender: str, expected: str) -> None:
    assert civility.salutation(role, gender, PLAIN) == expected


def test_styles_are_settings_of_the_campaign_and_of_the_contact(civility: Civility) -> None:
    traditional = CivilityChoices(feminine="le", plural="doublet")
    assert civility.salutation("mayor", "f", traditional) == "Madame le Maire"
    assert civility.salutation("mayor", "f", traditional, style="la") == "Madame la Maire"
    assert civility.salutation("mayor", "f", PLAIN, style="le") == "Madame le Maire"
    assert (
        civility.salutation("councillors", "group", traditional) == "Mesdames et Messieurs les élues et élus"
    )
    masculine = CivilityChoices(plural="masculine")
    assert civility.salutation("councillors", "group", masculine) == "Mesdames et Messieurs les élus"


def test_a_campaign_has_the_last_word(civility: Civility) -> None:
    own = CivilityChoices(roles={"mayor": {"f": "Madame la Mairesse", "closing": "Salut, {address}."}})
    assert civility.salutation("mayor", "f", own) == "Madame la Mairesse"
    assert civility.closing("mayor", "Madame la Mairesse", "nous", own) == "Salut, Madame la Mairesse."


@pytest.mark.parametrize(
    ("role", "voice", "expected"),
    [
        ("mayor", "nous", "Nous vous prions d’agréer, X, l’expression de notre haute considération."),
        ("mayor", "je", "Je vous prie d’agréer, X, l’expression de ma haute considération."),
        (
            "deputy-mayor",
            "nous",
            "Nous vous prions d’agréer, X, l’expression de notre considération distinguée.",
        ),
        ("authority", "nous", "Nous vous prions d’agréer, X, nos salutations distinguées."),
        ("authority", "je", "Je vous prie d’agréer, X, mes salutations distinguées."),
    ],
)
def test_closing_by_rank_and_voice(civility: Civility, role: str, voice: str, expected: str) -> None:
    assert civility.closing(role, "X", voice, PLAIN) == expected


def test_a_joint_salutation_names_each_once(civility: Civility) -> None:
    assert civility.joint_salutation(["A", "B", "B"]) == "A, B"


def test_the_head_of_a_region_outranks_a_mayor_and_a_mayor_a_deputy(civility: Civility) -> None:
    ranks = [
        civility.rank(role)
        for role in ("prefect", "regional-president", "mayor", "deputy-mayor", "councillors")
    ]
    assert ranks == sorted(ranks)


def test_titles_for_the_address(civility: Civility) -> None:
    assert civility.title("mayor", "f", "Écully", "") == "Maire d’Écully"
    assert (
        civility.title("deputy-mayor", "m", "Lyon", "la sécurité") == "Adjoint au maire délégué à la sécurité"
    )
    assert (
        civility.title("deputy-mayor", "f", "Lyon", "les sports") == "Adjointe au maire déléguée aux sports"
    )
    assert (
        civility.title("deputy-mayor", "f", "Lyon", "le logement") == "Adjointe au maire déléguée au logement"
    )
    assert civility.title("authority", "", "Lyon", "") == ""
