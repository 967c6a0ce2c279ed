"""The rows of every answer, made once: shown as a table, as JSON, in whatever form comes next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from outreach.campaign.paths import shown_path
from outreach.errors import Problem
from outreach.language import _, ngettext, said

if TYPE_CHECKING:  # what makes the rows is imported by the command that shows them
    from _typeshed import DataclassInstance

    from outreach.country.country import Country
    from outreach.letters.folder import Folder
    from outreach.letters.making.generate import Result, Written
    from outreach.people.bring_in import ImportPlan
    from outreach.people.complete import Filled
    from outreach.people.contact import Contact
    from outreach.people.people import People
    from outreach.people.twins import Twins
    from outreach.post.email.outgoing import Draft
    from outreach.post.print_run import PrintRun
    from outreach.upkeep.forget import Change

Row = TypeVar("Row", bound="DataclassInstance")
Record = Mapping[str, object]


def record_of(row: "DataclassInstance") -> Record:
    """Return a dataclass as a mapping of its own fields."""
    return {name: getattr(row, name) for name in _names_of(type(row))}


@cache
def _names_of(kind: "type[DataclassInstance]") -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


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
class DraftRow:
    """One draft of an e-mail, and what became of its file."""

    letter: str
    contact: str
    """Whom it goes to."""
    contacts: tuple[str, ...]
    """In whose record it belongs."""
    to: str
    subject: str
    reference: str
    path: str
    sha256: str
    result: "Result"
    backup: str


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
    from outreach.people.addressing import role_of, town_of
    from outreach.people.roles import role_names
    from outreach.people.sources.places import division_shown

    roles = role_names()
    return View(
        contacts,
        (_("name"), _("role"), _("town"), _("id")),
        lambda one: (one.name, role_of(one, people.home), town_of(one, people.home), one.id),
        groups=(
            (_("role"), lambda one: roles.get(one.role, one.role)),
            (_("department"), lambda one: division_shown(one, people.home)),
        ),
    )


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
    from outreach.country.civility import CivilityChoices
    from outreach.people.roles import role_names

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


def letters_view(folder: "Folder", written: date, names: Sequence[str] = ()) -> View[LetterRow]:
    """Show letters and how many in office on the letters' date get each; all of them, if none is named."""
    from outreach.letters.template import LetterKind

    templates = folder.templates_named(names) if names else folder.templates
    rows = [
        LetterRow(
            template.name,
            template.title,
            template.audience,
            template.kind.value,
            template.joint,
            sum(len(group) for group in folder.audiences.groups(template, in_office=written)),
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


def drafts_view(written: Iterable["Written"], drafts: Iterable["Draft"]) -> View[DraftRow]:
    """Show drafts of e-mails, in their order, by the files that they are in."""
    by_name = {draft.name: draft for draft in drafts}
    rows = []
    for one in written:
        draft = by_name[one.file.path.rpartition(".")[0]]
        rows.append(
            DraftRow(
                draft.piece.letter,
                draft.contact.id,
                draft.contacts,
                draft.mail.to.addr_spec,
                draft.mail.subject,
                draft.reference,
                one.file.path,
                one.file.sha256,
                one.result,
                one.backup,
            )
        )
    return View(rows, ("", _("file"), _("e-mail")), lambda row: (row.result.said, row.path, row.to))


def sending_record(draft: "Draft") -> Record:
    """Return an e-mail that would go as JSON has it."""
    return {
        "letter": draft.piece.letter,
        "contact": draft.contact.id,
        "contacts": draft.contacts,
        "to": draft.mail.to.addr_spec,
        "subject": draft.mail.subject,
        "reference": draft.reference,
    }


def problem_record(problem: Problem) -> Record:
    """Return a problem as JSON has it."""
    keys = ("code", "severity", "path", "line", "message", "hint")
    return {key: getattr(problem, key) for key in keys}


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


def counted_results(results: Sequence["Result"]) -> str:
    """Return to how many files each thing happened; empty for none."""
    from outreach.letters.making.generate import Result

    counts = {result: results.count(result) for result in Result}
    return ", ".join(result.counted(count) for result, count in counts.items() if count)
