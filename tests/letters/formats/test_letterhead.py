"""A letterhead in Word's format: what its maker put on it stays, and nothing of it is said twice."""

import io
import re
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from lxml import etree

from outreach.campaign.campaign import Layout
from outreach.letters.formats.docx import render_docx
from outreach.letters.formats.pdf import render_pdf
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Heading, Item, ItemList, Letter, Paragraph, Run
from tests.conftest import LETTER, SETTINGS, RunProgram, findings, png

MakeLetter = Callable[..., Letter]
Render = Callable[..., bytes]
PAPER = "papier.docx"


def letterhead(*, first: bool = True) -> Any:
    """Return a letterhead with a logo, its own margins, and another head and foot on later pages."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.top_margin, section.footer_distance = Mm(31), Mm(42), Mm(7)
    section.different_first_page_header_footer = first
    shown = section.first_page_header if first else section.header
    shown.paragraphs[0].add_run().add_picture(io.BytesIO(png(80, 40)), width=Mm(40))
    shown.paragraphs[0].add_run(" Association")
    shown.add_paragraph("3 rue de la Paix")
    if first:
        section.first_page_footer.paragraphs[0].text = "SIRET 1"
        section.header.paragraphs[0].text = "suite"
    section.footer.paragraphs[0].text = "PIED"
    document.add_paragraph("Texte du modèle")
    return document


@pytest.fixture
def on(make_letter: MakeLetter, layout: Layout, tmp_path: Path) -> Render:
    """Return a function that renders a letter on a letterhead."""

    def render(paper: Any, letter: Letter | None = None, **changes: Any) -> bytes:
        paper.save(str(tmp_path / PAPER))
        printed_on = Stationery(replace(layout, letterhead=PAPER, **changes), tmp_path)
        return render_docx(letter or make_letter(), printed_on)

    return render


def parts(content: bytes, pattern: str) -> dict[str, bytes]:
    """Return the parts so named, in the one way of writing that XML has for the same content."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        found = {name: package.read(name) for name in package.namelist() if re.fullmatch(pattern, name)}
    return {
        name: etree.tostring(etree.fromstring(part), method="c14n") if name.endswith("xml") else part
        for name, part in found.items()
    }


def saved(document: Any) -> bytes:
    package = io.BytesIO()
    document.save(package)
    return package.getvalue()


@pytest.mark.parametrize("first", [True, False])
def test_header_logo_first_page_and_footer_stay_exactly(on: Render, first: bool) -> None:  # noqa: FBT001  (a case)
    paper = letterhead(first=first)
    before = parts(saved(paper), r"word/(header|footer)\d\.xml|word/media/image.*")
    content = on(paper)
    assert len(before) == (5 if first else 3)
    assert parts(content, r"word/(header|footer)\d\.xml|word/media/image.*") == before
    section = docx.Document(io.BytesIO(content)).sections[0]
    assert section.different_first_page_header_footer is first
    assert section.footer.paragraphs[0].text == "PIED"
    found = [section.left_margin, section.top_margin, section.footer_distance]
    assert [round(length.mm) for length in found if length] == [31, 42, 7]


def test_the_address_stands_in_the_window_whatever_the_margins(on: Render) -> None:
    (table,) = docx.Document(io.BytesIO(on(letterhead()))).tables
    place = table._tbl.tblPr.find(qn("w:tblpPr"))
    x, y = (int(place.get(qn(f"w:tblp{axis}"))) / 1440 * 25.4 for axis in "XY")
    width, height = table.columns[0].width, table.rows[0].height
    assert width is not None
    assert height is not None
    assert (x + width.mm, y + height.mm) == pytest.approx((105, 55), abs=0.05)
    assert y == pytest.approx(42, abs=0.05)


def test_only_empty_paragraphs_of_the_first_page_carry_fold_marks(on: Render) -> None:
    content = on(letterhead())
    body = docx.Document(io.BytesIO(content)).element.body
    marked = [one.getparent().getparent() for one in body.iter(qn("w:pBdr"))]
    assert len(marked) == 2
    assert not [one for one in marked if list(one.iter(qn("w:t"), qn("w:drawing")))]
    assert not [one for one in parts(content, r"word/(header|footer)\d\.xml").values() if b"pBdr" in one]
    assert b"pBdr" not in b"".join(parts(on(letterhead(), fold_marks=False), "word/document.xml").values())


