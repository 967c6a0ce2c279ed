"""Generate the letters: choose, render in one or several processes, write what changed."""

import atexit
import multiprocessing
import os
import re
import shutil
import signal
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path

from outreach import __version__
from outreach.campaign import Layout
from outreach.errors import InputError, Problem, WorldError, errors_in
from outreach.letters.document import Letter
from outreach.letters.render import Renderer
from outreach.letters.template import FOLDER as LETTERS
from outreach.manifest import Manifest, ManifestEntry, digest, file_digest
from outreach.rendering.docx import render_docx
from outreach.rendering.pdf import TEMPLATE, page_count, render_pdf
from outreach.rendering.text import render_text
from outreach.typesetting import FONTS_FOLDER, engine, missing_font
from outreach.workflow.compose import Document, compose
from outreach.workflow.folder import Folder, Obstacles, first_letters

FORMATS = ("pdf", "docx", "txt")
DEFAULT_FORMATS = ("pdf", "docx")

_MANY = 60
"""Letters from which more processes are worth their start."""
_BATCH = 8


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters, for whom."""

    letters: tuple[str, ...] = ()
    """Names; none for all."""
    wanted: tuple[str, ...] = ()
    """Selectors."""
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """How letters are made into files."""

    out: Path
    """Made if it does not exist."""
    written: date
    """The letters' date."""
    formats: tuple[str, ...] = DEFAULT_FORMATS
    limit: int | None = None
    """At most so many letters."""
    jobs: int | None = None
    """Processes; None for one, or for all cores in a large run."""
    dry_run: bool = False
    """Report what would happen and write nothing."""
    force: bool = False
    """Overwrite files that were edited by hand."""
    scheduler: str = ""
    """Address of a Dask cluster that makes the letters; empty for processes of this machine."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one file."""

    entry: ManifestEntry
    result: str
    """`created`, `identical`, `changed`, or `edited`: changed by hand since, and kept."""


@dataclass(slots=True)
class Report:
    """What a run did."""

    written: list[Written] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def edited(self) -> list[Written]:
        """Files kept because somebody edited them."""
        return [file for file in self.written if file.result == "edited"]


@dataclass(frozen=True, slots=True)
class _Job:
    document: Document
    formats: tuple[str, ...]
    inputs: str
    intact: tuple[tuple[str, str, str], ...]
    """Format, inputs and composed letter of the files that stand as they were generated."""

    @property
    def paths(self) -> list[str]:
        return [f"{self.document.name}.{kind}" for kind in self.formats]

    @property
    def is_made(self) -> bool:
        """Tell whether every file stands as it would be made again."""
        made = {kind for kind, inputs, _ in self.intact if inputs == self.inputs}
        return made >= set(self.formats)


@dataclass(frozen=True, slots=True)
class _Made:
    files: tuple[tuple[ManifestEntry, bytes | None], ...]
    """A file without content is the same as the one that is there."""
    problems: tuple[Problem, ...]


