"""Commands that write are killed at any moment: nothing that was recorded is lost, and the next run goes on.

`pytest tests/test_kills.py --kills 1000` tries more moments.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from typer.testing import Result

from outreach.files.digest import digest
from outreach.letters.piece import Manifest
from tests.conftest import CONTACT, LETTER

Campaign = Callable[..., Path]
Run = Callable[..., Result]

PEOPLE = "".join(CONTACT.replace('"maire"', f'"elu-{number}"') for number in range(6))
REMINDER = LETTER.replace('title = "Lettre"', 'title = "Relance"\nkind = "reminder"')
FILES: Mapping[str, str] = {
    "contacts/a.toml": PEOPLE,
    "letters/note.md": LETTER,
    "letters/reminder.md": REMINDER,
    "new.csv": "id,role,family_name,postal_code,city\nneuf,mayor,Neuf,69001,Lyon\n",
}
ON = ("--on", "2024-12-20")
COMMANDS = {
    "generate": ("generate", "--force", "--date", "2024-11-{day}"),
    "print": ("print", "--labels", "L7163", "--registered", "--again"),
    "sent": ("sent", "note", "--on", "2024-12-02", "--via", "post", "--again", "--reason", "essai"),
    "received": ("received", "elu-1", *ON, "--proof", "delivery"),
    "answer": ("answer", "elu-2", *ON, "--kind", "partial"),
    "note": ("note", "elu-3", "a appelé"),
    "stop": ("stop", "elu-{elu}", "--reason", "essai"),
    "followup": ("followup", "--on", "2025-01-10", "--bundle"),
    "contacts import": ("contacts", "import", "new.csv", "--yes"),
    "contacts add": (
        "contacts",
        "add",
        "--role",
        "mayor",
        "--family-name",
        "N{round}",
        "--city",
        "Lyon",
        "--postal-code",
        "69001",
    ),
    "letters new": ("letters", "new", "neuve-{round}"),
    "log import": ("log", "import", "journal.jsonl"),
    "log export": ("log", "export", "journal-{round}.jsonl"),
    "contacts forget": ("contacts", "forget", "elu-{elu}", "--yes"),
}


def events(run: Run, root: Path) -> dict[str, object]:
    """Return the events by id, as an export holds them."""
    rows = map(json.loads, run("log", "export", "-", root=root).stdout.splitlines())
    return {row["id"]: row for row in rows if "kind" in row}


@pytest.fixture
def played(campaign: Campaign, run: Run) -> Path:
    """Return a campaign in which something was made and recorded."""
    root = campaign(FILES)
    for words in (
        ("generate",),
        ("sent", "note", "--on", "2024-12-02", "--via", "post"),
        ("print", "--again"),
        ("log", "export", str(root / "journal.jsonl")),
    ):
        assert run(*words, root=root).exit_code == 0
    return root


@pytest.mark.parametrize("name", COMMANDS)
def test_whatever_is_killed_the_next_run_goes_on(
    played: Path, run: Run, pytestconfig: pytest.Config, name: str
) -> None:
    moments = random.Random(name)  # noqa: S311  (no secret)
    longest = 0.8
    for turn in range(pytestconfig.getoption("--kills")):
        before = events(run, played)
        values = {"day": f"{turn % 29 + 1:02}", "elu": turn % 5, "round": turn}
        words = [word.format(**values) for word in COMMANDS[name]]
        words = [
            str(played / word) if (played / word).is_file() or word.endswith(".jsonl") else word
            for word in words
        ]
        command = [sys.executable, "-m", "outreach", "--campaign", str(played), *words]
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = process.communicate(timeout=moments.uniform(0.2, longest))
            longest = max(0.4, time.monotonic() - began)
            assert process.returncode != 1, (words, out, err)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            longest = min(longest * 1.3, 5)
        whole(run, played, before, name)
        done = run(*words, root=played)
        assert done.exit_code in {0, 3, 4}, (words, done.stderr)
        whole(run, played, before, name)


def whole(run: Run, root: Path, before: Mapping[str, object], name: str) -> None:
    """See that nothing recorded is lost, every file is whole and nothing is left that cannot be taken away."""
    assert run("check", root=root).exit_code == 0
    if name != "contacts forget":
        assert before.items() <= events(run, root).items()
    for path in root.rglob(".*.tmp"):
        long_ago = time.time() - 3600
        os.utime(path, (long_ago, long_ago))
    repaired = run("log", "verify", "--repair", root=root)
    assert (repaired.exit_code, repaired.stderr) == (0, "")
    assert not list(root.rglob(".*.tmp"))
    manifest = Manifest(root / "out")
    for piece in manifest.pieces():
        for file in piece.files:
            path = root / "out" / file.path
            if path.is_file():  # a killed run noted what it was about to write
                assert manifest.knows(file.path, digest(path.read_bytes())), file.path
