"""Links in a campaign folder that lead out of it are refused by name, by every command, and nothing outside is touched."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

COMMANDS = [
    ("check",),
    ("generate", "--force"),
    ("generate", "--prune"),
    ("print",),
    ("followup", "--bundle"),
    ("sent", "note", "--on", "2024-12-02", "--via", "post"),
    ("answer", "maire", "--on", "2024-12-20", "--kind", "full"),
    ("contacts", "list"),
    ("contacts", "forget", "maire", "--yes"),
    ("letters", "new", "neuve"),
    ("log", "verify", "--repair"),
    ("log", "export", "-"),
    ("status",),
]
PLANTED = [
    "out",
    "archive",
    "out/note",
    "out/note/maire.pdf",
    "out/manifest.json",
    "out/print/run.json",
    "letters/lien.md",
    "letters/_lien.md",
    "contacts/lien.toml",
    "contacts/a.toml.bak",
    "archive/ab/x.pdf",
    "fonts",
    "fonts/x.ttf",
    ".outreach.lock",
    "outreach.db",
    "outreach.db.bak",
    "outreach.db-wal",
    "outreach.db.forgetting",
    "a.rejected.csv",
]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Return a folder outside the campaign with files of every kind."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_bytes(b"secret")
    return folder


@pytest.mark.parametrize("kind", ["file", "folder", "nothing"])
@pytest.mark.parametrize("name", PLANTED)
def test_a_link_that_leads_out_is_refused_by_name(
    campaign: Campaign, run: Run, outside: Path, name: str, kind: str
) -> None:
    root = campaign()
    run("generate", root=root)
    link = root / name
    if link.is_dir():
        link.rename(root / "moved")
    link.unlink(missing_ok=True)
    link.parent.mkdir(parents=True, exist_ok=True)
    target = {"file": outside / "secret", "folder": outside, "nothing": outside / "nothing"}[kind]
    link.symlink_to(target, target_is_directory=kind == "folder")
    for words in COMMANDS:
        done = run(*words, root=root)
        assert (done.exit_code, done.stderr) == (
            3,
            f"{name}: is a link that leads out of the campaign folder;"
            " take the link away, and put what it leads to in its place\n",
        ), words
    assert [(path.name, path.read_bytes()) for path in outside.iterdir()] == [("secret", b"secret")]


def test_settings_behind_a_link_that_leads_out_are_not_read(
    campaign: Campaign, run: Run, outside: Path
) -> None:
    root = campaign()
    settings = (root / "outreach.toml").rename(outside / "settings")
    (root / "outreach.toml").symlink_to(settings)
    done = run("status", root=root)
    assert (done.exit_code, done.stderr.partition(";")[0]) == (
        3,
        "outreach.toml: is a link that leads out of the campaign folder",
    )


def test_links_that_are_no_part_of_the_campaign_are_left_alone(
    campaign: Campaign, run: Run, outside: Path
) -> None:
    root = campaign()
    (root / "photos").symlink_to(outside, target_is_directory=True)
    assert run("generate", root=root).exit_code == 0


def test_links_within_the_campaign_are_followed_unless_they_lead_nowhere(
    campaign: Campaign, run: Run
) -> None:
    root = campaign()
    (root / "letters/other.md").symlink_to(root / "letters/note.md")
    assert run("generate", root=root).exit_code == 0
    assert (root / "out/other/maire.pdf").is_file()
    (root / "letters/third.md").symlink_to(root / "letters/gone.md")
    done = run("check", root=root)
    assert (done.exit_code, done.stderr.partition(";")[0]) == (
        3,
        "letters/third.md: is a link that leads nowhere",
    )


def test_all_such_links_are_named_at_once(campaign: Campaign, run: Run, outside: Path) -> None:
    root = campaign()
    for name in ("letters/a.md", "contacts/b.csv"):
        (root / name).symlink_to(outside / "secret")
    assert [line.partition(":")[0] for line in run("status", root=root).stderr.splitlines()] == [
        "letters/a.md",
        "contacts/b.csv",
    ]
