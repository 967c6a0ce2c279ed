"""A Candidate: what one row, card or record of a foreign file says of a contact."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(slots=True)
class Candidate:
    """Values for a contact, not yet checked."""

    line: int
    """In the file, from 1; of a record without lines, its place."""
    values: dict[str, Any]
    """By contact field; texts, or lists of texts."""
    cells: list[str] = field(default_factory=list)
    """The row as it stands in the file, to be given back if it is faulty."""
    faults: list[str] = field(default_factory=list)
    """What is wrong besides what a contact's own rules find."""
    notes: list[str] = field(default_factory=list)
    """What was mended, left out or not understood; the contact is taken over all the same."""
    has_id: bool = False
    """The file names it by an id, which was not made from its name."""
    born: str = ""
    """Birth date, to tell namesakes apart while a file is read; never kept."""
    since: date | None = None
    """First day of the function, else of the mandate."""
    department: str = ""
    region: str = ""
    unknown_function: str = ""
    """Label of an office that no table knows; it became the title as it stands."""
