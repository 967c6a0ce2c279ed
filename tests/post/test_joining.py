"""Letters joined as the bytes that they are: each looks, reads and is tagged as it was alone, whoever wrote it."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from outreach.campaign.campaign import Layout
from outreach.errors import InputError
from outreach.letters.formats.pdf import render_pdf
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Heading, Item, ItemList, PageBreak, Paragraph, Quote, Run
from outreach.letters.making.generate import Output, Selection, generate_letters
from outreach.post.merge import PdfFile, Section, join, merge
from outreach.post.pdf_objects import NotPlain, entries_of, split_references, take_apart, with_references
from outreach.post.pdf_output import PdfOutput
from outreach.post.pdf_parts import read_part
from tests.conftest import MakeLetter, png
from tests.post.test_merge import contents, parents, tagged
from tests.test_shipped import shipped_folder

Joined = Callable[..., bytes]


@pytest.fixture
def joined(tmp_path: Path) -> Joined:
    """Return a function that joins files, each with a bookmark."""

    def make(*files: bytes, **how: Any) -> bytes:
        path = tmp_path / "run" / "print.pdf"
        sections = [
            [Section(PdfFile(path, "a.pdf", content=content), bookmark=f"{number}. Zoé (12 0 R")]
            for number, content in enumerate(files, 1)
        ]
        merge(sections, path, "Tirage", **how)
        return path.read_bytes()

    return make


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Return the letters that the repository ships."""
    folder = shipped_folder()
    assert folder.campaign.date
    output = Output(tmp_path_factory.mktemp("shipped"), folder.campaign.date, ("pdf",))
    assert generate_letters(folder, Selection(), output).problems == []
    return [path.read_bytes() for path in sorted(output.out.rglob("*.pdf"))]


def odd_letter(make_letter: MakeLetter, stationery: Stationery, number: int = 1, **changes: Any) -> bytes:
    """Return a letter of three pages whose texts look like what a PDF is made of."""
    body = (
        Heading((Run("Titre (12 0 R) /ID(U1x0y0) endobj"),), 1),
        Paragraph(
            (Run("Voir (a(b(c))) \\( et "), Run("lien", link=f"https://example.org/(x)/12 0 R/{number}"))
        ),
        PageBreak(),
        Heading((Run(") 3 0 R endstream %"),), 2),
        Quote((Paragraph((Run("é 5 0 R"), Run(" fin", italic=True))),)),
        ItemList((Item((Paragraph((Run("Sept ?", bold=True),)),), 7), Item((Paragraph((Run("Huit"),)),), 8))),
        PageBreak(),
        Paragraph((Run("La même suite."), Run("lien", link="https://example.org/"))),
    )
    return render_pdf(make_letter(name=f"note/{number}", **{"body": body, **changes}), stationery)


# What is seen of a file


def plainly(value: Any, depth: int = 0) -> Any:
    """Return an object of pikepdf with all that it leads to, in a form that can be compared."""
    assert depth < 30
    if isinstance(value, (Dictionary, pikepdf.Stream)):
        left = {"/Length", "/Filter", "/Parent"}
        entries = {key: plainly(one, depth + 1) for key, one in sorted(value.items()) if key not in left}
        return (entries, value.read_bytes()) if isinstance(value, pikepdf.Stream) else entries
    if isinstance(value, Array):
        return [plainly(one, depth + 1) for one in value]
    return repr(value)


def pages(pdf: pikepdf.Pdf) -> list[Any]:
    """Return what each page draws, with what, on which sheet, and where its links lead."""
    return [
        (
            contents(page),
            plainly(page.obj.Resources),
            plainly(page.obj.MediaBox),
            [(str(one.A.URI), plainly(one.Rect)) for one in page.obj.get("/Annots", ())],
        )
        for page in pdf.pages
    ]


