"""Turn the Markdown that a letter may use into blocks; anything else is an error with its line."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from outreach.letters.letter import Block, Heading, Item, ItemList, PageBreak, Paragraph, Quote, Run, Runs
from outreach.letters.list_marks import with_list_marks
from outreach.letters.markdown_faults import (
    Fault,
    command,
    leftovers,
    mixed_list,
    new_page_inside,
    unknown_token,
)

BREAK = "\ue002"
"""Stands for a line end in escaped text, since what it becomes depends on where the text is put."""
NEW_PAGE = "\\newpage"
BEGINS_PASSAGE = r"(?:[^\W\d_](?![.)\t])|#|\*\*)"
"""What, at the start of a line below an empty one, can only begin a block that stands in no other."""

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_ESCAPED = re.compile(rf"\\{_PUNCTUATION.pattern}")
_PLAIN = re.compile(
    rf"(?={BEGINS_PASSAGE})(?!\w+\))[^\W_]"
    rf"(?:[ \u00a0\u202f]*(?:[^\s\0-\x1f\x7f-\x9f#-&*+/<=>@\[-`{{-~]|{_ESCAPED.pattern}))*"
)
"""A line of words and usual punctuation, in which other signs are escaped: a paragraph as it stands."""
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_WEB_ADDRESS = re.compile(r"(?:(?<=http)|(?<=https))://[^\s<>\[\]\\]*[^\s<>\[\]\\*_~().,;:!?]")
_NOT_SHOWN = re.compile(r"^(?:https?://|mailto:|tel:)|(?<=[^/])/$", re.IGNORECASE)
_ENCODED = re.compile("(?:%[0-9A-Fa-f]{2})+")
_PERCENT = "\ue007"
"""Stands for the sign of what stays encoded."""
_SHORT_NUMBER = 6
"""Digits of a telephone number that is the same all over a country, at most."""
_TABS = re.compile(r"[ \t]*\t[ \t]*")
_LINE_ENDS = re.compile("[\v\f\x85\u2028\u2029]")
"""Line ends that are none in Markdown, as a word processor leaves them in what is copied from it."""


def escape(text: str) -> str:
    """Return Markdown that prints as the text itself, with BREAK for its line ends."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return BREAK.join(_escaped(line) for line in lines if line)


def _escaped(line: str) -> str:
    sign = line[:1]
    mark = "" if sign.isalnum() or sign.isascii() else f"&#{ord(sign)};"  # else a bullet would begin a list
    return mark + _PUNCTUATION.sub(r"\\\1", line[bool(mark) :])


def parse_markdown(text: str) -> tuple[tuple[Block, ...], tuple[Fault, ...]]:
    """Return the blocks of a Markdown text, and what a letter cannot hold."""
    blocks, faults, _ = parse_passage(text)
    return with_page_breaks(blocks), faults


class Before(NamedTuple):
    """What a passage takes up of the text before it."""

    letter: str = ""
    """Of a list, that would go on counting; empty for none."""
    headings: tuple[int, ...] = ()
    """Markdown levels of the headings that the next one may stand under."""


BEGINNING = Before()


def parse_passage(
    text: str, before: Before = BEGINNING
) -> tuple[tuple[Block, ...], tuple[Fault, ...], Before]:
    """Return the blocks of a part of a text with all its page breaks, its faults, and what goes on after it.

    Args:
        text: Whole, or a part of it that ends above an empty line and a line that `BEGINS_PASSAGE`, or above
            any empty line if it is such a line alone.
        before: As the part before it ended.
    """
    if _PLAIN.fullmatch(text):
        return (Paragraph((Run(_ESCAPED.sub(r"\1", text)),)),), (), before
    marked, letters, last = with_list_marks(text, before.letter)
    reader = _Reader(_PARSER.parse(marked), letters, headings=list(before.headings))
    blocks = tuple(reader.blocks())
    return blocks, tuple(reader.faults), Before(last, tuple(reader.headings))


