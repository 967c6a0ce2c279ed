"""Make the DOCX package that all letters of a campaign share: page, styles, lists, pictures."""

import html
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.parts.image import ImagePart
from docx.parts.numbering import NumberingPart
from docx.section import Section
from docx.shared import Mm, Pt
from lxml import etree

from outreach.campaign.campaign import Layout, Margins
from outreach.errors import InputError, Problem
from outreach.files.package import refuse_bomb
from outreach.files.reading import refuse_other_than_file
from outreach.files.zipped import Member, joined, packed
from outreach.language import _
from outreach.letters.formats.head import QUOTE_INDENT, SENDER_SIZE
from outreach.letters.formats.picture import Picture
from outreach.letters.letter import Block

MARK = b"<!--letter-->"
"""Where a letter puts what is its own into a part."""
DOCUMENT = "word/document.xml"
LINKS = "word/_rels/document.xml.rels"
NUMBERING = "word/numbering.xml"
PROPERTIES = "docProps/core.xml"
LEVELS = 9
"""Of lists, as Word knows them."""
TWIPS = 1440 / 25.4
"""Twentieths of a point in a millimetre."""
_EMUS = 36000
_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>outreach</Application></Properties>"
)
"""A letterhead's own counts of pages and words are not the letter's."""
_UNIQUE, _ALIKE = (DOCUMENT, PROPERTIES), (LINKS, NUMBERING)
"""Parts that letters add to: of each its own, and such as many letters have in common."""
_KEPT = 64
"""Of the latter, as they came out."""


def attribute(text: str) -> str:
    """Return a text as an attribute's value in XML, within its quotes."""
    return f'"{html.escape(text)}"'


class Package:
    """The parts of a DOCX package: what all letters share is compressed once."""

    def __init__(self, parts: Sequence[tuple[str, bytes]]) -> None:
        """Take them in the order of the package, with MARK where a letter adds its own."""
        self._parts = dict(parts)
        self._shared = {
            name: packed(name, content, is_tight=name.endswith((".png", ".jpg", ".jpeg")))
            for name, content in parts
            if name not in (*_UNIQUE, *_ALIKE)
        }
        self._alike = lru_cache(maxsize=_KEPT)(self._packed)

    def of(self, own: Mapping[str, str]) -> bytes:
        """Return a letter's package, with what the parts that are named have of its own."""
        return joined(
            self._shared.get(name) or (self._alike if name in _ALIKE else self._packed)(name, own[name])
            for name in self._parts
        )

    def _packed(self, name: str, own: str) -> Member:
        return packed(name, self._parts[name].replace(MARK, own.encode()))


@dataclass(frozen=True, slots=True)
class Written:
    """A block of a letter as DOCX, and how far the letter had come after it."""

    block: Block
    paragraphs: tuple[str, ...]
    lists: Sequence[str]
    """That it began."""
    links: Mapping[str, str]
    """All so far."""
    begins_page: bool


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A package without a letter's text."""

    package: Package
    layout: Layout
    """With the margins of the page, which a letterhead has of its own."""
    styles: Mapping[str, str]
    """The id of each style that letters use, by its name here."""
    numbered: int
    """Abstract list that every numbered list is one of."""
    lettered: int
    """Likewise of lists with letters."""
    dashes: int
    """The one list of all that have no numbers."""
    first_list: int
    """From here on, numbers of lists are free."""
    logo: str
    """XML of the logo's drawing; empty for none."""
    signature: str
    written: dict[tuple[object, ...], Written] = field(default_factory=dict, compare=False, repr=False)
    """What letters have in common, by the block's identity and how far the letter had come before it."""


def make_skeleton(
    layout: Layout, root: Path, language: str, name: str, pictures: tuple[Picture | None, Picture | None]
) -> Skeleton:
    """Return the package for the layout; a letterhead's page, styles, header and footer are taken over.

    Args:
        layout: Its margins hold where there is no letterhead.
        root: Folder that the letterhead is named from.
        language: As in `Letter.language`.
        name: What stands for the pictures where they are not seen.
        pictures: The logo and the signature.

    Raises:
        InputError: the letterhead is no DOCX file.
    """
    with _readable(layout):
        return _made(layout, root, language, name, pictures)


