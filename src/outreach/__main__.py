"""Start the command line: `outreach` and `python -m outreach`."""

from outreach.cli.app import app


def main() -> None:
    """Run the command named on the command line and exit with its code."""
    app(prog_name="outreach")


if __name__ == "__main__":
    main()
