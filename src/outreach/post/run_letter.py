"""The RunLetter: one letter of a print run, with its place, its pages and what is enclosed."""

from dataclasses import dataclass

from outreach.letters.piece import Piece
from outreach.letters.template import Enclosure
from outreach.people.contact import Contact
from outreach.post.merge import A4, PdfFile, Size, papers_of, sheets_of


@dataclass(frozen=True, slots=True)
class RunLetter:
    """One letter of the run with its enclosures."""

    number: int
    """Place in the run, from 1."""
    piece: Piece
    contact: Contact
    """The first addressee."""
    names: tuple[str, ...]
    """Of all addressees."""
    file: PdfFile
    """The letter itself."""
    sha256: str
    """Of that file."""
    enclosures: tuple[PdfFile, ...]
    pages: tuple[int, ...]
    """Of the letter, then of each enclosure, counted anew wherever the paper's size changes."""
    sizes: tuple[tuple[Size, ...], ...] = ()
    """Of the pages of each enclosure."""
    by_hand: tuple[Enclosure, ...] = ()
    """Enclosures without a file."""
    sheets: tuple[int, int] = (0, 0)
    """First and last sheet of the run."""

    @property
    def recipient(self) -> str:
        """The name that the letter's address begins with."""
        return self.piece.address[0] if self.piece.address else self.contact.name

    def papers(self, *, duplex: bool) -> dict[Size, int]:
        """Return how many sheets of each size its enclosures take, but for A4."""
        found: dict[Size, int] = {}
        for sizes in self.sizes:
            for size, pages in papers_of(sizes):
                if size != A4:
                    found[size] = found.get(size, 0) + sheets_of([pages], duplex=duplex)
        return found

    @property
    def files(self) -> tuple[PdfFile, ...]:
        """The letter, then its enclosures."""
        return (self.file, *self.enclosures)
