"""Say where every letter stands, what is due, and how each date was computed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from outreach.campaign.campaign import PROCEDURES
from outreach.errors import InputError, Problem, did_you_mean
from outreach.journal.case import OPENING_KINDS, Case, cases
from outreach.journal.event import Event, effective
from outreach.journal.ladder import Date, climb, coming_dates, next_date, receipt
from outreach.journal.procedure import Procedure, is_bound, load_procedure, procedure_name
from outreach.language import _
from outreach.letters.folder import Folder, recipient_groups
from outreach.letters.piece import read_entries
from outreach.people.territory import territory_of


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one letter to one contact stands on a day."""

    contact: str
    letter: str
    status: str
    outcome: str
    sent_on: date | None = None
    channel: str = ""
    received_on: date | None = None
    estimated: bool = False
    """The day of receipt, and what is counted from it, is an estimate."""
    questions_answered: int = 0
    questions_asked: int = 0
    next_step: str = ""
    due_on: date | None = None
    days_left: int | None = None
    """Calendar days until `due_on`; negative once it has passed."""
    overdue: bool = False
    """The day after `due_on` or later."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something to do."""

    contact: str
    letter: str
    step: str
    due_on: date
    days_left: int
    basis: str
    estimated: bool
    template: str
    """Letter to write; may be empty."""
    does: str


@dataclass(frozen=True, slots=True)
class Followed:
    """A case with its ladder climbed."""

    case: Case
    procedure: Procedure
    dates: tuple[Date, ...]
    reminded_on: date | None = None
    """Day of the last reminder that was sent."""


def follow(folder: Folder, events: Iterable[Event]) -> list[Followed]:
    """Return every case that a letter has opened, with its dates, in the order of their first events."""
    settings = folder.campaign.follow_up
    contacts = {contact.id: contact for contact in folder.contacts}
    found = cases(events)
    by_contact: dict[str, list[Case]] = {}
    for case in found.values():
        by_contact.setdefault(case.contact, []).append(case)
    procedures = {name: load_procedure(name, settings) for name in PROCEDURES}
    unbound = {name: procedure.without_law() for name, procedure in procedures.items()}
    # Most of a mailing is silence: what went on the same day by the same way has the same dates.
    silent: dict[tuple[object, ...], tuple[Date, ...]] = {}
    followed = []
    for case in found.values():
        if not case.sent or case.letter_kind not in OPENING_KINDS:
            continue
        contact = contacts.get(case.contact)
        # Whom the campaign no longer knows was somebody when the letter went.
        role = contact.role if contact else str(case.sent[0].data.get("role", ""))
        name = procedure_name(case.letter, case.letter_kind, role, settings)
        procedure = procedures[name] if is_bound(role) else unbound[name]
        others = (other for other in by_contact[case.contact] if other is not case)
        later = [narrowed for other in others if (narrowed := _following(other, case)).sent]
        territory = (territory_of(contact) if contact else "") or folder.campaign.territory
        received = (case.received.at, case.received.data.get("proof")) if case.received else None
        key = (id(procedure), case.sent_on, case.sent[0].data["channel"], received, territory)
        is_silent = case.is_silent and not later
        dates = silent.get(key) if is_silent else None
        if dates is None:
            dates = tuple(climb(case, procedure, later, territory))
        if is_silent:
            silent[key] = dates
        reminders = [event.at for other in later for event in other.sent if other.letter_kind == "reminder"]
        followed.append(Followed(case, procedure, dates, max(reminders, default=None)))
    return followed


def status(folder: Folder, events: Iterable[Event], on: date, letter: str = "") -> list[Standing]:
    """Return one row for each letter to each contact, sent or not, in the campaign's order.

    Args:
        folder: The campaign.
        events: What was recorded.
        on: The day on which it is asked; what happened later does not count.
        letter: Only this letter; empty for all.
    """
    happened = until(events, on)
    templates = folder.chosen_templates([letter]) if letter else folder.first_templates
    if letter and templates[0] not in folder.first_templates:
        return _follow_up_rows(folder, happened, on, letter)
    followed = {(one.case.contact, one.case.letter): one for one in follow(folder, happened)}
    generated = cache(lambda: _generated(folder))
    rows = []
    for template in templates:
        for contact in (contact for group in recipient_groups(folder, template) for contact in group):
            one = followed.pop((contact.id, template.name), None)
            if one:
                rows.append(standing(one, on))
            else:
                state = "generated" if (template.name, contact.id) in generated() else "draft"
                asked = len(template.questions)
                rows.append(Standing(contact.id, template.name, state, "waiting", questions_asked=asked))
    # Whom the campaign no longer knows is still in the journal.
    rows += [standing(one, on) for one in followed.values() if letter in ("", one.case.letter)]
    return rows


def _generated(folder: Folder) -> set[tuple[str, str]]:
    entries = read_entries(folder.campaign.out)
    return {(entry.letter, contact) for entry in entries for contact in entry.contacts}


