"""What counts of what was recorded, and in which order, however it arrived."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.country.country import Country, load_country
from outreach.journal.event import Event
from outreach.journal.history import history_of, voided_ids
from outreach.journal.words import AnswerKind
from tests.journal.recorded import answered, noted, received, sent, voided

ONE_A_DAY: list[Event] = [
    sent("2025-01-01"),
    received("2025-01-02"),
    answered("2025-01-03", AnswerKind.FULL),
    noted("2025-01-04"),
]


def test_an_event_is_undone_by_another_and_that_one_by_a_third(france: Country) -> None:
    first = sent("2025-01-01")
    second = voided("2025-01-02", first.id)
    third = voided("2025-01-03", second.id)
    assert voided_ids([first, second]) == {first.id}
    assert history_of([second, first], france).effective == ()
    assert history_of([third, first, second], france).effective == (first,)
    assert history_of([third, first, second], france).voided_ids == {second.id}


@given(st.permutations(ONE_A_DAY))
def test_events_count_in_the_same_order_however_they_arrive(events: list[Event]) -> None:
    assert [one.at.day for one in history_of(events, load_country("FR")).effective] == [1, 2, 3, 4]


@pytest.mark.parametrize(("day", "left"), [(1, 1), (3, 3), (31, 4)])
def test_what_happens_after_a_day_does_not_count_on_it(france: Country, day: int, left: int) -> None:
    history = history_of(ONE_A_DAY, france).until(ONE_A_DAY[0].at.replace(day=day))
    assert history.effective == tuple(ONE_A_DAY[:left])
