"""Personal letters for citizen campaigns: write, print, remember, follow up."""

__version__ = "0.1.0"
