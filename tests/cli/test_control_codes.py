"""Control codes in data: shown as symbols, so that no file of a stranger steers a terminal."""

import json

import pytest

from outreach.cli.output import echo, print_pairs, print_problems, show, visible
from outreach.cli.views import View
from outreach.errors import Problem

HOSTILE = ["\x1b]0;title\x07", "\x9b31m", "a\rb", "\x7f", "\u202eelif", "\u2066x", "\x00", "\u2028"]


def is_tame(text: str) -> bool:
    return all(one in "\n\t" or one.isprintable() or one in "\u00a0\u202f" for one in text)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_printed_holds_no_control_code(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    view = View(
        [Problem("", 0, text)], ("Name",), lambda row: [row.message], lambda row: {"name": row.message}
    )
    echo(text)
    print_pairs([("name", text)])
    print_problems([Problem(text, 1, text, text)], err=True)
    show(view, as_json=False)
    shown = capsys.readouterr()
    assert is_tame(shown.out)
    assert is_tame(shown.err)
    show(view, as_json=True)
    answer = capsys.readouterr().out
    assert is_tame(answer)
    assert json.loads(answer) == [{"name": text}]


def test_an_escape_is_shown_as_its_symbol() -> None:
    assert visible("a\x1b[2J\u202eb\n") == "a\u241b[2J<U+202E>b\n"
