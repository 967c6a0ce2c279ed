"""PDF files joined into one for the printer: which pages, how they are tagged, what is stored once."""

import io
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from outreach.errors import InputError, WorldError
from outreach.letters.formats.pdf import render_pdf
from outreach.letters.formats.stationery import Stationery
from outreach.post.merge import PdfFile, Section, join, printable_pages, sheets_of
from outreach.post.merge import merge as merge_letters
from tests.conftest import MakeLetter

A4 = (595, 842)
A5 = (420, 595)
CLAIMS = ("/OutputIntents", "/Metadata", "/MarkInfo", "/Lang", "/ViewerPreferences")
IDENTIFIERS = ("xmpMM:InstanceID", "xmpMM:DocumentID")


def saved(pdf: pikepdf.Pdf, **how: Any) -> bytes:
    target = io.BytesIO()
    pdf.save(target, deterministic_id="encryption" not in how, **how)
    return target.getvalue()


def plain(name: str, pages: int = 1, size: tuple[float, float] = A4, **how: Any) -> bytes:
    """Return a PDF as another program makes it, each page with its name and number as a comment."""
    with pikepdf.new() as pdf:
        for number in range(1, pages + 1):
            pdf.add_blank_page(page_size=size)
            pdf.pages[-1].obj.Contents = pdf.make_stream(f"% {name} {number}\n".encode())
        return saved(pdf, **how)


def tagged(name: str, pages: int = 1, *, lang: str = "fr-FR", is_nested: bool = False) -> bytes:
    """Return a PDF of ours: each page, and a link on it, has an element with the name of its page.

    The keys of the pages come first, then those of the links; `is_nested` makes the parent tree one of two
    levels and the document the only child of the root.
    """
    with pikepdf.open(io.BytesIO(plain(name, pages))) as pdf:
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root))
        elements, parents, links = [], [], []
        for number, page in enumerate(pdf.pages):
            title = f"{name} {number + 1}"
            page.obj.StructParents = number
            annotation = Dictionary(
                Type=Name.Annot, Subtype=Name.Link, Contents=title, StructParent=pages + number
            )
            page.obj.Annots = Array([pdf.make_indirect(annotation)])
            for kind in (Name.P, Name.Link):
                element = Dictionary(Type=Name.StructElem, S=kind, P=document, Pg=page.obj, T=title)
                elements.append(pdf.make_indirect(element))
            parents += [number, Array([elements[-2]])]
            links += [pages + number, elements[-1]]
        document.K = Array(elements)
        kids = Array([Dictionary(Nums=Array(parents)), Dictionary(Nums=Array(links))])
        root.K = document if is_nested else Array([document])
        root.ParentTree = Dictionary(Kids=kids) if is_nested else Dictionary(Nums=Array(parents + links))
        root.ParentTreeNextKey = 2 * pages
        root.RoleMap = Dictionary(Titre=Name.H1)
        pdf.Root.StructTreeRoot = root
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.Lang = pikepdf.String(lang)
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        pdf.Root.OutputIntents = Array([Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1)])
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = name
            metadata["pdfaid:part"] = "2"
            for key in IDENTIFIERS:
                metadata[key] = f"uuid:{name}"
        return saved(pdf)


def ours(content: bytes, **section: Any) -> Section:
    return Section(PdfFile(Path("lettre.pdf"), "lettre.pdf", content=content), **section)


def foreign(content: bytes, name: str = "annexe.pdf", **section: Any) -> Section:
    return Section(PdfFile(Path(name), name, is_ours=False, content=content), **section)


