"""Say which letters as made are not to go out: answered meanwhile, out of office, or sent already."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from outreach.errors import Problem
from outreach.journal.case import Case
from outreach.journal.event import Answered, Event, Extended, Stopped
from outreach.journal.history import History
from outreach.journal.words import AnswerKind, Outcome, Status, said_sent
from outreach.language import _
from outreach.letters.piece import Piece
from outreach.letters.template import LetterKind
from outreach.people.people import People


@dataclass(frozen=True, slots=True)
class Waived:
    """What the user said does not hold a letter back."""

    answered: bool = False
    former: bool = False
    again: bool = False


def held_back(  # noqa: PLR0913, PLR0917  (what holds letters back, and what does not)
    pieces: Iterable[Piece],
    people: People,
    history: History,
    on: date,
    waived: Waived,
    beside: Iterable[Piece] = (),
) -> dict[Piece, Problem]:
    """Return the letters that are not to go out, each with a warning that says why.

    A joint letter is held back if one of its addressees left office, or if all of them answered or were sent
    it; a series as soon as one does not belong in it any more, since it is to be made without that one. A
    notice of a series goes with it, or after it.

    Args:
        pieces: The letters as made.
        people: Who holds office until when.
        history: All that was recorded.
        on: The last day whose answers count, inclusive.
        waived: What does not hold a letter back.
        beside: Series that are ready to go, whether chosen or not.
    """
    answered = history.until(on)

    def reasons(piece: Piece) -> Iterator[Problem]:
        yield from () if waived.again else _sent(piece, history)
        yield from () if waived.former else _former(piece, people, on)
        yield from _stopped(piece, history)
        yield from () if waived.answered else _answered(piece, answered)
        yield from () if waived.answered else _taken_back(piece, history)

    chosen = list(pieces)
    found = {piece: first for piece in chosen if (first := next(reasons(piece), None))}
    going = [piece for piece in (*chosen, *beside) if piece.is_series and not next(reasons(piece), None)]
    for piece in chosen:
        if piece.kind == LetterKind.NOTICE and not _is_referred(piece, going, history):
            why = _("no referral that names it was sent")
            hint = _("run `outreach followup`, and record the referral first or with it")
            found.setdefault(piece, _left_out(piece, piece.contacts[0], why, hint))
    return found


def _is_referred(notice: Piece, series: Iterable[Piece], history: History) -> bool:
    """Tell whether a series names whoever a notice of it goes to, one that was sent or one of those given."""
    sent = (event.piece for case in history.cases_of(notice.contacts[0]).values() for event in case.sent)
    return any(
        piece.is_series
        and notice.contacts[0] in piece.contacts
        and not set(notice.follows).isdisjoint(piece.follows)
        for piece in (*series, *sent)
    )


def _sent(piece: Piece, history: History) -> Iterator[Problem]:
    earlier = {contact: history.sent_already(contact, piece) for contact in piece.contacts}
    contact = _first(piece, [contact for contact, event in earlier.items() if event])
    if first := earlier.get(contact):
        why = _("it was {sent} on {at}", sent=said_sent(first.channel), at=first.at)
        hint = _("say --again if it goes once more, and for `sent` --reason TEXT")
        yield _left_out(piece, contact, why, hint if all(earlier.values()) else _made_anew())


def _former(piece: Piece, people: People, on: date) -> Iterator[Problem]:
    hint = _("say --with-former if it goes all the same")
    for name in (piece.to,) if piece.to else piece.contacts:
        entry = people.by_id.get(name)
        if entry and piece.written and not entry.contact.is_in_office(piece.written):
            why = _("not in office on {day}, the letter's date", day=piece.written)
            yield _left_out(piece, name, why, hint)
        elif entry and piece.follows and not entry.contact.is_in_office(on):
            yield _left_out(piece, name, _("not in office on {day}", day=on), hint)


def _stopped(piece: Piece, history: History) -> Iterator[Problem]:
    stops = {contact: _stop(contact, piece, history) for contact in _followed(piece)}
    contact = _first(piece, [contact for contact, event in stops.items() if event])
    if first := stops.get(contact):
        why = _("its follow-ups were stopped on {day}", day=first.at)
        hint = _("`outreach log undo {id}` takes it back", id=first.id[-8:])
        yield _left_out(piece, contact, why, _made_anew() if piece.is_series else hint)


def _followed(piece: Piece) -> tuple[str, ...]:
    """Return whose answers count: the addressees', of a letter to a successor the one's before."""
    return piece.contacts[:1] if piece.to and not piece.is_series else piece.contacts


def _stop(contact: str, piece: Piece, history: History) -> Stopped | None:
    """Return what ended the follow-ups that a letter is one of; None for one that opens a correspondence."""
    if _is_first(piece):
        return None
    stops = [history.stopped(contact, letter) for letter in piece.follows or ("",)]
    return next(filter(None, stops), None)


def _is_first(piece: Piece) -> bool:
    """Tell whether it follows up none; a request for documents opens a case, and may follow another up."""
    return piece.is_opening and not piece.follows


def _answered(piece: Piece, history: History) -> Iterator[Problem]:
    answered = [contact for contact in _followed(piece) if _has_answered(piece, contact, history)]
    if contact := _first(piece, answered):
        hint = _made_anew() if piece.is_series else _("say --with-answered if it goes all the same")
        yield _left_out(piece, contact, _what_came(piece, contact, history), hint)


def _what_came(piece: Piece, contact: str, history: History) -> str:
    """Return what is new since a letter was made; an answer where that is not known, or among it."""
    said: dict[str, str] = {
        AnswerKind.RETURNED: _("a letter that it speaks of has come back"),
        AnswerKind.FORWARDED: _("a letter that it speaks of was forwarded"),
    }
    found = [
        said.get(event.answer, "") if isinstance(event, Answered) else _("its date has been moved")
        for event in _news(piece, contact, history)
        if isinstance(event, (Answered, Extended))
    ]
    is_answer = piece.heard is None or not all(found)
    return _("an answer has come") if is_answer or not found else found[-1]


def _first(piece: Piece, concerned: Sequence[str]) -> str:
    """Return of the contacts concerned the first, empty while a letter goes for the sake of the others."""
    is_held = concerned if piece.is_series else len(concerned) == len(_followed(piece))
    return concerned[0] if concerned and is_held else ""


def _made_anew() -> str:
    return _("run `outreach followup` again: the letter names several, and is made without it")


def _has_answered(piece: Piece, contact: str, history: History) -> bool:
    """Tell whether a contact's answer makes a letter pointless; one of thanks is never that."""
    cases = [
        case
        for name, case in history.cases_of(contact).items()
        if (name == piece.letter if _is_first(piece) else case.is_opening)
        and name in (piece.follows or (name,))
    ]
    if not cases:
        return False
    return all(_is_done(piece, case) for case in cases) or _is_overtaken(piece, contact, cases, history)


