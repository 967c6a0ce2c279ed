"""Commands that make letters: init, check, preview, generate."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from outreach.campaign.paths import shown_path
from outreach.cli import completion
from outreach.cli.options import (
    CHOICE,
    FILES,
    All,
    Day,
    Json,
    Letters,
    Not,
    Replace,
    To,
    WithFormer,
    campaign_root,
    dates_on,
    is_terminal,
    one_of,
    open_folder,
    today,
)
from outreach.cli.output import STDOUT, echo, give, print_problems, progress_bar, say, show, show_records
from outreach.cli.views import View, counted_results, files_view, paths_records, problems_view
from outreach.errors import InputError, Problem, RefusedError, WorldError, errors_in, is_fatal
from outreach.language import _, ngettext
from outreach.letters.formats.formats import FORMATS, USUAL

if TYPE_CHECKING:
    from outreach.letters.folder import Folder
    from outreach.letters.making.generate import Report

_LISTED = 60
"""Up to so many files, each is named; a larger run is summed up."""


Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="|".join(FORMATS),
        parser=one_of(FORMATS),
        rich_help_panel=FILES,
        help="May be repeated; pdf and docx by default.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", rich_help_panel=FILES, help="Where the files go; the campaign's out/."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be written, write nothing.")]
Force = Annotated[bool, typer.Option("--force", help="Replace edited files; each is kept as NAME.bak-N.")]


def init(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="The new folder.")] = Path(),
    starter: Annotated[
        str,
        typer.Option(metavar="fr|en|lyon", help="What it begins with; lyon is the shipped example."),
    ] = "",
    title: Annotated[str, typer.Option(metavar="TEXT", help="Of the campaign.")] = "",
    topic: Annotated[
        str, typer.Option(metavar="TEXT", help="What it is about, with its article: le plan de circulation.")
    ] = "",
    name: Annotated[str, typer.Option(metavar="TEXT", help="Who writes: a group, or a person.")] = "",
    address: Annotated[
        list[str] | None, typer.Option(metavar="LINE", help="Of who writes; repeated, a line each.")
    ] = None,
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="Of who writes.")] = "",
    place: Annotated[str, typer.Option(metavar="TEXT", help="Where the letters are written.")] = "",
    language: Annotated[str, typer.Option(metavar="fr|en", help="Of the letters.")] = "",
    letterhead: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Headed paper as DOCX or PDF, or a logo, copied; may be repeated, one of each.",
        ),
    ] = None,
    window: Annotated[
        str, typer.Option(metavar="dl-right|c5-right|none", help="Of the envelopes; none for labels.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Start a campaign of your own, as in: outreach init my-campaign; on a terminal it asks what it needs."""
    from outreach.cli.beginning import asked_for, chosen_starter, show_first_page
    from outreach.upkeep.init import LYON, Beginning, start_campaign

    chosen = chosen_starter(starter, language, window)
    lines, papers = tuple(address or ()), tuple(letterhead or ())
    said = Beginning(title, topic, language, name, lines, email, place, window, papers)
    if chosen != LYON and is_terminal():
        said = asked_for(said, chosen)
    made = start_campaign(target, chosen, said)
    if as_json:
        show_records(paths_records(made, target))
    copied = ngettext("{count} file copied", "{count} files copied", len(made))
    say(_("{copied}; next: fill in outreach.toml and contacts/, then run `outreach check`", copied=copied))
    if chosen != LYON:
        show_first_page(target, today())


def check(context: typer.Context, date: Day = None, is_whole: All = False, as_json: Json = False) -> None:
    """Report every problem of the campaign at once, as in: outreach check."""
    from outreach.campaign.codes import split_ignored
    from outreach.cli.findings import show_findings
    from outreach.upkeep.check import find_problems

    ignored: list[Problem] = []
    try:
        folder = open_folder(context)
        with progress_bar(_("checking")) as progress:
            found = find_problems(folder, dates_on(folder, date), today(), progress)
        problems, ignored = split_ignored(found, folder.campaign.ignored)
    except InputError as error:
        campaign_root(context)  # no campaign at all is no finding: this raises again
        problems = list(dict.fromkeys(error.problems))
    if as_json:
        show(problems_view(problems), as_json=True)
    else:
        show_findings(problems, is_whole=is_whole)
        errors = len(errors_in(problems))
        say(f"{_errors(errors)}, {_warnings(len(problems) - errors)}", err=True)
        if ignored:
            say(_silenced(len(ignored)), err=True)
    if is_fatal(problems):
        raise typer.Exit(InputError.exit_code)


def preview(
    context: typer.Context,
    letter: Annotated[
        str, typer.Argument(metavar="LETTER", autocompletion=completion.letters, help="The letter's name.")
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="ID",
            autocompletion=completion.contacts,
            help="The recipient; a joint letter needs none.",
        ),
    ] = "",
    date: Day = None,
    png: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the pages as pictures: FILE-1.png, FILE-2.png, ..."),
    ] = None,
    force: Replace = False,
    as_json: Json = False,
) -> None:
    """Show one letter in the terminal, as in: outreach preview mayor --to maire-lyon."""
    from outreach.campaign.given_files import check_ending
    from outreach.letters.preview import only_recipient, page_pictures, preview_text

    folder = open_folder(context)
    written = dates_on(folder, date)
    to = folder.people.meant(to) if to else only_recipient(folder, letter, written)
    if png:
        if png == STDOUT:
            raise typer.BadParameter(_("pages are several files and cannot go to stdout"))
        check_ending(png, (".png",))
        pictures = page_pictures(folder, letter, to, written, png)
        paths = give(pictures, folder.campaign.root, force=force)
        if as_json:
            show_records(paths_records(paths, folder.campaign.root))
            return
        for path in paths:
            echo(str(path))
    elif as_json:
        show_records([{"letter": letter, "contact": to, "text": preview_text(folder, letter, to, written)}])
    else:
        echo(preview_text(folder, letter, to, written))


