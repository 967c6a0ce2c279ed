"""The ladders of every country, and what is wrong with a file or a campaign's change to them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import tomli

from outreach.campaign.settings import load_campaign
from outreach.country.country import FOLDER, Country, known_countries, load_country
from outreach.country.fact import Fact, Happening
from outreach.country.procedure import COUNTINGS, OPENINGS, OUTCOMES, ROLLS, Procedure, read_procedure
from outreach.errors import Problem
from outreach.files.toml import load, parse
from outreach.journal.event import Event
from outreach.journal.history import history_of
from outreach.journal.ladder import Ladder
from outreach.journal.words import AnswerKind, Channel, Outcome, Proof
from outreach.letters.template import LetterKind
from outreach.people.roles import ROLES
from tests.conftest import SETTINGS
from tests.journal.recorded import answered, received, sent

Campaign = Callable[..., Path]

SHIPPED = sorted(FOLDER.glob("*/procedures/*.toml"))
REQUEST = FOLDER / "fr" / "procedures" / "request.toml"


def ids(paths: Sequence[Path]) -> list[str]:
    return [path.relative_to(FOLDER).as_posix() for path in paths]


@pytest.mark.parametrize("path", SHIPPED, ids=ids(SHIPPED))
def test_every_shipped_ladder_reads_without_a_fault(path: Path) -> None:
    problems: list[Problem] = []
    file = load(path, path.name, problems)
    procedure = read_procedure(file, path.stem)
    assert problems == []
    assert (procedure.name, bool(procedure.title)) == (path.stem, True)
    assert [step.id for step in procedure.steps] == [entry["id"] for entry in file.values["step"]]
    assert len({(step.id, step.channels) for step in procedure.steps}) == len(procedure.steps)


@pytest.mark.parametrize("path", SHIPPED, ids=ids(SHIPPED))
def test_every_shipped_ladder_knows_its_words_and_its_source(path: Path) -> None:
    country = load_country(path.parents[1].name)
    procedure = country.procedures[path.stem]
    seen: set[str] = set()
    for step in procedure.steps:
        assert all(isinstance(fact.what, Happening) or fact.what in seen for fact in step.start), step.id
        assert all(isinstance(fact.what, Happening) for fact in step.ended_by), step.id
        assert (step.counting in COUNTINGS, step.roll in ROLLS, step.opens in OPENINGS) == (True,) * 3
        assert step.start, step.id
        assert step.does, step.id
        assert step.basis, step.id
        assert step.source, step.id
        seen.add(step.id)


def test_what_silence_decides_is_an_outcome_of_cases() -> None:
    assert [Outcome(word).value for word in OUTCOMES] == list(OUTCOMES)


@pytest.mark.parametrize("code", known_countries())
def test_time_limits_name_roles_channels_kinds_and_ladders_that_there_are(code: str) -> None:
    country = load_country(code)
    limits = tomli.loads((country.folder / "time_limits.toml").read_text(encoding="utf-8"))
    assert set(limits["days"]) <= {channel.value for channel in Channel}
    assert set(limits["bound"]["roles"]) <= set(ROLES)
    assert set(limits["ladder"]) <= {"unbound", *(kind.value for kind in LetterKind)}
    assert set(limits["ladder"].values()) <= set(country.procedures)


@pytest.mark.parametrize("code", known_countries())
def test_every_letter_of_a_country_opens_a_ladder_that_is_there(code: str) -> None:
    country = load_country(code)
    for kind in ("request", "documents", "reminder"):
        for role in (*ROLES, ""):
            procedure = country.procedures[country.procedure_for(kind, role)]
            if not country.is_bound(role):
                assert not any(step.is_legal for step in procedure.steps), role


def reread(tmp_path: Path, old: str, new: str, shipped: Path = REQUEST) -> tuple[Procedure, list[str], int]:
    """Return a shipped ladder with a slip, its faults, and the line of the slip."""
    text = shipped.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path = tmp_path / "request.toml"
    changed = text.replace(old, new, 1)
    path.write_text(changed, encoding="utf-8")
    problems: list[Problem] = []
    procedure = read_procedure(load(path, "xx/procedures/request.toml", problems), "request")
    line = next(number for number, line in enumerate(changed.splitlines(), 1) if new.splitlines()[0] in line)
    return procedure, [str(problem) for problem in problems], line


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            'ended_by = ["answered", "sent:reminder"]',
            'ended_by = ["anwsered"]',
            "the step 'reminder' knows no 'anwsered'; did you mean answered?",
        ),
        ("counting =", "couting =", "unknown key 'couting' in [step]; did you mean counting?"),
        (
            'counting = "franc"',
            'counting = "frank"',
            "unknown counting 'frank'; did you mean franc?",
        ),
        ('roll = "back"', 'roll = "backwards"', "unknown roll 'backwards'; did you mean back?"),
        ('opens = "the day after"', 'opens = "after"', "unknown opens 'after'; known: then, the day after"),
        (
            'from = "general-silence|refused"\nrenewed_by',
            'from = "general-silense|refused"\nrenewed_by',
            "the step 'court-general' knows no 'general-silense'; did you mean general-silence?",
        ),
        (
            'from = "general-silence|refused"\nrenewed_by',
            'from = "refused|documents-request"\nrenewed_by',
            "the step 'court-general' counts from 'documents-request', which comes after it; "
            "write it below that step",
        ),
        ("months = 1", "months = 61", "months must lie between 0 and 60; it is 61"),
        ("is_legal = true", 'is_legal = "yes"', "is_legal must be true or false; it is 'yes'"),
        ('checked = "2026-11-24"', 'checked = "24/11/2026"', "checked must be a date; "),
        ('outcome = "tacit-refusal"', 'outcome = "tacit_refusal"', "unknown outcome 'tacit_refusal'"),
    ],
)
def test_a_slip_in_a_ladder_is_named_with_its_line(tmp_path: Path, old: str, new: str, fault: str) -> None:
    _procedure, problems, line = reread(tmp_path, old, new)
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"xx/procedures/request.toml:{line}: {fault}")


def test_a_start_that_is_wrong_is_not_said_to_be_missing_as_well(tmp_path: Path) -> None:
    wrong = 'from = "court-general"'
    _procedure, problems, line = reread(tmp_path, 'from = "general-silence|refused"', wrong)
    assert problems == [
        f"xx/procedures/request.toml:{line}: the step 'court-general' counts from 'court-general', "
        "which comes after it; write it below that step"
    ]


def test_a_step_with_a_fault_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    procedure, _problems, _line = reread(tmp_path, 'counting = "franc"', 'counting = "frank"')
    whole = load_country("FR").procedures["request"]
    assert procedure.steps == tuple(step for step in whole.steps if step.id != "court-general")


def test_what_a_step_lacks_is_named_at_the_step() -> None:
    text = 'title = "T"\n[[step]]\nid = "a"\nbasis = "b"\nsource = "s"\n'
    problems: list[Problem] = []
    read_procedure(parse(text, "a.toml", problems), "a")
    assert [str(problem) for problem in problems] == [
        "a.toml:2: the step 'a' lacks does and from; "
        'write does = "...", from = "received" and days or months'
    ]


def own_step(*lines: str, name: str = "call") -> str:
    return SETTINGS + "\n".join((f"[follow_up.request.{name}]", 'does = "appeler"', *lines, ""))


LAST = SETTINGS.count("\n")
"""Lines before the step's header."""