def tags(pdf: pikepdf.Pdf) -> list[Any]:
    """Return the structure tree, a list for each part: kind, attributes, page and place of each element."""
    places: dict[Any, int] = {page.objgen: number for number, page in enumerate(pdf.pages)}
    links: dict[Any, str] = {
        one.objgen: str(one.A.URI) for page in pdf.pages for one in page.obj.get("/Annots", ())
    }

    def element(one: Any, page: int | None) -> Any:
        if not isinstance(one, Dictionary):
            return page, int(one)
        page = places[one.Pg.objgen] if "/Pg" in one else page
        if one.get("/Type") == Name.OBJR:
            return page, links[one.Obj.objgen]
        kids = one.get("/K", Array())
        told = {
            key: plainly(value) for key, value in one.items() if key not in ("/P", "/K", "/Pg", "/ID", "/A")
        }
        return told, [element(kid, page) for kid in (kids if isinstance(kids, Array) else [kids])]

    return [element(kid, None) for kid in pdf.Root.StructTreeRoot.K]


def shifted(found: Any, by: int) -> Any:
    """Return tags as they are in a file in which so many pages stand before."""
    if isinstance(found, tuple) and isinstance(found[0], int):
        return found[0] + by, found[1]
    if isinstance(found, tuple):
        return found[0], [shifted(one, by) for one in found[1]]
    return [shifted(one, by) for one in found]


def check_whole(content: bytes, files: Sequence[bytes]) -> None:
    """Check that a joined file shows and tells what its parts do, page by page, and is sound."""
    with pikepdf.open(io.BytesIO(content)) as whole:
        assert whole.check_pdf_syntax() == []
        found, told, before = pages(whole), tags(whole), 0
        keys = parents(whole)
        with whole.open_outline() as outline:
            numbers = {page.objgen: number for number, page in enumerate(whole.pages)}
            marks = [(one.title, numbers[one.destination[0].objgen]) for one in outline.root]
        for number, file in enumerate(files):
            with pikepdf.open(io.BytesIO(file)) as alone:
                count = len(alone.pages)
                assert found[before : before + count] == pages(alone)
                (own,) = shifted(tags(alone), before)
                own[0].setdefault("/Lang", repr(alone.Root.Lang))
                assert told[number] == own
                assert marks[number] == (f"{number + 1}. Zoé (12 0 R", before)
                before += count
        assert (len(whole.pages), len(told), len(marks)) == (before, len(files), len(files))
        for page in whole.pages:
            of_page = [one for one in keys[int(page.obj.StructParents)] if isinstance(one, Dictionary)]
            assert {one.Pg.objgen for one in of_page} == {page.objgen}
            for link in page.obj.get("/Annots", ()):
                reference = keys[int(link.StructParent)].K
                assert link.objgen in [one.Obj.objgen for one in reference if isinstance(one, Dictionary)]


def positions(content: bytes) -> list[list[tuple[str, int, int]]]:
    """Return the words of each page and where they stand, in tenths of a point."""
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return [
            [(word["text"], round(10 * word["x0"]), round(10 * word["top"])) for word in page.extract_words()]
            for page in pdf.pages
        ]


# Letters as they are made here


def test_the_shipped_letters_are_joined_as_they_were_written(shipped: list[bytes], joined: Joined) -> None:
    for content in shipped:
        read_part(content)  # nothing has to write it anew
    check_whole(joined(*shipped), shipped)


def test_texts_that_look_like_parts_of_a_pdf_stay_what_they_are(
    make_letter: MakeLetter, stationery: Stationery, joined: Joined
) -> None:
    files = [odd_letter(make_letter, stationery, number) for number in range(1, 4)]
    whole = joined(*files)
    check_whole(whole, files)
    assert positions(whole) == [page for file in files for page in positions(file)]


def test_what_letters_have_in_common_is_stored_once(
    make_letter: MakeLetter, stationery: Stationery, joined: Joined
) -> None:
    files = [odd_letter(make_letter, stationery, number) for number in range(1, 21)]
    one, twenty = joined(files[0]), joined(*files)
    assert len(twenty) < 2.5 * len(one)
    with pikepdf.open(io.BytesIO(twenty)) as pdf:
        last = {page.obj.Contents.objgen for page in pdf.pages[2::3]}
        assert len(last) == 1
        assert len({page.objgen for page in pdf.pages}) == 60


