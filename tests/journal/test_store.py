import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from outreach.errors import InputError, WorldError
from outreach.journal.event import ArchivedFile, Event, Forgotten, Noted, Sent, new_id, tombstone
from outreach.journal.store import MIGRATIONS, Store
from outreach.journal.words import AnswerKind, Channel
from outreach.letters.piece import Piece, PieceFile
from tests.journal.recorded import answered, sent

NOW = datetime(2025, 1, 15, 9, 30, tzinfo=timezone.utc)
VERSION_1 = Path(__file__).parents[1] / "data" / "journal-1.db"
WRITER = """
import sys
from datetime import date, datetime, timezone
from pathlib import Path
from outreach.journal.event import Noted, new_id
from outreach.journal.store import Store
store = Store(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    now = datetime.now(timezone.utc)
    day = date(2025, 1, 1)
    note = str(number)
    event = Noted(id=new_id(now), at=day, recorded_at=now, author=sys.argv[3], contact="maire", note=note)
    with store.writing():
        store.append([event])
    print(event.id, flush=True)
"""


def note(number: int, contact: str = "maire", text: str = "") -> Noted:
    moment = NOW + timedelta(seconds=number)
    return Noted(
        id=new_id(moment),
        at=date(2025, 1, 15),
        recorded_at=moment,
        author="A",
        contact=contact,
        note=text or f"é {number}",
    )


def test_events_come_back_as_they_were_added(tmp_path: Path) -> None:
    store = Store(tmp_path / "outreach.db")
    events: list[Event] = [note(1), note(2, "adjoint"), note(3)]
    assert store.merge(events) == 3
    assert store.merge(events) == 0
    assert store.read() == events
    assert store.read("adjoint") == [events[1]]


def test_a_brief_reading_lacks_addresses_and_files_alone(tmp_path: Path) -> None:
    lines = ("M. A", "69130 ÉCULLY")
    files = (PieceFile("a.pdf", "0" * 64),)
    alike = [sent(contact=name, address=lines, files=files, reply_by=date(2025, 1, 2)) for name in "abc"]
    joint = sent(letter="joint", contact="a", address=lines, files=files, follows=("note",))
    joint = replace(joint, piece=replace(joint.piece, contacts=("a", "b")), role="mayor", is_again=True)
    later = replace(alike[2], id=new_id(datetime.now(timezone.utc)), unread={"weight": {"files": 2}})
    answer = answered(
        "2024-12-09", AnswerKind.PARTIAL, questions={"a": "oui"}, files=(ArchivedFile("b", "1" * 64),)
    )
    store = Store(tmp_path / "outreach.db")
    added = store.append([*alike, joint, later, answer])
    expected = [
        replace(one, piece=replace(one.piece, address=(), files=())) if isinstance(one, Sent) else one
        for one in sorted(added, key=lambda event: event.id)
    ]
    assert store.read_briefly() == expected
    assert store.read() == sorted(added, key=lambda event: event.id)


