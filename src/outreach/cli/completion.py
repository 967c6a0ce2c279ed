"""Propose letters, contacts, selectors and label sheets to the shell, from the campaign's files.

Files are looked at and not checked, so that an answer comes before the next key.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli
import typer

from outreach.campaign.paths import CONTACTS, LETTERS, SETTINGS, find_root
from outreach.errors import OutreachError
from outreach.files.reading import read_text


def letters(context: typer.Context, incomplete: str) -> list[str]:
    """Return the letters' names that begin so."""
    root = _root(context)
    names = (path.stem for path in sorted(root.glob(f"{LETTERS}/*.md"))) if root else ()
    return [name for name in names if name.startswith(incomplete) and not name.startswith("_")]


def contacts(context: typer.Context, incomplete: str) -> list[str]:
    """Return the contacts' ids that begin so."""
    return [row["id"] for row in _rows(context) if str(row.get("id", "")).startswith(incomplete)]


def selectors(context: typer.Context, incomplete: str) -> list[str]:
    """Return the selectors that begin so: ids, and the roles, tags and communes that contacts have."""
    rows = list(_rows(context))
    found = {"all", *(str(row["id"]) for row in rows if row.get("id"))}
    found |= {f"role:{row['role']}" for row in rows if row.get("role")}
    found |= {f"commune:{row['insee']}" for row in rows if row.get("insee")}
    found |= {f"tag:{tag}" for row in rows for tag in _list(row.get("tags"))}
    return sorted(name for name in found if name.startswith(incomplete))


def label_sheets(context: typer.Context, incomplete: str) -> list[str]:
    """Return the label sheets that begin so: those shipped and the campaign's own."""
    from outreach.country.country import DEFAULT, find_country, load_country

    root = _root(context)
    settings = _toml(root / SETTINGS) if root else {}
    about = settings.get("campaign", {})
    country = find_country(str(about.get("country", DEFAULT))) if isinstance(about, dict) else None
    shipped = (country or load_country(DEFAULT)).label_sheets
    return [name for name in [*shipped, *settings.get("labels", {})] if name.startswith(incomplete)]


def _root(context: typer.Context) -> Path | None:
    named = context.find_root().params.get("campaign")
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
