"""The cases of data/ladders.txt, played through the command line; that file explains its form itself."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

FILE = Path(__file__).parents[1] / "data" / "ladders.txt"
LETTERS = {
    "request": "request",
    "other-request": "request",
    "documents": "documents",
    "documents-request": "documents",
    "reminder": "reminder",
    "cada-referral": "referral",
}
"""Name of a letter to its kind."""
PROCEDURES = {
    "Request to an administration": "request",
    "Request for documents": "documents",
    "Courtesy": "courtesy",
}
"""Title of a procedure to its name."""
QUESTIONS = ["q1", "q2"]
"""What a request asks; other letters ask nothing."""
PLACES = {
    "mainland": "69001",
    "alsace-moselle": "67000",
    "guadeloupe": "97100",
    "martinique": "97200",
    "guyane": "97300",
    "reunion": "97400",
    "mayotte": "97600",
    "saint-barthelemy": "97133",
    "saint-martin": "97150",
    "saint-pierre-et-miquelon": "97500",
    "wallis-et-futuna": "98600",
    "polynesie-francaise": "98714",
    "nouvelle-caledonie": "98800",
}
"""Territory to a postal code in it."""
ROLES = (
    *("mayor", "district-mayor", "metropolitan-president", "department-president", "regional-president"),
    *("intermunicipal-president", "prefect", "sub-prefect", "minister", "authority"),
    *("deputy-mayor", "councillor", "councillors", "regional-councillor", "departmental-councillor"),
    *("mp", "senator", "organisation"),
)
NOBODY = "nobody"
"""Whom neither the contact files nor the journal give a role."""
SETTINGS = """\
campaign.title = "Essai"
sender.name = "Groupe Essai"
sender.address = ["1 rue de l'Essai", "69001 LYON"]
letter.place = "Lyon"
letter.date = 2023-11-30
"""
CONTACT = """\
[[contact]]
id = "{role}"
role = "{role}"
gender = "f"
given_name = "Anne"
family_name = "Exemple"
organisation = "Essai"
address = ["1 place de la Mairie"]
postal_code = "{code}"
city = "Essai"
checked = 2023-11-01
"""


def one_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, words))})"


DAY = r"\d{4}-\d\d-\d\d"
LETTER = one_of(LETTERS)
ROLE = one_of((*ROLES, NOBODY))
WHOM = rf"(?: to (?P<whom>{ROLE})(?: in (?P<place>{one_of(PLACES)}))?)?"
TO = rf"(?: to (?P<letter>{LETTER}))?"
BY = rf"(?: by (?P<contact>{ROLE}))?"
EVENTS = (
    rf"(?P<verb>sent) (?P<letter>{LETTER}) by (?P<channel>post|registered|hand|email|form){WHOM}"
    rf"(?: after (?P<follows>{LETTER}(?:, {LETTER})*))?",
    rf"(?P<verb>received)(?: (?P<letter>{LETTER}))?(?: with (?P<proof>acknowledgement|delivery|stamp))?{BY}",
    rf"(?P<verb>answered) (?P<kind>partial)(?P<questions>(?: q[12])*){TO}{BY}",
    rf"(?P<verb>answered) (?P<kind>full|refusal|meeting|no-such-document){TO}{BY}",
    rf"(?P<verb>acknowledged|returned){TO}{BY}",
    rf"(?P<verb>forwarded){WHOM}{BY}",
    rf"(?P<verb>extended) to (?P<until>{DAY}){BY}",
)
STORY = (
    r"(?P<verb>setting) .+",
    rf"(?P<verb>gone) (?P<contact>{ROLE})",
    *(rf"(?P<day>{DAY}) {event}" for event in EVENTS),
)
VIEW = rf"on (?P<day>{DAY})(?: at (?P<contact>{ROLE}))?(?: about (?P<letter>{LETTER}))?"
EXPECTED = (
    rf"(?P<day>{DAY}) (?P<name>[\w-]+)(?: estimated)?(?: done)?",
    r"(?P<fact>procedure|status|outcome): [\w-]+",
    rf"(?P<fact>received): (?:nothing|{DAY}(?: estimated)?)",
    r"(?P<fact>answers): \d of \d",
    rf"(?P<fact>next): (?:nothing|[\w-]+ {DAY}, (?:today|in \d+ days?|\d+ days? late))",
    r"(?P<fact>due|letters): (?:nothing|[\w-]+(?:, [\w-]+)*)",
)


@dataclass(frozen=True)
class Line:
    """A line of the file that says something, without its comment."""

    number: int
    text: str

    def fault(self, message: str) -> ValueError:
        return ValueError(f"{FILE.name}:{self.number}: {message}: {self.text.strip()}")

    def match(self, *patterns: str) -> Mapping[str, str]:
        """Return what the first pattern that fits the whole line finds in it."""
        for pattern in patterns:
            found = re.fullmatch(pattern, self.text)
            if found:
                return {name: value for name, value in found.groupdict().items() if value}
        raise self.fault("cannot be read")

    def day(self, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise self.fault("no such day") from error


@dataclass(frozen=True)
class Case:
    title: Line
    story: Sequence[Line]
    expected: Sequence[Line]


@dataclass(frozen=True)
class Story:
    files: Mapping[str, str]
    settings: Sequence[Line]
    rows: Sequence[Mapping[str, Any]]
    """The journal, as an export has it."""
    contact: str
    """To whom the first letter went."""
    letter: str
    """That letter."""


@dataclass(frozen=True)
class View:
    """What is expected of one letter to one contact on a day; lines by step, or by what they are about."""

    head: Line
    day: date
    contact: str
    letter: str
    dates: Mapping[str, Line]
    reasons: Sequence[tuple[str, Line]]
    facts: Mapping[str, Line]


@dataclass(frozen=True)
class Said:
    """What the program says, in the file's words."""

    dates: Mapping[str, str]
    reasons: Mapping[str, Sequence[str]]
    facts: Mapping[str, str]


