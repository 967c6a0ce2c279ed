"""Understand an office as people write it: its role, its title, whether it says a woman or a man."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from outreach.errors import InputError, Problem, did_you_mean
from outreach.files.toml import load_data
from outreach.language import _
from outreach.people.roles import ROLES, role_called

_INCLUSIVE = re.compile(
    r"\((?:e|ère|rice|trice|ne|s|es)s?\)|[·•./](?:e|ère|rice|trice|ne)(?:[·•.]?s)?\b", re.IGNORECASE
)
"""Endings that stand for both sexes, as in "Député(e)", "conseiller·ère"."""
_ORDINAL = re.compile(
    r"\b(?:\d+\s*(?:ère|ere|er|re|ième|ieme|ème|eme|nde|nd|e|st|rd|th)?"
    r"|premi(?:er|ère)|deuxième|seconde?|troisième|quatrième|cinquième|sixième|septième|huitième|neuvième|dixième)\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(r"([^\W\d_]+)\.?\s+(?:le\s|la\s|l['’])\s*(?=\S)", re.IGNORECASE)
"""A civility before an office, as in "Monsieur le Maire"."""
_PARTS = re.compile(r"(\s[-–]\s|[,;/(])")
"""What parts one office from the next: "Maire délégué - 1er adjoint"."""
_NUMBER = "{n}"


@dataclass(frozen=True, slots=True)
class Function:
    """What a function says; texts are empty for what it does not say."""

    role: str
    """`person` for one that no role stands for."""
    title: str
    """The whole function as written, where it says more than its role does."""
    gender: str
    is_known: bool


def read_function(text: str) -> Function:
    """Return what a function means; "Maire de Lyon" is a mayor with that title.

    Args:
        text: As written, or a role's code or name, whole and in any case; not empty.
    """
    code = role_called(text)
    if code:
        return Function(code, "", "", is_known=True)
    gender = ""
    addressed = _ADDRESSED.match(text)
    if addressed:
        gender = gender_of_civility(addressed[1])
        text = text[addressed.end() :] if gender else text
    text = re.sub(r"^(?:(?:le|la)\s+|l['’]\s*)", "", " ".join(text.split()), flags=re.IGNORECASE) or text
    words = _words(text)
    role, length = _role(words)
    title = text[:1].upper() + text[1:]
    if role not in ROLES or role == "person":
        return Function("person", title, gender, is_known=False)
    if not gender and set(words) & _feminine():
        gender = "f"
    is_whole = length == len(words) and _NUMBER not in words
    return Function(role, "" if is_whole else title, gender, is_known=True)


def agreed(title: str, gender: str) -> str:
    """Return a title in the form of who bears it: "Adjoint aux sports" of a woman is "Adjointe aux sports".

    Args:
        title: As written, for one sex, the other or both.
        gender: `m` or `f`; anything else leaves the title as it is.
    """
    if gender not in {"m", "f"}:
        return title
    rules = load_data("columns.toml")["agreeing"]
    forms = {form: pair[gender == "f"] for pair in rules["pairs"] for form in pair}
    forms |= {typed: forms[form] for typed, form in rules["spellings"].items()}

    is_before = True

    def form(found: re.Match[str]) -> str:
        nonlocal is_before
        word = found[0].casefold()
        is_before = is_before and word not in rules["until"]
        agreeing = forms.get(word, "") if is_before or word in rules["always"] else ""
        return (
            agreeing[:1].upper() + agreeing[1:]
            if agreeing and found[0][:1].isupper()
            else agreeing or found[0]
        )

    parts = _PARTS.split(_INCLUSIVE.sub("", title))
    for number, part in enumerate(parts):
        is_before = True
        parts[number] = re.sub(r"(?i:vice-|sous-)?[^\W_]+", form, part)
    return "".join(parts)


def role_named(text: str) -> str:
    """Return the role that somebody types: its code in any case, or the function's name.

    Raises:
        InputError: it is none; all of them are named.
    """
    function = read_function(text) if text.strip() else None
    if function and function.is_known:
        return function.role
    near = did_you_mean(text, ROLES)
    known = _("known: {names}", names=", ".join(ROLES))
    hint = f"{near} {known}" if near and near != known else known
    raise InputError(Problem("", 0, _("unknown role '{role}'", role=text), hint, code="unknown-role"))


def gender_of_civility(text: str) -> str:
    """Return `m` or `f` for a word that stands before a name, as in "Mme"; empty for others."""
    return _civilities().get(" ".join(_words(text)), "")


def split_civility(text: str) -> tuple[str, str, str]:
    """Return gender, civility and the office after it: "Mme la Maire" is `f`, "Mme" and "Maire"."""
    gender = gender_of_civility(text)
    if gender:
        return gender, text, ""
    addressed = _ADDRESSED.match(text)
    gender = gender_of_civility(addressed[1]) if addressed else ""
    return (gender, addressed[1], text[addressed.end() :]) if addressed and gender else ("", text, "")


def _role(words: Sequence[str]) -> tuple[str, int]:
    """Return the role of the longest beginning and its words; empty and 0 for none."""
    best = ("", 0)
    for start, is_whole, role in _beginnings():
        length = len(start)
        if length > best[1] and tuple(words[:length]) == start and (not is_whole or length == len(words)):
            best = (role, length)
    return best


def _words(text: str) -> list[str]:
    plain = _ORDINAL.sub(_NUMBER, _INCLUSIVE.sub("", text))
    plain = unicodedata.normalize("NFKD", plain.casefold().replace("œ", "oe"))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return re.findall(r"\{n\}|[^\W_]+", plain)


@cache
def _beginnings() -> tuple[tuple[tuple[str, ...], bool, str], ...]:
    roles: Mapping[str, Sequence[str]] = load_data("columns.toml")["roles"]
    return tuple(
        (tuple(_words(start.rstrip("$"))), start.endswith("$"), role)
        for role, starts in roles.items()
        for start in starts
    )


@cache
def _civilities() -> Mapping[str, str]:
    table: Mapping[str, Sequence[str]] = load_data("columns.toml")["civilities"]
    return {word: gender for gender, words in table.items() for word in words}


@cache
def _feminine() -> frozenset[str]:
    return frozenset(word for one in load_data("columns.toml")["feminine"]["words"] for word in _words(one))
