"""Record what came back: proofs of receipt, answers, extensions; and notes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from outreach.errors import InputError, Problem, WorldError, did_you_mean, reason
from outreach.journal.case import cases
from outreach.journal.event import Event
from outreach.journal.journal import Journal, Recorder, check_day, known_contact, sendings
from outreach.journal.standing import follow
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.letters.questions import Question


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, as the command line says it."""

    contact: str
    on: date
    kind: str
    letter: str = ""
    """Empty where only one letter was sent to the contact."""
    questions: tuple[tuple[str, str], ...] = ()
    """Question id and what was answered."""
    position: str = ""
    source: str = ""
    """Public source that a position rests on."""
    forwarded_to: str = ""
    files: tuple[Path, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A proof that a letter arrived."""

    contact: str
    letter: str
    on: date
    proof: str
    """A `journal.terms.Proof`."""
    files: tuple[Path, ...] = ()
    """Scans of the proof, to keep."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A date that the campaign moves."""

    contact: str
    letter: str
    to: date
    reason: str


def answer(folder: Folder, journal: Journal, given: Answer, recorder: Recorder) -> Event:
    """Record an answer and archive its files.

    Raises:
        InputError: an unknown contact or question, a letter that was not sent, an impossible day, a
            position without its source (GDPR art. 9), a file that is not there; all of them at once.
        WorldError: the journal or the archive cannot be written; nothing was recorded.
    """
    known_contact(folder, journal, given.contact)
    check_day(given.on, recorder.today)
    problems = list(_faults(folder, given))
    if problems:
        raise InputError(*problems)
    with journal.store.writing():
        letter = the_letter(journal, given.contact, given.letter, given.on)
        files = _archived(journal, given.files)
        event = recorder.event(
            "answered",
            given.on,
            given.contact,
            letter,
            kind=given.kind,
            questions=dict(given.questions),
            position=given.position,
            source=given.source,
            forwarded_to=given.forwarded_to,
            files=files,
            note=given.note,
        )
        journal.store.append([event])
    return event


def receive(folder: Folder, journal: Journal, receipt: Receipt, recorder: Recorder) -> Event:
    """Record the day on which a letter was received, which starts the legal clocks; raises as `answer`."""
    known_contact(folder, journal, receipt.contact)
    check_day(receipt.on, recorder.today)
    missing = list(_missing(receipt.files))
    if missing:
        raise InputError(*missing)
    with journal.store.writing():
        letter = the_letter(journal, receipt.contact, receipt.letter, receipt.on)
        files = _archived(journal, receipt.files)
        event = recorder.event(
            "received", receipt.on, receipt.contact, letter, proof=receipt.proof, files=files
        )
        journal.store.append([event])
    return event


def extend(folder: Folder, journal: Journal, extension: Extension, recorder: Recorder) -> Event:
    """Record that a letter is not followed up before a day; what the law sets stays; raises as `answer`."""
    known_contact(folder, journal, extension.contact)
    if extension.to < recorder.today:
        raise InputError(
            Problem(
                "", 0, _("--to {to} is past", to=extension.to), _("today is {today}", today=recorder.today)
            )
        )
    with journal.store.writing():
        letter = the_letter(journal, extension.contact, extension.letter, extension.to)
        if not _can_be_moved(folder, journal, extension, letter):
            message = _(
                "nothing of '{letter}' to '{contact}' is due before {to}",
                letter=letter,
                contact=extension.contact,
                to=extension.to,
            )
            hint = _("dates that the law sets are not moved; `outreach why` shows all")
            raise InputError(Problem("", 0, message, hint))
        data = {"to": extension.to.isoformat(), "reason": extension.reason}
        event = recorder.event("extended", recorder.today, extension.contact, letter, **data)
        journal.store.append([event])
    return event


def _can_be_moved(folder: Folder, journal: Journal, extension: Extension, letter: str) -> bool:
    moved = ("extended", extension.contact, letter)
    events = [one for one in journal.store.read() if (one.kind, one.contact, one.letter) != moved]
    return any(
        not (found.is_done or found.step.is_event or found.step.is_legal) and found.due_on < extension.to
        for one in follow(folder, events)
        if (one.case.contact, one.case.letter) == (extension.contact, letter)
        for found in one.dates
    )


def note(folder: Folder, journal: Journal, contact: str, text: str, recorder: Recorder) -> Event:
    """Record a note about a contact; raises as `answer`."""
    known_contact(folder, journal, contact)
    event = recorder.event("noted", recorder.today, contact, note=text)
    with journal.store.writing():
        journal.store.append([event])
    return event


def the_letter(journal: Journal, contact: str, letter: str, on: date) -> str:
    """Return the letter meant, which must have been sent by that day.

    Raises:
        InputError: none was sent, several were and none is named, or the first was sent after that day.
    """
    sent = sendings(journal, contact, letter)
    names = list(dict.fromkeys(event.letter for event in sent))
    if len(names) > 1:
        message = _("several letters were sent to '{contact}'", contact=contact)
        raise InputError(
            Problem("", 0, message, _("say which with --letter: {names}", names=", ".join(names)))
        )
    if on < sent[0].at:
        message = _(
            "{on} lies before the letter '{letter}' was sent, {at}", on=on, letter=names[0], at=sent[0].at
        )
        raise InputError(Problem("", 0, message, _("check the day")))
    return names[0]


def sent_letters(journal: Journal, contact: str, letter: str = "") -> dict[str, date]:
    """Return the letters sent to a contact, each with the day of its first sending; raises as `sendings`."""
    found: dict[str, date] = {}
    for event in sendings(journal, contact, letter):
        found.setdefault(event.letter, event.at)
    return found


def open_questions(folder: Folder, journal: Journal, contact: str, letter: str) -> list[Question]:
    """Return the questions that a letter asked and that are open, to be gone through one by one."""
    case = cases(journal.store.read()).get((contact, letter))
    return [question for question in folder.questions if case and question.id in case.unanswered]


def _faults(folder: Folder, given: Answer) -> Iterable[Problem]:
    known = [question.id for question in folder.questions]
    for name, _reply in given.questions:
        if name not in known:
            yield Problem("", 0, _("no question '{name}'", name=name), did_you_mean(name, known))
    if given.position and not given.source:
        hint = _("give --source: letter, vote, press; an opinion without a public source is not kept")
        yield Problem("", 0, _("a position needs its source"), hint)
    if given.forwarded_to and (given.kind != "forwarded" or given.forwarded_to == given.contact):
        hint = _("give --kind forwarded and another contact")
        yield Problem("", 0, _("--forwarded-to says who else has the letter now"), hint)
    if given.forwarded_to:
        contacts = [contact.id for contact in folder.contacts]
        if given.forwarded_to not in contacts:
            hint = did_you_mean(given.forwarded_to, contacts)
            yield Problem("", 0, _("no contact '{forwarded_to}'", forwarded_to=given.forwarded_to), hint)
    yield from _missing(given.files)


def _missing(files: Iterable[Path]) -> Iterable[Problem]:
    return (
        Problem(str(path), 0, _("no such file"), _("check the path")) for path in files if not path.is_file()
    )


def _archived(journal: Journal, paths: Iterable[Path]) -> list[dict[str, str]]:
    """Keep files safely on the disk; return their records for an event's data."""
    contents = [(path.name, _read(path)) for path in paths]  # all are read before the first is kept
    files = [journal.archive.put(name, content) for name, content in contents]
    journal.archive.flush(files)
    return [file.to_data() for file in files]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WorldError(Problem(str(path), 0, _("cannot be read"), reason(error))) from error
