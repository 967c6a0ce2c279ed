"""What has no end, no sense or no room is one clear line, and never a traceback or a wait."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import LETTER, SETTINGS, RunProgram

needs_unix = pytest.mark.skipif(sys.platform == "win32", reason="needs pipes and devices")
OUTWARD = "is a link that leads out of the campaign folder; take the link away, and put what it leads to in its place"
OUTSIDE = "the enclosure lies outside the campaign folder; copy it into the folder, or use --allow-outside"
NO_FILE = "is no file; put a file there; folders, devices and pipes are not read"
ENCLOSED = LETTER.replace("subject", 'enclosures = [{ title = "A", file = "x" }]\nsubject', 1)
INCLUDED = LETTER + '{% include "x" %}\n'
EXPECTED_FILES = [
    ("letters/x.md", "letters/x.md", {}, ["generate"]),
    ("letters/_x.md", "letters/_x.md", {}, ["generate"]),
    ("letters/x", "letters/x", {"letters/note.md": INCLUDED}, ["generate"]),
    ("letters/questions.toml", "letters/questions.toml", {}, ["check"]),
    ("contacts/b.toml", "contacts/b.toml", {}, ["generate"]),
    ("contacts/b.csv", "contacts/b.csv", {}, ["check"]),
    ("outreach.db", "outreach.db", {}, ["log"]),
    ("out/manifest.json", "{root}/out/manifest.json", {}, ["generate"]),
    ("out/manifest.pending.jsonl", "{root}/out/manifest.pending.jsonl", {}, ["generate"]),
    ("out/print/run.json", "print/run.json", {}, ["print"]),
    ("x", "x", {"letters/note.md": ENCLOSED}, ["print"]),
    ("x", "x", {}, ["contacts", "import", "{root}/x"]),
    ("x", "x", {}, ["contacts", "complete", "{root}/x"]),
    ("x", "x", {}, ["log", "import", "{root}/x"]),
    ("x", "x", {}, ["log", "rebuild", "{root}/x"]),
    ("x", "{root}/x", {}, ["answer", "maire", "--on", "2024-12-01", "--kind", "full", "--file", "{root}/x"]),
]


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@needs_unix
@pytest.mark.parametrize("make", [make_pipe, make_device, Path.mkdir])
@pytest.mark.parametrize("case", EXPECTED_FILES)
def test_what_is_no_file_is_refused_wherever_one_is_expected(
    make: Callable[[Path], None],
    case: tuple[str, str, dict[str, str], list[str]],
    campaign: Callable[..., Path],
    run: RunProgram,
) -> None:
    name, shown, files, command = case
    if make is Path.mkdir and name == "letters/x":
        pytest.skip("a folder without an ending is none that letters/ is read from")
    root = campaign(files)
    if command == ["print"]:
        assert run("generate", root=root).exit_code == 0
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path)
    result = run(*(word.format(root=root) for word in command), root=root)
    assert result.exit_code == 3, result.output
    shown = shown.format(root=root).removeprefix(f"{root}/")
    # A device is planted as a link, which no folder of the campaign's own may hold.
    outward = (f"{shown}: {OUTWARD}", f"{shown}: {OUTSIDE}") if path.is_symlink() else ()
    wanted = (f"{shown}: {NO_FILE}", *outward)
    assert any(line.endswith(wanted) for line in result.output.splitlines()), result.output


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_days_that_nothing_can_be_reckoned_from(
    day: str, campaign: Callable[..., Path], run: RunProgram
) -> None:
    for command in ("check", "generate"):
        result = run(command, "--date", day, root=campaign())
        assert result.exit_code == 3
        assert result.stderr == f"{day} is no day of a letter; give one from 1900 to 2199\n"
    result = run("check", root=campaign({"outreach.toml": SETTINGS.replace("2024-11-30", day)}))
    assert result.exit_code == 3
    assert f"outreach.toml:8: {day} is no day of a letter; give one from 1900 to 2199\n" in result.output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", [["check"], ["status"], ["--help"], ["contacts", "list"]])
def test_stdout_on_a_full_disk(command: list[str], campaign: Callable[..., Path]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        result = subprocess.run(
            [sys.executable, "-m", "outreach", "--campaign", campaign(), *command],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert result.returncode == 5
    assert result.stderr == b"stdout: cannot be read or written; No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_stdout_on_a_full_disk_in_json(campaign: Callable[..., Path]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "outreach", "--campaign", str(campaign()), "status", "--json"]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 5
    said = json.loads(result.stderr)
    assert (said["code"], said["path"], said["hint"]) == ("unwritable", "stdout", "No space left on device")


DEEP = f"x = {'[' * 1000}{']' * 1000}\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("outreach.toml", DEEP),
        ("contacts/b.toml", DEEP),
        ("letters/questions.toml", DEEP),
        ("letters/b.md", f"+++\n{DEEP}+++\nBonjour\n"),
    ],
)
def test_lists_that_stand_too_deep_are_a_fault_of_their_file(
    name: str, content: str, campaign: Callable[..., Path], run: RunProgram
) -> None:
    root = campaign({name: content})
    for command in ("check", "generate"):
        done = run(command, root=root)
        assert done.exit_code == 3
        line = 2 if name.endswith(".md") else 1
        assert f"{name}:{line}: lists stand too deep in one another; take them apart" in done.output
