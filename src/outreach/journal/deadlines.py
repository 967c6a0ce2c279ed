"""Count time limits: months from day to day, free days, working days."""

import calendar
from collections.abc import Container
from datetime import date, timedelta

SATURDAY = 5
"""As `date.weekday` counts."""


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month; a missing day becomes that month's last.

    Args:
        day: Day 0, not counted.
        months: Calendar months, not negative; one month is not 30 days.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def franc(day: date, months: int) -> date:
    """Return the last day of a free time limit (délai franc): neither its first nor its last day counts."""
    return add_months(day, months) + timedelta(days=1)


def add_working_days(day: date, count: int, holidays: Container[date]) -> date:
    """Return the last of so many working days after a day, which itself is not counted."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, holidays)
    return day


def is_working_day(day: date, holidays: Container[date]) -> bool:
    """Tell whether a day is neither Saturday, Sunday nor holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def next_working_day(day: date, holidays: Container[date]) -> date:
    """Return the day itself if it is a working day, else the first one after it."""
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def previous_working_day(day: date, holidays: Container[date]) -> date:
    """Return the day itself if it is a working day, else the last one before it."""
    while not is_working_day(day, holidays):
        day -= timedelta(days=1)
    return day
