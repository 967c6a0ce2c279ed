"""Propose letters, contacts, selectors and label sheets to the shell, from the campaign's files.

Files are looked at and not checked, so that an answer comes before the next key.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli
import typer

from outreach.campaign.paths import CONTACTS, LETTERS, SETTINGS, find_root
from outreach.errors import OutreachError
from outreach.files.reading import read_text

if TYPE_CHECKING:
    from outreach.country.country import Country


def letters(context: typer.Context, incomplete: str) -> list[str]:
    """Return the letters' names that begin so."""
    root = _root(context)
    names = (path.stem for path in sorted(root.glob(f"{LETTERS}/*.md"))) if root else ()
    return [name for name in names if name.startswith(incomplete) and not name.startswith("_")]


def contacts(context: typer.Context, incomplete: str) -> list[str]:
    """Return the contacts' ids that begin so."""
    return [row["id"] for row in _rows(context) if str(row.get("id", "")).startswith(incomplete)]


def selectors(context: typer.Context, incomplete: str) -> list[str]:
    """Return the selectors that begin so: ids, words of closed lists, and what else contacts have.

    Behind a comma, the part that is being typed is completed.
    """
    from outreach.journal.words import Outcome, Status
    from outreach.people.selectors import Reach

    before, comma, begun = incomplete.rpartition(",")
    rows = list(_rows(context))
    found = {"all", "due", *(str(row["id"]) for row in rows if row.get("id"))}
    found |= {f"{kind}:{row[key]}" for kind, key in _KINDS.items() for row in rows if row.get(key)}
    found |= {f"tag:{tag}" for row in rows for tag in _list(row.get("tags"))}
    found |= {f"has:{word}" for word in Reach}
    found |= {f"status:{word}" for word in Status} | {f"outcome:{word}" for word in Outcome}
    found |= {f"field:{name}={value}" for row in rows for name, value in _own(row)}
    found |= set(_divisions(context, rows)) if begun.startswith("department:") else {"department:"}
    return sorted(f"{before}{comma}{name}" for name in found if name.startswith(begun))


_KINDS = {"role": "role", "commune": "insee", "country": "country"}
"""Selectors by the field whose values they take."""


def _own(row: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield the fields of the campaign's own with a value that can stand in a selector."""
    from outreach.people.contact import column_field
    from outreach.people.people import field_name

    fields = row.get("fields")
    own = fields if isinstance(fields, dict) else {}
    own |= {field_name(name): value for name, value in row.items() if name and not column_field(name)}
    own.pop("fields", None)
    yield from ((name, value) for name, value in own.items() if value and "," not in str(value))


def _divisions(context: typer.Context, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    from outreach.country.country import find_country

    home = _country(context)
    for row in rows:
        named = str(row.get("country") or "")
        country = find_country(named) if named else home
        code = str(row.get("insee") or row.get("postal_code") or "")
        division = country.division_of(country.full_code("locality", code)) if country else ""
        if division:
            yield f"department:{division}"


def label_sheets(context: typer.Context, incomplete: str) -> list[str]:
    """Return the label sheets that begin so: those shipped and the campaign's own."""
    shipped = _country(context).label_sheets
    names = [*shipped, *_settings(context).get("labels", {})]
    return [name for name in names if name.startswith(incomplete)]


def _country(context: typer.Context) -> "Country":
    """Return the campaign's country, as far as its settings say it."""
    from outreach.country.country import DEFAULT, find_country, load_country

    about = _settings(context).get("campaign", {})
    country = find_country(str(about.get("country", DEFAULT))) if isinstance(about, dict) else None
    return country or load_country(DEFAULT)


def _settings(context: typer.Context) -> dict[str, Any]:
    root = _root(context)
    return _toml(root / SETTINGS) if root else {}


def _root(context: typer.Context) -> Path | None:
    named = context.obj
    try:
        return find_root(Path(named).resolve(), upward=False) if named else find_root(Path.cwd().resolve())
    except OutreachError:
        return None


def _rows(context: typer.Context) -> Iterator[dict[str, Any]]:
    root = _root(context)
    for path in sorted((root / CONTACTS).glob("*")) if root else ():
        if path.suffix.lower() == ".toml":
            found = _toml(path).get("contact", [])
            yield from (row for row in found if isinstance(row, dict)) if isinstance(found, list) else ()
        elif path.suffix.lower() == ".csv":
            yield from _table(path)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomli.loads(read_text(path, path.name))
    except (OutreachError, ValueError, RecursionError):
        return {}


def _table(path: Path) -> Iterator[dict[str, Any]]:
    from outreach.files.tables import read_rows

    try:
        rows, _separator = read_rows(path, path.name)
        names = [name.strip().casefold() for name in next(rows, (0, []))[1]]
        yield from (dict(zip(names, cells, strict=False)) for _line, cells in rows)
    except OutreachError:
        return


def _list(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [part.strip() for part in str(value or "").split("|") if part.strip()]
