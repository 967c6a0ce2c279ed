"""Turn TOML into tables that know their lines and collect every fault found in them."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import tomli

from outreach.errors import InputError, Problem, did_you_mean
from outreach.files.reading import read_text
from outreach.language import N_, _

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_PATH = rf"{_PART}(?:\s*\.\s*{_PART})*"
HEADER = re.compile(rf"\s*(\[\[?)\s*({_PATH})\s*\]")
KEY = re.compile(rf"\s*({_PATH})\s*=\s*(\[?)")

TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*|[\[\]{}\n]|[^\[\]{}\n#\"']+",
    re.DOTALL,
)
"""A string, a comment, a bracket, a line end, or what stands between them."""

YEARS = range(1900, 2200)
"""Those that a day of letters, people and answers may lie in; time limits are reckoned from these."""

_NUL = re.compile(r"\\u0000|\\U00000000|\\x00")

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
    written_at: int = 0
    """Line of a table that `lines` do not know."""
    asked: list[str] = field(default_factory=list)
    has_readers: bool = True
    """False where nobody reads its warnings: those that many have need not be put into words."""

    def line(self, key: str = "") -> int:
        """Return the line of the key, whether it is written as a key or as a header, else the table's own."""
        own = self.lines.get((self.name, self.index), {})
        deeper = self.lines.get((self._header(key), self.index), {}) if key else {}
        return own.get(key) or deeper.get("") or own.get("", self.written_at)

    def report(self, key: str, message: str, hint: str = "", *, code: str) -> None:
        """Record an error at the key's line."""
        self.problems.append(Problem(self.path, self.line(key), message, hint, code=code))

    def warn(self, key: str, message: str, hint: str = "", *, code: str) -> None:
        """Record a warning at the key's line."""
        self.problems.append(Problem(self.path, self.line(key), message, hint, "warning", code=code))

    def _get(self, key: str, kind: type | tuple[type, ...], what: str, **names: str) -> Any:  # noqa: ANN401  (TOML)
        self.asked.append(key)
        value = self.values.get(key)
        if value is None:
            return None
        if (isinstance(value, bool) and kind is not bool) or not isinstance(value, kind):
            message = _("{key} must be {what}", key=key, what=_(what, **names))
            self.report(key, message, _("it is {value!r:.40}", value=value), code="wrong-type")
            return None
        return value

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Read a text; blanks around it are dropped."""
        value = self._get(key, str, N_('a text in quotes, as in "..."'))
        if value is None:
            if required and key not in self.values:
                self.report(
                    key, _("{key} is missing", key=key), _('add {key} = "..."', key=key), code="missing-value"
                )
            return default
        text = str(value).strip()
        if required and not text:
            self.report(
                key, _("{key} is empty", key=key), _('write {key} = "..."', key=key), code="missing-value"
            )
        return text

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Read a list of texts; a single text is a list of one, an empty one an empty list."""
        value = self._get(key, (str, list), N_("a list of texts"))
        if value is None:
            return default
        found = [value] if isinstance(value, str) else value
        if not all(isinstance(item, str) for item in found):
            self.report(
                key, _("{key} must be a list of texts", key=key), _('write ["...", "..."]'), code="wrong-type"
            )
            return default
        return tuple(filter(None, map(str.strip, found)))

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Read true or false."""
        value = self._get(key, bool, N_("true or false"))
        return default if value is None else bool(value)

    def number(self, key: str, default: float, *, low: float, high: float) -> float:
        """Read a number between two inclusive bounds."""
        value = self._get(key, (int, float), N_("a number"))
        return float(value) if value is not None and self._is_within(key, value, low, high) else default

    def whole(self, key: str, default: int, *, low: int, high: int) -> int:
        """Read a whole number, written without a decimal point, between two inclusive bounds."""
        value = self._get(key, int, N_("a whole number"))
        return int(value) if value is not None and self._is_within(key, value, low, high) else default

    def _is_within(self, key: str, value: float, low: float, high: float) -> bool:
        if low <= value <= high:
            return True
        self.report(
            key,
            _("{key} must lie between {low:g} and {high:g}", key=key, low=low, high=high),
            _("it is {value:g}", value=value),
            code="out-of-range",
        )
        return False

    def day(self, key: str) -> date | None:
        """Read a date, as a TOML date or as text YYYY-MM-DD; an empty text is none."""
        value = self._get(key, (date, str), N_("a date, as in 2024-11-30"))
        if value is None or value == "":
            return None
        if isinstance(value, datetime):
            value = value.date()
        try:
            found = value if isinstance(value, date) else date.fromisoformat(value.strip())
        except ValueError:
            self.report(
                key,
                _("{key} must be a date", key=key),
                _("write YYYY-MM-DD; it is {value!r:.40}", value=value),
                code="bad-date",
            )
            return None
        if found.year in YEARS:
            return found
        self.report(
            key, _("{day} is no day of a letter", day=found), _("give one from 1900 to 2199"), code="bad-date"
        )
        return None

    def choice(
        self,
        key: str,
        known: Collection[str],
        default: str,
        *,
        required: bool = False,
        code: str = "unknown-value",
    ) -> str:
        """Read one of the known words; `code` is that of another one."""
        value = self.text(key, default, required=required)
        if value and value != default and value not in known:
            self.report(
                key,
                _("unknown {key} '{value}'", key=key, value=value),
                did_you_mean(value, list(known)),
                code=code,
            )
            return default
        return value

    def table(self, key: str) -> "Table":
        """Read a sub-table; an empty one where it is not given."""
        value = self._get(key, dict, N_("a table, as in [{name}]"), name=self._header(key)) or {}
        return Table(
            value, self.path, self.lines, self.problems, self._header(key), self.index, self.line(key)
        )

    def tables(self, key: str) -> list["Table"]:
        """Read a list of sub-tables; their faults stand where each is written, else at the list's line."""
        what = N_("a list of tables, as in [[{name}]]")
        value = self._get(key, list, what, name=self._header(key)) or []
        if not all(isinstance(entry, dict) for entry in value):
            message = _("{key} must be {what}", key=key, what=_(what, name=self._header(key)))
            self.report(key, message, code="wrong-type")
        lines = {} if self.index else self.lines  # in a list of tables, places would be those of the list
        return [
            Table(entry, self.path, lines, self.problems, self._header(key), place, self.line(key))
            for place, entry in enumerate(value)
            if isinstance(entry, dict)
        ]

    def _header(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def close(self, known: Collection[str] = ()) -> None:
        """Report every key that was neither asked for nor is known."""
        for key in self.values:
            if key not in known and key not in self.asked:
                message = (
                    _("unknown key '{key}' in [{table}]", key=key, table=self.name)
                    if self.name
                    else _("unknown key '{key}'", key=key)
                )
                self.report(key, message, did_you_mean(key, [*self.asked, *known]), code="unknown-key")


@dataclass(slots=True)
class TomlFile:
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
                Problem(
                    self.path, line, _("{name} must be a list of tables", name=name), hint, code="wrong-type"
                )
            )
            return
        for index, entry in enumerate(entries):
            yield Table(entry, self.path, self.lines, self.problems, name, index)


