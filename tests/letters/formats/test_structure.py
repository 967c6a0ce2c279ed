from collections.abc import Callable

from outreach.letters.formats.pdf import render_pdf
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Heading, Item, ItemList, Letter, Paragraph, Quote, Run
from tests.conftest import tagged_texts

MakeLetter = Callable[..., Letter]


def test_a_screen_reader_meets_the_lines_of_the_address_and_the_subject_each_by_itself(
    make_letter: MakeLetter, stationery: Stationery
) -> None:
    letter = make_letter(
        mention="Recommandé",
        reference="R-1",
        body=(
            Heading((Run("Titre"),), 1),
            Quote((Paragraph((Run("Citation."),)),)),
            ItemList((Item((Paragraph((Run("Sept ?"),)),), 7),)),
            Paragraph((Run("Un "), Run("gras", bold=True), Run(" texte."))),
            Paragraph((Run("Formule."),)),
        ),
        signature=("Groupe", "Une personne"),
        cosigners=("Amis",),
        enclosures=("Une annexe", "Une autre"),
    )
    spaces = str.maketrans("\u00a0\u202f", "  ")
    found = [(tag, text.translate(spaces)) for tag, text in tagged_texts(render_pdf(letter, stationery))]
    assert found == [
        ("P", "Groupe Essai"),
        ("P", "1 rue de l’Essai"),
        ("P", "69001 LYON"),
        ("P", "Madame Anne EXEMPLE"),
        ("P", "1 place de la Mairie"),
        ("P", "69130 ÉCULLY"),
        ("P", "Lyon, le 30 novembre 2024"),
        ("P", "Recommandé"),
        ("P", "N/Réf. : R-1"),
        ("P", "Objet : Une demande"),
        ("H1", "Titre"),
        ("P", "Citation."),
        ("LBody", "Sept ?"),
        ("P", "Un gras texte."),
        ("P", "Formule."),
        ("P", "Groupe"),
        ("P", "Une personne"),
        ("P", "Avec : Amis"),
        ("P", "P.J. :"),
        ("LBody", "Une annexe"),
        ("LBody", "Une autre"),
    ]
