"""Match the columns of any table with a contact's fields, and read its rows by that mapping."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from outreach.country.country import Country
from outreach.errors import InputError, Problem, did_you_mean
from outreach.files.encoding import mended
from outreach.files.tables import RawTable, uneven_row, unguarded
from outreach.files.toml import load_data
from outreach.language import N_, _
from outreach.people.contact import COLUMNS, LIST_FIELDS, LIST_SEPARATOR
from outreach.people.names import bare
from outreach.people.people import field_name
from outreach.people.sources.as_written import WHOLES, tidied
from outreach.people.sources.candidate import Candidate

REASONS = "reasons"
"""Column of rejected rows, not read again."""

_NEAR = 88
"""Points of likeness out of 100 from which a column's name is taken for a known one."""
_SHOWN = 8
"""Columns that a message names."""
_MAPPED = (*COLUMNS, *WHOLES)
"""What a column can be mapped to."""
_NEEDED = (
    (
        ("family_name", "organisation", "title", "name", "name_family_first"),
        N_("there is no column for the name"),
    ),
    (("postal_code", "postal_city", "full_address"), N_("there is no column for the postal code")),
    (("city", "postal_city", "full_address"), N_("there is no column for the town")),
)
_LOST = "\N{REPLACEMENT CHARACTER}"


def guess_columns(header: Sequence[str], given: Mapping[str, str], name: str) -> dict[int, str]:
    """Return place of a column to contact field: as given, else by its name; others are left out.

    Several columns of different names may make one address; of two columns of one name the first counts.

    Args:
        header: The table's first line.
        given: Field to column, which goes before every guess.
        name: Of the file, for messages.

    Raises:
        InputError: an unknown field or column in `given`.
    """
    found = _given_columns(header, given, name)
    seen: set[str] = set()
    for number, cell in enumerate(header):
        title = bare(cell)
        is_twice = title in seen
        seen.add(title)
        field = _known().get(title) or _known().get(_without_number(title, "address")) or _nearest(title)
        is_free = field not in found.values() or (field == "address" and not is_twice and field not in given)
        if number not in found and field and is_free:
            found[number] = field
    fields = list(found.values())
    if fields.count("address") == 1 and not {"postal_code", "city", "postal_city", "full_address"} & set(
        fields
    ):
        whole = next(number for number, field in found.items() if field == "address")
        found[whole] = "address" if "address" in given else "full_address"  # code and town stand nowhere else
    first_title = next((number for number, field in found.items() if field == "title"), None)
    if (
        first_title is not None
        and "civility" not in found.values()
        and [bare(cell) for cell in header].count(bare(header[first_title])) > 1
    ):  # as some address books have it: a title before the name, then one of office
        found[first_title] = "civility"
        second = [bare(cell) for cell in header].index(bare(header[first_title]), first_title + 1)
        found.setdefault(second, "title")
    return found


def _given_columns(header: Sequence[str], given: Mapping[str, str], name: str) -> dict[int, str]:
    problems = []
    found: dict[int, str] = {}
    by_name = {bare(cell): number for number, cell in reversed(list(enumerate(header)))}
    for field, column in given.items():
        if field not in _MAPPED:
            hint = did_you_mean(field, _MAPPED) or _("as in family_name, postal_code, city")
            problems.append(
                Problem("", 0, _("no field '{field}' for --map", field=field), hint, code="unknown-key")
            )
        elif bare(column) not in by_name:
            hint = did_you_mean(column, list(header))
            problems.append(
                Problem(
                    name,
                    1,
                    _("no column '{column}' for --map {field}", column=column, field=field),
                    hint,
                    code="missing-column",
                )
            )
        else:
            found[by_name[bare(column)]] = field
    if problems:
        raise InputError(*problems)
    return found


def count_known(cells: Sequence[str]) -> int:
    """Return how many different fields the cells of a row name, as a header does."""
    names = [bare(mended(cell)) for cell in cells]
    return len({field for name in names if (field := _known().get(name))}) or sum(
        name in _book_names() for name in names
    )


@cache
def _known() -> Mapping[str, str]:
    """Return bare names of columns to fields."""
    names: Mapping[str, Sequence[str]] = load_data("columns.toml")["names"]
    known = {bare(alias): field for field, aliases in names.items() for alias in aliases}
    return known | {bare(field): field for field in COLUMNS}


@cache
def _book_names() -> frozenset[str]:
    signs = (name for book in load_data("columns.toml")["book"] for sign in book["signs"] for name in sign)
    return frozenset(map(bare, signs))


def _without_number(title: str, field: str) -> str:
    """Return the name of a numbered column, as "adresse" of "adresse2", if it is one of that field."""
    name = re.sub(r"\d+$", "", title)
    return name if _known().get(name) == field else ""


def column_problems(columns: Mapping[int, str], table: RawTable, name: str, role: str) -> list[Problem]:
    """Return what a table lacks as a whole, one kind at a time, before any row is looked at."""
    fields = set(columns.values())
    shown = ", ".join(filter(None, table.header[:_SHOWN])) + (", ..." if len(table.header) > _SHOWN else "")
    is_own = {"id", "role"} <= {cell.strip() for cell in table.header}
    for needed, message in _NEEDED[: 1 if is_own else None]:  # an export may hold people without addresses
        if not fields & set(needed) and not is_lines_only(columns):
            hint = _("the file has {columns}; use --map {field}=COLUMN", columns=shown, field=needed[0])
            return [Problem(name, table.header_line, _(message), hint, code="missing-column")]
    if not (fields & {"role", "title"} or role or _is_for_letters(table.header)):
        hint = _("the file has {columns}; use --map role=COLUMN, or --role ROLE", columns=shown)
        return [
            Problem(
                name, table.header_line, _("there is no column for the role"), hint, code="missing-column"
            )
        ]
    return []


