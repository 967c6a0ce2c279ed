"""Fold events into cases: where a letter to a contact stands, and how it ended. Nothing here is stored."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from outreach.journal.event import Answered, Event, Extended, Received, Sent
from outreach.journal.words import AnswerKind, Outcome, Proof, Status
from outreach.letters.template import LetterKind


@dataclass(slots=True)
class Case:
    """One letter to one contact, from its first sending on."""

    contact: str
    letter: str
    sent: list[Sent] = field(default_factory=list)
    """Its sendings, first one first; once it has come back, those after that."""
    received: Received | None = None
    """The first proof of receipt."""
    answers: list[Answered] = field(default_factory=list)
    extensions: list[Extended] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    """Question to its last answer, whichever letter to the contact it was an answer to."""
    settled: set[str] = field(default_factory=set)
    """Questions of the letters to the contact that were answered in full."""
    forwarded_by: str = ""
    """Contact that forwarded the letter to this one; empty for none."""
    forwarded_at: date | None = None
    """Day of that."""
    forwarding: Answered | None = field(default=None, compare=False)
    """The event that says both."""
    is_first_seized: bool = False
    """Whoever forwarded it is bound by no time limit: it counts from then."""

    @property
    def events(self) -> list[Event]:
        """All that it was folded from, but for later proofs of receipt."""
        single = (self.received, self.forwarding)
        return [*self.sent, *filter(None, single), *self.answers, *self.extensions]

    @property
    def sent_on(self) -> date | None:
        """Day of the first sending."""
        return self.sent[0].at if self.sent else None

    @property
    def letter_kind(self) -> str:
        """Kind of the letter, as in its front matter."""
        return self.sent[0].piece.kind if self.sent else LetterKind.REQUEST.value

    @property
    def is_opening(self) -> bool:
        """Tell whether the letter opens a correspondence; others follow one up."""
        return self.sent[0].piece.is_opening if self.sent else True

    @property
    def is_passed_on(self) -> bool:
        """Tell whether the letter went to this one's successor, whose case it is too."""
        piece = self.sent[0].piece if self.sent else None
        return bool(piece and piece.follows and self.contact in piece.contacts[:-1])

    @property
    def acknowledged(self) -> Answered | None:
        """The first acknowledgement that came as an answer."""
        return self.first_answer(AnswerKind.ACKNOWLEDGEMENT)

    @property
    def acknowledged_on(self) -> date | None:
        """Day of the first acknowledgement, as an answer or a proof of receipt; None if none is recorded."""
        days = [self.acknowledged.at] if self.acknowledged else []
        if self.received and self.received.proof is Proof.ACKNOWLEDGEMENT:
            days.append(self.received.at)
        return min(days, default=None)

    @property
    def is_acknowledged(self) -> bool:
        """Tell whether an acknowledgement has come, as an answer or as a proof of receipt, or more."""
        is_proof = self.received is not None and self.received.proof is Proof.ACKNOWLEDGEMENT
        return is_proof or self.status in (Status.ACKNOWLEDGED, Status.ANSWERED, Status.CLOSED)

    @property
    def is_silent(self) -> bool:
        """Tell whether nothing but proofs of receipt has come back, and no date was moved."""
        return not (self.answers or self.extensions or self.replies or self.settled or self.forwarded_by)

    @property
    def status(self) -> Status:
        """Where the case stands: sent, received, acknowledged, answered or closed."""
        if self.outcome.status:
            return self.outcome.status
        if self.acknowledged:
            return Status.ACKNOWLEDGED
        return Status.RECEIVED if self.received else Status.SENT

    @property
    def outcome(self) -> Outcome:
        """How it ended so far; the last answer with a content decides."""
        for event in reversed(self.answers):
            if event.answer is AnswerKind.RETURNED and self.received:
                continue  # one of two copies that came back changes nothing
            if isinstance(event.answer, AnswerKind) and event.answer.outcome:
                return event.answer.outcome
        return Outcome.WAITING

    @property
    def asked(self) -> tuple[str, ...]:
        """Ids of the questions that the letter asked."""
        return self.sent[0].piece.questions if self.sent else ()

    @property
    def answered(self) -> dict[str, str]:
        """Question to its last answer, of those that the letter asked."""
        return {key: text for key, text in self.replies.items() if key in self.asked}

    @property
    def unanswered(self) -> list[str]:
        """Questions still open, to whichever letter of the contact's the answer came."""
        return [key for key in self.asked if key not in self.replies and key not in self.settled]

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing is open any more: an answer to the whole, or one to each question."""
        return self.outcome.is_end or (bool(self.asked) and not self.unanswered)

    def first_answer(self, *kinds: AnswerKind) -> Answered | None:
        """Return the first answer of one of these kinds; None if there is none."""
        return next((event for event in self.answers if event.answer in kinds), None)

    def is_followed_by(self, sending: Sent) -> bool:
        """Tell whether a sending to the same contact follows this letter up.

        A letter names those that it follows; a follow-up letter that names none follows all before it.
        """
        if self.sent_on is None or sending.at < self.sent_on or sending.letter == self.letter:
            return False
        follows = sending.piece.follows
        return self.letter in follows if follows else not sending.piece.is_opening


Cases = dict[tuple[str, str], Case]
"""By contact and letter."""


def fold(events: Iterable[Event], is_bound: Callable[[str], bool]) -> Cases:
    """Return each case, by its first event.

    Args:
        events: Those that count, in the order in which they count.
        is_bound: Tells whether a role speaks for an administration that is bound by time limits.
    """
    found = _Folding()
    for event in events:
        if not event.letter or not isinstance(event, (Sent, Received, Answered, Extended)):
            continue
        case = found.case(event.contact, event.letter)
        if isinstance(event, Sent):
            _send(case, event)
        elif isinstance(event, Received):
            case.received = case.received or event
        elif isinstance(event, Answered):
            _answer(case, event)
            _forward(case, event, found, is_bound)
            for followed in _followed(case, event, found):
                _answer(followed, event)
        else:
            case.extensions.append(event)
    return found.cases


class _Folding:
    """The cases while they are folded: those of one contact share what it replied."""

    def __init__(self) -> None:
        self.cases: Cases = {}
        self._of_contact: dict[str, list[Case]] = {}
        self._replies: dict[str, dict[str, str]] = {}
        self._settled: dict[str, set[str]] = {}

    def case(self, contact: str, letter: str) -> Case:
        """Return a letter's case, begun if there was none."""
        key = (contact, letter)
        if key not in self.cases:
            replies = self._replies.setdefault(contact, {})
            settled = self._settled.setdefault(contact, set())
            self.cases[key] = Case(contact, letter, replies=replies, settled=settled)
            self._of_contact.setdefault(contact, []).append(self.cases[key])
        return self.cases[key]

    def of(self, contact: str) -> list[Case]:
        """Return a contact's cases, by their first event."""
        return self._of_contact.get(contact, [])


