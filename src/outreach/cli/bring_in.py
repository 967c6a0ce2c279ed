"""Commands that bring contacts in: import, complete, add."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from outreach.campaign.paths import shown_path
from outreach.cli.options import (
    CHOICE,
    FILES,
    Json,
    Yes,
    ask,
    ask_for,
    confirm,
    is_terminal,
    open_folder,
    today,
)
from outreach.cli.output import echo, print_problems, progress_bar, say, show, show_records
from outreach.cli.views import completion_view, import_view, record_of
from outreach.errors import InputError, Problem, RefusedError
from outreach.language import _, ngettext, pgettext
from outreach.people.sources.source_format import SourceFormat

if TYPE_CHECKING:
    from outreach.country.country import Country
    from outreach.people.bring_in import ImportPlan
    from outreach.people.sources.detect import Source

_LISTED = 20
_SHOWN = 3
"""Addresses that a dry run shows."""


*_FIRST, _LAST = [one.value for one in SourceFormat]

Codes = Annotated[
    list[str] | None,
    typer.Option(metavar="CODE", rich_help_panel=CHOICE, help="INSEE code; may be repeated."),
]


def import_file(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="RNE, Annuaire, vCard, Google or any table.")],
    kind: Annotated[
        SourceFormat | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            rich_help_panel=FILES,
            help=f"{', '.join(_FIRST)} or {_LAST}; found out by the content.",
        ),
    ] = None,
    commune: Codes = None,
    department: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", rich_help_panel=CHOICE, help="As in 69; may be repeated."),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", rich_help_panel=CHOICE, help="As in 84; may be repeated."),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE", rich_help_panel=CHOICE, help="Only these; everyone's in a file without roles."
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", rich_help_panel=FILES, help="Contact file; contacts/<kind>.csv by default."
        ),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", rich_help_panel=FILES, help="May be repeated."),
    ] = None,
    sheet: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            rich_help_panel=FILES,
            help="Of a spreadsheet; the first with a header by default.",
        ),
    ] = "",
    update: Annotated[
        bool, typer.Option("--update", help="Compare with the contacts: what changed, who is new, who left.")
    ] = False,
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Take contacts over from a file, as in: outreach contacts import rne-maires.csv --department 69."""
    from outreach.people.bring_in import ImportRequest, plan_import, write_import
    from outreach.people.sources.detect import choose
    from outreach.people.sources.functions import role_named

    role = [role_named(name) for name in role or ()]
    people = open_folder(context).people
    wanted = ImportRequest(
        path=path,
        choice=choose(people.home, commune or (), department or (), region or (), role),
        format=kind,
        into=into,
        mapping=tuple(_pair(text) for text in mapping or ()),
        update=update,
        sheet=sheet,
    )
    with progress_bar(_("reading")) as progress:
        plan = plan_import(people, wanted, today(), progress)
    _show_plan(plan, people.home, as_json=as_json)
    for label, count in plan.unknown_functions.items():
        text = ngettext(
            "unknown function '{label}': {count} contact keeps it as title",
            "unknown function '{label}': {count} contacts keep it as title",
            count,
            label=label,
        )
        say(text, err=True)
    if dry_run and not as_json:
        _show_addresses(plan, people.home)
    print_problems(_grouped(plan.notes), err=True)
    if (plan.changed or plan.left) and not (yes or dry_run or is_terminal()):
        message = _("an update asks first, and nobody can be asked here")
        raise RefusedError(
            Problem("", 0, message, _("look with --dry-run, then add --yes"), code="needs-yes")
        )
    if dry_run:
        say(_("dry run: nothing was written"), err=True)
    elif not plan.is_empty and (yes or not plan.is_guess or not is_terminal() or confirm(_("Write this?"))):
        for written in write_import(plan, people.root):
            say(_("written  {path}", path=shown_path(written, people.root)), err=True)
    print_problems(plan.problems[:_LISTED], err=True)
    if len(plan.problems) > _LISTED:
        more = len(plan.problems) - _LISTED
        text = ngettext("and {count} row more", "and {count} rows more", more)
        echo(_("{more}, all in the rejected file", more=text), err=True)
    if plan.problems:
        raise typer.Exit(InputError.exit_code)


