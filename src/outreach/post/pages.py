"""Set the pages that go with a print run: cover, marks, labels, envelopes, registered mail, calibration."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from outreach.campaign.campaign import Campaign
from outreach.campaign.paths import SETTINGS
from outreach.country.paper import LabelSheet
from outreach.errors import InputError, Problem
from outreach.language import _
from outreach.letters.formats.stationery import Stationery
from outreach.letters.typography import one_line
from outreach.typesetting import Value, unprintable

_TEMPLATE = "print"
LABEL_INSET = 3.0
"""Between a label's edge and its text, in mm; at least."""
_UNPRINTABLE = 5.0
"""Margin of the sheet that many printers leave blank, in mm."""
_A4 = (210.0, 297.0)


@dataclass(frozen=True, slots=True)
class Address:
    """Whom a label or an envelope is for."""

    name: str
    """Contact, as messages name it."""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageSetup:
    """What all pages of a run share."""

    campaign: Campaign
    stationery: Stationery
    title: str
    day: date


def cover_pdf(
    setup: PageSetup,
    totals: Sequence[tuple[str, str]],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    shown_day: str,
) -> bytes:
    """Return the cover sheet: totals, then a row for each letter or group of letters.

    Args:
        setup: Campaign, title and day.
        totals: Label and value.
        columns: Six headings.
        rows: Six texts each.
        shown_day: The day as written out.

    Raises:
        InputError: the font lacks a character.
    """
    data: dict[str, Value] = {
        "totals": _texts(setup, totals),
        "columns": list(columns),
        "rows": _texts(setup, rows),
        "date": shown_day,
    }
    return _set(setup, "cover", data)


def marks_pdf(setup: PageSetup, marks: Sequence[str]) -> bytes:
    """Return a PDF of A4 pages that are empty but for a mark at the foot; raises as `cover_pdf`."""
    return _set(setup, "marks", {"marks": list(marks)})


def labels_pdf(
    setup: PageSetup,
    sheet: LabelSheet,
    addresses: Sequence[Address],
    *,
    skip: int = 0,
    outlines: bool = False,
) -> bytes:
    """Return sheets of labels, filled row by row.

    Args:
        setup: Campaign, title and day.
        sheet: Their measures, in mm.
        addresses: In the order of the labels.
        skip: Labels of the first sheet that are used up already.
        outlines: Draw the labels' edges, for a test on plain paper.

    Raises:
        InputError: addresses that do not fit at 8 pt, all of them, or a character that the font lacks.
    """
    inset = label_inset(sheet)
    _check_offset(setup, sheet.left + inset, sheet.top + inset)
    measures = {key.replace("_", "-"): value for key, value in asdict(sheet).items()}
    data: dict[str, Value] = {"sheet": measures, "inset": inset, "skip": skip, "outlines": outlines}
    return _set(setup, "labels", {**data, **_entries(setup, addresses)})


def label_inset(sheet: LabelSheet) -> float:
    """Return the space between a label's edge and its text, in mm; more where it reaches the sheet's edge."""
    right = _A4[0] - sheet.left - (sheet.columns - 1) * sheet.pitch_x - sheet.width
    bottom = _A4[1] - sheet.top - (sheet.rows - 1) * sheet.pitch_y - sheet.height
    return max(LABEL_INSET, _UNPRINTABLE - min(sheet.left, sheet.top, right, bottom))


def envelopes_pdf(setup: PageSetup, size: str, addresses: Sequence[Address]) -> bytes:
    """Return one page for each envelope, and a second one where its back names the sender.

    Args:
        setup: Campaign, title and day.
        size: One of the country's `envelopes`.
        addresses: In the order of the envelopes.

    Raises:
        InputError: as `labels_pdf`.
    """
    sender = setup.campaign.sender
    data: dict[str, Value] = {
        "envelope": asdict(setup.campaign.country.envelopes[size]),
        "sender": [sender.name, *sender.address],
        "side": setup.campaign.printing.envelope_sender,
    }
    return _set(setup, "envelopes", {**data, **_entries(setup, addresses)})


