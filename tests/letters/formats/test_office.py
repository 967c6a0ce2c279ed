"""The letters in other people's programs: LibreOffice, poppler, qpdf."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from outreach.letters.folder import load_folder
from outreach.letters.formats.docx import render_docx
from outreach.letters.formats.pdf import render_pdf
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Letter
from outreach.letters.making.generate import Output, Selection, generate_letters

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
