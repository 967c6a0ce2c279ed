"""Read what a run takes of a PDF: its pages, its tags and what it says of itself.

A file that Typst wrote is read as it is. Any other, and one in which something acts, comes here as pikepdf
wrote it anew.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from outreach.post.looks import OF_ANNOTATIONS, OF_NO_STREAM, OF_PAGES
from outreach.post.pdf_objects import NotPlain, PlainPdf, entries_of, split_references, take_apart

LANG, METADATA = b"/Lang", b"/Metadata"
CLAIMS = (b"/OutputIntents", METADATA, b"/MarkInfo", LANG, b"/ViewerPreferences")
"""What a document says of itself as a whole; the same in all parts that are made here."""
PARENT_KEY = b"/StructParent"
"""Of an annotation: its key in the parent tree."""
MARK = b"/RunNumber"
"""Name of a mark among the resources of its page."""
_CREATOR = b"(Typst "
_ELEMENT = b"<</Type/StructElem"
_PAGE_KEYS = {key.encode() for key in OF_PAGES}
_LINK_KEYS = {key.encode() for key in OF_ANNOTATIONS} | {b"/A"}
_ADDRESS_KEYS = {b"/Type", b"/S", b"/URI", b"/IsMap"}
_ACTING = re.compile(
    b"#|/(?:" + b"|".join(key[1:].encode() for key in (*OF_NO_STREAM, "/PS", "/Properties")) + rb")(?![\w.-])"
)
"""What leads to files or may carry them, and names that are written in another way (ISO 32000-1, 7.3.5)."""
_REFERENCES = re.compile(rb"\[\s*(?:\d+ 0 R\s*)*\]")
_BOX = re.compile(rb"\[\s*" + rb"\s+".join([rb"(-?\d*\.?\d+)"] * 4) + rb"\s*\]")
_PARENTS = re.compile(rb"\[\s*(?:\d+\s+\d+ 0 R\s*)*\]")
_PARENT = re.compile(rb"(\d+)\s+(\d+) 0 R")
_IDS = re.compile(rb"\[\s*(?:\([\w.-]+\)\s*\d+ 0 R\s*)*\]")
_ID = re.compile(rb"\(([\w.-]+)\)\s*(\d+) 0 R")
_NUMBER = re.compile(rb"(\d+) 0 R")
_TREE_KEYS = {b"/Type", b"/K", b"/ParentTree", b"/ParentTreeNextKey", b"/RoleMap", b"/IDTree"}


@dataclass(frozen=True, slots=True)
class PartPage:
    """One page of a file."""

    number: bytes
    entries: Mapping[bytes, bytes]
    """All but what is told here besides."""
    box: tuple[float, ...]
    """Left, bottom, right, top of the sheet, in pt."""
    annotations: Mapping[bytes, Mapping[bytes, bytes]]
    """The entries of each, by its number."""
    parent_key: int | None
    """In the parent tree of the file."""


@dataclass(frozen=True, slots=True)
class Tags:
    """The structure tree of a file (ISO 32000-1, 14.7); objects by their numbers."""

    number: bytes
    kids: tuple[bytes, ...]
    parents: tuple[tuple[int, bytes], ...]
    """The entries of the parent tree."""
    next_key: int
    """Greater than any key in it."""
    ids: tuple[tuple[bytes, bytes], ...] = ()
    """Names of elements, as cells of tables name their headings."""
    roles: Mapping[bytes, bytes] = field(default_factory=dict)
    elements: tuple[bytes, ...] = ()
    """All that hangs on them, in the order of the numbers; no streams."""
    parts: list[bytes] = field(default_factory=list)
    """Their texts, each on a line of its own, as `split_references` gives them."""


@dataclass(frozen=True, slots=True)
class PdfPart:
    """A file that goes into a run."""

    pdf: PlainPdf
    parts: Mapping[bytes, list[bytes]]
    """By number, what is no element of tags, as `split_references` gives it."""
    root: bytes
    """Number of the root of its pages."""
    pages: tuple[PartPage, ...]
    tags: Tags | None
    claims: Mapping[bytes, bytes] = field(default_factory=dict)
    identifier: bytes = b""


def read_part(data: bytes, *, is_rewritten: bool = False) -> PdfPart:
    """Return a file's pages and tags.

    Args:
        data: The file.
        is_rewritten: pikepdf wrote it for this; else it must be a letter of Typst; pikepdf may have saved it.

    Raises:
        NotPlain: it is to be rewritten first.
    """
    try:
        pdf = take_apart(data)
        catalog = pdf.entries(pdf.trailer[b"/Root"])
        if not is_rewritten:
            _refuse_other_than_typst(pdf)
        root = pdf.entries(catalog[b"/Pages"])
        pages = tuple(_page(pdf, number) for number in _listed(pdf.direct(root[b"/Kids"])))
        taken = {one for page in pages for one in (page.number, *page.annotations)}
        tree = catalog.get(b"/StructTreeRoot")
        tags = _tags(pdf, tree, taken, is_rewritten=is_rewritten) if tree else None
        claims = {key: catalog[key] for key in CLAIMS if key in catalog}
        if LANG in claims:
            claims[LANG] = pdf.direct(claims[LANG])
        others = _others(pdf, tags, taken, (value for key, value in claims.items() if key != METADATA))
        if not is_rewritten:
            _refuse_acting(pdf, pages, others)
        return PdfPart(
            pdf,
            others,
            _number(catalog[b"/Pages"]),
            pages,
            tags,
            claims,
            pdf.trailer.get(b"/ID", b""),
        )
    except (KeyError, ValueError) as error:  # something that each of the two writes otherwise
        raise NotPlain from error


def _refuse_other_than_typst(pdf: PlainPdf) -> None:
    info = pdf.entries(pdf.trailer[b"/Info"])
    is_known = info[b"/Creator"].startswith(_CREATOR) and b"/Producer" not in info
    if not is_known or b"/Encrypt" in pdf.trailer or b"/Prev" in pdf.trailer:
        raise NotPlain


def _refuse_acting(pdf: PlainPdf, pages: Iterable[PartPage], others: Iterable[bytes]) -> None:
    """Refuse a file of which `take_out_actions` would take something away: only links to the web stay."""
    links = {number: link for page in pages for number, link in page.annotations.items()}
    shown = set(others).difference(links) & pdf.texts.keys()
    if _ACTING.search(b"\n".join(map(pdf.texts.__getitem__, shown))):
        raise NotPlain
    if not all(page.entries.keys() <= _PAGE_KEYS for page in pages):
        raise NotPlain
    for link in links.values():
        action = pdf.entries(link[b"/A"])
        is_address = action[b"/S"] == b"/URI" and action.keys() <= _ADDRESS_KEYS
        if link[b"/Subtype"] != b"/Link" or not link.keys() <= _LINK_KEYS or not is_address:
            raise NotPlain


def _page(pdf: PlainPdf, number: bytes) -> PartPage:
    entries = entries_of(pdf.texts[number])
    box = _BOX.fullmatch(entries[b"/MediaBox"])
    if entries[b"/Type"] != b"/Page" or not box:
        raise NotPlain
    listed = _listed(pdf.direct(entries.pop(b"/Annots", b"[]")))
    annotations = {one: entries_of(pdf.texts[one]) for one in listed}
    if not all(one.get(PARENT_KEY, b"0").isdigit() for one in annotations.values()):
        raise NotPlain
    key = entries.pop(b"/StructParents", None)
    pdf.entries(entries.get(b"/Resources", b"<<>>"))
    del entries[b"/Parent"]
    edges = tuple(map(float, box.groups()))
    return PartPage(number, entries, edges, annotations, None if key is None else int(key))


def _tags(pdf: PlainPdf, value: bytes, taken: Collection[bytes], *, is_rewritten: bool) -> Tags:
    """Return the tags of a file, in which what is `taken` is no element."""
    tree = pdf.entries(value)
    if not tree.keys() <= _TREE_KEYS:
        raise NotPlain
    kids = tree[b"/K"] if tree[b"/K"].startswith(b"[") else b"[" + tree[b"/K"] + b"]"
    parents = pdf.entries(tree.get(b"/ParentTree", b"<</Nums[]>>"))[b"/Nums"]
    ids = pdf.entries(tree.get(b"/IDTree", b"<</Names[]>>"))[b"/Names"]
    if not (_PARENTS.fullmatch(parents) and _IDS.fullmatch(ids)):
        raise NotPlain
    keys = tuple((int(key), number) for key, number in _PARENT.findall(parents))
    next_key = int(tree.get(b"/ParentTreeNextKey", b"0"))
    if any(key >= next_key for key, _number in keys):
        raise NotPlain
    root = _number(value)
    first = (*_listed(kids), *(number for _key, number in keys))
    known = {root, *taken}
    found = _elements(pdf, first) or _reached(pdf, first, known).keys()
    found -= pdf.streams.keys()
    elements = tuple(sorted(found, key=int))
    lines = b"\n".join(map(pdf.texts.__getitem__, elements))
    parts = split_references(lines, is_several=True)
    of_them = found | known
    is_known = of_them.issuperset(first) and (is_rewritten or of_them.issuperset(parts[1::2]))
    if not is_known or lines.count(b"\n") >= max(1, len(elements)):
        raise NotPlain
    names = tuple(_ID.findall(ids))
    for number in elements if names else first:  # in which something will be changed
        if pdf.texts[number].startswith(b"<<"):
            entries_of(pdf.texts[number])
    roles = entries_of(pdf.direct(tree.get(b"/RoleMap", b"<<>>")))
    return Tags(root, tuple(_listed(kids)), keys, next_key, names, roles, elements, parts)


def _elements(pdf: PlainPdf, first: Iterable[bytes]) -> set[bytes]:
    """Return the elements of a file of Typst, which has only those of its tree; none of what qpdf wrote."""
    found = {number for number, text in pdf.texts.items() if text.startswith(_ELEMENT)}
    return found.union(first) if found else found


def _others(
    pdf: PlainPdf, tags: Tags | None, taken: Iterable[bytes], claims: Iterable[bytes]
) -> dict[bytes, list[bytes]]:
    """Return what pages, claims and tags lead to, but for the elements, as `split_references` gives it."""
    known = {tags.number, *tags.elements} if tags else set[bytes]()
    led_to = [] if tags is None else tags.parts[1::2]
    return _reached(pdf, [*taken, *_NUMBER.findall(b" ".join(claims)), *led_to], known)


def _reached(pdf: PlainPdf, first: Iterable[bytes], known: AbstractSet[bytes]) -> dict[bytes, list[bytes]]:
    """Return what these objects lead to; one that is not there is null (ISO 32000-1, 7.3.10)."""
    found: dict[bytes, list[bytes]] = {}
    edge = set(first) - known
    while edge:
        for number in edge:
            found[number] = split_references(pdf.texts.get(number, b"null"))
        led_to = (found[number][1::2] for number in edge)
        edge = set[bytes]().union(*led_to) - found.keys() - known
    return found


def _listed(array: bytes) -> Iterator[bytes]:
    """Yield the numbers of the objects that an array of references refers to."""
    if not _REFERENCES.fullmatch(array):
        raise NotPlain
    yield from _NUMBER.findall(array)


def _number(reference: bytes) -> bytes:
    found = _NUMBER.fullmatch(reference)
    if not found:
        raise NotPlain
    return found[1]
