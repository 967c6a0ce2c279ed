"""Erase a person from contacts, letters, journal and archive, and keep anonymous counts (GDPR art. 17)."""

import json
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from outreach.campaign.paths import (
    ARCHIVE,
    CONTACTS,
    EMAIL,
    FORGETTING,
    JOURNAL,
    JOURNAL_COPY,
    MANIFEST,
    PENDING,
    PRINT_RECORD,
    SENDING,
    bundle_path,
    shown_path,
)
from outreach.errors import OutreachError, Problem, WorldError
from outreach.files.atomic import copy_ending, delete, write_whole
from outreach.files.reading import files_in
from outreach.files.tables import is_spreadsheet
from outreach.journal.event import (
    Answered,
    ArchivedFile,
    Event,
    Forgotten,
    Received,
    Sent,
    files_of,
    tombstone,
    tombstones,
)
from outreach.journal.journal import Journal, has_journal, is_held_in, known_contact, open_journal
from outreach.journal.mail import MailEntry
from outreach.journal.recording.recorder import Recorder
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.letters.formats.formats import FORMATS
from outreach.letters.piece import Manifest, Piece
from outreach.letters.template import RESERVED
from outreach.people.addressing import address_lines
from outreach.people.contact_files import without, without_exported
from outreach.post.email.drafts import ENDING
from outreach.post.email.outbox import Outbox
from outreach.post.print_record import PrintRecord

_COUNTED = (Sent, Received, Answered)
_JOURNAL_FILES = (JOURNAL, f"{JOURNAL}-wal", f"{JOURNAL}-shm", JOURNAL_COPY, FORGETTING)
_LARGEST = 1 << 26
"""Bytes of a package that is looked into."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file that names the person and is to name it no more."""

    path: str
    """Relative to the campaign."""
    make: Callable[[], object]
    is_deletion: bool = False
    is_index: bool = False
    """It tells which other files name the person, so it is changed after them."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What there is of a person."""

    identifier: str
    events: int
    changes: tuple[Change, ...]
    """Files of the program's that name the person, by their paths."""
    shared: tuple[ArchivedFile, ...]
    """Archived for others too, as a joint letter is; they are kept."""
    left: tuple[str, ...]
    """Other files of the campaign in which the id stands, and that may be the user's own."""


@dataclass(frozen=True, slots=True)
class _Person:
    """Whom to look for, and where."""

    folder: Folder
    out: Path
    identifier: str
    manifest: Manifest
    pieces: list[Piece] = field(default_factory=list)
    """Letters that name the person."""
    addressed: list[Piece] = field(default_factory=list)
    """Those of them whose address does; a joint one may name another alone."""

    @property
    def root(self) -> Path:
        """The campaign folder."""
        return self.folder.campaign.root

    def deleted(self, path: Path) -> Change:
        """Return that a file goes."""
        return Change(shown_path(path, self.root), partial(delete, path), is_deletion=True)

    def changed(self, path: Path, content: bytes, *, is_index: bool = False) -> Change:
        """Return that a file stays without the person."""
        shown = shown_path(path, self.root)
        return Change(shown, partial(write_whole, path, content, shown), is_index=is_index)


def find_traces(folder: Folder, journal: Journal, out: Path, identifier: str) -> Traces:
    """Return what `forget` would erase.

    Raises:
        InputError: there is no such contact, in the contact files or in the journal; or a file in which it
            may be cannot be understood.
    """
    history = journal.history()
    known_contact(folder.people, history, identifier)
    own, shared = _archived(history.events, journal.store.mail.read(), identifier)
    changes = _changes(_person(folder, out, identifier), journal, own)
    events = sum(event.contact == identifier for event in history.events)
    if not (changes or events or shared):
        folder.people.entry(identifier)  # forgotten already, and nothing is left
    named = {change.path for change in changes}
    left = tuple(name for name in _others(folder.campaign.root, identifier) if name not in named)
    return Traces(identifier, events, changes, tuple(shared), left)


def forget(
    folder: Folder, journal: Journal, out: Path, identifier: str, recorder: Recorder
) -> tuple[Change, ...]:
    """Erase the person from the journal, then from files; return what became of those.

    Only counts are kept, in an event that names nobody. Cut off in between, `finish_forgetting` goes on.

    Raises:
        WorldError: the journal cannot be written, and nothing has happened; or a file cannot be changed.
    """
    root = folder.campaign.root
    everything = journal.store.read()
    archived, _shared = _archived(everything, journal.store.mail.read(), identifier)
    events = [event for event in everything if event.contact == identifier]
    note = {"contact": identifier, "archive": [[file.name, file.sha256] for file in archived]}
    write_whole(root / FORGETTING, json.dumps(note).encode())
    try:
        journal.store.forget(_forgotten(recorder, identifier, events))
    except OutreachError:
        delete(root / FORGETTING)
        raise
    try:
        return _finish(_person(folder, out, identifier), journal, archived)
    except WorldError as error:
        message = _("'{id}' is erased from the journal, but not from every file", id=identifier)
        raise WorldError(
            *error.problems, Problem("", 0, message, _("the next command goes on"), code="half-forgotten")
        ) from error


