"""Play a document as its reader would: type its commands, write its files, compare what is shown."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

_BLOCK = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_EVENT = re.compile(r"\([0-9a-f]{8}\)")
"""The end of an event's id, which is another one each time."""


def play(text: str, folder: Path, language: str) -> list[str]:
    """Go through the blocks of a Markdown document; return the commands that were typed.

    A block of `console` is typed, line by line; one with a file's name after its language is written into
    that file, a table of TOML in the place of the one with the same header. An output may end in `...`.
    """
    typed = []
    for kind, name, body in _BLOCK.findall(text):
        if name:
            _write(folder / name, body)
        elif kind == "console":
            for command, expected in _commands(body):
                words = shlex.split(command)
                typed.append(command)
                if words[0] == "cd":
                    folder /= words[1]
                    continue
                assert words[0] == "outreach"
                _compare(_output(words[1:], folder, language), expected, command)
    return typed


def _commands(block: str) -> list[tuple[str, str]]:
    parts = re.split(r"(?m)^\$ ", block)[1:]
    return [(command, output.strip("\n")) for command, _, output in (part.partition("\n") for part in parts)]


def _write(path: Path, body: str) -> None:
    if path.suffix == ".toml" and path.exists():
        header = re.escape(body.partition("\n")[0])
        text, count = re.subn(
            rf"(?ms)^{header}\n.*?(?=^\[)", lambda _: f"{body}\n", path.read_text(encoding="utf-8")
        )
        assert count == 1, path
        body = text
    path.write_text(body, encoding="utf-8")


def _output(words: list[str], folder: Path, language: str) -> str:
    environment = {
        **os.environ,
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "PYTHONIOENCODING": "utf-8",
        "OUTREACH_LANG": language,
    }
    done = subprocess.run(
        [sys.executable, "-m", "outreach", *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,  # where a terminal is, `init` would ask
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip("\n")


def _compare(shown: str, expected: str, command: str) -> None:
    shown, expected = _EVENT.sub("(id)", shown), _EVENT.sub("(id)", expected)
    if expected.endswith("\n..."):
        begun = expected.removesuffix("...").rstrip("\n")
        assert shown[: len(begun)] == begun, command
    else:
        assert shown == expected, command
