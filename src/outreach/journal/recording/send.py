"""Record letters as sent: archive the exact files, then add one event for each addressee, all or none."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path

from outreach.errors import InputError, Problem, RefusedError, WorldError, did_you_mean, reason
from outreach.files.digest import digest
from outreach.files.tables import read_table
from outreach.journal.archive import Archive, ArchivedFile
from outreach.journal.case import Key, key_of, sending_key, sent_follow_ups
from outreach.journal.event import Event, effective
from outreach.journal.journal import Journal, Recorder, check_day
from outreach.journal.tracking import tracking_fault
from outreach.journal.words import data_word
from outreach.language import _
from outreach.letters.folder import Folder, first_letters
from outreach.letters.piece import ManifestEntry, is_edited, read_entries
from outreach.people.selectors import select
from outreach.processes import in_processes

_MANY = 2000
"""Files from which more processes are worth their start."""
_BATCH = 100
"""Files that a process copies before it takes the next."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What was sent, as the command line says it."""

    letters: tuple[str, ...]
    on: date
    channel: str
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    tracking: str = ""
    """Of the one letter that is recorded."""
    tracking_file: Path | None = None
    """CSV with the columns contact and number."""
    again: bool = False
    reason: str = ""
    """Why again."""
    dry_run: bool = False
    """Check everything and record nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class _Document:
    """One letter as it lies in out/, in all its formats."""

    entries: tuple[ManifestEntry, ...]

    @property
    def first(self) -> ManifestEntry:
        """What all formats have in common."""
        return self.entries[0]


def send(
    folder: Folder, journal: Journal, out: Path, sending: Sending, recorder: Recorder
) -> tuple[list[Event], list[Problem]]:
    """Record the letters as sent; return the events and warnings, as of a tracking number that looks wrong.

    Args:
        folder: The campaign.
        journal: Where to record.
        out: The folder of the generated letters; a file that was edited by hand is what was sent.
        sending: What was sent.
        recorder: Who records, and when.

    Raises:
        InputError: a letter was never generated, a day is impossible, a selector or number is faulty.
        RefusedError: contact, letter and channel are recorded already; nothing was recorded.
        WorldError: the journal or the archive cannot be written; nothing was recorded.
    """
    check_day(sending.on, recorder.today)
    pairs, left_out = _addressed(folder, out, sending)
    if not (sending.wanted or sending.again):
        pairs = _not_yet_recorded(pairs, journal.store.read())
    others = {template.name for template in folder.templates} - set(sending.letters)
    numbers, strange = _numbers(sending, pairs, others)
    roles = {contact.id: contact.role for contact in folder.contacts}
    entries = {entry.path: entry for _, document in pairs for entry in document.entries}
    gone = [_gone(entry) for entry in entries.values() if not (out / entry.path).is_file()]
    if gone:
        raise InputError(*gone)
    with journal.store.writing():
        if not sending.again:
            _refuse_twice(pairs, sending, effective(journal.store.read()))
        files = _archived(out, list(entries.values()), None if sending.dry_run else journal.archive)
        events = [
            _event(
                contact, roles.get(contact, ""), document, sending, recorder, numbers.get(document, ""), files
            )
            for contact, document in pairs
        ]
        if not sending.dry_run:
            journal.archive.flush(files.values())
            journal.store.append(events)
    return events, [*left_out, *strange]


def _generated(out: Path, letters: Collection[str]) -> dict[tuple[str, str], list[ManifestEntry]]:
    """Return the files of each letter to each contact, by letter and contact; of `letters` those that count.

    They are those of the letter's last date: a format that was not made again, as with `--format`, is another
    letter, and so is one whose file was deleted. One that was edited by hand may be what was sent, and is not
    dropped unseen.
    """
    found: dict[tuple[str, str], list[ManifestEntry]] = {}
    for entry in read_entries(out):
        found.setdefault((entry.letter, entry.contact), []).append(entry)
    for name, entries in found.items():
        if len(entries) > 1 and name[0] in letters:
            last = max(entry.date for entry in entries)
            kept = [entry for entry in entries if entry.date == last or is_edited(out, entry)]
            found[name] = [entry for entry in kept if (out / entry.path).is_file()] or kept
    return found


def _addressed(
    folder: Folder, out: Path, sending: Sending
) -> tuple[list[tuple[str, _Document]], list[Problem]]:
    """Return each addressee with the document to record, in the order of letters and contacts.

    Besides, a warning for each letter that is left out since it is not meant for its contact any more.
    """
    chosen = [contact.id for contact in select(folder.contacts, sending.wanted, sending.unwanted)]
    documents = _generated(out, sending.letters)
    warnings: list[Problem] = []
    ids = {contact.id for contact in folder.contacts}
    if not sending.wanted:
        for letter, contact in _leftovers(folder, documents, sending.letters):
            del documents[letter, contact]
            message = _("'{contact}' is not in the audience any more and is left out", contact=contact)
            hint = _("say --to {contact} if the letter went", contact=contact) if contact in ids else ""
            warnings.append(Problem(f"letters/{letter}.md", 0, message, hint, "warning"))
    pairs: list[tuple[str, _Document]] = []
    problems: list[Problem] = []
    known = sorted({letter for letter, _ in documents})
    for letter in dict.fromkeys(sending.letters):
        of_contact: dict[str, list[_Document]] = {}
        for (name, _contact), entries in documents.items():
            document = _Document(tuple(entries))
            for contact in document.first.contacts if name == letter else ():
                of_contact.setdefault(contact, []).append(document)
        documents_chosen = dict.fromkeys(
            document for contact in chosen for document in of_contact.get(contact, ())
        )
        # A joint letter is recorded for each of its addressees, whichever of them was named.
        found = [(contact, document) for document in documents_chosen for contact in document.first.contacts]
        gone = [problem for problem in warnings if problem.path == f"letters/{letter}.md"]
        if not found and gone:
            problems += [replace(problem, severity="error") for problem in gone]
        elif not found:
            message = (
                _("no letter '{letter}' was generated for those contacts", letter=letter)
                if sending.wanted
                else _("no letter '{letter}' was generated", letter=letter)
            )
            hint = did_you_mean(letter, known) or _("run `outreach generate {letter}` first", letter=letter)
            problems.append(Problem("", 0, message, hint))
        for document in documents_chosen:
            problems += _faults(document, sending.on)
        pairs += found
    if problems:
        raise InputError(*dict.fromkeys(problems))
    return pairs, warnings


def _faults(document: _Document, on: date) -> Iterator[Problem]:
    if len({entry.composed for entry in document.entries}) > 1:
        paths = " / ".join(entry.path for entry in document.entries)
        hint = _("generate it again in all formats, or delete the file that was not sent")
        yield Problem(paths, 0, _("these are not the same letter"), hint)
    written = date.fromisoformat(document.first.date)
    if on < written:
        message = _("--on {on} lies before the letter's own date, {written}", on=on, written=written)
        yield Problem(document.first.path, 0, message, _("give the day of posting"))


def _leftovers(
    folder: Folder, documents: Iterable[tuple[str, str]], letters: Iterable[str]
) -> list[tuple[str, str]]:
    """Return the letters to contacts that an opening letter's audience does not name any more."""
    opening = {template.name: template for template in folder.first_templates}
    meant = {
        (name, document.contact)
        for name in letters
        if name in opening
        for document in first_letters(folder, [opening[name]])
    }
    return [one for one in documents if one[0] in letters and one[0] in opening and one not in meant]


