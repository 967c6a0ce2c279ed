"""Turn a role, a gender and a campaign's choices into forms of address; unknown stays neutral."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outreach.country.letter_language import LetterLanguage

LAST = 100
"""Rank of a role that has none."""


@dataclass(frozen=True, slots=True)
class CivilityChoices:
    """A campaign's choices among accepted forms of address."""

    feminine: str = "la"
    """`la` for "Madame la Maire", `le` for the traditional "Madame le Maire"."""
    plural: str = "dot"
    """`dot` (élu·es), `doublet` (élues et élus) or `masculine` (élus)."""
    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Role to form (`m`, `f`, `group`, `neutral`, `closing`, `consideration`) to text: the campaign's own."""


class Civility:
    """A country's forms of address in one language, civility.LANGUAGE.toml in its folder."""

    def __init__(self, data: Mapping[str, Any], language: LetterLanguage) -> None:
        self._data = data
        self._language = language
        self.roles: Mapping[str, Mapping[str, Any]] = data.get("role", {})
        """Role to its forms; empty in a language that knows none by office."""

    def salutation(self, role: str, gender: str, choices: CivilityChoices, style: str = "") -> str:
        """Return the form of address, as in "Madame la Maire", without the comma after it.

        Args:
            role: One of the contact's roles.
            gender: `m`, `f`, `group`; anything else gives the neutral form.
            choices: The campaign's.
            style: `la` or `le`, over the campaign's choice; may be empty.
        """
        neutral = self._data["neutral"]
        if not self.roles:
            return str(neutral.get(gender, neutral["salutation"]))
        own = choices.roles.get(role, {})
        forms = self.roles.get(role, {})
        if gender == "group" or forms.get("is_body"):
            return own.get("group") or str(forms.get("group", neutral["group"])[choices.plural])
        if gender == "f":
            traditional = forms.get("f_le") if (style or choices.feminine) == "le" else None
            return str(own.get("f") or traditional or forms.get("f", neutral["salutation"]))
        if gender == "m":
            return str(own.get("m") or forms.get("m", neutral["salutation"]))
        return own.get("neutral") or str(neutral["salutation"])

    def joint_salutation(self, salutations: Sequence[str]) -> str:
        """Return one salutation that names each once, in the given order, or one that suits all."""
        distinct = list(dict.fromkeys(salutations))
        joint = self._data["neutral"].get("joint")
        return str(joint) if joint and len(distinct) > 1 else ", ".join(distinct)

    def closing(self, role: str, address: str, voice: str, choices: CivilityChoices) -> str:
        """Return the courtesy formula due to the reader's rank, with its full stop.

        Args:
            role: The highest role addressed.
            address: The salutation, repeated word for word.
            voice: `je` or `nous`.
            choices: The campaign's; `closing` is the whole sentence, with `{address}`.
        """
        pattern = str(self._data["closing"][voice])
        if not self.roles:
            return pattern
        own = choices.roles.get(role, {})
        due = self.roles.get(role, {}).get("consideration") or self._data["neutral"]["consideration"]
        consideration = own.get("consideration") or self._data["consideration"][due][voice]
        pattern = own.get("closing") or pattern
        return pattern.replace("{address}", address).replace("{consideration}", consideration)

    def prefix(self, gender: str) -> str:
        """Return "Monsieur" or "Madame" as printed before a name; empty if the gender is not known."""
        return str(self._data.get("prefix", {}).get(gender, ""))

    def title(self, role: str, gender: str, city: str, portfolio: str) -> str:
        """Return the office as printed in an address, as in "Maire de Lyon"; may be empty."""
        forms = self.roles.get(role, {})
        pattern = str(forms.get(f"title_{gender}") or forms.get("title_neutral", ""))
        marks = {"{of_city}": self._language.of(city)}
        for form, text in self._data.get("portfolio", {}).items():
            marks[f"{{portfolio_{form}}}"] = (
                text.replace("{to_portfolio}", self._language.to(portfolio)) if portfolio else ""
            )
        for mark, word in marks.items():
            pattern = pattern.replace(mark, word)
        return pattern.strip()

    def office(self, role: str, gender: str) -> str:
        """Return the office alone, as in "conseillère municipale"; empty where the gender gives no form."""
        office = re.sub(r"\s*\{\w+\}", "", str(self.roles.get(role, {}).get(f"title_{gender}", "")))
        return office[:1].lower() + office[1:]

    def authority(self, role: str, gender: str, name: str, body: str) -> str:
        """Return a body with whom speaks for it, as in "Mairie de Lyon (maire : Mme Anne Exemple)".

        Args:
            role: One of the contact's roles.
            gender: `m` or `f`; with another nobody is named.
            name: Of the person.
            body: Its name.
        """
        forms: Mapping[str, str] = self._data.get("authority", {})
        office = self.office(role, gender)
        if gender not in forms or not office:
            return body
        return forms["person"].format(body=body, office=office, civility=forms[gender], name=name)

    def rank(self, role: str) -> int:
        """Return the role's place in the order of protocol, lowest first; an unknown role comes last."""
        return int(self.roles.get(role, {"rank": LAST})["rank"])


def agree(gender: str, masculine: str, feminine: str, neutral: str, plural: str) -> str:
    """Return the form that agrees with the gender; `neutral` for one that is not known."""
    return {"m": masculine, "f": feminine, "group": plural}.get(gender, neutral)
