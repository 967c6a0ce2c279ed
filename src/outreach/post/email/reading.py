"""Read mail: record what is certain of it, and keep what is not in the tray."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timezone

from outreach.errors import OutreachError, Problem
from outreach.files.digest import digest
from outreach.journal.event import Answered, ArchivedFile, Event, Noted, Received, files_of
from outreach.journal.history import Key, sending_key
from outreach.journal.journal import Journal, back_up
from outreach.journal.mail import MailEntry, MailState
from outreach.journal.recording.recorder import Recorder
from outreach.journal.words import AnswerKind, Outcome, Proof
from outreach.language import NP_, Word, _, said
from outreach.letters.folder import Folder
from outreach.letters.piece import read_pieces
from outreach.people.edit import write_values
from outreach.post.email.kinds import MailKind, Told, tell
from outreach.post.email.mailbox import Raw
from outreach.post.email.matching import How, Index, Match, index_of, match
from outreach.post.email.message import Message, read_message
from outreach.post.email.outgoing import BOUNCED
from outreach.post.email.sendings import Outgoing, Went, sent_event

_GLANCE = 1 << 16
"""Bytes of a message by which it is told whether it has to do with the campaign: texts come before files."""
_LONGEST_NOTE = 200
_LAST = datetime.max.replace(tzinfo=timezone.utc)


class Became(Word):
    """What became of a message."""

    SENT = "sent", NP_("event", "sent")
    RETURNED = "returned", NP_("answer", "returned")
    RECEIVED = "received", NP_("event", "received")
    NOTED = "noted", NP_("event", "noted")
    WAITING = "waiting", NP_("mail", "in the tray")
    LEFT = "left", NP_("mail", "nothing to record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A message that has to do with the campaign, and what became of it."""

    source: str
    became: Became
    kind: str
    """As `MailKind` has it; `sent` of what the campaign sent."""
    on: date | None
    contact: str
    letter: str
    how: str
    """By what it was matched, as `How` has it; of what the campaign sent, empty."""
    why: str
    """What tells its kind, or keeps it from being recorded."""
    sender: str
    subject: str
    number: int = 0
    """In the tray."""
    faults: tuple[str, ...] = ()


@dataclass(slots=True)
class Reading:
    """What reading mail has found."""

    findings: list[Finding] = field(default_factory=list)
    """In the order of their days: what was sent, then what came."""
    known: int = 0
    """Messages that were read before."""
    others: int = 0
    """Messages that have nothing to do with the campaign."""
    warnings: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Come:
    """A message that came, and that has to do with the campaign."""

    source: str
    message: Message
    """Without the contents of its files, which the archive holds."""
    told: Told
    match: Match
    file: ArchivedFile

    @property
    def order(self) -> datetime:
        """When it was sent; what does not say comes last."""
        return self.message.moment or _LAST


def read_mail(
    folder: Folder,
    journal: Journal,
    raws: Callable[[], Iterable[Raw]],
    recorder: Recorder,
    *,
    dry_run: bool = False,
) -> Reading:
    """Read messages twice, those sent and then those that came, and record what is certain.

    Args:
        folder: The campaign.
        journal: Where to record, and to keep what waits.
        raws: Returns the messages, each time anew.
        recorder: Who records, and when.
        dry_run: Find out everything, and change nothing.

    Raises:
        InputError: a file holds no e-mail.
        WorldError: a file cannot be read, or the journal or the archive not written; nothing was recorded.
    """
    reader = Reader(folder, journal, recorder, dry_run=dry_run)
    reader.read_sent(raws())
    come = sorted(reader.read_come(raws()), key=lambda one: one.order)
    for one in come:
        reader.decide(one)
    if not dry_run:
        reader.record()
    return reader.reading


