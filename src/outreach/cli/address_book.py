"""Commands that bring contacts in, complete, compare and export them."""

from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from outreach.campaign.campaign import shown_path
from outreach.cli.options import (
    CHOICE,
    FILES,
    Json,
    Not,
    To,
    ask,
    ask_one_of,
    confirm,
    is_terminal,
    open_folder,
    today,
    words_of,
)
from outreach.cli.output import print_json, print_problems, print_table, progress_bar, say
from outreach.errors import InputError, Problem, RefusedError
from outreach.language import _, local, ngettext, pgettext

if TYPE_CHECKING:
    from outreach.people.bring_in import Plan

_LISTED = 20


class Format(str, Enum):
    """What kind of file is read."""

    RNE = "rne"
    ANNUAIRE = "annuaire"
    VCARD = "vcard"
    GOOGLE = "google"
    TABLE = "table"


class Export(str, Enum):
    """What kind of file is written."""

    CSV = "csv"
    XLSX = "xlsx"
    VCARD = "vcard"
    GOOGLE = "google"


Codes = Annotated[
    list[str] | None,
    typer.Option(metavar="CODE", rich_help_panel=CHOICE, help="INSEE code; may be repeated."),
]


def import_contacts(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="RNE, Annuaire, vCard, Google or any table.")],
    kind: Annotated[
        Format | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            rich_help_panel=FILES,
            help="rne, annuaire, vcard, google or table; found out by the content.",
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
    update: Annotated[
        bool, typer.Option("--update", help="After an election: who is new, who left, who moved.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Take contacts over from a file, as in: outreach contacts import rne-maires.csv --department 69."""
    from outreach.errors import did_you_mean
    from outreach.people.bring_in import Import, plan_import, write_import
    from outreach.people.contact import ROLES
    from outreach.people.sources.detect import Choice

    unknown = [name for name in role or () if name not in ROLES]
    if unknown:
        message = _("unknown role '{role}'", role=unknown[0])
        raise InputError(Problem("", 0, message, did_you_mean(unknown[0], ROLES)))
    folder = open_folder(context)
    wanted = Import(
        path=path,
        format=kind.value if kind else "",
        choice=Choice(_codes(commune, 5), _codes(department, 2), _codes(region, 2), tuple(role or ())),
        into=into,
        mapping=tuple(_pair(text) for text in mapping or ()),
        update=update,
    )
    with progress_bar(_("reading")) as progress:
        plan = plan_import(folder, wanted, today(), progress)
    _show_plan(plan, as_json=as_json)
    is_question = bool(plan.source.mapping or plan.changed or plan.left) and not yes
    if (plan.changed or plan.left) and not (yes or dry_run or is_terminal()):
        message = _("an update asks first, and nobody can be asked here")
        raise RefusedError(Problem("", 0, message, _("look with --dry-run, then add --yes")))
    is_nothing = not (plan.added or plan.changed or plan.left or plan.rejected)
    if dry_run:
        say(_("dry run: nothing was written"), err=True)
    elif not is_nothing and (not is_question or not is_terminal() or confirm(_("Write this?"))):
        for written in write_import(plan, folder.campaign.root):
            say(_("written  {path}", path=shown_path(written, folder.campaign.root)), err=True)
    print_problems(plan.problems[:_LISTED], err=True)
    if len(plan.problems) > _LISTED:
        more = len(plan.problems) - _LISTED
        text = ngettext("and {count} row more", "and {count} rows more", more)
        typer.echo(_("{more}, all in the rejected file", more=text), err=True)
    if plan.problems:
        raise typer.Exit(InputError.exit_code)


def complete_contacts(
    context: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Annuaire (JSON, CSV), INSEE's list of communes.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be filled in.")] = False,
    as_json: Json = False,
) -> None:
    """Fill in addresses and town names by commune: outreach contacts complete annuaire.json communes.csv."""
    from outreach.people.complete import find_completions, write_completions

    folder = open_folder(context)
    filled = find_completions(folder, paths)
    if as_json:
        print_json({"contact": one.contact, "values": one.values, "sources": one.sources} for one in filled)
    else:
        for one in filled[: _LISTED * 5]:
            by_source: dict[str, list[str]] = {}
            for name, source in one.sources.items():
                by_source.setdefault(source, []).append(name)
            taken = "; ".join(
                _("{fields} from {source}", fields=", ".join(names), source=source)
                for source, names in by_source.items()
            )
            typer.echo(f"{one.contact}: {taken}")
        say(
            ngettext("{count} contact to complete", "{count} contacts to complete", len(filled))
            if dry_run
            else ngettext("{count} contact completed", "{count} contacts completed", len(filled))
        )
    if not dry_run:
        write_completions(folder, filled)


def add_contact(
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
) -> None:
    """Add a contact by options, or by answers: outreach contacts add --role mayor --family-name Exemple."""
    from outreach.people.contact_book import add_contact as add

    folder = open_folder(context)
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
    contact = add(folder, values, into)
    say(_("added  {id}", id=contact.id))


def dedupe_contacts(context: typer.Context, as_json: Json = False) -> None:
    """Show contacts that are or may be the same person, as in: outreach contacts dedupe."""
    from outreach.people.contact_book import find_twins

    found = find_twins(open_folder(context).contacts)
    if as_json:
        print_json(
            {"contacts": [contact.id for contact in one.contacts], "certain": one.is_certain} for one in found
        )
        return
    if not found:
        say(_("nobody is there twice"))
        return
    rows = [
        (_("same") if one.is_certain else _("likely"), contact.id, contact.name, contact.role, contact.town)
        for one in found
        for contact in one.contacts
    ]
    print_table(("", _("id"), _("name"), _("role"), _("town")), rows)
    say(_("nothing was merged: delete or change one of each pair in its file"), err=True)


def export_contacts(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The new file.")],
    kind: Annotated[
        Export | None,
        typer.Option(
            "--format", metavar=words_of(Export), help="What to write; by the file's ending, else csv."
        ),
    ] = None,
    to: To = None,
    left_out: Not = None,
) -> None:
    """Write contacts for another program: outreach contacts export mayors.xlsx --format xlsx."""
    from outreach.people.contact_book import export_contacts as export
    from outreach.people.selectors import select

    chosen = select(open_folder(context).contacts, to or (), left_out or ())
    by_ending = {".xlsx": Export.XLSX, ".vcf": Export.VCARD}
    export(chosen, (kind or by_ending.get(target.suffix.lower(), Export.CSV)).value, target)
    say(ngettext("{count} contact written", "{count} contacts written", len(chosen)))


def _show_plan(plan: "Plan", *, as_json: bool) -> None:
    if as_json:
        groups = (
            ("added", plan.added),
            ("changed", [after for _, after in plan.changed]),
            ("left", plan.left),
        )
        print_json({"result": result, **asdict(contact)} for result, group in groups for contact in group)
        return
    if plan.source.mapping:
        pairs = [
            _("{fields} from {source}", fields=name, source=column)
            for name, column in plan.source.mapping.items()
        ]
        typer.echo(_("columns: {pairs}", pairs=", ".join(pairs)))
    new, left, moved = (
        pgettext("contact", "new"),
        pgettext("contact", "left"),
        pgettext("contact", "moved"),
    )
    width = max(map(len, (new, left, moved)))
    for sign, group in ((new, plan.added), (left, plan.left)):
        for contact in group[:_LISTED]:
            typer.echo(f"{sign:<{width}} {contact.id}  {contact.name}, {contact.role}")
        if len(group) > _LISTED:
            more = _("and {count} more", count=len(group) - _LISTED)
            typer.echo(f"{sign:<{width}} {more}")
    for before, after in plan.changed[:_LISTED]:
        names = [name for name in type(after).__slots__ if getattr(before, name) != getattr(after, name)]
        changes = ", ".join(
            f"{name}: {local(getattr(before, name) or '–')} → {local(getattr(after, name) or '–')}"
            for name in names
        )
        typer.echo(f"{moved:<{width}} {after.id}  {changes}")
    counts = [
        (len(plan.added), ngettext("{count} new", "{count} new", len(plan.added))),
        (len(plan.changed), ngettext("{count} changed", "{count} changed", len(plan.changed))),
        (len(plan.left), ngettext("{count} left", "{count} left", len(plan.left))),
        (plan.same, ngettext("{count} known already", "{count} known already", plan.same)),
        (len(plan.rejected), ngettext("{count} rejected", "{count} rejected", len(plan.rejected))),
    ]
    shown = ", ".join(text for number, text in counts if number)
    nothing = _("nobody of that place or role is in the file")
    typer.echo(
        _(
            "{format} into {file}: {what}",
            format=plan.source.format,
            file=plan.shown,
            what=shown or nothing,
        )
    )


def _asked() -> dict[str, Any]:
    """Ask for what a contact needs; an empty answer leaves a field out."""
    from outreach.people.contact import ROLES

    values: dict[str, Any] = {"role": ask_one_of(_("Role, as in mayor"), ROLES)}
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
    values["address"] = [line.strip() for line in lines.split("|") if line.strip()]
    return values


def _codes(codes: list[str] | None, digits: int) -> tuple[str, ...]:
    return tuple(code.strip().upper().zfill(digits) for code in codes or ())


def _pair(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals or not column.strip():
        raise typer.BadParameter(_("--map takes FIELD=COLUMN, not '{text}'", text=text))
    return name.strip(), column.strip()
