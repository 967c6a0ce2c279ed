"""Tell by its content what a file is, and read it into candidates of contacts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from outreach.country.country import Country
from outreach.errors import InputError, Problem
from outreach.files.reading import is_json, read_start, read_text
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
from outreach.people.sources.candidate import Candidate
from outreach.people.sources.columns import column_problems, guess_columns, read_columns
from outreach.people.sources.google import is_google, read_google
from outreach.people.sources.rne import read_rne, rne_kind
from outreach.people.sources.source_format import SourceFormat
from outreach.people.sources.vcard import read_vcards

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


def open_source(
    path: Path, wanted_format: SourceFormat | None, choice: Choice, given: Mapping[str, str]
) -> Source:
    """Recognise a file by its content.

    Args:
        path: The file; its name does not matter.
        wanted_format: What the file must be; None to find out.
        choice: Which contacts are wanted; of a file without a column for it, the first role is everyone's.
        given: Field to column, for a table.

    Raises:
        InputError: nothing that is known, or not the format that was said, or a table without a needed
            column.
        WorldError: the file cannot be read.
    """
    start = read_start(path)
    role = choice.roles[0] if choice.roles else ""
    if is_json(start):
        source = Source(SourceFormat.ANNUAIRE, "annuaire", _services(services_in_json(path), choice))
    elif start.removeprefix(b"\xef\xbb\xbf").lstrip()[:11].upper() == b"BEGIN:VCARD":
        cards = read_vcards(read_text(path, path.name), role, choice.home)
        source = Source(SourceFormat.VCARD, "vcard", cards)
    else:
        source = _table(path, read_table(path), choice, given, role)
    if (
        wanted_format
        and wanted_format != source.format
        and not (wanted_format is SourceFormat.TABLE and is_spreadsheet(start))
    ):
        hint = _("it looks like {format}", format=source.format.value)
        raise InputError(Problem(path.name, 0, _("is no {format} file", format=wanted_format.value), hint))
    return source


def _table(path: Path, table: RawTable, choice: Choice, given: Mapping[str, str], role: str) -> Source:
    kind = rne_kind(table.header) if not given else None
    if kind:
        candidates = read_rne(kind, table, choice.has_place)
        return Source(SourceFormat.RNE, f"rne-{kind.name}", candidates, table.header, table.separator)
    if is_annuaire(table.header):
        # Its cells hold JSON, which nobody mends: what is rejected is given back as the program's own table.
        return Source(SourceFormat.ANNUAIRE, "annuaire", _services(services_in_table(table), choice))
    if is_google(table.header):
        entries = read_google(table, role, choice.home)
        return Source(SourceFormat.GOOGLE, "google", entries, table.header, table.separator)
    if communes_in(RawTable(table.header, iter(()))) is not None:
        hint = _("it names no people; give it to `outreach contacts complete`")
        raise InputError(Problem(path.name, 1, _("is INSEE's list of communes"), hint))
    columns = guess_columns(table.header, given, path.name)
    problems = column_problems(columns, table, path.name, role)
    if len(columns) < _ENOUGH:
        shown = ", ".join(table.header[:8])
        hint = _(
            "looked for RNE, Annuaire, COG, vCard, Google or a table with names; the header is {columns}",
            columns=shown,
        )
        raise InputError(Problem(path.name, 1, _("is no file that can be imported"), hint))
    if problems:
        raise InputError(*problems)
    candidates = (
        candidate
        for candidate in read_columns(table, columns, role, choice.home)
        if choice.has_place(str(candidate.values.get("insee", "")), candidate.department, candidate.region)
    )
    mapping = {name: table.header[number] for number, name in columns.items()}
    return Source(SourceFormat.TABLE, path.stem, candidates, table.header, table.separator, mapping)


def _services(services: Iterator[Service], choice: Choice) -> Iterator[Candidate]:
    for number, service in enumerate(services, 1):
        candidate = candidate_of(service, number)
        known = service.kind in SERVICE_ROLES or choice.roles
        if known and choice.has_place(service.insee, candidate.department, candidate.region):
            yield candidate
