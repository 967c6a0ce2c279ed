"""docs/commands.md against the program."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_the_reference_is_what_the_program_says() -> None:
    reference = runpy.run_path(str(DOCS / "commands.py"))["reference"]
    assert (DOCS / "commands.md").read_text(encoding="utf-8") == reference()
