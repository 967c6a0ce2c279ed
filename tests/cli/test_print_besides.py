"""What goes with the letters: enclosures added by hand, paper of other sizes, labels without letters."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pikepdf
import pytest
from typer.testing import Result

from tests.conftest import CONTACT, LETTER, SETTINGS, faults

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


@pytest.mark.parametrize(
    ("sizes", "sheets_each", "trays"),
    [
        ([(210, 297), (297, 420)], 2, ["2 × A3 297 × 420 mm"]),
        ([(297, 420), (210, 297)], 2, ["2 × A3 297 × 420 mm"]),
        ([(210, 297), (297, 420), (297, 420), (211, 296)], 3, ["2 × A3 297 × 420 mm"]),
        ([(210, 297), (211, 296), (148, 210)], 2, ["2 × A5 148 × 210 mm"]),
    ],
)
def test_a_page_of_other_paper_begins_a_sheet_of_its_own(
    enclosing: Callable[..., Path],
    run: Run,
    sizes: list[tuple[float, float]],
    sheets_each: int,
    trays: list[str],
) -> None:
    root = enclosing('{ title = "Plan", file = "annex.pdf" }', sheets(*sizes))
    done = run("print", "--to", "maire", root=root)
    assert done.exit_code == 0
    done = run("print", root=root)
    for tray in trays:
        assert tray in cover(root)
    with pikepdf.open(root / "out/print/print.pdf") as pdf:
        shown = [tuple(round(float(edge) / MM) for edge in page.mediabox[2:]) for page in pdf.pages]
    # The cover and the letter take a sheet each.
    annex = shown[4 : 4 + 2 * sheets_each]
    assert len(shown) == 2 + 2 * (2 + 2 * sheets_each)
    for place in range(0, len(annex), 2):
        assert all(abs(front - back) <= 1 for front, back in zip(annex[place], annex[place + 1], strict=True))


def test_making_one_thing_deletes_no_other(enclosing: Callable[..., Path], run: Run) -> None:
    root = enclosing("")
    (root / "letters/other.md").write_text(LETTER, encoding="utf-8")
    assert run("generate", "other", "--format", "pdf", root=root).exit_code == 0
    assert run("print", "note", "--no-letters", "--labels", "L7163", "--registered", root=root).exit_code == 0
    before = {
        path.name: path.read_bytes() for path in (root / "out/print").iterdir() if path.suffix != ".json"
    }
    assert sorted(before) == ["labels.pdf", "registered.csv", "registered.pdf"]
    for words in (("note",), ("other",), ("other", "--envelopes", "DL"), ("other", "--to", "maire")):
        assert run("print", *words, root=root).exit_code == 0
        assert {name: (root / "out/print" / name).read_bytes() for name in before} == before
    assert run("print", "other", "--no-letters", "--labels", "L7163", root=root).exit_code == 0
    assert (root / "out/print/print.pdf").is_file()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (";euros", ";euros;remarque"),
        ("number", "Numéro"),
        ("maire;note", "maire;note "),
    ],
)
def test_a_list_that_somebody_wrote_into_is_kept(
    enclosing: Callable[..., Path], run: Run, old: str, new: str
) -> None:
    root = enclosing("")
    assert faults(run("print", "--registered", root=root)) == ""
    assert faults(run("print", "--registered", root=root)) == ""
    path = root / "out/print/registered.csv"
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    edited = text.replace(old, new, 1).encode()
    path.write_bytes(edited)
    again = run("print", "--registered", root=root)
    assert (again.exit_code, faults(again)) == (
        0,
        "print/registered.csv: warning: was changed by hand, kept as registered.csv.bak-1\n",
    )
    assert path.with_name("registered.csv.bak-1").read_bytes() == edited
    assert faults(run("print", "--registered", root=root)) == ""
    run("contacts", "forget", "maire", "--yes", root=root)
    assert b"EXEMPLE" not in path.with_name("registered.csv.bak-1").read_bytes()


def test_files_of_a_letter_that_was_removed_are_named_and_pruned(
    enclosing: Callable[..., Path], run: Run
) -> None:
    root = enclosing("")
    (root / "letters/other.md").write_text(LETTER, encoding="utf-8")
    assert run("generate", "other", "--format", "pdf", root=root).exit_code == 0
    (root / "letters/other.md").unlink()
    done = run("generate", "--format", "pdf", root=root)
    assert done.stderr.splitlines() == [
        f"other/{name}.pdf: warning: is for somebody who is not meant any more; say --prune to delete it"
        for name in ("autre", "maire")
    ]
    assert "deleted  other/maire.pdf" in run("generate", "--format", "pdf", "--prune", root=root).stderr
    assert not (root / "out/other/maire.pdf").exists()


def test_a_manifest_that_calls_a_letter_otherwise_is_no_letter_of_the_run(
    enclosing: Callable[..., Path], run: Run
) -> None:
    root = enclosing("")
    manifest = root / "out/manifest.json"
    text = manifest.read_text(encoding="utf-8")
    assert text.count('"letter": "note"') == 2
    manifest.write_text(text.replace('"letter": "note"', '"letter": "nota"'), encoding="utf-8")
    done = run("print", root=root)
    assert (done.exit_code, done.stderr.splitlines()) == (
        3,
        [
            f"note/{name}.pdf: was never generated; run `outreach generate note`"
            for name in ("maire", "autre")
        ],
    )


def test_a_title_that_the_template_works_out_is_never_printed_as_code(
    enclosing: Callable[..., Path], run: Run
) -> None:
    root = enclosing('"Copie du {{ date | long_date }}", "Pages {{ date.year }}", "Plan"')
    assert run("print", root=root).exit_code == 0
    assert "{{" not in cover(root)
    assert "À joindre à la main 2 × pièces jointes que nomme la lettre" in cover(root)
    assert "À joindre à la main 2 × Plan" in cover(root)
