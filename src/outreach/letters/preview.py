"""Show one finished letter, as text for a terminal or as pictures of its pages."""

import textwrap
from datetime import date
from pathlib import Path

from outreach.errors import InputError, Problem, did_you_mean
from outreach.language import _
from outreach.letters.assignment import Assignment
from outreach.letters.compose import Composer
from outreach.letters.folder import Folder
from outreach.letters.follow_ups import sample_follow_ups
from outreach.letters.formats.pdf import render_png
from outreach.letters.formats.stationery import Stationery
from outreach.letters.formats.text import text_lines
from outreach.letters.letter import Letter

_WIDTH = 76


def preview_text(folder: Folder, name: str, identifier: str, written: date) -> str:
    """Return the letter as text, folded to 76 columns.

    Raises:
        InputError: an unknown letter or contact, a contact who does not get the letter, or a fault in either.
    """
    lines = text_lines(_letter(folder, name, identifier, written))
    return "\n".join(
        textwrap.fill(line, _WIDTH, subsequent_indent=_indent(line), break_on_hyphens=False) if line else ""
        for line in lines
    )


def only_recipient(folder: Folder, name: str, written: date) -> str:
    """Return the id of whom a letter goes to where that needs no choice: a joint one, or one for one contact.

    Raises:
        InputError: an unknown letter, or one that is made for several contacts or for nobody.
    """
    assignments = _assignments(folder, name, written)
    if len(assignments) != 1:
        if not assignments:
            raise InputError(
                Problem("", 0, _("the letter '{name}' is for nobody", name=name), code="nobody-chosen")
            )
        message = _("the letter '{name}' is made for several recipients", name=name)
        hint = _("say for which one, as in --to {contact}", contact=assignments[0].contacts[0])
        raise InputError(Problem("", 0, message, hint, code="recipient-needed"))
    return assignments[0].contacts[0]


def page_pictures(
    folder: Folder, name: str, identifier: str, written: date, target: Path
) -> dict[Path, bytes]:
    """Return the letter's pages as PNG, each with its path beside `target`, numbered from 1.

    Raises:
        InputError: as `preview_text`, and where the letter cannot be printed.
    """
    letter = _letter(folder, name, identifier, written)
    pages = render_png(letter, Stationery(folder.campaign.layout, folder.campaign.root))
    stem = target.stem if target.suffix.lower() == ".png" else target.name
    return {target.with_name(f"{stem}-{number}.png"): page for number, page in enumerate(pages, 1)}


def _letter(folder: Folder, name: str, identifier: str, written: date) -> Letter:
    assignments = _assignments(folder, name, written)
    entry = folder.people.entry(identifier)
    if entry.is_faulty:
        raise InputError(*entry.faults)
    for assignment in assignments:
        if identifier in assignment.contacts:
            other = folder.audiences.blocked_by(assignment)
            if other:
                raise InputError(*other.faults)
            return Composer(folder).compose(assignment, written)
    known = [contact for assignment in assignments for contact in assignment.contacts]
    message = _(
        "'{identifier}' is not in the audience of the letter '{name}'", identifier=identifier, name=name
    )
    raise InputError(Problem("", 0, message, did_you_mean(identifier, known), code="not-in-audience"))


def _assignments(folder: Folder, name: str, written: date) -> list[Assignment]:
    (template,) = folder.templates_named([name])
    if template in folder.first_templates:
        return folder.audiences.assignments([template])
    return list(sample_follow_ups(folder, written, [template]))


def _indent(line: str) -> str:
    """Return the blanks that set a list item's further lines under its text."""
    mark, blank, _ = line.partition(" ")
    return " " * len(mark + blank) if mark == "–" or mark.rstrip(".").isdigit() else ""
