"""Read the follow-up ladders, data/procedures/*.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outreach.tomlfile import load_data

NAMES = ("courtesy", "request", "documents")
ADMINISTRATIONS = (
    "mayor",
    "district-mayor",
    "metropolitan-president",
    "department-president",
    "regional-president",
    "intermunicipal-president",
    "prefect",
    "sub-prefect",
    "minister",
    "authority",
)
"""Roles that speak for an administration; any other office holder is bound by no time limit."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of a ladder: counted from what, how long, how, and what it is for."""

    id: str
    does: str
    """What happens, or what there is to do."""
    start: str
    """`received`, `refused`, `sent:LETTER`, or the id of an earlier step; `|` separates alternatives."""
    months: int = 0
    days: int = 0
    counting: str = "calendar"
    """`calendar`; `franc`: one day more; `safe`: one day less."""
    roll: str = "none"
    """From a day off to the next (`forward`) or the previous (`back`) working day."""
    letter: str = ""
    """Name of the letter to write; may be empty."""
    is_event: bool = False
    """Something that happens by itself, not something to do."""
    is_legal: bool = False
    """A text of law sets the date."""
    opens: str = "then"
    """`then`: to be done on the date; `the day after`: from the day after the start, until the date."""
    outcome: str = ""
    """What the case's outcome becomes once the day has passed."""
    ended_by: tuple[str, ...] = ()
    """Facts that make it needless: an answer, or a letter sent, as in `sent:reminder:2`."""
    basis: str = ""
    source: str = ""
    checked: str = ""
    """Day on which the rule was last compared with its source; empty if never."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """A ladder of steps."""

    name: str
    title: str
    steps: tuple[Step, ...]


def load_procedure(name: str) -> Procedure:
    """Return a shipped procedure, one of `NAMES`."""
    data = load_data(f"procedures/{name}.toml")
    return Procedure(name, str(data["title"]), tuple(_step(entry) for entry in data["step"]))


def procedure_name(letter_kind: str, role: str) -> str:
    """Return the procedure that a kind of letter to a role opens; who is not bound gets courtesy alone."""
    if role not in ADMINISTRATIONS:
        return "courtesy"
    return "documents" if letter_kind == "documents" else "request"


def _step(entry: Mapping[str, Any]) -> Step:
    values: dict[str, Any] = {
        ("start" if key == "from" else key): tuple(value) if isinstance(value, list) else value
        for key, value in entry.items()
    }
    return Step(**values)
