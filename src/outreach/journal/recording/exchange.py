"""Exchange journals: events as JSON Lines, or with the files that they speak of, as ZIP."""

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from outreach.campaign.paths import ARCHIVE, JOURNAL
from outreach.errors import InputError, Problem, WorldError, reason
from outreach.files.digest import digest
from outreach.files.package import refuse_bomb
from outreach.files.reading import read_start, read_text, text_of
from outreach.journal.archive import Archive
from outreach.journal.chain import Head, heads_line, read_heads_line
from outreach.journal.codec import EventError, from_line, to_line, unread_in
from outreach.journal.event import Event, files_of, tombstone, tombstones, without_forgotten
from outreach.journal.journal import Journal
from outreach.journal.rules import faults
from outreach.journal.store import Store
from outreach.language import _

_LINES = "journal.jsonl"
"""The events' name in a package; the files lie beside it as they do in the campaign folder."""
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""Of every member, so that the same journal makes the same bytes."""


def log_lines(events: Iterable[Event]) -> bytes:
    """Return events as JSON Lines, in their order."""
    return "".join(f"{to_line(event)}\n" for event in events).encode()


def export_lines(store: Store) -> bytes:
    """Return a journal as JSON Lines: how far it and others are known to have come, then its events."""
    events, heads = store.read(), store.heads()
    first = f"{heads_line(heads, len(events))}\n" if heads else ""
    return first.encode() + log_lines(events)


def write_package(journal: Journal, target: Path) -> None:
    """Write a journal and the archived files that its events speak of into a ZIP.

    `Archive.verify` says before which files are missing or altered; those are left out.

    Raises:
        OSError: the package cannot be written, or a file not read.
    """
    files = {file.path for event in journal.store.read() for file in files_of(event)}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(_member(_LINES), export_lines(journal.store))
        for name in sorted(files):
            path = journal.archive.folder / name
            if not path.is_file():
                continue
            content = path.read_bytes()
            if digest(content) == path.stem:
                package.writestr(_member(f"{ARCHIVE}/{name}"), content)


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _ZIP_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    count: int
    """Events that were not there yet."""
    forgotten: tuple[str, ...]
    """Contacts that somebody forgot elsewhere, and of whom something is here."""
    added: tuple[str, ...] = ()
    """Ids of the events that were not there yet."""
    lost: tuple[Problem, ...] = ()
    """A warning for each journal that has lost events, as heads show."""
    files: int = 0
    """Archived files that were not there yet."""

    def problems(self) -> list[Problem]:
        """Return a warning for each journal that lost events, and each contact to be forgotten here too."""
        return [
            *self.lost,
            *self._to_forget(),
        ]

    def _to_forget(self) -> list[Problem]:
        return [
            Problem(
                "",
                0,
                _("'{contact}' was forgotten on another computer", contact=name),
                _("do the same here: outreach contacts forget {contact}", contact=name),
                "warning",
                code="forgotten-elsewhere",
            )
            for name in self.forgotten
        ]


def import_log(journal: Journal, source: Path, contacts: Iterable[str] = ()) -> Imported:
    """Add the events of an export that are not there yet, in whatever order.

    Whoever was forgotten in either journal is in neither afterwards, and the archive keeps no file of theirs.

    Args:
        journal: The journal.
        source: The export, with or without the files.
        contacts: Ids of the campaign's contacts, to tell who of them was forgotten.

    Raises:
        InputError: a line is no event, or says something else of an event that is known; all such lines.
        WorldError: the file cannot be read.
    """
    name = source.name
    events, heads, problems = read_export(source)
    with journal.store.writing():
        before, messages = journal.store.read(), journal.store.mail.read()
        stones = tombstones([*before, *events])
        living = without_forgotten(before, stones)
        known = {event.id: event for event in living}
        for event in without_forgotten(events, stones):
            if known.setdefault(event.id, event) != event:
                hint = _("an event never changes; undo it with another")
                problems.append(
                    Problem(
                        name,
                        0,
                        _("event {id} differs from the one here", id=event.id),
                        hint,
                        code="event-differs",
                    )
                )
        if problems:
            raise InputError(*problems)
        arrived = _take_files(source, journal.archive, without_forgotten(events, stones))
        lost = journal.store.meet(heads, name)
        added = journal.store.merge(events)
    if living != before:
        journal.store.compact()
        kept = {file.sha256 for event in living for file in files_of(event)}
        kept |= {entry.sha256 for entry in journal.store.mail.read() if entry.file}
        gone = {file for event in before for file in files_of(event) if file.sha256 not in kept}
        gone |= {entry.file for entry in messages if entry.file and entry.sha256 not in kept}
        journal.archive.remove(sorted(gone, key=lambda file: file.path))
    named = {event.contact for event in before} | set(contacts)
    return Imported(
        added,
        tuple(sorted(name for name in named if name and tombstone(name) in stones)),
        tuple(known.keys() - {event.id for event in before}),
        tuple(lost),
        arrived,
    )


def _take_files(source: Path, archive: Archive, events: Iterable[Event]) -> int:
    """Put the files of a package that events speak of into the archive, and return how many were new.

    What a package holds besides is not looked at, and neither are its own names: a file is asked for by the
    place that its hash gives it.

    Raises:
        InputError: a file is not the one that its name says; all such files, and none was put.
        WorldError: one cannot be written.
    """
    if not _is_package(source):
        return 0
    with _opened(source) as package:
        held = set(package.namelist())
        wanted = {file.path: file for event in events for file in files_of(event)}
        found = [file for place, file in sorted(wanted.items()) if f"{ARCHIVE}/{place}" in held]
        new = [file for file in found if not (archive.folder / file.path).is_file()]
        altered = [
            Problem(
                f"{source.name}: {file.path}",
                0,
                _("was altered on the way"),
                _("export it again"),
                code="broken-export",
            )
            for file in new
            if digest(package.read(f"{ARCHIVE}/{file.path}")) != file.sha256
        ]
        if altered:
            raise InputError(*altered)
        for file in new:
            archive.put(file.name, package.read(f"{ARCHIVE}/{file.path}"))
        archive.flush(new)
    return len(new)


def _is_package(source: Path) -> bool:
    return read_start(source).startswith(b"PK")


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    """Open an export with files, once it is known to unpack.

    Raises:
        InputError: it does not, or would beyond measure.
        WorldError: it cannot be read.
    """
    refuse_bomb(source, source.name)
    try:
        with zipfile.ZipFile(source) as package:
            yield package
    except OSError as error:
        raise WorldError(
            Problem(source.name, 0, _("cannot be read"), reason(error), code="unreadable")
        ) from error


def _text(source: Path) -> str:
    if not _is_package(source):
        return read_text(source, source.name)
    with _opened(source) as package:
        if _LINES not in package.namelist():
            hint = _("`outreach log export FILE --with-files` makes one")
            raise InputError(Problem(source.name, 0, _("holds no journal"), hint, code="broken-export"))
        return text_of(package.read(_LINES), source.name)


def read_export(source: Path) -> tuple[list[Event], list[Head], list[Problem]]:
    """Return events and heads of an export, or of several in one file, and a Problem for whatever is neither.

    Raises:
        WorldError: the file cannot be read.
    """
    events: list[Event] = []
    heads: list[Head] = []
    problems: list[Problem] = []
    name, expected, lines = source.name, 0, 0
    for number, line in enumerate(_text(source).split("\n"), 1):
        if not line.strip():
            continue
        known = read_heads_line(line)
        if known:
            expected += known[0]
            heads += known[1]
            continue
        lines += 1
        try:
            event, row = from_line(line)
            wrong = list(faults(event, row))
            events.append(event)
        except EventError as error:
            wrong = [str(error)]
        problems += [
            Problem(
                name,
                number,
                _("is no event: {error}", error=error),
                _("export it again"),
                code="broken-export",
            )
            for error in wrong
        ]
    if lines < expected:
        message = _("holds {count} of {expected} exported events", count=lines, expected=expected)
        problems.append(Problem(name, 0, message, _("export it again"), code="broken-export"))
    return events, heads, problems


def unknown_events(events: Iterable[Event]) -> list[Problem]:
    """Return a warning for what a newer version recorded and this one does not know; it is kept."""
    found: dict[str, Event] = {}
    for event in events:
        for word in unread_in(event):
            found.setdefault(word, event)
    return [
        Problem(
            JOURNAL,
            0,
            _("event {id} holds '{word}', which this version does not know", id=event.id, word=word),
            _("it is kept; install a newer version of outreach"),
            "warning",
            code="event-unknown",
        )
        for word, event in found.items()
    ]
