"""Damaged files of every kind end in one clear line: never exit 1, never a traceback, never a long wait."""

import random
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from typer.testing import CliRunner

from outreach.cli.app import app
from tests.conftest import CAMPAIGN

SEEDS = Path(__file__).parent / "seeds"
LONGEST = 20
"""Seconds."""
EXITS = (0, 2, 3, 4, 5)
READ = [["check"], ["contacts", "list"], ["status"]]
IMPORT = [["contacts", "import", "x", "--role", "mayor"], ["contacts", "complete", "x"], ["contacts", "list"]]
RECORD = ["sent", "note", "--on", "2024-12-01", "--via", "registered"]
FOLLOW = [["status", "--json"], ["due"], ["answers"], ["log"], ["log", "verify"]]
TARGETS: dict[str, tuple[str, list[list[str]]]] = {
    "outreach.toml": ("outreach.toml", [*READ, ["generate", "--format", "txt", "--force"]]),
    "contacts.toml": ("contacts/b.toml", [*READ, ["generate", "--format", "txt", "--force"]]),
    "contacts.csv": ("contacts/b.csv", READ),
    "note.md": ("letters/note.md", [["generate", "--format", "txt", "--force"], ["check"]]),
    "questions.toml": ("letters/questions.toml", [["check"], ["status"]]),
    "table.csv": ("x", IMPORT),
    "cards.vcf": ("x", IMPORT),
    "annuaire.json": ("x", IMPORT),
    "rne.csv": ("x", IMPORT),
    "google.csv": ("x", IMPORT),
    "tracking.csv": ("x", [[*RECORD, "--tracking-file", "x"], ["log"]]),
    "log.jsonl": ("x", [["log", "import", "x"], *FOLLOW]),
    "manifest.json": ("out/manifest.json", [["status"], RECORD, ["print"], ["generate", "--force"]]),
    "run.json": ("out/print/run.json", [["print"], ["contacts", "forget", "maire", "--yes"]]),
    "outreach.db": ("outreach.db", [*FOLLOW, ["check"]]),
}
"""Each seed: where it is put, and what reads it there."""
NASTY = [
    *(
        text.encode()
        for text in ("\ue000", "\ue0009:9\ue001", "\ue002", "\u2028", "\u202e", "\x00", "\x1b[2J")
    ),
    *(
        text.encode()
        for text in ("1e999", "-1", "9" * 5000, "0001-01-01", "9999-12-31", "nan", "null", "[]", "{}")
    ),
    *(
        text.encode()
        for text in ("[[", "]]", "'''", '"""', "{{", "}}", "{%", "%}", "{#", "\r", "\n\n", "../../x")
    ),
    *(
        text.encode()
        for text in ("{% for a in range(99999) %}", "{% endfor %}", "{{ 'a' * 10**9 }}", "[" * 2000)
    ),
    *(b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\\ud800", b"A" * 120, b";", b",", b"\t", b"= 1", b"true"),
]
NUMBER = re.compile(rb"\d+")


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return the content with one to four faults, the same ones for the same seed."""
    for _number in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) + 1)
        to = min(len(content), at + chance.choice((1, 2, 8, 40)))
        kind = chance.randrange(7)
        if kind == 0:
            content = content[:at] + chance.choice(NASTY) + content[at:]
        elif kind == 1:
            content = content[:at] + content[to:]
        elif kind == 2:
            content = content[:at] + content[at:to] * chance.choice((2, 50)) + content[to:]
        elif kind == 3:
            content = content[:at] + bytes((chance.randrange(256),)) + content[at + 1 :]
        elif kind == 4:
            lines = content.split(b"\n")
            chance.shuffle(lines)
            content = b"\n".join(lines)
        elif kind == 5:
            content = content[:at]
        elif numbers := list(NUMBER.finditer(content)):
            number = chance.choice(numbers)
            extreme = chance.choice(
                (b"0", b"-1", b"99999999999999999999", b"1e400", b"0.5", b'"a"', b"null", b"[]")
            )
            content = content[: number.start()] + extreme + content[number.end() :]
    return content


@contextmanager
def alarm() -> Iterator[None]:
    """Stop what takes too long, where the system can."""
    if sys.platform == "win32":
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError("it takes without end")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def ended_well(root: Path, command: Sequence[str]) -> str:
    """Run a command and return what is wrong with how it ended; nothing if all is well."""
    words = [str(root / word) if word == "x" else word for word in command]
    begun = time.monotonic()
    with alarm():
        result = CliRunner().invoke(app, ["--campaign", str(root), *words], prog_name="outreach")
    fault = result.exception if not isinstance(result.exception, SystemExit) else None
    if fault or result.exit_code not in EXITS or time.monotonic() - begun > LONGEST:
        return f"{' '.join(command)}: exit {result.exit_code}, {fault!r}"
    return ""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Return a campaign with letters made, printed and sent, and all seeds."""
    root = tmp_path_factory.mktemp("fuzz") / "campaign"
    for name, content in CAMPAIGN.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    (root / "letters" / "questions.toml").write_bytes((SEEDS / "questions.toml").read_bytes())
    for command in (["generate"], ["print"]):
        assert CliRunner().invoke(app, ["--campaign", str(root), *command]).exit_code == 0
    ready = root.with_name("ready")
    shutil.copytree(root, ready)
    export = str(root.with_name("log.jsonl"))
    answer = [
        "answer",
        "maire",
        "--on",
        "2024-12-02",
        "--kind",
        "full",
        "--question",
        "cameras=12",
        "--note",
        "Oui",
    ]
    for command in (RECORD, answer, ["note", "maire", "Un mot"], ["log", "export", export]):
        result = CliRunner().invoke(app, ["--campaign", str(root), *command])
        assert result.exit_code == 0, result.output
    seeds = {path.name: path.read_bytes() for path in sorted(SEEDS.iterdir())}
    made = {"log.jsonl": Path(export), "outreach.db": root / "outreach.db"}
    made |= {"manifest.json": ready / "out/manifest.json", "run.json": ready / "out/print/run.json"}
    return ready, seeds | {name: path.read_bytes() for name, path in made.items()}


def test_the_seeds_are_read_as_they_are(prepared: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    ready, seeds = prepared
    assert seeds.keys() == TARGETS.keys()
    for name, content in seeds.items():
        assert not faults_of(ready, tmp_path / name, name, content)


def faults_of(ready: Path, root: Path, name: str, content: bytes) -> list[str]:
    """Put a file into a copy of the campaign and return what goes wrong when it is read."""
    place, commands = TARGETS[name]
    shutil.copytree(ready, root)
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).write_bytes(content)
    try:
        return [fault for command in commands if (fault := ended_well(root, command))]
    finally:
        shutil.rmtree(root)


def test_damaged_files_end_in_one_clear_line(
    prepared: tuple[Path, dict[str, bytes]],
    tmp_path: Path,
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ready, seeds = prepared
    monkeypatch.chdir(tmp_path)
    wrong = []
    first, count = pytestconfig.getoption("--fuzz-first"), pytestconfig.getoption("--fuzz")
    for number in range(first, first + count):
        name = sorted(seeds)[number % len(seeds)]
        content = damaged(seeds[name], random.Random(number))  # noqa: S311  (no secret)
        wrong += [
            f"{number} {name}: {fault}" for fault in faults_of(ready, tmp_path / str(number), name, content)
        ]
    assert not wrong, "\n".join(wrong)
