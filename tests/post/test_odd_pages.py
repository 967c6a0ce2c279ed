"""An enclosure or a background whose pages have absurd boxes or turns is refused, and named."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from tests.conftest import LETTER, SETTINGS, RunProgram

A4 = "[0 0 595.28 841.89]"
FAULT = "has a page without a sensible size or direction; print it to a PDF of its own, and take that"
ENCLOSED = LETTER.replace("subject", 'enclosures = [{ title = "A", file = "x.pdf" }]\nsubject', 1)


def pdf(**values: str) -> bytes:
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595.28, 841.89))
        for key, value in values.items():
            document.pages[0].obj[f"/{key}"] = pikepdf.Object.parse(value.encode())
        target = io.BytesIO()
        document.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    "values",
    [
        {"MediaBox": "[0 0 999999999999999999 999999999999999999]"},
        {"MediaBox": "[-1000000000 -1000000000 1000000000 1000000000]"},
        {"MediaBox": "[0 0 0 0]"},
        {"MediaBox": "[595 841 0 0]"},
        {"CropBox": "(x)"},
        {"CropBox": "[0 0 0.00000001 0.00000001]"},
        {"TrimBox": "[0 0 595]"},
        {"Rotate": "45"},
        {"Rotate": "(x)"},
        {"Rotate": "[1]"},
    ],
)
def test_absurd_pages(values: dict[str, str], campaign: Callable[..., Path], run: RunProgram) -> None:
    root = campaign({"x.pdf": pdf(**values), "letters/note.md": ENCLOSED})
    assert f"letters/note.md:4: x.pdf {FAULT}\n" in run("check", root=root).output
    assert run("generate", root=root).exit_code == 0
    result = run("print", root=root)
    assert (result.exit_code, f"x.pdf: {FAULT}\n" in result.stderr) == (3, True)
    settings = SETTINGS + '[layout]\nbackground = "x.pdf"\n'
    result = run("generate", root=campaign({"x.pdf": pdf(**values), "outreach.toml": settings}))
    assert (result.exit_code, f"x.pdf: {FAULT}\n" in result.stderr) == (3, True)


@pytest.mark.parametrize("values", [{}, {"Rotate": "-90"}, {"Rotate": "450"}, {"CropBox": "[10 10 500 500]"}])
def test_pages_as_others_make_them(
    values: dict[str, str], campaign: Callable[..., Path], run: RunProgram
) -> None:
    root = campaign({"x.pdf": pdf(**values), "letters/note.md": ENCLOSED})
    assert run("generate", root=root).exit_code == 0
    assert run("print", root=root).exit_code == 0
