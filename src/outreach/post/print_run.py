"""Choose, order and number the letters of a print run, and count its sheets."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from outreach.campaign.campaign import Campaign
from outreach.campaign.paths import is_inside
from outreach.errors import InputError, Problem, RefusedError, errors_in
from outreach.journal.choosing import RecordedBy
from outreach.journal.holding_back import held_back
from outreach.journal.journal import read_history
from outreach.language import _, ngettext
from outreach.letters.assignment import Assignment
from outreach.letters.audience import chosen_ids
from outreach.letters.folder import Folder
from outreach.letters.formats.formats import PRINTED
from outreach.letters.formats.pdf import page_count
from outreach.letters.formats.stationery import Stationery
from outreach.letters.making.inputs import Inputs
from outreach.letters.piece import Manifest, Piece
from outreach.people.names import bare
from outreach.post.cover import make_cover, print_words
from outreach.post.merge import PdfFile, Size, page_sizes, papers_of, printable_pages, sheets_of
from outreach.post.pages import PageSetup
from outreach.post.print_record import PrintRecord
from outreach.post.request import RunRequest
from outreach.post.run_letter import RunLetter
from outreach.post.staleness import Found, edited, found, other_dates, staleness
from outreach.progress import Progress, no_progress

_FEW = 5
"""Files of a letter up to which each one that is missing is named."""


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


@dataclass(frozen=True, slots=True)
class Choice:
    """The letters that go out, by whatever way, and what is to be said of them."""

    letters: tuple[RunLetter, ...]
    """In the printing order, without their sheets."""
    found: tuple[Found, ...]
    """The same, as they lie there."""
    left_out: tuple[Problem, ...]
    """A warning for each letter that was asked for and does not go."""
    in_run: int
    """Letters of the run, whether they were asked for or not."""
    total: int
    """Greatest number in the run, with those on paper."""


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
        InputError: as `choose_letters`, or there is nothing to print.
        RefusedError: whoever was chosen has answered, left office, or was sent the letter already.
    """
    on_paper = PrintRecord(out).run if request.is_reprint else {}
    choice = choose_letters(folder, out, request, day, on_paper, progress)
    if not choice.letters:
        hint = _nothing(request, choice.in_run)
        raise InputError(Problem("", 0, _("there is nothing to print"), hint, code="nothing-to-print"))
    warnings = (
        *choice.left_out,
        *other_dates(folder, choice.found),
        *edited(out, Manifest(out).pieces(), choice.found),
        *_not_as_on_paper(choice.found, on_paper),
    )
    return replace(_placed_run(folder, request, day, choice.letters, choice.total), warnings=warnings)


def choose_letters(  # noqa: PLR0913, PLR0917  (what letters are chosen by)
    folder: Folder,
    out: Path,
    request: RunRequest,
    day: date,
    on_paper: Mapping[str, tuple[int, str]],
    progress: Progress = no_progress,
) -> Choice:
    """Choose, order and number letters as they were made.

    Args:
        folder: The campaign.
        out: The folder of the generated letters.
        request: Which letters.
        day: The last whose answers count.
        on_paper: Letters that have their numbers already, by file; empty for none.
        progress: Called with the letters checked and the letters in all.

    Raises:
        InputError: letters that were never generated or have changed since, enclosures that cannot be
            printed, an unknown letter or selector; all of them at once.
        RefusedError: whoever was chosen has answered, left office, or was sent the letter already.
    """
    manifest = Manifest(out)
    history = read_history(folder.campaign)

    series = [piece for piece in manifest.pieces() if piece.is_series]

    def held(pieces: Iterable[Piece]) -> dict[Piece, Problem]:
        return held_back(pieces, folder.people, history, day, request.waived, series)

    all_letters, problems = _letters(folder, manifest, request, day, held)
    ordered = sorted(all_letters, key=_order(request.sort, folder))
    kept_back = held(one.piece for one in ordered)
    numbered = _numbers(ordered, kept_back, on_paper, is_picked=bool(request.picks))
    chosen = _chosen(folder, request, numbered)
    printed = {number: numbered[number] for number in chosen if numbered[number].piece not in kept_back}
    enclosures = _enclosures(
        folder,
        dict.fromkeys(one.piece.letter for one in printed.values()),
        problems,
        allow_outside=request.allow_outside,
    )
    inputs = Inputs(folder)
    letters: list[RunLetter] = []
    for done, (number, one) in enumerate(printed.items(), 1):
        problems += staleness(one, inputs, folder.people)
        try:
            letters.append(_letter(folder, out, number, one, enclosures.get(one.piece.letter, ())))
        except InputError as error:
            problems += error.problems
        progress(done, len(printed))
    named = _named(folder, request, numbered, chosen, kept_back)
    if not printed and not problems and named:
        raise RefusedError(*(replace(problem, severity="error") for problem in named))
    if problems:
        raise InputError(*dict.fromkeys(problems))
    total = max([*numbered, *(number for number, _sha in on_paper.values())], default=0)
    return Choice(tuple(letters), tuple(printed.values()), tuple(named), len(numbered), total)


