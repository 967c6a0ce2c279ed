"""Measure the joint letter for N made-up recipients: letters a second, CPU time, memory, peers, start-up.

    python -m benchmarks.letters --count 1000

Each stage runs in a process of its own; rates are medians of three runs, CPU times medians of all letters.
Peers, as in benchmarks.peers, need the extra: pip install '.[bench]'
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from outreach.letters.compose import Composer
from outreach.letters.folder import Folder, load_folder
from outreach.letters.formats.docx import render_docx
from outreach.letters.formats.pdf import render_pdf
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Letter

REPOSITORY = Path(__file__).parents[1]
RUNS = 3
BESIDE_PEERS = 20
"""Letters that a peer and this program make at a turn."""
BARE = (
    "import typer\napp = typer.Typer()\n@app.command()\ndef a(): pass\n@app.command()\ndef b(): pass\napp()\n"
)


def peak_memory(*, of_children: bool = False) -> float:
    """Return the peak memory of this process or its largest child, in MB; 0 where the system keeps none."""
    try:
        import resource
    except ImportError:
        return 0
    who = resource.RUSAGE_CHILDREN if of_children else resource.RUSAGE_SELF
    return resource.getrusage(who).ru_maxrss / 1024


def make_campaign(root: Path, count: int) -> None:
    """Write the shipped campaign with the joint letter alone, to `count` made-up mayors one by one."""
    shutil.copy(REPOSITORY / "outreach.toml", root)
    (root / "contacts").mkdir()
    shutil.copytree(
        REPOSITORY / "letters",
        root / "letters",
        ignore=lambda _d, names: [
            name for name in names if name.endswith(".md") and not name.startswith("_") and name != "joint.md"
        ],
    )
    joint = root / "letters" / "joint.md"
    lines = joint.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("joint = ")]
    kept = ['audience = "all"' if line.startswith("audience") else line for line in kept]
    joint.write_text("\n".join(kept) + "\n", encoding="utf-8")
    rows = [
        f"m{number},mayor,{'mf'[number % 2]},Camille,Nom{number},Mairie|{number} rue de la Ville,"
        f"{10000 + number % 85000},Ville{number},ville,2024-11-01"
        for number in range(count)
    ]
    header = "id,role,gender,given_name,family_name,address,postal_code,city,tags,checked"
    (root / "contacts" / "made-up.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")


def letters(root: Path) -> tuple[Folder, list[Letter]]:
    """Return the campaign and its finished letters."""
    folder = load_folder(root)
    composer = Composer(folder)
    written = date(2024, 11, 30)
    assignments = folder.audiences.assignments(folder.templates)
    return folder, [composer.compose(assignment, written) for assignment in assignments]


def measure_render(root: Path, render: Callable[[Letter, Stationery], object]) -> dict[str, float]:
    """Render every letter in this process, the text being ready; letters a second and peak memory in MB."""
    folder, made = letters(root)
    stationery = Stationery(folder.campaign.layout, root)
    took = []
    start = time.perf_counter()
    for letter in made:
        before = cpu_time()
        render(letter, stationery)
        took.append(cpu_time() - before)
    rate = len(made) / (time.perf_counter() - start)
    return {"rate": rate, "memory": peak_memory(), "cpu": statistics.median(took)}


def cpu_time() -> float:
    """Return the CPU seconds of this process so far, and of the programs that it started and that ended."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def measure_peers(root: Path) -> dict[str, float]:
    """Make letters by turns with each peer and with this program; the CPU time a peer takes, ours being 1."""
    from benchmarks.peers import MAKERS  # it takes its letters from here

    folder, made = letters(root)
    stationery = Stationery(folder.campaign.layout, root)

    def took(name: str) -> float:
        start = cpu_time()
        MAKERS[name](made[:BESIDE_PEERS], stationery, root)
        return cpu_time() - start

    found: dict[str, float] = {}
    for name in MAKERS:
        ours = f"outreach, {name.split()[-1]}"
        if name == ours:
            continue
        try:
            took(name), took(ours)  # what is loaded once is not a letter's
            found[name] = statistics.median(took(name) / took(ours) for _ in range(RUNS))
        except (ImportError, OSError):
            found[name] = 0
    return found


