"""Record letters as sent: archive the exact files, then add one event for each addressee, all or none."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path

from outreach.campaign.paths import template_path
from outreach.errors import InputError, Problem, RefusedError, did_you_mean
from outreach.files.digest import digest
from outreach.files.reading import read_bytes
from outreach.journal.archive import Archive
from outreach.journal.choosing import RecordedBy
from outreach.journal.event import ArchivedFile, Sent
from outreach.journal.holding_back import Waived, held_back
from outreach.journal.journal import Journal, back_up
from outreach.journal.recording.recorder import Recorder
from outreach.journal.recording.tracking_numbers import Numbers, numbers_of, strange_numbers
from outreach.journal.words import Channel
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.letters.piece import Piece, PieceFile, is_edited, read_pieces
from outreach.people.selectors import select
from outreach.processes import in_processes

_MANY = 2000
"""Files from which more processes are worth their start."""
_BATCH = 100
"""Files that a process copies before it takes the next."""

Pairs = list[tuple[str, Piece]]
"""Addressees, each with the letter to record, in the order of letters and contacts."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What was sent, as the command line says it."""

    letters: tuple[str, ...]
    on: date
    channel: Channel
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    tracking: str = ""
    """Of the one letter that is recorded."""
    tracking_file: Path | None = None
    """CSV with the columns contact and number."""
    waived: Waived = field(default_factory=Waived)
    """What does not hold a letter back."""
    reason: str = ""
    """Why again."""
    dry_run: bool = False
    """Check everything and record nothing."""


def send(
    folder: Folder, journal: Journal, out: Path, sending: Sending, recorder: Recorder
) -> tuple[list[Sent], list[Problem]]:
    """Record the letters as sent; return the events and warnings, as of a tracking number that looks wrong.

    Args:
        folder: The campaign.
        journal: Where to record.
        out: The folder of the generated letters; a file that was edited by hand is what was sent.
        sending: What was sent.
        recorder: Who records, and when.

    Raises:
        InputError: a letter was never generated, a day is impossible, a selector or number is faulty.
        RefusedError: all of the letters were sent already, are answered, or go to nobody in office.
        WorldError: the journal or the archive cannot be written; nothing was recorded.
    """
    recorder.check_day(sending.on)
    pairs, left_out = _addressed(folder, out, sending, RecordedBy(folder, recorder.today))
    others = {template.name for template in folder.templates} - set(sending.letters)
    if not sending.dry_run:
        back_up(journal, recorder.today)
    with journal.store.writing():
        history = journal.history()
        meant = dict.fromkeys(piece for _contact, piece in pairs)
        held = held_back(meant, folder.people, history, sending.on, sending.waived)
        pieces = [piece for piece in meant if piece not in held]
        pairs = [(contact, piece) for contact, piece in pairs if piece not in held]
        numbered = meant if sending.tracking_file else pieces or meant
        numbers = numbers_of(numbered, sending.tracking, sending.tracking_file, others)
        if held and not pieces:
            raise RefusedError(*(replace(problem, severity="error") for problem in held.values()))
        files = [(piece, file) for piece in pieces for file in piece.files]
        gone = [_gone(piece, file) for piece, file in files if not (out / file.path).is_file()]
        if gone:
            raise InputError(*gone)
        kept = _archived(out, files, None if sending.dry_run else journal.archive)
        events = [
            _event(folder, contact, piece, sending, recorder, numbers, kept) for contact, piece in pairs
        ]
        if not sending.dry_run:
            journal.archive.flush(kept.values())
            journal.store.append(events)
    return events, [*left_out, *held.values(), *strange_numbers(numbers, folder.campaign.country)]


@dataclass(frozen=True, slots=True)
class Mailed:
    """An e-mail that a server took."""

    piece: Piece
    """With the file that was attached."""
    contacts: tuple[str, ...]
    """Ids of those in whose record it belongs."""
    message_id: str
    accepted: str
    """What the server said."""
    reason: str = ""
    """Why again; empty where it went for the first time."""


