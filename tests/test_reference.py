"""The pages that scripts make, of commands and of roles, against the program."""

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
COMMANDS = runpy.run_path(str(DOCS / "commands.py"))
ROLES = runpy.run_path(str(DOCS / "roles.py"))


@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_reference_is_what_the_program_says(code: str) -> None:
    assert COMMANDS["path"](code).read_text(encoding="utf-8") == COMMANDS["reference"](code)


@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_page_of_roles_is_what_the_data_say(code: str) -> None:
    assert ROLES["path"](code).read_text(encoding="utf-8") == ROLES["page"](code)
