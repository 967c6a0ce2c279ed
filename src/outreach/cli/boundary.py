"""The one place where an error becomes lines on stderr and an exit code, and where the language is chosen."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from errno import EPIPE
from itertools import takewhile
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

from outreach import language
from outreach.cli.localise import commands_in, language_in, local_usage, localise
from outreach.cli.options import EVERYWHERE
from outreach.cli.output import print_problems, say, speak_json
from outreach.errors import InputError, OutreachError, Problem, WorldError, reason
from outreach.files.reading import is_text
from outreach.language import _

if TYPE_CHECKING:
    from typer._click import Context

INTERRUPTED = 130


@contextmanager
def _full_disk() -> Iterator[None]:
    """Say what the system said where stdout or a file failed; a pipe that was closed is no fault."""
    try:
        yield
    except OSError as error:
        if error.errno == EPIPE:
            raise
        if not error.filename:  # what stdout still holds must not fail once more on the way out
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        where = str(error.filename or "stdout")
        problem = Problem(where, 0, _("cannot be read or written"), reason(error), code="unwritable")
        print_problems([problem], err=True)
        raise typer.Exit(WorldError.exit_code) from error


def share(group: TyperGroup) -> None:
    """Let every command take the options for all of them, so that they may stand behind its name too."""
    common = [param for param in group.params if getattr(param, "rich_help_panel", "") == EVERYWHERE]
    for command in commands_in(group):
        named = {name for param in command.params for name in param.opts}
        for param in common:
            if named.isdisjoint(param.opts):
                shared = copy(param)
                shared.expose_value = False  # its callback does it
                command.params.append(shared)


def _stopped(hint: str) -> Problem:
    return Problem("", 0, _("stopped"), hint, code="interrupted")


def _refuse_no_text(args: list[str]) -> None:
    """Refuse bytes that are no UTF-8, in a file's name or in a text; nothing that is kept could hold them."""
    for arg in args:
        if not is_text(arg):
            shown = arg.encode(errors="backslashreplace").decode()
            problem = Problem(
                "",
                0,
                _("'{text}' is not UTF-8 text", text=shown),
                _("write it, or name the file, anew"),
                code="not-utf8",
            )
            print_problems([problem], err=True)
            raise typer.Exit(InputError.exit_code)


class ErrorBoundary(TyperGroup):
    """A command group that shows the user's errors as lines and leaves faults of the program alone."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: "Context | None" = None, **extra: object
    ) -> "Context":
        """Read the options before the command, in the language of the command line, else in the user's."""
        language.use(language_in(args) or language.preferred())
        share(self)
        localise(self)
        speak_json(is_json="--json" in takewhile(lambda arg: arg != "--", args))
        _refuse_no_text(args)
        with local_usage(), _full_disk():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: "Context") -> object:
        """Run the command; exit with the error's code where there is one."""
        try:
            with local_usage(), _full_disk():
                return super().invoke(ctx)
        except OutreachError as error:
            print_problems(error.problems, err=True)
            raise typer.Exit(error.exit_code) from error
        except typer.Abort as error:  # Ctrl-C at a question, or nobody there to answer
            say("", err=True, is_asked=True)  # the question's line is still open
            print_problems([_stopped(_("nothing more was done"))], err=True)
            raise typer.Exit(INTERRUPTED) from error
        except KeyboardInterrupt as error:
            print_problems([_stopped(_("every file is whole, run the command again to go on"))], err=True)
            raise typer.Exit(INTERRUPTED) from error
