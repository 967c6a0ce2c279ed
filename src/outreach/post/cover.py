"""Make the cover sheet of a print run: what is in it, and what somebody has to see to."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from outreach.campaign.campaign import Campaign
from outreach.files.toml import load_words
from outreach.post.merge import Size, sheets_of
from outreach.post.pages import PageSetup, cover_pdf
from outreach.post.request import RunRequest
from outreach.post.run_letter import RunLetter

_ROWS = 150
"""Up to so many letters, the cover lists each; a larger run in blocks of fifty."""
_BLOCK = 50
_PAPERS: Mapping[Size, str] = {(297, 420): "A3", (148, 210): "A5", (216, 279): "Letter", (216, 356): "Legal"}
"""What sizes other than A4 are called (ISO 216, ANSI)."""


def print_words(campaign: Campaign) -> Mapping[str, Any]:
    """Return the words of data/print.toml in the campaign's language."""
    return load_words("print.toml", campaign.language)


def shown_day(campaign: Campaign, day: date) -> str:
    """Return the day written out in the campaign's language."""
    return campaign.country.language(campaign.language).long_date(day)


def make_cover(
    setup: PageSetup, request: RunRequest, letters: Sequence[RunLetter], cover_sheets: int
) -> bytes:
    """Return the cover of a run, which itself takes so many sheets; raises as `cover_pdf`."""
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
    totals += _by_hand(letters, words) + _trays(letters, words, duplex=request.duplex)
    rows = [_row(letter) for letter in letters] if len(letters) <= _ROWS else list(_blocks(letters))
    return cover_pdf(setup, totals, words["columns"], rows, shown_day(setup.campaign, setup.day))


def _by_hand(letters: Iterable[RunLetter], words: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return how often each enclosure is to be added by hand.

    One whose title the template works out is named in its letter alone, and counted as what the letter names.
    """
    counts = Counter(
        title
        for letter in letters
        for title in dict.fromkeys(
            words["as_named"] if "{" in enclosure.title else enclosure.title for enclosure in letter.by_hand
        )
    )
    return [
        (words["by_hand"], words["times"].format(count=count, what=title)) for title, count in counts.items()
    ]


def _trays(letters: Iterable[RunLetter], words: Mapping[str, Any], *, duplex: bool) -> list[tuple[str, str]]:
    """Return how many sheets the printer takes from another tray, by the size of their paper."""
    counts: Counter[Size] = Counter()
    for letter in letters:
        counts.update(letter.papers(duplex=duplex))
    return [
        (
            words["tray"],
            words["times"].format(
                count=count, what=f"{_PAPERS.get(size, '')} {size[0]} × {size[1]} mm".strip()
            ),
        )
        for size, count in counts.items()
    ]


def _row(letter: RunLetter) -> list[str]:
    body = letter.contact.organisation
    name = letter.recipient
    recipient = f"{name} ({body})" if body and body != name else name
    if len(letter.names) > 1:
        recipient = ", ".join(letter.names)
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
