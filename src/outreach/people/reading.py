"""Read a campaign's contacts from contacts/*.toml and contacts/*.csv."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.files.tables import separator_of, uneven_row, unguarded
from outreach.files.toml import Table, files_in, load
from outreach.language import _
from outreach.people.contact import FIELD_NAMES, Entry, read_contact

FOLDER = "contacts"

_FIELDS = frozenset(FIELD_NAMES)
_LISTS = ("address", "tags")
_LIST_SEPARATOR = "|"


def load_contacts(root: Path) -> tuple[list[Entry], list[Problem]]:
    """Read every contact of the campaign folder, files by name, contacts in the order of their file.

    Faulty contacts are kept and marked, so that the letters meant for them can be named.

    Raises:
        InputError: files that cannot be parsed at all, all of them in one error.
        WorldError: a file cannot be read.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    broken: list[Problem] = []
    for path in files_in(root / FOLDER, f"{FOLDER}/"):
        shown = path.relative_to(root).as_posix()
        try:
            if path.suffix.lower() == ".toml":
                entries += _read_toml(path, shown, problems)
            elif path.suffix.lower() == ".csv":
                entries += [read_contact(row) for row in _read_csv(path, shown, problems)]
            elif path.suffix.lower() != ".bak":
                hint = _("contacts are read from .toml and .csv files; save the table as CSV")
                problems.append(Problem(shown, 0, _("the file is not read"), hint, "warning"))
        except InputError as error:
            broken += error.problems
    if broken:
        raise InputError(*problems, *broken)
    return _without_doubles(entries, problems), problems


def _read_toml(path: Path, shown: str, problems: list[Problem]) -> list[Entry]:
    document = load(path, shown, problems)
    document.top().close(("contact",))
    return [read_contact(table) for table in document.each("contact")]


def _read_csv(path: Path, shown: str, problems: list[Problem]) -> Iterator[Table]:
    text = decode(path, shown)
    separator = separator_of(text.partition("\n")[0])
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = next(rows, [])
        columns = _columns(header, shown, problems)
        line = rows.line_num + 1
        nameless = 0
        blank = [number for number, name in enumerate(columns) if not name]
        for row in rows:
            if any(map(str.strip, row)):
                if not nameless and any(row[number].strip() for number in blank if number < len(row)):
                    nameless = line
                if len(row) != len(header):
                    hint = _("quote cells that contain the separator")
                    problems.append(Problem(shown, line, uneven_row(row, header), hint))
                yield Table(_values(columns, row), shown, {("", 0): {"": line}}, problems)
            line = rows.line_num + 1
        if nameless:
            message = _("cells stand in a column without a name and are not read")
            problems.append(Problem(shown, nameless, message, _("name the column in line 1"), "warning"))
    except csv.Error as error:
        raise InputError(
            Problem(shown, rows.line_num, _("broken CSV: {error}", error=error), _("check the quotes"))
        ) from error


def decode(path: Path, shown: str) -> str:
    """Return a table's text, UTF-8 with or without a byte order mark, else cp1252.

    Raises:
        InputError: it is neither.
        WorldError: the file cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error))) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return raw.decode("cp1252")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise InputError(
                Problem(shown, line, _("is neither UTF-8 nor cp1252"), _("save it as UTF-8 CSV"))
            ) from error


def _columns(header: list[str], shown: str, problems: list[Problem]) -> list[str]:
    """Return each column's field name, or its own name where it is none of ours."""
    known = {_bare(name): name for name in FIELD_NAMES if name != "fields"}
    columns = [known.get(_bare(cell)) or _field_name(cell, shown, problems) for cell in header]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    problems += [
        Problem(shown, 1, _("two columns are named '{name}'", name=name), _("rename or delete one"))
        for name in twice
    ]
    for name in ("id", "role"):
        if name not in columns:
            found = ", ".join(filter(None, columns[:6])) or _("an empty line")
            raise InputError(
                Problem(
                    shown,
                    1,
                    _("there is no column '{name}'", name=name),
                    _("the header is {found}", found=found),
                )
            )
    return columns


def _field_name(cell: str, shown: str, problems: list[Problem]) -> str:
    """Return a column's name in templates, with a warning where that is another one."""
    name = field_name(cell)
    if name != "_".join(cell.split()):
        message = _(
            "templates know the column '{cell}' as recipient.fields.{name}", cell=cell.strip(), name=name
        )
        problems.append(
            Problem(shown, 1, message, _("rename it if another name suits you better"), "warning")
        )
    return name


def field_name(cell: str) -> str:
    """Return what templates call a column of the campaign's own: "N_SIREN" for "N° SIREN"."""
    name = "_".join(cell.split())
    if not name or name.isidentifier():
        return name
    plain = unicodedata.normalize("NFKD", name).replace("\N{DEGREE SIGN}", "_")
    usable = re.sub(r"[\W_]+", "_", plain.encode("ascii", "replace").decode()).strip("_")
    return f"_{usable}" if usable[:1].isdigit() else usable


def _bare(name: str) -> str:
    return "".join(name.casefold().replace("_", "").replace("-", "").split())


def _values(columns: list[str], row: list[str]) -> Mapping[str, object]:
    """Return the row's values; empty cells of our own fields count as not given."""
    values: dict[str, object] = {}
    own: dict[str, str] = {}
    for name, cell in zip(columns, row, strict=False):
        text = unguarded(cell.strip())
        if name in _FIELDS:
            if text:
                values[name] = text.split(_LIST_SEPARATOR) if name in _LISTS else text
        elif name:
            own[name] = text
    return {**values, "fields": own} if own else values


def _without_doubles(entries: list[Entry], problems: list[Problem]) -> list[Entry]:
    first: dict[str, Entry] = {}
    kept = []
    for entry in entries:
        name = entry.contact.id.casefold()
        if name and name in first:
            earlier = first[name]
            message = _("id '{id}' is used twice", id=entry.contact.id)
            hint = _("the first is at {place}", place=f"{earlier.path}:{earlier.line}")
            problem = Problem(entry.path, entry.line, message, hint)
            problems.append(problem)
            kept.append(replace(entry, faults=(*entry.faults, problem)))
        else:
            first[name] = entry
            kept.append(entry)
    return kept
