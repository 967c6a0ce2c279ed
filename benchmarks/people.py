"""Bring in every municipal councillor of a made-up country, then complete its mayors: CPU and peak memory.

Run from the repository: python -m benchmarks.people --count 485000
The file of councillors has the columns of the register, the directory the objects of its bulk file; all
people are made up. Each stage is a process of its own; its rate is that of the rows, or town halls, it reads.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
SEATS = 14
"""Councillors of one commune."""
COMMUNES = 365
"""Of one department."""
HEADER = (
    "Code du département;Libellé du département;Code de la collectivité à statut particulier;"
    "Libellé de la collectivité à statut particulier;Code de la commune;Libellé de la commune;Nom de l'élu;"
    "Prénom de l'élu;Code sexe;Date de naissance;Code de la catégorie socio-professionnelle;"
    "Libellé de la catégorie socio-professionnelle;Date de début du mandat;Libellé de la fonction;"
    "Date de début de la fonction;Code nationalité"
)
LABELS = ("Maire", "1er adjoint au Maire", "2ème adjoint au Maire", "3ème adjoint au Maire")
SYLLABLES = ("BA", "CHE", "DU", "FLO", "GRI", "LÉ", "MAR", "NO", "PRÉ", "RI", "SAU", "TI", "VAL")
GIVEN = ("Anne", "Benoît", "Camille", "Dominique", "Élise", "François", "Jean-Marc", "Léa", "Marie", "Zoé")


def communes(count: int) -> Iterator[tuple[str, str, str]]:
    """Yield department, code and name of as many communes as so many councillors sit in."""
    for number in range(-(-count // SEATS)):
        department = f"{number // COMMUNES % 95 + 1:02}"
        department = {"20": "2A"}.get(department, department)
        yield department, f"{department}{number % COMMUNES + 1:03}", f"Ville-sur-Rivière {number}"


def councillors(count: int) -> Iterator[str]:
    """Yield the lines of the register's file, as it is published now: unquoted, ISO dates."""
    yield HEADER
    people = range(count)
    for department, code, name in communes(count):
        for seat, number in enumerate(people[:SEATS]):
            family = "".join(SYLLABLES[number // 13**place * (place + 5) % 13] for place in range(4))
            given = GIVEN[number // 7 % 10] + (f" {GIVEN[number // 3 % 10]}" if number % 4 == 0 else "")
            label = LABELS[seat] if seat < len(LABELS) else "Conseiller municipal"
            born = f"{1940 + number % 60}-{number % 12 + 1:02}-{number % 28 + 1:02}"
            yield (
                f"{department};Département {department};;;{code};{name};{family};{given};{'MF'[number % 2]};"
                f"{born};37;Cadre;2026-03-15;{label};2026-03-21;FR"
            )
        people = people[SEATS:]


def services(count: int) -> Iterator[str]:
    """Yield the town halls of the directory as JSON objects, with as much as it says besides."""
    for number, (_department, code, name) in enumerate(communes(count)):
        hall = {
            "plage_ouverture": [
                {
                    "nom_jour_debut": day,
                    "nom_jour_fin": day,
                    "valeur_heure_debut_1": "09:00:00",
                    "valeur_heure_fin_1": "12:00:00",
                    "valeur_heure_debut_2": "13:30:00",
                    "valeur_heure_fin_2": "17:00:00",
                    "commentaire": "",
                }
                for day in ("Lundi", "Mardi", "Jeudi", "Vendredi")
            ],
            "site_internet": [{"libelle": "", "valeur": f"https://ville-{number}.example"}],
            "copyright": "Direction de l'information légale et administrative (Première ministre)",
            "id": f"{number:08}-0000-0000-0000-000000000000",
            "partenaire": "",
            "ancien_identifiant": [f"mairie-{code}-01"],
            "partenaire_identifiant": "",
            "date_creation": "11/01/2012 00:00:00",
            "date_modification": "21/03/2026 10:00:00",
            "nom": f"Mairie - {name}",
            "pivot": [{"type_service_local": "mairie", "code_insee_commune": [code]}],
            "code_insee_commune": code,
            "adresse": [
                {
                    "type_adresse": "Adresse",
                    "complement1": "",
                    "complement2": "",
                    "numero_voie": f"{number % 90} place de la Mairie",
                    "service_distribution": "",
                    "code_postal": f"{code[:2].replace('2A', '20')}{number % 10}00",
                    "nom_commune": name,
                    "pays": "",
                    "continent": "",
                    "longitude": "4.8",
                    "latitude": "45.7",
                    "accessibilite": "ACC",
                    "note_accessibilite": "",
                }
            ],
            "telephone": [{"valeur": "01 02 03 04 05", "description": ""}],
            "adresse_courriel": [f"mairie@ville-{number}.example"],
        }
        yield json.dumps(hall, ensure_ascii=False)


def make_campaign(root: Path, count: int) -> None:
    """Write a campaign without contacts, and beside it the two files."""
    shutil.copy(REPOSITORY / "outreach.toml", root)
    for name in ("contacts", "letters"):
        (root / name).mkdir()
    with (root / "councillors.csv").open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"{line}\n" for line in councillors(count))
    with (root / "annuaire.json").open("w", encoding="utf-8") as file:
        file.write('{"service": [')
        file.writelines(("," if number else "") + service for number, service in enumerate(services(count)))
        file.write("]}")


def measure(name: str, root: Path, rows: int, *command: str) -> None:
    """Run one command and print CPU seconds, rate and peak memory; on Windows wall clock, and no memory."""
    words = [sys.executable, "-m", "outreach", "--campaign", str(root), "contacts", *command]
    start = time.perf_counter()
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    if sys.platform == "win32":
        code, seconds, memory = running.wait(), time.perf_counter() - start, "no count"
    else:
        _pid, status, used = os.wait4(running.pid, 0)
        code, seconds = os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        memory = f"{used.ru_maxrss / unit:6.0f} MB"
    print(f"{name:<24}{seconds:7.1f} s {rows / seconds:8.0f} /s {memory}", flush=True)
    if code:
        sys.exit(f"{name}: exit code {code}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=485_000, help="councillors")
    count: int = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_campaign(root, count)
        file, into = str(root / "councillors.csv"), "contacts/councillors.csv"
        stages = {
            "import a department": ["--department", "01"],
            "import all": [],
            "import mayors": ["--role", "mayor"],
        }
        for name, choice in stages.items():
            (root / into).unlink(missing_ok=True)
            measure(name, root, count, "import", file, *choice, "--into", into, "--yes")
        measure("complete the mayors", root, -(-count // SEATS), "complete", str(root / "annuaire.json"))
        size = (root / "annuaire.json").stat().st_size / 1e6
        print(f"the directory has {size:.0f} MB")


if __name__ == "__main__":
    main()
