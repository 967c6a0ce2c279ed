"""The README's session, run as it stands, and the README's tables against the program."""

from pathlib import Path

import typer

from outreach.cli.app import app
from outreach.errors import InputError, RefusedError, WorldError
from tests.played import play

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_session_prints_what_the_readme_shows(tmp_path: Path) -> None:
    assert len(play(README, tmp_path, "en")) >= 6


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