AFTER: dict[Happening, tuple[str, list[Event], str]] = {
    Happening.RECEIVED: ("received", [received("2024-12-09")], "2024-12-16"),
    Happening.SENT: ("sent:reminder", [sent("2025-01-06", letter="reminder")], "2025-01-13"),
    Happening.ACKNOWLEDGED: (
        "acknowledged",
        [answered("2024-12-09", AnswerKind.ACKNOWLEDGEMENT)],
        "2024-12-16",
    ),
    Happening.ANSWERED: ("answered", [answered("2024-12-09", AnswerKind.PARTIAL)], "2024-12-16"),
    Happening.REPLIED: ("replied", [answered("2024-12-09", AnswerKind.REFUSAL)], "2024-12-16"),
    Happening.PARTIAL: ("partial", [answered("2024-12-09", AnswerKind.PARTIAL)], "2024-12-16"),
    Happening.FULL: ("full", [answered("2024-12-09", AnswerKind.FULL)], "2024-12-16"),
    Happening.REFUSED: ("refused", [answered("2024-12-09", AnswerKind.REFUSAL)], "2024-12-16"),
    Happening.FORWARDED: (
        "forwarded",
        [answered("2024-12-09", AnswerKind.FORWARDED, forwarded_to="prefet")],
        "2024-12-16",
    ),
    Happening.MET: ("met", [answered("2024-12-09", AnswerKind.MEETING)], "2024-12-16"),
    Happening.NO_SUCH_DOCUMENT: (
        "no-such-document",
        [answered("2024-12-09", AnswerKind.NO_SUCH_DOCUMENT)],
        "2024-12-16",
    ),
    Happening.RETURNED: ("returned", [answered("2024-12-09", AnswerKind.RETURNED)], "2024-12-16"),
}
"""Happening to how a step counts from it, what must have happened, and what comes a week after it."""


