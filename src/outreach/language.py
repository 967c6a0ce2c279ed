"""Say messages in the user's language, with dates and numbers as they are written there."""

import os
import string
import sys
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cached_property
from gettext import NullTranslations, translation
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self


LANGUAGES = ("en", "fr")
"""Those that messages exist in; the sources are in the first."""
DOMAIN = "outreach"
CATALOGUES = Path(__file__).parent / "data" / "locale"

_DATES = {"en": "{0:04}-{1:02}-{2:02}", "fr": "{2:02}/{1:02}/{0:04}"}
_VARIABLE = "OUTREACH_LANG"
_PART = 4
"""Letters that a part of a word has at least, to be taken for the word."""


class _Language:
    """The one in use; the first message chooses it where nobody did before."""

    code = ""
    catalogue = NullTranslations()


def use(code: str) -> None:
    """Say everything from now on in that language, one of `LANGUAGES`."""
    _Language.code = code
    _Language.catalogue = translation(DOMAIN, CATALOGUES, [code], fallback=True)


def in_use() -> str:
    """Return the language in use."""
    if not _Language.code:
        use(preferred())
    return _Language.code


def preferred(environment: Mapping[str, str] = os.environ) -> str:
    """Return the user's language: OUTREACH_LANG, else the system's, else English."""
    names = [environment.get(name, "") for name in (_VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")]
    named = next(filter(None, names), "") or _windows_locale()
    code = named[:2].lower()
    return code if code in LANGUAGES else LANGUAGES[0]


def gettext(message: str, /, **values: object) -> str:
    """Return a message in the language in use, its `{names}` replaced; dates and numbers as there."""
    in_use()
    return _filled(_Language.catalogue.gettext(message) if message else "", values)


def ngettext(singular: str, plural: str, count: int, /, **values: object) -> str:
    """Return the form of a message that goes with a number, which is `{count}` in it."""
    in_use()
    return _filled(_Language.catalogue.ngettext(singular, plural, count), {"count": count, **values})


def pgettext(context: str, message: str) -> str:
    """Return a word that has several translations: the one of that context."""
    in_use()
    return _Language.catalogue.pgettext(context, message)


_ = gettext


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for it)
    """Mark a message that is translated where it is shown."""
    return message


def NP_(context: str, message: str) -> tuple[str, str]:  # noqa: N802  (gettext's N_, with a context)
    """Mark a word of a context for `pgettext`."""
    return context, message


class Word(str, Enum):
    """A word of a closed list, as it is typed and stored, and how it is said in the user's language.

    A member is its text and what `NP_` marks: `POST = "post", NP_("channel", "post")`.
    """

    marked: tuple[str, str]

    def __new__(cls, text: str, *_marked: object) -> "Self":
        """Make the member of a text."""
        member = str.__new__(cls, text)
        member._value_ = text
        return member

    def __init__(self, _text: str, marked: tuple[str, str] = ("", "")) -> None:
        """Keep what is marked."""
        self.marked = marked

    def __str__(self) -> str:
        """Return the word as it is typed and stored."""
        return str(self.value)

    @property
    def said(self) -> str:
        """The word in the user's language."""
        return pgettext(*self.marked)

    @property
    def unquoted(self) -> str:
        """The word in the user's language, as it is typed without quotes."""
        return self.said.replace(" ", "-")

    @cached_property
    def spellings(self) -> set[str]:
        """How it may be typed, as `folded`: as it is stored, or as any of the languages says it."""
        catalogues = (translation(DOMAIN, CATALOGUES, [code], fallback=True) for code in LANGUAGES)
        return {folded(self.value), *(folded(one.pgettext(*self.marked)) for one in catalogues)}

    @classmethod
    def typed(cls, text: str) -> "Self | None":
        """Return the word that somebody typed, in whichever language; None if it is none of them.

        A part that no other member has will do, as "partielle" for "réponse partielle".
        """
        wanted = folded(text)
        exact = [word for word in cls if wanted in word.spellings]
        parts = [word for word in cls if any(wanted in one for one in word.spellings)]
        found = exact or (parts if len(wanted) >= _PART else [])
        return found[0] if len(found) == 1 else None

    @classmethod
    def of(cls, text: str) -> "Self | str":
        """Return the word of a text; the text itself where only a newer version knows it."""
        try:
            return cls(text)
        except ValueError:
            return text


def folded(text: str) -> str:
    """Return a text's letters and digits alone, without case and accents, as in "envoyee"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())


def said(word: str) -> str:
    """Return a word of a closed list in the user's language, any other text as it is."""
    return word.said if isinstance(word, Word) else word


def local(value: object) -> str:
    """Return a value as text: a date or a number as it is written in the language in use."""
    if type(value) is date:
        return _DATES[in_use()].format(value.year, value.month, value.day)
    if type(value) is int:
        return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}" if in_use() == "fr" else ",")
    return str(value)


class _Formatter(string.Formatter):
    def format_field(self, value: object, format_spec: str) -> str:
        return str(super().format_field(value, format_spec)) if format_spec else local(value)


def _filled(message: str, values: Mapping[str, object]) -> str:
    return _Formatter().vformat(message, (), values) if values else message


def _windows_locale() -> str:
    if sys.platform != "win32":
        return ""
    import ctypes
    import locale

    return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
