"""Leave of a PDF's pages only what they look like: nothing that acts, plays or carries a file."""

from collections.abc import Collection
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

_PLAYERS = tuple(map(Name, ("/FileAttachment", "/Movie", "/Sound", "/Screen", "/RichMedia", "/3D")))
"""Annotations that carry files or play them (ISO 32000-2, table 171)."""
OF_PAGES = {
    *("/Type", "/Parent", "/Resources", "/Contents", "/Group", "/Annots", "/StructParents", "/Tabs"),
    *("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate", "/UserUnit"),
}
"""Keys of a page that say how it looks, and those of its tags (ISO 32000-2, table 31)."""
OF_ANNOTATIONS = {
    *("/Type", "/Subtype", "/Rect", "/F", "/AP", "/AS", "/OC", "/Contents", "/StructParent", "/Lang"),
    *("/Border", "/BS", "/BE", "/C", "/IC", "/CA", "/ca", "/BM", "/RD", "/DA", "/Q", "/FixedPrint"),
    *("/QuadPoints", "/InkList", "/L", "/LE", "/Vertices"),
}
"""The same of an annotation (tables 166 to 194)."""
OF_NO_STREAM = ("/AF", "/EF", "/F", "/FFilter", "/FDecodeParms", "/Metadata", "/OPI", "/PieceInfo", "/Ref")
"""Keys by which what is drawn carries other files or leads to them (tables 5, 87 and 93)."""


def annotations_of(page: Any) -> list[Any]:  # noqa: ANN401  (pikepdf's objects are untyped)
    """Return a page's annotations; what stands among them and is none is left out."""
    found = page.get("/Annots")
    return [one for one in found if isinstance(one, Dictionary)] if isinstance(found, Array) else []


def take_out_actions(pdf: pikepdf.Pdf, *, is_ours: bool) -> None:
    """Leave of a file's pages what is printed: no action, no script, no embedded file, no player.

    What hangs on the document as a whole (OpenAction, Names) is not copied with its pages. Our own letters
    keep their links to addresses of the web.
    """
    for page in pdf.pages:
        _keep_only(page.obj, OF_PAGES)
        _empty_properties(page.obj.get("/Resources"))
        if "/Annots" not in page.obj:
            continue
        kept = [one for one in annotations_of(page.obj) if one.get("/Subtype") not in _PLAYERS]
        for annotation in kept:
            has_address = is_ours and _is_address(annotation.get("/A"))
            _keep_only(annotation, {*OF_ANNOTATIONS, "/A"} if has_address else OF_ANNOTATIONS)
            if annotation.get("/Subtype") == Name.Widget:  # of no form any more; it looks the same
                annotation.Subtype = Name.Stamp
        page.obj.Annots = Array(kept)
    for one in pdf.objects:
        if isinstance(one, pikepdf.Stream):
            _calm(one)


def _is_address(action: Any) -> bool:  # noqa: ANN401  (pikepdf's objects are untyped)
    """Tell whether an action does nothing but open a page of the web."""
    return isinstance(action, Dictionary) and action.get("/S") == Name.URI and "/Next" not in action


def _keep_only(owner: Any, keys: Collection[str]) -> None:  # noqa: ANN401  (pikepdf's objects are untyped)
    for key in set(owner.keys()) - set(keys):
        del owner[key]


def _calm(stream: Any) -> None:  # noqa: ANN401  (pikepdf's objects are untyped)
    """Take from a stream what leads to files, and from PostScript its program; what it draws stays."""
    for key in OF_NO_STREAM:
        if key in stream:
            del stream[key]
    if stream.get("/Subtype") == Name.PS:
        stream.write(b"")
    _empty_properties(stream.get("/Resources"))


def _empty_properties(resources: Any) -> None:  # noqa: ANN401  (pikepdf's objects are untyped)
    """Leave of named properties only the layers: others may carry files (ISO 32000-2, 14.13)."""
    named = resources.get("/Properties") if isinstance(resources, Dictionary) else None
    if not isinstance(named, Dictionary):
        return
    for name, value in dict(named.items()).items():
        if not isinstance(value, Dictionary) or value.get("/Type") not in (Name.OCG, Name.OCMD):
            named[name] = Dictionary()
