"""out/manifest.json: which files were generated, from what, with which hash."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.files.atomic import write_whole, write_with
from outreach.files.digest import file_digest
from outreach.language import _

FILE_NAME = "manifest.json"
PENDING_NAME = "manifest.pending.jsonl"
"""What a run is about to write, a line each; left behind only by a run that was killed."""


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One generated file."""

    letter: str
    contact: str
    """Id of the recipient, or `joint`."""
    contacts: tuple[str, ...]
    """Ids of those in whose record it belongs: its addressees by rank, of a referral whom it is about."""
    format: str
    path: str
    """Relative to the folder of the manifest, with forward slashes."""
    sha256: str
    pages: int | None
    """None where the format has no pages of its own."""
    title: str
    date: str
    """The letter's date, YYYY-MM-DD."""
    address: tuple[str, ...]
    """Lines as printed in the window."""
    questions: tuple[str, ...]
    """Ids of the questions asked."""
    inputs: str
    """Hash of all files and settings that the letter is made from."""
    version: str
    """Of the tool."""
    kind: str = "request"
    """Of the letter, as in its front matter."""
    follows: tuple[str, ...] = ()
    """Names of the letters to the same contact that it follows up."""
    composed: str = ""
    """Hash of the letter as it came out of them, with its layout: what decides whether it is made again."""
    reply_by: str = ""
    """Day by which it asks for an answer, YYYY-MM-DD; empty for none."""
    to: str = ""
    """Id of the first addressee, where that is another than the first of `contacts`."""

    @property
    def addressee(self) -> str:
        """Id of whom its address names, in a joint letter first."""
        return self.to or self.contacts[0]


def is_edited(folder: Path, entry: ManifestEntry) -> bool:
    """Tell whether a file is there and is not as it was generated.

    Raises:
        WorldError: it cannot be read.
    """
    return file_digest(folder / entry.path) not in (None, entry.sha256)


def read_entries(folder: Path) -> Iterator[ManifestEntry]:
    """Yield the entries of a folder's manifest, in the order of their paths; none if there is no manifest.

    Raises:
        InputError: the manifest is damaged.
        WorldError: it cannot be read.
    """
    path = folder / FILE_NAME
    entry: ManifestEntry | None = None
    try:
        with path.open(encoding="utf-8") as stream:
            for line in stream:
                if line.strip() not in ("[", "]", ""):
                    entry = _entry(json.loads(line.rstrip().removesuffix(",")), entry)
                    yield entry
    except FileNotFoundError:
        return
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        hint = _("move the folder away and generate again")
        raise InputError(Problem(path.as_posix(), 0, _("the manifest is damaged"), hint)) from error
    except OSError as error:
        raise _world(path, _("cannot be read"), error) from error


class Manifest:
    """The generated files of one folder; safe against a run that is killed at any point."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: dict[str, ManifestEntry] = {}
        self._pending: dict[str, list[str]] = {}
        self._log: TextIO | None = None
        for entry in read_entries(folder):
            self.entries[entry.path] = entry
        self._read_pending()

    def knows(self, path: str, sha: str) -> bool:
        """Tell whether the tool itself wrote, or was about to write, that content under that path."""
        entry = self.entries.get(path)
        return bool(entry and entry.sha256 == sha) or sha in self._pending.get(path, ())

    def write(self, entry: ManifestEntry, content: bytes) -> None:
        """Write one file whole or not at all, and remember it.

        The hash is on disk before the file is, so that a file of a run that was killed is never taken
        for one that was edited by hand.

        Raises:
            WorldError: the file cannot be written; an older one is still there.
        """
        path = self.folder / entry.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if self._log is None:
                self._log = (self.folder / PENDING_NAME).open("a", encoding="utf-8", newline="\n")
            self._log.write(json.dumps([entry.path, entry.sha256]) + "\n")
            self._log.flush()
        except OSError as error:
            raise _world(path, _("cannot be written"), error) from error
        write_whole(path, content)
        self.entries[entry.path] = entry

    def save(self) -> None:
        """Write the manifest, an entry a line, in the order of the paths.

        Raises:
            WorldError: it cannot be written.
        """
        path = write_with(self.folder / FILE_NAME, lambda temporary: _write_lines(temporary, self._lines()))
        try:
            if self._log:
                self._log.close()
                self._log = None
            (self.folder / PENDING_NAME).unlink(missing_ok=True)
        except OSError as error:
            raise _world(path, _("cannot be written"), error) from error

    def _lines(self) -> Iterator[bytes]:
        """Yield an array with an entry a line, so that it can be read without loading it whole."""
        before = b"[\n"
        for _path, entry in sorted(self.entries.items()):
            values = {name: getattr(entry, name) for name in ManifestEntry.__slots__}
            yield before + json.dumps(values, ensure_ascii=False).encode()
            before = b",\n"
        yield b"\n]\n"

    def _read_pending(self) -> None:
        path = self.folder / PENDING_NAME
        if not path.is_file():
            return
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            for name, sha in _pending_line(line):
                self._pending.setdefault(name, []).append(sha)


def _pending_line(line: str) -> Iterator[tuple[str, str]]:
    """Read a line; the last one of a killed run may be cut short and says nothing then."""
    try:
        name, sha = json.loads(line)
    except (TypeError, ValueError):
        return
    yield name, sha


def _entry(row: dict[str, object], before: ManifestEntry | None) -> ManifestEntry:
    """Return the entry of a row; what the one before it says as well is kept in memory once."""
    values: dict[str, object] = {}
    for key, value in row.items():
        if key in ManifestEntry.__slots__:
            same = getattr(before, key, None)
            found = tuple(value) if isinstance(value, list) else value
            values[key] = same if same == found else found
    date.fromisoformat(str(values["date"]))
    if not isinstance(values.get("pages"), (int, type(None))):
        raise TypeError("pages")
    return ManifestEntry(**values)  # type: ignore[arg-type]  # a damaged manifest is caught by the caller


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("wb") as stream:
        stream.writelines(lines)


def _world(path: Path, message: str, error: OSError) -> WorldError:
    return WorldError(Problem(path.as_posix(), 0, message, reason(error)))
