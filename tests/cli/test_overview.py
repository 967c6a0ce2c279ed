"""What the program says of the campaign, and of itself."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import CAMPAIGN, SETTINGS, set_day

Campaign = Callable[..., Path]
Run = Callable[..., Result]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def travel(day: str) -> None:
        set_day(monkeypatch, date.fromisoformat(day))

    return travel


def test_outreach_alone_says_what_comes_next(campaign: Campaign, run: Run, at: Callable[[str], None]) -> None:
    authority = '[[contact]]\nid = "cada"\nrole = "authority"\norganisation = "CADA"\nreferral_only = true\n'
    root = campaign({"contacts/b.toml": authority})  # which is nobody to write to
    at("2024-12-02")
    assert run(root=root).stdout.splitlines() == [
        "Essai",
        "1 contact, 1 letter to 1 recipient",
        "0 generated, 0 sent, 0 answered, 0 due, 0 late",
        "next: outreach check, then outreach generate",
    ]
    assert not (root / "outreach.db").exists()
    run("generate", root=root)
    assert (
        run(root=root).stdout.splitlines()[-1].startswith("next: outreach print, then outreach sent LETTER")
    )
    run("sent", "note", "--on", "2024-12-02", "--via", "post", root=root)
    assert run(root=root).stdout.splitlines()[-1].startswith("next: nothing is due; ")
    at("2025-01-10")
    shown = run(root=root).stdout.splitlines()
    assert shown[2:] == [
        "1 generated, 1 sent, 0 answered, 1 due, 1 late",
        "next: outreach followup, for the letters that are due; `outreach due` shows them",
    ]


def test_outside_of_a_campaign_it_says_how_to_begin(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run()
    assert done.exit_code == 0
    assert done.stdout == "no campaign here; next: outreach init my-campaign, or outreach --help\n"


def test_a_campaign_with_errors_is_to_be_checked(campaign: Campaign, run: Run) -> None:
    root = campaign({"letters/autre.md": "sans en-tête"})
    assert run(root=root).stdout.splitlines()[-1] == "next: outreach check, since some files have errors"


def test_doctor_says_what_of_e_mail_is_set_up(campaign: Campaign, run: Run) -> None:
    assert "not set up" in run("doctor", root=campaign()).stdout
    own = '[email]\nfrom = "groupe@example.org"\n[email.smtp]\nhost = "smtp.example.org"\n'
    shown = run("doctor", root=campaign({"outreach.toml": SETTINGS + own})).stdout
    assert [line.split()[1:] for line in shown.splitlines() if line.startswith("e-mail")] == [
        ["address,", "SMTP"]
    ]
    assert "example.org" not in shown


def test_doctor_names_versions_and_nobody(campaign: Campaign, run: Run) -> None:
    root = campaign()
    shown = run("doctor", root=root).stdout
    for word in ("outreach", "Python", "typst", "SQLite", "journal", "none yet", "can be written"):
        assert word in shown
    assert str(root) not in shown
    for text in CAMPAIGN.values():
        assert "Exemple" not in shown
        assert str(text)[:20] not in shown
