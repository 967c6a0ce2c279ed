"""Choose, order and number the letters of a print run, and count its sheets."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from outreach.campaign.campaign import Campaign
from outreach.errors import InputError, Problem, errors_in
from outreach.files.toml import load_words
from outreach.journal.journal import read_history
from outreach.language import _, ngettext
from outreach.letters.audience import chosen_ids
from outreach.letters.folder import Folder
from outreach.letters.formats.formats import PRINTED
from outreach.letters.formats.pdf import page_count
from outreach.letters.formats.stationery import Stationery
from outreach.letters.making.inputs import Inputs
from outreach.letters.piece import Manifest, Piece
from outreach.people.contact import Contact
from outreach.people.names import bare
from outreach.post.merge import PdfFile, printable_pages, sheets_of
from outreach.post.pages import PageSetup, cover_pdf
from outreach.post.request import RunRequest
from outreach.post.staleness import Found, edited, found, other_dates, staleness
from outreach.progress import Progress, no_progress

_ROWS = 150
"""Up to so many letters, the cover lists each; a larger run in blocks of fifty."""
_BLOCK = 50


@dataclass(frozen=True, slots=True)
class RunLetter:
    """One letter of the run with its enclosures."""

    number: int
    """Place in the run, from 1."""
    piece: Piece
    contact: Contact
    """The first addressee."""
    file: PdfFile
    """The letter itself."""
    enclosures: tuple[PdfFile, ...]
    pages: tuple[int, ...]
    """Of the letter, then of each enclosure."""
    sheets: tuple[int, int] = (0, 0)
    """First and last sheet of the run."""

    @property
    def recipient(self) -> str:
        """The name that the letter's address begins with."""
        return self.piece.address[0] if self.piece.address else self.contact.name

    @property
    def files(self) -> tuple[PdfFile, ...]:
        """The letter, then its enclosures."""
        return (self.file, *self.enclosures)


@dataclass(frozen=True, slots=True)
class PrintRun:
    """A print run, worked out and not yet written."""

    folder: Folder
    request: RunRequest
    stationery: Stationery
    total: int
    """Letters in the whole run."""
    letters: tuple[RunLetter, ...]
    """Those to print, in the printing order."""
    cover: bytes
    """Empty in a reprint."""
    cover_sheets: int
    day: date
    warnings: tuple[Problem, ...] = ()

    @property
    def setup(self) -> PageSetup:
        """What all pages of the run share."""
        return setup_of(self.folder.campaign, self.stationery, self.day)

    @property
    def pages(self) -> int:
        """Printed pages, without blank ones and cover."""
        return sum(sum(letter.pages) for letter in self.letters)

    @property
    def sheets(self) -> int:
        """Sheets of paper, with the cover."""
        duplex = self.request.duplex
        return self.cover_sheets + sum(sheets_of(letter.pages, duplex=duplex) for letter in self.letters)


def plan_run(
    folder: Folder,
    out: Path,
    request: RunRequest,
    day: date,
    progress: Progress = no_progress,
) -> PrintRun:
    """Choose, order and number the letters of a run.

    Args:
        folder: The campaign.
        out: The folder of the generated letters.
        request: What to print.
        day: Of the run, for its cover.
        progress: Called with the letters checked and the letters in all.

    Raises:
        InputError: letters that were never generated or have changed since, enclosures that cannot be
            printed, an unknown letter or selector, or nothing to print; all of them at once.
    """
    manifest = Manifest(out)
    made = manifest.pieces()
    chosen_letters, problems = _letters(folder, manifest, request)
    ordered = sorted(chosen_letters, key=_order(request.sort, folder))
    chosen = _chosen(folder, request, ordered)
    enclosures = _enclosures(folder, dict.fromkeys(one.piece.letter for one in ordered), problems)
    inputs = Inputs(folder)
    letters: list[RunLetter] = []
    for number, one in enumerate(ordered, 1):
        if number in chosen:
            problems += staleness(one, inputs, folder.people)
        try:
            letters.append(_letter(folder, out, number, one, enclosures.get(one.piece.letter, ())))
        except InputError as error:
            problems += error.problems
        progress(number, len(ordered))
    if not chosen and not problems:
        problems.append(Problem("", 0, _("there is nothing to print"), _nothing(request, len(ordered))))
    if problems:
        raise InputError(*dict.fromkeys(problems))
    printed = [ordered[number - 1] for number in chosen]
    warnings = (*other_dates(folder, printed), *edited(out, made, printed))
    return replace(_numbered(folder, request, day, letters, chosen), warnings=warnings)


