"""A Draft: what one row, card or record of a foreign file says of a contact."""

from dataclasses import dataclass, field
from typing import Any

from outreach.tomlfile import load_data


@dataclass(slots=True)
class Draft:
    """Values for a contact, not yet checked."""

    line: int
    """In the file, from 1; of a record without lines, its place."""
    values: dict[str, Any]
    """By contact field; texts, or lists of texts."""
    cells: list[str] = field(default_factory=list)
    """The row as it stands in the file, to be given back if it is faulty."""
    faults: list[str] = field(default_factory=list)
    """What is wrong besides what a contact's own rules find."""
    born: str = ""
    """Birth date, to tell namesakes apart while a file is read; never kept."""
    department: str = ""
    region: str = ""


def department_of(insee: str) -> str:
    """Return the department's code of a commune: "69" of 69123, "971" of 97105, "2A" of 2A004."""
    return insee[: 3 if insee.startswith(("97", "98")) else 2]


def region_of(department: str) -> str:
    """Return the region's code of a department; empty if it is not known."""
    regions: dict[str, list[str]] = load_data("places.toml")["regions"]
    return next((region for region, departments in regions.items() if department in departments), "")


def commune_of(insee: str) -> str:
    """Return the commune of a municipal arrondissement of Paris, Lyon or Marseille, else the code itself."""
    found = {"6938": "69123", "751": "75056", "132": "13055"}
    return next((whole for start, whole in found.items() if insee.startswith(start)), insee)
