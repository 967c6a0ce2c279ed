"""The Piece: one letter as it was made, with its files; out/manifest.json holds those of a folder."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from outreach.campaign.paths import MANIFEST, PENDING, is_below, require_inside
from outreach.errors import InputError, Problem, WorldError, reason
from outreach.files.atomic import write_whole, write_with
from outreach.files.digest import file_digest
from outreach.files.reading import read_bytes, refuse_other_than_file
from outreach.language import _
from outreach.letters.template import OPENING_KINDS, LetterKind

_KINDS = frozenset(kind.value for kind in LetterKind)


@dataclass(frozen=True, slots=True)
class PieceFile:
    """One file of a letter."""

    path: str
    """With forward slashes: relative to the folder of the manifest; of a sent letter, its name alone."""
    sha256: str
    pages: int | None = None
    """None where the format has no pages of its own."""

    @property
    def format(self) -> str:
        """Name of its format, which is its ending."""
        return self.path.rpartition(".")[2]

    @property
    def name(self) -> str:
        """Its name without folders."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Piece:
    """One letter as it was made: all files of it say the same."""

    letter: str
    """Name of its template."""
    contacts: tuple[str, ...]
    """Ids of those in whose record it belongs: its addressees by rank, of a referral whom it is about.

    Of a follow-up letter to a successor there are two: whom the letters before went to, then the successor.
    """
    title: str = ""
    kind: str = LetterKind.REQUEST.value
    """As in its front matter; another word only where a newer version wrote it."""
    contact: str = ""
    """What stands for the contacts in the names of its files: an id, `joint`; of a series `joint.LETTER`."""
    written: date | None = None
    """The letter's own; None only where an older version did not record it."""
    address: tuple[str, ...] = ()
    """Lines as printed in the window."""
    questions: tuple[str, ...] = ()
    """Ids of the questions asked."""
    follows: tuple[str, ...] = ()
    """Names of the letters to the same contact, or to each of several, that it follows up."""
    heard: tuple[str, ...] | None = None
    """Ids of the events that it speaks of; None where it follows none, or an older version made it."""
    reply_by: date | None = None
    """Day by which it asks for an answer."""
    subject: str = ""
    """As printed; empty only where an older version did not record it."""
    to: str = ""
    """Id of the first addressee, where that is another than the first of `contacts`."""
    files: tuple[PieceFile, ...] = ()
    inputs: str = ""
    """Hash of all files and settings that the letter is made from."""
    composed: str = ""
    """Hash of the letter as it came out of them, with its layout: what decides whether it is made again."""
    version: str = ""
    """Of the program."""

    @property
    def addressee(self) -> str:
        """Id of whom its address names, in a joint letter first."""
        return self.to or self.contacts[0]

    @property
    def is_series(self) -> bool:
        """Tell whether it is one referral about several contacts."""
        return self.kind == LetterKind.REFERRAL and len(self.contacts) > 1

    @property
    def is_of_known_kind(self) -> bool:
        """Tell whether this version knows its kind."""
        return self.kind in _KINDS

    @property
    def is_opening(self) -> bool:
        """Tell whether it opens a correspondence; of a kind that only a newer version knows: follows none."""
        return self.kind in OPENING_KINDS if self.is_of_known_kind else not self.follows

    def file(self, kind: str) -> PieceFile | None:
        """Return its file of a format; None if it was not made in it."""
        return next((file for file in self.files if file.format == kind), None)


def is_edited(folder: Path, file: PieceFile) -> bool:
    """Tell whether a file is there and is not as it was generated.

    Raises:
        WorldError: it cannot be read.
    """
    return file_digest(folder / file.path) not in (None, file.sha256)


