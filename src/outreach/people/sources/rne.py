"""Read the Répertoire national des élus: twelve kinds of file, every release since 2020, by their headers."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from outreach.country.country import load_country
from outreach.files.tables import RawTable, uneven_row, unguarded
from outreach.files.toml import load_data
from outreach.language import _
from outreach.people.names import bare, person_name, slug
from outreach.people.sources.candidate import Candidate
from outreach.people.sources.functions import agreed
from outreach.people.sources.places import place_tags

FRANCE = load_country("FR")
"""Whose register it is."""

_ORDINAL = re.compile(r"^(\d+)\s*(?:er|ere|re|eme|e)?\b\s*")
_ORDINAL_WORDS = {"premier": 1, "premiere": 1, "deuxieme": 2, "second": 2, "seconde": 2, "troisieme": 3}
_PLAIN_COUNCILLORS = ("conseiller municipal", "conseiller communautaire")
_USUAL_TITLES = ("Adjoint au maire", "Adjointe au maire", "Maire d’arrondissement")
"""Which the role gives, and better: with the portfolio."""
_MEMBERS = {"m": "Monsieur le Conseiller", "f": "Madame la Conseillère"}
"""Salutation of members of a body whose title is not their role's."""
_SMALL_WORDS = {"", "de", "du", "des", "d", "la", "le", "les", "l"}
_WITHIN_DEPARTMENT = 3
"""Longest number of a commune within its department."""
_OF_PLACE = (
    "department",
    "region",
    "commune",
    "commune_name",
    "canton",
    "canton_code",
    "constituency",
    "abroad",
    "metropolitan",
    "sector",
    "epci",
    "siren",
    "community",
    "community_code",
    "region_name",
    "department_name",
)
"""Meanings of the columns that say where somebody sits, and nothing of the person."""
_RECENT = 1024
"""Labels and days of the last rows that are remembered; most rows share them."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """One of the files of the register."""

    name: str
    columns: Mapping[str, int]
    """Meaning, as in data/rne.toml, to its place in a row."""
    rules: Mapping[str, Any]
    """The kind's table there."""
    private: frozenset[int] = frozenset()
    """Places of the cells that are never written."""


@dataclass(frozen=True, slots=True)
class Spot:
    """What all rows of one commune, canton or body share."""

    commune: str
    """Its code, or that of its part; empty for none."""
    departments: list[str]
    region: str
    name: str
    """Of the place or body, as titles say it."""
    community: str
    id_words: str
    values: Mapping[str, Any]
    """A contact's."""
    faults: tuple[str, ...]


def rne_kind(header: Sequence[str]) -> Kind | None:
    """Return which file of the register has that header; None for any other table."""
    data = load_data("rne.toml")
    columns: dict[str, int] = {}
    meanings = [_meaning(cell) for cell in header]
    for number, meaning in enumerate(meanings):
        columns.setdefault(meaning, number)
    if not {"family_name", "given_name", "gender", "mandate"} <= columns.keys():
        return None
    has_unknown = "" in columns
    columns.pop("", None)
    private = frozenset(
        number for number, meaning in enumerate(meanings) if meaning in data["private"]["columns"]
    )
    for rules in data["kind"]:
        has, lacks = set(rules["has"]), set(rules.get("lacks", ()))
        if has <= columns.keys() and not lacks & columns.keys() and not (rules.get("only") and has_unknown):
            return Kind(rules["name"], columns, rules, private)
    return None


def is_of_rne(header: Sequence[str]) -> bool:
    """Tell whether a header is the register's by its names of people, whatever its kind."""
    return {"family_name", "given_name", "gender", "mandate"} <= set(map(_meaning, header))


