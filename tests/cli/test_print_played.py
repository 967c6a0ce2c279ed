"""An afternoon at the printer: files edited by hand, somebody who left, an answer in between, to the cover sheet."""

import io
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pikepdf
from typer.testing import Result

from tests.conftest import CONTACT, LETTER

Run = Callable[..., Result]
Campaign = Callable[..., Path]

NAMES = {"un": "Un", "deux": "Deux", "trois": "Trois", "quatre": "Quatre"}
CONTACTS = "".join(
    CONTACT.replace('"maire"', f'"{name}"').replace("Exemple", family)
    + ("term_end = 2024-11-29\n" if name == "trois" else "")
    for name, family in NAMES.items()
)


def one_page() -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(target)
    return target.getvalue()


def test_who_is_printed_and_who_is_named(campaign: Campaign, run: Run) -> None:
    root = campaign({"contacts/a.toml": CONTACTS, "letters/note.md": LETTER})
    assert run("generate", "--with-former", root=root).exit_code == 0
    out = root / "out/note"
    # One letter is rewritten in Word and saved as PDF over ours, of another only the DOCX is changed.
    (out / "un.docx").write_bytes(b"in Word")
    (out / "un.pdf").write_bytes(one_page())
    (out / "deux.docx").write_bytes(b"in Word")
    # The fourth had a copy by e-mail in time, and answered.
    assert (
        run("sent", "note", "--to", "quatre", "--on", "2024-12-02", "--via", "email", root=root).exit_code
        == 0
    )
    answer = ("answer", "quatre", "--letter", "note", "--on", "2024-12-09", "--kind", "full")
    assert run(*answer, root=root).exit_code == 0

    done = run("print", "--labels", "L7163", root=root)
    assert done.exit_code == 0
    assert "--force" not in done.stderr
    assert "note/un.pdf" in done.stderr
    assert "note/deux.docx" in done.stderr
    assert "save it as PDF" in done.stderr
    assert "to 'trois' is left out: not in office on 2024-11-30" in done.stderr
    assert "to 'quatre' is left out: it was sent by e-mail on 2024-12-02" in done.stderr
    assert done.stdout.startswith("2 letters, 2 pages, 3 sheets")
    with pdfplumber.open(root / "out/print/print.pdf") as pdf:
        cover, *pages = [page.extract_text() for page in pdf.pages]
    assert [line for line in cover.splitlines() if line[:2] in ("1 ", "2 ", "3 ")] == [
        "1 Lettre Madame Anne UN 1 2",
        "2 Lettre Madame Anne DEUX 1 3",
    ]
    written = [page for page in pages if page]
    assert len(written) == 1  # the one that was saved over ours is a blank page here
    assert "DEUX" in written[0]
    with pdfplumber.open(root / "out/print/labels.pdf") as pdf:
        labels = pdf.pages[0].extract_text()
    assert ("UN" in labels, "DEUX" in labels, "TROIS" in labels, "QUATRE" in labels) == (
        True,
        True,
        False,
        False,
    )

    # What is recorded is what was printed, with the bytes that were edited.
    recorded = run("sent", "note", "--on", "2024-12-12", "--via", "post", root=root)
    assert recorded.exit_code == 0
    assert [line.split()[2] for line in recorded.stdout.splitlines()] == ["un", "deux"]
    archived = [path.read_bytes() for path in (root / "archive").rglob("*.pdf")]
    assert (out / "un.pdf").read_bytes() in archived
    assert run("print", root=root).exit_code == 4
    kept = (out / "un.pdf").read_bytes()
    assert run("generate", "--date", "2024-12-15", root=root).exit_code == 4
    assert (out / "un.pdf").read_bytes() == kept
