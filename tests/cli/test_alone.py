"""Commands that write run one at a time in a campaign, and what a killed one leaves is taken away."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import Result

from outreach.campaign.paths import LOCK
from outreach.cli import alone
from outreach.cli.app import app
from outreach.cli.localise import subcommands
from outreach.files.digest import digest
from outreach.files.lock import alone as hold
from outreach.letters.piece import Manifest
from tests.conftest import CONTACT, LETTER

Campaign = Callable[..., Path]
Run = Callable[..., Result]

WRITING = {
    "answer": ("maire", "--on", "2024-12-20", "--kind", "full"),
    "contacts add": ("--family-name", "Neuf", "--role", "mayor"),
    "contacts checked": ("maire",),
    "contacts complete": ("annuaire.json",),
    "contacts edit": ("maire", "--city", "Lyon"),
    "contacts forget": ("maire", "--yes"),
    "contacts import": ("new.csv", "--yes"),
    "email drafts": (),
    "email send": ("--yes",),
    "email assign": ("1", "maire"),
    "email drop": ("1",),
    "email read": ("mail.mbox",),
    "extend": ("maire", "--to", "2025-03-01", "--reason", "x"),
    "followup": (),
    "generate": (),
    "letters new": ("neuve",),
    "log import": ("journal.jsonl",),
    "log rebuild": ("journal.jsonl",),
    "log undo": ("12345678",),
    "log verify": ("--repair",),
    "note": ("maire", "x"),
    "print": (),
    "received": ("maire", "--on", "2024-12-04", "--proof", "delivery"),
    "sent": ("note", "--on", "2024-12-02", "--via", "post"),
    "stop": ("maire", "--reason", "x"),
}
"""Command to arguments with which it would write."""
READING = {
    *("answers", "check", "doctor", "due", "init", "preview", "status", "why"),
    *(
        "contacts dedupe",
        "contacts export",
        "contacts list",
        "contacts roles",
        "contacts show",
        "contacts template",
    ),
    *("email tray", "letters list", "letters show", "log export", "log file", "log show"),
}
"""Commands that need not wait for others: they read, or write only what the user names."""
HOLDER = """
import sys, time
from pathlib import Path
from typing import Any
from outreach.files.lock import alone
with alone(Path(sys.argv[1]), "outreach generate (process 7, since 14:05)", 0):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another(root: Path) -> Iterator[subprocess.Popen[str]]:
    """Hold a campaign's lock in another process."""
    command = [sys.executable, "-c", HOLDER, str(root / LOCK)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def commands(group: Any, before: str = "") -> Iterator[str]:
    for name, command in subcommands(group).items():
        nested = list(commands(command, f"{before}{name} "))
        yield from nested or [f"{before}{name}"]


def test_every_command_is_known_to_write_or_to_read() -> None:
    assert sorted(commands(typer.main.get_command(app))) == sorted([*WRITING, *READING])


@pytest.mark.parametrize("name", WRITING)
def test_a_command_that_writes_does_not_run_beside_another(
    campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(alone, "_PATIENCE", 0)
    root = campaign()
    with another(root):
        before = sorted(root.rglob("*"))
        done = run(*name.split(), *WRITING[name], root=root)
        assert (done.exit_code, done.stdout, done.stderr) == (
            5,
            "",
            "another command is writing in this campaign: outreach generate (process 7, since 14:05);"
            " run this one again when that one is done\n",
        )
        assert sorted(root.rglob("*")) == before
    done = run(*name.split(), *WRITING[name], root=root)
    assert "another command" not in done.stderr


@pytest.mark.parametrize("words", [("check",), ("status",), ("contacts", "list"), ("generate", "--dry-run")])
def test_a_command_that_reads_never_waits(campaign: Campaign, run: Run, words: tuple[str, ...]) -> None:
    root = campaign()
    with another(root):
        assert run(*words, root=root).exit_code == 0


def test_one_waits_for_another_and_says_for_whom(campaign: Campaign, run: Run) -> None:
    root = campaign()
    with another(root) as process:
        threading.Timer(0.5, process.kill).start()
        done = run("generate", "--format", "txt", root=root)
    assert (done.exit_code, done.stderr) == (0, "waiting for outreach generate (process 7, since 14:05)\n")


def test_what_is_held_goes_free_when_its_process_is_killed(tmp_path: Path) -> None:
    with another(tmp_path) as process:
        process.kill()
        process.wait()
        with hold(tmp_path / LOCK, "x", 0):
            assert (tmp_path / LOCK).read_text(encoding="utf-8") == "x"


def program(root: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "outreach", "--campaign", str(root), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_four_commands_at_once_leave_a_whole_campaign(campaign: Campaign, run: Run) -> None:
    people = CONTACT + "".join(CONTACT.replace('"maire"', f'"elu-{number}"') for number in range(4))
    root = campaign({"contacts/a.toml": people, "letters/other.md": LETTER.replace("Lettre", "Autre")})
    assert run("generate", "note", root=root).exit_code == 0
    imported = root.parent / "new.csv"
    imported.write_text(
        "id,role,family_name,postal_code,city\nneuf,mayor,Neuf,69001,Lyon\n", encoding="utf-8"
    )
    other = root.parent / "other.csv"
    other.write_text("id,role,family_name,postal_code,city\ndix,mayor,Dix,69001,Lyon\n", encoding="utf-8")
    started = [
        program(root, "generate", "note", "--date", "2024-12-01", "--force"),
        program(root, "sent", "note", "--on", "2024-12-02", "--via", "post"),
        program(root, "generate", "other"),
        program(root, "contacts", "import", str(imported), "--to", "contacts/c.csv", "--yes"),
        program(root, "contacts", "import", str(other), "--to", "contacts/c.csv", "--yes"),
    ]
    for process in started[:3]:
        _out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err.decode()
    for process in started[3:]:
        process.communicate(timeout=120)
    pieces = Manifest(root / "out").pieces()
    made = {file.path: file.sha256 for piece in pieces for file in piece.files}
    assert len(made) == 20
    for path, sha256 in made.items():
        assert digest((root / "out" / path).read_bytes()) == sha256
    rows = [json.loads(line) for line in run("log", "export", "-", root=root).stdout.splitlines()]
    events = [row for row in rows if row.get("kind") == "sent"]
    assert len(events) == 5
    # Each archived letter is one and the same letter: never the DOCX of one day and the PDF of another.
    assert len({event["data"]["date"] for event in events}) == 1
    verified = run("log", "verify", root=root)
    assert (verified.exit_code, verified.stderr) == (0, "")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds children in /proc")
def test_children_end_when_their_parent_is_killed(campaign: Campaign) -> None:
    people = "".join(CONTACT.replace('"maire"', f'"elu-{number}"') for number in range(300))
    root = campaign({"contacts/a.toml": people})
    process = program(root, "generate", "--jobs", "2")
    children: list[int] = []
    end = time.monotonic() + 60
    while len(children) < 2 and time.monotonic() < end:
        tasks = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        children = [int(one) for one in tasks.read_text(encoding="ascii").split()] if tasks.is_file() else []
        time.sleep(0.05)
    assert len(children) >= 2
    time.sleep(1)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    end = time.monotonic() + 5
    while any(_lives(child) for child in children) and time.monotonic() < end:
        time.sleep(0.05)
    assert not [child for child in children if _lives(child)]


def _lives(process: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False


def test_what_interrupted_commands_left_is_named_and_taken_away(campaign: Campaign, run: Run) -> None:
    root = campaign()
    run("generate", root=root)
    run("sent", "note", "--on", "2024-12-02", "--via", "post", root=root)
    orphan = root / "archive/ab" / "ab12.pdf"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"x")
    half = root / "out/note/.maire.pdf.4711.tmp"
    half.write_bytes(b"%PDF")
    os.utime(half, (0, 0))
    own = root / "out/.note.tmp"
    own.write_bytes(b"mine")
    os.utime(own, (0, 0))
    named = run("log", "verify", root=root)
    hint = "`outreach log verify --repair` takes it away"
    assert (named.exit_code, named.stderr.splitlines()) == (
        3,
        [
            f"archive/ab/ab12.pdf: no event names this file; {hint}",
            f"out/note/.maire.pdf.4711.tmp: an interrupted command left it half written; {hint}",
        ],
    )
    done = run("log", "verify", "--repair", root=root)
    assert (done.exit_code, done.stdout.splitlines()[:2]) == (
        0,
        [
            "moved  archive/ab/ab12.pdf to out/orphans/ab12.pdf",
            "deleted  out/note/.maire.pdf.4711.tmp",
        ],
    )
    assert (root / "out/orphans/ab12.pdf").read_bytes() == b"x"
    assert not half.exists()
    assert own.read_bytes() == b"mine"
    assert run("log", "verify", root=root).exit_code == 0
