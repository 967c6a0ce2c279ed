"""Read a whole campaign folder: settings, contacts, questions, letters, and every fault in them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from outreach.campaign.campaign import Campaign
from outreach.campaign.settings import load_campaign
from outreach.country import civility
from outreach.errors import InputError, Problem, did_you_mean, errors_in, is_fatal
from outreach.journal.case import OPENING_KINDS
from outreach.journal.procedure import called_letters
from outreach.language import _
from outreach.letters.compose import Document
from outreach.letters.questions import FILE_NAME as QUESTIONS_FILE
from outreach.letters.questions import Question, load_questions
from outreach.letters.template import FOLDER as LETTERS
from outreach.letters.template import Template, load_templates
from outreach.people.contact import Contact, Entry
from outreach.people.reading import FOLDER as CONTACTS
from outreach.people.reading import load_contacts
from outreach.people.selectors import select, unknown_values
from outreach.people.territory import department_of

_MOST_FILES = 2000
"""Recipients up to which a letter's files stand in one folder."""


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
            raise InputError(Problem("", 0, _("no contact '{identifier}'", identifier=identifier), hint))
        return found[0]

    def contacts_in(self, path: str) -> list[Contact]:
        """Return the contacts of one file that is to be written again.

        Args:
            path: As messages name it.

        Raises:
            InputError: the file has errors, and what is faulty in it would be lost; all of them.
        """
        faults = [problem for problem in errors_in(self.problems) if problem.path == path]
        if faults:
            raise InputError(*faults)
        return [entry.contact for entry in self.entries if entry.path == path]

    @property
    def first_templates(self) -> list[Template]:
        """The letters that open a correspondence: no reminder, and none that a follow-up step calls for."""
        called = called_letters(self.campaign.follow_up)
        return [
            template
            for template in self.templates
            if template.kind in OPENING_KINDS and template.name not in called
        ]

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
                Problem("", 0, _("no letter '{name}'", name=name), did_you_mean(name, list(known)))
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
    contacts = [entry.contact for entry in entries]
    for question in questions if not fatal else ():
        found = _audience_faults(
            contacts, question.audience, QUESTIONS_FILE, question.audience_line, may_be_nobody=True
        )
        problems += found
        fatal += errors_in(found)
    if campaign is None or fatal:
        others = [problem for problem in errors_in(problems) if problem not in fatal]
        raise InputError(*fatal, *others)
    problems += _nothing_to_write(root, entries, templates, problems)
    addressed = []
    for template in templates:
        found = _audience_faults(contacts, template.audience, template.path, template.lines["audience"])
        problems += found
        if not is_fatal(found):
            addressed.append(template)
    return Folder(campaign, tuple(entries), tuple(questions), tuple(addressed), tuple(problems))


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
        InputError: one of `wanted` and `unwanted` has an unknown word or matches nobody.
    """
    contacts = folder.contacts
    chosen = {contact.id for contact in select(contacts, tuple(wanted), tuple(unwanted))}
    audience = select(contacts, template.audience, strict=False)
    members = [contact for contact in audience if contact.id in chosen]
    if not template.joint:
        return [(contact,) for contact in members]
    by_rank = sorted(audience, key=lambda contact: civility.rank(contact.role))
    return [tuple(by_rank)] if members else []


def first_letters(
    folder: Folder, templates: Iterable[Template], wanted: Iterable[str] = (), unwanted: Iterable[str] = ()
) -> Iterator[Document]:
    """Yield the letters to make, in the order of templates and contacts; raises as `recipient_groups`."""
    for template in templates:
        is_large = has_shelves(folder, template)
        for group in recipient_groups(folder, template, wanted, unwanted):
            yield Document(template, group, shelf=shelf_of(group[0]) if is_large else "")


def has_shelves(folder: Folder, template: Template) -> bool:
    """Tell whether a letter has so many recipients that its files are spread over folders."""
    return not template.joint and len(select(folder.contacts, template.audience, strict=False)) > _MOST_FILES


def shelf_of(contact: Contact) -> str:
    """Return the folder of a contact's letters in a large run: its department, else its first letter."""
    return department_of(contact.insee or contact.postal_code) or contact.id[:1].lower()


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


def _audience_faults(
    contacts: Sequence[Contact], audience: Sequence[str], path: str, line: int, *, may_be_nobody: bool = False
) -> list[Problem]:
    """Return what is wrong with an audience.

    An unknown role or id is an error, and so is an audience of nobody, which only a question may have; a tag
    or commune that no contact has is a warning if somebody is left; a role that nobody has is allowed.
    """
    ids = [selector for selector in audience if ":" not in selector]
    try:
        if ids:
            select(contacts, ids)
        if not select(contacts, audience, strict=False) and not may_be_nobody:
            select(contacts, audience)
    except InputError as error:
        return [replace(problem, path=path, line=line) for problem in error.problems]
    return [
        Problem(path, line, _("no contact has '{part}'", part=part), hint, "warning")
        for part, hint in unknown_values(contacts, audience)
    ]


def _nothing_to_write(
    root: Path, entries: Sequence[Entry], templates: Sequence[Template], problems: Iterable[Problem]
) -> Iterator[Problem]:
    """Yield an error where a campaign has no letter or no contact at all and nothing else says why."""
    paths = [problem.path for problem in errors_in(problems)]
    for folder, found, ending in ((LETTERS, templates, ".md"), (CONTACTS, entries, _(".toml or .csv"))):
        if not found and not any(path.startswith(f"{folder}/") for path in paths):
            message = (
                _("no file in {folder}/", folder=folder)
                if (root / folder).is_dir()
                else _("there is no folder {folder}/", folder=folder)
            )
            hint = _("add a {ending} file, or start with `outreach init`", ending=ending)
            yield Problem(f"{folder}/", 0, message, hint)
