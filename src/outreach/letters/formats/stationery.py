"""The Stationery: what a campaign's letters are printed on, prepared once for all of them."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.campaign.campaign import Layout
from outreach.campaign.paths import FONTS, SETTINGS
from outreach.errors import Problem
from outreach.language import _

if TYPE_CHECKING:  # all are slow to import, and only some formats need them
    from outreach.letters.formats.background import Background
    from outreach.letters.formats.skeleton import Skeleton
    from outreach.typesetting import Typesetter


class Stationery:
    """Layout, pictures, fonts and letterhead of a campaign, as they are when they are first used."""

    def __init__(self, layout: Layout, root: Path) -> None:
        self.layout = layout
        self.root = root
        self._skeletons: dict[tuple[str, str, str], Skeleton] = {}

    @cached_property
    def typesetter(self) -> "Typesetter":
        """Typst with the campaign's pictures and fonts."""
        from outreach.typesetting import Typesetter

        return Typesetter(self.root, self.root / FONTS)

    def missing_fonts(self) -> list[Problem]:
        """Return an error for each family of the layout that is not there."""
        found = [(font, self.typesetter.missing_font(font)) for font in self.layout.fonts]
        return [Problem(SETTINGS, 0, _("no font '{font}'", font=font), hint) for font, hint in found if hint]

    @cached_property
    def background(self) -> "Background | None":
        """What is laid under the letters' PDF.

        Raises:
            InputError: it is damaged, encrypted or not A4.
            WorldError: it cannot be read.
        """
        from outreach.letters.formats.background import Background

        name = self.layout.background
        return Background(self.root, name) if name else None

    def skeleton(self, language: str, logo: str, signature: str) -> "Skeleton":
        """Return the DOCX package that letters of a language with these pictures are written into.

        Raises:
            InputError: the letterhead is no DOCX file, or a picture is none.
        """
        from outreach.letters.formats.skeleton import make_skeleton

        key = (language, logo, signature)
        if key not in self._skeletons:
            self._skeletons[key] = make_skeleton(self.layout, self.root, language, logo, signature)
        return self._skeletons[key]
