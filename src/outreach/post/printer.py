"""Hand files to the system's printer queue."""

import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

from outreach.campaign.campaign import PrintSettings
from outreach.campaign.paths import SETTINGS
from outreach.errors import InputError, Problem, WorldError
from outreach.language import _


def send_to_printer(paths: Sequence[Path], settings: PrintSettings) -> None:
    """Hand the files to the system's printer queue.

    Raises:
        InputError: the command's quotes are not closed.
        WorldError: there is no such program, or it refuses.
    """
    hint = _("name another program in [print] command, or print the file by hand")
    try:
        command = shlex.split(settings.command)
    except ValueError as error:
        problem = Problem(
            SETTINGS,
            0,
            _("[print] command: {error}", error=error),
            _("close its quotes"),
            code="print-command",
        )
        raise InputError(problem) from error
    for path in paths:
        call: str | list[str] = [*command, str(path)]
        if os.name == "nt":  # whose programs take one line and split it themselves
            call = f"{settings.command} {subprocess.list2cmdline([str(path)])}"
        try:
            done = subprocess.run(call, check=False, capture_output=True)  # noqa: S603  (named in outreach.toml)
        except OSError as error:
            message = _("no program '{name}' takes print jobs here", name=command[0] if command else "")
            raise WorldError(Problem("", 0, message, hint, code="printer-failed")) from error
        if done.returncode:
            output = done.stderr.decode(errors="replace").strip().splitlines()
            why = output[0] if output else _("exit code {code}", code=done.returncode)
            raise WorldError(
                Problem(
                    "",
                    0,
                    _("'{command}' did not take {name}: {why}", command=command[0], name=path.name, why=why),
                    hint,
                    code="printer-failed",
                )
            )