def read_cases(text: str) -> list[Case]:
    bare = (re.sub(r"(^|\s+)#.*", "", line).rstrip() for line in text.splitlines())
    lines = iter([Line(number, line) for number, line in enumerate(bare, 1) if line])
    found: list[Case] = []
    for title in lines:
        if not title.text.startswith("title: "):
            raise title.fault("stands in no case; a case begins with 'title: '")
        if title.text in {case.title.text for case in found}:
            raise title.fault("another case has this title")
        if before_dot(title, lines):
            raise title.fault("the next line is no dot")
        found.append(Case(title, before_dot(title, lines), before_dot(title, lines)))
    return found


def before_dot(title: Line, lines: Iterator[Line]) -> list[Line]:
    found: list[Line] = []
    for line in lines:
        if line.text == ".":
            return found
        if line.text.startswith("title: "):
            raise line.fault("the case before has no dot at its end")
        found.append(line)
    raise title.fault("the case has no dot at its end")


def read_story(case: Case) -> Story:
    settings: list[Line] = []
    rows: list[Mapping[str, Any]] = []
    places: dict[str, str] = {}
    gone = {NOBODY}
    contact = letter = ""
    for line in case.story:
        said = line.match(*STORY)
        if said["verb"] == "setting":
            settings.append(line)
            continue
        if not contact and not (said["verb"] == "sent" and "whom" in said):
            raise line.fault("the first event says what was sent, and to whom")
        contact, letter = contact or said["whom"], letter or said["letter"]
        if "whom" in said:
            places.setdefault(said["whom"], said.get("place", "mainland"))
        if said.get("contact", contact) not in places:
            raise line.fault("nothing was sent or forwarded to this one")
        if said["verb"] == "gone":
            gone.add(said["contact"])
            continue
        line.day(said["day"])
        kind, whose, data = what_happened(said, contact)
        rows.append(
            {
                "id": f"01940000-0000-7000-8000-{len(rows):012}",
                "recorded_at": f"2025-01-01T00:00:00.{len(rows):06}+00:00",
                "author": "A",
                "at": said["day"],
                "kind": kind,
                "contact": whose,
                "letter": said.get("letter", letter),
                "data": data,
            }
        )
    if not rows:
        raise case.title.fault("nothing happens in it")
    known = [CONTACT.format(role=role, code=PLACES[places[role]]) for role in places if role not in gone]
    changes = [f"{line.text.removeprefix('setting ')}\n" for line in settings]
    files = {"outreach.toml": "".join([*changes, SETTINGS]), "contacts/a.toml": "".join(known)}
    return Story(files, settings, rows, contact, letter)


