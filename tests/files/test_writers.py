"""Every file that the program writes goes through the one writer that leaves none half."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "outreach"
WRITER = "files/atomic.py"
KNOWN = {
    "journal/archive.py": ["open"],  # to make sure that a file which was written is on the disk
    "journal/store.py": ["copyfile"],  # to a temporary folder, where nothing can be written in place
    "letters/piece.py": ["open", "open"],  # the log of a run, a line at a time; the manifest's temporary file
    "letters/making/worker.py": ["write_bytes"],  # a folder of its own on another machine
    "files/tables.py": ["open"],  # the temporary file that the writer puts in place
    "files/clone.py": ["open"],  # the same
    "post/email/outbox.py": ["open"],  # an intent, a line at a time, on the disk before a message goes
    "people/bring_in.py": ["copyfile", "write_bytes"],  # the same
}
"""Calls elsewhere that write, each with its reason."""
WRITES = {"write_text", "write_bytes", "copy", "copy2", "copyfile", "move"}


def writing_calls(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        owner = (
            function.value.id
            if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
            else ""
        )
        if name == "open":
            texts = [
                one.value
                for one in [*node.args, *(word.value for word in node.keywords)]
                if isinstance(one, ast.Constant)
            ]
            if any(isinstance(text, str) and len(text) <= 3 and set(text) & set("wax+") for text in texts):
                yield name
        elif name in WRITES and (name.startswith("write") or owner == "shutil"):
            yield name


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("path.open('w')", ["open"]),
        ("open(path, mode='xb')", ["open"]),
        ("path.open('rb')", []),
        ("path.write_text('a')", ["write_text"]),
        ("shutil.copy2(a, b)", ["copy2"]),
        ("data.copy()", []),
    ],
)
def test_a_call_that_writes_is_seen(source: str, found: list[str]) -> None:
    assert list(writing_calls(source)) == found


def test_nothing_else_writes() -> None:
    calls = {
        path.relative_to(SOURCE).as_posix(): sorted(writing_calls(path.read_text(encoding="utf-8")))
        for path in sorted(SOURCE.rglob("*.py"))
    }
    assert {name: found for name, found in calls.items() if found and name != WRITER} == KNOWN
