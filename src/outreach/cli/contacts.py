"""Commands that show, compare, give away and erase contacts."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from outreach.campaign.paths import JOURNAL, shown_path
from outreach.cli import completion
from outreach.cli.alone import writes
from outreach.cli.options import (
    All,
    ContactId,
    Json,
    Not,
    Replace,
    To,
    Yes,
    campaign_root,
    confirm,
    day,
    day_option,
    one_of,
    open_folder,
    print_changes,
    the_journal,
    the_recorder,
    today,
)
from outreach.cli.output import (
    STDOUT,
    echo,
    give,
    is_json,
    print_pairs,
    refuse_two_on_stdout,
    say,
    show,
    show_records,
)
from outreach.cli.views import (
    changes_records,
    contacts_view,
    paths_records,
    record_of,
    roles_view,
    twins_view,
)
from outreach.errors import InputError
from outreach.language import _, ngettext

if TYPE_CHECKING:
    from outreach.letters.folder import Folder
    from outreach.people.contact import Contact
    from outreach.upkeep.forget import Traces

_Field = Annotated[str | None, typer.Option(metavar="VALUE")]
"""A field's new value; an empty one empties it."""
_APART = ("address", "tags", "fields")
"""Fields that `contacts show` does not print as they are stored."""

app = typer.Typer(no_args_is_help=True, help="List, add, import, complete, export and erase recipients.")


@app.command("list")
def list_contacts(
    context: typer.Context,
    role: Annotated[
        list[str] | None, typer.Option(metavar="ROLE", help="Only this role; may be repeated.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="Only this tag; may be repeated.")
    ] = None,
    to: To = None,
    left_out: Not = None,
    in_office: Annotated[
        datetime | None, day_option("--in-office", "Only who holds office on this day.")
    ] = None,
    everything: All = False,
    as_json: Json = False,
) -> None:
    """List the recipients, as in: outreach contacts list --role mayor."""
    from outreach.people.selectors import select

    folder = open_folder(context)
    people, chosen = folder.people, _chosen(folder, to, left_out)
    for kind, names in (("role", role), ("tag", tag)):
        wanted = [f"{kind}:{name}" for name in names or ()]
        select(people.contacts, wanted)
        chosen = select(chosen, wanted, strict=False)
    if asked := day(in_office):
        chosen = [contact for contact in chosen if contact.is_in_office(asked)]
    show(contacts_view(chosen, people), as_json=as_json, is_whole=everything)


def _chosen(folder: "Folder", to: list[str] | None, left_out: list[str] | None) -> "list[Contact]":
    from outreach.journal.choosing import RecordedBy
    from outreach.people.selectors import select

    people, recorded = folder.people, RecordedBy(folder, today())
    return select(people.contacts, to or (), left_out or (), home=people.home, recorded=recorded)


@app.command("roles")
def roles(context: typer.Context, as_json: Json = False) -> None:
    """Print the roles a contact can have, as in: outreach contacts roles."""
    show(roles_view(open_folder(context).people.home), as_json=as_json)


def dedupe(context: typer.Context, as_json: Json = False) -> None:
    """Show contacts that are or may be the same person, as in: outreach contacts dedupe."""
    from outreach.people.addressing import town_of
    from outreach.people.twins import find_twins

    people = open_folder(context).people
    found = find_twins(people)
    if not (found or as_json):
        say(_("nobody is there twice"))
        return
    show(twins_view(found, lambda contact: town_of(contact, people.home)), as_json=as_json)
    if not as_json:
        say(_("nothing was merged: delete or change one of each pair in its file"), err=True)


def export(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The new file.")],
    kind: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="csv|xlsx|vcard|google",
            help="What to write; by default what the file's ending says.",
        ),
    ] = "",
    to: To = None,
    left_out: Not = None,
    force: Replace = False,
    as_json: Json = False,
) -> None:
    """Write contacts for another program: outreach contacts export mayors.xlsx."""
    from outreach.campaign.given_files import check_ending
    from outreach.people.export import ENDINGS, EXPORT_FORMATS, format_of

    refuse_two_on_stdout(target, as_json=as_json)
    folder = open_folder(context)
    people, chosen = folder.people, _chosen(folder, to, left_out)
    asked = EXPORT_FORMATS[one_of(EXPORT_FORMATS)(kind)] if kind else None
    endings = (asked.ending,) if asked else ENDINGS
    check_ending(target, endings, is_needed=asked is None and target != STDOUT)
    content = (asked or format_of(target)).make(chosen)
    written = give({target: content}, people.root, force=force)
    show_records(paths_records(written, people.root))
    say(ngettext("{count} contact written", "{count} contacts written", len(chosen)), err=target == STDOUT)


def template(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The new file, .xlsx.")],
    force: Replace = False,
    as_json: Json = False,
) -> None:
    """Write a spreadsheet to fill in and import: outreach contacts template contacts.xlsx."""
    from outreach.campaign.given_files import check_ending
    from outreach.people.template import template_bytes

    refuse_two_on_stdout(target, as_json=as_json)
    root = open_folder(context).people.root
    check_ending(target, (".xlsx",))
    made = give({target: template_bytes()}, root, force=force)
    show_records(paths_records(made, root))
    for written in made:
        say(_("written  {path}", path=shown_path(written, root)), err=True)


def _as_stored(value: object) -> object:
    """Return a number as text: a year or a register's number is no count."""
    return value if isinstance(value, date) else str(value)


