"""What somebody who opens a letter in Word finds: styles, lists, links and properties as Word makes them."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from openxml_audit import OpenXmlValidator

from outreach.letters.formats.docx import render_docx
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Heading, Item, ItemList, Letter, PageBreak, Paragraph, Quote, Run
from tests.conftest import png

MakeLetter = Callable[..., Letter]


def text(words: str, **style: Any) -> Paragraph:
    return Paragraph((Run(words, **style),))


def items(*numbers: int | None) -> ItemList:
    return ItemList(tuple(Item((text("x"), text("suite")), number) for number in numbers))


EVERYTHING = (
    *(Heading((Run(f"Titre {level}"),), level) for level in range(1, 8)),
    text("Un lien", link="https://exemple.fr/a?b=1&c=%C3%A9"),
    text("Le même", link="https://exemple.fr/a?b=1&c=%C3%A9"),
    text("Un courriel", link="mailto:a@exemple.fr"),
    text("une ligne\net la suite", bold=True, italic=True),
    ItemList((Item((text("a"), items(None, None)), 5), Item((items(1, 2),), 7), Item((), 8))),
    Quote((text("cité"), items(None), Quote((items(4),)))),
    PageBreak(),
    text("Fin."),
)


@pytest.fixture
def rich(make_letter: MakeLetter) -> Letter:
    """Return a letter with everything that a letter may hold."""
    return make_letter(
        mention="Lettre recommandée",
        reference="R-1",
        addressees=("A", "B"),
        body=EVERYTHING,
        cosigners=("Amis", "Voisins"),
        enclosures=("Annexe",),
        copies=("Presse", "Ligue"),
    )


@pytest.fixture
def content(rich: Letter, stationery: Stationery) -> bytes:
    return render_docx(rich, stationery)


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name).decode()


def style(content: bytes, name: str) -> Any:
    return docx.Document(io.BytesIO(content)).styles[name].element


@pytest.mark.parametrize("letterhead", ["", "papier.docx"])
@pytest.mark.parametrize("pictures", [(), ("logo",), ("logo", "signature_image")])
def test_an_audit_of_the_package_finds_no_error(
    make_letter: MakeLetter, rich: Letter, stationery: Stationery, letterhead: str, pictures: tuple[str, ...]
) -> None:
    root = stationery.root
    (root / "p.png").write_bytes(png(60, 40))
    paper = docx.Document()
    paper.sections[0].header.paragraphs[0].add_run().add_picture(str(root / "p.png"))
    paper.save(str(root / "papier.docx"))
    layout = replace(stationery.layout, letterhead=letterhead, sender_block=True)
    for letter in (rich, make_letter()):
        changes: dict[str, Any] = dict.fromkeys(pictures, "p.png")
        pictured = replace(letter, **changes)
        (root / "a.docx").write_bytes(render_docx(pictured, Stationery(layout, root)))
        assert [str(one) for one in OpenXmlValidator().validate(str(root / "a.docx")).errors] == []


def test_word_opens_it_as_a_document_of_its_own_time(content: bytes) -> None:
    settings = part(content, "word/settings.xml")
    assert re.findall(r'w:name="compatibilityMode" [^>]*w:val="(\d+)"', settings) == ["15"]
    assert "<w:doNotExpandShiftReturn/>" in settings
    assert "<w:autoHyphenation/>" in settings


def test_nothing_tells_of_the_template_that_it_was_made_with(content: bytes) -> None:
    about = part(content, "docProps/app.xml")
    assert re.findall(r"<(\w+)>", about) == ["Application"]
    assert "Macintosh" not in about


def test_the_language_is_that_of_the_letter(content: bytes) -> None:
    assert re.findall(r'<w:lang [^>]*w:val="(.*?)"', part(content, "word/styles.xml")) == ["fr-FR"]
    assert "<dc:language>fr-FR</dc:language>" in part(content, "docProps/core.xml")


def test_to_change_the_font_is_to_change_normal(content: bytes) -> None:
    xml = part(content, "word/styles.xml")
    assert len(re.findall("<w:rFonts", xml)) == 1
    assert (
        style(content, "Normal").find(qn("w:rPr")).find(qn("w:rFonts")).get(qn("w:ascii"))
        == "Times New Roman"
    )
    based = {
        one.style_id: one.base_style for one in docx.Document(io.BytesIO(content)).styles if one.type == 1
    }
    assert {name for name, base in based.items() if base is None} == {"Normal"}
    assert "rFonts" not in part(content, "word/document.xml")


def test_what_is_typed_after_a_paragraph_has_the_style_that_follows_in_a_letter(content: bytes) -> None:
    styles = docx.Document(io.BytesIO(content)).styles
    following = {one.name: one.next_paragraph_style.name for one in styles if one.type == 1}
    assert {following[f"Heading {level}"] for level in range(1, 7)} == {"Body"}
    assert (following["Subject"], following["Date"], following["Mention"]) == ("Body", "Subject", "Subject")
    assert (following["Body"], following["Item"], following["Question"]) == ("Body", "Item", "Question")


def test_every_style_that_is_named_is_there(content: bytes) -> None:
    known = set(re.findall(r'w:styleId="(.*?)"', part(content, "word/styles.xml")))
    assert {"Header", "Footer"} <= known
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        named = [
            identifier
            for name in package.namelist()
            if name.startswith("word/") and name.endswith(".xml")
            for identifier in re.findall(
                r'<w:(?:pStyle|basedOn|next|link) w:val="(.*?)"', part(content, name)
            )
        ]
    assert set(named) <= known


def test_headings_have_their_level_and_grow_lighter(content: bytes) -> None:
    document = docx.Document(io.BytesIO(content))
    found = [one.style for one in document.paragraphs if one.text.startswith("Titre")]
    assert [one.name for one in found if one] == [f"Heading {level}" for level in (1, 2, 3, 4, 5, 6, 6)]
    looks = [(one.font.bold, one.font.italic, one.font.size and one.font.size.pt) for one in found[:3] if one]
    assert looks == [(True, None, 12), (None, True, None), (None, None, None)]
    levels = [one.element.find(qn("w:pPr")).find(qn("w:outlineLvl")).get(qn("w:val")) for one in found if one]
    assert levels == ["0", "1", "2", "3", "4", "5", "5"]


def test_a_link_leads_where_it_says(content: bytes) -> None:
    document = docx.Document(io.BytesIO(content))
    found = [link for one in document.paragraphs for link in one.hyperlinks]
    assert [(link.text, link.url) for link in found] == [
        ("Un lien", "https://exemple.fr/a?b=1&c=%C3%A9"),
        ("Le même", "https://exemple.fr/a?b=1&c=%C3%A9"),
        ("Un courriel", "mailto:a@exemple.fr"),
    ]


def test_a_page_begins_with_its_text_and_no_empty_line(content: bytes) -> None:
    document = docx.Document(io.BytesIO(content))
    begun = [
        one.text
        for one in document.paragraphs
        if one._p.pPr is not None and one._p.pPr.find(qn("w:pageBreakBefore")) is not None
    ]
    assert begun == ["Fin."]
    assert 'w:type="page"' not in part(content, "word/document.xml")


def test_nothing_keeps_text_away_from_a_picture(
    make_letter: MakeLetter, stationery: Stationery, tmp_path: Path
) -> None:
    (tmp_path / "logo.png").write_bytes(png(40, 20))
    body = part(render_docx(make_letter(logo="logo.png"), stationery), "word/document.xml")
    (inline,) = re.findall("<wp:inline .*?>", body)
    assert [f'{side}="0"' in inline for side in ("distT", "distB", "distL", "distR")] == [True] * 4


def test_lists_of_two_letters_do_not_count_on(rich: Letter, stationery: Stationery) -> None:
    first = render_docx(rich, stationery)
    render_docx(replace(rich, body=(items(1, 2), text("Fin."))), stationery)
    assert render_docx(rich, stationery) == first


def test_lists_in_lists_stand_further_in_and_the_outermost_ends_with_a_gap(
    make_letter: MakeLetter, stationery: Stationery
) -> None:
    inner = ItemList((Item((text("b"), items(1), text("b2"))), Item((text("c"),))))
    letter = make_letter(
        body=(ItemList((Item((text("a"), inner)), Item((text("d"), text("e"))))), text("Fin."))
    )
    document = docx.Document(io.BytesIO(render_docx(letter, stationery)))
    found = {one.text: one for one in document.paragraphs}

    def level(words: str) -> str | None:
        (properties,) = found[words]._p.iter(qn("w:numPr"))
        return str(properties.find(qn("w:ilvl")).get(qn("w:val")))

    assert [level(words) for words in "abxcd"] == ["0", "1", "2", "1", "0"]
    indents = {words: found[words].paragraph_format.left_indent for words in ("b2", "e", "suite")}
    assert {words: round(indent.mm) for words, indent in indents.items() if indent} == {
        "b2": 17,
        "e": 9,
        "suite": 25,
    }
    gaps = {words: found[words].paragraph_format.space_after for words in ("c", "d", "e", "b2")}
    assert {words: gap and gap.pt for words, gap in gaps.items()} == {"c": None, "d": None, "e": 6, "b2": 3}


def test_a_quote_in_a_list_stands_in_from_the_lists_text(
    make_letter: MakeLetter, stationery: Stationery
) -> None:
    letter = make_letter(body=(ItemList((Item((text("a"), Quote((text("cité"),)))),)), text("Fin.")))
    document = docx.Document(io.BytesIO(render_docx(letter, stationery)))
    (quoted,) = [one for one in document.paragraphs if one.text == "cité"]
    indent = quoted.paragraph_format.left_indent
    assert indent is not None
    assert round(indent.mm) == 9 + 8


def test_headings_stay_with_their_text_and_are_not_hyphenated(content: bytes) -> None:
    for level in range(1, 7):
        found = docx.Document(io.BytesIO(content)).styles[f"Heading {level}"]
        assert found.paragraph_format.keep_with_next
    for name in ("Heading 1", "Heading 3", "Subject", "Address", "Sender"):
        assert style(content, name).pPr.find(qn("w:suppressAutoHyphens")) is not None
    assert style(content, "Body").pPr.find(qn("w:suppressAutoHyphens")) is None
