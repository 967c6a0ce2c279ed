"""Tell by its content what a file is, and read it into candidates of contacts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from outreach.country.country import Country
from outreach.errors import InputError, Problem
from outreach.files.encoding import GUESSED, find_encoding, mended, read_unfolded
from outreach.files.reading import is_json, read_start
from outreach.files.tables import RawTable, is_spreadsheet, read_table
from outreach.language import _
from outreach.people.sources.annuaire import (
    SERVICE_ROLES,
    Service,
    candidate_of,
    communes_in,
    is_annuaire,
    services_in_json,
    services_in_table,
)
from outreach.people.sources.books import Book, find_book, read_book
from outreach.people.sources.candidate import Candidate
from outreach.people.sources.columns import (
    column_problems,
    count_known,
    guess_columns,
    left_columns,
    own_columns,
    read_columns,
)
from outreach.people.sources.ldif import is_ldif, read_ldif
from outreach.people.sources.places import place_of_code
from outreach.people.sources.rne import is_of_rne, read_rne, rne_kind
from outreach.people.sources.source_format import SourceFormat
from outreach.people.sources.vcard import read_vcards
from outreach.people.template import TEMPLATE_SHEET

_ENOUGH = 2
"""Columns to be recognised in a table; a single one that looks known is an accident."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which contacts of a file are wanted; empty for all."""

    home: Country
    """The campaign's."""
    communes: tuple[str, ...] = ()
    """Their codes; that of a part of a town counts as the town's."""
    departments: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def has_place(self, commune: str, department: str, region: str) -> bool:
        """Tell whether somebody of that place is wanted."""
        return (
            (
                not self.communes
                or self.home.whole_locality(commune) in self.communes
                or commune in self.communes
            )
            and (not self.departments or department in self.departments)
            and (not self.regions or region in self.regions)
        )


def choose(
    home: Country,
    communes: Iterable[str] = (),
    departments: Iterable[str] = (),
    regions: Iterable[str] = (),
    roles: Iterable[str] = (),
) -> Choice:
    """Return a choice by codes as people type them: in small letters, without the zeros that they lost."""

    def codes(kind: str, typed: Iterable[str]) -> tuple[str, ...]:
        return tuple(home.full_code(kind, code.strip().upper()) for code in typed)

    return Choice(
        home,
        codes("locality", communes),
        codes("division", departments),
        codes("region", regions),
        tuple(roles),
    )


@dataclass(slots=True)
class Source:
    """A file recognised, to be read once."""

    format: SourceFormat
    name: str
    """Of the kind, as for the file that is written: "rne-maires"."""
    candidates: Iterator[Candidate]
    header: tuple[str, ...] = ()
    separator: str = ";"
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Of a table with a guessed mapping: field to column."""
    used_columns: Iterable[str] = ()
    """Of an address book, which has no mapping; complete once all candidates were read."""
    own_columns: tuple[str, ...] = ()
    """Columns that become the contacts' own fields."""
    left_columns: Iterable[str] = ()
    """Columns that are not taken over; complete once all candidates were read."""
    notes: tuple[Problem, ...] = ()
    """What was passed over before the first row."""


def open_source(
    path: Path, wanted_format: SourceFormat | None, choice: Choice, given: Mapping[str, str], sheet: str = ""
) -> Source:
    """Recognise a file by its content.

    Args:
        path: The file; its name does not matter.
        wanted_format: What the file must be; None to find out.
        choice: Which contacts are wanted; of a file without a column for it, the first role is everyone's.
        given: Field to column, for a table.
        sheet: Of a spreadsheet; empty for the first with a header that is known.

    Raises:
        InputError: nothing that is known, or not the format that was said, or a table without a needed
            column.
        WorldError: the file cannot be read.
    """
    start = read_start(path)
    role = choice.roles[0] if choice.roles else ""
    if is_json(start):
        source = Source(SourceFormat.ANNUAIRE, "annuaire", _services(services_in_json(path), choice))
    elif _is_vcard(start):
        cards = read_vcards(read_unfolded(path, path.name), role, choice.home)
        source = Source(SourceFormat.VCARD, "vcard", _wanted(cards, choice))
    elif is_ldif(start):
        entries = read_ldif(read_unfolded(path, path.name), role, choice.home)
        source = Source(SourceFormat.LDIF, "ldif", _wanted(entries, choice))
    else:
        table = read_table(path, sheet=sheet, knows=count_known)
        table = replace(table, header=tuple(map(mended, table.header)))
        source = _table(path, table, choice, given, role)
        source.notes = (*_guessed_encoding(path, start), *_passed_over(path.name, table))
    if (
        wanted_format
        and wanted_format != source.format
        and not (wanted_format is SourceFormat.TABLE and is_spreadsheet(start))
    ):
        hint = _("it looks like {format}", format=source.format.value)
        raise InputError(
            Problem(
                path.name,
                0,
                _("is no {format} file", format=wanted_format.value),
                hint,
                code="unknown-source",
            )
        )
    return source


