import pytest

from outreach.country.country import Country
from outreach.country.tracking import TrackingForm, check_digit


@pytest.fixture
def tracking(france: Country) -> TrackingForm:
    assert france.tracking
    return france.tracking


@pytest.mark.parametrize(
    "number", ["1A 123 456 7890 1", "1A12345678901", "RB123456785GB", "rb 1234 5678 5 gb"]
)
def test_known_shapes(tracking: TrackingForm, number: str) -> None:
    assert tracking.fault(number) == ""


def test_what_is_odd_is_said(tracking: TrackingForm) -> None:
    assert tracking.fault("RB123456786US") == "'RB123456786US' has a wrong check digit"
    assert tracking.fault("123") == "'123' does not look like a tracking number, as in 1A 123 456 7890 1"


def test_check_digit_replaces_ten_and_eleven() -> None:
    assert check_digit("12345678") == 5
    assert {check_digit(f"{number:08}") for number in range(2000)} == set(range(10))
