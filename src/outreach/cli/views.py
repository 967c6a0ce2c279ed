"""The rows of every answer, made once: shown as a table, as JSON, in whatever form comes next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from outreach.campaign.paths import shown_path
from outreach.country.civility import CivilityChoices
from outreach.errors import InputError, Problem
from outreach.journal.words import step_word
from outreach.language import _, local, ngettext, said

if TYPE_CHECKING:  # what makes the rows is imported by the command that shows them
    from _typeshed import DataclassInstance

    from outreach.country.country import Country
    from outreach.journal.counting import Count
    from outreach.journal.event import Event
    from outreach.journal.recording.log import LogRow
    from outreach.journal.standing import Due, Followed, Standing
    from outreach.journal.words import Outcome, Status
    from outreach.letters.folder import Folder
    from outreach.letters.making.generate import Result, Written
    from outreach.people.bring_in import ImportPlan
    from outreach.people.complete import Filled
    from outreach.people.contact import Contact
    from outreach.people.people import People
    from outreach.people.twins import Twins
    from outreach.post.print_run import PrintRun
    from outreach.reports.answers import Reply
    from outreach.upkeep.forget import Change

Row = TypeVar("Row", bound="DataclassInstance")
Record = Mapping[str, object]


def record_of(row: "DataclassInstance") -> Record:
    """Return a dataclass as a mapping of its own fields."""
    return {field.name: getattr(row, field.name) for field in fields(row)}


@dataclass(frozen=True)
class View(Generic[Row]):
    """One answer: its rows, and how people read them."""

    rows: Sequence[Row]
    headings: tuple[str, ...]
    """Of the table's columns."""
    cells: Callable[[Row], Sequence[object]]
    """What a row shows in them, from the first column on."""
    record: Callable[[Row], Record] = record_of
    """A row as JSON has it; the keys are the same in every language."""
    is_struck: Callable[[Row], bool] = lambda _row: False
    """It does not count any more."""
    is_red: Callable[[Row], bool] = lambda _row: False
    """It is late."""
    groups: tuple[tuple[str, Callable[[Row], str]], ...] = ()
    """What many rows are counted by: a heading, and the group of a row; empty for none."""
    legend: Callable[[], Iterable[str]] = tuple
    """Lines below the table that say what its marks mean."""


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One template and how many get it."""

    name: str
    title: str
    audience: tuple[str, ...]
    kind: str
    joint: bool
    recipients: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """One generated file, and what became of it."""

    letter: str
    contact: str
    contacts: tuple[str, ...]
    format: str
    path: str
    sha256: str
    pages: int | None
    result: "Result"
    backup: str
    """Name of the copy kept of the edited file that it replaced; empty without one."""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One contact, and what an import makes of it."""

    result: str
    """`added`, `changed` or `left`."""
    contact: "Contact"
    before: Mapping[str, str] = field(default_factory=dict)
    """What a change replaces, by field."""


def contacts_view(contacts: Sequence["Contact"], people: "People") -> "View[Contact]":
    """Show recipients."""
    from outreach.people.addressing import town_of
    from outreach.people.sources.places import division_shown

    roles = role_names()
    return View(
        contacts,
        (_("name"), _("role"), _("town"), _("id")),
        lambda one: (one.name, roles.get(one.role, one.role), town_of(one, people.home), one.id),
        groups=(
            (_("role"), lambda one: roles.get(one.role, one.role)),
            (_("department"), lambda one: division_shown(one, people.home)),
        ),
    )


def role_names() -> dict[str, str]:
    """Return every role's name in the user's language, in the order of the roles."""
    return {
        "mayor": _("mayor"),
        "district-mayor": _("mayor of a district"),
        "deputy-mayor": _("deputy mayor"),
        "councillor": _("municipal councillor"),
        "councillors": _("municipal council"),
        "metropolitan-president": _("president of a metropolis"),
        "department-president": _("president of a department"),
        "departmental-councillor": _("departmental councillor"),
        "regional-president": _("president of a region"),
        "regional-councillor": _("regional councillor"),
        "intermunicipal-president": _("president of an intermunicipal body"),
        "metropolitan-councillor": _("metropolitan councillor"),
        "intermunicipal-councillor": _("intermunicipal councillor"),
        "district-councillor": _("district councillor"),
        "delegated-mayor": _("delegated mayor"),
        "vice-president": _("vice-president"),
        "assembly-president": _("president of an assembly"),
        "adviser-abroad": _("adviser of the French abroad"),
        "prefect": _("prefect"),
        "sub-prefect": _("sub-prefect"),
        "mp": _("member of parliament"),
        "senator": _("senator"),
        "minister": _("minister"),
        "authority": _("authority"),
        "organisation": _("organisation"),
        "person": _("person without an office"),
    }


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role as `contacts roles` prints it."""

    role: str
    name: str
    """In the user's language."""
    form_of_address: str
    bound: bool
    """By time limits, as an administration."""


def roles_view(country: "Country") -> "View[RoleRow]":
    """Show the roles, each with its name, its forms of address and whether time limits bind it."""
    civility = country.titles

    def row_of(role: str, name: str) -> RoleRow:
        known = civility.roles.get(role, {})
        genders = ("m", "f") if "f" in known else ("group",) if known.get("is_body") else ("",)
        forms = ", ".join(civility.salutation(role, gender, CivilityChoices()) for gender in genders)
        return RoleRow(role, name, forms, country.is_bound(role))

    return View(
        [row_of(role, name) for role, name in role_names().items()],
        (_("role"), _("name"), _("form of address"), _("bound")),
        lambda row: (row.role, row.name, row.form_of_address, _("yes") if row.bound else ""),
        record=record_of,
    )