def unfinished(root: Path) -> str:
    """Return the id of whom a forgetting was cut off; an empty text for none."""
    return _read_note(root)[0]


def finish_forgetting(folder: Folder, out: Path) -> tuple[Change, ...]:
    """Do what is left of a forgetting that was cut off after it was recorded, and return what that was.

    Raises:
        InputError: a file in which the person may be cannot be understood.
        WorldError: a file cannot be changed.
    """
    root = folder.campaign.root
    identifier, archived = _read_note(root)
    if not identifier or not has_journal(root):
        return ()
    with open_journal(root, folder.campaign.country) as journal:
        events = journal.store.read()
        if tombstone(identifier) not in tombstones(events):
            return ()  # it was cut off before anything had happened
        named = {file.sha256 for event in events for file in files_of(event)}
        named |= {entry.sha256 for entry in journal.store.mail.read() if entry.file}
        orphans = [file for file in archived if file.sha256 not in named]
        return _finish(_person(folder, out, identifier), journal, orphans)


def _finish(person: _Person, journal: Journal, archived: Iterable[ArchivedFile]) -> tuple[Change, ...]:
    """Change the files; what tells which ones name the person comes last, so that it can be done again."""
    journal.store.compact()
    changes = _changes(person, journal, archived)
    for is_index in (False, True):
        failed: list[Problem] = []
        for change in changes:
            try:
                if change.is_index == is_index:
                    change.make()
            except WorldError as error:
                failed += error.problems
        if failed:
            raise WorldError(*failed)
    delete(person.root / FORGETTING)
    return changes


def _read_note(root: Path) -> tuple[str, list[ArchivedFile]]:
    """Return whom a forgetting was to erase, and the archived files; one cut short says nothing."""
    try:
        note = json.loads((root / FORGETTING).read_text(encoding="utf-8"))
        files = [ArchivedFile(str(name), str(sha256)) for name, sha256 in note["archive"]]
        return str(note["contact"]), [file for file in files if re.fullmatch("[0-9a-f]{64}", file.sha256)]
    except (OSError, ValueError, TypeError, KeyError):
        return "", []


def _archived(
    events: Iterable[Event], mail: Iterable[MailEntry], identifier: str
) -> tuple[list[ArchivedFile], list[ArchivedFile]]:
    """Return the files archived for a person alone, e-mails among them, and those for others too."""
    known = [(event.contact, file) for event in events for file in files_of(event)]
    known += [(entry.contact, entry.file) for entry in mail if entry.file]
    own = {file for contact, file in known if contact == identifier}
    others = {file.sha256 for contact, file in known if contact != identifier}
    found = sorted(own, key=lambda file: file.path)
    return (
        [file for file in found if file.sha256 not in others],
        [file for file in found if file.sha256 in others],
    )


def _forgotten(recorder: Recorder, identifier: str, events: list[Event]) -> Forgotten:
    counts: Mapping[str, int] = {
        kind.KIND: count for kind in _COUNTED if (count := sum(isinstance(event, kind) for event in events))
    }
    return Forgotten(**recorder.header(recorder.today), tombstone=tombstone(identifier), counts=counts)


def _person(folder: Folder, out: Path, identifier: str) -> _Person:
    manifest, home = Manifest(out), folder.campaign.country
    pieces = [piece for piece in manifest.pieces() if identifier in (*piece.contacts, piece.addressee)]
    entries = (entry for entry in folder.people.entries if entry.contact.id == identifier)
    names = {line for entry in entries for line in address_lines(entry.contact, home)[:1]}
    addressed = [piece for piece in pieces if piece.addressee == identifier or names & set(piece.address)]
    return _Person(folder, out, identifier, manifest, pieces, addressed)


def _changes(person: _Person, journal: Journal, archived: Iterable[ArchivedFile]) -> tuple[Change, ...]:
    """Return what is to become of each file that names the person, by path."""
    found = [change for room in _ROOMS for change in room(person)]
    paths = (person.root / ARCHIVE / file.path for file in archived)
    found += [person.deleted(path) for path in paths if path.is_file()]
    copy = person.root / JOURNAL_COPY
    if copy.is_file() and is_held_in(copy, person.identifier):
        found.append(Change(JOURNAL_COPY, partial(journal.store.copy_to, copy)))
    return tuple(sorted(found, key=lambda change: change.path))