def with_page_breaks(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with a page break only where one begins a page: once, and between two others."""
    kept = [
        block
        for block, following in zip(blocks, (*blocks, PageBreak())[1:], strict=True)
        if not (isinstance(block, PageBreak) and isinstance(following, PageBreak))
    ]
    return tuple(kept[isinstance(kept[0], PageBreak) :] if kept else ())


def _new_page(state: StateBlock, first: int, _end: int, silent: bool) -> bool:  # noqa: FBT001  (the parser's own form)
    """Read NEW_PAGE alone on its line, wherever that stands."""
    if state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]].rstrip() != NEW_PAGE:
        return False
    if not silent:
        state.line = first + 1
        state.push("new_page", "", 0).map = [first, state.line]
    return True


def _web_address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  (the parser's own form)
    """Read the rest of an address that stands in the text, whose signs are no Markdown."""
    found = _WEB_ADDRESS.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("text_special", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _command(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  (the parser's own form)
    """Read a backslash before a word, which Markdown would print."""
    found = _COMMAND.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("command", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _parser() -> MarkdownIt:
    """Return the parser.

    Tables and struck text are read so that they can be refused; indented text is a paragraph, and [x]: y is
    text, since both would otherwise be dropped or turned into code unseen. Escaped signs stay apart.
    """
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.disable(["code", "reference", "text_join"])
    ended = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("paragraph", "new_page", _new_page, {"alt": ended})
    parser.inline.ruler.before("escape", "web_address", _web_address)
    parser.inline.ruler.before("escape", "command", _command)
    return parser


_PARSER = _parser()


@dataclass(slots=True)
class _Reader:
    tokens: Sequence[Token]
    letters: Mapping[int, int]
    """Number of the entry that begins with a letter, by its line, from 0."""
    faults: list[Fault] = field(default_factory=list)
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
                yield Paragraph(self._inline())
            elif token.type == "new_page":
                if token.level:
                    self.faults.append(new_page_inside(_line(token)))
                yield PageBreak()
            elif token.type == "heading_open":
                yield self._heading(int(token.tag[1:]))
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                yield self._list(token)
            elif token.type == "blockquote_open":
                yield Quote(tuple(self.blocks("blockquote_close")))
            else:
                self._refuse(token, _line(token))

    def _refuse(self, token: Token, line: int) -> None:
        fault = unknown_token(token, line)
        if fault:
            self.faults.append(fault)
        if token.type == "table_open":
            while self.tokens[self.at].type != "table_close":
                self.at += 1

    def _heading(self, level: int) -> Heading:
        while self.headings and self.headings[-1] >= level:
            self.headings.pop()
        self.headings.append(level)
        return Heading(self._inline(), len(self.headings))

    def _list(self, opening: Token) -> ItemList:
        closing = opening.type.replace("open", "close")
        written: list[str] = []
        letters: list[int | None] = []
        contents: list[tuple[Block, ...]] = []
        while self.tokens[self.at].type != closing:
            token = self.tokens[self.at]
            written.append(token.info)
            letters.append(self.letters.get(_line(token) - 1))
            self.at += 1
            contents.append(tuple(self.blocks("list_item_close")))
        self.at += 1
        numbers: Sequence[int | None] = [None] * len(contents)
        if opening.type == "ordered_list_open":
            if any(letters) and not all(letters):
                self.faults.append(mixed_list(_line(opening)))
            numbers = _numbers(
                [letter or int(number) for letter, number in zip(letters, written, strict=True)]
            )
        items = tuple(Item(blocks, number) for blocks, number in zip(contents, numbers, strict=True))
        return ItemList(items, has_letters=any(letters))

    def _inline(self) -> Runs:
        token = self.tokens[self.at]
        self.at += 2  # the text and the closing token of its block
        line = _line(token)
        children = token.children or []
        self.faults += leftovers(children, line)
        runs: list[Run] = []
        bold = italic = 0
        link, label, is_auto = "", 0, False
        for child in children:
            if child.type in ("text", "text_special"):
                text = _LINE_ENDS.sub("\n", _TABS.sub(" ", child.content))
                runs.append(Run(text, bold > 0, italic > 0, link))
            elif child.type in ("softbreak", "hardbreak"):
                line += 1
                runs.append(Run(" " if child.type == "softbreak" else "\n", bold > 0, italic > 0, link))
            elif child.type in ("strong_open", "strong_close"):
                bold += child.nesting
            elif child.type in ("em_open", "em_close"):
                italic += child.nesting
            elif child.type == "link_open":
                link, label, is_auto = str(child.attrGet("href") or ""), len(runs), child.info == "auto"
            elif child.type == "link_close":
                runs[label:] = _with_address(link, runs[label:], is_auto=is_auto)
                link = ""
            elif child.type == "command":
                self.faults.append(command(child.content, line))
            else:
                self._refuse(child, line)
        return _joined(runs)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0


def _numbers(written: list[int]) -> list[int]:
    """Return the numbers as written if they rise, else count on from the first."""
    if all(first < second for first, second in pairwise(written)):
        return written
    return [written[0] + offset for offset in range(len(written))]


def _with_address(link: str, label: list[Run], *, is_auto: bool) -> list[Run]:
    """Return a link's label, with what paper needs after it: its address, if the label does not say it.

    A label that was made of the address, as in <mailto:a@b.fr>, is the address as people read it.
    """
    shown = _shown(link)
    words = "".join(run.text for run in label)
    if is_auto or (_is_for_programs(words) and _shown(words) == shown):
        return [replace(label[0], text=shown if _is_for_programs(link) else _readable(link))]
    if _says(words, link, shown):
        return label
    return [*label, Run(f" ({shown})" if words.strip() else shown, link=link)]


def _says(words: str, link: str, shown: str) -> bool:
    """Tell whether a label names the address; a telephone number is its digits, with or without +33."""
    if link.lower().startswith("tel:"):
        label, number = (re.sub(r"\D", "", text.replace("(0)", "")) for text in (words, shown))
        return label == number or (len(label) > _SHORT_NUMBER and number.endswith(label.removeprefix("0")))
    address = rf"(?<![\w.@-])(?<!\w/){re.escape(shown.casefold())}(?![\w@-]|[./?#]\w)"
    return _shown(words).casefold() == shown.casefold() or bool(re.search(address, words.casefold()))


def _is_for_programs(link: str) -> bool:
    """Tell whether an address begins with a word that nobody dials or writes to."""
    return link.lower().startswith(("mailto:", "tel:"))


def _shown(link: str) -> str:
    """Return an address without what only a program needs."""
    plain = link.partition("?")[0] if _is_for_programs(link) else link
    return _NOT_SHOWN.sub("", _readable(plain))


def _readable(link: str) -> str:
    """Return an address as people type it: É for %C3%89, but %20 and whatever else would part it as it is."""
    letters = _ENCODED.sub(_decoded, link)
    return _PARSER.normalizeLinkText(letters).replace(_PERCENT, "%")


def _decoded(encoded: re.Match[str]) -> str:
    text = unquote(encoded[0], errors="surrogateescape")
    signs = (
        one
        if unicodedata.category(one)[0] in "LNM" or one in "-._~"
        else quote(one, "", errors="surrogateescape")
        for one in text
    )
    return "".join(signs).replace("%", _PERCENT)


def _joined(runs: Sequence[Run]) -> Runs:
    """Join neighbours of the same style."""
    done: list[Run] = []
    for run in runs:
        if done and replace(done[-1], text=run.text) == run:
            done[-1] = replace(run, text=done[-1].text + run.text)
        elif run.text:
            done.append(run)
    return tuple(done)
