import json
import re
import uuid
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.journal.event import KINDS, Event, effective, from_line, new_id, to_line, voided_ids

NOW = datetime(2025, 1, 15, 9, 30, tzinfo=timezone.utc)
TEXT = st.text(st.characters(codec="utf-8"))
NEEDED = {"channel": "post", "kind": "full", "to": "2025-02-01", "event": "x"}
OTHER = TEXT.filter(lambda key: key not in ("date", "reply_by", "questions", "follows", "together", "files"))
EVENTS = st.builds(
    Event,
    id=st.uuids().map(str),
    at=st.dates(),
    recorded_at=st.datetimes(timezones=st.just(timezone.utc)),
    author=TEXT,
    kind=st.sampled_from(KINDS),
    contact=TEXT,
    letter=TEXT,
    data=st.dictionaries(OTHER, TEXT | st.lists(TEXT) | st.booleans()).map(lambda data: data | NEEDED),
)


def event(kind: str, number: int, **data: str) -> Event:
    identifier = str(uuid.UUID(int=number))
    return Event(
        identifier, date(2025, 1, number), NOW + timedelta(minutes=number), "A", kind, "maire", "note", data
    )


def test_an_id_is_a_uuid_of_version_7_in_the_order_of_time() -> None:
    first, second = new_id(NOW), new_id(NOW + timedelta(milliseconds=1))
    assert first < second
    assert uuid.UUID(first).version == 7
    assert uuid.UUID(first).variant == uuid.RFC_4122
    assert uuid.UUID(first).int >> 80 == int(NOW.timestamp() * 1000)


def test_the_ids_of_a_batch_keep_its_order() -> None:
    ids = [new_id(NOW, number) for number in (0, 1, 2, 4095, 4096, 1 << 20, (1 << 32) - 1)]
    assert ids == sorted(ids)
    assert {uuid.UUID(one).version for one in ids} == {7}


@given(EVENTS)
def test_a_line_gives_the_event_back(one: Event) -> None:
    line = to_line(one)
    assert "\n" not in line
    assert from_line(line) == one


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "lost"}, "unknown kind 'lost'"),
        ({"at": "30/11/2024"}, "at cannot be read: '30/11/2024'"),
        ({"recorded_at": "2025-01-01T00:00:00"}, "recorded_at has no time zone"),
        ({"id": "x"}, "id cannot be read: 'x'"),
        ({"extra": 1}, "unknown key 'extra'"),
        ({"data": []}, "data is not an object"),
    ],
)
def test_a_faulty_line_says_why(change: dict[str, object], message: str) -> None:
    row = json.loads(to_line(event("noted", 1)))
    with pytest.raises(ValueError, match=message):
        from_line(json.dumps({**row, **change}))


def test_an_event_is_undone_by_another_and_that_one_by_a_third() -> None:
    first = event("sent", 1)
    second = event("voided", 2, event=first.id)
    third = event("voided", 3, event=second.id)
    assert voided_ids([first, second]) == {first.id}
    assert effective([second, first]) == []
    assert effective([third, first, second]) == [first]


@given(
    st.permutations(
        [event(kind, number) for number, kind in enumerate(("sent", "received", "answered", "noted"), 1)]
    )
)
def test_events_count_in_the_same_order_however_they_arrive(events: list[Event]) -> None:
    assert [one.at.day for one in effective(events)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("kind", "data", "fault"),
    [
        ("sent", {}, "data.channel is missing"),
        ("answered", {}, "data.kind is missing"),
        ("extended", {"to": "bientôt"}, "data.to cannot be read: 'bientôt'"),
        ("voided", {"event": 3}, "data.event is missing"),
        ("answered", {"kind": "full", "questions": []}, "data.questions has another form"),
        ("sent", {"channel": "post", "follows": "note"}, "data.follows has another form"),
        ("noted", {"files": [{"name": "a.pdf"}]}, "data.files has another form"),
    ],
)
def test_data_that_nothing_can_be_made_of_is_refused(kind: str, data: dict[str, object], fault: str) -> None:
    line = to_line(Event(str(uuid.UUID(int=1)), date(2025, 1, 1), NOW, "A", kind, "maire", "note", data))
    with pytest.raises(ValueError, match=f"^{re.escape(fault)}$"):
        from_line(line)