def _follow_up_rows(folder: Folder, events: Sequence[Event], on: date, letter: str) -> list[Standing]:
    """Return a row for each contact that a follow-up letter went to or was made for.

    Only a request for documents has dates of its own.
    """
    procedure = load_procedure("courtesy", folder.campaign.follow_up)
    sent = {
        case.contact: Followed(case, procedure, ())
        for case in cases(events).values()
        if case.letter == letter and case.sent
    }
    sent |= {one.case.contact: one for one in follow(folder, events) if one.case.letter == letter}
    waiting = {contact for name, contact in _generated(folder) if name == letter} - sent.keys()
    names = [contact.id for contact in folder.contacts if contact.id in waiting or contact.id in sent]
    names = list(dict.fromkeys([*names, *sent]))
    return [
        standing(sent[name], on) if name in sent else Standing(name, letter, "generated", "waiting")
        for name in names
    ]


def due(folder: Folder, events: Iterable[Event], on: date, within: int = 0) -> list[Due]:
    """Return what is to be done on a day or within the days after it, oldest first.

    Args:
        folder: The campaign.
        events: What was recorded; what happened after the day does not count.
        on: The day.
        within: Calendar days after it that count too.
    """
    rows = []
    last = on + timedelta(days=min(within, (date.max - on).days))
    for one in follow(folder, until(events, on)):
        for found in coming_dates(one.dates, on, last):
            step = found.step
            rows.append(
                Due(
                    contact=one.case.contact,
                    letter=one.case.letter,
                    step=step.id,
                    due_on=found.due_on,
                    days_left=(found.due_on - on).days,
                    basis=step.basis,
                    estimated=found.start.is_estimated,
                    template=step.letter,
                    does=step.does,
                )
            )
    return sorted(rows, key=lambda row: (row.due_on, row.contact, row.letter))


def why(folder: Folder, events: Iterable[Event], contact: str, on: date, letter: str = "") -> list[Followed]:
    """Return the cases of a contact with the reasoning of each date.

    Raises:
        InputError: nothing was sent to the contact, or not that letter.
    """
    happened = until(events, on)
    found = [
        one
        for one in follow(folder, happened)
        if one.case.contact == contact and letter in ("", one.case.letter)
    ]
    if not found:
        folder.entry(contact)
        letters = sorted(
            {event.letter for event in happened if event.contact == contact and event.kind == "sent"}
        )
        if letter in letters:
            message = _("'{letter}' follows up another letter and has no dates of its own", letter=letter)
            raise InputError(Problem("", 0, message, _("leave --letter out")))
        message = (
            _("no letter '{letter}' to '{contact}' is recorded", letter=letter, contact=contact)
            if letter
            else _("nothing was sent to '{contact}'", contact=contact)
        )
        raise InputError(Problem("", 0, message, did_you_mean(letter, letters) if letter else ""))
    return found


def totals(rows: Sequence[Standing]) -> Mapping[str, int]:
    """Return how many rows have each status, by first row; then the overdue."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.status] = counts.get(row.status, 0) + 1
    overdue = sum(row.overdue for row in rows)
    return {**counts, "overdue": overdue} if overdue else counts


def standing(one: Followed, on: date) -> Standing:
    """Return where a case stands on a day: overdue and tacit outcomes are computed, never stored."""
    case = one.case
    start = receipt(case)
    found = next_date(one.dates, on)
    left = (found.due_on - on).days if found else None
    return Standing(
        contact=case.contact,
        letter=case.letter,
        status=case.status,
        outcome=_outcome(one, on),
        sent_on=case.sent_on,
        channel=str(case.sent[0].data["channel"]),
        received_on=start.day if start else None,
        estimated=bool(start and start.is_estimated),
        questions_answered=len(case.asked) - len(case.unanswered),
        questions_asked=len(case.asked),
        next_step=found.step.id if found else "",
        due_on=found.due_on if found else None,
        days_left=left,
        overdue=left is not None and left < 0,
    )


def until(events: Iterable[Event], on: date) -> list[Event]:
    """Return the events that count and had happened by a day."""
    return [event for event in effective(events) if event.at <= on]


def _outcome(one: Followed, on: date) -> str:
    tacit = [
        found.step.outcome
        for found in one.dates
        if found.step.outcome and not found.is_done and not found.start.is_estimated and found.due_on < on
    ]
    return tacit[-1] if tacit and one.case.outcome == "waiting" else one.case.outcome


def _following(other: Case, case: Case) -> Case:
    """Return another letter to the same contact with those of its sendings that follow up the case.

    A sending names the letters that it follows; a follow-up letter that names none follows all before it.
    """
    if not case.sent_on or other.outcome == "returned":
        return replace(other, sent=[])
    kept = [
        event
        for event in other.sent
        if event.at >= case.sent_on
        and (
            case.letter in event.data.get("follows", ())
            or (not event.data.get("follows") and other.letter_kind not in OPENING_KINDS)
        )
    ]
    return replace(other, sent=kept)
