"""What can go wrong: faults in the user's files as data, refused operations as exceptions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from outreach.language import N_, _

Severity = Literal["error", "warning"]


_SPREAD = 10
"""Points of likeness out of 100 by which a near miss may fall short of the nearest."""
_PREFIX = 3
"""Characters from which the beginning of a name stands for it."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in the campaign's files, with its place and what to do about it."""

    path: str
    """File, relative to the campaign folder, with forward slashes; empty for none."""
    line: int
    """First line of the fault, counted from 1; 0 for the file as a whole."""
    message: str
    """What is wrong, without a full stop; never a whole address or a letter's text."""
    hint: str = ""
    """What to do next; may be empty."""
    severity: Severity = "error"
    code: str = field(kw_only=True)
    """What kind of fault it is, for scripts; the same in every language; see data/codes.toml."""

    @property
    def where(self) -> str:
        """File and line, as far as they are known."""
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def text(self) -> str:
        """What is wrong and what to do next."""
        return _("{message}; {hint}", message=self.message, hint=self.hint) if self.hint else self.message

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else self.text


class OutreachError(Exception):
    """An operation that did not take place; each subclass has its exit code."""

    exit_code = 1

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type["OutreachError"], tuple[Problem, ...]]:
        return type(self), self.problems


class InputError(OutreachError):
    """The campaign's files or the given input have errors."""

    exit_code = 3


class RefusedError(OutreachError):
    """Refused, to protect: would overwrite, was edited by hand."""

    exit_code = 4


class WorldError(OutreachError):
    """The world failed: cannot write, engine missing."""

    exit_code = 5


class BusyError(WorldError):
    """Another command is writing."""


class HeldError(WorldError):
    """One file cannot be replaced, as another program holds it open; others can."""


def is_fatal(problems: Iterable[Problem]) -> bool:
    """Tell whether one of the problems is an error; warnings are not."""
    return any(problem.severity == "error" for problem in problems)


def errors_in(problems: Iterable[Problem]) -> list[Problem]:
    """Return the errors among the problems, in their order."""
    return [problem for problem in problems if problem.severity == "error"]


def nearest(name: str, known: Sequence[str], limit: int = 3) -> list[str]:
    """Return the known names most like `name`, best first; empty if none is near."""
    from rapidfuzz import fuzz, process, utils

    alike = process.extract(
        name, list(known), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=60
    )
    best = max((score for _choice, score, _index in alike), default=0)
    close = [choice for choice, score, _index in alike if score >= best - _SPREAD]
    begun = [choice for choice in known if len(name) >= _PREFIX and choice.startswith(name)]
    return list(dict.fromkeys([*close, *begun]))[:limit]


def did_you_mean(name: str, known: Sequence[str], prefix: str = "") -> str:
    """Return a hint with the nearest known names, or with all of them if they are few; may be empty.

    Args:
        name: What was written; it is never what is proposed.
        known: What could have been meant.
        prefix: Stands before each name in the hint and does not count.
    """
    known = [one for one in known if one != name]
    near = [f"{prefix}{one}" for one in nearest(name, known)]
    if near:
        return _("did you mean {names}?", names=_(" or ").join(near))
    few = 12
    names = ", ".join(f"{prefix}{one}" for one in known)
    return _("known: {names}", names=names) if 0 < len(known) <= few else ""


def reason(error: OSError | ValueError) -> str:
    """Return what the system says of an error, in the user's language where it is a common one."""
    text = (error.strerror if isinstance(error, OSError) else str(error)) or ""
    return _(text)


_COMMON_REASONS = (
    N_("File exists"),
    N_("Is a directory"),
    N_("No space left on device"),
    N_("No such file or directory"),
    N_("Not a directory"),
    N_("Permission denied"),
    N_("Read-only file system"),
)