def _meaning(cell: str) -> str:
    """Return what a column means, as in data/rne.toml; empty if that is not known."""
    words = (word for word in re.split(r"[^a-z0-9]+", _plain(cell)) if word not in _SMALL_WORDS)
    name = "".join(words)
    meanings: Mapping[str, Sequence[str]] = load_data("rne.toml")["columns"]
    return next((one for one, beginnings in meanings.items() if name.startswith(tuple(beginnings))), "")


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
    width = max(kind.columns.values()) + 1
    # Only the oldest release has the commune's number within its department.
    is_short = "commune" in kind.columns and "insee" in bare(table.header[kind.columns["commune"]])
    of_place = [kind.columns[meaning] for meaning in _OF_PLACE if meaning in kind.columns]
    of_person = [meaning for meaning in kind.columns if meaning not in _OF_PLACE]
    last: list[str] | None = None
    is_here = False
    for line, cells in table.rows:
        if len(cells) < width:
            yield Candidate(line, {}, _public(kind, cells), [uneven_row(cells, table.header)])
            continue
        # Rows of one place stand together; what they share is worked out once.
        if (own := [cells[number] for number in of_place]) != last:
            last, spot = own, _spot(kind, _row(kind, cells, kind.columns), is_short=is_short)
            is_here = any(is_wanted(spot.commune, one, spot.region) for one in spot.departments or ("",))
        if is_here:
            row = _row(kind, cells, of_person)
            label = row.get("function", "")
            yield Candidate(
                line,
                _values(kind, row, spot),
                _public(kind, cells),
                [*_faults(row), *spot.faults],
                born=row.get("born", ""),
                since=_day(row.get("function_start", "")) or _day(row.get("mandate", "")),
                department=spot.departments[0] if spot.departments else "",
                region=spot.region,
                unknown_function=_unknown(label) if label else "",
            )


def _row(kind: Kind, cells: Sequence[str], meanings: Iterable[str]) -> dict[str, str]:
    return {meaning: unguarded(cells[kind.columns[meaning]].strip()) for meaning in meanings}


def _spot(kind: Kind, row: Mapping[str, str], *, is_short: bool) -> Spot:
    department = _departments(row.get("department", ""), "")[0][:1]
    commune = commune_code(row.get("commune", ""), department[0] if is_short and department else "")
    if commune and "sector" in row and commune == FRANCE.whole_locality(commune):
        commune = FRANCE.part_of_locality(commune, row["sector"])
    departments, region = _place(kind, row, commune)
    assembly = _assembly(kind, row)
    name = str(assembly.get("body") or row.get(str(kind.rules["place"]), ""))
    whole = FRANCE.whole_locality(commune)
    fields = {
        "commune": row.get("commune_name", ""),
        "arrondissement": commune if commune != whole else "",
        "siren": row.get("siren", "") if "epci" in row else "",
    }
    tags = [tag for one in departments for tag in place_tags(one)]
    return Spot(
        commune,
        departments,
        region,
        name=name,
        community=row.get("community", ""),
        id_words=f"{commune or ' '.join(departments) or region} {row.get('sector', '')}",
        values={
            "organisation": name if assembly else _organisation(kind.name, name),
            "insee": whole,
            "tags": [*tags, *place_tags("", region)],
            "fields": {key: value for key, value in fields.items() if value},
        },
        faults=tuple(_commune_faults(kind, row, commune)),
    )


@lru_cache(_RECENT)
def _day(text: str) -> date | None:
    """Return a day as a release writes it: ISO, with a time too, or dd/mm/yyyy; None for anything else."""
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)|(\d\d?)/(\d\d?)/(\d{4})", text)
    if not found:
        return None
    year, month, day = found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _public(kind: Kind, cells: list[str]) -> list[str]:
    public = cells.copy()
    for number in kind.private:
        public[number : number + 1] = [""] * (number < len(cells))
    return public


def _place(kind: Kind, row: Mapping[str, str], commune: str) -> tuple[list[str], str]:
    """Return the departments and the region of a row, whichever of its codes says them."""
    assembly = _assembly(kind, row)
    if assembly:
        return list(assembly["departments"]), str(assembly.get("region", ""))
    departments, region = _departments(row.get("department", ""), row.get("community_code", ""))
    if commune and departments in ([], ["97"], ["98"]):
        departments = [FRANCE.division_of(commune)]
    canton = row.get("canton_code", "")[:2]
    if len(departments) > 1 and canton in departments:
        departments = [canton]
    code = row.get("region", "").lstrip("0")
    told = FRANCE.full_code("region", code)
    return departments, told or region or FRANCE.region_of(departments[0] if departments else "")