def generate(
    folder: Folder,
    selection: Selection,
    output: Output,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Report:
    """Generate the chosen letters; a fault in one of them does not stop the others.

    Args:
        folder: The campaign.
        selection: Which letters, for whom; without names, all that follow up none.
        output: In which formats, where to, how.
        progress: Called with the letters done and the letters in all.

    Raises:
        InputError: an unknown letter or selector, letters that are meant for none of those chosen, or a
            font that is not there; nothing was written.
        WorldError: a file cannot be written; what was written before is whole and remembered.
    """
    templates = folder.chosen_templates(selection.letters) if selection.letters else folder.first_templates
    documents = list(first_letters(folder, templates, selection.wanted, selection.unwanted))
    problems = errors_in(folder.problems)
    if not documents and not problems:
        message = "none of the chosen letters is meant for any of the chosen contacts"
        raise InputError(Problem("", 0, message, "`outreach letters show NAME` lists whom a letter is for"))
    return make_documents(folder, documents, output, problems, progress)


def make_documents(
    folder: Folder,
    documents: Iterable[Document],
    output: Output,
    problems: Iterable[Problem] = (),
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Report:
    """Make the files of those letters; a fault in one of them does not stop the others.

    Args:
        folder: The campaign.
        documents: The letters, in the order in which they are made.
        output: In which formats, where to, how.
        problems: Found before, for the report.
        progress: Called with the letters done and the letters in all.

    Raises:
        InputError: a font that is not there; nothing was written.
        WorldError: a file cannot be written; what was written before is whole and remembered.
    """
    hint = missing_font(folder.campaign.layout, folder.campaign.root)
    if hint and "pdf" in output.formats:
        raise InputError(Problem("outreach.toml", 0, f"no font '{folder.campaign.layout.font}'", hint))
    report = Report(problems=list(problems))
    manifest = Manifest(output.out)
    jobs = list(_jobs(folder, documents, output, manifest, report))
    todo = [job for job in jobs if not job.is_made]
    worker = _Worker(folder, output.written)
    count = _process_count(output.jobs, len(todo))
    if output.scheduler:
        all_made = _on_cluster(folder, output, todo)
    else:
        all_made = _in_processes(worker, todo, count) if count > 1 else map(worker.make, todo)
    try:
        for done, job in enumerate(jobs, 1):
            if job.is_made:
                report.written += [Written(manifest.entries[path], "identical") for path in job.paths]
                progress(done, len(jobs))
                continue
            made = next(all_made)
            report.problems += [problem for problem in made.problems if problem not in report.problems]
            for entry, content in made.files:
                report.written.append(
                    _write(manifest, entry, content, dry_run=output.dry_run, force=output.force)
                )
            progress(done, len(jobs))
    finally:
        if not output.dry_run and (manifest.entries or report.written):
            manifest.save()
    return report


def letters_date(folder: Folder, given: date | None, today: date) -> date:
    """Return the letters' date: the one given, else the campaign's, else today."""
    return given or folder.campaign.date or today


def _jobs(
    folder: Folder, documents: Iterable[Document], output: Output, manifest: Manifest, report: Report
) -> Iterator[_Job]:
    obstacles = Obstacles(folder)
    inputs = Inputs(folder)
    jobs = (
        _Job(
            document,
            output.formats,
            inputs.of(document, output.written),
            _intact(manifest, document, output.formats),
        )
        for document in documents
        if not _is_held_back(document, obstacles, report)
    )
    yield from islice(jobs, output.limit)


def _is_held_back(document: Document, obstacles: Obstacles, report: Report) -> bool:
    template = document.template
    entry = obstacles.against(template, document.recipients)
    if entry and template.joint:
        name = entry.contact.id or f"the contact at {entry.path}:{entry.line}"
        message = f"the joint letter is not written, since '{name}' has errors"
        hint = "mend the contact; a joint letter leaves nobody out"
        report.problems.append(Problem(template.path, 0, message, hint))
    return entry is not None


def _intact(
    manifest: Manifest, document: Document, formats: Sequence[str]
) -> tuple[tuple[str, str, str], ...]:
    found = []
    for kind in formats:
        entry = manifest.entries.get(f"{document.name}.{kind}")
        if entry and file_digest(manifest.folder / entry.path) == entry.sha256:
            found.append((kind, entry.inputs, entry.composed))
    return tuple(found)


def _write(
    manifest: Manifest, entry: ManifestEntry, content: bytes | None, *, dry_run: bool, force: bool
) -> Written:
    if content is None:
        former = manifest.entries[entry.path]
        entry = manifest.entries[entry.path] = replace(entry, sha256=former.sha256, pages=former.pages)
        return Written(entry, "identical")
    current = file_digest(manifest.folder / entry.path)
    if current is None:
        result = "created"
    elif current == entry.sha256:
        result = "identical"
    elif force or manifest.knows(entry.path, current):
        result = "changed"
    else:
        result = "edited"
    if not dry_run and result in ("created", "changed"):
        manifest.write(entry, content)
    elif not dry_run and result == "identical":
        manifest.entries[entry.path] = entry
    return Written(entry, result)


class Inputs:
    """Tell what a letter's files depend on without making the letter: settings, texts, pictures, fonts."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._shared = digest(
            "\n".join([_shared_inputs(folder), *_settings(folder), *_passages(folder)]).encode()
        )
        self._templates: dict[str, str] = {}
        self._worker: _Worker | None = None

    def of(self, document: Document, written: date) -> str:
        """Return the hash of everything that goes into a letter of that day."""
        template = document.template
        if template.name not in self._templates:
            texts = [repr(template)]
            if _OTHER_LETTER.search(template.body):
                texts += [repr(other) for other in self._folder.templates]
            self._templates[template.name] = digest("\n".join(texts).encode("utf-8", "surrogatepass"))
        parts = (
            self._shared,
            self._templates[template.name],
            repr((document.recipients, document.about, document.earlier, written)),
        )
        return digest("\n".join(parts).encode("utf-8", "surrogatepass"))

    def are_current(self, document: Document, entry: ManifestEntry) -> bool:
        """Tell whether a file would come out the same today; a change that does not show is none.

        Raises:
            InputError: the letter cannot be made any more.
        """
        written = date.fromisoformat(entry.date)
        if self.of(document, written) == entry.inputs:
            return True
        self._worker = self._worker or _Worker(self._folder, written)
        return self._worker.compose(document, written)[1] == entry.composed


_OTHER_LETTER = re.compile(r"""\{%-?\s*(?:include|import|from|extends)\s+(?!['"]_)""")
"""A template that takes over something else than a passage."""


def _settings(folder: Folder) -> list[str]:
    campaign = folder.campaign
    return [
        repr(value)
        for value in (
            campaign.title,
            campaign.language,
            campaign.sender,
            campaign.place,
            campaign.reference,
            campaign.registered,
            campaign.civility,
        )
    ]


def _passages(folder: Folder) -> list[str]:
    """Return the hash of every text in letters/ that is no letter by itself."""
    letters = {folder.campaign.path(template.path) for template in folder.templates}
    found = sorted(path for path in folder.campaign.path(LETTERS).rglob("*.md") if path not in letters)
    return [f"{path.name} {file_digest(path)}" for path in found]


class _Worker:
    """Make one letter's files: the same work in this process and in others."""

    def __init__(self, folder: Folder, written: date) -> None:
        self.folder = folder
        self.campaign = folder.campaign
        self.written = written
        self.renderer = Renderer(folder.campaign.root, folder.templates)
        self.shared = _shared_inputs(folder)

    def compose(self, document: Document, written: date) -> tuple[Letter, str]:
        """Return the letter, and the hash of it and of what all letters share."""
        letter = compose(self.campaign, self.renderer, document, written)
        return letter, digest(f"{self.shared}\n{letter!r}".encode("utf-8", "surrogatepass"))

    def make(self, job: _Job) -> _Made:
        """Return the job's files, or the problems that stand against them."""
        try:
            document = job.document
            letter, composed = self.compose(document, self.written)
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
                )
                files.append((entry, content))
        except InputError as error:
            return _Made((), error.problems)
        return _Made(tuple(files), ())


def _render(kind: str, letter: Letter, layout: Layout, root: Path) -> bytes:
    if kind == "pdf":
        return render_pdf(letter, layout, root)
    return render_docx(letter, layout, root) if kind == "docx" else render_text(letter, layout)


def _shared_inputs(folder: Folder) -> str:
    """Return what all letters share besides text: version, layout, pictures, fonts, letterhead."""
    campaign = folder.campaign
    names = [campaign.layout.letterhead, campaign.sender.logo, campaign.sender.signature]
    paths = [campaign.path(name) for name in names if name]
    paths += sorted(campaign.path(FONTS_FOLDER).glob("*"))
    return "\n".join(
        [
            __version__,
            engine(TEMPLATE),
            repr(campaign.layout),
            *(file_digest(path) or "" for path in paths if path.is_file()),
        ]
    )


def _process_count(jobs: int | None, letters: int) -> int:
    wanted = jobs or ((os.cpu_count() or 1) if letters >= _MANY else 1)
    return max(1, min(wanted, letters // _BATCH + 1))


def _in_processes(worker: _Worker, todo: Sequence[_Job], count: int) -> Iterator[_Made]:
    """Make the letters in `count` processes, in their order, with a bounded number of them in memory."""
    batches = iter([todo[start : start + _BATCH] for start in range(0, len(todo), _BATCH)])
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, context, _start_process, (worker.folder, worker.written))
    waiting: deque[Future[list[_Made]]] = deque()
    try:
        for batch in islice(batches, 3 * count):
            waiting.append(pool.submit(_make_batch, batch))
        while waiting:
            yield from waiting.popleft().result()
            for batch in islice(batches, 1):
                waiting.append(pool.submit(_make_batch, batch))
    except BrokenProcessPool as error:
        message = "a process that renders letters was ended from outside"
        raise WorldError(
            Problem("", 0, message, "run the command again; it goes on where it stopped")
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Luggage:
    """What a machine without the campaign's folder needs to make its letters."""

    folder: Folder
    written: date
    files: tuple[tuple[str, bytes], ...]
    """Path in the campaign folder and content: passages, pictures, fonts, letterhead."""

    @property
    def token(self) -> str:
        return digest(repr((self.folder.campaign, self.folder.templates, self.written, self.files)).encode())


def _on_cluster(folder: Folder, output: Output, todo: Sequence[_Job]) -> Iterator[_Made]:
    from outreach.workflow.cluster import on_cluster

    campaign = folder.campaign
    names = [campaign.layout.letterhead, campaign.sender.logo, campaign.sender.signature]
    paths = [campaign.path(name) for name in names if name]
    paths += [path for name in (LETTERS, FONTS_FOLDER) for path in campaign.path(name).rglob("*")]
    files = tuple(
        (path.relative_to(campaign.root).as_posix(), path.read_bytes())
        for path in sorted(set(paths))
        if path.is_file()
    )
    # The contacts travel with their letters, not with the campaign.
    luggage = _Luggage(replace(folder, entries=(), problems=()), output.written, files)
    batches = (todo[start : start + _BATCH] for start in range(0, len(todo), _BATCH))
    for made in on_cluster(output.scheduler, _make_far, luggage, batches):
        yield from made


_far_workers: dict[str, _Worker] = {}


def _make_far(luggage: _Luggage, batch: Sequence[_Job]) -> list[_Made]:
    """Make letters on another machine: unpack once, then as anywhere else."""
    token = luggage.token
    if token not in _far_workers:
        root = Path(tempfile.mkdtemp(prefix="outreach-"))
        atexit.register(shutil.rmtree, root, ignore_errors=True)
        for name, content in luggage.files:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        campaign = replace(luggage.folder.campaign, root=root)
        _far_workers.clear()
        _far_workers[token] = _Worker(replace(luggage.folder, campaign=campaign), luggage.written)
    return [_far_workers[token].make(job) for job in batch]


_process_worker: _Worker | None = None


def _start_process(folder: Folder, written: date) -> None:
    global _process_worker  # noqa: PLW0603  (one worker a process is what a process pool's initializer is for)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _process_worker = _Worker(folder, written)


def _make_batch(batch: Sequence[_Job]) -> list[_Made]:
    assert _process_worker is not None  # noqa: S101  (set by _start_process)
    return [_process_worker.make(job) for job in batch]
