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
