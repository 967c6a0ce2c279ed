"""Journals exchanged with the files that they speak of: `log export FILE.zip --with-files`."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

QUESTIONS = {"contacts/b.toml": '[[contact]]\nid = "elu"\nrole = "councillor"\ngender = "m"\ngiven_name = "Luc"\n'
             'family_name = "Bo"\norganisation = "Mairie"\naddress = ["2 rue B"]\npostal_code = "69002"\ncity = "Lyon"\n'}  # fmt: skip


@pytest.fixture
def recorded(campaign: Campaign, run: Run, tmp_path: Path) -> Path:
    """Return a campaign with a letter sent and an answer of which a scan is kept."""
    root = campaign(QUESTIONS)
    scan = tmp_path / "réponse.pdf"
    scan.write_bytes(b"%PDF-1.7 scan")
    for command in (
        ("generate", "--format", "txt"),
        ("sent", "note", "--on", "2024-12-02", "--via", "post"),
        ("answer", "elu", "--on", "2024-12-20", "--kind", "partial", "--file", str(scan)),
        ("note", "maire", "a appelé"),
    ):
        done = run(*command, root=root)
        assert done.exit_code == 0, done.stderr
    return root


def exported(run: Run, root: Path, target: Path) -> str:
    done = run("log", "export", str(target), "--with-files", root=root)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def archived(root: Path) -> dict[str, bytes]:
    folder = root / "archive"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}


def altered(source: Path, target: Path, contents: dict[str, bytes]) -> None:
    """Copy a package with other members in place of some, or besides."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in {*old.namelist(), *contents}:
            new.writestr(name, contents[name] if name in contents else old.read(name))


def test_the_coordinator_has_every_file_and_verifies_clean(recorded: Path, run: Run, tmp_path: Path) -> None:
    package = tmp_path / "ana.zip"
    assert exported(run, recorded, package) == "4 events written, with 3 archived files\n"
    other = tmp_path / "coordinator"
    shutil.copytree(recorded, other, ignore=shutil.ignore_patterns("outreach.db*", "archive", "out"))
    done = run("log", "import", str(package), root=other)
    assert (done.exit_code, done.stdout) == (0, "4 events added, 3 files\n")
    assert archived(other) == archived(recorded) != {}
    assert run("log", "verify", root=other).exit_code == 0
    again = run("log", "import", str(package), "--json", root=other)
    assert json.loads(again.stdout) == [{"events": 0, "files": 0}]


def test_without_the_files_verify_says_what_is_missing_and_the_package_brings_it(
    recorded: Path, run: Run, tmp_path: Path
) -> None:
    package = tmp_path / "ana.zip"
    exported(run, recorded, package)
    shutil.rmtree(recorded / "archive")
    assert run("log", "verify", root=recorded).stderr.count("is missing") == 3
    assert run("log", "import", str(package), root=recorded).stdout == "0 events added, 3 files\n"
    assert run("log", "verify", root=recorded).exit_code == 0


def test_the_same_journal_makes_the_same_bytes(recorded: Path, run: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    exported(run, recorded, first)
    exported(run, recorded, second)
    assert first.read_bytes() == second.read_bytes()


def test_a_lost_journal_is_made_anew_from_a_package(recorded: Path, run: Run, tmp_path: Path) -> None:
    package = tmp_path / "ana.zip"
    exported(run, recorded, package)
    before = archived(recorded)
    for path in recorded.glob("outreach.db*"):
        path.unlink()
    shutil.rmtree(recorded / "archive")
    done = run("log", "rebuild", str(package), root=recorded)
    assert (done.exit_code, done.stdout) == (0, "4 events in the new journal\n")
    assert archived(recorded) == before
    assert run("log", "verify", str(package), root=recorded).exit_code == 0


def test_a_file_altered_on_the_way_is_refused_and_nothing_is_taken(
    recorded: Path, run: Run, tmp_path: Path
) -> None:
    package, bad = tmp_path / "ana.zip", tmp_path / "bad.zip"
    exported(run, recorded, package)
    scan = next(name for name in zipfile.ZipFile(package).namelist() if name.endswith(".pdf"))
    altered(package, bad, {scan: b"%PDF-1.7 other"})
    shutil.rmtree(recorded / "archive")
    done = run("log", "import", str(bad), root=recorded)
    assert (done.exit_code, done.stdout) == (3, "")
    assert (
        done.stderr == f"bad.zip: {scan.removeprefix('archive/')}: was altered on the way; export it again\n"
    )
    assert archived(recorded) == {}


def test_what_no_event_names_is_left_in_the_package(recorded: Path, run: Run, tmp_path: Path) -> None:
    package, odd = tmp_path / "ana.zip", tmp_path / "odd.zip"
    exported(run, recorded, package)
    altered(
        package, odd, {"../outside.txt": b"x", "archive/ff/stray.pdf": b"y", "archive/../../up.txt": b"z"}
    )
    before = archived(recorded)
    shutil.rmtree(recorded / "archive")
    assert run("log", "import", str(odd), root=recorded).stdout == "0 events added, 3 files\n"
    assert archived(recorded) == before
    assert not list(tmp_path.rglob("outside.txt")) + list(tmp_path.rglob("up.txt"))


def test_whoever_was_forgotten_gets_no_file_back(recorded: Path, run: Run, tmp_path: Path) -> None:
    package = tmp_path / "ana.zip"
    exported(run, recorded, package)
    assert run("contacts", "forget", "elu", "--yes", root=recorded).exit_code == 0
    left = archived(recorded)
    assert run("log", "import", str(package), root=recorded).stdout == "0 events added\n"
    assert archived(recorded) == left
    assert not [name for name in left if name.endswith(".pdf")]


def test_a_missing_or_altered_file_is_named_and_the_rest_exported(
    recorded: Path, run: Run, tmp_path: Path
) -> None:
    scan = next((recorded / "archive").rglob("*.pdf"))
    scan.write_bytes(b"spoilt")
    done = run("log", "export", str(tmp_path / "a.zip"), "--with-files", root=recorded)
    assert (done.exit_code, done.stdout) == (0, "4 events written, with 2 archived files\n")
    assert done.stderr.startswith(f"archive/{scan.parent.name}/{scan.name}: warning: was altered; ")
    assert len(zipfile.ZipFile(tmp_path / "a.zip").namelist()) == 3


def test_a_package_without_a_journal_is_refused(recorded: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.jpg", b"x")
    done = run("log", "import", str(path), root=recorded)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("photos.zip: holds no journal; ")


def test_a_package_cut_on_the_way_is_refused(recorded: Path, run: Run, tmp_path: Path) -> None:
    package = tmp_path / "cut.zip"
    exported(run, recorded, package)
    package.write_bytes(package.read_bytes()[:400])
    done = run("log", "import", str(package), root=recorded)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("cut.zip: is damaged and cannot be unpacked; ")


@pytest.mark.parametrize("name", ["a.jsonl", "-", "a"])
def test_the_files_need_a_zip(recorded: Path, run: Run, tmp_path: Path, name: str) -> None:
    target = name if name == "-" else str(tmp_path / name)
    done = run("log", "export", target, "--with-files", root=recorded)
    assert (done.exit_code, done.stdout) == (3, "")
    assert ".zip" in done.stderr
