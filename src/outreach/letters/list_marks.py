"""Turn the marks that people and word processors put before the entries of a list into Markdown's."""

import re

_BULLETS = "•·▪▫◦‣⁃●○■□\uf0b7\uf0a7"
"""The last two are a word processor's own, in its font of symbols."""
_DEPTHS = {"o": 1, "◦": 1, "○": 1, "▪": 2, "\uf0a7": 2, "§": 2}
"""How deep a word processor's marks stand one under the other, where nothing is indented."""
_INDENT = "   "
"""Of an entry under another, enough below a number too."""
_BULLET = re.compile(rf"(?P<indent>[ \t]*)(?P<mark>[{_BULLETS}]|[–—o§](?=\t))[ \t]*(?=\S)")
_DASH = re.compile(r"(?P<indent>[ \t]*)[–—] +(?=\S)")
_LETTER = re.compile(r"(?P<indent>[ \t>]*)(?P<letter>[a-z])\)(?P<blank>[ \t]+)(?=\S)")
_ENDED = re.compile(r"[ \t>]*(?:\\newpage[ \t]*|#{1,6}[ \t].*)?")
"""A line that ends the paragraph before."""
_ENTRY = re.compile(r"[ \t>]*(?:[-*+–—]|\d+[.)])\s")


def with_list_marks(text: str, last: str = "") -> tuple[str, dict[int, int], str]:
    """Return the text with as many lines, and which of them, from 0, begin an entry with a letter.

    Args:
        text: Markdown, in which "•" or "–" and a tab begin an entry, as copied from a word processor, a dash
            at a paragraph's start, and a), b), c).
        last: The letter that would go on counting from the text before it; empty for none.

    Returns:
        Markdown in which "-" and "1)" stand for them; for each line with a letter, its place in the alphabet;
        the letter that goes on counting after it.
    """
    letters: dict[int, int] = {}
    lines = text.split("\n")
    before, is_dashed = "", False
    around: list[int] = []  # depths of the marks that the next one may stand under
    for at, line in enumerate(lines):
        bullet, letter = _BULLET.match(line), _LETTER.match(line)
        dash = _DASH.match(line) if is_dashed or _ENDED.fullmatch(before) else None
        is_dashed = bool(bullet or dash) or (is_dashed and bool(line.strip()))
        is_indented = line[:1].isspace()
        if bullet and not is_indented:
            depth = _DEPTHS.get(bullet["mark"], 0)
            around = [*(outer for outer in around if outer < depth), depth]
            lines[at] = f"{_INDENT * (len(around) - 1)}- {line[bullet.end() :]}"
        elif bullet:
            lines[at] = f"{bullet['indent']}- {line[bullet.end() :]}"
        elif dash:
            lines[at] = f"{dash['indent']}- {line[dash.end() :]}"
        elif letter and (letter["letter"] in ("a", last) or _ENDED.fullmatch(before) or _ENTRY.match(before)):
            letters[at] = ord(letter["letter"]) - ord("a") + 1
            last = chr(ord(letter["letter"]) + 1)
            lines[at] = f"{letter['indent']}1){letter['blank']}{line[letter.end() :]}"
        if line and not bullet and not is_indented:
            if letter or dash or _ENTRY.match(line):
                around = [0]
            elif _ENDED.fullmatch(before) or _ENDED.fullmatch(line):
                around = []
        before = line
    return "\n".join(lines), letters, last
