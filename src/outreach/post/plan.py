"""Choose, order and number the letters of a print run, and count its sheets."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from outreach.errors import InputError, Problem, errors_in
from outreach.files.toml import load_data
from outreach.journal.case import sent_follow_ups
from outreach.journal.journal import read_events
from outreach.language import _, ngettext
from outreach.letters.folder import Folder, first_letters
from outreach.letters.formats.pdf import page_count as pages_of
from outreach.letters.making.inputs import Inputs
from outreach.letters.piece import ManifestEntry, read_entries
from outreach.letters.render import long_date
from outreach.people.contact import Contact
from outreach.people.names import bare
from outreach.people.selectors import select
from outreach.post.merge import Part, page_count, sheets_of
from outreach.post.pages import Desk, cover_pdf
from outreach.post.staleness import Found, edited, other_dates, staleness
from outreach.progress import Progress, untold

_ROWS = 150
"""Up to so many letters, the cover lists each; a larger run in blocks of fifty."""
_BLOCK = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to print, as the command line says it."""

    letters: tuple[str, ...] = ()
    """Names; none for all that open a correspondence."""
    selectors: tuple[str, ...] = ()
    """Plain ids pick letters out of the run and leave their numbers; others say what the run is."""
    unwanted: tuple[str, ...] = ()
    sort: str = "contact"
    """`contact`, `postal-code`, `name` or `letter`."""
    first: int = 1
    """Number of the first letter to print."""
    count: int | None = None
    """How many; None for the rest."""
    duplex: bool = True

    @property
    def picks(self) -> tuple[str, ...]:
        """The selectors, if all of them are plain ids."""
        plain = all(":" not in text and text != "all" for text in self.selectors)
        return self.selectors if plain else ()

    @property
    def is_reprint(self) -> bool:
        """Tell whether only some letters of a run are printed again, without its cover."""
        return bool(self.picks) or self.first > 1 or self.count is not None


@dataclass(frozen=True, slots=True)
class Item:
    """One letter of the run with its enclosures."""

    number: int
    """Place in the run, from 1."""
    entry: ManifestEntry
    contact: Contact
    """The first addressee."""
    out: Path
    """Folder of the generated letters."""
    enclosures: tuple[Part, ...]
    pages: tuple[int, ...]
    """Of the letter, then of each enclosure."""
    sheets: tuple[int, int] = (0, 0)
    """First and last sheet of the run."""

    @property
    def recipient(self) -> str:
        """The name that the letter's address begins with."""
        return self.entry.address[0] if self.entry.address else self.contact.name

    @property
    def parts(self) -> tuple[Part, ...]:
        """The letter, then its enclosures."""
        return (Part(self.out / self.entry.path, self.entry.path), *self.enclosures)


@dataclass(frozen=True, slots=True)
class Plan:
    """A print run, worked out and not yet written."""

    folder: Folder
    wanted: Wanted
    total: int
    """Letters in the whole run."""
    items: tuple[Item, ...]
    """Those to print, in the printing order."""
    cover: bytes
    """Empty in a reprint."""
    cover_sheets: int
    day: date
    warnings: tuple[Problem, ...] = ()

    @property
    def pages(self) -> int:
        """Printed pages, without blank ones and cover."""
        return sum(sum(item.pages) for item in self.items)

    @property
    def sheets(self) -> int:
        """Sheets of paper, with the cover."""
        duplex = self.wanted.duplex
        return self.cover_sheets + sum(sheets_of(item.pages, duplex=duplex) for item in self.items)


