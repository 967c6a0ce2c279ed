"""Completing by the directory: the office that is meant, whatever the order of the file. All made up."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from outreach.files.tables import read_table
from outreach.people.sources.annuaire import communes_in

Campaign = Callable[[Mapping[str, str]], Path]
Run = Callable[..., Result]


def service(name: str, street: str, *pivots: tuple[str, list[str]], siren: str = "") -> dict[str, Any]:
    return {
        "nom": name,
        "siren": siren,
        "pivot": [{"type_service_local": kind, "code_insee_commune": codes} for kind, codes in pivots],
        "adresse": [
            {
                "type_adresse": "Adresse",
                "numero_voie": street,
                "code_postal": "69001",
                "nom_commune": "Exempleville",
            }
        ],
    }


SERVICES = [
    service("Mairie - Lyon - 1er arrondissement", "1 rue du Premier", ("mairie", ["69381"])),
    service("Mairie - Saint-Malo - annexe Saint-Servan", "2 rue de l'Annexe", ("mairie", ["35288"])),
    service("Mairie - Saint-Malo", "3 rue Grande", ("mairie", ["35288"])),
    service("Mairie - Lyon", "4 rue de Lyon", ("mairie", ["69123"])),
    service("Communauté - Autre", "5 rue Autre", ("epci", ["01056"]), siren="200000001"),
    service("Communauté - Exemple", "6 rue Commune", ("epci", ["01056"]), siren="200000002"),
    service("Conseil départemental - Ain", "7 rue de l'Ain", ("cg", ["01053"])),
    service("Conseil régional", "8 rue de la Région", ("cr", ["69382"])),
    service("Maison commune", "9 rue des Deux", ("autre", ["74001"]), ("mairie", ["74002"])),
]
CONTACTS = """\
id;role;family_name;insee;tags;source;siren;arrondissement
lyon;mayor;A;69123;;;;
malo;mayor;B;35288;;;;
premier;district-councillor;C;69123;;;;69381
epci;intermunicipal-councillor;D;01056;;;200000002;
cd;departmental-councillor;E;;dep-01|reg-84;;;
vp;vice-president;F;;dep-01|reg-84;RNE, conseillers-departementaux;;
cr;regional-president;G;;dep-69|reg-84;;;
deux;mayor;H;74002;;;;
"""
STREETS = {
    "lyon": "4 rue de Lyon",
    "malo": "3 rue Grande",
    "premier": "1 rue du Premier",
    "epci": "6 rue Commune",
    "cd": "7 rue de l'Ain",
    "vp": "7 rue de l'Ain",
    "cr": "8 rue de la Région",
    "deux": "9 rue des Deux",
}


@pytest.mark.parametrize("step", [1, -1], ids=["as published", "the other way round"])
def test_everybody_gets_the_office_that_is_meant(campaign: Campaign, run: Run, step: int) -> None:
    root = campaign({"contacts/a.toml": "", "contacts/b.csv": CONTACTS})
    path = root / "annuaire.json"
    path.write_text(json.dumps({"service": SERVICES[::step]}), encoding="utf-8")
    result = run("contacts", "complete", str(path), root=root)
    assert result.exit_code == 0, result.output
    listed = json.loads(run("contacts", "list", "--json", root=root).stdout)
    assert {one["id"]: "|".join(one["address"]) for one in listed} == STREETS


def test_the_list_of_overseas_towns_is_read(tmp_path: Path) -> None:
    path = tmp_path / "comer.csv"
    path.write_text(
        "COM_COMER,TNCC,NCC,NCCENR,LIBELLE,NATURE_ZONAGE,COMER,LIBELLE_COMER\n"
        "97701,0,SAINT BARTHELEMY,Saint-Barthélemy,Saint-Barthélemy,COM,977,Saint-Barthélemy\n",
        encoding="utf-8",
    )
    assert communes_in(read_table(path)) == {"97701": "Saint-Barthélemy"}
