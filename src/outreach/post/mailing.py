"""Print: join the letters of a run into files, and write what goes to the post office with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from outreach.campaign.paths import PRINT, REGISTERED_LIST, REPRINTED_LIST
from outreach.errors import Problem
from outreach.files.atomic import write_whole
from outreach.journal.history import history_of
from outreach.journal.journal import read_history
from outreach.letters.folder import Folder
from outreach.letters.formats.stationery import Stationery
from outreach.post.cover import print_words
from outreach.post.labels import addresses_of, make_envelopes, make_labels
from outreach.post.pages import PageSetup, calibration_pdf
from outreach.post.print_files import clear, write_parts, write_run
from outreach.post.print_record import PrintRecord
from outreach.post.print_run import PrintRun
from outreach.post.registered import refuse_unrecorded, write_registered
from outreach.post.request import MailingRequest
from outreach.post.run_letter import RunLetter
from outreach.progress import Progress, no_progress

CALIBRATION = f"{PRINT}/calibrate.pdf"
"""Relative to the folder of the generated letters."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """A print run with what goes with it, made and not yet written."""

    run: PrintRun
    request: MailingRequest
    pages: Mapping[str, Sequence[bytes]]
    """Labels and envelopes in parts, by the name of their file."""


def make_mailing(run: PrintRun, request: MailingRequest) -> Mailing:
    """Make the labels and envelopes of a run.

    What can fail for an address is made before anything is written: better no file than a run whose labels
    are missing.

    Raises:
        InputError: an unknown sheet, contacts without postal address, or addresses that do not fit.
    """
    pages: dict[str, list[bytes]] = {}
    if request.labels.sheet:
        pages["labels.pdf"] = make_labels(run, request.labels)
    if request.envelopes:
        pages["envelopes.pdf"] = make_envelopes(run, request.envelopes, merge=request.labels.merge)
    return Mailing(run, request, pages)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written."""

    files: list[Path]
    """Of the run, none without its letters."""
    besides: list[Path]
    """What goes with it."""
    kept: list[Problem]
    """Warnings that name the copies of lists that were filled in."""


def write_mailing(
    mailing: Mailing, out: Path, sheets_per_file: int, progress: Progress = no_progress
) -> "Written":
    """Clear what an earlier run left, and write this one into out/print.

    Args:
        mailing: The run, and what goes with it.
        out: The folder of the generated letters.
        sheets_per_file: At most so many, unless a single letter has more.
        progress: Called with the letters done and the letters in all.

    Raises:
        InputError: contacts of registered letters without postal address, or a letter is no longer there.
        RefusedError: a list that was filled in would be lost.
        WorldError: a file cannot be written or deleted.
    """
    run, is_registered = mailing.run, mailing.request.registered
    with_letters = mailing.request.with_letters
    campaign = run.folder.campaign
    history = read_history(campaign) if is_registered else history_of((), campaign.country)
    record = PrintRecord(out)
    kept: list[Problem] = []
    if is_registered:
        addresses_of(run)
        name = REPRINTED_LIST if run.request.is_reprint else REGISTERED_LIST
        if (out / name).is_file():
            refuse_unrecorded(out, name, history)
    if with_letters:
        clear(run, out)
    prefix = "reprint-" if run.request.is_reprint else ""
    besides = [
        write_parts(run, out / PRINT / f"{prefix}{name}", pages) for name, pages in mailing.pages.items()
    ]
    if is_registered:
        lists, kept = write_registered(run, out, history, record)
        besides += lists
    files = write_run(run, out, sheets_per_file, progress) if with_letters else []
    if with_letters and not run.request.is_reprint:
        record.put_run(
            (letter.number, letter.piece, letter.file.shown, letter.sha256) for letter in run.letters
        )
    for path, letters in [*files, *((path, run.letters) for path in besides)]:
        record.put(path.name, _named_in(letters))
    record.save()
    return Written([path for path, _letters in files], besides, kept)


def write_calibration(folder: Folder, out: Path, day: date) -> Path:
    """Write the page to hold against a real envelope, and return its path.

    Raises:
        InputError: the font lacks a character.
        WorldError: it cannot be written.
    """
    campaign = folder.campaign
    words, window = print_words(campaign), campaign.layout.geometry
    box = (window.left, window.top, window.left + window.width, window.top + window.line * window.lines)
    stationery = Stationery(campaign.layout, campaign.root)
    setup = PageSetup(campaign, stationery, words["calibration"], day)
    frames = [(window.clear, words["frame_clear"]), (box, words["frame_address"])]
    path = write_whole(out / CALIBRATION, calibration_pdf(setup, words["advice"], frames, words["fold"]))
    record = PrintRecord(out)
    record.put(path.name, ())
    record.save()
    return path


def _named_in(letters: Iterable[RunLetter]) -> list[str]:
    """Return the ids of all whom a file of these letters names."""
    return [name for letter in letters for name in (*letter.piece.contacts, letter.piece.addressee)]
