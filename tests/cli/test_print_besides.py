"""What goes with the letters: enclosures added by hand, paper of other sizes, labels without letters."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pikepdf
import pytest
from typer.testing import Result

from tests.conftest import CONTACT, LETTER, SETTINGS

Campaign = Callable[..., Path]
Run = Callable[..., Result]

MM = 72 / 25.4
TWO = CONTACT + CONTACT.replace('"maire"', '"autre"').replace("Exemple", "Zola")


@pytest.fixture
def enclosing(campaign: Campaign, run: Run) -> Callable[..., Path]:
    """Return a function that generates a letter with these enclosures to two contacts."""

    def make(enclosures: str, annex: bytes = b"", settings: str = "") -> Path:
        letter = LETTER.replace("subject", f"enclosures = [{enclosures}]\nsubject")
        files = {"contacts/a.toml": TWO, "letters/note.md": letter, "outreach.toml": SETTINGS + settings}
        root = campaign({**files, **({"annex.pdf": annex} if annex else {})})
        assert run("generate", "--format", "pdf", root=root).exit_code == 0
        return root

    return make


def cover(root: Path) -> str:
    with pdfplumber.open(root / "out/print/print.pdf") as pdf:
        return pdf.pages[0].extract_text()


def grams(root: Path) -> list[str]:
    with (root / "out/print/registered.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row["grams"] for row in csv.DictReader(file, delimiter=";")]


def sheets(*sizes: tuple[float, float], rotated: int = 0) -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        for width, height in sizes:
            pdf.add_blank_page(page_size=(width * MM, height * MM)).Rotate = rotated
        pdf.save(target)
    return target.getvalue()


def test_what_has_no_file_is_named_on_the_cover_and_weighed(enclosing: Callable[..., Path], run: Run) -> None:
    root = enclosing('"L\'affiche n° 3", { title = "Badge", weight = 12.5 }')
    assert run("print", "--registered", root=root).exit_code == 0
    assert "À joindre à la main 2 × L’affiche n° 3" in cover(root)
    assert "À joindre à la main 2 × Badge" in cover(root)
    paper, envelope, badge = 0.06237 * 80, 5, 12.5
    assert grams(root) == [str(-int(-(paper + envelope + badge) // 1))] * 2


@pytest.mark.parametrize(
    ("size", "named", "area"),
    [
        ((297, 420), "A3 297 × 420 mm", 0.12474),
        ((420, 297), "A3 297 × 420 mm", 0.12474),
        ((100, 200), "100 × 200 mm", 0.02),
        ((210, 297), "", 0.06237),
        ((211, 298), "", 0.06237),
    ],
)
def test_paper_of_another_size_is_named_and_weighed_by_its_area(
    enclosing: Callable[..., Path], run: Run, size: tuple[int, int], named: str, area: float
) -> None:
    root = enclosing('{ title = "Plan", file = "annex.pdf" }', sheets(size, size, size))
    run("print", "--registered", root=root)
    assert ("Papier d’un autre format" in cover(root)) is bool(named)
    assert not named or f"Papier d’un autre format 4 × {named}" in cover(root)
    plain = 0.06237 * 80 + 5
    assert grams(root) == [str(-int(-(plain + 2 * area * 80) // 1))] * 2


@pytest.mark.parametrize(
    ("enclosure", "fault"),
    [
        ('{ title = "A", weight = "10 g" }', "weight is no number of grams; write its grams as a number"),
        ('{ title = "A", weight = -1 }', "weight is no number of grams; write its grams as a number"),
        ('{ title = "A", weight = true }', "weight is no number of grams; write its grams as a number"),
        ('{ title = "A", file = "a.pdf", weight = 1 }', "an enclosure has a file and a weight; leave weight"),
        ('{ title = "A", wieght = 1 }', "unknown key 'wieght' in an enclosure; did you mean weight?"),
    ],
)
def test_a_weight_that_is_none_is_named(campaign: Campaign, run: Run, enclosure: str, fault: str) -> None:
    letter = LETTER.replace("subject", f"enclosures = [{enclosure}]\nsubject")
    done = run("check", root=campaign({"letters/note.md": letter}))
    assert done.exit_code == 3
    assert f"letters/note.md:4: {fault}" in done.stdout


def files_of(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((root / "out/print").iterdir())}


@pytest.mark.parametrize(
    ("option", "made"),
    [
        (("--labels", "L7163"), {"labels.pdf"}),
        (("--envelopes", "DL"), {"envelopes.pdf"}),
        (("--registered",), {"registered.csv", "registered.pdf"}),
    ],
)
def test_labels_envelopes_and_lists_are_made_without_the_letters(
    enclosing: Callable[..., Path], run: Run, option: tuple[str, ...], made: set[str]
) -> None:
    root = enclosing("")
    done = run("print", *option, "--no-letters", root=root)
    assert done.exit_code == 0
    assert {name for name in files_of(root) if name != "run.json"} == made
    assert "print/print.pdf" not in done.stdout
    run("print", root=root)
    before = files_of(root)
    run("print", *option, "--no-letters", root=root)
    after = files_of(root)
    assert after["print.pdf"] == before["print.pdf"]
    assert run("print", "--from", "2", root=root).exit_code == 0


@pytest.mark.parametrize(
    "options", [("--no-letters",), ("--no-letters", "--labels", "L7163", "--send", "--yes")]
)
def test_nothing_at_all_is_no_run(enclosing: Callable[..., Path], run: Run, options: tuple[str, ...]) -> None:
    assert run("print", *options, root=enclosing("")).exit_code == 2
