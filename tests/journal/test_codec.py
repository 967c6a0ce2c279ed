"""Events and JSON: what is stored comes back as it was, whatever version of the program wrote it."""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import Result

from outreach import language
from outreach.country.country import load_country
from outreach.files.toml import load_data
from outreach.journal.codec import event_of, from_line, from_row, to_data, to_line, to_row, unread_in
from outreach.journal.event import (
    Answered,
    ArchivedFile,
    Event,
    Extended,
    Forgotten,
    Noted,
    Received,
    Sent,
    Stopped,
    Unknown,
    Voided,
)
from outreach.journal.history import history_of
from outreach.journal.store import MIGRATIONS, Store
from outreach.journal.words import AnswerKind, Channel, Outcome, Position, Proof, Status
from outreach.language import Word
from outreach.letters.piece import Piece, PieceFile
from outreach.letters.template import LetterKind
from tests.cli.test_followup import REMINDER
from tests.conftest import findings
from tests.journal.recorded import noted

Campaign = Callable[..., Path]
Run = Callable[..., Result]

VERSION_1 = Path(__file__).parents[1] / "data" / "journal-1.db"
TEXT = st.text(st.characters(codec="utf-8"))
SHAS = st.integers(0, 16**64 - 1).map("{:064x}".format)
NAMES = st.lists(TEXT.filter(bool), max_size=3).map(tuple)
FILES = st.lists(st.builds(ArchivedFile, name=TEXT, sha256=SHAS), max_size=2).map(tuple)
UNREAD = st.dictionaries(TEXT.map("new {}".format), TEXT | st.lists(TEXT) | st.booleans())
"""Keys that no version of the program has written."""
HEAD: Mapping[str, st.SearchStrategy[Any]] = {
    "id": st.uuids().map(str),
    "at": st.dates(),
    "recorded_at": st.datetimes(timezones=st.just(timezone.utc)),
    "author": TEXT,
    "contact": TEXT,
    "letter": TEXT,
    "unread": UNREAD,
}


@st.composite
def sendings(draw: st.DrawFn) -> Sent:
    head = {name: draw(values) for name, values in HEAD.items()}
    piece = Piece(
        letter=head["letter"],
        contacts=draw(st.just((head["contact"],)) | st.lists(TEXT, min_size=2, max_size=3).map(tuple)),
        title=draw(TEXT),
        subject=draw(TEXT),
        kind=draw(st.sampled_from([kind.value for kind in LetterKind])),
        written=draw(st.none() | st.dates()),
        address=draw(NAMES),
        questions=draw(NAMES),
        follows=draw(NAMES),
        reply_by=draw(st.none() | st.dates()),
        files=draw(st.lists(st.builds(PieceFile, path=st.just("a.pdf"), sha256=SHAS), max_size=2).map(tuple)),
        version=draw(TEXT),
    )
    return Sent(
        **head,
        piece=piece,
        channel=draw(st.sampled_from(Channel)),
        tracking=draw(TEXT),
        role=draw(TEXT),
        is_edited=draw(st.booleans()),
        is_again=draw(st.booleans()),
        reason=draw(TEXT),
        message_id=draw(TEXT),
        accepted=draw(TEXT),
    )


EVENTS: st.SearchStrategy[Event] = st.one_of(
    sendings(),
    st.builds(Received, **HEAD, proof=st.sampled_from(Proof) | st.just(""), files=FILES),
    st.builds(
        Answered,
        **HEAD,
        answer=st.sampled_from(AnswerKind),
        questions=st.dictionaries(TEXT, TEXT),
        position=st.sampled_from(Position) | st.just(""),
        source=TEXT,
        forwarded_to=TEXT,
        files=FILES,
        note=TEXT,
    ),
    st.builds(Extended, **HEAD, to=st.dates(), reason=TEXT),
    st.builds(Noted, **HEAD, note=TEXT),
    st.builds(Voided, **HEAD, event=TEXT.filter(bool)),
    st.builds(Forgotten, **HEAD, tombstone=TEXT, counts=st.dictionaries(TEXT, st.integers())),
    st.builds(Unknown, **HEAD, word=TEXT.map("new {}".format)),
)


