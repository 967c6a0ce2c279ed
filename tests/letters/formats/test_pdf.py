import io
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from outreach.campaign.campaign import Layout, Margins
from outreach.country.country import Country
from outreach.errors import InputError
from outreach.letters.formats.pdf import page_count, render_pdf, render_png
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Block, Heading, Item, ItemList, Letter, PageBreak, Paragraph, Quote, Run
from tests.conftest import MM, Word, png

MakeLetter = Callable[..., Letter]
Words = Callable[[bytes], list[Word]]
HOSTILE = 'A*B_<c> #panic() $x$ "q" \\n \\u{41} [b] `r` @l // /* ~ -- {x}'
LONG = "Madame Marie-Christine DE LA VILLARDIE"
LOREM = (
    "La ville appartient à celles et ceux qui l’habitent, et chacun doit pouvoir y marcher librement. " * 4
)


def text_of(pdf: bytes) -> str:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return "\n".join(page.extract_text() for page in document.pages)


@pytest.mark.parametrize("lines", [4, 5, 6])
@pytest.mark.parametrize("font", ["Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono"])
def test_the_address_shows_in_a_dl_window(
    make_letter: MakeLetter, words: Words, stationery: Stationery, lines: int, font: str
) -> None:
    assert len(LONG) == 38
    address = (*[LONG] * (lines - 1), "69205 SAINT-BONNET-LE-CHÂTEAU CEDEX 01")
    printed_on = Stationery(replace(stationery.layout, fonts=(font,)), stationery.root)
    found = words(render_pdf(make_letter(address=address, sender=("X",) * 8), printed_on))
    page = [word for word in found if word.page == 1]
    # What the window may show as the sheet floats holds the address alone, and all of it is always seen.
    shown = [word for word in page if word.right > 90 and word.bottom > 34 and word.top < 90]
    assert " ".join(word.text for word in shown) == " ".join(address)
    assert min(word.left for word in shown) >= 100
    assert max(word.right for word in shown) <= 190
    assert min(word.top for word in shown) >= 45
    assert max(word.bottom for word in shown) <= 79.2
    first = next(word for word in page if word.text == "Madame")
    assert first.left == pytest.approx(105, abs=0.5)
    assert first.top == pytest.approx(55, abs=1)


def test_a_country_is_a_seventh_line_inside_the_window(
    make_letter: MakeLetter, words: Callable[[bytes], list[Any]], stationery: Stationery
) -> None:
    address = ("a", "b", "c", "d", "e", "1200 GENÈVE", "SUISSE")
    found = words(render_pdf(make_letter(address=address), stationery))
    assert next(word for word in found if word.text == "SUISSE").bottom <= 79.2


def test_an_address_that_cannot_be_shrunk_is_an_error_and_never_cut(
    make_letter: MakeLetter, stationery: Stationery
) -> None:
    with pytest.raises(InputError) as caught:
        render_pdf(make_letter(address=("W" * 60, "69001 LYON")), stationery)
    assert str(caught.value) == "note/maire: the address does not fit the window at 8 pt; shorten its lines"


def test_nothing_else_comes_near_a_c5_window(
    make_letter: MakeLetter, words: Callable[[bytes], list[Any]], tmp_path: Path, france: Country
) -> None:
    c5 = Layout(france.windows["c5-right"])
    found = words(render_pdf(make_letter(), Stationery(c5, tmp_path)))
    left, top, right, bottom = c5.geometry.clear
    shown = [
        word.text for word in found if left < word.right <= right and top < word.bottom and word.top < bottom
    ]
    assert shown == ["Madame", "Anne", "EXEMPLE", "1", "place", "de", "la", "Mairie", "69130", "ÉCULLY"]


