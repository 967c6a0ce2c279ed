"""What another journal says is held against the rules of the commands before any of it is kept."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import Result

from outreach.country.country import load_country
from outreach.journal.codec import EventError, from_line, to_line
from outreach.journal.history import history_of
from outreach.journal.rules import LONGEST_TEXT, faults

Run = Callable[..., Result]
Campaign = Callable[..., Path]

SENT = {"channel": "post", "title": "Lettre", "date": "2025-01-02", "together": ["elu", "maire"]}
ANSWERED = {"kind": "full", "note": "Merci."}


def row(number: int = 1, kind: str = "sent", data: object = None, **changes: object) -> str:
    """Return a line of an export."""
    values = {
        "id": str(uuid.UUID(int=number)),
        "at": "2025-01-03",
        "recorded_at": "2025-01-03T12:00:00.000000+00:00",
        "author": "Ana",
        "kind": kind,
        "contact": "maire",
        "letter": "note",
        "data": SENT if data is None else data,
        "clock": number,
    }
    return json.dumps({**values, **changes})


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (row(at="0001-01-01"), "0001-01-01 is no day of a campaign"),
        (row(data={**SENT, "reply_by": "9999-12-31"}), "9999-12-31 is no day of a campaign"),
        (row(kind="extended", data={"to": "2999-01-01"}), "2999-01-01 is no day of a campaign"),
        (row(author=" "), "author is empty or too long"),
        (row(author="x" * 101), "author is empty or too long"),
        (row(kind="noted", contact="../maire"), "'../maire' is no id of a contact"),
        (row(data={**SENT, "together": ["maire", "a/b"]}), "'a/b' is no id of a contact"),
        (row(data={**SENT, "together": ["elu", "b"]}), "'maire' is not among those that the letter went to"),
        (row(letter="../note"), "'../note' is no name of a letter"),
        (row(letter="nul"), "'nul' is no name of a letter"),
        (row(kind="received", contact="", data={}), "a letter and its contact are missing"),
        (row(kind="answered", data=ANSWERED, letter=""), "a letter and its contact are missing"),
        (row(data={**SENT, "edited": 1}), "data.edited has another form"),
        (row(data={**SENT, "again": "no"}), "data.again has another form"),
        (
            row(kind="received", data={"proof": "stamp", "files": [{"name": "a.p/f", "sha256": "ab" * 32}]}),
            "'a.p/f' is no name of a file",
        ),
        (row(data={**SENT, "note": "a\0b"}), "a text has a character that is none"),
        (row(data={**SENT, "title": "\ud800"}), "a text has a character that is none"),
        (
            row(kind="noted", data={"note": "x" * (LONGEST_TEXT + 1)}),
            "a text has more than 100,000 characters",
        ),
        (row(kind="telephoned", data={"minutes": 1.5}), "1.5 is no whole number"),
        (
            row(kind="telephoned", data={"a": [[[[[[[1]]]]]]]}),
            "lists and objects stand too deep in one another",
        ),
        (row(kind="answered", data={**ANSWERED, "position": "opposed"}), "a position needs its source"),
        (
            row(kind="answered", data={**ANSWERED, "forwarded_to": "elu"}),
            "forwarded_to needs the kind forwarded and another contact",
        ),
        (
            row(kind="answered", data={"kind": "forwarded", "forwarded_to": "maire"}),
            "forwarded_to needs the kind forwarded and another contact",
        ),
        (row(kind="voided", data={"event": "x"}), "'x' is no id of an event"),
        (row(kind="forgotten", data={"tombstone": "x"}), "a forgetting names nobody but by a hash"),
        (
            row(
                kind="forgotten",
                contact="",
                letter="",
                data={"tombstone": "ab" * 32, "counts": {"sent": True}},
            ),
            "counts are whole numbers",
        ),
        (row().replace('"clock": 1', '"clock": NaN'), "not a JSON object"),
        (row(clock=-1), "clock cannot be read: '-1'"),
        (row(clock=True), "clock cannot be read: 'True'"),
        ("[" * 100_000, "not a JSON object"),
    ],
)
def test_what_no_command_would_have_made_is_refused_with_its_line(
    campaign: Campaign, run: Run, tmp_path: Path, line: str, fault: str
) -> None:
    root, export = campaign(), tmp_path / "other.jsonl"
    export.write_text(f"{row(9)}\n{line}\n", encoding="utf-8")
    done = run("log", "import", str(export), root=root)
    assert done.exit_code == 3
    assert done.stderr.splitlines() == [f"other.jsonl:2: is no event: {fault}; export it again"]
    assert json.loads(run("log", "--json", root=root).stdout) == []


def test_a_line_with_several_faults_names_them_all(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    export = tmp_path / "other.jsonl"
    export.write_text(row(author="", letter="a b"), encoding="utf-8")
    assert run("log", "import", str(export), root=campaign()).stderr.count("other.jsonl:1: ") == 2


@pytest.mark.parametrize(
    ("lines", "warning"),
    [
        ([row(at="2031-01-01")], "event 00000001 of Ana lies in the future, 2031-01-01; undo it"),
        (
            [row(recorded_at="2031-01-01T00:00:00+00:00")],
            "event 00000001 of Ana lies in the future, 2025-01-03",
        ),
        (
            [row(), row(2, "received", {"proof": "stamp"}, at="2025-01-02")],
            "event 00000002 of Ana came before its letter was sent",
        ),
        ([row(2, "answered", ANSWERED)], "event 00000002 of Ana is about a letter that was not sent"),
        (
            [row(2, "voided", {"event": str(uuid.UUID(int=7))})],
            "event 00000002 of Ana voids an unknown event",
        ),
        (
            [row(), row(2, "voided", {"event": str(uuid.UUID(int=1))}, author="Bo")],
            "event 00000002: Bo voided what Ana recorded of 'maire'; `outreach log maire` shows both",
        ),
    ],
)
def test_what_is_odd_is_added_and_named(
    campaign: Campaign, run: Run, tmp_path: Path, lines: list[str], warning: str
) -> None:
    root, export = campaign(), tmp_path / "other.jsonl"
    export.write_text("\n".join(lines), encoding="utf-8")
    done = run("log", "import", str(export), root=root)
    assert done.exit_code == 0
    assert warning in done.stderr
    assert len(json.loads(run("log", "--json", root=root).stdout)) == len(lines)


def test_check_names_who_voided_what_another_recorded(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root, export = campaign(), tmp_path / "other.jsonl"
    own = row(3, "voided", {"event": str(uuid.UUID(int=1))})
    voided = row(2, "voided", {"event": str(uuid.UUID(int=1))}, author="Bo")
    export.write_text(f"{row()}\n{own}\n", encoding="utf-8")
    run("log", "import", str(export), root=root)
    assert "voided what" not in run("check", root=root).stdout
    export.write_text(voided, encoding="utf-8")
    run("log", "import", str(export), root=root)
    assert "Bo voided what Ana recorded" in run("check", root=root).stdout


def test_the_log_names_who_recorded(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root, export = campaign(), tmp_path / "other.jsonl"
    export.write_text(row(), encoding="utf-8")
    run("log", "import", str(export), root=root)
    run("note", "maire", "seen", root=root)
    assert "Ana" in run("log", root=root).stdout  # since there are two


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["maire", "note", "post"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)
KEYS = "channel title letter_kind date address questions follows reply_by together kind proof to note event files"


@given(
    kind=st.sampled_from(["sent", "received", "answered", "extended", "noted", "voided", "forgotten", "x"]),
    data=st.dictionaries(st.sampled_from(KEYS.split()), VALUES, max_size=4),
    changes=st.dictionaries(
        st.sampled_from(["at", "author", "contact", "letter", "clock"]), VALUES, max_size=1
    ),
)
def test_what_is_accepted_can_be_folded_and_written_again(
    kind: str, data: dict[str, object], changes: dict[str, object]
) -> None:
    try:
        event, stored = from_line(
            row(1, kind, {"channel": "post", "kind": "full", "to": "2025-02-01", **data}, **changes)
        )
    except EventError:
        return
    if not list(faults(event, stored)):
        assert from_line(to_line(event))[0] == event
        history = history_of([event], load_country("FR"))
        for case in history.cases.values():
            assert case.status
        assert not history.conflicts()


def test_what_came_before_a_letter_was_sent_again_is_not_odd(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    root, export = campaign(), tmp_path / "other.jsonl"
    lines = [
        row(),
        row(2, "answered", {**ANSWERED, "kind": "returned"}, at="2025-01-06"),
        row(3, "sent", {**SENT, "again": True, "reason": "revenue"}, at="2025-01-08"),
    ]
    export.write_text("\n".join(lines), encoding="utf-8")
    done = run("log", "import", str(export), root=root)
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("own", "theirs", "count"),
    [
        ({"kind": "full"}, {"kind": "refusal"}, 1),
        (
            {"kind": "partial", "questions": {"q": "Oui."}},
            {"kind": "partial", "questions": {"q": "Non."}},
            1,
        ),
        (
            {"kind": "full", "position": "opposed", "source": "Vote"},
            {"kind": "full", "position": "favourable", "source": "Vote"},
            1,
        ),
        ({"kind": "full"}, {"kind": "full", "note": "au téléphone"}, 0),
        ({"kind": "acknowledgement"}, {"kind": "full"}, 0),
    ],
)
def test_two_organisers_who_tell_an_answer_differently_are_named(  # noqa: PLR0913, PLR0917  (a case each)
    campaign: Campaign, run: Run, tmp_path: Path, own: object, theirs: object, count: int
) -> None:
    root, export = campaign(), tmp_path / "other.jsonl"
    lines = [row(), row(2, "answered", own), row(3, "answered", theirs, author="Bo")]
    export.write_text("\n".join(lines), encoding="utf-8")
    run("log", "import", str(export), root=root)
    said = "Ana and Bo recorded different answers of 'maire' to 'note' on 2025-01-03; undo one of them"
    assert run("status", root=root).stderr.count(said) == count
    assert run("check", root=root).stdout.count(said) == count


def test_one_organiser_or_another_day_is_no_contradiction(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    root, export = campaign(), tmp_path / "other.jsonl"
    later = row(3, "answered", {"kind": "full"}, author="Bo", at="2025-01-10")
    lines = [row(), row(2, "answered", {"kind": "refusal"}), later, row(4, "answered", {"kind": "full"})]
    export.write_text("\n".join(lines), encoding="utf-8")
    run("log", "import", str(export), root=root)
    assert "different answers" not in run("check", root=root).stdout
