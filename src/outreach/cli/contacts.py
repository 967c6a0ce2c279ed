"""Commands that show the contacts."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from outreach.cli import completion
from outreach.cli.options import Json, Not, To, confirm, open_folder, recorder
from outreach.cli.output import print_json, print_pairs, print_table, say
from outreach.errors import InputError
from outreach.language import _

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
    as_json: Json = False,
) -> None:
    """List the recipients, as in: outreach contacts list --role mayor."""
    from outreach.people.selectors import select

    contacts = open_folder(context).contacts
    chosen = select(contacts, to or (), left_out or ())
    for kind, names in (("role", role), ("tag", tag)):
        select(contacts, wanted := [f"{kind}:{name}" for name in names or ()])
        chosen = select(chosen, wanted, strict=False)
    if as_json:
        print_json(asdict(contact) for contact in chosen)
    else:
        rows = [
            (contact.id, contact.name, contact.role, contact.town, contact.checked or "–")
            for contact in chosen
        ]
        print_table((_("id"), _("name"), _("role"), _("town"), _("checked")), rows)


def _as_stored(value: object) -> object:
    """Return a number as text: a year or a register's number is no count."""
    return value if isinstance(value, date) else str(value)


@app.command("forget")
def forget_contact(
    context: typer.Context,
    identifier: Annotated[
        str, typer.Argument(metavar="ID", autocompletion=completion.contacts, help="The contact's id.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a person from contacts, letters, journal and archive: outreach contacts forget maire-lyon."""
    from outreach.journal.journal import open_journal
    from outreach.upkeep.forget import find_traces, forget

    folder = open_folder(context)
    out = folder.campaign.out
    with open_journal(folder.campaign.root) as journal:
        traces = find_traces(folder, journal, out, identifier)
        for entry in traces.entries:
            place = f"{entry.path}:{entry.line}"
            typer.echo(_("   1  contact at {place}", place=place))
        for place, number in (
            (_("generated files in out/"), len(traces.letters)),
            (_("events in outreach.db"), traces.events),
            (_("files in archive/"), len(traces.files)),
        ):
            typer.echo(f"{number:>4}  {place}")
        for file in traces.shared:
            typer.echo(
                _("archive/{path}  is kept: {name} was sent to others too", path=file.path, name=file.name),
                err=True,
            )
        if not yes and not confirm(_("Erase all of this? It cannot be undone.")):
            raise typer.Exit
        forget(folder, journal, out, traces, recorder(folder.campaign.author))
    say(_("erased; exports and copies of the journal elsewhere are not"))


@app.command("show")
def show_contact(
    context: typer.Context,
    identifier: Annotated[
        str, typer.Argument(metavar="ID", autocompletion=completion.contacts, help="The contact's id.")
    ],
    as_json: Json = False,
) -> None:
    """Show one recipient and how it is addressed, as in: outreach contacts show maire-lyon."""
    from outreach.letters.compose import contact_address, contact_forms

    folder = open_folder(context)
    entry = folder.entry(identifier)
    if entry.is_faulty:
        raise InputError(*entry.faults)
    contact = entry.contact
    if as_json:
        print_json([asdict(contact)])
        return
    salutation, closing = contact_forms(folder.campaign, contact, folder.campaign.language)
    values = {
        name: value for name, value in asdict(contact).items() if name not in ("address", "tags", "fields")
    }
    print_pairs(
        [
            *values.items(),
            *((f"fields.{name}", _as_stored(value)) for name, value in contact.fields.items()),
            ("tags", ", ".join(contact.tags)),
            (_("address as printed"), "\n".join(contact_address(contact))),
            (_("salutation as printed"), salutation),
            (_("closing as printed"), closing),
        ]
    )
