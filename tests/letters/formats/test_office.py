"""The letters in other people's programs: LibreOffice, poppler, qpdf."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import docx
import pdfplumber
import pytest

from outreach.letters.folder import load_folder
from outreach.letters.formats.docx import render_docx
from outreach.letters.formats.pdf import render_pdf
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Letter, PageBreak, Paragraph, Quote, Run
from outreach.letters.making.generate import Output, Selection, generate_letters
from tests.conftest import MM, png

pytestmark = pytest.mark.office
REPOSITORY = Path(__file__).parents[3]


def to_pdf(documents: list[Path], target: Path) -> list[Path]:
    """Convert DOCX files with LibreOffice, in a profile of its own."""
    profile = f"-env:UserInstallation={(target / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(target),
        *map(str, documents),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return [target / f"{document.stem}.pdf" for document in documents]


def words_of(pdf: Path) -> list[str]:
    """Return the words in reading order, those that a line end hyphenates joined again."""
    found = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, timeout=60
    )
    text = found.stdout.decode().replace("\u2010\n", "-\n").replace("\u00ad", "")
    return [word for word in text.split() if not word.endswith("/3") and not word.endswith("/2")]


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    folder = load_folder(REPOSITORY)
    assert folder.campaign.date
    generate_letters(folder, Selection(), Output(out, folder.campaign.date))
    return out


def test_libreoffice_prints_the_same_words_in_the_same_order(shipped: Path, tmp_path: Path) -> None:
    documents = sorted(shipped.glob("*/*.docx"))
    assert len(documents) == 8
    for document in documents:
        (made,) = to_pdf([document], tmp_path)
        ours, theirs = (
            "".join(words_of(pdf)).replace("-", "") for pdf in (document.with_suffix(".pdf"), made)
        )
        assert theirs == ours


def test_the_address_is_at_the_same_place_in_libreoffice(
    make_letter: Callable[..., Letter],
    words: Callable[[bytes], list[Any]],
    stationery: Stationery,
    tmp_path: Path,
) -> None:
    letter = make_letter()
    (tmp_path / "a.docx").write_bytes(render_docx(letter, stationery))
    (made,) = to_pdf([tmp_path / "a.docx"], tmp_path)
    for name in ("Madame", "69130"):
        ours = next(word for word in words(render_pdf(letter, stationery)) if word.text == name)
        theirs = next(word for word in words(made.read_bytes()) if word.text == name)
        assert (theirs.left, theirs.top) == pytest.approx((ours.left, ours.top), abs=1)


def test_a_quote_stands_as_far_in_as_in_the_pdf(
    make_letter: Callable[..., Letter],
    words: Callable[[bytes], list[Any]],
    stationery: Stationery,
    tmp_path: Path,
) -> None:
    text = Run(
        "La ville appartient à celles et ceux qui l’habitent, et chacun doit y marcher librement. " * 4
    )
    letter = make_letter(body=(Quote((Paragraph((text,)),)), Paragraph((Run("Fin."),))))
    (tmp_path / "a.docx").write_bytes(render_docx(letter, stationery))
    (made,) = to_pdf([tmp_path / "a.docx"], tmp_path)
    edges = []
    for pdf in (render_pdf(letter, stationery), made.read_bytes()):
        found = words(pdf)
        begin, end = (next(word for word in found if word.text == name) for name in ("La", "Fin."))
        quoted = [word for word in found if begin.top <= word.top < end.top]
        edges.append((min(word.left for word in quoted), max(word.right for word in quoted)))
    assert edges[1] == pytest.approx(edges[0], abs=1)


def test_two_lines_of_text_go_with_the_courtesy_formula_to_the_last_page(
    make_letter: Callable[..., Letter], stationery: Stationery, tmp_path: Path
) -> None:
    (tmp_path / "p.png").write_bytes(png(80, 40))
    formula = Paragraph((Run("Formule de politesse. " * 7),))
    documents = []
    for number, has_pictures, cosigners in product(range(7, 11), (True, False), ((), ("Amis",))):
        text = [Paragraph((Run("Texte de trois lignes. " * 9),))] * number
        pictures = {"logo": "p.png", "signature_image": "p.png"} if has_pictures else {}
        letter = make_letter(body=(*text, formula), cosigners=cosigners, **pictures)
        documents.append(tmp_path / f"{number}-{has_pictures}-{len(cosigners)}.docx")
        documents[-1].write_bytes(render_docx(letter, stationery))
    for made in to_pdf(documents, tmp_path):
        with pdfplumber.open(made) as document:
            last = document.pages[-1].extract_text().split("\n")
        assert sum("Formule" in line for line in last) == 2, made.name
        assert sum("Texte" in line for line in last) >= 2, made.name


def test_the_senders_name_stands_as_far_under_the_logo_as_in_the_pdf(
    make_letter: Callable[..., Letter],
    words: Callable[[bytes], list[Any]],
    stationery: Stationery,
    tmp_path: Path,
) -> None:
    (tmp_path / "p.png").write_bytes(png(80, 40))
    letter = make_letter(logo="p.png")
    (tmp_path / "a.docx").write_bytes(render_docx(letter, stationery))
    (made,) = to_pdf([tmp_path / "a.docx"], tmp_path)
    tops = [words(pdf)[0].top for pdf in (render_pdf(letter, stationery), made.read_bytes())]
    assert tops == [pytest.approx(20 + 14 + 4, abs=0.6)] * 2


def test_fold_marks_stand_on_the_first_page_alone_whatever_the_letterhead(
    make_letter: Callable[..., Letter], stationery: Stationery, tmp_path: Path
) -> None:
    paper = docx.Document()
    paper.sections[0].header.paragraphs[0].text = "EN-TÊTE"
    paper.save(str(tmp_path / "papier.docx"))
    letter = make_letter(body=(Paragraph((Run("Un."),)), PageBreak(), Paragraph((Run("Deux."),))))
    for name in ("", "papier.docx"):
        printed_on = Stationery(replace(stationery.layout, letterhead=name), tmp_path)
        (tmp_path / "a.docx").write_bytes(render_docx(letter, printed_on))
        (made,) = to_pdf([tmp_path / "a.docx"], tmp_path)
        with pdfplumber.open(made) as document:
            first, second = document.pages
            marks = [
                (line["x0"] * MM, line["top"] * MM) for line in (*first.lines, *first.rects, *first.curves)
            ]
            assert sorted(marks) == [pytest.approx((4, 99), abs=0.5), pytest.approx((4, 198), abs=0.5)]
            assert [*second.lines, *second.rects, *second.curves] == []
            assert "Deux." in second.extract_text()


def test_deleted_lines_of_the_head_move_nothing(
    make_letter: Callable[..., Letter],
    words: Callable[[bytes], list[Any]],
    stationery: Stationery,
    tmp_path: Path,
) -> None:
    (tmp_path / "whole.docx").write_bytes(render_docx(make_letter(), stationery))
    document = docx.Document(str(tmp_path / "whole.docx"))
    for gone in ("Groupe Essai", "69001 LYON", "1 place de la Mairie"):
        for cell in (document.tables[0].cell(0, 0), document.tables[0].cell(1, 1)):
            for paragraph in cell.paragraphs:
                if paragraph.text == gone:
                    paragraph._p.getparent().remove(paragraph._p)
    document.save(str(tmp_path / "less.docx"))
    made = to_pdf([tmp_path / "whole.docx", tmp_path / "less.docx"], tmp_path)
    for name in ("EXEMPLE", "Lyon,", "Bonjour."):
        before, after = (next(word for word in words(pdf.read_bytes()) if word.text == name) for pdf in made)
        assert (after.left, after.top) == pytest.approx((before.left, before.top), abs=0.2)


def test_a_long_line_of_the_sender_stays_in_its_column(
    make_letter: Callable[..., Letter],
    words: Callable[[bytes], list[Any]],
    stationery: Stationery,
    tmp_path: Path,
) -> None:
    letter = make_letter(sender=("Groupe", "expéditeur " * 9, "69001 LYON"))
    (tmp_path / "a.docx").write_bytes(render_docx(letter, stationery))
    (made,) = to_pdf([tmp_path / "a.docx"], tmp_path)
    shown = [word.right for word in words(made.read_bytes()) if word.text == "expéditeur"]
    assert 60 < max(shown) <= 25 + 62


def test_qpdf_and_poppler_find_no_fault(shipped: Path) -> None:
    for pdf in sorted(shipped.glob("*/*.pdf")):
        subprocess.run(["qpdf", "--check", str(pdf)], check=True, capture_output=True, timeout=60)
        found = subprocess.run(
            ["pdfinfo", str(pdf)], check=True, capture_output=True, text=True, timeout=60
        ).stdout
        assert "Tagged:          yes" in found
        fonts = subprocess.run(
            ["pdffonts", str(pdf)], check=True, capture_output=True, text=True, timeout=60
        ).stdout
        assert all(line.split()[-5] == "yes" for line in fonts.splitlines()[2:])
