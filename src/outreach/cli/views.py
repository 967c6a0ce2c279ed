"""The rows of every answer, made once: shown as a table, as JSON, in whatever form comes next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Generic, TypeVar

from outreach.country.civility import CivilityChoices
from outreach.errors import Problem
from outreach.journal.words import step_word
from outreach.language import _, local, ngettext, said

if TYPE_CHECKING:  # what makes the rows is imported by the command that shows them
    from _typeshed import DataclassInstance

    from outreach.country.country import Country
    from outreach.journal.recording.log import LogRow
    from outreach.journal.standing import Due, Standing
    from outreach.letters.folder import Folder
    from outreach.letters.making.generate import Result, Written
    from outreach.people.bring_in import ImportPlan
    from outreach.people.complete import Filled
    from outreach.people.contact import Contact
    from outreach.people.twins import Twins
    from outreach.reports.answers import Reply

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


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One contact, and what an import makes of it."""

    result: str
    """`added`, `changed` or `left`."""
    contact: "Contact"


def contacts_view(contacts: Sequence["Contact"], town: Callable[["Contact"], str]) -> "View[Contact]":
    """Show recipients; `town` is where one is, without what only the post needs."""
    return View(
        contacts,
        (_("id"), _("name"), _("role"), _("town"), _("checked")),
        lambda one: (one.id, one.name, one.role, town(one), one.checked or "–"),
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
    groups = (
        ("added", plan.added),
        ("changed", [after for _before, after in plan.changed]),
        ("left", plan.left),
    )
    rows = [ImportRow(result, contact) for result, group in groups for contact in group]
    return View(
        rows,
        ("", _("id"), _("name")),
        lambda row: (row.result, row.contact.id, row.contact.name),
        record=lambda row: {"result": row.result, **record_of(row.contact)},
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
        lambda row: (row.name, row.title, row.recipients, _("yes") if row.joint else "", row.kind),
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
        )
        for one in written
    ]

    def cells(row: FileRow) -> Sequence[object]:
        pages = ngettext("{count} page", "{count} pages", row.pages) if row.pages else ""
        return (row.result.said, row.path, pages)

    return View(rows, ("", _("file"), _("pages")), cells)


def problems_view(problems: Sequence[Problem]) -> View[Problem]:
    """Show what is wrong with a campaign."""
    keys = ("severity", "path", "line", "message", "hint")
    return View(
        problems,
        (_("file"), _("what")),
        lambda one: (one.where, one.text),
        record=lambda one: {key: getattr(one, key) for key in keys},
    )


def log_view(rows: Sequence["LogRow"]) -> "View[LogRow]":
    """Show the journal."""
    from outreach.journal.codec import to_row
    from outreach.journal.event import Answered, details_of

    def cells(row: "LogRow") -> Sequence[object]:
        event = row.event
        what = _("{event} (voided)", event=event.said) if row.is_voided else event.said
        details = [said(one) if isinstance(one, str) else local(one) for one in details_of(event)]
        if isinstance(event, Answered) and event.questions:
            details.append(ngettext("{count} answer", "{count} answers", len(event.questions)))
        names = "\n".join(filter(None, (event.contact, event.letter)))
        return (f"{event.id[-8:]}\n{event.author}", event.at, what, names, ", ".join(details))

    return View(
        rows,
        (_("id, author"), _("day"), _("event"), _("contact, letter"), _("what")),
        cells,
        record=lambda row: {**_shown(to_row(row.event)), "voided": row.is_voided},
        is_struck=lambda row: row.is_voided,
    )


def _shown(row: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in row.items() if key != "clock"}


def standings_view(rows: Sequence["Standing"]) -> "View[Standing]":
    """Show where letters stand."""

    def cells(row: "Standing") -> Sequence[object]:
        return (
            _lines(row.contact, row.letter),
            _lines(row.status.said, row.outcome.said),
            _lines(
                _("{day} sent", day=row.sent_on) if row.sent_on else "",
                _("{day} got", day=row.received_on) if row.received_on else "",
                _("estimated") if row.estimated else "",
            ),
            f"{row.questions_answered}/{row.questions_asked}" if row.questions_asked else "",
            _lines(step_word(row.next_step), row.due_on, _days_left(row.days_left)),
        )

    return View(
        rows,
        (_("to"), _("status"), _("dates"), _("answers"), _("next")),
        cells,
        is_red=lambda row: row.overdue,
    )


def tasks_view(rows: Sequence["Due"]) -> "View[Due]":
    """Show what is to be done."""

    def cells(row: "Due") -> Sequence[object]:
        return (
            _lines(
                row.due_on,
                expired_for(row.expired) if row.expired else _days_left(row.days_left),
                _("estimated") if row.estimated else "",
            ),
            _lines(row.contact, row.letter),
            _(row.does),
        )

    return View(
        rows,
        (_("due"), _("to"), _("what")),
        cells,
        record=lambda row: {
            key: value for key, value in record_of(row).items() if key not in {"does", "expired"}
        },
        is_red=lambda row: row.days_left < 0,
    )


def replies_view(rows: Sequence["Reply"]) -> "View[Reply]":
    """Show who answered what."""
    return View(
        rows,
        (_("no."), _("question"), _("contact"), _("letter"), _("answer")),
        lambda row: (row.number, row.question, row.contact, row.letter, row.shown),
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


def _lines(*parts: object) -> str:
    """Return the parts that say something, a line each."""
    return "\n".join(local(part) for part in parts if part)


def expired_for(days: int) -> str:
    """Return since when a limit is over, as in "expired 4 days ago"."""
    return ngettext("expired {count} day ago", "expired {count} days ago", days)


def _days_left(days: int | None) -> str:
    """Return how far a day is, as in "4 days late"."""
    if days is None:
        return ""
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in {count} day", "in {count} days", days)
    return ngettext("{count} day late", "{count} days late", -days)
