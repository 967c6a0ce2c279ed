"""Tell what the words of an e-mail say, by the patterns of data/email.toml."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from outreach.files.toml import load_data

_MOST = 5000
"""Characters that are looked through: what a machine says stands in the beginning."""


@lru_cache(maxsize=16)
def plain(text: str) -> str:
    """Return a text without accents and capitals, each run of blanks and line ends as one blank."""
    parts = unicodedata.normalize("NFKD", text[:_MOST]).casefold().replace("’", "'")
    return " ".join("".join(one for one in parts if not unicodedata.combining(one)).split())


def said_in(kind: str, text: str) -> str:
    """Return the words in a text by which it says something; empty if it does not.

    Args:
        kind: A key of `[words]`.
        text: Any text.
    """
    found = _any_of("words", kind).search(plain(text))
    return _as_written(text, found.start(), found.end()) if found else ""


def _as_written(text: str, start: int, end: int) -> str:
    """Return what stands between two places of a text as `plain`, in its own letters."""
    words = text[:_MOST].split()
    joined = " ".join(words)
    places = [place for place, one in enumerate(joined) for _part in plain(f"x{one}x")[1:-1]]
    return joined[places[start] : places[end - 1] + 1] if end <= len(places) else ""


def is_subject(kind: str, subject: str) -> bool:
    """Tell whether a subject is one that `[subject]` has patterns for."""
    return _any_of("subject", kind).fullmatch(plain(subject)) is not None


def is_line(kind: str, line: str) -> bool:
    """Tell whether a line, or several as one, as `plain`, is what `[quoted]` has patterns for."""
    return _any_of("quoted", kind).fullmatch(line) is not None


def has_header(table: str, headers: Mapping[str, str]) -> str:
    """Return the first header that is as a table of patterns by name has it, written out; empty for none."""
    for name, value in headers.items():
        pattern = _header_patterns(table).get(name)
        if pattern and pattern.fullmatch(plain(value)):
            return f"{name}: {value}"
    return ""


def is_of_machine(address: str) -> bool:
    """Tell whether an address is one that no person writes from."""
    return _any_of("domains", "machines").fullmatch(plain(address.rpartition("@")[0])) is not None


def is_of_robot(address: str) -> bool:
    """Tell whether an address is one that nobody answers from."""
    return _any_of("domains", "robots").fullmatch(plain(address.rpartition("@")[0])) is not None


def is_public(domain: str) -> bool:
    """Tell whether people of all kinds have addresses of that domain."""
    return domain in _data()["domains"]["public"]


def header_names() -> Iterable[str]:
    """Return the names of the headers that there are patterns for."""
    return [*_data()["automatic"], *_data()["draft"]]


def _data() -> Mapping[str, Any]:
    return load_data("email.toml")


@cache
def _any_of(table: str, kind: str) -> re.Pattern[str]:
    """Return one pattern for all that a key of a table has."""
    found = _data()[table][kind]
    return re.compile("|".join(map(_folded, [found] if isinstance(found, str) else found)))


@cache
def _header_patterns(table: str) -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(_folded(pattern)) for name, pattern in _data()[table].items()}


def _folded(pattern: str) -> str:
    parts = unicodedata.normalize("NFKD", pattern)
    return "".join(one for one in parts if not unicodedata.combining(one))
