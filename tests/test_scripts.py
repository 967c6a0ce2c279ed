"""The pages on scripts against the program."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from outreach.errors import InputError, RefusedError, WorldError
from tests.conftest import RunProgram

ROOT = Path(__file__).parents[1]
KEYS = (ROOT / "tests" / "data" / "json-keys.txt").read_text(encoding="utf-8")


def page(code: str) -> str:
    return (ROOT / "docs" / f"scripts.{code}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_page_has_the_keys_of_every_command(code: str) -> None:
    assert KEYS in re.findall(r"(?ms)^```text\n(.*?)^```$", page(code))


@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_page_has_every_exit_code(code: str) -> None:
    for error in (InputError, RefusedError, WorldError):
        assert f"| {error.exit_code} |" in page(code)


@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_error_that_the_page_shows_is_the_one_that_is_printed(
    code: str, campaign: Callable[..., Path], run: RunProgram
) -> None:
    (shown,) = re.findall(r"(?ms)^```json\n(.*?)^```$", page(code))
    done = run("--lang", code, "contacts", "show", "maira", "--json", root=campaign())
    assert json.loads(done.stderr) == json.loads(shown)


def test_nothing_is_printed_where_nothing_is_due_so_that_cron_sends_no_mail(
    campaign: Callable[..., Path], run: RunProgram
) -> None:
    done = run("--quiet", "due", "--within", "7", root=campaign())
    assert (done.exit_code, done.output) == (0, "")
