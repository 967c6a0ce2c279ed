"""Options and reading that several commands share."""

import sys
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from outreach.campaign import find_root
from outreach.cli import completion

if TYPE_CHECKING:
    from outreach.workflow.folder import Folder
    from outreach.workflow.journal import Recorder

To = Annotated[
    list[str] | None,
    typer.Option(
        "--to",
        metavar="SELECTOR",
        autocompletion=completion.selectors,
        help="ID, role:R, tag:T, commune:CODE or all; a comma means and, a repeated option means or.",
    ),
]
Not = Annotated[
    list[str] | None,
    typer.Option("--not", metavar="SELECTOR", autocompletion=completion.selectors, help="Leave these out."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON array and nothing else on stdout.")]
Day = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The letters' date."),
]


On = Annotated[
    datetime,
    typer.Option("--on", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The day on which it happened."),
]
LetterName = Annotated[
    str,
    typer.Option(
        "--letter",
        metavar="NAME",
        autocompletion=completion.letters,
        help="The letter; needed where several were sent to the contact.",
    ),
]
ContactId = Annotated[
    str, typer.Argument(metavar="CONTACT", autocompletion=completion.contacts, help="The contact's id.")
]


def campaign_root(context: typer.Context) -> Path:
    """Return the campaign folder that the command line names, else the nearest one."""
    named: Path | None = context.obj
    return find_root(named.resolve(), upward=False) if named else find_root(Path.cwd().resolve())


def open_folder(context: typer.Context) -> "Folder":
    """Read the campaign folder that the command line names."""
    from outreach.workflow.folder import load_folder

    return load_folder(campaign_root(context))


def day(value: datetime | None) -> date | None:
    """Return the date of an option."""
    return value.date() if value else None


def recorder(author: str) -> "Recorder":
    """Return who records, and when."""
    from outreach.workflow.journal import Recorder, author_name

    return Recorder(author_name(author), datetime.now(timezone.utc), today())


def is_terminal() -> bool:
    """Tell whether somebody can be asked."""
    return sys.stdin.isatty()


def today() -> date:
    """Return the day of the run, by the local calendar; the only look at the clock."""
    return datetime.now().astimezone().date()
