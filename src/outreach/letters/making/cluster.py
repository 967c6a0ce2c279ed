"""Run a function over batches on an existing Dask cluster, results in order (the extra `outreach[dask]`)."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from outreach.errors import Problem, WorldError
from outreach.language import _
from outreach.processes import in_order

if TYPE_CHECKING:
    from distributed import Client, Future

_State = TypeVar("_State")
_Batch = TypeVar("_Batch")
_Result = TypeVar("_Result")

_PATIENCE = "15s"
_AHEAD = 4
"""Batches a thread that are on their way, so that memory stays bounded here and there."""


def on_cluster(
    address: str,
    function: Callable[[_State, _Batch], _Result],
    state: _State,
    batches: Iterable[_Batch],
) -> Iterator[_Result]:
    """Yield the function's result for each batch, in order; the batches of a lost worker are done again.

    Args:
        address: Of the scheduler, as in tcp://192.168.1.10:8786.
        function: Importable on the workers, which have the same version of this program.
        state: Sent once to each worker.
        batches: Read as fast as the workers take them.

    Raises:
        WorldError: the extra is not installed, nobody answers at the address, or the workers are lost.
    """
    client = _client(address)
    try:
        with client:
            (shared,) = client.scatter([state], broadcast=True)
            threads = max(1, sum(client.nthreads().values()))

            def submit(batch: _Batch) -> "Future[_Result]":
                return client.submit(function, shared, batch, pure=False)

            yield from in_order(submit, iter(batches), _AHEAD * threads)
    except (OSError, TimeoutError) as error:
        raise _lost(address, str(error)) from error


def _client(address: str) -> "Client":
    try:
        from distributed import Client
    except ImportError as error:
        hint = _("install it with: pip install 'outreach[dask]'")
        raise WorldError(
            Problem("", 0, _("--scheduler needs the package distributed"), hint, code="package-missing")
        ) from error
    try:
        return Client(address, timeout=_PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        raise _lost(address, str(error)) from error


def _lost(address: str, why: str) -> WorldError:
    first = next(iter(why.strip().splitlines()), _("no answer"))
    hint = _("start one with `dask scheduler`, or leave --scheduler out")
    return WorldError(
        Problem(
            "",
            0,
            _("no cluster answers at {address}: {why}", address=address, why=first),
            hint,
            code="no-cluster",
        )
    )
