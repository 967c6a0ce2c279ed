"""What each process reads as it starts."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "unread"),
    [("outreach.__main__", "typer"), ("outreach.letters.formats.docx", "urllib.request")],
)
def test_a_process_that_makes_letters_reads_nothing_that_it_does_not_need(module: str, unread: str) -> None:
    code = f"import sys, {module}; print({unread!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"