def generate(
    context: typer.Context,
    letters: Letters = None,
    to: To = None,
    left_out: Not = None,
    formats: Formats = None,
    out: Out = None,
    date: Day = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", rich_help_panel=CHOICE, help="At most so many letters.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes; all cores in a large run.")
    ] = None,
    scheduler: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="A Dask cluster that makes the letters; it needs the extra dask."
        ),
    ] = "",
    dry_run: DryRun = False,
    force: Force = False,
    with_former: WithFormer = False,
    prune: Annotated[
        bool,
        typer.Option("--prune", rich_help_panel=FILES, help="Delete files that are for nobody any more."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the letters, one for each recipient, as in: outreach generate mayor --format pdf."""
    from outreach.campaign.codes import split_ignored
    from outreach.journal.choosing import RecordedBy
    from outreach.letters.making.generate import Output, Selection, generate_letters
    from outreach.upkeep.days import day_problems

    folder = open_folder(context)
    output = Output(
        formats=chosen_formats(formats),
        out=out or folder.campaign.out,
        written=dates_on(folder, date),
        limit=limit,
        jobs=jobs,
        dry_run=dry_run,
        force=force,
        scheduler=scheduler,
    )
    with progress_bar(_("letters")) as progress:
        recorded = RecordedBy(folder, today())
        selection = Selection(
            tuple(letters or ()), tuple(to or ()), tuple(left_out or ()), with_former, recorded
        )
        report = generate_letters(folder, selection, output, progress)
    show_report(report, output.out, as_json=as_json, dry_run=dry_run)
    _show_leftovers(folder, output.out, letters or (), is_pruned=prune and not dry_run)
    doubts = day_problems(folder, output.written, today())
    if doubts:
        say("; ".join(dict.fromkeys(problem.message for problem in doubts)), err=True)
    named, _ignored = split_ignored(folder.problems, folder.campaign.ignored)
    warnings = len(named) - len(errors_in(named))
    if warnings:
        say(_("{warnings}: see `outreach check`", warnings=_warnings(warnings)), err=True)
    exit_for(report)


def _show_leftovers(folder: "Folder", out: Path, letters: Collection[str], *, is_pruned: bool) -> None:
    """Name the files for whom no letter is meant any more, deleted or not."""
    from outreach.letters.making.leftovers import for_nobody, leftovers, prune

    paths = leftovers(folder, out, letters)
    if not is_pruned:
        print_problems(map(for_nobody, paths), err=True)
        return
    deleted, kept = prune(out, paths)
    for path in deleted:
        say(_("deleted  {path}", path=path), err=True)
    print_problems(kept, err=True)


def chosen_formats(formats: list[str] | None) -> tuple[str, ...]:
    """Return the formats of the command line, each once; the usual ones if there are none."""
    return tuple(dict.fromkeys(formats)) if formats else USUAL


def exit_for(report: "Report") -> None:
    """Exit with the code of a run that could not make or replace every letter."""
    if report.held:
        raise typer.Exit(WorldError.exit_code)
    if report.problems:
        raise typer.Exit(InputError.exit_code)
    if report.edited:
        raise typer.Exit(RefusedError.exit_code)


def show_report(
    report: "Report", target: Path, *, as_json: bool, dry_run: bool, rows: View[Any] | None = None
) -> None:
    """Print what became of each file, what stands in the way, and which files were kept.

    Args:
        report: What a run did.
        target: The folder of the files.
        as_json: Print the rows as JSON.
        dry_run: Nothing was written.
        rows: What is shown of the files; by default as letters are.
    """
    view = rows or files_view(report.written)
    if as_json:
        show(view, as_json=True)
    else:
        for row in view.rows if len(view.rows) <= _LISTED else ():
            word, path, pages = view.cells(row)
            say(f"{word:<9}  {path}  {pages}".rstrip(), is_asked=dry_run)
        where = ngettext(
            "{count} file in {folder}",
            "{count} files in {folder}",
            len(view.rows),
            folder=shown_path(target, Path.cwd()),
        )
        counts = counted_results([row.result for row in view.rows])
        total = _("{where}: {counts}", where=where, counts=counts) if counts else where
        say(total, is_asked=dry_run)
        if dry_run:
            say(_("dry run: nothing was written"), err=True)
    print_problems([*report.problems, *report.left_out], err=True)
    print_problems(report.held, err=True)
    kept, hint = _("edited by hand, kept"), _("rename it to have it made anew")
    edited = [Problem(one.file.path, 0, kept, hint, code="edited") for one in report.edited]
    print_problems(edited, err=True)
    for one in report.replaced if not as_json else ():
        echo(_("{path}: was edited by hand, kept as {name}", path=one.file.path, name=one.backup), err=True)


def _errors(count: int) -> str:
    return ngettext("{count} error", "{count} errors", count)


def _warnings(count: int) -> str:
    return ngettext("{count} warning", "{count} warnings", count)


def _silenced(count: int) -> str:
    return ngettext(
        "{count} warning is silenced by [check] ignore",
        "{count} warnings are silenced by [check] ignore",
        count,
    )
