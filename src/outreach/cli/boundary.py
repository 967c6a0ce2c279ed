"""The one place where an error becomes lines on stderr and an exit code."""

from typing import Any

import typer
from typer.core import TyperGroup

from outreach.errors import OutreachError

INTERRUPTED = 130


class ErrorBoundary(TyperGroup):
    """A command group that shows the user's errors as lines and leaves faults of the program alone."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  (as Typer declares it)
        """Run the command; exit with the error's code where there is one."""
        try:
            return super().invoke(ctx)
        except OutreachError as error:
            for problem in error.problems:
                typer.echo(str(problem), err=True)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            typer.echo("stopped; every file is whole, run the command again to go on", err=True)
            raise typer.Exit(INTERRUPTED) from error
