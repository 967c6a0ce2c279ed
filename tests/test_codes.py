"""The codes of findings: each has its line in the list, in the data and in the pages on scripts, and none is unknown."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from outreach import language
from outreach.campaign.codes import COMMAND, ERROR, STOP, WARNING, meaning, ranks
from outreach.language import LANGUAGES

ROOT = Path(__file__).parents[1]
LIST = (ROOT / "tests" / "data" / "check-codes.txt").read_text(encoding="utf-8").split()
SOURCES = sorted((ROOT / "src" / "outreach").rglob("*.py"))
MAKERS = ("Problem", "Explained", "report")
"""What makes a finding, or a message that becomes one."""


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def codes_in(tree: ast.AST) -> Iterator[str]:
    """Yield the codes that are given to a call, or are the default of a function's `code`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "code":
            either = isinstance(node.value, ast.IfExp)
            values = [node.value.body, node.value.orelse] if either else [node.value]  # type: ignore[attr-defined]  # an IfExp
            yield from (str(value.value) for value in values if isinstance(value, ast.Constant))
        if isinstance(node, ast.FunctionDef):
            for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
                if argument.arg == "code" and isinstance(default, ast.Constant):
                    yield str(default.value)


def uncoded(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of what makes a finding without a code."""
    for node in ast.walk(tree):
        is_maker = isinstance(node, ast.Call) and called(node) in MAKERS
        if is_maker and not any(keyword.arg == "code" for keyword in node.keywords):  # type: ignore[attr-defined]  # a Call
            yield node.lineno  # type: ignore[attr-defined]  # likewise


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_problem_is_made_without_a_code(path: Path) -> None:
    assert list(uncoded(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_a_problem_without_a_code_would_be_found() -> None:
    assert list(uncoded(ast.parse('raise InputError(\n    Problem("", 0, "a", "b")\n)'))) == [2]
    assert list(uncoded(ast.parse('table.report("key", "a", code="x")'))) == []


def test_every_code_that_is_used_is_in_the_list_and_no_other() -> None:
    used = {code for path in SOURCES for code in codes_in(ast.parse(path.read_text(encoding="utf-8")))}
    assert sorted(used) == LIST


def test_every_code_is_ranked_and_says_what_it_stands_for_in_each_language() -> None:
    assert sorted(ranks()) == LIST
    assert set(ranks().values()) == {ERROR, STOP, WARNING, COMMAND}
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", code) for code in LIST)
    for one in LANGUAGES:
        language.use(one)
        meanings = [meaning(code) for code in LIST]
        assert len(set(meanings)) == len(meanings)
        assert not any(said.endswith(".") for said in meanings)


@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_page_on_scripts_has_every_code_with_its_meaning(code: str) -> None:
    language.use(code)
    page = (ROOT / "docs" / f"scripts.{code}.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `([a-z0-9-]+)` \| (.*) \|$", page)
    assert rows == [(one, meaning(one)) for one in ranks()]
