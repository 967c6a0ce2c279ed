"""The `outreach` program: its commands, its options for all of them, its one error boundary."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from outreach import __version__
from outreach.cli import (
    bring_in,
    contacts,
    email,
    email_reading,
    follow_up,
    letters,
    log,
    output,
    overview,
    post,
    record,
    write,
)
from outreach.cli.alone import writes
from outreach.cli.boundary import ErrorBoundary
from outreach.cli.options import EVERYWHERE, Json, words_of

app = typer.Typer(
    cls=ErrorBoundary,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Personal letters for citizen campaigns: write, print, remember, follow up.",
    epilog="A campaign is a folder; `outreach init` makes one. Only `email send` and `print --send` send"
    " anything, and ask first.",
)
WRITE = "Write"
app.command(rich_help_panel=WRITE)(write.init)
app.command(rich_help_panel=WRITE)(write.check)
contacts.app.command("import")(writes(bring_in.import_file))
contacts.app.command("complete")(writes(bring_in.complete))
contacts.app.command("add")(writes(bring_in.add))
contacts.app.command("edit")(writes(contacts.edit))
contacts.app.command("checked")(writes(contacts.checked))
contacts.app.command("dedupe")(contacts.dedupe)
contacts.app.command("export")(contacts.export)
contacts.app.command("template")(contacts.template)
app.add_typer(contacts.app, name="contacts", rich_help_panel=WRITE)
app.add_typer(letters.app, name="letters", rich_help_panel=WRITE)
app.command(rich_help_panel=WRITE)(write.preview)
app.command(rich_help_panel=WRITE)(writes(write.generate))
PRINT = "Print and send"
app.command("print", rich_help_panel=PRINT)(writes(post.print_letters))
email.app.command("drafts")(writes(email.drafts))
email.app.command("send")(email.send)  # it lets others write while it waits
email.app.command("read")(email_reading.read)  # it fetches before others have to wait
email.app.command("tray")(email_reading.tray)
email.app.command("assign")(writes(email_reading.assign))
email.app.command("drop")(writes(email_reading.drop))
app.add_typer(email.app, name="email", rich_help_panel=PRINT)
REMEMBER = "Remember"
app.command(rich_help_panel=REMEMBER)(writes(record.sent))
app.command(rich_help_panel=REMEMBER)(writes(record.received))
app.command(rich_help_panel=REMEMBER)(writes(record.answer))
app.command(rich_help_panel=REMEMBER)(writes(record.stop))
app.command(rich_help_panel=REMEMBER)(writes(record.note))
app.add_typer(log.app, name="log", rich_help_panel=REMEMBER)
FOLLOW_UP = "Follow up"
app.command(rich_help_panel=FOLLOW_UP)(follow_up.status)
app.command(rich_help_panel=FOLLOW_UP)(follow_up.answers)
app.command(rich_help_panel=FOLLOW_UP)(follow_up.due)
app.command(rich_help_panel=FOLLOW_UP)(follow_up.why)
app.command(rich_help_panel=FOLLOW_UP)(writes(follow_up.followup))
app.command(rich_help_panel=FOLLOW_UP)(writes(record.extend))
app.command(rich_help_panel="The program")(overview.doctor)


class Language(str, Enum):
    """Languages of the messages."""

    FR = "fr"
    EN = "en"


def _version(value: bool) -> None:  # noqa: FBT001  (Typer's callback form)
    if value:
        typer.echo(f"outreach {__version__}")
        raise typer.Exit


def _choose(context: typer.Context, value: Path | None) -> Path | None:
    if value:
        context.obj = value
    return value


def _be_quiet(context: typer.Context, value: bool) -> bool:  # noqa: FBT001  (Typer's callback form)
    if value or context.parent is None:
        output.keep_quiet(is_quiet=value)
    return value


@app.callback()
def options(
    context: typer.Context,
    _campaign: Annotated[  # its callback does it; so do those of the others
        Path | None,
        typer.Option(
            "--campaign",
            metavar="DIR",
            callback=_choose,
            rich_help_panel=EVERYWHERE,
            help="The campaign folder; by default the current one or its nearest parent.",
        ),
    ] = None,
    _language: Annotated[  # the boundary reads it before help is needed
        Language | None,
        typer.Option(
            "--lang",
            metavar=words_of(Language),
            rich_help_panel=EVERYWHERE,
            help="Of the messages; by default the system's, else English.",
        ),
    ] = None,
    _quiet: Annotated[
        bool,
        typer.Option(
            "--quiet",
            "-q",
            callback=_be_quiet,
            rich_help_panel=EVERYWHERE,
            help="Print only what was asked for, and what went wrong.",
        ),
    ] = False,
    as_json: Json = False,
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Personal letters for citizen campaigns: write, print, remember, follow up."""
    if context.invoked_subcommand is None:
        overview.show_overview(context, as_json=as_json)