def _nothing(request: RunRequest, count: int) -> str:
    """Return what to do where there is nothing to print; `count` letters are in the run."""
    if count:
        return ngettext("the run has {count} letter", "the run has {count} letters", count)
    return _("run `outreach followup` first") if request.letters else _("run `outreach generate` first")


def print_words(campaign: Campaign) -> Mapping[str, Any]:
    """Return the words of data/print.toml in the campaign's language."""
    return load_words("print.toml", campaign.language)


def setup_of(campaign: Campaign, stationery: Stationery, day: date) -> PageSetup:
    """Return what all pages of a run share."""
    return PageSetup(campaign, stationery, f"{print_words(campaign)['title']} – {campaign.title}", day)


def shown_day(campaign: Campaign, day: date) -> str:
    """Return the day written out in the campaign's language."""
    return campaign.country.language(campaign.language).long_date(day)


def _letters(folder: Folder, manifest: Manifest, request: RunRequest) -> tuple[list[Found], list[Problem]]:
    """Return the letters of the run, in no order, and those that were never generated."""
    first = folder.first_templates
    templates = folder.templates_named(request.letters) if request.letters else first
    selectors = () if request.picks else request.selectors
    chosen = chosen_ids(folder.people, selectors, request.unwanted)
    problems = errors_in(folder.problems)
    printable = {file.path: piece for piece in manifest.pieces() if (file := piece.file(PRINTED))}
    letters = []
    opening = [template for template in templates if template in first]
    for assignment in folder.audiences.assignments(opening, chosen):
        piece = printable.get(f"{assignment.name}.{PRINTED}")
        if piece:
            letters.append(found(manifest, piece, assignment))
        elif not request.picks or set(request.picks) & set(assignment.contacts):
            hint = _("run `outreach generate {name}`", name=assignment.template.name)
            problems.append(Problem(f"{assignment.name}.{PRINTED}", 0, _("was never generated"), hint))
    names = {template.name for template in templates} - {template.name for template in opening}
    known = set(folder.people.by_id) if chosen is None else chosen
    follow_ups = [
        piece for piece in printable.values() if piece.letter in names and known & set(piece.contacts)
    ]
    posted = read_history(folder.campaign).sent_follow_ups if follow_ups else set()
    left = [piece for piece in follow_ups if not _is_posted(piece, posted)]
    if not request.picks or any(set(request.picks) & set(piece.contacts) for piece in left):
        follow_ups = left or follow_ups
    letters += [found(manifest, piece, None) for piece in follow_ups]
    return letters, problems


def _is_posted(piece: Piece, posted: Collection[tuple[str, str, date | None]]) -> bool:
    """Tell whether a follow-up letter of that date is recorded as sent to all of its addressees."""
    return all((contact, piece.letter, piece.written) in posted for contact in piece.contacts)


def _chosen(folder: Folder, request: RunRequest, ordered: Sequence[Found]) -> set[int]:
    """Return the numbers of the letters to print."""
    picked = chosen_ids(folder.people, request.picks)
    last = len(ordered) if request.count is None else request.first - 1 + request.count
    return {
        number
        for number, one in enumerate(ordered, 1)
        if request.first <= number <= last and (picked is None or picked & set(one.piece.contacts))
    }


def _enclosures(
    folder: Folder, letters: Iterable[str], problems: list[Problem]
) -> dict[str, list[tuple[PdfFile, int]]]:
    """Return the files that each letter encloses, with their pages, but for those that cannot be printed."""
    counts: dict[str, int] = {}
    found: dict[str, list[tuple[PdfFile, int]]] = {}
    templates = {template.name: template for template in folder.templates}
    for letter in letters:
        for enclosure in templates[letter].enclosures:
            if not enclosure.file:
                continue
            pdf = PdfFile(folder.campaign.path(enclosure.file), enclosure.file, is_ours=False)
            try:
                if pdf.shown not in counts:
                    counts[pdf.shown] = printable_pages(pdf)
                found.setdefault(letter, []).append((pdf, counts[pdf.shown]))
            except InputError as error:
                problems += error.problems
    return found


def _letter(
    folder: Folder, out: Path, number: int, one: Found, enclosures: Sequence[tuple[PdfFile, int]]
) -> RunLetter:
    entry = folder.people.by_id.get(one.piece.addressee)
    file = one.file
    if not entry:
        message = _("its contact '{contact}' is not there any more", contact=one.piece.addressee)
        raise InputError(Problem(file.path, 0, message, _("remove the file, or restore the contact")))
    pdf = PdfFile(out / file.path, file.path, is_ours=not one.is_edited)
    pages = printable_pages(pdf) if one.is_edited or not file.pages else file.pages
    return RunLetter(
        number,
        one.piece,
        entry.contact,
        pdf,
        tuple(enclosure for enclosure, _count in enclosures),
        (pages, *(count for _pdf, count in enclosures)),
    )


