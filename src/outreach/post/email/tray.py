"""The tray: messages that came and wait for somebody to say what they are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from outreach.campaign.paths import ARCHIVE
from outreach.errors import InputError, Problem, did_you_mean
from outreach.files.reading import read_bytes
from outreach.journal.event import ArchivedFile, Event, files_of
from outreach.journal.journal import Journal, known_contact
from outreach.journal.mail import MailEntry, MailState, emptied
from outreach.journal.recording.answer import the_letter
from outreach.journal.recording.recorder import Recorder
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.post.email.kinds import MailKind, tell
from outreach.post.email.mailbox import content_of
from outreach.post.email.matching import How, Match
from outreach.post.email.message import Message, read_message
from outreach.post.email.reading import Come, Reader, mark_bounced

_TEXT = "message.txt"
"""What an answer says, to be read without a mail program."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in the tray."""

    entry: MailEntry
    message: Message
    on: date | None
    """Its day, by the campaign's clock."""


def waiting(folder: Folder, journal: Journal) -> list[Waiting]:
    """Return what is in the tray, by number; raises as `read_waiting`."""
    entries = journal.store.mail.read()
    return [_opened(folder, journal, entry) for entry in entries if entry.state is MailState.WAITING]


def read_waiting(folder: Folder, journal: Journal, number: int) -> Waiting:
    """Return a message of the tray.

    Raises:
        InputError: there is none of that number, or its file is gone from the archive.
        WorldError: it cannot be read.
    """
    return _opened(folder, journal, _entry(journal, number))


def _entry(journal: Journal, number: int) -> MailEntry:
    entries = {entry.number: entry for entry in journal.store.mail.read() if entry.state is MailState.WAITING}
    if number not in entries:
        near = did_you_mean(str(number), list(map(str, entries)))
        hint = near or _("`outreach email tray` shows what waits")
        raise InputError(
            Problem("", 0, _("no message {number} in the tray", number=number), hint, code="unknown-message")
        )
    return entries[number]


def _opened(folder: Folder, journal: Journal, entry: MailEntry) -> Waiting:
    file = entry.file or ArchivedFile("message.eml", entry.sha256)
    path = journal.archive.folder / file.path
    shown = f"{ARCHIVE}/{file.path}"
    if not path.is_file():
        hint = _("restore it from a copy, or take message {number} out of the tray", number=entry.number)
        raise InputError(Problem(shown, 0, _("is missing"), hint, code="archive-missing"))
    message = read_message(content_of(read_bytes(path, shown), file.name), entry.sha256)
    clock = folder.campaign.country.clock(folder.campaign.territory)
    return Waiting(entry, message, message.moment.astimezone(clock).date() if message.moment else None)


@dataclass(frozen=True, slots=True)
class Assignment:
    """From whom a message of the tray is, as the command line says it."""

    number: int
    contact: str
    letter: str = ""
    """Empty where only one letter was sent to the contact."""


def assign(
    folder: Folder, journal: Journal, given: Assignment, recorder: Recorder
) -> tuple[MailEntry, list[Event], list[Problem]]:
    """Say from whom a message is and about which letter; what needs no more words is recorded.

    Returns:
        The message, which waits on if it is an answer; what was recorded; and warnings.

    Raises:
        InputError: no such message, contact, or letter sent to it by that day; or several letters were.
    """
    history, contact = journal.history(), given.contact
    known_contact(folder.people, history, contact)
    one = read_waiting(folder, journal, given.number)
    named = the_letter(history, contact, given.letter, one.on or recorder.today)
    entry = replace(one.entry, contact=contact, letter=named, how=How.HAND.value)
    told = tell(one.message)
    reader = Reader(folder, journal, recorder)
    is_answer = told.kind in (MailKind.ANSWER, MailKind.CHALLENGE)
    if one.on and not is_answer and not reader.doubt(one.on, contact, named):
        file = entry.file or ArchivedFile("message.eml", entry.sha256)
        reader.accept(Come("", one.message, told, Match(How.HAND, contact, named), file), one.on)
        entry = replace(entry, state=MailState.DONE)
    with journal.store.writing():
        events = journal.store.append(reader.events)
        journal.store.mail.change(entry)
    return entry, events, mark_bounced(folder, reader.bounced)


def drop(journal: Journal, number: int) -> MailEntry:
    """Take a message out of the tray and out of the archive, unless an event names it; it is not read again.

    Raises:
        InputError: there is none of that number.
        WorldError: the journal cannot be written, or the file not deleted.
    """
    entry = _entry(journal, number)
    with journal.store.writing():
        journal.store.mail.change(emptied(entry))
        named = {file.sha256 for event in journal.store.read() for file in files_of(event)}
    if entry.file and entry.sha256 not in named:
        journal.archive.remove([entry.file])
    return entry


def contents_of(message: Message) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of what an answer is kept as besides the message itself: its text, its files."""
    if message.text:
        yield _TEXT, f"{message.text}\n".encode()
    for attachment in message.attachments:
        yield attachment.name, attachment.content
