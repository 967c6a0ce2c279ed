"""Who is meant by a letter: whoever is in office on its date, and nobody else without being asked for."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import CONTACT, LETTER, findings, set_day

Campaign = Callable[..., Path]
Run = Callable[..., Result]

BEFORE = CONTACT.replace('"maire"', '"avant"').replace("Exemple", "Avant") + "term_end = {end}\n"
AFTER = CONTACT.replace('"maire"', '"apres"').replace("Exemple", "Après") + "term_start = {start}\n"
ALWAYS = CONTACT.replace("Exemple", "Toujours")
JOINT = LETTER.replace("\n+++\n", "\njoint = true\n+++\n", 1).replace(
    "Bonjour à {{ recipient.name }}.", "Bonjour."
)
HINT = "say --with-former to write to them all the same"


def people(end: str = "2026-03-21", start: str = "2026-03-22") -> str:
    return BEFORE.format(end=end) + AFTER.format(start=start) + ALWAYS


@pytest.mark.parametrize(
    ("day", "written"),
    [
        ("2024-11-30", {"avant", "maire"}),
        ("2026-03-21", {"avant", "maire"}),
        ("2026-03-22", {"apres", "maire"}),
    ],
)
def test_a_letter_is_meant_for_who_is_in_office_on_its_date(
    campaign: Campaign, run: Run, day: str, written: set[str]
) -> None:
    root = campaign({"contacts/a.toml": people()})
    done = run("generate", "--date", day, "--format", "txt", root=root)
    (left,) = {"avant", "apres", "maire"} - written
    named = f"warning: 1 contact is not in office on {day} and is left out: {left}; {HINT}\n"
    assert (done.exit_code, done.stderr.partition("\n")[0] + "\n") == (0, named)
    assert {path.stem for path in (root / "out/note").iterdir()} == written
    listed = run("contacts", "list", "--in-office", day, root=root).stdout
    assert {name for name in ("avant", "apres", "maire") if name in listed} == written


def test_with_former_writes_to_all_and_none_left_is_refused(campaign: Campaign, run: Run) -> None:
    root = campaign({"contacts/a.toml": people()})
    refused = run("generate", "--to", "apres", root=root)
    message = f"1 contact is not in office on 2024-11-30 and is left out: apres; {HINT}\n"
    assert (refused.exit_code, refused.stdout, refused.stderr) == (4, "", message)
    assert not (root / "out").exists()
    assert run("generate", "--with-former", "--format", "txt", root=root).exit_code == 0
    assert {path.stem for path in (root / "out/note").iterdir()} == {"avant", "apres", "maire"}


def test_many_who_left_are_counted(campaign: Campaign, run: Run) -> None:
    gone = "".join(BEFORE.format(end="2020-01-01").replace("avant", f"avant-{n}") for n in range(7))
    root = campaign({"contacts/a.toml": gone + ALWAYS})
    assert run("generate", "--dry-run", root=root).stderr.splitlines()[1] == (
        "warning: 7 contacts are not in office on 2024-11-30 and are left out: avant-0, avant-1, avant-2, avant-3,"
        f" avant-4 and 2 more; {HINT}"
    )


def test_a_joint_letter_goes_without_who_is_not_in_office(campaign: Campaign, run: Run) -> None:
    root = campaign({"contacts/a.toml": people(), "letters/note.md": JOINT})
    assert run("generate", "--format", "txt", root=root).exit_code == 0
    text = (root / "out/note/joint.txt").read_text(encoding="utf-8")
    assert "Anne AVANT" in text
    assert "TOUJOURS" in text.upper()
    assert "APRÈS" not in text.upper()
    run("generate", "--date", "2026-04-01", "--format", "txt", root=root)
    text = (root / "out/note/joint.txt").read_text(encoding="utf-8")
    assert "AVANT" not in text.upper()
    assert "APRÈS" in text.upper()


def test_print_and_sent_do_not_miss_who_was_never_meant(campaign: Campaign, run: Run) -> None:
    root = campaign({"contacts/a.toml": people()})
    assert run("generate", "--format", "pdf", root=root).exit_code == 0
    assert run("print", root=root).exit_code == 0
    missing = run("print", "--with-former", root=root)
    assert (missing.exit_code, missing.stderr) == (
        3,
        "note/apres.pdf: was never generated; run `outreach generate note`\n",
    )
    done = run("sent", "note", "--on", "2024-12-02", "--via", "post", root=root)
    assert (done.exit_code, [line.split()[2] for line in done.stdout.splitlines()]) == (0, ["avant", "maire"])


def test_nobody_who_left_is_reminded_unless_asked_for(
    campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, date(2025, 7, 1))
    reminder = LETTER.replace('title = "Lettre"', 'title = "Relance"\nkind = "reminder"')
    root = campaign({"contacts/a.toml": people(end="2025-01-05"), "letters/reminder.md": reminder})
    run("generate", root=root)
    run("sent", "note", "--on", "2024-12-02", "--via", "post", root=root)
    done = run("followup", "--on", "2025-01-06", "--format", "txt", root=root)
    message = f"1 contact is not in office on 2025-01-06 and is left out: avant; {HINT}"
    assert (done.exit_code, done.stderr) == (0, f"warning: {message}\n")
    assert [path.name for path in (root / "out/reminder").iterdir()] == ["maire.txt"]
    alone = run("followup", "--on", "2025-01-06", "--to", "avant", root=root)
    assert (alone.exit_code, alone.stdout, alone.stderr) == (4, "", f"{message}\n")
    assert run("followup", "--on", "2025-01-06", "--to", "avant", "--with-former", root=root).exit_code == 0
    assert (root / "out/reminder/avant.pdf").is_file()


def test_a_term_that_ends_before_it_begins_is_a_fault(campaign: Campaign, run: Run) -> None:
    wrong = ALWAYS + "term_start = 2026-03-22\nterm_end = 2026-03-21\n"
    root = campaign({"contacts/a.toml": wrong})
    line = len(wrong.splitlines())
    assert findings(run("check", root=root))[0] == (
        f"contacts/a.toml:{line}: term_end 2026-03-21 is before term_start 2026-03-22;"
        " give the first and the last day in office"
    )
