"""Apply a language's typography to the text of blocks."""

import re
from collections.abc import Callable
from dataclasses import replace

from outreach.letters.letter import Block, Item, ItemList, PageBreak, Quote

_BLANKS = re.compile(r"[ \t\n\r\v\f\x85\u2028\u2029]+")


def one_line(text: str, apply: Callable[[str], str]) -> str:
    """Return a text that is printed on one line, its tabs and line ends as blanks, passed through `apply`."""
    return apply(_BLANKS.sub(" ", text).strip())


def with_typography(blocks: tuple[Block, ...], apply: Callable[[str], str]) -> tuple[Block, ...]:
    """Return the blocks with the text of every run passed through `apply`, as a `LetterLanguage` has it."""
    return tuple(_block(block, apply) for block in blocks)


def _block(block: Block, apply: Callable[[str], str]) -> Block:
    if isinstance(block, PageBreak):
        return block
    if isinstance(block, ItemList):
        items = (Item(with_typography(item.blocks, apply), item.number) for item in block.items)
        return replace(block, items=tuple(items))
    if isinstance(block, Quote):
        return Quote(with_typography(block.blocks, apply))
    return replace(block, runs=tuple(replace(run, text=apply(run.text)) for run in block.runs))
