import pytest

from outreach.people.names import bare, person_name, slug


@pytest.mark.parametrize(
    ("published", "written"),
    [
        ("DUPONT", "Dupont"),
        ("DE LA TOUR", "de La Tour"),
        ("LE GOFF", "Le Goff"),
        ("D'ESTAING", "d'Estaing"),
        ("D’ESTAING", "d'Estaing"),
        ("DU BOIS DES CHAMPS", "du Bois des Champs"),
        ("DUPONT-MORETTI", "Dupont-Moretti"),
        ("VAN DER BERG", "van der Berg"),
        ("O'BRIEN", "O'Brien"),
        ("ÉLÉONORE", "Éléonore"),
        ("JEAN-PIERRE", "Jean-Pierre"),
        ("Jean-Pierre", "Jean-Pierre"),
        ("de La Tour", "de La Tour"),
        ("DE", "De"),
        ("", ""),
    ],
)
def test_a_name_in_capitals_is_written_as_people_do(published: str, written: str) -> None:
    assert person_name(published) == written


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Hélène Côté", "helene-cote"), ("L'Œuvre & Cie", "l-oeuvre-cie"), ("  ", ""), ("69 123", "69-123")],
)
def test_a_slug_is_usable_as_an_id(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_bare_names_compare_without_accents_blanks_and_signs() -> None:
    assert bare("N° SIREN") == bare("n_siren") == "nsiren"
    assert bare("Prénom de l’élu") == bare("prenom_de_l_elu") == "prenomdelelu"
