"""Tell whether a name can name files on every system."""

import re
import unicodedata
from pathlib import PurePosixPath

from outreach.language import _

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_DEVICES = re.compile(r"con|prn|aux|nul|(com|lpt)\d", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever their ending."""
_LONGEST = 80


def slug_hint() -> str:
    """Return what a name that is none should be made of."""
    return _("use letters without accents, digits and hyphens, as in mayor-lyon")


def slugged(name: str) -> str:
    """Return a file's name as a slug with its ending: "Réponse (1).PDF" becomes "Reponse-1.pdf"."""
    stem, ending = PurePosixPath(name).stem, PurePosixPath(name).suffix[1:].lower()
    bare = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", bare).strip("-")[:_LONGEST] or "file"
    slug = f"{slug}-file" if _DEVICES.fullmatch(slug) else slug
    return f"{slug}.{ending}" if ending.isascii() and ending.isalnum() else slug


def is_slug(name: str) -> bool:
    """Tell whether a name is letters without accents, digits and hyphens, and names no device of Windows."""
    return bool(_SLUG.fullmatch(name)) and not _DEVICES.fullmatch(name)