@pytest.fixture
def merge(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that joins sections into a file."""

    def make(*sections: Section, pad: bool = False, marks: bytes = b"", name: str = "print") -> Path:
        path = tmp_path / "run" / f"{name}.pdf"
        merge_letters([sections], path, "Tirage", pad=pad, marks=marks)
        return path

    return make


@pytest.fixture
def merged(merge: Callable[..., Path]) -> Iterator[Callable[..., pikepdf.Pdf]]:
    """Return a function that joins sections and opens the outcome."""
    opened: list[pikepdf.Pdf] = []

    def make(*sections: Section, **how: Any) -> pikepdf.Pdf:
        opened.append(pikepdf.open(merge(*sections, **how)))
        return opened[-1]

    yield make
    for pdf in opened:
        pdf.close()


Merge = Callable[..., Path]
Merged = Callable[..., pikepdf.Pdf]


def contents(page: pikepdf.Page) -> bytes:
    found = page.obj.Contents
    parts: Sequence[Any] = list(found) if isinstance(found, Array) else [found]
    return b"".join(part.read_bytes() for part in parts)


def names(pdf: pikepdf.Pdf) -> list[str]:
    """Return each page's name and number; empty for a blank page."""
    return [contents(page).decode().removeprefix("% ").partition("\n")[0] for page in pdf.pages]


def size(page: pikepdf.Page) -> tuple[float, float]:
    left, bottom, right, top = map(float, page.mediabox)
    return right - left, top - bottom


def parents(pdf: pikepdf.Pdf) -> Mapping[int, Any]:
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    keys = list(map(int, numbers[::2]))
    assert keys == sorted(set(keys))
    return dict(zip(keys, numbers[1::2], strict=True))


# Pages


def test_pages_stand_in_the_order_of_their_sections(merged: Merged) -> None:
    pdf = merged(ours(tagged("un", 2)), foreign(plain("annexe")), ours(tagged("deux")))
    assert names(pdf) == ["un 1", "un 2", "annexe 1", "deux 1"]


def test_each_section_begins_on_a_front_page(merged: Merged) -> None:
    sections = (ours(tagged("un")), foreign(plain("annexe", 3)), ours(tagged("deux", 2)), ours(tagged("x")))
    assert names(merged(*sections, pad=True)) == [
        "un 1",
        "",
        "annexe 1",
        "annexe 2",
        "annexe 3",
        "",
        "deux 1",
        "deux 2",
        "x 1",
        "",
    ]
    assert "" not in names(merged(*sections))


def test_a_blank_back_has_the_size_of_the_page_before_it(merged: Merged) -> None:
    with pikepdf.open(io.BytesIO(plain("un", 3))) as pdf:
        pdf.pages[1].mediabox = Array([0, 0, 300, 400])
        pdf.pages[2].mediabox = Array([10, 20, 430, 615])
        part = saved(pdf)
    assert [size(page) for page in merged(ours(part), pad=True).pages] == [A4, (300, 400), A5, A5]


@pytest.mark.parametrize("is_inherited", [False, True], ids=["own", "inherited"])
def test_a_blank_back_is_turned_as_the_page_before_it(merged: Merged, *, is_inherited: bool) -> None:
    with pikepdf.open(io.BytesIO(plain("un", 3))) as pdf:
        (pdf.Root.Pages if is_inherited else pdf.pages[2].obj).Rotate = 270
        part = saved(pdf)
    pages = merged(foreign(part), ours(plain("deux")), pad=True).pages
    assert [int(page.obj.get("/Rotate", 0)) for page in pages[2:]] == [270, 270, 0, 0]


def test_a_page_whose_size_and_turn_are_told_elsewhere_has_a_back_like_it(merged: Merged) -> None:
    with pikepdf.open(io.BytesIO(plain("un"))) as pdf:
        pdf.pages[0].obj.MediaBox = pdf.make_indirect(Array([0, 0, 420, 595]))
        pdf.pages[0].obj.Rotate = pdf.make_indirect(90)
        part = saved(pdf)
    for section in (ours(part), foreign(part)):
        pages = merged(section, pad=True).pages
        assert [(size(page), int(page.obj.Rotate)) for page in pages] == [(A5, 90), (A5, 90)]


def test_bookmarks_lead_to_the_first_page_of_their_section(merged: Merged) -> None:
    pdf = merged(
        ours(tagged("garde")),
        ours(tagged("un", 3), bookmark="1. Anne"),
        foreign(plain("annexe")),
        ours(tagged("deux"), bookmark="2. Zoé"),
        pad=True,
    )
    pages = [page.objgen for page in pdf.pages]
    with pdf.open_outline() as outline:
        found = [(entry.title, pages.index(entry.destination[0].objgen)) for entry in outline.root]
    assert found == [("1. Anne", 2), ("2. Zoé", 8)]


def test_without_bookmarks_there_is_no_outline(merged: Merged) -> None:
    assert "/Outlines" not in merged(ours(tagged("un"))).Root


# Marks


def marked(page: pikepdf.Page) -> str:
    """Return the mark that is drawn over a page; empty for none."""
    if b"/RunNumber Do" not in contents(page):
        return ""
    return str(page.obj.Resources.XObject.RunNumber.read_bytes().decode().strip())


def test_a_mark_is_laid_over_each_page_of_its_own_section_and_of_no_other(merged: Merged) -> None:
    pdf = merged(
        ours(tagged("garde")),
        ours(tagged("un", 3), mark=1),
        foreign(plain("annexe"), mark=1),
        ours(tagged("deux"), mark=0),
        pad=True,
        marks=plain("marque", 2),
    )
    assert [marked(page) for page in pdf.pages] == [
        *["", ""],
        *["% marque 2", "% marque 2", "% marque 2", ""],
        *["", ""],
        *["% marque 1", ""],
    ]
    assert names(pdf)[2:5] == ["un 1", "un 2", "un 3"]


def test_a_mark_is_an_artifact_that_no_screen_reader_reads(merged: Merged) -> None:
    page = merged(ours(tagged("un"), mark=0), marks=plain("marque")).pages[0]
    drawn = pikepdf.parse_content_stream(page)
    assert [str(one.operator) for one in drawn] == ["BDC", "q", "Do", "Q", "EMC"]
    assert str(next(iter(drawn[0].operands))) == "/Artifact"


# What is stored once


def noise(count: int, seed: int = 1) -> bytes:
    """Return bytes that cannot be made smaller."""
    return random.Random(seed).randbytes(count)  # noqa: S311  (nothing secret)


def streams(pdf: pikepdf.Pdf, content: bytes) -> int:
    """Return how many objects of a file hold these bytes."""
    found = (one for one in pdf.objects if isinstance(one, pikepdf.Stream))
    return sum(one.read_bytes() == content for one in found)


def test_an_enclosure_is_stored_once_however_many_letters_it_goes_with(merge: Merge, merged: Merged) -> None:
    picture = noise(50_000)
    with pikepdf.open(io.BytesIO(plain("annexe", 2))) as pdf:
        for page in pdf.pages:
            stream = pdf.make_stream(picture, Type=Name.XObject, Subtype=Name.Image)
            page.obj.Resources = Dictionary(XObject=Dictionary(Photo=stream))
        annexe = saved(pdf)
    letters = [ours(tagged(f"lettre-{number}")) for number in range(20)]
    alone = merge(*letters).stat().st_size
    run = [section for letter in letters for section in (letter, foreign(annexe))]
    assert merge(*run).stat().st_size < alone + 2 * len(picture) + 10_000
    pdf = merged(*run)
    assert (len(pdf.pages), streams(pdf, picture)) == (60, 1)


def test_two_enclosures_of_different_names_are_two(merged: Merged) -> None:
    sections = (foreign(plain("a"), "a.pdf"), foreign(plain("b"), "b.pdf"), foreign(plain("a"), "a.pdf"))
    assert names(merged(*sections)) == ["a 1", "b 1", "a 1"]


def with_font(font: bytes, picture: bytes, mask: bytes, place: int = 0) -> bytes:
    """Return a letter of two pages with a font and a picture of these bytes on one of them."""
    with pikepdf.open(io.BytesIO(tagged("lettre", 2))) as pdf:
        stream = pdf.make_stream(picture, Type=Name.XObject, Subtype=Name.Image, Width=1)
        stream.SMask = pdf.make_stream(mask, Type=Name.XObject, Subtype=Name.Image)
        descriptor = Dictionary(Type=Name.FontDescriptor, FontFile3=pdf.make_stream(font))
        descendant = Dictionary(Type=Name.Font, FontDescriptor=pdf.make_indirect(descriptor))
        whole = Dictionary(
            Type=Name.Font,
            ToUnicode=pdf.make_stream(font[::-1]),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
        )
        pdf.pages[place].obj.Resources = Dictionary(
            Font=Dictionary(F1=pdf.make_indirect(whole)), XObject=Dictionary(Logo=stream)
        )
        return saved(pdf)


@pytest.mark.parametrize("place", [0, 1], ids=["first page", "second page"])
def test_the_same_font_and_picture_of_several_letters_are_stored_once(merged: Merged, place: int) -> None:
    font, picture, mask = noise(1000, 1), noise(1000, 2), noise(1000, 3)
    pdf = merged(*(ours(with_font(font, picture, mask, place)) for _ in range(3)))
    assert [streams(pdf, one) for one in (font, font[::-1], picture, mask)] == [1, 1, 1, 1]
    for page in pdf.pages[place::2]:
        assert page.obj.Resources.XObject.Logo.SMask.read_bytes() == mask
        (descendant,) = page.obj.Resources.Font.F1.DescendantFonts
        assert descendant.FontDescriptor.FontFile3.read_bytes() == font


def test_pictures_that_differ_in_their_mask_alone_are_two(merged: Merged) -> None:
    font, picture, masks = noise(1000, 1), noise(1000, 2), (noise(1000, 3), noise(1000, 4))
    pdf = merged(*(ours(with_font(font, picture, mask)) for mask in masks))
    found = [page.obj.Resources.XObject.Logo.SMask.read_bytes() for page in pdf.pages[::2]]
    assert found == list(masks)
    assert streams(pdf, picture) == 2


def test_letters_of_this_program_share_their_fonts(
    make_letter: MakeLetter, stationery: Stationery, merged: Merged
) -> None:
    parts = [render_pdf(make_letter(name=f"note/{name}"), stationery) for name in ("un", "deux", "trois")]
    pdf = merged(*map(ours, parts))
    fonts = {
        descendant.FontDescriptor.FontFile3.objgen
        for page in pdf.pages
        for font in page.obj.Resources.Font.values()
        for descendant in font.DescendantFonts
    }
    with pikepdf.open(io.BytesIO(parts[0])) as part:
        assert len(fonts) == len(part.pages[0].obj.Resources.Font)
    assert pdf.check_pdf_syntax() == []


# Tags and claims


@pytest.mark.parametrize("is_nested", [False, True], ids=["flat", "nested"])
def test_each_page_and_link_finds_its_own_entry_in_the_parent_tree(
    merged: Merged, *, is_nested: bool
) -> None:
    parts = [tagged(name, pages, is_nested=is_nested) for name, pages in (("un", 2), ("deux", 3), ("x", 1))]
    pdf = merged(*map(ours, parts), pad=True)
    tree = parents(pdf)
    for page, name in zip(pdf.pages, names(pdf), strict=True):
        if not name:
            assert "/StructParents" not in page.obj
            continue
        (element,) = tree[int(page.obj.StructParents)]
        (annotation,) = page.obj.Annots
        link = tree[int(annotation.StructParent)]
        assert [str(one.S) for one in (element, link)] == ["/P", "/Link"]
        for one in (element, link):
            assert (str(one.T), one.Pg.objgen) == (name, page.obj.objgen)
    assert len(tree) == int(pdf.Root.StructTreeRoot.ParentTreeNextKey) == 12


def test_the_structure_tree_has_each_part_in_its_order_and_language(merged: Merged) -> None:
    parts = (tagged("un"), tagged("deux", lang="en-GB", is_nested=True))
    root = merged(*map(ours, parts)).Root.StructTreeRoot
    assert [(str(kid.Lang), str(kid.K[0].T)) for kid in root.K] == [("fr-FR", "un 1"), ("en-GB", "deux 1")]
    assert {kid.P.objgen for kid in root.K} == {root.objgen}
    assert dict(root.RoleMap) == {"/Titre": Name.H1}


def test_a_part_that_says_its_language_itself_keeps_it(merged: Merged) -> None:
    with pikepdf.open(io.BytesIO(tagged("un"))) as pdf:
        pdf.Root.StructTreeRoot.K[0].Lang = pikepdf.String("br")
        part = saved(pdf)
    (kid,) = merged(ours(part)).Root.StructTreeRoot.K
    assert str(kid.Lang) == "br"


def test_a_file_of_our_own_parts_claims_what_they_claim(merged: Merged) -> None:
    pdf = merged(ours(tagged("un", 2)), ours(tagged("deux", lang="en-GB")), pad=True)
    assert [key for key in CLAIMS if key in pdf.Root] == list(CLAIMS)
    assert (bool(pdf.Root.MarkInfo.Marked), str(pdf.Root.Lang)) == (True, "fr-FR")
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert [str(one.S) for one in pdf.Root.OutputIntents] == ["/GTS_PDFA1"]
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == "Tirage"
        assert metadata["pdfaid:part"] == "2"
        assert metadata["{http://ns.adobe.com/xap/1.0/t/pg/}NPages"] == "4"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_file_with_a_part_of_another_program_claims_nothing_but_its_language(
    merged: Merged, place: int
) -> None:
    sections = [ours(tagged("un")), ours(tagged("deux"))]
    sections.insert(place, foreign(tagged("annexe")))
    pdf = merged(*sections)
    assert [key for key in CLAIMS if key in pdf.Root] == ["/Lang"]
    assert "/StructTreeRoot" not in pdf.Root
    assert len(pdf.pages) == 3


@pytest.mark.parametrize("place", [0, 1])
def test_a_part_without_tags_takes_the_claims_from_the_whole(merged: Merged, place: int) -> None:
    sections = [ours(tagged("un"))]
    sections.insert(place, ours(plain("deux")))
    pdf = merged(*sections)
    assert [key for key in CLAIMS if key in pdf.Root] == ["/Lang"]
    assert "/StructTreeRoot" not in pdf.Root


def identifiers(pdf: pikepdf.Pdf) -> list[object]:
    with pdf.open_metadata() as metadata:
        return [*(metadata[key] for key in IDENTIFIERS), *map(bytes, pdf.trailer.ID)]


def test_the_whole_is_another_document_than_its_parts_and_than_any_other_whole(merged: Merged) -> None:
    parts = (tagged("un"), tagged("deux"))
    found = [identifiers(pdf) for pdf in (merged(ours(parts[0])), merged(*map(ours, parts)))]
    with pikepdf.open(io.BytesIO(parts[0])) as part:
        found.append(identifiers(part))
    assert [len(set(values)) for values in zip(*found, strict=True)] == [3, 3, 3, 3]
    assert str(found[0][0]).startswith("uuid:")


@pytest.mark.parametrize("more", [(), (foreign(plain("annexe")),)], ids=["ours", "with an enclosure"])
def test_the_same_parts_give_the_same_bytes(merge: Merge, more: Sequence[Section]) -> None:
    sections = [ours(tagged("un"), bookmark="1", mark=0), ours(tagged("deux", 2), mark=1), *more]
    how: dict[str, Any] = {"pad": True, "marks": plain("marque", 2)}
    first = merge(*sections, **how).read_bytes()
    assert merge(*sections, **how, name="again").read_bytes() == first
    assert merge(*reversed(sections), **how).read_bytes() != first


# Faults


def test_the_pages_of_a_file_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(plain("a", 3))
    assert printable_pages(PdfFile(tmp_path / "a.pdf", "a.pdf")) == 3
    assert printable_pages(PdfFile(tmp_path / "b.pdf", "b.pdf", content=plain("b", 2))) == 2


LOCKED = pikepdf.Encryption(owner="secret", user="secret")
PROTECTED = pikepdf.Encryption(
    owner="secret", user="", allow=pikepdf.Permissions(print_lowres=False, print_highres=False)
)
FAULTS = {
    "missing": (None, "is not there; check its name"),
    "locked": (
        plain("a", encryption=LOCKED),
        "is encrypted and cannot be printed; save it without a password",
    ),
    "broken": (b"%PDF-1.7\nhello", "is not a PDF that can be read; save it again"),
    "of no byte": (b"", "is not a PDF that can be read; save it again"),
}
UNPRINTABLE = {
    **FAULTS,
    "protected": (
        plain("a", encryption=PROTECTED),
        "is encrypted and cannot be printed; save it without protection",
    ),
    "without a page": (plain("a", 0), "has no page; save it again"),
}


@pytest.fixture
def faulty(tmp_path: Path) -> Callable[[bytes | None], PdfFile]:
    """Return a function that writes a file, or none."""

    def make(content: bytes | None) -> PdfFile:
        path = tmp_path / "a.pdf"
        if content is not None:
            path.write_bytes(content)
        return PdfFile(path, "annexes/a.pdf")

    return make


@pytest.mark.parametrize(("content", "message"), UNPRINTABLE.values(), ids=UNPRINTABLE)
def test_what_cannot_be_printed_is_refused(
    faulty: Callable[[bytes | None], PdfFile], content: bytes | None, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        printable_pages(faulty(content))
    assert str(caught.value) == f"annexes/a.pdf: {message}"
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("is_ours", [True, False], ids=["ours", "foreign"])
@pytest.mark.parametrize(("content", "message"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_opened_is_not_added(
    faulty: Callable[[bytes | None], PdfFile], content: bytes | None, message: str, *, is_ours: bool
) -> None:
    file = faulty(content)
    section = Section(PdfFile(file.path, file.shown, is_ours=is_ours))
    with pytest.raises(InputError) as caught:
        merge_letters([[section]], file.path.with_name("run.pdf"), "Run")
    assert str(caught.value) == f"annexes/a.pdf: {message}"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        printable_pages(PdfFile(tmp_path, "annexes"))
    assert str(caught.value) == (
        "annexes: is no file; put a file there; folders, devices and pipes are not read"
    )


def test_what_the_disk_does_not_give_is_a_fault_of_the_world(tmp_path: Path) -> None:
    (tmp_path / "annexes").write_bytes(b"")
    with pytest.raises(WorldError) as caught:
        printable_pages(PdfFile(tmp_path / "annexes" / "a.pdf", "annexes/a.pdf"))
    assert str(caught.value) == "annexes/a.pdf: cannot be read; Not a directory"
    assert caught.value.exit_code == 5


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "run").write_bytes(b"")
    with pytest.raises(WorldError, match=r"print\.pdf: cannot be written"):
        join([tagged("un")], tmp_path / "run" / "print.pdf", "Tirage")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


# The whole in one go, and its paper


def test_files_in_memory_are_joined_in_their_order_without_blank_pages(tmp_path: Path) -> None:
    path = tmp_path / "labels.pdf"
    join([tagged("un"), tagged("deux", 2), tagged("x")], path, "Étiquettes")
    with pikepdf.open(path) as pdf:
        assert names(pdf) == ["un 1", "deux 1", "deux 2", "x 1"]
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == "Étiquettes"
        assert len(parents(pdf)) == 8


@pytest.mark.parametrize(
    ("pages", "duplex", "sheets"),
    [
        ([], True, 0),
        ([1], True, 1),
        ([2], True, 1),
        ([3], True, 2),
        ([1, 1], True, 2),
        ([2, 3, 1], True, 4),
        ([2, 3, 1], False, 6),
    ],
)
def test_each_section_begins_on_a_new_sheet(pages: list[int], sheets: int, *, duplex: bool) -> None:
    assert sheets_of(pages, duplex=duplex) == sheets


@pytest.mark.parametrize("kind", ["Launch", "JavaScript", "URI", "SubmitForm", "GoToR"])
def test_nothing_that_acts_is_left_of_an_enclosure(tmp_path: Path, kind: str) -> None:
    source, target = tmp_path / "a.pdf", tmp_path / "run.pdf"
    action = Dictionary(S=Name(f"/{kind}"), F=pikepdf.String("sentinel"), JS=pikepdf.String("sentinel"))
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=A4)
        pdf.attachments["sentinel.txt"] = b"sentinel"
        pdf.Root.OpenAction = action
        page = pdf.pages[0].obj
        page.AA = Dictionary(O=action)
        page.Annots = Array(
            [
                Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action, PA=action),
                Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=[0, 0, 9, 9], AA=Dictionary(E=action)),
                Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9]),
                Dictionary(Type=Name.Annot, Subtype=Name.Screen, Rect=[0, 0, 9, 9], A=action),
            ]
        )
        source.write_bytes(saved(pdf))
    merge_letters([[Section(PdfFile(source, "a.pdf", is_ours=False))]], target, "Run")
    with pikepdf.open(target) as pdf:
        subtypes = [str(one.Subtype) for one in pdf.pages[0].obj.Annots]
        pdf.save(tmp_path / "plain.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable, qdf=True)
    assert subtypes == ["/Link", "/Square"]
    assert b"sentinel" not in (tmp_path / "plain.pdf").read_bytes()


def _acting(pdf: pikepdf.Pdf) -> Any:
    return pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=pikepdf.String("sentinel")))


