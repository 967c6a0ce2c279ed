"""Read the Annuaire de l'administration (DILA), JSON or CSV, and INSEE's list of communes."""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.files.reading import is_text, refuse_other_than_file
from outreach.files.tables import RawTable
from outreach.language import _
from outreach.people.names import bare, slug
from outreach.people.sources.candidate import Candidate
from outreach.people.sources.places import place_tags
from outreach.people.sources.rne import FRANCE, commune_code

SERVICE_ROLES = {
    "mairie": "mayor",
    "epci": "intermunicipal-president",
    "cr": "regional-president",
    "cg": "department-president",
    "prefecture": "prefect",
    "sous_pref": "sub-prefect",
}
"""What a service's type means; other services are authorities."""

_READ = {
    "nom",
    "pivot",
    "adresse",
    "telephone",
    "adresse_courriel",
    "code_insee_commune",
    "type_service_local",
    "siren",
}
"""Fields that a service is made of."""
_STEPS = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
_Event = tuple[int, str, Any]
"""What the parser met: how deep it is after it, its kind, and the value of a key, text or number."""
_HALF = re.compile(rb"\\u[dD][89abAB]..(?:[^\\]|\\[^u]|\\u[^dD]|\\u[dD][^c-fC-F])", re.DOTALL)
"""The first half of a character without the second, of which yajl makes a question mark."""
_LONGEST = 9
"""Bytes of one that may end a part, less than the whole."""
_DEEPEST = 100
"""Lists and objects in one another; the directory has five."""
_LEFT_OUT = ("mairie deleguee", "mairie annexe")


@dataclass(frozen=True, slots=True)
class Service:
    """One office of the directory."""

    name: str
    kind: str
    """As in `SERVICE_ROLES`; may be another word or empty."""
    insee: str
    address: tuple[str, ...]
    postal_code: str
    city: str
    email: str
    phone: str
    pivots: tuple[tuple[str, str], ...] = ()
    """Type and exact code of each commune that it is there for."""
    siren: str = ""

    @property
    def is_main(self) -> bool:
        """Tell a town hall from its annexes, by the name as published."""
        return "annexe" not in bare(self.name)


def is_annuaire(header: Sequence[str]) -> bool:
    """Tell whether a table is the directory's CSV."""
    return {"nom", "pivot", "adresse"} <= {bare(cell) for cell in header}


def services_in_json(path: Path) -> Iterator[Service]:
    """Yield the services of a JSON file, one object at a time, however large it is.

    Raises:
        InputError: the file is not JSON, or no list of services.
    """
    return filter(None, map(_service, _records(path)))


def services_in_table(table: RawTable) -> Iterator[Service]:
    """Yield the services of the CSV, whose cells hold JSON."""
    names = [bare(cell) for cell in table.header]
    keys = {bare(key): key for key in _READ}
    for _line, cells in table.rows:
        record = {keys[name]: cell for name, cell in zip(names, cells, strict=False) if name in keys}
        service = _service(record)
        if service:
            yield service


def candidate_of(service: Service, line: int) -> Candidate:
    """Return the contact that an office is by itself, addressed without a person's name."""
    department = FRANCE.division_of(service.insee)
    values: dict[str, Any] = {
        "id": slug(f"{service.kind or 'service'} {service.name} {service.insee}"),
        "role": SERVICE_ROLES.get(service.kind, "authority"),
        "organisation": service.name.replace(" - ", " – "),
        "address": list(service.address),
        "postal_code": service.postal_code,
        "city": service.city,
        "insee": service.insee,
        "email": service.email,
        "phone": service.phone,
        "tags": place_tags(department),
        "source": "Annuaire de l’administration",
    }
    kept = {key: value for key, value in values.items() if value}
    return Candidate(line, kept, department=department, region=FRANCE.region_of(department))


def communes_in(table: RawTable) -> dict[str, str] | None:
    """Return INSEE code to name, with its article, if the table is INSEE's list of communes, overseas too."""
    names = [bare(cell) for cell in table.header]
    code = next((one for one in ("com", "comcomer") if one in names), "")
    if not code or "libelle" not in names or (code == "com" and "typecom" not in names):
        return None
    places = [names.index(column) for column in (code, "libelle", "typecom" if code == "com" else code)]
    return {
        FRANCE.full_code("locality", cells[places[0]]): cells[places[1]]
        for _line, cells in table.rows
        if len(cells) > max(places) and (code != "com" or cells[places[2]] == "COM")
    }