def _table(path: Path, table: RawTable, choice: Choice, given: Mapping[str, str], role: str) -> Source:
    kind = rne_kind(table.header) if not given else None
    if kind:
        candidates = read_rne(kind, table, choice.has_place)
        return Source(SourceFormat.RNE, f"rne-{kind.name}", candidates, table.header, table.separator)
    if is_of_rne(table.header) and not given:
        found = ", ".join(table.header)
        raise InputError(
            Problem(
                path.name,
                1,
                _("is of the Répertoire national des élus, but of no kind that is known"),
                _("the header is {found}", found=found),
                code="unknown-source",
            )
        )
    if is_annuaire(table.header):
        # Its cells hold JSON, which nobody mends: what is rejected is given back as the program's own table.
        return Source(SourceFormat.ANNUAIRE, "annuaire", _services(services_in_table(table), choice))
    book = find_book(table.header) if not given else None
    if book:
        return _book(table, book, choice, role)
    if communes_in(RawTable(table.header, iter(()))) is not None:
        hint = _("it names no people; give it to `outreach contacts complete`")
        raise InputError(Problem(path.name, 1, _("is INSEE's list of communes"), hint, code="unknown-source"))
    columns = guess_columns(table.header, given, path.name)
    problems = column_problems(columns, table, path.name, role)
    if len(columns) < _ENOUGH:
        shown = ", ".join(table.header[:8])
        hint = _(
            "looked for RNE, Annuaire, COG, vCard, Google or a table with names; the header is {columns}",
            columns=shown,
        )
        raise InputError(
            Problem(path.name, 1, _("is no file that can be imported"), hint, code="unknown-source")
        )
    if problems:
        raise InputError(*problems)
    candidates = _wanted(read_columns(table, columns, role, choice.home), choice)
    mapping: dict[str, str] = {}
    for number, name in columns.items():
        column = table.header[number]
        mapping[name] = f"{mapping[name]} + {column}" if name in mapping else column
    left = tuple(filter(None, left_columns(columns, table.header).values()))
    own = tuple(own_columns(columns, table.header).values())
    return Source(
        SourceFormat.TABLE,
        path.stem,
        candidates,
        table.header,
        table.separator,
        mapping,
        own_columns=own,
        left_columns=left,
    )


def _book(table: RawTable, book: Book, choice: Choice, role: str) -> Source:
    kind = SourceFormat(book.name)
    entries = _wanted(read_book(table, book, role, choice.home), choice)
    return Source(
        kind,
        book.name,
        entries,
        table.header,
        table.separator,
        used_columns=book.used,
        left_columns=book.left,
    )


def _wanted(candidates: Iterator[Candidate], choice: Choice) -> Iterator[Candidate]:
    """Yield those of the places that were asked for, by their codes."""
    for candidate in candidates:
        insee = str(candidate.values.get("insee", ""))
        code = insee or str(candidate.values.get("postal_code", ""))
        if choice.has_place(insee, *place_of_code(code, choice.home)):
            yield candidate


def _is_vcard(start: bytes) -> bool:
    text = start.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return text.replace(b"\0", b"").lstrip()[:11].upper() == b"BEGIN:VCARD"


def _guessed_encoding(path: Path, start: bytes) -> Iterator[Problem]:
    """Say which encoding a table was taken to have, where nothing but its words tells."""
    encoding = "" if is_spreadsheet(start) else find_encoding(path, path.name)
    if encoding in GUESSED:
        hint = _("look whether the accents are right")
        message = _("is read as {encoding}", encoding=encoding)
        yield Problem(path.name, 0, message, hint, "warning", code="encoding-guessed")


def _passed_over(name: str, table: RawTable) -> Iterator[Problem]:
    """Name what stands above the header and the sheets that were not read, but for those of the template."""
    if TEMPLATE_SHEET in table.left_sheets:
        return
    for text in table.above:
        if not text.casefold().startswith("sep="):
            message = _("'{text}' stands above the header and is left out", text=text)
            hint = _("the header is line {line}", line=table.header_line)
            yield Problem(name, 0, message, hint, "warning", code="lines-above-header")
    if table.left_sheets:
        message = _("other sheets are not read: {sheets}", sheets=", ".join(table.left_sheets))
        hint = _("import one with --sheet NAME")
        yield Problem(name, 0, message, hint, "warning", code="sheets-not-read")


def _services(services: Iterator[Service], choice: Choice) -> Iterator[Candidate]:
    for number, service in enumerate(services, 1):
        candidate = candidate_of(service, number)
        known = service.kind in SERVICE_ROLES or choice.roles
        if known and choice.has_place(service.insee, candidate.department, candidate.region):
            yield candidate
