"""Tell whether a name can name files on every system."""

import re

from outreach.language import _

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_DEVICES = re.compile(r"con|prn|aux|nul|(com|lpt)\d", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever their ending."""


def slug_hint() -> str:
    """Return what a name that is none should be made of."""
    return _("use letters without accents, digits and hyphens, as in mayor-lyon")


def is_slug(name: str) -> bool:
    """Tell whether a name is letters without accents, digits and hyphens, and names no device of Windows."""
    return bool(_SLUG.fullmatch(name)) and not _DEVICES.fullmatch(name)