def _made(
    layout: Layout, root: Path, language: str, name: str, pictures: tuple[Picture | None, Picture | None]
) -> Skeleton:
    document = _open(layout, root)
    if not document.sections:
        raise InputError(
            Problem(
                layout.letterhead,
                0,
                _("the letterhead has no page"),
                _("save it again as .docx"),
                code="letterhead-unusable",
            )
        )
    section = document.sections[0]
    _empty(document, section)
    # Some write the type of the core properties' relationship in their own way: python-docx would add others.
    _drop(document, "stylesWithEffects", "thumbnail", "core-properties")
    if layout.letterhead:
        layout = replace(layout, margins=_margins(section, layout.margins))
    else:
        _trim(document, layout)
        _set_page(section, layout.margins)
        _add_page_number(section)
    section.page_width, section.page_height = Mm(210), Mm(297)
    _set_language(document, language)
    _set_compatibility(document)
    numbered, lettered, dashes, first_list = _add_lists(document)
    styles = _add_styles(document, _styles(layout, numbered=first_list - 1, dashes=dashes), layout.size)
    first = _next_drawing(document)
    logo, signature = (
        _drawing(document, picture, first + number, name) if picture else ""
        for number, picture in enumerate(pictures)
    )
    package = Package(_parts(document))
    return Skeleton(package, layout, styles, numbered, lettered, dashes, first_list, logo, signature)


def has_lost_pictures(layout: Layout, root: Path) -> bool:
    """Tell whether the letterhead has pictures in its text, which no letter takes over; raises as above."""
    with _readable(layout):
        body = _open(layout, root).element.body
        return next(body.iter(qn("w:drawing"), qn("w:pict")), None) is not None


@contextmanager
def _readable(layout: Layout) -> Iterator[None]:
    """Say of whatever the parts of a letterhead lack that it is no DOCX file."""
    try:
        yield
    except (
        AttributeError,  # foreign XML, whose elements python-docx does not know
        KeyError,
        PackageNotFoundError,
        SyntaxError,
        TypeError,
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        if not layout.letterhead:
            raise
        hint = _("save it again as .docx")
        problem = Problem(
            layout.letterhead, 0, _("the letterhead is not a DOCX file"), hint, code="letterhead-unusable"
        )
        raise InputError(problem) from error


def _open(layout: Layout, root: Path) -> Document:
    if not layout.letterhead:
        return docx.Document()
    path = root / layout.letterhead
    refuse_other_than_file(path, layout.letterhead)
    if zipfile.is_zipfile(path):
        refuse_bomb(path, layout.letterhead)
    return docx.Document(str(path))


def _empty(document: Document, section: Section) -> None:
    """Remove all text, and keep the page, header and footer of the section that the first page has."""
    body = document.element.body
    for child in list(body):
        body.remove(child)
    body.append(etree.Comment("letter"))
    body.append(section._sectPr)  # noqa: SLF001  (python-docx cannot move a section)


def _drop(document: Document, *kinds: str) -> None:
    """Remove parts that would be packed with each letter and say what is no longer so, or nothing."""
    for owner in (document.part, document.part.package):
        for identifier, relation in list(owner.rels.items()):
            if relation.reltype.rpartition("/")[2] in kinds:
                del owner.rels[identifier]


def _trim(document: Document, layout: Layout) -> None:
    """Leave nothing of python-docx's own template: it would be packed with each letter."""
    _drop(document, "customXml")
    styles = document.styles.element
    for old in (*styles.findall(qn("w:style")), *styles.findall(qn("w:docDefaults"))):
        styles.remove(old)
    for element in reversed(parse_xml(_BASE_STYLES.format(nsdecls("w"), **_normal(layout)))):
        styles.append(element) if element.tag == qn("w:style") else styles.insert(0, element)
    settings = document.settings.element
    for old in list(settings):
        settings.remove(old)
    for element in parse_xml(f"<w:settings {nsdecls('w')}>{_SETTINGS}</w:settings>"):
        settings.append(element)
    for old in list(document.part.numbering_part.element):
        document.part.numbering_part.element.remove(old)


def _normal(layout: Layout) -> dict[str, str]:
    return {"font": attribute(layout.docx_font), "size": f"{2 * layout.size:.0f}"}


_SETTINGS = '<w:zoom w:percent="100"/><w:defaultTabStop w:val="709"/>'
_BASE_STYLES = """\
<w:styles {0}><w:docDefaults><w:rPrDefault><w:rPr/></w:rPrDefault><w:pPrDefault/></w:docDefaults>\
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>\
<w:rPr><w:rFonts w:ascii={font} w:hAnsi={font} w:eastAsia={font} w:cs={font}/>\
<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>\
<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">\
<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>\
<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>\
<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>\
<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>\
<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>\
<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>\
<w:uiPriority w:val="99"/><w:semiHidden/></w:style>\
<w:style w:type="paragraph" w:styleId="Header"><w:name w:val="header"/><w:basedOn w:val="Normal"/></w:style>\
<w:style w:type="paragraph" w:styleId="Footer"><w:name w:val="footer"/><w:basedOn w:val="Normal"/></w:style>\
</w:styles>"""


def _margins(section: Section, default: Margins) -> Margins:
    """Return the section's own margins in mm."""
    found = {side: getattr(section, f"{side}_margin") for side in ("top", "right", "bottom", "left")}
    return replace(default, **{side: abs(length.mm) for side, length in found.items() if length is not None})


def _set_page(section: Section, margins: Margins) -> None:
    section.top_margin, section.bottom_margin = Mm(margins.top), Mm(margins.bottom)
    section.left_margin, section.right_margin = Mm(margins.left), Mm(margins.right)
    section.footer_distance = Mm(margins.bottom / 2)


def _set_language(document: Document, tag: str) -> None:
    """Set the language of all text."""
    styles = document.styles.element
    for place in (styles.find(qn("w:docDefaults")), *styles.findall(qn("w:style"))):
        if place is not None and (place.tag != qn("w:style") or place.get(qn("w:default"))):
            for old in list(place.iter(qn("w:lang"))):
                old.getparent().remove(old)
    defaults = _child(styles, "docDefaults")
    properties = _child(_child(defaults, "rPrDefault"), "rPr")
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), tag)
    properties.append(language)