def what_happened(said: Mapping[str, str], contact: str) -> tuple[str, str, Mapping[str, Any]]:
    """Return an event's kind, its contact and its data; `contact` is who is meant where none is named."""
    verb, whose = said["verb"], said.get("contact", contact)
    data: dict[str, Any]
    if verb == "sent":
        kind, whose = LETTERS[said["letter"]], said.get("whom", contact)
        role = "" if whose == NOBODY else whose
        data = {"channel": said["channel"], "letter_kind": kind, "role": role, "date": said["day"]}
        if kind == "request":
            data["questions"] = QUESTIONS
        if "follows" in said:
            data["follows"] = said["follows"].split(", ")
    elif verb == "received":
        data = {"proof": said.get("proof", "delivery")}
    elif verb == "extended":
        data = {"to": said["until"], "reason": "asked for time"}
    else:
        kind = "acknowledgement" if verb == "acknowledged" else said.get("kind", verb)
        verb, data = "answered", {"kind": kind}
        if "questions" in said:
            data["questions"] = dict.fromkeys(said["questions"].split(), "An answer.")
        if "whom" in said:
            data["forwarded_to"] = said["whom"]
    return verb, whose, data


def read_views(case: Case, story: Story) -> list[View]:
    groups: list[list[Line]] = []
    for line in case.expected:
        if line.text.startswith("on "):
            groups.append([])
        elif not groups:
            raise line.fault("no day is asked above it, as in 'on 2025-01-15'")
        groups[-1].append(line)
    if not groups:
        raise case.title.fault("nothing is expected of it")
    return [read_view(head, lines, story) for head, *lines in groups]


def read_view(head: Line, lines: Sequence[Line], story: Story) -> View:
    dates: dict[str, Line] = {}
    facts: dict[str, Line] = {}
    reasons: list[tuple[str, Line]] = []
    for line in lines:
        if line.text.startswith("  ") and dates:
            reasons.append((list(dates)[-1], line))
            continue
        said = line.match(*EXPECTED)
        known, name = (facts, said["fact"]) if "fact" in said else (dates, said["name"])
        if name in known:
            raise line.fault("this is said already")
        if "day" in said:
            line.day(said["day"])
        known[name] = line
    if not (dates or facts):
        raise head.fault("nothing is expected on that day")
    asked = head.match(VIEW)
    contact, letter = asked.get("contact", story.contact), asked.get("letter", story.letter)
    return View(head, head.day(asked["day"]), contact, letter, dates, reasons, facts)


def what_is_said(ask: Run, view: View) -> Said:
    def answer(*command: str) -> str:
        done = ask(*command, "--on", str(view.day))
        if done.exit_code:
            raise view.head.fault(done.output.strip())
        return done.stdout

    def rows(command: str) -> list[dict[str, Any]]:
        found = json.loads(answer(command, "--json"))
        return [row for row in found if (row["contact"], row["letter"]) == (view.contact, view.letter)]

    dates: dict[str, str] = {}
    reasons: dict[str, list[str]] = {}
    title, *steps = answer("why", view.contact, "--letter", view.letter).strip().split("\n\n")
    for step in steps:
        first, *lines = step.splitlines()
        day, name = first.replace(":", "").split()[:2]
        estimated = " estimated" if lines[0].endswith(" (estimated)") else ""
        dates[name] = f"{day} {name}{estimated}{' done' if first.endswith(' (done or needless)') else ''}"
        reasons[name] = [line.strip() for line in lines]
    facts = {"procedure": PROCEDURES[title.partition(": ")[2]]}
    if view.facts.keys() - {"procedure", "due", "letters"}:
        (row,) = rows("status")
        facts |= how_it_stands(row)
    if view.facts.keys() & {"due", "letters"}:
        due = rows("due")
        facts["due"] = ", ".join(row["step"] for row in due) or "nothing"
        facts["letters"] = ", ".join(row["template"] for row in due if row["template"]) or "nothing"
        for row in due:
            estimated = " estimated" if row["estimated"] else ""
            assert dates[row["step"]] == f"{row['due_on']} {row['step']}{estimated}"
            assert row["days_left"] == (date.fromisoformat(row["due_on"]) - view.day).days
    return Said(dates, reasons, {name: f"{name}: {value}" for name, value in facts.items()})


