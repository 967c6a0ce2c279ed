"""Turn a TOML file into tables that know their lines and collect every fault found in them."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import tomli

from outreach.errors import InputError, Problem, WorldError, did_you_mean, reason
from outreach.language import N_, _

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*("[^"]+"|'[^']+'|[A-Za-z0-9_-]+)\s*[=.]""")

Lines = Mapping[tuple[str, int], Mapping[str, int]]
"""(header, index of the list entry it belongs to) to key to line; the header's own line has the key ''."""


@dataclass(slots=True)
class Table:
    """One table of a file: typed reading, with a Problem for each fault instead of an exception.

    A key that nobody asked for is reported by `close`, with the nearest known key.
    """

    values: Mapping[str, Any]
    path: str
    """As in `Problem.path`."""
    lines: Lines
    """Of the whole file."""
    problems: list[Problem]
    name: str = ""
    """The table's header, named in messages; may be empty."""
    index: int = 0
    """Place in the list of tables that it belongs to."""
    asked: list[str] = field(default_factory=list)

    def line(self, key: str = "") -> int:
        """Return the line of the key, whether it is written as a key or as a header, else the table's own."""
        own = self.lines.get((self.name, self.index), {})
        deeper = self.lines.get((self._header(key), self.index), {}) if key else {}
        return own.get(key) or deeper.get("") or own.get("", 0)

    def report(self, key: str, message: str, hint: str = "") -> None:
        """Record an error at the key's line."""
        self.problems.append(Problem(self.path, self.line(key), message, hint))

    def warn(self, key: str, message: str, hint: str = "") -> None:
        """Record a warning at the key's line."""
        self.problems.append(Problem(self.path, self.line(key), message, hint, "warning"))

    def _get(self, key: str, kind: type | tuple[type, ...], what: str, **names: str) -> Any:  # noqa: ANN401  (TOML)
        self.asked.append(key)
        value = self.values.get(key)
        if value is None:
            return None
        if (isinstance(value, bool) and kind is not bool) or not isinstance(value, kind):
            message = _("{key} must be {what}", key=key, what=_(what, **names))
            self.report(key, message, _("it is {value!r:.40}", value=value))
            return None
        return value

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Read a text; blanks around it are dropped."""
        value = self._get(key, str, N_('a text in quotes, as in "..."'))
        if value is None:
            if required and key not in self.values:
                self.report(key, _("{key} is missing", key=key), _('add {key} = "..."', key=key))
            return default
        text = str(value).strip()
        if required and not text:
            self.report(key, _("{key} is empty", key=key), _('write {key} = "..."', key=key))
        return text

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Read a list of texts; a single text is a list of one, an empty one an empty list."""
        value = self._get(key, (str, list), N_("a list of texts"))
        if value is None:
            return default
        found = [value] if isinstance(value, str) else value
        if not all(isinstance(item, str) for item in found):
            self.report(key, _("{key} must be a list of texts", key=key), _('write ["...", "..."]'))
            return default
        return tuple(item.strip() for item in found if item.strip())

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Read true or false."""
        value = self._get(key, bool, N_("true or false"))
        return default if value is None else bool(value)

    def number(self, key: str, default: float, *, low: float, high: float) -> float:
        """Read a number between two inclusive bounds."""
        value = self._get(key, (int, float), N_("a number"))
        if value is None:
            return default
        if not low <= value <= high:
            self.report(
                key,
                _("{key} must lie between {low:g} and {high:g}", key=key, low=low, high=high),
                _("it is {value:g}", value=value),
            )
            return default
        return float(value)

    def day(self, key: str) -> date | None:
        """Read a date, as a TOML date or as text YYYY-MM-DD; an empty text is none."""
        value = self._get(key, (date, str), N_("a date, as in 2024-11-30"))
        if value is None or value == "":
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            self.report(
                key,
                _("{key} must be a date", key=key),
                _("write YYYY-MM-DD; it is {value!r:.40}", value=value),
            )
            return None

    def choice(self, key: str, known: Collection[str], default: str, *, required: bool = False) -> str:
        """Read one of the known words."""
        value = self.text(key, default, required=required)
        if value and value != default and value not in known:
            self.report(
                key, _("unknown {key} '{value}'", key=key, value=value), did_you_mean(value, list(known))
            )
            return default
        return value

    def table(self, key: str) -> "Table":
        """Read a sub-table; an empty one where it is not given."""
        value = self._get(key, dict, N_("a table, as in [{name}]"), name=self._header(key)) or {}
        name = self._header(key)
        lines = (
            self.lines
            if (name, self.index) in self.lines
            else {(name, self.index): {"": self.line(key)}, **self.lines}
        )
        return Table(value, self.path, lines, self.problems, name, self.index)

    def tables(self, key: str) -> list["Table"]:
        """Read a list of sub-tables; faults of theirs stand at the list's line."""
        what = N_("a list of tables, as in [[{name}]]")
        value = self._get(key, list, what, name=self._header(key)) or []
        if not all(isinstance(entry, dict) for entry in value):
            message = _("{key} must be {what}", key=key, what=_(what, name=self._header(key)))
            self.report(key, message)
        lines = {(self._header(key), self.index): {"": self.line(key)}}
        return [
            Table(entry, self.path, lines, self.problems, self._header(key), self.index)
            for entry in value
            if isinstance(entry, dict)
        ]

    def _header(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def close(self, known: Collection[str] = ()) -> None:
        """Report every key that was neither asked for nor is known."""
        for key in self.values:
            if key not in self.asked and key not in known:
                message = (
                    _("unknown key '{key}' in [{table}]", key=key, table=self.name)
                    if self.name
                    else _("unknown key '{key}'", key=key)
                )
                self.report(
                    key,
                    message,
                    did_you_mean(key, [*self.asked, *known]),
                )


@dataclass(slots=True)
class Document:
    """A parsed TOML file and the lines of its keys."""

    values: dict[str, Any]
    path: str
    lines: Lines
    problems: list[Problem]

    def top(self) -> Table:
        """Return the whole file as a table."""
        return Table(self.values, self.path, self.lines, self.problems)

    def each(self, name: str) -> Iterator[Table]:
        """Yield the tables of a `[[name]]` list, in the file's order."""
        entries = self.values.get(name, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            line = self.lines.get((name, 0), {}).get("", 0)
            hint = _("write [[{name}]] before each entry", name=name)
            self.problems.append(
                Problem(self.path, line, _("{name} must be a list of tables", name=name), hint)
            )
            return
        for index, entry in enumerate(entries):
            yield Table(entry, self.path, self.lines, self.problems, name, index)


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


def read_text(path: Path, shown: str) -> str:
    """Return a UTF-8 file's text, with or without a byte order mark; line ends become newlines.

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
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str, path: str, problems: list[Problem], first_line: int = 1) -> Document:
    """Parse TOML text that begins on `first_line` of its file.

    Raises:
        InputError: the text is not TOML; the line is named.
    """
    offset = first_line - 1
    try:
        values = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        message = error.msg[:1].lower() + error.msg[1:]
        hint = _("check the quotes, brackets and commas of this line and the one above")
        line = min(error.lineno, text.count("\n") + 1)
        raise InputError(
            Problem(path, line + offset, _("broken TOML: {message}", message=message), hint)
        ) from error
    return Document(values, path, _lines(text, offset), problems)


def load(path: Path, shown: str, problems: list[Problem]) -> Document:
    """Read and parse a TOML file; raises as `read_text` and `parse` do."""
    return parse(read_text(path, shown), shown, problems)


@lru_cache
def load_data(name: str) -> Mapping[str, Any]:
    """Return a TOML file of `outreach/data`, parsed once."""
    return tomli.loads((files("outreach") / "data" / name).read_text(encoding="utf-8"))


def _lines(text: str, offset: int) -> Lines:
    found: dict[tuple[str, int], dict[str, int]] = {("", 0): {}}
    lists: dict[str, int] = {}
    keys = found["", 0]
    closing: str | None = None
    for number, line in enumerate(text.split("\n"), 1 + offset):
        if closing:
            closing = None if closing in line else closing
            continue
        header = _HEADER.match(line)
        if header:
            name = header[2].replace('"', "").replace(" ", "")
            if header[1] == "[[":
                lists[name] = lists.get(name, -1) + 1
            owners = [
                index for owner, index in lists.items() if name == owner or name.startswith(f"{owner}.")
            ]
            keys = found[name, owners[-1] if owners else 0] = {"": number}
            continue
        key = _KEY.match(line)
        if key:
            keys.setdefault(key[1].strip("\"'"), number)
        closing = _opened(line)
    return found


def _opened(line: str) -> str | None:
    for quotes in ('"""', "'''"):
        if line.count(quotes) % 2:
            return quotes
    return None
