"""The filters of templates, in a letter's language."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from math import isfinite
from typing import Any

import jinja2
from markupsafe import Markup

from outreach.country.civility import agree
from outreach.country.letter_language import LetterLanguage
from outreach.errors import did_you_mean
from outreach.language import _
from outreach.letters.fields import Explained, Fields, Phrase, printable

_DATE = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)(?:[ T].*)?|(?P<d>\d\d?)[/.](?P<m>\d\d?)[/.](?P<y>\d{4})"
)
_FLOAT_DECIMALS = 9
"""What a template reckons is exact up to these."""
_NUMBER = re.compile(
    r"(?P<sign>[-+−]?)(?P<whole>[0-9]{1,3}(?:\s[0-9]{3})+|[0-9]+)(?:[.,](?P<decimals>[0-9]+))?"
)
_GROUP = 3
"""Digits that a sign for thousands stands before."""
_ROUNDINGS = {"common": ROUND_HALF_UP, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}


def filters(language: LetterLanguage, names: LetterLanguage) -> dict[str, Callable[..., Any]]:
    """Return each filter by its name.

    Args:
        language: Of the letter.
        names: Whose rules join a preposition to a name: the letter's, if it has such rules.
    """

    def long_date(value: object) -> str:
        if isinstance(value, jinja2.Undefined):
            return str(value)  # raises, and says what is missing
        return language.long_date(_date(value))

    def joined(text: object) -> LetterLanguage:
        return language if isinstance(text, Phrase) else names

    def euros(value: object) -> str:
        amount = _amount(value)
        if amount != round(amount, 2):
            message = _("{amount} euros are no whole cents", amount=amount)
            hint = _("round them where you want it said: | round(2) | euros")
            raise jinja2.TemplateRuntimeError(Explained(message, hint, code="filter-misused"))
        return language.euros(amount)

    return {
        "agree": _agree,
        "de": lambda text: joined(text).of(str(text)),
        "a": lambda text: joined(text).to(str(text)),
        "long_date": long_date,
        "number": lambda value: language.number(_amount(value)),
        "euros": euros,
        "int": lambda value: int(_amount(value)),
        "float": lambda value: float(_amount(value)),
        "round": _rounded,
        "markdown": lambda text: Markup(printable(str(text))),  # noqa: S704  (Markdown, not HTML)
    }


def _agree(recipient: object, *forms: str) -> str:
    if not isinstance(recipient, Fields) or len(forms) not in (3, 4):
        hint = _('write recipient | agree("élu", "élue", "élu·e", "élus")')
        raise jinja2.TemplateRuntimeError(
            Explained(_("agree needs a recipient and three or four forms"), hint, code="filter-misused")
        )
    gender = str(recipient._values.get("gender"))  # noqa: SLF001  (empty is a form of its own here)
    masculine, feminine, neutral, *plural = forms
    if gender == "group" and not plural:
        message = _("agree needs a fourth form for several recipients")
        raise jinja2.TemplateRuntimeError(Explained(message, _("add the plural"), code="filter-misused"))
    return agree(gender, masculine, feminine, neutral, "".join(plural))


def _date(value: object) -> date:
    """Return a date, or the one that a text from a table stands for: 2024-11-30, 30/11/2024, 30.11.2024."""
    if isinstance(value, date):
        return value
    found = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found:
        year, month, day = (
            found["year"] or found["y"],
            found["month"] or found["m"],
            found["day"] or found["d"],
        )
        with suppress(ValueError):
            return date(int(year), int(month), int(day))
    raise jinja2.TemplateRuntimeError(
        Explained(
            _("long_date needs a date, as in 2024-11-30 or 30/11/2024"),
            _("it got '{value:.30}'", value=str(value)),
            code="filter-misused",
        )
    )


def is_number(text: str) -> bool:
    """Tell whether a text reads as a number."""
    return _NUMBER.fullmatch(text.strip()) is not None


def _rounded(value: object, decimals: int = 0, method: str = "common") -> float:
    """Return a number rounded, a half away from zero as Regulation (EC) 1103/97, article 5, has it."""
    if method not in _ROUNDINGS:
        message = _("unknown rounding '{method}'", method=method)
        raise jinja2.TemplateRuntimeError(
            Explained(message, did_you_mean(method, list(_ROUNDINGS)), code="filter-misused")
        )
    amount = _amount(value)
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), _ROUNDINGS[method])
    return float(rounded) if decimals > 0 else int(rounded)


def _amount(value: object) -> Decimal:
    """Return a number, or the one that a text such as "12 500,5" from a table stands for."""
    if isinstance(value, jinja2.Undefined):
        str(value)  # raises, and says what is missing
    if isinstance(value, float) and isfinite(value):
        return Decimal(str(round(value, _FLOAT_DECIMALS)))
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    written = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    if not written:
        hint = _("write it in digits, as in 1250 or 1 250,50")
        raise jinja2.TemplateRuntimeError(
            Explained(_("'{value:.30}' is no number", value=str(value)), hint, code="filter-misused")
        )
    sign, whole, decimals = written["sign"].replace("−", "-"), written["whole"], written["decimals"] or ""
    if len(decimals) == _GROUP and re.fullmatch("[1-9][0-9]{,2}", whole):
        message = _("'{text}' may have thousands or decimals", text=written[0])
        hint = _(
            "write {thousands} or {decimals}", thousands=f"{sign}{whole}{decimals}", decimals=f"{written[0]}0"
        )
        raise jinja2.TemplateRuntimeError(Explained(message, hint, code="filter-misused"))
    return Decimal(f"{sign}{''.join(whole.split())}.{decimals}")
