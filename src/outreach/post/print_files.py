"""Write a print run: all letters in one file, or in several that a printer can take."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from outreach.campaign.paths import PRINT
from outreach.files.atomic import delete, write_whole
from outreach.post.merge import PdfFile, Section, join, merge, sheets_of
from outreach.post.pages import marks_pdf
from outreach.post.print_run import PrintRun
from outreach.post.run_letter import RunLetter
from outreach.processes import in_processes
from outreach.progress import Progress, no_progress

SHEETS_PER_FILE = 2100
"""A run of a thousand letters of three pages, with its cover, still goes into one file."""

_MOST_LETTERS = 1000
"""Of one file, and the pages below, so that a printer can take it and several processes have work."""
_MOST_PAGES = 3600
_MOST_PROCESSES = 4


def clear(run: PrintRun, out: Path) -> None:
    """Delete the letters of an earlier run, so that no part of them can lie beside the new one.

    A reprint leaves the run's. What belongs to an earlier run besides, as its labels, stays until made anew.

    Raises:
        WorldError: a file cannot be deleted.
    """
    for stem in ("reprint",) if run.request.is_reprint else ("reprint", "print"):
        for pattern in (f"{stem}.pdf", f"{stem}-[0-9][0-9][0-9].pdf", f".{stem}*.tmp"):
            for path in (out / PRINT).glob(pattern):
                delete(path)


def write_run(
    run: PrintRun,
    out: Path,
    sheets_per_file: int,
    progress: Progress = no_progress,
) -> list[tuple[Path, Sequence[RunLetter]]]:
    """Write out/print/print.pdf, or print-001.pdf and so on, of a reprint reprint.pdf.

    Args:
        run: The letters.
        out: The folder of the generated letters.
        sheets_per_file: At most so many, unless a single letter has more.
        progress: Called with the letters done and the letters in all.

    Returns:
        The paths, each with the letters that the file names: a cover names all.

    Raises:
        WorldError: a file cannot be written.
        InputError: a letter is no longer there.
    """
    groups = list(_files(run, sheets_per_file))
    named = [run.letters if run.cover else groups[0], *groups[1:]]
    folder = out / PRINT
    stem = "reprint" if run.request.is_reprint else "print"
    paths = [folder / f"{stem}-{number:03}.pdf" for number in range(1, len(groups) + 1)]
    if len(paths) == 1:
        paths = [folder / f"{stem}.pdf"]
        _write(_file(run, paths[0], groups[0], with_cover=True), progress)
        return list(zip(paths, named, strict=True))
    files = (
        _file(run, path, letters, with_cover=path is paths[0])
        for path, letters in zip(paths, groups, strict=True)
    )
    done = 0
    count = min(os.cpu_count() or 1, len(paths), _MOST_PROCESSES)
    with ExitStack() as unfinished:
        for path in paths:  # no part of a run may be taken for the whole
            unfinished.callback(delete, path)
        for written in in_processes(_write, files, count):
            done += written
            progress(done, len(run.letters))
        unfinished.pop_all()
    return list(zip(paths, named, strict=True))


@dataclass(frozen=True, slots=True)
class _File:
    """One file to write, with all that it takes."""

    path: Path
    title: str
    cover: bytes
    """Empty for none."""
    letters: tuple[tuple[Section, ...], ...]
    """Each with its enclosures."""
    pad: bool
    marks: bytes


def _file(run: PrintRun, path: Path, letters: Sequence[RunLetter], *, with_cover: bool) -> _File:
    marks = _marks(run, letters)
    sections = [
        tuple(
            Section(pdf, place if marks else None, "" if number else _bookmark(letter))
            for number, pdf in enumerate(letter.files)
        )
        for place, letter in enumerate(letters)
    ]
    cover = run.cover if with_cover else b""
    title = run.setup.title
    return _File(path, title, cover, tuple(sections), run.request.duplex, marks)


def _bookmark(letter: RunLetter) -> str:
    return f"{letter.number}. {letter.recipient} – {letter.piece.title}"


def _write(file: _File, progress: Progress = no_progress) -> int:
    """Write one file and return the letters in it."""
    letters = list(file.letters)
    if file.cover:
        cover = Section(PdfFile(file.path.parent, "cover", content=file.cover))
        letters[0] = (cover, *letters[0])
    merge(letters, file.path, file.title, pad=file.pad, marks=file.marks, progress=progress)
    return len(letters)


def _files(run: PrintRun, sheets_per_file: int) -> Iterator[list[RunLetter]]:
    """Yield the letters of each file."""
    group: list[RunLetter] = []
    used, pages = run.cover_sheets, 0
    for letter in run.letters:
        count = sheets_of(letter.pages, duplex=run.request.duplex)
        is_full = len(group) >= _MOST_LETTERS or pages + sum(letter.pages) > _MOST_PAGES
        if group and (is_full or used + count > sheets_per_file):
            yield group
            group, used, pages = [], 0, 0
        group.append(letter)
        used += count
        pages += sum(letter.pages)
    yield group


def _marks(run: PrintRun, letters: Sequence[RunLetter]) -> bytes:
    if not run.folder.campaign.layout.run_number:
        return b""
    marks = [f"{letter.number}/{run.total}" for letter in letters]
    return marks_pdf(run.setup, marks)


def write_parts(run: PrintRun, path: Path, parts: Sequence[bytes]) -> Path:
    """Write what belongs to a run and was set in parts into one file, and return its path."""
    if len(parts) == 1:
        return write_whole(path, parts[0])
    join(parts, path, run.setup.title)
    return path
