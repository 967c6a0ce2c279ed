"""Commands that say what stands where, and act on it: status, answers, due, why, followup."""

import shutil
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from outreach.campaign.paths import shown_path
from outreach.cli import completion
from outreach.cli.journal_views import (
    counted,
    counts_view,
    expired_for,
    grid_view,
    reasons_records,
    replies_view,
    standings_view,
    tasks_view,
)
from outreach.cli.options import (
    All,
    ContactId,
    Json,
    LetterName,
    Not,
    OnlyLetter,
    Replace,
    To,
    WithFormer,
    day,
    day_option,
    open_folder,
    options_of,
    today,
    word_option,
)
from outreach.cli.output import (
    STDOUT,
    echo,
    give,
    print_problems,
    progress_bar,
    refuse_two_on_stdout,
    say,
    show,
    show_records,
)
from outreach.cli.write import DryRun, Force, Formats, Out, chosen_formats, exit_for, show_report
from outreach.errors import RefusedError
from outreach.journal.words import Grouping, step_word
from outreach.language import NP_, Word, _, local

if TYPE_CHECKING:
    from outreach.journal.ladder import StepDate
    from outreach.journal.standing import Due
    from outreach.letters.folder import Folder

AsOf = Annotated[
    datetime | None,
    day_option("--on", "As of this day; today by default."),
]
_INDENT = " " * 14
_CALENDAR = 10_000
"""Days ahead that a calendar file holds."""
_WIDE = 1000
"""Characters of a line where no terminal folds it."""


class AnswersBy(Word):
    """What `answers` has a line for."""

    CONTACT = "contact", NP_("by", "contact")
    QUESTION = "question", NP_("by", "question")


def status(
    context: typer.Context,
    contact: Annotated[
        str,
        typer.Argument(
            metavar="CONTACT", autocompletion=completion.contacts, help="All of one, by id or name."
        ),
    ] = "",
    letter: OnlyLetter = "",
    on: AsOf = None,
    to: To = None,
    left_out: Not = None,
    by: Annotated[Grouping | None, word_option(Grouping, "--by", "Count them for each of these.")] = None,
    everything: All = False,
    as_json: Json = False,
) -> None:
    """Show where every letter stands, as in: outreach status; or all of one contact: outreach status Roux."""
    from outreach.cli.one_contact import one_contact
    from outreach.journal.choosing import RecordedBy
    from outreach.journal.journal import known_contact, read_history
    from outreach.journal.standing import follow, standings
    from outreach.letters.audience import chosen_ids

    folder = open_folder(context)
    asked = day(on) or today()
    recorded = read_history(folder.campaign, is_brief=not contact)
    history = recorded.until(asked)
    chosen = chosen_ids(folder.people, to or (), left_out or (), RecordedBy(folder, asked, letter, recorded))
    followed = follow(folder, history)
    rows = standings(folder, history, followed, asked, letter)
    rows = [row for row in rows if chosen is None or row.contact in chosen]
    if contact:
        named = folder.people.meant(contact)
        known_contact(folder.people, history, named)
        rows = [row for row in rows if row.contact == named]
    if contact and not as_json:
        for line in one_contact(folder, history, named, rows):
            echo(line)
        return
    if by:
        from outreach.journal.counting import counts

        show(counts_view(counts(folder, rows, by), folder.campaign.country), as_json=as_json)
    else:
        show(standings_view(rows, folder.people), as_json=as_json, is_whole=everything)
    if not as_json:
        echo(counted(rows))
    print_problems(recorded.conflicts(), err=True)