_BEFORE_HYPHENATION = """
    writeProtection view zoom removePersonalInformation removeDateAndTime doNotDisplayPageBoundaries
    displayBackgroundShape printPostScriptOverText printFractionalCharacterWidth printFormsData
    embedTrueTypeFonts embedSystemFonts saveSubsetFonts saveFormsData mirrorMargins alignBordersAndEdges
    bordersDoNotSurroundHeader bordersDoNotSurroundFooter gutterAtTop hideSpellingErrors
    hideGrammaticalErrors activeWritingStyle proofState formsDesign attachedTemplate linkStyles
    stylePaneFormatFilter stylePaneSortMethod documentType mailMerge revisionView trackRevisions
    doNotTrackMoves doNotTrackFormatting documentProtection autoFormatOverride styleLockTheme
    styleLockQFSet defaultTabStop
"""
_BEFORE_COMPATIBILITY = """
    autoHyphenation consecutiveHyphenLimit hyphenationZone doNotHyphenateCaps showEnvelope summaryLength
    clickAndTypeStyle defaultTableStyle evenAndOddHeaders bookFoldRevPrinting bookFoldPrinting
    bookFoldPrintingSheets drawingGridHorizontalSpacing drawingGridVerticalSpacing
    displayHorizontalDrawingGridEvery displayVerticalDrawingGridEvery doNotUseMarginsForDrawingGridOrigin
    drawingGridHorizontalOrigin drawingGridVerticalOrigin doNotShadeFormData noPunctuationKerning
    characterSpacingControl printTwoOnOne strictFirstAndLastChars noLineBreaksAfter noLineBreaksBefore
    savePreviewPicture doNotValidateAgainstSchema saveInvalidXml ignoreMixedContent
    alwaysShowPlaceholderText doNotDemarcateInvalidXml saveXmlDataOnly useXSLTWhenSaving saveThroughXslt
    showXMLTags alwaysMergeEmptyNamespace updateFields hdrShapeDefaults footnotePr endnotePr
"""
_BEFORE_LINE_BREAKS = """
    useSingleBorderforContiguousCells wpJustification noTabHangInd noLeading spaceForUL noColumnBalance
    balanceSingleByteDoubleByteWidth noExtraLineSpacing doNotLeaveBackslashAlone ulTrailSpace
"""
"""Each in the order that the schema asks for (ECMA-376 Part 1, CT_Settings; Part 4, CT_Compat)."""
_WORD = "http://schemas.microsoft.com/office/word"


