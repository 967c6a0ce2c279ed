"""The rows of what the journal says: what stands where, what is due, who answered what, what happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from outreach.cli.views import Record, View, record_of
from outreach.journal.words import step_word
from outreach.language import _, local, ngettext, said

if TYPE_CHECKING:
    from outreach.country.country import Country
    from outreach.journal.counting import Count
    from outreach.journal.event import Event
    from outreach.journal.recording.log import LogRow
    from outreach.journal.standing import Due, Followed, Standing
    from outreach.journal.words import Outcome, Status
    from outreach.people.people import People
    from outreach.reports.answers import Reply


def reasons_records(found: "Iterable[Followed]", on: date) -> list[Record]:
    """Return each step of a contact's cases with how its date was computed."""
    return [
        {
            "contact": one.case.contact,
            "letter": one.case.letter,
            "procedure": one.ladder.procedure.name,
            "step": step.step.id,
            "opens_on": step.opens_on,
            "due_on": step.due_on,
            "limit": step.limit,
            "done": step.is_done,
            "expired": step.has_expired(on),
            "reasoning": step.reasoning,
        }
        for one in found
        for step in one.dates
    ]


def event_record(event: "Event", *, is_voided: bool = False) -> Record:
    """Return an event as the journal shows it."""
    from outreach.journal.codec import to_row

    shown = {key: value for key, value in to_row(event).items() if key != "clock"}
    return {**shown, "voided": is_voided}


def log_view(rows: Sequence["LogRow"], people: "People") -> "View[LogRow]":
    """Show the journal, an event a line."""
    from outreach.journal.event import Answered, details_of
    from outreach.people.addressing import name_and_town

    authors = {row.event.author for row in rows}

    def cells(row: "LogRow") -> Sequence[object]:
        event = row.event
        what = _("{event} (voided)", event=event.said) if row.is_voided else event.said
        details = [said(one) if isinstance(one, str) else local(one) for one in details_of(event)]
        if isinstance(event, Answered) and event.questions:
            details.append(ngettext("{count} answer", "{count} answers", len(event.questions)))
        author = [event.author] if len(authors) > 1 else []
        text = ", ".join(filter(None, (event.letter, *details, *author)))
        return (event.at, what, name_and_town(people, event.contact), text, event.id[-8:])

    return View(
        rows,
        (_("day"), _("event"), _("contact"), _("what"), _("id")),
        cells,
        groups=(
            (_("event"), lambda row: row.event.said),
            (_("author"), lambda row: row.event.author),
            (_("letter"), lambda row: row.event.letter),
        ),
        record=lambda row: event_record(row.event, is_voided=row.is_voided),
        is_struck=lambda row: row.is_voided,
    )


def standings_view(rows: Sequence["Standing"], people: "People") -> "View[Standing]":
    """Show where letters stand, a line each."""
    from outreach.people.addressing import name_and_town

    def cells(row: "Standing") -> Sequence[object]:
        return (
            name_and_town(people, row.contact),
            row.letter,
            _short_status(row),
            f"{row.questions_answered}/{row.questions_asked}" if row.questions_asked else "",
            f"{_day_marked(row.due_on, row)} {step_word(row.next_step)}" if row.due_on else "",
        )

    return View(
        rows,
        (_("to"), _("letter"), _("status"), _("answers"), _("next")),
        cells,
        is_red=lambda row: row.overdue,
        groups=(
            (_("status"), _short_status),
            (_("next"), lambda row: step_word(row.next_step)),
            (_("department"), lambda row: _department(people, row.contact)),
        ),
        legend=lambda: _marks_said(rows),
    )


def _short_status(row: "Standing") -> str:
    """Return how a letter's case ended so far, else where the letter stands."""
    from outreach.journal.words import Outcome

    return row.status.said if row.outcome is Outcome.WAITING else row.outcome.said


def _department(people: "People", identifier: str) -> str:
    from outreach.people.sources.places import division_shown

    entry = people.by_id.get(identifier)
    return division_shown(entry.contact, people.home) if entry else ""


def _is_late(row: "Standing | Due") -> bool:
    return row.days_left is not None and row.days_left < 0


def _day_marked(day: date | None, row: "Standing | Due") -> str:
    """Return the day of a next step, marked where it has passed and where it is an estimate."""
    return f"{'!' if _is_late(row) else ''}{'~' if row.estimated else ''}{local(day)}"


def _marks_said(rows: Sequence["Standing | Due"]) -> Iterable[str]:
    if any(_is_late(row) for row in rows if row.due_on):
        yield _("! late")
    if any(row.estimated for row in rows if row.due_on):
        yield _("~ estimated, since the day of receipt is not proved")


