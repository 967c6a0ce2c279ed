"""The command that prepares a print run: print."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from outreach.cli import completion
from outreach.cli.options import (
    CHOICE,
    FILES,
    MAILING,
    Again,
    Json,
    Letters,
    Not,
    To,
    WithAnswered,
    WithFormer,
    Yes,
    confirm,
    is_terminal,
    one_of,
    open_folder,
    options_of,
    today,
)
from outreach.cli.output import print_problems, progress_bar, say, show_records
from outreach.cli.views import run_record
from outreach.errors import Problem, RefusedError
from outreach.journal.words import Channel
from outreach.language import _, ngettext
from outreach.post.order import SORTS

if TYPE_CHECKING:
    from outreach.post.print_run import PrintRun


def print_letters(
    context: typer.Context,
    letters: Letters = None,
    to: To = None,
    left_out: Not = None,
    with_answered: WithAnswered = False,
    with_former: WithFormer = False,
    allow_outside: Annotated[
        bool,
        typer.Option(
            "--allow-outside",
            rich_help_panel=CHOICE,
            help="Enclosures that lie outside the campaign folder too.",
        ),
    ] = False,
    again: Again = False,
    sort: Annotated[
        str,
        typer.Option(
            metavar="ORDER",
            parser=one_of(SORTS),
            rich_help_panel=CHOICE,
            help="contact (the order of the contact files), postal-code, name or letter.",
        ),
    ] = SORTS[0],
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
            "--merge-same-address",
            rich_help_panel=MAILING,
            help="One label or envelope an address, with every name.",
        ),
    ] = False,
    outlines: Annotated[
        bool,
        typer.Option(
            "--outlines", rich_help_panel=MAILING, help="Draw the labels' edges, for a test on plain paper."
        ),
    ] = False,
    envelopes: Annotated[
        str,
        typer.Option(
            metavar="SIZE", rich_help_panel=MAILING, help="Envelopes too, one a page: DL, C6, C5 or C4."
        ),
    ] = "",
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
    no_letters: Annotated[
        bool,
        typer.Option(
            "--no-letters",
            rich_help_panel=MAILING,
            help="Only labels, envelopes or the list, without the letters.",
        ),
    ] = False,
    send: Annotated[
        bool, typer.Option("--send", help="Hand the file to the printer's queue, after asking.")
    ] = False,
    yes: Yes = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be printed, write nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Join the letters into one file for the printer, as in: outreach print --labels L7163."""
    from outreach.journal.holding_back import Waived
    from outreach.post.mailing import CALIBRATION, make_mailing, write_calibration, write_mailing
    from outreach.post.print_files import SHEETS_PER_FILE
    from outreach.post.print_run import plan_run
    from outreach.post.request import LabelRequest, MailingRequest, RunRequest, contradiction

    request = RunRequest(
        letters=tuple(letters or ()),
        selectors=tuple(to or ()),
        unwanted=tuple(left_out or ()),
        sort=sort,
        first=first,
        count=count,
        duplex=not simplex,
        waived=Waived(with_answered, with_former, again),
        allow_outside=allow_outside,
    )
    chosen = LabelRequest(labels, skip, merge_same_address, outlines)
    besides = MailingRequest(chosen, envelopes, registered, with_letters=not no_letters)
    if wrong := contradiction(request, besides, calibrate=calibrate):
        raise typer.BadParameter(wrong)
    if send and no_letters:
        raise typer.BadParameter(_("--send hands over letters, and --no-letters makes none"))
    if send and not (yes or dry_run or is_terminal()):
        message, hint = _("--send asks first, and nobody can be asked here"), _("add --yes")
        raise RefusedError(Problem("", 0, message, hint, code="needs-yes"))
    folder = open_folder(context)
    if envelopes:
        one_of(folder.campaign.country.envelopes)(envelopes)
    out = folder.campaign.out
    if calibrate:
        path = out / CALIBRATION if dry_run else write_calibration(folder, out, today())
        shown = path.relative_to(out).as_posix()
        show_records([] if dry_run else [{"path": shown}])
        say(_("would be written  {path}", path=shown) if dry_run else _("written  {path}", path=shown))
        return
    with progress_bar(_("checking")) as progress:
        run = plan_run(folder, out, request, today(), progress)
    mailing = make_mailing(run, besides)
    print_problems(run.warnings, err=True)
    say(_summary(run), is_asked=dry_run)
    if dry_run:
        show_records([run_record(run, [], out)])
        say(_("dry run: nothing was written"), err=True)
        return
    with progress_bar(_("printing")) as progress:
        limit = sheets_per_file or SHEETS_PER_FILE
        written = write_mailing(mailing, out, limit, progress)
    print_problems(written.kept, err=True)
    for path in (*written.files, *written.besides):
        say(_("written  {path}", path=path.relative_to(out).as_posix()))
    if as_json:
        show_records([run_record(run, [*written.files, *written.besides], out)])
    if send:
        _send(run, written.files, yes=yes)
    _say_next(run, has_letters=besides.with_letters)


def _say_next(run: "PrintRun", *, has_letters: bool) -> None:
    """Say how the letters are recorded once they are posted; not of a part of a run."""
    if not (has_letters and run.letters) or run.request.first > 1 or run.request.count is not None:
        return
    letters = " ".join(dict.fromkeys(letter.piece.letter for letter in run.letters))
    chosen = options_of(run.request.selectors, run.request.unwanted)
    if run.request.waived.again:
        chosen += " --again --reason " + _("TEXT")
    via = Channel.POST.unquoted
    said = _(
        "next: print and post them; then outreach sent {letters} --on DAY --via {via}",
        letters=letters + chosen,
        via=via,
    )
    say(said, err=True)


def _send(run: "PrintRun", files: list[Path], *, yes: bool) -> None:
    from outreach.post.printer import send_to_printer

    settings = run.folder.campaign.printing
    question = ngettext(
        "Send {count} sheet to '{command}'?",
        "Send {count} sheets to '{command}'?",
        run.sheets,
        command=settings.command,
    )
    if yes or confirm(question):
        send_to_printer(files, settings)
        say(_("sent to the printer"))


def _summary(run: "PrintRun") -> str:
    parts = [
        ngettext("{count} letter", "{count} letters", len(run.letters)),
        ngettext("{count} page", "{count} pages", run.pages),
        ngettext("{count} sheet", "{count} sheets", run.sheets),
    ]
    if not run.request.duplex:
        parts.append(_("one side only"))
    if len(run.letters) < run.total:
        parts.append(_("of a run of {total}", total=run.total))
    return ", ".join(parts)
