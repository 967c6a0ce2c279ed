"""Set pages with Typst: a template of outreach/data/typst and plain data become PDF or pictures."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timezone
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import typst

from outreach.errors import InputError, Problem
from outreach.language import _

Value = str | int | float | bool | Sequence["Value"] | Mapping[str, "Value"]
Image = str | bytes
"""Path of a file below the root, or an SVG document in UTF-8; empty for none."""
_PACKAGES = Path(str(files("outreach"))) / "data"
_PACKAGE = ("typst", "pages", "1.0.0")
"""Namespace, name and version: of a package, Typst keeps what it read and made from page to page."""
_BOLD = 600
"""Least weight that Typst prints as bold without looking further, as in OpenType's scale of 100 to 900."""
Explain = Callable[[str, Sequence[str]], Problem]
"""Turn a message of Typst and its hints into a Problem."""


class Typesetter:
    """Typst with the pictures and fonts of a campaign; the fonts are read when they are first needed."""

    def __init__(self, root: Path, fonts: Path) -> None:
        """Begin without reading anything.

        Args:
            root: Folder that pictures are named from.
            fonts: Folder with fonts besides those that the engine carries; may be missing.
        """
        self._root = root
        self._own = fonts

    def typeset(  # noqa: PLR0913  (what a page is made of)
        self,
        template: str,
        function: str,
        data: Value,
        day: date,
        *,
        explain: Explain,
        images: Mapping[str, Image] | None = None,
        resolution: int | None = None,
    ) -> list[bytes]:
        """Return one PDF (PDF/A-2a, PDF/UA-1), or with a resolution one PNG a page.

        Args:
            template: A file of outreach/data/typst, without its ending.
            function: The function in it that is called with data and images as one dictionary.
            data: Reaches Typst as JSON in one string literal, so that nothing in it is code.
            day: Of the document's time stamp, so that the same data give the same bytes.
            explain: Called for an error, and for each warning, since a missing character is only a warning.
            images: By the key under which the function finds them.
            resolution: Pixels an inch.

        Raises:
            InputError: Typst had an error or a warning.
        """
        source = _call(template, function, data, images or {})
        try:
            made, warnings = self._compiler.compile_with_warnings(
                input=source.encode(),
                format="png" if resolution else "pdf",
                ppi=resolution,
                pdf_standards=[] if resolution else ["a-2a", "ua-1"],
                timestamp=datetime(day.year, day.month, day.day, tzinfo=timezone.utc),
            )
        except typst.TypstError as error:
            raise InputError(explain(error.message, error.hints)) from error
        if warnings:
            raise InputError(*(explain(warning.message, warning.hints) for warning in warnings))
        return made if isinstance(made, list) else [made or b""]

    def missing_font(self, font: str) -> str:
        """Return a hint with the families that there are if a font is not among them, else nothing."""
        families = self._fonts.families()
        if font.casefold() in (family.casefold() for family in families):
            return ""
        known = ", ".join(sorted(families))
        return _(
            "there are {fonts}; or put the font's file into {folder}/", fonts=known, folder=self._own.name
        )

    def lacking_styles(self, font: str) -> list[str]:
        """Return the words for the styles that a family lacks; what should have them prints regular."""
        faces = [face for face in self._fonts.fonts() if face.family.casefold() == font.casefold()]
        styles = [
            (_("bold"), any(face.weight >= _BOLD for face in faces)),
            (_("italic"), any(face.style != "normal" for face in faces)),
        ]
        return [name for name, is_there in styles if not is_there]

    @cached_property
    def _fonts(self) -> typst.Fonts:
        return typst.Fonts(include_system_fonts=False, font_paths=[self._own] if self._own.is_dir() else [])

    @cached_property
    def _compiler(self) -> typst.Compiler:
        return typst.Compiler(root=self._root, font_paths=self._fonts, package_path=_PACKAGES)


def engine(template: str) -> str:
    """Return what a PDF depends on besides its data: the version of Typst, the template."""
    return f"typst {version('typst')} {sha256(_source(template).encode()).hexdigest()}"


def unprintable(message: str) -> str:
    """Return the text that a message of Typst says no font has; empty for another message."""
    found = re.search(r'the text `"(.*)"` could not be displayed', message)
    return found[1] if found else ""


def _source(template: str) -> str:
    return _PACKAGES.joinpath(*_PACKAGE, f"{template}.typ").read_text(encoding="utf-8")


def _call(template: str, function: str, data: Value, images: Mapping[str, Image]) -> str:
    """Return a document that is what the function makes of data and images."""
    package = "@{}/{}:{}".format(*_PACKAGE)
    arguments = [f"json(bytes({_literal(json.dumps(data, ensure_ascii=False))}))"]
    arguments += [f"({_literal(key)}: {_image(image)})" for key, image in images.items()]
    return f"#import {_literal(package)}: {template}\n#{template}.{function}({' + '.join(arguments)})\n"


def _literal(text: str) -> str:
    """Return the text as a string of Typst's language, so that nothing in it is code."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _image(image: Image) -> str:
    if isinstance(image, bytes):
        return f"bytes({_literal(image.decode())})"
    return f"path({_literal(f'/{image}')})" if image else '""'
