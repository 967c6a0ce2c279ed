"""Apply a language's typography to the text of blocks."""

from collections.abc import Callable
from dataclasses import replace

from outreach.letters.letter import Block, Item, ItemList, PageBreak, Quote


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
