"""Match the columns of any table with a contact's fields, and read its rows by that mapping."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outreach.country.country import Country
from outreach.errors import InputError, Problem, did_you_mean
from outreach.files.tables import RawTable, uneven_row, unguarded
from outreach.files.toml import load_data
from outreach.language import N_, _
from outreach.people.contact import COLUMNS, LIST_FIELDS, LIST_SEPARATOR, ROLES
from outreach.people.names import bare, id_words, person_name, slug
from outreach.people.people import field_name
from outreach.people.sources.candidate import Candidate
from outreach.people.sources.places import place_of_code

REASONS = "reasons"
"""Column of rejected rows, not read again."""

_NEAR = 88
"""Points of likeness out of 100 from which a column's name is taken for a known one."""
_SHOWN = 8
"""Columns that a message names."""
_NEEDED = (
    (("family_name", "organisation", "title"), N_("there is no column for the name")),
    (("postal_code",), N_("there is no column for the postal code")),
    (("city",), N_("there is no column for the town")),
)


def guess_columns(header: Sequence[str], given: Mapping[str, str], name: str) -> dict[int, str]:
    """Return place of a column to contact field: as given, else by its name; others are left out.

    Args:
        header: The table's first line.
        given: Field to column, which goes before every guess.
        name: Of the file, for messages.

    Raises:
        InputError: an unknown field or column in `given`.
    """
    problems = []
    found: dict[int, str] = {}
    by_name = {bare(cell): number for number, cell in enumerate(header)}
    for field, column in given.items():
        if field not in COLUMNS:
            hint = did_you_mean(field, COLUMNS) or _("as in family_name, postal_code, city")
            problems.append(Problem("", 0, _("no field '{field}' for --map", field=field), hint))
        elif bare(column) not in by_name:
            hint = did_you_mean(column, list(header))
            problems.append(
                Problem(
                    name, 1, _("no column '{column}' for --map {field}", column=column, field=field), hint
                )
            )
        else:
            found[by_name[bare(column)]] = field
    if problems:
        raise InputError(*problems)
    known = {
        bare(alias): field
        for field, aliases in load_data("columns.toml")["names"].items()
        for alias in aliases
    }
    known |= {bare(field): field for field in COLUMNS}
    for number, cell in enumerate(header):
        field = known.get(bare(cell)) or _nearest(bare(cell), known)
        if number not in found and field and field not in found.values():
            found[number] = field
    return found


def column_problems(columns: Mapping[int, str], table: RawTable, name: str, role: str) -> list[Problem]:
    """Return what a table lacks as a whole, one kind at a time, before any row is looked at."""
    fields = set(columns.values())
    shown = ", ".join(filter(None, table.header[:_SHOWN])) + (", ..." if len(table.header) > _SHOWN else "")
    for needed, message in _NEEDED:
        if not fields & set(needed):
            hint = _("the file has {columns}; use --map {field}=COLUMN", columns=shown, field=needed[0])
            return [Problem(name, 1, _(message), hint)]
    if "role" not in fields and not role:
        hint = _("the file has {columns}; use --map role=COLUMN, or --role ROLE", columns=shown)
        return [Problem(name, 1, _("there is no column for the role"), hint)]
    return []


def read_columns(
    table: RawTable, columns: Mapping[int, str], role: str, home: Country
) -> Iterator[Candidate]:
    """Yield a candidate a row; columns that no field is mapped to become the contact's own fields."""
    own = {
        number: field_name(cell)
        for number, cell in enumerate(table.header)
        if number not in columns and cell and cell != REASONS
    }
    for line, cells in table.rows:
        row: dict[str, Any] = {}
        for number, field in columns.items():
            text = unguarded(cells[number].strip()) if number < len(cells) else ""
            if text:
                row[field] = (
                    [part.strip() for part in text.split(LIST_SEPARATOR)] if field in LIST_FIELDS else text
                )
        extra = {
            name: unguarded(cells[number].strip()) for number, name in own.items() if number < len(cells)
        }
        extra = {name: text for name, text in extra.items() if text}
        if extra:
            row["fields"] = extra
        faults = [uneven_row(cells, table.header)] if len(cells) != len(table.header) else []
        department, region = place_of_code(str(row.get("insee") or row.get("postal_code") or ""), home)
        yield Candidate(line, completed(row, role, home), cells, faults, department=department, region=region)


def completed(row: dict[str, Any], role: str, home: Country) -> dict[str, Any]:
    """Return a row with role, gender and postal code as contacts write them, and an id where it has none."""
    values = dict(row)
    word = str(values.get("role", ""))
    if word not in ROLES:
        values["role"] = _role(word) or role or word
    genders = {"m": "m", "h": "m", "homme": "m", "masculin": "m", "f": "f", "femme": "f", "feminin": "f"}
    if values.get("gender") and values["gender"] not in ("x", "group"):
        values["gender"] = genders.get(bare(str(values["gender"])), values["gender"])
    if not values.get("gender"):
        forms = {"m": "m", "mr": "m", "monsieur": "m", "mme": "f", "madame": "f", "mlle": "f"}
        values["gender"] = forms.get(bare(str(values.get("civility", ""))), "")
    for name in ("family_name", "given_name"):
        if values.get(name):
            values[name] = person_name(str(values[name]))
    if str(values.get("postal_code", "")).isdigit() and not values.get("country"):
        values["postal_code"] = home.full_code("postal_code", str(values["postal_code"]))
    if values.get("insee"):
        values["insee"] = home.full_code("locality", str(values["insee"]))
    if not values.get("id"):
        values["id"] = slug(f"{id_words(values)} {values.get('insee') or values.get('postal_code') or ''}")
    return {key: value for key, value in values.items() if value}


def _role(word: str) -> str:
    names: Mapping[str, Sequence[str]] = load_data("columns.toml")["roles"]
    return next((role for role, words in names.items() if bare(word) in map(bare, words)), "")


def _nearest(name: str, known: Mapping[str, str]) -> str:
    from rapidfuzz import fuzz, process

    found = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=_NEAR) if name else None
    return known[found[0]] if found else ""
