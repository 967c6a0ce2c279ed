from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from outreach.country.country import load_country
from outreach.journal.event import Sent
from outreach.journal.history import History, history_of
from outreach.journal.words import Channel
from outreach.letters.piece import Piece
from outreach.post.email.outbox import Intent, Outbox

AT = datetime(2025, 1, 15, 9, 50, tzinfo=timezone.utc)
FIRST = Intent("<1@example.org>", "note", "un", ("un",), AT)
SECOND = Intent("<2@example.org>", "note", "deux", ("deux", "trois"), AT)
NOTHING = history_of((), load_country("FR"))


def sent(contact: str, at: datetime, message_id: str = "", letter: str = "note") -> History:
    event = Sent(
        id="0193f000-0000-7000-8000-000000000001",
        at=at.date(),
        recorded_at=at,
        author="a",
        contact=contact,
        letter=letter,
        piece=Piece(letter, (contact,)),
        channel=Channel.EMAIL,
        message_id=message_id,
    )
    return history_of((event,), load_country("FR"))


def test_an_intent_is_found_again_until_it_is_resolved(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.intend(FIRST)
    outbox.intend(SECOND)
    assert Outbox(tmp_path).uncertain(NOTHING) == [FIRST, SECOND]
    outbox.resolve(FIRST)
    assert Outbox(tmp_path).uncertain(NOTHING) == [SECOND]
    outbox.resolve(SECOND)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("history", "is_known"),
    [
        (sent("un", AT - timedelta(days=9), FIRST.message_id), True),
        (sent("un", AT + timedelta(seconds=1)), True),
        (sent("un", AT), False),
        (sent("deux", AT + timedelta(days=1)), False),
        (sent("un", AT + timedelta(days=1), letter="autre"), False),
    ],
)
def test_what_the_journal_knows_is_not_uncertain(tmp_path: Path, history: History, is_known: bool) -> None:  # noqa: FBT001  (pytest's parameters)
    outbox = Outbox(tmp_path)
    outbox.intend(FIRST)
    assert (outbox.uncertain(history) == []) == is_known
    outbox.settle(history)
    assert (list(tmp_path.iterdir()) == []) == is_known


@pytest.mark.parametrize("cut", [b'{"message_id": "<3@ex', b"\xff\xfe", b"null", b'{"at": 3}'])
def test_a_line_that_was_cut_short_hides_no_other(tmp_path: Path, cut: bytes) -> None:
    Outbox(tmp_path).intend(FIRST)
    path = tmp_path / "outreach.db.sending"
    path.write_bytes(path.read_bytes() + cut)
    outbox = Outbox(tmp_path)
    assert outbox.uncertain(NOTHING) == [FIRST]
    outbox.intend(SECOND)
    assert Outbox(tmp_path).uncertain(NOTHING) == [FIRST, SECOND]
