"""Turn what people write into tables and address books into what contacts hold, and say what was mended."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from outreach.country.country import Country, find_country, is_abroad
from outreach.files.email_address import is_email
from outreach.files.slug import is_slug
from outreach.files.toml import load_data
from outreach.language import _
from outreach.people.contact import GENDERS
from outreach.people.names import bare, id_words, parted_name, person_name, slug
from outreach.people.sources.functions import agreed, gender_of_civility, read_function, split_civility

WHOLES = ("name", "name_family_first", "full_address", "postal_city")
"""What a column may hold that is taken apart into fields."""

_CODE = re.compile(
    r"(?:(?P<land>[A-Z]{1,3})\s*-\s*)?(?P<digits>\d[\d\s]*)(?:[.,]0+)?(?:[\s,]+(?P<town>[^\d\s].*))?"
)
"""A postal code with what is written around it: "F-69001", "69 130", "69001,0", "69001 LYON"."""
_LANDS = ("A", "B", "BE", "CH", "D", "DE", "E", "F", "FR", "I", "IT", "L", "LU", "NL")
"""Signs that the post does not want before its codes."""
_ROW_SEPARATORS = re.compile(r"\s*[\r\n\v]+\s*")


def tidied(row: Mapping[str, Any], role: str, home: Country) -> tuple[dict[str, Any], list[str]]:
    """Return a row as contacts hold it, with an id where it has none, and what has to be said of it.

    Args:
        row: Texts or lists of texts, by contact field or one of `WHOLES`.
        role: Of whom the row gives no function that is understood; empty for a person without an office.
        home: The campaign's country.
    """
    notes: list[str] = []
    values = {key: value for key, value in row.items() if value}
    _take_name_apart(values)
    _read_country(values, home)
    _take_address_apart(values, home, notes)
    _mend_postal_code(values, home, notes)
    _read_civility(values, notes)
    _read_gender(values, notes)
    _read_role(values, role, notes)
    _choose_email(values, notes)
    for name in ("family_name", "given_name"):
        if values.get(name):
            values[name] = person_name(str(values[name]))
    if values.get("insee"):
        values["insee"] = home.full_code("locality", str(values["insee"]))
    if values.get("id") and not is_slug(str(values["id"])):
        values["id"] = slug(str(values["id"]))
    if not values.get("id"):
        values["id"] = slug(f"{id_words(values)} {values.get('insee') or values.get('postal_code') or ''}")
    return {key: value for key, value in values.items() if value}, notes


def _take_name_apart(values: dict[str, Any]) -> None:
    """Part a whole name, where no name stands alone; "Nom" alone may hold both too."""
    alone = str(values.get("family_name", ""))
    whole = str(values.pop("name", "")) or alone
    family_first = str(values.pop("name_family_first", ""))
    if values.get("given_name") or (alone and whole != alone):
        return
    whole = " ".join((family_first or whole).split())
    first, _blank, rest = whole.partition(" ")
    if gender_of_civility(first) and rest:
        values.setdefault("civility", first)
        whole = rest
    elif rest and first.casefold() in load_data("columns.toml")["bodies"]["words"]:
        values.setdefault("organisation", whole)
        values.pop("family_name", None)
        return
    elif alone and not _is_mixed(whole):
        return
    if not whole:
        return
    given, family = parted_name(whole, is_family_first=bool(family_first))
    values["given_name"], values["family_name"] = given, family


def _is_mixed(name: str) -> bool:
    """Tell whether a name has words in capitals and others, as "Anne EXEMPLE" has."""
    words = [word for word in name.split() if len(word) > 1]
    return any(word.isupper() for word in words) and any(not word.isupper() for word in words)


def _read_country(values: dict[str, Any], home: Country) -> None:
    if not is_abroad(str(values.get("country", "")), home):
        values.pop("country", None)


def _take_address_apart(values: dict[str, Any], home: Country, notes: list[str]) -> None:
    """Part a whole address at its last postal code; the lines before it are the street's."""
    place = str(values.pop("postal_city", ""))
    if place and not values.get("postal_code"):
        is_town = not values.get("city") and any(map(str.isalpha, place))
        values["city" if is_town else "postal_code"] = place
    whole = str(values.pop("full_address", "")).strip()
    if not whole or values.get("city"):
        return
    lines = [line for line in _ROW_SEPARATORS.split(whole) if line.strip()]
    last = lines[-1].rpartition(",")[2].strip()
    if find_country(last) and last != whole:
        values.setdefault("country", last)
        _read_country(values, home)
        lines[-1] = lines[-1].rpartition(",")[0]
    text = "\n".join(filter(None, lines))
    codes = re.finditer(r"(?:^|(?<=[\s,]))(?:[A-Z]{1,2}-)?(\d[\d ]*\d)[\s,]+(?=[^\W\d])", text)
    found = [code for code in codes if home.is_postal_code(code[1].replace(" ", ""))]
    if not found:
        notes.append(_("no postal code was found in the whole address"))
        values["address"] = [*_lines(values.get("address")), *lines]
        return
    street = [line.strip(" ,;-–") for line in text[: found[-1].start()].splitlines()]
    values["address"] = [*_lines(values.get("address")), *filter(None, street)]
    values["postal_code"] = found[-1][1]
    values["city"] = " ".join(text[found[-1].end() :].split()).strip(" ,;")


