"""Keep the exact bytes of what was sent and received, each file under the name of its SHA-256."""

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from outreach.campaign.paths import ARCHIVE, require_inside
from outreach.errors import Problem, WorldError, reason
from outreach.files.atomic import delete, write_whole, write_with
from outreach.files.clone import write_copy
from outreach.files.digest import digest, file_digest
from outreach.files.reading import refuse_other_than_file
from outreach.journal.event import ArchivedFile, Event, files_of
from outreach.journal.mail import MailEntry
from outreach.language import _

_MANY = 100


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of files that are never changed."""

    folder: Path

    def put(self, name: str, content: bytes) -> ArchivedFile:
        """Keep the bytes and return their record; what is there already is not written again.

        `flush` must follow before an event names the file.

        Raises:
            WorldError: the file cannot be written.
        """
        file = ArchivedFile(name, digest(content))
        path = self._place(file)
        if file_digest(path) != file.sha256:
            write_whole(path, content)
        return file

    def copy(self, source: Path, shown: str) -> ArchivedFile:
        """Keep a copy of a file under its own name, as `put` does; never a link: the file may be edited.

        Args:
            source: The file.
            shown: As messages name it.

        Raises:
            InputError: it is a folder, a device or a pipe.
            WorldError: it cannot be read, or the copy written.
        """
        refuse_other_than_file(source, shown)
        try:
            stream = source.open("rb")
        except OSError as error:
            raise _unread(shown, error) from error
        with stream:
            try:
                read, content = os.fstat(stream.fileno()), stream.read()
            except OSError as error:
                raise _unread(shown, error) from error
            file = ArchivedFile(source.name, digest(content))
            path = self._place(file)
            if file_digest(path) != file.sha256:
                write_with(path, lambda temporary: write_copy(stream, read, content, temporary))
        return file

    def _place(self, file: ArchivedFile) -> Path:
        """Return where a file is kept; raises an InputError if a link leads out of the archive."""
        path = self.folder / file.path
        if path.is_symlink() or path.parent.is_symlink():
            require_inside(path, self.folder)
        return path

    def flush(self, files: Collection[ArchivedFile]) -> None:
        """Make sure that files which were put are on the disk.

        Raises:
            WorldError: a file cannot be written.
        """
        if len(files) > _MANY and sys.platform == "linux":
            os.sync()  # waits until all is written; one by one would take minutes for a large mailing
            return
        for file in files:
            path = self.folder / file.path
            try:
                with path.open("r+b") as stream:
                    os.fsync(stream.fileno())
            except OSError as error:
                raise WorldError(
                    Problem(path.as_posix(), 0, _("cannot be written"), reason(error), code="unwritable")
                ) from error

    def remove(self, files: Iterable[ArchivedFile]) -> int:
        """Delete files, for a person who asks to be forgotten; return how many there were."""
        paths = [path for path in (self.folder / file.path for file in files) if path.is_file()]
        for path in paths:
            delete(path)
        return len(paths)

    def verify(self, events: Iterable[Event], mail: Iterable[MailEntry] = ()) -> Iterator[Problem]:
        """Read everything again and yield a Problem for each missing or altered file."""
        named = {
            entry.file.path: _("message {number} is it", number=entry.number) for entry in mail if entry.file
        }
        named |= {
            file.path: _("event {id} names it", id=event.id) for event in events for file in files_of(event)
        }
        present = self._present()
        hint = _("restore it from a copy")
        for name, why in sorted(named.items()):
            place = f"{ARCHIVE}/{name}"
            if name not in present:
                yield Problem(place, 0, _("is missing; {why}", why=why), hint, code="archive-missing")
            elif file_digest(present[name]) != Path(name).stem:
                yield Problem(place, 0, _("was altered; {why}", why=why), hint, code="archive-altered")

    def orphans(self, events: Iterable[Event], mail: Iterable[MailEntry] = ()) -> list[Path]:
        """Return the files that no event names, and no message is: an interrupted command put them there."""
        named = {file.path for event in events for file in files_of(event)}
        named |= {entry.file.path for entry in mail if entry.file}
        return [path for name, path in self._present().items() if name not in named]

    def _present(self) -> dict[str, Path]:
        """Return the files by their place in the archive."""
        return {
            path.relative_to(self.folder).as_posix(): path
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }


def _unread(shown: str, error: OSError) -> WorldError:
    return WorldError(Problem(shown, 0, _("cannot be read"), reason(error), code="unreadable"))
