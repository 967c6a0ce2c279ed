"""Random journals: whatever a follow-up letter says, the journal does not contradict.

A journal is played day by day. What happened is kept twice: as events, which the program reads, and as plain rows,
which alone the oracle below reads. It goes by the finished text, as its reader would.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from outreach.journal.calls import FollowUpRequest
from outreach.journal.event import Event, Stopped
from outreach.journal.following_up import follow_up_letters
from outreach.journal.history import history_of
from outreach.journal.holding_back import Waived, held_back
from outreach.journal.words import AnswerKind, Channel, Proof
from outreach.letters.folder import Folder, load_folder
from outreach.letters.making.worker import Job, Worker
from outreach.letters.piece import Piece
from tests.conftest import REPOSITORY
from tests.journal.recorded import answered, extended, head, received, sent, voided

START = date(2024, 12, 2)
LAST = START + timedelta(days=400)
FOLLOW_UPS = ("reminder", "documents-request", "cada-referral", "correction", "thanks")
QUESTIONS = {name: f"Combien de {name} ?" for name in ("arbres", "bancs", "cours", "dalles", "essieux")}
NUMBERS = {name: number for number, name in enumerate(QUESTIONS, 1)}
ASKED = {"demande": ("arbres", "bancs", "cours"), "autre": ("cours", "dalles"), "commune": ("essieux",)}
"""Letters that open a correspondence, with their questions; one is asked by two of them."""
TITLES = {"demande": "Première demande", "autre": "Autre demande", "commune": "Lettre commune"}
NAMES = {
    "maire": "EXEMPLE",
    "ancien": "PASSÉ",
    "nouvelle": "SUIVANTE",
    "elue": "AUTRE",
    "syndicat": "Syndicat",
}
OFFICE = {"ancien": (date.min, date(2025, 2, 28)), "nouvelle": (date(2025, 3, 1), date.max)}
BOUND = {"maire", "ancien", "nouvelle"}
JOINT = ("maire", "elue")
CONTENTS = {"partial", "full", "refusal", "meeting", "no-such-document"}
ENDS = CONTENTS - {"partial"} | {"forwarded"}
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
DAY = rf"(?:1er|\d\d?) (?:{'|'.join(MONTHS)}) \d{{4}}"


def contact(name: str, role: str, family: str, extra: str = "") -> str:
    return f"""\
[[contact]]
id = "{name}"
role = "{role}"
gender = "f"
given_name = "Anne"
family_name = "{family}"
address = ["1 place de l'Essai"]
postal_code = "69130"
city = "Écully"
tags = ["essai"{', "commune"' if name in JOINT else ""}]
checked = 2024-11-01
{extra}
"""


CONTACTS = "".join(
    (
        contact("maire", "mayor", "Exemple"),
        contact("ancien", "mayor", "Passé", "term_end = 2025-02-28"),
        contact("nouvelle", "mayor", "Suivante", "term_start = 2025-03-01"),
        contact("elue", "councillor", "Autre"),
        contact("syndicat", "organisation", "Nul", 'organisation = "Syndicat Essai"'),
        contact("cada", "authority", "Nul", 'organisation = "CADA"').replace('"essai"', '"cada"'),
    )
).replace('given_name = "Anne"\nfamily_name = "Nul"\n', "")


def letter(name: str) -> str:
    audience, joint = ("tag:commune", "joint = true\n") if name == "commune" else ("tag:essai", "")
    reply_by = "" if name == "autre" else "reply_by = 30\n"
    return f"""\
+++
title = "{TITLES[name]}"
audience = "{audience}"
subject = "Une demande"
questions = {list(ASKED[name])}
{joint}{reply_by}+++
{{{{ recipient.salutation }}}},

{{% include "_questions.md" %}}

