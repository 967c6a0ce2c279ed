"""Merge COUNT letters of three pages for the printer, in few files and in many: letters a second, size.

Run from the repository: python -m benchmarks.printing --count 2000
"""

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.letters import make_campaign, measure_generate, peak_memory
from outreach.letters.folder import load_folder
from outreach.post.print_files import write_run
from outreach.post.print_run import PrintRun, plan_run
from outreach.post.request import RunRequest


def measure(run: PrintRun, out: Path, letters_per_file: int) -> str:
    """Write the run and return what it took."""
    sheets = sum(last - first + 1 for first, last in (letter.sheets for letter in run.letters))
    start = time.perf_counter()
    files = write_run(run, out, letters_per_file * sheets // len(run.letters) + run.cover_sheets)
    took = time.perf_counter() - start
    size = sum(path.stat().st_size for path, _letters in files) / 1e6
    return f"{len(files)} files: {len(run.letters) / took:6.0f} letters a second, {size:6.1f} MB"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    count: int = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_campaign(root, count)
        measure_generate(root, "pdf")
        campaign = load_folder(root)
        out = campaign.campaign.out
        before = sum(path.stat().st_size for path in (out / "joint").rglob("*.pdf")) / 1e6
        print(f"{count} letters, {before:.1f} MB")
        for letters_per_file in (min(count, 1000), count // 4):
            run = plan_run(campaign, out, RunRequest(), date(2024, 12, 2))
            print(measure(run, out, letters_per_file), flush=True)
        print(f"{peak_memory():6.0f} MB of memory at most in this process")


if __name__ == "__main__":
    main()
