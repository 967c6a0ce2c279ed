"""Read the Annuaire de l'administration (DILA), JSON or CSV, and INSEE's list of communes."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

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

_CHUNK = 1 << 16
_LIST = re.compile(r"\[\s*[{\]]")
"""The beginning of a list of records, or of an empty one."""
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
    for record in _records(path):
        service = _service(record)
        if service and not is_text(json.dumps(record, ensure_ascii=False)):
            message = _("'{name:.40}' holds half of a character", name=ascii(service.name)[1:-1])
            raise InputError(Problem(path.name, 0, message, _("take it out of the file")))
        if service:
            yield service


def services_in_table(table: RawTable) -> Iterator[Service]:
    """Yield the services of the CSV, whose cells hold JSON."""
    names = [bare(cell) for cell in table.header]
    keys = {
        "nom": "nom",
        "pivot": "pivot",
        "adresse": "adresse",
        "telephone": "telephone",
        "adressecourriel": "adresse_courriel",
        "codeinseecommune": "code_insee_commune",
        "typeservicelocal": "type_service_local",
        "siren": "siren",
    }
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


def _records(path: Path) -> Iterator[Mapping[str, Any]]:
    decoder = json.JSONDecoder()
    with _json_text(path) as stream:
        buffer = stream.read(_CHUNK)
        start = _LIST.search(buffer)
        if not start:
            problem = Problem(
                path.name, 1, _("holds no list of services"), _("take the directory's JSON or CSV")
            )
            raise InputError(problem)
        buffer = buffer[start.end() - 1 :]
        while True:
            buffer = buffer.lstrip(" \t\r\n,")
            if buffer.startswith("]"):
                return
            try:
                record, end = decoder.raw_decode(buffer)
            except RecursionError as error:
                message, hint = _("lists stand too deep in one another"), _("download it again")
                raise InputError(Problem(path.name, 0, message, hint)) from error
            except ValueError as error:
                more = stream.read(max(_CHUNK, len(buffer)))
                if not more:
                    raise InputError(
                        Problem(path.name, 0, _("the JSON ends too early"), _("download it again"))
                    ) from error
                buffer += more
                continue
            buffer = buffer[end:]
            if isinstance(record, dict):
                yield record


@contextmanager
def _json_text(path: Path) -> Iterator[TextIO]:
    """Open a JSON file for reading.

    Raises:
        InputError: it is not UTF-8, as JSON must be.
        WorldError: it cannot be read.
    """
    refuse_other_than_file(path, path.name)
    try:
        with path.open(encoding="utf-8-sig") as stream:
            yield stream
    except UnicodeDecodeError as error:
        raise InputError(
            Problem(path.name, 0, _("is not UTF-8 text"), _("save the file as UTF-8"))
        ) from error
    except OSError as error:
        raise WorldError(Problem(path.name, 0, _("cannot be read"), reason(error))) from error


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