def due(
    context: typer.Context,
    on: AsOf = None,
    within: Annotated[
        int, typer.Option(min=0, max=36_500, metavar="N", help="And what comes up in the N days after.")
    ] = 0,
    to: To = None,
    left_out: Not = None,
    ics: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a calendar file besides.")] = None,
    force: Replace = False,
    everything: All = False,
    as_json: Json = False,
) -> None:
    """Show what is to be done, oldest first, as in: outreach due --within 14."""
    from outreach.campaign.given_files import check_ending
    from outreach.journal.choosing import RecordedBy
    from outreach.journal.journal import read_history
    from outreach.journal.standing import follow, tasks
    from outreach.letters.audience import chosen_ids
    from outreach.reports.calendar import calendar_file

    refuse_two_on_stdout(ics, as_json=as_json)
    folder = open_folder(context)
    asked = day(on) or today()
    history = read_history(folder.campaign, is_brief=True)
    chosen = chosen_ids(folder.people, to or (), left_out or (), RecordedBy(folder, asked, history=history))
    followed = [
        one for one in follow(folder, history.until(asked)) if chosen is None or one.case.contact in chosen
    ]
    rows = tasks(followed, asked, within)
    if ics:
        check_ending(ics, (".ics",))
        calendar = calendar_file(tasks(followed, asked, _CALENDAR), folder.campaign)
        _say_written(give({ics: calendar}, folder.campaign.root, force=force), folder)
        if ics == STDOUT:
            return
    if not (rows or as_json):
        say(_("nothing is due"))
        _say_coming(tasks(followed, asked, _CALENDAR))
        return
    show(tasks_view(rows, folder.people), as_json=as_json, is_whole=everything)
    if not as_json:
        say(_advice(), err=True)
        options = options_of(to or (), left_out or ())
        say(_next(rows, asked, f" --on {asked}{options}" if on else options), err=True)


def _say_coming(later: "list[Due]") -> None:
    """Say when there will be something to do, first things first; nothing if never."""
    if later:
        day, days = later[0].due_on, later[0].days_left
        say(_("next: outreach due --within {days}, for {day}", days=days, day=day), err=True)


