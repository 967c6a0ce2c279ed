"""Commands that say what stands where, and act on it: status, answers, due, why, followup."""

import shutil
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from textwrap import fill
from typing import Annotated

import typer

from outreach.cli import completion
from outreach.cli.options import (
    ContactId,
    Json,
    LetterName,
    Not,
    OnlyLetter,
    To,
    day,
    day_option,
    open_folder,
    today,
)
from outreach.cli.output import print_json, print_problems, print_table, progress_bar, say
from outreach.cli.write import DryRun, Force, Formats, Out, chosen_formats, exit_for, show_report
from outreach.journal.words import counted_status, outcome_word, status_word, step_word
from outreach.language import _, local, ngettext

AsOf = Annotated[
    datetime | None,
    day_option("--on", "As of this day; today by default."),
]
_INDENT = " " * 14
_WIDE = 1000
"""Characters of a line where no terminal folds it."""


def status(
    context: typer.Context,
    letter: OnlyLetter = "",
    on: AsOf = None,
    as_json: Json = False,
) -> None:
    """Show where every letter stands, as in: outreach status."""
    from outreach.journal.case import conflicts
    from outreach.journal.journal import read_events
    from outreach.journal.standing import Standing, totals
    from outreach.journal.standing import status as rows_on

    folder = open_folder(context)
    events = read_events(folder.campaign.root)
    rows = rows_on(folder, events, day(on) or today(), letter)
    if as_json:
        print_json({name: getattr(row, name) for name in Standing.__slots__} for row in rows)
    else:
        print_table(
            (_("to"), _("status"), _("dates"), _("answers"), _("next")),
            [
                (
                    _lines(row.contact, row.letter),
                    _lines(status_word(row.status), outcome_word(row.outcome)),
                    _lines(
                        _("{day} sent", day=row.sent_on) if row.sent_on else "",
                        _("{day} got", day=row.received_on) if row.received_on else "",
                        _("estimated") if row.estimated else "",
                    ),
                    f"{row.questions_answered}/{row.questions_asked}" if row.questions_asked else "",
                    _lines(step_word(row.next_step), row.due_on, _shown_left(row.days_left)),
                )
                for row in rows
            ],
            red=[row.overdue for row in rows],
        )
        typer.echo(", ".join(counted_status(name, count) for name, count in totals(rows).items()))
    print_problems(conflicts(events), err=True)


def due(
    context: typer.Context,
    on: AsOf = None,
    within: Annotated[
        int, typer.Option(min=0, max=36_500, metavar="N", help="And what comes up in the N days after.")
    ] = 0,
    ics: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a calendar file besides.")] = None,
    as_json: Json = False,
) -> None:
    """Show what is to be done, oldest first, as in: outreach due --within 14."""
    from outreach.journal.journal import read_events
    from outreach.journal.standing import due as due_on
    from outreach.reports.calendar import write_calendar

    folder = open_folder(context)
    events = read_events(folder.campaign.root)
    rows = due_on(folder, events, day(on) or today(), within)
    if ics:
        everything = due_on(folder, events, day(on) or today(), within=10_000)
        write_calendar(everything, folder.campaign, ics)
    if as_json:
        print_json({key: value for key, value in asdict(row).items() if key != "does"} for row in rows)
        return
    if not rows:
        say(_("nothing is due"))
        return
    print_table(
        (_("due"), _("to"), _("what")),
        [
            (
                _lines(row.due_on, _shown_left(row.days_left), _("estimated") if row.estimated else ""),
                _lines(row.contact, row.letter),
                _(row.does),
            )
            for row in rows
        ],
        red=[row.days_left < 0 for row in rows],
    )
    say(_advice(), err=True)