class Reader:
    """What is known while mail is read, and what is to be recorded of it."""

    def __init__(
        self, folder: Folder, journal: Journal, recorder: Recorder, *, dry_run: bool = False
    ) -> None:
        self.reading = Reading()
        self._folder = folder
        self._journal = journal
        self._recorder = recorder
        self._dry_run = dry_run
        self._clock = folder.campaign.country.clock(folder.campaign.territory)
        self._history = journal.history()
        entries = journal.store.mail.read()
        self._index = index_of(folder, self._history, entries)
        self._outgoing = Outgoing(folder, self._history, read_pieces(folder.campaign.out))
        self._known = {entry.sha256 for entry in entries}
        self._known |= {
            file.sha256
            for event in self._history.events
            if isinstance(event, (Received, Answered))
            for file in event.files
        }
        self._senders = {(entry.message_id, entry.sender) for entry in entries if entry.message_id}
        self._sent: dict[Key, date] = {}
        for event in self._history.sendings:
            self._sent.setdefault(sending_key(event.contact, event.piece, event.channel), event.at)
        self._ids = {
            (event.message_id, event.contact, event.letter)
            for event in self._history.sendings
            if event.message_id
        }
        """Messages that are recorded as what took a letter to a contact."""
        self._returned = {
            (case.contact, case.letter): case.answers[-1].at
            for case in self._history.cases.values()
            if case.outcome is Outcome.RETURNED
        }
        self._again: list[tuple[str, Went]] = []
        """Letters that went once more, with their sources."""
        self.events: list[Event] = []
        """To be recorded."""
        self._entries: list[tuple[int, MailEntry]] = []
        """Each with the place of its finding."""
        self._files: set[ArchivedFile] = set()
        self.bounced: set[str] = set()
        """Contacts whose address does not exist."""

    # What the campaign sent

    def read_sent(self, raws: Iterable[Raw]) -> None:
        """Find what the campaign sent."""
        found: list[tuple[str, Went]] = []
        for raw in raws:
            if not raw.is_draft and self._outgoing.is_own(raw.sender):
                message = read_message(raw.content, digest(raw.kept))
                letters = self._outgoing.letters_in(message)
                if not letters:
                    self._find_changed(raw.source, message)
                for went in letters:
                    self._keep(went.piece.files[0].name, went.content)
                    slim = replace(
                        went, message=replace(message, attachments=(), text="", quoted=""), content=b""
                    )
                    found.append((raw.source, slim))
        for source, went in sorted(found, key=lambda one: one[1].message.moment or _LAST):
            self._decide_sent(source, went)

    def _decide_sent(self, source: str, went: Went) -> None:
        on, key = self.day(went.message), went.key
        returned = self._returned.get((went.contact, went.piece.letter))
        if (went.message.message_id, went.contact, went.piece.letter) in self._ids:
            self.reading.known += 1
        elif on is None or on > self._recorder.today:
            self._find_sent(source, went, Became.LEFT, self.doubt(on, went.contact, ""))
        elif key in self._sent and (returned is None or on < returned):
            self._again.append((source, went))
            why = _("recorded already, as sent on {day}", day=self._sent[key])
            self._find_sent(source, went, Became.LEFT, why)
        else:
            self._send(source, went, on)

    def _send(self, source: str, went: Went, on: date) -> None:
        entry = self._folder.people.by_id.get(went.contact)
        event = sent_event(went, on, entry.contact.role if entry else "", self._recorder)
        self.events.append(event)
        self._sent.setdefault(went.key, on)
        self._returned.pop((went.contact, went.piece.letter), None)
        self._index.add(event)
        if event.message_id:
            self._ids.add((event.message_id, event.contact, event.letter))
        self._find_sent(source, went, Became.SENT, "")

    def _find_changed(self, source: str, message: Message) -> None:
        """Name a message of the campaign's whose letter is not as it was made."""
        for contact, piece in self._outgoing.changed_in(message):
            why = _("what is attached is not the letter as it was made; `outreach sent` records it by hand")
            self._find_sent(source, Went(message, contact, piece, b""), Became.LEFT, why)

    def _find_sent(self, source: str, went: Went, became: Became, why: str) -> None:
        self.reading.findings.append(
            Finding(
                source=source,
                became=became,
                kind="sent",
                on=self.day(went.message),
                contact=went.contact,
                letter=went.piece.letter,
                how="",
                why=why,
                sender=went.message.sender,
                subject=went.message.subject,
                faults=went.message.faults,
            )
        )

    # What came

    def read_come(self, raws: Iterable[Raw]) -> Iterator[Come]:
        """Yield what came and has to do with the campaign; it is in the archive then."""
        for raw in raws:
            if raw.is_draft or self._outgoing.is_own(raw.sender):
                continue
            sha256 = digest(raw.kept)
            if sha256 in self._known:
                self.reading.known += 1
                continue
            found = self._matched(read_message(raw.content[:_GLANCE]))
            if found is None:
                self.reading.others += 1
                continue
            message = read_message(raw.content, sha256)
            told = tell(message)
            found = match(message, told, self._index, self.day(message)) or found
            twin = (message.message_id, message.sender)
            if message.message_id and twin in self._senders:
                self.reading.known += 1
                continue
            self._known.add(sha256)
            self._senders.add(twin)
            is_kept = told.kind not in (MailKind.DELAYED, MailKind.RELAYED)
            file = self._keep(raw.name, raw.kept) if is_kept else ArchivedFile(raw.name, sha256)
            bare = tuple(replace(one, content=b"") for one in message.attachments)
            slim = replace(message, attachments=bare, quoted="", text=message.text[:_LONGEST_NOTE])
            yield Come(raw.source, slim, told, found, file)

    def _matched(self, message: Message) -> Match | None:
        return match(message, tell(message), self._index, self.day(message))

    def decide(self, come: Come) -> None:
        """Record what is certain of a message that came; else let it wait."""
        told, found, on = come.told, come.match, self.day(come.message)
        doubt = self.doubt(on, found.contact, found.letter) or _unsure(come, self._index)
        if told.kind in (MailKind.DELAYED, MailKind.RELAYED):
            self._find(come, Became.LEFT, told.why)
        elif on is None or doubt:
            self._find(come, Became.WAITING, doubt)
        else:
            self.accept(come, on)

    def accept(self, come: Come, on: date) -> None:
        """Record what a message says that is certainly from a contact, about a letter."""
        told, found = come.told, come.match
        if told.kind is MailKind.BOUNCE:
            self._bounce(come, on)
        elif told.kind is MailKind.DELIVERED:
            self._receive(come, on, Proof.DELIVERY)
        elif told.kind is MailKind.ACKNOWLEDGEMENT:
            self._receive(come, on, Proof.ACKNOWLEDGEMENT)
        elif told.kind is MailKind.ABSENCE:
            note = _("absence notice: {text}", text=" ".join(come.message.text.split()))
            self.events.append(Noted(**self._recorder.header(on, found.contact, found.letter), note=note))
            self._find(come, Became.NOTED, told.why)
        elif told.kind in (MailKind.ANSWER, MailKind.CHALLENGE):
            if told.acknowledges and found.is_certain:
                self._receive(come, on, Proof.ACKNOWLEDGEMENT, is_answer=True)
            else:
                self._find(come, Became.WAITING, told.why)
        else:
            raise ValueError(told.kind)

    def _bounce(self, come: Come, on: date) -> None:
        told, found = come.told, come.match
        note = " ".join(filter(None, (told.code, told.why if told.why != told.code else "")))[:_LONGEST_NOTE]
        if self._returned.get((found.contact, found.letter)) is None:
            self.events += [
                Answered(
                    **self._recorder.header(on, contact, found.letter),
                    answer=AnswerKind.RETURNED,
                    files=(come.file,),
                    note=note,
                )
                for contact in self._together(found)
            ]
            self._returned[found.contact, found.letter] = on
        if told.is_hard:
            self.bounced.add(found.contact)
        self._find(come, Became.RETURNED, note)
        for source, went in list(self._again):
            day = self.day(went.message)
            if (went.contact, went.piece.letter) == (found.contact, found.letter) and day and day >= on:
                self._again.remove((source, went))
                findings = self.reading.findings
                named = (source, "sent", went.contact)
                place = next(
                    number
                    for number, one in enumerate(findings)
                    if (one.source, one.kind, one.contact) == named
                )
                self._send(source, went, day)
                findings[place] = findings.pop()

    def _receive(self, come: Come, on: date, proof: Proof, *, is_answer: bool = False) -> None:
        self.events += [
            Received(**self._recorder.header(on, contact, come.match.letter), proof=proof, files=(come.file,))
            for contact in self._together(come.match)
        ]
        if is_answer:
            self._find(come, Became.WAITING, come.told.acknowledges)
        else:
            self._find(come, Became.RECEIVED, come.told.why)

    def _together(self, found: Match) -> Sequence[str]:
        """Return a contact, and all that the letter names besides if it is a series."""
        sent = self._index.sendings.get(found.contact, ())
        last = [one.piece for one in sent if one.letter == found.letter][-1:]
        return last[0].contacts if last and last[0].is_series else (found.contact,)

    def doubt(self, on: date | None, contact: str, letter: str) -> str:
        """Return why a day cannot be that of what happened; empty if it can."""
        if on is None:
            return _("it has no date")
        if on > self._recorder.today:
            return _("its date lies in the future")
        first = self._index.first_day(contact, letter)
        if first and on < first:
            return _("its date lies before the letter was sent, {day}", day=first)
        return ""

    def day(self, message: Message) -> date | None:
        """Return the day of a message by the campaign's clock."""
        return message.moment.astimezone(self._clock).date() if message.moment else None

    def _find(self, come: Come, became: Became, why: str) -> None:
        """Remember what became of a message, and keep it if it waits or was recorded."""
        message, told, found = come.message, come.told, come.match
        self.reading.findings.append(
            Finding(
                source=come.source,
                became=became,
                kind=told.kind.value,
                on=self.day(message),
                contact=found.contact,
                letter=found.letter,
                how=found.how.value,
                why=why,
                sender=message.sender,
                subject=message.subject,
                faults=message.faults,
            )
        )
        if became is Became.LEFT:
            return
        entry = MailEntry(
            sha256=message.sha256,
            message_id=message.message_id,
            name=come.file.name,
            state=MailState.WAITING if became is Became.WAITING else MailState.DONE,
            kind=told.kind.value,
            sender=message.sender,
            contact=found.contact,
            letter=found.letter,
            how=found.how.value,
        )
        self._entries.append((len(self.reading.findings) - 1, entry))

    def _keep(self, name: str, content: bytes) -> ArchivedFile:
        """Keep bytes in the archive, but for a dry run."""
        if self._dry_run:
            return ArchivedFile(name, digest(content))
        file = self._journal.archive.put(name, content)
        self._files.add(file)
        return file

    # What is recorded

    def record(self) -> None:
        """Write what was found into the journal, all or nothing, and mark addresses that do not exist."""
        store = self._journal.store
        if self.events:
            back_up(self._journal, self._recorder.today)
        known = [*self._history.events, *self.events]
        named = {file.sha256 for event in known for file in files_of(event)}
        named |= {entry.sha256 for entry in (*store.mail.read(), *(one for _place, one in self._entries))}
        kept = {file for file in self._files if file.sha256 in named}
        self._journal.archive.remove(self._files - kept)  # of a letter that was recorded already
        self._journal.archive.flush(kept)
        with store.writing():
            store.append(self.events)
            for place, entry in self._entries:
                number = store.mail.add(entry).number
                if entry.state is MailState.WAITING:
                    self.reading.findings[place] = replace(self.reading.findings[place], number=number)
        self.reading.warnings += mark_bounced(self._folder, self.bounced)


