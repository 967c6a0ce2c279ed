"""Letter -> DOCX that Word and LibreOffice open.

The package is made once for a campaign with python-docx (skeleton.py); a letter only writes its own text.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from outreach.campaign.campaign import Layout
from outreach.country.paper import Window
from outreach.letters.formats.head import body_top, line_width
from outreach.letters.formats.skeleton import BODY_MARK, Skeleton
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import (
    Block,
    Heading,
    ItemList,
    Letter,
    PageBreak,
    Paragraph,
    Quote,
    Run,
    Runs,
)

_SMALLEST = 8.0
_LARGEST = 10.0
_MM = 1440 / 25.4
"""Twentieths of a point in a millimetre."""
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def render_docx(letter: Letter, stationery: Stationery) -> bytes:
    """Return the letter as DOCX; the times in the package are fixed, so the same letter gives the same bytes.

    Args:
        letter: Its text is written as XML text.
        stationery: Font, size, margins, window, letterhead, pictures.

    Raises:
        InputError: the letterhead or a picture cannot be read.
    """
    layout = stationery.layout
    skeleton = stationery.skeleton(letter.language, letter.logo, letter.signature_image)
    window = layout.geometry
    text = "".join(_document(letter, window, layout, skeleton))
    own = {
        "word/document.xml": skeleton.document.replace(BODY_MARK, text.encode()),
        "docProps/core.xml": _properties(letter).encode(),
    }
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in skeleton.parts:
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, own.get(name, content))
    return package.getvalue()


def _document(letter: Letter, window: Window, layout: Layout, skeleton: Skeleton) -> Iterator[str]:
    wording = letter.wording
    sender = _frame(layout.margins.left, layout.margins.top, window.sender_width)
    if skeleton.logo:
        yield _paragraph("Sender", f"<w:r>{skeleton.logo}</w:r>", sender)
    for number, line in enumerate(letter.sender):
        yield _paragraph("Sender", _text(line, bold=number == 0), sender)
    yield from _address(letter.address, window)
    room = _MM * (body_top(letter, layout) - layout.margins.top)
    yield _paragraph("Date", _text(letter.place_and_date), f'<w:spacing w:before="{room:.0f}"/>')
    if letter.mention:
        yield _paragraph("Mention", _text(letter.mention))
    if letter.reference:
        yield _paragraph("Reference", _text(f"{wording.reference} ", bold=True) + _text(letter.reference))
    yield from _labelled("Reference", wording.your_reference, tuple(filter(None, [letter.your_reference])))
    yield from _labelled("Addressees", wording.addressees, letter.addressees)
    yield _paragraph("Subject", _text(f"{wording.subject} {letter.subject}"))
    *first, last = letter.body
    for block in first:
        yield from _block(block)
    # The courtesy formula stays with the signature.
    yield from _block(last, keep=True)
    if skeleton.signature:
        yield _paragraph("Signature", f"<w:r>{skeleton.signature}</w:r>", "<w:keepNext/>" + _NO_SPACE)
    for number, line in enumerate(letter.signature, 1):
        follows = number < len(letter.signature) or bool(letter.cosigners)
        spacing = "" if number == 1 and not skeleton.signature else _NO_SPACE
        yield _paragraph("Signature", _text(line), ("<w:keepNext/>" if follows else "") + spacing)
    yield from _labelled("Cosigners", wording.cosigners, letter.cosigners)
    yield from _labelled("Copies", wording.postscript, tuple(filter(None, [letter.postscript])))
    yield from _labelled("Enclosures", wording.enclosures, letter.enclosures)
    yield from _labelled("Copies", wording.copies, letter.copies)
    for annex in letter.annexes:
        for block in (PageBreak(), *annex.blocks):
            yield from _block(block)


_LIST_END = '<w:spacing w:after="120"/>'
_NO_SPACE = '<w:spacing w:before="0"/>'


def _frame(left: float, top: float, width: float) -> str:
    """Return the properties of a paragraph that stands at a fixed place of the page, in mm."""
    return (
        f'<w:framePr w:w="{_MM * width:.0f}" w:hSpace="0" w:wrap="around" w:vAnchor="page" w:hAnchor="page"'
        f' w:x="{_MM * left:.0f}" w:y="{_MM * top:.0f}"/>'
    )


def _address(lines: tuple[str, ...], window: Window) -> Iterator[str]:
    if not lines:
        return
    pitch = min(window.line, window.line * window.lines / len(lines))
    size = min(address_size(lines, window.width), max(_SMALLEST, pitch * 72 / 25.4 / 1.06))
    spacing = f'<w:spacing w:before="0" w:after="0" w:line="{_MM * pitch:.0f}" w:lineRule="exact"/>'
    frame = _frame(window.left, window.top, window.width)
    for line in lines:
        yield _paragraph("Address", _text(line, half_points=round(2 * size)), frame + spacing)


def address_size(lines: Iterable[str], width: float) -> float:
    """Return the size from 8 to 10 pt at which lines of that width in mm hold, by the widths of a Times face.

    Word does not shrink text by itself; the estimate is on the safe side, and the PDF measures.
    """
    widest = max(map(line_width, lines))
    points = width * 72 / 25.4 / widest if widest else _LARGEST
    return max(_SMALLEST, min(_LARGEST, int(points * 2) / 2))


def _labelled(style: str, label: str, entries: tuple[str, ...]) -> Iterator[str]:
    if len(entries) == 1:
        yield _paragraph(style, _text(f"{label} ", bold=True) + _text(entries[0]))
    elif entries:
        yield _paragraph(style, _text(label, bold=True), "<w:keepNext/>")
        for entry in entries:
            yield _paragraph("Item", _text(f"–\t{entry}"))


def _block(block: Block, *, keep: bool = False, style: str = "Body", level: int = 0) -> Iterator[str]:
    keep_next = "<w:keepNext/>" if keep else ""
    if isinstance(block, PageBreak):
        yield _paragraph("Body", '<w:r><w:br w:type="page"/></w:r>')
    elif isinstance(block, Heading):
        yield _paragraph(f"Heading {min(block.level, 3)}", _runs(block.runs))
    elif isinstance(block, Quote):
        for part in block.blocks:
            yield from _block(part, keep=keep, style="Quote", level=level)
    elif isinstance(block, ItemList):
        for position, item in enumerate(block.items, 1):
            is_last = position == len(block.items) and not level
            yield from _item(block.mark(item), item.blocks, level, keep_next + (_LIST_END if is_last else ""))
    else:
        yield _paragraph(style, _runs(block.runs), keep_next)


def _item(mark: str, blocks: tuple[Block, ...], level: int, keep_next: str) -> Iterator[str]:
    style = "Item" if mark == "–" else "Question"
    indent = f'<w:ind w:left="{_MM * (9 + 8 * level):.0f}" w:hanging="{_MM * 7:.0f}"/>' if level else ""
    if not (blocks and isinstance(blocks[0], Paragraph)):
        yield _paragraph(style, _text(f"{mark}\t"), "<w:keepNext/>" + indent)
    for position, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            start = _text(f"{mark}\t") if position == 0 else _text("\t")
            yield _paragraph(style, start + _runs(block.runs), keep_next + indent)
        else:
            yield from _block(block, level=level + 1)


def _paragraph(style: str, runs: str, properties: str = "") -> str:
    name = style.replace(" ", "")
    return f"<w:p><w:pPr><w:pStyle w:val={quoteattr(name)}/>{properties}</w:pPr>{runs}</w:p>"


def _runs(runs: Runs) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    text = _text(run.text, bold=run.bold, italic=run.italic)
    if not run.link:
        return text
    return f"<w:fldSimple w:instr={quoteattr(f'HYPERLINK {_field_text(run.link)}')}>{text}</w:fldSimple>"


def _field_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', "%22") + '"'


def _text(text: str, *, bold: bool = False, italic: bool = False, half_points: int = 0) -> str:
    size = f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>' if half_points else ""
    style = ("<w:b/>" if bold else "") + ("<w:i/>" if italic else "") + size
    properties = f"<w:rPr>{style}</w:rPr>" if style else ""
    parts = []
    for number, line in enumerate(text.split("\n")):
        cells = [f'<w:t xml:space="preserve">{_xml(cell)}</w:t>' if cell else "" for cell in line.split("\t")]
        parts.append(("<w:br/>" if number else "") + "<w:tab/>".join(cells))
    return f"<w:r>{properties}{''.join(parts)}</w:r>"


def _xml(text: str) -> str:
    """Escape the text; characters that XML cannot hold become the replacement character, as in the PDF."""
    return escape(
        "".join(character if " " <= character not in "\ufffe\uffff" else "\ufffd" for character in text)
    )


def _properties(letter: Letter) -> str:
    made = _stamp(letter.date)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_xml(letter.title)}</dc:title>"
        f"<dc:subject>{_xml(letter.subject)}</dc:subject>"
        f"<dc:creator>{_xml(letter.sender[0])}</dc:creator>"
        f"<cp:lastModifiedBy>{_xml(letter.sender[0])}</cp:lastModifiedBy>"
        "<cp:revision>1</cp:revision>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{made}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{made}</dcterms:modified>'
        f"<dc:language>{letter.language}</dc:language>"
        "</cp:coreProperties>"
    )


def _stamp(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
