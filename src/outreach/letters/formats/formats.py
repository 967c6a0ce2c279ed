"""The formats that letters are made in: one table, which everyone reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.errors import InputError, Problem, did_you_mean
from outreach.language import _

if TYPE_CHECKING:  # the command line reads the table at each start
    from outreach.letters.formats.stationery import Stationery
    from outreach.letters.letter import Letter


@dataclass(frozen=True, slots=True)
class Format:
    """One format."""

    name: str
    """As it is chosen; also the ending of its files, without the dot."""
    make: "Callable[[Letter, Stationery], bytes]"
    """Same letter and stationery, same bytes; raises an InputError for what cannot be printed."""
    count_pages: Callable[[bytes], int] | None = None
    """None for a format that has no pages of its own."""
    is_usual: bool = True
    """It is made where none is chosen."""
    is_printed: bool = False
    """It is what the print run joins."""
    is_editable: bool = False
    """People change it by hand, beside the one that is printed."""


# Each is imported when it is first made: together they would take longer than most commands.
def _pdf(letter: "Letter", stationery: "Stationery") -> bytes:
    from outreach.letters.formats.pdf import render_pdf

    return render_pdf(letter, stationery)


def _pdf_pages(content: bytes) -> int:
    from outreach.letters.formats.pdf import page_count

    return page_count(content)


def _docx(letter: "Letter", stationery: "Stationery") -> bytes:
    from outreach.letters.formats.docx import render_docx

    return render_docx(letter, stationery)


def _txt(letter: "Letter", _stationery: "Stationery") -> bytes:
    from outreach.letters.formats.text import render_text

    return render_text(letter)


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("pdf", _pdf, _pdf_pages, is_printed=True),
        Format("docx", _docx, is_editable=True),
        Format("txt", _txt, is_usual=False),
    )
}
"""By name, in the order in which they are offered."""
USUAL = tuple(name for name, one in FORMATS.items() if one.is_usual)
(PRINTED,) = (name for name, one in FORMATS.items() if one.is_printed)
"""Name of the format that is printed."""
EDITABLE = tuple(name for name, one in FORMATS.items() if one.is_editable)


def format_named(name: str) -> Format:
    """Return the format of that name.

    Raises:
        InputError: there is none.
    """
    if name not in FORMATS:
        raise InputError(
            Problem(
                "",
                0,
                _("no format '{name}'", name=name),
                did_you_mean(name, list(FORMATS)),
                code="unknown-value",
            )
        )
    return FORMATS[name]