def followup(
    context: typer.Context,
    letters: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LETTER",
            autocompletion=completion.letters,
            help="Names; by default whatever is due calls for.",
        ),
    ] = None,
    on: Annotated[
        datetime | None,
        day_option("--on", "The letters' date; today by default."),
    ] = None,
    to: To = None,
    left_out: Not = None,
    formats: Formats = None,
    out: Out = None,
    bundle: Annotated[
        bool, typer.Option("--bundle", help="Make one ZIP a contact: letters, proofs, replies, timeline.")
    ] = False,
    dry_run: DryRun = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Make the letters that what is due calls for, as in: outreach followup --on 2025-01-06."""
    from outreach.journal.following_up import Wanted, follow_up_letters
    from outreach.journal.journal import read_events
    from outreach.letters.making.generate import Output, make_documents
    from outreach.reports.bundle import write_bundles

    folder = open_folder(context)
    wanted = Wanted(day(on) or today(), tuple(letters or ()), tuple(to or ()), tuple(left_out or ()))
    output = Output(
        out=out or folder.campaign.out,
        written=wanted.on,
        formats=chosen_formats(formats),
        dry_run=dry_run,
        force=force,
    )
    events = read_events(folder.campaign.root)
    documents, problems = follow_up_letters(folder, events, wanted)
    with progress_bar(_("letters")) as progress:
        report = make_documents(folder, documents, output, problems, progress)
    bundles = write_bundles(folder, events, documents, output) if bundle and not dry_run else []
    if documents or problems or as_json:
        show_report(report, output.out, as_json=as_json, dry_run=dry_run)
        for path in bundles:
            say(_("bundle     {path}", path=path.relative_to(output.out).as_posix()), err=as_json)
    else:
        say(_("nothing is due"))
    exit_for(report)


def why(context: typer.Context, contact: ContactId, letter: LetterName = "", on: AsOf = None) -> None:
    """Show how each date of a contact was computed, as in: outreach why maire-lyon."""
    from outreach.journal.journal import read_events
    from outreach.journal.standing import why as reasons

    folder = open_folder(context)
    found = reasons(folder, read_events(folder.campaign.root), contact, day(on) or today(), letter)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDE
    for one in found:
        typer.echo(
            _(
                "{letter} to {contact}, procedure {name}: {title}",
                letter=one.case.letter,
                contact=one.case.contact,
                name=one.procedure.name,
                title=_(one.procedure.title),
            )
        )
        for step in one.dates:
            state = _(" (done or needless)") if step.is_done else ""
            named = _("{step}: {what}", step=step_word(step.step.id), what=_(step.step.does))
            typer.echo(f"\n  {local(step.due_on)}  {named}{state}")
            for line in step.reasoning:
                typer.echo(fill(line, width, initial_indent=_INDENT, subsequent_indent=f"{_INDENT}  "))
        typer.echo("")
    say(_advice(), err=True)


def answers(
    context: typer.Context,
    letter: OnlyLetter = "",
    target: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the grid as CSV.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what each contact answered to each question, as in: outreach answers --csv answers.csv."""
    from outreach.journal.journal import read_events
    from outreach.reports.answers import answers as grid_of
    from outreach.reports.answers import write_grid

    folder = open_folder(context)
    rows = grid_of(folder, read_events(folder.campaign.root), letter)
    if target:
        write_grid(rows, target)
    if as_json:
        print_json(asdict(row) for row in rows)
    elif not target:
        columns = (_("no."), _("question"), _("contact"), _("letter"), _("answer"))
        cells = ((row.number, row.question, row.contact, row.letter, row.shown) for row in rows)
        print_table(columns, cells)


def _lines(*parts: object) -> str:
    """Return the parts that say something, a line each."""
    return "\n".join(local(part) for part in parts if part)


def _shown_left(days: int | None) -> str:
    """Return how far a day is, as in "4 days late"."""
    if days is None:
        return ""
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in {count} day", "in {count} days", days)
    return ngettext("{count} day late", "{count} days late", -days)


def _advice() -> str:
    return _("dates are worked out from the rules shown by `outreach why`; they are no legal advice")
