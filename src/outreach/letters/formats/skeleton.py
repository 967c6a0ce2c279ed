"""Make the DOCX package that all letters of a campaign share: styles, header, footer, pictures."""

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.exceptions import PackageNotFoundError
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Emu, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from outreach.campaign.campaign import Layout
from outreach.errors import InputError, Problem
from outreach.language import _
from outreach.letters.formats.head import LOGO_HEIGHT, SENDER_SIZE

BODY_MARK = b"<!--letter-->"
"""Where a letter's paragraphs go in word/document.xml."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A package without a letter's text."""

    parts: tuple[tuple[str, bytes], ...]
    """Name and content of each part, in the order of the package."""
    document: bytes
    """The document part, with the mark in it."""
    logo: str
    """XML of the logo's drawing; empty for none."""
    signature: str


def make_skeleton(layout: Layout, root: Path, language: str, logo: str, signature: str) -> Skeleton:
    """Return the package for the layout; a letterhead's styles, header and footer are taken over.

    Raises:
        InputError: the letterhead is no DOCX file, or a picture is none.
    """
    document = _open(layout, root)
    is_own = not layout.letterhead
    if is_own:
        _trim(document)
    if not document.sections:
        raise InputError(
            Problem(layout.letterhead, 0, _("the letterhead has no page"), _("save it again as .docx"))
        )
    section = document.sections[-1]
    _set_page(section, layout)
    _set_language(document, language)
    _add_styles(document, layout, replace=is_own)
    half = (210 - layout.margins.left - layout.margins.right) / 2
    pictures = [
        _drawing(document, root, logo, LOGO_HEIGHT, layout.geometry.sender_width),
        _drawing(document, root, signature, 26, half),
    ]
    _empty(document)
    if is_own:
        _add_page_number(section)
    if layout.fold_marks:
        _add_fold_marks(section, layout)
    package = io.BytesIO()
    document.save(package)
    with zipfile.ZipFile(package) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    body = dict(parts)["word/document.xml"]
    end = body.rindex(b"<w:sectPr")
    return Skeleton(tuple(parts), body[:end] + BODY_MARK + body[end:], *pictures)