def _set_compatibility(document: Document) -> None:
    """Let Word hyphenate, leave the line before a line break as it is, and not open an "older version"."""
    settings = document.settings.element
    _child(settings, "autoHyphenation", _BEFORE_HYPHENATION)
    compatibility = _child(settings, "compat", _BEFORE_HYPHENATION + _BEFORE_COMPATIBILITY)
    _child(compatibility, "doNotExpandShiftReturn", _BEFORE_LINE_BREAKS)
    for old in compatibility.findall(qn("w:compatSetting")):
        if old.get(qn("w:name")) == "compatibilityMode":
            compatibility.remove(old)
    mode = OxmlElement("w:compatSetting")
    for key, value in {"name": "compatibilityMode", "uri": _WORD, "val": "15"}.items():
        mode.set(qn(f"w:{key}"), value)
    compatibility.append(mode)


def _child(parent: Any, name: str, before: str = "") -> Any:  # noqa: ANN401  (lxml elements are untyped)
    """Return the child of that name, added after all those that come before it."""
    found = parent.find(qn(f"w:{name}"))
    if found is None:
        found = OxmlElement(f"w:{name}")
        names = {qn(f"w:{one}") for one in before.split()}
        places = [place for place, child in enumerate(parent, 1) if child.tag in names]
        parent.insert(places[-1] if places else 0, found)
    return found


def _add_lists(document: Document) -> tuple[int, int, int, int]:
    """Add all kinds of list.

    Returns:
        The abstract lists with numbers and with letters, the list of dashes, the first free number.
    """
    part = _numbering(document)
    numbering = part.element
    kinds = numbering.findall(qn("w:abstractNum"))
    lists = numbering.findall(qn("w:num"))
    numbered = 1 + max((int(kind.get(qn("w:abstractNumId"))) for kind in kinds), default=-1)
    dashes = 1 + max((int(one.get(qn("w:numId"))) for one in lists), default=0)
    place = list(numbering).index(kinds[-1]) + 1 if kinds else 0
    numbering.insert(place, _list_kind(numbered, "decimal", "%{}."))
    numbering.insert(place + 1, _list_kind(numbered + 1, "bullet", "–"))
    numbering.insert(place + 2, _list_kind(numbered + 2, "lowerLetter", "%{})"))
    last = numbering.find(qn("w:numIdMacAtCleanup"))
    at = len(numbering) if last is None else list(numbering).index(last)
    for offset, kind in enumerate((numbered + 1, numbered)):
        numbering.insert(at + offset, parse_xml(list_xml(dashes + offset, kind, nsdecls("w"))))
    numbering.insert(at + 2, etree.Comment("letter"))
    return numbered, numbered + 2, dashes, dashes + 2


def list_xml(number: int, kind: int, namespace: str = "", level: int = 0, start: int | None = None) -> str:
    """Return a list of an abstract kind, which at that level begins with a number of its own."""
    override = (
        ""
        if start is None
        else f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
    )
    return (
        f'<w:num{" " * bool(namespace)}{namespace} w:numId="{number}">'
        f'<w:abstractNumId w:val="{kind}"/>{override}</w:num>'
    )


def _list_kind(number: int, form: str, text: str) -> Any:  # noqa: ANN401  (lxml elements are untyped)
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text.format(level + 1)}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{TWIPS * list_indent(level):.0f}" w:hanging="{TWIPS * HANGING:.0f}"/></w:pPr>'
        "</w:lvl>"
        for level in range(LEVELS)
    )
    return parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:nsid w:val="0A7E4C{number % 256:02X}"/>'
        f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )


