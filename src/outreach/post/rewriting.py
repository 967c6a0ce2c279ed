"""Rewrite a PDF with pikepdf as `pdf_parts` reads it: pages that only look, tags in one list."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from outreach.post.looks import annotations_of, take_out_actions
from outreach.post.pdf_parts import CLAIMS, MARK


def rewrite(source: pikepdf.Pdf, *, is_ours: bool) -> bytes:
    """Return a file's pages; our own ones with their tags, and with what the document says of itself."""
    if not is_ours and "/AcroForm" in source.Root:
        _flatten(source)
    take_out_actions(source, is_ours=is_ours)
    with pikepdf.new() as target:
        target.pages.extend(source.pages)
        for page in target.pages:
            page.obj.MediaBox = Array(list(page.mediabox))
            if "/Rotate" in page.obj:
                page.obj.Rotate = int(page.obj.Rotate)
            page.obj.Annots = Array([_indirect(target, one) for one in annotations_of(page.obj)])
        if is_ours and isinstance(source.Root.get("/StructTreeRoot"), Dictionary):
            target.Root.StructTreeRoot = _tree(target, source)
        if is_ours:
            for name in map(bytes.decode, CLAIMS):
                if name in source.Root:
                    target.Root[name] = _taken_over(target, source, source.Root[name])
            if not isinstance(target.Root.get("/Metadata"), (pikepdf.Stream, type(None))):
                del target.Root.Metadata
        return _saved(target)


def rewrite_marks(marks: bytes) -> bytes:
    """Return a file each page of which has a page of the marks among its resources, as a form."""
    with pikepdf.open(io.BytesIO(marks)) as source, pikepdf.new() as target:
        for page in source.pages:
            form = target.copy_foreign(page.as_form_xobject())
            target.add_blank_page()
            target.pages[-1].obj.Resources = Dictionary(XObject=Dictionary({MARK.decode(): form}))
        return _saved(target)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    written = io.BytesIO()
    disabled = pikepdf.ObjectStreamMode.disable
    pdf.save(written, object_stream_mode=disabled, deterministic_id=True, min_version="1.7")
    return written.getvalue()


def _tree(target: pikepdf.Pdf, source: pikepdf.Pdf) -> Any:  # noqa: ANN401  (pikepdf's objects are untyped)
    """Return the structure tree with its kids and parents in one list each, all of them objects."""
    tree = _taken_over(target, source, source.Root.StructTreeRoot)
    kids = list(tree.K) if isinstance(tree.get("/K"), Array) else [tree.get("/K")]
    parents: list[Any] = []
    for key, value in _pairs(tree.get("/ParentTree", Dictionary())):
        if isinstance(key, int) and isinstance(value, (Array, Dictionary)):
            parents += [key, _indirect(target, value)]
    known = {
        "/Type": Name.StructTreeRoot,
        "/K": Array([_indirect(target, kid) for kid in kids if isinstance(kid, Dictionary)]),
        "/ParentTree": Dictionary(Nums=Array(parents)),
        "/ParentTreeNextKey": max(
            [int(tree.get("/ParentTreeNextKey", 0)), *(key + 1 for key in parents[::2])]
        ),
        "/RoleMap": tree.get("/RoleMap", Dictionary()),
    }
    for name in tree.keys() - known.keys():
        del tree[name]
    for name, entry in known.items():
        tree[name] = entry
    for kid in tree.K:
        kid.P = tree
    return tree


def _indirect(pdf: pikepdf.Pdf, value: Any) -> Any:  # noqa: ANN401  (pikepdf's objects are untyped)
    return value if value.is_indirect else pdf.make_indirect(value)


def _taken_over(target: pikepdf.Pdf, source: pikepdf.Pdf, value: Any) -> Any:  # noqa: ANN401  (pikepdf's objects are untyped)
    """Return a value of another file as one of this file."""
    if isinstance(value, pikepdf.String):
        return pikepdf.String(str(value))
    if isinstance(value, Name):
        return Name(str(value))
    if isinstance(value, pikepdf.Object):
        return target.copy_foreign(_indirect(source, value))
    return value


def _pairs(tree: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401  (pikepdf's objects are untyped)
    """Yield the entries of a number tree (ISO 32000-1, 7.9.7)."""
    numbers = tree.get("/Nums", ())
    for index in range(0, len(numbers) - 1, 2):
        yield numbers[index], numbers[index + 1]
    for kid in tree.get("/Kids", ()):
        yield from _pairs(kid)


def _flatten(pdf: pikepdf.Pdf) -> None:
    """Make what was filled into a form part of its pages, so that nothing hangs on the form any more."""
    pages = [page.obj for page in pdf.pages if "/Annots" in page.obj]
    for page in pages:
        page.Annots = Array(annotations_of(page))
    widgets = [one for page in pages for one in page.Annots if one.get("/Subtype") == Name.Widget]
    if any("/AP" not in widget for widget in widgets):
        pdf.Root.AcroForm.NeedAppearances = True
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("print")
    for page in pages:  # a field that shows nothing leaves none
        if "/Annots" in page:
            page.Annots = Array([one for one in page.Annots if one.get("/Subtype") != Name.Widget])
    if "/AcroForm" in pdf.Root:  # of what could not be laid flat
        del pdf.Root.AcroForm
