from datetime import datetime, time, timedelta, timezone

import pytest

from outreach.post.email.pace import Clock, Pace, parse_hours, wait_for

ZONE = timezone(timedelta(hours=1))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-01-{text}").replace(tzinfo=ZONE)


def played(pace: Pace, count: int, start: str, earlier: tuple[str, ...] = ()) -> list[datetime]:
    """Return when so many go that take no time themselves."""
    now = at(start)
    sent = [at(one) for one in earlier]

    def sleep(seconds: float) -> None:
        nonlocal now
        assert 0 < seconds <= 60
        now += timedelta(seconds=seconds)

    gone = []
    for _number in range(count):
        wait_for(pace, sent, Clock(lambda: now, sleep), lambda _at: None)
        gone.append(now)
        sent.append(now)
    return gone


def test_no_hour_has_more_than_so_many() -> None:
    gone = played(Pace(per_hour=3), 8, "15T09:50:30")
    assert gone == [
        *[at("15T09:50:30")] * 3,
        *[at("15T10:50:30")] * 3,
        *[at("15T11:50:30")] * 2,
    ]


def test_what_went_in_an_earlier_run_counts() -> None:
    earlier = ("15T09:10:00", "15T09:40:00")
    assert played(Pace(per_hour=2), 3, "15T09:50:00", earlier) == [
        at("15T10:10:00"),
        at("15T10:40:00"),
        at("15T11:10:00"),
    ]


@pytest.mark.parametrize(
    ("hours", "start", "expected"),
    [
        ("08:00-19:00", "15T07:59:59", "15T08:00:00"),
        ("08:00-19:00", "15T08:00:00", "15T08:00:00"),
        ("8h00 - 19h00", "15T18:59:59", "15T18:59:59"),
        ("08:00-19:00", "15T19:00:00", "16T08:00:00"),
        ("22:00-06:00", "15T23:30:00", "15T23:30:00"),
        ("22:00-06:00", "15T05:59:00", "15T05:59:00"),
        ("22:00-06:00", "15T06:00:00", "15T22:00:00"),
    ],
)
def test_nothing_goes_outside_of_the_hours(hours: str, start: str, expected: str) -> None:
    assert played(Pace(between=parse_hours(hours)), 1, start) == [at(expected)]


def test_both_hold_at_once() -> None:
    pace = Pace(per_hour=2, between=(time(8), time(19)))
    assert played(pace, 4, "15T18:30:00") == [
        at("15T18:30:00"),
        at("15T18:30:00"),
        at("16T08:00:00"),
        at("16T08:00:00"),
    ]


@pytest.mark.parametrize("text", ["", "8-19", "08:00", "08:00-25:00", "08:00-08:00", "19:60-20:00"])
def test_hours_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text or "$"):
        parse_hours(text)
