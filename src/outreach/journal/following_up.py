"""Find which follow-up letters are called for, and say of each what the letters before it said."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from outreach.errors import InputError, Problem
from outreach.journal.case import Case
from outreach.journal.event import Event
from outreach.journal.ladder import Date, open_dates
from outreach.journal.standing import Followed, follow, until
from outreach.journal.terms import CONTENTS
from outreach.language import _
from outreach.letters.compose import Document, Previous, contact_title
from outreach.letters.folder import Folder, first_letters, has_shelves, shelf_of
from outreach.letters.template import Template
from outreach.people.contact import Contact
from outreach.people.selectors import select

REFERRAL = "referral"
"""Kind of a letter to an authority about somebody else."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which follow-up letters to make, as the command line says it."""

    on: date
    """The letters' date; what happened after it does not count."""
    letters: tuple[str, ...] = ()
    """Names; none for whatever the steps that are due call for."""
    selectors: tuple[str, ...] = ()
    """With a name and a selector, the letter is made whether or not it is due."""
    unwanted: tuple[str, ...] = ()


def follow_up_letters(
    folder: Folder, events: Iterable[Event], wanted: Wanted
) -> tuple[list[Document], list[Problem]]:
    """Return the letters to make, by letter, then in the order of the cases, and what stands against others.

    One letter to a contact follows up all of its letters that call for it.

    Raises:
        InputError: an unknown letter or selector, or a letter that follows up none.
    """
    known = {contact.id for contact in folder.contacts}
    chosen = {contact.id for contact in select(folder.contacts, wanted.selectors, wanted.unwanted)}
    named = folder.chosen_templates(wanted.letters) if wanted.letters else []
    opening = folder.first_templates
    problems = [
        Problem(
            template.path,
            0,
            _("this letter opens a correspondence"),
            _("outreach generate {name}", name=template.name),
        )
        for template in named
        if template in opening
    ]
    if problems:
        raise InputError(*problems)
    called: dict[tuple[str, str], list[Previous]] = {}
    for one in follow(folder, until(events, wanted.on)):
        due = [found for found in open_dates(one.dates, wanted.on) if found.step.letter]
        if one.case.contact in chosen:
            for name, previous in _calls(folder, one, due, wanted):
                called.setdefault((name, one.case.contact), []).append(previous)
        elif due and one.case.contact not in known:
            message = _(
                "'{contact}' is due for '{letter}' and is in no contact file",
                contact=one.case.contact,
                letter=due[-1].step.letter,
            )
            problems.append(Problem("", 0, message, _("restore the contact, or record why it is closed")))
    documents: list[Document] = []
    readers = _Readers(folder)
    for (name, contact), earlier in called.items():
        try:
            documents.append(readers.document(name, contact, earlier))
        except InputError as error:
            problems += error.problems
    if wanted.letters and wanted.selectors and not documents and not problems:
        message = _(
            "nothing that was sent to the chosen contacts calls for '{letters}'",
            letters=", ".join(wanted.letters),
        )
        problems.append(
            Problem("", 0, message, _("`outreach status` and `outreach why ID` show what stands"))
        )
    order = {template.name: number for number, template in enumerate(folder.templates)}
    return sorted(documents, key=lambda document: order[document.template.name]), problems


def _calls(
    folder: Folder, one: Followed, due: Iterable[Date], wanted: Wanted
) -> Iterator[tuple[str, Previous]]:
    """Yield each letter that a case calls for, with what it is to say of the one before."""
    called = {found.step.letter: found for found in due}
    kinds = {template.name: template.kind for template in folder.templates}
    for name in wanted.letters or called:
        found = called.get(name)
        previous = _previous(folder, one, found, wanted.on)
        if found or (wanted.selectors and _suits(kinds.get(name, ""), one, previous)):
            yield name, previous


def _suits(kind: str, one: Followed, previous: Previous) -> bool:
    """Tell whether a letter of that kind can follow a case up, though no step calls for it yet."""
    case = one.case
    if case.outcome == "returned":
        return False
    if kind == REFERRAL:
        return case.letter_kind == "documents" and previous.refused_on is not None
    if kind == "thanks":
        return previous.answered_on is not None
    if kind in ("reminder", "documents"):
        is_open = case.outcome in ("waiting", "partial") and not (case.asked and not case.unanswered)
        return is_open or (kind == "documents" and case.outcome == "refused")
    return True


def sample_follow_ups(
    folder: Folder, written: date, templates: Sequence[Template] | None = None
) -> Iterator[Document]:
    """Yield follow-up letters as they would be if every first letter had gone unanswered, to try them out.

    Args:
        folder: The campaign.
        written: The letters' date.
        templates: Which letters; all that follow up another one by default.
    """
    first: dict[str, Previous] = {}
    for document in first_letters(folder, folder.first_templates):
        template = document.template
        sent = written - timedelta(days=30)
        sample = Previous(
            letter=template.name,
            kind=template.kind,
            title=template.title,
            written=sent,
            sent_on=sent,
            channel="registered",
            deadline=written,
            questions=tuple(document.questions),
        )
        for contact in document.contacts:
            first.setdefault(contact, sample)
    readers = _Readers(folder)
    opening = folder.first_templates
    for template in templates if templates is not None else folder.templates:
        if template in opening:
            continue
        for contact, previous in first.items():
            try:
                yield readers.document(template.name, contact, [previous])
            except InputError:
                continue  # not meant for this one


