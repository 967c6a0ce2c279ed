"""The list of addressees of a joint letter: an office is written small, an institution's name is not."""

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from typer.testing import Result

from tests.conftest import LETTER

Campaign = Callable[..., Path]
Run = Callable[..., Result]

JOINT = LETTER.replace('audience = "all"', 'audience = "all"\njoint = true').replace(
    "Bonjour à {{ recipient.name }}.", "Bonjour à tous."
)


def other(role: str, rest: str) -> str:
    return (
        f'[[contact]]\nid = "autre"\nrole = "{role}"\n{rest}\n'
        'address = ["2 rue B"]\npostal_code = "69001"\ncity = "Lyon"\n'
    )


@pytest.fixture
def addressees(campaign: Campaign, run: Run) -> Callable[[str], list[str]]:
    """Return a function that writes a joint letter to a mayor and another; it lists the addressees."""

    def make(contact: str) -> list[str]:
        root = campaign({"contacts/b.toml": contact, "letters/note.md": JOINT})
        assert run("generate", "--format", "txt", "--format", "docx", root=root).exit_code == 0
        lines = (root / "out/note/joint.txt").read_text(encoding="utf-8").splitlines()
        start = lines.index("À l’attention de\u00a0:") + 1
        shown = [line.removeprefix("– ") for line in lines[start : start + 2]]
        document = docx.Document(str(root / "out/note/joint.docx"))
        typed = [one.text for one in document.paragraphs if one.style and one.style.name == "Item"]
        assert typed == shown
        return sorted(shown)

    return make


MAYOR = "Madame Anne EXEMPLE, maire d’Écully"
PERSON = 'given_name = "Camille"\nfamily_name = "Témoin"'


@pytest.mark.parametrize(
    ("role", "institution"),
    [
        ("senator", "Sénat"),
        ("mp", "Assemblée nationale"),
        ("prefect", "Préfecture"),
        ("regional-councillor", "Conseil régional"),
        ("councillor", "Conseil municipal de Lyon"),
    ],
)
@pytest.mark.parametrize("gender", ["", "x"])
def test_an_institution_that_stands_for_an_office_keeps_its_capital(
    addressees: Callable[[str], list[str]], role: str, institution: str, gender: str
) -> None:
    known = f'{PERSON}\ngender = "{gender}"' if gender else PERSON
    assert addressees(other(role, known)) == [f"Camille TÉMOIN, {institution}", MAYOR]


@pytest.mark.parametrize(
    ("role", "gender", "office"),
    [
        ("senator", "f", "Madame Camille TÉMOIN, sénatrice"),
        ("senator", "m", "Monsieur Camille TÉMOIN, sénateur"),
        ("mp", "f", "Madame Camille TÉMOIN, députée"),
    ],
)
def test_an_office_is_written_small(
    addressees: Callable[[str], list[str]], role: str, gender: str, office: str
) -> None:
    assert addressees(other(role, f'{PERSON}\ngender = "{gender}"')) == sorted([office, MAYOR])


def test_an_office_that_was_typed_is_written_small(addressees: Callable[[str], list[str]]) -> None:
    typed = other("senator", f'{PERSON}\ntitle = "Vice-présidence du Sénat"')
    assert addressees(typed) == ["Camille TÉMOIN, vice-présidence du Sénat", MAYOR]


def test_a_body_is_named_as_it_is_called(addressees: Callable[[str], list[str]]) -> None:
    assert addressees(other("authority", 'organisation = "Sénat"')) == [MAYOR, "Sénat"]
