"""Commands that write run one at a time in a campaign; those that only read never wait."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

import typer

from outreach.campaign.paths import LOCK
from outreach.cli.options import ALONE, campaign_root
from outreach.cli.output import echo
from outreach.files.lock import alone
from outreach.language import _

_PATIENCE = 60.0
"""Seconds to wait for another command."""

_Result = TypeVar("_Result")


def writes(command: Callable[..., _Result]) -> Callable[..., _Result]:
    """Return a command that holds the campaign's lock while it runs, but for a dry run."""

    @wraps(command)
    def run(**options: Any) -> _Result:  # noqa: ANN401  (whatever options a command has)
        if options.get("dry_run"):
            return command(**options)
        with alone_in(options["context"]):
            return command(**options)

    return run


@contextmanager
def alone_in(context: typer.Context) -> Iterator[None]:
    """Hold the campaign's lock, and wait a while for whoever has it; raises as `files.lock.alone`."""
    who = _("{command} (process {number}, since {time})", **_self(context))
    with alone(campaign_root(context) / LOCK, who, _PATIENCE, _tell):
        context.meta[ALONE] = True
        yield


def _self(context: typer.Context) -> dict[str, object]:
    return {
        "command": context.command_path,
        "number": os.getpid(),
        "time": f"{datetime.now().astimezone():%H:%M}",
    }


def _tell(holder: str) -> None:
    echo(_("waiting for {holder}", holder=holder), err=True)
