"""Keep more records than memory should hold in a temporary file, in the order in which they came."""

import pickle
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar, overload

from outreach.errors import Problem, WorldError, reason
from outreach.language import _

Record = TypeVar("Record")

_SMALL = 1 << 22
"""Bytes up to which no file is made."""


class Spool(Sequence[Record], Generic[Record]):
    """A list whose records lie in a nameless file that ends with it; each is read anew when it is asked for.

    Raises:
        WorldError: there is no room for the file.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_SMALL)  # noqa: SIM115  (closed with the spool)
        self._starts = array("Q")
        self._end = 0
        self._is_at_end = True

    def append(self, record: Record) -> None:
        """Put a record, which can be pickled, behind all others."""
        self._starts.append(self._write(record))

    def __setitem__(self, place: int, record: Record) -> None:
        self._starts[place] = self._write(record)

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> list[Record]: ...
    def __getitem__(self, place: int | slice) -> Record | list[Record]:
        starts = self._starts[place]
        return self._read(starts) if isinstance(starts, int) else [self._read(start) for start in starts]

    def __iter__(self) -> Iterator[Record]:
        return map(self._read, self._starts)

    def _write(self, record: Record) -> int:
        start = self._end
        try:
            if not self._is_at_end:
                self._file.seek(start)
                self._is_at_end = True
            self._end += self._file.write(pickle.dumps(record, pickle.HIGHEST_PROTOCOL))
        except OSError as error:
            problem = Problem(
                tempfile.gettempdir(), 0, _("cannot be written"), reason(error), code="unwritable"
            )
            raise WorldError(problem) from error
        return start

    def _read(self, start: int) -> Record:
        self._is_at_end = False
        self._file.seek(start)
        record: Record = pickle.load(self._file)  # noqa: S301  (this very object wrote it)
        return record