def test_fold_marks_stand_at_the_edge_and_can_be_switched_off(
    make_letter: MakeLetter, tmp_path: Path, layout: Layout, france: Country
) -> None:
    def marks(changed: Layout) -> list[float]:
        pdf = render_pdf(make_letter(), Stationery(changed, tmp_path))
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            lines = [line for line in document.pages[0].lines if line["x1"] * 25.4 / 72 < 10]
            return [round(line["top"] * 25.4 / 72, 1) for line in lines]

    assert marks(layout) == [99.0, 198.0]
    assert marks(replace(layout, window=france.windows["c5-right"])) == [148.5]
    assert marks(replace(layout, fold_marks=False)) == []


def test_what_the_letter_says_is_printed_in_its_order(
    make_letter: MakeLetter, stationery: Stationery
) -> None:
    letter = make_letter(
        mention="Lettre recommandée avec avis de réception",
        reference="R-1",
        addressees=("A, maire", "B, adjoint"),
        body=(
            Heading((Run("Titre"),), 1),
            Paragraph((Run("Gras", bold=True), Run(" et suite\nligne", link="https://example.org/"))),
            ItemList((Item((Paragraph((Run("Sept ?"),)),), 7), Item((Paragraph((Run("Neuf ?"),)),), 9))),
            ItemList((Item((Paragraph((Run("Point"),)),)),)),
            Quote((Paragraph((Run("Citation"),)),)),
            Paragraph((Run("Fin."),)),
        ),
        signature=("Groupe", "Une personne"),
        cosigners=("Amis",),
        enclosures=("Une annexe", "Une autre"),
        copies=("Presse",),
    )
    assert text_of(render_pdf(letter, stationery)).split("\n") == [
        "Groupe Essai",
        "1 rue de l’Essai",
        "69001 LYON",
        "Madame Anne EXEMPLE",
        "1 place de la Mairie",
        "69130 ÉCULLY",
        "Lyon, le 30 novembre 2024",
        "Lettre recommandée avec avis de réception",
        "N/Réf. : R-1",
        "À l’attention de :",
        "– A, maire",
        "– B, adjoint",
        "Objet : Une demande",
        "Titre",
        "Gras et suite",
        "ligne",
        "7. Sept ?",
        "9. Neuf ?",
        "– Point",
        "Citation",
        "Fin.",
        "Groupe",
        "Une personne",
        "Avec : Amis",
        "P.J. :",
        "– Une annexe",
        "– Une autre",
        "Copie à : Presse",
    ]


def test_hostile_text_is_printed_and_never_run(make_letter: MakeLetter, stationery: Stationery) -> None:
    letter = make_letter(
        address=(HOSTILE[:38], "69001 LYON"),
        subject=HOSTILE,
        sender=("#panic()",),
        signature=("$x$",),
        body=(Paragraph((Run(HOSTILE),)), Paragraph((Run("fin"),))),
    )
    text = text_of(render_pdf(letter, stationery))
    assert text.replace("\n", " ").count(HOSTILE) == 2
    assert text.startswith("#panic()")
    assert HOSTILE[:38] in text


def test_the_pdf_is_tagged_archival_and_in_french(make_letter: MakeLetter, stationery: Stationery) -> None:
    pdf = render_pdf(make_letter(), stationery)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        catalogue = document.doc.catalog
        assert catalogue["Lang"] == b"fr"
        assert "StructTreeRoot" in catalogue
        metadata = catalogue["Metadata"].resolve().get_data().decode()
        assert document.metadata["Title"] == "Lettre – Anne Exemple"
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "2024-11-30" in metadata


def test_the_same_letter_gives_the_same_bytes(make_letter: MakeLetter, stationery: Stationery) -> None:
    first = render_pdf(make_letter(), stationery)
    render_pdf(make_letter(subject="Autre"), stationery)
    assert render_pdf(make_letter(), stationery) == first


def test_pages_are_numbered_from_the_second(
    make_letter: MakeLetter, words: Callable[[bytes], list[Any]], stationery: Stationery
) -> None:
    body = (*[Paragraph((Run(LOREM),))] * 22, Paragraph((Run("Fin."),)))
    pdf = render_pdf(make_letter(body=body), stationery)
    assert page_count(pdf) == 3
    feet = [(word.page, word.text) for word in words(pdf) if re.fullmatch(r"\d/\d", word.text)]
    assert feet == [(2, "2/3"), (3, "3/3")]


