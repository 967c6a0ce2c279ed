"""A letter to every mayor of the country, end to end: seconds, rate, memory and bytes of each stage.

Run from the repository: python -m benchmarks.country --count 35000
The mayors are made up; each stage is one command, and memory is that of the largest process so far.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.letters import peak_memory

REPOSITORY = Path(__file__).parents[1]
STAGES: dict[str, tuple[str, ...]] = {
    "check": ("check",),
    "generate": ("generate", "--format", "pdf", "--format", "docx", "--format", "txt"),
    "generate again": ("generate", "--format", "pdf", "--format", "docx", "--format", "txt"),
    "print": ("print", "--labels", "L7163"),
    "sent": ("sent", "mayor", "--on", "2024-12-02", "--via", "post"),
    "status": ("status", "--on", "2025-01-10", "--json"),
    "followup, dry": ("followup", "--on", "2025-01-10", "--dry-run", "--to", "role:mayor,tag:dep-69"),
}


def make_campaign(root: Path, count: int) -> None:
    """Write the shipped letter to a mayor, for made-up mayors of made-up communes in 96 departments."""
    shutil.copy(REPOSITORY / "outreach.toml", root)
    (root / "contacts").mkdir()
    (root / "letters").mkdir()
    for path in (REPOSITORY / "letters").iterdir():
        if path.name.startswith("_") or path.name in ("mayor.md", "questions.toml", "reminder.md"):
            lines = path.read_text(encoding="utf-8").split("\n")
            if path.name == "questions.toml":
                lines = [line for line in lines if not line.startswith("audience")]
            text = "\n".join(lines).replace("role:mayor,tag:ville", "role:mayor")
            (root / "letters" / path.name).write_text(text, encoding="utf-8")
    (root / "contacts" / "mayors.csv").write_text("\n".join(_rows(count)), encoding="utf-8")


def _rows(count: int) -> Iterator[str]:
    yield "id,role,gender,given_name,family_name,address,postal_code,city,insee,tags,checked"
    for number in range(count):
        department = f"{number % 95 + 1:02}"
        code = f"{department}{number // 95 % 900 + 1:03}"
        yield (
            f"m{number},mayor,{'mf'[number % 2]},Camille,Nom{number},Mairie|{number % 90} rue de la Ville,"
            f"{department}{number % 10}00,Ville{number},{code},dep-{department},2024-11-01"
        )
    yield ""


def size_of(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=35_000)
    count: int = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_campaign(root, count)
        print(f"{'stage':<16}{'seconds':>9}{'letters/s':>11}{'MB memory':>11}{'MB in out/':>12}")
        for name, command in STAGES.items():
            start = time.perf_counter()
            words = [sys.executable, "-m", "outreach", "--campaign", str(root), *command]
            done = subprocess.run(words, check=False, capture_output=True)
            if done.returncode:
                sys.exit(f"{name}: {done.stderr.decode(errors='replace')[:500]}")
            took = time.perf_counter() - start
            out = size_of(root / "out") / 1e6
            memory = peak_memory(of_children=True)
            print(f"{name:<16}{took:9.1f}{count / took:11.0f}{memory:11.0f}{out:12.1f}", flush=True)
        folders = [path for path in (root / "out").rglob("*") if path.is_dir() and path.name != "print"]
        largest = max((len(list(path.iterdir())) for path in folders), default=0)
        print(f"largest folder of letters: {largest} files")


if __name__ == "__main__":
    main()
