"""Show one contact whole: who it is, each letter with what happened to it, and what comes next."""

from collections.abc import Iterator, Sequence
from textwrap import indent
from typing import TYPE_CHECKING

from outreach.journal.words import step_word
from outreach.language import _, local, ngettext, said

if TYPE_CHECKING:
    from outreach.journal.event import Event
    from outreach.journal.history import History
    from outreach.journal.standing import Standing
    from outreach.letters.folder import Folder


def one_contact(
    folder: "Folder", history: "History", identifier: str, rows: "Sequence[Standing]"
) -> Iterator[str]:
    """Yield lines: the contact, then a part for each letter, by the day of its first event.

    Args:
        folder: The campaign.
        history: What had happened by the day that is asked for.
        identifier: The contact's id.
        rows: Where its letters stand.
    """
    yield from _who(folder, identifier)
    events = [one for one in history.events if one.contact == identifier and one.id not in history.voided_ids]
    standing = {row.letter: row for row in rows}
    letters = dict.fromkeys([*(one.letter for one in events if one.letter), *standing])
    for letter in letters:
        yield ""
        yield from _letter(folder, letter, standing.get(letter))
        yield from _happened(folder, [one for one in events if one.letter == letter])
        yield from _open(folder, history, identifier, letter)
    others = [one for one in events if not one.letter]
    if others:
        yield ""
        yield from _happened(folder, others)


def _who(folder: "Folder", identifier: str) -> Iterator[str]:
    from outreach.people.addressing import address_lines

    entry = folder.people.by_id.get(identifier)
    if entry is None:
        yield _("{id}: in no contact file any more", id=identifier)
        return
    contact = entry.contact
    yield f"{contact.name} ({contact.id})"
    yield indent("\n".join((*address_lines(contact, folder.people.home), contact.email)).rstrip(), "  ")
    if contact.term_start or contact.term_end:
        first, last = local(contact.term_start or "…"), local(contact.term_end or "…")
        yield "  " + _("in office {first} to {last}", first=first, last=last)


def _letter(folder: "Folder", letter: str, row: "Standing | None") -> Iterator[str]:
    template = next((one for one in folder.templates if one.name == letter), None)
    named = letter + _(": ") + template.title if template else letter
    if row is None:
        yield named
        return
    yield f"{named} ({', '.join(dict.fromkeys((row.status.said, row.outcome.said)))})"
    if row.due_on:
        yield "  " + _("next: {day} {step}", day=row.due_on, step=step_word(row.next_step))


def _happened(folder: "Folder", events: "Sequence[Event]") -> Iterator[str]:
    """Yield what happened, a line an event, and below it its answers, source and files."""
    from outreach.journal.event import Answered, details_of, files_of

    for event in sorted(events, key=lambda one: one.order):
        details = ", ".join(said(one) if isinstance(one, str) else local(one) for one in details_of(event))
        what = event.said + _(": ") + details if details else event.said
        yield f"  {local(event.at)}  {what}  ({event.id[-8:]})"
        if isinstance(event, Answered):
            if event.dated:
                yield "    " + _("dated {day}", day=event.dated)
            if event.source:
                yield "    " + _("source: {source}", source=event.source)
            numbers = {one.id: one.number for one in folder.questions}
            for question in sorted(event.questions, key=lambda one: numbers.get(one, 0)):
                yield f"    {numbers.get(question, question)}. {event.questions[question]}"
        for file in files_of(event):
            yield f"    {file.name}"


def _open(folder: "Folder", history: "History", identifier: str, letter: str) -> Iterator[str]:
    case = history.cases.get((identifier, letter))
    numbers = [str(one.number) for one in folder.questions if case and one.id in case.unanswered]
    if numbers:
        count = ngettext(
            "open question: {numbers}", "open questions: {numbers}", len(numbers), numbers=", ".join(numbers)
        )
        yield f"  {count}"
