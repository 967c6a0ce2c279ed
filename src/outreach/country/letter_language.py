"""A language that letters are written in: its fixed words, dates, amounts and typography, from data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

NBSP = "\u00a0"
_RUNS = 4096
"""Texts whose typography is remembered: most runs stand in every letter of a mailing."""
_DAYS = 64
"""Days that are remembered as they are written out."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The fixed words of a letter in one language."""

    addressees: str
    reference: str
    your_reference: str
    subject: str
    postscript: str
    enclosures: str
    copies: str
    cosigners: str
    registered: str


class LetterLanguage:
    """One language, from a TOML file of `country/languages` or of a country's own folder `languages`."""

    def __init__(self, code: str, data: Mapping[str, Any]) -> None:
        self.code = code
        self._data = data
        self.apply_typography = lru_cache(maxsize=_RUNS)(self._apply_typography)
        self.long_date = lru_cache(maxsize=_DAYS)(self._long_date)
        """Returns a day written out, as in "30 novembre 2024"."""

    @property
    def tag(self) -> str:
        """The language tag (BCP 47), as in fr-FR."""
        return str(self._data["tag"])

    @cached_property
    def wording(self) -> Wording:
        """The fixed words."""
        return Wording(**self._data["wording"])

    def _long_date(self, day: date) -> str:
        from babel.dates import format_date

        text = str(format_date(day, "long", locale=self._locale))
        first = self._data.get("first_of_month")
        return re.sub("^1 ", f"{first} ", text) if first else text

    def place_and_date(self, place: str, day: date) -> str:
        """Return what stands above a letter, as in "Lyon, le 30 novembre 2024"."""
        return self.apply_typography(
            self._data["place_and_date"].format(place=place, date=self.long_date(day))
        )

    def number(self, value: float | Decimal) -> str:
        """Return a number with its digits in groups and all its decimals, as in "12 500,5"."""
        return self._grouped(value, None)

    def cents(self, value: float | Decimal) -> str:
        """Return an amount with two decimals and without its sign, as in "12,50"."""
        from babel.numbers import format_decimal

        return str(format_decimal(value, format="0.00", locale=self._locale))

    def euros(self, value: float | Decimal) -> str:
        """Return an amount, as in "12 500 €" or "12 500,50 €": whole, or rounded half even to cents."""
        form = None if value == int(value) else "#,##0.00"
        return str(self._data["euros"]).format(amount=self._grouped(value, form))

    def _grouped(self, value: float | Decimal, form: str | None) -> str:
        from babel.numbers import format_decimal

        text = str(
            format_decimal(value, format=form, locale=self._locale, decimal_quantization=form is not None)
        )
        return text.replace(NBSP, self._data.get("group_separator", NBSP))

    def country_name(self, country: str) -> str:
        """Return the name, as in "Belgique", of a country's code (ISO 3166-1 alpha-2); else the text."""
        if not re.fullmatch("[A-Za-z]{2}", country):
            return country
        from babel import Locale

        return str(Locale.parse(self._locale).territories.get(country.upper(), country))

    @property
    def joins_names(self) -> bool:
        """Tell whether names are joined to a preposition as in "du Havre"."""
        return "of" in self._data

    def of(self, name: str) -> str:
        """Join "de" to a name: d'Écully, du Havre, des Haies, de La Rochelle, de Lyon; nothing to none."""
        rules = self._data.get("of", {})
        joined = _joined(name, rules)
        if joined is None and _is_elided(name, rules):
            return f"{rules['vowel']}{name}"
        return joined if joined is not None else f"{rules.get('other', '')}{name}"

    def to(self, name: str) -> str:
        """Join "à" to a name: au Havre, aux sports, à la sécurité."""
        rules = self._data.get("to", {})
        joined = _joined(name, rules)
        return joined if joined is not None else f"{rules.get('other', '')}{name}"

    def with_article(self, noun: str) -> str:
        """Return a common noun with an article, as an example, where it lacks a needed one; else empty."""
        rules = self._data.get("noun")
        is_common = noun[:1].islower()
        if not (rules and is_common) or re.match(rules["begins"], noun):
            return ""
        return str(rules["example"]).format(noun=noun)

    @property
    def _locale(self) -> str:
        return self.tag.replace("-", "_")

    @cached_property
    def _verbatim(self) -> re.Pattern[str]:
        """What typography leaves as it is: links and e-mail addresses."""
        return re.compile(self._data["typography"]["verbatim"])

    @cached_property
    def _rules(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        typography = self._data.get("typography", {})
        words: Mapping[str, str] = typography.get("words", {})

        def filled(pattern: str) -> str:
            return re.sub("<([a-z]+)>", lambda name: words[name[1]], pattern)

        return tuple(
            (re.compile(filled(rule["find"])), rule["replace"]) for rule in typography.get("rule", ())
        )

    def _apply_typography(self, text: str) -> str:
        """Apply the language's typography to the text of one paragraph or run, without markup.

        Links and e-mail addresses stay as they are. Applied twice it changes nothing more; without rules
        it changes nothing.
        """
        if not self._rules:
            return text
        done = []
        end = 0
        for address in self._verbatim.finditer(text):
            done += [self._set(text[end : address.start()]), address[0]]
            end = address.end()
        return "".join([*done, self._set(text[end:])])

    def _set(self, text: str) -> str:
        for pattern, replacement in self._rules:
            text = pattern.sub(replacement, text)
        return text


def _joined(name: str, rules: Mapping[str, Any]) -> str | None:
    """Return a name whose article is contracted with the preposition; None for a name without one."""
    if not name:
        return ""
    lower = name.casefold()
    for article, contraction in rules.get("articles", {}).items():
        if lower.startswith(article):
            return f"{contraction}{name[len(article) :]}"
    return None


def _is_elided(name: str, rules: Mapping[str, Any]) -> bool:
    if "vowel" not in rules:
        return False
    lower = name.casefold().replace("’", "'")
    elided, aspirated = ({word.casefold() for word in rules[key]} for key in ("elided", "aspirated"))
    for known in (lower, lower.replace("-", " ").partition(" ")[0]):
        if known in elided or known in aspirated:
            return known in elided
    if lower.startswith(tuple(rules["aspirated_beginnings"])):
        return False
    if lower.startswith(rules["mute"]):
        return True
    if lower.startswith(rules["half_vowel"]):
        return lower[1:2] not in rules["vowels"]
    return lower[:1] in rules["vowels"]