def test_a_logo_and_a_signature_are_stored_once(
    make_letter: MakeLetter, stationery: Stationery, tmp_path: Path, joined: Joined
) -> None:
    (tmp_path / "logo.png").write_bytes(png(300, 100))
    files = [
        odd_letter(make_letter, stationery, number, logo="logo.png", signature_image="logo.png")
        for number in range(1, 4)
    ]
    whole = joined(*files)
    check_whole(whole, files)
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        images = [
            one
            for one in pdf.objects
            if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == Name.Image
        ]
        assert images
        assert len({one.read_raw_bytes() for one in images}) == len(images)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_order_of_sets_changes_no_byte(
    make_letter: MakeLetter, stationery: Stationery, tmp_path: Path, seed: str
) -> None:
    paths = []
    for number in range(1, 4):
        paths.append(tmp_path / f"{number}.pdf")
        paths[-1].write_bytes(odd_letter(make_letter, stationery, number))
    program = (
        "import sys; from pathlib import Path; from outreach.post.merge import join;"
        "join([Path(one).read_bytes() for one in sys.argv[2:]], Path(sys.argv[1]), 'Tirage')"
    )
    other = tmp_path / "other.pdf"
    subprocess.run(
        [sys.executable, "-c", program, other, *paths], check=True, env={**os.environ, "PYTHONHASHSEED": seed}
    )
    join([path.read_bytes() for path in paths], tmp_path / "print.pdf", "Tirage")
    assert other.read_bytes() == (tmp_path / "print.pdf").read_bytes()


def test_letters_on_a_letterhead_are_joined_as_they_were_written(
    make_letter: MakeLetter, layout: Layout, tmp_path: Path, joined: Joined
) -> None:
    (tmp_path / "papier.pdf").write_bytes(table("papier"))
    stationery = Stationery(replace(layout, background="papier.pdf"), tmp_path)
    files = [odd_letter(make_letter, stationery, number) for number in range(1, 4)]
    for content in files:
        read_part(content)
    whole = joined(*files)
    check_whole(whole, files)
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        assert len({page.obj.Resources.XObject.Background.objgen for page in pdf.pages}) == 1


# Tables: their cells name the headings that are theirs

TABLE = """#set document(title: "Liste")
= Liste
#table(columns: 2, table.header[Nom {0}][Ville {0}], [Anne], [Lyon])"""


def table(word: str) -> bytes:
    return typst.compile(TABLE.replace("{0}", word).encode(), format="pdf", pdf_standards=["a-2a", "ua-1"])


def test_each_cell_finds_the_headings_of_its_own_table(joined: Joined) -> None:
    words = [f"n{number}" for number in range(12)]
    with pikepdf.open(io.BytesIO(joined(*map(table, words)))) as pdf:
        names = list(pdf.Root.StructTreeRoot.IDTree.Names)
        assert list(map(bytes, names[::2])) == sorted(map(bytes, names[::2]))
        elements = {bytes(name): one for name, one in zip(names[::2], names[1::2], strict=True)}
        assert len(elements) == 24
        for number, document in enumerate(pdf.Root.StructTreeRoot.K):
            found = [one for one in below(document) if one.get("/S") == Name.TD]
            assert len(found) == 2
            for cell in found:
                (headers,) = (one.Headers for one in cell.A if "/Headers" in one)
                assert len(headers) == 1
                for name in headers:
                    heading = elements[bytes(name)]
                    assert (str(heading.S), bytes(heading.ID)) == ("/TH", bytes(name))
                    assert heading.objgen in {one.objgen for one in below(document)}
                    assert pdf.pages[number].objgen in {
                        one.Pg.objgen for one in below(heading) if "/Pg" in one
                    }


def below(element: Any) -> list[Any]:
    """Return an element and all that hang on it."""
    kids = element.get("/K", Array())
    found = [one for one in (kids if isinstance(kids, Array) else [kids]) if isinstance(one, Dictionary)]
    return [element, *(one for kid in found for one in below(kid))]