def plan_run(
    folder: Folder,
    out: Path,
    wanted: Wanted,
    day: date,
    progress: Progress = untold,
) -> Plan:
    """Choose, order and number the letters of a run.

    Args:
        folder: The campaign.
        out: The folder of the generated letters.
        wanted: What to print.
        day: Of the run, for its cover.
        progress: Called with the letters checked and the letters in all.

    Raises:
        InputError: letters that were never generated or have changed since, enclosures that cannot be
            printed, an unknown letter or selector, or nothing to print; all of them at once.
    """
    made: dict[str, ManifestEntry] = {}
    editable: list[ManifestEntry] = []
    for entry in read_entries(out):
        if entry.format == "pdf":
            made[entry.path] = entry
        elif entry.format == "docx":
            editable.append(entry)
    found, problems = _run(folder, made, wanted)
    contacts = {contact.id: contact for contact in folder.contacts}
    ordered = sorted(found, key=_order(wanted.sort, contacts, folder))
    picked = {contact.id for contact in select(folder.contacts, wanted.picks)} if wanted.picks else None
    last = len(ordered) if wanted.count is None else wanted.first - 1 + wanted.count
    chosen = {
        number
        for number, one in enumerate(ordered, 1)
        if wanted.first <= number <= last and (picked is None or picked & set(one.entry.contacts))
    }
    inputs = Inputs(folder)
    enclosures = _enclosures(folder, dict.fromkeys(one.entry.letter for one in ordered), problems)
    items: list[Item] = []
    for number, one in enumerate(ordered, 1):
        if number in chosen:
            problems += staleness(one, out, inputs, contacts)
        try:
            items.append(_item(out, number, one.entry, contacts, enclosures.get(one.entry.letter, ())))
        except InputError as error:
            problems += error.problems
        progress(number, len(ordered))
    if not chosen and not problems:
        hint = (
            ngettext("the run has {count} letter", "the run has {count} letters", len(ordered))
            if ordered
            else _("run `outreach generate` first")
        )
        if wanted.letters and not ordered:
            hint = _("run `outreach followup` first")
        problems.append(Problem("", 0, _("there is nothing to print"), hint))
    if problems:
        raise InputError(*dict.fromkeys(problems))
    plan = _numbered(folder, wanted, day, items, chosen)
    printed = [ordered[number - 1] for number in chosen]
    warnings = [*other_dates(folder, printed), *edited(out, editable, {one.entry.path for one in printed})]
    return replace(plan, warnings=tuple(warnings))


def words_of(folder: Folder) -> Mapping[str, Any]:
    """Return the words of data/print.toml in the campaign's language."""
    words: Mapping[str, Any] = load_data("print.toml")[folder.campaign.language]
    return words


def desk_of(folder: Folder, day: date) -> Desk:
    """Return what all pages of a run share."""
    return Desk(folder.campaign, f"{words_of(folder)['title']} – {folder.campaign.title}", day)


def shown_day(folder: Folder, day: date) -> str:
    """Return the day written out in the campaign's language."""
    return long_date(day, folder.campaign.language)


def _run(
    folder: Folder, made: Mapping[str, ManifestEntry], wanted: Wanted
) -> tuple[list[Found], list[Problem]]:
    """Return the letters of the run, in no order, and those that were never generated."""
    first = folder.first_templates
    templates = folder.chosen_templates(wanted.letters) if wanted.letters else first
    selectors = () if wanted.picks else wanted.selectors
    problems = errors_in(folder.problems)
    found = []
    opening = [template for template in templates if template in first]
    for document in first_letters(folder, opening, selectors, wanted.unwanted):
        entry = made.get(f"{document.name}.pdf")
        if entry:
            found.append(Found(entry, document))
        elif not wanted.picks or set(wanted.picks) & set(document.contacts):
            hint = _("run `outreach generate {name}`", name=document.template.name)
            problems.append(Problem(f"{document.name}.pdf", 0, _("was never generated"), hint))
    chosen = {contact.id for contact in select(folder.contacts, selectors, wanted.unwanted)}
    names = {template.name for template in templates} - {template.name for template in opening}
    follow_ups = [entry for entry in made.values() if entry.letter in names and chosen & set(entry.contacts)]
    posted = sent_follow_ups(read_events(folder.campaign.root) if follow_ups else ())
    left = [entry for entry in follow_ups if not _is_posted(entry, posted)]
    if not wanted.picks or any(set(wanted.picks) & set(entry.contacts) for entry in left):
        follow_ups = left or follow_ups
    found += [Found(entry, None) for entry in follow_ups]
    return found, problems


def _is_posted(entry: ManifestEntry, posted: Collection[tuple[str, str, str]]) -> bool:
    """Tell whether a follow-up letter of that date is recorded as sent to all of its addressees."""
    return all((contact, entry.letter, entry.date) in posted for contact in entry.contacts)


def _enclosures(
    folder: Folder, letters: Iterable[str], problems: list[Problem]
) -> dict[str, list[tuple[Part, int]]]:
    """Return the files that each letter encloses, with their pages, but for those that cannot be printed."""
    counts: dict[str, int] = {}
    found: dict[str, list[tuple[Part, int]]] = {}
    templates = {template.name: template for template in folder.templates}
    for letter in letters:
        for enclosure in templates[letter].enclosures:
            if not enclosure.file:
                continue
            part = Part(folder.campaign.path(enclosure.file), enclosure.file, is_ours=False)
            try:
                if part.shown not in counts:
                    counts[part.shown] = page_count(part)
                found.setdefault(letter, []).append((part, counts[part.shown]))
            except InputError as error:
                problems += error.problems
    return found


