"""Journals of several laptops say the same once each has read the others, whatever happened in between."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.country.country import load_country
from outreach.errors import InputError, RefusedError
from outreach.journal.archive import Archive
from outreach.journal.codec import to_line
from outreach.journal.event import Answered, Event, Forgotten, Noted, Sent, Voided, tombstone
from outreach.journal.history import history_of
from outreach.journal.journal import Journal
from outreach.journal.recording.exchange import export_lines, import_log
from outreach.journal.recording.log import undo
from outreach.journal.recording.recorder import Recorder
from outreach.journal.store import Store
from outreach.journal.words import AnswerKind, Channel
from outreach.letters.piece import Piece, PieceFile

FRANCE = load_country("FR")
CONTACTS = ("maire", "elu", "adjoint")
DAY = date(2025, 1, 15)
START = datetime(2025, 1, 15, 9, tzinfo=timezone.utc)
WHOM = st.sampled_from(CONTACTS)
DEEDS = st.one_of(
    st.tuples(st.just("sent"), st.sets(WHOM, min_size=1)),
    st.sampled_from([("forwarded", one, other) for one in CONTACTS for other in CONTACTS if one != other]),
    st.tuples(st.just("noted"), WHOM),
    st.tuples(st.just("undone"), st.integers(0, 20)),
    st.tuples(st.just("forgotten"), WHOM),
    st.tuples(st.just("imported"), st.integers(0, 2)),
)
DEED = st.tuples(st.integers(0, 2), st.integers(-400, 400), DEEDS)
"""Which laptop, how many days its clock is wrong, and what is recorded."""


class Laptop:
    """One organiser's copy of the campaign."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        self.root = root
        self.journal = Journal(Store(root / "outreach.db"), Archive(root / "archive"), FRANCE)
        self.exports = 0

    def events(self) -> list[Event]:
        return self.journal.store.read()

    def record(self, deed: tuple[object, ...], recorder: Recorder) -> None:
        kind, *rest = deed
        if kind == "forgotten":
            (name,) = rest
            stone = tombstone(str(name))
            self.journal.store.forget(Forgotten(**recorder.header(DAY), tombstone=stone))
        elif kind == "undone":
            (number,) = rest
            events = self.events()
            if events:
                undo(self.journal, events[int(str(number)) % len(events)].id, recorder)
        else:
            with self.journal.store.writing():
                self.journal.store.append(list(made(deed, recorder)))

    def read(self, other: "Laptop") -> None:
        self.exports += 1
        target = other.root / f"{self.root.name}-{self.exports}.jsonl"
        target.write_bytes(export_lines(other.journal.store))
        import_log(self.journal, target)


def made(deed: tuple[object, ...], recorder: Recorder) -> Iterator[Event]:
    if deed[0] == "sent":
        names = tuple(sorted(map(str, deed[1])))  # type: ignore[call-overload]
        files = (PieceFile("joint.pdf", "ab" * 32),)
        piece = Piece("note", names, "Note", address=("Madame Anne EXEMPLE",), files=files)
        for name in names:
            yield Sent(**recorder.header(DAY, name, "note"), piece=piece, channel=Channel.POST)
    elif deed[0] == "forwarded":
        header = recorder.header(DAY, str(deed[1]), "note")
        yield Answered(**header, answer=AnswerKind.FORWARDED, forwarded_to=str(deed[2]))
    else:
        yield Noted(**recorder.header(DAY, str(deed[1])), note="x")


@pytest.fixture
def laptops(tmp_path: Path) -> Iterator[list[Laptop]]:
    found = [Laptop(tmp_path / name) for name in "abc"]
    yield found
    for laptop in found:
        laptop.journal.store.close()