# Files that are not certain to be read as bytes


def rewritten(content: bytes, **how: Any) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(target, deterministic_id="encryption" not in how, **how)
    return target.getvalue()


def added_to(content: bytes) -> bytes:
    """Return a file to which a second table of objects was added, as an editor does."""
    start = content.rindex(b"startxref\n") + 10
    place = content[start : content.index(b"\n", start)]
    trailer = content[content.rindex(b"trailer\n<<") + 10 : content.rindex(b">>\nstartxref")]
    at = len(content) + 1
    return b"%b\nxref\n0 0\ntrailer\n<<%b/Prev %b>>\nstartxref\n%d\n%%%%EOF\n" % (content, trailer, place, at)


DISGUISES: Mapping[str, Callable[[bytes], bytes]] = {
    "object streams": lambda content: rewritten(
        content, object_stream_mode=pikepdf.ObjectStreamMode.generate
    ),
    "for the web": lambda content: rewritten(content, linearize=True),
    "encrypted": lambda content: rewritten(content, encryption=pikepdf.Encryption(owner="secret", user="")),
    "on lines": lambda content: rewritten(content, qdf=True),
    "added to": added_to,
    "wrong place of the table": lambda content: content.replace(b"startxref\n", b"startxref\n1", 1),
    "wrong place of an object": lambda content: content.replace(
        b"0000000016 00000 n", b"0000000017 00000 n", 1
    ),
    "bytes before": lambda content: b"\n\n" + content,
    "bytes after": lambda content: content + b"\n" * 5000,
    "another program": lambda content: content.replace(b"/Creator(Typst ", b"/Creator(Other ", 1),
    "another program's work": lambda content: re.sub(rb"/Author\(..", b"/Producer(", content),
    "deep parentheses": lambda content: content.replace(b"(sRGB v4.2)", b"(((())) .2)", 1),
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_a_letter_that_was_written_otherwise_is_joined_all_the_same(
    make_letter: MakeLetter, stationery: Stationery, joined: Joined, disguise: Callable[[bytes], bytes]
) -> None:
    files = [odd_letter(make_letter, stationery, number) for number in range(1, 4)]
    other = disguise(files[1])
    assert other != files[1]
    with pytest.raises(NotPlain):
        read_part(other)
    check_whole(joined(files[0], other, files[2]), files)


def test_a_run_of_letters_that_were_written_otherwise_is_as_good(
    shipped: list[bytes], joined: Joined
) -> None:
    others = [DISGUISES["object streams"](content) for content in shipped]
    check_whole(joined(*others), shipped)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.8])
def test_a_part_of_a_letter_is_a_clear_fault(
    make_letter: MakeLetter, stationery: Stationery, tmp_path: Path, part: float
) -> None:
    letter = odd_letter(make_letter, stationery)
    path = tmp_path / "a.pdf"
    path.write_bytes(letter[: int(part * len(letter))])
    with pytest.raises(InputError) as caught:
        merge([[Section(PdfFile(path, "out/note/a.pdf"))]], tmp_path / "run.pdf", "Run")
    assert str(caught.value) == "out/note/a.pdf: is not a PDF that can be read; save it again"
    assert [one.name for one in tmp_path.iterdir()] == ["a.pdf"]


ACTING = {
    "a link within": "#link(<there>)[dort] #pagebreak() = Ziel <there>",
    "a file": '#pdf.attach("sentinel.txt", bytes("sentinel"), relationship: "data", description: "sentinel")',
}


@pytest.mark.parametrize("source", ACTING.values(), ids=ACTING)
def test_what_a_file_does_besides_is_left_out(joined: Joined, source: str) -> None:
    content = typst.compile(f'#set document(title: "T")\nText {source}'.encode(), format="pdf")
    with pikepdf.open(io.BytesIO(joined(content))) as pdf:
        written = io.BytesIO()
        pdf.save(written, object_stream_mode=pikepdf.ObjectStreamMode.disable, qdf=True)
        links = [one for page in pdf.pages for one in page.obj.get("/Annots", ())]
        assert all("/A" not in one and "/Dest" not in one for one in links)
    assert b"sentinel" not in written.getvalue()
    assert b"GoTo" not in written.getvalue()