def parse(text: str, path: str, problems: list[Problem], first_line: int = 1) -> TomlFile:
    """Parse TOML text that begins on `first_line` of its file.

    Raises:
        InputError: the text is not TOML; the line is named.
    """
    offset = first_line - 1
    nul = _NUL.search(text)
    if nul:
        at = text.count("\n", 0, nul.start()) + 1 + offset
        raise InputError(
            Problem(
                path,
                at,
                _("no text holds the character U+0000"),
                _("take it out"),
                code="unprintable-character",
            )
        )
    try:
        values = tomli.loads(text)
    except RecursionError as error:
        hint = _("take them apart")
        raise InputError(
            Problem(path, first_line, _("lists stand too deep in one another"), hint, code="too-deep")
        ) from error
    except tomli.TOMLDecodeError as error:
        message = error.msg[:1].lower() + error.msg[1:]
        hint = _("check the quotes, brackets and commas of this line and the one above")
        line = min(error.lineno, text.count("\n") + 1)
        raise InputError(
            Problem(
                path, line + offset, _("broken TOML: {message}", message=message), hint, code="broken-toml"
            )
        ) from error
    return TomlFile(values, path, _lines(text, offset), problems)


def load(path: Path, shown: str, problems: list[Problem]) -> TomlFile:
    """Read and parse a TOML file; raises as `read_text` and `parse` do."""
    return parse(read_text(path, shown), shown, problems)


@lru_cache
def load_data(name: str) -> Mapping[str, Any]:
    """Return a TOML file of `outreach/data`, parsed once."""
    return tomli.loads((files("outreach") / "data" / name).read_text(encoding="utf-8"))


def load_words(name: str, language: str) -> Mapping[str, Any]:
    """Return the table that a file of `outreach/data` has for a language, else for English."""
    tables = load_data(name)
    words: Mapping[str, Any] = tables.get(language, tables["en"])
    return words


def _lines(text: str, offset: int) -> Lines:
    """Return where each key and header stands; `text` is known to be TOML."""
    found: dict[tuple[str, int], dict[str, int]] = {("", 0): {}}
    lists: dict[str, int] = {}
    name, index = "", 0
    for number, line, entries in _statements(text):
        at = number + offset
        header, key = HEADER.match(line), KEY.match(line)
        if header:
            name = ".".join(key_parts(header[2]))
            if header[1] == "[[":
                lists[name] = lists.get(name, -1) + 1
            owners = [place for owner, place in lists.items() if f"{name}.".startswith(f"{owner}.")]
            index = owners[-1] if owners else 0
            found[name, index] = {"": at}
        elif key:
            *tables, last = key_parts(key[1])
            owner = name
            for table in tables:
                found[owner, index].setdefault(table, at)
                owner = f"{owner}.{table}" if owner else table
                found.setdefault((owner, index), {"": at})
            found[owner, index].setdefault(last, at)
            own = f"{owner}.{last}" if owner else last
            for place, entry in enumerate(entries if key[2] else ()):
                found[own, place] = {"": entry + offset}
    return found


def key_parts(text: str) -> list[str]:
    """Return the parts of a dotted key."""
    if not {'"', "'"} & set(text):
        return [part.strip() for part in text.split(".")]
    table: Any = tomli.loads(f"{text} = 0")
    parts = []
    while isinstance(table, dict):
        ((part, table),) = table.items()
        parts.append(part)
    return parts


def _statements(text: str) -> Iterator[tuple[int, str, list[int]]]:
    """Yield number, from 1, and text of each line that begins a header or a key: no value runs into it.

    Besides, the lines of the tables that stand in its value, as in `key = [{...}, {...}]`.
    """
    lines = text.split("\n")
    depth, number, begun = 0, 1, 1
    tables: list[int] = []
    for token in TOKEN.finditer(text):
        kind = token[0]
        if kind == "\n" and not depth:
            yield begun, lines[begun - 1], tables
            begun, tables = number + 1, []
        if kind == "{" and depth == 1:
            tables.append(number)
        depth += (kind in "[{") - (kind in "]}")
        number += kind.count("\n")
    yield begun, lines[begun - 1], tables