def test_a_change_takes_place_whole_or_not_at_all(tmp_path: Path) -> None:
    store = Store(tmp_path / "outreach.db")

    def half() -> None:
        with store.writing():
            store.append([note(1)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert store.read() == []


def test_the_file_keeps_its_promises(tmp_path: Path) -> None:
    store = Store(tmp_path / "outreach.db")
    store.append([note(1)])
    connection = sqlite3.connect(tmp_path / "outreach.db")
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute(
        "SELECT strict FROM pragma_table_list('events') WHERE name = 'events'"
    ).fetchone() == (1,)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE events SET kind = ''")


def test_a_file_of_version_1_still_opens(tmp_path: Path) -> None:
    copy = tmp_path / "outreach.db"
    copy.write_bytes(VERSION_1.read_bytes())
    events = Store(copy).read()
    assert [event.note for event in events if isinstance(event, Noted)] == ["é 1", "é 2"]


def test_a_newer_file_and_a_foreign_file_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "outreach.db"
    sqlite3.connect(path).execute("PRAGMA user_version = 99")
    with pytest.raises(
        InputError, match=r"outreach\.db: the journal has version 99; install a newer version"
    ):
        Store(path)
    path.write_bytes(b"not a database, but long enough to look like one" * 40)
    with pytest.raises(InputError, match=r"outreach\.db: the journal is damaged"):
        Store(path)


def test_a_locked_file_says_so(tmp_path: Path) -> None:
    first = Store(tmp_path / "outreach.db")
    second = Store(tmp_path / "outreach.db", busy_seconds=0.05)
    with (
        first.writing(),
        pytest.raises(WorldError, match="the journal cannot be used: database is locked; wait"),
        second.writing(),
    ):
        pass


def test_two_processes_that_write_at_once_both_succeed(tmp_path: Path) -> None:
    path = tmp_path / "outreach.db"
    command = [sys.executable, "-c", WRITER, str(path), "40"]
    running = [subprocess.Popen([*command, name], stdout=subprocess.PIPE) for name in ("A", "B")]
    printed = [process.communicate(timeout=60)[0].decode().split() for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert {event.id for event in Store(path).read()} == {*printed[0], *printed[1]}
    assert len(printed[0] + printed[1]) == 80


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_a_kill_at_any_point_loses_no_acknowledged_event(tmp_path: Path) -> None:
    path = tmp_path / "outreach.db"
    acknowledged: list[str] = []
    for attempt in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), "100000", "A"], stdout=subprocess.PIPE
        )
        assert process.stdout
        acknowledged.append(process.stdout.readline().decode().strip())
        time.sleep(0.013 * attempt)
        process.kill()
        acknowledged += process.communicate(timeout=60)[0].decode().split()
        kept = {event.id for event in Store(path).read()}
        # The last line may have been cut by the kill itself; whole lines were acknowledged.
        assert [line for line in acknowledged if len(line) == 36 and line not in kept] == []


def test_erasing_leaves_no_trace_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "outreach.db"
    store = Store(path)
    store.append([note(1, "secret-person"), note(2)])
    stone = tombstone("secret-person")
    store.forget(Forgotten(id=new_id(NOW), at=NOW.date(), recorded_at=NOW, author="A", tombstone=stone))
    store.compact()
    assert [(event.kind, event.contact) for event in store.read()] == [("forgotten", ""), ("noted", "maire")]
    store.close()
    assert not any(b"secret-person" in file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("{}", "data.channel is missing"),
        ("[1]", "data is not an object"),
        ('{"channel": "post", "questions": [["x"]]}', "data.questions has another form"),
    ],
)
def test_a_row_that_somebody_changed_is_named(tmp_path: Path, data: str, fault: str) -> None:
    path = tmp_path / "outreach.db"
    store = Store(path)
    event = Sent(
        id=new_id(NOW),
        at=NOW.date(),
        recorded_at=NOW,
        author="A",
        contact="maire",
        letter="note",
        piece=Piece("note", ("maire",)),
        channel=Channel.POST,
    )
    _write(store, [event])
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE events SET data = ?", (data,))
    connection.close()
    store = Store(path)
    with pytest.raises(InputError) as caught:
        store.read()
    store.close()
    assert str(caught.value).startswith(f"outreach.db: event {event.id} was changed: {fault}; ")


def test_a_full_disk_is_what_is_said(tmp_path: Path) -> None:
    store = Store(tmp_path / "outreach.db")
    store._connection.execute("PRAGMA max_page_count = 8")
    events: list[Event] = [note(number, text="x" * 5000) for number in range(50)]
    with pytest.raises(WorldError) as caught:
        _write(store, events)
    assert "full" in str(caught.value)
    assert store.read() == []
    store.close()


def _write(store: Store, events: list[Event]) -> None:
    with store.writing():
        store.append(events)
