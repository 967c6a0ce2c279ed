"""A file that the user names is never lost, and the campaign's own never replaced."""

import json
from codecs import BOM_UTF8
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from outreach.campaign.given_files import write_given
from outreach.errors import RefusedError, WorldError

Run = Callable[..., Result]
Campaign = Callable[..., Path]

COMMANDS = (
    (("answers", "--csv"), "x.csv"),
    (("due", "--ics"), "x.ics"),
    (("log", "export"), "x.jsonl"),
    (("contacts", "export"), "x.csv"),
    (("contacts", "export"), "x.xlsx"),
    (("contacts", "export"), "x.vcf"),
)


@pytest.mark.parametrize(("command", "name"), COMMANDS)
def test_what_is_there_stays_or_is_kept(
    campaign: Campaign, run: Run, tmp_path: Path, command: tuple[str, ...], name: str
) -> None:
    root, target = campaign(), tmp_path / "mine" / name
    assert run(*command, str(target), root=root).exit_code == 0
    made = target.read_bytes()
    target.write_bytes(b"mine")
    refused = run(*command, str(target), root=root)
    assert (refused.exit_code, refused.stdout, target.read_bytes()) == (4, "", b"mine")
    assert refused.stderr == (
        f"{target.as_posix()}: is there already; choose another name, or add --force to replace it\n"
    )
    assert run(*command, str(target), "--force", root=root).exit_code == 0
    kept = target.with_name(f"{name}.bak")
    assert kept.read_bytes() == b"mine"
    if name != "x.xlsx":  # it holds the time of its making
        assert target.read_bytes() == made
    target.write_bytes(b"later")
    run(*command, str(target), "--force", root=root)
    assert (kept.read_bytes(), target.with_name(f"{name}.bak-2").read_bytes()) == (b"mine", b"later")


@pytest.mark.parametrize(("command", "name"), COMMANDS)
def test_another_ending_is_an_error(
    campaign: Campaign, run: Run, tmp_path: Path, command: tuple[str, ...], name: str
) -> None:
    for other in ("x.docx", "x.odt"):
        done = run(*command, str(tmp_path / other), root=campaign())
        assert (done.exit_code, done.stdout) == (3, "")
        assert done.stderr.startswith(f"{other}: '{Path(other).suffix}' is not an ending of what is written")
        assert Path(name).suffix in done.stderr
        assert not (tmp_path / other).exists()


@pytest.mark.parametrize(("command", "name"), COMMANDS)
def test_a_hyphen_is_stdout_and_nothing_else_is_on_it(
    campaign: Campaign, run: Run, tmp_path: Path, command: tuple[str, ...], name: str
) -> None:
    root, target = campaign(), tmp_path / "mine" / name
    kind = ("--format", "vcard") if name == "x.vcf" else ()
    if name == "x.xlsx":
        return
    run(*command, str(target), root=root)
    done = run(*command, "-", *kind, root=root)
    assert (done.exit_code, done.stdout_bytes) == (0, target.read_bytes().removeprefix(BOM_UTF8))
    assert not (root / "-").exists()


@pytest.mark.parametrize(
    "own",
    [
        "outreach.toml",
        "outreach.db",
        "contacts/a.csv",
        "letters/note.csv",
        "archive/x.csv",
        "contacts/../outreach.db",
    ],
)
def test_the_campaigns_own_files_are_never_replaced(campaign: Campaign, own: str) -> None:
    root = campaign(
        {"contacts/a.csv": "id,role\n", "letters/note.csv": "x", "archive/x.csv": "y", "outreach.db": "z"}
    )
    before = (root / own).read_bytes()
    with pytest.raises(RefusedError) as caught:
        write_given({root / own: b"new"}, root, force=True)
    assert caught.value.problems[0].message == "is the campaign's own"
    assert (root / own).read_bytes() == before


@pytest.mark.parametrize("command", [("answers", "--csv", "-"), ("due", "--ics", "-")])
def test_json_and_a_file_cannot_both_be_on_stdout(
    campaign: Campaign, run: Run, command: tuple[str, ...]
) -> None:
    done = run(*command, "--json", root=campaign())
    assert (done.exit_code, done.stdout) == (2, "")


def test_pages_cannot_be_on_stdout(campaign: Campaign, run: Run) -> None:
    root = campaign()
    done = run("preview", "note", "--to", "maire", "--png", "-", root=root)
    assert (done.exit_code, done.stdout) == (2, "")
    assert not list(Path.cwd().glob("--*.png"))


def test_pages_are_refused_together_and_replaced_together(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    command = ("preview", "note", "--to", "maire", "--png", str(tmp_path / "p.png"))
    root = campaign()
    assert run(*command, root=root).exit_code == 0
    page = tmp_path / "p-1.png"
    made = page.read_bytes()
    page.write_bytes(b"mine")
    assert run(*command, root=root).exit_code == 4
    assert page.read_bytes() == b"mine"
    assert run(*command, "--force", root=root).exit_code == 0
    assert (page.read_bytes(), (tmp_path / "p-1.png.bak").read_bytes()) == (made, b"mine")
    assert run(*command[:-1], str(tmp_path / "p.jpg"), root=root).exit_code == 3


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let a file of that name be held open, as Word and Excel do on Windows."""

    def hold(name: str) -> None:
        whole = Path.replace

        def refuse(path: Path, target: Path) -> Path:
            if Path(target).name == name:
                raise PermissionError(13, "Permission denied")
            return whole(path, target)

        monkeypatch.setattr(Path, "replace", refuse)

    return hold


def test_a_file_that_is_open_is_named_and_the_others_are_written(
    tmp_path: Path, held: Callable[[str], None]
) -> None:
    first, second = tmp_path / "a.png", tmp_path / "b.png"
    first.write_bytes(b"old")
    second.write_bytes(b"old")
    held("a.png")
    with pytest.raises(WorldError) as caught:
        write_given({first: b"new", second: b"new"}, tmp_path / "campaign", force=True)
    (problem,) = caught.value.problems
    assert (problem.path, problem.message) == (first.as_posix(), "cannot be replaced")
    assert "Word or Excel" in problem.hint
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "a.png": b"old",
        "b.png": b"new",
        "b.png.bak": b"old",
    }


def test_a_letter_that_is_open_is_named_and_the_others_are_made(
    campaign: Campaign, run: Run, held: Callable[[str], None]
) -> None:
    root = campaign()
    command = ("generate", "--format", "docx", "--format", "txt", "--date", "2024-12-24")
    run("generate", "--format", "docx", "--format", "txt", root=root)
    held("maire.docx")
    done = run(*command, "--json", root=root)
    assert done.exit_code == 5
    said = json.loads(done.stderr)
    assert (said["code"], said["path"]) == ("held-open", (root / "out/note/maire.docx").as_posix())
    assert said["message"] == "cannot be replaced"
    assert said["hint"].startswith("it may be open")
    assert [(row["format"], row["result"]) for row in json.loads(done.stdout)] == [("txt", "changed")]
    assert "24\u00a0décembre" in (root / "out/note/maire.txt").read_text(encoding="utf-8")
