"""Named values for templates: what is empty or unknown says so where it is printed."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

import jinja2
from jinja2.utils import missing

from outreach.errors import did_you_mean
from outreach.language import _

if TYPE_CHECKING:
    from typing_extensions import Self


VARIABLES = (
    "recipient",
    "recipients",
    "sender",
    "date",
    "place",
    "campaign",
    "questions",
    "reply_by",
    "previous",
    "earlier",
    "about",
)
LASTING = frozenset(VARIABLES) - {"recipient", "recipients", "about"}
"""Those that one letter may have in common with the next, the very same objects, which nothing changes."""


UNPRINTABLE = re.compile("[\ue000-\ue006\ud800-\udfff]")
"""Private-use characters that stand for something while a letter is made, and halves of characters."""


class Explained(str):
    """A message that goes through Jinja's errors with its hint and code beside it."""

    __slots__ = ("code", "hint", "path")
    code: str
    """As in `Problem.code`."""
    hint: str
    path: str
    """Of the file to mend, where that is not the template; else empty."""

    def __new__(cls, message: str, hint: str, path: str = "", *, code: str) -> "Self":
        """Return the message; the hint may be empty."""
        text = super().__new__(cls, message)
        text.hint, text.path, text.code = hint, path, code
        return text


def printable(text: str) -> str:
    """Return a text that holds none of the characters that the program uses as marks, and half of none.

    Raises:
        TemplateRuntimeError: it does.
    """
    found = UNPRINTABLE.search(text)
    if found:
        raise jinja2.TemplateRuntimeError(unprintable(found[0]))
    return text


def unprintable(character: str) -> Explained:
    """Say that a character cannot be printed."""
    message = _("the character U+{code} cannot be printed", code=f"{ord(character):04X}")
    return Explained(message, _("it is none of any script; take it out"), code="unprintable-character")


class Text(str):
    """A field's text: never equal to a number, greater or less, since it may be one of a table."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return super().__eq__(_no_number(self, other))

    def __ne__(self, other: object) -> bool:
        return super().__ne__(_no_number(self, other))

    def __lt__(self, other: str) -> bool:
        return super().__lt__(_no_number(self, other))

    def __le__(self, other: str) -> bool:
        return super().__le__(_no_number(self, other))

    def __gt__(self, other: str) -> bool:
        return super().__gt__(_no_number(self, other))

    def __ge__(self, other: str) -> bool:
        return super().__ge__(_no_number(self, other))

    def __add__(self, other: str) -> str:
        return super().__add__(_no_number(self, other))

    def __radd__(self, other: object) -> str:
        return f"{_no_number(self, other)}{self}"

    def __mul__(self, other: object) -> str:  # "12" * 2 would be "1212"
        raise number_meant(self)

    __rmul__ = __mul__


class Phrase(Text):
    """Words in the letter's own language, as against a name, which is joined as its country has it."""

    __slots__ = ()


_Other = TypeVar("_Other")


def _no_number(text: str, other: _Other) -> _Other:
    if isinstance(other, (int, float)):
        raise number_meant(text)
    return other


def number_meant(text: str) -> jinja2.TemplateRuntimeError:
    """Return the error of reckoning with a text."""
    message = _("'{text:.30}' is a text, and is used like a number", text=text)
    return jinja2.TemplateRuntimeError(Explained(message, number_hint(), code="text-as-number"))


def number_hint() -> str:
    """Return how a template makes a number of a text."""
    return _("write | int behind its name, as in (recipient.fields.cameras | int) > 10; ~ joins texts")


class Fields:
    """Named values for templates. An empty value is false in a condition and an error where it is printed."""

    def __init__(self, name: str, values: Mapping[str, object]) -> None:
        self._name = name
        self._values = values

    def __getattr__(self, key: str) -> object:
        if key.startswith("_"):
            raise AttributeError(key)
        try:
            return self[key]
        except KeyError:
            raise AttributeError(key) from None

    def __getitem__(self, key: str) -> object:
        value = self._values[key]
        if isinstance(value, EmptyField):
            return value
        if value is None or value in ("", (), []):
            return EmptyField(
                Explained(_("{field} is empty", field=f"{self._name}.{key}"), "", code="empty-field"),
                name=key,
            )
        return Text(value) if type(value) is str else value

    def __str__(self) -> str:
        raise jinja2.TemplateRuntimeError(
            Explained(_("{name} has several fields", name=self._name), _("say which"), code="not-printable")
        )

    def __iter__(self) -> Iterator[object]:
        message = _("{name} is one, not a list", name=self._name)
        raise jinja2.TemplateRuntimeError(
            Explained(message, _("loop over recipients or questions"), code="not-a-list")
        )

    def _full_names(self, key: str) -> tuple[str, list[str]]:
        """Return a name and all known ones as templates write them."""
        return f"{self._name}.{key}", [f"{self._name}.{known}" for known in self._values]


class EmptyField(jinja2.Undefined):
    """A known field without a value, or without one value: may be tested, may not be printed."""

    __str__ = jinja2.StrictUndefined.__str__

    def __eq__(self, other: object) -> bool:
        return other is None or other == "" or isinstance(other, EmptyField)

    def __hash__(self) -> int:
        return hash("")


def differing_field(name: str, key: str) -> EmptyField:
    """Return what stands for a field that differs between the recipients of one letter."""
    message = _("{field} differs between the recipients", field=f"{name}.{key}")
    loop = (
        "{% for one in earlier %}{{ one.about." + key + " }}"
        if name == "about"
        else "{% for one in recipients %}{{ one." + key + " }}"
    )
    return EmptyField(Explained(message, _("write {loop}", loop=loop), code="differing-field"), name=key)


class MissingField(jinja2.StrictUndefined):
    """An unknown name, whose error says which names are known."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name = str(self._undefined_name)
        owner = self._undefined_obj
        if isinstance(owner, Fields):
            full, known = owner._full_names(name)  # noqa: SLF001  (a public name would hide a field's)
            return Explained(
                _("unknown field {field}", field=full), did_you_mean(full, known), code="unknown-variable"
            )
        if owner is not missing:
            return Explained(
                _("'{name}' is not known of {owner!r:.30}", name=name, owner=owner),
                "",
                code="unknown-variable",
            )
        return Explained(
            _("unknown name '{name}'", name=name), did_you_mean(name, VARIABLES), code="unknown-variable"
        )
