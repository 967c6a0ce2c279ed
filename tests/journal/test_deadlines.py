"""Dates worked out by hand against a calendar; the rules are those of the CRPA and the CJA."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.country.country import Country
from outreach.journal.deadlines import add_months, franc, next_working_day, previous_working_day


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2024-12-02", 1, "2025-01-02"),
        ("2024-12-02", 2, "2025-02-02"),
        ("2024-12-31", 2, "2025-02-28"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2025-01-30", 1, "2025-02-28"),
        ("2025-01-29", 1, "2025-02-28"),
        ("2024-01-29", 1, "2024-02-29"),
        ("2025-02-28", 1, "2025-03-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-03-31", 1, "2025-04-30"),
        ("2025-05-31", 1, "2025-06-30"),
        ("2025-08-31", 1, "2025-09-30"),
        ("2025-10-31", 4, "2026-02-28"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2024-12-15", 0, "2024-12-15"),
        ("2025-12-31", 1, "2026-01-31"),
    ],
)
def test_months_run_from_day_to_day(start: str, months: int, expected: str) -> None:
    assert add_months(day(start), months) == day(expected)


@pytest.mark.parametrize(
    ("start", "expected", "rolled"),
    [
        ("2023-10-01", "2023-12-02", "2023-12-04"),  # a Saturday
        ("2012-10-01", "2012-12-02", "2012-12-03"),  # a Sunday
        ("2025-02-20", "2025-04-21", "2025-04-22"),  # Easter Monday
        ("2025-02-28", "2025-04-29", "2025-04-29"),
        ("2025-03-07", "2025-05-08", "2025-05-09"),  # 8 May, a Thursday
        ("2025-02-27", "2025-04-28", "2025-04-28"),
        ("2024-12-31", "2025-03-01", "2025-03-03"),  # a Saturday
        ("2025-10-24", "2025-12-25", "2025-12-26"),  # Christmas
    ],
)
def test_free_limits_roll_forward(france: Country, start: str, expected: str, rolled: str) -> None:
    found = franc(day(start), 2)
    assert found == day(expected)
    assert next_working_day(found, france.holidays("mainland", found.year)) == day(rolled)


@pytest.mark.parametrize(
    ("start", "forward", "back"),
    [
        ("2025-01-01", "2025-01-02", "2024-12-31"),
        ("2025-04-18", "2025-04-18", "2025-04-18"),  # Good Friday is a working day on the mainland
        ("2025-04-19", "2025-04-22", "2025-04-18"),  # Saturday before Easter
        ("2025-04-21", "2025-04-22", "2025-04-18"),  # Easter Monday
        ("2025-05-01", "2025-05-02", "2025-04-30"),
        ("2025-05-08", "2025-05-09", "2025-05-07"),
        ("2025-05-29", "2025-05-30", "2025-05-28"),  # Ascension
        ("2025-06-09", "2025-06-10", "2025-06-06"),  # Whit Monday
        ("2025-07-14", "2025-07-15", "2025-07-11"),
        ("2025-08-15", "2025-08-18", "2025-08-14"),
        ("2025-11-01", "2025-11-03", "2025-10-31"),
        ("2025-11-11", "2025-11-12", "2025-11-10"),
        ("2025-12-26", "2025-12-26", "2025-12-26"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
    ],
)
def test_working_days_on_the_mainland(france: Country, start: str, forward: str, back: str) -> None:
    holidays = {**france.holidays("mainland", 2024), **france.holidays("mainland", 2025)}
    assert next_working_day(day(start), holidays) == day(forward)
    assert previous_working_day(day(start), holidays) == day(back)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 48))
def test_a_month_never_skips_a_month(start: date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day <= start.day
    assert end.day == start.day or (end + timedelta(days=1)).day == 1