HANGING = 7
"""Of a list's mark, in mm."""


def list_indent(level: int) -> int:
    """Return where the text of a list's items begins, in mm from the margin."""
    return 9 + 8 * level


def _numbering(document: Document) -> Any:  # noqa: ANN401  (python-docx says Part)
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
            return relation.target_part
    element = parse_xml(f"<w:numbering {nsdecls('w')}/>")
    package = document.part.package
    part = NumberingPart(PackURI(f"/{NUMBERING}"), CONTENT_TYPE.WML_NUMBERING, element, package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.NUMBERING)
    return part


@dataclass(frozen=True, slots=True)
class _Look:
    """What a style adds to Normal; lengths in pt."""

    before: float = 0
    after: float = 0
    left: float = 0
    justify: str = ""
    size: float = 1
    """Of the body's."""
    is_bold: bool = False
    is_italic: bool = False
    is_whole: bool = True
    """It is not broken over two pages."""
    is_hyphenated: bool = True
    keeps_next: bool = False
    following: str = ""
    """Style of the next paragraph that is typed; empty for the same."""
    items_of: int = 0
    """List that its paragraphs are items of."""
    heading: int = 0
    """Level; 0 for no heading."""


def _styles(layout: Layout, *, numbered: int, dashes: int) -> dict[str, _Look]:
    margins = layout.margins
    half = (210 - margins.left - margins.right) / 2 * 72 / 25.4
    text = _Look(after=6, justify="both", is_whole=False)
    item = replace(text, after=3, is_whole=True)
    heading = _Look(before=8, after=3, is_hyphenated=False, keeps_next=True, following="Body")
    return {
        "Sender": _Look(size=SENDER_SIZE, is_hyphenated=False),
        "Address": _Look(is_hyphenated=False),
        "Date": _Look(after=14, justify="right", following="Subject"),
        "Mention": _Look(after=8, is_bold=True, following="Subject"),
        "Reference": _Look(after=8, following="Subject"),
        "Addressees": _Look(before=4, after=3, following="Subject"),
        "Subject": _Look(before=6, after=14, is_bold=True, is_hyphenated=False, following="Body"),
        "Body": text,
        "Heading 1": replace(heading, before=10, after=4, is_bold=True, size=1.08, heading=1),
        "Heading 2": replace(heading, is_italic=True, heading=2),
        **{f"Heading {level}": replace(heading, heading=level) for level in range(3, 7)},
        "Question": replace(item, items_of=numbered),
        "Item": replace(item, items_of=dashes),
        "Quote": replace(text, left=QUOTE_INDENT * 72 / 25.4),
        "Signature": _Look(before=30 * 72 / 25.4, left=half),
        "Cosigners": _Look(before=10),
        "Enclosures": _Look(before=12),
        "Copies": _Look(before=6),
    }


_WORDS_OWN = ("Date", "Quote", "Signature", "Heading")
"""Names of styles that Word knows without being told; the last begins several."""


def _add_styles(document: Document, looks: Mapping[str, _Look], size: float) -> dict[str, str]:
    """Add the letter's styles, return their ids; those that a letterhead has already are left as they are."""
    styles = document.styles.element
    own, taken = {}, set()
    for style in styles.findall(qn("w:style")):
        name, identifier = style.find(qn("w:name")), str(style.get(qn("w:styleId")))
        taken.add(identifier.casefold())
        if name is not None and style.get(qn("w:type")) == "paragraph":
            own[name.get(qn("w:val")).casefold()] = identifier
    found = {name: own[name.casefold()] for name in looks if name.casefold() in own}
    added = {}
    for name in looks:
        if name not in found:
            added[name] = name.replace(" ", "")
            while added[name].casefold() in taken:
                added[name] += "0"
    found |= added
    base = _default_style(document)
    for name, identifier in added.items():
        following = found[looks[name].following] if looks[name].following else identifier
        styles.append(parse_xml(_style_xml(name, identifier, looks[name], size, base, following)))
    return found


def _default_style(document: Document) -> str:
    """Return the id of the style that Word calls Normal."""
    style = document.styles.default(1)
    return str(style.style_id) if style is not None else "Normal"


