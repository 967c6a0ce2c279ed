"""The Letter: the middle form between Markdown and the finished formats."""

from dataclasses import dataclass
from datetime import date


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


@dataclass(frozen=True, slots=True)
class Quote:
    """An indented quotation."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a new page."""


Block = Paragraph | Heading | ItemList | Quote | PageBreak


@dataclass(frozen=True, slots=True)
class Labels:
    """The fixed words of a letter in one language."""

    addressees: str
    reference: str
    subject: str
    enclosures: str
    copies: str
    cosigners: str
    registered: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One finished letter, in the order in which it is read. Texts are empty where they are not printed."""

    name: str
    """Template and recipient, to name the letter in messages."""
    language: str
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
    labels: Labels
    cosigners: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    logo: str = ""
    """Picture beside the sender, relative to the campaign folder."""
    signature_image: str = ""


LABELS = {
    "fr": Labels(
        addressees="À l’attention de\u00a0:",
        reference="N/Réf.\u00a0:",
        subject="Objet\u00a0:",
        enclosures="P.J.\u00a0:",
        copies="Copie à\u00a0:",
        cosigners="Avec\u00a0:",
        registered="Lettre recommandée avec avis de réception",
    ),
    "en": Labels(
        addressees="For the attention of:",
        reference="Our ref.:",
        subject="Subject:",
        enclosures="Encl.:",
        copies="Cc:",
        cosigners="With:",
        registered="Registered letter with acknowledgement of receipt",
    ),
}


def plain_text(runs: Runs) -> str:
    """Return the text of the runs without their styles."""
    return "".join(run.text for run in runs)
