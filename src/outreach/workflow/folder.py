"""Read a whole campaign folder: settings, contacts, questions, letters, and every fault in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from outreach.campaign import Campaign, load_campaign
from outreach.contacts.contact import Contact, Entry
from outreach.contacts.files import load_contacts
from outreach.contacts.selectors import select
from outreach.errors import InputError, Problem, did_you_mean, errors_in
from outreach.letters import civility
from outreach.letters.questions import Question, load_questions
from outreach.letters.template import Template, load_templates


@dataclass(frozen=True, slots=True)
class Folder:
    """What a campaign folder holds."""

    campaign: Campaign
    entries: tuple[Entry, ...]
    questions: tuple[Question, ...]
    templates: tuple[Template, ...]
    problems: tuple[Problem, ...]
    """Faults of single contacts and letters, and warnings; what they concern is marked or left out."""

    @property
    def contacts(self) -> list[Contact]:
        """Every contact, the faulty ones too, in the order of the files."""
        return [entry.contact for entry in self.entries]

    def entry(self, identifier: str) -> Entry:
        """Return the contact of that id.

        Raises:
            InputError: there is none; the near misses are named.
        """
        found = [entry for entry in self.entries if entry.contact.id == identifier]
        if not found:
            hint = did_you_mean(identifier, [contact.id for contact in self.contacts])
            raise InputError(Problem("", 0, f"no contact '{identifier}'", hint))
        return found[0]

    def chosen_templates(self, names: Sequence[str]) -> list[Template]:
        """Return the letters of those names, or all.

        Raises:
            InputError: an unknown name, or a letter left out for its faults; all of them.
        """
        known = {template.name: template for template in self.templates}
        unknown = [name for name in names if name not in known]
        if unknown:
            faults = [
                problem
                for problem in self.problems
                if problem.path in {f"letters/{name}.md" for name in unknown}
            ]
            missing = [
                Problem("", 0, f"no letter '{name}'", did_you_mean(name, list(known)))
                for name in unknown
                if not any(problem.path == f"letters/{name}.md" for problem in faults)
            ]
            raise InputError(*faults, *missing)
        return [known[name] for name in dict.fromkeys(names)] if names else list(self.templates)


def load_folder(root: Path) -> Folder:
    """Read the campaign folder.

    Raises:
        InputError: outreach.toml has errors, or a file cannot be parsed at all; all such faults at once.
        WorldError: a file cannot be read.
    """
    fatal: list[Problem] = []
    problems: list[Problem] = []
    campaign: Campaign | None = None
    entries: list[Entry] = []
    questions: list[Question] = []
    try:
        campaign, found = load_campaign(root)
        problems += found
        fatal += errors_in(found)
    except InputError as error:
        fatal += error.problems
    try:
        entries, found = load_contacts(root)
        problems += found
    except InputError as error:
        fatal += error.problems
    try:
        questions, found = load_questions(root)
        problems += found
        fatal += errors_in(found)
    except InputError as error:
        fatal += error.problems
    templates, found = load_templates(root, questions, campaign.language if campaign else "fr")
    problems += found
    if campaign is None or fatal:
        others = [problem for problem in errors_in(problems) if problem not in fatal]
        raise InputError(*fatal, *others)
    return Folder(campaign, tuple(entries), tuple(questions), tuple(templates), tuple(problems))


def recipient_groups(
    folder: Folder, template: Template, wanted: Iterable[str] = (), unwanted: Iterable[str] = ()
) -> list[tuple[Contact, ...]]:
    """Return the recipients of each document: one by one, or all together, by rank, if the letter is joint.

    A joint letter is written to its whole audience as soon as one of them is chosen.

    Args:
        folder: The campaign.
        template: The letter, whose audience is chosen from.
        wanted: Selectors; none for the whole audience. Each must match somebody in the campaign.
        unwanted: Selectors of those to leave out.

    Raises:
        InputError: a selector with an unknown word, or one that matches nobody.
    """
    contacts = folder.contacts
    chosen = {contact.id for contact in select(contacts, tuple(wanted), tuple(unwanted))}
    audience = _audience(template, contacts)
    members = [contact for contact in audience if contact.id in chosen]
    if not template.joint:
        return [(contact,) for contact in members]
    by_rank = sorted(audience, key=lambda contact: civility.rank(contact.role))
    return [tuple(by_rank)] if members else []


class Obstacles:
    """Who stands against writing a letter: a faulty recipient, and for a joint letter whoever may be one."""

    def __init__(self, folder: Folder) -> None:
        self._faulty = {entry.contact.id: entry for entry in folder.entries if entry.is_faulty}
        self._unplaced = [entry for entry in folder.entries if entry.is_unplaced]

    def against(self, template: Template, recipients: Iterable[Contact]) -> Entry | None:
        """Return the first contact that stands against the letter; None if it can be written."""
        faulty = (self._faulty[contact.id] for contact in recipients if contact.id in self._faulty)
        unplaced = self._unplaced if template.joint else []
        return next(faulty, None) or next(iter(unplaced), None)


def _audience(template: Template, contacts: Sequence[Contact]) -> list[Contact]:
    """Return whom a letter is meant for; a role that nobody has is allowed, as long as somebody is left."""
    ids = [selector for selector in template.audience if ":" not in selector]
    try:
        if ids:
            select(contacts, ids)
        audience = select(contacts, template.audience, strict=False)
        return audience or select(contacts, template.audience)
    except InputError as error:
        raise InputError(*(replace(problem, path=template.path) for problem in error.problems)) from error