@pytest.mark.parametrize("happening", Happening)
def test_a_campaigns_step_counts_from_whatever_can_happen(campaign: Campaign, happening: Happening) -> None:
    start, events, due = AFTER[happening]
    root = campaign({"outreach.toml": own_step(f'from = "{start}"', "days = 7", 'ended_by = "sent:nothing"')})
    settings, problems = load_campaign(root)
    assert problems == [problem for problem in problems if problem.severity == "warning"]
    country = settings.country
    procedure = settings.follow_up.procedures(country)["request"]
    ladder = Ladder(procedure, country, "mainland")
    cases = dict(history_of([sent("2024-12-02"), *events], country).cases)
    case = cases.pop(("maire", "note"))
    others = [other for other in cases.values() if other.contact == "maire"]
    dates = {found.step.id: found for found in ladder.climb(case, others).dates}
    assert str(dates["call"].due_on) == due
    assert not dates["call"].is_done
    assert dates["call"].start.what.endswith(str(events[-1].at))
    if happening is not Happening.RECEIVED:  # which is estimated where nothing proves it
        bare = history_of([sent("2024-12-02")], country).cases["maire", "note"]
        assert "call" not in {found.step.id for found in ladder.climb(bare, []).dates}


def test_an_acknowledgement_that_proves_the_receipt_is_one(campaign: Campaign) -> None:
    settings, _ = load_campaign(campaign({"outreach.toml": own_step('from = "acknowledged"', "days = 7")}))
    country = settings.country
    ladder = Ladder(settings.follow_up.procedures(country)["request"], country, "mainland")
    proof = received("2024-12-09", proof=Proof.ACKNOWLEDGEMENT)
    case = history_of([sent("2024-12-02"), proof], country).cases["maire", "note"]
    assert {found.step.id: str(found.due_on) for found in ladder.climb(case, []).dates}[
        "call"
    ] == "2024-12-16"


@pytest.mark.parametrize("happening", Happening)
def test_a_campaigns_step_is_ended_by_whatever_can_happen(campaign: Campaign, happening: Happening) -> None:
    end, events, _due = AFTER[happening]
    # An answer in part leaves questions open: only one to the whole is the end.
    events = [answered("2024-12-09", AnswerKind.FULL)] if happening is Happening.ANSWERED else events
    # A letter that came back was never received.
    start = "returned" if happening is Happening.RETURNED else "received"
    step = own_step(f'from = "{start}"', "days = 30", f'ended_by = ["{end}"]')
    settings, _ = load_campaign(campaign({"outreach.toml": step}))
    country = settings.country
    ladder = Ladder(settings.follow_up.procedures(country)["request"], country, "mainland")

    def is_done(*happened: Event) -> bool | None:
        cases = dict(history_of([sent("2024-12-02"), *happened], country).cases)
        case = cases.pop(("maire", "note"))
        others = [other for other in cases.values() if other.contact == "maire"]
        return {found.step.id: found.is_done for found in ladder.climb(case, others).dates}.get("call")

    assert is_done() is (None if happening is Happening.RETURNED else False)
    assert is_done(*events) is True


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('ended_by = ["anwsered"]', "the step 'call' knows no 'anwsered'; did you mean answered?"),
        # A step is no end: it happens whether or not somebody does something.
        ('ended_by = ["answered", "general-silence"]', "the step 'call' knows no 'general-silence'; "),
        ('ended_by = "call"', "the step 'call' knows no 'call'; "),
        ('ended_by = "sent"', "the step 'call' knows no 'sent'; say which letter, as in sent:reminder"),
        ('ended_by = "answered:x"', "the step 'call' knows no 'answered:x'; write 'answered' alone"),
        ('ended_by = ["received:a:2"]', "the step 'call' knows no 'received:a:2'; write 'received' alone"),
        ('from = "sent"', "the step 'call' knows no 'sent'; say which letter, as in sent:reminder"),
        ('from = "answered:x"', "the step 'call' knows no 'answered:x'; write 'answered' alone"),
        ('from = "received:a:2"', "the step 'call' knows no 'received:a:2'; write 'received' alone"),
        ('from = "refusal"', "the step 'call' knows no 'refusal'; did you mean refused?"),
        (
            'from = "call"',
            "the step 'call' counts from 'call', which comes after it; write it below that step",
        ),
        ('roll = "forwards"', "unknown roll 'forwards'; did you mean forward?"),
        ("from = 5", "from must be a text"),
        ('from = ["answered"]', "from must be a text"),
        ('from = " "', "from is empty"),
        ("ended_by = [' ']", "ended_by is empty"),
        ("ended_by = 5", "ended_by must be a list of texts"),
        ("days = 7.5", "days must be a whole number; it is 7.5"),
        ("days = 1001", "days must lie between 0 and 1000; it is 1001"),
        ('ended = "answered"', "unknown key 'ended' in [follow_up.request.call]; did you mean ended_by?"),
    ],
)
def test_a_slip_in_a_campaigns_step_is_named_at_its_key(campaign: Campaign, line: str, fault: str) -> None:
    key = line.partition(" ")[0]
    before = [other for other in ('from = "received"', "days = 7") if not other.startswith(f"{key} ")]
    root = campaign({"outreach.toml": own_step(*before, "# pourquoi", line, 'letter = "reminder"')})
    _, problems = load_campaign(root)
    shown = [str(problem) for problem in problems]
    assert len(shown) == 1, shown
    at = LAST + 2 + len(before) + 2  # after the header, `does`, the others and the comment
    assert shown[0].startswith(f"outreach.toml:{at}: {fault}")


