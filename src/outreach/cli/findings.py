"""Print what `check` found: errors, what stops a letter, the rest, then how many contacts nobody checked."""

import re
from collections import Counter
from collections.abc import Sequence
from shutil import get_terminal_size
from textwrap import wrap

from outreach.campaign.codes import STOP, meaning, ranks
from outreach.cli.output import echo
from outreach.errors import Problem
from outreach.language import _, ngettext

_FEW = 30
"""Findings of one code up to which each is named without `--all`; more of them are counted."""
_UNBROKEN = 100_000
"""Characters of a line where neither a terminal nor COLUMNS sets their number, as in a pipe."""
_BLANK = "\ue007"
"""Stands for a blank at which no line ends, as one within a command."""
_NEVER_CHECKED = "contact-never-checked"


def show_findings(problems: Sequence[Problem], *, is_whole: bool) -> None:
    """Print each finding within the screen's width, the most important first.

    Args:
        problems: Each once, in their order.
        is_whole: Name every one, with its code.
    """
    unchecked = [problem for problem in problems if problem.code == _NEVER_CHECKED]
    ranked = ranks()
    groups: dict[str, list[Problem]] = {_("Errors"): [], _("What stops a letter"): [], _("To look at"): []}
    errors, stops, others = groups.values()
    for problem in problems:
        if problem.severity == "error":
            errors.append(problem)
        elif problem.code != _NEVER_CHECKED:
            (stops if ranked[problem.code] == STOP else others).append(problem)
    if is_whole:
        groups[_("Never checked")] = unchecked
    blocks = [
        [f"{heading} ({len(found)})", *_lines(found, is_whole=is_whole)]
        for heading, found in groups.items()
        if found
    ]
    if unchecked and not is_whole:
        blocks.append(_folded(_never_checked(len(unchecked)), "", "  "))
    if blocks:
        echo("\n\n".join("\n".join(block) for block in blocks))


def _lines(found: Sequence[Problem], *, is_whole: bool) -> list[str]:
    """Return a line or more for each finding; for many of one code one line in the place of the first."""
    counts = Counter(problem.code for problem in found)
    lines: list[str] = []
    summed: set[str] = set()
    for problem in found:
        count = counts[problem.code]
        if is_whole:
            lines += _folded(f"{problem} [{problem.code}]")
        elif count <= _FEW:
            lines += _folded(str(problem))
        elif problem.code not in summed:
            summed.add(problem.code)
            what = meaning(problem.code)
            lines += _folded(_("{count} times: {what}; --all lists them", count=count, what=what))
    return lines


def _never_checked(count: int) -> str:
    return ngettext(
        "{count} contact was never checked: verify name and address at the source, then mark it with "
        "`outreach contacts checked ID`; --all names it",
        "{count} contacts were never checked: verify names and addresses at the source, then mark them with "
        "`outreach contacts checked SELECTOR`; --all lists them",
        count,
    )


def _folded(text: str, first: str = "  ", further: str = "    ") -> list[str]:
    """Return the lines of a text, broken between words; one line where nothing says how wide lines may be."""
    width = get_terminal_size((_UNBROKEN, 0)).columns
    line = text.replace("\n", "\u2424")
    if width == _UNBROKEN:
        return [line]
    whole = re.sub("`[^`]*`", lambda command: command[0].replace(" ", _BLANK), line)
    lines = wrap(
        whole,
        width,
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_BLANK, " ") for line in lines]
