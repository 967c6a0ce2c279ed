"""Print rows as a table or as JSON, problems as lines, progress as a bar."""

import json
import sys
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING

import typer

from outreach.cli.views import Record, Row, View, problem_record
from outreach.errors import Problem
from outreach.language import _, local
from outreach.progress import Progress, no_progress

if TYPE_CHECKING:
    from outreach.campaign.given_files import Content

_FEW = 30
"""Rows up to which an answer is shown without being asked for by `--all`; more of them are counted."""
_GROUPS = 12
"""Lines of a count; what is rarer is summed up."""
_LARGE = 1000
"""Rows from which a table is not drawn: that would take half a second for each thousand."""
_is_quiet = False
_is_json = False
STDOUT = Path("-")
"""The name of a file that means stdout."""
_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
"""Marks and overrides of writing direction, separators of lines (Unicode 15, UAX #9)."""
_CONTROLS = (*(code for code in range(0x20) if code not in b"\t\n"), *range(0x7F, 0xA0), *_DIRECTIONS)
_SYMBOLS = {code: f"<U+{code:04X}>" for code in _CONTROLS}
_SYMBOLS |= {code: chr(0x2400 + code) for code in range(0x20) if code in _SYMBOLS} | {0x7F: "\u2421"}
_ESCAPES = {code: f"\\u{code:04x}" for code in _CONTROLS}
"""For JSON, which escapes only those below U+0020 itself."""
_JSON = json.JSONEncoder(ensure_ascii=False, default=str)


def visible(text: str) -> str:
    """Return a text with its control codes as symbols, so that data cannot steer a terminal."""
    return text.translate(_SYMBOLS)


def keep_quiet(*, is_quiet: bool) -> None:
    """Leave out from now on what `say` would say, and progress."""
    global _is_quiet  # noqa: PLW0603  (an option of the whole program)
    _is_quiet = is_quiet


def speak_json(*, is_json: bool) -> None:
    """Leave prose out from now on, and print problems as objects."""
    global _is_json  # noqa: PLW0603  (an option of the whole program)
    _is_json = is_json


def is_json() -> bool:
    """Tell whether JSON is asked for."""
    return _is_json


def echo(text: str = "", *, err: bool = False) -> None:
    """Print a text, its control codes as symbols."""
    typer.echo(visible(text), err=err)


def say(text: str, *, err: bool = False, is_asked: bool = False) -> None:
    """Print what was done or what comes next; `--quiet` leaves it out, unless it is what was asked for.

    JSON says it in its objects.
    """
    if (is_asked or not _is_quiet) and not _is_json:
        echo(text, err=err)


def show(view: View[Row], *, as_json: bool, is_whole: bool = True) -> None:
    """Print an answer as a table, or as one array of objects, a line each, dates as YYYY-MM-DD.

    Args:
        view: The answer.
        as_json: Every row, whatever their number.
        is_whole: Every row too; else what there is more of than fits on a screen is counted.
    """
    if as_json:
        _print_json(map(view.record, view.rows))
    elif view.groups and not is_whole and len(view.rows) > _FEW:
        _print_counts(view)
    else:
        _print_table(view)
        for line in view.legend():
            say(line, err=True)


def show_records(records: Iterable[Record]) -> None:
    """Print what a command did as one array of objects; nothing unless JSON is asked for."""
    if _is_json:
        _print_json(records)


def refuse_two_on_stdout(target: Path | None, *, as_json: bool) -> None:
    """Refuse a file and JSON that would both go to stdout.

    Raises:
        BadParameter: the file is `-`, and JSON is asked for.
    """
    if as_json and target == STDOUT:
        raise typer.BadParameter(_("- and --json would both go to stdout; name a file"))


def give(contents: Mapping[Path, "Content"], root: Path, *, force: bool) -> list[Path]:
    """Write what goes into files that the user named, and return their paths; `-` is stdout.

    Args:
        contents: What goes into each file.
        root: The campaign folder.
        force: Replace what is there.
    """
    from outreach.campaign.given_files import write_given

    piped = contents.get(STDOUT)
    if isinstance(piped, bytes):
        # The mark is for spreadsheets that open a file; in a pipe it would belong to the first column's name.
        typer.echo(piped.removeprefix(BOM_UTF8), nl=False)
        return []
    return write_given(contents, root, force=force)


def _as_line(row: Record) -> str:
    line = _JSON.encode(row)
    return line if line.isprintable() else line.translate(_ESCAPES)  # no control is printable


def _print_json(rows: Iterable[Record]) -> None:
    lines = [_as_line(row) for row in rows]
    typer.echo("[" + ",".join(f"\n  {line}" for line in lines) + ("\n]" if lines else "]"))