@pytest.mark.parametrize("paragraphs", range(6, 13))
def test_formula_and_signature_stay_together_with_room_to_sign(
    make_letter: MakeLetter, words: Callable[[bytes], list[Any]], stationery: Stationery, paragraphs: int
) -> None:
    body = (*[Paragraph((Run(LOREM),))] * paragraphs, Paragraph((Run("Formule de politesse."),)))
    end = {"signature": ("SIGNATURE", "B"), "enclosures": ("PIÈCE",), "copies": ("COPIE",)}
    found = words(render_pdf(make_letter(body=body, **end), stationery))
    formula = next(word for word in found if word.text == "politesse.")
    signature = next(word for word in found if word.text == "SIGNATURE")
    assert {word.page for word in found if word.text in ("SIGNATURE", "PIÈCE", "COPIE")} == {formula.page}
    assert signature.top - formula.bottom >= 29
    assert signature.left >= 100


@pytest.mark.parametrize("before", ["a paragraph", "a line", "a list", "a quote", "two lines"])
@pytest.mark.parametrize("lines", range(8, 22))
def test_formula_and_signature_take_two_lines_of_text_with_them(
    make_letter: MakeLetter, words: Words, stationery: Stationery, before: str, lines: int
) -> None:
    items = ItemList(tuple(Item((Paragraph((Run(f"Point-{number}"),)),)) for number in range(6)))
    last: dict[str, tuple[Block, ...]] = {
        "a paragraph": (Paragraph((Run(LOREM),)),),
        "a line": (Paragraph((Run(LOREM),)), Paragraph((Run("Une ligne."),))),
        "a list": (items,),
        "a quote": (Quote((Paragraph((Run(LOREM),)),)),),
        "two lines": (Paragraph((Run("Une ligne.\nEncore une."),)),),
    }
    body = (*[Paragraph((Run("Ligne."),))] * lines, *last[before], Paragraph((Run("Formule."),)))
    found = words(render_pdf(make_letter(body=body, signature=("SIGNATURE",)), stationery))
    formula = next(word for word in found if word.text == "Formule.")
    above = {round(word.top) for word in found if word.page == formula.page and word.top < formula.top - 1}
    assert len(above) >= 2
    assert next(word.page for word in found if word.text == "SIGNATURE") == formula.page


def test_a_short_letter_with_long_lists_at_its_end_fills_its_first_page(
    make_letter: MakeLetter, words: Words, stationery: Stationery
) -> None:
    names = tuple(f"Nom-{number}" for number in range(12))
    letter = make_letter(signature=("SIGNATURE",), cosigners=names, enclosures=names, copies=names)
    found = words(render_pdf(letter, stationery))
    assert next(word.page for word in found if word.text == "SIGNATURE") == 1
    assert max(word.bottom for word in found if word.page == 1) > 240
    assert [word.text for word in found if word.text.startswith("Nom-")] == [*names * 3]
    last = [word.text for word in found if word.page == 1][-1]
    assert last != ":"


@pytest.mark.parametrize(
    "subject",
    [
        "Vidéosurveillance algorithmique : vos pouvoirs de police et les suites de l’audit rendu public en mars",
        "Demande de communication des marchés, des bons de commande et des conventions de la commune de Lyon",
    ],
)
def test_the_two_lines_of_a_subject_are_about_as_long(
    make_letter: MakeLetter, words: Words, stationery: Stationery, subject: str
) -> None:
    found = words(render_pdf(make_letter(subject=subject), stationery))
    start = next(place for place, word in enumerate(found) if word.text == "Objet")
    title = found[start : start + 2 + len(subject.split())]
    ends = [
        max(word.right for word in title if round(word.top) == top)
        for top in sorted({round(word.top) for word in title})
    ]
    assert len(ends) == 2
    assert min(ends) - 27 >= 0.7 * (max(ends) - 27)


