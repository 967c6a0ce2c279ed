"""Join COUNT letters of three pages for the printer, tags kept: rate, memory, size, ratio to a plain copy.

Run from the repository: python -m benchmarks.printing --count 1000

Each way runs in a process of its own, in turns, and is measured by its CPU time; medians of three runs. The
plain copy is what pikepdf does by itself: the pages alone, without tags or bookmarks, nothing stored once.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pikepdf

from benchmarks.letters import make_campaign, measure_generate, peak_memory
from outreach.letters.folder import load_folder
from outreach.post.merge import PdfFile, Section, merge
from outreach.post.print_files import write_run
from outreach.post.print_run import PrintRun, plan_run
from outreach.post.request import RunRequest

REPOSITORY = Path(__file__).parents[1]
RUNS = 3


def copy_plainly(files: list[Path], target: Path) -> None:
    """Copy the pages of all files into one with pikepdf."""
    with pikepdf.new() as pdf:
        for path in files:
            with pikepdf.open(path) as source:
                pdf.pages.extend(source.pages)
        pdf.save(target)


def join(files: list[Path], target: Path) -> None:
    """Join the files as a print run does."""
    letters = [[Section(PdfFile(path, path.name), bookmark=path.stem)] for path in files]
    merge(letters, target, "Run", pad=True)


WAYS: dict[str, Callable[[list[Path], Path], None]] = {
    "pikepdf, pages alone": copy_plainly,
    "joined, with tags": join,
}


def measure(way: str, folder: Path) -> dict[str, float]:
    """Join the letters of a folder in this process; CPU seconds, peak memory in MB, size in MB."""
    files = sorted((folder / "out" / "joint").rglob("*.pdf"))
    target = folder / "joined.pdf"
    start = time.process_time()
    WAYS[way](files, target)
    took = time.process_time() - start
    return {"rate": len(files) / took, "memory": peak_memory(), "size": target.stat().st_size / 1e6}


def measured(way: str, folder: Path) -> dict[str, float]:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.printing", "--way", way, "--root", str(folder)]
    made = subprocess.run(command, check=True, capture_output=True, cwd=REPOSITORY)
    found: dict[str, float] = json.loads(made.stdout)
    return found


def measure_run(run: PrintRun, out: Path, letters_per_file: int) -> str:
    """Write a whole print run, in several processes where it is several files, and return what it took."""
    sheets = sum(last - first + 1 for first, last in (letter.sheets for letter in run.letters))
    start = time.perf_counter()
    files = write_run(run, out, letters_per_file * sheets // len(run.letters) + run.cover_sheets)
    took = time.perf_counter() - start
    size = sum(path.stat().st_size for path, _letters in files) / 1e6
    return f"run of {len(files)} files: {len(run.letters) / took:6.0f} letters a second, {size:6.1f} MB"


def main() -> None:
    """Print a line for each way, then one for each whole run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        print(json.dumps(measure(options.way, options.root)))
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_campaign(root, options.count)
        measure_generate(root, "pdf")
        found = [{way: measured(way, root) for way in WAYS} for _ in range(RUNS)]
        for way in WAYS:
            rate, memory, size = (
                statistics.median(run[way][key] for run in found) for key in ("rate", "memory", "size")
            )
            plain = statistics.median(run[way]["rate"] / run["pikepdf, pages alone"]["rate"] for run in found)
            print(
                f"{way:<22}{rate:6.0f} letters/s of CPU{plain:7.2f} of the plain copy's rate"
                f"{memory:6.0f} MB at most{size:7.1f} MB file"
            )
        campaign = load_folder(root)
        out = campaign.campaign.out
        for letters_per_file in (options.count, options.count // 4):
            plan = plan_run(campaign, out, RunRequest(), date(2024, 12, 2))
            print(measure_run(plan, out, letters_per_file), flush=True)
        print(f"{peak_memory():6.0f} MB of memory at most in this process")


if __name__ == "__main__":
    main()