@given(EVENTS)
def test_a_line_gives_the_event_back(one: Event) -> None:
    line = to_line(one)
    assert "\n" not in line
    assert from_line(line)[0] == one


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"at": "30/11/2024"}, "at cannot be read: '30/11/2024'"),
        ({"recorded_at": "2025-01-01T00:00:00"}, "recorded_at has no time zone"),
        ({"id": "x"}, "id cannot be read: 'x'"),
        ({"extra": 1}, "unknown key 'extra'"),
        ({"data": []}, "data is not an object"),
        ({"contact": None}, "contact cannot be read: 'None'"),
        ({"letter": 3}, "letter cannot be read: '3'"),
        ({"kind": ""}, "kind"),  # the journal would not take it, and say nothing
    ],
)
def test_a_faulty_line_says_why(change: dict[str, object], message: str) -> None:
    row = to_row(noted("2025-01-01"))
    with pytest.raises(ValueError, match=message):
        from_line(json.dumps({**row, **change}))


def row_of(kind: str, data: object) -> dict[str, object]:
    """Return a row as it is stored and exported."""
    return {
        "id": str(uuid.UUID(int=1)),
        "at": "2025-01-01",
        "recorded_at": "2025-01-01T12:00:00.000000+00:00",
        "author": "A",
        "kind": kind,
        "contact": "maire",
        "letter": "note",
        "data": data,
    }


@pytest.mark.parametrize(
    ("kind", "data", "fault"),
    [
        ("sent", {}, "data.channel is missing"),
        ("answered", {}, "data.kind is missing"),
        ("extended", {"to": "bientôt"}, "data.to cannot be read: 'bientôt'"),
        ("voided", {"event": 3}, "data.event is missing"),
        ("answered", {"kind": "full", "questions": []}, "data.questions has another form"),
        ("answered", {"kind": "full", "questions": {"a": ["b"]}}, "data.questions has another form"),
        ("answered", {"kind": "full", "note": ["b"]}, "data.note has another form"),
        ("noted", {"note": 3}, "data.note has another form"),
        ("sent", {"channel": "post", "letter_kind": {}}, "data.letter_kind has another form"),
        ("sent", {"channel": "post", "follows": "note"}, "data.follows has another form"),
        ("sent", {"channel": "post", "files": [{"name": "a.pdf"}]}, "data.files has another form"),
        ("received", {"files": [{"name": "a.pdf"}]}, "data.files has another form"),
        ("answered", {"kind": "full", "files": [{"name": "a.pdf"}]}, "data.files has another form"),
    ],
)
def test_data_that_nothing_can_be_made_of_is_refused(kind: str, data: dict[str, object], fault: str) -> None:
    line = json.dumps(row_of(kind, data))
    with pytest.raises(ValueError, match=f"^{re.escape(fault)}$"):
        from_line(line)


FILE = {"name": "lettre.pdf", "sha256": "ab" * 32}
FULL: Mapping[str, Mapping[str, object]] = {
    "sent": {
        "channel": "registered",
        "tracking": "1A 123 456 7890 1",
        "title": "Lettre",
        "letter_kind": "reminder",
        "subject": "Relance",
        "role": "mayor",
        "date": "2024-11-30",
        "address": ["Madame Anne EXEMPLE", "69130 ÉCULLY"],
        "questions": ["combien", "pourquoi"],
        "follows": ["note"],
        "message_id": "<1@example.org>",
        "accepted": "250 2.0.0 Ok: queued as 4F1",
        "reply_by": "2025-01-15",
        "together": ["maire", "elu"],
        "edited": True,
        "version": "0.1",
        "again": True,
        "reason": "perdue",
        "files": [FILE, {"name": "lettre.docx", "sha256": "cd" * 32}],
    },
    "received": {"proof": "stamp", "files": [FILE]},
    "answered": {
        "kind": "forwarded",
        "dated": "2024-12-01",
        "questions": {"combien": "douze"},
        "position": "opposed",
        "source": "lettre",
        "forwarded_to": "prefet",
        "files": [FILE],
        "note": "à relire",
    },
    "extended": {"to": "2025-02-01", "reason": "demande"},
    "stopped": {"reason": "réglé"},
    "noted": {"note": "a appelé"},
    "voided": {"event": str(uuid.UUID(int=2))},
    "forgotten": {"tombstone": "ef" * 32, "counts": {"sent": 2, "answered": 1}},
}
"""Every key that this version writes, by kind."""
FEW: Mapping[str, Mapping[str, object]] = {
    "sent": {"channel": "post", "letter_kind": "request"},
    "received": {"proof": "delivery"},
    "answered": {"kind": "full"},
    "extended": {"to": "2025-02-01"},
    "stopped": {},
    "noted": {},
    "voided": {"event": str(uuid.UUID(int=2))},
    "forgotten": {"tombstone": "ef" * 32},
}
KINDS = {Sent: "sent", Received: "received", Answered: "answered", Extended: "extended", Stopped: "stopped"}
KINDS |= {Noted: "noted", Voided: "voided", Forgotten: "forgotten"}


