"""Merge COUNT letters of three pages into one file for the printer: letters a second, size, peak memory.

Run from the repository: python -m benchmarks.printing --count 1000
"""

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks.letters import make_campaign, measure_generate, peak_memory
from outreach.printing.merge import Leaf, Merger, Part


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    count: int = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_campaign(root, count)
        measure_generate(root, "pdf")
        files = sorted((root / "out" / "joint").glob("*.pdf"))
        before = sum(path.stat().st_size for path in files)
        start = time.perf_counter()
        merger = Merger(pad=True)
        for path in files:
            merger.add(Leaf(Part(path, path.name)))
        merger.save(root / "print.pdf", "Benchmark")
        took = time.perf_counter() - start
        size = (root / "print.pdf").stat().st_size
    print(f"{count / took:6.0f} letters a second")
    print(f"{size / 1e6:6.1f} MB, from {before / 1e6:.1f} MB in {count} files")
    print(f"{peak_memory():6.0f} MB of memory at most")


if __name__ == "__main__":
    main()
