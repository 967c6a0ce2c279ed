"""The README's session, run as it stands, and the README's tables against the program."""

from pathlib import Path

import typer

from outreach.cli.app import app
from outreach.cli.localise import subcommands
from outreach.errors import InputError, RefusedError, WorldError
from tests.played import play

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_session_prints_what_the_readme_shows(tmp_path: Path) -> None:
    assert len(play(README, tmp_path, "en")) >= 6


def test_every_command_is_in_the_readme_and_has_help() -> None:
    group = typer.main.get_command(app)
    for name, command in subcommands(group).items():
        assert command.help
        nested = [f"{name} {inner}" for inner, one in subcommands(command).items() if not one.hidden]
        for full in nested or [name]:
            assert f"`outreach {full}" in README, full


def test_every_exit_code_is_in_the_readme() -> None:
    for error in (InputError, RefusedError, WorldError):
        assert f"| {error.exit_code} |" in README
