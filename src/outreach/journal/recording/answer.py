"""Record what came back: proofs of receipt, answers, extensions; and notes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from outreach.errors import InputError, OutreachError, Problem, RefusedError, did_you_mean
from outreach.files.reading import read_bytes, refuse_other_than_file
from outreach.journal.event import Answered, ArchivedFile, Extended, Noted, Received, Stopped
from outreach.journal.history import History, history_of
from outreach.journal.journal import Journal, known_contact, sendings_to
from outreach.journal.mail import MailEntry, MailState
from outreach.journal.recording.recorder import Recorder
from outreach.journal.standing import follow
from outreach.journal.words import AnswerKind, Position, Proof
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.letters.questions import Question


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """An answer, as the command line says it."""

    contact: str
    on: date
    kind: AnswerKind
    letter: str = ""
    """Empty where only one letter was sent to the contact."""
    questions: tuple[tuple[str, str], ...] = ()
    """Question id and what was answered."""
    position: Position | None = None
    source: str = ""
    """Public source that a position rests on."""
    forwarded_to: str = ""
    files: tuple[Path, ...] = ()
    mail: MailEntry | None = None
    """The message that says it, which waits for it; the archive holds it already."""
    attached: tuple[tuple[str, bytes], ...] = ()
    """Name and content of what came with the message."""
    note: str = ""
    dated: date | None = None
    """The answer's own date."""


@dataclass(frozen=True, slots=True)
class ReceiptRequest:
    """A proof that a letter arrived."""

    contact: str
    letter: str
    on: date
    proof: Proof
    files: tuple[Path, ...] = ()
    """Scans of the proof, to keep."""


@dataclass(frozen=True, slots=True)
class StopRequest:
    """What is followed up no more."""

    contact: str
    letter: str
    """Empty for all that went or will go to the contact."""
    reason: str


@dataclass(frozen=True, slots=True)
class ExtensionRequest:
    """A date that the campaign moves."""

    contact: str
    letter: str
    to: date
    reason: str


def record_answer(
    folder: Folder, journal: Journal, given: AnswerRequest, recorder: Recorder
) -> list[Answered]:
    """Record an answer and archive its files; a series that came back did so for all that it names.

    Raises:
        InputError: an unknown contact or question, a letter that was not sent, an impossible day, a
            position without its source (GDPR art. 9), a file that is not there; all of them at once.
        WorldError: the journal or the archive cannot be written; nothing was recorded.
    """
    with journal.store.writing():
        history = journal.history()
        known_contact(folder.people, history, given.contact)
        recorder.check_day(given.on)
        problems = list(_faults(folder, given))
        if problems:
            raise InputError(*problems)
        letter = the_letter(history, given.contact, given.letter, given.on)
        whole = [given.mail.file] if given.mail and given.mail.file else []
        files = (*whole, *_archived(journal, given.files, given.attached))
        is_common = given.kind in (AnswerKind.RETURNED, AnswerKind.ACKNOWLEDGEMENT)
        contacts = _together(history, given.contact, letter) if is_common else [given.contact]
        events = [
            Answered(
                **recorder.header(given.on, contact, letter),
                answer=given.kind,
                questions=dict(given.questions),
                position=given.position or "",
                source=given.source,
                forwarded_to=given.forwarded_to,
                files=files,
                note=given.note,
                dated=given.dated,
            )
            for contact in contacts
        ]
        journal.store.append(events)
        if given.mail:
            done = replace(given.mail, state=MailState.DONE, contact=given.contact, letter=letter)
            journal.store.mail.change(done)
    return events


def record_receipt(
    folder: Folder, journal: Journal, receipt: ReceiptRequest, recorder: Recorder
) -> list[Received]:
    """Record the day of receipt, which starts the legal clocks; raises as `record_answer`.

    The one registration of a series is recorded for all that it names.
    """
    with journal.store.writing():
        history = journal.history()
        known_contact(folder.people, history, receipt.contact)
        recorder.check_day(receipt.on)
        missing = list(_missing(receipt.files))
        if missing:
            raise InputError(*missing)
        letter = the_letter(history, receipt.contact, receipt.letter, receipt.on)
        files = _archived(journal, receipt.files)
        events = [
            Received(**recorder.header(receipt.on, contact, letter), proof=receipt.proof, files=files)
            for contact in _together(history, receipt.contact, letter)
        ]
        journal.store.append(events)
    return events


def _together(history: History, contact: str, letter: str) -> list[str]:
    """Return a contact, and all that the letter names besides if it is a series."""
    last = history.cases[contact, letter].sent[-1].piece
    others = last.contacts if last.is_series else ()
    cases = {other: history.cases.get((other, letter)) for other in others}
    named = [other for other, case in cases.items() if case and any(one.piece == last for one in case.sent)]
    return named or [contact]


def record_extension(
    folder: Folder, journal: Journal, extension: ExtensionRequest, recorder: Recorder
) -> Extended:
    """Record that nothing follows before a day, but for what the law sets; raises as `record_answer`."""
    with journal.store.writing():
        history = journal.history()
        known_contact(folder.people, history, extension.contact)
        if extension.to < recorder.today:
            message = _("--to {to} is past", to=extension.to)
            raise InputError(
                Problem("", 0, message, _("today is {today}", today=recorder.today), code="bad-day")
            )
        letter = the_letter(history, extension.contact, extension.letter, extension.to)
        if not _can_be_moved(folder, history, extension, letter):
            message = _(
                "nothing of '{letter}' to '{contact}' is due before {to}",
                letter=letter,
                contact=extension.contact,
                to=extension.to,
            )
            hint = _("dates that the law sets are not moved; `outreach why` shows all")
            raise InputError(Problem("", 0, message, hint, code="nothing-to-extend"))
        event = Extended(
            **recorder.header(recorder.today, extension.contact, letter),
            to=extension.to,
            reason=extension.reason,
        )
        journal.store.append([event])
    return event


