"""The Letter: what is typeset, the one middle form that every format is made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from outreach.country.letter_language import Wording


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style; a newline in the text is a line break."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""
    """Address that the text leads to; empty for none."""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Justified body text."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Heading:
    """A title inside the letter."""

    runs: Runs
    level: int
    """1 is the highest; never more than one deeper than the heading before."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list."""

    blocks: tuple["Block", ...]
    number: int | None = None
    """As printed; None in a list without numbers."""


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list, all its items with numbers or all without."""

    items: tuple[Item, ...]
    has_letters: bool = False
    """The numbers are printed as letters: a) for 1."""

    def mark(self, item: Item) -> str:
        """Return what is printed before an item."""
        if item.number is None:
            return "–"
        return f"{chr(ord('a') + item.number - 1)})" if self.has_letters else f"{item.number}."


@dataclass(frozen=True, slots=True)
class Quote:
    """An indented quotation."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a new page."""


Block = Paragraph | Heading | ItemList | Quote | PageBreak


@dataclass(frozen=True, slots=True)
class Annex:
    """What is printed after the letter from a new page, and named among its enclosures."""

    title: str
    blocks: tuple[Block, ...]
    """The title among them."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One finished letter, in the order in which it is read. Texts are empty where they are not printed."""

    name: str
    """Template and recipient, to name the letter in messages."""
    language: str
    """As in `LetterLanguage.tag`."""
    title: str
    """Of the document, not printed."""
    date: date
    sender: tuple[str, ...]
    """The name, then address, e-mail and phone."""
    address: tuple[str, ...]
    """What shows in the envelope's window."""
    addressees: tuple[str, ...]
    """Everyone addressed, with title, where one address cannot name them; else empty."""
    place_and_date: str
    mention: str
    """Way of posting, as in "Lettre recommandée avec avis de réception"."""
    reference: str
    subject: str
    body: tuple[Block, ...]
    signature: tuple[str, ...]
    """Lines under the handwritten signature."""
    wording: Wording
    """The fixed words, in the letter's language."""
    your_reference: str = ""
    """The recipient's own."""
    postscript: str = ""
    cosigners: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()
    """Titles, those of the annexes among them."""
    copies: tuple[str, ...] = ()
    annexes: tuple[Annex, ...] = ()
    logo: str = ""
    """Picture beside the sender, relative to the campaign folder."""
    signature_image: str = ""


def introduces_list(blocks: Sequence[Block], at: int) -> bool:
    """Tell whether a block is a paragraph that a list follows, at once or under a heading of its own."""
    after = [block for block in blocks[at + 1 : at + 3] if not isinstance(block, Heading)]
    return isinstance(blocks[at], Paragraph) and bool(after) and isinstance(after[0], ItemList)


def plain_text(runs: Runs) -> str:
    """Return the text of the runs without their styles."""
    return "".join(run.text for run in runs)
