"""Lay a letterhead of one or more PDF pages under a letter's PDF, as an artifact: the letter's tags stay."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Name

from outreach.errors import InputError, Problem
from outreach.files.page_boxes import refuse_odd_page
from outreach.files.reading import read_bytes
from outreach.language import _

_A4 = (595.28, 841.89)
_TOLERANCE = 9
"""By which a sheet may be smaller or larger than A4, in pt: 3 mm."""
_READABLE = ("A", "U")
"""Conformance of a PDF/A whose text is Unicode, as PDF/A-2a asks."""
_MARKS = ("BMC", "BDC", "EMC", "MP", "DP")
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_CMYK = 4


class Background:
    """The pages of a letterhead, ready to be laid under letters."""

    def __init__(self, root: Path, name: str) -> None:
        """Read the file.

        Args:
            root: The campaign folder.
            name: The PDF, relative to it.

        Raises:
            InputError: it is damaged, encrypted or not A4.
            WorldError: it cannot be read.
        """
        self._pdf = _opened(root, name)
        pages = list(self._pdf.pages)[:2]
        for page in pages:
            refuse_odd_page(page, name)
            _check_size(page, name)
        fonts = [font for page in pages for font in _fonts(page.obj, set())]
        is_text = all("/ToUnicode" in font for font in fonts)
        self.has_fonts = all(_has_font_file(font) for font in fonts)
        """All its fonts are inside, as PDF/UA and PDF/A ask."""
        self.is_archival = self.has_fonts and _claims_archival(self._pdf, is_text=is_text)
        """It is PDF/A by its own word, in a kind that a PDF/A-2a may take in."""
        self.count = len(pages)
        """1, or 2 where it has a page for the others."""
        self._forms = [page.as_form_xobject() for page in pages]
        for form in self._forms:
            _strip(form, set())

    def under(self, content: bytes) -> bytes:
        """Return a PDF with the first page under its first, the second or last under the others.

        It says that it is PDF/A or PDF/UA only if the letterhead lets it be so; same input, same bytes.
        """
        with pikepdf.open(io.BytesIO(content)) as letter:
            forms = [letter.copy_foreign(form) for form in self._forms]
            for number, page in enumerate(letter.pages):
                form = forms[min(number, len(forms) - 1)]
                name = page.add_resource(form, Name.XObject, Name.Background)
                drawn = page.calc_form_xobject_placement(
                    form, name, pikepdf.Rectangle(page.mediabox), allow_expand=True
                )
                page.contents_add(b"/Artifact BMC\n" + drawn + b"\nEMC\n", prepend=True)
            with letter.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
                for key, is_true in (
                    ("pdfaid:part", self.is_archival),
                    ("pdfaid:conformance", self.is_archival),
                    ("pdfuaid:part", self.has_fonts),
                ):
                    if not is_true:
                        del metadata[key]
            target = io.BytesIO()
            letter.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return target.getvalue()


def _opened(root: Path, name: str) -> pikepdf.Pdf:
    try:
        pdf = pikepdf.open(io.BytesIO(read_bytes(root / name, name)))
    except pikepdf.PasswordError as error:
        hint = _("save it without a password")
        raise InputError(Problem(name, 0, _("is encrypted"), hint, code="encrypted-pdf")) from error
    except pikepdf.PdfError as error:
        raise InputError(
            Problem(name, 0, _("is not a PDF that can be read"), _("save it again"), code="damaged-file")
        ) from error
    if pdf.is_encrypted:
        raise InputError(
            Problem(name, 0, _("is encrypted"), _("save it without a password"), code="encrypted-pdf")
        )
    if not pdf.pages or pdf.get_warnings():
        raise InputError(
            Problem(name, 0, _("is not a PDF that can be read"), _("save it again"), code="damaged-file")
        )
    return pdf


def _check_size(page: pikepdf.Page, name: str) -> None:
    left, bottom, right, top = (float(length) for length in page.trimbox)
    size = (right - left, top - bottom)
    if int(page.obj.get("/Rotate", 0)) % 180:
        size = size[::-1]
    if any(abs(length - wanted) > _TOLERANCE for length, wanted in zip(size, _A4, strict=True)):
        width, height = (round(length / 72 * 25.4) for length in size)
        message = _(
            "its pages are {width} x {height} mm, letters are printed on A4", width=width, height=height
        )
        raise InputError(Problem(name, 0, message, _("save it as A4, upright"), code="page-not-a4"))


def _claims_archival(pdf: pikepdf.Pdf, *, is_text: bool) -> bool:
    """Tell whether it says that it is PDF/A, with Unicode text, and takes its colours from RGB or grey."""
    status = pdf.open_metadata().pdfa_status
    profiles = [
        intent.DestOutputProfile
        for intent in pdf.Root.get("/OutputIntents", ())
        if "/DestOutputProfile" in intent
    ]
    is_text = status.endswith(_READABLE) or (is_text and status != "")
    return is_text and all(int(profile.N) < _CMYK for profile in profiles)


def _fonts(holder: Any, seen: set[tuple[int, int]]) -> Iterator[Any]:  # noqa: ANN401  (pikepdf's objects are untyped)
    """Yield the fonts that a page or form prints with, also those of the forms and patterns inside it."""
    resources = holder.get("/Resources", {})
    yield from resources.get("/Font", {}).values()
    for kind in ("/XObject", "/Pattern"):
        for inner in resources.get(kind, {}).values():
            if inner.objgen not in seen:
                seen.add(inner.objgen)
                yield from _fonts(inner, seen)


def _has_font_file(font: Any) -> bool:  # noqa: ANN401  (pikepdf's objects are untyped)
    described = (font, *font.get("/DescendantFonts", ()))
    files = [key for one in described for key in _FONT_FILES if key in one.get("/FontDescriptor", {})]
    return bool(files) or font.get("/Subtype") == Name.Type3


def _strip(form: Any, seen: set[tuple[int, int]]) -> None:  # noqa: ANN401  (pikepdf's objects are untyped)
    """Take out what ties a form to the structure and the layers of its own file."""
    kept = [part for part in pikepdf.parse_content_stream(form) if str(part.operator) not in _MARKS]
    form.write(pikepdf.unparse_content_stream(kept))
    resources = form.get("/Resources", {})
    if "/Properties" in resources:
        del resources["/Properties"]
    for inner in resources.get("/XObject", {}).values():
        if inner.objgen not in seen:
            seen.add(inner.objgen)
            for key in ("/StructParent", "/StructParents", "/OC"):
                if key in inner:
                    del inner[key]
            if inner.get("/Subtype") == Name.Form:
                _strip(inner, seen)
