"""out/manifest.json when it is damaged, and what a run that was killed leaves beside it."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import LETTER

Campaign = Callable[..., Path]
Run = Callable[..., Result]

FORMATS = ("--format", "docx", "--format", "txt")
FILES = ("note/maire.docx", "note/maire.txt")
PENDING = "manifest.pending.jsonl"


def snapshot(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def write(root: Path, word: str) -> None:
    """Give the letter another text."""
    text = LETTER.replace("Bonjour", word)
    (root / "letters/note.md").write_text(text, encoding="utf-8")


def generate(run: Run, root: Path, *args: str) -> tuple[int, list[str]]:
    """Return the exit code and what became of each file."""
    done = run("generate", *FORMATS, *args, root=root)
    return done.exit_code, [line.split()[0] for line in done.stdout.splitlines()[: len(FILES)]]


COMMANDS = {
    "generate": ("generate",),
    "print": ("print",),
    "status": ("status",),
    "sent": ("sent", "note", "--on", "2024-12-02", "--via", "post"),
    "forget": ("contacts", "forget", "maire", "--yes"),
}


def assert_refused(
    run: Run, root: Path, damaged: str, line: int, command: tuple[str, ...] = COMMANDS["generate"]
) -> None:
    """Assert that a command refuses a damaged manifest with that line, and leaves all files as they are."""
    manifest = root / "out/manifest.json"
    manifest.write_text(damaged, encoding="utf-8")
    before = snapshot(root / "out")
    done = run(*command, root=root)
    assert (done.exit_code, done.stdout, done.stderr) == (
        3,
        "",
        f"{manifest.as_posix()}:{line}: the manifest is damaged; move the folder away and generate again\n",
    )
    assert snapshot(root / "out") == before
    assert not (root / "archive").exists()


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_damaged_manifest_is_one_line_and_exit_3_and_nothing_is_written(
    campaign: Campaign, run: Run, command: tuple[str, ...]
) -> None:
    root = campaign()
    generate(run, root)
    assert_refused(run, root, "[{", 1, command)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[\n", "[\n\x00\n"),
        ("[\n", "[\nnull,\n"),
        ("[\n", "[\n3,\n"),
        ("[\n", "[\n[],\n"),
        ("[\n", "[\n{},\n"),
        ('"path": "note/maire.docx", ', ""),
        ('"contacts": ["maire"]', '"contacts": 3'),
        ('"date": "2024-11-30"', '"date": "jadis"'),
        ('"date": "2024-11-30", ', ""),
        ('"pages": null', '"pages": "deux"'),
        ('{"letter"', '{"letter'),
        ('"0.1.0"}', '"0.1.0"'),
    ],
)
def test_one_damaged_line_is_enough(campaign: Campaign, run: Run, before: str, after: str) -> None:
    root = campaign()
    generate(run, root)
    text = (root / "out/manifest.json").read_text(encoding="utf-8")
    assert before in text
    assert_refused(run, root, text.replace(before, after, 1), 2)


def test_a_manifest_that_was_cut_short_is_damaged(campaign: Campaign, run: Run) -> None:
    root = campaign()
    generate(run, root)
    text = (root / "out/manifest.json").read_text(encoding="utf-8")
    assert_refused(run, root, text[: text.rindex('"inputs"')], 2)
    assert_refused(run, root, text.removesuffix("]\n"), 2)


def test_a_folder_that_was_moved_away_is_generated_again(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    root = campaign()
    generate(run, root)
    before = snapshot(root / "out")
    (root / "out/manifest.json").write_text("[{", encoding="utf-8")
    (root / "out").rename(tmp_path / "away")
    assert generate(run, root) == (0, ["created", "created"])
    assert snapshot(root / "out") == before


@pytest.fixture
def killed(campaign: Campaign, run: Run) -> Callable[..., Path]:
    """Return a function that leaves what a run leaves that is killed after its last file.

    The files are new, the manifest is old, and the pending file says what was about to be written.
    """

    def make(*pending: str, end: str = "") -> Path:
        root = campaign()
        generate(run, root)
        manifest = (root / "out/manifest.json").read_bytes()
        write(root, "Bonsoir")
        assert generate(run, root) == (0, ["changed", "changed"])
        (root / "out/manifest.json").write_bytes(manifest)
        lines = [
            json.dumps([name, sha256((root / "out" / name).read_bytes()).hexdigest()]) for name in pending
        ]
        (root / "out" / PENDING).write_text("\n".join([*lines, end]), encoding="utf-8")
        return root

    return make


def test_what_a_killed_run_wrote_is_not_taken_for_edited(killed: Callable[..., Path], run: Run) -> None:
    root = killed(*FILES)
    write(root, "Salut")
    assert generate(run, root) == (0, ["changed", "changed"])
    assert "Salut à Anne Exemple" in (root / "out/note/maire.txt").read_text(encoding="utf-8")


def test_what_a_killed_run_wrote_already_is_identical(killed: Callable[..., Path], run: Run) -> None:
    root = killed(*FILES)
    files = {name: (root / "out" / name).read_bytes() for name in FILES}
    assert generate(run, root) == (0, ["identical", "identical"])
    assert {name: (root / "out" / name).read_bytes() for name in FILES} == files


def test_after_the_next_run_the_manifest_is_right_and_the_pending_file_gone(
    killed: Callable[..., Path], run: Run
) -> None:
    root = killed(*FILES)
    write(root, "Salut")
    generate(run, root)
    assert sorted(snapshot(root / "out")) == ["manifest.json", *FILES]
    entries = json.loads((root / "out/manifest.json").read_text(encoding="utf-8"))
    assert {file["path"]: file["sha256"] for entry in entries for file in entry["files"]} == {
        name: sha256((root / "out" / name).read_bytes()).hexdigest() for name in FILES
    }


def test_a_file_that_the_killed_run_did_not_announce_is_kept(killed: Callable[..., Path], run: Run) -> None:
    root = killed(FILES[0])
    kept = (root / "out" / FILES[1]).read_bytes()
    write(root, "Salut")
    assert generate(run, root) == (4, ["changed", "edited"])
    assert (root / "out" / FILES[1]).read_bytes() == kept


def test_a_file_that_was_edited_after_the_kill_is_kept(killed: Callable[..., Path], run: Run) -> None:
    root = killed(*FILES)
    (root / "out" / FILES[0]).write_bytes(b"my words")
    write(root, "Salut")
    assert generate(run, root) == (4, ["edited", "changed"])
    assert (root / "out" / FILES[0]).read_bytes() == b"my words"


@pytest.mark.parametrize("end", ['["note/maire.txt", "12ab', '["note/maire.txt"', "null", "[]", "\x00"])
def test_a_line_that_was_cut_short_says_nothing(killed: Callable[..., Path], run: Run, end: str) -> None:
    root = killed(FILES[0], end=end)
    write(root, "Salut")
    assert generate(run, root) == (4, ["changed", "edited"])


def test_a_run_that_was_killed_twice_knows_both_of_its_files(killed: Callable[..., Path], run: Run) -> None:
    root = killed(*FILES)
    pending = root / "out" / PENDING
    other = json.dumps([FILES[0], sha256(b"the second run's, killed before it wrote it").hexdigest()])
    pending.write_text(f"{pending.read_text(encoding='utf-8')}{other}\n", encoding="utf-8")
    write(root, "Salut")
    assert generate(run, root) == (0, ["changed", "changed"])


def test_a_killed_first_run_leaves_no_manifest_and_is_made_up_for(
    killed: Callable[..., Path], run: Run
) -> None:
    root = killed(*FILES)
    (root / "out/manifest.json").unlink()
    write(root, "Salut")
    assert generate(run, root) == (0, ["changed", "changed"])


def test_a_dry_run_leaves_the_pending_file(killed: Callable[..., Path], run: Run) -> None:
    root = killed(*FILES)
    write(root, "Salut")
    before = snapshot(root / "out")
    assert generate(run, root, "--dry-run") == (0, ["changed", "changed"])
    assert snapshot(root / "out") == before