def twins_view(found: Sequence["Twins"], town: Callable[["Contact"], str]) -> "View[Twins]":
    """Show contacts that may be the same, a line for each of them."""

    def cells(one: "Twins") -> Sequence[object]:
        columns = [
            (
                _("same") if one.is_certain else _("likely"),
                contact.id,
                contact.name,
                contact.role,
                town(contact),
            )
            for contact in one.contacts
        ]
        return ["\n".join(column) for column in zip(*columns, strict=True)]

    return View(
        found,
        ("", _("id"), _("name"), _("role"), _("town")),
        cells,
        record=lambda one: {
            "contacts": [contact.id for contact in one.contacts],
            "certain": one.is_certain,
        },
    )


def import_view(plan: "ImportPlan") -> View[ImportRow]:
    """Show what an import adds, changes and ends."""
    from outreach.people.changes import differences

    rows = [ImportRow("added", contact) for contact in plan.added]
    for before, after in plan.changed:
        old = {name: texts[0] for name, texts in differences(before, after).items()}
        rows.append(ImportRow("changed", after, old))
    rows += [ImportRow("left", contact) for contact in plan.left]
    return View(
        rows,
        ("", _("id"), _("name")),
        lambda row: (row.result, row.contact.id, row.contact.name),
        record=lambda row: {"result": row.result, **record_of(row.contact), "before": row.before},
    )


def completion_view(filled: Sequence["Filled"]) -> "View[Filled]":
    """Show what contacts lacked and now have."""
    return View(
        filled,
        (_("id"), _("what")),
        lambda one: (one.contact, ", ".join(one.values)),
        record=lambda one: {"contact": one.contact, "values": one.values, "sources": one.sources},
    )


def letters_view(folder: "Folder", names: Sequence[str] = ()) -> View[LetterRow]:
    """Show letters and how many get each; all of them, if none is named."""
    from outreach.letters.template import LetterKind

    templates = folder.templates_named(names) if names else folder.templates
    rows = [
        LetterRow(
            template.name,
            template.title,
            template.audience,
            template.kind.value,
            template.joint,
            sum(len(group) for group in folder.audiences.groups(template)),
        )
        for template in templates
    ]
    return View(
        rows,
        (_("name"), _("title"), _("recipients"), _("joint"), _("kind")),
        lambda row: (
            row.name,
            row.title,
            row.recipients,
            _("yes") if row.joint else "",
            said(LetterKind.of(row.kind)),
        ),
    )


def files_view(written: Iterable["Written"]) -> View[FileRow]:
    """Show generated files."""
    rows = [
        FileRow(
            one.piece.letter,
            one.piece.contact,
            one.piece.contacts,
            one.file.format,
            one.file.path,
            one.file.sha256,
            one.file.pages,
            one.result,
            one.backup,
        )
        for one in written
    ]

    def cells(row: FileRow) -> Sequence[object]:
        pages = ngettext("{count} page", "{count} pages", row.pages) if row.pages else ""
        return (row.result.said, row.path, pages)

    return View(rows, ("", _("file"), _("pages")), cells)


def problem_record(problem: Problem, code: str = InputError.code) -> Record:
    """Return a problem as JSON has it; `code` is that of a problem without one."""
    keys = ("severity", "path", "line", "message", "hint")
    return {"code": problem.code or code, **{key: getattr(problem, key) for key in keys}}


def problems_view(problems: Sequence[Problem]) -> View[Problem]:
    """Show what is wrong with a campaign."""
    return View(
        problems,
        (_("file"), _("what")),
        lambda one: (one.where, one.text),
        record=problem_record,
    )


def paths_records(paths: Iterable[Path], root: Path) -> list[Record]:
    """Return the files that a command wrote, a record each; within the folder by their place in it."""
    return [{"path": shown_path(path, root)} for path in paths]


def changes_records(changes: "Iterable[Change]") -> list[Record]:
    """Return what became of the files that named somebody."""
    return [
        {"path": change.path, "result": "deleted" if change.is_deletion else "changed"} for change in changes
    ]


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


def run_record(run: "PrintRun", files: Iterable[Path], out: Path) -> Record:
    """Return a print run with its files; none of them in a dry run."""
    return {
        "letters": len(run.letters),
        "total": run.total,
        "pages": run.pages,
        "sheets": run.sheets,
        "files": [path.relative_to(out).as_posix() for path in files],
        "recipients": [
            {
                "number": letter.number,
                "letter": letter.piece.letter,
                "contacts": letter.piece.contacts,
                "sheets": letter.sheets,
            }
            for letter in run.letters
        ],
    }


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
        yield _("answers --by question shows the answers themselves")

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


def counted_results(results: Sequence["Result"]) -> str:
    """Return to how many files each thing happened; empty for none."""
    from outreach.letters.making.generate import Result

    counts = {result: results.count(result) for result in Result}
    return ", ".join(result.counted(count) for result, count in counts.items() if count)


def expired_for(days: int) -> str:
    """Return since when a limit is over, as in "expired 4 days ago"."""
    return ngettext("expired {count} day ago", "expired {count} days ago", days)
