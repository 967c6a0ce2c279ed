"""Cases of data/ladders.txt typed as their users would: each event by its own command, on its day."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.conftest import LETTER, set_day
from tests.journal.test_ladder_cases import (
    CASES,
    LETTERS,
    QUESTIONS,
    Case,
    Story,
    differences,
    read_story,
    read_views,
    what_is_said,
)

Campaign = Callable[..., Path]
Run = Callable[..., Result]

TYPED = (
    "a request is rejected by two months of silence, and the court's free limit moves on from a Saturday",
    "two months of silence end on a leap day",
    "a letter sent twice counts from its first sending",
    "a letter that came back on a Saturday is sent again on Monday",
    "a notified refusal starts the court's limit, no longer the silence",
    "a full answer after a refusal ends the court's limit",
    "a partial answer ends the silence, and its open questions are reminded of",
    "the CADA's registration starts its clocks",
    "a refusal notified after the CADA was asked starts the court's limit itself",
    "a letter forwarded by an administration keeps its clock",
    "an extension moves the next courtesy and never a legal date",
    "what came by form is acknowledged within ten working days, holidays left out",
)
APPLICANT = 'sender.legal_form = "association"\nsender.representative = "Zoé Essai, présidente"\n'
CADA = """\
[[contact]]
id = "cada"
role = "authority"
organisation = "CADA"
address = ["1 rue de l'Avis"]
postal_code = "75007"
city = "Paris"
tags = ["cada"]
checked = 2023-11-01
"""


def files_of(story: Story) -> Mapping[str, str]:
    """Return the campaign's files: those of the story, and all letters that are sent in it."""
    files = dict(story.files)
    files["outreach.toml"] += APPLICANT
    files["contacts/a.toml"] += CADA
    files["letters/questions.toml"] = "".join(
        f'[[question]]\nid = "{name}"\ntheme = "T"\ntext = "{name} ?"\n' for name in QUESTIONS
    )
    for name, kind in LETTERS.items():
        head = [f'title = "{name}"', f'kind = "{kind}"']
        head += [f"questions = {QUESTIONS}"] if kind == "request" else []
        text = LETTER.replace('title = "Lettre"', "\n".join(head))
        files[f"letters/{name}.md"] = text.replace('"all"', '"tag:cada"') if kind == "referral" else text
    return files


def commands(row: Mapping[str, Any], sent: set[tuple[str, str]]) -> Iterator[list[str]]:
    """Yield what is typed for an event; `sent` holds what went before it."""
    contact, letter, on, data = row["contact"], row["letter"], ["--on", row["at"]], row["data"]
    about = [contact, "--letter", letter]
    if row["kind"] == "sent":
        first = data["letter_kind"] in ("request", "documents")
        make = ["generate", letter, "--date"] if first else ["followup", letter, "--on"]
        yield [*make, row["at"], "--to", contact, "--format", "txt"]
        again = ["--again", "--reason", "par prudence"] if (contact, letter) in sent else []
        yield ["sent", letter, "--to", contact, *on, "--via", data["channel"], *again]
        sent.add((contact, letter))
    elif row["kind"] == "received":
        yield ["received", *about, *on, "--proof", data["proof"]]
    elif row["kind"] == "extended":
        yield ["extend", *about, "--to", data["to"], "--reason", data["reason"]]
    elif row["kind"] == "answered":
        questions = [f"--question={name}={text}" for name, text in data.get("questions", {}).items()]
        other = ["--forwarded-to", data["forwarded_to"]] if "forwarded_to" in data else []
        yield ["answer", *about, *on, "--kind", data["kind"], *questions, *other]
    else:
        raise ValueError(row["kind"])


@pytest.mark.parametrize("title", TYPED)
def test_typed(title: str, campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (case,) = (one for one in CASES if one.title.text == f"title: {title}")
    faults = type_in(case, campaign, run, monkeypatch)
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def type_in(case: Case, campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Type what happened into a new campaign; return what the program says other than expected."""
    story = read_story(case)
    root = campaign(files_of(story))
    sent: set[tuple[str, str]] = set()
    for row in sorted(story.rows, key=lambda row: str(row["at"])):
        set_day(monkeypatch, date.fromisoformat(row["at"]))
        for words in commands(row, sent):
            done = run(*words, root=root)
            assert done.exit_code == 0, (words, done.output)

    @cache
    def ask(*command: str) -> Result:
        return run(*command, root=root)

    views = read_views(case, story)
    return [fault for view in views for fault in differences(view, what_is_said(ask, view))]
