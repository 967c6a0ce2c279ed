"""Find days that have passed: a letters' date set long ago, what held until then, who left office."""

from collections.abc import Iterator
from datetime import date, timedelta

from outreach.campaign.paths import SETTINGS
from outreach.errors import Problem
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.letters.passage import load_passages
from outreach.people.contact import replaced_on

_FAR = timedelta(days=60)
"""From a letters' date that is set to today."""


def day_problems(folder: Folder, written: date, today: date) -> list[Problem]:
    """Return a warning for each day that makes a letter doubtful.

    Args:
        folder: The campaign.
        written: The letters' date.
        today: The day on which they are made.

    Raises:
        InputError: a passage cannot be read.
        WorldError: likewise.
    """
    problems: list[Problem] = []
    problems += _settings(folder, written, today)
    problems += _texts(folder, written, problems)
    problems += _people(folder, written, today)
    return problems


def _settings(folder: Folder, written: date, today: date) -> Iterator[Problem]:
    campaign = folder.campaign
    if written == campaign.date and abs(written - today) > _FAR:
        message = _("the letters' date, {day}, is more than two months from today", day=written)
        yield Problem(
            SETTINGS,
            campaign.date_line,
            message,
            _("change it, or leave it out for today"),
            "warning",
            code="date-far-from-today",
        )


def _texts(folder: Folder, written: date, problems: list[Problem]) -> Iterator[Problem]:
    dated = [(one.path, one.lines.get("valid_until", 0), one.valid_until) for one in folder.templates]
    dated += [(one.path, one.line, one.valid_until) for one in load_passages(folder.campaign.root, problems)]
    for path, line, until in dated:
        if until and until < written:
            message = _(
                "what {path} says held until {until}, and the letters are of {written}",
                path=path,
                until=until,
                written=written,
            )
            yield Problem(
                path,
                line,
                message,
                _("read it again, and set valid_until anew"),
                "warning",
                code="text-out-of-date",
            )


def _people(folder: Folder, written: date, today: date) -> Iterator[Problem]:
    # A date long ago is warned of already, and who holds the office now is known.
    replaced = replaced_on(today, folder.people.contacts) if today - written > _FAR else set()
    for entry in folder.people.entries:
        contact = entry.contact
        if contact.id not in replaced and contact.term_end and written <= contact.term_end < today:
            message = _("the term of '{id}' has ended since, on {end}", id=contact.id, end=contact.term_end)
            yield Problem(
                entry.path,
                entry.line,
                message,
                _("give the letters a later date, or leave it out"),
                "warning",
                code="contact-term-ended",
            )