def _next(rows: "list[Due]", asked: date, options: str) -> str:
    """Return the command for what is due: its letters made, else how a date came about."""
    if any(row.template and row.due_on <= asked for row in rows):
        return _("next: outreach followup{options}, which makes the letters that are due", options=options)
    return _("next: outreach why NAME, to see how a date was worked out")


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
    with_former: WithFormer = False,
    late: Annotated[
        bool, typer.Option("--late", help="Letters whose limit has passed and binds too.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the letters that what is due calls for, as in: outreach followup --on 2025-01-06."""
    from outreach.journal.calls import FollowUpRequest
    from outreach.journal.following_up import follow_up_letters
    from outreach.journal.journal import read_history
    from outreach.letters.making.generate import Output, make_letters
    from outreach.letters.making.leftovers import overtaken, prune
    from outreach.reports.bundle import write_bundles

    folder = open_folder(context)
    wanted = FollowUpRequest(
        day(on) or today(),
        tuple(letters or ()),
        tuple(to or ()),
        tuple(left_out or ()),
        with_former=with_former,
        late=late,
    )
    output = Output(
        out=out or folder.campaign.out,
        written=wanted.on,
        formats=chosen_formats(formats),
        dry_run=dry_run,
        force=force,
    )
    history = read_history(folder.campaign)
    called = follow_up_letters(folder, history, wanted)
    if called.left_out and not (called.assignments or called.problems):
        raise RefusedError(*(replace(problem, severity="error") for problem in called.left_out))
    with progress_bar(_("letters")) as progress:
        report = make_letters(folder, called.assignments, output, called.problems, progress)
    report.left_out += [*called.left_out, *called.doubts]
    deleted, kept = prune(output.out, [] if dry_run else overtaken(output.out, called.assignments))
    report.left_out += kept
    bundles = write_bundles(folder, history, called.assignments, output) if bundle and not dry_run else []
    if called.assignments or called.problems or called.doubts or as_json:
        show_report(report, output.out, as_json=as_json, dry_run=dry_run)
        for name in deleted:
            say(_("deleted  {path}", path=name), err=True)
        for path in bundles:
            say(_("bundle     {path}", path=path.relative_to(output.out).as_posix()), err=as_json)
    else:
        say(_("nothing is due"))
    exit_for(report)


def why(
    context: typer.Context,
    contact: ContactId = "",
    letter: LetterName = "",
    on: AsOf = None,
    to: To = None,
    left_out: Not = None,
    as_json: Json = False,
) -> None:
    """Show how each date of a contact was computed, as in: outreach why maire-lyon."""
    from outreach.journal.choosing import RecordedBy
    from outreach.journal.journal import read_history
    from outreach.journal.standing import follow, reasons
    from outreach.letters.audience import chosen_ids

    if bool(contact) == bool(to or left_out):
        raise typer.BadParameter(_("name one CONTACT, or choose several with --to and --not"))
    folder = open_folder(context)
    asked = day(on) or today()
    history = read_history(folder.campaign).until(asked)
    followed = follow(folder, history)
    chosen = chosen_ids(folder.people, to or (), left_out or (), RecordedBy(folder, asked, letter, history))
    if chosen is None:
        found = reasons(folder, history, followed, folder.people.meant(contact), letter)
    else:
        found = [one for one in followed if one.case.contact in chosen and letter in ("", one.case.letter)]
    if as_json:
        show_records(reasons_records(found, asked))
        return
    if not found:
        say(_("nothing was sent to any of them"))
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDE
    for one in found:
        echo(
            _(
                "{letter} to {contact}: {title}",
                letter=one.case.letter,
                contact=one.case.contact,
                title=_(one.ladder.procedure.title),
            )
        )
        for step in one.dates:
            state = _state(step, asked)
            named = _("{step}: {what}", step=step_word(step.step.id), what=_(step.step.does))
            said = f"{local(step.due_on)}  {named}{state}"
            echo("\n" + fill(said, width, initial_indent="  ", subsequent_indent=_INDENT))
            for line in step.reasoning:
                echo(fill(line, width, initial_indent=_INDENT, subsequent_indent=f"{_INDENT}  "))
        echo("")
    say(_advice(), err=True)


def _state(step: "StepDate", on: date) -> str:
    if step.is_done:
        return _(" (done or needless)")
    return f" ({expired_for((on - step.limit).days)})" if step.has_expired(on) else ""


def answers(
    context: typer.Context,
    letter: OnlyLetter = "",
    to: To = None,
    left_out: Not = None,
    target: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the grid as CSV.")
    ] = None,
    by: Annotated[
        AnswersBy, word_option(AnswersBy, "--by", "Marks, or the answers themselves.")
    ] = AnswersBy.CONTACT,
    force: Replace = False,
    everything: All = False,
    as_json: Json = False,
) -> None:
    """Show what each contact answered to each question, as in: outreach answers --csv answers.csv."""
    from outreach.campaign.given_files import check_ending
    from outreach.journal.choosing import RecordedBy
    from outreach.journal.journal import read_history
    from outreach.letters.audience import chosen_ids
    from outreach.reports.answers import grid_csv, replies

    refuse_two_on_stdout(target, as_json=as_json)
    folder = open_folder(context)
    history = read_history(folder.campaign)
    chosen = chosen_ids(folder.people, to or (), left_out or (), RecordedBy(folder, today(), letter, history))
    rows = [row for row in replies(folder, history, letter) if chosen is None or row.contact in chosen]
    if target:
        check_ending(target, (".csv",))
        _say_written(give({target: grid_csv(rows)}, folder.campaign.root, force=force), folder)
    if not (rows or as_json or target):
        say(_("no letter that asks questions is recorded as sent"))
        return
    if as_json or not target:
        if as_json or by is AnswersBy.QUESTION:
            show(replies_view(rows, folder.people), as_json=as_json, is_whole=everything)
        else:
            show(grid_view(rows, folder.people), as_json=False, is_whole=everything)


def _say_written(paths: list[Path], folder: "Folder") -> None:
    for path in paths:
        say(_("written  {path}", path=shown_path(path, folder.campaign.root)), err=True)


def _advice() -> str:
    return _("dates are worked out from the rules shown by `outreach why`; they are no legal advice")
