"""Generate the letters: choose, render in one or several processes, write what changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path

from outreach.errors import InputError, Problem, errors_in
from outreach.files.digest import file_digest
from outreach.language import _
from outreach.letters.compose import Document
from outreach.letters.folder import Folder, Obstacles, first_letters
from outreach.letters.making.inputs import Inputs
from outreach.letters.making.making import (
    Job,
    in_several_processes,
    in_this_process,
    on_scheduler,
    process_count,
)
from outreach.letters.piece import Manifest, ManifestEntry
from outreach.progress import Progress, untold
from outreach.typesetting import missing_font

DEFAULT_FORMATS = ("pdf", "docx")


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


def generate(
    folder: Folder,
    selection: Selection,
    output: Output,
    progress: Progress = untold,
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
        message = _("none of the chosen letters is meant for any of the chosen contacts")
        raise InputError(
            Problem("", 0, message, _("`outreach letters show NAME` lists whom a letter is for"))
        )
    return make_documents(folder, documents, output, problems, progress)


def make_documents(
    folder: Folder,
    documents: Iterable[Document],
    output: Output,
    problems: Iterable[Problem] = (),
    progress: Progress = untold,
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
        raise InputError(
            Problem("outreach.toml", 0, _("no font '{font}'", font=folder.campaign.layout.font), hint)
        )
    report = Report(problems=list(problems))
    manifest = Manifest(output.out)
    jobs = list(_jobs(folder, documents, output, manifest, report))
    todo = [job for job in jobs if not job.is_made]
    count = process_count(output.jobs, len(todo))
    if output.scheduler:
        all_made = on_scheduler(folder, output.written, output.scheduler, todo)
    elif count > 1:
        all_made = in_several_processes(folder, output.written, todo, count)
    else:
        all_made = in_this_process(folder, output.written, todo)
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
) -> Iterator[Job]:
    obstacles = Obstacles(folder)
    inputs = Inputs(folder)
    jobs = (
        Job(
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
        name = entry.contact.id or f"{entry.path}:{entry.line}"
        message = _("the joint letter is not written, since '{name}' has errors", name=name)
        hint = _("mend the contact; a joint letter leaves nobody out")
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
