"""Turn a role, a gender and the campaign's choices into forms of address; unknown stays neutral."""

from collections.abc import Mapping
from typing import Any

from outreach.campaign.campaign import CivilitySettings
from outreach.files.toml import load_data

_VOWELS = "aàâäeéèêëiîïoôöuùûüœæ"


def salutation(
    role: str, gender: str, settings: CivilitySettings, style: str = "", language: str = "fr"
) -> str:
    """Return the form of address, as in "Madame la Maire", without the comma after it.

    Args:
        role: One of the contact's roles.
        gender: `m`, `f`, `group`; anything else gives the neutral form.
        settings: The campaign's choices.
        style: `la` or `le`, over the campaign's choice; may be empty.
        language: `fr` or `en`; English knows no forms by office.
    """
    if language == "en":
        english: Mapping[str, str] = load_data("civility.toml")["english"]
        return english.get(gender, english["neutral"])
    own = settings.roles.get(role, {})
    forms = _role(role)
    neutral = load_data("civility.toml")["neutral"]
    if gender == "group" or role == "councillors":
        return own.get("group") or str(forms.get("group", neutral["group"])[settings.plural])
    if gender == "f":
        traditional = forms.get("f_le") if (style or settings.feminine) == "le" else None
        return own.get("f") or traditional or forms.get("f", neutral["salutation"])
    if gender == "m":
        return own.get("m") or forms.get("m", neutral["salutation"])
    return own.get("neutral") or str(neutral["salutation"])


def joint_salutation(salutations: list[str], language: str = "fr") -> str:
    """Return one salutation that names each once, in the given order; in English, one that suits all."""
    distinct = list(dict.fromkeys(salutations))
    if language == "en" and len(distinct) > 1:
        return str(load_data("civility.toml")["english"]["group"])
    return ", ".join(distinct)


def closing(role: str, address: str, voice: str, settings: CivilitySettings, language: str = "fr") -> str:
    """Return the courtesy formula due to the reader's rank, with its full stop.

    Args:
        role: The highest role addressed.
        address: The salutation, repeated word for word.
        voice: `je` or `nous`.
        settings: The campaign's choices; `closing` is the whole sentence, with `{address}`.
        language: `fr` or `en`.
    """
    data = load_data("civility.toml")
    if language == "en":
        return str(data["english"]["closing"])
    own = settings.roles.get(role, {})
    consideration = own.get("consideration") or data["consideration"][_role(role)["consideration"]][voice]
    pattern = own.get("closing") or data["closing"][voice]
    return str(pattern).replace("{address}", address).replace("{consideration}", consideration)


def prefix(gender: str) -> str:
    """Return "Monsieur" or "Madame" as printed before a name; empty if the gender is not known."""
    return str(load_data("civility.toml")["prefix"].get(gender, ""))


def title(role: str, gender: str, city: str, portfolio: str) -> str:
    """Return the office as printed in an address, as in "Maire de Lyon"; may be empty."""
    pattern = str(_role(role).get(f"title_{gender}") or _role(role).get("title_neutral", ""))
    words = {
        "{of_city}": of(city) if city else "",
        "{portfolio_m}": f"délégué {to(portfolio)}" if portfolio else "",
        "{portfolio_f}": f"déléguée {to(portfolio)}" if portfolio else "",
    }
    for mark, word in words.items():
        pattern = pattern.replace(mark, word)
    return pattern.strip()


def rank(role: str) -> int:
    """Return the role's place in the order of protocol, lowest first; an unknown role comes last."""
    return int(load_data("civility.toml")["role"].get(role, {"rank": 100})["rank"])


def agree(gender: str, masculine: str, feminine: str, neutral: str, plural: str) -> str:
    """Return the form that agrees with the gender; `neutral` for one that is not known."""
    return {"m": masculine, "f": feminine, "group": plural}.get(gender, neutral)


def of(name: str) -> str:
    """Join "de" to a name: d'Écully, du Havre, des Haies, de La Rochelle, de Lyon."""
    if not name:
        return ""
    lower = name.casefold()
    if lower.startswith("le "):
        return f"du {name[3:]}"
    if lower.startswith("les "):
        return f"des {name[4:]}"
    return f"d’{name}" if _is_elided(name) else f"de {name}"


def to(name: str) -> str:
    """Join "à" to a name: au Havre, aux sports, à la sécurité."""
    lower = name.casefold()
    if lower.startswith("le "):
        return f"au {name[3:]}"
    if lower.startswith("les "):
        return f"aux {name[4:]}"
    return f"à {name}"


def _is_elided(name: str) -> bool:
    places = load_data("places.toml")
    lower = name.casefold()
    first = lower.replace("-", " ").partition(" ")[0]
    if first in map(str.casefold, places["aspirated"]) or lower.startswith("haut"):
        return False
    if lower.startswith("h"):
        return True
    if lower.startswith("y"):
        return first in map(str.casefold, places["elided"]) or lower[1:2] not in _VOWELS
    return lower[:1] in _VOWELS


def _role(role: str) -> Mapping[str, Any]:
    roles: Mapping[str, Mapping[str, Any]] = load_data("civility.toml")["role"]
    return roles[role]
