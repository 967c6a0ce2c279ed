"""Refuse PDF pages whose boxes or turn no printer could follow."""

import pikepdf

from outreach.errors import InputError, Problem
from outreach.language import _

_SIDES = (3, 14_400)
"""Shortest and longest side of a page, in pt, as PDF has it."""
_TURN = 90


def refuse_odd_page(page: pikepdf.Page, shown: str) -> None:
    """Check the page's boxes and its turn.

    Raises:
        InputError: one of them is no box, or is absurdly small or large, or the turn is no quarter.
    """
    try:
        turn = page.obj.get("/Rotate", 0)
        is_odd = int(turn) % _TURN != 0 or not all(map(_is_box, (page.mediabox, page.cropbox, page.trimbox)))
    except (TypeError, ValueError, OverflowError, pikepdf.PdfError):
        is_odd = True
    if is_odd:
        hint = _("print it to a PDF of its own, and take that")
        raise InputError(
            Problem(shown, 0, _("has a page without a sensible size or direction"), hint, code="odd-page")
        )


def _is_box(box: pikepdf.Object) -> bool:
    """Tell whether it has four edges, from the lower left, that are neither too near nor too far."""
    left, bottom, right, top = (float(edge) for edge in box.as_list())
    shortest, longest = _SIDES
    return all(shortest <= side <= longest for side in (right - left, top - bottom))
