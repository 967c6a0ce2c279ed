import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
import typst
from PIL import Image, ImageChops

from outreach.errors import InputError
from outreach.letters.formats.pdf import page_count, render_pdf, render_png
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Letter, PageBreak, Paragraph, Run
from tests.conftest import RunProgram, Word, findings

MakeLetter = Callable[..., Letter]
Words = Callable[[bytes], list[Word]]
PAGES = (PageBreak(), Paragraph((Run("Deux"),)), PageBreak(), Paragraph((Run("Fin."),)))


def letterhead(*pages: str, standard: Any = "a-2b", paper: str = "a4") -> bytes:
    source = (
        f'#set page(paper: "{paper}", margin: 8mm)\n#set document(title: "Papier")\n'
        + "\n#pagebreak()\n".join(pages)
    )
    return typst.compile(source.encode(), format="pdf", pdf_standards=[standard] if standard else [])


@pytest.fixture
def print_on(make_letter: MakeLetter, stationery: Stationery) -> Callable[..., bytes]:
    def print_it(background: bytes) -> bytes:
        (stationery.root / "papier.pdf").write_bytes(background)
        layout = replace(stationery.layout, background="papier.pdf", sender_block=True)
        body = (Paragraph((Run("Un"),)), *PAGES)
        return render_pdf(make_letter(body=body), Stationery(layout, stationery.root))

    return print_it


def test_pictures_of_a_letter_show_it_too(make_letter: MakeLetter, stationery: Stationery) -> None:
    (stationery.root / "papier.pdf").write_bytes(letterhead("ENTÊTE"))
    layout = replace(stationery.layout, background="papier.pdf", sender_block=True)
    letter = make_letter(body=(Paragraph((Run("Un"),)), *PAGES))
    pages = render_png(letter, Stationery(layout, stationery.root))
    assert len(pages) == 3
    for shown, plain in zip(pages, render_png(letter, stationery), strict=True):
        with Image.open(io.BytesIO(shown)) as one, Image.open(io.BytesIO(plain)) as other:
            box = ImageChops.difference(one.convert("L"), other.convert("L")).getbbox()
            assert box
            assert (box[0] / one.width * 210, box[1] / one.height * 297) == pytest.approx((8, 8), abs=1.5)
            assert box[2] / one.width * 210 < 40