def _file(pdf: pikepdf.Pdf) -> Any:
    return pdf.make_indirect(
        Dictionary(Type=Name.Filespec, F="x", EF=Dictionary(F=pdf.make_stream(b"sentinel")))
    )


def _annotated(pdf: pikepdf.Pdf, **values: Any) -> None:
    annotation = pdf.make_indirect(Dictionary(Type=Name.Annot, Rect=[0, 0, 9, 9], **values))
    pdf.pages[0].obj.Annots = Array([annotation])


def _drawn(pdf: pikepdf.Pdf, content: bytes, subtype: str = "/Form", **values: Any) -> None:
    form = Dictionary(Type=Name.XObject, Subtype=Name(subtype), BBox=[0, 0, 9, 9], **values)
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(F=pdf.make_stream(content, form)))
    pdf.pages[0].obj.Contents = pdf.make_stream(b"/F Do")


HIDING_PLACES: Mapping[str, Callable[[pikepdf.Pdf], None]] = {
    "steps": lambda pdf: pdf.pages[0].obj.__setattr__("PresSteps", Dictionary(NA=_acting(pdf))),
    "thread": lambda pdf: pdf.pages[0].obj.__setattr__("B", Array([Dictionary(X=_acting(pdf))])),
    "a key of one's own": lambda pdf: pdf.pages[0].obj.__setattr__("XYZ", Dictionary(A=_acting(pdf))),
    "opened page": lambda pdf: pdf.pages[0].obj.__setattr__("AA", Dictionary(O=_acting(pdf))),
    "link": lambda pdf: _annotated(pdf, Subtype=Name.Link, A=_acting(pdf)),
    "after a link": lambda pdf: _annotated(
        pdf, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="https://example.org", Next=_acting(pdf))
    ),
    "field without a form": lambda pdf: _annotated(
        pdf, Subtype=Name.Widget, Parent=pdf.make_indirect(Dictionary(AA=Dictionary(U=_acting(pdf))))
    ),
    "pop-up": lambda pdf: _annotated(pdf, Subtype=Name.Text, Popup=Dictionary(A=_acting(pdf))),
    "reply": lambda pdf: _annotated(pdf, Subtype=Name.Text, IRT=Dictionary(A=_acting(pdf))),
    "file under a wrong name": lambda pdf: _annotated(pdf, Subtype=Name.TrapNet, FS=_file(pdf)),
    "form's file": lambda pdf: _drawn(pdf, b"q Q", AF=Array([_file(pdf)])),
    "PostScript": lambda pdf: _drawn(pdf, b"sentinel", "/PS"),
    "form elsewhere": lambda pdf: _drawn(pdf, b"q Q", Ref=Dictionary(F="sentinel", Page=0)),
    "stream elsewhere": lambda pdf: pdf.pages[0].obj.__setattr__(
        "Contents", pdf.make_stream(b"", Dictionary(F="sentinel"))
    ),
    "property": lambda pdf: pdf.pages[0].obj.__setattr__(
        "Resources", Dictionary(Properties=Dictionary(P=Dictionary(MCAF=Array([_file(pdf)]))))
    ),
}


