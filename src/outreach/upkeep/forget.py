"""Erase a person from contacts, letters, journal and archive, and keep anonymous counts (GDPR art. 17)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from outreach.campaign.paths import CONTACTS, JOURNAL_COPY, bundle_path
from outreach.files.atomic import delete, write_whole
from outreach.files.reading import files_in
from outreach.journal.event import (
    Answered,
    ArchivedFile,
    Event,
    Forgotten,
    Received,
    Sent,
    files_of,
    tombstone,
)
from outreach.journal.journal import Journal, known_contact
from outreach.journal.recording.recorder import Recorder
from outreach.letters.folder import Folder
from outreach.letters.formats.formats import FORMATS
from outreach.letters.piece import Manifest, Piece
from outreach.letters.template import RESERVED
from outreach.people.addressing import address_lines
from outreach.people.contact import Entry
from outreach.people.contact_files import without
from outreach.post.print_record import PrintRecord

_COUNTED = (Sent, Received, Answered)


@dataclass(frozen=True, slots=True)
class Traces:
    """What there is of a person."""

    identifier: str
    entries: tuple[Entry, ...]
    """In the contact files; none for somebody who is only in the journal."""
    copies: tuple[str, ...]
    """Copies of contact files that an import left and that hold the person, relative to the campaign."""
    events: int
    files: tuple[ArchivedFile, ...]
    """Archived for this person alone."""
    shared: tuple[ArchivedFile, ...]
    """Archived for others too, as a joint letter is; they are kept."""
    letters: tuple[str, ...]
    """Generated files that name the person; a joint letter can be generated again without."""
    printed: tuple[str, ...]
    """Files of the print run that name the person, a bundle among them; they can be made again."""
    lists: tuple[str, ...]
    """Lists of the print run that others' numbers may stand in: only the person's rows go."""


def find_traces(folder: Folder, journal: Journal, out: Path, identifier: str) -> Traces:
    """Return what `forget` would erase.

    Raises:
        InputError: there is no such contact, in the contact files or in the journal.
    """
    history = journal.history()
    known_contact(folder.people, history, identifier)
    events = history.events
    entries = tuple(one for one in folder.people.entries if one.contact.id == identifier)
    own = {file for event in events if event.contact == identifier for file in files_of(event)}
    others = {file.sha256 for event in events if event.contact != identifier for file in files_of(event)}
    pieces = _pieces(Manifest(out), identifier)
    record = PrintRecord(out)
    letters = {file.path: None for piece in pieces for file in piece.files}
    printed = record.files_naming(identifier, pieces)
    bundle = bundle_path(identifier)
    traces = Traces(
        identifier=identifier,
        entries=entries,
        copies=tuple(_copies(folder.campaign.root, identifier)),
        events=sum(event.contact == identifier for event in events),
        files=tuple(sorted((file for file in own if file.sha256 not in others), key=_path)),
        shared=tuple(sorted((file for file in own if file.sha256 in others), key=_path)),
        letters=tuple(_with_backups(out, letters | dict.fromkeys(_unrecorded(out, identifier)))),
        printed=(*printed, *([bundle] if (out / bundle).is_file() else [])),
        lists=tuple(record.lists_naming(identifier, _naming(folder, pieces, identifier))),
    )
    if traces == Traces(identifier, (), (), 0, (), (), (), (), ()):
        folder.people.entry(identifier)  # forgotten already, and nothing is left
    return traces


def forget(folder: Folder, journal: Journal, out: Path, traces: Traces, recorder: Recorder) -> None:
    """Erase the person: generated letters, archived files, events, contact files; in that order.

    Only counts are kept, in an event that names nobody. Interrupted, it can be run again, since the contact
    files go last.

    Raises:
        WorldError: a file cannot be changed.
    """
    identifier, root = traces.identifier, folder.campaign.root
    events = [event for event in journal.store.read() if event.contact == identifier]
    manifest = Manifest(out)
    for name in traces.printed:
        delete(out / name)
    PrintRecord(out).forget(identifier, _naming(folder, _pieces(manifest, identifier), identifier))
    for name in traces.letters:
        delete(out / name)
        manifest.remove(name)
    if traces.letters:
        manifest.save()
    journal.store.forget(_forgotten(recorder, identifier, events))
    journal.store.compact()
    copy = root / JOURNAL_COPY
    if copy.is_file() and identifier.encode() in copy.read_bytes():
        journal.store.copy_to(copy)
    journal.archive.remove(traces.files)
    for name in dict.fromkeys([*traces.copies, *(entry.path for entry in traces.entries)]):
        content = without(root / name, identifier, name)
        if content is not None:
            write_whole(root / name, content, name)


def _forgotten(recorder: Recorder, identifier: str, events: list[Event]) -> Forgotten:
    counts: Mapping[str, int] = {
        kind.KIND: count for kind in _COUNTED if (count := sum(isinstance(event, kind) for event in events))
    }
    return Forgotten(**recorder.header(recorder.today), tombstone=tombstone(identifier), counts=counts)


def _pieces(manifest: Manifest, identifier: str) -> list[Piece]:
    """Return the letters that name the person."""
    return [piece for piece in manifest.pieces() if identifier in (*piece.contacts, piece.addressee)]


def _naming(folder: Folder, pieces: Iterable[Piece], identifier: str) -> list[Piece]:
    """Return those of the letters whose address names the person; a joint one may name another alone."""
    home = folder.campaign.country
    entries = (entry for entry in folder.people.entries if entry.contact.id == identifier)
    names = {line for entry in entries for line in address_lines(entry.contact, home)[:1]}
    return [piece for piece in pieces if piece.addressee == identifier or names & set(piece.address)]


def _unrecorded(out: Path, identifier: str) -> list[str]:
    """Return the person's letters that lie in the folder, whatever became of its manifest."""
    found = (path for name in FORMATS for path in out.rglob(f"{identifier}.{name}") if path.is_file())
    names = (path.relative_to(out) for path in found)
    return sorted(name.as_posix() for name in names if name.parts[0] not in RESERVED)


def _with_backups(out: Path, letters: Iterable[str]) -> Iterator[str]:
    """Yield each letter, then the copies that were kept of it when it was made anew."""
    for name in letters:
        yield name
        path = out / name
        backups = sorted(path.parent.glob(f"{path.name}.bak-*"))
        yield from (backup.relative_to(out).as_posix() for backup in backups)


def _copies(root: Path, identifier: str) -> list[str]:
    """Return the copies of contact files that hold the person."""
    shown = [
        path.relative_to(root).as_posix()
        for path in files_in(root / CONTACTS, f"{CONTACTS}/")
        if path.suffix.lower() == ".bak"
    ]
    return [name for name in shown if without(root / name, identifier, name) is not None]


def _path(file: ArchivedFile) -> str:
    return file.path