def test_a_heading_is_lighter_than_the_one_above_it(make_letter: MakeLetter, stationery: Stationery) -> None:
    body = (*(Heading((Run(f"Titre{level}"),), level) for level in (1, 2, 3, 4)), Paragraph((Run("Fin."),)))
    with pdfplumber.open(io.BytesIO(render_pdf(make_letter(body=body), stationery))) as document:
        found = document.pages[0].extract_words(extra_attrs=["fontname"])
    fonts = [word["fontname"].partition("+")[2] for word in found if word["text"].startswith("Titre")]
    assert fonts == [f"LibertinusSerif-{style}" for style in ("Bold", "Italic", "Regular", "Regular")]


def test_a_quote_is_indented_on_the_left(
    make_letter: MakeLetter, words: Words, stationery: Stationery
) -> None:
    body = (Quote((Paragraph((Run(f"Citation {LOREM}"),)),)), Paragraph((Run("Fin."),)))
    found = words(render_pdf(make_letter(body=body), stationery))
    quote = next(word for word in found if word.text == "Citation")
    assert quote.left == pytest.approx(27 + 8, abs=0.3)
    assert max(word.right for word in found if abs(word.top - quote.top) < 1) == pytest.approx(174, abs=0.3)


def test_the_space_around_a_part_is_the_same_at_the_ends_of_the_text_and_within(
    make_letter: MakeLetter, words: Words, stationery: Stationery
) -> None:
    def line(text: str) -> Paragraph:
        return Paragraph((Run(text),))

    def gaps(*body: Block) -> dict[tuple[str, str], float]:
        found = words(render_pdf(make_letter(body=(*body, line(f"Ligne {LOREM}"), line("Fin."))), stationery))
        lines = [word for word in found if word.text in ("Ligne", "TITRE", "CITATION")]
        return {(one.text, other.text): round(other.top - one.top, 1) for one, other in pairwise(lines)}

    quote, heading = Quote((line("CITATION"),)), Heading((Run("TITRE"),), 1)
    within = gaps(line("Ligne"), quote, line("Ligne"), heading, line("Ligne"))
    assert within["Ligne", "TITRE"] > within["Ligne", "Ligne"] > within["TITRE", "Ligne"] > 4
    for first, last in (quote, heading), (heading, quote):
        found = gaps(first, line("Ligne"), line("Ligne"), last)
        assert found == {pair: within[pair] for pair in found}
        assert len(found) == 4


@pytest.mark.parametrize("paragraphs", range(4, 9))
def test_no_heading_ends_a_page_and_no_single_line_is_left(
    make_letter: MakeLetter, words: Callable[[bytes], list[Any]], stationery: Stationery, paragraphs: int
) -> None:
    part = (Heading((Run("TITRE"),), 1), Paragraph((Run(LOREM),)))
    body = (*[Paragraph((Run(LOREM),))] * paragraphs, *part * 3, Paragraph((Run("Fin."),)))
    found = words(render_pdf(make_letter(body=body), stationery))
    for page in (1, 2):
        on_page = [word for word in found if word.page == page and word.bottom < 277]
        lines = sorted({round(word.bottom) for word in on_page})
        last = [word.text for word in on_page if round(word.bottom) == lines[-1]]
        assert "TITRE" not in last


@pytest.mark.parametrize("heading", [(), (Heading((Run("Un thème"),), 1),)])
@pytest.mark.parametrize("paragraphs", range(18, 42))
def test_what_introduces_a_list_is_never_the_end_of_a_page(
    make_letter: MakeLetter,
    words: Words,
    stationery: Stationery,
    paragraphs: int,
    heading: tuple[Heading, ...],
) -> None:
    filler, opening = Paragraph((Run("Une ligne."),)), Paragraph((Run("Les questions SUIVANTES :"),))
    items = ItemList(tuple(Item((Paragraph((Run("Pourquoi ?"),)),), number) for number in (1, 2, 3)))
    for after in (1, 4):
        body = (*[filler] * paragraphs, opening, *heading, items, *[filler] * after)
        found = words(render_pdf(make_letter(body=body), stationery))
        pages = {word.text: word.page for word in reversed(found)}
        assert pages["SUIVANTES"] == pages["1."]