@pytest.mark.parametrize("is_ours", [True, False])
@pytest.mark.parametrize("place", HIDING_PLACES)
def test_nothing_acts_from_wherever_it_hides(tmp_path: Path, place: str, *, is_ours: bool) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=A4)
        HIDING_PLACES[place](pdf)
        content = saved(pdf)
    merge_letters(
        [[Section(PdfFile(tmp_path / "a.pdf", "a.pdf", is_ours=is_ours, content=content))]],
        tmp_path / "run.pdf",
        "Run",
    )
    with pikepdf.open(tmp_path / "run.pdf") as pdf:
        assert len(pdf.pages) == 1
        pdf.save(tmp_path / "plain.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable, qdf=True)
    assert b"sentinel" not in (tmp_path / "plain.pdf").read_bytes()


def test_our_own_letters_keep_their_links_to_the_web(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=A4)
        _annotated(pdf, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="https://example.org"))
        content = saved(pdf)
    merge_letters(
        [[Section(PdfFile(tmp_path / "a.pdf", "a.pdf", content=content))]], tmp_path / "run.pdf", "Run"
    )
    with pikepdf.open(tmp_path / "run.pdf") as pdf:
        assert str(pdf.pages[0].obj.Annots[0].A.URI) == "https://example.org"


@pytest.mark.parametrize("odd", ["[null]", "[5]", "<</A 1>>", "/X", "[[1]]"])
@pytest.mark.parametrize("has_form", [True, False])
def test_odd_annotations_are_left_out(tmp_path: Path, odd: str, *, has_form: bool) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=A4)
        pdf.pages[0].obj.Annots = pikepdf.Object.parse(odd.encode())
        if has_form:
            pdf.Root.AcroForm = Dictionary(Fields=Array())
        content = saved(pdf)
    merge_letters(
        [[Section(PdfFile(tmp_path / "a.pdf", "a.pdf", is_ours=False, content=content))]],
        tmp_path / "run.pdf",
        "Run",
    )
    assert printable_pages(PdfFile(tmp_path / "run.pdf", "run.pdf")) == 1
