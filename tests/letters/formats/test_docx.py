import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph as DocxParagraph

from outreach.campaign.campaign import Layout
from outreach.errors import InputError
from outreach.letters.formats.docx import address_size, render_docx
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import (
    Annex,
    Block,
    Heading,
    Item,
    ItemList,
    Letter,
    PageBreak,
    Paragraph,
    Quote,
    Run,
)
from tests.conftest import png

MakeLetter = Callable[..., Letter]
HOSTILE = 'A*B_<c> &amp; #panic() "q" ]]> \x07'


@pytest.fixture
def headed(layout: Layout, tmp_path: Path) -> Stationery:
    """Return stationery whose letterhead is papier.docx in the campaign folder."""
    return Stationery(replace(layout, letterhead="papier.docx"), tmp_path)


def part(content: bytes, name: str) -> str:
    """Return the text of a part of the package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name).decode()


def paragraphs(content: bytes) -> list[Any]:
    """Return the paragraphs that have a style, those in the table at the head too."""
    document = docx.Document(io.BytesIO(content))
    found = [DocxParagraph(one, document._body) for one in document.element.body.iter(qn("w:p"))]
    return [one for one in found if one._p.pPr is not None and one._p.pPr.find(qn("w:pStyle")) is not None]


def lines(content: bytes) -> list[str]:
    """Return each paragraph as "style | text", with the mark that Word counts for it."""
    document = docx.Document(io.BytesIO(content))
    counted = Lists(document.part.numbering_part.element)
    return [
        f"{one.style.name} | {counted.mark(one._p.pPr.find(qn('w:numPr')))}{one.text}"
        for one in paragraphs(content)
    ]


class Lists:
    """Counts lists as ECMA-376 says Word does."""

    def __init__(self, numbering: Any) -> None:
        self.numbering = numbering
        self.counts: dict[tuple[str, str], int] = {}
        self.begun: set[str] = set()

    def mark(self, properties: Any) -> str:
        if properties is None:
            return ""
        level, number = (properties.find(qn(f"w:{name}")).get(qn("w:val")) for name in ("ilvl", "numId"))
        (one,) = self.numbering.xpath(f"w:num[@w:numId='{number}']")
        kind = one.find(qn("w:abstractNumId")).get(qn("w:val"))
        (shape,) = self.numbering.xpath(f"w:abstractNum[@w:abstractNumId='{kind}']/w:lvl[@w:ilvl='{level}']")
        starts = one.xpath(f"w:lvlOverride[@w:ilvl='{level}']/w:startOverride/@w:val")
        if starts and number not in self.begun:
            self.counts[kind, level] = int(starts[0]) - 1
        self.begun.add(number)
        self.counts[kind, level] = self.counts.get((kind, level), 0) + 1
        text = str(shape.find(qn("w:lvlText")).get(qn("w:val")))
        count = self.counts[kind, level]
        has_letters = shape.find(qn("w:numFmt")).get(qn("w:val")) == "lowerLetter"
        shown = "abcdefghijklmnopqrstuvwxyz"[count - 1] if has_letters else str(count)
        return text.replace(f"%{int(level) + 1}", shown) + " "


def test_every_part_of_a_letter_has_its_style(make_letter: MakeLetter, stationery: Stationery) -> None:
    letter = make_letter(
        mention="Lettre recommandée",
        reference="R-1",
        addressees=("A", "B"),
        body=(
            Heading((Run("Titre"),), 1),
            Paragraph((Run("Gras", bold=True), Run(" suite\nligne"))),
            ItemList((Item((Paragraph((Run("Sept ?"),)),), 7), Item((Paragraph((Run("Neuf ?"),)),), 9))),
            ItemList((Item((Paragraph((Run("Point"),)),)),)),
            Quote((Paragraph((Run("Citation"),)),)),
            PageBreak(),
            Paragraph((Run("Fin."),)),
        ),
        cosigners=("Amis",),
        enclosures=("Annexe",),
        copies=("Presse", "Ligue"),
    )
    assert lines(render_docx(letter, stationery)) == [
        "Sender | Groupe Essai",
        "Sender | 1 rue de l’Essai",
        "Sender | 69001 LYON",
        "Address | Madame Anne EXEMPLE",
        "Address | 1 place de la Mairie",
        "Address | 69130 ÉCULLY",
        "Date | Lyon, le 30 novembre 2024",
        "Mention | Lettre recommandée",
        "Reference | N/Réf.\u00a0: R-1",
        "Addressees | À l’attention de\u00a0:",
        "Item | – A",
        "Item | – B",
        "Subject | Objet\u00a0: Une demande",
        "Heading 1 | Titre",
        "Body | Gras suite\nligne",
        "Question | 7. Sept ?",
        "Question | 9. Neuf ?",
        "Item | – Point",
        "Quote | Citation",
        "Body | Fin.",
        "Signature | Groupe Essai",
        "Cosigners | Avec\u00a0: Amis",
        "Enclosures | P.J.\u00a0: Annexe",
        "Copies | Copie à\u00a0:",
        "Item | – Presse",
        "Item | – Ligue",
    ]


def test_hostile_text_is_text(make_letter: MakeLetter, stationery: Stationery) -> None:
    letter = make_letter(subject=HOSTILE, body=(Paragraph((Run(HOSTILE),)),), title=HOSTILE)
    content = render_docx(letter, stationery)
    shown = HOSTILE.replace("\x07", "\ufffd")
    assert f"Body | {shown}" in lines(content)
    assert docx.Document(io.BytesIO(content)).core_properties.title == shown


def test_the_head_has_its_place_on_the_page_and_keeps_it_whatever_is_deleted(
    make_letter: MakeLetter, stationery: Stationery
) -> None:
    document = docx.Document(io.BytesIO(render_docx(make_letter(), stationery)))
    (table,) = document.tables
    place = table._tbl.tblPr.find(qn("w:tblpPr"))
    assert (place.get(qn("w:horzAnchor")), place.get(qn("w:vertAnchor"))) == ("page", "page")
    left, top = (int(place.get(qn(f"w:tblp{axis}"))) / 1440 * 25.4 for axis in "XY")
    assert (left, top) == pytest.approx((27, 20), abs=0.05)
    assert left + table.columns[0].width.mm == pytest.approx(105, abs=0.05)
    heights = [row.height.mm for row in table.rows]
    assert top + heights[0] == pytest.approx(55, abs=0.05)
    assert top + sum(heights) == pytest.approx(94, abs=0.05)
    assert [row.height_rule for row in table.rows[:2]] == [WD_ROW_HEIGHT_RULE.EXACTLY] * 2
    assert table.cell(1, 1).paragraphs[0].text == "Madame Anne EXEMPLE"
    # The date holds no place for others.
    date = next(one for one in document.paragraphs if one.style and one.style.name == "Date")
    assert date.paragraph_format.space_before is None


def test_page_language_and_properties(make_letter: MakeLetter, stationery: Stationery) -> None:
    content = render_docx(make_letter(), stationery)
    document = docx.Document(io.BytesIO(content))
    section = document.sections[0]
    found = [section.page_width, section.page_height, section.left_margin]
    assert [round(length.mm) for length in found if length] == [210, 297, 27]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.footer._element.xml
    assert "NUMPAGES" in section.footer._element.xml
    assert document.core_properties.author == "Groupe Essai"
    assert document.core_properties.created.isoformat() == "2024-11-30T00:00:00+00:00"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert b'w:lang w:val="fr-FR"' in package.read("word/styles.xml")
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_letter_gives_the_same_bytes(make_letter: MakeLetter, stationery: Stationery) -> None:
    first = render_docx(make_letter(), stationery)
    render_docx(make_letter(subject="Autre"), stationery)
    assert render_docx(make_letter(), stationery) == first


def test_blocks_that_letters_have_in_common_are_written_as_in_each_by_itself(
    make_letter: MakeLetter, layout: Layout, tmp_path: Path
) -> None:
    def paragraph(text: str, link: str = "") -> Paragraph:
        return Paragraph((Run(text, link=link),))

    words, here, there = paragraph("Mot"), paragraph("Ici", "https://a.fr"), paragraph("Là", "https://b.fr")
    numbers = ItemList((Item((paragraph("Un"),), 1), Item((here,), 3)))
    letters = ItemList((Item((paragraph("A"),), 1), Item((paragraph("B"),), 2)), has_letters=True)
    heading = Heading((Run("Titre"),), 1)
    blocks: list[Block] = [words, here, PageBreak(), there, numbers, heading, letters]
    shared = Stationery(layout, tmp_path)
    for body in list(permutations(blocks, 4))[::61]:
        letter = make_letter(body=(*body, words), annexes=(Annex("Titre", (heading, *body[::-1])),))
        assert render_docx(letter, shared) == render_docx(letter, Stationery(layout, tmp_path))


def test_a_letterhead_gives_its_styles_header_and_footer(
    make_letter: MakeLetter, tmp_path: Path, headed: Stationery
) -> None:
    letterhead = docx.Document()
    letterhead.styles["Normal"].font.name = "Comic Sans MS"
    letterhead.sections[0].header.paragraphs[0].text = "EN-TÊTE"
    letterhead.sections[0].footer.paragraphs[0].text = "PIED"
    letterhead.add_paragraph("Texte du modèle")
    letterhead.save(str(tmp_path / "papier.docx"))
    content = render_docx(make_letter(), headed)
    document = docx.Document(io.BytesIO(content))
    assert document.styles["Normal"].font.name == "Comic Sans MS"
    assert "EN-TÊTE" in [paragraph.text for paragraph in document.sections[0].header.paragraphs]
    assert document.sections[0].footer.paragraphs[0].text == "PIED"
    assert "Texte du modèle" not in "".join(lines(content))
    assert "Subject | Objet\u00a0: Une demande" in lines(content)


def test_every_item_keeps_its_number(make_letter: MakeLetter, stationery: Stationery) -> None:
    text = Paragraph((Run("x"),))
    inner = ItemList((Item((text,)),))
    items = (Item((inner,), 1), Item((Quote((text,)),), 2), Item((Heading((Run("H"),), 1),), 3), Item((), 4))
    found = lines(render_docx(make_letter(body=(ItemList(items), text)), stationery))
    assert [line for line in found if line.startswith("Question")] == [
        f"Question | {number}. " for number in (1, 2, 3, 4)
    ]


def test_what_introduces_a_list_is_kept_with_it(make_letter: MakeLetter, stationery: Stationery) -> None:
    plain, opening = Paragraph((Run("Une ligne."),)), Paragraph((Run("Voici :"),))
    items = ItemList((Item((plain,), 1),))
    heading = Heading((Run("Un thème"),), 1)
    body = (plain, opening, items, plain, opening, heading, items, *[plain] * 6)
    found = docx.Document(io.BytesIO(render_docx(make_letter(body=body), stationery))).paragraphs
    kept = [(one.text, bool(one.paragraph_format.keep_with_next)) for one in found]
    assert kept.count(("Voici :", True)) == 2
    assert ("Voici :", False) not in kept
    assert ("Une ligne.", False) in kept


def test_a_list_with_letters_is_one_of_its_own(make_letter: MakeLetter, stationery: Stationery) -> None:
    text = (Paragraph((Run("x"),)),)
    lettered = ItemList(tuple(Item(text, number) for number in (1, 2, 26)), has_letters=True)
    numbered = ItemList((Item(text, 1), Item(text, 2)))
    found = lines(render_docx(make_letter(body=(lettered, numbered, lettered)), stationery))
    marks = [line.split()[2] for line in found if line.startswith("Question")]
    assert marks == ["a)", "b)", "z)", "1.", "2.", "a)", "b)", "z)"]


def test_what_xml_cannot_hold_still_opens(make_letter: MakeLetter, stationery: Stationery) -> None:
    assert "Body | a\ufffd\ufffdb" in lines(
        render_docx(make_letter(body=(Paragraph((Run("a\ufffe\uffffb"),)),)), stationery)
    )


def test_a_picture_in_the_letterheads_text_is_not_taken_for_the_logo(
    make_letter: MakeLetter, layout: Layout, tmp_path: Path
) -> None:
    (tmp_path / "logo.png").write_bytes(png(100, 60))
    letterhead = docx.Document()
    letterhead.add_picture(str(tmp_path / "logo.png")).width = 123456
    letterhead.save(str(tmp_path / "papier.docx"))
    named = replace(layout, letterhead="papier.docx", sender_block=True)
    content = render_docx(make_letter(logo="logo.png"), Stationery(named, tmp_path))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        body = package.read("word/document.xml").decode()
    assert body.count("<w:drawing") == 1
    assert 'cx="123456"' not in body


def test_a_letterhead_with_broken_xml_is_an_error(
    make_letter: MakeLetter, tmp_path: Path, headed: Stationery
) -> None:
    docx.Document().save(str(tmp_path / "ok.docx"))
    with zipfile.ZipFile(tmp_path / "ok.docx") as good, zipfile.ZipFile(tmp_path / "papier.docx", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, b"<broken" if name == "word/document.xml" else good.read(name))
    with pytest.raises(InputError, match=r"^papier\.docx: the letterhead is not a DOCX file"):
        render_docx(make_letter(), headed)


def test_a_broken_letterhead_is_an_error(make_letter: MakeLetter, tmp_path: Path, headed: Stationery) -> None:
    (tmp_path / "papier.docx").write_bytes(b"no zip")
    with pytest.raises(InputError) as caught:
        render_docx(make_letter(), headed)
    assert str(caught.value) == "papier.docx: the letterhead is not a DOCX file; save it again as .docx"


def test_a_wide_address_is_set_smaller() -> None:
    assert address_size(["69001 LYON"], 85) == 10
    assert address_size(["A" * 38], 85) == 8.5
    assert address_size(["A" * 60], 85) == 8


def test_a_french_words_own_styles_are_used(
    make_letter: MakeLetter, tmp_path: Path, headed: Stationery
) -> None:
    letterhead = docx.Document()
    letterhead.styles["Heading 1"].element.set(qn("w:styleId"), "Titre1")
    letterhead.styles["Heading 1"].font.name = "Comic Sans MS"
    letterhead.save(str(tmp_path / "papier.docx"))
    letter = make_letter(body=(Heading((Run("Titre"),), 1), Paragraph((Run("x"),))))
    document = docx.Document(io.BytesIO(render_docx(letter, headed)))
    (heading,) = [paragraph for paragraph in document.paragraphs if paragraph.text == "Titre"]
    assert heading.style is not None
    assert heading.style.font.name == "Comic Sans MS"


def test_a_wide_picture_keeps_its_proportions_within_its_column(
    make_letter: MakeLetter, tmp_path: Path, stationery: Stationery
) -> None:
    (tmp_path / "logo.png").write_bytes(png(900, 100))
    content = render_docx(make_letter(logo="logo.png"), stationery)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        body = package.read("word/document.xml").decode()
    width, height = map(int, re.findall(r'<wp:extent cx="(\d+)" cy="(\d+)"', body)[0])
    assert width == Mm(60)
    assert abs(width / height - 9) < 0.01
