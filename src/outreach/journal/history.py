"""The History: all that was recorded, what of it counts, and the cases that it folds into, each once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations

from outreach.campaign.paths import JOURNAL
from outreach.country.country import Country
from outreach.errors import Problem
from outreach.journal.case import Case, Cases, fold
from outreach.journal.event import Answered, Event, Sent, Stopped, Voided, tombstones, without_forgotten
from outreach.journal.words import Outcome
from outreach.language import _, said
from outreach.letters.piece import Piece
from outreach.letters.template import LetterKind

Key = tuple[str, str, str, str]
"""What may be sent once: contact, letter, channel; of a follow-up letter, date and what it follows too."""


@dataclass(frozen=True)
class History:
    """Events, and what follows from them."""

    events: tuple[Event, ...]
    """As they were recorded, voided ones too."""
    country: Country
    """The campaign's, whose law says who is bound."""
    effective: tuple[Event, ...]
    """Those that count, in the order in which they count."""

    def until(self, on: date) -> "History":
        """Return what counts and had happened by a day."""
        happened = tuple(event for event in self.effective if event.at <= on)
        if happened == self.events:  # as nearly always: then what was derived holds as well
            return self
        return History(happened, self.country, happened)

    @cached_property
    def voided_ids(self) -> set[str]:
        """Ids of the events that another one voids."""
        return voided_ids(self.events)

    @cached_property
    def cases(self) -> Cases:
        """The cases by contact and letter, by their first event."""
        return fold(self.effective, self.country.is_bound)

    @cached_property
    def sendings(self) -> tuple[Sent, ...]:
        """The sendings that count, in their order."""
        return tuple(event for event in self.effective if isinstance(event, Sent))

    def sent_already(self, contact: str, piece: Piece) -> Sent | None:
        """Return the first sending of a letter to a contact, by any channel; None too if it came back.

        A request is referred once: alone, or in a series.
        """
        case = self.cases.get((contact, piece.letter))
        if case and case.outcome is Outcome.RETURNED:
            return None
        if piece.kind == LetterKind.REFERRAL:
            return (
                next((event for event in case.sent if _is_of_same(event.piece, piece)), None)
                if case
                else None
            )
        return self._first_by_any.get(sending_key(contact, piece, ""))

    @cached_property
    def _first_by_any(self) -> dict[Key, Sent]:
        found: dict[Key, Sent] = {}
        for event in self.sendings:
            found.setdefault(sending_key(event.contact, event.piece, ""), event)
        return found

    def stopped(self, contact: str, letter: str) -> Stopped | None:
        """Return what ended all follow-ups of a letter to a contact, if it was stopped."""
        return self._stopped.get((contact, "")) or self._stopped.get((contact, letter))

    @cached_property
    def _stopped(self) -> dict[tuple[str, str], Stopped]:
        found: dict[tuple[str, str], Stopped] = {}
        for event in self.effective:
            if isinstance(event, Stopped):
                found.setdefault((event.contact, event.letter), event)
        return found

    @cached_property
    def ids(self) -> set[str]:
        """Ids of the events that count."""
        return {event.id for event in self.effective}

    def cases_of(self, contact: str) -> Mapping[str, Case]:
        """Return a contact's cases by letter, by their first event."""
        return self._by_contact.get(contact, {})

    def events_of(self, contact: str) -> Iterator[Event]:
        """Yield what a contact's cases are folded from; a letter that was forwarded shares its sendings."""
        for case in self.cases_of(contact).values():
            yield from case.events

    @cached_property
    def _by_contact(self) -> dict[str, dict[str, Case]]:
        found: dict[str, dict[str, Case]] = {}
        for (contact, letter), case in self.cases.items():
            found.setdefault(contact, {})[letter] = case
        return found

    @cached_property
    def _repeated(self) -> list[tuple[Sent, Sent]]:
        """Each sending that had gone by the same channel before, behind the first one."""
        found: dict[Key, Sent] = {}
        firsts = (
            (found.setdefault(sending_key(event.contact, event.piece, event.channel), event), event)
            for event in self.sendings
        )
        return [(first, event) for first, event in firsts if first is not event]

    def conflicts(self) -> list[Problem]:
        """Return a warning for each letter sent twice, and each answer told in two ways, on two laptops."""
        return [*self._sent_twice(), *self._told_in_two_ways()]

    def _sent_twice(self) -> Iterator[Problem]:
        """Yield a warning for each letter that two laptops recorded as sent without saying "again"."""
        for earlier, event in self._repeated:
            counting = self.cases[event.contact, event.letter].sent  # what came back is none of them
            if earlier in counting and not event.is_again:
                message = _(
                    "letter '{letter}' to '{contact}' by {channel} is recorded as sent twice,"
                    " on {first} and on {second}",
                    letter=event.letter,
                    contact=event.contact,
                    channel=said(event.channel),
                    first=earlier.at,
                    second=event.at,
                )
                hint = _("undo one of them: outreach log undo {id}", id=event.id)
                yield Problem(JOURNAL, 0, message, hint, "warning", code="sent-twice")

    def _told_in_two_ways(self) -> Iterator[Problem]:
        """Yield a warning for each two answers of one day that two people recorded differently."""
        pairs = {
            (first.id, second.id): (first, second)
            for case in self.cases.values()
            for first, second in combinations(case.answers, 2)
            if first.author != second.author and _contradict(first, second)
        }
        for first, second in pairs.values():
            message = _(
                "{author} and {other} recorded different answers of '{contact}' to '{letter}' on {day}",
                author=first.author,
                other=second.author,
                contact=first.contact,
                letter=first.letter,
                day=first.at,
            )
            hint = _("undo one of them: outreach log undo {id}", id=second.id)
            yield Problem(JOURNAL, 0, message, hint, "warning", code="answers-contradict")


def _contradict(first: Answered, second: Answered) -> bool:
    """Tell whether two answers to one letter on one day differ in kind, in position or to a question."""
    is_same = (first.letter, first.at) == (second.letter, second.at)
    if not (is_same and first.has_content and second.has_content):
        return False
    both = first.questions.keys() & second.questions.keys()
    positions = {first.position, second.position} - {""}
    return (
        first.answer is not second.answer
        or len(positions) > 1
        or any(first.questions[name] != second.questions[name] for name in both)
    )


def history_of(events: Iterable[Event], country: Country) -> History:
    """Return the history of events in any order.

    What another event voids does not count, nor what was recorded of a person that is forgotten.
    """
    found = tuple(events)
    voided = voided_ids(found)
    living = without_forgotten(found, tombstones(found))
    kept = [event for event in living if event.id not in voided and not isinstance(event, Voided)]
    return History(found, country, tuple(sorted(kept, key=lambda event: event.order)))


def voided_ids(events: Iterable[Event]) -> set[str]:
    """Return the ids of the events that another one voids; a voided voiding has no effect."""
    voided: set[str] = set()
    voidings = [event for event in events if isinstance(event, Voided)]
    for event in sorted(voidings, key=lambda event: event.recorded, reverse=True):
        if event.id not in voided:
            voided.add(event.event)
    return voided


def _is_of_same(piece: Piece, other: Piece) -> bool:
    """Tell whether two follow-up letters follow one letter; one that names none follows all before it."""
    return not (piece.follows and other.follows) or not set(piece.follows).isdisjoint(other.follows)


def sending_key(contact: str, piece: Piece, channel: str) -> Key:
    """Return what may be sent once; a second reminder is not the first one again, nor another referral."""
    written = "" if piece.is_opening else " ".join((str(piece.written or ""), *piece.follows))
    return (contact, piece.letter, str(channel), written)