def changed(content: bytes, before: bytes, after: bytes) -> bytes:
    """Return a letter in which the first object with some bytes has others, written as Typst does."""
    plain = take_apart(content)
    first = next(number for number, text in plain.texts.items() if before in text)
    written, places = b"%PDF-1.7\n%\x80\x80\x80\x80\n\n", []
    for number, text in plain.texts.items():
        places.append(len(written))
        data = plain.stream(number)
        shown = text.replace(before, after, 1) if number == first else text
        shown += b"" if data is None else b"\nstream\n%b\nendstream" % data
        written += b"%b 0 obj\n%b\nendobj\n" % (number, shown)
    rows = b"".join(b"%010d 00000 n\r\n" % place for place in places)
    trailer = content[content.rindex(b"trailer") : content.rindex(b"startxref")]
    return b"%bxref\n0 %d\n0000000000 65535 f\r\n%b%bstartxref\n%d\n%%%%EOF" % (
        *(written, len(places) + 1),
        *(rows, trailer, len(written)),
    )


SCRIPT = b"/A<</S/JavaScript/JS(sentinel)>>"
HIDDEN = {
    "page": (b"/Type/Page/", b"/Type/Page/AA<</O<</S/JavaScript/JS(sentinel)>>>>/"),
    "key of one's own": (b"/Type/Page/", b"/Type/Page/XYZ<</JS(sentinel)>>/"),
    "link": (b"/A<</Type/Action/S/URI", SCRIPT + b"/XYZ<</Type/Action/S/URI"),
    "after a link": (b"/S/URI", b"/Next<</S/JavaScript/JS(sentinel)>>/S/URI"),
    "on a link": (b"/Subtype/Link", b"/Subtype/Link/AA<</E<</S/JavaScript/JS(sentinel)>>>>"),
    "another annotation": (b"/Subtype/Link", b"/Subtype/Screen/Contents(sentinel)"),
    "font": (b"/Subtype/CIDFontType0C", b"/Subtype/CIDFontType0C/AF[<</F(sentinel)>>]"),
    "named property": (b"/ProcSet", b"/Properties<</P<</MCAF[<</F(sentinel)>>]>>>>/ProcSet"),
    "the same in digits": (b"/ProcSet", b"/Pr#6fperties<</P<</MCAF[<</F(sentinel)>>]>>>>/ProcSet"),
}


@pytest.mark.parametrize(("before", "after"), HIDDEN.values(), ids=HIDDEN)
def test_what_acts_in_a_file_that_seems_to_be_a_letter_is_left_out(
    make_letter: MakeLetter, stationery: Stationery, joined: Joined, before: bytes, after: bytes
) -> None:
    letter = odd_letter(make_letter, stationery)
    assert read_part(changed(letter, before, before)).pages
    acting = changed(letter, before, after)
    with pytest.raises(NotPlain):
        read_part(acting)
    with pikepdf.open(io.BytesIO(joined(letter, acting))) as pdf:
        written = io.BytesIO()
        pdf.save(written, object_stream_mode=pikepdf.ObjectStreamMode.disable, qdf=True)
        assert len(pdf.pages) == 6
    assert b"sentinel" not in written.getvalue()


@pytest.mark.parametrize("entry", [b"/Encrypt 1 0 R", b"/Prev 16"])
def test_a_letter_of_which_more_is_to_be_known_is_not_read_as_it_is(
    make_letter: MakeLetter, stationery: Stationery, entry: bytes
) -> None:
    letter = odd_letter(make_letter, stationery)
    with pytest.raises(NotPlain):
        read_part(letter.replace(b"trailer\n<<", b"trailer\n<<" + entry))


