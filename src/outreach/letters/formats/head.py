"""What PDF and DOCX share of the page: measures, and where the text begins under the letter's head."""

from dataclasses import replace
from math import ceil

from outreach.campaign.campaign import Layout
from outreach.letters.letter import Letter

LOGO_HEIGHT = 14
"""At most, in mm."""
LOGO_GAP = 4
"""Under it, in mm."""
SIGNATURE_HEIGHT = 26
"""Of its picture, at most, in mm."""
SENDER_SIZE = 0.91
"""Of the body's size."""
QUOTE_INDENT = 8
"""Of a quotation, on the left, in mm."""
_LINE = 1.2
_GAP = 4
_MM_A_POINT = 25.4 / 72


def on_paper(letter: Letter, layout: Layout, letterhead: str) -> Letter:
    """Return the letter as it is printed on that letterhead, which may name the sender; empty for none."""
    return letter if layout.prints_sender(letterhead) else replace(letter, sender=(), logo="")


def body_top(letter: Letter, layout: Layout) -> float:
    """Return where place and date stand, in mm from the sheet's top; lower down under a long sender."""
    size = layout.size * SENDER_SIZE
    widest = layout.geometry.sender_width / _MM_A_POINT / size
    rows = sum(ceil(line_width(line) / widest) for line in letter.sender)
    needed = (LOGO_HEIGHT + LOGO_GAP if letter.logo else 0) + rows * size * _LINE * _MM_A_POINT + _GAP
    return max(layout.geometry.body_top, layout.margins.top + needed)


def line_width(line: str) -> float:
    """Return a line's width in ems by the widths of a Times face, on the safe side."""
    return sum(0.72 if character.isupper() else 0.5 for character in line)
