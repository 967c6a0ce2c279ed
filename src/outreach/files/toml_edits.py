"""Change entries of a list of tables in TOML text where they stand; every other character stays as it is."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tomli

from outreach.errors import InputError, Problem
from outreach.files.toml import HEADER, KEY, TOKEN, key_parts, parse
from outreach.language import _

_GAP = re.compile(r"(?:\s|#[^\n]*)*")
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\n]*)?\r?\n")

Span = tuple[int, int]
"""Offsets in a text: the first character, and the one behind the last."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where an entry has its keys."""

    values: Mapping[str, Span]
    """Key to where its value stands."""
    end: int
    """Where another key can follow."""
    is_inline: bool = False


def without_entries(
    text: str, path: str, name: str, is_doomed: Callable[[Mapping[str, Any]], bool]
) -> str | None:
    """Return TOML text without some entries of a list of tables.

    An entry goes with the tables below it, wherever they stand, and with the comments right above each. What
    is left is parsed again, so that nobody else can have been hit.

    Args:
        text: With its line ends, without a byte order mark.
        path: As messages name the file.
        name: The list's: `[[name]]` tables, or `name = [{...}, ...]`.
        is_doomed: Tells by an entry's values whether it goes.

    Returns:
        The text; None if no entry goes.

    Raises:
        InputError: the text is not TOML, or the entries cannot be told from the rest.
    """
    values, entries = _read(text, path, name)
    doomed = {number for number, one in enumerate(entries) if is_doomed(one)}
    if not doomed:
        return None
    spans = [*_tables_of(text, name, doomed), *_inline_tables_of(text, name, doomed)]
    left = [one for number, one in enumerate(entries) if number not in doomed]
    return _edited(text, path, name, [(span, "") for span in spans], {**values, name: left})


def with_values(
    text: str,
    path: str,
    name: str,
    changes: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    written: Callable[[Any], str],
) -> str:
    """Return TOML text in which some entries of a list of tables have other values.

    Args:
        text: As for `without_entries`, as are `path` and `name`.
        path: As messages name the file.
        name: The list's.
        changes: Returns by an entry's values what it gets, by key.
        written: Returns a value as TOML writes it.

    Raises:
        InputError: the text is not TOML, or the entries cannot be told from the rest.
    """
    values, entries = _read(text, path, name)
    wanted = [changes(one) for one in entries]
    places = [*_entries_in_tables(text, name), *_entries_in_line(text, name)]
    edits: list[tuple[Span, str]] = []
    for place, new in zip(places, wanted, strict=False):
        known = {key: place.values[key] for key in new if key in place.values}
        edits += [(span, written(new[key])) for key, span in known.items()]
        added = [f"{key} = {written(value)}" for key, value in new.items() if key not in known]
        if added:
            edits.append(((place.end, place.end), _added(text, place, added)))
    after = [{**one, **new} for one, new in zip(entries, wanted, strict=True)]
    return _edited(text, path, name, edits, {**values, name: after})


