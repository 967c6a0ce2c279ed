"""Nobody is reminded of what was answered: held for random journals, in any order of arrival."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.journal.event import Event, new_id
from outreach.journal.following_up import Wanted, follow_up_letters
from outreach.letters.folder import Folder, load_folder
from tests.cli.test_followup import FILES
from tests.conftest import CAMPAIGN

START = date(2024, 12, 2)
QUESTIONS = ("combien", "pourquoi")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    root: Path = tmp_path_factory.mktemp("campaign")
    for name, content in {**CAMPAIGN, **FILES}.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(str(content), encoding="utf-8")
    return load_folder(root)


def sent(contact: str, letter: str) -> Event:
    now = datetime(2025, 1, 1, tzinfo=timezone.utc)
    data = {"channel": "post", "questions": list(QUESTIONS), "letter_kind": "request", "title": letter}
    return Event(new_id(now), START, now, "A", "sent", contact, letter, data)


ANSWERS = st.builds(
    lambda contact, letter, kind, questions, day: Event(
        new_id(datetime(2025, 1, 1, tzinfo=timezone.utc)),
        START + timedelta(days=day),
        datetime(2025, 1, 1, 0, 0, 1, tzinfo=timezone.utc),
        "A",
        "answered",
        contact,
        letter,
        {"kind": kind, "questions": dict.fromkeys(questions, "oui")},
    ),
    st.sampled_from(("maire", "elu")),
    st.sampled_from(("note", "other")),
    st.sampled_from(("partial", "full", "refusal", "meeting", "acknowledgement", "no-such-document")),
    st.sets(st.sampled_from(QUESTIONS)),
    st.integers(1, 200),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(ANSWERS, max_size=8), st.integers(0, 220), st.randoms(use_true_random=False))
def test_nobody_is_reminded_of_what_was_answered(
    folder: Folder,
    answers: list[Event],
    day: int,
    shuffle: Random,
) -> None:
    on = START + timedelta(days=day)
    events = [sent(contact, letter) for contact in ("maire", "elu") for letter in ("note", "other")]
    events += answers
    shuffle.shuffle(events)
    documents, _problems = follow_up_letters(folder, events, Wanted(on))
    for document in documents:
        if document.template.name != "reminder":
            continue
        for contact in document.contacts:
            heard = [one for one in answers if one.contact == contact and one.at <= on]
            told = {name for one in heard for name in one.data["questions"]}
            assert not told & {question.id for question in document.questions}
            followed = {previous.letter for previous in document.earlier}
            final = {one.letter for one in heard if one.data["kind"] == "full"}
            assert not followed & final
    # And whoever said nothing by the end of January is reminded.
    silent = {"maire", "elu"} - {one.contact for one in answers if one.at <= on}
    if date(2025, 1, 31) <= on <= date(2025, 2, 4):
        assert silent <= {contact for document in documents for contact in document.contacts}
