"""The letters that the repository ships: their text, their facts, their spelling."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import pdfplumber
import pytest
from typer.testing import Result

from outreach.letters.assignment import Assignment, Previous, still_open
from outreach.letters.compose import Composer
from outreach.letters.folder import Folder, load_folder
from outreach.letters.follow_ups import sample_follow_ups
from outreach.letters.formats.text import text_lines
from outreach.letters.letter import Block, Heading, ItemList, PageBreak, Quote, Run
from outreach.letters.making.generate import Output, Selection, generate_letters, make_letters
from outreach.letters.piece import Piece
from tests.conftest import findings

REPOSITORY = Path(__file__).parents[1]
GOLDEN = REPOSITORY / "tests" / "golden"
WORDS = REPOSITORY / "tests" / "data" / "words-fr.txt"
LETTERS = (
    "councillors/conseil-municipal-lyon",
    "joint/joint",
    "mayor/maire-lyon",
    "regional-bodies/metropole-lyon",
    "regional-bodies/prefecture-rhone",
    "regional-bodies/region-aura",
    "regional-bodies/sytral-mobilites",
    "security-deputy/adjoint-securite-lyon",
)
FOLLOW_UPS = (
    *(
        f"{letter}/maire-lyon"
        for letter in (
            "cada-notice",
            "cada-referral",
            "correction",
            "documents-request",
            "reminder",
            "thanks",
        )
    ),
    "cada-referral/joint.councillors",
)


def shipped_folder() -> Folder:
    """Return the campaign with what it has to fill in for a referral."""
    folder = load_folder(REPOSITORY)
    sender = replace(
        folder.campaign.sender,
        legal_form="association loi 1901",
        representative="Anne Exemple, présidente",
        seat=("12 rue de l’Exemple", "69001 LYON"),
    )
    return replace(folder, campaign=replace(folder.campaign, sender=sender))


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    folder = shipped_folder()
    assert folder.campaign.date
    output = Output(out, folder.campaign.date, ("pdf", "txt"))
    report = generate_letters(folder, Selection(), output)
    assert report.problems == []
    samples = [one for one in sample_follow_ups(folder, output.written) if "maire-lyon" in one.contacts]
    assert make_letters(folder, samples, output).problems == []
    return out


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_shipped_letters_are_these(shipped: Path) -> None:
    assert sorted(path.relative_to(shipped).as_posix() for path in shipped.glob("*/*.txt")) == [
        f"{name}.txt" for name in sorted(LETTERS + FOLLOW_UPS)
    ]


@pytest.mark.parametrize("name", LETTERS + FOLLOW_UPS)
def test_golden_text(shipped: Path, name: str) -> None:
    expected = (GOLDEN / f"{name.replace('/', '-')}.txt").read_text(encoding="utf-8")
    assert (shipped / f"{name}.txt").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("name", LETTERS + FOLLOW_UPS)
def test_the_joint_letter_has_three_pages_the_others_one_or_two(shipped: Path, name: str) -> None:
    with pdfplumber.open(io.BytesIO((shipped / f"{name}.pdf").read_bytes())) as document:
        assert len(document.pages) in ((3,) if name == "joint/joint" else (1, 2))


FACTS = (
    "11 octobre 2024",
    "La Quadrature du Net",
    "CRAAM",
    "Pour une Désescalade Numérique",
    "loi du 19 mai 2023",
    "première loi de ce genre en Europe",
    "38 organisations européennes",
    "21 mars 2024",
    "31 mars 2025",
    "dans les lycées, dans les gares et à leurs abords, dans les transports ferroviaires et les cars scolaires",
    "pouvoirs de police administrative",
    "de manière illégale",
    "image de modernité",
    "parente de la reconnaissance faciale",
    "plaque d’immatriculation",
    "10,3 millions d’euros",
    "2 millions d’euros",
    "29 mars 2023",
    "20 % de ses caméras fixes, 120 sur 571",
    "immobilité",
    "contresens",
    "densité d’une foule",
    "lieu de rencontre, d’exercice des droits politiques et de création",
    "État de droit",
    "décembre 2022",
    "Montpellier",
    "Zurich, San Francisco, Boston et Portland",
    "prévention spécialisée",
    "nous rencontrer, de prendre position et de répondre",
)
EMPHASISED = (
    "isoler une personne dans une foule et la suivre à travers la ville",
    "pénalise les plus fragiles",
    "Cet argent public va au secteur privé des technologies de sécurité plutôt qu’aux besoins vitaux",
    "renouveler 20 % de ses caméras fixes",
    "entre les mains d’un pouvoir plus autoritaire",
    "refusant officiellement de l’installer à Lyon",
)


@pytest.mark.parametrize("fact", FACTS)
def test_the_joint_letter_carries_every_fact(shipped: Path, fact: str) -> None:
    assert fact in plain((shipped / "joint/joint.txt").read_text(encoding="utf-8"))


def test_the_joint_letter_emphasises_what_matters() -> None:
    folder = load_folder(REPOSITORY)
    (assignment,) = folder.audiences.assignments(folder.templates_named(["joint"]))
    assert folder.campaign.date
    letter = Composer(folder).compose(assignment, folder.campaign.date)
    runs = [run for block in letter.body for run in runs_of(block)]
    bold = plain(" ".join(run.text for run in runs if run.bold))
    assert [text for text in EMPHASISED if text not in bold] == []
    assert "aucune étude ne permet de dire" in plain(" ".join(run.text for run in runs if run.italic))


def runs_of(block: Block) -> list[Run]:
    if isinstance(block, PageBreak):
        return []
    if isinstance(block, ItemList):
        return [run for item in block.items for part in item.blocks for run in runs_of(part)]
    if isinstance(block, Quote):
        return [run for part in block.blocks for run in runs_of(part)]
    return [] if isinstance(block, Heading) else list(block.runs)


def test_the_salutation_opens_the_joint_letter_and_returns_before_the_demand(shipped: Path) -> None:
    lines = (shipped / "joint/joint.txt").read_text(encoding="utf-8").splitlines()
    assert "– Mesdames et Messieurs les élu·es du conseil municipal" in lines
    assert "\n".join(lines).casefold().count("à l’attention d") == 1
    salutation = "Monsieur le Maire, Monsieur l’Adjoint au maire, Mesdames et Messieurs les élu·es du conseil municipal"
    assert f"{salutation}," in lines
    assert plain("\n".join(lines)).count(f"{salutation}, nous vous demandons :") == 1
    assert f"Nous vous prions d’agréer, {salutation}, l’expression de notre haute considération." in lines


@pytest.mark.parametrize(
    ("day", "security", "addressee"),
    [
        (
            "2024-11-30",
            "adjoint-securite-lyon",
            "– Monsieur Mohamed CHIHI, adjoint au maire délégué à la sécurité",
        ),
        ("2026-11-27", "adjoint-securite-lyon-2026", "– Adjoint·e à la sécurité"),
    ],
)
def test_each_date_reaches_who_held_office_then(
    run: Callable[..., Result], tmp_path: Path, day: str, security: str, addressee: str
) -> None:
    out = tmp_path / "out"
    done = run("generate", "--date", day, "--format", "txt", "--out", str(out), root=REPOSITORY)
    assert done.exit_code == 0
    former = {"adjoint-securite-lyon", "adjoint-securite-lyon-2026"} - {security}
    assert f"1 contact is not in office on {day} and is left out: {former.pop()};" in done.stderr
    found = {path.relative_to(out).with_suffix("").as_posix() for path in out.glob("*/*.txt")}
    assert found == {*LETTERS[:-1], f"security-deputy/{security}"}
    lines = plain((out / "joint/joint.txt").read_text(encoding="utf-8")).splitlines()
    assert lines[lines.index("À l’attention de :") + 1 :][:3] == [
        "– Monsieur Grégory DOUCET, maire de Lyon",
        addressee,
        "– Mesdames et Messieurs les élu·es du conseil municipal",
    ]


@pytest.mark.parametrize("name", LETTERS + FOLLOW_UPS)
def test_an_acronym_is_spelt_out_where_it_is_first_used(shipped: Path, name: str) -> None:
    text = plain((shipped / f"{name}.txt").read_text(encoding="utf-8"))
    for acronym, words in {
        "ZFE": "zone à faibles émissions",
        "VSA": "vidéosurveillance algorithmique",
    }.items():
        if acronym in text:
            assert text[: text.index(acronym)].endswith(f"{words} (")


@pytest.mark.parametrize("name", LETTERS)
def test_no_page_ends_on_what_introduces_a_list(shipped: Path, name: str) -> None:
    with pdfplumber.open(io.BytesIO((shipped / f"{name}.pdf").read_bytes())) as document:
        for page in document.pages[:-1]:
            lines = [line["text"] for line in page.extract_text_lines() if line["bottom"] < page.height - 50]
            lines = [line for line in lines if not re.fullmatch(r"\d/\d", line)]
            assert not lines[-1].endswith((":", "suivantes.", "lettres.", "à la Ville.")), lines[-1]


def test_a_question_keeps_its_number_in_every_letter(shipped: Path) -> None:
    numbers: dict[str, set[str]] = {}
    for path in shipped.glob("*/*.txt"):
        for number, text in re.findall(r"(?m)^(\d+)\. (.*\?)$", path.read_text(encoding="utf-8")):
            numbers.setdefault(text, set()).add(number)
    assert len(numbers) == 28
    assert {text: found for text, found in numbers.items() if len(found) > 1} == {}


def test_check_finds_nothing_but_the_missing_address_and_unchecked_contacts(
    run: Callable[..., Result],
) -> None:
    done = run("check", root=REPOSITORY)
    assert done.exit_code == 0
    applicant, address = findings(done)
    assert applicant == (
        "outreach.toml: a referral cannot name who makes it: [sender] lacks legal_form and representative"
        " and seat; R343-1 CRPA: the CADA registers a referral that names the applicant, a body with legal form,"
        " seat and representative"
    )
    assert ": the sender has no postal address; " in address
    assert done.stdout.splitlines()[-1].startswith("8 contacts were never checked: ")


@pytest.mark.office
@pytest.mark.parametrize("name", LETTERS + FOLLOW_UPS)
def test_spelling(shipped: Path, name: str) -> None:
    assert shutil.which("hunspell"), "hunspell and hunspell-fr are needed"
    text = (shipped / f"{name}.txt").read_text(encoding="utf-8").replace("’", "'")
    text = re.sub(r"·\w+", "", text)  # élu·es is spelt as élu
    words = sorted(set(re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", text)))
    command = ["hunspell", "-d", "fr", "-i", "utf-8", "-p", str(WORDS), "-l"]
    found = subprocess.run(
        command, input="\n".join(words).encode(), check=True, capture_output=True, timeout=60
    )
    assert found.stdout.decode().split() == []


PIECE = Piece("mayor", ("maire-lyon",), "Lettre au maire", "request", written=date(2024, 11, 30))
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "silent": {},
    "without questions": {"questions": ()},
    "without a deadline": {"deadline": None, "received_on": date(2024, 12, 4)},
    "reminded": {"reminded_on": date(2025, 1, 7), "channel": "form"},
    "answered in part": {"answered_on": date(2024, 12, 20)},
    "answered in all but words": {"answered_on": date(2024, 12, 20), "questions": ()},
    "refused": {"refused_on": date(2024, 12, 20)},
    "forwarded": {"forwarded_by": "Mairie d'Exemple"},
    "of another kind": {"piece": replace(PIECE, kind="documents"), "questions": ()},
}


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(
    "name", ["reminder", "documents-request", "correction", "thanks", "cada-referral", "cada-notice"]
)
def test_follow_ups_are_whole_whatever_went_before(name: str, variant: str, count: int) -> None:
    folder = shipped_folder()
    (template,) = folder.templates_named([name])
    previous = Previous(
        PIECE,
        sent_on=date(2024, 12, 2),
        channel="hand",
        deadline=date(2024, 12, 30),
        questions=folder.questions[:2],
    )
    before = replace(previous, **VARIANTS[variant])
    second = replace(before.piece, letter="joint", title="Lettre commune")
    earlier = (before, replace(before, piece=second))[:count]
    reader = folder.people.entry("prefecture-rhone").contact
    assignment = Assignment(template, (reader,), still_open(template, earlier), earlier=earlier)
    letter = Composer(folder).compose(assignment, date(2025, 2, 12))
    text = plain("\n".join(text_lines(letter)))
    assert "  " not in text
    assert " ." not in text
    assert " ," not in text
    if name == "reminder":
        is_answered = "answered" in variant
        thanks = "Nous vous remercions de votre réponse reçue le 20 décembre 2024."
        assert (thanks in text) == is_answered
        assert ("Si un complément nous est déjà parvenu" in text) == is_answered
        assert ("avant le 30 décembre 2024" in text) == (
            count == 1 and not is_answered and variant != "without a deadline"
        )
        assert ("demande de rencontre" in text) == (variant != "of another kind")
    if name == "documents-request":
        assert ("questions nos 1 et 2" in text) == bool(before.questions)


def test_a_line_holds_75_to_90_characters_and_the_letters_that_fit_a_page_still_do(shipped: Path) -> None:
    lines = []
    for name in LETTERS:
        with pdfplumber.open(io.BytesIO((shipped / f"{name}.pdf").read_bytes())) as document:
            for page in document.pages:
                found = page.extract_text_lines()
                longest = max(line["x1"] - line["x0"] for line in found)
                lines += [len(line["text"]) for line in found if line["x1"] - line["x0"] > longest - 6]
    assert 75 <= median(lines) <= 90
    with pdfplumber.open(io.BytesIO((shipped / "documents-request/maire-lyon.pdf").read_bytes())) as document:
        assert len(document.pages) == 1


@pytest.mark.parametrize(
    ("gender", "said"),
    [
        ("m", "votre prédécesseur"),
        ("f", "votre prédécesseure"),
        ("x", "la personne qui exerçait vos fonctions avant vous"),
    ],
)
@pytest.mark.parametrize("name", ["reminder", "documents-request", "thanks", "correction"])
def test_a_successor_reads_to_whom_the_letter_before_went(name: str, gender: str, said: str) -> None:
    folder = shipped_folder()
    (template,) = folder.templates_named([name])
    reader = folder.people.entry("prefecture-rhone").contact
    former = replace(reader, id="avant", gender=gender)
    previous = Previous(PIECE, sent_on=date(2024, 12, 2), channel="hand", questions=folder.questions[:2])
    assignment = Assignment(template, (reader,), previous.questions, (former,), (previous,))
    text = plain("\n".join(text_lines(Composer(folder).compose(assignment, date(2025, 2, 12)))))
    assert f"était adressée à {said}." in text
    assert "nous vous avons écrit" not in text.casefold()
