"""What was changed, removed, reordered or cut off in a journal is found, whoever did it."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.conftest import CONTACT, LETTER

Run = Callable[..., Result]
Campaign = Callable[..., Path]

SOUND = "every event and every file is as it was recorded"
OTHER = CONTACT.replace('"maire"', '"elu"').replace("Anne", "Luce")
JOINT = LETTER.replace('"all"', '"all"\njoint = true').replace("{{ recipient.name }}", "tous")
DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def recorded(campaign: Campaign, run: Run) -> Path:
    """Return a campaign with a joint letter, its answer and notes: six events of two people."""
    root = campaign({"contacts/b.toml": OTHER, "letters/note.md": JOINT})
    for command in (
        ("generate", "--format", "txt"),
        ("sent", "note", "--on", "2024-12-02", "--via", "post"),
        ("answer", "elu", "--on", "2024-12-20", "--kind", "partial", "--note", "à suivre"),
        ("note", "maire", "a appelé"),
        ("note", "elu", "rappeler"),
        ("note", "maire", "adieu"),
    ):
        done = run(*command, root=root)
        assert done.exit_code == 0, done.stderr
    return root


def change(root: Path, *statements: str, **values: str) -> None:
    with closing(sqlite3.connect(root / "outreach.db", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement, values)


def rows(root: Path, what: str) -> list[Any]:
    with closing(sqlite3.connect(root / "outreach.db")) as connection:
        return connection.execute(what).fetchall()


def identifiers(root: Path) -> list[str]:
    return [event for (event,) in rows(root, "SELECT event FROM chain ORDER BY place")]


def events(path: Path) -> object:
    """Return all that is stored of the events, or None if it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
            connection.text_factory = bytes
            return connection.execute("SELECT * FROM events NOT INDEXED ORDER BY id").fetchall()
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def verified(run: Run, root: Path, *sources: Path) -> list[str]:
    """Return what verify finds; none if all is well."""
    done = run("log", "verify", *map(str, sources), root=root)
    assert (done.exit_code, done.stdout) == ((3, "") if done.stderr else (0, f"{SOUND}\n"))
    return done.stderr.splitlines()


def test_a_journal_as_it_was_recorded_is_sound(recorded: Path, run: Run) -> None:
    assert len(identifiers(recorded)) == 6
    assert verified(run, recorded) == []


COLUMNS = ("id", "at", "recorded_at", "author", "kind", "contact", "letter", "data", "clock")


@pytest.mark.parametrize("column", COLUMNS)
def test_each_value_of_an_event_is_sealed(recorded: Path, run: Run, column: str) -> None:
    changes = {
        "id": "replace(id, '-7', '-6')",
        "at": "date(at, '+1 day')",
        "recorded_at": "replace(recorded_at, ':', ':1')",
        "data": "replace(data, 'adieu', 'adieV')",
        "clock": "clock + 1",
    }
    target = identifiers(recorded)[-1]
    value = changes.get(column, f"{column} || 'x'")
    statement = f"UPDATE events SET {column} = {value} WHERE id = :target"  # noqa: S608  (constants)
    change(recorded, statement, target=target)
    what = "was removed" if column == "id" else "is not as it was recorded"
    assert f"outreach.db: event {target} {what}; restore the journal" in verified(run, recorded)[0]