def _item(
    out: Path,
    number: int,
    entry: ManifestEntry,
    contacts: Mapping[str, Contact],
    enclosures: Sequence[tuple[Part, int]],
) -> Item:
    if entry.addressee not in contacts:
        message = _("its contact '{contact}' is not there any more", contact=entry.addressee)
        raise InputError(Problem(entry.path, 0, message, _("remove the file, or restore the contact")))
    pages = entry.pages or page_count(Part(out / entry.path, entry.path))
    return Item(
        number,
        entry,
        contacts[entry.addressee],
        out,
        tuple(part for part, _ in enclosures),
        (pages, *(count for _, count in enclosures)),
    )


def _numbered(folder: Folder, wanted: Wanted, day: date, items: Sequence[Item], chosen: set[int]) -> Plan:
    """Give each letter its sheets, and make the cover, whose own sheets come first."""
    cover, cover_sheets = b"", 0
    placed: list[Item] = []
    for _attempt in range(3):  # the cover's length hardly depends on the numbers in it
        placed = list(_placed(items, 1 + cover_sheets, duplex=wanted.duplex))
        kept = [item for item in placed if item.number in chosen]
        if wanted.is_reprint:
            return Plan(folder, wanted, len(items), tuple(kept), b"", 0, day)
        cover = _cover(folder, wanted, day, kept, cover_sheets)
        needed = sheets_of([pages_of(cover)], duplex=wanted.duplex)
        if needed == cover_sheets:
            break
        cover_sheets = needed
    return Plan(folder, wanted, len(items), tuple(placed), cover, cover_sheets, day)


def _placed(items: Iterable[Item], first: int, *, duplex: bool) -> Iterator[Item]:
    for item in items:
        count = sheets_of(item.pages, duplex=duplex)
        yield replace(item, sheets=(first, first + count - 1))
        first += count


def _cover(folder: Folder, wanted: Wanted, day: date, items: Sequence[Item], cover_sheets: int) -> bytes:
    words = words_of(folder)
    sheets = cover_sheets + sum(sheets_of(item.pages, duplex=wanted.duplex) for item in items)
    totals = [
        (words["letters"], str(len(items))),
        (words["pages"], str(sum(sum(item.pages) for item in items))),
        (words["sheets"], str(sheets)),
    ]
    by_letter: dict[str, list[Item]] = {}
    for item in items:
        by_letter.setdefault(item.entry.title, []).append(item)
    for title, members in by_letter.items():
        used = sum(sheets_of(item.pages, duplex=wanted.duplex) for item in members)
        totals.append((title, words["part"].format(count=len(members), sheets=used)))
    rows = [_row(item) for item in items] if len(items) <= _ROWS else list(_blocks(items))
    columns = words["columns"]
    return cover_pdf(desk_of(folder, day), totals, columns, rows, shown_day(folder, day))


def _row(item: Item) -> list[str]:
    body = item.contact.organisation
    name = item.recipient
    recipient = f"{name} ({body})" if body and body != name else name
    return [
        str(item.number),
        item.entry.title,
        recipient,
        "+".join(map(str, item.pages)),
        _span(item.sheets[0], item.sheets[1]),
        "",
    ]


def _blocks(items: Sequence[Item]) -> Iterator[list[str]]:
    """Yield a row for each block of letters, short enough to check off a pile against it."""
    for _block, group in groupby(items, key=lambda item: (item.number - 1) // _BLOCK):
        block = list(group)
        first, last = block[0], block[-1]
        yield [
            _span(first.number, last.number),
            ", ".join(dict.fromkeys(item.entry.title for item in block)),
            f"{first.contact.name} – {last.contact.name}",
            str(sum(sum(item.pages) for item in block)),
            _span(first.sheets[0], last.sheets[1]),
            "",
        ]


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _order(
    sort: str, contacts: Mapping[str, Contact], folder: Folder
) -> Callable[[Found], tuple[object, ...]]:
    places = {name: number for number, name in enumerate(contacts)}
    letters = {template.name: number for number, template in enumerate(folder.templates)}

    def order(one: Found) -> tuple[object, ...]:
        entry = one.entry
        contact = contacts.get(entry.addressee)
        usual = (places.get(entry.contacts[0], len(places)), letters[entry.letter], entry.path)
        if contact is None or sort == "contact":
            return usual
        if sort == "postal-code":
            return (contact.country, contact.postal_code, *usual)
        if sort == "name":
            return (bare(contact.family_name or contact.organisation or contact.name), *usual)
        return (letters[entry.letter], *usual)

    return order
