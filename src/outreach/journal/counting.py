"""Count where letters stand, for each department, role, tag or letter."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from outreach.journal.standing import Standing
from outreach.journal.words import Grouping, Outcome, Status
from outreach.letters.folder import Folder
from outreach.people.roles import ROLES
from outreach.people.selectors import Kind, values_of


@dataclass(frozen=True, slots=True)
class Count:
    """How many letters of a group stand where."""

    by: Grouping
    group: str
    """Code, role, tag or letter; empty for those that have none, or are in no contact file."""
    letters: int
    overdue: int
    status: Mapping[Status, int]
    """Of every status, 0 where there is none."""
    outcome: Mapping[Outcome, int]
    """The same of every outcome; letters that were not sent have none."""


def counts(folder: Folder, rows: Iterable[Standing], by: Grouping) -> list[Count]:
    """Return a row for each group, by code, role or name; letters in the campaign's order.

    A letter to a contact with several tags counts in each of them.
    """
    groups: dict[str, list[Standing]] = {}
    for row in rows:
        for group in _groups_of(folder, row, by) or [""]:
            groups.setdefault(group, []).append(row)
    orders: Mapping[Grouping, Sequence[str]] = {
        Grouping.ROLE: ROLES,
        Grouping.LETTER: [template.name for template in folder.templates],
    }
    order = {name: number for number, name in enumerate(orders.get(by, ()))}
    names = sorted(groups, key=lambda name: (not name, order.get(name, len(order)), name))
    return [_count(by, name, groups[name]) for name in names]


def _groups_of(folder: Folder, row: Standing, by: Grouping) -> list[str]:
    if by is Grouping.LETTER:
        return [row.letter]
    entry = folder.people.by_id.get(row.contact)
    found = values_of(Kind(by.value), entry.contact, folder.people.home) if entry else ()
    return sorted(filter(None, found))


def _count(by: Grouping, group: str, rows: Sequence[Standing]) -> Count:
    statuses = Counter(row.status for row in rows)
    outcomes = Counter(row.outcome for row in rows if row.sent_on)
    return Count(
        by=by,
        group=group,
        letters=len(rows),
        overdue=sum(row.overdue for row in rows),
        status={word: statuses[word] for word in Status},
        outcome={word: outcomes[word] for word in Outcome},
    )
