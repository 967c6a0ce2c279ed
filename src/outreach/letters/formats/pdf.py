"""Letter -> PDF (PDF/A-2a and PDF/UA-1) or page images, through Typst."""

import re
from base64 import b64encode
from collections.abc import Sequence

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
from outreach.typesetting import Value, unprintable

TEMPLATE = "letter.typ"

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

    return stationery.typesetter.typeset(
        TEMPLATE,
        "letter",
        {**_data(letter, stationery), **_background(stationery, resolution)},
        letter.date,
        explain=explain,
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


def _data(letter: Letter, stationery: Stationery) -> dict[str, Value]:
    layout = stationery.layout
    author = letter.sender[0]
    letter = on_paper(letter, layout, layout.background)
    window = layout.geometry
    margins = layout.margins
    return {
        "title": letter.title,
        "author": author,
        "language": letter.language.partition("-")[0],
        "font": layout.fonts,
        "size": layout.size,
        "quote-indent": QUOTE_INDENT,
        "margins": {side: getattr(margins, side) for side in ("top", "right", "bottom", "left")},
        "window": {
            "left": window.left,
            "top": window.top,
            "width": window.width,
            "line": window.line,
            "lines": window.lines,
            "sender-width": window.sender_width,
            "body-top": body_top(letter, layout),
        },
        "folds": list(window.folds) if layout.fold_marks else [],
        "labels": {
            "reference": letter.wording.reference,
            "your-reference": letter.wording.your_reference,
            "postscript": letter.wording.postscript,
            "subject": letter.wording.subject,
            "addressees": letter.wording.addressees,
            "cosigners": letter.wording.cosigners,
            "enclosures": letter.wording.enclosures,
            "copies": letter.wording.copies,
        },
        "sender": list(letter.sender),
        "logo": _picture(stationery.logo(letter)),
        "address": list(letter.address),
        "addressees": list(letter.addressees),
        "place-and-date": letter.place_and_date,
        "mention": letter.mention,
        "reference": letter.reference,
        "your-reference": letter.your_reference,
        "postscript": [letter.postscript] if letter.postscript else [],
        "subject": letter.subject,
        "body": _blocks(letter.body),
        "signature": list(letter.signature),
        "signature-image": _picture(stationery.signature(letter)),
        "cosigners": list(letter.cosigners),
        "enclosures": list(letter.enclosures),
        "copies": list(letter.copies),
        "annexes": [_blocks(annex.blocks) for annex in letter.annexes],
    }


def _picture(picture: Picture | None) -> Value:
    """Return where Typst finds the picture; one that differs from its file is put into SVG, read fastest."""
    if not picture:
        return ""
    if not picture.is_changed:
        return f"/{picture.name}"
    kind, content = "png" if picture.is_png else "jpeg", b64encode(picture.content).decode()
    size = f'width="{picture.width}" height="{picture.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image {size} href="data:image/{kind};base64,{content}"/></svg>'
    ).encode()


def _background(stationery: Stationery, resolution: int | None) -> dict[str, Value]:
    """Return what lies under pictures; under a PDF it is laid afterwards."""
    background = stationery.background if resolution else None
    if not background:
        return {"background": ""}
    return {"background": f"/{stationery.layout.background}", "background-pages": background.count}


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
