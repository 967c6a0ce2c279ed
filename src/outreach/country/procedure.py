"""Read the follow-up ladders of a country, procedures/*.toml, and a campaign's changes to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from outreach.country.fact import Fact, FactError, Happening, parse_fact
from outreach.files.toml import Table, TomlFile
from outreach.language import N_, _

COUNTINGS = ("calendar", "working", "franc", "safe")
ROLLS = ("none", "forward", "back")
OPENINGS = ("then", "the day after")
OUTCOMES = ("tacit-refusal",)
"""What silence can decide."""

_LENGTHS = (("months", 60), ("days", 1000))
"""Key and greatest number."""
CHANGEABLE = ("does", "from", "months", "days", "roll", "letter", "ended_by")
"""Keys of a step that a campaign may set."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of a ladder: counted from what, how long, how, and what it is for."""

    id: str
    does: str
    """What happens, or what there is to do."""
    start: tuple[Fact, ...]
    """What it counts from: the first of these that has happened."""
    months: int = 0
    days: int = 0
    counting: str = "calendar"
    """One of `COUNTINGS`; `working`: days are working days; `franc`: one day more; `safe`: one day less."""
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
    """What the case's outcome becomes once the day has passed; one of `OUTCOMES`, empty for nothing new."""
    ended_by: tuple[Fact, ...] = ()
    """What makes it needless: an answer, or a letter sent; of an event, only what came before."""
    renewed_by: tuple[Fact, ...] = ()
    """What starts a limit anew while it runs; after that it opens nothing."""
    channels: tuple[str, ...] = ()
    """Only of letters that went so; empty for any. Of steps with one id the first that fits counts."""
    unacknowledged_months: int = 0
    """Calendar months from the start for which a limit may not bind whoever got no acknowledgement."""
    unacknowledged_basis: str = ""
    """Why."""
    series: int = 0
    """Requests with one purpose from which on one letter names all of them; 0 for always one each."""
    series_basis: str = ""
    """Why."""
    in_series: bool = False
    """Only where the letter that it counts from named several."""
    forwarded_basis: str = ""
    """Of a letter that was forwarded: by what reading the time counts from the forwarding."""
    note: str = ""
    """What is uncertain."""
    basis: str = ""
    source: str = ""
    checked: date | None = None
    """Day on which the rule was last compared with its source; None if never."""

    @property
    def is_limit(self) -> bool:
        """Tell whether it is something to do that the law lets one do for a time."""
        return self.is_legal and not self.is_event


Change = Mapping[str, Any]
"""Values by field of `Step`: of a change to a step, or of a whole one but for its id."""

_OWN: Change = {"basis": N_("the campaign's own step"), "roll": "forward"}
_CHANGED: Change = {"basis": N_("changed by the campaign"), "checked": None}


@dataclass(frozen=True, slots=True)
class Procedure:
    """A ladder of steps."""

    name: str
    title: str
    steps: tuple[Step, ...]

    def without_law(self) -> "Procedure":
        """Return the ladder for whom no rule binds: none of the dates that the law sets."""
        return replace(self, steps=tuple(step for step in self.steps if not step.is_legal))

    def changed(self, changes: Mapping[str, Change], source: str) -> "Procedure":
        """Return it with a campaign's changes by step, and its own steps at the end, all from `source`."""
        known = {step.id for step in self.steps}
        steps = [_changed(step, changes.get(step.id, {}), source) for step in self.steps]
        steps += [
            Step(id=name, source=source, **{**_OWN, **change})
            for name, change in changes.items()
            if name not in known
        ]
        return replace(self, steps=tuple(steps))