def measure_text(root: Path) -> dict[str, float]:
    """Fill the template in for every recipient in this process."""
    start = time.perf_counter()
    _, made = letters(root)
    rate = len(made) / (time.perf_counter() - start)
    return {"rate": rate, "memory": peak_memory()}


def measure_composing(root: Path, *, by_name: bool = False) -> dict[str, float]:
    """Compose letters that differ in their address, or in their salutation too; CPU seconds a letter."""
    folder = load_folder(root)
    composer = Composer(folder)
    took = []
    for assignment in folder.audiences.assignments(folder.templates):
        (contact,) = assignment.recipients
        own = replace(contact, salutation=f"Madame {contact.family_name}") if by_name else contact
        start = time.process_time()
        composer.compose(replace(assignment, recipients=(own,)), date(2024, 11, 30))
        took.append(time.process_time() - start)
    cpu = statistics.median(took)
    return {"rate": 1 / cpu, "memory": peak_memory(), "cpu": cpu}


def measure_generate(root: Path, *formats: str, again: bool = False) -> dict[str, float]:
    """Run `outreach generate` with those formats; memory is that of its largest process."""
    if not again:
        shutil.rmtree(root / "out", ignore_errors=True)
    command = [sys.executable, "-m", "outreach", "--campaign", str(root), "generate"]
    command += [word for kind in formats for word in ("--format", kind)]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    took = time.perf_counter() - start
    pieces = json.loads((root / "out" / "manifest.json").read_text(encoding="utf-8"))
    return {"rate": len(pieces) / took, "memory": peak_memory(of_children=True)}


PEERS = "peers"
STAGES: dict[str, Callable[[Path], dict[str, float]]] = {
    "text, one process": measure_text,
    "address differs": measure_composing,
    "salutation differs": lambda root: measure_composing(root, by_name=True),
    "PDF, one process": lambda root: measure_render(root, render_pdf),
    "DOCX, one process": lambda root: measure_render(root, render_docx),
    "generate PDF": lambda root: measure_generate(root, "pdf"),
    "generate DOCX": lambda root: measure_generate(root, "docx"),
    "generate both": lambda root: measure_generate(root, "pdf", "docx"),
    "generate both again": lambda root: measure_generate(root, "pdf", "docx", again=True),
}


def measure_help(root: Path) -> tuple[float, float]:
    """Return the seconds that `--help` takes, ours and a bare Typer program's: medians."""
    bare = root / "bare.py"
    bare.write_text(BARE, encoding="utf-8")
    commands = ([sys.executable, "-m", "outreach", "--help"], [sys.executable, str(bare), "--help"])
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(11):
        for command, found in zip(commands, times, strict=True):
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            found.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def run_stage(stage: str, root: Path) -> dict[str, float]:
    """Measure a stage in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.letters", "--stage", stage, "--root", str(root)]
    made = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=REPOSITORY)
    return dict(json.loads(made.stdout))


def main() -> None:
    """Print one line a stage; with `--stage`, measure it and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--stage", help=argparse.SUPPRESS)
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage == PEERS:
        print(json.dumps(measure_peers(options.root)))
        return
    if options.stage:
        print(json.dumps(STAGES[options.stage](options.root)))
        return
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        make_campaign(root, options.count)
        for stage in STAGES:
            runs = [run_stage(stage, root) for _ in range(RUNS)]
            rate = statistics.median(run["rate"] for run in runs)
            memory = max(run["memory"] for run in runs)
            cpu = statistics.median(run.get("cpu", 0) for run in runs)
            line = f"{stage:<22} {rate:8.0f} letters/s   {memory:5.0f} MB at most"
            print(f"{line}   {1000 * cpu:5.1f} ms CPU a letter" if cpu else line)
        for peer, ratio in run_stage(PEERS, root).items():
            print(f"{peer:<26} {ratio:10.1f} times our CPU time" if ratio else f"{peer:<26} not installed")
        ours, bare = measure_help(root)
        print(f"{'--help':<22} {ours / bare:8.2f} times a bare Typer program ({ours:.2f} s)")


if __name__ == "__main__":
    main()
