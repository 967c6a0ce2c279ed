"""Start the command line: `outreach` and `python -m outreach`."""

import gc
import io
import sys

_MANY_OBJECTS = 1_000_000
"""New objects between two searches for unreachable ones: a country's contacts are all still needed."""


def main() -> None:
    """Run the command named on the command line and exit with its code."""
    # Each process that makes letters reads this module too, and has no use for the commands.
    from outreach.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A pipe on Windows would not take every character, and a file's name may be no text.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    gc.set_threshold(_MANY_OBJECTS)
    app(prog_name="outreach")


if __name__ == "__main__":
    main()