def _not_yet_recorded(
    pairs: list[tuple[str, _Document]], events: Sequence[Event]
) -> list[tuple[str, _Document]]:
    """Leave out follow-up letters of an earlier day that went by whatever channel, if others remain."""
    recorded = sent_follow_ups(events)
    left = [
        (contact, document)
        for contact, document in pairs
        if (contact, document.first.letter, document.first.date) not in recorded
    ]
    return left or pairs


def _archived(
    out: Path, entries: Sequence[ManifestEntry], archive: Archive | None
) -> dict[str, ArchivedFile]:
    """Keep the files and return the record of each by its path; without an archive, the records alone."""
    keep = partial(_keep, out, archive)
    if len(entries) < _MANY:
        files = keep(entries)
    else:
        batches = (entries[start : start + _BATCH] for start in range(0, len(entries), _BATCH))
        files = list(chain.from_iterable(in_processes(keep, batches, os.cpu_count() or 1)))
    return {entry.path: file for entry, file in zip(entries, files, strict=True)}


def _keep(out: Path, archive: Archive | None, entries: Sequence[ManifestEntry]) -> list[ArchivedFile]:
    return [_kept(out, entry, archive) for entry in entries]


def _kept(out: Path, entry: ManifestEntry, archive: Archive | None) -> ArchivedFile:
    content = _read(out / entry.path, entry)
    name = Path(entry.path).name
    return archive.put(name, content) if archive else ArchivedFile(name, digest(content))


def _read(path: Path, entry: ManifestEntry) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(_gone(entry)) from error
    except OSError as error:
        raise WorldError(Problem(entry.path, 0, _("cannot be read"), reason(error))) from error


def _gone(entry: ManifestEntry) -> Problem:
    hint = _("run `outreach generate {letter}` again", letter=entry.letter)
    return Problem(entry.path, 0, _("the generated file is gone"), hint)