def test_lists_are_indented_alike_and_the_formula_is_justified(
    make_letter: MakeLetter, words: Callable[[bytes], list[Any]], stationery: Stationery
) -> None:
    def numbered(*numbers: int) -> ItemList:
        return ItemList(tuple(Item((Paragraph((Run(f"q{number}"),)),), number) for number in numbers))

    formula = Paragraph((Run("Formule " + "longue et polie " * 12),))
    body = (numbered(1, 2), Paragraph((Run("Entre deux."),)), numbered(9, 10), formula)
    found = words(render_pdf(make_letter(body=body), stationery))
    assert len({round(word.left, 1) for word in found if re.fullmatch(r"q\d+", word.text)}) == 1
    top = next(word.top for word in found if word.text == "Formule")
    assert max(word.right for word in found if abs(word.top - top) < 1) == pytest.approx(174, abs=0.2)


def test_a_page_break_begins_a_page(
    make_letter: MakeLetter, words: Callable[[bytes], list[Any]], stationery: Stationery
) -> None:
    body = (Paragraph((Run("Un"),)), PageBreak(), Paragraph((Run("Deux"),)))
    found = words(render_pdf(make_letter(body=body), stationery))
    assert [(word.text, word.page) for word in found if word.text in ("Un", "Deux")] == [
        ("Un", 1),
        ("Deux", 2),
    ]


def test_a_letter_may_end_in_a_page_break_or_a_list(
    make_letter: MakeLetter, words: Callable[[bytes], list[Any]], stationery: Stationery
) -> None:
    items = ItemList((Item((Paragraph((Run("Un"),)),)),))
    broken = words(render_pdf(make_letter(body=(items, PageBreak()), signature=("SIGNATURE",)), stationery))
    assert [(word.text, word.page) for word in broken if word.text in ("Un", "SIGNATURE")] == [
        ("Un", 1),
        ("SIGNATURE", 2),
    ]
    listed = words(render_pdf(make_letter(body=(items,), signature=("SIGNATURE",)), stationery))
    assert {word.page for word in listed} == {1}


def test_a_long_list_at_the_end_begins_under_the_text_before_it(
    make_letter: MakeLetter, words: Callable[[bytes], list[Any]], stationery: Stationery
) -> None:
    items = ItemList(tuple(Item((Paragraph((Run(f"point{number}"),)),)) for number in range(60)))
    found = words(render_pdf(make_letter(body=(Paragraph((Run("Avant"),)), items)), stationery))
    assert next(word.page for word in found if word.text == "point0") == 1


def test_margins_are_kept(
    make_letter: MakeLetter, words: Callable[[bytes], list[Any]], tmp_path: Path, layout: Layout
) -> None:
    wide = replace(layout, margins=Margins(top=30, right=35, bottom=40, left=40))
    body = (*[Paragraph((Run(LOREM),))] * 12, Paragraph((Run("Fin."),)))
    found = [
        word
        for word in words(render_pdf(make_letter(body=body), Stationery(wide, tmp_path)))
        if "/" not in word.text
    ]
    inside = [word for word in found if word.bottom < 34 or word.top > 90]
    assert min(word.left for word in inside) >= 39.9
    assert max(word.right for word in inside) <= 175.6
    assert min(word.top for word in inside) >= 29.5
    assert max(word.bottom for word in inside) <= 258


@pytest.mark.parametrize("text", ["Wang 王", "👍"])
def test_a_character_that_no_font_has_is_an_error_that_names_the_letter(
    make_letter: MakeLetter, stationery: Stationery, text: str
) -> None:
    with pytest.raises(InputError, match=r"^note/maire: the font cannot print '.*'; put a font that has it"):
        render_pdf(make_letter(subject=text), stationery)


