"""Read which registered letter bears which number: by option, or from the list that the print run made."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from outreach.country.country import Country
from outreach.errors import InputError, Problem, did_you_mean
from outreach.files.tables import read_table
from outreach.language import _
from outreach.letters.piece import Piece

Numbers = Mapping[Piece, str]


def numbers_of(
    pieces: Iterable[Piece], number: str, path: Path | None, others: Collection[str]
) -> dict[Piece, str]:
    """Return the tracking number of each letter that has one.

    Args:
        pieces: The letters to record.
        number: Of the one letter that is recorded; empty for none.
        path: CSV with the columns contact and number, and letter where a contact got several.
        others: Names of letters that are not recorded now; their rows are left for later.

    Raises:
        InputError: a number that cannot be assigned to one letter; all of them.
    """
    recorded = list(dict.fromkeys(pieces))
    numbers: dict[Piece, str] = {}
    if number:
        if len(recorded) != 1:
            message = _("--tracking goes with one letter, {count} are recorded", count=len(recorded))
            raise InputError(
                Problem(
                    "",
                    0,
                    message,
                    _("give --to ID, or the numbers with --tracking-file"),
                    code="recipient-needed",
                )
            )
        numbers[recorded[0]] = number
    if path:
        numbers |= _read_numbers(path, recorded, others)
    return numbers


def strange_numbers(numbers: Numbers, country: Country) -> list[Problem]:
    """Return a warning for each number that does not look like one."""
    warnings = []
    for piece, number in numbers.items():
        fault = country.tracking.fault(number) if country.tracking else ""
        if fault:
            message = _("contact '{contact}': {fault}", contact=piece.contact, fault=fault)
            warnings.append(
                Problem("", 0, message, _("recorded as it is"), "warning", code="tracking-number-odd")
            )
    return warnings


def _read_numbers(path: Path, pieces: Sequence[Piece], others: Collection[str]) -> dict[Piece, str]:
    """Read a list; a joint letter stands under "joint" or any of its addressees."""
    table = read_table(path)
    columns = _columns(table.header, path.name)
    known: dict[str, list[Piece]] = {}
    for piece in pieces:
        for name in dict.fromkeys((piece.contact, *piece.contacts)):
            known.setdefault(name, []).append(piece)
    numbers: dict[Piece, str] = {}
    taken: dict[str, Piece] = {}
    problems = []
    for line, cells in table.rows:
        row = {name: cells[place].strip() for name, place in columns.items() if place < len(cells)}
        contact, number, letter = (row.get(name, "") for name in ("contact", "number", "letter"))
        if not number or letter in others:
            continue
        meant = [piece for piece in known.get(contact, ()) if letter in ("", piece.letter)]
        if not meant:
            shown = f"{contact} {letter}".strip()
            hint = did_you_mean(contact, list(known))
            if contact in known:
                hint = did_you_mean(letter, [piece.letter for piece in known[contact]])
            message = _("'{contact}' is not among those recorded", contact=shown)
            problems.append(Problem(path.name, line, message, hint, code="unknown-contact"))
        elif len(meant) > 1:
            message = _("several letters to '{contact}' are recorded", contact=contact)
            hint = _("say which in a column letter")
            problems.append(Problem(path.name, line, message, hint, code="letter-needed"))
        elif numbers.get(meant[0], number) != number or taken.setdefault(number, meant[0]) != meant[0]:
            message = _("the number {number} contradicts another row", number=number)
            problems.append(
                Problem(path.name, line, message, _("each letter has its own"), code="tracking-contradicts")
            )
        numbers.update(dict.fromkeys(meant, number))
    if problems:
        raise InputError(*problems)
    return numbers


def _columns(header: Sequence[str], shown: str) -> dict[str, int]:
    """Return the place of each column by its name in small letters."""
    columns = {cell.casefold(): place for place, cell in enumerate(header)}
    missing = [name for name in ("contact", "number") if name not in columns]
    if missing:
        raise InputError(
            Problem(
                shown,
                1,
                _("there is no column '{name}'", name=missing[0]),
                _("the header is {header}", header=", ".join(header)),
                code="missing-column",
            )
        )
    return columns
