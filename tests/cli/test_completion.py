"""What the shell is told when the user presses TAB."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from outreach.cli.app import app
from tests.conftest import LETTER

Campaign = Callable[..., Path]
TABLE = "id;role;tags;insee;country;Parti\nmartin;mp;x|y;01004;;Vert\nkaas;mayor;;;be;\n"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("preview ", ["note", "prefet"]),
        ("preview no", ["note"]),
        ("print --labels L716", ["L7160", "L7161", "L7162", "L7163", "L7165"]),
        ("print --labels mi", ["mien"]),
        ("received ma", ["maire", "martin"]),
        ("preview note --to ma", ["maire", "martin"]),
        ("generate --to role:", ["role:mayor", "role:mp"]),
        ("generate --to tag:", ["tag:a", "tag:x", "tag:y"]),
        ("generate --not commune:0", ["commune:01004"]),
        ("print --to depart", ["department:"]),
        ("contacts list --to department:", ["department:01", "department:69"]),
        ("contacts export --to country:", ["country:be"]),
        ("status --to status:a", ["status:acknowledged", "status:answered"]),
        ("due --not outcome:re", ["outcome:refused", "outcome:returned"]),
        ("why --to has:", ["has:address", "has:email"]),
        ("sent note --to field:", ["field:parti=Vert"]),
        ("followup --to du", ["due"]),
        ("followup --to role:mp,tag:", ["role:mp,tag:a", "role:mp,tag:x", "role:mp,tag:y"]),
        ("status --letter pre", ["prefet"]),
        ("letters show n", ["note"]),
    ],
)
def test_names_come_from_the_campaign(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, typed: str, expected: list[str]
) -> None:
    root = campaign(
        {
            "letters/prefet.md": LETTER,
            "letters/_passage.md": "x",
            "contacts/b.csv": TABLE,
            "contacts/c.toml": "broken = ",
        }
    )
    with (root / "outreach.toml").open("a", encoding="utf-8") as settings:
        settings.write("[labels.mien]\n")
    monkeypatch.chdir(root)
    words = f"outreach {typed}"
    environment = {
        "_OUTREACH_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    done = CliRunner().invoke(app, [], prog_name="outreach", env=environment)
    assert done.stdout.split() == expected


def test_outside_of_a_campaign_nothing_is_proposed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environment = {
        "_OUTREACH_COMPLETE": "complete_bash",
        "COMP_WORDS": "outreach preview ",
        "COMP_CWORD": "2",
    }
    done = CliRunner().invoke(app, [], prog_name="outreach", env=environment)
    assert done.stdout.split() == []
