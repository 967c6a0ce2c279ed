"""Commands that read, undo, exchange and verify the journal."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from outreach.cli.options import Json, campaign_root, open_folder, recorder
from outreach.cli.output import print_json, print_problems, print_table, say
from outreach.errors import InputError
from outreach.journal.words import data_word, event_word
from outreach.language import _, local, ngettext

if TYPE_CHECKING:
    from outreach.journal.event import Event


class _LogGroup(TyperGroup):
    """`outreach log CONTACT` shows that contact; a known word is a command."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401  (as Typer declares it)
        """Take a first word that is no command as the contact of `show`."""
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_LogGroup, help="Show, undo, exchange and verify the journal.", invoke_without_command=True
)


@app.callback()
def show_all(context: typer.Context, as_json: Json = False) -> None:
    """Show the journal, as in: outreach log; or of one contact: outreach log maire-lyon."""
    if context.invoked_subcommand is None:
        _show(context, "", as_json=as_json)


@app.command("show", hidden=True)
def show(
    context: typer.Context,
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="The contact's id.")],
    as_json: Json = False,
) -> None:
    """Show what is recorded of one contact, as in: outreach log maire-lyon."""
    _show(context, contact, as_json=as_json)


@app.command("undo")
def undo_event(
    context: typer.Context,
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="The event's id, or its last eight characters.")
    ],
) -> None:
    """Void an event; it stays in the journal, struck out: outreach log undo 1f2e3d4c."""
    from outreach.journal.journal import open_journal
    from outreach.journal.recording.log import undo

    folder = open_folder(context)
    with open_journal(folder.campaign.root) as journal:
        event = undo(journal, identifier, recorder(folder.campaign.author))
    say(f"{event_word('voided')}  {event.data['event']}")


@app.command("export")
def export_events(
    context: typer.Context, target: Annotated[Path, typer.Argument(metavar="FILE", help="The new file.")]
) -> None:
    """Write the journal as JSON Lines, as in: outreach log export journal.jsonl."""
    from outreach.journal.journal import open_journal
    from outreach.journal.recording.log import export_log

    with open_journal(campaign_root(context)) as journal:
        written = ngettext("{count} event written", "{count} events written", export_log(journal, target))
        say(_("{written}; the archive's files are not in it", written=written))


@app.command("import")
def import_events(
    context: typer.Context, source: Annotated[Path, typer.Argument(metavar="FILE", help="An export.")]
) -> None:
    """Add another journal's events to this one, as in: outreach log import journal.jsonl."""
    from outreach.journal.case import conflicts
    from outreach.journal.journal import open_journal
    from outreach.journal.recording.log import forgotten_elsewhere, import_log

    with open_journal(campaign_root(context)) as journal:
        say(ngettext("{count} event added", "{count} events added", import_log(journal, source)))
        events = journal.store.read()
    print_problems([*conflicts(events), *forgotten_elsewhere(events)], err=True)


@app.command("verify")
def verify_journal(context: typer.Context) -> None:
    """Read all events and archived files again, as in: outreach log verify."""
    from outreach.journal.journal import open_journal
    from outreach.journal.recording.log import verify

    with open_journal(campaign_root(context)) as journal:
        problems = verify(journal)
    print_problems(problems, err=True)
    if problems:
        raise typer.Exit(InputError.exit_code)
    say(_("every event and every file is as it was recorded"))


def _show(context: typer.Context, contact: str, *, as_json: bool) -> None:
    from outreach.journal.event import to_row
    from outreach.journal.journal import read_events
    from outreach.journal.recording.log import log

    folder = open_folder(context)
    entries = log(read_events(folder.campaign.root), contact)
    if contact and not entries:
        folder.entry(contact)
    if as_json:
        print_json({**to_row(entry.event), "voided": entry.is_voided} for entry in entries)
        return
    rows = [
        (
            entry.event.id[-8:],
            entry.event.at,
            _("{event} (voided)", event=event_word(entry.event.kind))
            if entry.is_voided
            else event_word(entry.event.kind),
            "\n".join(filter(None, (entry.event.contact, entry.event.letter))),
            _summary(entry.event),
        )
        for entry in entries
    ]
    columns = (_("id"), _("day"), _("event"), _("contact, letter"), _("what"))
    print_table(columns, rows, struck=[entry.is_voided for entry in entries])


def _summary(event: "Event") -> str:
    """Return what an event's data says, in a few words."""
    keys = (
        "channel",
        "tracking",
        "proof",
        "kind",
        "position",
        "forwarded_to",
        "to",
        "reason",
        "note",
        "event",
    )
    words = [_said(key, str(event.data[key])) for key in keys if key in event.data]
    if event.data.get("questions") and event.kind == "answered":
        words.append(ngettext("{count} answer", "{count} answers", len(event.data["questions"])))
    return ", ".join(words)


def _said(key: str, value: str) -> str:
    """Return a value as people read it; what they wrote themselves stays as it is."""
    if key in ("channel", "proof", "kind", "position"):
        return data_word(value)
    return local(date.fromisoformat(value)) if key == "to" else value
