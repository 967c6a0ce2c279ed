"""docs/commands.md and its French twin against the program."""

import runpy
from pathlib import Path

import pytest

SCRIPT = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "commands.py"))


@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_reference_is_what_the_program_says(code: str) -> None:
    assert SCRIPT["path"](code).read_text(encoding="utf-8") == SCRIPT["reference"](code)
