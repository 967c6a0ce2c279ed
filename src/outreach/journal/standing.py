"""Say where every letter stands, what is due, and how each date was computed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import TypeVar

from outreach.country.country import Country, country_of, is_abroad
from outreach.errors import InputError, Problem, did_you_mean
from outreach.journal.case import Case
from outreach.journal.event import Sent, Stopped
from outreach.journal.facts import Start, receipt
from outreach.journal.history import History
from outreach.journal.ladder import Ladder, StepDate, coming_dates, decided_by_silence, next_date
from outreach.journal.words import Outcome, Status
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.letters.piece import read_pieces
from outreach.letters.template import LetterKind
from outreach.people.contact import Contact

_Said = TypeVar("_Said")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one letter to one contact stands on a day."""

    contact: str
    letter: str
    status: Status
    outcome: Outcome
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
    expired: int = 0
    """Calendar days since a limit of law passed; 0 if it has not."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A case with its ladder climbed."""

    case: Case
    ladder: Ladder
    receipt: Start | None
    """Proved or estimated; None if the letter did not arrive."""
    dates: tuple[StepDate, ...]
    reminded_on: date | None = None
    """Day of the last reminder that was sent."""
    referred_on: date | None = None
    """Own date of the last referral that was sent."""
    stopped: Stopped | None = None
    """What ended all follow-ups for good."""


def follow(folder: Folder, history: History) -> list[Followed]:
    """Return every case that a letter has opened, with its dates, in the order of their first events.

    Args:
        folder: The campaign.
        history: What had happened by the day that is asked for.
    """
    ladders = _Ladders(folder)
    return [
        _followed(history, case, ladders.of(case))
        for case in history.cases.values()
        if case.sent and case.is_opening and not case.is_passed_on
    ]


def _followed(history: History, case: Case, ladder: Ladder) -> Followed:
    """Return a case with its ladder climbed; most letters stand alone and have neither answer nor end."""
    others = history.cases_of(case.contact)
    stopped = history.stopped(case.contact, case.letter)
    if len(others) == 1 and not stopped:
        climb = ladder.climb(case, ())
        return Followed(case, ladder, climb.receipt, climb.dates)
    narrowed = (_following(other, case) for other in others.values() if other is not case)
    later = [other for other in narrowed if other.sent]
    climb = ladder.climb(case, later)
    reminders = [
        event.at for other in later for event in other.sent if other.letter_kind == LetterKind.REMINDER
    ]
    referrals = [
        event.piece.written or event.at
        for other in later
        for event in other.sent
        if event.piece.kind == LetterKind.REFERRAL
    ]
    return Followed(
        case,
        ladder,
        climb.receipt,
        tuple(_stopped(found, stopped) for found in climb.dates) if stopped else climb.dates,
        reminded_on=max(reminders, default=None),
        referred_on=max(referrals, default=None),
        stopped=stopped,
    )


def _stopped(found: StepDate, stopped: Stopped) -> StepDate:
    """Return a step that is not to be done any more; what happens by itself happens all the same."""
    if not found.is_waiting:
        return found
    line = _("stopped on {day}: {reason}", day=stopped.at, reason=stopped.reason)
    return replace(found, is_done=True, reasoning=(*found.reasoning, line))


