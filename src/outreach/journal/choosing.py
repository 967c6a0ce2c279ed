"""What the journal says of contacts on a day, for the selectors status:, outcome: and due."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from outreach.journal.history import History
from outreach.journal.journal import read_history
from outreach.journal.standing import Followed, Standing, follow, standings, tasks
from outreach.journal.words import Outcome, Status
from outreach.language import Word
from outreach.letters.folder import Folder
from outreach.people.selectors import Kind


@dataclass(frozen=True)
class RecordedBy:
    """What had been recorded by a day; the journal is read when a selector asks for it."""

    folder: Folder
    on: date
    letter: str = ""
    """Only this letter counts; empty for all: then one of them is enough."""
    history: History | None = None
    """Where it was read already."""

    def words(self, kind: Kind) -> type[Word]:
        """Return the closed list of the values of `status` or `outcome`."""
        return Outcome if kind is Kind.OUTCOME else Status

    def contacts(self, kind: Kind) -> Mapping[str, Collection[str]]:
        """Return the ids of the contacts by status or outcome of their letters; those that are due under "".

        A letter that was not sent has a status and no outcome.
        """
        if kind is Kind.DUE:
            rows = tasks(self._followed, self.on)
            return {"": {row.contact for row in rows if self.letter in ("", row.letter)}}
        return self._outcomes if kind is Kind.OUTCOME else self._statuses

    @cached_property
    def _statuses(self) -> Mapping[str, Collection[str]]:
        return _gathered((row.status, row.contact) for row in self._standings)

    @cached_property
    def _outcomes(self) -> Mapping[str, Collection[str]]:
        return _gathered((row.outcome, row.contact) for row in self._standings if row.sent_on)

    @cached_property
    def _history(self) -> History:
        history = self.history or read_history(self.folder.campaign, is_brief=True)
        return history.until(self.on)

    @cached_property
    def _followed(self) -> list[Followed]:
        return follow(self.folder, self._history)

    @cached_property
    def _standings(self) -> list[Standing]:
        return standings(self.folder, self._history, self._followed, self.on, self.letter)


def _gathered(pairs: Iterable[tuple[Word, str]]) -> dict[str, set[str]]:
    """Return the contacts by the code of each word, in the order of the first of each."""
    found: dict[str, set[str]] = {}
    for word, contact in pairs:
        found.setdefault(word.value, set()).add(contact)
    return found
