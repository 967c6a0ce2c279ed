"""Events that arrive in any order fold into the same cases: what counts is when they happened."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.conftest import CONTACT, LETTER

Campaign = Callable[..., Path]
Run = Callable[..., Result]
Facts = Mapping[str, Mapping[str, Any]]

QUESTIONS = "".join(
    f'[[question]]\nid = "{name}"\ntheme = "T"\ntext = "{name.title()} ?"\n'
    for name in ("combien", "pourquoi")
)
FILES = {
    "contacts/a.toml": "".join(
        CONTACT.replace('"maire"', f'"{name}"').replace('"mayor"', f'"{role}"').replace("Anne", given)
        for name, role, given in (
            ("maire", "mayor", "Anne"),
            ("elu", "councillor", "Zoé"),
            ("autre", "councillor", "Alix"),
            ("prefet", "prefect", "Luce"),
        )
    ),
    "letters/questions.toml": QUESTIONS,
    "letters/note.md": LETTER.replace('"all"', '"all"\nquestions = ["T"]'),
    "letters/reminder.md": LETTER.replace('title = "Lettre"', 'title = "Relance"\nkind = "reminder"'),
}
ASKED = {"questions": ["combien", "pourquoi"], "letter_kind": "request"}
REMINDER = {"letter_kind": "reminder", "follows": ["note"], "date": "2025-01-06"}


def fact(at: str, kind: str, contact: str, letter: str = "note", /, **data: object) -> dict[str, Any]:
    return {"at": at, "kind": kind, "contact": contact, "letter": letter, "data": data}


FACTS: Facts = {
    "a": fact("2024-12-02", "sent", "maire", channel="registered", role="mayor", **ASKED),
    "b": fact("2024-12-03", "sent", "elu", channel="post", role="councillor", **ASKED),
    "c": fact("2024-12-04", "sent", "autre", channel="post", role="councillor", **ASKED),
    "d": fact("2024-12-06", "answered", "maire", kind="returned"),
    "e": fact("2024-12-09", "sent", "maire", channel="registered", role="mayor", again=True, **ASKED),
    "f": fact("2024-12-11", "received", "maire", proof="delivery"),
    "g": fact("2024-12-12", "received", "maire", proof="stamp"),
    "h": fact("2024-12-13", "answered", "elu", kind="forwarded", forwarded_to="prefet"),
    "i": fact("2024-12-16", "answered", "maire", kind="partial", questions={"combien": "Dix."}),
    "j": fact("2024-12-17", "answered", "maire", kind="partial", questions={"combien": "Onze."}),
    "k": fact("2025-01-06", "sent", "autre", "reminder", channel="post", **REMINDER),
    "l": fact("2025-01-07", "extended", "autre", to="2025-02-20", reason="absent"),
    "m": fact("2025-01-08", "extended", "autre", to="2025-02-10", reason="present"),
    "n": fact("2025-01-09", "answered", "prefet", kind="refusal"),
    "o": fact("2025-01-10", "voided", "prefet", event="n"),
}
HAPPENED = "".join(FACTS)
ORDERS = ("onmlkjihgfedcba", "hijklmnoabcdefg", "dfjmibleahknocg", "oknchaelgbmdjif", "hldoebgaifnkmcj")


def lines(facts: Facts, recorded: str) -> list[str]:
    """Return the facts as events that were recorded, and got their ids, in that order."""
    ids = {name: f"019aaaaa-0000-7000-8000-{place:012}" for place, name in enumerate(recorded)}
    found = []
    for place, name in enumerate(recorded):
        data = dict(facts[name]["data"])
        if "event" in data:
            data["event"] = ids[data["event"]]
        row = {**facts[name], "data": data, "id": ids[name], "author": "Camille"}
        found.append(json.dumps({**row, "recorded_at": f"2025-01-14T10:00:{place:02}+00:00"}))
    return found


@pytest.fixture
def arrived(campaign: Campaign, run: Run, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that imports files of events, one after the other, into a new campaign."""

    def arrive(*files: Sequence[str]) -> Path:
        root = campaign(FILES)
        for leftover in root.glob("outreach.db*"):
            leftover.unlink()
        for file in files:
            export = tmp_path / "export.jsonl"
            export.write_text("".join(f"{line}\n" for line in file), encoding="utf-8")
            done = run("log", "import", str(export), root=root)
            assert done.stdout == f"{len(file)} event{'s' * (len(file) != 1)} added\n"
        return root

    return arrive