class _Ladders:
    """The ladder of each case, made once for all cases that climb the same one."""

    def __init__(self, folder: Folder) -> None:
        self._campaign = folder.campaign
        self._people = folder.people.by_id
        self._procedures = cache(self._campaign.follow_up.procedures)
        self._name = cache(self._campaign.follow_up.procedure_name)
        self._is_bound = cache(Country.is_bound)
        self._made: dict[tuple[str, bool, str, str], Ladder] = {}

    def of(self, case: Case) -> Ladder:
        """Return the ladder that a case climbs."""
        home = self._campaign.country
        entry = self._people.get(case.contact)
        contact = entry.contact if entry else None
        # Whom the campaign no longer knows was somebody when the letter went.
        role = contact.role if contact else case.sent[0].role
        country = country_of(contact.country, home) if contact else home
        name = self._name(country, case.letter, case.letter_kind, role)
        is_bound = self._is_bound(country, role)
        usual = self._campaign.territory or next(iter(home.territories))
        territory = self._territory_of(contact, country) if contact else usual
        key = (name, is_bound, country.code, territory)
        if key not in self._made:
            procedure = self._procedures(country)[name]
            if not is_bound:
                procedure = procedure.without_law()
            self._made[key] = Ladder(procedure, country, territory)
        return self._made[key]

    def _territory_of(self, contact: Contact, country: Country) -> str:
        """Return the part of the country whose holidays count for a contact."""
        home = self._campaign.country
        is_known = country is not home or not is_abroad(contact.country, home)
        own = country.territory_of(contact.insee or contact.postal_code) if is_known else ""
        usual = self._campaign.territory if country is home else ""
        return own or usual or next(iter(country.territories))


def standings(
    folder: Folder, history: History, followed: Sequence[Followed], on: date, letter: str = ""
) -> list[Standing]:
    """Return one row for each letter to each contact, sent or not, in the campaign's order.

    Args:
        folder: The campaign.
        history: What had happened by the day.
        followed: Its cases, from `follow`.
        on: The day on which it is asked.
        letter: Only this letter; empty for all.
    """
    templates = folder.templates_named([letter]) if letter else folder.first_templates
    if letter and templates[0] not in folder.first_templates:
        return _follow_up_rows(folder, history, followed, on, letter)
    left = {(one.case.contact, one.case.letter): one for one in followed}
    generated = cache(lambda: _generated(folder))
    standing = _Standings(on).of
    rows = []
    for template in templates:
        for contact in (contact for group in folder.audiences.groups(template) for contact in group):
            one = left.pop((contact.id, template.name), None)
            if one:
                rows.append(standing(one))
                continue
            is_made = (template.name, contact.id) in generated()
            status = Status.GENERATED if is_made else Status.DRAFT
            asked = len(template.questions)
            rows.append(Standing(contact.id, template.name, status, Outcome.WAITING, questions_asked=asked))
    # Whom the campaign no longer knows is still in the journal.
    rows += [standing(one) for one in left.values() if letter in ("", one.case.letter)]
    return rows


def _generated(folder: Folder) -> set[tuple[str, str]]:
    pieces = read_pieces(folder.campaign.out)
    return {(piece.letter, contact) for piece in pieces for contact in piece.contacts}


def _follow_up_rows(
    folder: Folder, history: History, followed: Sequence[Followed], on: date, letter: str
) -> list[Standing]:
    """Return a row for each contact that a follow-up letter went to or was made for.

    Only a request for documents has dates of its own.
    """
    found = _Standings(on)
    rows = {
        case.contact: found.row(case, receipt(case, folder.people.country_of(case.contact)), ())
        for case in history.cases.values()
        if case.letter == letter and case.sent
    }
    rows |= {one.case.contact: found.of(one) for one in followed if one.case.letter == letter}
    waiting = {contact for name, contact in _generated(folder) if name == letter} - rows.keys()
    names = [name for name in folder.people.by_id if name in waiting or name in rows]
    return [
        rows[name] if name in rows else Standing(name, letter, Status.GENERATED, Outcome.WAITING)
        for name in dict.fromkeys([*names, *rows])
    ]


def tasks(followed: Iterable[Followed], on: date, within: int = 0) -> list[Due]:
    """Return what is to be done on a day or within the days after it, oldest first.

    Args:
        followed: The cases as of that day, from `follow`.
        on: The day.
        within: Calendar days after it that count too.
    """
    last = on + timedelta(days=min(within, (date.max - on).days))
    coming = _once(lambda dates: coming_dates(dates, on, last))
    rows = [
        Due(
            contact=one.case.contact,
            letter=one.case.letter,
            step=found.step.id,
            due_on=found.due_on,
            days_left=(found.due_on - on).days,
            basis=found.step.basis,
            estimated=found.start.is_estimated,
            template=found.step.letter,
            does=found.step.does,
            expired=(on - found.limit).days if found.has_expired(on) else 0,
        )
        for one in followed
        for found in coming(one.dates)
    ]
    return sorted(rows, key=lambda row: (row.due_on, row.contact, row.letter))


