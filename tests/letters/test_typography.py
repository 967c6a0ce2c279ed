from outreach.country.country import load_country
from outreach.letters.letter import Item, ItemList, Paragraph, Quote, Run
from outreach.letters.typography import with_typography

french = load_country("FR").language("fr")


def test_every_run_of_every_block_is_set() -> None:
    runs = (Run("Non", bold=True), Run(" !"))
    done = (Run("Non", bold=True), Run("\u202f!"))
    blocks = (Paragraph(runs), Quote((Paragraph(runs),)), ItemList((Item((Paragraph(runs),)),)))
    assert with_typography(blocks, french.apply_typography) == (
        Paragraph(done),
        Quote((Paragraph(done),)),
        ItemList((Item((Paragraph(done),)),)),
    )


def test_straight_quotes_around_words_are_both_turned() -> None:
    for text, expected in (
        ("le mot 'zone' et l'été", "le mot ‘zone’ et l’été"),
        ("('l'avis', dit-on)", "(‘l’avis’, dit-on)"),
        ("'a' et 'b c' : d'un mot", "‘a’ et ‘b c’\u00a0: d’un mot"),
        ("5' à l'arrêt", "5' à l’arrêt"),
    ):
        assert french.apply_typography(text) == expected
        assert french.apply_typography(expected) == expected