{{{{ recipient.closing }}}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Return a campaign with letters of its own and the shipped ones that follow up."""
    root: Path = tmp_path_factory.mktemp("campaign")
    (root / "letters").mkdir()
    (root / "contacts").mkdir()
    shipped = REPOSITORY / "letters"
    for path in (*shipped.glob("_*.md"), *(shipped / f"{name}.md" for name in FOLLOW_UPS)):
        (root / "letters" / path.name).write_bytes(path.read_bytes())
    for name in ASKED:
        (root / f"letters/{name}.md").write_text(letter(name), encoding="utf-8")
    questions = (
        f'[[question]]\nid = "{name}"\ntheme = "Essai"\ntext = "{text}"\n' for name, text in QUESTIONS.items()
    )
    (root / "letters/questions.toml").write_text("".join(questions), encoding="utf-8")
    (root / "contacts/a.toml").write_text(CONTACTS, encoding="utf-8")
    text = (REPOSITORY / "outreach.toml").read_text(encoding="utf-8")
    for old, new in (
        ("address = []", 'address = ["12 rue de l’Exemple", "69001 LYON"]'),
        ("# legal_form", "legal_form"),
        ("# representative", "representative"),
    ):
        text = text.replace(old, new)
    (root / "outreach.toml").write_text(text, encoding="utf-8")
    loaded = load_folder(root)
    assert [problem for problem in loaded.problems if problem.severity == "error"] == []
    return loaded


# What happened, in plain rows.


@dataclass
class Row:
    """Something that happened; void once it was taken back."""

    id: str
    at: date
    what: str
    """sent, received, answered, extended, stopped."""
    contact: str
    letter: str
    kind: str = ""
    dated: date | None = None
    """Of an answer its own date, of a letter the one it bears."""
    until: date | None = None
    to: str = ""
    """To whom it was forwarded."""
    questions: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    is_void: bool = False


@dataclass
class Made:
    """A follow-up letter as it lies in out/."""

    piece: Piece
    text: str


@dataclass
class Play:
    """One journal while it is played."""

    folder: Folder
    workers: dict[date, Worker]
    """One for each day on which letters are made, shared by all journals."""
    random: Random
    today: date = START
    rows: list[Row] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    made: dict[tuple[str, str], Made] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    checked: int = 0

    def add(self, event: Event, row: Row) -> None:
        self.events.append(replace(event, clock=len(self.events) + 1))
        self.rows.append(row)

    def sent_to(self) -> dict[tuple[str, str], date]:
        found: dict[tuple[str, str], date] = {}
        for row in self.rows:
            if row.what == "sent" and not row.is_void:
                found.setdefault((row.contact, row.letter), row.at)
        return found


def some_day(play: Play, since: date) -> date:
    """Return today or, as things are recorded late, a day before it."""
    return since + timedelta(
        days=play.random.choice(
            (0, (play.today - since).days, play.random.randint(0, (play.today - since).days))
        )
    )


def open_letter(play: Play) -> None:
    name = play.random.choice(list(ASKED))
    people = JOINT if name == "commune" else (play.random.choice(list(NAMES)),)
    if any(not is_in_office(one, play.today) for one in people):
        return
    if any((one, name) in play.sent_to() for one in people) and play.random.random() < 0.7:
        return
    channel = play.random.choice(list(Channel))
    written = play.today - timedelta(days=play.random.choice((0, 0, 2)))
    reply_by = None if name == "autre" else written + timedelta(days=30)
    for one in people:
        event = sent(
            play.today,
            channel,
            name,
            contact=one,
            questions=ASKED[name],
            title=TITLES[name],
            written=written,
            reply_by=reply_by,
        )
        event = replace(
            event,
            piece=replace(event.piece, contacts=people),
            role=play.folder.people.by_id[one].contact.role,
        )
        play.add(
            event, Row(event.id, play.today, "sent", one, name, "request", written, reply_by, "", ASKED[name])
        )


def receive(play: Play) -> None:
    if not (known := play.sent_to()):
        return
    (who, name), since = play.random.choice(list(known.items()))
    at = some_day(play, since)
    event = replace(received(at, name, play.random.choice(list(Proof))), contact=who)
    play.add(event, Row(event.id, at, "received", who, name))


def answer(play: Play) -> None:
    if not (known := play.sent_to()):
        return
    (who, name), since = play.random.choice(list(known.items()))
    at = some_day(play, since)
    kind = play.random.choice((*AnswerKind, AnswerKind.PARTIAL, AnswerKind.REFUSAL))
    dated = at - timedelta(days=play.random.randint(0, 5)) if play.random.random() < 0.4 else None
    dated = max(dated, since) if dated else None
    questions: tuple[str, ...] = ()
    if kind.has_content and play.random.random() < 0.6:
        questions = tuple(sorted(play.random.sample(list(QUESTIONS), play.random.randint(1, 3))))
    to = play.random.choice([*NAMES, ""]) if kind is AnswerKind.FORWARDED else ""
    event = answered(
        at,
        kind,
        name,
        contact=who,
        dated=dated,
        questions=dict.fromkeys(questions, "Dix."),
        forwarded_to="" if to == who else to,
    )
    play.add(
        event,
        Row(event.id, at, "answered", who, name, kind.value, dated, None, event.forwarded_to, questions),
    )


def extend(play: Play) -> None:
    if not (known := play.sent_to()):
        return
    who, name = play.random.choice(list(known))
    until = play.today + timedelta(days=play.random.randint(1, 40))
    event = replace(extended(play.today, str(until)), contact=who, letter=name)
    play.add(event, Row(event.id, play.today, "extended", who, name, until=until))


def stop(play: Play) -> None:
    if not (known := play.sent_to()) or play.random.random() < 0.5:
        return
    who, name = play.random.choice(list(known))
    name = name if name in ASKED and play.random.random() < 0.6 else ""
    event = Stopped(**head(play.today, name, who), reason="réglé")
    play.add(event, Row(event.id, play.today, "stopped", who, name))


def undo(play: Play) -> None:
    living = [row for row in play.rows if not row.is_void and row.what != "sent"]
    if living:
        row = play.random.choice(living)
        row.is_void = True
        event = voided(play.today, row.id)
        play.events.append(replace(event, contact=row.contact, letter=row.letter, clock=len(play.events) + 1))


def follow_up(play: Play) -> None:
    """Make what is due, or a letter by its name, and check each text."""
    history = history_of(play.events, play.folder.campaign.country)
    wanted = FollowUpRequest(play.today, with_former=play.random.random() < 0.1)
    if play.random.random() < 0.4:
        who = play.random.choice(list(NAMES))
        wanted = replace(wanted, letters=(play.random.choice(FOLLOW_UPS),), selectors=(who,))
    wanted = replace(wanted, late=play.random.random() < 0.1)
    if play.today not in play.workers:
        play.workers[play.today] = Worker(play.folder, play.today)
    worker = play.workers[play.today]
    for assignment in follow_up_letters(play.folder, history, wanted).assignments:
        made = worker.make(Job(assignment, ("txt",), "", ()))
        assert made.piece, made.problems
        ((_file, content),) = made.files
        assert content
        text = content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
        found = Made(made.piece, text)
        play.made[made.piece.letter, made.piece.contacts[0]] = found
        check(play, found, "followup", is_former_meant=wanted.with_former)


def send(play: Play) -> None:
    """Print or send what was made, some days ago perhaps; check what is let through, and record it."""
    if not play.made:
        return
    key = play.random.choice(list(play.made))
    made = play.made[key]
    history = history_of(play.events, play.folder.campaign.country)
    if held_back([made.piece], play.folder.people, history, play.today, Waived()):
        return
    check(play, made, "sent")
    if play.random.random() < 0.5:
        return  # only printed
    del play.made[key]
    piece, who = made.piece, made.piece.contacts[0]
    event = sent(play.today, Channel.POST, piece.letter, contact=who)
    event = replace(event, piece=piece, role=play.folder.people.by_id[who].contact.role)
    row = Row(event.id, play.today, "sent", who, piece.letter, piece.kind, piece.written, piece.reply_by)
    play.add(event, replace(row, follows=piece.follows))


def wait(play: Play) -> None:
    play.today += timedelta(days=play.random.choice((0, 0, 1, 1, 3, 15, 30, 60)))


ACTIONS = (
    *(open_letter, open_letter, receive, receive, answer, answer, extend, stop, undo),
    *(follow_up, follow_up, follow_up, follow_up, send, send, send, wait, wait, wait),
)


def play_one(folder: Folder, workers: dict[date, Worker], seed: int) -> Play:
    play = Play(folder, workers, Random(seed))  # noqa: S311  (no secret)
    open_letter(play)
    for _number in range(play.random.randint(5, 40)):
        play.random.choice(ACTIONS)(play)
        if play.today > LAST:
            break
    follow_up(play)
    return play


# The oracle.


def is_in_office(who: str, on: date) -> bool:
    first, last = OFFICE.get(who, (date.min, date.max))
    return first <= on <= last


def said(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def day_of(text: str) -> date:
    number, month, year = text.split()
    return date(int(year), MONTHS.index(month) + 1, 1 if number == "1er" else int(number))


def months_after(day: date, count: int) -> date:
    year, month = divmod(day.month - 1 + count, 12)
    first = date(day.year + year, month + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)


@dataclass
class Known:
    """What the journal says of what a follow-up letter to a contact speaks of."""

    sent: list[Row]
    """The sendings of the letters that it follows."""
    received: list[Row]
    answers: list[Row]
    """To these letters, or to letters that follow them up."""
    extended: list[Row]
    reminders: list[Row]
    forwarded: list[Row]
    """What says that one of them was forwarded to the contact."""
    told: set[str]
    """Questions that were answered, in whichever letter."""


def known_of(play: Play, made: Made) -> Known:
    who, follows = made.piece.contacts[0], made.piece.follows
    mine = [row for row in play.rows if row.contact == who and not row.is_void and row.at <= play.today]
    mine.sort(key=lambda row: row.at)
    about = [row for row in mine if row.letter in follows]
    later = {row.letter for row in mine if row.what == "sent" and set(row.follows) & set(follows)}
    answers = [
        row
        for row in mine
        if row.what == "answered"
        and (
            row.letter in follows
            or (
                row.letter in later
                and row.kind not in ("acknowledgement", "returned", "forwarded")
                and row.letter != "cada-referral"
            )
        )
    ]
    told = {name for row in mine if row.what == "answered" for name in row.questions}
    told |= {name for row in mine if row.kind == "full" and row.letter in ASKED for name in ASKED[row.letter]}
    forwarders = {who}
    for _hop in NAMES:
        forwarders |= {row.contact for row in play.rows if row.to in forwarders and row.letter in follows}
    forwarders -= {who}
    told_of = [
        row for row in play.rows if row.contact in forwarders and row.letter in follows and not row.is_void
    ]
    return Known(
        [row for row in (*about, *told_of) if row.what == "sent"],
        [row for row in (*about, *told_of) if row.what == "received"],
        answers,
        [row for row in about if row.what == "extended"],
        [row for row in mine if row.what == "sent" and row.kind == "reminder"],
        [row for row in told_of if row.to == who],
        told,
    )


def check(play: Play, made: Made, where: str, *, is_former_meant: bool = False) -> None:
    play.checked += 1
    known = known_of(play, made)
    for fault in faults(play, made, known, is_former_meant=is_former_meant):
        play.faults.append(
            f"{where} on {play.today}: {made.piece.letter} to {made.piece.contacts[0]}: {fault}"
        )


def faults(play: Play, made: Made, known: Known, *, is_former_meant: bool) -> Iterator[str]:
    piece, text = made.piece, made.text
    who = piece.contacts[0]
    yield from faulty_addressee(piece, text, who, is_former_meant=is_former_meant)
    if stopped_letters(play, who) & {"", *piece.follows}:
        yield "its follow-ups were stopped"
    if piece.kind == "reminder":
        yield from needless_reminder(known, piece)
    yield from faulty_silence(text, known)
    yield from faulty_answers(text, known)
    yield from faulty_questions(text, known, piece)
    flat = " ".join(text.split())
    yield from faulty_past(flat, known)
    yield from faulty_limits(play, flat, known)
    yield from stray_days(made, flat, known)


def stopped_letters(play: Play, who: str) -> set[str]:
    return {
        row.letter for row in play.rows if row.what == "stopped" and not row.is_void and row.contact == who
    }


def faulty_addressee(piece: Piece, text: str, who: str, *, is_former_meant: bool) -> Iterator[str]:
    if piece.kind == "referral":
        if "CADA" not in text:
            yield "the referral goes elsewhere"
        return
    if NAMES[who] not in text:
        yield "its address is another's"
    assert piece.written
    if not (is_in_office(who, piece.written) or is_former_meant) and not any(
        is_in_office(who, piece.written) for who in piece.contacts
    ):
        yield "who is out of office gets it"


def needless_reminder(known: Known, piece: Piece) -> Iterator[str]:
    for name in piece.follows:
        others = {row.letter for row in known.answers} - {*ASKED, "documents-request"}
        followed = {name, *others}
        last = [row for row in known.answers if row.letter in followed and row.kind != "acknowledgement"]
        if last and last[-1].kind in ENDS:
            yield f"'{name}' had its answer, {last[-1].kind}"
        if name in ASKED and set(ASKED[name]) <= known.told:
            yield f"every question of '{name}' was answered"


SILENCE = (
    r"(?:cette lettre reste|ces lettres restent) sans réponse",
    r"n[e']? ?(?:nous )?avez pas répondu",
    r"restée sans (?:réponse|suite)",
    r"silence gardé sur notre demande",
)


def faulty_silence(text: str, known: Known) -> Iterator[str]:
    """Yield each word of silence to somebody who answered something."""
    contents = [row for row in known.answers if row.kind in CONTENTS]
    for pattern in SILENCE:
        if contents and (found := re.search(pattern, " ".join(text.split()))):
            yield f"'{found[0]}', and an answer came on {contents[0].at}: {contents[0].kind}"


def faulty_answers(text: str, known: Known) -> Iterator[str]:
    flat = " ".join(text.split())
    contents = [row for row in known.answers if row.kind in CONTENTS]
    refusals = [row for row in known.answers if row.kind == "refusal"]
    for what, meant in (("réponse(?: partielle,)?", contents), ("refus", refusals)):
        for day in re.findall(rf"\b{what} reçue? le ({DAY})", flat):
            if day not in {said(row.at) for row in meant}:
                yield f"'{what}' of {day} never came"
        for day in re.findall(rf"\b{what} du ({DAY})", flat):
            if day not in {said(row.dated) for row in meant if row.dated}:
                yield f"'{what}' of {day} is dated otherwise"
    if (
        re.search(r"remercions de (?:votre réponse|ce que vous)|Votre réponse|réponse partielle", flat)
        and not contents
        and not known.told  # by an answer to another letter
    ):
        yield "it speaks of an answer, and none came"
    if re.search(r"avez refusé|Copie du refus", flat) and not refusals:
        yield "it speaks of a refusal, and none came"


def faulty_questions(text: str, known: Known, piece: Piece) -> Iterator[str]:
    asked = {name for letter in piece.follows for name in ASKED.get(letter, ())}
    quoted = {name for name, question in QUESTIONS.items() if question in text}
    for numbers in re.findall(r"\((?:nos|n°) ([\d, et]+)\)", text):
        quoted |= {name for name, number in NUMBERS.items() if str(number) in re.findall(r"\d+", numbers)}
    if quoted & known.told:
        yield f"questions that were answered: {quoted & known.told}"
    if quoted - asked:
        yield f"questions that were never asked: {quoted - asked}"


def faulty_past(text: str, known: Known) -> Iterator[str]:
    """Yield each day on which something is said to have happened and did not."""
    written = {row.dated for row in known.sent if row.dated}
    gone, arrived = {row.at for row in known.sent}, {row.at for row in known.received}
    ways = "par courrier|en recommandé|par courriel"
    for pattern, meant in (
        (r"(?:[Nn]otre lettre|Copie de la demande|datée) du", written),
        (rf"(?:envoyée(?: {ways})?|remise en main propre|transmise par formulaire en ligne) le", gone),
        (r"(?:et reçue|sa réception,) le", arrived),
        (r"Notre relance du", {row.at for row in known.reminders}),
    ):
        for day in re.findall(rf"{pattern} ({DAY})", text):
            if day_of(day) not in meant:
                yield f"'{pattern}' {day}, and the journal has {sorted(map(str, meant))}"


def faulty_limits(play: Play, text: str, known: Known) -> Iterator[str]:
    """Yield each limit that is named and is another, or is still ahead."""
    extensions = [row.until for row in known.extended]
    asked = {row.until for row in known.sent}
    for day in map(day_of, re.findall(rf"attendions une(?: réponse)? avant le ({DAY})", text)):
        if day > play.today:
            yield f"an answer was to come by {day}, which is still ahead"
        if extensions and day != extensions[-1]:
            yield f"an answer was to come by {day}, and that was moved to {extensions[-1]}"
        if not (extensions or day in asked or is_step(day, known)):
            yield f"an answer was to come by {day}, which nothing says"
    arrived = [row.at for row in known.received]
    born = {months_after(min(arrived), 1)} if arrived else set()
    for day in map(day_of, re.findall(rf"refus implicite est né le ({DAY})", text)):
        if day not in born:
            yield f"silence refused on {day}, and not on {sorted(map(str, born))}"
    estimated = {months_after(row.at + timedelta(days=days), 1) for row in known.sent for days in range(8)}
    refused = born | estimated | {row.at for row in known.answers if row.kind == "refusal"}
    ends = {months_after(day, 2) for day in refused}
    for day in map(day_of, re.findall(rf"délai de saisine s'achevait le ({DAY})", text)):
        if day + timedelta(days=1) not in ends:
            yield f"the limit passed on {day}, and not on the day before {sorted(map(str, ends))}"


def is_step(day: date, known: Known) -> bool:
    """Tell whether a letter that named no day may be due on one, moved by some days off as it may be."""
    rows = (*known.sent, *known.received, *known.answers, *known.reminders, *known.forwarded)
    starts = {row.at for row in rows}
    reach = {start + timedelta(days=30) for start in starts}
    reach |= {months_after(start, number) for start in starts for number in (1, 2)}
    return any(abs((day - limit).days) <= 7 for limit in reach)


def stray_days(made: Made, text: str, known: Known) -> Iterator[str]:
    """Yield each day that nothing in the journal says, whatever the letter says of it."""
    piece = made.piece
    rows = (*known.sent, *known.received, *known.answers, *known.reminders, *known.extended)
    days = {piece.written, piece.reply_by, *(day for row in rows for day in (row.at, row.dated, row.until))}
    limits = rf"(?:attendions une(?: réponse)? avant|est né|délai de saisine s'achevait) le {DAY}"
    for day in re.findall(DAY, re.sub(limits, "", text)):
        if day_of(day) not in days:
            yield f"{day} is none of the journal's days"


@pytest.fixture(scope="module")
def count(request: pytest.FixtureRequest) -> int:
    """Return how many journals are played."""
    return int(request.config.getoption("--journals"))


def test_no_letter_says_what_the_journal_contradicts(folder: Folder, count: int) -> None:
    found: list[str] = []
    checked = 0
    workers: dict[date, Worker] = {}
    for seed in range(count):
        play = play_one(folder, workers, seed)
        checked += play.checked
        found += [f"journal {seed}: {fault}" for fault in play.faults]
    assert not found, "\n".join(found)
    assert checked > count  # or nothing was tried
