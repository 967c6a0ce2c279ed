"""Join finished PDF files into one for the printer: pages are copied, never drawn again, and stay tagged."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

import pikepdf
from pikepdf import Array, Dictionary, Name

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.files.atomic import write_streamed
from outreach.files.page_boxes import refuse_odd_page
from outreach.files.reading import refuse_other_than_file
from outreach.language import _
from outreach.post.looks import annotations_of, take_out_actions

_CLAIMS = ("/OutputIntents", "/Metadata", "/MarkInfo", "/Lang", "/ViewerPreferences")
"""What a document says of itself as a whole; the same in all parts that are made here."""
_RUN = UUID("5d7a1d52-4a53-5b0e-8f6e-1b7c6d0e4a22")
"""Of the identifiers made here; any fixed one will do."""
Size = tuple[int, int]
"""Of paper in whole mm, the shorter side first."""
A4: Size = (210, 297)
_A4_OFF = 3
"""In mm; programs that make pages measure as badly."""
_MM = 25.4 / 72
_COMPRESSION: Final = 3
"""Of zlib's nine levels: a third faster than the usual six, 2 % more bytes."""
_RECONSTRUCTED = "reconstruct"
"""In what qpdf says of a file whose table of objects it had to guess."""
_MARK = Name("/RunNumber")
_MARK_BODY = b"/Artifact <</Type /Pagination>> BDC q /RunNumber Do Q EMC"


@dataclass(frozen=True, slots=True)
class PdfFile:
    """One PDF that goes into the run."""

    path: Path
    shown: str
    """As messages name it."""
    is_ours: bool = True
    """Made by this program: PDF/A and tagged. One that is not takes these claims from the whole."""
    content: bytes = b""
    """Of a file that lies in memory; the path is only its name then."""


@dataclass(frozen=True, slots=True)
class Section:
    """What is printed one after the other without a gap: a letter, or one of its enclosures."""

    pdf: PdfFile
    mark: int | None = None
    """Page of the marks that is laid over each of a letter's own; None for none, as on enclosures."""
    bookmark: str = ""
    """Where the outline of the whole leads here; empty for no entry."""


def printable_pages(file: PdfFile) -> int:
    """Return the number of pages of a PDF; raises as `page_sizes`."""
    return len(page_sizes(file))


def page_sizes(file: PdfFile) -> tuple[Size, ...]:
    """Return the size of each page of a PDF, as it is shown; what is nearly A4 is taken for it.

    Raises:
        InputError: the file is missing, empty, protected or no PDF, or a page has no sensible size.
    """
    with _opened(file) as pdf:
        if pdf.is_encrypted and not pdf.allow.print_lowres:
            hint = _("save it without protection")
            raise InputError(
                Problem(file.shown, 0, _("is encrypted and cannot be printed"), hint, code="encrypted-pdf")
            )
        if not len(pdf.pages):
            raise InputError(
                Problem(file.shown, 0, _("has no page"), _("save it again"), code="damaged-file")
            )
        if _RECONSTRUCTED in " ".join(map(str, pdf.get_warnings())):
            message = _("is damaged, and pages may be lost")
            raise InputError(Problem(file.shown, 0, message, _("save it again"), code="damaged-file"))
        for page in pdf.pages:
            refuse_odd_page(page, file.shown)
        return tuple(map(_size, pdf.pages))


def _size(page: pikepdf.Page) -> Size:
    left, bottom, right, top = (float(edge) for edge in page.trimbox)
    sides = (round(abs(right - left) * _MM), round(abs(top - bottom) * _MM))
    is_a4 = all(abs(side - wanted) <= _A4_OFF for side, wanted in zip(sorted(sides), A4, strict=True))
    return A4 if is_a4 else (min(sides), max(sides))


def papers_of(sizes: Iterable[Size]) -> list[tuple[Size, int]]:
    """Return the pages of a file as they follow one another on paper of one size: size and count of each."""
    return [(size, len(list(pages))) for size, pages in groupby(sizes)]