def _numbered(
    folder: Folder, request: RunRequest, day: date, letters: Sequence[RunLetter], chosen: set[int]
) -> PrintRun:
    """Give each letter its sheets, and make the cover, whose own sheets come first."""
    stationery = Stationery(folder.campaign.layout, folder.campaign.root)
    cover, cover_sheets = b"", 0
    placed: list[RunLetter] = []
    for _attempt in range(3):  # the cover's length hardly depends on the numbers in it
        placed = list(_placed(letters, 1 + cover_sheets, duplex=request.duplex))
        if request.is_reprint:
            placed = [letter for letter in placed if letter.number in chosen]
            break
        cover = _cover(setup_of(folder.campaign, stationery, day), request, placed, cover_sheets)
        needed = sheets_of([page_count(cover)], duplex=request.duplex)
        if needed == cover_sheets:
            break
        cover_sheets = needed
    return PrintRun(folder, request, stationery, len(letters), tuple(placed), cover, cover_sheets, day)


def _placed(letters: Iterable[RunLetter], first: int, *, duplex: bool) -> Iterator[RunLetter]:
    for letter in letters:
        count = sheets_of(letter.pages, duplex=duplex)
        yield replace(letter, sheets=(first, first + count - 1))
        first += count


def _cover(setup: PageSetup, request: RunRequest, letters: Sequence[RunLetter], cover_sheets: int) -> bytes:
    words = print_words(setup.campaign)
    sheets = cover_sheets + sum(sheets_of(letter.pages, duplex=request.duplex) for letter in letters)
    totals = [
        (words["letters"], str(len(letters))),
        (words["pages"], str(sum(sum(letter.pages) for letter in letters))),
        (words["sheets"], str(sheets)),
    ]
    by_letter: dict[str, list[RunLetter]] = {}
    for letter in letters:
        by_letter.setdefault(letter.piece.title, []).append(letter)
    for title, members in by_letter.items():
        used = sum(sheets_of(letter.pages, duplex=request.duplex) for letter in members)
        totals.append((title, words["part"].format(count=len(members), sheets=used)))
    rows = [_row(letter) for letter in letters] if len(letters) <= _ROWS else list(_blocks(letters))
    return cover_pdf(setup, totals, words["columns"], rows, shown_day(setup.campaign, setup.day))


def _row(letter: RunLetter) -> list[str]:
    body = letter.contact.organisation
    name = letter.recipient
    recipient = f"{name} ({body})" if body and body != name else name
    return [
        str(letter.number),
        letter.piece.title,
        recipient,
        "+".join(map(str, letter.pages)),
        _span(letter.sheets[0], letter.sheets[1]),
        "",
    ]


def _blocks(letters: Sequence[RunLetter]) -> Iterator[list[str]]:
    """Yield a row for each block of letters, short enough to check off a pile against it."""
    for _block, group in groupby(letters, key=lambda letter: (letter.number - 1) // _BLOCK):
        block = list(group)
        first, last = block[0], block[-1]
        yield [
            _span(first.number, last.number),
            ", ".join(dict.fromkeys(letter.piece.title for letter in block)),
            f"{first.contact.name} – {last.contact.name}",
            str(sum(sum(letter.pages) for letter in block)),
            _span(first.sheets[0], last.sheets[1]),
            "",
        ]


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _order(sort: str, folder: Folder) -> Callable[[Found], tuple[object, ...]]:
    """Return the key that letters are sorted by, one of `SORTS`."""
    people = folder.people.by_id
    places = {name: number for number, name in enumerate(contact.id for contact in folder.people.contacts)}
    letters = {template.name: number for number, template in enumerate(folder.templates)}

    def order(one: Found) -> tuple[object, ...]:
        piece = one.piece
        entry = people.get(piece.addressee)
        usual = (places.get(piece.contacts[0], len(places)), letters[piece.letter], one.file.path)
        if entry is None or sort == "contact":
            return usual
        contact = entry.contact
        if sort == "postal-code":
            return (contact.country, contact.postal_code, *usual)
        if sort == "name":
            return (bare(contact.family_name or contact.organisation or contact.name), *usual)
        if sort == "letter":
            return (letters[piece.letter], *usual)
        raise ValueError(sort)

    return order
