"""The one place where an error becomes lines on stderr and an exit code, and where the language is chosen."""

from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

from outreach import language
from outreach.cli.localise import language_in, local_usage, localise
from outreach.cli.output import print_problems
from outreach.errors import OutreachError
from outreach.language import _

if TYPE_CHECKING:
    from typer._click import Context

INTERRUPTED = 130


class ErrorBoundary(TyperGroup):
    """A command group that shows the user's errors as lines and leaves faults of the program alone."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: "Context | None" = None, **extra: object
    ) -> "Context":
        """Read the options before the command, in the language of the command line, else in the user's."""
        language.use(language_in(args) or language.preferred())
        localise(self)
        with local_usage():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: "Context") -> object:
        """Run the command; exit with the error's code where there is one."""
        try:
            with local_usage():
                return super().invoke(ctx)
        except OutreachError as error:
            print_problems(error.problems, err=True)
            raise typer.Exit(error.exit_code) from error
        except typer.Abort as error:  # Ctrl-C at a question, or nobody there to answer
            typer.echo("", err=True)  # the question's line is still open
            typer.echo(_("stopped; nothing more was done"), err=True)
            raise typer.Exit(INTERRUPTED) from error
        except KeyboardInterrupt as error:
            typer.echo(_("stopped; every file is whole, run the command again to go on"), err=True)
            raise typer.Exit(INTERRUPTED) from error
