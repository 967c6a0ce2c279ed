"""Join finished PDF files into one for the printer: pages are copied, never drawn again, and stay tagged."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import BinaryIO

import pikepdf

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.files.atomic import write_streamed
from outreach.files.page_boxes import refuse_odd_page
from outreach.files.reading import refuse_other_than_file
from outreach.language import _
from outreach.post.joining import Joined, ReadyPage
from outreach.post.pdf_objects import NotPlain
from outreach.post.pdf_parts import PdfPart, read_part
from outreach.post.rewriting import rewrite, rewrite_marks
from outreach.progress import Progress, no_progress

Size = tuple[int, int]
"""Of paper in whole mm, the shorter side first."""
A4: Size = (210, 297)
_A4_OFF = 3
"""In mm; programs that make pages measure as badly."""
_MM = 25.4 / 72
_RECONSTRUCTED = "reconstruct"
"""In what qpdf says of a file whose table of objects it had to guess."""


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


def merge(  # noqa: PLR0913  (what a file for the printer is made of)
    letters: Sequence[Sequence[Section]],
    path: Path,
    title: str,
    *,
    pad: bool = False,
    marks: bytes = b"",
    progress: Progress = no_progress,
) -> None:
    """Write one file for the printer, whole or not at all; the same parts give the same bytes.

    Args:
        letters: The sections of each.
        path: The file.
        title: Of the whole.
        pad: Add a blank page after an odd number of pages, so that each section begins on a front page.
        marks: A PDF whose pages are laid over those of the sections that ask for it.
        progress: Called with the letters done and the letters in all.

    Raises:
        InputError: a file is missing, protected or no PDF.
        WorldError: the file cannot be written, or one cannot be read.
    """
    is_tagged = all(section.pdf.is_ours for sections in letters for section in sections)

    def write(stream: BinaryIO) -> None:
        run = _Run(Joined(stream, is_tagged=is_tagged), marks, pad=pad)
        for done, sections in enumerate(letters, 1):
            for section in sections:
                run.add(section)
            progress(done, len(letters))
        run.joined.finish(title)

    write_streamed(path, write)


class _Run:
    """What of a file for the printer is written so far."""

    def __init__(self, joined: Joined, marks: bytes, *, pad: bool) -> None:
        self.joined = joined
        self._marks = read_part(rewrite_marks(marks), is_rewritten=True) if marks else None
        self._pad = pad
        self._annexes: dict[Path, list[list[ReadyPage]]] = {}
        """By file: its pages as they follow one another on paper of one size. They are stored once."""

    def add(self, section: Section) -> None:
        if section.bookmark:
            self.joined.bookmark(section.bookmark)
        if section.pdf.is_ours:
            mark = b""
            if self._marks and section.mark is not None:
                mark = self.joined.mark_of(self._marks, section.mark)
            self._pad_after(self.joined.add(_letter(section.pdf), mark))
            return
        if section.pdf.path not in self._annexes:
            self._annexes[section.pdf.path] = self._annex(section.pdf)
        for pages in self._annexes[section.pdf.path]:
            for page in pages:
                self.joined.put(page)
            self._pad_after(pages)

    def _pad_after(self, pages: Sequence[ReadyPage]) -> None:
        """Begin a new sheet after pages of one size."""
        if self._pad and len(pages) % 2:
            self.joined.put_blank(pages[-1])

    def _annex(self, file: PdfFile) -> list[list[ReadyPage]]:
        with _opened(file) as source:
            counts = [count for _size, count in papers_of(map(_size, source.pages))]
            pages = iter(self.joined.ready_pages(_rewritten(file, source)))
        return [list(islice(pages, count)) for count in counts]


def _letter(file: PdfFile) -> PdfPart:
    """Return a letter as Typst wrote it; one of which that is not certain, as pikepdf writes it anew."""
    with suppress(NotPlain, OSError):
        if file.content or file.path.is_file():
            return read_part(file.content or file.path.read_bytes())
    with _opened(file) as source:
        return _rewritten(file, source)


def _rewritten(file: PdfFile, source: pikepdf.Pdf) -> PdfPart:
    try:
        return read_part(rewrite(source, is_ours=file.is_ours), is_rewritten=True)
    except NotPlain as error:
        raise InputError(_unreadable(file)) from error


@contextmanager
def _opened(file: PdfFile) -> Iterator[pikepdf.Pdf]:
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
        raise InputError(_unreadable(file)) from error
    except OSError as error:
        raise WorldError(
            Problem(file.shown, 0, _("cannot be read"), reason(error), code="unreadable")
        ) from error
    with pdf:
        yield pdf


def _unreadable(file: PdfFile) -> Problem:
    return Problem(file.shown, 0, _("is not a PDF that can be read"), _("save it again"), code="damaged-file")


def join(contents: Sequence[bytes], path: Path, title: str) -> None:
    """Write PDF files that lie in memory into one, in their order; raises as `merge`."""
    merge([[Section(PdfFile(path, path.name, content=content)) for content in contents]], path, title)


def sheets_of(pages: Sequence[int], *, duplex: bool) -> int:
    """Return the sheets of paper for sections of so many pages, each begun on a new sheet."""
    return sum((count + 1) // 2 if duplex else count for count in pages)
