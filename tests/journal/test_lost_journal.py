"""A journal that was lost is never taken for one that has not begun."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import Result

Run = Callable[..., Result]
Campaign = Callable[..., Path]


@pytest.fixture
def sent(campaign: Campaign, run: Run) -> Path:
    """Return a campaign with a letter recorded as sent."""
    root = campaign()
    run("generate", root=root)
    assert run("sent", "note", "--on", "2024-12-02", "--via", "post", root=root).exit_code == 0
    return root


def lose(root: Path, how: str) -> None:
    journal = root / "outreach.db"
    journal.unlink()
    if how == "empty":
        journal.write_bytes(b"")
    elif how == "dangling":
        journal.symlink_to(root / "elsewhere.db")


@pytest.mark.parametrize("how", ["gone", "empty", "dangling"])
@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("due",),
        ("log",),
        ("answers",),
        ("check",),
        ("why", "maire"),
        ("note", "maire", "x"),
        ("sent", "note", "--on", "2024-12-03", "--via", "email"),
        ("log", "verify"),
        ("log", "import", "outreach.toml"),
        ("contacts", "forget", "maire", "--yes"),
        (),
    ],
    ids=" ".join,
)
def test_every_command_says_that_it_is_lost(sent: Path, run: Run, command: tuple[str, ...], how: str) -> None:
    lose(sent, how)
    done = run(*command, root=sent)
    assert done.exit_code == 3
    word = "empty" if how == "empty" else "missing"
    assert f"outreach.db: is {word}, though archive/ holds files; put a copy back" in done.output
    assert not (sent / "outreach.db").is_file() or not (sent / "outreach.db").stat().st_size


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_a_campaign_that_has_sent_nothing_begins_a_journal(campaign: Campaign, run: Run, how: str) -> None:
    root = campaign()
    if how == "empty":
        (root / "outreach.db").write_bytes(b"")
    assert run("status", root=root).exit_code == 0
    assert run("note", "maire", "x", root=root).exit_code == 0


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_it_is_made_anew_from_exports(sent: Path, run: Run, tmp_path: Path, how: str) -> None:
    before = run("log", "--json", root=sent).stdout
    export = tmp_path / "a.jsonl"
    run("log", "export", str(export), root=sent)
    lose(sent, how)
    done = run("log", "rebuild", str(export), root=sent)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "1 event in the new journal\n", "")
    assert run("log", "--json", root=sent).stdout == before
    assert not list(sent.glob("outreach.db.new*"))


def test_what_only_the_archive_knows_is_said(sent: Path, run: Run, tmp_path: Path) -> None:
    lose(sent, "gone")
    empty = tmp_path / "a.jsonl"
    empty.write_text("", encoding="utf-8")
    done = run("log", "rebuild", str(empty), root=sent)
    assert done.exit_code == 0
    archived = [path for path in (sent / "archive").rglob("*") if path.is_file()]
    assert len(done.stderr.splitlines()) == len(archived) > 0
    assert all(path.name in done.stderr for path in archived)


def test_a_journal_that_is_there_is_not_made_anew(sent: Path, run: Run, tmp_path: Path) -> None:
    before = (sent / "outreach.db").read_bytes()
    export = tmp_path / "a.jsonl"
    run("log", "export", str(export), root=sent)
    assert run("log", "rebuild", str(export), root=sent).exit_code == 4
    assert (sent / "outreach.db").read_bytes() == before


def test_a_faulty_export_leaves_no_half_journal(sent: Path, run: Run, tmp_path: Path) -> None:
    lose(sent, "gone")
    export = tmp_path / "a.jsonl"
    export.write_text("x", encoding="utf-8")
    assert run("log", "rebuild", str(export), root=sent).exit_code == 3
    assert [path.name for path in sent.glob("outreach.db*")] == ["outreach.db.bak"]


def contacts_in(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [contact for (contact,) in connection.execute("SELECT contact FROM events ORDER BY id")]


def test_a_copy_is_kept_before_what_is_sent_or_imported(sent: Path, run: Run, tmp_path: Path) -> None:
    copy = sent / "outreach.db.bak"
    assert contacts_in(copy) == []
    copy.unlink()
    export = tmp_path / "a.jsonl"
    run("log", "export", str(export), root=sent)
    row = json.loads(export.read_text(encoding="utf-8").splitlines()[1])
    row["id"] = row["id"][:-1] + ("0" if row["id"][-1] != "0" else "1")
    export.write_text(json.dumps(row), encoding="utf-8")
    assert run("log", "import", str(export), root=sent).exit_code == 0
    assert contacts_in(copy) == ["maire"]
    assert contacts_in(sent / "outreach.db") == ["maire", "maire"]


def test_whoever_is_forgotten_is_not_in_the_copy(sent: Path, run: Run) -> None:
    copy = sent / "outreach.db.bak"
    copy.unlink()
    run("sent", "note", "--on", "2024-12-03", "--via", "email", root=sent)
    assert contacts_in(copy) == ["maire"]
    assert run("contacts", "forget", "maire", "--yes", root=sent).exit_code == 0
    assert b"maire" not in copy.read_bytes()