def _unsure(come: Come, index: Index) -> str:
    """Return why nothing is recorded of a message by itself; empty if something is."""
    told, found = come.told, come.match
    matched = said(found.how)
    if told.kind in (MailKind.ANSWER, MailKind.CHALLENGE):
        return "" if found.is_certain and told.acknowledges else told.why or matched
    if told.kind is MailKind.ABSENCE:
        if told.acknowledges:
            return _("it tells of an absence, and acknowledges receipt: {words}", words=told.acknowledges)
        return "" if found.contact and (found.is_certain or found.how is How.ADDRESS) else matched
    email = index.emails.get(found.contact, "")
    is_about = email in told.whom or (told.kind is MailKind.DELIVERED and _is_near(email, told.whom))
    if found.is_certain and told.kind in (MailKind.BOUNCE, MailKind.DELIVERED) and not is_about:
        return _("it is about another address than the contact's")
    return "" if found.is_certain else matched


def _is_near(email: str, whom: Sequence[str]) -> bool:
    """Tell whether one of several addresses is that, or one of the same body's."""
    return any(one == email or one.rpartition("@")[2] == email.rpartition("@")[2] for one in whom)


def mark_bounced(folder: Folder, contacts: Iterable[str]) -> list[Problem]:
    """Tag contacts whose address does not exist, and return a warning for each that cannot be tagged."""
    warnings: list[Problem] = []
    for contact in sorted(contacts):
        entry = folder.people.by_id.get(contact)
        tags = entry.contact.tags if entry else ()
        if entry and BOUNCED not in tags:
            try:
                write_values(folder.people, {contact: {"tags": [*tags, BOUNCED]}})
            except OutreachError as error:
                warnings += [replace(problem, severity="warning") for problem in error.problems]
    return warnings
