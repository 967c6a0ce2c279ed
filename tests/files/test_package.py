"""A spreadsheet or a letterhead that would unpack beyond measure is refused before it is."""

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import docx
import pytest
import xlsxwriter

from tests.conftest import SETTINGS, RunProgram

TOO_LARGE = "is too large once it is unpacked; take out what is not needed, and save it again as CSV"
ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="A">
<table:table-row><table:table-cell office:value-type="string"><text:p>nom</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>ville</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="{rows}"><table:table-cell table:number-columns-repeated="{columns}"
 office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="900000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def changed(package: bytes, name: str, change: Callable[[bytes], Iterable[bytes]]) -> bytes:
    """Return a package with one part written anew."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            with new.open(info.filename, "w", force_zip64=True) as part:
                part.writelines(change(old.read(info)) if info.filename == name else [old.read(info)])
    return target.getvalue()


def xlsx(cell: str = "B2") -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["nom", "ville"])
        sheet.write(1, 1, "Exemple")
    return changed(
        target.getvalue(),
        "xl/worksheets/sheet1.xml",
        lambda xml: [xml.replace(b'"B2"', f'"{cell}"'.encode())],
    )


def ods(rows: int, columns: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        package.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        package.writestr("content.xml", ODS.replace(">\n<", "><").format(rows=rows, columns=columns))
    return target.getvalue()


def gigabyte(head: bytes) -> Iterable[bytes]:
    yield head
    for _number in range(300):
        yield b"<!--" + b"a" * 1_000_000 + b"-->"


@pytest.mark.parametrize(
    "content",
    [
        xlsx("XFD1048576"),
        xlsx("ZZZZZZ999999999"),
        changed(xlsx(), "xl/sharedStrings.xml", gigabyte),
        ods(10_000_000, 3),
        ods(1_000_000, 16_000),
        ods(10**11, 1),
    ],
)
def test_a_table_that_no_memory_holds(content: bytes, campaign: Callable[..., Path], run: RunProgram) -> None:
    root = campaign({"x": content})
    for command in ("import", "complete"):
        result = run("contacts", command, str(root / "x"), root=root)
        assert (result.exit_code, result.stderr) == (3, f"x: {TOO_LARGE}\n")


@pytest.mark.parametrize("content", [xlsx(), ods(100_000, 2)])
def test_a_table_that_is_only_long_is_read(
    content: bytes, campaign: Callable[..., Path], run: RunProgram
) -> None:
    root = campaign({"x": content})
    result = run("contacts", "import", str(root / "x"), "--role", "mayor", root=root)
    assert (
        result.stderr
        == "x:1: there is no column for the postal code; the file has nom, ville; use --map postal_code=COLUMN\n"
    )


def test_a_letterhead_that_no_memory_holds(campaign: Callable[..., Path], run: RunProgram) -> None:
    saved = io.BytesIO()
    docx.Document().save(saved)
    content = changed(saved.getvalue(), "word/styles.xml", gigabyte)
    root = campaign({"outreach.toml": SETTINGS + '[layout]\nletterhead = "a.docx"\n', "a.docx": content})
    result = run("generate", root=root)
    assert (result.exit_code, f"a.docx: {TOO_LARGE}" in result.stderr) == (3, True)
