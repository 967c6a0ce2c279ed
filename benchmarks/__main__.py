"""Run all benchmarks with small counts, one after another: python -m benchmarks, in about three minutes.

Each prints its table, with the peers it has in the same run. Rates and ratios are to be read, not seconds: a
machine that does other things at the same time halves them.
"""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
COUNTS = {"letters": 60, "printing": 200, "journal": 2000, "country": 500, "people": 20_000}


def main() -> None:
    """Print a heading and the table of each."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{machine}, Python {platform.python_version()}")
    begun = time.monotonic()
    for name, count in COUNTS.items():
        print(f"\nbenchmarks.{name} --count {count}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", "--count", str(count)]
        subprocess.run(command, check=True, cwd=REPOSITORY)
    print(f"\n{time.monotonic() - begun:.0f} s in all")


if __name__ == "__main__":
    main()