def test_objects_that_refer_to_each_other_in_a_circle_stay_so(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        forms = [
            pdf.make_stream(b"%d" % number, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
            for number in range(3)
        ]
        for number, form in enumerate(forms):
            inner = Dictionary(A=form, B=forms[(number + 1) % 3])
            form.Resources = pdf.make_indirect(Dictionary(XObject=inner))
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(A=forms[1], B=forms[2]))
        pdf.save(tmp_path / "a.pdf")
    section = Section(PdfFile(tmp_path / "a.pdf", "a.pdf", is_ours=False))
    merge([[section, section]], tmp_path / "run.pdf", "Run")
    with pikepdf.open(tmp_path / "run.pdf") as pdf:
        assert pdf.check_pdf_syntax() == []
        for page in pdf.pages:
            form, drawn = page.obj.Resources.XObject.A, []
            for _ in range(4):
                drawn.append(form.read_bytes())
                assert form.Resources.XObject.A.objgen == form.objgen
                form = form.Resources.XObject.B
            assert drawn == [b"1", b"2", b"0", b"1"]


def test_the_parts_of_a_tree_lead_back_to_it(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(tagged("un"))) as pdf:
        del pdf.Root.StructTreeRoot.K[0].P
        pdf.Root.StructTreeRoot.K = pdf.Root.StructTreeRoot.K[0]
        pdf.save(tmp_path / "a.pdf")
    merge([[Section(PdfFile(tmp_path / "a.pdf", "a.pdf"))]], tmp_path / "run.pdf", "Run")
    with pikepdf.open(tmp_path / "run.pdf") as pdf:
        root = pdf.Root.StructTreeRoot
        assert [kid.P.objgen for kid in root.K] == [root.objgen]


# Bytes


def test_a_part_may_have_more_elements_than_an_object_stream_counts() -> None:
    target = io.BytesIO()
    output = PdfOutput(target)
    count = 70_000
    first = output.reserve(count)
    output.put_all(first, [b"(%d)" % number for number in range(count)])
    root, kept = output.reserve(2), b" ".join(b"%d 0 R" % (first + number) for number in range(count))
    output.put(root, b"<</Type/Catalog/Pages %d 0 R/Kept[%b]>>" % (root + 1, kept))
    output.put(root + 1, b"<</Type/Pages/Count 0/Kids[]>>")
    output.finish(root)
    with pikepdf.open(target) as pdf:
        assert pdf.get_warnings() == []
        assert [int(str(pdf.Root.Kept[number])) for number in (0, 1999, 2000, 65_536, 69_999)] == [
            *(0, 1999, 2000, 65_536, 69_999)
        ]


NAMES = st.text("abcR0 /()#%é<", min_size=1, max_size=6).map(lambda name: Name("/" + name.strip("\0")))
VALUES = st.recursive(
    st.one_of(
        st.integers(-99, 99),
        st.booleans(),
        st.binary(max_size=12).map(pikepdf.String),
        st.text("(\\)5 0 R\nobj%é", max_size=12).map(pikepdf.String),
        NAMES,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(NAMES.map(str), inner, max_size=4),
    ),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(NAMES.map(str), VALUES, max_size=4), min_size=1, max_size=4))
def test_whatever_qpdf_writes_is_taken_apart_and_put_together(values: list[dict[str, Any]]) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Kept = Array([pdf.make_indirect(Dictionary(value)) for value in values])
        written = io.BytesIO()
        pdf.save(written, object_stream_mode=pikepdf.ObjectStreamMode.disable, static_id=True)
    plain = take_apart(written.getvalue())
    same = {number: number + b" 0 R" for number in plain.texts}
    for text in plain.texts.values():
        assert with_references(split_references(text), same) == text
    kept = split_references(plain.entries(plain.trailer[b"/Root"])[b"/Kept"])[1::2]
    assert len(kept) == len(values)
    for number in kept:
        entries = [b"<<%b %b>>" % pair for pair in entries_of(plain.texts[number]).items()]
        found = [(name, value) for one in entries for name, value in pikepdf.Object.parse(one).items()]
        assert found == list(pikepdf.Object.parse(plain.texts[number]).items())