def _printed(person: _Person) -> Iterator[Change]:
    """Yield files of the print run that name the person, the rows of lists, and the record of the run."""
    record = PrintRecord(person.out)
    gone = record.files_naming(person.identifier, person.pieces)
    yield from (person.deleted(person.out / name) for name in gone)
    for path, content in record.lists_without(person.identifier, person.addressed):
        yield person.changed(path, content)
    index = record.without(person.identifier, gone)
    if index is not None:
        yield person.changed(person.out / PRINT_RECORD, index, is_index=True)


def _letters(person: _Person) -> Iterator[Change]:
    """Yield letters that name the person, bundles, and the copies kept of either; then the manifest."""
    named = {file.path for piece in person.pieces for file in piece.files}
    own = {f"{person.identifier}.{kind}" for kind in FORMATS}
    bundle = bundle_path(person.identifier)
    for path in sorted(person.out.rglob("*")):
        name = path.relative_to(person.out).as_posix().removesuffix(copy_ending(path.name))
        first, _sign, _rest = name.partition("/")
        is_own = (name.rpartition("/")[2] in own and first not in RESERVED) or name == bundle
        if (is_own or name in named) and path.is_file():
            yield person.deleted(path)
    yield from _record(person, person.manifest, named)


def _emails(person: _Person) -> Iterator[Change]:
    """Yield drafts of e-mails to the person or about it, copies, their record, and what was cut off."""
    folder, identifier = person.out / EMAIL, person.identifier
    manifest = Manifest(folder)
    pieces = [piece for piece in manifest.pieces() if identifier in (*piece.contacts, piece.addressee)]
    named = {file.path for piece in pieces for file in piece.files}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix().removesuffix(copy_ending(path.name))
        if (name in named or name.endswith(f"/{identifier}.{ENDING}")) and path.is_file():
            yield person.deleted(path)
    yield from _record(person, manifest, named)
    left = Outbox(person.root).without(identifier)
    if left is not None:
        path = person.root / SENDING
        yield person.changed(path, left) if left else person.deleted(path)


def _record(person: _Person, manifest: Manifest, named: Collection[str]) -> Iterator[Change]:
    """Yield the manifest of a folder, where it, or what a run that was killed left, names the person."""
    pending = manifest.folder / PENDING
    lines = pending.read_bytes().splitlines(keepends=True) if pending.is_file() else []
    kept = [line for line in lines if f"/{person.identifier}.".encode() not in line]
    if named or kept != lines:
        save = partial(_save_without, manifest, named, b"".join(kept))
        yield Change(shown_path(manifest.folder / MANIFEST, person.root), save, is_index=True)


def _save_without(manifest: Manifest, names: Iterable[str], pending: bytes) -> None:
    """Save a manifest without some files, and what a run that was killed had still to say of others."""
    for name in names:
        manifest.remove(name)
    manifest.save()
    if pending:
        write_whole(manifest.folder / PENDING, pending)


def _contact_files(person: _Person) -> Iterator[Change]:
    """Yield the files that hold the contact, copies among them, and tables that were made of contacts."""
    root, identifier = person.root, person.identifier
    holding = {entry.path for entry in person.folder.people.entries if entry.contact.id == identifier}
    for path in files_in(root / CONTACTS, f"{CONTACTS}/"):
        name = shown_path(path, root)
        content = without(path, identifier, name) if name in holding or copy_ending(name) else None
        if content is not None:
            yield person.changed(path, content, is_index=True)
    for path in files_in(root, ""):
        content = without_exported(path, identifier, path.name)
        if content is not None:
            yield person.changed(path, content)


_ROOMS = (_letters, _printed, _emails, _contact_files)
"""Each yields the changes of one room's files."""


def _others(root: Path, identifier: str) -> Iterator[str]:
    """Yield further files in which the id stands as a word, as exports that were kept beside the campaign."""
    word = re.compile(rb"(?<![\w-])" + re.escape(identifier.encode()) + rb"(?![\w-])")
    for folder in (root, root / CONTACTS):
        for path in files_in(folder, folder.name):
            is_table = path.suffix.lower() in (".toml", ".csv") or copy_ending(path.name)
            is_read = is_table if folder != root else path.name in _JOURNAL_FILES
            if not is_read and any(map(word.search, _contents(path))):
                yield shown_path(path, root)


def _contents(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes, and those of what it packs, as a spreadsheet does."""
    try:
        content = path.read_bytes()
        yield content
        if is_spreadsheet(content):
            with zipfile.ZipFile(path) as package:
                small = [part for part in package.infolist() if part.file_size < _LARGEST]
                yield from map(package.read, small)
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError):
        return  # it cannot be looked into, and is nothing of ours
