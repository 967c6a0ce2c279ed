"""Who gets which letter and is asked which question, each worked out once a run."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property

from outreach.country.country import Country, country_of
from outreach.errors import Problem
from outreach.language import _, ngettext
from outreach.letters.assignment import Assignment
from outreach.letters.questions import Question
from outreach.letters.template import LetterKind, Template
from outreach.people.addressing import rank_of
from outreach.people.contact import Contact, Entry
from outreach.people.people import People
from outreach.people.selectors import Recorded, select

_MOST_FILES = 2000
"""Recipients up to which a letter's files stand in one folder."""
_NAMED = 5
"""Contacts that a warning names one by one."""


class Audiences:
    """The audience of each letter and of each question; a set of selectors is looked up once."""

    def __init__(self, people: People) -> None:
        self.people = people
        self._found: dict[tuple[tuple[str, ...], bool], Mapping[str, Contact]] = {}

    def members(self, selectors: tuple[str, ...], *, for_referral: bool = False) -> Mapping[str, Contact]:
        """Return the contacts that any of the selectors matches, by id, in the order of the contact files.

        Args:
            selectors: Joined by "or".
            for_referral: Who is there for referrals only is matched too.

        Raises:
            InputError: an unknown word or role.
        """
        key = (selectors, for_referral)
        if key not in self._found:
            found = select(
                self.people.contacts,
                selectors,
                strict=False,
                home=self.people.home,
                for_referral=for_referral,
            )
            self._found[key] = {contact.id: contact for contact in found}
        return self._found[key]

    def of(self, template: Template) -> Mapping[str, Contact]:
        """Return the contacts that a letter is meant for, by id, in the order of the contact files."""
        return self.members(template.audience, for_referral=template.kind is LetterKind.REFERRAL)

    def asked(self, template: Template, recipients: Sequence[Contact]) -> tuple[Question, ...]:
        """Return the questions of a letter that concern at least one of its recipients."""
        return tuple(
            question
            for question in template.questions
            if not question.audience
            or any(contact.id in self.members(question.audience) for contact in recipients)
        )

    def groups(
        self, template: Template, chosen: set[str] | None = None, in_office: date | None = None
    ) -> list[tuple[Contact, ...]]:
        """Return the recipients of each letter: one by one, or all together, by rank, if it is joint.

        A joint letter is written to its whole audience as soon as one of them is chosen.

        Args:
            template: The letter.
            chosen: Ids; None for the whole audience.
            in_office: The day on which recipients must hold office; None for whoever once did or will.
        """
        audience = [
            contact
            for contact in self.of(template).values()
            if in_office is None or contact.is_in_office(in_office)
        ]
        members = [contact for contact in audience if chosen is None or contact.id in chosen]
        if not template.joint:
            return [(contact,) for contact in members]
        by_rank = sorted(audience, key=lambda contact: rank_of(contact, self.people.home))
        return [tuple(by_rank)] if members else []

    def assignments(
        self, templates: Iterable[Template], chosen: set[str] | None = None, in_office: date | None = None
    ) -> list[Assignment]:
        """Return the letters to write, in the order of templates and contacts; arguments as for `groups`."""
        return [
            Assignment(
                template, group, self.asked(template, group), subfolder=self.subfolder(template, group[0])
            )
            for template in templates
            for group in self.groups(template, chosen, in_office)
        ]

    def out_of_office(
        self, templates: Iterable[Template], chosen: set[str] | None, day: date
    ) -> list[Contact]:
        """Return who would be written to, were they in office on that day; `chosen` as for `groups`.

        Of a joint letter that is whoever of its audience is missing on it.
        """
        found = {}
        for template in templates:
            for group in self.groups(template, chosen):
                found.update({one.id: one for one in group if not one.is_in_office(day)})
        return list(found.values())

    def subfolder(self, template: Template, contact: Contact) -> str:
        """Return the folder of a contact's files below the letter's own; empty but in a large run."""
        if template.joint or len(self.of(template)) <= _MOST_FILES:
            return ""
        return _subfolder_of(contact, self.people.home)

    def blocked_by(self, assignment: Assignment) -> Entry | None:
        """Return the first contact that a letter has to wait for; None if it can be written.

        That is a faulty recipient, and for a joint letter whoever may be one.
        """
        faulty = (self._faulty[name] for name in _ids(assignment.recipients) if name in self._faulty)
        unplaced = self._unplaced if assignment.template.joint else []
        return next(faulty, None) or next(iter(unplaced), None)

    @cached_property
    def _faulty(self) -> Mapping[str, Entry]:
        return {entry.contact.id: entry for entry in self.people.entries if entry.is_faulty}

    @cached_property
    def _unplaced(self) -> list[Entry]:
        return [entry for entry in self.people.entries if entry.is_unplaced]


def chosen_ids(
    people: People, wanted: Iterable[str], unwanted: Iterable[str] = (), recorded: Recorded | None = None
) -> set[str] | None:
    """Return the ids of the contacts that selectors choose; None where there are no selectors.

    Args:
        people: Where to choose from.
        wanted: Selectors joined by "or".
        unwanted: Selectors of those to leave out.
        recorded: What the journal says, for the selectors that depend on it.

    Raises:
        InputError: a selector has an unknown word or matches nobody.
    """
    selectors, left_out = tuple(wanted), tuple(unwanted)
    if not (selectors or left_out):
        return None
    return set(_ids(select(people.contacts, selectors, left_out, home=people.home, recorded=recorded)))


def not_in_office(contacts: Sequence[Contact], day: date) -> Problem:
    """Return the warning that names who is left out, since they are not in office on the letters' date."""
    names = ", ".join(contact.id for contact in contacts[:_NAMED])
    if len(contacts) > _NAMED:
        names = _("{names} and {count} more", names=names, count=len(contacts) - _NAMED)
    message = ngettext(
        "{count} contact is not in office on {day} and is left out: {names}",
        "{count} contacts are not in office on {day} and are left out: {names}",
        len(contacts),
        day=day,
        names=names,
    )
    return Problem(
        "", 0, message, _("say --with-former to write to them all the same"), "warning", code="left-out"
    )


def _ids(contacts: Iterable[Contact]) -> list[str]:
    return [contact.id for contact in contacts]


def _subfolder_of(contact: Contact, home: Country) -> str:
    """Return the division of a contact's place, else the first letter of its id."""
    division = country_of(contact.country, home).division_of(contact.insee or contact.postal_code)
    return division or contact.id[:1].lower()