def read_pieces(folder: Path) -> Iterator[Piece]:
    """Yield the pieces of a folder's manifest, in the order of their files; none if there is no manifest.

    Raises:
        InputError: the manifest is damaged; the line is named.
        WorldError: it cannot be read.
    """
    path = folder / MANIFEST
    held: Piece | None = None
    last, number = "", 0
    refuse_other_than_file(path, path.as_posix())
    try:
        with path.open(encoding="utf-8") as stream:
            for line in stream:
                number += 1
                last = line.strip() or last
                if line.strip() in ("[", "]", ""):
                    continue
                row = json.loads(line.rstrip().removesuffix(","))
                piece = _piece(row, held)
                if held and "path" in row and _is_same(held, piece):  # an older version wrote a line a file
                    held = replace(held, files=(*held.files, *piece.files))
                    continue
                if held:
                    yield held
                held = piece
        _check_end(last)
    except FileNotFoundError:
        return
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        hint = _("move the folder away and generate again")
        raise InputError(
            Problem(path.as_posix(), number, _("the manifest is damaged"), hint, code="manifest-damaged")
        ) from error
    except OSError as error:
        raise _world(path, _("cannot be read"), error, code="unreadable") from error
    if held:
        yield held


def _check_end(last: str) -> None:
    """Raise a ValueError if a manifest was cut short at the end of a line."""
    if last != "]":
        raise ValueError(last)


class Manifest:
    """The pieces of one folder; safe against a run that is killed at any point."""

    def __init__(self, folder: Path) -> None:
        """Read what is there; raises as `read_pieces`."""
        self.folder = folder
        self._inside: set[str] = set()
        """Folders of files that were seen to lie in this one, whatever links lead to them."""
        self._pieces: dict[tuple[str, str], Piece] = {}
        self._keys: dict[str, tuple[str, str]] = {}
        """Path of a file to the key of its piece."""
        self._pending: dict[str, list[str]] = {}
        self._log: TextIO | None = None
        for piece in read_pieces(folder):
            self._take(piece)
        self._read_pending()

    def _take(self, piece: Piece) -> None:
        """Record a piece as it was read: whole where it was saved by this version."""
        paths = [file.path for file in piece.files]
        keys = {_key_of(piece, file) for file in piece.files}
        is_known = any(key in self._pieces for key in keys) or any(path in self._keys for path in paths)
        if not is_known and len(keys) == 1 and paths == sorted(set(paths)):
            (key,) = keys
            self._pieces[key] = piece
            self._keys.update(dict.fromkeys(paths, key))
            return
        for file in piece.files:
            self.put(piece, file)

    def pieces(self) -> list[Piece]:
        """Return all pieces, in the order of their files."""
        return [piece for _key, piece in sorted(self._pieces.items())]

    def __contains__(self, path: str) -> bool:
        """Tell whether it knows the file of that path."""
        return path in self._keys

    def __getitem__(self, path: str) -> tuple[Piece, PieceFile]:
        """Return the record of a file and its piece; raises KeyError for one that it does not know."""
        piece = self._pieces[self._keys[path]]
        return piece, next(file for file in piece.files if file.path == path)

    def knows(self, path: str, sha: str) -> bool:
        """Tell whether the program itself wrote, or was about to write, that content under that path."""
        written = path in self and self[path][1].sha256 == sha
        return written or sha in self._pending.get(path, ())

    def put(self, piece: Piece, file: PieceFile) -> None:
        """Record a file of a piece; others that came out of the same letter stay with it."""
        self.remove(file.path)
        key = _key_of(piece, file)
        known = self._pieces.get(key)
        files = sorted([*(known.files if known else ()), file], key=lambda one: one.path)
        self._pieces[key] = replace(piece, files=tuple(files))
        self._keys[file.path] = key

    def remove(self, path: str) -> None:
        """Forget a file; a piece without files is gone."""
        key = self._keys.pop(path, None)
        if not key:
            return
        left = tuple(file for file in self._pieces[key].files if file.path != path)
        if left:
            self._pieces[key] = replace(self._pieces[key], files=left)
        else:
            del self._pieces[key]

    def write(self, piece: Piece, file: PieceFile, content: bytes) -> None:
        """Write one file whole or not at all, and remember it.

        The hash is on disk before the file is, so that a file of a run that was killed is never taken
        for one that was edited by hand.

        Raises:
            WorldError: the file cannot be written; an older one is still there.
        """
        path, folder = self.folder / file.path, file.path.rpartition("/")[0]
        if folder not in self._inside or path.is_symlink():
            require_inside(path, self.folder)
            self._inside.add(folder)
        try:
            if self._log is None:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._log = (self.folder / PENDING).open("a", encoding="utf-8", newline="\n")
            self._log.write(json.dumps([file.path, file.sha256]) + "\n")
            self._log.flush()
        except OSError as error:
            raise _world(path, _("cannot be written"), error, code="unwritable") from error
        write_whole(path, content)
        self.put(piece, file)

    def save(self) -> None:
        """Write the manifest, a piece a line, in the order of the files.

        Raises:
            WorldError: it cannot be written.
        """
        path = write_with(self.folder / MANIFEST, lambda temporary: _write_lines(temporary, self._lines()))
        try:
            if self._log:
                self._log.close()
                self._log = None
            (self.folder / PENDING).unlink(missing_ok=True)
        except OSError as error:
            raise _world(path, _("cannot be written"), error, code="unwritable") from error

    def _lines(self) -> Iterator[bytes]:
        """Yield an array with a piece a line, so that it can be read without loading it whole."""
        before = b""
        yield b"[\n"
        for piece in self.pieces():
            values = {_KEYS.get(name, name): getattr(piece, name) for name in Piece.__slots__}
            values["files"] = [
                {key: getattr(file, key) for key in PieceFile.__slots__} for file in piece.files
            ]
            yield before + json.dumps(values, ensure_ascii=False, default=str).encode()
            before = b",\n"
        yield b"\n]\n"

    def _read_pending(self) -> None:
        path = self.folder / PENDING
        if not path.exists():
            return
        for line in read_bytes(path, path.as_posix()).decode(errors="replace").splitlines():
            for name, sha in _pending_line(line):
                self._pending.setdefault(name, []).append(sha)


