"""What is shown of many contacts, and of one, on a screen of 80 columns."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

TOWNS = [("69001", "Lyon Cedex 01"), ("01500", "Ambérieu"), ("38000", "Grenoble")]
QUESTIONS = "".join(
    f'[[question]]\nid = "q{number}"\ntheme = "T"\ntext = "Question {number} ?"\n' for number in range(1, 8)
)
LETTER = """\
+++
title = "Lettre aux élus"
audience = "tag:elu"
subject = "S"
questions = ["T"]
+++
Bonjour,

{{ recipient.closing }}
"""


def councillors(count: int) -> str:
    """Return a table of so many councillors in three departments."""
    rows = ["id,role,gender,given_name,family_name,address,postal_code,city,tags"]
    for number in range(count):
        code, town = TOWNS[number % 3]
        rows.append(f"elu-{number},councillor,f,Zoé,Modèle-{number},1 rue d'Essai,{code},{town},elu")
    return "\n".join(rows) + "\n"


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show everything in 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def posted(campaign: Campaign, run: Run) -> Callable[[int], Path]:
    """Return what makes a campaign whose letter was posted to so many councillors."""

    def make(count: int) -> Path:
        root = campaign(
            {
                "contacts/elus.csv": councillors(count),
                "letters/note.md": LETTER,
                "letters/questions.toml": QUESTIONS,
            }
        )
        for command in (
            ("generate", "--format", "txt"),
            ("sent", "note", "--on", "2024-12-02", "--via", "post"),
        ):
            assert run(*command, root=root).exit_code == 0
        return root

    return make


def lines_of(result: Result) -> list[str]:
    """Return what stands on the lines of an answer, blanks drawn together."""
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    return [" ".join(line.split()) for line in result.stdout.splitlines() if line.strip()]


def test_status_has_a_line_a_letter_by_name_and_town(posted: Callable[[int], Path], run: Run) -> None:
    shown = run("status", "--on", "2025-01-10", root=posted(3))
    lines = lines_of(shown)
    assert lines[2:5] == [
        "Zoé Modèle-0, Lyon note sent 0/7 !~2025-01-03 reminder",
        "Zoé Modèle-1, Ambérieu note sent 0/7 !~2025-01-03 reminder",
        "Zoé Modèle-2, Grenoble note sent 0/7 !~2025-01-03 reminder",
    ]
    assert shown.stderr == "! late\n~ estimated, since the day of receipt is not proved\n"


def test_what_is_late_is_marked_and_not_only_red(posted: Callable[[int], Path], run: Run) -> None:
    shown = run("due", "--on", "2025-01-10", root=posted(1))
    assert "!~2025-01-03 Zoé Modèle-0, Lyon note reminder -7" in lines_of(shown)
    assert shown.stderr.splitlines()[:3] == [
        "! late",
        "~ estimated, since the day of receipt is not proved",
        "reminder: remind, with the questions still open",
    ]


@pytest.mark.parametrize(
    ("command", "counts"),
    [
        (("status",), ["31 sent", "31 reminder", "11 69 Rhône", "10 01 Ain", "10 38 Isère"]),
        (("due", "--on", "2025-01-10"), ["31 reminder", "31 note", "11 69 Rhône"]),
        (("answers",), ["31 no answer yet", "31 note", "10 38 Isère"]),
        (("log",), ["31 sent", "31 note"]),
        (("contacts", "list"), ["31 municipal councillor", "1 mayor", "12 69 Rhône"]),
    ],
)
def test_over_thirty_rows_are_counted_first(
    posted: Callable[[int], Path], run: Run, command: tuple[str, ...], counts: list[str]
) -> None:
    root = posted(31)
    counted = run(*command, root=root)
    assert set(counts) <= set(lines_of(counted))
    assert "Modèle" not in counted.stdout
    assert "--all shows all 3" in counted.stderr
    assert run(*command, "--all", root=root).stdout.count("Modèle-") == 31


def test_thirty_rows_are_shown(posted: Callable[[int], Path], run: Run) -> None:
    assert run("status", root=posted(30)).stdout.count("Modèle-") == 30


def test_what_is_rare_is_summed_up(campaign: Campaign, run: Run) -> None:
    rows = "".join(f"m{number},mayor,Nom,{number:02}001,V\n" for number in range(10, 60))
    root = campaign({"contacts/many.csv": f"id,role,family_name,postal_code,city\n{rows}"})
    assert lines_of(run("contacts", "list", root=root))[-1] == "39 39 others"


def test_answers_is_a_grid_of_marks(posted: Callable[[int], Path], run: Run) -> None:
    root = posted(2)
    run("answer", "elu-0", "--on", "2024-12-20", "--kind", "partial", "--question", "q6=Oui.", root=root)
    run("answer", "elu-1", "--on", "2024-12-20", "--kind", "full", root=root)
    shown = run("answers", root=root)
    assert lines_of(shown)[2:] == [
        "Zoé Modèle-0, Lyon note -----|+-",
        "Zoé Modèle-1, Ambérieu note =====|==",
    ]
    assert shown.stderr.splitlines()[0] == "+ answered, = answered in full, see the document, - no answer yet"
    by_question = run("answers", "--by", "question", root=root)
    assert "6 Zoé Modèle-0, Lyon note Oui." in lines_of(by_question)


def test_no_word_is_broken_where_there_is_room(campaign: Campaign, run: Run) -> None:
    rows = "a,councillor,Anne-Charlotte-Marie,Exemple-Modèle-Essai,69001,Saint-Germain-Nuelles\n"
    root = campaign({"contacts/b.csv": f"id,role,given_name,family_name,postal_code,city\n{rows}"})
    shown = run("contacts", "list", root=root).stdout
    assert {"Anne-Charlotte-Marie", "Exemple-Modèle-Essai", "Saint-Germain-Nuelles"} <= set(shown.split())


def test_every_column_stays_where_cells_are_long(posted: Callable[[int], Path], run: Run) -> None:
    root = posted(2)
    recorded = run(
        "answer", "elu-0", "--on", "2024-12-20", "--kind", "forwarded", "--forwarded-to", "elu-1", root=root
    )
    (event,) = re.findall(r"\(([0-9a-f]{8})\)", recorded.stdout)
    run("log", "undo", event, root=root)
    rows = [line for line in lines_of(run("log", "--all", root=root)) if re.match(r"20\d\d-", line)]
    assert [bool(re.search(r" [0-9a-f]{8}$", row)) for row in rows].count(True) == 4  # two sent, one voided
    assert any(event in row and "voided" in row and not row.endswith(event) for row in rows)


def test_what_is_missing_is_said_in_a_sentence(posted: Callable[[int], Path], run: Run) -> None:
    root = posted(2)
    nobody = run("sent", "note", "--not", "all", "--on", "2024-12-02", "--via", "post", root=root)
    assert nobody.stderr == (
        "nobody is left to whom letter 'note' goes; `outreach status` shows where each letter stands\n"
    )
    unknown = ("answer", "elu-0", "--on", "2024-12-20", "--kind", "partial", "--question", "9=Oui.")
    assert run(*unknown, root=root).stderr == "no question '9'; they are numbered 1 to 7\n"
    assert run("answers", "--csv", str(root / "a.csv"), root=root).stderr == "written  a.csv\n"


def test_an_empty_journal_is_said_to_be_empty(campaign: Campaign, run: Run) -> None:
    assert run("log", root=campaign()).stdout == "nothing is recorded yet\n"


def test_one_contact_whole(posted: Callable[[int], Path], run: Run) -> None:
    root = posted(2)
    (root / "reply.txt").write_text("Oui.", encoding="utf-8")
    run("received", "elu-0", "--on", "2024-12-05", "--proof", "delivery", root=root)
    words = ("--kind", "partial", "--question", "q6=Oui.", "--position", "favourable", "--source", "Vote")
    run("answer", "elu-0", "--on", "2024-12-20", *words, "--file", str(root / "reply.txt"), root=root)
    run("note", "elu-0", "called", root=root)
    lines = lines_of(run("status", "modele-0 zoe", "--on", "2025-01-15", root=root))
    text = "\n".join(line.partition("  (")[0] for line in lines)
    for part in (
        "Zoé Modèle-0 (elu-0)",
        "69001 LYON CEDEX 01",
        "note: Lettre aux élus (answered, partial)",
        "next: 2025-01-03 reminder",
        "2024-12-02 sent: post",
        "elu-0.txt",
        "2024-12-05 received: delivery",
        "2024-12-20 answered: partial, favourable",
        "source: Vote",
        "6. Oui.",
        "reply.txt",
        "open questions: 1, 2, 3, 4, 5, 7",
        "2025-01-15 noted: called",
    ):
        assert part in text, text
    assert "Modèle-1" not in text


@pytest.mark.parametrize("name", ["Zoé Modèle-1", "modele-1 ZOE", "Modèle-1", "elu-1"])
def test_a_contact_is_meant_by_id_or_name(posted: Callable[[int], Path], run: Run, name: str) -> None:
    root = posted(2)
    done = run("answer", name, "--on", "2024-12-20", "--kind", "refusal", root=root)
    assert done.stdout.split()[1] == "elu-1"
    assert "refusal" in run("log", name, root=root).stdout
    assert run("why", name, root=root).stdout.startswith("note to elu-1: ")
    assert "Zoé Modèle-1" in run("status", name, root=root).stdout


def test_who_is_not_known_is_told_the_near_names(posted: Callable[[int], Path], run: Run) -> None:
    root = posted(2)
    done = run("note", "Zoé Modelle-1", "x", root=root)
    assert done.exit_code == 3
    assert "no contact 'Zoé Modelle-1'; did you mean Zoé Modèle-1" in done.stderr


def test_namesakes_are_asked_apart(campaign: Campaign, run: Run) -> None:
    row = "councillor,Anne,Exemple,69001,Lyon\n"
    root = campaign({"contacts/b.csv": f"id,role,given_name,family_name,postal_code,city\nanne-2,{row}"})
    done = run("note", "Anne Exemple", "x", root=root)
    assert (done.exit_code, done.stderr) == (
        3,
        "several contacts are called 'Anne Exemple'; write its id: maire or anne-2\n",
    )
