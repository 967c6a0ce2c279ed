"""Nobody is reminded of what was answered: held for random journals, in any order of arrival."""

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.journal.calls import FollowUpRequest
from outreach.journal.event import Answered, Event
from outreach.journal.following_up import follow_up_letters
from outreach.journal.history import history_of
from outreach.journal.words import AnswerKind, Channel
from outreach.letters.folder import Folder, load_folder
from tests.cli.test_followup import FILES
from tests.conftest import CAMPAIGN
from tests.journal.recorded import answered, sent

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


ANSWERS = st.builds(
    lambda contact, letter, kind, questions, day: answered(
        START + timedelta(days=day),
        AnswerKind(kind),
        letter,
        contact=contact,
        questions=dict.fromkeys(questions, "oui"),
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
    answers: list[Answered],
    day: int,
    shuffle: Random,
) -> None:
    on = START + timedelta(days=day)
    events: list[Event] = [
        sent(START, Channel.POST, letter, contact=contact, questions=QUESTIONS)
        for contact in ("maire", "elu")
        for letter in ("note", "other")
    ]
    events += answers
    shuffle.shuffle(events)
    history = history_of(events, folder.campaign.country)
    assignments = follow_up_letters(folder, history, FollowUpRequest(on)).assignments
    for assignment in assignments:
        if assignment.template.name != "reminder":
            continue
        for contact in assignment.contacts:
            heard = [one for one in answers if one.contact == contact and one.at <= on]
            told = {name for one in heard for name in one.questions}
            assert not told & {question.id for question in assignment.questions}
            followed = {previous.piece.letter for previous in assignment.earlier}
            final = {one.letter for one in heard if one.answer is AnswerKind.FULL}
            assert not followed & final
    # And whoever said nothing by the end of January is reminded.
    silent = {"maire", "elu"} - {one.contact for one in answers if one.at <= on}
    if date(2025, 1, 31) <= on <= date(2025, 2, 4):
        assert silent <= {contact for assignment in assignments for contact in assignment.contacts}
