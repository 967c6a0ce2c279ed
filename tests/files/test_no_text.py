"""Bytes that are no UTF-8, and parts of a letterhead that are another kind of XML, are named in one line."""

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from tests.conftest import CONTACT, LETTER, SETTINGS, RunProgram

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that takes any bytes")
BAD = os.fsdecode(b"a\xff")


@needs_linux
@pytest.mark.parametrize(
    "command",
    [
        ["answer", "maire", "--on", "2024-12-01", "--kind", "full", "--file", BAD],
        ["note", "maire", BAD],
        ["print", "--to", BAD],
        ["generate", BAD],
        ["contacts", "import", BAD],
        ["letters", "new", BAD],
    ],
)
def test_what_is_typed_is_text(command: list[str], campaign: Callable[..., Path]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "outreach", "--campaign", campaign(), *command],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.splitlines() == [rb"'a\udcff' is not UTF-8 text; write it, or name the file, anew"]


@needs_linux
@pytest.mark.parametrize(
    ("folder", "ending", "content"), [("letters", ".md", LETTER), ("contacts", ".toml", CONTACT)]
)
def test_a_file_with_a_name_that_is_no_text(
    folder: str, ending: str, content: str, campaign: Callable[..., Path], run: RunProgram
) -> None:
    root = campaign()
    (root / folder / f"{BAD}{ending}").write_text(content, encoding="utf-8")
    for command in ("check", "generate"):
        result = run(command, root=root)
        assert result.exit_code == 3
        assert f"{folder}/a\\udcff{ending}: its name is not UTF-8 text; rename the file\n" in result.output


def test_a_name_with_a_nul(campaign: Callable[..., Path], run: RunProgram) -> None:
    enclosed = LETTER.replace("subject", 'enclosures = [{ title = "A", file = "a\\u0000.pdf" }]\nsubject', 1)
    for files, line in (
        (
            {"outreach.toml": SETTINGS.replace("[letter]", 'logo = "a\\u0000.png"\n[letter]')},
            "outreach.toml:6",
        ),
        ({"letters/note.md": enclosed}, "letters/note.md:4"),
    ):
        result = run("generate", root=campaign(files))
        assert (result.exit_code, result.stderr) == (
            3,
            f"{line}: no text holds the character U+0000; take it out\n",
        )


@pytest.mark.parametrize(
    "part",
    [
        "word/document.xml",
        "word/styles.xml",
        "[Content_Types].xml",
        "word/_rels/document.xml.rels",
        "_rels/.rels",
    ],
)
def test_foreign_xml_in_a_letterhead(part: str, campaign: Callable[..., Path], run: RunProgram) -> None:
    saved, changed = io.BytesIO(), io.BytesIO()
    docx.Document().save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(changed, "w") as new:
        for info in old.infolist():
            new.writestr(
                info.filename, '<a xmlns="urn:x"><b/></a>' if info.filename == part else old.read(info)
            )
    settings = SETTINGS + '[layout]\nletterhead = "a.docx"\n'
    result = run("generate", root=campaign({"outreach.toml": settings, "a.docx": changed.getvalue()}))
    assert result.exit_code == 3
    assert "a.docx: the letterhead is not a DOCX file; save it again as .docx\n" in result.stderr


def test_half_a_character_in_json(campaign: Callable[..., Path], run: RunProgram) -> None:
    pivot = '[{"type_service_local": "mairie", "code_insee_commune": ["69081"]}]'
    root = campaign({"x": f'{{"service": [{{"id": "1", "nom": "Mairie \\ud800", "pivot": {pivot}}}]}}'})
    result = run("contacts", "import", str(root / "x"), root=root)
    assert (result.exit_code, result.stderr) == (
        3,
        "x:1: holds half of a character; take it out of the file\n",
    )
