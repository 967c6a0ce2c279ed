"""Find which follow-up letters are called for, and say of each what the letters before it said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from outreach.errors import InputError, Problem
from outreach.journal.calls import Call, FollowUpRequest, FollowUps
from outreach.journal.case import Case
from outreach.journal.choosing import RecordedBy
from outreach.journal.history import History
from outreach.journal.ladder import StepDate, decided_by_silence, open_dates
from outreach.journal.series import without_series
from outreach.journal.standing import Followed, follow
from outreach.journal.words import AnswerKind, Outcome
from outreach.language import _
from outreach.letters.assignment import Assignment, Previous
from outreach.letters.audience import chosen_ids, not_in_office
from outreach.letters.folder import Folder
from outreach.letters.follow_ups import follow_up
from outreach.letters.template import LetterKind
from outreach.people.addressing import title_of
from outreach.people.contact import HELD_BY_ONE, Contact, office_of


def follow_up_letters(folder: Folder, history: History, wanted: FollowUpRequest) -> FollowUps:
    """Return the letters to make, and what stands against others.

    One letter to a contact follows up all of its letters that call for it. A series is made whole as soon as
    one of its contacts is chosen.

    Raises:
        InputError: an unknown letter or selector, or a letter that follows up none.
    """
    recorded = RecordedBy(folder, wanted.on, history=history)
    chosen = chosen_ids(folder.people, wanted.selectors, wanted.unwanted, recorded)
    may_come_along = chosen_ids(folder.people, (), wanted.unwanted, recorded)
    _refuse_openings(folder, wanted.letters)
    found = FollowUps()
    calls: list[Call] = []
    running: list[Followed] = []
    known = folder.people.by_id
    kinds = {template.name: template.kind for template in folder.templates}
    history = history.until(wanted.on)
    for one in follow(folder, history):
        contact = one.case.contact
        is_chosen = chosen is None or contact in chosen
        if contact not in known:
            found.problems.extend(_gone(one, wanted.on))
        elif one.stopped:
            found.left_out.extend(_stopped(one, wanted) if is_chosen else ())
        elif may_come_along is None or contact in may_come_along:
            running.append(one)
            if not (is_chosen or any(step.step.series for step in one.dates)):
                continue  # only a series takes along whom nobody chose
            due, over = _due(one, wanted, found if is_chosen else FollowUps())
            heard = tuple(dict.fromkeys(event.id for event in history.events_of(contact)))
            calls += [
                Call(name, one, replace(previous, heard=heard), step, is_chosen)
                for name, previous, step in _calls(folder, one, due, wanted, kinds)
                if name not in over and (is_chosen or step)
            ]
    had = [call for call in calls if call.is_chosen and _is_answered(history, call)]
    found.left_out.extend(map(_had_its_answer, had))
    calls = [call for call in calls if not _is_answered(history, call)]
    calls = without_series(folder, calls, running, wanted, found)
    called: dict[tuple[str, str], list[Previous]] = {}
    for call in calls:
        if call.is_chosen:
            called.setdefault((call.name, call.contact), []).append(call.previous)
    _assign(folder, called, wanted, found)
    if wanted.letters and wanted.selectors and not (found.assignments or found.problems or found.left_out):
        message = _(
            "nothing that was sent to the chosen contacts calls for '{letters}'",
            letters=", ".join(wanted.letters),
        )
        found.problems.append(
            Problem(
                "",
                0,
                message,
                _("`outreach status` and `outreach why ID` show what stands"),
                code="nothing-due",
            )
        )
    return found


def _due(one: Followed, wanted: FollowUpRequest, found: FollowUps) -> tuple[list[StepDate], set[str]]:
    """Return the steps that call for a letter, and the letters that a limit which has passed forecloses."""
    calling = [called for called in one.dates if called.step.letter]
    due = [called for called in open_dates(one.dates, wanted.on) if called in calling]
    over = [
        called
        for called in calling
        if called.is_over(wanted.on) and (not wanted.letters or called.step.letter in wanted.letters)
    ]
    if wanted.late:
        due, over = due + over, []
    found.left_out.extend(_foreclosed(one.case, called) for called in over)
    found.doubts.extend(_made_late(one.case, called) for called in due if called.has_expired(wanted.on))
    return due, {called.step.letter for called in over}


def _gone(one: Followed, on: date) -> Iterator[Problem]:
    due = [found for found in open_dates(one.dates, on) if found.step.letter]
    if due:
        message = _(
            "'{contact}' is due for '{letter}' and is in no contact file",
            contact=one.case.contact,
            letter=due[-1].step.letter,
        )
        yield Problem(
            "", 0, message, _("restore the contact, or record why it is closed"), code="contact-gone"
        )


def _assign(
    folder: Folder,
    called: Mapping[tuple[str, str], Sequence[Previous]],
    wanted: FollowUpRequest,
    found: FollowUps,
) -> None:
    """Add the letters that are called for; none to who left office, but to a successor where that is set."""
    former: dict[str, Contact] = {}
    for (name, contact), earlier in called.items():
        try:
            assignment = follow_up(folder, name, contact, earlier, _successor(folder, contact, wanted))
        except InputError as error:
            found.problems.extend(one for one in error.problems if one not in found.problems)
            continue
        gone = [one for one in assignment.recipients if not one.is_in_office(wanted.on)]
        if gone and not wanted.with_former:
            former.update({one.id: one for one in gone})
            continue
        if assignment.predecessor:
            found.doubts.append(_to_successor(assignment, contact))
        found.assignments.append(assignment)
    order = {template.name: number for number, template in enumerate(folder.templates)}
    found.assignments.sort(key=lambda one: order[one.template.name])
    if former:
        found.left_out.insert(0, not_in_office(list(former.values()), wanted.on))


def _successor(folder: Folder, contact: str, wanted: FollowUpRequest) -> str:
    """Return the id of who holds the office that a contact has left; empty if nobody is meant instead."""
    former = folder.people.entry(contact).contact
    is_meant = folder.campaign.follow_up.successors and not wanted.with_former
    if not is_meant or former.role not in HELD_BY_ONE or former.is_in_office(wanted.on):
        return ""
    office = office_of(former)
    held = [
        one.id for one in folder.people.contacts if office_of(one) == office and one.is_in_office(wanted.on)
    ]
    return held[0] if len(held) == 1 else ""


def _to_successor(assignment: Assignment, contact: str) -> Problem:
    message = _(
        "letter '{letter}' goes to '{successor}', who holds the office of '{contact}' now",
        letter=assignment.template.name,
        successor=assignment.recipients[0].id,
        contact=contact,
    )
    hint = _("[follow_up] successors in outreach.toml says so")
    return Problem("", 0, message, hint, "warning", code="to-successor")


def _stopped(one: Followed, wanted: FollowUpRequest) -> Iterator[Problem]:
    """Yield a warning where a letter was asked for by its name that follows up a stopped one."""
    if one.stopped and wanted.letters and wanted.selectors:
        message = _(
            "the follow-ups of '{letter}' to '{contact}' were stopped on {day}",
            letter=one.case.letter,
            contact=one.case.contact,
            day=one.stopped.at,
        )
        hint = _("`outreach log undo {id}` takes it back", id=one.stopped.id[-8:])
        yield Problem("", 0, message, hint, "warning", code="left-out")


def _is_answered(history: History, call: Call) -> bool:
    """Tell whether the letter itself went before and had its answer: it is not asked for once more."""
    case = history.cases.get((call.contact, call.name))
    if case is None or not (case.sent and case.is_opening):
        return False
    return case.is_settled and case.outcome is not Outcome.REFUSED


def _had_its_answer(call: Call) -> Problem:
    message = _(
        "letter '{letter}' to '{contact}' is left out: {why}",
        letter=call.name,
        contact=call.contact,
        why=_("an answer has come"),
    )
    hint = _("`outreach log {contact}` shows both", contact=call.contact)
    return Problem("", 0, message, hint, "warning", code="left-out")


def _foreclosed(case: Case, found: StepDate) -> Problem:
    message = _(
        "letter '{letter}' to '{contact}' is left out: its limit passed on {day}, and binds",
        letter=found.step.letter,
        contact=case.contact,
        day=found.limit,
    )
    hint = _(
        "say --late to make it all the same; `outreach why {contact}` has the rule", contact=case.contact
    )
    return Problem("", 0, message, hint, "warning", code="left-out")


def _made_late(case: Case, found: StepDate) -> Problem:
    message = _(
        "letter '{letter}' to '{contact}': its limit passed on {day}",
        letter=found.step.letter,
        contact=case.contact,
        day=found.limit,
    )
    why = (
        _("no acknowledgement is recorded, so it may not bind; the letter says so")
        if case.acknowledged_on is None
        else _("it is made since --late says so")
    )
    return Problem("", 0, message, why, "warning", code="left-out")


def _refuse_openings(folder: Folder, letters: Sequence[str]) -> None:
    problems = [
        Problem(
            template.path,
            0,
            _("this letter opens a correspondence"),
            _("outreach generate {name}", name=template.name),
            code="not-a-follow-up",
        )
        for template in folder.templates_named(letters)
        if template in folder.first_templates
    ]
    if problems:
        raise InputError(*problems)


def _calls(
    folder: Folder,
    one: Followed,
    due: Iterable[StepDate],
    wanted: FollowUpRequest,
    kinds: Mapping[str, LetterKind],
) -> Iterator[tuple[str, Previous, StepDate | None]]:
    """Yield each letter that a case calls for, what it says of the one before, and the step that does."""
    called = {found.step.letter: found for found in due}
    for name in wanted.letters or called:
        found = called.get(name)
        if not (found or wanted.selectors):
            continue
        previous = _previous(folder, one, found, wanted.on)
        if found or _suits(kinds.get(name), one, previous):
            yield name, previous, found


def _suits(kind: LetterKind | None, one: Followed, previous: Previous) -> bool:
    """Tell whether a letter of that kind can follow a case up, though no step calls for it yet."""
    case = one.case
    if case.outcome is Outcome.RETURNED:
        return False
    if kind is LetterKind.REFERRAL:
        return case.letter_kind == LetterKind.DOCUMENTS and previous.refused_on is not None
    if kind is LetterKind.NOTICE:
        return False
    if kind is LetterKind.THANKS:
        return bool(previous.answered_on or previous.met_on)
    if kind in (LetterKind.REMINDER, LetterKind.DOCUMENTS):
        return not case.is_settled or (kind is LetterKind.DOCUMENTS and case.outcome is Outcome.REFUSED)
    return True


def _previous(folder: Folder, one: Followed, due: StepDate | None, on: date) -> Previous:
    case = one.case
    sending = case.sent[0]
    piece = sending.piece if sending.piece.title else replace(sending.piece, title=case.letter)
    asked, still_open = set(case.asked), set(case.unanswered)
    refusal = case.first_answer(AnswerKind.REFUSAL)
    silence = decided_by_silence(one.dates, on)
    contents = [event for event in case.answers if event.has_content]
    written = [event for event in contents if event.answer is not AnswerKind.MEETING]
    meetings = [event.at for event in contents if event.answer is AnswerKind.MEETING]
    return Previous(
        piece=piece,
        sent_on=sending.at,
        channel=str(sending.channel),
        tracking=sending.tracking,
        received_on=case.received.at if case.received else None,
        answered_on=written[-1].at if written else None,
        answer_dated=written[-1].dated if written else None,
        met_on=meetings[-1] if meetings else None,
        refused_on=refusal.at if refusal else silence.due_on if silence else None,
        refusal_dated=refusal.dated if refusal else None,
        is_tacit=silence is not None and refusal is None,
        deadline=_deadline(case, due, on),
        questions=tuple(question for question in folder.questions if question.id in still_open),
        answered=tuple(question for question in folder.questions if question.id in asked - still_open),
        reminded_on=one.reminded_on,
        forwarded_by=_name(folder, case.forwarded_by),
        referred_on=one.referred_on,
        expired_on=due.limit if due and due.has_expired(on) else None,
        acknowledged_on=case.acknowledged_on,
    )


def _name(folder: Folder, identifier: str) -> str:
    """Return how a letter names a contact; its id where the contact is not there any more."""
    entry = folder.people.by_id.get(identifier)
    if not entry:
        return identifier
    contact = entry.contact
    return contact.organisation or title_of(contact, folder.campaign.country) or contact.name


def _deadline(case: Case, due: StepDate | None, on: date) -> date | None:
    """Return by when an answer was to come: as extended, as the letter asked, else when the step was due.

    None while that day is still ahead: nobody is told to be late who is not.
    """
    asked = case.sent[0].piece.reply_by
    if case.extensions:
        found: date | None = case.extensions[-1].to
    elif asked and case.sent_on and asked > case.sent_on:
        found = asked
    else:
        found = due.due_on if due else None
    return found if found and found <= on else None
