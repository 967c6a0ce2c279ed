"""Write the reference of all commands, docs/commands.md and docs/commands.fr.md: python docs/commands.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from typer.core import TyperArgument, TyperOption

from outreach import language
from outreach.cli.app import app
from outreach.cli.localise import localise, subcommands
from outreach.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from typer._click import Command

WORDS = {
    "en": (
        "Commands",
        "Made from the program by `python docs/commands.py`; a test compares.",
        "For every command, before or after its name:",
        "takes",
    ),
    "fr": (
        "Commandes",
        "Fait d'après le programme par `python docs/commands.py` ; un test compare.",
        "Pour toutes les commandes, avant ou après leur nom :",
        "prend",
    ),
}
"""Language to title, origin, heading of the common options, heading of what an option takes."""


def reference(code: str) -> str:
    """Return docs/commands.md, or the same in another language."""
    title, made, before, _takes = WORDS[code]
    language.use(code)
    group = typer.main.get_command(app)
    localise(group)
    lines = [f"# {title}", "", made, "", before, "", *_options(group, code, is_below=False), ""]
    for name, command in subcommands(group).items():
        lines += _command(f"outreach {name}", command, code)
    return "\n".join(lines).rstrip("\n") + "\n"


def _command(name: str, command: "Command", code: str) -> Iterator[str]:
    if command.hidden:
        return
    arguments = [_argument(param) for param in command.params if isinstance(param, TyperArgument)]
    yield f"## `{' '.join([name, *arguments])}`"
    yield ""
    yield str(command.help or "").strip()
    yield ""
    rows = list(_options(command, code))
    if rows:
        yield from rows
        yield ""
    for inner, one in subcommands(command).items():
        yield from _command(f"{name} {inner}", one, code)


def _argument(param: TyperArgument) -> str:
    name = param.metavar or ""
    shown = name if param.required else f"[{name}]"
    return f"{shown}..." if param.nargs == -1 else shown


def _options(command: "Command", code: str, *, is_below: bool = True) -> Iterator[str]:
    rows = []
    for param in command.params:
        if is_below and getattr(param, "rich_help_panel", "") == EVERYWHERE:
            continue
        if isinstance(param, TyperArgument):
            rows.append((f"`{param.metavar}`", "", param.help or ""))
        elif isinstance(param, TyperOption) and param.help and "completion" not in param.opts[0]:
            rows.append((", ".join(f"`{name}`" for name in param.opts), param.metavar or "", param.help))
    if rows:
        yield f"| | {WORDS[code][3]} | |"
        yield "|---|---|---|"
    for names, metavar, text in rows:
        cells = [names, metavar, text]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def path(code: str) -> Path:
    """Return the file of a language."""
    ending = "" if code == "en" else f".{code}"
    return Path(__file__).parent / f"commands{ending}.md"


if __name__ == "__main__":
    for each in language.LANGUAGES:
        path(each).write_text(reference(each), encoding="utf-8", newline="\n")