def _departments(code: str, community: str) -> tuple[list[str], str]:
    """Return the departments and the region that a code of a department or community stands for."""
    places: Mapping[str, Mapping[str, Any]] = load_data("rne.toml")["places"]
    code = code.strip().upper() or community.strip().upper()
    if code in places:
        return list(places[code].get("departments", ())), str(places[code].get("region", ""))
    return ([FRANCE.full_code("division", code)], "") if code.strip("0") else ([], "")


def _assembly(kind: Kind, row: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the table of the body of a community with a status of its own; empty for none."""
    name = str(kind.rules.get("assembly", ""))
    if kind.name == "membres-assemblee":
        name = bare(row.get("community", ""))
    bodies: Sequence[Mapping[str, Any]] = load_data("rne.toml")["assembly"] if name else ()
    return next((body for body in bodies if body["name"] in name), {})


def _faults(row: Mapping[str, str]) -> Iterator[str]:
    if not row["family_name"]:
        yield _("the family name is missing")
    if row["gender"].casefold()[:1] not in ("m", "f"):
        yield _("unknown code sexe '{code}'", code=row["gender"])


def _commune_faults(kind: Kind, row: Mapping[str, str], commune: str) -> Iterator[str]:
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


def _values(kind: Kind, row: Mapping[str, str], spot: Spot) -> dict[str, Any]:
    gender = {"m": "m", "f": "f"}.get(row["gender"].casefold()[:1], "")
    family, given = person_name(row["family_name"]), person_name(row["given_name"])
    region = spot.name if kind.rules["place"] == "region_name" else ""
    role, title, salutation = _office(kind, spot.community, row.get("function", ""), gender, region)
    values: dict[str, Any] = {
        "id": slug(f"{family} {given} {spot.id_words}"),
        "role": role,
        "gender": gender,
        "given_name": given,
        "family_name": family,
        "title": title,
        "salutation": salutation,
        **spot.values,
        "source": f"RNE, {kind.name}",
    }
    return {key: value for key, value in values.items() if value}


@lru_cache(_RECENT)
def _office(kind: Kind, community: str, label: str, gender: str, region: str) -> tuple[str, str, str]:
    rules = {**kind.rules, **_assembly(kind, {"community": community})}
    return office(rules, label, gender, region)


def office(rules: Mapping[str, Any], label: str, gender: str, place: str = "") -> tuple[str, str, str]:
    """Return role, title and salutation for a function's label, which is always masculine and irregular.

    The title agrees with the gender, and is empty where the role gives it; so is the salutation. Where the
    gender is not known, the title is the body's or the role's neutral one.

    Args:
        rules: The kind's, with those of its body.
        label: As published.
        gender: `m` or `f`; anything else is not known.
        place: Name of the region, for the title of who presides there.
    """
    if gender not in {"m", "f"}:
        return (*_neutral_office(rules, label, place), "")
    number, label = _ordinal(" ".join(label.split()))
    usual = (str(rules["role"]), str(rules.get(f"title_{gender}", "")), _own_salutation(rules, gender))
    function, rest = _function(rules, label)
    if not label or function.get("plain"):
        return usual
    if not function or function.get("keeps_words"):
        own = agreed(label, gender)
        is_usual = _plain(label) in _PLAIN_COUNCILLORS
        return usual if is_usual else (usual[0], own[:1].upper() + own[1:], usual[2])
    head = str(rules.get(str(function.get("head", "")), ""))
    if head:
        return head, _head_title(rules, function, gender, place, rest), ""
    # Who heads some part of a body is addressed as its member.
    role = str(function.get("role") or usual[0])
    word = str(function[gender]) + agreed(rest, gender)
    if rules.get("mayor") == "district-mayor" and word.endswith(" au maire"):
        word += " d’arrondissement"
    is_as_usual = word in _USUAL_TITLES and not number
    title = "" if is_as_usual else _numbered(number, word, feminine=gender == "f")
    own = str(function.get(f"salutation_{gender}", ""))
    return role, title, own if "role" in function else usual[2]


def _neutral_office(rules: Mapping[str, Any], label: str, place: str) -> tuple[str, str]:
    """Return role and title for whoever is neither called by a man's title nor by a woman's."""
    role, _title, _salutation = office(rules, label, "m", place)
    is_member = role == rules["role"]
    return role, str(rules.get("title_neutral") or rules.get("body", "")) if is_member else ""


def _function(rules: Mapping[str, Any], label: str) -> tuple[Mapping[str, Any], str]:
    """Return the table of a label without its ordinal, and what follows what is known of it."""
    plain = _plain(label)
    for function in load_data("rne.toml")["function"]:
        if "head" in function and function["head"] not in rules:
            continue
        for beginning in function["begins"]:
            rest = plain[len(beginning) :]
            is_whole = plain.startswith(beginning) and not rest[:1].isalpha()
            if is_whole and ("rest" not in function or rest.strip() in function["rest"]):
                return function, label[len(beginning) :]
    return {}, ""


@lru_cache(_RECENT)
def _unknown(label: str) -> str:
    """Return a function's label if no table knows it; else nothing."""
    every = {"president": "", "mayor": ""}
    label = " ".join(label.split())
    return label if label and not _function(every, _ordinal(label)[1])[0] else ""


def offices_of(source: str) -> frozenset[str]:
    """Return the roles that a file of the register says of its people; empty for what is no file of it."""
    name = source.removeprefix("RNE, ") if source.startswith("RNE, ") else ""
    rules = next((kind for kind in load_data("rne.toml")["kind"] if kind["name"] == name), None)
    if rules is None:
        return frozenset()
    roles = {rules[key] for key in ("role", "president", "mayor") if key in rules}
    if "mayor" in rules:
        roles |= {"deputy-mayor", "delegated-mayor"}
    return frozenset(roles | {"vice-president"} if "president" in rules else roles)


def writes_title(title: str) -> bool:
    """Tell whether a title is one that a function's label becomes; what else is there was typed."""
    return bool(title) and not _unknown(agreed(title, "m"))


def writes_salutation(text: str) -> bool:
    """Tell whether a salutation is one that `office` gives; what else is there was typed."""
    data = load_data("rne.toml")
    known = {
        table.get(f"salutation_{form}") for table in (*data["function"], *data["assembly"]) for form in "mf"
    }
    return bool(text) and text in known | set(_MEMBERS.values())


def _head_title(
    rules: Mapping[str, Any], function: Mapping[str, Any], gender: str, place: str, rest: str
) -> str:
    """Return the title of who heads a body whose name says more than the role's own title does."""
    if "interim" in _plain(rest):
        return f"Maire{rest}"
    of = str(rules.get("president_of", ""))
    if function["head"] != "president" or not of:
        return ""
    if rules.get("place") == "region_name" and place:
        known: Mapping[str, str] = load_data("rne.toml")["of"]
        of = f"{of} {known.get(place) or FRANCE.language('fr').of(place)}"
    return f"{'Présidente' if gender == 'f' else 'Président'} {of}"


def _own_salutation(rules: Mapping[str, Any], gender: str) -> str:
    """Return the salutation of members of a body whose title is not their role's."""
    own = str(rules.get(f"salutation_{gender}", ""))
    if own or rules["role"] != "regional-councillor" or "body" not in rules:
        return own
    return _MEMBERS.get(gender, "")


def _ordinal(label: str) -> tuple[int, str]:
    plain = _plain(label)
    found = _ORDINAL.match(plain)
    if found:
        return int(found[1]), label[found.end() :]
    first, _, _rest = plain.partition(" ")
    return (_ORDINAL_WORDS[first], label[len(first) + 1 :]) if first in _ORDINAL_WORDS else (0, label)


def _numbered(number: int, word: str, *, feminine: bool) -> str:
    if not number:
        return word
    ordinal = ("1re" if feminine else "1er") if number == 1 else f"{number}e"
    return f"{ordinal} {word[0].lower()}{word[1:]}"


def _plain(text: str) -> str:
    """Return a text small, without accents and hyphens, of the same length."""
    signs = (unicodedata.normalize("NFKD", sign)[0].lower() for sign in text)
    return "".join(signs).replace("-", " ").replace("’", "'")


def _organisation(kind: str, place: str) -> str:
    if not place:
        return ""
    if kind == "conseillers-regionaux":
        return f"Région {place}"
    if kind == "conseillers-departementaux":
        return f"Département ({place})"
    if kind in ("conseillers-communautaires", "conseillers-arrondissement"):
        return place
    return {"deputes": "Assemblée nationale", "senateurs": "Sénat"}.get(kind, "")
