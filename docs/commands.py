"""Print the reference of all commands: python docs/commands.py > docs/commands.md."""

from collections.abc import Iterator
from typing import Any

import typer

from outreach.cli.app import app


def reference() -> str:
    """Return docs/commands.md."""
    group = typer.main.get_command(app)
    lines = ["# Commands", "", "Made from the program by `python docs/commands.py`; a test compares.", ""]
    lines += ["Before any command:", "", *_options(group), ""]
    for name, command in group.commands.items():  # type: ignore[attr-defined]  # Typer's own group class
        lines += _command(f"outreach {name}", command)
    return "\n".join(lines).rstrip("\n") + "\n"


def _command(name: str, command: Any) -> Iterator[str]:  # noqa: ANN401  (Typer's commands are untyped here)
    if command.hidden:
        return
    given = [param for param in command.params if param.param_type_name == "argument"]
    arguments = [_argument(param) for param in given]
    yield f"## `{' '.join([name, *arguments])}`"
    yield ""
    yield str(command.help or "").strip()
    yield ""
    rows = list(_options(command))
    if rows:
        yield from rows
        yield ""
    for inner, one in getattr(command, "commands", {}).items():
        yield from _command(f"{name} {inner}", one)


def _argument(param: Any) -> str:  # noqa: ANN401  (Typer's commands are untyped here)
    name = param.metavar or param.name.upper()
    shown = name if param.required else f"[{name}]"
    return f"{shown}..." if param.nargs == -1 else shown


def _names(param: Any) -> list[str]:  # noqa: ANN401  (Typer's commands are untyped here)
    return list(param.opts) if param.param_type_name == "option" else [param.metavar or param.name.upper()]


def _options(command: Any) -> Iterator[str]:  # noqa: ANN401  (Typer's commands are untyped here)
    rows = [
        (
            ", ".join(f"`{name}`" for name in _names(param)),
            (param.metavar or "") if param.param_type_name == "option" else "",
            param.help or "",
        )
        for param in command.params
        if getattr(param, "help", "")
        and not getattr(param, "hidden", False)
        and "completion" not in param.name
    ]
    if rows:
        yield "| | takes | |"
        yield "|---|---|---|"
    for names, metavar, text in rows:
        cells = [names, metavar, text]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    print(reference(), end="")
