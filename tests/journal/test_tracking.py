import pytest

from outreach.journal.tracking import check_digit, tracking_fault


@pytest.mark.parametrize(
    "number", ["1A 123 456 7890 1", "1A12345678901", "RB123456785GB", "rb 1234 5678 5 gb"]
)
def test_known_shapes(number: str) -> None:
    assert tracking_fault(number) == ""


def test_what_is_odd_is_said() -> None:
    assert tracking_fault("RB123456786US") == "'RB123456786US' has a wrong check digit"
    assert tracking_fault("123") == "'123' does not look like a tracking number, as in 1A 123 456 7890 1"


def test_check_digit_replaces_ten_and_eleven() -> None:
    assert check_digit("12345678") == 5
    assert {check_digit(f"{number:08}") for number in range(2000)} == set(range(10))