def how_it_stands(row: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what a row of `outreach status` says, each in the words of the file."""
    received = following = "nothing"
    if row["received_on"]:
        received = f"{row['received_on']}{' estimated' if row['estimated'] else ''}"
    if row["next_step"]:
        days = row["days_left"]
        assert row["overdue"] == (days < 0)
        count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
        left = "today" if days == 0 else f"in {count}" if days > 0 else f"{count} late"
        following = f"{row['next_step']} {row['due_on']}, {left}"
    return {
        "status": row["status"],
        "outcome": row["outcome"],
        "received": received,
        "answers": f"{row['questions_answered']} of {row['questions_asked']}",
        "next": following,
    }


def differences(view: View, said: Said) -> Iterator[str]:
    """Yield what is other than expected; of the dates none may be left out where one is named."""
    for expected, found in ((view.dates, said.dates), (view.facts, said.facts)):
        for name, line in expected.items():
            if line.text != found.get(name):
                text = found.get(name, "nothing of it")
                yield f"{FILE.name}:{line.number}: expected '{line.text}', the program says '{text}'"
    for name, line in view.reasons:
        if line.text.strip() not in said.reasons.get(name, ()):
            reasons = "\n    ".join(said.reasons.get(name, ()))
            yield f"{FILE.name}:{line.number}: expected '{line.text.strip()}', the program says\n    {reasons}"
    for name, text in said.dates.items() if view.dates else ():
        if name not in view.dates:
            yield f"{FILE.name}:{view.head.number}: besides, the program says '{text}'"


def play(case: Case, campaign: Campaign, run: Run) -> list[str]:
    """Record what happened in a new campaign; return what the program says other than expected."""
    story = read_story(case)
    views = read_views(case, story)
    root = campaign(story.files)
    journal = root / "journal.jsonl"
    journal.write_text("".join(f"{json.dumps(row)}\n" for row in story.rows), encoding="utf-8")

    @cache
    def ask(*command: str) -> Result:
        return run(*command, root=root)

    for line, fault in faulty_settings(story, ask) if story.settings else ():
        raise line.fault(fault)
    done = ask("log", "import", str(journal))
    assert done.exit_code == 0, done.output
    return [fault for view in views for fault in differences(view, what_is_said(ask, view))]


def faulty_settings(story: Story, ask: Run) -> Iterator[tuple[Line, str]]:
    """Yield the settings that the program does not take; they stand at the head of outreach.toml."""
    shown = ask("check").output
    for number, line in enumerate(story.settings, 1):
        for fault in re.findall(rf"(?m)^ *outreach\.toml:{number}: (.*)", shown):
            yield line, fault


CASES = read_cases(FILE.read_text(encoding="utf-8"))
assert CASES, FILE


@pytest.mark.parametrize("case", CASES, ids=[case.title.text.removeprefix("title: ") for case in CASES])
def test_ladder(case: Case, campaign: Campaign, run: Run) -> None:
    faults = play(case, campaign, run)
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def test_what_differs_is_told_with_its_line(campaign: Campaign, run: Run) -> None:
    (case,) = read_cases(
        "title: a\n.\n2024-12-02 sent request by hand to councillor\n.\non 2024-12-02\n"
        "2024-12-18 receipt-alarm estimated\n  from: heaven\nnext: nothing\n.\n"
    )
    assert play(case, campaign, run) == [
        "ladders.txt:6: expected '2024-12-18 receipt-alarm estimated', "
        "the program says '2024-12-17 receipt-alarm estimated'",
        "ladders.txt:8: expected 'next: nothing', "
        "the program says 'next: receipt-alarm 2024-12-17, in 15 days'",
        "ladders.txt:7: expected 'from: heaven', the program says\n"
        "    from: handed over on 2024-12-02, receipt not proved: taken to have arrived that day (estimated)\n"
        "    15 calendar days: 2024-12-17\n"
        "    rule: courtesy; no text sets a date for whoever is no administration\n"
        "    source: the campaign's own rule; checked on 2026-11-24",
        "ladders.txt:5: besides, the program says '2024-12-31 reminder estimated'",
    ]


SENT = "2024-12-02 sent request by post to mayor\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a\n", "1: stands in no case; a case begins with 'title: ': a"),
        ("title: a\n2025-01-13 received\n.\n.\n.\n", "1: the next line is no dot: title: a"),
        ("title: a\n.\n.\ndue: nothing\n", "1: the case has no dot at its end: title: a"),
        ("title: a\n.\n.\ndue: nothing\ntitle: b\n", "5: the case before has no dot at its end: title: b"),
        ("title: a\n.\n.\n.\n\n# b\ntitle: a\n.\n.\n.\n", "7: another case has this title: title: a"),
    ],
)
def test_a_file_that_cannot_be_parted_is_told_with_its_line(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(f'ladders.txt:{fault}')}$"):
        read_cases(text)


@pytest.mark.parametrize(
    ("happened", "expected", "fault"),
    [
        ("", "due: nothing\n", "1: nothing happens in it: title: a"),
        (
            "2025-01-13 received\n",
            "",
            "3: the first event says what was sent, and to whom: 2025-01-13 received",
        ),
        (SENT + "2025-02-30 received\n", "", "4: no such day: 2025-02-30 received"),
        (SENT + "2025-1-13 received\n", "", "4: cannot be read: 2025-1-13 received"),
        (SENT + "2025-01-13 recieved\n", "", "4: cannot be read: 2025-01-13 recieved"),
        (SENT + "2025-01-13 answered full q1\n", "", "4: cannot be read: 2025-01-13 answered full q1"),
        (SENT + "gone prefect\n", "", "4: nothing was sent or forwarded to this one: gone prefect"),
        (SENT, "# nothing\n", "1: nothing is expected of it: title: a"),
        (SENT, "due: nothing\n", "5: no day is asked above it, as in 'on 2025-01-15': due: nothing"),
        (SENT, "on 2025-01-15\n", "5: nothing is expected on that day: on 2025-01-15"),
        (SENT, "on 2025-01-32\ndue: nothing\n", "5: no such day: on 2025-01-32"),
        (SENT, "on 2025-01-15 at noon\ndue: nothing\n", "5: cannot be read: on 2025-01-15 at noon"),
        (SENT, "on 2025-01-15\n  from: x\n", "6: cannot be read: from: x"),
        (SENT, "on 2025-01-15\n2025-02-30 reminder\n", "6: no such day: 2025-02-30 reminder"),
        (SENT, "on 2025-01-15\n2025-01-03 reminder late\n", "6: cannot be read: 2025-01-03 reminder late"),
        (SENT, "on 2025-01-15\ndone: nothing\n", "6: cannot be read: done: nothing"),
        (SENT, "on 2025-01-15\ndue: nothing\ndue: nothing\n", "7: this is said already: due: nothing"),
    ],
)
def test_a_line_that_cannot_be_read_is_told(happened: str, expected: str, fault: str) -> None:
    (case,) = read_cases(f"title: a\n.\n{happened}.\n{expected}.\n")
    with pytest.raises(ValueError, match=f"^{re.escape(f'ladders.txt:{fault}')}$"):
        read_views(case, read_story(case))