def _is_done(piece: Piece, case: Case) -> bool:
    if case.outcome is Outcome.RETURNED:
        return False
    if piece.kind == LetterKind.REFERRAL:
        return case.status is Status.CLOSED
    if piece.kind == LetterKind.DOCUMENTS and not _is_first(piece):
        return case.is_settled and case.outcome is not Outcome.REFUSED
    return (piece.is_opening or piece.kind == LetterKind.REMINDER) and case.is_settled


_OF_SILENCE = (LetterKind.REMINDER, LetterKind.DOCUMENTS, LetterKind.REFERRAL)
"""Kinds of follow-up letters that say what has not come."""


def _is_overtaken(piece: Piece, contact: str, cases: Iterable[Case], history: History) -> bool:
    """Tell whether something came back that a follow-up letter, as it was made, does not know of."""
    if _is_first(piece):
        return False
    about = [event for case in cases for event in (*case.answers, *case.extensions)]
    if piece.heard is None:
        late = (event for event in about if event.at > (piece.written or date.max))
        return piece.kind in _OF_SILENCE and any(_is_content(event) for event in late)
    asked = {question for case in cases for question in case.asked}
    news = _news(piece, contact, history)
    if any(isinstance(event, Answered) and _replies(event, asked, history) for event in news):
        return True
    return piece.kind in _OF_SILENCE and any(_contradicts(piece, event) for event in news if event in about)


def _news(piece: Piece, contact: str, history: History) -> list[Event]:
    """Return what is recorded of a contact's letters and was not when a letter was made."""
    return [event for event in history.events_of(contact) if event.id not in (piece.heard or ())]


def _is_content(event: Event) -> bool:
    return isinstance(event, Answered) and event.has_content


def _replies(event: Answered, asked: Collection[str], history: History) -> bool:
    """Tell whether an answer, to whichever letter, answers one of the questions."""
    is_full = event.answer is AnswerKind.FULL
    whole = history.cases[event.contact, event.letter].asked if is_full else ()
    return not {*event.questions, *whole}.isdisjoint(asked)


def _contradicts(piece: Piece, event: Event) -> bool:
    """Tell whether an event is other than an acknowledgement, which only a referral speaks of."""
    is_acknowledgement = isinstance(event, Answered) and event.answer is AnswerKind.ACKNOWLEDGEMENT
    return not is_acknowledgement or piece.kind == LetterKind.REFERRAL


def _taken_back(piece: Piece, history: History) -> Iterator[Problem]:
    """Yield a warning where something that a letter speaks of does not count any more."""
    if not set(piece.heard or ()) <= history.ids:
        why = _("something that it speaks of was taken back since it was made")
        hint = _("run `{command}`", command=f"outreach followup {piece.letter}")
        yield _left_out(piece, piece.contacts[0], why, hint)


def _left_out(piece: Piece, contact: str, why: str, hint: str) -> Problem:
    message = _(
        "letter '{letter}' to '{contact}' is left out: {why}", letter=piece.letter, contact=contact, why=why
    )
    return Problem("", 0, message, hint, "warning", code="left-out")
