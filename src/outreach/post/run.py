"""Write a print run: all letters in one file, or in several that a printer can take."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from outreach.files.atomic import delete, write_whole
from outreach.post.merge import Leaf, Merger, Part, join, sheets_of
from outreach.post.pages import marks_pdf
from outreach.post.plan import Item, Plan, desk_of
from outreach.processes import in_processes
from outreach.progress import Progress, untold

FOLDER = "print"
SHEETS_PER_FILE = 2100
"""A run of a thousand letters of three pages, with its cover, still goes into one file."""

_MOST_LETTERS = 1000
"""Of one file, and the pages below, so that joining it takes less than 500 MB of memory."""
_MOST_PAGES = 3600
_MOST_PROCESSES = 4
"""Each takes that memory."""


def clear(plan: Plan, out: Path) -> None:
    """Delete what an earlier run left, so that it cannot lie beside the new one; a reprint leaves the run's.

    Raises:
        WorldError: a file cannot be deleted.
    """
    stems = (
        ("reprint",) if plan.wanted.is_reprint else ("reprint", "print", "labels", "envelopes", "registered")
    )
    for stem in stems:
        for pattern in (f"{stem}.pdf", f"{stem}.csv", f"{stem}-[0-9][0-9][0-9].pdf", f".{stem}*.tmp"):
            for path in (out / FOLDER).glob(pattern):
                delete(path)


def write_run(
    plan: Plan,
    out: Path,
    sheets_per_file: int,
    progress: Progress = untold,
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
    paths = [folder / f"{stem}-{number:03}.pdf" for number in range(1, len(groups) + 1)]
    if len(paths) == 1:
        paths = [folder / f"{stem}.pdf"]
        _write(_file(plan, paths[0], groups[0], with_cover=True), progress)
        return paths
    files = (
        _file(plan, path, items, with_cover=path is paths[0])
        for path, items in zip(paths, groups, strict=True)
    )
    done = 0
    count = min(os.cpu_count() or 1, len(paths), _MOST_PROCESSES)
    with ExitStack() as unfinished:
        for path in paths:  # no part of a run may be taken for the whole
            unfinished.callback(delete, path)
        for written in in_processes(_write, files, count):
            done += written
            progress(done, len(plan.items))
        unfinished.pop_all()
    return paths


@dataclass(frozen=True, slots=True)
class _File:
    """One file to write, with all that it takes."""

    path: Path
    title: str
    cover: bytes
    """Empty for none."""
    letters: tuple[tuple[Leaf, ...], ...]
    """Each with its enclosures."""
    pad: bool
    marks: bytes


def _file(plan: Plan, path: Path, items: Sequence[Item], *, with_cover: bool) -> _File:
    marks = _marks(plan, items)
    leaves = [
        tuple(
            Leaf(part, place if marks else None, "" if number else _bookmark(item))
            for number, part in enumerate(item.parts)
        )
        for place, item in enumerate(items)
    ]
    cover = plan.cover if with_cover else b""
    title = desk_of(plan.folder, plan.day).title
    return _File(path, title, cover, tuple(leaves), plan.wanted.duplex, marks)


def _bookmark(item: Item) -> str:
    return f"{item.number}. {item.recipient} – {item.entry.title}"


def _write(file: _File, progress: Progress = untold) -> int:
    """Write one file and return the letters in it."""
    with closing(Merger(pad=file.pad, marks=file.marks)) as merger:
        if file.cover:
            merger.add(Leaf(Part(file.path.parent, "cover", content=file.cover)))
        for done, leaves in enumerate(file.letters, 1):
            for leaf in leaves:
                merger.add(leaf)
            progress(done, len(file.letters))
        merger.save(file.path, file.title)
    return len(file.letters)


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
    join(pieces, path, desk_of(plan.folder, plan.day).title)
    return path
