"""What only reads works where nothing can be written: a write-protected backup, a full disk."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import CONTACT

Run = Callable[..., Result]
Campaign = Callable[..., Path]

READING = (
    ("status",),
    ("due",),
    ("log",),
    ("log", "maire"),
    ("log", "verify"),
    ("log", "export", "-"),
    ("why", "maire"),
    ("answers",),
    (),
)
WRITING = (
    ("note", "maire", "y"),
    ("log", "undo", "00000000"),
    ("contacts", "forget", "maire", "--yes"),
)


@pytest.fixture
def recorded(campaign: Campaign, run: Run) -> Path:
    """Return a campaign with a letter recorded as sent, and a note."""
    root = campaign()
    run("generate", "--format", "txt", root=root)
    run("sent", "note", "--on", "2024-12-02", "--via", "post", root=root)
    assert run("note", "maire", "a appelé", root=root).exit_code == 0
    return root


@pytest.fixture(params=["blocked", "protected"])
def unwritable(recorded: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Return the campaign where SQLite can put nothing beside the journal; whoever runs this may be root."""
    if request.param == "blocked":
        (recorded / "outreach.db-wal").mkdir()
        yield recorded
        return
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        pytest.skip("root may write anywhere, and Windows has other rights")
    (recorded / "outreach.db").chmod(0o444)
    recorded.chmod(0o555)
    yield recorded
    recorded.chmod(0o755)


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_what_reads_says_the_same(recorded: Path, run: Run, command: tuple[str, ...]) -> None:
    before = run(*command, root=recorded)
    content = (recorded / "outreach.db").read_bytes()
    (recorded / "outreach.db-wal").mkdir()
    done = run(*command, root=recorded)
    assert (done.exit_code, done.stdout) == (before.exit_code, before.stdout) == (0, before.stdout)
    assert (recorded / "outreach.db").read_bytes() == content


def test_a_protected_folder_is_read(unwritable: Path, run: Run) -> None:
    assert "a appelé" in run("log", root=unwritable).stdout
    assert run("log", "verify", root=unwritable).exit_code == 0
    assert "version 5, 2 events" in run("doctor", root=unwritable).stdout


@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_what_writes_says_that_it_cannot(unwritable: Path, run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, root=unwritable)
    assert done.exit_code == 5
    assert done.stderr.startswith("outreach.db: the journal cannot be used: ")
    assert done.stderr.endswith("; check the disk and the rights\n")


def test_check_shows_its_other_findings(unwritable: Path, run: Run) -> None:
    shown = run("check", root=unwritable).stdout
    assert "outreach.db" not in shown
    unchecked = CONTACT.replace('"maire"', '"elu"').replace("checked = 2024-11-01\n", "")
    (unwritable / "contacts/b.toml").write_text(unchecked, encoding="utf-8")
    (unwritable / "outreach.db").chmod(0o644)
    (unwritable / "outreach.db").write_bytes(b"no journal at all" * 100)
    (unwritable / "outreach.db").chmod(0o444)
    done = run("check", root=unwritable)
    assert done.exit_code == 3
    assert "outreach.db: the journal is damaged: file is not a database" in done.stdout
    assert "1 contact was never checked" in done.stdout


def test_a_log_that_was_not_merged_is_read_from_a_copy(recorded: Path, run: Run) -> None:
    """A killed program, or a copy made while one ran, leaves events in the write-ahead log alone."""
    journal, log = recorded / "outreach.db", recorded / "outreach.db-wal"
    with closing(sqlite3.connect(journal)) as connection:
        connection.execute("SELECT count(*) FROM events").fetchone()  # nobody else is the last to close it
        assert run("note", "maire", "seulement là", root=recorded).exit_code == 0
        kept = log.read_bytes()
        main = journal.read_bytes()
    assert kept
    journal.write_bytes(main)
    log.write_bytes(kept)
    (recorded / "outreach.db-shm").unlink(missing_ok=True)
    (recorded / "outreach.db-shm").mkdir()
    assert "seulement là" in run("log", root=recorded).stdout
    assert (journal.read_bytes(), log.read_bytes()) == (main, kept)


def test_an_earlier_journal_is_read_where_it_cannot_be_brought_forward(campaign: Campaign, run: Run) -> None:
    root = campaign()
    shutil.copyfile(Path(__file__).parents[1] / "data" / "journal-1.db", root / "outreach.db")
    before = (root / "outreach.db").read_bytes()
    (root / "outreach.db-wal").mkdir()
    assert "é 1" in run("log", root=root).stdout
    assert "the first 2 events are of an earlier version" in run("log", "verify", root=root).stdout
    assert (root / "outreach.db").read_bytes() == before
