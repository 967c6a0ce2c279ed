"""Erase a person from contacts, letters, journal and archive, and keep anonymous counts (GDPR art. 17)."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from outreach.files.atomic import delete, write_whole
from outreach.files.tables import separator_of, write_rows
from outreach.journal.archive import ArchivedFile, files_of
from outreach.journal.event import Event, tombstone
from outreach.journal.journal import Journal, Recorder
from outreach.letters.folder import Folder
from outreach.letters.piece import Manifest
from outreach.people.contact import Entry
from outreach.people.reading import FOLDER as CONTACTS
from outreach.people.reading import decode
from outreach.post.run import FOLDER as PRINT
from outreach.reports.bundle import FOLDER as BUNDLES


@dataclass(frozen=True, slots=True)
class Traces:
    """What there is of a person."""

    identifier: str
    entries: tuple[Entry, ...]
    """In the contact files; none for somebody who is only in the journal."""
    events: int
    files: tuple[ArchivedFile, ...]
    """Archived for this person alone."""
    shared: tuple[ArchivedFile, ...]
    """Archived for others too, as a joint letter is; they are kept."""
    letters: tuple[str, ...]
    """Generated files that name the person; a joint letter can be generated again without."""


def find_traces(folder: Folder, journal: Journal, out: Path, identifier: str) -> Traces:
    """Return what `forget` would erase.

    Raises:
        InputError: there is no such contact, in the contact files or in the journal.
    """
    events = journal.store.read()
    entries = tuple(one for one in folder.entries if one.contact.id == identifier)
    if not entries and not any(event.contact == identifier for event in events):
        folder.entry(identifier)  # raises, and names the near misses
    own = {file for event in events if event.contact == identifier for file in files_of(event)}
    others = {file.sha256 for event in events if event.contact != identifier for file in files_of(event)}
    return Traces(
        identifier=identifier,
        entries=entries,
        events=sum(event.contact == identifier for event in events),
        files=tuple(sorted((file for file in own if file.sha256 not in others), key=_name)),
        shared=tuple(sorted((file for file in own if file.sha256 in others), key=_name)),
        letters=tuple(made.path for made in Manifest(out).entries.values() if identifier in made.contacts),
    )


def forget(folder: Folder, journal: Journal, out: Path, traces: Traces, recorder: Recorder) -> None:
    """Erase the person: generated letters, archived files, events, contact files; in that order.

    Only counts are kept, in an event that names nobody. Interrupted, it can be run again, since the contact
    files go last.

    Raises:
        WorldError: a file cannot be changed.
    """
    identifier = traces.identifier
    kinds = [event.kind for event in journal.store.read(identifier)]
    manifest = Manifest(out)
    delete(out / BUNDLES / f"{identifier}.zip")
    for printed in sorted((out / PRINT).glob("*.*")):
        delete(printed)  # made again by `outreach print`
    for name in traces.letters:
        delete(out / name)
        del manifest.entries[name]
    if traces.letters:
        manifest.save()
    journal.archive.remove(traces.files)
    journal.store.erase(identifier)
    counts: Mapping[str, int] = {
        kind: kinds.count(kind) for kind in ("sent", "received", "answered") if kind in kinds
    }
    with journal.store.writing():
        journal.store.append([_forgotten(recorder, identifier, counts)])
    for name in dict.fromkeys(entry.path for entry in traces.entries):
        found = [entry for entry in traces.entries if entry.path == name]
        _remove_contact(folder.campaign.root, name, found)
    for copy in folder.campaign.path(CONTACTS).glob("*.bak"):  # which an import leaves
        if identifier in decode(copy, copy.name):
            delete(copy)


def _forgotten(recorder: Recorder, identifier: str, counts: Mapping[str, int]) -> Event:
    return recorder.event("forgotten", recorder.today, counts=counts, tombstone=tombstone(identifier))


def _remove_contact(root: Path, name: str, entries: Sequence[Entry]) -> None:
    """Write a contact file without the person."""
    path = root / name
    text = decode(path, name)
    if path.suffix.lower() == ".toml":
        for entry in reversed(entries):  # from the end, so that lines keep their numbers
            text = _without_table(text, entry)
        content = text.encode()
    else:
        content = _without_rows(text, entries[0].contact.id, is_marked=path.read_bytes().startswith(BOM_UTF8))
    write_whole(path, content, name)


def _without_table(text: str, entry: Entry) -> str:
    """Return a TOML text without the contact's table; comments right above a table belong to it."""
    lines = text.splitlines(keepends=True)
    start = entry.line - 1
    if not lines[start].lstrip().startswith("[["):
        document = tomlkit.parse(text)
        document["contact"] = [  # an array of inline tables
            table for table in document["contact"] if table.get("id") != entry.contact.id
        ]
        return tomlkit.dumps(document)
    end = next(
        (number for number in range(start + 1, len(lines)) if lines[number].lstrip().startswith("[[")),
        len(lines),
    )
    while end < len(lines) and lines[end - 1].lstrip().startswith("#"):
        end -= 1
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return "".join(lines[:start] + lines[end:])


def _without_rows(text: str, identifier: str, *, is_marked: bool) -> bytes:
    """Return a CSV without the rows of that id; the others keep their values, and it its byte order mark."""
    separator = separator_of(text.partition("\n")[0])
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    column = next(number for number, cell in enumerate(header) if cell.strip().casefold() == "id")
    kept = (row for row in rows if len(row) <= column or row[column].strip() != identifier)
    content = write_rows(header, kept, separator)
    return content if is_marked else content.removeprefix(BOM_UTF8)


def _name(file: ArchivedFile) -> str:
    return file.path
