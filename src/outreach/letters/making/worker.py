"""Make the files of letters: in this process, in several, or on other machines; always the same work."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from outreach import __version__, language
from outreach.campaign.paths import FONTS, LETTERS
from outreach.errors import InputError, Problem
from outreach.files.digest import digest
from outreach.letters.assignment import Assignment
from outreach.letters.compose import Composer
from outreach.letters.folder import Folder
from outreach.letters.formats.formats import format_named
from outreach.letters.formats.stationery import Stationery
from outreach.letters.making.inputs import Inputs
from outreach.letters.piece import Piece, PieceFile
from outreach.processes import in_processes

_MANY = 60
"""Letters from which more processes are worth their start."""
_BATCH = 8


@dataclass(frozen=True, slots=True)
class Job:
    """One letter to make."""

    assignment: Assignment
    formats: tuple[str, ...]
    inputs: str
    intact: tuple[tuple[str, str, str], ...]
    """Format, inputs and composed letter of the files that stand as they were generated."""

    @property
    def paths(self) -> list[str]:
        """Of its files, relative to the folder of the manifest."""
        name = self.assignment.name
        return [f"{name}.{kind}" for kind in self.formats]

    @property
    def is_made(self) -> bool:
        """Tell whether every file stands as it would be made again."""
        made = {kind for kind, inputs, _ in self.intact if inputs == self.inputs}
        return made >= set(self.formats)


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a job."""

    piece: Piece | None
    """Without its files; None where problems stand against it."""
    files: tuple[tuple[PieceFile, bytes | None], ...] = ()
    """A file without content is the same as the one that is there."""
    problems: tuple[Problem, ...] = ()


class Worker:
    """Make one letter's files: the same work in this process and in others."""

    def __init__(self, folder: Folder, written: date, stationery: Stationery | None = None) -> None:
        self.root = folder.campaign.root
        self._written = written
        self._composer = Composer(folder)
        self._inputs = Inputs(folder)
        self._stationery = stationery or Stationery(folder.campaign.layout, folder.campaign.root)

    def make(self, job: Job) -> Made:
        """Return the job's files, or the problems that stand against them."""
        assignment, template = job.assignment, job.assignment.template
        try:
            letter = self._composer.compose(assignment, self._written)
            piece = Piece(
                letter=template.name,
                contacts=assignment.contacts,
                title=template.title,
                subject=letter.subject,
                kind=template.kind.value,
                contact=assignment.contact,
                written=self._written,
                address=letter.address,
                questions=tuple(question.id for question in assignment.questions),
                follows=tuple(dict.fromkeys(previous.piece.letter for previous in assignment.earlier)),
                heard=tuple(
                    dict.fromkeys(event for previous in assignment.earlier for event in previous.heard)
                ),
                reply_by=template.reply_date(self._written),
                to=assignment.recipients[0].id if assignment.about else "",
                inputs=job.inputs,
                composed=self._inputs.composed(letter),
                version=__version__,
            )
            files: list[tuple[PieceFile, bytes | None]] = []
            for kind, path in zip(job.formats, job.paths, strict=True):
                if any((one[0], one[2]) == (kind, piece.composed) for one in job.intact):
                    files.append((PieceFile(path, ""), None))
                    continue
                wanted = format_named(kind)
                content = wanted.make(letter, self._stationery)
                count = wanted.count_pages
                files.append((PieceFile(path, digest(content), count(content) if count else None), content))
        except InputError as error:
            return Made(None, problems=error.problems)
        return Made(piece, tuple(files))


def process_count(jobs: int | None, letters: int) -> int:
    """Return in how many processes so many letters are made; `jobs` as the user said."""
    wanted = jobs or ((os.cpu_count() or 1) if letters >= _MANY else 1)
    return max(1, min(wanted, letters // _BATCH + 1))


def in_this_process(
    folder: Folder, written: date, stationery: Stationery, todo: Sequence[Job]
) -> Iterator[Made]:
    """Make the letters here, in their order; nothing is prepared if there are none."""
    if todo:
        yield from map(Worker(folder, written, stationery).make, todo)


def in_several_processes(folder: Folder, written: date, todo: Sequence[Job], count: int) -> Iterator[Made]:
    """Make the letters in `count` processes, in their order; raises as `processes.in_processes`."""
    prepare = partial(_start_process, folder.without_people(), written)
    for made in in_processes(_make_batch, _batches(todo), count, prepare):
        yield from made


@dataclass(frozen=True, slots=True)
class _Supplies:
    """What a machine without the campaign's folder needs to make its letters."""

    folder: Folder
    written: date
    files: tuple[tuple[str, bytes], ...]
    """Path in the campaign folder and content: passages, pictures, fonts, letterhead."""
    language: str
    """Of the messages."""
    token: str
    """Tells these supplies from others."""


def on_scheduler(folder: Folder, written: date, address: str, todo: Sequence[Job]) -> Iterator[Made]:
    """Make the letters on a Dask cluster, in their order; raises as `cluster.on_cluster`."""
    from outreach.letters.making.cluster import on_cluster

    campaign = folder.campaign
    paths = campaign.named_files
    paths += [path for name in (LETTERS, FONTS) for path in campaign.path(name).rglob("*")]
    files = tuple(
        (path.relative_to(campaign.root).as_posix(), path.read_bytes())
        for path in sorted(set(paths))
        if path.is_file()
    )
    token = digest(repr((campaign, folder.templates, written, files)).encode())
    supplies = _Supplies(folder.without_people(), written, files, language.in_use(), token)
    for made in on_cluster(address, _make_far, supplies, _batches(todo)):
        yield from made


def _batches(todo: Sequence[Job]) -> Iterator[Sequence[Job]]:
    return (todo[start : start + _BATCH] for start in range(0, len(todo), _BATCH))


_far_workers: dict[str, Worker] = {}
"""Of this machine, for a cluster that hands it one batch after the other; at most one."""


def _make_far(supplies: _Supplies, batch: Sequence[Job]) -> list[Made]:
    """Make letters on another machine: unpack once, then as anywhere else."""
    language.use(supplies.language)
    if supplies.token not in _far_workers:
        root = Path(tempfile.mkdtemp(prefix="outreach-"))
        atexit.register(shutil.rmtree, root, ignore_errors=True)
        for name, content in supplies.files:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        campaign = replace(supplies.folder.campaign, root=root)
        for worker in _far_workers.values():
            shutil.rmtree(worker.root, ignore_errors=True)
        _far_workers.clear()
        _far_workers[supplies.token] = Worker(replace(supplies.folder, campaign=campaign), supplies.written)
    return [_far_workers[supplies.token].make(job) for job in batch]


_process_worker: Worker | None = None


def _start_process(folder: Folder, written: date) -> None:
    global _process_worker  # noqa: PLW0603  (one worker a process is what a process pool's initializer is for)
    _process_worker = Worker(folder, written)


def _make_batch(batch: Sequence[Job]) -> list[Made]:
    assert _process_worker is not None  # noqa: S101  (set by _start_process)
    return [_process_worker.make(job) for job in batch]