def tags(element: Any) -> list[Any]:
    """Return the names of the structure below an element, nested as it is."""
    kids = element.get("/K", [])
    below = kids if isinstance(kids, pikepdf.Array) else [kids]
    return [[str(kid.S), *tags(kid)] for kid in below if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def claims(pdf: bytes) -> tuple[str, str]:
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as metadata:
        return metadata.pdfa_status, str(metadata.get("pdfuaid:part", ""))


@pytest.mark.parametrize(
    ("sheets", "found"),
    [
        (["ENTÊTE"], [("ENTÊTE", 1), ("ENTÊTE", 2), ("ENTÊTE", 3)]),
        (["ENTÊTE", "SUITE"], [("ENTÊTE", 1), ("SUITE", 2), ("SUITE", 3)]),
        (["ENTÊTE", "SUITE", "AUTRE"], [("ENTÊTE", 1), ("SUITE", 2), ("SUITE", 3)]),
    ],
)
def test_the_first_page_lies_under_the_first_the_second_under_the_others(
    print_on: Callable[..., bytes], words: Words, sheets: list[str], found: list[tuple[str, int]]
) -> None:
    pdf = print_on(letterhead(*sheets))
    assert page_count(pdf) == 3
    printed = [word for word in words(pdf) if word.text in ("ENTÊTE", "SUITE", "AUTRE")]
    assert [(word.text, word.page) for word in printed] == found
    assert printed[0].left == pytest.approx(8, abs=0.5)
    assert printed[0].top == pytest.approx(8, abs=1.5)


def test_it_is_an_artifact_and_the_tags_of_the_letter_stay(
    print_on: Callable[..., bytes], make_letter: MakeLetter, stationery: Stationery
) -> None:
    tagged = "= Titre du papier\nSuite"
    pdf = print_on(letterhead(tagged))
    plain = render_pdf(make_letter(body=(Paragraph((Run("Un"),)), *PAGES)), stationery)
    with pikepdf.open(io.BytesIO(pdf)) as found, pikepdf.open(io.BytesIO(plain)) as wanted:
        assert tags(found.Root.StructTreeRoot) == tags(wanted.Root.StructTreeRoot)
        content = found.pages[0].Contents
        first = content[0].read_bytes() if isinstance(content, pikepdf.Array) else content.read_bytes()
        assert first.startswith(b"/Artifact BMC")
        (form,) = found.pages[0].Resources.XObject.values()
        assert not re.search(rb"MCID|BDC", form.read_bytes())


def test_the_same_letter_and_background_give_the_same_bytes(print_on: Callable[..., bytes]) -> None:
    paper = letterhead("ENTÊTE", "SUITE")
    assert print_on(paper) == print_on(paper)


@pytest.mark.parametrize(
    ("standard", "claimed"),
    [("a-2a", ("2A", "1")), ("a-2b", ("2A", "1")), ("a-3a", ("2A", "1")), ("1.7", ("", "1"))],
)
def test_pdf_a_is_claimed_only_on_a_background_that_is_pdf_a(
    print_on: Callable[..., bytes], standard: str, claimed: tuple[str, str]
) -> None:
    assert claims(print_on(letterhead("= Titre\nENTÊTE", standard=standard))) == claimed


def in_cmyk(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.Root.OutputIntents[0].DestOutputProfile.N = 4
        target = io.BytesIO()
        document.save(target)
    return target.getvalue()


def test_a_background_in_the_colours_of_a_press_is_not_taken_for_pdf_a(
    print_on: Callable[..., bytes],
) -> None:
    assert claims(print_on(in_cmyk(letterhead("ENTÊTE")))) == ("", "1")


def without_fonts(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for font in document.pages[0].Resources.Font.values():
            for one in font.DescendantFonts:
                del one.FontDescriptor["/FontFile3"]
        target = io.BytesIO()
        document.save(target)
    return target.getvalue()


def test_nothing_is_claimed_where_a_font_is_not_inside(print_on: Callable[..., bytes]) -> None:
    assert claims(print_on(without_fonts(letterhead("ENTÊTE")))) == ("", "")


def encrypted(pdf: bytes, user: str) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        target = io.BytesIO()
        document.save(target, encryption=pikepdf.Encryption(owner="o", user=user))
    return target.getvalue()


@pytest.mark.parametrize(
    ("background", "message"),
    [
        (b"%PDF-1.7\nnothing", "papier.pdf: is not a PDF that can be read; save it again"),
        (b"", "papier.pdf: is not a PDF that can be read; save it again"),
        (letterhead("X")[:-600], "papier.pdf: is not a PDF that can be read; save it again"),
        (encrypted(letterhead("X"), "u"), "papier.pdf: is encrypted; save it without a password"),
        (encrypted(letterhead("X"), ""), "papier.pdf: is encrypted; save it without a password"),
        (
            letterhead("X", paper="us-letter"),
            "papier.pdf: its pages are 216 x 279 mm, letters are printed on A4; save it as A4, upright",
        ),
    ],
)
def test_a_background_that_cannot_be_laid_under_is_named(
    print_on: Callable[..., bytes], background: bytes, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        print_on(background)
    assert str(caught.value) == message


BACKGROUND = '[layout]\nbackground = "papier.pdf"\n'


def settings(layout: str) -> str:
    from tests.conftest import SETTINGS

    return SETTINGS + layout


def test_check_says_once_that_the_letters_are_no_pdf_a(
    campaign: Callable[..., Path], run: RunProgram
) -> None:
    root = campaign(
        {"outreach.toml": settings(BACKGROUND), "papier.pdf": letterhead("ENTÊTE", standard="1.7")}
    )
    result = run("check", root=root)
    said = "papier.pdf: it is not PDF/A (RGB, fonts inside), so the letters are not PDF/A either; "
    assert findings(result) == [said + "save it again as PDF/A; Word has it in the options of its PDF"]
    (root / "papier.pdf").write_bytes(letterhead("ENTÊTE"))
    assert run("check", root=root).stdout == ""


def test_a_changed_background_changes_the_letters(campaign: Callable[..., Path], run: RunProgram) -> None:
    root = campaign({"outreach.toml": settings(BACKGROUND), "papier.pdf": letterhead("AVANT")})
    assert run("generate", "--format", "pdf", root=root).exit_code == 0
    (root / "papier.pdf").write_bytes(letterhead("APRÈS"))
    assert run("generate", "--format", "pdf", root=root).stdout.startswith("changed")
    with pdfplumber.open(root / "out" / "note" / "maire.pdf") as document:
        assert "APRÈS" in document.pages[0].extract_text()


def test_a_damaged_background_is_named_once_and_no_letter_written(
    campaign: Callable[..., Path], run: RunProgram
) -> None:
    root = campaign({"outreach.toml": settings(BACKGROUND), "papier.pdf": b"nothing"})
    for command in ("check", "generate"):
        result = run(command, root=root)
        assert result.exit_code == 3
        said = result.stdout if command == "check" else result.stderr
        assert said.count("papier.pdf: is not a PDF that can be read; save it again") == 1
    assert not (root / "out" / "note" / "maire.pdf").exists()


def test_check_says_what_a_letterhead_for_word_alone_leaves_out(
    campaign: Callable[..., Path], run: RunProgram
) -> None:
    import docx

    target = io.BytesIO()
    docx.Document().save(target)
    root = campaign(
        {"outreach.toml": settings('[layout]\nletterhead = "h.docx"\n'), "h.docx": target.getvalue()}
    )
    said = "outreach.toml: letterhead: only DOCX has it, PDF and print run go without; "
    assert (
        said + "save it as PDF in Word, and name that file in [layout] background\n"
        in run("check", root=root).stdout
    )


def test_the_sender_is_left_to_the_background(make_letter: MakeLetter, stationery: Stationery) -> None:
    (stationery.root / "papier.pdf").write_bytes(letterhead("ENTÊTE"))
    layout = replace(stationery.layout, background="papier.pdf")
    letter = make_letter(body=(Paragraph((Run("Un"),)),), signature=("Quelqu’un",))
    for sender_block, count in ((None, 0), (True, 1), (False, 0)):
        chosen = Stationery(replace(layout, sender_block=sender_block), stationery.root)
        with pdfplumber.open(io.BytesIO(render_pdf(letter, chosen))) as pdf:
            assert pdf.pages[0].extract_text().count("Groupe Essai") == count