def read_procedure(file: TomlFile, name: str) -> Procedure:
    """Read a country's ladder; every fault is a Problem of the file, and the step is left out."""
    top = file.top()
    title = top.text("title", required=True)
    top.close(("step",))
    tables = list(file.each("step"))
    order = [str(table.values.get("id", "")) for table in tables]
    steps = []
    for table in tables:
        before = len(file.problems)
        identifier = table.text("id", required=True)
        values = {
            **read_change(table, identifier, order),
            "counting": table.choice("counting", COUNTINGS, "calendar"),
            "is_event": table.flag("is_event"),
            "is_legal": table.flag("is_legal"),
            "opens": table.choice("opens", OPENINGS, "then"),
            "outcome": table.choice("outcome", OUTCOMES, ""),
            "renewed_by": _facts(table, identifier, "renewed_by", table.texts("renewed_by"), ()),
            "channels": table.texts("channels"),
            "unacknowledged_months": table.whole("unacknowledged_months", 0, low=0, high=60),
            "unacknowledged_basis": table.text("unacknowledged_basis"),
            "series": table.whole("series", 0, low=0, high=1000),
            "series_basis": table.text("series_basis"),
            "in_series": table.flag("in_series"),
            "forwarded_basis": table.text("forwarded_basis"),
            "note": table.text("note"),
            "basis": table.text("basis", required=True),
            "source": table.text("source", required=True),
            "checked": table.day("checked"),
        }
        table.close()
        report_missing(table, identifier)
        if len(file.problems) == before:
            steps.append(Step(id=identifier, **values))
    return Procedure(name, title, tuple(steps))


def read_change(table: Table, name: str, order: Sequence[str]) -> dict[str, Any]:
    """Read what a campaign may change in a step, or the whole of a step of its own.

    Args:
        table: The step's; its faults are recorded there.
        name: Its id.
        order: Ids of all steps of the ladder; it may count from those before it.
    """
    values: dict[str, Any] = {
        key: table.whole(key, 0, low=0, high=most) for key, most in _LENGTHS if key in table.values
    }
    values |= {key: table.text(key, required=True) for key in ("does", "letter") if key in table.values}
    if "roll" in table.values:
        values["roll"] = table.choice("roll", ROLLS, "forward")
    if "from" in table.values:
        text = table.text("from", required=True)
        values["start"] = _facts(table, name, "from", text.split("|") if text else (), order)
    before = len(table.problems)
    ends = table.texts("ended_by")
    if ends:
        values["ended_by"] = _facts(table, name, "ended_by", ends, ())
    elif "ended_by" in table.values and len(table.problems) == before:
        table.report("ended_by", _("{key} is empty", key="ended_by"), _("leave it out"), code="missing-value")
    if name in {happening.value for happening in Happening}:
        message = _("the step '{name}' is called like something that happens", name=name)
        table.report("", message, _("give it another name"), code="reserved-name")
    return values


def report_missing(table: Table, name: str) -> None:
    """Report what a whole step lacks; what is there and faulty has been reported already."""
    missing = [key for key in ("does", "from") if key not in table.values]
    if missing:
        lacking = _("the step '{name}' lacks {keys}", name=name, keys=_(" and ").join(missing))
        table.report(
            "", lacking, _('write does = "...", from = "received" and days or months'), code="missing-value"
        )


def usual_end(step: Change) -> tuple[Fact, ...]:
    """Return what ends a step of the campaign's own: an answer, or its letter once more than before it."""
    letter = step.get("letter")
    answered = Fact(Happening.ANSWERED)
    if not letter:
        return (answered,)
    before = [
        fact.number for fact in step.get("start", ()) if (fact.what, fact.letter) == (Happening.SENT, letter)
    ]
    return (answered, Fact(Happening.SENT, letter, max(before, default=0) + 1))


def _facts(table: Table, name: str, key: str, texts: Iterable[str], order: Sequence[str]) -> tuple[Fact, ...]:
    found = (_fact(table, name, key, text, order) for text in dict.fromkeys(texts))
    return tuple(filter(None, found))


def _fact(table: Table, name: str, key: str, text: str, order: Sequence[str]) -> Fact | None:
    try:
        fact = parse_fact(text.strip(), order)
    except FactError as error:
        table.report(
            key,
            _("the step '{name}' knows no '{fact}'", name=name, fact=text),
            str(error),
            code="unknown-fact",
        )
        return None
    if fact.is_step and fact.what in order[order.index(name) :]:
        message = _("the step '{name}' counts from '{fact}', which comes after it", name=name, fact=text)
        table.report(key, message, _("write it below that step"), code="step-out-of-order")
        return None
    return fact


def _changed(step: Step, change: Change, source: str) -> Step:
    """Return a step with a change, which replaces the whole of a length; what the law sets stays."""
    if step.is_legal or not change:
        return step
    length = {"months": 0, "days": 0} if change.keys() & {"months", "days"} else {}
    return replace(step, source=source, **{**length, **change, **_CHANGED})
