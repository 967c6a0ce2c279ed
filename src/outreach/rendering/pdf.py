"""Letter -> PDF (PDF/A-2a and PDF/UA-1) or page images, through Typst."""

import re
from collections.abc import Iterable
from datetime import datetime, timezone
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import typst

from outreach.campaign import Layout
from outreach.errors import InputError, Problem
from outreach.letters.document import Block, Heading, ItemList, Letter, PageBreak, Paragraph, Quote, Runs
from outreach.rendering.head import body_top

FONTS_FOLDER = "fonts"

_Value = str | int | float | list["_Value"] | dict[str, "_Value"]
_LONG_WORD = re.compile(r"\S{50,}")
_PAGE = re.compile(rb"/Type\s*/Page\b")


def render_pdf(letter: Letter, layout: Layout, root: Path) -> bytes:
    """Return the letter as tagged PDF, with fonts embedded; its creation date is the letter's own.

    Args:
        letter: Its text reaches Typst as string literals, never as code.
        layout: Font, size, margins, window.
        root: The campaign folder, for pictures and the fonts/ folder.

    Raises:
        InputError: a font or character is missing, or the address does not fit its box at 8 pt.
    """
    (pdf,) = _compile(letter, layout, root, "pdf", None)
    return pdf


def render_png(letter: Letter, layout: Layout, root: Path, resolution: int = 110) -> list[bytes]:
    """Return the letter's pages as PNG, `resolution` pixels an inch; raises as `render_pdf`."""
    return _compile(letter, layout, root, "png", resolution)


def engine() -> str:
    """Return what a PDF depends on besides letter and layout: the version of Typst, the template."""
    return f"typst {version('typst')} {sha256(_template().encode()).hexdigest()}"


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a PDF made here."""
    return len(_PAGE.findall(pdf))


def missing_font(layout: Layout, root: Path) -> str:
    """Return a hint with the families that there are if the PDF's font is not among them, else nothing."""
    families = _fonts(root).families()
    if layout.font.casefold() in (family.casefold() for family in families):
        return ""
    return "there are " + ", ".join(sorted(families)) + f"; or put the font's file into {FONTS_FOLDER}/"


def _compile(letter: Letter, layout: Layout, root: Path, kind: str, resolution: int | None) -> list[bytes]:
    source = f"{_template()}\n#letter({_literal(_data(letter, layout))})\n"
    midnight = datetime(letter.date.year, letter.date.month, letter.date.day, tzinfo=timezone.utc)
    try:
        made, warnings = _compiler(root).compile_with_warnings(
            input=source.encode(),
            format="png" if kind == "png" else "pdf",
            ppi=resolution,
            pdf_standards=["a-2a", "ua-1"] if kind == "pdf" else [],
            timestamp=midnight,
        )
    except typst.TypstError as error:
        raise InputError(_problem(letter, error.message, error.hints)) from error
    if warnings:
        raise InputError(*(_problem(letter, warning.message, warning.hints) for warning in warnings))
    return made if isinstance(made, list) else [made or b""]


def _problem(letter: Letter, message: str, hints: Iterable[str]) -> Problem:
    unprintable = re.search(r'the text `"(.*)"` could not be displayed', message)
    if "address-overflow" in message:
        return Problem(
            "", 0, f"{letter.name}: the address does not fit the window at 8 pt", "shorten its lines"
        )
    if unprintable:
        hint = "put a font that has it into fonts/ and name it in [layout] font"
        return Problem("", 0, f"{letter.name}: the font cannot print '{unprintable[1]}'", hint)
    return Problem("", 0, f"{letter.name}: {message}", "; ".join(hints))


@lru_cache
def _template() -> str:
    return (files("outreach") / "data" / "letter.typ").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _fonts(root: Path) -> typst.Fonts:
    own = root / FONTS_FOLDER
    return typst.Fonts(include_system_fonts=False, font_paths=[own] if own.is_dir() else [])


@lru_cache(maxsize=1)
def _compiler(root: Path) -> typst.Compiler:
    return typst.Compiler(root=root, font_paths=_fonts(root))


def _data(letter: Letter, layout: Layout) -> dict[str, _Value]:
    window = layout.geometry
    margins = layout.margins
    return {
        "title": letter.title,
        "author": letter.sender[0],
        "language": letter.language,
        "font": layout.font,
        "size": layout.size,
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
            "reference": letter.labels.reference,
            "subject": letter.labels.subject,
            "addressees": letter.labels.addressees,
            "cosigners": letter.labels.cosigners,
            "enclosures": letter.labels.enclosures,
            "copies": letter.labels.copies,
        },
        "sender": list(letter.sender),
        "logo": f"/{letter.logo}" if letter.logo else "",
        "address": list(letter.address),
        "addressees": list(letter.addressees),
        "place-and-date": letter.place_and_date,
        "mention": letter.mention,
        "reference": letter.reference,
        "subject": letter.subject,
        "body": [_block(block) for block in letter.body],
        "signature": list(letter.signature),
        "signature-image": f"/{letter.signature_image}" if letter.signature_image else "",
        "cosigners": list(letter.cosigners),
        "enclosures": list(letter.enclosures),
        "copies": list(letter.copies),
    }


def _block(block: Block) -> _Value:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "runs": _runs(block.runs)}
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "runs": _runs(block.runs)}
    if isinstance(block, Quote):
        return {"kind": "quote", "blocks": [_block(part) for part in block.blocks]}
    if isinstance(block, PageBreak):
        return {"kind": "page"}
    return _list(block)


def _list(block: ItemList) -> _Value:
    is_numbered = block.items[0].number is not None
    items: list[_Value] = [
        {"number": item.number or 0, "blocks": [_block(part) for part in item.blocks]} for item in block.items
    ]
    if is_numbered:
        return {"kind": "numbered", "items": items}
    return {"kind": "bullets", "items": items}


def _runs(runs: Runs) -> _Value:
    return [
        [_LONG_WORD.sub(_breakable, run.text), "b" * run.bold + "i" * run.italic, run.link] for run in runs
    ]


def _breakable(word: re.Match[str]) -> str:
    """Let a word that may be longer than a line, such as a link's address, break after its signs."""
    return re.sub(r"(?<=[/?&=._#%-])(?=\w)", "\u200b", word[0])


def _literal(value: _Value) -> str:
    """Return the value as a Typst literal; a text becomes a string literal, so that nothing in it is code."""
    if isinstance(value, str):
        return '"' + re.sub(r'[\\"\x00-\x1f\x7f]', _escaped, value) + '"'
    if isinstance(value, dict):
        return "(" + ", ".join(f"{key}: {_literal(item)}" for key, item in value.items()) + ")"
    if isinstance(value, list):
        return "(" + "".join(f"{_literal(item)}, " for item in value) + ")"
    return repr(value)


def _escaped(character: re.Match[str]) -> str:
    found = character[0]
    return f"\\{found}" if found in '\\"' else f"\\u{{{ord(found):x}}}"