def _numbers(
    ordered: Iterable[Found],
    kept_back: Collection[Piece],
    on_paper: Mapping[str, tuple[int, str]],
    *,
    is_picked: bool,
) -> dict[int, Found]:
    """Return the letters by their number in the run, from 1; on paper it has its numbers already.

    Args:
        ordered: In the printing order.
        kept_back: What is left out: of a run on paper it keeps its number, in a new one it gets none.
        on_paper: By file the number, with the hash that it had; empty for a new run.
        is_picked: A letter that was added since may be printed too, with a number after the others.
    """
    old = {on_paper[one.file.path][0]: one for one in ordered if one.file.path in on_paper}
    if not old:
        return dict(enumerate((one for one in ordered if one.piece not in kept_back), 1))
    added = [one for one in ordered if one.file.path not in on_paper] if is_picked else []
    last = max(number for number, _sha in on_paper.values())
    return dict(sorted(old.items())) | dict(enumerate(added, last + 1))


def _named(
    folder: Folder,
    request: RunRequest,
    numbered: Mapping[int, Found],
    chosen: Collection[int],
    kept_back: Mapping[Piece, Problem],
) -> list[Problem]:
    """Return a warning for each letter that was asked for and is left out."""
    picked = chosen_ids(folder.people, request.picks)
    outside = {one.piece for number, one in numbered.items() if number not in chosen}
    return [
        problem
        for piece, problem in kept_back.items()
        if piece not in outside and (picked is None or picked & set(piece.contacts))
    ]


def _not_as_on_paper(printed: Iterable[Found], on_paper: Mapping[str, tuple[int, str]]) -> Iterator[Problem]:
    """Yield a warning for each letter of a reprint that has changed since its run was printed."""
    for one in printed:
        if one.file.path in on_paper and on_paper[one.file.path][1] != one.sha256:
            message = _("is not as it was when the run was printed")
            yield Problem(
                one.file.path,
                0,
                message,
                _("put the new one in the place of the old"),
                "warning",
                code="file-outdated",
            )


def _nothing(request: RunRequest, count: int) -> str:
    """Return what to do where there is nothing to print; `count` letters are in the run."""
    if count:
        return ngettext("the run has {count} letter", "the run has {count} letters", count)
    return _("run `outreach followup` first") if request.letters else _("run `outreach generate` first")