@app.command("forget")
@writes
def forget_contact(
    context: typer.Context,
    identifier: Annotated[
        str, typer.Argument(metavar="ID", autocompletion=completion.contacts, help="The contact's id.")
    ],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Erase a person from contacts, letters, journal and archive: outreach contacts forget maire-lyon."""
    from outreach.upkeep.forget import find_traces, forget, unfinished

    root = campaign_root(context)
    was_begun = unfinished(root) == identifier
    folder = open_folder(context)
    if was_begun and not unfinished(root):
        show_records([])
        say(_("erased; exports and copies of the journal elsewhere are not"))
        return
    out = folder.campaign.out
    with the_journal(context, folder) as journal:
        traces = find_traces(folder, journal, out, identifier)
        if not yes:
            _show_traces(traces)
        for file in traces.shared:
            message = _(
                "archive/{path}  is kept: {name} was sent to others too", path=file.path, name=file.name
            )
            say(message, err=True, is_asked=True)
        for name in traces.left:
            message = _("{path}  is kept: '{id}' stands in it; look at it yourself", path=name, id=identifier)
            say(message, err=True, is_asked=True)
        if not yes and not confirm(_("Erase all of this? It cannot be undone.")):
            raise typer.Exit
        changes = forget(folder, journal, out, identifier, the_recorder(folder.campaign.author))
    erased = ngettext(
        "{count} event erased in {file}", "{count} events erased in {file}", traces.events, file=JOURNAL
    )
    if as_json:
        kept = [*(f"archive/{file.path}" for file in traces.shared), *traces.left]
        show_records([*changes_records(changes), *({"path": path, "result": "kept"} for path in kept)])
        return
    echo(erased)
    print_changes(changes, err=False)
    say(_("erased; exports and copies of the journal elsewhere are not"))


def _show_traces(traces: "Traces") -> None:
    """List what would be erased, a file a line."""
    count = traces.events
    echo(ngettext("{count} event in {file}", "{count} events in {file}", count, file=JOURNAL), err=is_json())
    for change in traces.changes:
        echo(
            _("to be deleted  {path}", path=change.path)
            if change.is_deletion
            else _("to be changed  {path}", path=change.path),
            err=is_json(),
        )


@app.command("show")
def show_contact(
    context: typer.Context,
    identifier: Annotated[
        str,
        typer.Argument(metavar="ID", autocompletion=completion.contacts, help="The contact's id or name."),
    ],
    as_json: Json = False,
) -> None:
    """Show one recipient and how it is addressed, as in: outreach contacts show maire-lyon."""
    from outreach.people.addressing import address_lines, forms_of, role_of
    from outreach.people.columns import column_said

    folder = open_folder(context)
    campaign, people = folder.campaign, folder.people
    entry = people.entry(people.meant(identifier))
    if entry.is_faulty:
        raise InputError(*entry.faults)
    contact = entry.contact
    if as_json:
        show(contacts_view([contact], people), as_json=True)
        return
    forms = forms_of(campaign, contact, campaign.language)
    values: dict[str, object] = {**record_of(contact), "role": role_of(contact, people.home)}
    print_pairs(
        [
            *(
                (column_said(name), _("yes") if value is True else value)
                for name, value in values.items()
                if name not in _APART
            ),
            *((f"fields.{name}", _as_stored(value)) for name, value in contact.fields.items()),
            (column_said("tags"), ", ".join(contact.tags)),
            (_("address as printed"), "\n".join(address_lines(contact, campaign.country))),
            (_("salutation as printed"), forms.salutation),
            (_("closing as printed"), forms.closing),
        ]
    )


def edit(
    context: typer.Context,
    identifier: ContactId,
    role: _Field = None,
    gender: _Field = None,
    civility: _Field = None,
    given_name: _Field = None,
    family_name: _Field = None,
    title: _Field = None,
    portfolio: _Field = None,
    organisation: _Field = None,
    department: _Field = None,
    address: Annotated[
        list[str] | None, typer.Option(metavar="LINE", help="A line of the address; may be repeated.")
    ] = None,
    postal_code: _Field = None,
    city: _Field = None,
    country: _Field = None,
    insee: _Field = None,
    email: _Field = None,
    phone: _Field = None,
    tags: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="May be repeated; replaces them all.")
    ] = None,
    term_start: _Field = None,
    term_end: _Field = None,
    checked: _Field = None,
    source: _Field = None,
    salutation: _Field = None,
    closing: _Field = None,
    style: _Field = None,
    as_json: Json = False,
) -> None:
    """Change fields of a contact in its file: outreach contacts edit maire-lyon --city Lyon."""
    from outreach.people.columns import column_said
    from outreach.people.contact import COLUMNS
    from outreach.people.edit import edit_contact

    given = locals()
    values = {name: given[name] for name in COLUMNS if given.get(name) is not None}
    if not values:
        raise typer.BadParameter(_("nothing to change is given"))
    people = open_folder(context).people
    contact = edit_contact(people, people.meant(identifier), values)
    if as_json:
        show(contacts_view([contact], people), as_json=True)
    say(_("changed  {id}: {fields}", id=contact.id, fields=", ".join(map(column_said, values))))


def checked(
    context: typer.Context,
    selectors: Annotated[
        list[str],
        typer.Argument(
            metavar="SELECTOR", autocompletion=completion.selectors, help="Whose name and address are right."
        ),
    ],
    on: Annotated[
        datetime | None, day_option("--on", "The day on which they were verified; today by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write down that name and address were verified: outreach contacts checked role:mayor."""
    from outreach.people.edit import mark_checked

    folder = open_folder(context)
    chosen = _chosen(folder, selectors, None)
    verified = day(on) or today()
    mark_checked(folder.people, chosen, verified)
    if as_json:
        marked = [replace(contact, checked=verified) for contact in chosen]
        show(contacts_view(marked, folder.people), as_json=True)
    say(ngettext("{count} contact checked", "{count} contacts checked", len(chosen)))