def _send(case: Case, event: Sent) -> None:
    if case.answers and case.outcome is Outcome.RETURNED:
        # It never arrived: what counts begins with this sending.
        case.sent = []
        case.answers = [answer for answer in case.answers if answer.answer is not AnswerKind.RETURNED]
    case.sent.append(event)


def _answer(case: Case, event: Answered) -> None:
    case.answers.append(event)
    case.replies.update(event.questions)
    if event.answer is AnswerKind.FULL and case.letter_kind == LetterKind.REQUEST:
        case.settled.update(case.asked)


def _followed(case: Case, event: Answered, found: _Folding) -> list[Case]:
    """Return the cases that an answer to a follow-up letter is an answer to as well; a predecessor's too."""
    is_about_letter = event.answer not in (AnswerKind.ACKNOWLEDGEMENT, AnswerKind.RETURNED)
    if not is_about_letter or case.is_opening or case.letter_kind == LetterKind.REFERRAL:
        return []
    last = case.sent[-1]
    others = (
        other for name in dict.fromkeys((case.contact, *last.piece.contacts)) for other in found.of(name)
    )
    return [other for other in others if other.is_opening and other.is_followed_by(last)]


def _forward(case: Case, event: Answered, found: _Folding, is_bound: Callable[[str], bool]) -> None:
    """Open the case of whom a letter was forwarded to.

    Its clock runs from the receipt by the administration first seized (L114-3 CRPA); whoever is none has
    started no clock.
    """
    target = event.forwarded_to
    if event.answer is not AnswerKind.FORWARDED or not target or (target, case.letter) in found.cases:
        return
    forwarded = found.case(target, case.letter)
    forwarded.sent, forwarded.forwarded_by, forwarded.forwarded_at = list(case.sent), case.contact, event.at
    forwarded.forwarding = event
    role = case.sent[0].role if case.sent else ""
    if role and not is_bound(role):
        forwarded.is_first_seized = True
    else:
        forwarded.received = case.received