class _Readers:
    """Who each letter is meant for, looked up once for all letters of a run."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._templates = {template.name: template for template in folder.templates}
        self._entries = {entry.contact.id: entry for entry in folder.entries}
        self._audiences: dict[str, dict[str, Contact]] = {}
        self._large: dict[str, bool] = {}

    def document(self, name: str, contact: str, earlier: Sequence[Previous]) -> Document:
        """Return the follow-up letter to a contact, or about it to an authority.

        Raises:
            InputError: the letter or the contact is not there, or the letter is not meant for it.
        """
        template = self._template(name)
        entry = self._entries.get(contact) or self._folder.entry(contact)
        if entry.is_faulty:
            raise InputError(*entry.faults)
        if name not in self._audiences:
            found = select(self._folder.contacts, template.audience, strict=False)
            self._audiences[name] = {one.id: one for one in found}
            self._large[name] = has_shelves(self._folder, template)
        audience = self._audiences[name]
        ordered = tuple(
            sorted(earlier, key=lambda previous: (previous.written, previous.sent_on, previous.letter))
        )
        if template.kind == REFERRAL:
            return Document(template, authority_of(template, list(audience.values())), entry.contact, ordered)
        if contact not in audience:
            message = _("'{contact}' is due for it and is not in its audience", contact=contact)
            problem = Problem(template.path, template.lines["audience"], message, _("widen the audience"))
            raise InputError(problem)
        shelf = shelf_of(entry.contact) if self._large[name] else ""
        return Document(replace(template, joint=False), (entry.contact,), None, ordered, shelf)

    def _template(self, name: str) -> Template:
        if name in self._templates:
            return self._templates[name]
        path = f"letters/{name}.md"
        faults = [problem for problem in self._folder.problems if problem.path == path]
        message = _("a step calls for the letter '{name}', which is not there", name=name)
        missing = Problem(path, 0, message, _("write it, or copy it from the starter campaign"))
        raise InputError(*(faults or [missing]))


def authority_of(template: Template, audience: Sequence[Contact]) -> tuple[Contact]:
    """Return the one contact that a referral goes to.

    Raises:
        InputError: its audience is nobody, or several.
    """
    if len(audience) != 1:
        message = _(
            "a referral goes to one authority, its audience has {count} contacts", count=len(audience)
        )
        raise InputError(Problem(template.path, template.lines["audience"], message, _("name one contact")))
    return (audience[0],)


def _previous(folder: Folder, one: Followed, due: Date | None, on: date) -> Previous:
    case = one.case
    sending = case.sent[0]
    still_open = set(case.unanswered)
    refusal = next((event for event in case.answers if event.data["kind"] == "refusal"), None)
    silence = _silence(one.dates, on)
    return Previous(
        letter=case.letter,
        kind=case.letter_kind,
        title=str(sending.data.get("title", case.letter)),
        written=_day(sending.data.get("date")) or sending.at,
        sent_on=sending.at,
        channel=str(sending.data["channel"]),
        tracking=str(sending.data.get("tracking", "")),
        received_on=case.received.at if case.received else None,
        answered_on=_answered_on(case),
        refused_on=refusal.at if refusal else silence,
        is_tacit=not refusal,
        deadline=_deadline(case, due),
        questions=tuple(question for question in folder.questions if question.id in still_open),
        reminded_on=one.reminded_on,
        forwarded_by=_name(folder, case.forwarded_by),
    )


def _name(folder: Folder, identifier: str) -> str:
    """Return how a letter names a contact; its id where the contact is not there any more."""
    if not identifier:
        return ""
    found = next((contact for contact in folder.contacts if contact.id == identifier), None)
    return (found.organisation or contact_title(found) or found.name) if found else identifier


def _silence(dates: Iterable[Date], on: date) -> date | None:
    """Return the day on which silence became a refusal, if the day of receipt is proved."""
    born = [
        found.due_on
        for found in dates
        if found.step.outcome and not found.is_done and not found.start.is_estimated and found.due_on < on
    ]
    return born[0] if born else None


def _answered_on(case: Case) -> date | None:
    contents = [event.at for event in case.answers if event.data["kind"] in CONTENTS]
    return contents[-1] if contents else None


def _deadline(case: Case, due: Date | None) -> date | None:
    """Return by when an answer was to come: as extended, as the letter asked, else when the step was due."""
    if case.extensions:
        return _day(case.extensions[-1].data["to"])
    asked = _day(case.sent[0].data.get("reply_by"))
    if asked and case.sent_on and asked > case.sent_on:
        return asked
    return due.due_on if due else None


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None
