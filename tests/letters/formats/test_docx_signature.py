"""The end of a letter in DOCX: the courtesy formula and the signature stay on one page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from typer.testing import Result

from tests.conftest import LETTER, SETTINGS, png

Campaign = Callable[..., Path]
Run = Callable[..., Result]

SIGNED = SETTINGS.replace("[letter]", 'signatories = ["Anne Essai", "Luc Témoin"]\n[letter]')
COSIGNED = SIGNED.replace("[letter]", 'cosigners = ["Amis"]\n[letter]')
PICTURED = SIGNED.replace("[letter]", 'signature = "paraphe.png"\n[letter]')


@pytest.fixture
def letter(campaign: Campaign, run: Run) -> Callable[..., Any]:
    """Return a function that generates one letter and returns its document."""

    def make(settings: str = SIGNED, text: str = LETTER) -> Any:
        root = campaign({"outreach.toml": settings, "letters/note.md": text, "paraphe.png": png(40, 20)})
        assert run("generate", "--format", "docx", root=root).exit_code == 0
        return docx.Document(str(root / "out/note/maire.docx"))

    return make


def kept(document: Any, *styles: str) -> list[tuple[str, bool]]:
    """Return the text of each paragraph of those styles, and whether it stays with the next one."""
    return [
        (paragraph.text, paragraph.paragraph_format.keep_with_next is True)
        for paragraph in document.paragraphs
        if paragraph.style.name in styles
    ]


FORMULA = "Nous vous prions d’agréer, Madame la Maire, l’expression de notre haute considération."
LONG = "Une phrase de ce paragraphe. " * 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{LONG}\n\nCourt.\n\n{LONG}", [False, False, False, True]),
        (f"{LONG}\n\n{LONG}\n\nCourt.", [False, False, True, True]),
        (f"{LONG}\n\n{LONG}\n\nCourt,\\\nmais sur deux lignes.", [False, False, False, True]),
        (f"{LONG}\n\n{LONG}\n\n\\newpage\n\nCourt.", [False, False, False, True]),
        (f"{LONG}\n\n{LONG}\n\n\\newpage\n", [False, False, False]),
        ("Court.", [True, True]),
    ],
)
def test_two_lines_stay_with_the_courtesy_formula_and_that_with_the_signature(
    letter: Callable[..., Any], text: str, expected: list[bool]
) -> None:
    found = kept(letter(text=LETTER.replace("Bonjour à {{ recipient.name }}.", text)), "Body")
    assert found[-1] == (FORMULA, True)
    assert [is_kept for _, is_kept in found[:-1]] == expected


def test_of_a_list_before_the_courtesy_formula_the_last_entries_stay(letter: Callable[..., Any]) -> None:
    text = LETTER.replace("Bonjour à {{ recipient.name }}.", f"{LONG}\n\n- un\n- deux\n- trois")
    assert [is_kept for _, is_kept in kept(letter(text=text), "Item")] == [False, True, True]


@pytest.mark.parametrize(
    ("ending", "style"), [("> Fin.", "Quote"), ("- Un\n- Fin.", "Item"), ("1. Un\n2. Fin.", "Question")]
)
def test_whatever_ends_the_text_stays_with_the_signature(
    letter: Callable[..., Any], ending: str, style: str
) -> None:
    text = LETTER.replace("{{ recipient.closing }}", ending)
    last, is_kept = kept(letter(text=text), style)[-1]
    assert last.endswith("Fin.")
    assert is_kept


def test_each_line_of_the_signature_but_the_last_stays_with_the_next(letter: Callable[..., Any]) -> None:
    assert kept(letter(), "Signature") == [
        ("Groupe Essai", True),
        ("Anne Essai", True),
        ("Luc Témoin", False),
    ]


def test_a_signature_of_one_line_keeps_nothing_after_it(letter: Callable[..., Any]) -> None:
    assert kept(letter(SETTINGS), "Signature") == [("Groupe Essai", False)]


def test_the_last_line_stays_with_the_cosigners(letter: Callable[..., Any]) -> None:
    assert kept(letter(COSIGNED), "Signature", "Cosigners") == [
        ("Groupe Essai", True),
        ("Anne Essai", True),
        ("Luc Témoin", True),
        ("Avec\u00a0: Amis", False),
    ]


def test_the_picture_of_a_signature_stays_with_the_names(letter: Callable[..., Any]) -> None:
    assert kept(letter(PICTURED), "Signature") == [
        ("", True),
        ("Groupe Essai", True),
        ("Anne Essai", True),
        ("Luc Témoin", False),
    ]


@pytest.mark.parametrize("style", ["Signature", "Cosigners", "Enclosures", "Copies"])
def test_no_paragraph_of_the_end_is_broken(letter: Callable[..., Any], style: str) -> None:
    assert letter().styles[style].paragraph_format.keep_together is True


def test_the_text_itself_may_be_broken(letter: Callable[..., Any]) -> None:
    assert not letter().styles["Body"].paragraph_format.keep_together