def test_every_flipped_bit_in_an_event_is_found(recorded: Path, run: Run) -> None:
    journal = recorded / "outreach.db"
    change(recorded, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
    sound, before = journal.read_bytes(), events(journal)
    regions = [sound.index(identifier.encode()) for identifier in identifiers(recorded)]
    chance = random.Random(14)  # noqa: S311  (no secret)
    for _number in range(240):
        place = chance.choice(regions) + chance.randrange(-12, 400)
        flipped = bytearray(sound)
        flipped[place] ^= 1 << chance.randrange(8)
        journal.write_bytes(flipped)
        is_event = events(journal) != before
        for leftover in recorded.glob("outreach.db-*"):
            leftover.unlink()
        done = run("log", "verify", root=recorded)
        assert done.exit_code in ((3,) if is_event else (0, 3)), (place, done.exception)
        assert (done.exit_code == 3) == done.stderr.startswith("outreach.db: "), done.stderr


def test_removed_added_and_swapped_events_are_named(recorded: Path, run: Run) -> None:
    first, _joint, second, *_rest = identifiers(recorded)
    kept = (recorded / "outreach.db").read_bytes()
    change(recorded, "DELETE FROM events WHERE id = :first", first=first)
    assert f"event {first} was removed" in verified(run, recorded)[0]
    change(recorded, "DELETE FROM chain WHERE event = :first", first=first)
    assert "the chain lacks what came after 0" in verified(run, recorded)[0]
    (recorded / "outreach.db").write_bytes(kept)
    change(
        recorded,
        "UPDATE events SET data = (SELECT data FROM events WHERE id = :second) WHERE id = :first",
        first=first,
        second=second,
    )
    assert verified(run, recorded)[0].startswith(f"outreach.db: event {first} is not as it was recorded")
    (recorded / "outreach.db").write_bytes(kept)
    change(
        recorded,
        "UPDATE chain SET place = -place WHERE place IN (1, 2)",
        "UPDATE chain SET place = 3 + place WHERE place < 0",
    )
    assert "outreach.db: the chain is broken at 1; restore" in verified(run, recorded)[0]
    (recorded / "outreach.db").write_bytes(kept)
    added = f"{first[:-4]}0000"
    change(
        recorded,
        "INSERT INTO events SELECT :added, at, recorded_at, author, kind, contact, letter, data, clock"
        " FROM events WHERE id = :first",
        added=added,
        first=first,
    )
    assert f"event {added} is not in the chain: another program added it" in verified(run, recorded)[0]


def test_erasing_an_entry_needs_a_forgetting(recorded: Path, run: Run) -> None:
    last = identifiers(recorded)[-1]
    change(
        recorded,
        "DELETE FROM events WHERE id = :last",
        "UPDATE chain SET event = '', salt = '' WHERE event = :last",
        last=last,
    )
    assert "the event at 6 was erased, and nobody forgotten" in verified(run, recorded)[0]


def cut(root: Path) -> None:
    """Take the last two events away, with all that speaks of them in the file."""
    change(
        root,
        "DELETE FROM events WHERE id IN (SELECT event FROM chain WHERE place > 4)",
        "DELETE FROM chain WHERE place > 4",
        "UPDATE heads SET place = 4, hash = (SELECT hash FROM chain WHERE place = 4)",
    )


def test_a_tail_that_was_cut_is_seen(recorded: Path, run: Run, tmp_path: Path) -> None:
    export, backup = tmp_path / "a.jsonl", tmp_path / "copy.db"
    run("log", "export", str(export), root=recorded)
    shutil.copyfile(recorded / "outreach.db", backup)
    assert verified(run, recorded, export, backup) == []
    change(recorded, "DELETE FROM events WHERE id IN (SELECT event FROM chain WHERE place > 4)")
    change(recorded, "DELETE FROM chain WHERE place > 4")
    missing = "outreach.db: the last 2 events are missing, as {} shows; restore the journal from a copy"
    assert verified(run, recorded)[0].startswith(missing.format("outreach.db"))
    cut(recorded)
    assert verified(run, recorded) == []
    assert verified(run, recorded, export)[0].startswith(missing.format("a.jsonl"))
    assert verified(run, recorded, backup)[0].startswith(missing.format("copy.db"))
    shutil.copyfile(backup, recorded / "outreach.db.bak")
    assert verified(run, recorded)[0].startswith(missing.format("outreach.db.bak"))
    run("note", "maire", "autre", root=recorded)
    run("note", "maire", "encore", root=recorded)
    replaced = "outreach.db: events before 7 of the chain were replaced, as a.jsonl shows"
    assert verified(run, recorded, export)[-1].startswith(replaced)


def test_a_copy_that_knew_more_is_not_replaced_unsaid(recorded: Path, run: Run, tmp_path: Path) -> None:
    shutil.copyfile(recorded / "outreach.db", recorded / "outreach.db.bak")
    cut(recorded)
    (tmp_path / "empty.jsonl").touch()
    assert run("log", "import", str(tmp_path / "empty.jsonl"), root=recorded).exit_code == 0
    missing = "outreach.db: the last {} missing, as outreach.db shows"
    assert verified(run, recorded)[0].startswith(missing.format("2 events are"))
    run("note", "maire", "autre", root=recorded)
    assert verified(run, recorded)[0].startswith(missing.format("1 event is"))


def test_an_import_brings_the_tail_back(recorded: Path, run: Run, tmp_path: Path) -> None:
    export = tmp_path / "a.jsonl"
    run("log", "export", str(export), root=recorded)
    before = run("log", "--json", root=recorded).stdout
    cut(recorded)
    done = run("log", "import", str(export), root=recorded)
    assert done.stdout == "2 events added\n"
    assert "outreach.db: warning: the last 2 events are missing, as a.jsonl shows; those" in done.stderr
    assert run("log", "--json", root=recorded).stdout == before
    assert verified(run, recorded) == []
    assert verified(run, recorded, export) == []


def test_another_journal_that_lost_its_tail_is_named(recorded: Path, run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(recorded, other, ignore=shutil.ignore_patterns("outreach.db*", "archive"))
    whole, short = tmp_path / "whole.jsonl", tmp_path / "short.jsonl"
    run("log", "export", str(whole), root=recorded)
    assert run("log", "import", str(whole), root=other).stderr == ""
    cut(recorded)
    run("log", "export", str(short), root=recorded)
    assert run("log", "import", str(short), root=other).stderr.startswith(
        "short.jsonl: warning: ends before what is known of its journal, or differs from it; "
    )
    back = tmp_path / "back.jsonl"
    run("log", "export", str(back), root=other)
    assert "the last 2 events are missing, as back.jsonl shows" in verified(run, recorded, back)[0]


def test_two_laptops_that_began_as_one_file_are_no_fork(recorded: Path, run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(recorded, other)
    for root in (recorded, other):
        run("note", "maire", f"de {root.name}", root=root)
    for source, target in ((recorded, other), (other, recorded), (recorded, other)):
        export = tmp_path / f"{source.name}.jsonl"
        export.unlink(missing_ok=True)
        run("log", "export", str(export), root=source)
        assert "missing" not in run("log", "import", str(export), root=target).stderr
        assert verified(run, target, export) == []


def test_a_cut_export_is_refused_and_one_without_heads_is_not(
    recorded: Path, run: Run, tmp_path: Path
) -> None:
    export = tmp_path / "a.jsonl"
    run("log", "export", str(export), root=recorded)
    first, *lines = export.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 6
    (recorded / "outreach.db").unlink()
    shutil.rmtree(recorded / "archive")
    export.write_text("\n".join([first, *lines[:4]]), encoding="utf-8")
    done = run("log", "import", str(export), root=recorded)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr == "a.jsonl: holds 4 of 6 exported events; export it again\n"
    export.write_text("\n".join(lines), encoding="utf-8")
    assert run("log", "import", str(export), root=recorded).stdout == "6 events added\n"


def test_forgetting_keeps_the_chain_and_nothing_to_guess_from(recorded: Path, run: Run) -> None:
    hashes = rows(recorded, "SELECT place, seal, hash FROM chain")
    (salt,) = rows(recorded, "SELECT salt FROM chain WHERE place = 5")[0]
    assert run("contacts", "forget", "elu", "--yes", root=recorded).exit_code == 0
    assert verified(run, recorded) == []
    assert rows(recorded, "SELECT place, seal, hash FROM chain")[:6] == hashes
    assert salt.encode() not in (recorded / "outreach.db").read_bytes()
    # What is left of the joint letter is sealed too.
    change(recorded, "UPDATE events SET data = replace(data, '\"post\"', '\"email\"')")
    assert "is not as it was recorded" in verified(run, recorded)[0]


@pytest.fixture
def earlier(campaign: Campaign) -> Path:
    """Return a campaign whose journal is of version 1, before events were chained."""
    root = campaign()
    shutil.copyfile(DATA / "journal-1.db", root / "outreach.db")
    return root


def test_an_earlier_journal_is_chained_from_where_it_stands(earlier: Path, run: Run) -> None:
    from_here = "the first 2 events are of an earlier version: chained as they then stood"
    assert run("note", "maire", "x", root=earlier).exit_code == 0
    assert run("log", "verify", root=earlier).stdout == f"{SOUND}\n{from_here}\n"
    change(earlier, "UPDATE events SET data = replace(data, 'é 1', 'é 3')")
    assert "is not as it was recorded" in run("log", "verify", root=earlier).stderr


def test_a_broken_description_of_the_tables_is_one_clear_line(recorded: Path, run: Run) -> None:
    journal = recorded / "outreach.db"
    content = journal.read_bytes()
    assert content.count(b"CREATE TABLE seeds") == 1
    journal.write_bytes(content.replace(b"CREATE TABLE seeds", b"CREATE T\xe5BLE seeds"))
    done = run("log", "verify", root=recorded)
    assert (done.exit_code, len(done.stderr.splitlines())) == (3, 1)
    assert done.stderr.startswith("outreach.db: the journal is damaged: ")
