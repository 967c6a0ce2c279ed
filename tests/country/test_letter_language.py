"""What a language makes of text, names, dates and amounts."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.country.country import Country, load_country
from outreach.country.letter_language import LetterLanguage


@pytest.fixture
def french(france: Country) -> LetterLanguage:
    return france.language("fr")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pourquoi ?", "Pourquoi_?"),
        ("Pourquoi?", "Pourquoi_?"),
        ("Non ! Si ; peut-être", "Non_! Si_; peut-être"),
        ("Quoi ?!", "Quoi_?!"),
        ("Objet : lettre", "Objet~: lettre"),
        ("à 12:30", "à 12:30"),
        ("« ici » et «là»", "«~ici~» et «~là~»"),
        ("20 % et 20%", "20~% et 20~%"),
        ("l'article L. 311-1 et R. 311-12", "l’article~L.~311-1 et R.~311-12"),
        ("art. L. 311-1, al. 2, n° 3", "art.~L.~311-1, al.~2, n°~3"),
        ("art. L.O. 135, LO 135 et L.P. 12", "art.~L.O.~135, LO~135 et L.P.~12"),
        ("les nos 23 et 24, p. 7", "les nos~23 et 24, p.~7"),
        ("R.* 311-12", "R.*~311-12"),
        ("10,3 millions d'euros", "10,3~millions d’euros"),
        ("5 ans, 12 000 €", "5~ans, 12_000~€"),
        ("34 874 maires", "34_874 maires"),
        ("M. Doucet et Mme Martin", "M.~Doucet et Mme~Martin"),
        ("n° 12", "n°~12"),
        ("le 30 novembre et le 1er mai", "le 30~novembre et le 1er~mai"),
        ("l'audit...", "l’audit…"),
        ("l'« IA »", "l’«~IA~»"),
        ("(pourquoi ?)", "(pourquoi_?)"),
        (
            "voir https://example.org/a?b=c;d et a.b@example.org !",
            "voir https://example.org/a?b=c;d et a.b@example.org_!",
        ),
        ("Un site ! (example.io/2024%20b/l'un)", "Un site_! (example.io/2024%20b/l'un)"),
        ("www.example.org/l'un", "www.example.org/l'un"),
    ],
)
def test_french_spaces_and_signs(french: LetterLanguage, text: str, expected: str) -> None:
    assert french.apply_typography(text) == expected.replace("~", "\u00a0").replace("_", "\u202f")


@given(st.text(st.sampled_from("ab1 9%€«»:;!?.'’,()/@M°\u00a0\u202f\n")))
def test_twice_is_once(text: str) -> None:
    apply = load_country("FR").language("fr").apply_typography
    assert apply(apply(text)) == apply(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lyon", "de Lyon"),
        ("Écully", "d’Écully"),
        ("Oullins", "d’Oullins"),
        ("Le Havre", "du Havre"),
        ("Les Haies", "des Haies"),
        ("La Rochelle", "de La Rochelle"),
        ("L’Arbresle", "de L’Arbresle"),
        ("Hyères", "d’Hyères"),
        ("Haguenau", "de Haguenau"),
        ("HAGUENAU", "de HAGUENAU"),
        ("Hauteville-sur-Mer", "de Hauteville-sur-Mer"),
        ("Hauteville-Lompnes", "d’Hauteville-Lompnes"),
        ("Haute-Savoie", "de Haute-Savoie"),
        ("", ""),
        ("Yvetot", "d’Yvetot"),
        ("Yerres", "d’Yerres"),
        ("Yutz", "d’Yutz"),
        ("Yannick", "de Yannick"),
        ("Yenne", "d’Yenne"),
        ("Honfleur", "de Honfleur"),
        ("Hotot-en-Auge", "de Hotot-en-Auge"),
        ("Ham-en-Artois", "de Ham-en-Artois"),
        ("HEM", "de HEM"),
        ("Hamel", "d’Hamel"),
        ("Harfleur", "d’Harfleur"),
        ("Hazebrouck", "d’Hazebrouck"),
        ("Halluin", "d’Halluin"),
        ("Hautmont", "d’Hautmont"),
        ("Hautot-l’Auvray", "d’Hautot-l’Auvray"),
        ("Hautot-sur-Seine", "de Hautot-sur-Seine"),
        ("Haut-Lieu", "de Haut-Lieu"),
        ("Houilles", "d’Houilles"),
        ("Hirsingue", "de Hirsingue"),
        ("Herrlisheim-près-Colmar", "de Herrlisheim-près-Colmar"),
        ("Hautefort", "d’Hautefort"),
        ("Hargeville", "d’Hargeville"),
        ("Hargeville-sur-Chée", "de Hargeville-sur-Chée"),
        ("Houville-la-Branche", "d’Houville-la-Branche"),
    ],
)
def test_de_meets_a_name(french: LetterLanguage, name: str, expected: str) -> None:
    assert french.of(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("la sécurité", "à la sécurité"),
        ("le logement", "au logement"),
        ("les sports", "aux sports"),
        ("l’école", "à l’école"),
        ("", ""),
    ],
)
def test_a_meets_a_name(french: LetterLanguage, name: str, expected: str) -> None:
    assert french.to(name) == expected


@pytest.mark.parametrize(
    ("language", "day", "place"),
    [
        ("fr", "1er décembre 2024", "Lyon, le 1er\u00a0décembre 2024"),
        ("en", "1 December 2024", "Lyon, 1 December 2024"),
    ],
)
def test_dates_are_written_out(france: Country, language: str, day: str, place: str) -> None:
    found = france.language(language)
    assert found.long_date(date(2024, 12, 1)) == day
    assert found.place_and_date("Lyon", date(2024, 12, 1)) == place


@pytest.mark.parametrize(
    ("language", "number", "euros", "cents"),
    [
        ("fr", "12\u202f500,5", "12\u202f500,50\u00a0€", "12500,50"),
        ("en", "12,500.5", "€12,500.50", "12500.50"),
    ],
)
def test_amounts_are_written_as_people_do(
    france: Country, language: str, number: str, euros: str, cents: str
) -> None:
    found, amount = france.language(language), Decimal("12500.5")
    assert (found.number(amount), found.euros(amount), found.cents(amount)) == (number, euros, cents)


def test_english_has_neither_typography_nor_joined_names(france: Country) -> None:
    english = france.language("en")
    assert english.apply_typography("Why ? 20 % ...") == "Why ? 20 % ..."
    assert (english.joins_names, english.of("Le Havre"), english.to("Le Havre")) == (
        False,
        "Le Havre",
        "Le Havre",
    )
