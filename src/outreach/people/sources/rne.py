"""Read the Répertoire national des élus: twelve kinds of file, every release since 2020, by their headers."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outreach.country.country import load_country
from outreach.files.tables import RawTable, uneven_row, unguarded
from outreach.files.toml import load_data
from outreach.language import _
from outreach.people.names import bare, person_name, slug
from outreach.people.sources.candidate import Candidate
from outreach.people.sources.places import place_tags

FRANCE = load_country("FR")
"""Whose register it is."""

_ORDINAL = re.compile(r"^(\d+)\s*(?:er|ere|re|eme|e)?\b\s*")
_ORDINAL_WORDS = {"premier": 1, "premiere": 1, "deuxieme": 2, "second": 2, "seconde": 2, "troisieme": 3}
_WITHIN_DEPARTMENT = 3
"""Longest number of a commune within its department."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the files of the register."""

    name: str
    columns: Mapping[str, int]
    """Meaning, as in data/rne.toml, to its place in a row."""
    rules: Mapping[str, Any]
    """The kind's table there."""


def rne_kind(header: Sequence[str]) -> Kind | None:
    """Return which file of the register has that header; None for any other table."""
    data = load_data("rne.toml")
    names = [bare(cell) for cell in header]
    columns: dict[str, int] = {}
    for meaning, beginnings in data["columns"].items():
        for number, name in enumerate(names):
            if any(name.startswith(beginning) for beginning in beginnings):
                columns.setdefault(meaning, number)
    if not {"family_name", "given_name", "gender"} <= columns.keys():
        return None
    for rules in data["kind"]:
        has, lacks = set(rules["has"]), set(rules.get("lacks", ()))
        if has <= columns.keys() and not lacks & columns.keys():
            return Kind(rules["name"], columns, rules)
    return None


def read_rne(
    kind: Kind,
    table: RawTable,
    is_wanted: Callable[[str, str, str], bool] = lambda _commune, _department, _region: True,
) -> Iterator[Candidate]:
    """Yield a candidate a row; dates of birth, professions and the like are never taken over.

    Args:
        kind: As `rne_kind` found it.
        table: The file.
        is_wanted: Told commune, department and region, before anything else is done with a row, so that a
            large file can be filtered fast.
    """
    columns = kind.columns
    width = max(columns.values()) + 1
    # Only the oldest release has the commune's number within its department.
    is_short = "commune" in columns and "insee" in bare(table.header[columns["commune"]])

    def cell(cells: Sequence[str], meaning: str) -> str:
        return unguarded(cells[columns[meaning]].strip()) if meaning in columns else ""

    for line, cells in table.rows:
        if len(cells) < width:
            yield Candidate(line, {}, cells, [uneven_row(cells, table.header)])
            continue
        department = _department(cell(cells, "department"))
        commune = commune_code(cell(cells, "commune"), department if is_short else "")
        department = department or FRANCE.division_of(commune)
        region = (
            FRANCE.full_code("region", cell(cells, "region"))
            if "region" in columns
            else FRANCE.region_of(department)
        )
        if is_wanted(commune, department, region):
            row = {meaning: cell(cells, meaning) for meaning in columns}
            values = _values(kind, row, commune, department, region)
            faults = list(_faults(kind, row, commune))
            born = row.get("born", "")
            yield Candidate(line, values, cells, faults, born=born, department=department, region=region)


def _faults(kind: Kind, row: Mapping[str, str], commune: str) -> Iterator[str]:
    if not row["family_name"]:
        yield _("the family name is missing")
    if row["gender"].casefold()[:1] not in ("m", "f"):
        yield _("unknown code sexe '{code}'", code=row["gender"])
    if "commune" in kind.rules["has"] and not re.fullmatch(r"(?!00)\d[\dAB]\d{3}", commune):
        yield (
            _("'{code}' is no commune's code", code=row.get("commune", ""))
            if commune
            else _("the commune's code is missing")
        )