def record_mailed(
    folder: Folder, journal: Journal, out: Path, mailed: Mailed, recorder: Recorder
) -> list[Sent]:
    """Record an e-mail that was sent just now, as `send` does; return the events.

    Raises:
        WorldError: the journal or the archive cannot be written; nothing was recorded.
    """
    sending = Sending(
        (mailed.piece.letter,),
        recorder.today,
        Channel.EMAIL,
        waived=Waived(again=bool(mailed.reason)),
        reason=mailed.reason,
    )
    with journal.store.writing():
        kept = _archived(out, [(mailed.piece, file) for file in mailed.piece.files], journal.archive)
        events = [
            replace(
                _event(folder, contact, mailed.piece, sending, recorder, {}, kept),
                message_id=mailed.message_id,
                accepted=mailed.accepted,
            )
            for contact in mailed.contacts
        ]
        journal.archive.flush(kept.values())
        journal.store.append(events)
    return events


def _made(out: Path, letters: Collection[str]) -> dict[tuple[str, str], list[Piece]]:
    """Return what lies in `out` of each letter, by letter and contact; of `letters` what counts.

    That is what was made with the letter's last date: a format that was not made again, as with `--format`,
    is another letter, and so is one whose file was deleted. One that was edited by hand may be what was sent,
    and is not dropped unseen.
    """
    found: dict[tuple[str, str], list[Piece]] = {}
    for piece in read_pieces(out):
        found.setdefault((piece.letter, piece.contact), []).append(piece)
    for name, pieces in found.items():
        if name[0] in letters:
            last = max(piece.written or date.min for piece in pieces)
            kept = [
                (piece, file)
                for piece in pieces
                for file in piece.files
                if (piece.written or date.min) == last or is_edited(out, file)
            ]
            kept = [one for one in kept if (out / one[1].path).is_file()] or kept
            found[name] = [
                replace(piece, files=tuple(file for owner, file in kept if owner is piece))
                for piece in pieces
                if any(owner is piece for owner, _file in kept)
            ]
    return found


def _addressed(
    folder: Folder, out: Path, sending: Sending, recorded: RecordedBy
) -> tuple[Pairs, list[Problem]]:
    """Return each addressee with the letter to record.

    Besides, a warning for each letter that is left out since it is not meant for its contact any more.
    """
    people = folder.people
    selected = select(people.contacts, sending.wanted, sending.unwanted, home=people.home, recorded=recorded)
    chosen = [contact.id for contact in selected]
    made = _made(out, sending.letters)
    warnings: list[Problem] = []
    if not sending.wanted:
        for letter, contact in _leftovers(folder, made, sending.letters):
            del made[letter, contact]
            message = _("'{contact}' is not in the audience any more and is left out", contact=contact)
            is_known = contact in people.by_id
            hint = _("say --to {contact} if the letter went", contact=contact) if is_known else ""
            warnings.append(
                Problem(template_path(letter), 0, message, hint, "warning", code="not-in-audience")
            )
    pairs: Pairs = []
    problems: list[Problem] = []
    known = sorted({letter for letter, _contact in made})
    for letter in dict.fromkeys(sending.letters):
        of_contact: dict[str, list[list[Piece]]] = {}
        for (name, _contact), pieces in made.items():
            for contact in pieces[0].contacts if name == letter else ():
                of_contact.setdefault(contact, []).append(pieces)
        meant = {pieces[0].contact: pieces for contact in chosen for pieces in of_contact.get(contact, ())}
        gone = [problem for problem in warnings if problem.path == template_path(letter)]
        if not meant and gone:
            problems += [replace(problem, severity="error") for problem in gone]
        elif not meant:
            problems.append(_nothing_made(letter, known, sending))
        for pieces in meant.values():
            problems += _faults(pieces, sending.on)
            piece = replace(pieces[0], files=_files(pieces))
            # A joint letter is recorded for each of its addressees, whichever of them was named.
            pairs += [(contact, piece) for contact in piece.contacts]
    if problems:
        raise InputError(*dict.fromkeys(problems))
    return pairs, warnings


