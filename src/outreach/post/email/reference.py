"""The short reference of a letter to a contact, as in K7F-3QX-9MT, by which an e-mail is known again."""

import re
from hashlib import sha256

_CHARACTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that are taken for one another: 0 and O, 1, I and L. Their number is prime, so that the check
tells every wrong character, and every two that changed places."""
_LENGTH = 9
"""The last character checks the others."""
_ANY = f"[{_CHARACTERS}{_CHARACTERS.lower()}]"
_HYPHEN = r"[-\u2010-\u2015\u2212]\s*"
_WRITTEN = re.compile(rf"(?<![^\W_])({_ANY}{{3}}){_HYPHEN}({_ANY}{{3}}){_HYPHEN}({_ANY}{{3}})(?![^\W_])")
_TAGGED = re.compile(rf"(?P<local>.+)\+(?P<tag>{_ANY}{{{_LENGTH}}})(?P<domain>@[^@]+)")


def reference_of(campaign: str, letter: str, contact: str) -> str:
    """Return the reference of a letter to a contact, always the same.

    Args:
        campaign: Its title: one mailbox may serve several.
        letter: The letter's name.
        contact: Id of the contact in whose record it belongs; of a series the first of them.
    """
    number = int.from_bytes(sha256(f"{campaign}\n{letter}\n{contact}".encode()).digest(), "big")
    places = []
    for _place in range(_LENGTH - 1):
        number, place = divmod(number, len(_CHARACTERS))
        places.append(place)
    check = next(place for place in range(len(_CHARACTERS)) if _is_whole([*places, place]))
    return _grouped("".join(_CHARACTERS[place] for place in (*places, check)))


def with_reference(subject: str, reference: str) -> str:
    """Return a subject with the reference behind it."""
    return f"{subject} [{reference}]"


def references_in(text: str) -> list[str]:
    """Return the references that stand in a text, each once, in their order.

    Capitals, the kind of hyphen and line ends after one do not matter. What looks like one by chance, and
    passes the check as one in 31 does, belongs to no letter.
    """
    found = ("".join(match.groups()).upper() for match in _WRITTEN.finditer(text))
    return list(dict.fromkeys(_grouped(one) for one in found if _is_valid(one)))


def tagged(address: str, reference: str) -> str:
    """Return an address with the reference as its tag: local+k7f3qx9mt@domain."""
    local, _sign, domain = address.rpartition("@")
    return f"{local}+{reference.replace('-', '').lower()}@{domain}"


def untagged(address: str) -> tuple[str, str]:
    """Return an address without its tag, and the reference that this is; the address as it is, and none."""
    match = _TAGGED.fullmatch(address.strip())
    if not match or not _is_valid(match["tag"].upper()):
        return address, ""
    return f"{match['local']}{match['domain']}", _grouped(match["tag"].upper())


def _grouped(characters: str) -> str:
    return "-".join(characters[start : start + 3] for start in range(0, _LENGTH, 3))


def _is_valid(characters: str) -> bool:
    return _is_whole([_CHARACTERS.index(one) for one in characters])


def _is_whole(places: list[int]) -> bool:
    """Tell whether the check holds: the sum of the places, each times its rank, is divisible."""
    return sum(rank * place for rank, place in enumerate(places, 1)) % len(_CHARACTERS) == 0