def _lines(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, Sequence) and not isinstance(value, str) else []


def _mend_postal_code(values: dict[str, Any], home: Country, notes: list[str]) -> None:
    """Take off a code what a spreadsheet or a habit put around it, and give back the zero that it lost."""
    city = " ".join(str(values.get("city", "")).split())
    is_foreign = bool(values.get("country"))
    in_city = _CODE.fullmatch(city)
    if in_city and in_city["town"] and not is_foreign:
        values["city"] = in_city["town"]
        values.setdefault("postal_code", in_city["digits"])
    written = " ".join(str(values.get("postal_code", "")).replace("\u202f", " ").split())
    found = _CODE.fullmatch(written)
    if not found or (is_foreign and found["town"]) or (found["land"] and found["land"] not in _LANDS):
        return
    code = found["digits"].strip() if is_foreign else "".join(found["digits"].split())
    code = code if is_foreign else home.lost_zero(code) or code
    town = (found["town"] or "").strip()
    if town and not values.get("city"):
        values["city"] = town
    elif town.casefold().startswith("cedex"):
        values["city"] = f"{values['city']} {town}"
    elif bare(town) not in bare(str(values.get("city", ""))):
        return  # two towns: which one is meant, nobody knows
    values["postal_code"] = code
    if code not in (written, f"0{written}"):
        notes.append(_("postal code '{written}' is taken for {code}", written=written, code=code))


def _read_civility(values: dict[str, Any], notes: list[str]) -> None:
    """Turn a civility into the gender that it is printed from; keep the words that say none."""
    title = str(values.get("title", ""))
    if gender_of_civility(title) and not values.get("civility"):  # a column "Title" may hold either
        values["civility"] = values.pop("title")
    written = " ".join(str(values.pop("civility", "")).split())
    if not written:
        return
    gender, _civility, office = split_civility(written)
    if gender:
        values.setdefault("gender", gender)
        if office:
            values.setdefault("role", office)
        return
    values["civility"] = written
    notes.append(_("the civility '{civility}' is printed as it is", civility=written))


def _read_gender(values: dict[str, Any], notes: list[str]) -> None:
    written = str(values.get("gender", ""))
    if not written or written in GENDERS:
        return
    genders: Mapping[str, Sequence[str]] = load_data("columns.toml")["genders"]
    values["gender"] = next(
        (gender for gender, words in genders.items() if bare(written) in map(bare, words)), ""
    )
    if not values["gender"]:
        notes.append(_("the gender '{gender}' is not understood", gender=written))


def _read_role(values: dict[str, Any], role: str, notes: list[str]) -> None:
    """Understand the function, else the title; who has neither is a person without an office, or a body."""
    typed = str(values.get("role", ""))
    written = typed or str(values.get("title", ""))
    function = read_function(written) if written else None
    is_person = bool(values.get("family_name") or values.get("given_name"))
    if function is None:
        values["role"] = role or ("person" if is_person else "organisation")
        if is_person and not role:
            notes.append(_("no function is given: taken for a person without an office"))
        return
    if function.gender and values.get("gender", function.gender) != function.gender:
        notes.append(_("the function '{function}' and the civility do not agree", function=written))
    if function.gender and not values.get("gender"):
        values["gender"] = function.gender
    if function.title and typed:
        gender = str(values.get("gender", "")) if function.is_known else ""
        values.setdefault("title", agreed(function.title, gender))
    if function.is_known:
        values["role"] = function.role
        if not typed and written.casefold().replace(" ", "-") == function.role:
            del values["title"]  # a role's code, which nobody prints
        return
    values["role"] = role or ("person" if is_person else "organisation")
    if role:
        return
    if is_person:
        said = _(
            "the function '{function}' is not known: taken for a person with that title", function=written
        )
    else:
        said = _("the function '{function}' is not known: taken for a body with that title", function=written)
    notes.append(said)


def _choose_email(values: dict[str, Any], notes: list[str]) -> None:
    """Keep the first usable of several e-mail addresses, and name the others."""
    written = str(values.pop("email", "")).strip()
    if not written:
        return
    found = [
        re.sub(r"(?i)^mailto:", "", part.strip("<>()[]'\"")).strip(".")
        for part in re.split(r"[\s;,|/<>]+|:::", written)
    ]
    usable = list(dict.fromkeys(filter(is_email, found)))
    if usable:
        values["email"] = usable[0]
    if len(usable) > 1:
        left = ", ".join(usable[1:])
        notes.append(_("only {email} is kept, not {left}", email=usable[0], left=left))
    elif not usable:
        notes.append(_("'{email}' is no e-mail address and is left out", email=written))