def _nothing_made(letter: str, known: Sequence[str], sending: Sending) -> Problem:
    """Return why no letter of that name is there for anybody chosen."""
    if letter in known and sending.unwanted:
        message = _("nobody is left to whom letter '{letter}' goes", letter=letter)
        hint = _("`outreach status` shows where each letter stands")
        return Problem("", 0, message, hint, code="not-generated")
    message = (
        _("no letter '{letter}' was generated for those contacts", letter=letter)
        if sending.wanted
        else _("no letter '{letter}' was generated", letter=letter)
    )
    near = did_you_mean(letter, known) if letter not in known else ""
    hint = near or _("run `outreach generate {letter}` first", letter=letter)
    return Problem("", 0, message, hint, code="not-generated")


def _files(pieces: Sequence[Piece]) -> tuple[PieceFile, ...]:
    """Return the files of what should be one letter, by their paths."""
    return tuple(sorted((file for piece in pieces for file in piece.files), key=lambda file: file.path))


def _faults(pieces: Sequence[Piece], on: date) -> Iterator[Problem]:
    if len({piece.composed for piece in pieces}) > 1:
        paths = " / ".join(file.path for file in _files(pieces))
        hint = _("generate it again in all formats, or delete the file that was not sent")
        yield Problem(paths, 0, _("these are not the same letter"), hint, code="letters-differ")
    written = pieces[0].written
    if written and on < written:
        message = _("--on {on} lies before the letter's own date, {written}", on=on, written=written)
        yield Problem(pieces[0].letter, 0, message, _("give the day of posting"), code="bad-day")


def _leftovers(
    folder: Folder, made: Iterable[tuple[str, str]], letters: Iterable[str]
) -> list[tuple[str, str]]:
    """Return the letters to contacts that an opening letter's audience does not name any more."""
    opening = {template.name: template for template in folder.first_templates if template.name in letters}
    meant = {(one.template.name, one.contact) for one in folder.audiences.assignments(opening.values())}
    return [one for one in made if one[0] in opening and one not in meant]


def _archived(
    out: Path, files: Sequence[tuple[Piece, PieceFile]], archive: Archive | None
) -> dict[str, ArchivedFile]:
    """Keep the files and return the record of each by its path; without an archive, the records alone."""
    keep = partial(_keep, out, archive)
    if len(files) < _MANY:
        kept = keep(files)
    else:
        batches = (files[start : start + _BATCH] for start in range(0, len(files), _BATCH))
        kept = list(chain.from_iterable(in_processes(keep, batches, os.cpu_count() or 1)))
    return {file.path: record for (_piece, file), record in zip(files, kept, strict=True)}


def _keep(out: Path, archive: Archive | None, files: Sequence[tuple[Piece, PieceFile]]) -> list[ArchivedFile]:
    return [_kept(out, file, archive) for _piece, file in files]


def _kept(out: Path, file: PieceFile, archive: Archive | None) -> ArchivedFile:
    path = out / file.path
    if archive:
        return archive.copy(path, file.path)
    return ArchivedFile(file.name, digest(read_bytes(path, file.path)))


def _gone(piece: Piece, file: PieceFile) -> Problem:
    hint = _("run `outreach generate {letter}` again", letter=piece.letter)
    return Problem(file.path, 0, _("the generated file is gone"), hint, code="file-gone")


def _event(  # noqa: PLR0913, PLR0917  (what one record is made of)
    folder: Folder,
    contact: str,
    piece: Piece,
    sending: Sending,
    recorder: Recorder,
    numbers: Numbers,
    kept: Mapping[str, ArchivedFile],
) -> Sent:
    entry = folder.people.by_id.get(contact)
    files = tuple(PieceFile(kept[file.path].name, kept[file.path].sha256) for file in piece.files)
    return Sent(
        **recorder.header(sending.on, contact, piece.letter),
        piece=replace(piece, files=files),
        channel=sending.channel,
        tracking=numbers.get(piece, ""),
        role=entry.contact.role if entry else "",
        is_edited=any(kept[file.path].sha256 != file.sha256 for file in piece.files),
        is_again=sending.waived.again,
        reason=sending.reason,
    )
