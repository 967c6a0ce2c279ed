"""In which order letters are printed."""

SORTS = ("contact", "postal-code", "name", "letter")
"""The words that are typed for it, the usual one first."""
