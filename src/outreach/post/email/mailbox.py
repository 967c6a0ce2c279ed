"""Read messages out of files: .eml, mbox, maildir, .emlx of Apple, .msg of Outlook, folders of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from outreach.errors import InputError, OutreachError, Problem, WorldError, reason
from outreach.files.atomic import write_whole
from outreach.files.reading import read_bytes, read_start
from outreach.language import _
from outreach.post.email.imap import Box, MailFolder
from outreach.post.email.message import LARGEST, as_it_travelled, sender_of
from outreach.post.email.outlook import message_of_msg

_BETWEEN = re.compile(
    rb"From (?:(?:\S.{0,300} )?[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d.{0,40}\d{4}.{0,40})?\r?\n?"
)
"""The line between messages: an address and a moment; new Thunderbirds leave both out."""
_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?[!-9;-~]{1,76}:[ \t\r\n]")
_CHUNK = 1 << 20
_MESSAGES = (".eml", ".msg", ".emlx")
_MAILBOXES = (".mbox", ".mbx")
_MAILDIR = ("cur", "new")


@dataclass(frozen=True)
class Raw:
    """A message as it lies in a file."""

    source: str
    """File, and its number in it, from 1, where there are several; for people."""
    lying: bytes
    """As it lies there; of .msg what that says."""
    original: bytes | None = None
    """The file itself, where it has another form."""
    is_of_mbox: bool = False
    is_draft: bool = False
    """Its folder says that it was not sent."""

    @cached_property
    def content(self) -> bytes:
        """As it travelled."""
        return as_it_travelled(self.lying, is_of_mbox=self.is_of_mbox)

    @property
    def sender(self) -> str:
        """The address that it comes from, by a look at its head alone."""
        return sender_of(self.lying)

    @property
    def name(self) -> str:
        """What its file is called in the archive."""
        return "message.eml" if self.original is None else "message.msg"

    @property
    def kept(self) -> bytes:
        """The bytes that the archive keeps."""
        return self.content if self.original is None else self.original


def messages_in(paths: Iterable[Path], problems: list[Problem]) -> Iterator[Raw]:
    """Yield the messages of files and folders, one at a time; a folder's files by their names.

    Args:
        paths: Of whatever the user names.
        problems: Takes a warning for each file in a folder that cannot be read.

    Raises:
        InputError: a file that was named holds none; or it is .msg, and what reads that is not installed.
        WorldError: a file cannot be read.
    """
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.is_file() and not _is_unfinished(file):
                    try:
                        yield from _messages_of(file, is_named=False)
                    except OutreachError as error:
                        problems += [replace(one, severity="warning") for one in error.problems]
        else:
            yield from _messages_of(path, is_named=True)


def fetch(box: Box, folders: Iterable[MailFolder], since: date | None, spool: Path) -> list[tuple[str, Path]]:
    """Fetch the messages of folders of a mailbox into files, and return each with where it lies there.

    Args:
        box: The mailbox.
        folders: Of it.
        since: Only those that the server took on this day or later; None for all.
        spool: A folder for the files.

    Raises:
        WorldError: as `Box.messages`; or a file cannot be written.
    """
    found = []
    for place, folder in enumerate(folders):
        for number, content in box.messages(folder, since, LARGEST + 1):
            path = write_whole(spool / f"{place}-{number}.eml", content)
            found.append((f"{folder.name}:{number}", path))
    return found


def fetched(files: Iterable[tuple[str, Path]]) -> Iterator[Raw]:
    """Yield the messages that `fetch` returned."""
    for source, path in files:
        yield Raw(source, path.read_bytes())


def content_of(original: bytes, name: str) -> bytes:
    """Return what travelled, of bytes as the archive keeps them; raises InputError as `messages_in`."""
    return message_of_msg(original, name) if name.endswith(".msg") else original


def _messages_of(path: Path, *, is_named: bool) -> Iterator[Raw]:
    ending = path.suffix.lower()
    is_in_maildir = path.parent.name in _MAILDIR
    if not is_named and not (is_in_maildir or ending in (*_MESSAGES, *_MAILBOXES, "")):
        return
    start = read_start(path)
    if start.startswith(b"From "):
        yield from _split(path)
    elif ending == ".msg":
        original = read_bytes(path, str(path))
        yield Raw(str(path), message_of_msg(original, str(path)), original)
    elif ending == ".emlx":
        count, _newline, rest = read_bytes(path, str(path)).partition(b"\n")
        size = int(count) if count.strip().isdigit() else len(rest)
        yield Raw(str(path), rest[:size])
    elif _HEADER.match(start) and (is_named or is_in_maildir or ending in _MESSAGES):
        is_draft = is_in_maildir and "D" in path.name.rpartition(":2,")[2]
        yield Raw(str(path), _whole(path), is_draft=is_draft)
    elif is_named and start.strip():
        hint = _("messages are read from .eml, .mbox, .msg, and folders of them")
        raise InputError(Problem(str(path), 0, _("holds no e-mail"), hint, code="wrong-file-kind"))


def _whole(path: Path) -> bytes:
    """Return a file's bytes, of a huge one as many as show that it is."""
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise WorldError(
            Problem(str(path), 0, _("cannot be read"), reason(error), code="unreadable")
        ) from error


def _split(path: Path) -> Iterator[Raw]:
    """Yield the messages of an mbox, without having more than one in memory."""
    number, buffer, begin, search = 1, b"\n", 0, 0
    cut = b""
    """Of a huge message as much as shows that it is one."""
    try:
        with path.open("rb") as stream:
            is_more = True
            while is_more:
                chunk = stream.read(_CHUNK)
                is_more = bool(chunk)
                buffer, search, begin = buffer[begin:] + chunk, search - begin, 0
                while (place := buffer.find(b"\nFrom ", search)) >= 0:
                    end = buffer.find(b"\n", place + 1)
                    if end < 0 and is_more:
                        break
                    line = buffer[place + 1 : end + 1] if end >= 0 else buffer[place + 1 :]
                    search = place + 1
                    before = buffer[max(place - 2, 0) : place]
                    if (before in (b"", b"\n\r") or before[-1:] == b"\n") and _BETWEEN.fullmatch(line):
                        content = cut or buffer[begin:place]
                        if content.strip():
                            yield Raw(f"{path}:{number}", content, is_of_mbox=True)
                            number += 1
                        begin, cut = place + 1 + len(line), b""
                search = max(begin, place if place >= 0 else len(buffer) - len(b"\nFrom "))
                if search - begin > LARGEST:
                    cut, begin = cut or buffer[begin : begin + LARGEST + 1], search
    except OSError as error:
        raise WorldError(
            Problem(str(path), 0, _("cannot be read"), reason(error), code="unreadable")
        ) from error
    content = cut or buffer[begin:]
    if content.strip():
        yield Raw(f"{path}:{number}", content, is_of_mbox=True)


def _is_unfinished(path: Path) -> bool:
    """Tell whether a file of a maildir is still being written."""
    return path.parent.name == "tmp" and (path.parent.parent / "cur").is_dir()
