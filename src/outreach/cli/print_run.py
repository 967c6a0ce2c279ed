"""The command that prepares a print run: print."""

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from outreach.cli import completion
from outreach.cli.options import (
    CHOICE,
    FILES,
    MAILING,
    Letters,
    Not,
    To,
    confirm,
    is_terminal,
    open_folder,
    today,
    words_of,
)
from outreach.cli.output import print_problems, progress_bar, say
from outreach.errors import Problem, RefusedError
from outreach.language import _, ngettext

if TYPE_CHECKING:
    from outreach.post.plan import Plan


class Sort(str, Enum):
    """In which order letters are printed."""

    CONTACT = "contact"
    POSTAL_CODE = "postal-code"
    NAME = "name"
    LETTER = "letter"


class Envelope(str, Enum):
    """Sizes of envelopes."""

    DL = "DL"
    C6 = "C6"
    C5 = "C5"
    C4 = "C4"


def print_letters(
    context: typer.Context,
    letters: Letters = None,
    to: To = None,
    left_out: Not = None,
    sort: Annotated[
        Sort,
        typer.Option(
            metavar="ORDER",
            rich_help_panel=CHOICE,
            help="contact (the order of the contact files), postal-code, name or letter.",
        ),
    ] = Sort.CONTACT,
    simplex: Annotated[
        bool,
        typer.Option(
            "--simplex", rich_help_panel=FILES, help="One side only: no blank pages between letters."
        ),
    ] = False,
    first: Annotated[
        int,
        typer.Option(
            "--from",
            min=1,
            metavar="N",
            rich_help_panel=CHOICE,
            help="Print again from the run's letter N on.",
        ),
    ] = 1,
    count: Annotated[
        int | None, typer.Option(min=1, metavar="M", rich_help_panel=CHOICE, help="Only so many letters.")
    ] = None,
    sheets_per_file: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", rich_help_panel=FILES, help="At most so many sheets a file; 2100 by default."
        ),
    ] = None,
    labels: Annotated[
        str,
        typer.Option(
            metavar="SHEET",
            autocompletion=completion.label_sheets,
            rich_help_panel=MAILING,
            help="Labels too, as on L7163; in the order of the letters.",
        ),
    ] = "",
    skip: Annotated[
        int, typer.Option(min=0, metavar="N", rich_help_panel=MAILING, help="Labels that are used up.")
    ] = 0,
    merge_same_address: Annotated[
        bool,
        typer.Option(
            "--merge-same-address", rich_help_panel=MAILING, help="One label an address, with every name."
        ),
    ] = False,
    outlines: Annotated[
        bool,
        typer.Option(
            "--outlines", rich_help_panel=MAILING, help="Draw the labels' edges, for a test on plain paper."
        ),
    ] = False,
    envelopes: Annotated[
        Envelope | None,
        typer.Option(metavar=words_of(Envelope), rich_help_panel=MAILING, help="Envelopes too, one a page."),
    ] = None,
    registered: Annotated[
        bool,
        typer.Option(
            "--registered", rich_help_panel=MAILING, help="The list for registered mail too, as PDF and CSV."
        ),
    ] = False,
    calibrate: Annotated[
        bool,
        typer.Option(
            "--calibrate", rich_help_panel=MAILING, help="Only a page to hold against a real envelope."
        ),
    ] = False,
    send: Annotated[
        bool, typer.Option("--send", help="Hand the file to the printer's queue, after asking.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be printed, write nothing.")
    ] = False,
) -> None:
    """Join the letters into one file for the printer, as in: outreach print --labels L7163."""
    from outreach.post.mailing import (
        Labels,
        Mailing,
        make_mailing,
        write_calibration,
        write_mailing,
    )
    from outreach.post.plan import Wanted, plan_run
    from outreach.post.run import FOLDER, SHEETS_PER_FILE, write_run

    if (skip or merge_same_address or outlines) and not labels:
        raise typer.BadParameter(_("--skip, --merge-same-address and --outlines go with --labels SHEET"))
    if calibrate and (letters or to or labels or envelopes or registered or first > 1 or count):
        raise typer.BadParameter(_("--calibrate goes alone: it prints no letter"))
    if send and not (yes or dry_run or is_terminal()):
        raise RefusedError(
            Problem("", 0, _("--send asks first, and nobody can be asked here"), _("add --yes"))
        )
    folder = open_folder(context)
    out = folder.campaign.out
    if calibrate:
        path = out / FOLDER / "calibrate.pdf" if dry_run else write_calibration(folder, out, today())
        shown = path.relative_to(out).as_posix()
        say(_("would be written  {path}", path=shown) if dry_run else _("written  {path}", path=shown))
        return
    wanted = Wanted(
        letters=tuple(letters or ()),
        selectors=tuple(to or ()),
        unwanted=tuple(left_out or ()),
        sort=sort.value,
        first=first,
        count=count,
        duplex=not simplex,
    )
    with progress_bar(_("checking")) as progress:
        plan = plan_run(folder, out, wanted, today(), progress)
    mailing = Mailing(
        labels=Labels(labels, skip, merge_same_address, outlines) if labels else None,
        envelopes=envelopes.value if envelopes else "",
        registered=registered,
    )
    # What can fail for an address comes first: better no file than a run whose labels are missing.
    made = make_mailing(plan, mailing)
    print_problems(plan.warnings, err=True)
    say(_summary(plan), is_asked=dry_run)
    if dry_run:
        say(_("dry run: nothing was written"), err=True)
        return
    written = write_mailing(plan, out, mailing, made)
    with progress_bar(_("printing")) as progress:
        files = write_run(plan, out, sheets_per_file or SHEETS_PER_FILE, progress)
    for path in (*files, *written):
        say(_("written  {path}", path=path.relative_to(out).as_posix()))
    if send:
        _send(plan, files, yes=yes)


def _send(plan: "Plan", files: list[Path], *, yes: bool) -> None:
    from outreach.post.mailing import send_to_printer

    settings = plan.folder.campaign.printing
    question = ngettext(
        "Send {count} sheet to '{command}'?",
        "Send {count} sheets to '{command}'?",
        plan.sheets,
        command=settings.command,
    )
    if yes or confirm(question):
        send_to_printer(files, settings)
        say(_("sent to the printer"))


def _summary(plan: "Plan") -> str:
    parts = [
        ngettext("{count} letter", "{count} letters", len(plan.items)),
        ngettext("{count} page", "{count} pages", plan.pages),
        ngettext("{count} sheet", "{count} sheets", plan.sheets),
    ]
    if not plan.wanted.duplex:
        parts.append(_("one side only"))
    if len(plan.items) < plan.total:
        parts.append(_("of a run of {total}", total=plan.total))
    return ", ".join(parts)