class Merger:
    """One file for the printer, in the making."""

    def __init__(self, *, pad: bool, marks: bytes = b"") -> None:
        """Begin an empty file.

        Args:
            pad: Add a blank page after an odd number of pages, so that each section begins on a front page.
            marks: A PDF whose pages are laid over those of the sections that ask for it.
        """
        self._target = pikepdf.new()
        self._pad = pad
        self._marks = pikepdf.open(io.BytesIO(marks)) if marks else pikepdf.new()
        self._annexes: dict[Path, pikepdf.Pdf] = {}
        self._kids: list[Any] = []
        self._parents: list[Any] = []
        self._next_parent = 0
        self._roles: Any = None
        self._streams: dict[bytes, Any] = {}
        self._is_archival = True
        self._digest = sha256()
        self._count = 0
        self._bookmarks: list[tuple[str, int]] = []

    def close(self) -> None:
        """Let go of all files; nothing can be added or saved afterwards."""
        for pdf in (self._target, self._marks, *self._annexes.values()):
            pdf.close()

    def add(self, section: Section) -> None:
        """Copy the pages of one section.

        Raises:
            InputError: as `printable_pages`.
        """
        if section.bookmark:
            self._bookmarks.append((section.bookmark, self._count))
        if section.pdf.is_ours:
            with _opened(section.pdf) as source:
                self._digest.update(bytes(source.trailer.ID[0]) if "/ID" in source.trailer else b"")
                take_out_actions(source, is_ours=True)
                first = self._copy(source, section.mark)
                self._copy_tags(source, first)
                if not self._claims():
                    self._copy_claims(source)
        else:
            # Kept open: its pages are shared by all letters that it goes with, and stored once.
            if section.pdf.path not in self._annexes:
                with _opened(section.pdf, close=False) as source:
                    if "/AcroForm" in source.Root:
                        _flatten(source)
                    take_out_actions(source, is_ours=False)
                    self._annexes[section.pdf.path] = source
            # Its resources are shared as well, so that no mark can be laid over it.
            for _paper, pages in groupby(self._annexes[section.pdf.path].pages, _size):
                self._copy_pages(list(pages))
            self._is_archival = False

    def save(self, path: Path, title: str) -> None:
        """Write the file, whole or not at all; the same parts give the same bytes.

        Raises:
            WorldError: it cannot be written.
        """
        target = self._target
        if self._bookmarks:
            with target.open_outline() as outline:
                outline.root.extend(pikepdf.OutlineItem(title, page) for title, page in self._bookmarks)
        if self._kids and self._is_archival:
            root = target.make_indirect(
                Dictionary(
                    Type=Name.StructTreeRoot,
                    K=Array(self._kids),
                    ParentTree=target.make_indirect(Dictionary(Nums=Array(self._parents))),
                    ParentTreeNextKey=self._next_parent,
                    RoleMap=self._roles,
                )
            )
            for kid in self._kids:
                kid.P = root
            target.Root.StructTreeRoot = root
            with target.open_metadata(set_pikepdf_as_editor=False) as metadata:
                metadata["dc:title"] = title
                metadata["{http://ns.adobe.com/xap/1.0/t/pg/}NPages"] = str(self._count)
                for key in ("xmpMM:InstanceID", "xmpMM:DocumentID"):
                    if key in metadata:
                        metadata[key] = f"uuid:{uuid5(_RUN, f'{title} {self._digest.hexdigest()}')}"
        else:
            for key in _CLAIMS:
                if key in target.Root and key != "/Lang":
                    del target.Root[key]
        pikepdf.settings.set_flate_compression_level(_COMPRESSION)
        write_streamed(
            path,
            lambda stream: target.save(
                stream,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                deterministic_id=True,
                min_version="1.7",
            ),
        )

    def _copy(self, source: pikepdf.Pdf, mark: int | None) -> int:
        """Copy all pages of a letter and return the place of the first."""
        first = self._count
        self._copy_pages(list(source.pages))
        if mark is not None:
            for number in range(len(source.pages)):
                self._lay_over(first + number, mark)
        return first

    def _copy_pages(self, pages: Sequence[pikepdf.Page]) -> None:
        """Copy pages of one size, and begin a new sheet after them."""
        self._target.pages.extend(pages)
        self._count += len(pages)
        if self._pad and len(pages) % 2:
            # The back of the last page: its size, and its rotation, so that no printer changes trays.
            last = pages[-1]
            left, bottom, right, top = map(float, last.mediabox)
            self._target.add_blank_page(page_size=(right - left, top - bottom))
            if "/Rotate" in last.obj:
                self._target.pages[-1].obj.Rotate = int(last.obj.Rotate)
            self._count += 1

    def _lay_over(self, page: int, mark: int) -> None:
        form = self._target.copy_foreign(self._marks.pages[mark].as_form_xobject())
        over = self._target.pages[page]
        over.add_resource(form, Name.XObject, _MARK)
        over.contents_add(_MARK_BODY)

    def _copy_tags(self, source: pikepdf.Pdf, first: int) -> None:
        """Copy the structure tree, its keys counted on from those before (ISO 32000-1, 14.7.4.4)."""
        if "/StructTreeRoot" not in source.Root:
            self._is_archival = False
            return
        tree = self._target.copy_foreign(source.Root.StructTreeRoot)
        shift = self._next_parent
        shared: set[tuple[int, int]] = set()
        for number in range(len(source.pages)):
            page = self._target.pages[first + number].obj
            if "/StructParents" in page:
                page.StructParents = int(page.StructParents) + shift
            for annotation in page.get("/Annots", ()):
                if "/StructParent" in annotation:
                    annotation.StructParent = int(annotation.StructParent) + shift
            resources = page.get("/Resources", Dictionary())
            if not resources.is_indirect or resources.objgen not in shared:  # pages may have them in common
                self._share_streams(resources)
                shared.add(resources.objgen)
        for key, parents in _pairs(tree.ParentTree):
            self._parents += [key + shift, parents]
        self._next_parent += int(tree.ParentTreeNextKey)
        kids = list(tree.K) if isinstance(tree.K, Array) else [tree.K]
        for kid in kids:
            if "/Lang" in source.Root and "/Lang" not in kid:
                kid.Lang = pikepdf.String(str(source.Root.Lang))
        self._kids.extend(kids)
        self._roles = self._roles or tree.get("/RoleMap", Dictionary())

    def _share_streams(self, resources: Any) -> None:  # noqa: ANN401  (pikepdf's objects are untyped)
        """Point a page's fonts and pictures whose files are the same as earlier ones at those."""
        for font in resources.get("/Font", {}).values():
            descendants = font.get("/DescendantFonts", ())
            for owner, key in [
                (font, "/ToUnicode"),
                *(
                    (one.FontDescriptor, key)
                    for one in descendants
                    for key in ("/FontFile2", "/FontFile3", "/CIDSet")
                ),
            ]:
                if key in owner:
                    owner[key] = self._shared(owner[key])
        pictures = resources.get("/XObject", {})
        for name, picture in dict(pictures).items():
            if picture.get("/Subtype") == Name.Image:
                if "/SMask" in picture:
                    picture.SMask = self._shared(picture.SMask)
                pictures[name] = self._shared(picture)

    def _shared(self, stream: Any) -> Any:  # noqa: ANN401  (pikepdf's objects are untyped)
        """Return the first stream with the same bytes and the same description."""
        described = {key: value for key, value in stream.items() if key != "/SMask"}
        mask = str(stream.SMask.objgen) if "/SMask" in stream else ""
        key = sha256(f"{described!r}{mask}".encode() + stream.read_raw_bytes()).digest()
        return self._streams.setdefault(key, stream)

    def _claims(self) -> bool:
        return "/Metadata" in self._target.Root

    def _copy_claims(self, source: pikepdf.Pdf) -> None:
        for key in _CLAIMS:
            if key in source.Root:
                self._target.Root[key] = self._taken_over(source, source.Root[key])

    def _taken_over(self, source: pikepdf.Pdf, value: Any) -> Any:  # noqa: ANN401  (pikepdf's objects are untyped)
        """Return a value of another file as one of this file."""
        if isinstance(value, pikepdf.String):
            return pikepdf.String(str(value))
        if isinstance(value, Name):
            return Name(str(value))
        if isinstance(value, pikepdf.Object):
            return self._target.copy_foreign(value if value.is_indirect else source.make_indirect(value))
        return value


