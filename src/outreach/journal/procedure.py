"""Read the follow-up ladders, data/procedures/*.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from outreach.campaign.campaign import PROCEDURES, FollowUpSettings
from outreach.files.toml import load_data
from outreach.language import N_

_OWN = {"basis": N_("the campaign's own step"), "source": "outreach.toml", "roll": "forward"}


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of a ladder: counted from what, how long, how, and what it is for."""

    id: str
    does: str
    """What happens, or what there is to do."""
    start: str
    """`received`, `refused`, `returned`, `answered`, `sent:LETTER`, `received:LETTER`, or a step before.

    `|` separates alternatives.
    """
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

    def without_law(self) -> "Procedure":
        """Return the ladder for whom no rule binds: no legal date, and nothing that counts from one."""
        return replace(self, steps=tuple(step for step in self.steps if not step.is_legal))


def is_bound(role: str) -> bool:
    """Tell whether a role speaks for an administration, which alone is bound by time limits."""
    return role in load_data("receipt.toml")["bound"]["roles"]


def load_procedure(name: str, settings: FollowUpSettings) -> Procedure:
    """Return a shipped procedure, one of `campaign.PROCEDURES`, with the campaign's changes and own steps."""
    data = load_data(f"procedures/{name}.toml")
    changes = settings.steps.get(name, {})
    entries = [{**entry, **_change(changes.get(entry["id"], {}))} for entry in data["step"]]
    known = {entry["id"] for entry in entries}
    entries += [{**_OWN, "id": step, **change} for step, change in changes.items() if step not in known]
    return Procedure(name, str(data["title"]), tuple(map(_step, entries)))


def procedure_name(letter: str, letter_kind: str, role: str, settings: FollowUpSettings) -> str:
    """Return the procedure that a letter to a role opens; who is not bound gets courtesy alone."""
    chosen = settings.letters.get(letter) or settings.roles.get(role)
    if chosen:
        return chosen
    if not is_bound(role):
        return "courtesy"
    return "documents" if letter_kind == "documents" else "request"


def called_letters(settings: FollowUpSettings) -> set[str]:
    """Return the names of the letters that a step of any procedure calls for."""
    steps = [step for name in PROCEDURES for step in load_procedure(name, settings).steps]
    return {step.letter for step in steps if step.letter}


def _change(change: Mapping[str, object]) -> Mapping[str, object]:
    """Return a change with what it takes the place of: a length replaces the whole length."""
    if not change:
        return {}
    length = {"months": 0, "days": 0} if change.keys() & {"months", "days"} else {}
    return {
        **length,
        **change,
        "basis": N_("changed by the campaign"),
        "source": "outreach.toml",
        "checked": "",
    }


def _step(entry: Mapping[str, Any]) -> Step:
    values: dict[str, Any] = {
        ("start" if key == "from" else key): tuple(value) if isinstance(value, list) else value
        for key, value in entry.items()
    }
    return Step(**values)