def text(content: bytes) -> str:
    return "\n".join(str(one.text) for one in docx.Document(io.BytesIO(content)).element.body.iter(qn("w:t")))


def test_the_sender_is_not_said_twice_unless_it_is_asked_for(on: Render) -> None:
    assert "1 rue de l’Essai" not in text(on(letterhead()))
    assert "1 rue de l’Essai" not in text(on(letterhead(), sender_block=False))
    assert "Groupe Essai\n1 rue de l’Essai" in text(on(letterhead(), sender_block=True))


def test_without_a_letterhead_the_sender_is_printed_unless_it_is_switched_off(
    make_letter: MakeLetter, layout: Layout, tmp_path: Path, words: Callable[[bytes], list[Any]]
) -> None:
    (tmp_path / "logo.png").write_bytes(png(40, 20))
    letter = make_letter(logo="logo.png")
    for sender_block, is_printed in ((None, True), (True, True), (False, False)):
        stationery = Stationery(replace(layout, sender_block=sender_block), tmp_path)
        assert ("1 rue de l’Essai" in text(render_docx(letter, stationery))) is is_printed
        assert (
            b"<w:drawing" in parts(render_docx(letter, stationery), "word/document.xml")["word/document.xml"]
        ) is is_printed
        found = words(render_pdf(letter, stationery))
        assert ("l’Essai" in [word.text for word in found]) is is_printed
        assert next(word for word in found if word.text == "Lyon,").top == pytest.approx(94, abs=1)


def test_the_pdf_names_the_sender_though_only_the_docx_has_a_letterhead(
    make_letter: MakeLetter, layout: Layout, tmp_path: Path, words: Callable[[bytes], list[Any]]
) -> None:
    pdf = render_pdf(make_letter(), Stationery(replace(layout, letterhead=PAPER), tmp_path))
    assert "l’Essai" in [word.text for word in words(pdf)]


@pytest.mark.parametrize(("line", "is_printed"), [("", False), ("sender_block = true\n", True)])
def test_the_settings_say_whether_the_sender_is_printed(
    campaign: Callable[..., Path],
    run: RunProgram,
    line: str,
    is_printed: bool,  # noqa: FBT001  (a case)
) -> None:
    settings = f'{SETTINGS}[layout]\nletterhead = "{PAPER}"\n{line}'
    root = campaign({"outreach.toml": settings, "letters/note.md": LETTER, PAPER: saved(letterhead())})
    assert run("generate", "--format", "docx", root=root).exit_code == 0
    assert ("69001 LYON" in text((root / "out/note/maire.docx").read_bytes())) is is_printed


def ids(content: bytes) -> list[str]:
    (styles,) = parts(content, "word/styles.xml").values()
    return re.findall(r'<w:style [^>]*w:styleId="(.*?)"', styles.decode())


def heading_style(content: bytes) -> Any:
    (found,) = [one for one in docx.Document(io.BytesIO(content)).paragraphs if one.text == "Titre"]
    return found.style


@pytest.mark.parametrize(
    ("name", "identifier"), [("heading 1", "Titre1"), ("Heading 1", "Titre1"), ("heading 1", "Heading1")]
)
def test_its_own_heading_is_used_whatever_program_made_it(
    on: Render, make_letter: MakeLetter, name: str, identifier: str
) -> None:
    paper = letterhead()
    style = paper.styles["Heading 1"]
    style.font.name = "Comic Sans MS"
    style.element.set(qn("w:styleId"), identifier)
    style.element.find(qn("w:name")).set(qn("w:val"), name)
    letter = make_letter(body=(Heading((Run("Titre"),), 1), Paragraph((Run("x"),))))
    content = on(paper, letter)
    assert heading_style(content).font.name == "Comic Sans MS"
    assert heading_style(content).style_id == identifier
    assert len({one.casefold() for one in ids(content)}) == len(ids(content))