@pytest.mark.parametrize(("make", "kind"), KINDS.items(), ids=KINDS.values())
@pytest.mark.parametrize("filled", [FULL, FEW], ids=["full", "few"])
def test_what_is_stored_comes_back_as_it_was(
    make: type[Event], kind: str, filled: Mapping[str, Mapping[str, object]]
) -> None:
    row = row_of(kind, filled[kind])
    event = from_row(row)
    assert type(event) is make
    assert (event.kind, event.unread, unread_in(event)) == (kind, {}, [])
    assert to_row(event) == row


@pytest.mark.parametrize(("make", "kind"), KINDS.items(), ids=KINDS.values())
def test_every_value_that_is_stored_reaches_the_event(make: type[Event], kind: str) -> None:
    event = from_row(row_of(kind, FULL[kind]))
    empty = [
        one.name
        for one in fields(make)
        if one.name not in ("unread", "clock") and not getattr(event, one.name)
    ]
    assert empty == []
    if isinstance(event, Sent):
        piece = event.piece
        # The rest is of the letter's making, and says nothing of its sending.
        making = {"contact", "heard", "to", "inputs", "composed"}
        assert {name for name in Piece.__slots__ if not getattr(piece, name)} == making
        assert (piece.written, piece.reply_by) == (date(2024, 11, 30), date(2025, 1, 15))
        assert (piece.contacts, piece.follows, piece.kind) == (("maire", "elu"), ("note",), "reminder")


def test_a_sending_of_the_oldest_version_was_a_request_to_its_contact() -> None:
    event = from_row(row_of("sent", {"channel": "post"}))
    assert isinstance(event, Sent)
    assert (event.piece.contacts, event.piece.kind, event.piece.letter) == (("maire",), "request", "note")
    assert event.piece.is_opening


@pytest.mark.parametrize("kind", KINDS.values())
def test_a_key_of_a_newer_version_is_kept_and_named(kind: str) -> None:
    row = row_of(kind, {**FULL[kind], "weight": {"grams": [20, 21]}, "stamp2": False})
    event = from_row(row)
    assert event.unread == {"weight": {"grams": [20, 21]}, "stamp2": False}
    assert unread_in(event) == ["weight", "stamp2"]
    assert to_row(event) == row


def test_what_a_newer_version_says_of_a_file_is_kept() -> None:
    row = row_of("received", {"proof": "stamp", "files": [{**FILE, "pages": 2}]})
    assert to_row(from_row(row)) == row


def test_a_note_knows_of_no_files_and_keeps_what_it_cannot_read() -> None:
    row = row_of("noted", {"note": "x", "files": [{"name": "a.pdf"}]})
    assert unread_in(from_row(row)) == ["files"]
    assert to_row(from_row(row)) == row


def test_a_kind_of_a_newer_version_is_kept_and_named() -> None:
    row = row_of("telephoned", {"minutes": 3, "files": "none", "channel": ""})
    event = from_row(row)
    assert isinstance(event, Unknown)
    assert (event.kind, event.said, unread_in(event)) == ("telephoned", "telephoned", ["telephoned"])
    assert (event.contact, event.letter) == ("maire", "note")
    assert to_row(event) == row


@pytest.mark.parametrize(("follows", "is_opening"), [([], True), (["mayor"], False)])
def test_a_letter_of_an_unknown_kind_opens_a_case_unless_it_follows_one_up(
    follows: list[str], *, is_opening: bool
) -> None:
    row = row_of("sent", {"channel": "post", "letter_kind": "petition", "follows": follows})
    history = history_of([from_row(row)], load_country("FR"))
    assert history.cases["maire", "note"].is_opening is is_opening


