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
from outreach.campaign.campaign import Layout
from outreach.errors import InputError, Problem
from outreach.files.digest import digest
from outreach.letters.compose import Document, compose
from outreach.letters.folder import Folder
from outreach.letters.formats.docx import render_docx
from outreach.letters.formats.pdf import page_count, render_pdf
from outreach.letters.formats.text import render_text
from outreach.letters.letter import Letter
from outreach.letters.making.inputs import Inputs
from outreach.letters.piece import ManifestEntry
from outreach.letters.render import Renderer
from outreach.letters.template import FOLDER as LETTERS
from outreach.processes import in_processes
from outreach.typesetting import FONTS_FOLDER

_MANY = 60
"""Letters from which more processes are worth their start."""
_BATCH = 8


@dataclass(frozen=True, slots=True)
class Job:
    """One letter to make."""

    document: Document
    formats: tuple[str, ...]
    inputs: str
    intact: tuple[tuple[str, str, str], ...]
    """Format, inputs and composed letter of the files that stand as they were generated."""

    @property
    def paths(self) -> list[str]:
        """Of its files, relative to the folder of the manifest."""
        return [f"{self.document.name}.{kind}" for kind in self.formats]

    @property
    def is_made(self) -> bool:
        """Tell whether every file stands as it would be made again."""
        made = {kind for kind, inputs, _ in self.intact if inputs == self.inputs}
        return made >= set(self.formats)


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a job."""

    files: tuple[tuple[ManifestEntry, bytes | None], ...]
    """A file without content is the same as the one that is there."""
    problems: tuple[Problem, ...]


class Worker:
    """Make one letter's files: the same work in this process and in others."""

    def __init__(self, folder: Folder, written: date) -> None:
        self.campaign = folder.campaign
        self.written = written
        self.renderer = Renderer(folder.campaign.root, folder.templates)
        self.inputs = Inputs(folder)

    def make(self, job: Job) -> Made:
        """Return the job's files, or the problems that stand against them."""
        try:
            document = job.document
            letter = compose(self.campaign, self.renderer, document, self.written)
            composed = self.inputs.composed(letter)
            reply_by = document.template.reply_date(self.written)
            files = []
            for kind in job.formats:
                is_same = any(one[0] == kind and one[2] == composed for one in job.intact)
                content = None if is_same else _render(kind, letter, self.campaign.layout, self.campaign.root)
                entry = ManifestEntry(
                    letter=document.template.name,
                    contact=document.contact,
                    contacts=document.contacts,
                    format=kind,
                    path=f"{letter.name}.{kind}",
                    sha256=digest(content) if content else "",
                    pages=page_count(content) if content and kind == "pdf" else None,
                    title=document.template.title,
                    date=self.written.isoformat(),
                    address=letter.address,
                    questions=tuple(question.id for question in document.questions),
                    inputs=job.inputs,
                    composed=composed,
                    version=__version__,
                    kind=document.template.kind,
                    follows=tuple(previous.letter for previous in document.earlier),
                    reply_by=reply_by.isoformat() if reply_by else "",
                    to=document.recipients[0].id if document.about else "",
                )
                files.append((entry, content))
        except InputError as error:
            return Made((), error.problems)
        return Made(tuple(files), ())


def _render(kind: str, letter: Letter, layout: Layout, root: Path) -> bytes:
    if kind == "pdf":
        return render_pdf(letter, layout, root)
    return render_docx(letter, layout, root) if kind == "docx" else render_text(letter, layout)


def process_count(jobs: int | None, letters: int) -> int:
    """Return in how many processes so many letters are made; `jobs` as the user said."""
    wanted = jobs or ((os.cpu_count() or 1) if letters >= _MANY else 1)
    return max(1, min(wanted, letters // _BATCH + 1))


def in_this_process(folder: Folder, written: date, todo: Sequence[Job]) -> Iterator[Made]:
    """Make the letters here, in their order; nothing is prepared if there are none."""
    if todo:
        yield from map(Worker(folder, written).make, todo)


def in_several_processes(folder: Folder, written: date, todo: Sequence[Job], count: int) -> Iterator[Made]:
    """Make the letters in `count` processes, in their order; raises as `processes.in_processes`."""
    for made in in_processes(_make_batch, _batches(todo), count, partial(_start_process, folder, written)):
        yield from made


@dataclass(frozen=True, slots=True)
class _Luggage:
    """What a machine without the campaign's folder needs to make its letters."""

    folder: Folder
    written: date
    files: tuple[tuple[str, bytes], ...]
    """Path in the campaign folder and content: passages, pictures, fonts, letterhead."""
    language: str
    """Of the messages."""

    @property
    def token(self) -> str:
        return digest(repr((self.folder.campaign, self.folder.templates, self.written, self.files)).encode())


def on_scheduler(folder: Folder, written: date, address: str, todo: Sequence[Job]) -> Iterator[Made]:
    """Make the letters on a Dask cluster, in their order; raises as `cluster.on_cluster`."""
    from outreach.letters.making.cluster import on_cluster

    campaign = folder.campaign
    paths = campaign.named_files
    paths += [path for name in (LETTERS, FONTS_FOLDER) for path in campaign.path(name).rglob("*")]
    files = tuple(
        (path.relative_to(campaign.root).as_posix(), path.read_bytes())
        for path in sorted(set(paths))
        if path.is_file()
    )
    # The contacts travel with their letters, not with the campaign.
    luggage = _Luggage(replace(folder, entries=(), problems=()), written, files, language.in_use())
    for made in on_cluster(address, _make_far, luggage, _batches(todo)):
        yield from made


def _batches(todo: Sequence[Job]) -> Iterator[Sequence[Job]]:
    return (todo[start : start + _BATCH] for start in range(0, len(todo), _BATCH))


_far_workers: dict[str, Worker] = {}


def _make_far(luggage: _Luggage, batch: Sequence[Job]) -> list[Made]:
    """Make letters on another machine: unpack once, then as anywhere else."""
    token = luggage.token
    language.use(luggage.language)
    if token not in _far_workers:
        root = Path(tempfile.mkdtemp(prefix="outreach-"))
        atexit.register(shutil.rmtree, root, ignore_errors=True)
        for name, content in luggage.files:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        campaign = replace(luggage.folder.campaign, root=root)
        for worker in _far_workers.values():
            shutil.rmtree(worker.campaign.root, ignore_errors=True)
        _far_workers.clear()
        _far_workers[token] = Worker(replace(luggage.folder, campaign=campaign), luggage.written)
    return [_far_workers[token].make(job) for job in batch]


_process_worker: Worker | None = None


def _start_process(folder: Folder, written: date) -> None:
    global _process_worker  # noqa: PLW0603  (one worker a process is what a process pool's initializer is for)
    _process_worker = Worker(folder, written)


def _make_batch(batch: Sequence[Job]) -> list[Made]:
    assert _process_worker is not None  # noqa: S101  (set by _start_process)
    return [_process_worker.make(job) for job in batch]
