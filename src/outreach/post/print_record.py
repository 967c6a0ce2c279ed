"""The PrintRecord: whom the files of a print run name, and its letters in order; out/print/run.json."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from outreach.campaign.paths import OUT, PRINT, PRINT_RECORD
from outreach.errors import OutreachError
from outreach.files.atomic import write_whole
from outreach.files.digest import file_digest
from outreach.files.reading import read_text, refuse_other_than_file
from outreach.files.tables import read_table, without_rows
from outreach.letters.formats.formats import PRINTED
from outreach.letters.piece import Piece

_MADE = re.compile(r"(?:reprint-)?(?:print|reprint|labels|envelopes|registered)(?:-\d{3})?\.pdf")
"""Names that the program gives to files of a print run."""


@dataclass(frozen=True, slots=True)
class _Printed:
    """One letter of the run on paper."""

    number: int
    file: str
    sha256: str
    contacts: tuple[str, ...]


class PrintRecord:
    """Whom each file under out/print names, by the ids of contacts, and which letters the run has."""

    def __init__(self, out: Path) -> None:
        """Read what is there; a record that is missing or damaged says nothing."""
        self._folder = out / PRINT
        self._record = out / PRINT_RECORD
        found = _read(self._record)
        self._names: dict[str, list[str]] = dict(_names(found))
        self._letters: list[_Printed] = list(_letters(found))
        lists = found.get("lists")
        self._lists_made: dict[str, str] = dict(lists) if isinstance(lists, dict) else {}

    @property
    def run(self) -> dict[str, tuple[int, str]]:
        """The letters of the run on paper: by file, below the folder of the letters, number and hash."""
        return {one.file: (one.number, one.sha256) for one in self._letters}

    def put_run(self, letters: Iterable[tuple[int, Piece, str, str]]) -> None:
        """Remember the letters of a run: number, piece, file and its hash; nothing is written yet."""
        self._letters = [
            _Printed(number, file, sha256, tuple(dict.fromkeys((*piece.contacts, piece.addressee))))
            for number, piece, file, sha256 in letters
        ]

    def put(self, name: str, contacts: Iterable[str]) -> None:
        """Remember whom a file names, and what a list holds as it was made; nothing is written yet."""
        self._names[name] = list(dict.fromkeys(contacts))
        if name.endswith(".csv"):
            self._lists_made[name] = file_digest(self._folder / name) or ""

    def is_filled_in(self, name: str) -> bool:
        """Tell whether a list is there and is not as it was made: somebody filled something in."""
        found = file_digest(self._folder / name)
        return found is not None and found != self._lists_made.get(name)

    def save(self) -> None:
        """Write the record of the files that are there; none if there is none.

        Raises:
            WorldError: it cannot be written.
        """
        self._names = {name: ids for name, ids in self._names.items() if (self._folder / name).is_file()}
        if self._names or self._record.is_file():
            write_whole(self._record, _content(self._names, self._letters, self._lists_made))

    def files_naming(self, identifier: str, pieces: Collection[Piece]) -> list[str]:
        """Return the files that name a contact and can be made again, relative to the folder of the letters.

        Args:
            identifier: The contact's.
            pieces: The letters that name it; where an older version left no record of a file, they tell
                whether the file may.
        """
        was_printed = any(piece.file(PRINTED) for piece in pieces)
        found = sorted(path for path in self._folder.glob("*.*") if path.is_file())
        return [
            f"{PRINT}/{path.name}"
            for path in found
            if (
                identifier in self._names[path.name]
                if path.name in self._names
                else was_printed and _MADE.fullmatch(path.name)
            )
            and path not in (self._record, *self._lists())
        ]

    def lists_without(self, identifier: str, pieces: Iterable[Piece]) -> Iterator[tuple[Path, bytes]]:
        """Yield the lists, copies among them, that have rows of a contact, each with what is left of it.

        Args:
            identifier: The contact's.
            pieces: The letters whose address names it: a joint one's row stands under another name.
        """
        own = {(piece.contact, piece.letter) for piece in pieces}
        for path in self._lists():
            content = _without(path, identifier, own)
            if content is not None:
                yield path, content

    def without(self, identifier: str, gone: Collection[str]) -> bytes | None:
        """Return the record without a contact; None if it does not name it.

        Args:
            identifier: The contact's.
            gone: Files that go with it, as `files_naming` returns them.
        """
        letters = [one for one in self._letters if identifier not in one.contacts]
        if letters == self._letters and not any(identifier in ids for ids in self._names.values()):
            return None
        left = {path.name for path in self._folder.glob("*") if f"{PRINT}/{path.name}" not in gone}
        names = {
            name: [one for one in ids if one != identifier]
            for name, ids in self._names.items()
            if name in left
        }
        return _content(names, letters, self._lists_made)

    def _lists(self) -> list[Path]:
        """Return the list for registered mail, and others like it that somebody saved beside it."""
        paths = {*self._folder.glob("*.csv"), *self._folder.glob("*.csv.bak*")}
        return sorted(path for path in paths if path.is_file() and path.stat().st_size)


def _content(
    names: Mapping[str, Sequence[str]], letters: Iterable[_Printed], lists: Mapping[str, str]
) -> bytes:
    run = [asdict(one) for one in letters]
    record = {"files": names, **({"letters": run} if run else {}), **({"lists": lists} if lists else {})}
    content = json.dumps(record, ensure_ascii=False, indent=1)
    return f"{content}\n".encode()


def _without(path: Path, identifier: str, own: Collection[tuple[str, str]]) -> bytes | None:
    """Return a list without a contact's rows; None where there are none.

    Args:
        path: A table with the columns contact and letter, else it is none of ours.
        identifier: The contact's.
        own: Contact and letter of further rows that name it.
    """
    shown = f"{OUT}/{PRINT}/{path.name}"
    names = [cell.casefold() for cell in read_table(path, shown).header]
    if not {"contact", "letter"} <= set(names):
        return None
    contact, letter = names.index("contact"), names.index("letter")

    def is_doomed(cells: list[str]) -> bool:
        row = [cell.strip() for cell in cells]
        if len(row) <= max(contact, letter):
            return False
        return row[contact] == identifier or (row[contact], row[letter]) in own

    return without_rows(path, shown, is_doomed)


def _read(path: Path) -> Mapping[str, object]:
    refuse_other_than_file(path, PRINT_RECORD)
    try:
        found = json.loads(read_text(path, PRINT_RECORD))
    except (OutreachError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _letters(found: Mapping[str, object]) -> Iterator[_Printed]:
    rows = found.get("letters")
    for row in rows if isinstance(rows, list) else ():
        with suppress(KeyError, TypeError, ValueError):
            contacts = tuple(map(str, row["contacts"]))
            yield _Printed(int(row["number"]), str(row["file"]), str(row["sha256"]), contacts)


def _names(found: Mapping[str, object]) -> Iterator[tuple[str, list[str]]]:
    files = found.get("files")
    for name, ids in files.items() if isinstance(files, Mapping) else ():
        if isinstance(ids, list):
            yield name, [str(one) for one in ids]
