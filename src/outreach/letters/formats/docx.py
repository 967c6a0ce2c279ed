"""Letter -> DOCX that Word and LibreOffice open.

The package is made once for a campaign with python-docx (skeleton.py); a letter only writes its own text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from outreach.country.paper import Window
from outreach.letters.formats.head import LOGO_GAP, QUOTE_INDENT, body_top, line_width, on_paper
from outreach.letters.formats.skeleton import (
    DOCUMENT,
    HANGING,
    LEVELS,
    LINKS,
    NUMBERING,
    PROPERTIES,
    TWIPS,
    Skeleton,
    Written,
    attribute,
    list_indent,
    list_xml,
)
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
    introduces_list,
)

_SMALLEST = 8.0
_LARGEST = 10.0
_LINES_KEPT = 2
"""Of the text, with the courtesy formula and the signature."""
_KEPT = 1024
"""Blocks that are remembered as they were written."""
_ONE_LINE = 150
"""Characters that no line of a letter holds more of."""
_DEEPEST = 6
"""Level of headings that have a style of their own."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPED = re.compile("[&<>\0-\x1f\ufffe\uffff]")
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def render_docx(letter: Letter, stationery: Stationery) -> bytes:
    """Return the letter as DOCX; the times in the package are fixed, so the same letter gives the same bytes.

    Args:
        letter: Its text is written as XML text.
        stationery: Font, size, margins, window, letterhead, pictures.

    Raises:
        InputError: the letterhead or a picture cannot be read.
    """
    skeleton = stationery.skeleton(letter)
    writer = _Writer(skeleton)
    text = "".join(writer.document(on_paper(letter, skeleton.layout, skeleton.layout.letterhead)))
    own = {
        DOCUMENT: text,
        LINKS: "".join(
            f'<Relationship Id="{identifier}" Type="{_LINK}" Target={attribute(link)} TargetMode="External"/>'
            for link, identifier in writer.links.items()
        ),
        NUMBERING: "".join(writer.lists),
        PROPERTIES: _properties(letter),
    }
    return skeleton.package.of(own)