def commune_code(code: str, department: str = "") -> str:
    """Return a commune's INSEE code with the zeros that it lost; on three digits, with its department."""
    code = code.strip().upper()
    if not code:
        return ""
    if len(code) <= _WITHIN_DEPARTMENT and department:
        return department + code.zfill(3)[-(5 - len(department)) :]
    return FRANCE.full_code("locality", code)


def _department(code: str) -> str:
    code = code.strip().upper()
    overseas: dict[str, str] = load_data("rne.toml")["departments"]
    return overseas.get(code, FRANCE.full_code("division", code))


def _values(kind: Kind, row: Mapping[str, str], commune: str, department: str, region: str) -> dict[str, Any]:
    gender = {"m": "m", "f": "f"}.get(row["gender"].casefold()[:1], "")
    family, given = person_name(row["family_name"]), person_name(row["given_name"])
    place = row.get(str(kind.rules["place"]), "")
    role, title, salutation = office(kind.rules, row.get("function", ""), gender)
    district = row.get("sector", "")
    values: dict[str, Any] = {
        "id": slug(f"{family} {given} {commune or department or region} {district}"),
        "role": role,
        "gender": gender,
        "given_name": given,
        "family_name": family,
        "title": title,
        "organisation": _organisation(kind.name, place),
        "salutation": salutation,
        "insee": FRANCE.whole_locality(commune),
        "tags": place_tags(department, region),
        "source": f"RNE, {kind.name}",
    }
    own = {"commune": row.get("commune_name", "")}
    values["fields"] = {name: value for name, value in own.items() if value}
    return {key: value for key, value in values.items() if value}


def office(rules: Mapping[str, Any], function: str, gender: str) -> tuple[str, str, str]:
    """Return role, title and salutation for a function's label, which is always masculine and irregular.

    The title agrees with the gender, and is empty where the role gives it; so is the salutation.
    """
    label = " ".join(_plain(function).split())
    number, label = _ordinal(label)
    feminine = gender == "f"
    role = str(rules["role"])
    usual = str(rules.get("title_f" if feminine else "title_m", ""))
    if "vice" in label and "president" in label:
        word = "Vice-présidente" if feminine else "Vice-président"
        salutation = {"m": "Monsieur le Vice-président", "f": "Madame la Vice-présidente"}.get(gender, "")
        return role, _numbered(number, word, feminine=feminine), salutation
    if "adjoint" in label:
        word = "Adjointe au maire" if feminine else "Adjoint au maire"
        word += " d’arrondissement" if rules.get("mayor") == "district-mayor" else ""
        return "deputy-mayor", _numbered(number, word, feminine=feminine), ""
    if label.startswith("maire delegue"):
        return "deputy-mayor", "Maire déléguée" if feminine else "Maire délégué", ""
    if label.startswith("maire") and "mayor" in rules:
        return str(rules["mayor"]), "", ""
    if label.startswith("president") and "president" in rules:
        return str(rules["president"]), "", ""
    return role, usual, ""


def _ordinal(label: str) -> tuple[int, str]:
    found = _ORDINAL.match(label)
    if found:
        return int(found[1]), label[found.end() :]
    first, _, rest = label.partition(" ")
    return (_ORDINAL_WORDS[first], rest) if first in _ORDINAL_WORDS else (0, label)


def _numbered(number: int, word: str, *, feminine: bool) -> str:
    if not number:
        return word
    ordinal = ("1re" if feminine else "1er") if number == 1 else f"{number}e"
    return f"{ordinal} {word[0].lower()}{word[1:]}"


def _plain(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode().replace("-", " ")


def _organisation(kind: str, place: str) -> str:
    if not place:
        return ""
    if kind == "conseillers-regionaux":
        return f"Région {place}"
    if kind == "conseillers-departementaux":
        return f"Département ({place})"
    if kind in ("conseillers-communautaires", "membres-assemblee", "conseillers-arrondissement"):
        return place
    return {"deputes": "Assemblée nationale", "senateurs": "Sénat"}.get(kind, "")
