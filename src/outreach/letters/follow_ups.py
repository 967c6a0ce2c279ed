"""Letters that follow up others: to whom, and what they would be if every first letter went unanswered."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from outreach.campaign.campaign import Campaign
from outreach.campaign.paths import SETTINGS, template_path
from outreach.errors import InputError, Problem
from outreach.language import _
from outreach.letters.assignment import Assignment, Previous, still_open
from outreach.letters.folder import Folder
from outreach.letters.piece import Piece
from outreach.letters.template import LetterKind, Template
from outreach.people.contact import Contact

_SAMPLE_DAYS = 30
"""Since the letter that a sample follows up."""
_SAMPLE_SERIES = 5
"""Contacts that a sample of a referral about several names."""


def follow_up(
    folder: Folder, name: str, contact: str, earlier: Sequence[Previous], successor: str = ""
) -> Assignment:
    """Return the follow-up letter to a contact or to its successor, or about it to an authority.

    Args:
        folder: The campaign.
        name: Of the letter.
        contact: Id of whom the letters before went to.
        earlier: The letters that it follows up, in any order.
        successor: Id of who holds the contact's office now and is written to instead; empty for nobody.

    Raises:
        InputError: the letter or the contact is not there, or the letter is not meant for it.
    """
    template = _template(folder, name)
    first, entry = folder.people.entry(contact), folder.people.entry(successor or contact)
    if first.is_faulty or entry.is_faulty:
        raise InputError(*(first.faults or entry.faults))
    ordered = tuple(sorted(earlier, key=lambda one: (one.written, one.sent_on, one.piece.letter)))
    if template.kind is LetterKind.REFERRAL:
        return _referral(folder, template, (first.contact,), ordered)
    if entry.contact.id not in folder.audiences.of(template):
        message = _("'{contact}' is due for it and is not in its audience", contact=entry.contact.id)
        problem = Problem(
            template.path,
            template.lines["audience"],
            message,
            _("widen the audience"),
            code="not-in-audience",
        )
        raise InputError(problem)
    subfolder = folder.audiences.subfolder(template, first.contact)
    own = replace(template, joint=False) if template.joint else template
    about = (first.contact,) if successor else ()
    return Assignment(own, (entry.contact,), still_open(template, ordered), about, ordered, subfolder)


def series_of(folder: Folder, name: str, refused: Sequence[tuple[str, Previous]]) -> Assignment:
    """Return the one referral about several contacts that refused one request.

    Args:
        folder: The campaign.
        name: Of the letter.
        refused: Id of each contact with the request as it went to it.

    Raises:
        InputError: the letter or a contact is not there, or has errors: a series leaves nobody out.
    """
    template = _template(folder, name)
    entries = [folder.people.entry(contact) for contact, _previous in refused]
    faults = [fault for entry in entries if entry.is_faulty for fault in entry.faults]
    if faults:
        raise InputError(*faults)
    about = tuple(entry.contact for entry in entries)
    return _referral(folder, template, about, tuple(previous for _contact, previous in refused))


def _referral(
    folder: Folder, template: Template, about: tuple[Contact, ...], earlier: tuple[Previous, ...]
) -> Assignment:
    missing = missing_applicant(folder.campaign)
    if missing:
        raise InputError(missing)
    authority = authority_of(template, list(folder.audiences.of(template).values()))
    return Assignment(template, (authority,), still_open(template, earlier), about, earlier)


def sample_follow_ups(
    folder: Folder, written: date, templates: Sequence[Template] | None = None
) -> Iterator[Assignment]:
    """Yield follow-up letters as they would be if every first letter had gone unanswered, to try them out.

    Args:
        folder: The campaign.
        written: The letters' date.
        templates: Which letters; all that follow up another one by default.
    """
    first: dict[str, Previous] = {}
    for assignment in folder.audiences.assignments(folder.first_templates):
        template = assignment.template
        sent = written - timedelta(days=_SAMPLE_DAYS)
        sample = Previous(
            Piece(
                template.name,
                assignment.contacts,
                template.title,
                template.kind.value,
                written=sent,
                subject=template.title if "{" in template.subject else template.subject,
            ),
            sent_on=sent,
            channel="registered",
            deadline=written,
            questions=assignment.questions,
        )
        for contact in assignment.contacts:
            first.setdefault(contact, sample)
    for template in templates if templates is not None else folder.templates:
        if template in folder.first_templates:
            continue
        for contact, previous in first.items():
            try:
                yield follow_up(folder, template.name, contact, [previous])
            except InputError:
                continue  # not meant for this one
        if template.kind is LetterKind.REFERRAL and len(first) > 1:
            with suppress(InputError):
                same = next(iter(first.values()))
                yield series_of(
                    folder, template.name, [(name, same) for name in islice(first, _SAMPLE_SERIES)]
                )


def missing_applicant(campaign: Campaign) -> Problem | None:
    """Return what [sender] lacks to make a referral, which must name its applicant; None if it is whole."""
    sender, needed = campaign.sender, campaign.country.applicant
    names = needed.get("group" if sender.is_group else "person", ())
    lacking = [name for name in names if not getattr(sender, name)]
    if not lacking:
        return None
    message = _("a referral cannot name who makes it: [sender] lacks {names}", names=_(" and ").join(lacking))
    return Problem(SETTINGS, 0, message, _(needed["basis"]), code="no-applicant")


def authority_of(template: Template, audience: Sequence[Contact]) -> Contact:
    """Return the one contact that a referral goes to.

    Raises:
        InputError: its audience is nobody, or several.
    """
    if len(audience) != 1:
        message = _(
            "a referral goes to one authority, its audience has {count} contacts", count=len(audience)
        )
        raise InputError(
            Problem(
                template.path,
                template.lines["audience"],
                message,
                _("name one contact"),
                code="referral-audience",
            )
        )
    return audience[0]


def _template(folder: Folder, name: str) -> Template:
    found = next((template for template in folder.templates if template.name == name), None)
    if found:
        return found
    path = template_path(name)
    faults = [problem for problem in folder.problems if problem.path == path]
    message = _("a step calls for the letter '{name}', which is not there", name=name)
    missing = Problem(
        path, 0, message, _("write it, or copy it from the starter campaign"), code="unknown-letter"
    )
    raise InputError(*(faults or [missing]))
