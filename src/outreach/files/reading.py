"""Read a folder's files and a file's text, with every fault as one clear error."""

from pathlib import Path

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.language import _


def files_in(folder: Path, shown: str) -> list[Path]:
    """Return a folder's files by name, without hidden ones; none if there is no such folder.

    Raises:
        InputError: one of them is a device or a pipe, or a folder with the ending of a file.
        WorldError: the folder cannot be read.
    """
    try:
        found = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        for path in found:
            if not is_text(path.name):
                name = path.name.encode(errors="backslashreplace").decode()
                hint = _("rename the file")
                raise InputError(
                    Problem(f"{shown}{name}", 0, _("its name is not UTF-8 text"), hint, code="bad-file-name")
                )
            if path.suffix or not path.is_dir():
                refuse_other_than_file(path, f"{shown}{path.name}")
        return [path for path in found if path.is_file()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error), code="unreadable")) from error


def is_text(text: str) -> bool:
    """Tell whether a text is one: bytes that are no UTF-8 are halves of characters in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def refuse_other_than_file(path: Path, shown: str) -> None:
    """Refuse a folder, a device or a pipe, which would have no end; what is missing is left to the reader.

    Raises:
        InputError: it is there and is no file.
        WorldError: the system does not say what it is.
    """
    try:
        is_other = not path.is_file() and path.exists()
    except (OSError, ValueError) as error:  # a name that is too long, or that holds what none may
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error), code="unreadable")) from error
    if is_other:
        hint = _("put a file there; folders, devices and pipes are not read")
        raise InputError(Problem(shown, 0, _("is no file"), hint, code="not-a-file"))


def read_bytes(path: Path, shown: str) -> bytes:
    """Return a file's bytes.

    Raises:
        InputError: it is a folder, a device or a pipe.
        WorldError: it cannot be read.
    """
    refuse_other_than_file(path, shown)
    try:
        return path.read_bytes()
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error), code="unreadable")) from error


def read_start(path: Path) -> bytes:
    """Return a file's first bytes, to recognise it by.

    Raises:
        InputError: there is no such file, or it is none.
        WorldError: it cannot be read.
    """
    refuse_other_than_file(path, str(path))
    try:
        with path.open("rb") as stream:
            return stream.read(4096)
    except FileNotFoundError as error:
        raise InputError(
            Problem(str(path), 0, _("no such file"), _("check the path"), code="missing-file")
        ) from error
    except OSError as error:
        raise WorldError(
            Problem(str(path), 0, _("cannot be read"), reason(error), code="unreadable")
        ) from error


def is_json(start: bytes) -> bool:
    """Tell whether a file that begins with these bytes holds an object or a list in JSON."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_text(path: Path, shown: str, *, exact: bool = False) -> str:
    """Return a UTF-8 file's text, without its byte order mark; line ends become newlines, if not `exact`.

    Raises:
        InputError: it is no file, or not UTF-8; the line of the first bad byte is named.
        WorldError: the file cannot be read.
    """
    text = text_of(read_bytes(path, shown), shown)
    return text if exact else text.replace("\r\n", "\n").replace("\r", "\n")


def text_of(raw: bytes, shown: str) -> str:
    """Return the text of UTF-8 bytes, without a byte order mark.

    Raises:
        InputError: they are not UTF-8; the line of the first bad byte is named.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            Problem(shown, line, _("is not UTF-8 text"), _("save the file as UTF-8"), code="not-utf8")
        ) from error