def counts_view(rows: Sequence["Count"], country: "Country") -> "View[Count]":
    """Show how many letters of each group stand where; `country` is the campaign's."""
    from outreach.people.roles import role_names

    def name_of(row: "Count") -> str:
        if row.by.value == "department":
            return f"{row.group} {country.division_name(row.group)}".strip()
        return role_names().get(row.group, row.group) if row.by.value == "role" else row.group

    return View(
        rows,
        (rows[0].by.said if rows else "", _("letters"), _("status"), _("outcome"), _("late")),
        lambda row: (
            name_of(row) or "–",
            row.letters,
            _numbered(row.status),
            _numbered(row.outcome),
            row.overdue or "",
        ),
    )


def _numbered(counts: Mapping["Status", int] | Mapping["Outcome", int]) -> str:
    """Return the words that count anything, each with its number, as in "sent 12, answered 3"."""
    return ", ".join(f"{word.said} {local(count)}" for word, count in counts.items() if count)


def tasks_view(rows: Sequence["Due"], people: "People") -> "View[Due]":
    """Show what is to be done, a line each, and below it what each step asks for."""
    from outreach.people.addressing import name_and_town

    def cells(row: "Due") -> Sequence[object]:
        return (
            _day_marked(row.due_on, row),
            name_and_town(people, row.contact),
            row.letter,
            step_word(row.step),
            expired_for(row.expired) if row.expired else f"{row.days_left:+d}" if row.days_left else "0",
        )

    def legend() -> Iterable[str]:
        yield from _marks_said(rows)
        for step, does in dict.fromkeys((row.step, row.does) for row in rows):
            yield _("{step}: {what}", step=step_word(step), what=_(does))

    return View(
        rows,
        (_("due"), _("to"), _("letter"), _("what"), _("days")),
        cells,
        record=lambda row: {
            key: value for key, value in record_of(row).items() if key not in {"does", "expired"}
        },
        is_red=_is_late,
        groups=(
            (_("what"), lambda row: step_word(row.step)),
            (_("letter"), lambda row: row.letter),
            (_("department"), lambda row: _department(people, row.contact)),
        ),
        legend=legend,
    )


@dataclass(frozen=True, slots=True)
class GridRow:
    """What one letter to one contact got for answers."""

    contact: str
    letter: str
    replies: Mapping[int, "Reply"]
    """By the number of the question; who was not asked it has none."""


def grid_view(rows: Sequence["Reply"], people: "People") -> View[GridRow]:
    """Show who answered what, a contact a line and a mark a question."""
    from outreach.people.addressing import name_and_town

    found: dict[tuple[str, str], dict[int, Reply]] = {}
    for row in rows:
        found.setdefault((row.contact, row.letter), {})[row.number] = row
    numbers = sorted({row.number for row in rows})
    fives = [numbers[start : start + 5] for start in range(0, len(numbers), 5)]

    def mark(reply: "Reply | None") -> str:
        if reply is None:
            return "."
        return "+" if reply.answer else "=" if reply.is_settled else "-"

    def marks(row: GridRow) -> str:
        return "|".join("".join(mark(row.replies.get(number)) for number in five) for five in fives)

    grid = [GridRow(contact, letter, replies) for (contact, letter), replies in found.items()]
    said_of = {
        "+": _("+ answered"),
        "=": _("= answered in full, see the document"),
        "-": _("- no answer yet"),
        ".": _(". not asked"),
    }

    def legend() -> Iterable[str]:
        used = {sign for row in grid for sign in marks(row)}
        yield ", ".join(text for sign, text in said_of.items() if sign in used)
        yield _("`outreach answers --by question` shows the answers themselves")

    return View(
        grid,
        (_("to"), _("letter"), "|".join(f"{five[0]:·<{len(five)}}" for five in fives)),
        lambda row: (name_and_town(people, row.contact), row.letter, marks(row)),
        groups=(
            (_("answers"), _count_answered),
            (_("letter"), lambda row: row.letter),
            (_("department"), lambda row: _department(people, row.contact)),
        ),
        legend=legend,
    )


def _count_answered(row: GridRow) -> str:
    answered = sum(bool(reply.answer or reply.is_settled) for reply in row.replies.values())
    if not answered:
        return _("no answer yet")
    return _("full answer") if answered == len(row.replies) else _("answer in part")


def replies_view(rows: Sequence["Reply"], people: "People") -> "View[Reply]":
    """Show who answered what, question by question."""
    from outreach.people.addressing import name_and_town

    return View(
        rows,
        (_("no."), _("to"), _("letter"), _("answer")),
        lambda row: (row.number, name_and_town(people, row.contact), row.letter, row.shown),
        groups=((_("question"), lambda row: f"{row.number}. {row.text}"),),
    )


def counted(rows: Sequence["Standing"]) -> str:
    """Return how many rows have each status, by first row; then the overdue."""
    from outreach.journal.standing import totals

    texts = [status.counted(count) for status, count in totals(rows).items()]
    overdue = sum(row.overdue for row in rows)
    late = [ngettext("{count} overdue", "{count} overdue", overdue)] if overdue else []
    return ", ".join([*texts, *late])


def expired_for(days: int) -> str:
    """Return since when a limit is over, as in "expired 4 days ago"."""
    return ngettext("expired {count} day ago", "expired {count} days ago", days)