def test_a_style_of_another_kind_or_name_is_not_taken_for_the_letters(on: Render) -> None:
    paper = letterhead()
    for kind, identifier, name in (
        ("paragraph", "Body", "Corps"),
        ("character", "Signature", "Signature"),
        ("paragraph", "SENDER", "Expéditeur"),
    ):
        xml = f'<w:style {nsdecls("w")} w:type="{kind}" w:styleId="{identifier}"><w:name w:val="{name}"/></w:style>'
        paper.styles.element.append(parse_xml(xml))
    content = on(paper, sender_block=True)
    assert len({one.casefold() for one in ids(content)}) == len(ids(content))
    document = docx.Document(io.BytesIO(content))
    named = [one.style for one in document.paragraphs if one.text in ("Bonjour.", "Groupe Essai")]
    assert [style.name for style in named if style] == ["Body", "Signature"]
    (subject,) = [one.style for one in document.paragraphs if one.text.startswith("Objet")]
    assert subject is not None
    assert subject.next_paragraph_style.name == "Body"


def test_the_first_of_several_sections_is_the_paper(on: Render) -> None:
    paper = letterhead()
    later = paper.add_section(WD_SECTION.NEW_PAGE)
    later.header.is_linked_to_previous = False
    later.header.paragraphs[0].text = "autre"
    (section,) = docx.Document(io.BytesIO(on(paper))).sections
    assert section.first_page_header.paragraphs[0].text == " Association"
    assert section.header.paragraphs[0].text == "suite"


def numbered(make_letter: MakeLetter) -> Letter:
    items = tuple(Item((Paragraph((Run("Oui ?"),)),), number) for number in (3, 4))
    return make_letter(body=(ItemList(items), Paragraph((Run("Fin."),))))


def test_lists_of_its_own_stay_and_are_not_counted_with_the_letters(
    on: Render, make_letter: MakeLetter
) -> None:
    paper = letterhead()
    before = [etree.tostring(one) for one in paper.part.numbering_part.element]
    content = on(paper, numbered(make_letter))
    after = docx.Document(io.BytesIO(content)).part.numbering_part.element
    kept = [etree.tostring(one) for one in after]
    assert [one for one in kept if one in before] == before
    for tag, key in (("abstractNum", "abstractNumId"), ("num", "numId")):
        found = [one.get(qn(f"w:{key}")) for one in after.findall(qn(f"w:{tag}"))]
        assert len(set(found)) == len(found)


def test_a_letterhead_without_lists_headings_or_properties_will_do(
    on: Render, make_letter: MakeLetter
) -> None:
    paper = letterhead()
    for owner, kinds in (
        (paper.part, ("numbering",)),
        (paper.part.package, ("core-properties", "extended-properties")),
    ):
        for key, relation in list(owner.rels.items()):
            if relation.reltype.endswith(kinds):
                del owner.rels[key]
    for style in list(paper.styles):
        if style.name.startswith("Heading"):
            style.delete()
    letter = replace(numbered(make_letter), title="Lettre à Anne")
    document = docx.Document(io.BytesIO(on(paper, letter)))
    assert document.core_properties.title == "Lettre à Anne"
    assert len(document.part.numbering_part.element.findall(qn("w:num"))) == 3


def test_a_text_part_by_another_name_will_do(on: Render) -> None:
    paper = letterhead()
    paper.part.partname = paper.part.partname.__class__("/word/document2.xml")
    assert "Bonjour." in text(on(paper))