def shown(run: Run, root: Path) -> list[str]:
    """Return what the commands show of the cases, on a day after all of it."""
    commands = (("status",), ("due", "--within", "90"), ("answers",))
    on = ("--on", "2025-01-15")
    return [
        run(*command, *(() if command == ("answers",) else on), "--json", root=root).stdout
        for command in commands
    ]


def test_events_in_the_order_in_which_they_happened(arrived: Callable[..., Path], run: Run) -> None:
    rows = json.loads(shown(run, arrived(lines(FACTS, HAPPENED)))[0])
    assert [
        (row["contact"], row["status"], row["outcome"], row["sent_on"], row["received_on"], row["due_on"])
        for row in rows
    ] == [
        ("maire", "answered", "partial", "2024-12-09", "2024-12-11", "2025-01-10"),
        ("elu", "answered", "forwarded", "2024-12-03", "2024-12-06", None),
        ("autre", "sent", "waiting", "2024-12-04", "2024-12-07", "2025-02-10"),
        ("prefet", "sent", "waiting", "2024-12-03", "2024-12-13", "2025-01-13"),
    ]


def test_the_last_answer_to_a_question_counts(arrived: Callable[..., Path], run: Run) -> None:
    rows = json.loads(shown(run, arrived(lines(FACTS, HAPPENED)))[2])
    assert [(row["contact"], row["answer"]) for row in rows if row["question"] == "combien"] == [
        ("maire", "Onze."),
        ("elu", ""),
        ("autre", ""),
        ("prefet", ""),
    ]


@pytest.mark.parametrize("order", ORDERS)
def test_events_recorded_in_another_order_give_the_same_cases(
    arrived: Callable[..., Path], run: Run, order: str
) -> None:
    expected = shown(run, arrived(lines(FACTS, HAPPENED)))
    assert shown(run, arrived(lines(FACTS, order))) == expected


@pytest.mark.parametrize("order", ORDERS)
def test_lines_in_another_order_give_the_same_cases(
    arrived: Callable[..., Path], run: Run, order: str
) -> None:
    written = dict(zip(HAPPENED, lines(FACTS, HAPPENED), strict=True))
    expected = shown(run, arrived(list(written.values())))
    assert shown(run, arrived([written[name] for name in order])) == expected


@pytest.mark.parametrize("order", ORDERS[:2])
def test_events_that_arrive_one_by_one_give_the_same_cases(
    arrived: Callable[..., Path], run: Run, order: str
) -> None:
    written = dict(zip(HAPPENED, lines(FACTS, HAPPENED), strict=True))
    expected = shown(run, arrived(list(written.values())))
    assert shown(run, arrived(*([written[name]] for name in order))) == expected


@pytest.mark.parametrize("order", ORDERS)
def test_the_journal_is_shown_in_the_order_in_which_things_happened(
    arrived: Callable[..., Path], run: Run, order: str
) -> None:
    rows = json.loads(run("log", "--json", root=arrived(lines(FACTS, order))).stdout)
    assert [row["at"] for row in rows] == sorted(one["at"] for one in FACTS.values())


SAME_DAY: Facts = {
    "a": fact("2024-12-02", "sent", "maire", channel="post", role="mayor", **ASKED),
    "b": fact("2024-12-09", "answered", "maire", kind="returned"),
    "c": fact("2024-12-09", "sent", "maire", channel="post", role="mayor", again=True, **ASKED),
}


@pytest.mark.parametrize("order", ["abc", "acb", "bac", "bca", "cab", "cba"])
def test_events_of_one_day_count_in_the_order_of_their_recording(
    arrived: Callable[..., Path], run: Run, order: str
) -> None:
    for recorded, expected in (("abc", ("waiting", "2024-12-09")), ("acb", ("returned", "2024-12-02"))):
        written = dict(zip(recorded, lines(SAME_DAY, recorded), strict=True))
        (row, *_others) = json.loads(shown(run, arrived([written[name] for name in order]))[0])
        assert (row["outcome"], row["sent_on"]) == expected


def test_the_time_of_recording_goes_before_the_id(arrived: Callable[..., Path], run: Run) -> None:
    first, returned, again = (json.loads(line) for line in lines(SAME_DAY, "abc"))
    returned["id"], again["id"] = again["id"], returned["id"]
    root = arrived([json.dumps(row) for row in (first, again, returned)])
    (row, *_others) = json.loads(shown(run, root)[0])
    assert (row["outcome"], row["sent_on"]) == ("waiting", "2024-12-09")
