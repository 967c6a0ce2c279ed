"""Read a folder's files and a file's text, with every fault as one clear error."""

from pathlib import Path

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.language import _


def files_in(folder: Path, shown: str) -> list[Path]:
    """Return a folder's files by name, without hidden ones; none if there is no such folder.

    Raises:
        WorldError: the folder cannot be read.
    """
    try:
        found = sorted(path for path in folder.iterdir() if path.is_file())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error))) from error
    return [path for path in found if not path.name.startswith(".")]


def read_start(path: Path) -> bytes:
    """Return a file's first bytes, to recognise it by.

    Raises:
        InputError: there is no such file.
        WorldError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(4096)
    except FileNotFoundError as error:
        raise InputError(Problem(str(path), 0, _("no such file"), _("check the path"))) from error
    except OSError as error:
        raise WorldError(Problem(str(path), 0, _("cannot be read"), reason(error))) from error


def is_json(start: bytes) -> bool:
    """Tell whether a file that begins with these bytes holds an object or a list in JSON."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_text(path: Path, shown: str, *, exact: bool = False) -> str:
    """Return a UTF-8 file's text, without its byte order mark; line ends become newlines, if not `exact`.

    Raises:
        InputError: the file is not UTF-8; the line of the first bad byte is named.
        WorldError: the file cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error))) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(Problem(shown, line, _("is not UTF-8 text"), _("save the file as UTF-8"))) from error
    return text if exact else text.replace("\r\n", "\n").replace("\r", "\n")
