"""The joint letter made by what one would take instead, in one run: times as ratios to this program's own.

Run from the repository, with the extra: pip install '.[bench]', then python -m benchmarks.peers --count 20
Each peer gets the letter's finished text and makes one file a recipient; none of them does the rest of the
work (civility, questions, typography, window). A peer that is not installed is left out and named.
"""

import argparse
import html
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.letters import letters, make_campaign
from outreach.letters.formats.docx import render_docx
from outreach.letters.formats.pdf import render_pdf
from outreach.letters.formats.stationery import Stationery
from outreach.letters.formats.text import text_lines
from outreach.letters.letter import Letter

Make = Callable[[Sequence[Letter], Stationery, Path], None]


def make_pdf(made: Sequence[Letter], stationery: Stationery, root: Path) -> None:
    """Make PDF files with this program."""
    for number, letter in enumerate(made):
        (root / f"{number}.pdf").write_bytes(render_pdf(letter, stationery))


def make_docx(made: Sequence[Letter], stationery: Stationery, root: Path) -> None:
    """Make DOCX files with this program."""
    for number, letter in enumerate(made):
        (root / f"{number}.docx").write_bytes(render_docx(letter, stationery))


def with_docxtpl(made: Sequence[Letter], _stationery: Stationery, root: Path) -> None:
    """Make DOCX files from a Word template with docxtpl."""
    import docx
    from docxtpl import DocxTemplate

    template = root / "template.docx"
    document = docx.Document()
    document.add_paragraph("{% for line in lines %}{{ line }}\n{% endfor %}")
    document.save(str(template))
    for number, letter in enumerate(made):
        filled = DocxTemplate(template)
        filled.render({"lines": text_lines(letter)}, autoescape=True)
        filled.save(root / f"tpl-{number}.docx")


def with_libreoffice(made: Sequence[Letter], stationery: Stationery, root: Path) -> None:
    """Make PDF files from this program's DOCX files with LibreOffice, all in one call."""
    make_docx(made, stationery, root)
    files = [str(root / f"{number}.docx") for number in range(len(made))]
    command = ["soffice", f"-env:UserInstallation={(root / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(root / "office"), *files]
    subprocess.run(command, check=True, capture_output=True)


def with_weasyprint(made: Sequence[Letter], _stationery: Stationery, root: Path) -> None:
    """Make PDF files from HTML with WeasyPrint."""
    import weasyprint

    for number, letter in enumerate(made):
        body = "".join(f"<p>{html.escape(line)}</p>" for line in text_lines(letter) if line)
        page = f'<html lang="fr"><style>p {{ text-align: justify; hyphens: auto }}</style>{body}</html>'
        weasyprint.HTML(string=page).write_pdf(root / f"weasy-{number}.pdf")


def with_fpdf2(made: Sequence[Letter], _stationery: Stationery, root: Path) -> None:
    """Make PDF files with fpdf2 and its built-in font."""
    from fpdf import FPDF

    for number, letter in enumerate(made):
        pdf = FPDF()
        pdf.add_page()
        pdf.set_font("Times", size=11)
        for line in text_lines(letter):
            text = (
                line.encode("cp1252", "replace")
                .decode("cp1252")
                .encode("latin-1", "replace")
                .decode("latin-1")
            )
            pdf.multi_cell(0, 5, text, new_x="LMARGIN", new_y="NEXT")
        pdf.output(str(root / f"fpdf-{number}.pdf"))


MAKERS: dict[str, Make] = {
    "outreach, PDF": make_pdf,
    "outreach, DOCX": make_docx,
    "docxtpl, DOCX": with_docxtpl,
    "LibreOffice, DOCX to PDF": with_libreoffice,
    "WeasyPrint, HTML to PDF": with_weasyprint,
    "fpdf2, PDF": with_fpdf2,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    count: int = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_campaign(root, count)
        campaign, made = letters(root)
        stationery = Stationery(campaign.campaign.layout, root)
        own = 0.0
        for name, make in MAKERS.items():
            if name.startswith("LibreOffice") and not shutil.which("soffice"):
                print(f"{name:<28} not installed")
                continue
            try:
                make(made[:1], stationery, root)  # what is loaded once is not a letter's
                start = time.perf_counter()
                make(made, stationery, root)
            except (ImportError, OSError) as error:
                print(f"{name:<28} not installed: {error}"[:100])
                continue
            took = (time.perf_counter() - start) / count
            own = own or took
            print(f"{name:<28}{took * 1000:9.1f} ms a letter{took / own:8.1f} times")


if __name__ == "__main__":
    main()
