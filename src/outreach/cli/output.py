"""Print rows as a table or as JSON, problems as lines, progress as a bar."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import cast

import typer

from outreach.errors import Problem


def print_json(rows: Iterable[Mapping[str, object]]) -> None:
    """Print one array of objects, a line each, dates as YYYY-MM-DD."""
    lines = [json.dumps(row, ensure_ascii=False, default=str) for row in rows]
    typer.echo("[" + ",".join(f"\n  {line}" for line in lines) + ("\n]" if lines else "]"))


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    struck: Sequence[bool] = (),
    red: Sequence[bool] = (),
) -> None:
    """Print a table that folds long cells; a style never says what the words do not."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0)
    for row, is_struck, is_red in zip_longest(rows, struck, red, fillvalue=False):
        style = "strike" if is_struck else "red" if is_red else ""
        table.add_row(*(Text(str(cell), style) for cell in cast("Sequence[object]", row)))
    Console().print(table)


def print_pairs(pairs: Iterable[tuple[str, object]]) -> None:
    """Print name and value, a pair a line; pairs without a value are left out."""
    shown = [(name, str(value)) for name, value in pairs if value not in (None, "", ())]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        typer.echo(f"{name:<{width}}  " + value.replace("\n", "\n" + " " * (width + 2)))


def print_problems(problems: Iterable[Problem], *, err: bool) -> None:
    """Print a problem a line; warnings say so."""
    for problem in problems:
        mark = "warning: " if problem.severity == "warning" else ""
        where, _, rest = str(problem).partition(": ") if problem.path else ("", "", str(problem))
        typer.echo(f"{where}: {mark}{rest}" if where else mark + rest, err=err)


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on stderr while a run goes on; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)