@dataclass(slots=True)
class _Writer:
    """Writes one letter's paragraphs, and collects what they need in other parts: lists, links."""

    skeleton: Skeleton
    lists: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    """The id of each address."""
    begins_page: bool = False
    """The next paragraph begins a page."""

    def document(self, letter: Letter) -> Iterator[str]:
        wording = letter.wording
        yield from self._head(letter)
        yield self._paragraph("Date", _text(letter.place_and_date))
        if letter.mention:
            yield self._paragraph("Mention", _text(letter.mention))
        if letter.reference:
            label = _text(f"{wording.reference} ", bold=True)
            yield self._paragraph("Reference", label + _text(letter.reference))
        if letter.your_reference:
            label = _text(f"{wording.your_reference} ", bold=True)
            yield self._paragraph("Reference", label + _text(letter.your_reference))
        yield from self._labelled("Addressees", wording.addressees, letter.addressees)
        yield self._paragraph("Subject", _text(f"{wording.subject} {letter.subject}"))
        yield from self._body(letter.body)
        if self.skeleton.signature:
            picture = f"<w:r>{self.skeleton.signature}</w:r>"
            yield self._paragraph("Signature", picture, keep=True, spacing=_NO_SPACE)
        for number, line in enumerate(letter.signature, 1):
            follows = number < len(letter.signature) or bool(letter.cosigners)
            spacing = "" if number == 1 and not self.skeleton.signature else _NO_SPACE
            yield self._paragraph("Signature", _text(line), keep=follows, spacing=spacing)
        yield from self._labelled("Cosigners", wording.cosigners, letter.cosigners)
        yield from self._labelled("Copies", wording.postscript, tuple(filter(None, [letter.postscript])))
        yield from self._labelled("Enclosures", wording.enclosures, letter.enclosures)
        yield from self._labelled("Copies", wording.copies, letter.copies)
        for annex in letter.annexes:
            yield from self._blocks((PageBreak(), *annex.blocks))

    def _body(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        """Write the text; the courtesy formula stays with the signature, two lines at least go with both."""
        *first, formula = blocks
        text = list(self._blocks(first))
        at, lines = 0 if self.begins_page else len(text), 0
        while at and lines < _LINES_KEPT:
            at -= 1
            if "<w:keepNext/>" not in text[at]:  # else a heading, or what introduces a list
                lines += _least_lines(text[at])
                text[at] = text[at].replace("/>", "/><w:keepNext/>", 1)  # behind the style's name
            if "<w:pageBreakBefore/>" in text[at]:
                break
        yield from text
        yield from self._block(formula, keep=True)

    def _head(self, letter: Letter) -> Iterator[str]:
        """Write a table at a fixed place of the page, with sender and address above the text, and fold marks.

        Its rows are as high as their place, so that a line more or less in it moves nothing else.
        """
        layout = self.skeleton.layout
        window, margins = layout.geometry, layout.margins
        top = min(margins.top, window.top)
        heights = [
            window.top - top,
            window.line * window.lines,
            body_top(letter, layout) - window.top - window.line * window.lines,
        ]
        logo = self._paragraph("Sender", f"<w:r>{self.skeleton.logo}</w:r>", spacing=_LOGO_END)
        sender = [logo] if letter.logo else []
        for number, line in enumerate(letter.sender):
            sender.append(self._paragraph("Sender", _text(line, bold=number == 0)))
        cells = ["", "".join(self._address(letter.address, window)), ""]
        left, width = margins.left, window.left - margins.left
        rest = max(0, 210 - margins.right - window.left - window.width)
        yield _table_start(left, top, (width, window.width + rest))
        shown = [(height, cell) for height, cell in zip(heights, cells, strict=True) if height > 0]
        for number, (height, cell) in enumerate(shown):
            merge = '<w:vMerge w:val="restart"/>' if number == 0 else "<w:vMerge/>"
            beside = "".join(sender) if number == 0 else ""
            rule = "exact" if number < len(shown) - 1 else "atLeast"
            yield f'<w:tr><w:trPr><w:trHeight w:val="{TWIPS * height:.0f}" w:hRule="{rule}"/></w:trPr>'
            yield _cell(width, beside, merge, width - window.sender_width)
            yield _cell(window.width + rest, cell, "", rest) + "</w:tr>"
        yield "</w:tbl>"
        # What stands at a fixed place hangs on the paragraph after it: an empty one parts table and marks.
        for fold in window.folds if layout.fold_marks else ():
            yield _EMPTY + _fold_mark(fold)

    def _address(self, lines: tuple[str, ...], window: Window) -> Iterator[str]:
        if not lines:
            return
        pitch = min(window.line, window.line * window.lines / len(lines))
        size = min(address_size(lines, window.width), max(_SMALLEST, pitch * 72 / 25.4 / 1.06))
        spacing = f'<w:spacing w:before="0" w:after="0" w:line="{TWIPS * pitch:.0f}" w:lineRule="exact"/>'
        for line in lines:
            yield self._paragraph("Address", _text(line, half_points=round(2 * size)), spacing=spacing)

    def _labelled(self, style: str, label: str, entries: tuple[str, ...]) -> Iterator[str]:
        if len(entries) == 1:
            yield self._paragraph(style, _text(f"{label} ", bold=True) + _text(entries[0]))
        elif entries:
            yield self._paragraph(style, _text(label, bold=True), keep=True)
            for entry in entries:
                yield self._paragraph("Item", _text(entry), items=_numbering(self.skeleton.dashes))

    def _blocks(self, blocks: Sequence[Block]) -> Iterator[str]:
        for at, block in enumerate(blocks):
            yield from self._written(block, keep=introduces_list(blocks, at))

    def _written(self, block: Block, *, keep: bool) -> Sequence[str]:
        """Return a block's paragraphs, as they were written if another letter had the very same there."""
        written = self.skeleton.written
        key = (id(block), keep, self.begins_page, len(self.lists), *self.links)
        if key not in written:
            if len(written) >= _KEPT:
                written.clear()
            lists = len(self.lists)
            paragraphs = tuple(self._block(block, keep=keep))
            written[key] = Written(block, paragraphs, self.lists[lists:], dict(self.links), self.begins_page)
            return paragraphs
        known = written[key]
        self.lists += known.lists
        self.links = dict(known.links)
        self.begins_page = known.begins_page
        return known.paragraphs

    def _block(self, block: Block, *, keep: bool = False, place: "_Place | None" = None) -> Iterator[str]:
        place = place or _Place()
        if isinstance(block, PageBreak):
            self.begins_page = True
        elif isinstance(block, Heading):
            # The style may be a letterhead's own.
            yield self._paragraph(f"Heading {min(block.level, _DEEPEST)}", self._runs(block.runs), keep=True)
        elif isinstance(block, Quote):
            quoted = _Place(place.depth, place.left, place.quotes + 1)
            for part in block.blocks:
                yield from self._block(part, keep=keep, place=quoted)
        elif isinstance(block, ItemList):
            yield from self._list(block, place, keep=keep)
        else:
            style = "Quote" if place.quotes else "Body"
            is_usual = not place.left and place.quotes <= 1
            indent = "" if is_usual else _indent(place.left, place.quotes)
            yield self._paragraph(style, self._runs(block.runs), keep=keep, indent=indent)

    def _list(self, block: ItemList, place: "_Place", *, keep: bool) -> Iterator[str]:
        level = min(place.depth, LEVELS - 1)
        number, expected = self.skeleton.dashes, None
        inner = _Place(place.depth + 1, list_indent(level), place.quotes)
        for position, item in enumerate(block.items, 1):
            if item.number is not None and item.number != expected:
                kind = self.skeleton.lettered if block.has_letters else self.skeleton.numbered
                number = self._begin_list(kind, level, item.number)
            expected = None if item.number is None else item.number + 1
            style = "Item" if item.number is None else "Question"
            is_last = position == len(block.items) and not place.depth
            first, rest = _first_text(item.blocks)
            indent = _indent(list_indent(level), place.quotes, HANGING) if place.quotes else ""
            yield self._paragraph(
                style,
                self._runs(first),
                keep=keep or not first,
                items=_numbering(number, level),
                spacing=_LIST_END if is_last and not rest else "",
                indent=indent,
            )
            for part in rest:
                if isinstance(part, Paragraph):
                    indent = _indent(list_indent(level), place.quotes)
                    spacing = _LIST_END if is_last and part is rest[-1] else _ITEM_END
                    text = self._runs(part.runs)
                    yield self._paragraph("Body", text, keep=keep, spacing=spacing, indent=indent)
                else:
                    yield from self._block(part, keep=keep, place=inner)

    def _begin_list(self, kind: int, level: int, start: int) -> int:
        """Begin a list, or go on in one whose numbers leap, and return the number that Word knows it by."""
        number = self.skeleton.first_list + len(self.lists)
        self.lists.append(list_xml(number, kind, level=level, start=start))
        return number

    def _paragraph(  # noqa: PLR0913  (what a paragraph has of its own)
        self,
        style: str,
        runs: str,
        *,
        keep: bool = False,
        items: str = "",
        spacing: str = "",
        indent: str = "",
    ) -> str:
        page = "<w:pageBreakBefore/>" if self.begins_page else ""
        self.begins_page = False
        properties = ("<w:keepNext/>" if keep else "") + page + items + spacing + indent
        name = attribute(self.skeleton.styles[style])
        return f"<w:p><w:pPr><w:pStyle w:val={name}/>{properties}</w:pPr>{runs}</w:p>"

    def _runs(self, runs: Runs) -> str:
        return "".join(self._run(run) for run in runs)

    def _run(self, run: Run) -> str:
        text = _text(run.text, bold=run.bold, italic=run.italic)
        if not run.link:
            return text
        identifier = self.links.setdefault(run.link, f"link{len(self.links) + 1}")
        return f'<w:hyperlink r:id="{identifier}" w:history="1">{text}</w:hyperlink>'


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block stands."""

    depth: int = 0
    """Lists around it."""
    left: float = 0
    """Where the text of the innermost begins, in mm."""
    quotes: int = 0
    """Quotations around it."""


_ITEM_END = '<w:spacing w:after="60"/>'
_LIST_END = '<w:spacing w:after="120"/>'
_LOGO_END = f'<w:spacing w:after="{TWIPS * LOGO_GAP:.0f}"/>'
_NO_SPACE = '<w:spacing w:before="0"/>'
_EMPTY = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>'


def _least_lines(paragraph: str) -> int:
    """Return how many lines a paragraph has at least, 1 or 2, whatever the margins."""
    text = "".join(re.findall("<w:t [^>]*>([^<]*)", paragraph))
    return 2 if len(text) > _ONE_LINE or "<w:br/>" in paragraph else 1


def _first_text(blocks: tuple[Block, ...]) -> tuple[Runs, tuple[Block, ...]]:
    """Return the text beside an item's mark, empty if it begins with something else, and what follows."""
    if blocks and isinstance(blocks[0], Paragraph):
        return blocks[0].runs, blocks[1:]
    return (), blocks


def _indent(left: float, quotes: int, hanging: float = 0) -> str:
    """Return the indent of text that stands `left` mm in, and within so many quotations."""
    start = left + QUOTE_INDENT * quotes
    return f'<w:ind w:left="{TWIPS * start:.0f}" w:hanging="{TWIPS * hanging:.0f}"/>'


def _numbering(number: int, level: int = 0) -> str:
    """Return what makes a paragraph an item of a list."""
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def _fold_mark(fold: float) -> str:
    """Return an empty paragraph whose border is a short line at the sheet's left edge, so many mm down."""
    return (
        f'<w:p><w:pPr><w:framePr w:w="{TWIPS * 4:.0f}" w:h="{TWIPS * 2:.0f}" w:hRule="exact" w:wrap="around"'
        f' w:vAnchor="page" w:hAnchor="page" w:x="{TWIPS * 4:.0f}" w:y="{TWIPS * fold:.0f}"/>'
        '<w:pBdr><w:top w:val="single" w:sz="4" w:space="0" w:color="7F7F7F"/></w:pBdr>'
        '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>'
    )


def _table_start(left: float, top: float, widths: tuple[float, ...]) -> str:
    """Return the start of a table without lines, its corner at that place of the page in mm."""
    columns = "".join(f'<w:gridCol w:w="{TWIPS * width:.0f}"/>' for width in widths)
    return (
        '<w:tbl><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="page"'
        f' w:horzAnchor="page" w:tblpX="{TWIPS * left:.0f}" w:tblpY="{TWIPS * top:.0f}"/>'
        f'<w:tblOverlap w:val="never"/><w:tblW w:w="{TWIPS * sum(widths):.0f}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
        '<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>"
    )


def _cell(width: float, content: str, merge: str, margin: float) -> str:
    """Return a table's cell, so wide in mm, and that much less for its text."""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{TWIPS * width:.0f}" w:type="dxa"/>{merge}'
        f'<w:tcMar><w:right w:w="{TWIPS * margin:.0f}" w:type="dxa"/></w:tcMar></w:tcPr>'
        f"{content or _EMPTY}</w:tc>"
    )


def address_size(lines: Iterable[str], width: float) -> float:
    """Return the size from 8 to 10 pt at which lines of that width in mm hold, by the widths of a Times face.

    Word does not shrink text by itself; the estimate is on the safe side, and the PDF measures.
    """
    widest = max(map(line_width, lines))
    points = width * 72 / 25.4 / widest if widest else _LARGEST
    return max(_SMALLEST, min(_LARGEST, int(points * 2) / 2))


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
    return _ESCAPED.sub(lambda sign: _ENTITIES.get(sign[0], "\ufffd"), text)


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