@pytest.mark.parametrize(
    ("kind", "key", "word"),
    [
        ("sent", "channel", "pigeon"),
        ("sent", "letter_kind", "petition"),
        ("received", "proof", "witness"),
        ("answered", "kind", "shrug"),
        ("answered", "position", "torn"),
    ],
)
def test_a_word_of_a_newer_version_is_kept_and_named(kind: str, key: str, word: str) -> None:
    row = row_of(kind, {**FULL[kind], key: word})
    event = from_row(row)
    assert unread_in(event) == [word]
    assert to_row(event) == row


def test_a_moment_of_another_time_zone_is_stored_as_utc() -> None:
    row = {**row_of("noted", {}), "recorded_at": "2025-01-01T14:30:00+02:00"}
    assert from_row(row).recorded_at == datetime(2025, 1, 1, 12, 30, tzinfo=timezone.utc)
    assert to_row(from_row(row))["recorded_at"] == "2025-01-01T12:30:00.000000+00:00"


# What a newer version recorded, through the whole program


def newer_row(number: int, kind: str, at: str, data: Mapping[str, object]) -> dict[str, object]:
    recorded = f"2025-01-10T12:00:0{number}.000000+00:00"
    return {**row_of(kind, data), "id": str(uuid.UUID(int=number)), "at": at, "recorded_at": recorded}


NEWER = [
    newer_row(
        1,
        "sent",
        "2024-12-02",
        {"channel": "pigeon", "letter_kind": "request", "role": "mayor", "title": "Lettre", "weight": 20},
    ),
    newer_row(2, "received", "2024-12-04", {"proof": "witness"}),
    newer_row(3, "answered", "2024-12-10", {"kind": "shrug", "position": "torn", "mood": ["calm"]}),
    newer_row(4, "telephoned", "2024-12-11", {"minutes": 3}),
]
NEW_WORDS = ["weight", "pigeon", "witness", "mood", "shrug", "torn", "telephoned"]
IDS = [1, 1, 2, 3, 3, 3, 4]


@pytest.fixture
def newer(campaign: Campaign, tmp_path: Path) -> tuple[Path, Path]:
    """Return a campaign, and the export of a journal that a newer version of the program wrote."""
    export = tmp_path / "newer.jsonl"
    lines = [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in NEWER]
    export.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return campaign({"letters/reminder.md": REMINDER}), export


def warnings() -> list[str]:
    return [
        f"outreach.db: warning: event {uuid.UUID(int=number)} holds '{word}', which this version does not know; "
        "it is kept; install a newer version of outreach"
        for number, word in zip(IDS, NEW_WORDS, strict=True)
    ]


def test_what_a_newer_version_recorded_is_named_once_and_kept(
    newer: tuple[Path, Path], run: Run, tmp_path: Path
) -> None:
    root, export = newer
    done = run("log", "import", str(export), root=root)
    assert (done.exit_code, done.stdout) == (0, "4 events added\n")
    assert done.stderr.splitlines() == warnings()
    checked = run("check", root=root)
    assert (checked.exit_code, findings(checked)) == (
        0,
        sorted(line.replace("warning: ", "") for line in warnings()),
    )
    again = run("log", "import", str(export), root=root)
    assert (again.exit_code, again.stdout) == (0, "0 events added\n")
    copy = tmp_path / "copy.jsonl"
    assert run("log", "export", str(copy), root=root).exit_code == 0
    _heads, *lines = copy.read_text(encoding="utf-8").splitlines()
    assert lines == export.read_text(encoding="utf-8").splitlines()