def test_no_drawing_has_the_number_of_another(on: Render, make_letter: MakeLetter, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(png(40, 20))
    letter = make_letter(logo="logo.png", signature_image="logo.png")
    content = on(letterhead(), letter, sender_block=True)
    xml = b"".join(parts(content, r"word/(document|header\d)\.xml").values())
    found = re.findall(rb'<wp:docPr [^>]*?id="(\d+)"', xml)
    assert len(found) == 3
    assert len(set(found)) == 3


def test_the_letters_language_is_that_of_all_its_text(on: Render, make_letter: MakeLetter) -> None:
    paper = letterhead()
    properties = paper.styles["Normal"].element.get_or_add_rPr()
    properties.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="de-DE"/>'))
    (styles,) = parts(on(paper, make_letter(language="en-GB")), "word/styles.xml").values()
    assert set(re.findall(rb'<w:lang [^>]*w:val="(.*?)"', styles)) == {b"en-GB"}


@pytest.mark.parametrize("count", [0, 1])
def test_check_names_a_logo_that_letters_cannot_take_over(
    campaign: Callable[..., Path],
    run: RunProgram,
    count: int,
) -> None:
    paper = letterhead()
    if count:
        paper.add_picture(io.BytesIO(png(80, 40)))
    root = campaign({"outreach.toml": f'{SETTINGS}[layout]\nletterhead = "{PAPER}"\n', PAPER: saved(paper)})
    done = run("check", root=root)
    line = (
        "papier.docx: pictures that are not in the letterhead's header or footer are left out; "
        "move them there in Word"
    )
    assert findings(done).count(line) == count


def test_a_letterhead_that_is_none_is_named_once(campaign: Callable[..., Path], run: RunProgram) -> None:
    root = campaign({"outreach.toml": f'{SETTINGS}[layout]\nletterhead = "{PAPER}"\n', PAPER: b"no zip"})
    done = run("check", root=root)
    assert [line for line in findings(done) if PAPER in line] == [
        "papier.docx: the letterhead is not a DOCX file; save it again as .docx"
    ]


def test_a_deep_header_does_not_move_the_address(on: Render) -> None:
    paper = letterhead()
    paper.sections[0].top_margin = Mm(70)
    (table,) = docx.Document(io.BytesIO(on(paper))).tables
    assert int(table._tbl.tblPr.find(qn("w:tblpPr")).get(qn("w:tblpY"))) / 1440 * 25.4 == pytest.approx(
        55, abs=0.05
    )
    assert table.cell(0, 1).text.startswith("Madame Anne EXEMPLE")


def test_an_older_letterhead_does_not_open_in_compatibility_mode(on: Render) -> None:
    (settings,) = parts(on(letterhead()), "word/settings.xml").values()
    assert re.findall(rb'w:name="compatibilityMode" [^>]*w:val="(\d+)"', settings) == [b"15"]


def test_lists_stand_before_what_must_come_last(on: Render, make_letter: MakeLetter) -> None:
    paper = letterhead()
    paper.part.numbering_part.element.append(parse_xml(f'<w:numIdMacAtCleanup {nsdecls("w")} w:val="1"/>'))
    after = docx.Document(io.BytesIO(on(paper, numbered(make_letter)))).part.numbering_part.element
    assert after[-1].tag == qn("w:numIdMacAtCleanup")


OTHERS_WORDS = {
    b"package/2006/relationships/metadata/core": b"officedocument/2006/relationships/metadata/core",
    b"<w:keepNext/>": b"",
    b"<w:widowControl/>": b"",
}


def as_others_save(paper: Any) -> bytes:
    """Return a letterhead as LibreOffice names its properties, whose headings may stand alone at a page's end."""
    package = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(paper))) as old, zipfile.ZipFile(package, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            for before, after in OTHERS_WORDS.items():
                content = content.replace(before, after)
            new.writestr(name, content)
    return package.getvalue()


def test_a_letterhead_of_another_program_has_its_properties_once(
    make_letter: MakeLetter, layout: Layout, tmp_path: Path
) -> None:
    (tmp_path / PAPER).write_bytes(as_others_save(letterhead()))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        content = render_docx(make_letter(), Stationery(replace(layout, letterhead=PAPER), tmp_path))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = package.namelist()
        links = package.read("_rels/.rels").decode()
    assert len(names) == len(set(names))
    assert links.count("/core-properties") == 1
    assert docx.Document(io.BytesIO(content)).core_properties.author == "Groupe Essai"


@pytest.mark.parametrize("level", [1, 2, 3, 7])
def test_a_heading_stays_with_the_next_paragraph_whatever_the_letterhead(
    make_letter: MakeLetter, layout: Layout, tmp_path: Path, level: int
) -> None:
    (tmp_path / PAPER).write_bytes(as_others_save(letterhead()))
    letter = make_letter(body=(Heading((Run("Titre"),), level), Paragraph((Run("x"),))))
    content = render_docx(letter, Stationery(replace(layout, letterhead=PAPER), tmp_path))
    (heading,) = [one for one in docx.Document(io.BytesIO(content)).paragraphs if one.text == "Titre"]
    assert heading.paragraph_format.keep_with_next is True
