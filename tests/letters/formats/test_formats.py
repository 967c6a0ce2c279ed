"""The one table of formats: what is in it is made, what is not in it is an error."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from outreach.errors import InputError
from outreach.letters.folder import load_folder
from outreach.letters.formats import formats
from outreach.letters.formats.formats import EDITABLE, FORMATS, PRINTED, USUAL, format_named
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Letter, PageBreak, Paragraph, Run
from outreach.letters.making.generate import Output, Selection, generate_letters
from outreach.letters.making.worker import Job, Worker

Campaign = Callable[..., Path]
MakeLetter = Callable[..., Letter]

DAY = date(2024, 11, 30)
STARTS = {"pdf": b"%PDF-", "docx": b"PK\x03\x04", "txt": b"Groupe Essai\n"}
"""What the files of each format begin with."""
PAGES = {"pdf": 2, "docx": None, "txt": None}
"""Of a letter of two pages."""


@pytest.fixture
def letter(make_letter: MakeLetter) -> Letter:
    """Return a letter of two pages."""
    return make_letter(body=(Paragraph((Run("Un"),)), PageBreak(), Paragraph((Run("Deux"),))))


def test_what_is_made_printed_and_edited_by_hand() -> None:
    assert tuple(FORMATS) == ("pdf", "docx", "txt")
    assert USUAL == ("pdf", "docx")
    assert PRINTED == "pdf"
    assert EDITABLE == ("docx",)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_makes_bytes_and_only_paged_ones_count_pages(
    letter: Letter, stationery: Stationery, name: str
) -> None:
    one = format_named(name)
    content = one.make(letter, stationery)
    assert one.name == name
    assert content.startswith(STARTS[name])
    assert one.make(letter, stationery) == content
    assert (one.count_pages(content) if one.count_pages else None) == PAGES[name]


def test_the_files_of_a_run_are_what_their_endings_say(campaign: Campaign, tmp_path: Path) -> None:
    text = '+++\ntitle = "T"\naudience = "all"\nsubject = "S"\n+++\nUn\n\n\\newpage\n\nDeux\n'
    folder = load_folder(campaign({"letters/note.md": text}))
    report = generate_letters(folder, Selection(), Output(tmp_path / "out", DAY, tuple(FORMATS)))
    assert report.problems == []
    assert {one.file.format: one.file.pages for one in report.written} == PAGES
    for kind, start in STARTS.items():
        assert (tmp_path / "out" / f"note/maire.{kind}").read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("odt", "known: pdf, docx, txt"),
        ("", "known: pdf, docx, txt"),
        ("PDF", "did you mean pdf?"),
        ("doc", "did you mean docx?"),
        ("pdf ", "did you mean pdf?"),
    ],
)
def test_a_format_that_is_not_in_the_table_is_an_error(name: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        format_named(name)
    assert caught.value.exit_code == 3
    assert str(caught.value) == f"no format '{name}'; {hint}"


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_without_its_entry_is_never_made_as_another(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    folder = load_folder(campaign())
    (assignment,) = folder.audiences.assignments(folder.templates)
    output = Output(tmp_path / "out", DAY, tuple(FORMATS))
    left = {kind: one for kind, one in FORMATS.items() if kind != name}
    monkeypatch.setattr(formats, "FORMATS", left)
    with pytest.raises(InputError, match=rf"^no format '{name}'; ") as caught:
        generate_letters(folder, Selection(), output)
    assert caught.value.exit_code == 3
    assert not output.out.exists()
    made = Worker(folder, DAY).make(Job(assignment, (name,), "", ()))
    assert (made.piece, made.files) == (None, ())
    assert [problem.message for problem in made.problems] == [f"no format '{name}'"]