def test_what_a_newer_version_recorded_makes_no_reading_command_fail(
    newer: tuple[Path, Path], run: Run
) -> None:
    root, export = newer
    run("log", "import", str(export), root=root)
    (row,) = json.loads(run("status", "--json", "--on", "2024-12-20", root=root).stdout)
    # It was received; an answer of an unknown kind says nothing.
    assert (row["status"], row["outcome"], row["channel"]) == ("received", "waiting", "pigeon")
    assert (row["received_on"], row["estimated"], row["next_step"]) == ("2024-12-04", False, "receipt-due")
    (task,) = json.loads(run("due", "--json", "--on", "2024-12-20", root=root).stdout)
    assert (task["step"], task["due_on"]) == ("receipt-due", "2024-12-19")
    rows = json.loads(run("log", "--json", root=root).stdout)
    assert [{key: row[key] for key in row if key != "voided"} for row in rows] == NEWER
    for command in (
        ("status",),
        ("due", "--within", "400"),
        ("due", "--ics", str(root / "due.ics")),
        ("log",),
        ("log", "maire"),
        ("why", "maire"),
        ("answers",),
        ("followup", "--on", "2025-01-10", "--dry-run"),
        (),
    ):
        done = run(*command, root=root)
        assert (done.exit_code, done.exception) == (0, None), command
    shown = run("log", root=root).stdout
    assert all(word in shown for word in ("pigeon", "witness", "shrug", "torn", "telephoned"))
    assert "from: received on 2024-12-04" in run("why", "maire", root=root).stdout


def test_an_estimate_of_an_unknown_channel_takes_no_days(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    root, export = campaign(), tmp_path / "newer.jsonl"
    export.write_text(json.dumps(NEWER[0]), encoding="utf-8")
    run("log", "import", str(export), root=root)
    done = run("why", "maire", "--on", "2024-12-20", root=root)
    assert done.exit_code == 0
    assert "from: sent by pigeon on 2024-12-02, receipt not proved: taken to have arrived that day" in (
        done.stdout
    )


def test_an_event_of_an_unknown_kind_can_be_undone(newer: tuple[Path, Path], run: Run) -> None:
    root, export = newer
    run("log", "import", str(export), root=root)
    assert run("log", "undo", str(uuid.UUID(int=4)), root=root).exit_code == 0
    rows = json.loads(run("log", "--json", root=root).stdout)
    assert {row["kind"]: row["voided"] for row in rows}["telephoned"] is True


def test_a_file_of_version_1_is_migrated_and_keeps_any_kind_from_then_on(tmp_path: Path) -> None:
    copy = tmp_path / "outreach.db"
    copy.write_bytes(VERSION_1.read_bytes())
    store = Store(copy)
    before = store.read()
    assert [to_data(event) for event in before] == [{"note": "é 1"}, {"note": "é 2"}]
    head = {"id": str(uuid.uuid4()), "at": date(2025, 1, 1), "recorded_at": before[0].recorded_at}
    call = event_of("telephoned", {**head, "author": "A", "contact": "maire"}, {"minutes": 3})
    assert store.merge([call]) == 1
    assert store.read() == sorted([*before, call], key=lambda event: event.id)
    assert store.read("maire") == store.read()
    assert store._connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    tables = store._connection.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'events%' ORDER BY 1")
    assert tables.fetchall() == [("events",), ("events_contact",)]
    store.close()


# The words


@pytest.mark.parametrize("words", [Channel, Proof, AnswerKind, Position, Outcome, Status])
def test_every_word_is_said_in_both_languages(words: type[Word]) -> None:
    for word in words:
        assert words.of(word.value) is word
        assert str(word) == word.value
        assert word.said == word.value.replace("-", " ").replace("email", "e-mail")
    language.use("fr")
    said = [word.said for word in words]
    assert all(said)
    assert len(set(said)) == len(said)


def test_what_becomes_of_a_case_by_each_answer() -> None:
    assert {kind.value: kind.outcome and kind.outcome.value for kind in AnswerKind} == {
        "acknowledgement": None,
        "partial": "partial",
        "full": "full",
        "refusal": "refused",
        "forwarded": "forwarded",
        "meeting": "met",
        "no-such-document": "no-such-document",
        "returned": "returned",
    }
    assert {kind.value for kind in AnswerKind if kind.has_content} == {
        "partial",
        "full",
        "refusal",
        "meeting",
        "no-such-document",
    }


def test_the_timeline_translates_what_it_is_made_of() -> None:
    words = load_data("timeline.toml")
    kinds = {"sent", "received", "answered", "extended", "stopped", "noted"}
    channels = {word.value for word in Channel}
    answers = {word.value for word in (*Proof, *AnswerKind)}
    fixed = {"file", "entry", "files"}
    assert words["fr"].keys() == fixed | kinds | channels | answers
    # In English a proof and an answer are called as they are stored.
    assert words["en"].keys() == fixed | kinds | channels
