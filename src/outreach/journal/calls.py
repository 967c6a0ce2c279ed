"""What calls for follow-up letters: what was asked for, one call of a case, and what came of all."""

from dataclasses import dataclass, field
from datetime import date

from outreach.errors import Problem
from outreach.journal.ladder import StepDate
from outreach.journal.standing import Followed
from outreach.letters.assignment import Assignment, Previous


@dataclass(frozen=True, slots=True)
class FollowUpRequest:
    """Which follow-up letters to make, as the command line says it."""

    on: date
    """The letters' date; what happened after it does not count."""
    letters: tuple[str, ...] = ()
    """Names; none for whatever the steps that are due call for."""
    selectors: tuple[str, ...] = ()
    """With a name and a selector, the letter is made whether or not it is due."""
    unwanted: tuple[str, ...] = ()
    with_former: bool = False
    """To whoever is not in office on the letters' date too."""
    late: bool = False
    """Letters whose limit has passed and binds too."""


@dataclass(frozen=True, slots=True)
class FollowUps:
    """The letters that are called for."""

    assignments: list[Assignment] = field(default_factory=list)
    """By letter, then in the order of the cases."""
    problems: list[Problem] = field(default_factory=list)
    """What stands against others."""
    left_out: list[Problem] = field(default_factory=list)
    """Warnings that name who is not in office any more, and whose limit has passed."""
    doubts: list[Problem] = field(default_factory=list)
    """Warnings of letters that are made after a limit that may not bind, go to a successor, or wait."""


@dataclass(frozen=True, slots=True)
class Call:
    """A letter that a case calls for."""

    name: str
    one: Followed
    previous: Previous
    due: StepDate | None
    """The step that calls for it; None where only its name does."""
    is_chosen: bool
    """Its contact is; the others of a series come along."""

    @property
    def contact(self) -> str:
        """Id of whom it is for, or about."""
        return self.one.case.contact
