"""Find which follow-up letters are called for, and say of each what the letters before it said."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from outreach.contacts.contact import Contact
from outreach.contacts.selectors import select
from outreach.errors import InputError, Problem
from outreach.journal.case import Case
from outreach.journal.ladder import Date, open_dates
from outreach.letters.template import Template
from outreach.workflow.compose import Document, Previous
from outreach.workflow.folder import Folder, first_letters
from outreach.workflow.journal import Journal
from outreach.workflow.status import Followed, follow, until

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
    folder: Folder, journal: Journal, wanted: Wanted
) -> tuple[list[Document], list[Problem]]:
    """Return the letters to make, by letter, then in the order of the cases, and what stands against others.

    One letter to a contact follows up all of its letters that call for it.

    Raises:
        InputError: an unknown letter or selector, or a letter that follows up none.
    """
    chosen = {contact.id for contact in select(folder.contacts, wanted.selectors, wanted.unwanted)}
    named = folder.chosen_templates(wanted.letters) if wanted.letters else []
    problems = [
        Problem(template.path, 0, "this letter opens a correspondence", f"outreach generate {template.name}")
        for template in named
        if template in folder.first_templates
    ]
    if problems:
        raise InputError(*problems)
    called: dict[tuple[str, str], list[Previous]] = {}
    for one in follow(folder, until(journal.store.read(), wanted.on)):
        if one.case.contact not in chosen:
            continue
        due = [found for found in open_dates(one.dates, wanted.on) if found.step.letter]
        calls = {found.step.letter: found for found in due}
        if wanted.letters:
            calls = {name: calls.get(name) for name in wanted.letters if name in calls or wanted.selectors}  # type: ignore[misc]  # a letter that is not due has no date
        for name, found in calls.items():
            previous = _previous(folder, one, found, wanted.on)
            called.setdefault((name, one.case.contact), []).append(previous)
    documents: list[Document] = []
    for (name, contact), earlier in called.items():
        try:
            documents.append(_document(folder, name, contact, earlier))
        except InputError as error:
            problems += error.problems
    order = {template.name: number for number, template in enumerate(folder.templates)}
    return sorted(documents, key=lambda document: order[document.template.name]), problems


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
            title=template.title,
            written=sent,
            sent_on=sent,
            channel="registered",
            deadline=written,
            questions=tuple(document.questions),
        )
        for contact in document.contacts:
            first.setdefault(contact, sample)
    for template in templates if templates is not None else folder.templates:
        if template in folder.first_templates:
            continue
        for contact, previous in first.items():
            try:
                yield _document(folder, template.name, contact, [previous])
            except InputError:
                continue  # not meant for this one


def _document(folder: Folder, name: str, contact: str, earlier: Sequence[Previous]) -> Document:
    """Return the follow-up letter to a contact, or about it to an authority.

    Raises:
        InputError: the letter or the contact is not there, or the letter is not meant for it.
    """
    known = {template.name: template for template in folder.templates}
    if name not in known:
        folder_faults = [problem for problem in folder.problems if problem.path == f"letters/{name}.md"]
        message = f"a step calls for the letter '{name}', which is not there"
        missing = Problem(f"letters/{name}.md", 0, message, "write it, or copy it from the starter campaign")
        raise InputError(*(folder_faults or [missing]))
    template = known[name]
    entry = folder.entry(contact)
    if entry.is_faulty:
        raise InputError(*entry.faults)
    audience = select(folder.contacts, template.audience, strict=False)
    ordered = tuple(sorted(earlier, key=lambda previous: (previous.written, previous.letter)))
    if template.kind == REFERRAL:
        return Document(template, _authority(template, audience), entry.contact, ordered)
    if entry.contact not in audience:
        message = f"'{contact}' is due for it and is not in its audience"
        raise InputError(Problem(template.path, template.lines["audience"], message, "widen the audience"))
    return Document(replace(template, joint=False), (entry.contact,), None, ordered)


def _authority(template: Template, audience: Sequence[Contact]) -> tuple[Contact]:
    if len(audience) != 1:
        message = f"a referral goes to one authority, its audience has {len(audience)} contacts"
        raise InputError(Problem(template.path, template.lines["audience"], message, "name one contact"))
    return (audience[0],)


def _previous(folder: Folder, one: Followed, due: Date | None, on: date) -> Previous:
    case = one.case
    sending = case.sent[0]
    still_open = set(case.unanswered)
    refusal = next((event for event in case.answers if event.data["kind"] == "refusal"), None)
    silence = _silence(one.dates, on)
    return Previous(
        letter=case.letter,
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
    )


def _silence(dates: Iterable[Date], on: date) -> date | None:
    """Return the day on which silence became a refusal, if the day of receipt is proved."""
    born = [
        found.due_on
        for found in dates
        if found.step.outcome and not found.is_done and not found.start.is_estimated and found.due_on < on
    ]
    return born[0] if born else None


def _answered_on(case: Case) -> date | None:
    contents = [event.at for event in case.answers if event.data["kind"] != "acknowledgement"]
    return contents[-1] if contents else None


def _deadline(case: Case, due: Date | None) -> date | None:
    """Return by when an answer was to come: as extended, as the letter asked, else when the step was due."""
    if case.extensions:
        return _day(case.extensions[-1].data["to"])
    return _day(case.sent[0].data.get("reply_by")) or (due.due_on if due else None)


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None