def _can_be_moved(folder: Folder, history: History, extension: ExtensionRequest, letter: str) -> bool:
    """Tell whether a courtesy step is due before the day, as if no date of the letter had been moved yet."""
    moved = (extension.contact, letter)
    kept = [
        one
        for one in history.events
        if not (isinstance(one, Extended) and (one.contact, one.letter) == moved)
    ]
    return any(
        found.is_courtesy and found.due_on < extension.to
        for one in follow(folder, history_of(kept, history.country))
        if (one.case.contact, one.case.letter) == moved
        for found in one.dates
    )


def record_stop(folder: Folder, journal: Journal, stop: StopRequest, recorder: Recorder) -> Stopped:
    """Record that a letter, or without one all that went to a contact, is followed up no more.

    Raises:
        InputError: an unknown contact, or a letter that was not sent to it.
        RefusedError: it was stopped already.
    """
    with journal.store.writing():
        history = journal.history()
        known_contact(folder.people, history, stop.contact)
        if stop.letter:
            sent_letters(history, stop.contact, stop.letter)
        if stop.letter and not history.cases[stop.contact, stop.letter].is_opening:
            message = _("'{letter}' follows up another letter", letter=stop.letter)
            raise InputError(
                Problem(
                    "", 0, message, _("stop that one, or leave --letter out for all"), code="not-an-opening"
                )
            )
        earlier = history.stopped(stop.contact, stop.letter)
        if earlier:
            message = _("stopped already, on {day}: {reason}", day=earlier.at, reason=earlier.reason)
            hint = _("`outreach log undo {id}` takes it back", id=earlier.id[-8:])
            raise RefusedError(Problem("", 0, message, hint, code="already-stopped"))
        event = Stopped(**recorder.header(recorder.today, stop.contact, stop.letter), reason=stop.reason)
        journal.store.append([event])
    return event


def record_note(folder: Folder, journal: Journal, contact: str, text: str, recorder: Recorder) -> Noted:
    """Record a note about a contact; raises as `record_answer`."""
    with journal.store.writing():
        known_contact(folder.people, journal.history(), contact)
        event = Noted(**recorder.header(recorder.today, contact), note=text)
        journal.store.append([event])
    return event


def the_letter(history: History, contact: str, letter: str, on: date) -> str:
    """Return the letter meant, which must have been sent by that day.

    Raises:
        InputError: none was sent, several were and none is named, or the first was sent after that day.
    """
    days = sent_letters(history, contact, letter)
    if len(days) > 1:
        message = _("several letters were sent to '{contact}'", contact=contact)
        hint = _("say which with --letter: {names}", names=", ".join(days))
        raise InputError(Problem("", 0, message, hint, code="letter-needed"))
    ((name, at),) = days.items()
    if on < at:
        message = _("{on} lies before the letter '{letter}' was sent, {at}", on=on, letter=name, at=at)
        raise InputError(Problem("", 0, message, _("check the day"), code="bad-day"))
    return name


def sent_letters(history: History, contact: str, letter: str = "") -> dict[str, date]:
    """Return the letters sent to a contact, each with its first day; raises as `sendings_to`."""
    found: dict[str, date] = {}
    for event in sendings_to(history, contact, letter):
        found.setdefault(event.letter, event.at)
    return found


def open_questions(folder: Folder, history: History, contact: str, letter: str) -> list[Question]:
    """Return the questions that a letter asked and that are open, to be gone through one by one."""
    case = history.cases.get((contact, letter))
    return [question for question in folder.questions if case and question.id in case.unanswered]


def _faults(folder: Folder, given: AnswerRequest) -> Iterable[Problem]:
    known = [question.id for question in folder.questions]
    for name, _reply in given.questions:
        if name not in known:
            hint = (
                _("they are numbered 1 to {last}", last=len(known))
                if name.isdecimal() and known
                else did_you_mean(name, known)
            )
            yield Problem("", 0, _("no question '{name}'", name=name), hint, code="unknown-question")
    if given.dated and given.dated > given.on:
        message = _(
            "--dated {dated} lies after the day on which it came, {on}", dated=given.dated, on=given.on
        )
        yield Problem("", 0, message, _("check both days"), code="bad-day")
    if given.position and not given.source:
        hint = _("give --source: letter, vote, press; an opinion without a public source is not kept")
        yield Problem("", 0, _("a position needs its source"), hint, code="missing-value")
    if given.forwarded_to and (given.kind is not AnswerKind.FORWARDED or given.forwarded_to == given.contact):
        hint = _("give --kind forwarded and another contact")
        yield Problem("", 0, _("--forwarded-to says who else has the letter now"), hint, code="missing-value")
    if given.forwarded_to:
        try:
            folder.people.entry(given.forwarded_to)
        except InputError as error:
            yield from error.problems
    yield from _missing(given.files)


def _missing(files: Iterable[Path]) -> Iterable[Problem]:
    for path in files:
        try:
            refuse_other_than_file(path, str(path))
            if not path.exists():
                yield Problem(str(path), 0, _("no such file"), _("check the path"), code="missing-file")
        except OutreachError as error:
            yield from error.problems


def _archived(
    journal: Journal, paths: Iterable[Path], attached: Iterable[tuple[str, bytes]] = ()
) -> tuple[ArchivedFile, ...]:
    """Keep files safely on the disk and return their records."""
    contents = [
        (path.name, read_bytes(path, str(path))) for path in paths
    ]  # all are read before the first is kept
    files = [journal.archive.put(name, content) for name, content in (*attached, *contents)]
    journal.archive.flush(files)
    return tuple(files)
