"""Control codes in data: shown as symbols, so that no file of a stranger steers a terminal."""

import io
import json

import pytest

from outreach.cli.alone import _tell
from outreach.cli.options import ask
from outreach.cli.output import echo, print_pairs, print_problems, show, visible
from outreach.cli.views import View
from outreach.errors import Problem

HOSTILE = ["\x1b]0;title\x07", "\x9b31m", "a\rb", "\x7f", "\u202eelif", "\u2066x", "\x00", "\u2028"]


def is_tame(text: str) -> bool:
    return all(one in "\n\t" or one.isprintable() or one in "\u00a0\u202f" for one in text)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_printed_holds_no_control_code(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    view = View(
        [Problem("", 0, text, code="x")],
        ("Name",),
        lambda row: [row.message],
        lambda row: {"name": row.message},
    )
    echo(text)
    print_pairs([("name", text)])
    print_problems([Problem(text, 1, text, text, code="x")], err=True)
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


def test_a_problem_is_one_line_whatever_it_names(capsys: pytest.CaptureFixture[str]) -> None:
    print_problems([Problem("a", 1, "unknown role 'x\nerror: y'", "z\r\n", code="x")], err=True)
    assert capsys.readouterr().err == "a:1: unknown role 'x\u2424error: y'; z\u240d\u2424\n"


def test_a_question_and_a_lock_hold_no_control_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a\n"))
    ask("Letter \x1b[2J")
    _tell("generate \x1b[2J")
    shown = capsys.readouterr()
    assert is_tame(shown.out + shown.err)
    assert "Letter \u241b[2J" in shown.out + shown.err
    assert "waiting for generate \u241b[2J" in shown.err