def _open(layout: Layout, root: Path) -> Document:
    if not layout.letterhead:
        return docx.Document()
    try:
        return docx.Document(str(root / layout.letterhead))
    except (PackageNotFoundError, KeyError, SyntaxError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        hint = _("save it again as .docx")
        raise InputError(
            Problem(layout.letterhead, 0, _("the letterhead is not a DOCX file"), hint)
        ) from error


def _trim(document: Document) -> None:
    """Drop what python-docx's own template carries and no letter uses, since it would be packed with each."""
    for style in list(document.styles):
        if style.name not in (
            "Normal",
            "Default Paragraph Font",
            "Normal Table",
            "No List",
            "header",
            "footer",
        ):
            style.delete()
    for owner in (document.part, document.part.package):
        for identifier, relation in list(owner.rels.items()):
            if relation.reltype.rpartition("/")[2] in ("stylesWithEffects", "thumbnail", "customXml"):
                del owner.rels[identifier]


def _set_page(section: Section, layout: Layout) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    margins = layout.margins
    section.top_margin, section.bottom_margin = Mm(margins.top), Mm(margins.bottom)
    section.left_margin, section.right_margin = Mm(margins.left), Mm(margins.right)
    section.footer_distance = Mm(margins.bottom / 2)


def _set_language(document: Document, tag: str) -> None:
    """Set the language of all text and let it be hyphenated."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for properties in defaults.iter(qn("w:rPr")) if defaults is not None else ():
        for old in properties.findall(qn("w:lang")):
            properties.remove(old)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), tag)
        properties.append(language)
    settings = document.settings.element
    if settings.find(qn("w:autoHyphenation")) is None:
        hyphenation = OxmlElement("w:autoHyphenation")
        place = settings.find(qn("w:defaultTabStop"))
        settings.insert(list(settings).index(place) + 1 if place is not None else 0, hyphenation)


def _add_styles(document: Document, layout: Layout, *, replace: bool) -> None:
    """Add the letter's styles; those that a letterhead has already are left as they are."""
    size = layout.size
    justify, right = WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.RIGHT
    if replace:
        _set_font(document.styles["Normal"], layout.docx_font, size)
    left = Mm((210 - layout.margins.left - layout.margins.right) / 2)
    styles: dict[str, dict[str, Any]] = {
        "Sender": {"size": size * SENDER_SIZE},
        "Address": {"size": 10},
        "Date": {"after": Pt(14), "alignment": right},
        "Mention": {"after": Pt(8), "bold": True},
        "Reference": {"after": Pt(8)},
        "Addressees": {"before": Pt(4), "after": Pt(3)},
        "Subject": {"before": Pt(6), "after": Pt(14), "bold": True},
        "Body": {"after": Pt(6), "alignment": justify},
        "Heading 1": {"before": Pt(10), "after": Pt(4), "bold": True, "size": size * 1.08, "next": True},
        "Heading 2": {"before": Pt(8), "after": Pt(3), "italic": True, "size": size, "next": True},
        "Heading 3": {"before": Pt(8), "after": Pt(3), "size": size, "next": True},
        "Question": {"after": Pt(3), "alignment": justify, "hanging": True},
        "Item": {"after": Pt(3), "alignment": justify, "hanging": True},
        "Quote": {"after": Pt(6), "alignment": justify, "indent": Mm(8)},
        "Signature": {"before": Mm(30), "indent": left},
        "Cosigners": {"before": Pt(10)},
        "Enclosures": {"before": Pt(12)},
        "Copies": {"before": Pt(6)},
    }
    for name, wanted in styles.items():
        _add_style(document, name, layout.docx_font if replace else "", wanted, replace=replace)


def _add_style(document: Document, name: str, font: str, wanted: dict[str, Any], *, replace: bool) -> None:
    styles = document.styles
    if name in styles:
        if not replace:
            _rename(document, styles[name].style_id, name.replace(" ", ""))
            return
        styles[name].delete()
    style: Any = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles["Normal"]
    style.quick_style = True
    if font:
        _set_font(style, font, wanted.get("size"))
    style.font.bold = wanted.get("bold")
    style.font.italic = wanted.get("italic")
    shape = style.paragraph_format
    shape.space_before = wanted.get("before", Pt(0))
    shape.space_after = wanted.get("after", Pt(0))
    shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
    shape.alignment = wanted.get("alignment")
    shape.widow_control = True
    if name == "Subject":
        properties = style.element.get_or_add_pPr()
        properties.insert_element_before(
            OxmlElement("w:suppressAutoHyphens"), "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
        )
    shape.keep_together = not name.startswith(("Body", "Quote"))
    shape.keep_with_next = wanted.get("next")
    shape.left_indent = wanted.get("indent")
    if wanted.get("hanging"):
        shape.left_indent, shape.first_line_indent = Mm(9), Mm(-7)
        shape.tab_stops.add_tab_stop(Mm(9))
    if name.startswith("Heading"):
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(int(name[-1]) - 1))
        style.element.get_or_add_pPr().append(outline)


def _rename(document: Document, former: str, identifier: str) -> None:
    """Give a style the id that letters write; a French Word calls its "heading 1" Titre1."""
    if former == identifier:
        return
    references = {qn(f"w:{tag}") for tag in ("pStyle", "basedOn", "next", "link")}
    for part in document.part.package.iter_parts():
        for element in part.element.iter() if isinstance(part, XmlPart) else ():
            if element.tag in references and element.get(qn("w:val")) == former:
                element.set(qn("w:val"), identifier)
            elif element.tag == qn("w:style") and element.get(qn("w:styleId")) == former:
                element.set(qn("w:styleId"), identifier)


