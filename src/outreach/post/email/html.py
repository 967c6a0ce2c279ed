"""Turn HTML of an e-mail into plain text; what it quotes begins with `> `."""

import re
from html.parser import HTMLParser

_LONGEST = 1_000_000
"""Characters that are read."""
_HIDDEN = {"script", "style", "head", "title", "template", "svg", "object"}
_APART = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "table", "blockquote"}
"""With an empty line before and after."""
_BLOCKS = _APART | {"div", "li", "tr", "pre", "hr", "center"}


def text_of_html(html: str) -> str:
    """Return the text of a page, without what is not shown; of a broken one as far as it goes."""
    parser = _Reader()
    parser.feed(html[:_LONGEST])
    parser.close()
    text = "".join(parser.parts)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []
        self._quotes = 0
        self._breaks = 0
        """Line ends that come before what is said next."""

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag == "br":
            self._breaks += 1
        elif tag in _BLOCKS:
            self._quotes += tag == "blockquote"
            self._break(tag)
            if tag == "li":
                self._say("- ")
        elif tag == "td":
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        elif tag in _BLOCKS:
            self._quotes = max(0, self._quotes - (tag == "blockquote"))
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if data.strip():
            self._say(re.sub(r"\s+", " ", data))
        elif not self._breaks:
            self.parts.append(" ")

    def _break(self, tag: str) -> None:
        self._breaks = max(self._breaks, 2 if tag in _APART else 1)

    def _say(self, text: str) -> None:
        mark = "> " * min(self._quotes, 5)
        self.parts += [f"\n{mark}"] * min(self._breaks, 2)
        self.parts.append(text)
        self._breaks = 0
