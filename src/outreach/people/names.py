"""Turn the names of official files, in capitals and without articles, into names as people write them."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_PARTICLES = {"de", "du", "des", "d", "van", "von", "der", "den", "di", "da", "dos", "del", "della", "zu"}
"""Written small inside a family name; "La", "Le", "Les" after them keep their capital."""
_SLUG_SIGNS = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "’": "-", "'": "-"}


def person_name(text: str) -> str:
    """Return a name as written: "DE LA TOUR" becomes "de La Tour", "JEAN-PIERRE" Jean-Pierre.

    A name that is not all in capitals is kept as it is; accents always are.
    """
    text = " ".join(text.replace("’", "'").split())
    if text != text.upper() or not any(character.isalpha() for character in text):
        return text
    return re.sub(r"[^\W\d_]+", _word, text.lower())


def _word(match: re.Match[str]) -> str:
    word = match[0]
    after = match.string[match.end() : match.end() + 1]
    is_particle = word in _PARTICLES and (after == "'" if word == "d" else after == " ")
    return word if is_particle else word[:1].upper() + word[1:]


def id_words(values: Mapping[str, Any]) -> str:
    """Return what a contact's id is made of: its name, else its organisation or title; empty for none."""
    named = f"{values.get('family_name', '')} {values.get('given_name', '')}".strip()
    return named or str(values.get("organisation") or values.get("title") or "")


def bare(text: str) -> str:
    """Return the letters and digits of a text, small and without accents, to compare names by."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(character for character in plain if character.isascii() and character.isalnum())


def slug(text: str) -> str:
    """Return a text as an id: letters, digits and hyphens, "Hélène Côté" becomes "helene-cote"."""
    small = text.casefold()
    for sign, plain in _SLUG_SIGNS.items():
        small = small.replace(sign, plain)
    ascii_only = unicodedata.normalize("NFKD", small).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
