"""Generate the letters: choose, render in one or several processes, write what changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path

from outreach.errors import HeldError, InputError, Problem, RefusedError, errors_in
from outreach.files.atomic import keep_copy
from outreach.files.digest import file_digest
from outreach.language import NP_, Word, _, ngettext
from outreach.letters.assignment import Assignment
from outreach.letters.audience import chosen_ids, not_in_office
from outreach.letters.folder import Folder, nobody_yet
from outreach.letters.formats.formats import PRINTED, USUAL, format_named
from outreach.letters.formats.stationery import Stationery
from outreach.letters.making.inputs import Inputs
from outreach.letters.making.worker import (
    Job,
    Made,
    in_several_processes,
    in_this_process,
    on_scheduler,
    process_count,
)
from outreach.letters.piece import Manifest, Piece, PieceFile
from outreach.people.selectors import Recorded
from outreach.progress import Progress, no_progress


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters, for whom."""

    letters: tuple[str, ...] = ()
    """Names; none for all."""
    wanted: tuple[str, ...] = ()
    """Selectors."""
    unwanted: tuple[str, ...] = ()
    with_former: bool = False
    """Whoever is not in office on the letters' date too."""
    recorded: Recorded | None = None
    """What the journal says, for the selectors that depend on it."""


@dataclass(frozen=True, slots=True)
class Output:
    """How letters are made into files."""

    out: Path
    """Made if it does not exist."""
    written: date
    """The letters' date."""
    formats: tuple[str, ...] = USUAL
    limit: int | None = None
    """At most so many letters."""
    jobs: int | None = None
    """Processes; None for one, or for all cores in a large run."""
    dry_run: bool = False
    """Report what would happen and write nothing."""
    force: bool = False
    """Replace files that were edited by hand; a copy of each is kept."""
    scheduler: str = ""
    """Address of a Dask cluster that makes the letters; empty for processes of this machine."""


class Result(Word):
    """What became of a file."""

    CREATED = "created", NP_("file", "created")
    CHANGED = "changed", NP_("file", "changed")
    IDENTICAL = "identical", NP_("file", "identical")
    EDITED = "edited", NP_("file", "edited")
    """Changed by hand since it was generated, and kept."""

    def counted(self, count: int) -> str:
        """Return to how many files it happened, as in "2 created"."""
        return {
            Result.CREATED: ngettext("{count} created", "{count} created", count),
            Result.CHANGED: ngettext("{count} changed", "{count} changed", count),
            Result.IDENTICAL: ngettext("{count} identical", "{count} identical", count),
            Result.EDITED: ngettext("{count} edited", "{count} edited", count),
        }[self]


@dataclass(frozen=True, slots=True)
class Written:
    """One file and what became of it."""

    piece: Piece
    file: PieceFile
    result: Result
    backup: str = ""
    """Name of the copy of what it replaced, where that was edited by hand."""


@dataclass(slots=True)
class Report:
    """What a run did."""

    written: list[Written] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)
    """Warnings that name whom no letter is made for."""
    held: list[Problem] = field(default_factory=list)
    """Of files that another program holds open; the others were written."""

    @property
    def edited(self) -> list[Written]:
        """Files kept because somebody edited them."""
        return [file for file in self.written if file.result is Result.EDITED]

    @property
    def replaced(self) -> list[Written]:
        """Files that replaced edited ones, of which a copy was kept."""
        return [file for file in self.written if file.backup]