def _set_font(style: ParagraphStyle | Any, font: str, size: float | None) -> None:  # noqa: ANN401  (python-docx's own union)
    style.font.name = font
    if size:
        style.font.size = Pt(round(size * 2) / 2)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), font)


def _drawing(document: Document, root: Path, name: str, height: float, width: float) -> str:
    """Add a picture, at most so high and wide in mm, to the package and return the XML that shows it."""
    if not name:
        return ""
    try:
        shape = document.add_picture(str(root / name), height=Mm(height))
    except Exception as error:  # python-docx raises a bare Exception for some damaged pictures
        raise InputError(
            Problem(name, 0, _("is not a picture that can be printed"), _("use PNG or JPEG"))
        ) from error
    if shape.width > Mm(width):
        shape.height, shape.width = Emu(shape.height * Mm(width) // shape.width), Mm(width)
    inline = shape._inline  # noqa: SLF001  (python-docx has no call for alternative text)
    inline.docPr.set("descr", Path(name).stem)
    drawing = inline.getparent()
    xml = str(drawing.xml)
    drawing.getparent().remove(drawing)
    return xml


def _empty(document: Document) -> None:
    """Remove all text, and keep the last section's page, header and footer."""
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)


def _add_page_number(section: Section) -> None:
    """Print "2/3" at the foot of every page but the first."""
    section.different_first_page_header_footer = True
    section.first_page_footer.is_linked_to_previous = False
    section.first_page_header.is_linked_to_previous = False
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for part in ("PAGE", "/", "NUMPAGES"):
        run = paragraph.add_run("/" if part == "/" else "")
        run.font.size = Pt(9)
        if part == "/":
            continue
        for kind in ("begin", "instr", "separate", "text", "end"):
            run._r.append(_field_part(kind, part))  # noqa: SLF001  (python-docx has no call for fields)


def _field_part(kind: str, name: str) -> Any:  # noqa: ANN401  (lxml elements are untyped)
    if kind == "text":
        element = OxmlElement("w:t")
        element.text = "2"
    elif kind == "instr":
        element = OxmlElement("w:instrText")
        element.text = name
    else:
        element = OxmlElement("w:fldChar")
        element.set(qn("w:fldCharType"), kind)
    return element


def _add_fold_marks(section: Section, layout: Layout) -> None:
    """Draw a short line at the left edge of the first page for each fold: a framed paragraph's border."""
    header = section.first_page_header if section.different_first_page_header_footer else section.header
    anchor = header.paragraphs[0]
    _shrink(anchor)
    for fold in layout.geometry.folds:
        paragraph = anchor.insert_paragraph_before()
        _shrink(paragraph)
        # Two frames in a row would become one: an empty paragraph stands between them.
        _shrink(anchor.insert_paragraph_before())
        properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001  (python-docx has no call for frames)
        frame = OxmlElement("w:framePr")
        for key, value in {
            "w": f"{Mm(4).twips}",
            "h": f"{Mm(2).twips}",
            "hRule": "exact",
            "wrap": "around",
            "vAnchor": "page",
            "hAnchor": "page",
            "x": f"{Mm(4).twips}",
            "y": f"{Mm(fold).twips}",
        }.items():
            frame.set(qn(f"w:{key}"), value)
        border = OxmlElement("w:pBdr")
        line = OxmlElement("w:top")
        for key, value in {"val": "single", "sz": "4", "space": "0", "color": "7F7F7F"}.items():
            line.set(qn(f"w:{key}"), value)
        border.append(line)
        style = properties.find(qn("w:pStyle"))
        at = list(properties).index(style) + 1 if style is not None else 0
        properties.insert(at, frame)
        properties.insert(at + 1, border)


def _shrink(paragraph: Paragraph) -> None:
    """Keep an empty paragraph of the header from pushing the text down."""
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = Pt(1)
