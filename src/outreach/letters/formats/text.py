"""Letter -> plain text, a paragraph a line, for e-mail and web forms."""

from collections.abc import Iterable, Iterator

from outreach.letters.letter import Block, ItemList, Letter, PageBreak, Quote, plain_text


def render_text(letter: Letter) -> bytes:
    """Return the letter as UTF-8 text with LF line ends; emphasis is not marked."""
    return ("\n".join(text_lines(letter)) + "\n").encode()


def text_lines(letter: Letter) -> list[str]:
    """Return the letter's lines; a paragraph is one line."""
    wording = letter.wording
    parts = [
        letter.sender,
        letter.address,
        [letter.place_and_date],
        [letter.mention],
        [f"{wording.reference} {letter.reference}" if letter.reference else ""],
        [f"{wording.your_reference} {letter.your_reference}" if letter.your_reference else ""],
        _listed(wording.addressees, letter.addressees),
        [f"{wording.subject} {letter.subject}"],
        *(list(block_lines(block)) for block in letter.body),
        letter.signature,
        _listed(wording.cosigners, letter.cosigners),
        [f"{wording.postscript} {letter.postscript}" if letter.postscript else ""],
        _listed(wording.enclosures, letter.enclosures),
        _listed(wording.copies, letter.copies),
        *(list(block_lines(block)) for annex in letter.annexes for block in annex.blocks),
    ]
    lines: list[str] = []
    for part in parts:
        shown = [line for line in part if line]
        lines += ["", *shown] if shown else []
    return lines[1:]


def _listed(label: str, entries: Iterable[str]) -> list[str]:
    lines = [f"– {entry}" for entry in entries]
    return [label, *lines] if lines else []


def block_lines(block: Block) -> Iterator[str]:
    """Yield the lines of a block; a paragraph is one line."""
    if isinstance(block, PageBreak):
        return
    if isinstance(block, ItemList):
        for item in block.items:
            mark = block.mark(item)
            indent = " " * (len(mark) + 1)
            inner = [line for part in item.blocks for line in block_lines(part)]
            yield f"{mark} {inner[0] if inner else ''}"
            yield from (indent + line for line in inner[1:])
    elif isinstance(block, Quote):
        for part in block.blocks:
            yield from (f"    {line}" for line in block_lines(part))
    else:
        yield from plain_text(block.runs).split("\n")
