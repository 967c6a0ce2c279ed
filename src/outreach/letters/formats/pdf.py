"""Letter -> PDF (PDF/A-2a and PDF/UA-1) or page images, through Typst."""

import re
from base64 import b64encode
from collections.abc import Sequence

from outreach.campaign.campaign import Layout
from outreach.errors import Problem
from outreach.language import _
from outreach.letters.formats.head import QUOTE_INDENT, body_top, on_paper
from outreach.letters.formats.picture import Picture
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import (
    Block,
    Heading,
    ItemList,
    Letter,
    PageBreak,
    Paragraph,
    Quote,
    Runs,
    introduces_list,
)
from outreach.typesetting import Image, Value, unprintable

TEMPLATE = "letter"

_LONG_WORD = re.compile(r"\S{50,}")
_PAGE = re.compile(rb"/Type\s*/Page\b")


def render_pdf(letter: Letter, stationery: Stationery) -> bytes:
    """Return the letter as tagged PDF, with fonts embedded; its creation date is the letter's own.

    Args:
        letter: Its text is printed as it is.
        stationery: Font, size, margins, window, pictures, background.

    Raises:
        InputError: a font or character is missing, the address does not fit its box at 8 pt, or the
            background is damaged, encrypted or not A4.
        WorldError: the background cannot be read.
    """
    (pdf,) = _pages(letter, stationery, None)
    return stationery.background.under(pdf) if stationery.background else pdf


def render_png(letter: Letter, stationery: Stationery, resolution: int = 110) -> list[bytes]:
    """Return the letter's pages as PNG, `resolution` pixels an inch; raises as `render_pdf`."""
    return _pages(letter, stationery, resolution)


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a PDF made here."""
    return len(_PAGE.findall(pdf))


def _pages(letter: Letter, stationery: Stationery, resolution: int | None) -> list[bytes]:
    def explain(message: str, hints: Sequence[str]) -> Problem:
        return _problem(letter, message, hints)

    printed = on_paper(letter, stationery.layout, stationery.layout.background)
    background = stationery.background if resolution else None
    return stationery.typesetter.typeset(
        TEMPLATE,
        "letter",
        _head(letter, printed, stationery.layout)
        | {"content": _content(letter), "background-pages": background.count if background else 0},
        letter.date,
        explain=explain,
        images={
            "logo": _image(stationery.logo(printed)),
            "signature-image": _image(stationery.signature(letter)),
            # A PDF may not hold another under the standards that it keeps: there it is laid under afterwards.
            "background": stationery.layout.background if background else "",
        },
        resolution=resolution,
    )


def _problem(letter: Letter, message: str, hints: Sequence[str]) -> Problem:
    character = unprintable(message)
    if "address-overflow" in message:
        return Problem(
            "",
            0,
            _("{name}: the address does not fit the window at 8 pt", name=letter.name),
            _("shorten its lines"),
            code="address-outside-window",
        )
    if character:
        hint = _("put a font that has it into fonts/ and name it last in the list [layout] font")
        return Problem(
            "",
            0,
            _("{name}: the font cannot print '{character}'", name=letter.name, character=character),
            hint,
            code="character-not-in-font",
        )
    return Problem("", 0, f"{letter.name}: {message}", "; ".join(hints), code="typesetting-failed")


def _head(letter: Letter, printed: Letter, layout: Layout) -> dict[str, Value]:
    """Return the page and what differs from letter to letter; `printed` lacks what the paper says already."""
    window = layout.geometry
    margins = layout.margins
    return {
        "title": letter.title,
        "author": letter.sender[0],
        "language": letter.language.partition("-")[0],
        "font": layout.fonts,
        "size": layout.size,
        "quote-indent": QUOTE_INDENT,
        "digits": _digits(letter.body),
        "margins": {side: getattr(margins, side) for side in ("top", "right", "bottom", "left")},
        "window": {
            "left": window.left,
            "top": window.top,
            "width": window.width,
            "line": window.line,
            "lines": window.lines,
            "sender-width": window.sender_width,
            "body-top": body_top(printed, layout),
        },
        "folds": window.folds if layout.fold_marks else [],
        "labels": {
            "reference": letter.wording.reference,
            "your-reference": letter.wording.your_reference,
            "subject": letter.wording.subject,
            "addressees": letter.wording.addressees,
        },
        "sender": printed.sender,
        "address": letter.address,
        "addressees": letter.addressees,
        "place-and-date": letter.place_and_date,
        "mention": letter.mention,
        "reference": letter.reference,
        "your-reference": letter.your_reference,
        "subject": letter.subject,
        "annexes": [_blocks(annex.blocks) for annex in letter.annexes],
    }


def _content(letter: Letter) -> Value:
    """Return what Typst takes as it was when it is that of the letter before."""
    wording = letter.wording
    notes = [
        [wording.cosigners, letter.cosigners],
        [wording.postscript, [letter.postscript] if letter.postscript else []],
        [wording.enclosures, letter.enclosures],
        [wording.copies, letter.copies],
    ]
    return {
        "author": letter.sender[0],
        "body": _blocks(letter.body),
        "signature": letter.signature,
        "notes": [[label, entries] for label, entries in notes if entries],
    }


def _digits(body: Sequence[Block]) -> int:
    """Return how many the greatest number of the lists has, those within other blocks left out."""
    lists = [block for block in body if isinstance(block, ItemList) and not block.has_letters]
    return len(str(max((item.number or 0 for block in lists for item in block.items), default=0)))


def _image(picture: Picture | None) -> Image:
    """Return where Typst finds the picture; one that differs from its file is put into SVG, read fastest."""
    if not picture:
        return ""
    if not picture.is_changed:
        return picture.name
    kind, content = "png" if picture.is_png else "jpeg", b64encode(picture.content).decode()
    size = f'width="{picture.width}" height="{picture.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image {size} href="data:image/{kind};base64,{content}"/></svg>'
    ).encode()


def _blocks(blocks: Sequence[Block]) -> list[Value]:
    return [_block(block, stays=introduces_list(blocks, at)) for at, block in enumerate(blocks)]


def _block(block: Block, *, stays: bool = False) -> Value:
    """Return a block as Typst reads it; `stays` keeps a paragraph with what follows it."""
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "runs": _runs(block.runs), "stays": stays}
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "runs": _runs(block.runs)}
    if isinstance(block, Quote):
        return {"kind": "quote", "blocks": [_block(part) for part in block.blocks]}
    if isinstance(block, PageBreak):
        return {"kind": "page"}
    return _list(block)


def _list(block: ItemList) -> Value:
    is_numbered = block.items[0].number is not None
    items: list[Value] = [
        {"number": item.number or 0, "blocks": [_block(part) for part in item.blocks]} for item in block.items
    ]
    if is_numbered:
        return {"kind": "lettered" if block.has_letters else "numbered", "items": items}
    return {"kind": "bullets", "items": items}


def _runs(runs: Runs) -> Value:
    return [
        [_LONG_WORD.sub(_breakable, run.text), "b" * run.bold + "i" * run.italic, run.link] for run in runs
    ]


def _breakable(word: re.Match[str]) -> str:
    """Let a word that may be longer than a line, such as a link's address, break after its signs."""
    return re.sub(r"(?<=[/?&=._#%-])(?=\w)", "\u200b", word[0])
