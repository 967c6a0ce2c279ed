"""Start the command line: `outreach` and `python -m outreach`."""

import io
import sys

from outreach.cli.app import app


def main() -> None:
    """Run the command named on the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # a pipe on Windows would not take every character
    app(prog_name="outreach")


if __name__ == "__main__":
    main()
