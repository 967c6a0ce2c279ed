"""Say in a few lines where a campaign stands, and what the next sensible command is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from outreach.errors import errors_in
from outreach.journal.standing import Due, Standing
from outreach.journal.words import Status
from outreach.language import _, ngettext
from outreach.letters.folder import Folder, nobody_yet


@dataclass(frozen=True, slots=True)
class Overview:
    """What a campaign has, and what was done."""

    title: str
    contacts: int
    letters: int
    recipients: int
    generated: int
    sent: int
    answered: int
    due: int
    late: int
    next: str
    """The next sensible command, in the user's language."""


def overview(folder: Folder, rows: Iterable[Standing], tasks: Iterable[Due], on: date) -> Overview:
    """Return what the campaign has, what was done, and what comes next.

    Args:
        folder: The campaign.
        rows: Where every letter stands, from `standings`.
        tasks: What is due, from `tasks`.
        on: Today.
    """
    standings, open_tasks = list(rows), list(tasks)
    statuses = [row.status for row in standings]
    drafts, generated = statuses.count(Status.DRAFT), statuses.count(Status.GENERATED)
    gone = len(standings) - drafts - generated
    answered = sum(row.status in (Status.ANSWERED, Status.CLOSED) for row in standings)
    return Overview(
        title=folder.campaign.title,
        contacts=sum(not contact.referral_only for contact in folder.people.contacts),
        letters=len(folder.first_templates),
        recipients=len(standings),
        generated=generated + gone,
        sent=gone,
        answered=answered,
        due=len(open_tasks),
        late=sum(task.due_on < on for task in open_tasks),
        next=_next(folder, drafts, generated, gone, open_tasks),
    )


def describe(found: Overview) -> list[str]:
    """Return an overview as lines."""
    return [
        found.title,
        _(
            "{contacts}, {letters} to {recipients}",
            contacts=ngettext("{count} contact", "{count} contacts", found.contacts),
            letters=ngettext("{count} letter", "{count} letters", found.letters),
            recipients=ngettext("{count} recipient", "{count} recipients", found.recipients),
        ),
        _(
            "{generated} generated, {sent} sent, {answered} answered, {due} due, {late} late",
            generated=found.generated,
            sent=found.sent,
            answered=found.answered,
            due=found.due,
            late=found.late,
        ),
        _("next: {command}", command=found.next),
    ]


def _next(folder: Folder, drafts: int, generated: int, gone: int, tasks: list[Due]) -> str:
    """Return the first command whose time has come."""
    choices = (
        (bool(errors_in(folder.problems)), _("outreach check, since some files have errors")),
        (folder.people.are_yet_to_come, nobody_yet().hint),
        (
            any(task.template for task in tasks),
            _("outreach followup, for the letters that are due; `outreach due` shows them"),
        ),
        (bool(tasks), _("outreach due, to see what there is to do")),
        (bool(drafts and not gone), _("outreach check, then outreach generate")),
        (bool(drafts), _("outreach generate, for those who have no letter yet")),
        (
            bool(generated),
            _("outreach print, then outreach sent LETTER --on DAY --via CHANNEL once they are posted"),
        ),
        (True, _("nothing is due; `outreach status` shows where every letter stands")),
    )
    return next(text for is_time, text in choices if is_time)
