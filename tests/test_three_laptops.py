"""A year of two organisers and a coordinator, with clocks that are wrong, people forgotten and imports cut off."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone, tzinfo
from pathlib import Path

import pytest
from typer.testing import Result

from outreach.cli import options
from tests.conftest import CONTACT, LETTER, set_day

Campaign = Callable[..., Path]
Run = Callable[..., Result]

IDS = [f"elu-{number}" for number in range(8)]
FILES = {
    "contacts/a.toml": "".join(CONTACT.replace('"maire"', f'"{name}"') for name in IDS),
    "letters/note.md": LETTER,
}
LAPTOPS = ("ana", "bo", "coordination")
CLOCKS = {"ana": timedelta(days=400), "bo": timedelta(0), "coordination": timedelta(days=-3000)}
"""By how much each laptop's clock is wrong."""
FIRST_ROUND = (("ana", "coordination"), ("bo", "coordination"))
SECOND_ROUND = (("coordination", "ana"), ("coordination", "bo"))


class Year:
    """Three copies of one campaign, and what happens to them."""

    def __init__(self, root: Path, folder: Path, run: Run, patch: pytest.MonkeyPatch, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  (no secret)
        self.folder, self.run, self.patch = folder, run, patch
        self.today = date(2025, 1, 2)
        self.roots = {name: Path(shutil.copytree(root, folder / name)) for name in LAPTOPS}
        for name, own in self.roots.items():
            settings = own / "outreach.toml"
            text = settings.read_text(encoding="utf-8")
            settings.write_text(f'{text}[journal]\nauthor = "{name}"\n', encoding="utf-8")
        self.forgotten: set[str] = set()

    def say(self, name: str, *words: str) -> Result:
        """Run a command on a laptop, by its clock."""
        set_day(self.patch, self.today)
        self.patch.setattr(options, "datetime", clock(self.today, CLOCKS[name]))
        return self.run(*words, root=self.roots[name])

    def journal(self, name: str) -> Mapping[str, object]:
        rows = map(json.loads, self.say(name, "log", "export", "-").stdout.splitlines())
        return {row["id"]: row for row in rows if "kind" in row}

    def exchange(self, giver: str, taker: str) -> None:
        target = self.folder / f"{giver}.jsonl"
        assert self.say(giver, "log", "export", str(target), "--force").exit_code == 0
        if self.chance.random() < 0.3:  # cut off somewhere, and done again
            command = [sys.executable, "-m", "outreach", "--campaign", str(self.roots[taker])]
            with subprocess.Popen(
                [*command, "log", "import", str(target)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as process:
                try:
                    process.wait(self.chance.uniform(0.1, 0.6))
                except subprocess.TimeoutExpired:
                    process.kill()
        done = self.say(taker, "log", "import", str(target))
        assert done.exit_code == 0, done.stderr

    def forget(self, name: str, contact: str) -> None:
        if len(self.forgotten) < 3:
            assert self.say(name, "contacts", "forget", contact, "--yes").exit_code == 0
            self.forgotten.add(contact)

    def undo(self, name: str) -> None:
        known = sorted(self.journal(name))
        if known:
            self.say(name, "log", "undo", self.chance.choice(known))

    def turn(self) -> None:
        """Let something happen on one of the laptops."""
        self.today += timedelta(days=self.chance.randrange(8))
        name = self.chance.choice(LAPTOPS)
        contact = self.chance.choice([one for one in IDS if one not in self.forgotten])
        on = ("--on", str(self.today))
        via, kind = self.chance.choice(["post", "email"]), self.chance.choice(["partial", "refusal", "full"])
        other = self.chance.choice([one for one in LAPTOPS if one != name])
        deeds: list[Callable[[], object]] = [
            lambda: self.say(name, "sent", "note", "--to", contact, *on, "--via", via),
            lambda: self.say(name, "sent", "note", "--to", contact, *on, "--via", via),
            lambda: self.say(name, "answer", contact, *on, "--kind", kind),
            lambda: self.say(name, "received", contact, *on, "--proof", "delivery"),
            lambda: self.say(name, "note", contact, "a appelé"),
            lambda: self.say(name, "stop", contact, "--reason", "réglé"),
            lambda: self.undo(name),
            lambda: self.forget(name, contact),
            lambda: self.exchange(name, other),
        ]
        self.chance.choice(deeds)()

    def standing(self, name: str) -> list[object]:
        shown = self.say(name, "status", "--json", "--on", str(self.today)).stdout
        return [row for row in json.loads(shown) if row["contact"] not in self.forgotten]


@pytest.mark.parametrize("seed", [1, 2])
def test_all_three_journals_are_the_same_in_the_end(
    campaign: Campaign, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    root = campaign(FILES)
    assert run("generate", "--format", "txt", root=root).exit_code == 0
    year = Year(root, tmp_path, run, monkeypatch, seed)
    for _turn in range(45):
        year.turn()
    for giver, taker in (*FIRST_ROUND, *SECOND_ROUND):
        year.exchange(giver, taker)
    journals = [year.journal(name) for name in LAPTOPS]
    assert journals[0] == journals[1] == journals[2]
    assert len(journals[0]) >= 10
    assert year.forgotten
    text = json.dumps(journals[0])
    assert not [one for one in year.forgotten if f'"{one}"' in text]
    assert year.standing("ana") == year.standing("bo") == year.standing("coordination")
    for name in LAPTOPS:
        assert year.say(name, "check").exit_code == 0
        assert year.say(name, "log", "verify").exit_code == 0


def clock(today: date, wrong: timedelta) -> type[datetime]:
    """Return a clock that is wrong by so much."""

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Wrong":
            moment = datetime(today.year, today.month, today.day, 12, tzinfo=timezone.utc) + wrong
            return cls.fromtimestamp(moment.timestamp(), tz)

    return Wrong