@settings(deadline=None)  # as slow as the disk
@given(deeds=st.lists(DEED, max_size=14), order=st.permutations(range(3)))
def test_three_laptops_agree_in_the_end(
    deeds: list[tuple[int, int, tuple[object, ...]]], order: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        laptops = [Laptop(Path(folder) / name) for name in "abc"]
        forgotten = set()
        for number, (who, wrong, deed) in enumerate(deeds):
            moment = START + timedelta(days=wrong, seconds=number)
            try:
                if deed[0] == "imported":
                    laptops[who].read(laptops[int(str(deed[1]))])
                else:
                    laptops[who].record(deed, Recorder("ABC"[who], moment, DAY))
            except RefusedError:
                continue  # somebody who is forgotten, or voided already
            if deed[0] == "forgotten":
                forgotten.add(str(deed[1]))
        for reader in (*order, *order):
            for other in laptops:
                laptops[reader].read(other)
        lines = [[to_line(event) for event in laptop.events()] for laptop in laptops]
        assert lines[0] == lines[1] == lines[2]
        whole = "".join(lines[0])
        assert not [name for name in forgotten if f'"{name}"' in whole]
        for laptop in laptops:
            assert list(laptop.journal.store.faults({})) == []
            laptop.journal.store.close()


def test_a_clock_that_was_wrong_hides_nothing(laptops: list[Laptop]) -> None:
    first, second, _third = laptops
    future = Recorder("A", START + timedelta(days=4000), DAY)
    first.record(("noted", "maire"), future)
    undo(first.journal, first.events()[0].id, future)
    second.read(first)
    now = Recorder("B", START, DAY)
    voiding = next(event for event in second.events() if isinstance(event, Voided))
    undo(second.journal, voiding.id, now)
    second.record(("noted", "maire"), now)
    effective = history_of(second.events(), FRANCE).effective
    assert [event.author for event in effective] == ["A", "B"]


def test_a_forgetting_cannot_be_undone(laptops: list[Laptop]) -> None:
    first = laptops[0]
    recorder = Recorder("A", START, DAY)
    first.record(("forgotten", "maire"), recorder)
    with pytest.raises(RefusedError, match="a forgetting cannot be undone"):
        undo(first.journal, first.events()[0].id, recorder)


def test_an_import_that_forgets_leaves_no_file_and_no_byte(laptops: list[Laptop]) -> None:
    first, second, _third = laptops
    recorder = Recorder("A", START, DAY)
    file = second.journal.archive.put("lettre.pdf", b"an elu-person")
    piece = Piece("note", ("elu-person",), "Note", files=(PieceFile(file.name, file.sha256),))
    with second.journal.store.writing():
        header = recorder.header(DAY, "elu-person", "note")
        second.journal.store.append([Sent(**header, piece=piece, channel=Channel.POST)])
    first.record(("forgotten", "elu-person"), recorder)
    target = first.root / "export.jsonl"
    target.write_bytes(export_lines(first.journal.store))
    imported = import_log(second.journal, target, ["other"])
    assert (imported.count, imported.forgotten) == (1, ("elu-person",))
    second.journal.store.close()
    assert not [
        path for path in second.root.rglob("*") if path.is_file() and b"elu-person" in path.read_bytes()
    ]


def test_an_event_that_differs_is_still_refused(laptops: list[Laptop], tmp_path: Path) -> None:
    first = laptops[0]
    first.record(("noted", "maire"), Recorder("A", START, DAY))
    line = to_line(first.events()[0]).replace('"note": "x"', '"note": "y"')
    (tmp_path / "other.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(InputError, match="differs from the one here"):
        import_log(first.journal, tmp_path / "other.jsonl")


def test_new_events_come_after_all_that_their_journal_knew(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "outreach.db")) as store:
        for wrong in (0, -30, 30):
            header = Recorder("A", START + timedelta(days=wrong), DAY).header(DAY, "maire")
            store.append([Noted(**header, note=str(wrong))])
        assert [
            event.note for event in history_of(store.read(), FRANCE).effective if isinstance(event, Noted)
        ] == [
            "0",
            "-30",
            "30",
        ]
