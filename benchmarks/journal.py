"""Record a mailing of COUNT letters in one batch, then ask for the status: seconds and peak memory.

Run from the repository: python -m benchmarks.journal --count 35000
The letters' files are made up, of the size that real ones have: what is measured is the journal.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.letters import peak_memory
from outreach.files.digest import digest
from outreach.letters.piece import Manifest, Piece, PieceFile

REPOSITORY = Path(__file__).parents[1]
SIZE = 50_000
"""Bytes of one PDF."""


def make_campaign(root: Path, count: int) -> None:
    """Write a campaign of one letter to `count` made-up mayors, as if it had been generated."""
    shutil.copy(REPOSITORY / "outreach.toml", root)
    for name in ("contacts", "letters"):
        (root / name).mkdir()
    front = '+++\ntitle = "Lettre"\naudience = "role:mayor"\nsubject = "S"\n+++\nBonjour.\n'
    (root / "letters" / "note.md").write_text(front, encoding="utf-8")
    rows = [
        f"m{number},mayor,Nom{number},{number} rue de la Ville,{10000 + number % 85000},Ville{number}"
        for number in range(count)
    ]
    header = "id,role,family_name,address,postal_code,city"
    (root / "contacts" / "made-up.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    manifest = Manifest(root / "out")
    (root / "out" / "note").mkdir(parents=True)
    for number in range(count):
        content = f"{number:08}".encode() * (SIZE // 8)
        path = f"note/m{number}.pdf"
        (root / "out" / path).write_bytes(content)
        piece = Piece(
            letter="note",
            contacts=(f"m{number}",),
            title="Lettre",
            contact=f"m{number}",
            written=date(2024, 11, 30),
            address=("Nom", "Ville"),
            version="0",
        )
        manifest.put(piece, PieceFile(path, digest(content), pages=2))
    manifest.save()


def measure(root: Path, *command: str) -> float:
    """Run one command and return its seconds."""
    start = time.perf_counter()
    words = [sys.executable, "-m", "outreach", "--campaign", str(root), *command]
    subprocess.run(words, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=35_000)
    count: int = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_campaign(root, count)
        results = {
            "sent": measure(root, "sent", "note", "--on", "2024-12-02", "--via", "post"),
            "status": measure(root, "status", "--on", "2025-01-10", "--json"),
            "due": measure(root, "due", "--on", "2025-01-10", "--json"),
            "log verify": measure(root, "log", "verify"),
        }
    for name, seconds in results.items():
        print(f"{name:<12}{seconds:6.2f} s for {count} letters")
    print(f"memory      {peak_memory(of_children=True):6.0f} MB at most")


if __name__ == "__main__":
    main()