def test_a_step_has_no_name_of_something_that_happens(campaign: Campaign) -> None:
    text = (
        own_step('from = "received"', name="answered")
        + own_step('from = "met"', name="sent")[len(SETTINGS) :]
    )
    _, problems = load_campaign(campaign({"outreach.toml": text}))
    assert [str(problem) for problem in problems] == [
        f"outreach.toml:{LAST + 1}: the step 'answered' is called like something that happens; "
        "give it another name",
        f"outreach.toml:{LAST + 4}: the step 'sent' is called like something that happens; give it another name",
    ]


def test_a_step_that_counts_from_a_later_one_is_a_fault_at_its_key(campaign: Campaign) -> None:
    text = own_step('from = "visit"') + '[follow_up.request.visit]\ndoes = "aller"\nfrom = "met"\n'
    _, problems = load_campaign(campaign({"outreach.toml": text}))
    assert [str(problem) for problem in problems] == [
        f"outreach.toml:{LAST + 3}: the step 'call' counts from 'visit', which comes after it; "
        "write it below that step"
    ]


def test_what_the_law_sets_is_not_changed(campaign: Campaign, france: Country) -> None:
    text = SETTINGS + "[follow_up.request.general-silence]\nmonths = 3\n"
    settings, problems = load_campaign(campaign({"outreach.toml": text}))
    assert [str(problem) for problem in problems] == [
        f"outreach.toml:{LAST + 1}: the law sets the step 'general-silence'; give a step of your own another name"
    ]
    silence = next(step for step in france.procedures["request"].steps if step.id == "general-silence")
    assert silence in settings.follow_up.procedures(france)["request"].steps


@pytest.mark.parametrize(
    ("start", "letter", "ended_by"),
    [
        ("received", "", ("answered",)),
        ("received", "reminder", ("answered", "sent:reminder")),
        ("sent:reminder", "reminder", ("answered", "sent:reminder:2")),
        ("sent:reminder:2", "reminder", ("answered", "sent:reminder:3")),
        ("sent:other", "reminder", ("answered", "sent:reminder")),
        ("sent:reminder|received", "reminder", ("answered", "sent:reminder:2")),
    ],
)
def test_what_ends_a_campaigns_step_that_does_not_say(
    campaign: Campaign, start: str, letter: str, ended_by: tuple[str, ...]
) -> None:
    root = campaign(
        {"outreach.toml": own_step(f'from = "{start}"', f'letter = "{letter}"' if letter else "")}
    )
    settings, problems = load_campaign(root)
    assert problems == []
    (step,) = (
        step for step in settings.follow_up.procedures(settings.country)["request"].steps if step.id == "call"
    )
    assert tuple(map(str, step.ended_by)) == ended_by
    assert (step.roll, step.is_legal, step.source) == ("forward", False, "outreach.toml")


def test_a_step_may_count_from_one_before_it(campaign: Campaign) -> None:
    text = own_step('from = "general-silence"') + '[follow_up.request.visit]\ndoes = "aller"\nfrom = "call"\n'
    settings, problems = load_campaign(campaign({"outreach.toml": text}))
    assert problems == []
    steps = {step.id: step for step in settings.follow_up.procedures(settings.country)["request"].steps}
    assert (steps["call"].start, steps["visit"].start) == ((Fact("general-silence"),), (Fact("call"),))
