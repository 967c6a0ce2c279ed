"""The filters of templates, in a letter's language."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import jinja2
from markupsafe import Markup

from outreach.country.civility import agree
from outreach.country.letter_language import LetterLanguage
from outreach.language import _
from outreach.letters.fields import Explained, Fields


def filters(language: LetterLanguage, names: LetterLanguage) -> dict[str, Callable[..., Any]]:
    """Return each filter by its name.

    Args:
        language: Of the letter.
        names: Whose rules join a preposition to a name: the letter's, if it has such rules.
    """

    def long_date(value: date) -> str:
        if isinstance(value, jinja2.Undefined):
            return str(value)  # raises, and says what is missing
        if not isinstance(value, date):
            raise jinja2.TemplateRuntimeError(
                Explained(_("long_date needs a date"), _("it got {value!r:.30}", value=value))
            )
        return language.long_date(value)

    return {
        "agree": _agree,
        "de": lambda name: names.of(str(name)),
        "long_date": long_date,
        "number": lambda value: language.number(_amount(value)),
        "euros": lambda value: language.euros(_amount(value)),
        "markdown": lambda text: Markup(str(text)),  # noqa: S704  (Markdown, not HTML)
    }


def _agree(recipient: object, *forms: str) -> str:
    if not isinstance(recipient, Fields) or len(forms) not in (3, 4):
        hint = _('write recipient | agree("élu", "élue", "élu·e", "élus")')
        raise jinja2.TemplateRuntimeError(
            Explained(_("agree needs a recipient and three or four forms"), hint)
        )
    gender = str(recipient._values.get("gender"))  # noqa: SLF001  (empty is a form of its own here)
    masculine, feminine, neutral, *plural = forms
    if gender == "group" and not plural:
        message = _("agree needs a fourth form for several recipients")
        raise jinja2.TemplateRuntimeError(Explained(message, _("add the plural")))
    return agree(gender, masculine, feminine, neutral, "".join(plural))


def _amount(value: object) -> Decimal:
    """Return a number, or the one that a text such as "12 500,5" from a table stands for."""
    if isinstance(value, jinja2.Undefined):
        str(value)  # raises, and says what is missing
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        with suppress(InvalidOperation):
            return Decimal("".join(str(value).split()).replace(",", "."))
    hint = _("they got {value!r:.30}", value=value)
    raise jinja2.TemplateRuntimeError(Explained(_("number and euros need a number"), hint))