def registered_pdf(
    setup: PageSetup, columns: Sequence[str], rows: Sequence[Sequence[str]], total: str, shown_day: str
) -> bytes:
    """Return the list to hand in at the post office; raises as `cover_pdf`."""
    sender = setup.campaign.sender
    data: dict[str, Value] = {
        "date": shown_day,
        "sender": [sender.name, *sender.address],
        "columns": list(columns),
        "rows": _texts(setup, rows),
        "total": total,
    }
    return _set(setup, "registered", data)


def calibration_pdf(
    setup: PageSetup, advice: str, frames: Sequence[tuple[Sequence[float], str]], fold_label: str
) -> bytes:
    """Return a page to hold against a real envelope: frames in mm, folds, rulers; raises as `cover_pdf`.

    Args:
        setup: Campaign, title and day.
        advice: What to do with the page.
        frames: Left, top, right, bottom, and what they frame.
        fold_label: What is written at a fold; `{mm}` stands for its distance from the top.
    """
    data: dict[str, Value] = {
        "advice": advice,
        "frames": [[list(box), label] for box, label in frames],
        "folds": list(setup.campaign.layout.geometry.folds),
        "fold-label": fold_label,
    }
    return _set(setup, "calibration", data)


def _check_offset(setup: PageSetup, left: float, top: float) -> None:
    """Raise an InputError if the measured offset moves what stands there off the sheet."""
    right, down = setup.campaign.layout.offset
    if left + right < 0 or top + down < 0:
        message = _(
            "offset_mm moves addresses off the sheet, to {left:g} x {top:g} mm",
            left=left + right,
            top=top + down,
        )
        raise InputError(
            Problem(SETTINGS, 0, message, _("use labels with wider margins"), code="address-outside-window")
        )


def _entries(setup: PageSetup, addresses: Sequence[Address]) -> dict[str, Value]:
    return {
        "entries": [{"name": one.name, "lines": list(one.lines)} for one in addresses],
        "offset": list(setup.campaign.layout.offset),
    }


def _texts(setup: PageSetup, rows: Iterable[Iterable[str]]) -> list[list[str]]:
    """Return texts with the typography of the campaign's language."""
    language = setup.campaign.country.language(setup.campaign.language)
    return [[one_line(text, language.apply_typography) for text in row] for row in rows]


def _set(setup: PageSetup, function: str, data: dict[str, Value]) -> bytes:
    campaign = setup.campaign
    shared: dict[str, Value] = {
        "title": setup.title,
        "author": campaign.sender.name,
        "language": campaign.language,
        "font": campaign.layout.fonts,
    }
    typesetter = setup.stationery.typesetter
    try:
        (pdf,) = typesetter.typeset(_TEMPLATE, function, {**shared, **data}, setup.day, explain=_explain)
    except InputError as error:
        raise InputError(*(one for problem in error.problems for one in _each(problem))) from error
    return pdf


def _explain(message: str, hints: Sequence[str]) -> Problem:
    character = unprintable(message)
    if character:
        hint = _("put a font that has it into fonts/ and name it last in the list [layout] font")
        return Problem(
            "",
            0,
            _("the font cannot print '{character}'", character=character),
            hint,
            code="character-not-in-font",
        )
    return Problem("", 0, message, "; ".join(hints), code="typesetting-failed")


def _each(problem: Problem) -> list[Problem]:
    """Return a Problem for each contact whose address does not fit."""
    _before, mark, names = problem.message.partition("address-overflow:")
    if not mark:
        return [problem]
    return [
        Problem(
            "",
            0,
            _("contact '{name}': the address does not fit at 8 pt", name=name)
            if name
            else _("the sender: the address does not fit at 8 pt"),
            _("shorten its lines"),
            code="address-outside-window",
        )
        for name in names.strip('"').split("|")
    ]
