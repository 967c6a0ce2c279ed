"""Commands that read, undo, exchange and verify the journal."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from outreach.campaign.paths import shown_path
from outreach.cli.alone import alone_in, writes
from outreach.cli.journal_views import event_record, log_view
from outreach.cli.options import All, Json, Replace, campaign_root, open_folder, the_journal, the_recorder
from outreach.cli.output import STDOUT, give, print_problems, refuse_two_on_stdout, say, show, show_records
from outreach.cli.views import paths_records, problems_view
from outreach.errors import InputError, Problem
from outreach.language import _, ngettext


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
def show_all(context: typer.Context, everything: All = False, as_json: Json = False) -> None:
    """Show the journal, as in: outreach log; or of one contact: outreach log maire-lyon."""
    if context.invoked_subcommand is None:
        _show(context, "", as_json=as_json, everything=everything)


@app.command("show", hidden=True)
def show_one(
    context: typer.Context,
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="The contact's id or name.")],
    everything: All = False,
    as_json: Json = False,
) -> None:
    """Show what is recorded of one contact, as in: outreach log maire-lyon."""
    _show(context, contact, as_json=as_json, everything=everything)


@app.command("undo")
@writes
def undo_event(
    context: typer.Context,
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="The event's id, or its last eight characters.")
    ],
    batch: Annotated[
        bool, typer.Option("--batch", help="And whatever the same command recorded, as a whole sent.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Void an event; it stays in the journal, struck out: outreach log undo 1f2e3d4c."""
    from outreach.journal.recording.log import undo

    campaign = open_folder(context).campaign
    with the_journal(context) as journal:
        events = undo(journal, identifier, the_recorder(campaign.author), is_batch=batch)
    if as_json:
        show_records(map(event_record, events))
    say("\n".join(f"{event.said}  {event.event}" for event in events))


@app.command("file")
def write_files(
    context: typer.Context,
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="The event's id, or its last eight characters.")
    ],
    into: Annotated[Path, typer.Option(metavar="DIR", help="Where the files go; here by default.")] = Path(),
    force: Replace = False,
    as_json: Json = False,
) -> None:
    """Get an event's files out of the archive under their own names, as in: outreach log file 1f2e3d4c."""
    from outreach.journal.recording.log import files_out

    root = campaign_root(context)
    with the_journal(context, is_read=True) as journal:
        contents = {into / name: content for name, content in files_out(journal, identifier).items()}
    written = give(contents, root, force=force)
    if as_json:
        show_records(paths_records(written, root))
    for path in written:
        say(_("written  {path}", path=shown_path(path, root)))


@app.command("export")
def export_events(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The new file.")],
    with_files: Annotated[
        bool, typer.Option("--with-files", help="The archived files too, as ZIP, for another computer.")
    ] = False,
    force: Replace = False,
    as_json: Json = False,
) -> None:
    """Write the journal as JSON Lines, as in: outreach log export journal.jsonl."""
    from outreach.campaign.given_files import check_ending
    from outreach.journal.event import files_of
    from outreach.journal.recording.exchange import export_lines, write_package

    refuse_two_on_stdout(target, as_json=as_json)
    check_ending(target, (".zip",) if with_files else (".jsonl", ".json"), is_needed=with_files)
    root = campaign_root(context)
    problems: list[Problem] = []
    with the_journal(context, is_read=True) as journal:
        events = journal.store.read()
        if with_files:
            problems += journal.archive.verify(events)
            paths = give({target: partial(write_package, journal)}, root, force=force)
        else:
            paths = give({target: export_lines(journal.store)}, root, force=force)
    show_records(paths_records(paths, root))
    written = ngettext("{count} event written", "{count} events written", len(events))
    files = {file.path for event in events for file in files_of(event)}
    said = (
        _("{written}, with {count} archived files", written=written, count=len(files) - len(problems))
        if with_files
        else _("{written}; the archive's files are not in it", written=written)
    )
    say(said, err=target == STDOUT)
    print_problems([replace(problem, severity="warning") for problem in problems], err=True)


@app.command("import")
@writes
def import_events(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="An export.")],
    as_json: Json = False,
) -> None:
    """Add another journal's events to this one, as in: outreach log import journal.jsonl."""
    from outreach.journal.journal import back_up
    from outreach.journal.recording.exchange import import_log, unknown_events
    from outreach.journal.rules import foreign_voidings, oddities

    folder = open_folder(context)
    contacts = [contact.id for contact in folder.people.contacts]
    recorder = the_recorder(folder.campaign.author)
    with the_journal(context) as journal:
        back_up(journal, recorder.today)
        imported = import_log(journal, source, contacts)
        added = ngettext("{count} event added", "{count} events added", imported.count)
        files = ngettext("{count} file", "{count} files", imported.files)
        say(_("{added}, {files}", added=added, files=files) if imported.files else added)
        if as_json:
            show_records([{"events": imported.count, "files": imported.files}])
        history = journal.history()
    odd = oddities(history, imported.added, recorder.now)
    problems = [*history.conflicts(), *imported.problems(), *odd]
    print_problems([*problems, *foreign_voidings(history), *unknown_events(history.events)], err=True)


@app.command("rebuild")
@writes
def rebuild_journal(
    context: typer.Context,
    sources: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Exports.")],
    as_json: Json = False,
) -> None:
    """Make a lost journal anew from exports, as in: outreach log rebuild ana.jsonl bo.jsonl."""
    from outreach.journal.recording.log import rebuild

    campaign = open_folder(context).campaign
    count, problems = rebuild(campaign.root, campaign.country, sources)
    say(ngettext("{count} event in the new journal", "{count} events in the new journal", count))
    if as_json:
        show_records([{"events": count}])
    print_problems([replace(problem, severity="warning") for problem in problems], err=True)


@app.command("verify")
def verify_journal(
    context: typer.Context,
    sources: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Exports and copies that show how far the journal had come."),
    ] = None,
    is_repaired: Annotated[
        bool, typer.Option("--repair", help="Take away what interrupted commands left, and say what.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read all events and archived files again, as in: outreach log verify."""
    from outreach.journal.recording.log import repair, verify

    if is_repaired:
        with alone_in(context), the_journal(context) as journal:
            for path, target in repair(journal):
                moved = _("moved  {path} to {target}", path=path, target=target)
                say(moved if target else _("deleted  {path}", path=path))
    with the_journal(context, is_read=True) as journal:
        problems = verify(journal, sources or ())
        earlier = journal.store.count_earlier() if not problems else 0
    if as_json:
        show(problems_view(problems), as_json=True)
    else:
        print_problems(problems, err=True)
    if problems:
        raise typer.Exit(InputError.exit_code)
    say(_("every event and every file is as it was recorded"))
    if earlier:
        first = ngettext(
            "the first {count} event is of an earlier version: chained as it then stood",
            "the first {count} events are of an earlier version: chained as they then stood",
            earlier,
        )
        say(first)


def _show(context: typer.Context, contact: str, *, as_json: bool, everything: bool) -> None:
    from outreach.journal.journal import read_history
    from outreach.journal.recording.log import log

    folder = open_folder(context)
    named = folder.people.meant(contact) if contact else ""
    rows = log(read_history(folder.campaign), named)
    if named and not rows:
        folder.people.entry(named)
    if not (rows or as_json):
        say(_("nothing is recorded yet"))
        return
    show(log_view(rows, folder.people), as_json=as_json, is_whole=everything)
