"""Commands that make letters: init, check, preview, generate."""

from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from outreach.campaign.campaign import shown_path
from outreach.cli import completion
from outreach.cli.options import (
    CHOICE,
    FILES,
    Day,
    Json,
    Letters,
    Not,
    To,
    campaign_root,
    day,
    open_folder,
    today,
    words_of,
)
from outreach.cli.output import print_json, print_problems, progress_bar, say
from outreach.errors import InputError, RefusedError, errors_in, is_fatal
from outreach.language import NP_, _, ngettext, pgettext

if TYPE_CHECKING:
    from outreach.letters.making.generate import Report

_LISTED = 60
"""Up to so many files, each is named; a larger run is summed up."""


class Format(str, Enum):
    """What a letter can be made as."""

    PDF = "pdf"
    DOCX = "docx"
    TXT = "txt"


Formats = Annotated[
    list[Format] | None,
    typer.Option(
        "--format",
        metavar=words_of(Format),
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
Force = Annotated[bool, typer.Option("--force", help="Overwrite files edited by hand.")]


def init(target: Annotated[Path, typer.Argument(metavar="DIR", help="The new folder.")] = Path()) -> None:
    """Start a campaign from the shipped one, as in: outreach init my-campaign."""
    from outreach.upkeep.init import init as copy_starter

    made = copy_starter(target)
    copied = ngettext("{count} file copied", "{count} files copied", len(made))
    say(_("{copied}; next: fill in outreach.toml and contacts/, then run `outreach check`", copied=copied))


def check(context: typer.Context, date: Day = None, as_json: Json = False) -> None:
    """Report every problem of the campaign at once, as in: outreach check."""
    from outreach.letters.making.generate import letters_date
    from outreach.upkeep.check import check as find_problems

    try:
        folder = open_folder(context)
        with progress_bar(_("checking")) as progress:
            problems = find_problems(folder, letters_date(folder, day(date), today()), progress)
    except InputError as error:
        campaign_root(context)  # no campaign at all is no finding: this raises again
        problems = list(error.problems)
    if as_json:
        print_json(
            {key: getattr(item, key) for key in ("severity", "path", "line", "message", "hint")}
            for item in problems
        )
    else:
        print_problems(problems, err=False)
        errors = sum(problem.severity == "error" for problem in problems)
        say(f"{_errors(errors)}, {_warnings(len(problems) - errors)}", err=True)
    if is_fatal(problems):
        raise typer.Exit(InputError.exit_code)


def preview(
    context: typer.Context,
    letter: Annotated[
        str, typer.Argument(metavar="LETTER", autocompletion=completion.letters, help="The letter's name.")
    ],
    to: Annotated[
        str, typer.Option("--to", metavar="ID", autocompletion=completion.contacts, help="The recipient.")
    ],
    date: Day = None,
    png: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the pages as pictures: FILE-1.png, FILE-2.png, ..."),
    ] = None,
) -> None:
    """Show one letter in the terminal, as in: outreach preview mayor --to maire-lyon."""
    from outreach.letters.making.generate import letters_date
    from outreach.letters.preview import preview as show
    from outreach.letters.preview import write_pages

    folder = open_folder(context)
    written = letters_date(folder, day(date), today())
    if png:
        for path in write_pages(folder, letter, to, written, png):
            typer.echo(str(path))
    else:
        typer.echo(show(folder, letter, to, written))


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
    as_json: Json = False,
) -> None:
    """Make the letters, one for each recipient, as in: outreach generate mayor --format pdf."""
    from outreach.letters.making.generate import Output, Selection, letters_date
    from outreach.letters.making.generate import generate as make_letters

    folder = open_folder(context)
    output = Output(
        formats=chosen_formats(formats),
        out=out or folder.campaign.out,
        written=letters_date(folder, day(date), today()),
        limit=limit,
        jobs=jobs,
        dry_run=dry_run,
        force=force,
        scheduler=scheduler,
    )
    with progress_bar(_("letters")) as progress:
        selection = Selection(tuple(letters or ()), tuple(to or ()), tuple(left_out or ()))
        report = make_letters(folder, selection, output, progress)
    show_report(report, output.out, as_json=as_json, dry_run=dry_run)
    warnings = len(folder.problems) - len(errors_in(folder.problems))
    if warnings:
        say(_("{warnings}: see `outreach check`", warnings=_warnings(warnings)), err=True)
    exit_for(report)


def chosen_formats(formats: list[Format] | None) -> tuple[str, ...]:
    """Return the formats of the command line, each once; pdf and docx if there are none."""
    from outreach.letters.making.generate import DEFAULT_FORMATS

    return tuple(dict.fromkeys(kind.value for kind in formats)) if formats else DEFAULT_FORMATS


def exit_for(report: "Report") -> None:
    """Exit with the code of a run that could not make or replace every letter."""
    if report.problems:
        raise typer.Exit(InputError.exit_code)
    if report.edited:
        raise typer.Exit(RefusedError.exit_code)


def show_report(report: "Report", target: Path, *, as_json: bool, dry_run: bool) -> None:
    """Print what became of each file, what stands in the way, and which files were kept."""
    if as_json:
        keys = ("letter", "contact", "format", "path", "sha256", "pages", "contacts")
        print_json(
            {
                **{key: value for key, value in asdict(file.entry).items() if key in keys},
                "result": file.result,
            }
            for file in report.written
        )
    else:
        for file in report.written if len(report.written) <= _LISTED else ():
            pages = ngettext("{count} page", "{count} pages", file.entry.pages) if file.entry.pages else ""
            say(f"{_result(file.result):<9}  {file.entry.path}  {pages}".rstrip(), is_asked=dry_run)
        results = [file.result for file in report.written]
        kinds = [_counted(kind, results.count(kind)) for kind in _RESULTS if kind in results]
        where = ngettext(
            "{count} file in {folder}",
            "{count} files in {folder}",
            len(results),
            folder=shown_path(target, Path.cwd()),
        )
        total = _("{where}: {counts}", where=where, counts=", ".join(kinds)) if kinds else where
        say(total, is_asked=dry_run)
        if dry_run:
            say(_("dry run: nothing was written"), err=True)
    print_problems(report.problems, err=True)
    for file in report.edited:
        typer.echo(_("{path}: edited by hand, kept; --force overwrites it", path=file.entry.path), err=True)


_RESULTS = {
    "created": NP_("file", "created"),
    "changed": NP_("file", "changed"),
    "identical": NP_("file", "identical"),
    "edited": NP_("file", "edited"),
}


def _result(result: str) -> str:
    """Return what became of a file."""
    return pgettext(*_RESULTS[result])


def _counted(result: str, count: int) -> str:
    """Return to how many files that happened."""
    return {
        "created": ngettext("{count} created", "{count} created", count),
        "changed": ngettext("{count} changed", "{count} changed", count),
        "identical": ngettext("{count} identical", "{count} identical", count),
        "edited": ngettext("{count} edited", "{count} edited", count),
    }[result]


def _errors(count: int) -> str:
    return ngettext("{count} error", "{count} errors", count)


def _warnings(count: int) -> str:
    return ngettext("{count} warning", "{count} warnings", count)