def _never_generated(missing: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Yield the files of each letter that are not there, one by one or, if there are many, as a count."""
    for letter, paths in missing.items():
        hint = _("run `outreach generate {name}`", name=letter)
        if len(paths) <= _FEW:
            yield from (
                Problem(path, 0, _("was never generated"), hint, code="not-generated") for path in paths
            )
        else:
            message = _(
                "{count} letters were never generated, {path} the first", count=len(paths), path=paths[0]
            )
            yield Problem("", 0, message, hint, code="not-generated")


def setup_of(campaign: Campaign, stationery: Stationery, day: date) -> PageSetup:
    """Return what all pages of a run share."""
    return PageSetup(campaign, stationery, f"{print_words(campaign)['title']} – {campaign.title}", day)


def _letters(
    folder: Folder,
    manifest: Manifest,
    request: RunRequest,
    day: date,
    held: Callable[[Iterable[Piece]], Collection[Piece]],
) -> tuple[list[Found], list[Problem]]:
    """Return the letters of the run, in no order, and those that should have been generated."""
    first = folder.first_templates
    templates = folder.templates_named(request.letters) if request.letters else first
    selectors = () if request.picks else request.selectors
    chosen = chosen_ids(folder.people, selectors, request.unwanted, RecordedBy(folder, day))
    problems = errors_in(folder.problems)
    printable = {file.path: piece for piece in manifest.pieces() if (file := piece.file(PRINTED))}
    letters = []
    missing: dict[str, list[str]] = {}
    opening = [template for template in templates if template in first]
    written = folder.letters_date(None, day)
    in_office = None if request.waived.former else written
    due = {one.name: one for one in folder.audiences.assignments(opening, chosen, in_office)}
    for assignment in folder.audiences.assignments(opening, chosen):
        piece = printable.get(f"{assignment.name}.{PRINTED}")
        if piece and piece.letter == assignment.template.name:  # a manifest may have been edited
            letters.append(found(manifest, piece, assignment))
        elif (
            assignment.name in due
            and (not request.picks or set(request.picks) & set(assignment.contacts))
            and not held([_unmade(due[assignment.name], written)])
        ):
            missing.setdefault(assignment.template.name, []).append(f"{assignment.name}.{PRINTED}")
    problems += _never_generated(missing)
    names = {template.name for template in templates} - {template.name for template in opening}
    known = set(folder.people.by_id) if chosen is None else chosen
    follow_ups = [
        piece for piece in printable.values() if piece.letter in names and known & set(piece.contacts)
    ]
    letters += [found(manifest, piece, None) for piece in follow_ups]
    return letters, problems


def _unmade(assignment: Assignment, written: date) -> Piece:
    """Return what there would be of a letter that was never generated."""
    template = assignment.template
    return Piece(template.name, assignment.contacts, kind=template.kind, written=written)


def _chosen(folder: Folder, request: RunRequest, numbered: Mapping[int, Found]) -> list[int]:
    """Return the numbers of the letters to print, but for what is left out."""
    picked = chosen_ids(folder.people, request.picks)
    last = max(numbered, default=0) if request.count is None else request.first - 1 + request.count
    return [
        number
        for number, one in numbered.items()
        if request.first <= number <= last and (picked is None or picked & set(one.piece.contacts))
    ]


def _enclosures(
    folder: Folder, letters: Iterable[str], problems: list[Problem], *, allow_outside: bool
) -> dict[str, list[tuple[PdfFile, tuple[Size, ...]]]]:
    """Return the files that each letter encloses, with their pages, but for those that cannot be printed."""
    counts: dict[str, tuple[Size, ...]] = {}
    found: dict[str, list[tuple[PdfFile, tuple[Size, ...]]]] = {}
    templates = {template.name: template for template in folder.templates}
    for letter in letters:
        for enclosure in templates[letter].enclosures:
            if not enclosure.file:
                continue
            path = folder.campaign.path(enclosure.file)
            pdf = PdfFile(path, enclosure.file, is_ours=False)
            if not allow_outside and not is_inside(path, folder.campaign.root):
                message = _("the enclosure lies outside the campaign folder")
                hint = _("copy it into the folder, or use --allow-outside")
                problem = Problem(pdf.shown, 0, message, hint, code="enclosure-outside")
                problems += [] if problem in problems else [problem]
                continue
            try:
                if pdf.shown not in counts:
                    counts[pdf.shown] = page_sizes(pdf)
                found.setdefault(letter, []).append((pdf, counts[pdf.shown]))
            except InputError as error:
                problems += error.problems
    return found


def _letter(
    folder: Folder, out: Path, number: int, one: Found, enclosures: Sequence[tuple[PdfFile, tuple[Size, ...]]]
) -> RunLetter:
    entry = folder.people.by_id.get(one.piece.addressee)
    file = one.file
    if not entry:
        message = _("its contact '{contact}' is not there any more", contact=one.piece.addressee)
        raise InputError(
            Problem(file.path, 0, message, _("remove the file, or restore the contact"), code="contact-gone")
        )
    (template,) = folder.templates_named([one.piece.letter])
    addressees = (one.piece.to,) if one.piece.to else one.piece.contacts
    pdf = PdfFile(out / file.path, file.path, is_ours=not one.is_edited)
    pages = printable_pages(pdf) if one.is_edited or not file.pages else file.pages
    return RunLetter(
        number,
        one.piece,
        entry.contact,
        tuple(folder.people.by_id[name].contact.name for name in addressees if name in folder.people.by_id),
        pdf,
        one.sha256 or "",
        tuple(enclosure for enclosure, _sizes in enclosures),
        (pages, *(count for _pdf, sizes in enclosures for _paper, count in papers_of(sizes))),
        tuple(sizes for _pdf, sizes in enclosures),
        tuple(enclosure for enclosure in template.enclosures if not enclosure.file),
    )


def _placed_run(
    folder: Folder, request: RunRequest, day: date, letters: Sequence[RunLetter], total: int
) -> PrintRun:
    """Give each letter its sheets, and make the cover, whose own sheets come first."""
    stationery = Stationery(folder.campaign.layout, folder.campaign.root)
    cover, cover_sheets = b"", 0
    placed: list[RunLetter] = []
    for _attempt in range(3):  # the cover's length hardly depends on the numbers in it
        placed = list(_placed(letters, 1 + cover_sheets, duplex=request.duplex))
        if request.is_reprint:
            break
        cover = make_cover(setup_of(folder.campaign, stationery, day), request, placed, cover_sheets)
        needed = sheets_of([page_count(cover)], duplex=request.duplex)
        if needed == cover_sheets:
            break
        cover_sheets = needed
    return PrintRun(folder, request, stationery, total, tuple(placed), cover, cover_sheets, day)


def _placed(letters: Iterable[RunLetter], first: int, *, duplex: bool) -> Iterator[RunLetter]:
    for letter in letters:
        count = sheets_of(letter.pages, duplex=duplex)
        yield replace(letter, sheets=(first, first + count - 1))
        first += count


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