def _read(text: str, path: str, name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a file's values and the entries of a list; none of what is no list of tables."""
    values = parse(text, path, []).values
    entries = values.get(name, [])
    is_list = isinstance(entries, list) and all(isinstance(one, dict) for one in entries)
    return values, entries if is_list else []


def _edited(
    text: str, path: str, name: str, edits: Iterable[tuple[Span, str]], expected: Mapping[str, Any]
) -> str:
    """Return a text with some parts replaced.

    Raises:
        InputError: parsed again, it does not say what is expected.
    """
    kept = text
    for (start, end), new in sorted(edits, reverse=True):  # from the end, so that places stay
        kept = kept[:start] + new + kept[end:]
    try:
        found = {name: [], **tomli.loads(kept)}
    except (tomli.TOMLDecodeError, RecursionError):
        found = {}
    if _said(found) != _said({name: [], **expected}):
        message = _("entries of '{name}' cannot be told from the rest", name=name)
        raise InputError(Problem(path, 0, message, _("change the file by hand"), code="cannot-edit"))
    return kept


def _said(value: object) -> str:
    """Return what a value says, whatever the order of its keys."""
    if isinstance(value, Mapping):
        return repr(sorted((key, _said(one)) for key, one in value.items()))
    return repr([_said(one) for one in value]) if isinstance(value, (list, tuple)) else repr(value)


def _added(text: str, place: _Entry, pairs: Iterable[str]) -> str:
    """Return pairs as they are written behind others: each on a line, within a line behind a comma."""
    if place.is_inline:
        return "".join(f", {pair}" for pair in pairs)
    line_end = "\r\n" if "\r\n" in text else "\n"
    before = "" if text[: place.end].endswith("\n") else line_end
    return before + "".join(f"{pair}{line_end}" for pair in pairs)


def _tables_of(text: str, name: str, doomed: Collection[int]) -> Iterator[Span]:
    """Yield the parts of a text that belong to entries of a list, by their places in it."""
    place, comments, begun, is_open = -1, -1, 0, False
    for start, end in _statements(text):
        if text[start:end].lstrip().startswith("#"):
            comments = start if comments < 0 else comments
            continue
        header = HEADER.match(text, start, end)
        if header:
            parts = key_parts(header[2])
            place += header[1] == "[[" and parts == [name]
            own = start if comments < 0 else comments
            if is_open:
                yield begun, own
            begun, is_open = own, parts[0] == name and place in doomed
        comments = -1
    if is_open:
        yield begun, len(text)


def _inline_tables_of(text: str, name: str, doomed: Collection[int]) -> Iterator[Span]:
    """Yield the parts of a text that belong to entries of `name = [{...}, ...]`, by their places in it."""
    for begin, end in _arrays(text, name):
        tables, last = _tables_within(text, begin, end)
        edges = [begin + 1, *(edge for table in tables for edge in table), last]
        for place in sorted(doomed):
            yield _with_its_line(text, *edges[2 * place : 2 * place + 4])


def _entries_in_tables(text: str, name: str) -> Iterator[_Entry]:
    """Yield the entries of a list that are written as `[[name]]`, without the tables below them."""
    entry: _Entry | None = None
    for start, end in _statements(text):
        if header := HEADER.match(text, start, end):
            if entry:
                yield entry
            is_own = header[1] == "[[" and key_parts(header[2]) == [name]
            entry = _Entry({}, end) if is_own else None
        elif entry and (pair := _pair(text, start, end)):
            entry = _Entry({**entry.values, pair[0]: pair[1]}, end)
    if entry:
        yield entry


def _entries_in_line(text: str, name: str) -> Iterator[_Entry]:
    """Yield the entries of a list that is written as `name = [{...}, ...]`."""
    for begin, end in _arrays(text, name):
        for start, stop in _tables_within(text, begin, end)[0]:
            found = (_pair(text, *part) for part in _parts(text, start + 1, stop - 1))
            pairs = dict(filter(None, found))
            last = max((span[1] for span in pairs.values()), default=stop - 1)
            yield _Entry(pairs, last, is_inline=True)


def _pair(text: str, start: int, end: int) -> tuple[str, Span] | None:
    """Return a key, with points between its parts, and where its value stands; None where there is none."""
    gap = _GAP.match(text, start, end)
    key = KEY.match(text, gap.end() if gap else start, end)
    if not key:
        return None
    begin = stop = key.start(2)
    depth = 0
    for token in TOKEN.finditer(text, begin, end):
        if not depth and token[0][0] in "#\n":
            break
        depth += _deeper(token[0])
        stop = token.end()
    return ".".join(key_parts(key[1])), (begin, len(text[:stop].rstrip()))


def _arrays(text: str, name: str) -> Iterator[Span]:
    """Yield where the value of `name = [...]` stands."""
    for start, end in _statements(text):
        if HEADER.match(text, start, end):
            return  # the keys that follow are those of a table
        key = KEY.match(text, start, end)
        if key and key[2] and key_parts(key[1]) == [name]:
            yield key.start(2), end


def _tables_within(text: str, begin: int, end: int) -> tuple[list[Span], int]:
    """Return where the inline tables of an array stand, and its closing bracket."""
    tables: list[Span] = []
    depth, start = 0, begin
    for token in TOKEN.finditer(text, begin, end):
        if token[0] == "{" and depth == 1:
            start = token.start()
        depth += _deeper(token[0])
        if token[0] == "}" and depth == 1:
            tables.append((start, token.end()))
        if not depth:
            return tables, token.start()
    return tables, end


def _with_its_line(text: str, before: int, start: int, end: int, after: int) -> Span:
    """Return an inline table with its comma; with its line and the comments right above, if that is its own.

    Args:
        text: The whole text.
        before: End of the table before it, or the opening bracket.
        start: Its own.
        end: Likewise.
        after: Start of the next table, or the closing bracket.
    """
    commas = [stop for _start, stop in _parts(text, end, after)][:-1]
    end = commas[0] + 1 if commas else end
    *above, indent = text[before:start].split("\n")
    rest = _REST_OF_LINE.match(text, end, after)
    if not above or indent.strip() or not rest:
        return start, after - len(text[end:after].lstrip(" \t"))
    start -= len(indent)
    for line in reversed(above[1:]):  # the first one is that of the table before
        if not line.lstrip().startswith("#"):
            break
        start -= len(line) + 1
    return start, rest.end()


def _parts(text: str, begin: int, end: int) -> Iterator[Span]:
    """Yield the parts of a text between commas that are in no string, comment, array or table."""
    depth, start = 0, begin
    for token in TOKEN.finditer(text, begin, end):
        depth += _deeper(token[0])
        if not depth and token[0][0] not in "#\"'":
            for comma in re.finditer(",", token[0]):
                yield start, token.start() + comma.start()
                start = token.start() + comma.end()
    yield start, end


def _statements(text: str) -> Iterator[Span]:
    """Yield where each header, key, comment or empty line stands, with its line end; values run within it."""
    depth, start = 0, 0
    for token in TOKEN.finditer(text):
        depth += _deeper(token[0])
        if token[0] == "\n" and not depth:
            yield start, token.end()
            start = token.end()
    yield start, len(text)


def _deeper(sign: str) -> int:
    """Return by how much what follows is deeper in brackets."""
    return (sign in "[{") - (sign in "]}")
