"""What a letter cannot hold: Markdown that is not read, and signs of Markdown that stayed text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from outreach.language import N_


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a Markdown text that cannot stand in a letter."""

    line: int
    """From 1."""
    what: str
    """In English, to be translated where it is shown."""
    hint: str
    """Likewise."""


_READ = N_("use paragraphs, headings, bold, italic, lists, quotes, links and \\newpage")
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
"""Tokens of the parser that no letter is made of."""

_SIGN = "\ue006"
"""Stands for what was meant as it is: an escaped sign, a link."""
_LINE_BREAK = "\ue007"
"""Stands before the end of a line that is printed as one."""


@dataclass(frozen=True, slots=True)
class _Leftover:
    """Signs in the text of a block that are no text."""

    pattern: str
    what: str
    hint: str


_OTHER_LIST = N_("a list of another kind")
_LISTS = N_("write 1. 2. 3. or a) b) c), a line an entry, below an empty line")
_MARK = re.compile(
    r"^\(?(?P<sign>[0-9]{1,2}|[ivx]+|[IVX]+|[A-Za-z])(?P<end>\.|\)|°\)?|/|[ ]?[-–])(?=\s)", re.MULTILINE
)
"""What may begin an entry of a list that Markdown does not know, or that it does not read below text."""
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_LEFTOVERS = (
    _Leftover(
        r"(?<!_)__(?!_)|\*\*|(?<![^\s(«“\"'’])[*_](?=[^\W_])|(?<=\s)\*(?=\s)[^*]*\*",
        N_("emphasis that is not closed"),
        N_("write **word** without a blank inside, and \\* to print the sign itself"),
    ),
    _Leftover("~~", N_("struck text"), _READ),
    _Leftover(
        r"\^[^\s^]+\^|~[^\s~]+~",
        N_("raised or lowered text"),
        N_("write the sign itself, as in m² or CO₂"),
    ),
    _Leftover("==[^\\s=][^=]*==", N_("marked text"), N_("write **word**")),
    _Leftover(
        "^:[ \\t]+(?=\\S)", N_("a list of definitions"), N_("write a list, as in - **Word**: what it is")
    ),
    _Leftover("`", N_("a backtick"), N_("write an apostrophe, or \\` to print the sign itself")),
    _Leftover(r"\[\^[^\]\s]+\]", N_("a footnote"), N_("put it in parentheses, or under the letter as ps")),
    _Leftover(
        r"\]\[|^\[[^\]\n]+\]:\s",
        N_("a link that leads to another place of the text"),
        N_("write [words](https://address)"),
    ),
    _Leftover(
        rf"\]\(|\]\s+\((?=(?:https?)?{_SIGN}|mailto:)",
        N_("a link that is not whole"),
        N_("write [words](https://address) without blanks between"),
    ),
    _Leftover(r"\A\[[ xX]?\](?=\s|\Z)", N_("a box to tick"), N_("write the entry without it")),
    _Leftover(
        r"\A#{1,6}(?=[^\s#])",
        N_("a heading without a blank"),
        N_("write # Heading, and \\# to print the sign itself"),
    ),
    _Leftover(r"^\|.*\|$", N_("a table"), _READ),
    _Leftover(r"^(?:[ivx]{2,}|[A-Z])\)(?=\s)", _OTHER_LIST, _LISTS),
    _Leftover(
        r"\S(?:[ ]?\t[ \t]*\S.*){2}|\S[ ]?\t[ \t]*\S.*\n.*\S[ ]?\t[ \t]*\S",
        N_("words in columns, parted by tabs"),
        N_("write a list, a line an entry, as in - 2022: 4 cameras"),
    ),
)


def unknown_token(token: Token, line: int) -> Fault | None:
    """Return the fault that a token of the parser is; None if a letter may hold it."""
    what = _UNKNOWN.get(token.type)
    return Fault(line, what, _READ) if what else None


def new_page_inside(line: int) -> Fault:
    """Return the fault of a page break that stands inside a list or quote."""
    return Fault(line, N_("a page break inside a list or quote"), N_("put it before or behind"))


def command(word: str, line: int) -> Fault:
    """Return the fault of a backslash and a word within a line."""
    if word == "newpage":
        return Fault(line, N_("\\newpage in a line of text"), N_("put it alone on a line"))
    hint = N_("\\newpage, alone on a line, is the only command; write \\\\ to print a backslash")
    return Fault(line, N_("a backslash before a word"), hint)


def mixed_list(line: int) -> Fault:
    """Return the fault of a list whose entries have numbers and letters."""
    return Fault(line, N_("a list with numbers and letters"), N_("indent the inner list by three blanks"))


def leftovers(children: Sequence[Token], line: int) -> Iterator[Fault]:
    """Yield what is left of Markdown in the text of a block, which begins on that line."""
    shape = "".join(_shape(children))
    for leftover in _LEFTOVERS:
        found = re.search(leftover.pattern, shape, re.MULTILINE)
        if found:
            yield Fault(line + shape[: found.start()].count("\n"), leftover.what, leftover.hint)
    for first, second in pairwise(_MARK.finditer(shape)):
        is_own_line = shape[: second.start()].endswith(f"{_LINE_BREAK}\n")
        if not is_own_line and first["end"] == second["end"] and _follows(first["sign"], second["sign"]):
            yield Fault(line + shape[: first.start()].count("\n"), _OTHER_LIST, _LISTS)
            break


def _follows(first: str, second: str) -> bool:
    """Tell whether two marks count on, as 1 2, a b or i ii do."""
    if first.isdigit() and second.isdigit():
        return int(second) == int(first) + 1
    if first.islower() != second.islower():
        return False
    is_next_letter = len(first) == len(second) == 1 and ord(second) == ord(first) + 1
    return is_next_letter or (first.lower(), second.lower()) in pairwise(_ROMAN)


def _shape(children: Sequence[Token]) -> Iterator[str]:
    """Yield the text in which signs are looked for; a link's own address is none of it."""
    is_address = False
    for child in children:
        if child.type in ("link_open", "link_close"):
            is_address = child.type == "link_open" and child.info == "auto"
        elif child.type in ("softbreak", "hardbreak"):
            yield "\n" if child.type == "softbreak" else f"{_LINE_BREAK}\n"
        elif child.type == "text" and not is_address:
            yield re.sub(r"(?:\w+://|www\.)\S*", lambda url: _SIGN * len(url[0]), child.content)
        elif not child.nesting:
            yield _SIGN
