"""Play a document as its reader would: type its commands, write its files, compare what is shown."""

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

_BLOCK = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_EVENT = re.compile(r"\([0-9a-f]{8}\)")
"""The end of an event's id, which is another one each time."""


def play(text: str, folder: Path, language: str) -> list[str]:
    """Go through the blocks of a Markdown document; return the commands that were typed.

    A block of `console` is typed, line by line; one with a file's name after its language is written into
    that file: a table of outreach.toml in the place of the one with the same header, a table of CSV as a
    workbook where the name says so, a diff as a word changed by hand. An output may end in `...`.
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
                if words[:2] == ["cp", "-r"]:
                    shutil.copytree(folder / words[2], folder / words[3])
                    continue
                assert words[0] == "outreach"
                _compare(_output(words[1:], folder, language), expected, command)
    return typed


def _commands(block: str) -> list[tuple[str, str]]:
    parts = re.split(r"(?m)^\$ ", block)[1:]
    return [(command, output.strip("\n")) for command, _, output in (part.partition("\n") for part in parts)]


def _write(path: Path, body: str) -> None:
    if path.suffix == ".docx":
        retouch(path, body)
    elif path.suffix == ".xlsx":
        _fill_in(path, body)
    elif path.name == "outreach.toml":
        path.write_text(_with_table(path.read_text(encoding="utf-8"), body), encoding="utf-8")
    else:
        path.write_text(body, encoding="utf-8")


def _with_table(text: str, table: str) -> str:
    header = re.escape(table.partition("\n")[0])
    replaced, count = re.subn(rf"(?ms)^{header}.*?(?=^\[|\Z)", lambda _: f"{table}\n", text)
    assert count <= 1, header
    return replaced if count else f"{text}\n{table}"


def _fill_in(path: Path, rows: str) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(csv.reader(rows.splitlines(), delimiter=";")):
            sheet.write_row(number, 0, row)


def retouch(path: Path, change: str) -> None:
    """Change words of a letter as in a word processor, and save its PDF anew."""
    before, after = (line[2:] for line in change.splitlines())
    with zipfile.ZipFile(path) as letter:
        parts = {name: letter.read(name) for name in letter.namelist()}
    text = parts["word/document.xml"].decode("utf-8")
    assert text.count(escape(before)) == 1, path
    parts["word/document.xml"] = text.replace(escape(before), escape(after)).encode("utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as letter:
        for name, content in parts.items():
            letter.writestr(name, content)
    with path.with_suffix(".pdf").open("ab") as printed:
        printed.write(b"% saved anew\n")


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
    if expected.endswith("..."):
        begun = expected.removesuffix("...").rstrip()
        assert shown[: len(begun)] == begun, command
    else:
        assert shown == expected, command