def _pairs(tree: Any) -> Iterator[tuple[int, Any]]:  # noqa: ANN401  (pikepdf's objects are untyped)
    """Yield the entries of a number tree (ISO 32000-1, 7.9.7)."""
    numbers = tree.get("/Nums", ())
    for index in range(0, len(numbers), 2):
        yield int(numbers[index]), numbers[index + 1]
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


@contextmanager
def _opened(file: PdfFile, *, close: bool = True) -> Iterator[pikepdf.Pdf]:
    if not file.content:
        refuse_other_than_file(file.path, file.shown)
    try:
        pdf = pikepdf.open(
            io.BytesIO(file.content) if file.content else file.path, access_mode=pikepdf.AccessMode.stream
        )
    except FileNotFoundError as error:
        raise InputError(
            Problem(file.shown, 0, _("is not there"), _("check its name"), code="missing-file")
        ) from error
    except pikepdf.PasswordError as error:
        hint = _("save it without a password")
        raise InputError(
            Problem(file.shown, 0, _("is encrypted and cannot be printed"), hint, code="encrypted-pdf")
        ) from error
    except PermissionError as error:
        raise InputError(
            Problem(file.shown, 0, _("is no file that can be read"), _("check its name"), code="not-a-file")
        ) from error
    except pikepdf.PdfError as error:
        raise InputError(
            Problem(
                file.shown, 0, _("is not a PDF that can be read"), _("save it again"), code="damaged-file"
            )
        ) from error
    except OSError as error:
        raise WorldError(
            Problem(file.shown, 0, _("cannot be read"), reason(error), code="unreadable")
        ) from error
    try:
        yield pdf
    finally:
        if close:
            pdf.close()


def join(contents: Sequence[bytes], path: Path, title: str) -> None:
    """Write PDF files that lie in memory into one, in their order; raises as `Merger`."""
    with closing(Merger(pad=False)) as merger:
        for content in contents:
            merger.add(Section(PdfFile(path, path.name, content=content)))
        merger.save(path, title)


def sheets_of(pages: Sequence[int], *, duplex: bool) -> int:
    """Return the sheets of paper for sections of so many pages, each begun on a new sheet."""
    return sum((count + 1) // 2 if duplex else count for count in pages)