class _Lines:
    """What the parser reads a JSON file by: a line at a time, so that the line of a fault is known."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self._path = path
        self._stream = stream
        self._decoder = getincrementaldecoder("utf-8-sig")()
        self._is_whole = True
        self._end = b""
        self.line = 0
        """Of the last part that was read."""
        self.is_over = False

    def read(self, size: int) -> bytes:
        if not size:  # asked to know whether these are bytes
            return b""
        part = self._stream.readline(size)
        self.is_over = not part
        self.line += self._is_whole and not self.is_over
        self._is_whole = part.endswith(b"\n")
        window = self._end + part
        if any(_is_escape(window, found.start()) for found in _HALF.finditer(window)):
            raise _half_of_a_character(self._path, self)
        self._end = window[-_LONGEST:]
        try:
            return self._decoder.decode(part, final=self.is_over).encode()
        except UnicodeDecodeError as error:
            message, hint = _("is not UTF-8 text"), _("save the file as UTF-8")
            raise InputError(Problem(self._path.name, self.line, message, hint, code="not-utf8")) from error


def _is_escape(text: bytes, place: int) -> bool:
    """Tell whether the backslash at a place is none that another one stands for."""
    return (place - len(text[:place].rstrip(b"\\"))) % 2 == 0


def _records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the first list of objects, one at a time, each with what a service is made of."""
    import ijson

    refuse_other_than_file(path, path.name)
    name = ""
    try:
        with path.open("rb") as stream:
            lines = _Lines(path, stream)
            try:
                for record in _objects(_events(path, lines), path):
                    if not is_text(json.dumps(record, ensure_ascii=False)):
                        raise _half_of_a_character(path, lines)
                    yield record
                    name = str(record.get("nom", name))
            except UnicodeDecodeError as error:
                raise _half_of_a_character(path, lines) from error
            except (ijson.JSONError, ValueError) as error:
                message = _("broken JSON after '{name}'", name=name) if name else _("broken JSON")
                if lines.is_over:
                    message = _("the JSON ends too early")
                raise InputError(
                    Problem(path.name, lines.line, message, _("download it again"), code="broken-json")
                ) from error
    except OSError as error:
        raise WorldError(
            Problem(path.name, 0, _("cannot be read"), reason(error), code="unreadable")
        ) from error


def _half_of_a_character(path: Path, lines: _Lines) -> InputError:
    message, hint = _("holds half of a character"), _("take it out of the file")
    return InputError(Problem(path.name, lines.line, message, hint, code="not-utf8"))


def _objects(events: Iterator[_Event], path: Path) -> Iterator[dict[str, Any]]:
    from ijson.common import ObjectBuilder

    of_object = 0
    """Depth within the objects of the list, once it is found."""
    record: dict[str, Any] = {}
    key = before = ""
    builder = None
    is_list = False
    for depth, event, value in events:
        if builder:
            builder.event(event, value)
            if depth == of_object:
                record[key], builder = builder.value, None
        elif event == "map_key" and depth == of_object:
            key, builder = value, ObjectBuilder() if value in _READ else None
        elif before == "start_array" and event in ("start_map", "end_array"):
            is_list = True
            of_object = of_object or (depth if event == "start_map" else 0)
        elif event == "end_map" and depth == of_object - 1:
            yield record
            record = {}
        elif event == "end_array" and depth == of_object - 2:
            break
        before = event
    if not is_list:
        message, hint = _("holds no list of services"), _("take the directory's JSON or CSV")
        raise InputError(Problem(path.name, 1, message, hint, code="unknown-source"))
    for _event in events:  # the rest must be JSON too
        pass


def _events(path: Path, lines: _Lines) -> Iterator[_Event]:
    import ijson

    depth = 0
    for event, value in ijson.basic_parse(lines, use_float=True):
        depth += _STEPS.get(event, 0)
        if depth > _DEEPEST:
            message, hint = _("lists stand too deep in one another"), _("download it again")
            raise InputError(Problem(path.name, lines.line, message, hint, code="too-deep"))
        yield depth, event, value


def _service(record: Mapping[str, Any]) -> Service | None:
    name = str(record.get("nom", "")).strip()
    if not name or any(bare(word) in bare(name) for word in _LEFT_OUT):
        return None
    pivots = _list(record.get("pivot"))
    pivot = pivots[0] if pivots else {}
    codes = pivot.get("code_insee_commune") or record.get("code_insee_commune") or ""
    code = codes[0] if isinstance(codes, list) and codes else codes
    own_kind = str(record.get("type_service_local") or "")
    served = tuple(
        (str(one.get("type_service_local") or own_kind), commune_code(str(each)))
        for one in pivots or [{}]
        for each in _codes(one.get("code_insee_commune") or record.get("code_insee_commune"))
    )
    address = _address(_list(record.get("adresse")))
    phones = _list(record.get("telephone"))
    mail = record.get("adresse_courriel") or ""
    mails = mail if isinstance(mail, list) else str(mail).split(";")
    return Service(
        name=name,
        kind=str(pivot.get("type_service_local") or record.get("type_service_local") or ""),
        insee=FRANCE.whole_locality(commune_code(str(code))),
        address=_street(address),
        postal_code=str(address.get("code_postal") or "").strip(),
        city=str(address.get("nom_commune") or "").strip(),
        email=str(mails[0]).strip() if mails else "",
        phone=str(phones[0].get("valeur") or "") if phones else "",
        pivots=served,
        siren=str(record.get("siren") or "").strip(),
    )


def _codes(value: object) -> list[object]:
    """Return the codes of a pivot: a text in old files, a list now."""
    if isinstance(value, list):
        return value
    return [value] if value else []


def _list(value: object) -> list[dict[str, Any]]:
    """Return a field that is a list in bulk files and a text with JSON in the API and the CSV."""
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else []
        except (ValueError, RecursionError):
            return []
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _address(addresses: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the postal address where there is one."""
    postal = [one for one in addresses if one.get("type_adresse") == "Adresse postale"]
    return next(iter([*postal, *addresses]), {})


def _street(address: Mapping[str, Any]) -> tuple[str, ...]:
    keys = ("complement1", "complement2", "numero_voie", "service_distribution")
    lines = (" ".join(str(address.get(key) or "").split()) for key in keys)
    return tuple(line for line in lines if line)