def generate_letters(
    folder: Folder,
    selection: Selection,
    output: Output,
    progress: Progress = no_progress,
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
        RefusedError: nobody of those chosen is in office on the letters' date.
        WorldError: a file cannot be written; what was written before is whole and remembered.
    """
    names = selection.letters
    templates = folder.templates_named(names) if names else folder.first_templates
    chosen = chosen_ids(folder.people, selection.wanted, selection.unwanted, selection.recorded)
    in_office = None if selection.with_former else output.written
    assignments = folder.audiences.assignments(templates, chosen, in_office)
    left_out = [] if in_office is None else folder.audiences.out_of_office(templates, chosen, in_office)
    former = [not_in_office(left_out, output.written)] if left_out else []
    problems = errors_in(folder.problems)
    if former and not assignments and not problems:
        raise RefusedError(*(replace(problem, severity="error") for problem in former))
    if not assignments and not problems:
        if folder.people.are_yet_to_come:
            raise InputError(nobody_yet())
        message = _("none of the chosen letters is meant for any of the chosen contacts")
        raise InputError(
            Problem(
                "",
                0,
                message,
                _("`outreach letters show NAME` lists whom a letter is for"),
                code="nobody-chosen",
            )
        )
    report = make_letters(folder, assignments, output, problems, progress)
    report.left_out += former
    return report


def make_letters(
    folder: Folder,
    assignments: Iterable[Assignment],
    output: Output,
    problems: Iterable[Problem] = (),
    progress: Progress = no_progress,
) -> Report:
    """Make the files of those letters; a fault in one of them does not stop the others.

    Args:
        folder: The campaign.
        assignments: The letters, in the order in which they are made.
        output: In which formats, where to, how.
        problems: Found before, for the report.
        progress: Called with the letters done and the letters in all.

    Raises:
        InputError: a font that is not there; nothing was written.
        WorldError: a file cannot be written; what was written before is whole and remembered.
    """
    campaign = folder.campaign
    for name in output.formats:
        format_named(name)
    stationery = Stationery(campaign.layout, campaign.root)
    missing = stationery.missing_fonts() if PRINTED in output.formats else []
    if missing:
        raise InputError(*missing)
    report = Report(problems=list(problems))
    manifest = Manifest(output.out)
    jobs = list(_jobs(folder, assignments, output, manifest, report))
    all_made = _made(folder, output, stationery, [job for job in jobs if not job.is_made])
    try:
        for done, job in enumerate(jobs, 1):
            if job.is_made:
                report.written += [Written(*manifest[path], Result.IDENTICAL) for path in job.paths]
                progress(done, len(jobs))
                continue
            made = next(all_made)
            report.problems += [problem for problem in made.problems if problem not in report.problems]
            if made.piece:
                for file, content in made.files:
                    try:
                        report.written.append(write_file(manifest, made.piece, file, content, output))
                    except HeldError as error:
                        report.held += error.problems
            progress(done, len(jobs))
    finally:
        if not output.dry_run and (manifest.pieces() or report.written):
            manifest.save()
    return report


def _made(folder: Folder, output: Output, stationery: Stationery, todo: Sequence[Job]) -> Iterator[Made]:
    """Return what becomes of each job, in their order, made wherever that is fastest or was asked for."""
    count = process_count(output.jobs, len(todo))
    if output.scheduler:
        return on_scheduler(folder, output.written, output.scheduler, todo)
    if count > 1:
        return in_several_processes(folder, output.written, todo, count)
    return in_this_process(folder, output.written, stationery, todo)


def _jobs(
    folder: Folder, assignments: Iterable[Assignment], output: Output, manifest: Manifest, report: Report
) -> Iterator[Job]:
    inputs = Inputs(folder)
    jobs = (
        Job(
            assignment,
            output.formats,
            inputs.of(assignment, output.written),
            _intact(manifest, assignment, output.formats),
        )
        for assignment in assignments
        if not _is_held_back(folder, assignment, report)
    )
    yield from islice(jobs, output.limit)


def _is_held_back(folder: Folder, assignment: Assignment, report: Report) -> bool:
    template = assignment.template
    entry = folder.audiences.blocked_by(assignment)
    if entry and template.joint:
        name = entry.contact.id or f"{entry.path}:{entry.line}"
        message = _("the joint letter is not written, since '{name}' has errors", name=name)
        hint = _("mend the contact; a joint letter leaves nobody out")
        report.problems.append(Problem(template.path, 0, message, hint, code="joint-letter-waits"))
    return entry is not None


def _intact(
    manifest: Manifest, assignment: Assignment, formats: Sequence[str]
) -> tuple[tuple[str, str, str], ...]:
    found = []
    name = assignment.name
    for kind in formats:
        path = f"{name}.{kind}"
        if path not in manifest:
            continue
        piece, file = manifest[path]
        if file_digest(manifest.folder / path) == file.sha256:
            found.append((kind, piece.inputs, piece.composed))
    return tuple(found)


def write_file(
    manifest: Manifest, piece: Piece, file: PieceFile, content: bytes | None, output: Output
) -> Written:
    """Write one file of a piece unless it is there already, or was edited by hand; say what became of it.

    Args:
        manifest: Of the folder that it goes into.
        piece: The piece.
        file: Its path and hash.
        content: None for a file that is known to be there.
        output: Whether to write, and what is to happen to one that was edited.

    Raises:
        HeldError: another program holds an older one.
        WorldError: it cannot be written.
    """
    if content is None:
        _, same = manifest[file.path]
        if not output.dry_run:
            manifest.put(piece, same)
        return Written(piece, same, Result.IDENTICAL)
    current = file_digest(manifest.folder / file.path)
    is_replaced, backup = False, ""
    if current is None:
        result = Result.CREATED
    elif current == file.sha256:
        result = Result.IDENTICAL
    elif manifest.knows(file.path, current):
        result = Result.CHANGED
    else:
        result = Result.CHANGED if output.force else Result.EDITED
        is_replaced = output.force
    if is_replaced and not output.dry_run:
        backup = keep_copy(manifest.folder / file.path).name
    if not output.dry_run and result in (Result.CREATED, Result.CHANGED):
        manifest.write(piece, file, content)
    elif not output.dry_run and result is Result.IDENTICAL:
        manifest.put(piece, file)
    if result is Result.EDITED and current:
        return Written(piece, PieceFile(file.path, current), result)  # whose pages are not those made here
    return Written(piece, file, result, backup)
