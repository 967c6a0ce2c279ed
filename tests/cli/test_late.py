"""A limit that has passed: how it is said, and what becomes of the letter that had it."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import APPLICANT, CONTACT, LETTER, set_day

Campaign = Callable[..., Path]
Run = Callable[..., Result]

AUTHORITY = (
    CONTACT.replace('"maire"', '"cada"')
    .replace('"mayor"', '"authority"')
    .replace("Exemple", "Avis")
    .replace('["a"]', '["cada"]')
)
REFERRAL = """\
+++
title = "Saisine"
kind = "referral"
audience = "tag:cada"
subject = "Saisine"
+++
{{ recipient.name }}, refus du {{ previous.refused_on | long_date }}.
{% if previous.expired_on %}Délai expiré le {{ previous.expired_on | long_date }}.{% endif %}
{% if previous.acknowledged_on %}Accusé du {{ previous.acknowledged_on | long_date }}.{% endif %}
"""
FILES = {
    "outreach.toml": APPLICANT,
    "contacts/a.toml": CONTACT + AUTHORITY,
    "letters/note.md": LETTER.replace('"all"', '"role:mayor"\nkind = "documents"'),
    "letters/cada-referral.md": REFERRAL,
}
LATE = "letter 'cada-referral' to 'maire'"
ON = ("--on", "2025-04-12")


@pytest.fixture
def sent(campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a campaign whose request for documents arrived on 10 January; the CADA's limit was 9 April."""
    set_day(monkeypatch, date(2025, 7, 1))
    root = campaign(FILES)
    assert run("generate", "note", root=root).exit_code == 0
    assert run("sent", "note", "--on", "2025-01-08", "--via", "registered", root=root).exit_code == 0
    return root


def received(run: Run, root: Path, proof: str) -> None:
    done = run("received", "maire", "--on", "2025-01-10", "--proof", proof, root=root)
    assert done.exit_code == 0


def text(root: Path) -> str:
    return (root / "out/cada-referral/maire.txt").read_text(encoding="utf-8").replace("\u00a0", " ")


def test_without_an_acknowledgement_the_referral_is_made_and_says_so(sent: Path, run: Run) -> None:
    received(run, sent, "delivery")
    shown = run("due", *ON, root=sent).stdout
    assert "expired 3 days ago" in shown
    assert "late" not in shown
    (row,) = json.loads(run("due", *ON, "--json", root=sent).stdout)
    assert (row["step"], row["due_on"], row["days_left"]) == ("cada-referral", "2025-04-09", -3)
    assert "expired" not in row
    why = run("why", "maire", *ON, root=sent).stdout
    assert "refer to the CADA, which comes before the court (expired 3 days ago)" in why
    (standing,) = json.loads(run("status", *ON, "--json", root=sent).stdout)
    assert (standing["next_step"], standing["overdue"]) == ("", False)
    done = run("followup", *ON, "--format", "txt", root=sent)
    assert (done.exit_code, done.stderr) == (
        0,
        f"warning: {LATE}: its limit passed on 2025-04-09; no acknowledgement is recorded, so it may not bind;"
        " the letter says so\n",
    )
    assert "Délai expiré le 9 avril 2025." in text(sent)
    assert "Accusé" not in text(sent)


def test_with_one_it_is_made_only_where_late_says_so(sent: Path, run: Run) -> None:
    received(run, sent, "acknowledgement")
    assert run("due", *ON, root=sent).stdout == "nothing is due\n"
    left_out = (
        f"{LATE} is left out: its limit passed on 2025-04-09, and binds; say --late to make it all the same;"
        " `outreach why maire` has the rule\n"
    )
    for chosen in ((), ("cada-referral",), ("cada-referral", "--to", "maire")):
        refused = run("followup", *chosen, *ON, root=sent)
        assert (refused.exit_code, refused.stdout, refused.stderr) == (4, "", left_out)
    assert not (sent / "out/cada-referral").exists()
    done = run("followup", *ON, "--late", "--format", "txt", root=sent)
    assert (done.exit_code, done.stderr) == (
        0,
        f"warning: {LATE}: its limit passed on 2025-04-09; it is made since --late says so\n",
    )
    assert "Délai expiré le 9 avril 2025." in text(sent)
    assert "Accusé du 10 janvier 2025." in text(sent)


def test_in_time_nothing_is_said_of_it(sent: Path, run: Run) -> None:
    received(run, sent, "acknowledgement")
    done = run("followup", "--on", "2025-04-09", "--format", "txt", root=sent)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "expiré" not in text(sent)
