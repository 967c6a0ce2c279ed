"""What a command needs is loaded when it runs: help, and every other command, begins without it."""

import subprocess
import sys

NEEDED = {
    "outreach.journal.words",
    "outreach.letters.formats.formats",
    "outreach.people.sources.source_format",
    "outreach.post.order",
}
"""Modules with words that help shows."""
ROOMS = ("country", "journal", "letters", "people", "post", "reports", "upkeep", "typesetting", "processes")


def test_the_program_begins_without_what_its_commands_do() -> None:
    code = (
        "import sys, outreach.cli.app; print(*(name for name in sys.modules if name.startswith('outreach.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if name.split(".")[1] in ROOMS}
    folders = {name.rpartition(".")[0] for name in NEEDED}
    assert {name for name in loaded - folders if "." in name.removeprefix("outreach.")} == NEEDED