def is_lines_only(columns: Mapping[int, str]) -> bool:
    """Tell whether a table has whole addresses, a line a column and the name in the first of them."""
    fields = list(columns.values())
    named = {"family_name", "organisation", "name", "name_family_first", "title", "city"}
    return fields.count("address") > 1 and not named & set(fields)


def _is_for_letters(header: Sequence[str]) -> bool:
    """Tell whether a table is one of a mail merge, which knows no functions: columns of address lines."""
    lines = {"addressline1", "adresseligne1", "ligneadresse1"}
    return bool(lines & set(map(bare, header)))


def left_columns(columns: Mapping[int, str], header: Sequence[str]) -> dict[int, str]:
    """Return the columns that are not taken because another has the same name, or because they have none."""
    taken = {bare(header[number]) for number in columns if number < len(header)}
    left = {}
    for number, cell in enumerate(header):
        if number in columns or cell == REASONS:
            continue
        if not cell or bare(cell) in taken:
            left[number] = cell
        taken.add(bare(cell))
    return left


def own_columns(columns: Mapping[int, str], header: Sequence[str]) -> dict[int, str]:
    """Return the columns that no field is mapped to, which become the contacts' own fields."""
    left = left_columns(columns, header)
    return {
        number: cell
        for number, cell in enumerate(header)
        if number not in columns and number not in left and cell != REASONS
    }


def read_columns(
    table: RawTable, columns: Mapping[int, str], role: str, home: Country
) -> Iterator[Candidate]:
    """Yield a candidate a row; columns that no field is mapped to become the contact's own fields."""
    left = left_columns(columns, table.header)
    own = {number: field_name(cell) for number, cell in own_columns(columns, table.header).items()}
    for line, raw in table.rows:
        cells, notes = clean_row(raw)
        row: dict[str, Any] = {}
        for number, field in columns.items():
            text = cells[number] if number < len(cells) else ""
            if text:
                _put(row, field, text)
        if is_lines_only(columns):
            row["name"], *rest = row.pop("address", [""])
            row["full_address"] = "\n".join([*rest, row.pop("postal_code", "")]).strip()
        extra = {name: cells[number] for number, name in own.items() if number < len(cells)}
        extra = {name: text for name, text in extra.items() if text}
        if extra:
            row["fields"] = extra
        values, mended_notes = tidied(row, role, home)
        notes += [*mended_notes, *_left_cells(cells, left, len(table.header))]
        faults = row_faults(cells, table.header)
        yield Candidate(line, values, raw, faults, notes, has_id="id" in row)


def row_faults(cells: Sequence[str], header: Sequence[str]) -> list[str]:
    """Return why a row cannot be read whole: it has too many cells, or too few, or characters are lost."""
    faults = []
    is_short = len(cells) < len(header)
    if (is_short and any(header[len(cells) :])) or any(cells[len(header) :]):
        faults.append(uneven_row(cells, header))
    lost = next((word for cell in cells for word in cell.split() if _LOST in word), "")
    if lost:
        faults.append(_("a character is lost in '{word}'", word=lost))
    return faults


def clean_row(raw: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return cells without what spreadsheets put around them, and what was mended in them."""
    cells = []
    notes = []
    for cell in raw:
        whole = mended(cell)
        if whole != cell:
            words = zip(cell.split(" "), whole.split(" "), strict=False)
            word, better = next((pair for pair in words if pair[0] != pair[1]), (cell, whole))
            notes.append(_("'{word}' was encoded twice: taken for '{mended}'", word=word, mended=better))
        cells.append(_clean(whole))
    return cells, notes


def _clean(cell: str) -> str:
    bare_cell = unguarded(cell.strip())
    text = "\n".join(" ".join(line.split()) for line in bare_cell.strip().splitlines())
    formula = re.fullmatch(r'="(.*)"', text, re.DOTALL) if bare_cell == cell.strip() else None
    text = formula[1].strip() if formula else text
    return text[1:] if re.match(r"'\d", text) else text


def _put(row: dict[str, Any], field: str, text: str) -> None:
    """Add a cell to a row; several may make one list."""
    if field not in LIST_FIELDS:
        row[field] = text
        return
    parts = text.split(LIST_SEPARATOR) if field != "address" else re.split(r"[|\r\n\v]+", text)
    row[field] = [*row.get(field, []), *(part.strip() for part in parts if part.strip())]


def _left_cells(cells: Sequence[str], left: Mapping[int, str], width: int) -> list[str]:
    """Name what stands in columns that have no name of their own."""
    nameless = [cells[number] for number, name in left.items() if number < len(cells) and not name]
    found = [text for text in nameless if text] + [text for text in cells[width:] if text]
    return [_("'{text}' stands in a column without a name and is left out", text=text) for text in found]


def _nearest(name: str) -> str:
    from rapidfuzz import fuzz, process

    known = _known()
    found = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=_NEAR) if name else None
    return known[found[0]] if found else ""