def _refuse_twice(pairs: Sequence[tuple[str, _Document]], sending: Sending, events: Sequence[Event]) -> None:
    first: dict[Key, Event] = {}
    for event in events:
        if event.kind == "sent":
            first.setdefault(sending_key(event), event)
    problems = []
    for contact, document in pairs:
        entry = document.first
        earlier = first.get(key_of(contact, entry.letter, sending.channel, entry.kind, entry.date))
        if earlier:
            message = _(
                "letter '{letter}' to '{contact}' was sent by {channel} on {at}",
                letter=earlier.letter,
                contact=contact,
                channel=data_word(sending.channel),
                at=earlier.at,
            )
            problems.append(Problem("", 0, message, _("say --again --reason TEXT if it was sent once more")))
    if problems:
        raise RefusedError(*problems)


def _event(  # noqa: PLR0913, PLR0917  (what one record is made of)
    contact: str,
    role: str,
    document: _Document,
    sending: Sending,
    recorder: Recorder,
    tracking: str,
    files: Mapping[str, ArchivedFile],
) -> Event:
    entry = document.first
    return recorder.event(
        "sent",
        sending.on,
        contact,
        entry.letter,
        channel=sending.channel,
        tracking=tracking,
        title=entry.title,
        letter_kind=entry.kind,
        role=role,
        date=entry.date,
        address=list(entry.address),
        questions=list(entry.questions),
        follows=list(entry.follows),
        reply_by=entry.reply_by,
        together=list(entry.contacts) if len(entry.contacts) > 1 else [],
        files=[files[item.path].to_data() for item in document.entries],
        edited=any(files[item.path].sha256 != item.sha256 for item in document.entries),
        version=entry.version,
        again=sending.again,
        reason=sending.reason,
    )


def _numbers(
    sending: Sending, pairs: Sequence[tuple[str, _Document]], others: Collection[str]
) -> tuple[dict[_Document, str], list[Problem]]:
    """Return the tracking number of each document, and a warning for each that looks wrong.

    Args:
        sending: What was sent.
        pairs: Addressees and documents to record.
        others: Names of letters that are not recorded now.
    """
    documents = dict.fromkeys(document for _, document in pairs)
    numbers: dict[_Document, str] = {}
    if sending.tracking:
        if len(documents) != 1:
            message = _("--tracking goes with one letter, {count} are recorded", count=len(documents))
            raise InputError(Problem("", 0, message, _("give --to ID, or the numbers with --tracking-file")))
        numbers[next(iter(documents))] = sending.tracking
    if sending.tracking_file:
        numbers |= _read_numbers(sending.tracking_file, documents, others)
    warnings = []
    for document, number in numbers.items():
        fault = tracking_fault(number)
        if fault:
            message = _("contact '{contact}': {fault}", contact=document.first.contact, fault=fault)
            warnings.append(Problem("", 0, message, _("recorded as it is"), "warning"))
    return numbers, warnings


def _read_numbers(
    path: Path, documents: Iterable[_Document], others: Collection[str]
) -> dict[_Document, str]:
    """Read the columns contact and number, and letter where a contact got several.

    A joint letter stands under "joint" or any of its addressees; rows of other letters are left for later.
    """
    table = read_table(path)
    columns = _columns(table.header, path.name)
    known: dict[str, list[_Document]] = {}
    for document in documents:
        for name in dict.fromkeys((document.first.contact, *document.first.contacts)):
            known.setdefault(name, []).append(document)
    numbers: dict[_Document, str] = {}
    taken: dict[str, _Document] = {}
    problems = []
    for line, cells in table.rows:
        row = {name: cells[place].strip() for name, place in columns.items() if place < len(cells)}
        contact, number, letter = (row.get(name, "") for name in ("contact", "number", "letter"))
        if not number or letter in others:
            continue
        meant = [document for document in known.get(contact, ()) if letter in ("", document.first.letter)]
        if not meant:
            shown = f"{contact} {letter}".strip()
            hint = did_you_mean(contact, list(known))
            if contact in known:
                hint = did_you_mean(letter, [document.first.letter for document in known[contact]])
            message = _("'{contact}' is not among those recorded", contact=shown)
            problems.append(Problem(path.name, line, message, hint))
        elif len(meant) > 1:
            message = _("several letters to '{contact}' are recorded", contact=contact)
            hint = _("say which in a column letter")
            problems.append(Problem(path.name, line, message, hint))
        elif numbers.get(meant[0], number) != number or taken.setdefault(number, meant[0]) != meant[0]:
            message = _("the number {number} contradicts another row", number=number)
            problems.append(Problem(path.name, line, message, _("each letter has its own")))
        numbers.update(dict.fromkeys(meant, number))
    if problems:
        raise InputError(*problems)
    return numbers


def _columns(header: Sequence[str], shown: str) -> dict[str, int]:
    """Return the place of each column by its name in small letters."""
    columns = {cell.casefold(): place for place, cell in enumerate(header)}
    missing = [name for name in ("contact", "number") if name not in columns]
    if missing:
        raise InputError(
            Problem(
                shown,
                1,
                _("there is no column '{name}'", name=missing[0]),
                _("the header is {header}", header=", ".join(header)),
            )
        )
    return columns