_KEYS = {"written": "date"}
"""Of the manifest, where they are called otherwise."""
_TEXTS = ("letter", "title", "subject", "kind", "contact", "to", "inputs", "composed", "version")
_LISTS = ("contacts", "address", "questions", "follows", "heard")


def _pending_line(line: str) -> Iterator[tuple[str, str]]:
    """Read a line; the last one of a killed run may be cut short and says nothing then."""
    try:
        name, sha = map(str, json.loads(line))
    except (TypeError, ValueError):
        return
    yield name, sha


def _key_of(piece: Piece, file: PieceFile) -> tuple[str, str]:
    """Return what the files of one letter have in common: their path without its ending, the letter."""
    return file.path.rpartition(".")[0], piece.composed


def _is_same(piece: Piece, other: Piece) -> bool:
    return replace(piece, files=()) == replace(other, files=())


def _piece(row: Mapping[str, Any], before: Piece | None) -> Piece:
    """Return the piece of a row; what the one before it says as well is kept in memory once.

    A row with a path is of an older version, which wrote each file by itself.
    """
    values: dict[str, Any] = {name: str(row[name]) for name in _TEXTS if name in row}
    values |= {name: tuple(map(str, row[name])) for name in _LISTS if row.get(name) is not None}
    for name, value in values.items():
        same = getattr(before, name, None)
        values[name] = same if same == value else value
    rows = [row] if "path" in row else row["files"]
    return Piece(
        **values,
        written=date.fromisoformat(row["date"]),
        reply_by=date.fromisoformat(row["reply_by"]) if row.get("reply_by") else None,
        files=tuple(_file(one) for one in rows),
    )


def _file(row: Mapping[str, Any]) -> PieceFile:
    pages = row["pages"]
    if not isinstance(pages, (int, type(None))):
        raise TypeError("pages")
    path = str(row["path"])
    if not is_below(path):
        raise ValueError(path)
    return PieceFile(path, str(row["sha256"]), pages)


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("wb") as stream:
        stream.writelines(lines)


def _world(path: Path, message: str, error: OSError, *, code: str) -> WorldError:
    return WorldError(Problem(path.as_posix(), 0, message, reason(error), code=code))
