"""How far a run has come, told to whoever shows it."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with what is done and with all there is to do; 0 where nobody knows how much that is."""


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""
