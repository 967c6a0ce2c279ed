"""What the code of a finding says: what it is to `check`, and what it stands for."""

from collections.abc import Collection, Iterable, Mapping

from outreach.errors import Problem
from outreach.files.toml import load_data
from outreach.language import in_use

_CODES = "codes.toml"
ERROR, STOP, WARNING, COMMAND = "error", "stop", "warning", "command"
"""An error, a warning that keeps a letter from being made or sent, another one, what other commands say."""


def ranks() -> Mapping[str, str]:
    """Return every code with what it is to `check`, in the order of its importance."""
    return {code: rank for rank, codes in load_data(_CODES).items() for code in codes}


def meaning(code: str) -> str:
    """Return what a code stands for, as a sentence without a full stop, in the language in use."""
    said: Mapping[str, str] = load_data(_CODES)[ranks()[code]][code]
    return said[in_use()]


def split_ignored(
    problems: Iterable[Problem], ignored: Collection[str]
) -> tuple[list[Problem], list[Problem]]:
    """Return the problems to name, and the warnings of ignored codes; an error is named whatever its code."""
    named: list[Problem] = []
    silenced: list[Problem] = []
    for problem in problems:
        is_silenced = problem.severity == "warning" and problem.code in ignored
        (silenced if is_silenced else named).append(problem)
    return named, silenced
