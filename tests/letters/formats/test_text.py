from collections.abc import Callable

from outreach.letters.formats.text import render_text
from outreach.letters.letter import Heading, Item, ItemList, Letter, PageBreak, Paragraph, Quote, Run


def test_a_letter_as_text(make_letter: Callable[..., Letter]) -> None:
    letter = make_letter(
        body=(
            Paragraph((Run("Madame la Maire,"),)),
            Heading((Run("Titre"),), 1),
            Paragraph((Run("A*B_<c>", bold=True), Run(" ligne\nsuite"))),
            ItemList((Item((Paragraph((Run("Sept"),)), ItemList((Item((Paragraph((Run("b"),)),)),))), 7),)),
            PageBreak(),
            Quote((Paragraph((Run("Citation"),)),)),
        ),
        enclosures=("Annexe",),
    )
    assert render_text(letter).decode() == (
        "Groupe Essai\n1 rue de l’Essai\n69001 LYON\n\n"
        "Madame Anne EXEMPLE\n1 place de la Mairie\n69130 ÉCULLY\n\n"
        "Lyon, le 30 novembre 2024\n\nObjet\u00a0: Une demande\n\nMadame la Maire,\n\nTitre\n\n"
        "A*B_<c> ligne\nsuite\n\n7. Sept\n   – b\n\n    Citation\n\nGroupe Essai\n\nP.J.\u00a0:\n– Annexe\n"
    )
