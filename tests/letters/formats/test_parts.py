"""Parts that only some letters have come at the same place in every format."""

import io
from collections.abc import Callable

import docx
import pdfplumber
import pytest

from outreach.letters.formats.docx import render_docx
from outreach.letters.formats.pdf import render_pdf
from outreach.letters.formats.stationery import Stationery
from outreach.letters.formats.text import render_text
from outreach.letters.letter import Annex, Heading, Item, ItemList, Letter, Paragraph, Run

MakeLetter = Callable[..., Letter]
Read = Callable[[Letter, Stationery], list[str]]


def pages_of(letter: Letter, stationery: Stationery) -> list[str]:
    with pdfplumber.open(io.BytesIO(render_pdf(letter, stationery))) as pdf:
        return [page.extract_text() for page in pdf.pages]


def in_pdf(letter: Letter, stationery: Stationery) -> list[str]:
    return [line for page in pages_of(letter, stationery) for line in page.splitlines()]


def in_docx(letter: Letter, stationery: Stationery) -> list[str]:
    return [line.text for line in docx.Document(io.BytesIO(render_docx(letter, stationery))).paragraphs]


def in_text(letter: Letter, _stationery: Stationery) -> list[str]:
    return render_text(letter).decode().splitlines()


@pytest.mark.parametrize("read", [in_pdf, in_docx, in_text])
def test_references_postscript_and_annexes_come_in_their_order(
    make_letter: MakeLetter, stationery: Stationery, read: Read
) -> None:
    annex = (Heading((Run("Les lieux"),), 1), Paragraph((Run("La gare."),)))
    letter = make_letter(
        reference="N1",
        your_reference="V2",
        postscript="Merci.",
        cosigners=("Un collectif",),
        enclosures=("Les lieux",),
        copies=("La préfecture",),
        annexes=(Annex("Les lieux", annex),),
    )
    expected = [
        "N/Réf. : N1",
        "V/Réf. : V2",
        "Objet : Une demande",
        "Bonjour.",
        "Avec : Un collectif",
        "P.-S. : Merci.",
        "P.J. : Les lieux",
        "Copie à : La préfecture",
        "Les lieux",
        "La gare.",
    ]
    lines = "\n".join(read(letter, stationery)).replace("\u00a0", " ").replace("\n– ", " ").splitlines()
    found = [line.strip() for line in lines if line.strip() in expected]
    assert found == expected


def test_an_annex_begins_a_page(make_letter: MakeLetter, stationery: Stationery) -> None:
    annexes = tuple(Annex(name, (Heading((Run(name),), 1),)) for name in ("Premier", "Second"))
    pages = pages_of(make_letter(annexes=annexes), stationery)
    assert [page.splitlines()[0] for page in pages[1:]] == ["Premier", "Second"]


@pytest.mark.parametrize("read", [in_pdf, in_text])
def test_a_list_with_letters_prints_them(make_letter: MakeLetter, stationery: Stationery, read: Read) -> None:
    items = tuple(
        Item((Paragraph((Run(text),)),), number) for number, text in [(1, "un"), (2, "deux"), (26, "fin")]
    )
    lines = read(make_letter(body=(ItemList(items, has_letters=True),)), stationery)
    found = [line.replace("\t", " ").strip() for line in lines]
    assert [line for line in found if line.endswith(("un", "deux", "fin"))] == ["a) un", "b) deux", "z) fin"]


def test_a_printed_address_is_copied_without_invisible_characters(
    make_letter: MakeLetter, stationery: Stationery
) -> None:
    address = "exemple.fr/" + "abcdefgh/ijk-lmnop?x=yz&" * 6
    body = (Paragraph((Run(f"({address})", link=f"https://{address}"),)),)
    text = "".join(in_pdf(make_letter(body=body), stationery))
    assert f"({address})" in text.replace("\n", "")
    assert not [one for one in text if not one.isprintable()]