def reasons(
    folder: Folder, history: History, followed: Iterable[Followed], contact: str, letter: str = ""
) -> list[Followed]:
    """Return the cases of a contact with the reasoning of each date.

    Raises:
        InputError: nothing was sent to the contact, or not that letter.
    """
    found = [one for one in followed if one.case.contact == contact and letter in ("", one.case.letter)]
    if not found:
        folder.people.entry(contact)
        letters = sorted({event.letter for event in history.sendings if event.contact == contact})
        if letter in letters:
            message = _("'{letter}' follows up another letter and has no dates of its own", letter=letter)
            raise InputError(Problem("", 0, message, _("leave --letter out"), code="not-an-opening"))
        message = (
            _("no letter '{letter}' to '{contact}' is recorded", letter=letter, contact=contact)
            if letter
            else _("nothing was sent to '{contact}'", contact=contact)
        )
        raise InputError(
            Problem("", 0, message, did_you_mean(letter, letters) if letter else "", code="not-sent")
        )
    return found


def totals(rows: Sequence[Standing]) -> Mapping[Status, int]:
    """Return how many rows have each status, by first row."""
    counts: dict[Status, int] = {}
    for row in rows:
        counts[row.status] = counts.get(row.status, 0) + 1
    return counts


class _Standings:
    """Where cases stand on a day: overdue and tacit outcomes are computed, never stored."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._next = _once(lambda dates: next_date(dates, on))
        self._silence = _once(lambda dates: decided_by_silence(dates, on))

    def of(self, one: Followed) -> Standing:
        """Return where a case stands."""
        row = self.row(one.case, one.receipt, one.dates)
        return replace(row, status=Status.CLOSED) if one.stopped else row

    def row(self, case: Case, start: Start | None, dates: tuple[StepDate, ...]) -> Standing:
        """Return where a case with these dates stands, whether it was stopped or not."""
        found = self._next(dates)
        left = (found.due_on - self._on).days if found else None
        outcome, asked = case.outcome, len(case.asked)
        silence = self._silence(dates) if outcome is Outcome.WAITING else None
        return Standing(
            contact=case.contact,
            letter=case.letter,
            status=case.status,
            outcome=Outcome(silence.step.outcome) if silence else outcome,
            sent_on=case.sent_on,
            channel=str(case.sent[0].channel),
            received_on=start.day if start else None,
            estimated=bool(start and start.is_estimated),
            questions_answered=0 if case.is_silent else asked - len(case.unanswered),
            questions_asked=asked,
            next_step=found.step.id if found else "",
            due_on=found.due_on if found else None,
            days_left=left,
            overdue=left is not None and left < 0,
        )


def _once(
    work: Callable[[tuple[StepDate, ...]], _Said],
) -> Callable[[tuple[StepDate, ...]], _Said]:
    """Return a function of dates that looks once at those which many letters of a mailing share."""
    known: dict[int, tuple[tuple[StepDate, ...], _Said]] = {}

    def found(dates: tuple[StepDate, ...]) -> _Said:
        if id(dates) not in known:  # the same object, for equal ones would take as long to compare
            known[id(dates)] = (dates, work(dates))  # kept, so that no other gets its id
        return known[id(dates)][1]

    return found


def _following(other: Case, case: Case) -> Case:
    """Return another letter to the same contact with those of its sendings that follow up the case."""
    kept: list[Sent] = []
    # What was forwarded to the contact went to somebody else.
    if other.outcome is not Outcome.RETURNED and not other.forwarded_by:
        kept = [event for event in other.sent if case.is_followed_by(event)]
    return replace(other, sent=kept)
