"""The Stationery: what a campaign's letters are printed on, prepared once for all of them."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.campaign.campaign import Layout
from outreach.campaign.paths import FONTS, SETTINGS
from outreach.errors import Problem
from outreach.language import _
from outreach.letters.formats.head import LOGO_HEIGHT, SIGNATURE_HEIGHT
from outreach.letters.formats.picture import Picture, read_picture
from outreach.letters.letter import Letter

if TYPE_CHECKING:  # all are slow to import, and only some formats need them
    from outreach.letters.formats.background import Background
    from outreach.letters.formats.skeleton import Skeleton
    from outreach.typesetting import Typesetter


class Stationery:
    """Layout, pictures, fonts and letterhead of a campaign, as they are when they are first used."""

    def __init__(self, layout: Layout, root: Path) -> None:
        self.layout = layout
        self.root = root
        self._skeletons: dict[tuple[str, ...], Skeleton] = {}
        self._pictures: dict[tuple[str, float], Picture] = {}

    @cached_property
    def typesetter(self) -> "Typesetter":
        """Typst with the campaign's pictures and fonts."""
        from outreach.typesetting import Typesetter

        return Typesetter(self.root, self.root / FONTS)

    def logo(self, letter: Letter) -> Picture | None:
        """Return the letter's logo, no wider than the sender's place; raises as `read_picture`."""
        return self._picture(letter.logo, self.layout.geometry.sender_width, LOGO_HEIGHT)

    def signature(self, letter: Letter) -> Picture | None:
        """Return the signature's picture, no wider than half the text; raises as `read_picture`."""
        margins = self.layout.margins
        return self._picture(
            letter.signature_image, (210 - margins.left - margins.right) / 2, SIGNATURE_HEIGHT
        )

    def _picture(self, name: str, width: float, height: float) -> Picture | None:
        key = (name, height)
        if name and key not in self._pictures:
            self._pictures[key] = read_picture(self.root, name, width, height)
        return self._pictures.get(key)

    def missing_fonts(self) -> list[Problem]:
        """Return an error for each family of the layout that is not there."""
        found = [(font, self.typesetter.missing_font(font)) for font in self.layout.fonts]
        return [
            Problem(SETTINGS, 0, _("no font '{font}'", font=font), hint, code="unknown-font")
            for font, hint in found
            if hint
        ]

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

    def has_lost_pictures(self) -> bool:
        """Tell whether the letterhead has pictures that no letter takes over.

        Raises:
            InputError: it is no DOCX file.
        """
        from outreach.letters.formats.skeleton import has_lost_pictures

        return bool(self.layout.letterhead) and has_lost_pictures(self.layout, self.root)

    def skeleton(self, letter: Letter) -> "Skeleton":
        """Return the DOCX package that letters of its language, sender and pictures are written into.

        Raises:
            InputError: the letterhead is no DOCX file, or a picture cannot be printed.
        """
        name = letter.sender[0]
        key = (letter.language, name, letter.logo, letter.signature_image)
        if key not in self._skeletons:
            from outreach.letters.formats.skeleton import make_skeleton

            pictures = (self.logo(letter), self.signature(letter))
            self._skeletons[key] = make_skeleton(self.layout, self.root, letter.language, name, pictures)
        return self._skeletons[key]
