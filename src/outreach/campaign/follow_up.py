"""Which ladder a letter opens, and a campaign's changes to the ladders: [follow_up] in outreach.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from outreach.campaign.paths import SETTINGS
from outreach.country.country import Country
from outreach.country.procedure import (
    CHANGEABLE,
    Change,
    Procedure,
    read_change,
    report_missing,
    usual_end,
)
from outreach.files.toml import Table
from outreach.language import _


@dataclass(frozen=True, slots=True)
class FollowUpSettings:
    """The campaign's choices among the follow-up procedures, and its changes to them."""

    letters: Mapping[str, str] = field(default_factory=dict)
    """Letter to procedure."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Role to procedure, where the letter names none."""
    changes: Mapping[str, Mapping[str, Change]] = field(default_factory=dict)
    """Procedure to step to what is changed in it, or to the whole of a step of the campaign's own."""
    successors: bool = False
    """A letter to somebody who left office is followed up with whoever holds the office now."""

    def procedures(self, country: Country) -> dict[str, Procedure]:
        """Return a country's ladders by name, with the campaign's changes."""
        return {
            name: procedure.changed(self.changes.get(name, {}), SETTINGS)
            for name, procedure in country.procedures.items()
        }

    def procedure_name(self, country: Country, letter: str, letter_kind: str, role: str) -> str:
        """Return the ladder that a letter to a role opens; who is not bound gets courtesy alone."""
        chosen = self.letters.get(letter) or self.roles.get(role, "")
        return chosen if chosen in country.procedures else country.procedure_for(letter_kind, role)

    def called_letters(self, country: Country) -> set[str]:
        """Return the names of the letters that a step of any ladder calls for."""
        steps = [step for procedure in self.procedures(country).values() for step in procedure.steps]
        return {step.letter for step in steps if step.letter}


def read_follow_up(table: Table, country: Country) -> FollowUpSettings:
    """Read [follow_up]; every fault is a Problem of the table."""
    known = tuple(country.procedures)
    chosen: dict[str, dict[str, str]] = {}
    for key in ("letters", "roles"):
        own = table.table(key)
        chosen[key] = {name: own.choice(name, known, "") for name in own.values}
        own.close()
    changes = {
        name: _changes(table.table(name), procedure)
        for name, procedure in country.procedures.items()
        if name in table.values
    }
    successors = table.flag("successors")
    table.close(known)
    return FollowUpSettings(chosen["letters"], chosen["roles"], changes, successors)


def _changes(table: Table, procedure: Procedure) -> Mapping[str, Change]:
    """Read changes to a ladder's steps, and steps of the campaign's own."""
    shipped = {step.id: step for step in procedure.steps}
    order = list(dict.fromkeys([*shipped, *table.values]))
    changes: dict[str, Change] = {}
    for name in table.values:
        own = table.table(name)
        if name in shipped and shipped[name].is_legal:
            hint = _("give a step of your own another name")
            table.report(name, _("the law sets the step '{name}'", name=name), hint, code="law-sets-step")
        change = read_change(own, name, order)
        own.close(CHANGEABLE)
        if name not in shipped:
            report_missing(own, name)
            change.setdefault("ended_by", usual_end(change))
        changes[name] = change
    return changes
