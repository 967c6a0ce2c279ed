"""The one place where an error becomes lines on stderr and an exit code, and where the language is chosen."""

import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from outreach import language
from outreach.cli.localise import language_in, local_usage, localise
from outreach.errors import OutreachError
from outreach.language import _

INTERRUPTED = 130


class ErrorBoundary(TyperGroup):
    """A command group that shows the user's errors as lines and leaves faults of the program alone."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:  # noqa: ANN401  (as Typer declares it)
        """Run the program in the language of the command line, else in the user's."""
        words = sys.argv[1:] if args is None else args
        language.use(language_in(words) or language.preferred())
        localise(self)
        return super().main(args, *rest, **extra)

    def make_context(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401  (as Typer declares it)
        """Read the options that stand before the command."""
        with local_usage():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  (as Typer declares it)
        """Run the command; exit with the error's code where there is one."""
        try:
            with local_usage():
                return super().invoke(ctx)
        except OutreachError as error:
            for problem in error.problems:
                typer.echo(str(problem), err=True)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            typer.echo(_("stopped; every file is whole, run the command again to go on"), err=True)
            raise typer.Exit(INTERRUPTED) from error
