"""Put the pages and tags of parts into one file, with an outline and what it says of itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Final
from uuid import UUID, uuid5

import pikepdf

from outreach.post.copying import Copy, SharedObjects
from outreach.post.pdf_objects import entries_of
from outreach.post.pdf_output import PdfOutput
from outreach.post.pdf_parts import LANG, MARK, METADATA, PARENT_KEY, PartPage, PdfPart, Tags

_RUN = UUID("5d7a1d52-4a53-5b0e-8f6e-1b7c6d0e4a22")
"""Of the identifiers made here; any fixed one will do."""
_MARK_BODY: Final = b"/Artifact <</Type /Pagination>> BDC q /RunNumber Do Q EMC"
_HEADERS = re.compile(rb"(?<=/Headers)\s*\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """A page as it is written, but for its place in the file; it may be put more than once."""

    text: bytes
    """Its entries."""
    box: tuple[float, ...]
    turn: bytes
    """By how many degrees it is turned; empty for not at all."""


class Joined:
    """One file in the making."""

    def __init__(self, stream: BinaryIO, *, is_tagged: bool) -> None:
        """Begin an empty file.

        Args:
            stream: Where it is written.
            is_tagged: All parts will be our own; a part of another program takes the tags from the whole.
        """
        self._output = PdfOutput(stream)
        self._store = SharedObjects(self._output)
        self._root = self._output.reserve()
        self._tree = self._output.reserve()
        self._is_tagged = is_tagged
        self._pages: list[int] = []
        self._kids: list[bytes] = []
        self._parents: list[bytes] = []
        self._ids: list[bytes] = []
        self._next_key = 0
        self._roles: dict[bytes, bytes] = {}
        self._claims: dict[bytes, bytes] = {}
        self._metadata: tuple[bytes, bytes] | None = None
        self._digest = sha256()
        self._bookmarks: list[tuple[str, int]] = []

    def bookmark(self, title: str) -> None:
        """Let the outline lead to the page that comes next."""
        self._bookmarks.append((title, len(self._pages)))

    def ready_pages(self, part: PdfPart) -> list[ReadyPage]:
        """Copy what a part's pages show, and return them to be put, more than once if need be."""
        copy = self._copy(part, dict.fromkeys((page.number for page in part.pages), b"null"))
        return [self._ready(page, part, copy, b"") for page in part.pages]

    def mark_of(self, part: PdfPart, page: int) -> bytes:
        """Copy a form that a page has among its resources as a mark, and return its reference."""
        forms = part.pdf.entries(part.pdf.entries(part.pages[page].entries[b"/Resources"])[b"/XObject"])
        return self._copy(part, {}).renewed(forms[MARK])

    def add(self, part: PdfPart, mark: bytes) -> list[ReadyPage]:
        """Add the pages of one of our own files and its tags, a mark laid over each; return the pages."""
        self._is_tagged = self._is_tagged and part.tags is not None
        first = self._output.reserve(len(part.pages))
        numbers = range(first, first + len(part.pages))
        elements = part.tags.elements if part.tags and self._is_tagged else ()
        first_element = self._output.reserve(len(elements))
        new = (*enumerate((page.number for page in part.pages), first), *enumerate(elements, first_element))
        copy = self._copy(part, {number: b"%d 0 R" % place for place, number in new})
        ready = [self._ready(page, part, copy, mark) for page in part.pages]
        for page, number in zip(ready, numbers, strict=True):
            self._put(number, page.text)
        self._digest.update(part.identifier)
        self._add_claims(part, copy)
        if part.tags and self._is_tagged:
            self._add_tags(part.tags, part, copy, first_element)
        return ready

    def put(self, page: ReadyPage) -> None:
        """Add a page."""
        self._put(self._output.reserve(), page.text)

    def put_blank(self, page: ReadyPage) -> None:
        """Add the back of a page: its size, and its turn, so that no printer changes trays."""
        left, bottom, right, top = page.box
        size = f"{round(right - left, 4)} {round(top - bottom, 4)}".encode()
        empty = self._store.put(b"<</Length 0>>", b"")
        text = b"/Type/Page/MediaBox[0 0 %b]/Resources<<>>/Contents %b" % (size, empty)
        self._put(self._output.reserve(), text + (b"/Rotate %b" % page.turn if page.turn else b""))

    def finish(self, title: str) -> None:
        """Write what belongs to the whole, and the end."""
        catalog = {b"/Type": b"/Catalog", b"/Pages": b"%d 0 R" % self._root}
        kids = b" ".join(b"%d 0 R" % page for page in self._pages)
        self._output.put(self._root, b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(self._pages), kids))
        bookmarks = [(text, page) for text, page in self._bookmarks if page < len(self._pages)]
        if bookmarks:
            catalog[b"/Outlines"] = self._outline(bookmarks)
        if LANG in self._claims:
            catalog[LANG] = self._claims[LANG]
        if self._is_tagged and self._kids:
            catalog |= self._claims
            catalog[b"/StructTreeRoot"] = b"%d 0 R" % self._tree
            if self._metadata:
                catalog[b"/Metadata"] = self._described(title, *self._metadata)
        self._output.put(self._tree, self._tree_text() if b"/StructTreeRoot" in catalog else b"null")
        root = self._output.reserve()
        self._output.put(root, b"<<%b>>" % _pairs(catalog))
        self._output.finish(root)

    def _copy(self, part: PdfPart, references: Mapping[bytes, bytes]) -> Copy:
        known = {**references, part.root: b"%d 0 R" % self._root}
        if part.tags:
            known[part.tags.number] = b"%d 0 R" % self._tree
            known = {**dict.fromkeys(part.tags.elements, b"null"), **known}
        return Copy(part, self._store, self._output, known)

    def _put(self, number: int, text: bytes) -> None:
        self._pages.append(number)
        self._output.put(number, b"<<%b/Parent %d 0 R>>" % (text, self._root))

    def _ready(self, page: PartPage, part: PdfPart, copy: Copy, mark: bytes) -> ReadyPage:
        entries = dict(page.entries)
        over = self._marked(entries, part, copy, mark) if mark else b""
        links = b" ".join(self._annotation(number, link, copy) for number, link in page.annotations.items())
        text = copy.renewed(_pairs(entries)) + over + (b"/Annots[%b]" % links if links else b"")
        if page.parent_key is not None and self._is_tagged:
            text += b"/StructParents %d" % (page.parent_key + self._next_key)
        return ReadyPage(text, page.box, entries.get(b"/Rotate", b""))

    def _marked(self, entries: dict[bytes, bytes], part: PdfPart, copy: Copy, mark: bytes) -> bytes:
        """Take out of a page's entries what a mark changes, and return that as it becomes."""
        resources = part.pdf.entries(entries.pop(b"/Resources", b"<<>>"))
        forms = part.pdf.entries(resources.pop(b"/XObject", b"<<>>"))
        forms.pop(MARK, None)
        drawn = entries.pop(b"/Contents", b"[]")
        several = part.pdf.direct(drawn)
        drawn = several[1:-1] if several.startswith(b"[") else drawn
        over = self._store.put(b"<</Length %d>>" % len(_MARK_BODY), _MARK_BODY)
        return b"/Contents[%b %b]/Resources<<%b/XObject<<%b%b %b>>>>" % (
            *(copy.renewed(drawn), over),
            *(copy.renewed(_pairs(resources)), copy.renewed(_pairs(forms)), MARK, mark),
        )

    def _annotation(self, number: bytes, entries: Mapping[bytes, bytes], copy: Copy) -> bytes:
        """Copy an annotation, its key counted on from those before (ISO 32000-1, 14.7.4.4)."""
        new = self._output.reserve()
        copy.references[number] = b"%d 0 R" % new
        entries = dict(entries)
        if PARENT_KEY in entries:
            entries[PARENT_KEY] = b"%d" % (int(entries[PARENT_KEY]) + self._next_key)
        self._output.put(new, b"<<%b>>" % copy.renewed(_pairs(entries)))
        return copy.references[number]

    def _add_claims(self, part: PdfPart, copy: Copy) -> None:
        for key, value in part.claims.items():
            if key == METADATA:
                number = value.partition(b" ")[0]
                data = part.pdf.stream(number)
                if data and not self._metadata:
                    self._metadata = (part.pdf.texts[number], data)
            elif key not in self._claims and (self._is_tagged or key == LANG):
                self._claims[key] = copy.renewed(value)

    def _add_tags(self, tags: Tags, part: PdfPart, copy: Copy, first: int) -> None:
        kids = dict.fromkeys(tags.kids)
        prefix = b"%06d-" % len(self._kids)  # so that names stay in their order
        ids = {number for _name, number in tags.ids}

        def changed(number: bytes, text: bytes) -> bytes:
            if not text.startswith(b"<<"):
                return text
            if number in kids and LANG in part.claims and LANG not in entries_of(text):
                text = b"%b%b%b>>" % (text[:-2], LANG, part.claims[LANG])
            return _renamed(text, prefix) if ids else text

        copy.put_elements(tags, first, changed)
        self._kids += map(copy.references.__getitem__, kids)
        self._parents += (
            b"%d %b" % (key + self._next_key, copy.references[number]) for key, number in tags.parents
        )
        self._ids += (b"(%b%b)%b" % (prefix, name, copy.references[number]) for name, number in tags.ids)
        self._next_key += tags.next_key
        self._roles = {**tags.roles, **self._roles}

    def _tree_text(self) -> bytes:
        names = b"/IDTree<</Names[%b]>>" % b"".join(sorted(self._ids)) if self._ids else b""
        return (
            b"<</Type/StructTreeRoot/K[%b]/ParentTree<</Nums[%b]>>/ParentTreeNextKey %d/RoleMap<<%b>>%b>>"
            % (b" ".join(self._kids), b" ".join(self._parents), self._next_key, _pairs(self._roles), names)
        )

    def _outline(self, bookmarks: Sequence[tuple[str, int]]) -> bytes:
        """Write an entry a bookmark, in their order, and return the reference of the whole."""
        root = self._output.reserve(1 + len(bookmarks))
        last = root + len(bookmarks)
        for number, (title, page) in enumerate(bookmarks, root + 1):
            text = b"<</Parent %d 0 R/Title%b/Dest[%d 0 R/Fit]" % (root, _text(title), self._pages[page])
            text += b"/Prev %d 0 R" % (number - 1) if number > root + 1 else b""
            text += b"/Next %d 0 R" % (number + 1) if number < last else b""
            self._output.put(number, text + b">>")
        text = b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (root + 1, last, last - root)
        self._output.put(root, text)
        return b"%d 0 R" % root

    def _described(self, title: str, dictionary: bytes, data: bytes) -> bytes:
        """Write what the whole says of itself, after the first part's own words."""
        with pikepdf.new() as pdf:
            given = pikepdf.Object.parse(dictionary)
            pdf.Root.Metadata = pdf.make_stream(data, given)
            with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
                metadata["dc:title"] = title
                metadata["{http://ns.adobe.com/xap/1.0/t/pg/}NPages"] = str(len(self._pages))
                for key in ("xmpMM:InstanceID", "xmpMM:DocumentID"):
                    if key in metadata:
                        metadata[key] = f"uuid:{uuid5(_RUN, f'{title} {self._digest.hexdigest()}')}"
            data = pdf.Root.Metadata.read_bytes()
        return self._store.put(b"<</Type/Metadata/Subtype/XML/Length %d>>" % len(data), data)


def _renamed(text: bytes, prefix: bytes) -> bytes:
    """Let an element's name, and those of the headings of a cell, begin with what no other part has."""
    entries = entries_of(text)
    if b"/ID" in entries:
        entries[b"/ID"] = b"(" + prefix + entries[b"/ID"][1:]
    if b"/A" in entries:
        entries[b"/A"] = _HEADERS.sub(lambda found: found[0].replace(b"(", b"(" + prefix), entries[b"/A"])
    return b"<<%b>>" % _pairs(entries)


def _pairs(entries: Mapping[bytes, bytes]) -> bytes:
    return b"".join(b"%b %b" % pair for pair in entries.items())


def _text(text: str) -> bytes:
    """Return a text as UTF-16 in hexadecimal digits (ISO 32000-1, 7.9.2.2)."""
    return b"<FEFF%b>" % text.encode("utf-16-be").hex().encode()