def _style_xml(  # noqa: PLR0913, PLR0917  (what a style is made of)
    name: str, identifier: str, look: _Look, size: float, base: str, following: str
) -> str:
    own = "" if name.startswith(_WORDS_OWN) else 'w:customStyle="1" '
    half_points = round(2 * size * look.size)
    around = f'w:before="{20 * look.before:.0f}" w:after="{20 * look.after:.0f}"'
    properties = [
        "<w:keepNext/>" * look.keeps_next,
        "<w:keepLines/>" * look.is_whole,
        "<w:widowControl/>",
        f'<w:numPr><w:numId w:val="{look.items_of}"/></w:numPr>' if look.items_of else "",
        "<w:suppressAutoHyphens/>" * (not look.is_hyphenated),
        f'<w:spacing {around} w:line="240" w:lineRule="auto"/>',
        f'<w:ind w:left="{20 * look.left:.0f}"/>' if look.left else "",
        f'<w:jc w:val="{look.justify}"/>' if look.justify else "",
        f'<w:outlineLvl w:val="{look.heading - 1}"/>' if look.heading else "",
    ]
    face = [
        "<w:b/><w:bCs/>" * look.is_bold,
        "<w:i/><w:iCs/>" * look.is_italic,
        f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>' if look.size != 1 else "",
    ]
    return (
        f'<w:style {nsdecls("w")} w:type="paragraph" {own}w:styleId="{identifier}">'
        f"<w:name w:val={attribute(name.replace('Heading', 'heading'))}/><w:basedOn w:val={attribute(base)}/>"
        f"<w:next w:val={attribute(following)}/><w:qFormat/>"
        f"<w:pPr>{''.join(properties)}</w:pPr><w:rPr>{''.join(face)}</w:rPr></w:style>"
    )


def _next_drawing(document: Document) -> int:
    """Return an id that no drawing of the package has, nor any greater one."""
    used = (
        int(properties.get("id", 0))
        for part in document.part.package.iter_parts()
        if isinstance(part, XmlPart)
        for properties in part.element.iter(qn("wp:docPr"))
    )
    return 1 + max(used, default=0)


def _drawing(document: Document, picture: Picture, number: int, name: str) -> str:
    """Add a picture to the package and return the XML that shows it."""
    ending = "png" if picture.is_png else "jpg"
    part = ImagePart(
        PackURI(f"/word/media/letter{number}.{ending}"),
        CONTENT_TYPE.PNG if picture.is_png else CONTENT_TYPE.JPEG,
        picture.content,
    )
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    width, height = round(_EMUS * picture.width), round(_EMUS * picture.height)
    label = f'id="{number}" name={attribute(part.filename)} descr={attribute(name)}'
    return (
        f'<w:drawing><wp:inline {nsdecls("wp", "a", "pic", "r")} distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr {label}/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f"<pic:nvPicPr><pic:cNvPr {label}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing>"
    )


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


def _parts(document: Document) -> tuple[tuple[str, bytes], ...]:
    """Return the package's parts, those that a letter adds to under the names that are written here."""
    package = document.part.package
    package.core_properties  # noqa: B018  (python-docx adds them where there are none)
    names = {
        RELATIONSHIP_TYPE.OFFICE_DOCUMENT: DOCUMENT,
        RELATIONSHIP_TYPE.CORE_PROPERTIES: PROPERTIES,
        RELATIONSHIP_TYPE.EXTENDED_PROPERTIES: "docProps/app.xml",
        RELATIONSHIP_TYPE.NUMBERING: NUMBERING,
    }
    for owner in (package, document.part):
        for relation in owner.rels.values():
            if relation.reltype in names:
                relation.target_part.partname = PackURI(f"/{names[relation.reltype]}")
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as archive:
        return tuple((name, _marked(name, archive.read(name))) for name in archive.namelist())


def _marked(name: str, content: bytes) -> bytes:
    if name == LINKS:
        return content.replace(b"</Relationships>", MARK + b"</Relationships>")
    if name == PROPERTIES:
        return MARK
    return _APP if name == "docProps/app.xml" else content
