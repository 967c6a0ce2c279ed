"""Turn the Markdown that a letter may use into blocks; anything else is an error with its line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from outreach.language import N_
from outreach.letters.letter import Block, Heading, Item, ItemList, PageBreak, Paragraph, Quote, Run, Runs

BREAK = "\ue002"
"""Stands for a line end in escaped text, since what it becomes depends on where the text is put."""
NEW_PAGE = "\\newpage"

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable(["code", "reference"])
"""Tables and struck text are read so that they can be refused; indented text is a paragraph, and [x]: y is
text, since both would otherwise be dropped or turned into code unseen."""
_UNKNOWN = {
    "code_inline": N_("code between backticks"),
    "fence": N_("a code block"),
    "hr": N_("a horizontal rule"),
    "html_block": N_("HTML"),
    "html_inline": N_("HTML"),
    "image": N_("a picture"),
    "s_open": N_("struck text"),
    "table_open": N_("a table"),
}
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_SCHEME = re.compile(r"^(?:https?://|mailto:)")


def escape(text: str) -> str:
    """Return Markdown that prints as the text itself, with BREAK for its line ends."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return BREAK.join(_PUNCTUATION.sub(r"\\\1", line) for line in lines if line)


def parse_markdown(text: str) -> tuple[tuple[Block, ...], tuple[tuple[int, str], ...]]:
    """Return the blocks of a Markdown text, and what a letter cannot hold.

    A fault is a line, from 1, and the name of the thing in English, to be translated where it is shown.
    """
    reader = _Reader(_PARSER.parse(text))
    blocks = tuple(reader.blocks())
    # A page break begins a page once, and there is none before the first or after the last.
    kept = [
        block
        for block, following in zip(blocks, (*blocks, PageBreak())[1:], strict=True)
        if not (isinstance(block, PageBreak) and isinstance(following, PageBreak))
    ]
    return tuple(kept[isinstance(kept[0], PageBreak) :] if kept else ()), tuple(reader.faults)


@dataclass(slots=True)
class _Reader:
    tokens: Sequence[Token]
    faults: list[tuple[int, str]] = field(default_factory=list)
    at: int = 0
    headings: list[int] = field(default_factory=list)
    """Markdown levels of the headings that the next one may stand under."""

    def blocks(self, end: str = "") -> Iterator[Block]:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == end:
                return
            if token.type == "paragraph_open":
                yield from self._paragraph()
            elif token.type == "heading_open":
                yield self._heading(int(token.tag[1:]))
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                yield self._list(token)
            elif token.type == "blockquote_open":
                yield Quote(tuple(self.blocks("blockquote_close")))
            else:
                self._refuse(token, _line(token))

    def _refuse(self, token: Token, line: int) -> None:
        if token.type in _UNKNOWN:
            self.faults.append((line, _UNKNOWN[token.type]))
        if token.type == "table_open":
            while self.tokens[self.at].type != "table_close":
                self.at += 1

    def _paragraph(self) -> Iterator[Block]:
        token = self.tokens[self.at]
        is_new_page = token.content == NEW_PAGE
        if is_new_page and token.level > 1:
            self.faults.append((_line(token), N_("a page break inside a list or quote")))
        runs = self._inline()
        yield PageBreak() if is_new_page else Paragraph(runs)

    def _heading(self, level: int) -> Heading:
        while self.headings and self.headings[-1] >= level:
            self.headings.pop()
        self.headings.append(level)
        return Heading(self._inline(), len(self.headings))

    def _list(self, opening: Token) -> ItemList:
        closing = opening.type.replace("open", "close")
        written: list[str] = []
        contents: list[tuple[Block, ...]] = []
        while self.tokens[self.at].type != closing:
            written.append(self.tokens[self.at].info)
            self.at += 1
            contents.append(tuple(self.blocks("list_item_close")))
        self.at += 1
        numbers: Sequence[int | None] = [None] * len(contents)
        if opening.type == "ordered_list_open":
            numbers = _numbers([int(number) for number in written])
        return ItemList(tuple(Item(blocks, number) for blocks, number in zip(contents, numbers, strict=True)))

    def _inline(self) -> Runs:
        token = self.tokens[self.at]
        self.at += 2  # the text and the closing token of its block
        line = _line(token)
        runs: list[Run] = []
        bold = italic = 0
        link, label = "", 0
        for child in token.children or ():
            if child.type == "text":
                runs.append(Run(child.content, bold > 0, italic > 0, link))
            elif child.type in ("softbreak", "hardbreak"):
                line += 1
                runs.append(Run(" " if child.type == "softbreak" else "\n", bold > 0, italic > 0, link))
            elif child.type in ("strong_open", "strong_close"):
                bold += child.nesting
            elif child.type in ("em_open", "em_close"):
                italic += child.nesting
            elif child.type == "link_open":
                link, label = str(child.attrGet("href") or ""), len(runs)
            elif child.type == "link_close":
                runs += _address(link, "".join(run.text for run in runs[label:]))
                link = ""
            elif child.type in _UNKNOWN:
                self.faults.append((line, _UNKNOWN[child.type]))
        return _joined(runs)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0


def _numbers(written: list[int]) -> list[int]:
    """Return the numbers as written if they rise, else count on from the first."""
    if all(first < second for first, second in pairwise(written)):
        return written
    return [written[0] + offset for offset in range(len(written))]


def _address(link: str, label: str) -> list[Run]:
    """Return what paper needs after a link's label: its address, if the label is not the address."""
    shown = _SCHEME.sub("", link)
    return [] if _SCHEME.sub("", label) == shown else [Run(f" ({shown})", link=link)]


def _joined(runs: Sequence[Run]) -> Runs:
    """Join neighbours of the same style."""
    done: list[Run] = []
    for run in runs:
        if done and replace(done[-1], text=run.text) == run:
            done[-1] = replace(run, text=done[-1].text + run.text)
        elif run.text:
            done.append(run)
    return tuple(done)