def test_a_name_in_another_script_is_printed_in_the_next_font_and_nothing_else_changes(
    make_letter: MakeLetter, layout: Layout, tmp_path: Path
) -> None:
    def letters(fonts: tuple[str, ...], name: str) -> list[tuple[Any, ...]]:
        body = (Paragraph((Run(name, bold=True), Run(f" {LOREM}"))), Paragraph((Run("Fin."),)))
        pdf = render_pdf(make_letter(body=body), Stationery(replace(layout, fonts=fonts), tmp_path))
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            return [
                (letter["text"], letter["fontname"].partition("+")[2], letter["x0"], letter["top"])
                for letter in document.pages[0].chars
            ]

    one, several = ("Libertinus Serif",), ("Libertinus Serif", "DejaVu Sans Mono")
    assert letters(one, "Anne") == letters(several, "Anne")
    found = letters(several, "აბაშიძე")
    assert {font for text, font, *_ in found if text in "აბაშიძე"} == {"DejaVuSansMono-Bold"}
    assert {font for text, font, *_ in found if text.isascii()} == {
        "LibertinusSerif-Regular",
        "LibertinusSerif-Bold",
    }


def test_a_missing_font_is_an_error_and_no_blank_page(
    make_letter: MakeLetter, tmp_path: Path, layout: Layout
) -> None:
    with pytest.raises(InputError, match="note/maire: unknown font family: nulle part"):
        render_pdf(make_letter(), Stationery(replace(layout, fonts=("Nulle Part",)), tmp_path))


def test_pages_as_pictures(make_letter: MakeLetter, stationery: Stationery) -> None:
    body = (Paragraph((Run("Un"),)), PageBreak(), Paragraph((Run("Deux"),)))
    pages = render_png(make_letter(body=body), stationery)
    assert [page[:8] for page in pages] == [b"\x89PNG\r\n\x1a\n"] * 2


def test_a_wide_logo_stays_left_of_the_window_and_above_the_sender(
    make_letter: MakeLetter, tmp_path: Path, layout: Layout, stationery: Stationery
) -> None:
    (tmp_path / "logo.png").write_bytes(png(900, 100))
    with pdfplumber.open(io.BytesIO(render_pdf(make_letter(logo="logo.png"), stationery))) as document:
        (image,) = document.pages[0].images
    assert image["x1"] * MM <= layout.geometry.clear[0]
    assert (image["x1"] - image["x0"]) / (image["bottom"] - image["top"]) == pytest.approx(9, abs=0.1)


@pytest.mark.parametrize("window", ["dl-right", "c5-right", "none"])
def test_the_sender_never_runs_into_address_or_text(
    make_letter: MakeLetter, words: Words, tmp_path: Path, france: Country, window: str
) -> None:
    (tmp_path / "logo.png").write_bytes(png(100, 100))
    sender = ("Groupe Essai", *(f"Expéditeur expéditeur expéditeur {n}" for n in range(9)))
    large = Layout(france.windows[window], size=14, margins=Margins(left=50))
    found = words(render_pdf(make_letter(sender=sender, logo="logo.png"), Stationery(large, tmp_path)))
    own = [word for word in found if word.text in ("Groupe", "Essai") or "xpéditeur" in word.text][:-2]
    first = next(word for word in found if word.text == "Lyon,")
    address = [word for word in found if word.text in ("Anne", "ÉCULLY")]
    assert max(word.right for word in own) < min(word.left for word in address)
    assert max(word.bottom for word in own) < first.top


def test_a_long_address_of_a_link_stays_within_the_margins(
    make_letter: MakeLetter, words: Words, stationery: Stationery
) -> None:
    address = "www.example.org/" + "abcdefgh/ijk-lmnop?x=yz&" * 6
    pdf = render_pdf(make_letter(body=(Paragraph((Run(f"Voir {address}"),)),)), stationery)
    found = [word for word in words(pdf) if "ijk" in word.text or "example" in word.text]
    assert len({word.top for word in found}) > 1
    assert max(word.right for word in found) <= 175
