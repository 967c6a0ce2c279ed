"""Read letters/_*.md: passages that letters share, with settings of their own where they have an end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from outreach.campaign.paths import LETTERS
from outreach.errors import Problem
from outreach.files.reading import files_in, read_text
from outreach.files.toml import parse
from outreach.letters.template import FENCE, split


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage."""

    path: str
    """As in `Problem.path`."""
    valid_until: date | None
    """Last day on which what it says holds, inclusive; None for no end."""
    line: int
    """Of that day in the file."""


def load_passages(root: Path, problems: list[Problem]) -> Iterator[Passage]:
    """Yield the campaign's passages by name, and add what is wrong with their settings.

    Raises:
        InputError: a passage is not UTF-8, or its settings do not end.
        WorldError: a file cannot be read.
    """
    for path in files_in(root / LETTERS, f"{LETTERS}/"):
        if path.name.startswith("_") and path.suffix == ".md":
            shown = f"{LETTERS}/{path.name}"
            text = read_text(path, shown)
            front = split(text, shown)[0] if has_settings(text) else ""
            table = parse(front, shown, problems, first_line=2).top()
            yield Passage(shown, table.day("valid_until"), table.line("valid_until"))
            table.close()


def has_settings(text: str) -> bool:
    """Tell whether a passage begins with settings."""
    return text.partition("\n")[0].strip() == FENCE


def without_settings(text: str, path: str) -> str:
    """Return a passage as Jinja reads it: its settings are a comment, so that lines keep their numbers.

    Raises:
        InputError: the settings do not end.
    """
    if not has_settings(text):
        return text
    body = split(text, path)[1]
    settings = len(body) - len(body.lstrip("\n"))
    count = min(settings, text.count("\n", 0, text.index(FENCE, len(FENCE))) + 1)
    return "{#" + "\n" * (count - 1) + "#}\n" + body[count:]