def complete(
    context: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Annuaire (JSON, CSV), INSEE's list of communes.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be filled in.")] = False,
    as_json: Json = False,
) -> None:
    """Fill in addresses and town names by commune: outreach contacts complete annuaire.json communes.csv."""
    from outreach.people.complete import find_completions, write_completions

    people = open_folder(context).people
    filled = find_completions(people, paths)
    if as_json:
        show(completion_view(filled), as_json=True)
    else:
        for one in filled[: _LISTED * 5]:
            by_source: dict[str, list[str]] = {}
            for name, source in one.sources.items():
                by_source.setdefault(source, []).append(name)
            taken = "; ".join(
                _("{fields} from {source}", fields=", ".join(names), source=source)
                for source, names in by_source.items()
            )
            echo(f"{one.contact}: {taken}")
        say(
            ngettext("{count} contact to complete", "{count} contacts to complete", len(filled))
            if dry_run
            else ngettext("{count} contact completed", "{count} contacts completed", len(filled))
        )
    if not dry_run:
        write_completions(people, filled)


def add(
    context: typer.Context,
    role: Annotated[str, typer.Option(metavar="ROLE", help="As in mayor.")] = "",
    identifier: Annotated[
        str, typer.Option("--id", metavar="ID", help="Made from the name by default.")
    ] = "",
    gender: Annotated[str, typer.Option(metavar="GENDER", help="m, f, x or group; empty if not known.")] = "",
    given_name: Annotated[str, typer.Option(metavar="TEXT", help="As in Anne.")] = "",
    family_name: Annotated[str, typer.Option(metavar="TEXT", help="As in Exemple.")] = "",
    organisation: Annotated[str, typer.Option(metavar="TEXT", help="Of a body.")] = "",
    title: Annotated[str, typer.Option(metavar="TEXT", help="As printed; from the role by default.")] = "",
    portfolio: Annotated[str, typer.Option(metavar="TEXT", help='With its article: "la sécurité".')] = "",
    address: Annotated[
        list[str] | None, typer.Option(metavar="LINE", help="A line of the address; may be repeated.")
    ] = None,
    postal_code: Annotated[str, typer.Option(metavar="CODE", help="As in 69001.")] = "",
    city: Annotated[str, typer.Option(metavar="TEXT", help="As in Lyon.")] = "",
    insee: Annotated[str, typer.Option(metavar="CODE", help="As in 69123.")] = "",
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="One address.")] = "",
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="May be repeated.")] = None,
    into: Annotated[
        str, typer.Option(metavar="FILE", help="TOML file; contacts/added.toml by default.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Add a contact by options, or by answers: outreach contacts add --role mayor --family-name Exemple."""
    from outreach.people.add import add_contact

    people = open_folder(context).people
    values: dict[str, Any] = {
        "id": identifier,
        "role": role,
        "gender": gender,
        "given_name": given_name,
        "family_name": family_name,
        "organisation": organisation,
        "title": title,
        "portfolio": portfolio,
        "address": address or [],
        "postal_code": postal_code,
        "city": city,
        "insee": insee,
        "email": email,
        "tags": tag or [],
    }
    if not any(values.values()) and is_terminal():
        values |= _asked()
    contact = add_contact(people, values, into)
    if as_json:
        show_records([record_of(contact)])
    say(_("added  {id}", id=contact.id))


def _show_plan(plan: "ImportPlan", home: "Country", *, as_json: bool) -> None:
    from outreach.people.addressing import role_of
    from outreach.people.changes import differences
    from outreach.people.columns import column_said

    if as_json:
        show(import_view(plan), as_json=True)
        return
    _show_columns(plan.source)
    new, left, moved = (
        pgettext("contact", "new"),
        pgettext("contact", "left"),
        pgettext("contact", "moved"),
    )
    width = max(map(len, (new, left, moved)))
    for sign, group in ((new, plan.added), (left, plan.left)):
        for contact in group[:_LISTED]:
            echo(f"{sign:<{width}} {contact.id}  {contact.name}, {role_of(contact, home)}")
        if len(group) > _LISTED:
            more = _("and {count} more", count=len(group) - _LISTED)
            echo(f"{sign:<{width}} {more}")
    for before, after in plan.changed[:_LISTED]:
        changes = ", ".join(
            column_said(name) + _(": ") + f"{old or '–'} → {new or '–'}"
            for name, (old, new) in differences(before, after).items()
        )
        echo(f"{moved:<{width}} {after.id}  {changes}")
    counts = [
        (len(plan.added), ngettext("{count} new", "{count} new", len(plan.added))),
        (len(plan.changed), ngettext("{count} changed", "{count} changed", len(plan.changed))),
        (len(plan.left), ngettext("{count} left", "{count} left", len(plan.left))),
        (plan.joined, ngettext("{count} joined", "{count} joined", plan.joined)),
        (plan.same, ngettext("{count} known already", "{count} known already", plan.same)),
        (plan.filtered, ngettext("{count} of another role", "{count} of other roles", plan.filtered)),
        (len(plan.rejected), ngettext("{count} rejected", "{count} rejected", len(plan.rejected))),
    ]
    shown = ", ".join(text for number, text in counts if number)
    nothing = _("nobody of that place or role is in the file")
    echo(
        _(
            "{format} into {file}: {what}",
            format=plan.source.format.value,
            file=plan.shown,
            what=shown or nothing,
        )
    )


def _show_columns(source: "Source") -> None:
    """Show which columns become what, and which nothing."""
    from outreach.people.columns import column_said

    pairs = [
        _("{fields} from {source}", fields=column_said(name), source=column)
        for name, column in source.mapping.items()
    ]
    own, left = ", ".join(source.own_columns), ", ".join(source.left_columns)
    taken = ", ".join(pairs or source.used_columns)
    if taken:
        echo(_("columns: {pairs}", pairs=taken))
    if own:
        echo(_("columns kept as fields: {names}", names=own))
    if left:
        echo(_("columns left out: {names}", names=left))


def _show_addresses(plan: "ImportPlan", home: "Country") -> None:
    """Show the first new contacts as they would be printed in an address."""
    from outreach.people.addressing import address_lines

    for contact in plan.added[:_SHOWN]:
        echo("")
        for line in address_lines(contact, home):
            echo(f"    {line}")


def _grouped(notes: Sequence[Problem]) -> list[Problem]:
    """Return notes that say the same as one, at the first of their lines."""
    by_text: dict[tuple[str, str], list[Problem]] = {}
    for note in notes:
        by_text.setdefault((note.message, note.hint), []).append(note)
    grouped = []
    for (message, hint), same in by_text.items():
        lines = ", ".join(str(note.line) for note in same[1:])
        also = _("lines {lines} too", lines=lines) if lines else ""
        grouped.append(replace(same[0], message=message, hint="; ".join(filter(None, (hint, also)))))
    return grouped


def _asked() -> dict[str, Any]:
    """Ask for what a contact needs; an empty answer leaves a field out."""
    from outreach.people.contact import LIST_SEPARATOR
    from outreach.people.sources.functions import role_named

    def role(text: str) -> str:
        try:
            return role_named(text)
        except InputError as error:
            raise ValueError(str(error)) from error

    values: dict[str, Any] = {"role": ask_for(_("Role, as in mayor"), role)}
    for name, question in (
        ("given_name", _("Given name")),
        ("family_name", _("Family name")),
        ("gender", _("Gender (m, f, x, group; empty if not known)")),
        ("organisation", _("Organisation")),
        ("postal_code", _("Postal code")),
        ("city", _("Town")),
    ):
        values[name] = ask(question)
    lines = ask(_("Street lines, separated by |"))
    values["address"] = [line.strip() for line in lines.split(LIST_SEPARATOR) if line.strip()]
    return values


def _pair(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals or not column.strip():
        raise typer.BadParameter(_("--map takes FIELD=COLUMN, not '{text}'", text=text))
    return name.strip(), column.strip()
