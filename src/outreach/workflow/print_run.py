"""Write a print run: all letters in one file, or in several that a printer can take."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from outreach.atomic import write_whole
from outreach.errors import Problem, WorldError
from outreach.printing.merge import Leaf, Merger, Part, join, sheets_of
from outreach.printing.pages import marks_pdf
from outreach.workflow.print_plan import Item, Plan, desk_of

FOLDER = "print"
SHEETS_PER_FILE = 2100
"""A run of a thousand letters of three pages, with its cover, still goes into one file."""

_MOST_LETTERS = 1000
"""Of one file, and the pages below, so that joining it takes less than 500 MB of memory."""
_MOST_PAGES = 3600


def write_run(
    plan: Plan,
    out: Path,
    sheets_per_file: int,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Path]:
    """Write out/print/print.pdf, or print-001.pdf and so on, of a reprint reprint.pdf; return the paths.

    Args:
        plan: The run.
        out: The folder of the generated letters.
        sheets_per_file: At most so many, unless a single letter has more.
        progress: Called with the letters done and the letters in all.

    Raises:
        WorldError: a file cannot be written.
        InputError: a letter is no longer there.
    """
    groups = list(_files(plan, sheets_per_file))
    folder = out / FOLDER
    stem = "reprint" if plan.wanted.is_reprint else "print"
    # What belongs to an earlier run must not lie beside the new one; a reprint leaves the run's files.
    stale = [f"{stem}.pdf", f"{stem}-*.pdf"]
    stale += [] if plan.wanted.is_reprint else ["reprint*.pdf"]
    for old in (path for pattern in stale for path in folder.glob(pattern)):
        _unlink(old)
    paths = []
    done = 0
    for number, items in enumerate(groups, 1):
        path = folder / (f"{stem}.pdf" if len(groups) == 1 else f"{stem}-{number:03}.pdf")
        marks = _marks(plan, items)
        merger = Merger(pad=plan.wanted.duplex, marks=marks)
        if number == 1 and plan.cover:
            merger.add(Leaf(Part(folder, "cover", content=plan.cover)))
        for place, item in enumerate(items):
            for part in item.parts:
                merger.add(Leaf(part, place if marks else None))
            done += 1
            progress(done, len(plan.items))
        merger.save(path, desk_of(plan.folder, plan.day).title)
        paths.append(path)
    return paths


def _files(plan: Plan, sheets_per_file: int) -> Iterator[list[Item]]:
    """Yield the letters of each file."""
    group: list[Item] = []
    used, pages = plan.cover_sheets, 0
    for item in plan.items:
        count = sheets_of(item.pages, duplex=plan.wanted.duplex)
        is_full = len(group) >= _MOST_LETTERS or pages + sum(item.pages) > _MOST_PAGES
        if group and (is_full or used + count > sheets_per_file):
            yield group
            group, used, pages = [], 0, 0
        group.append(item)
        used += count
        pages += sum(item.pages)
    yield group


def _marks(plan: Plan, items: Sequence[Item]) -> bytes:
    if not plan.folder.campaign.layout.run_number:
        return b""
    marks = [f"{item.number}/{plan.total}" for item in items]
    return marks_pdf(desk_of(plan.folder, plan.day), marks)


def write_pieces(plan: Plan, path: Path, pieces: Sequence[bytes]) -> Path:
    """Write what belongs to a run and was set in pieces into one file, and return its path."""
    if len(pieces) == 1:
        return write_whole(path, pieces[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    join(pieces, path, desk_of(plan.folder, plan.day).title)
    return path


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise WorldError(Problem(path.as_posix(), 0, "cannot be deleted", error.strerror or "")) from error
