"""Turn the names of official files, in capitals and without articles, into names as people write them."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_PARTICLES = {"de", "du", "des", "d", "van", "von", "der", "den", "di", "da", "dos", "del", "della", "zu"}
"""Written small inside a family name; "La", "Le", "Les" after them keep their capital."""
_FORMER = {"ép", "épouse", "née", "veuve", "vve"}
"""Between a name and another one that somebody has or had."""
_SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_SCOTTISH = 3
"""Letters beyond which a name in Mc has a second capital."""
_SLUG_SIGNS = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "’": "-"}


def person_name(text: str) -> str:
    """Return a name as written: "DE LA TOUR" becomes "de La Tour", "JEAN-PIERRE" Jean-Pierre.

    A name with capitals and small letters is kept as it is; accents always are.
    """
    text = " ".join(text.replace("’", "'").split())
    if "'" in text or "-" in text:
        text = re.sub(r"(?<=\w)\s*-\s*(?=\w)", "-", re.sub(r"\b([DLdl])' (?=\w)", r"\1'", text))
    if text not in {text.upper(), text.lower()} or not any(character.isalpha() for character in text):
        return text
    return re.sub(r"[^\W\d_]+", _word, text.lower())


def _word(match: re.Match[str]) -> str:
    word = match[0]
    before, after = match.string[: match.start()], match.string[match.end() :]
    if len(word) == 1 and before.endswith("'") and not after.startswith("'"):  # Le Floc'h
        return word
    is_particle = word in _PARTICLES and after.startswith("'" if word == "d" else " ")
    if is_particle or (before and word in _FORMER):
        return word
    if word.startswith("mc") and len(word) > _SCOTTISH:
        return f"Mc{word[2:].capitalize()}"
    return word[:1].upper() + word[1:]


def parted_name(text: str, *, is_family_first: bool = False) -> tuple[str, str]:
    """Return given and family name of a whole name.

    A comma parts family from given name; else words in capitals are the family name, where others are not.
    Without either the order decides, and what follows a particle belongs to the family name.

    Args:
        text: As in "Anne EXEMPLE", "Exemple, Anne", "Jean de La Tour".
        is_family_first: The order where nothing else tells.
    """
    family, comma, given = (part.strip() for part in text.partition(","))
    if comma:
        return given, family
    words = text.split()
    capitals = [word for word in words if word == word.upper() and len(word.strip(".'’-")) > 1]
    if capitals and len(capitals) < len(words):
        edge = words.index(capitals[0])
        if edge and not is_family_first:
            while edge > 1 and words[edge - 1].casefold() in (*_PARTICLES, "la", "le"):
                edge -= 1
            return " ".join(words[:edge]), " ".join(words[edge:])
        given_words = [word for word in words if word not in capitals]
        return " ".join(given_words), " ".join(word for word in words if word in capitals)
    if is_family_first and len(words) > 1:
        return words[-1], " ".join(words[:-1])
    place = next((n for n, word in enumerate(words) if n and word.casefold() in (*_PARTICLES, "le")), 0)
    place = place or max(len(words) - 1, 0)
    return " ".join(words[:place]), " ".join(words[place:])


def id_words(values: Mapping[str, Any]) -> str:
    """Return what a contact's id is made of: its name, else its organisation or title; empty for none."""
    named = f"{values.get('family_name', '')} {values.get('given_name', '')}".strip()
    return named or str(values.get("organisation") or values.get("title") or "")


def bare(text: str) -> str:
    """Return the letters and digits of a text, small and without accents, to compare names by."""
    small = text.casefold()
    if not small.isascii():
        plain = unicodedata.normalize("NFKD", small.replace("œ", "oe").replace("æ", "ae"))
        small = plain.encode("ascii", "ignore").decode()
    return "".join(filter(str.isalnum, small))


def name_words(text: str) -> list[str]:
    """Return the bare words of a name or a town, "St" written out, so that its spellings are alike."""
    words = [bare(word) for word in re.findall(r"\w+", text)]
    return [_SAINTS.get(word, word) for word in words if word]


def slug(text: str) -> str:
    """Return a text as an id: letters, digits and hyphens, "Hélène Côté" becomes "helene-cote"."""
    small = text.casefold().replace("'", "-")
    if not small.isascii():
        for sign, plain in _SLUG_SIGNS.items():
            small = small.replace(sign, plain)
        small = unicodedata.normalize("NFKD", small).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", small).strip("-")
