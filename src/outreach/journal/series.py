"""Make one referral of the refusals of one request by several bodies (L342-1 and R343-3-1 CRPA)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from outreach.errors import InputError, Problem
from outreach.journal.calls import Call, FollowUpRequest, FollowUps
from outreach.journal.standing import Followed
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.letters.follow_ups import series_of


def without_series(
    folder: Folder,
    calls: Sequence[Call],
    running: Sequence[Followed],
    wanted: FollowUpRequest,
    found: FollowUps,
) -> list[Call]:
    """Add each series, and return the calls that remain: those for one letter each.

    Refusals of one request are a series once enough bodies have refused. Until then they wait for the others,
    as long as none of their limits passes before enough could have; whoever is named does not wait.
    """
    groups: dict[tuple[str, str], list[Call]] = {}
    for call in calls:
        if call.due and call.due.step.series and (wanted.late or not call.due.has_expired(wanted.on)):
            groups.setdefault((call.name, call.one.case.letter), []).append(call)
    taken: set[int] = set()
    notices: list[Call] = []
    for group in groups.values():
        if not any(call.is_chosen for call in group):
            continue
        whole_on = _whole_on(folder, group, running, wanted.on)
        last = min(call.due.due_on for call in group if call.due)
        if whole_on <= wanted.on:
            taken.update(map(id, group))
            notices += _add_series(folder, group, wanted, found)
        elif whole_on <= last and not (wanted.letters and wanted.selectors):
            taken.update(map(id, group))
            found.doubts.extend(_waiting(call, whole_on) for call in group if call.is_chosen)
    return [*(call for call in calls if id(call) not in taken), *notices]


def _whole_on(folder: Folder, group: Sequence[Call], running: Iterable[Followed], on: date) -> date:
    """Return the day on which enough bodies have refused for a series; the last of days if never."""
    first = group[0]
    enough = first.due.step.series if first.due else 0
    born = [(call.contact, call.due.opens_on) for call in group if call.due]
    coming = [
        (one.case.contact, step.opens_on)
        for one in running
        for step in one.dates
        if one.case.letter == first.one.case.letter and step.step.letter == first.name and step.is_waiting
        if step.opens_on > on
    ]
    days: dict[str, date] = {}
    for contact, day in (*born, *coming):
        body = folder.people.by_id[contact].contact.organisation or contact
        days[body] = min(day, days.get(body, day))
    return sorted(days.values())[enough - 1] if len(days) >= enough else date.max


def _add_series(
    folder: Folder, group: Sequence[Call], wanted: FollowUpRequest, found: FollowUps
) -> list[Call]:
    """Add the one letter about all of a group; return the calls for a notice to each of them."""
    name = group[0].name
    try:
        found.assignments.append(series_of(folder, name, [(call.contact, call.previous) for call in group]))
    except InputError as error:
        found.problems.extend(error.problems)
        return []
    return [
        Call(step.letter, call.one, replace(call.previous, referred_on=wanted.on), None, is_chosen=True)
        for call in group
        for step in call.one.ladder.procedure.steps
        if step.in_series and name in {fact.letter for fact in step.start}
    ]


def _waiting(call: Call, whole_on: date) -> Problem:
    message = _(
        "letter '{letter}' to '{contact}' waits for others: from {day} on it can be one letter about all",
        letter=call.name,
        contact=call.contact,
        day=whole_on,
    )
    hint = _(
        "`outreach followup {letter} --to {contact}` makes it alone", letter=call.name, contact=call.contact
    )
    return Problem("", 0, message, hint, "warning", code="left-out")
