"""The README's session, run as it stands, and the README's tables against the program."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import typer

from outreach.cli.app import app
from outreach.errors import InputError, RefusedError, WorldError

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def session() -> list[tuple[str, str]]:
    """Return each command of the README's session with the output shown under it."""
    block = re.search(r"```console\n(.*?)```", README, re.DOTALL)
    assert block
    parts = re.split(r"(?m)^\$ ", block[1])[1:]
    return [(command, output.rstrip("\n")) for command, _, output in (part.partition("\n") for part in parts)]


def test_the_session_prints_what_the_readme_shows(tmp_path: Path) -> None:
    folder = tmp_path
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    commands = session()
    assert len(commands) >= 6
    for command, expected in commands:
        name, *args = shlex.split(command)
        if name == "cd":
            folder /= args[0]
            continue
        assert name == "outreach"
        done = subprocess.run(
            [sys.executable, "-m", "outreach", *args],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        shown = "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip("\n")
        if expected.endswith("\n..."):
            assert shown.startswith(expected.removesuffix("...").rstrip("\n"))
        else:
            assert shown == expected.strip("\n")


def test_every_command_is_in_the_readme_and_has_help() -> None:
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]  # Typer's own group class
        assert command.help
        nested = getattr(command, "commands", None)
        for full in (
            [f"{name} {inner}" for inner, one in nested.items() if not one.hidden] if nested else [name]
        ):
            assert f"`outreach {full}" in README, full


def test_every_exit_code_is_in_the_readme() -> None:
    for error in (InputError, RefusedError, WorldError):
        assert f"| {error.exit_code} |" in README