def _print_table(view: View[Row]) -> None:
    """Print a table that folds long cells; a style never says what the words do not.

    A very large one, which nobody reads but through another program, has a line for each row.
    """
    if len(view.rows) > _LARGE:
        _print_lines([view.headings, *map(view.cells, view.rows)])
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    shown = [[visible(local(cell)) for cell in view.cells(row)] for row in view.rows]
    console = Console()
    columns = list(zip(view.headings, *shown, strict=True))
    for (heading, *cells), width in zip(
        columns, _widths(columns, console.width - 2 * len(columns)), strict=True
    ):
        is_kept = not any(" " in cell for cell in (heading, *cells))
        table.add_column(
            heading,
            overflow="fold",
            no_wrap=is_kept and max(map(len, cells), default=0) <= width,
            width=width,
        )
    for row, cells in zip(view.rows, shown, strict=True):
        style = "strike" if view.is_struck(row) else "red" if view.is_red(row) else ""
        table.add_row(*(Text(cell, style) for cell in cells))
    console.print(table)


def _widths(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return each column's width in characters: as its longest line, the widest made narrower until all fit.

    No column gets narrower than its longest word, so that none is broken; else the longest are.

    Args:
        columns: The heading and the cells of each.
        room: For all of them.
    """
    words = [max((len(word) for cell in column for word in cell.split()), default=0) for column in columns]
    most = next((cap for cap in range(max(words), 0, -1) if sum(min(word, cap) for word in words) <= room), 1)
    least = [min(word, most) for word in words]
    whole = [_longest(column) for column in columns]
    widths = list(whole)
    while sum(widths) > room and widths != least:
        above = [width if width > floor else 0 for width, floor in zip(widths, least, strict=True)]
        widths[above.index(max(above))] -= 1
    # What the lines of a column leave empty goes to the columns whose lines are still broken, the last first.
    widths = [
        max(floor, _longest(line for cell in column for line in wrap(cell, width)))
        for column, floor, width in zip(columns, least, widths, strict=True)
    ]
    for number in reversed(range(len(widths))):
        widths[number] += min(max(room - sum(widths), 0), whole[number] - widths[number])
    return widths


def _longest(cells: Iterable[str]) -> int:
    return max((len(line) for cell in cells for line in cell.splitlines()), default=0)


def _print_counts(view: View[Row]) -> None:
    """Print how many rows share what a group of them is known by, most first, and how to see them all."""
    for heading, label in view.groups:
        counts = Counter(filter(None, map(label, view.rows))).most_common()
        rarer = sum(count for _label, count in counts[_GROUPS:])
        others = _("{count} others", count=len(counts[_GROUPS:]))
        shown = [*counts[:_GROUPS], *([(others, rarer)] if rarer else [])]
        width = max((len(str(count)) for _label, count in shown), default=0)
        if shown:
            echo(heading)
        for name, count in shown:
            echo(f"  {count:>{width}}  {name}")
    say(_("--all shows all {count} rows", count=len(view.rows)), err=True)


def _print_lines(rows: Sequence[Sequence[object]]) -> None:
    shown = [[visible(local(cell)).replace("\n", ", ") for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in shown)
    typer.echo("\n".join(lines))


def print_pairs(pairs: Iterable[tuple[str, object]]) -> None:
    """Print name and value, a pair a line, folded between words; pairs without a value are left out."""
    shown = [(name, visible(local(value))) for name, value in pairs if value not in (None, "", (), False)]
    width = max((len(pair[0]) for pair in shown), default=0)
    margin = "\n" + " " * (width + 2)
    room = max(get_terminal_size().columns - width - 2, 1)
    for name, value in shown:
        lines = (
            wrap(line, room, break_long_words=False, break_on_hyphens=False) for line in value.splitlines()
        )
        typer.echo(f"{name:<{width}}  " + margin.join(chain.from_iterable(lines)))


def print_problems(problems: Iterable[Problem], *, err: bool) -> None:
    """Print each problem once, a line each, warnings as such, line ends as symbols; for --json an object."""
    for problem in dict.fromkeys(problems):
        if _is_json:
            typer.echo(_as_line(problem_record(problem)), err=err)
            continue
        mark = _("warning: ") if problem.severity == "warning" else ""
        where = f"{problem.where}: " if problem.where else ""
        echo(f"{where}{mark}{problem.text}".replace("\n", "\u2424"), err=err)


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """Show a bar on stderr while a run goes on; nothing where stderr is no terminal."""
    if _is_quiet or _is_json or not sys.stderr.isatty():
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)
