"""What a registered letter costs: the first tariff that its weight does not go beyond."""

import csv
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pytest
from typer.testing import Result

from tests.conftest import CONTACT, SETTINGS

Campaign = Callable[..., Path]
Run = Callable[..., Result]

PRINT = "[print]\npaper_gsm = 80\nenvelope_grams = 6\n"
"""One sheet weighs 4.99 g then, a letter of one sheet 10.99 g: 11 g on the list."""


@pytest.fixture
def listed(campaign: Campaign, run: Run) -> Callable[..., Path]:
    """Return a function that prints the list for registered mail with tariffs, and returns its folder."""

    def make(*tariffs: tuple[int, float], contacts: str = CONTACT) -> Path:
        shown = "".join(f"[[print.tariff]]\ngrams = {grams}\neuros = {euros}\n" for grams, euros in tariffs)
        root = campaign({"outreach.toml": SETTINGS + PRINT + shown, "contacts/a.toml": contacts})
        assert run("generate", "--format", "pdf", root=root).exit_code == 0
        assert run("print", "--registered", root=root).exit_code == 0
        return root / "out/print"

    return make


def prices(folder: Path) -> list[tuple[str, str]]:
    text = (folder / "registered.csv").read_text(encoding="utf-8-sig")
    return [(row["grams"], row["euros"]) for row in csv.DictReader(text.splitlines(), delimiter=";")]


@pytest.mark.parametrize(
    ("first", "euros"), [(10, "5,36"), (11, "1,50"), (12, "1,50")], ids=["above", "at", "below"]
)
def test_a_tariff_reaches_to_its_own_weight(listed: Callable[..., Path], first: int, euros: str) -> None:
    assert prices(listed((first, 1.5), (20, 5.36))) == [("11", euros)]


def test_a_letter_at_exactly_the_last_tariffs_weight_has_its_price(listed: Callable[..., Path]) -> None:
    assert prices(listed((5, 1), (11, 2))) == [("11", "2,00")]


def test_a_letter_heavier_than_every_tariff_has_no_price(listed: Callable[..., Path]) -> None:
    assert prices(listed((5, 1), (10, 2))) == [("11", "")]


def test_without_tariffs_there_is_no_price(listed: Callable[..., Path]) -> None:
    assert prices(listed()) == [("11", "")]


def test_a_letter_abroad_has_no_price(listed: Callable[..., Path]) -> None:
    abroad = CONTACT.replace('city = "Écully"', 'city = "Bruxelles"\ncountry = "Belgique"')
    assert prices(listed((20, 5.36), contacts=abroad)) == [("11", "")]


def test_the_sum_is_that_of_the_prices(listed: Callable[..., Path]) -> None:
    three = "".join(CONTACT.replace('"maire"', f'"{name}"') for name in ("un", "deux", "trois"))
    folder = listed((11, 1.5), (20, 5.36), contacts=three)
    with pdfplumber.open(folder / "registered.pdf") as pdf:
        shown = pdf.pages[0].extract_text().replace("\u00a0", " ")
    assert "Total : 3 lettres, 33 g, 4,50 €" in shown
