"""A forgetting that is cut off: before its commit nothing has happened, after it the next command goes on."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from outreach.journal import store
from outreach.upkeep import forget
from tests.conftest import CONTACT, LETTER

Campaign = Callable[..., Path]
Run = Callable[..., Result]

PERSON = "quidam"
MINE = CONTACT.replace('"maire"', f'"{PERSON}"').replace("Anne", "Hortense")
NOTE = "outreach.db.forgetting"
GOES_ON = "an interrupted `contacts forget` is finished"
FORGET = ("contacts", "forget", PERSON, "--yes")


class CutOff(BaseException):
    """As when the machine stops: nothing catches it."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder to copy the campaign of `known` to once it is made."""
    return tmp_path_factory.mktemp("known") / "campaign"


@pytest.fixture
def known(campaign: Campaign, run: Run, template: Path, tmp_path: Path) -> Path:
    """Return a campaign with a person in contacts, letters, print run, lists, exports, journal and archive."""
    root = tmp_path / "campaign"
    if template.is_dir():
        return Path(shutil.copytree(template, root))
    joint = LETTER.replace('"all"', '"all"\njoint = true').replace("{{ recipient.name }}", "tous")
    campaign({"contacts/a.toml": CONTACT, "contacts/b.toml": MINE, "letters/ensemble.md": joint})
    (root / "contacts/b.toml.bak").write_text(MINE + CONTACT, encoding="utf-8")
    reply = tmp_path / "reponse.txt"
    reply.write_text("Réponse", encoding="utf-8")
    for command in (
        ("generate", "--format", "pdf"),
        ("print", "note", "--registered"),
        ("sent", "note", "--on", "2024-12-02", "--via", "post"),
        ("answer", PERSON, "--on", "2024-12-20", "--kind", "partial", "--file", str(reply)),
        ("note", "maire", "a appelé"),
        ("sent", "note", "--again", "--reason", "perdue", "--on", "2024-12-03", "--via", "post"),
        ("contacts", "export", str(root / "tous.csv"), "--to", PERSON),
        ("contacts", "export", str(root / "tous.csv"), "--force"),
    ):
        done = run(*command, root=root)
        assert done.exit_code == 0, (command, done.output)
    (root / "outreach.db.bak").unlink()
    run("sent", "note", "--again", "--reason", "oui", "--on", "2024-12-04", "--via", "email", root=root)
    shutil.copytree(root, template)
    return root


def files(root: Path) -> dict[str, bytes]:
    """Return every file but the journal and its copy, which are databases."""
    found = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith("outreach.db")}


def events(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT kind, contact, letter, data FROM events ORDER BY clock").fetchall()


@pytest.fixture
def forgotten(known: Path, run: Run) -> Iterator[dict[str, bytes]]:
    """Return what is left after a forgetting that nothing cut off; the campaign is as before then."""
    copy = known.with_name("whole")
    shutil.copytree(known, copy)
    done = run(*FORGET, root=copy)
    assert (done.exit_code, done.stderr) == (0, "")
    yield files(copy)
    shutil.rmtree(copy)


def cut_off(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Let the program stop at one of the changes of files, counted from 0."""
    done = 0

    def counted(make: Callable[..., object]) -> Callable[..., object]:
        def run(*args: Any, **named: Any) -> object:
            nonlocal done
            if any(str(one).endswith(NOTE) for one in args):
                return make(*args, **named)
            done += 1
            if done > at:
                raise CutOff
            return make(*args, **named)

        return run

    for name in ("delete", "write_whole", "_save_without"):
        monkeypatch.setattr(forget, name, counted(getattr(forget, name)))


def count_changes(run: Run, root: Path) -> int:
    """Return how many files a forgetting changes and deletes."""
    listed = run(*FORGET[:-1], root=root, typed="n\n").stdout.splitlines()
    return len([line for line in listed if line.startswith("to be") and "outreach.db" not in line])


def test_wherever_it_is_cut_off_the_next_command_finishes_it(
    known: Path, run: Run, forgotten: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    count = count_changes(run, known)
    assert count >= 12
    for at in range(count):
        root = known.with_name(f"cut-{at}")
        shutil.copytree(known, root)
        with monkeypatch.context() as patch:
            cut_off(patch, at)
            with pytest.raises(CutOff):
                run(*FORGET, root=root).exit_code  # noqa: B018  (the runner lets it through)
        assert (root / NOTE).is_file()
        done = run("check", root=root)
        assert done.exit_code == 0
        assert GOES_ON in done.stderr.splitlines()
        assert files(root) == forgotten
        assert not (root / NOTE).exists()
        for database in ("outreach.db", "outreach.db.bak"):
            assert PERSON.encode() not in (root / database).read_bytes()
        assert "forget" not in run("check", root=root).stderr
        shutil.rmtree(root)


def test_cut_off_right_behind_the_commit_nothing_stays_in_the_free_pages(
    known: Path, run: Run, forgotten: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise CutOff

    with monkeypatch.context() as patch:
        patch.setattr(store.Store, "compact", stop)
        with pytest.raises(CutOff):
            run(*FORGET, root=known)
    assert GOES_ON in run("contacts", "list", root=known).stderr
    assert files(known) == forgotten
    for database in ("outreach.db", "outreach.db.bak"):
        assert PERSON.encode() not in (known / database).read_bytes()


@pytest.mark.parametrize(
    "command",
    [("check", "--json"), ("contacts", "list", "--json"), ("note", "maire", "x"), ("generate",), ("status",)],
    ids=" ".join,
)
def test_every_command_that_reads_the_campaign_goes_on(
    known: Path,
    run: Run,
    forgotten: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    with monkeypatch.context() as patch:
        cut_off(patch, 0)
        with pytest.raises(CutOff):
            run(*FORGET, root=known)
    done = run(*command, root=known)
    lines = done.stderr.splitlines()
    assert "deleted  out/note/quidam.pdf" in lines
    assert "changed  contacts/b.toml" in lines
    assert GOES_ON in lines
    if "--json" in command:
        assert PERSON not in json.dumps(json.loads(done.stdout))
    now = files(known)
    assert {name: now.get(name) for name in forgotten if not name.startswith("out/")} == {
        name: content for name, content in forgotten.items() if not name.startswith("out/")
    }


def test_the_same_command_again_finishes_it(
    known: Path, run: Run, forgotten: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        cut_off(patch, 3)
        with pytest.raises(CutOff):
            run(*FORGET, root=known)
    done = run(*FORGET, root=known)
    assert done.exit_code == 0
    assert GOES_ON in done.stderr.splitlines()
    assert done.stdout == "erased; exports and copies of the journal elsewhere are not\n"
    assert files(known) == forgotten


def test_a_locked_journal_leaves_everything_as_it_is(
    known: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.Store.__init__, "__defaults__", (0.1,))
    before, recorded = files(known), events(known / "outreach.db")
    with closing(sqlite3.connect(known / "outreach.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = run(*FORGET, root=known)
        other.execute("ROLLBACK")
    assert (done.exit_code, done.stdout) == (5, "")
    assert done.stderr.startswith("outreach.db: ")
    assert (files(known), events(known / "outreach.db")) == (before, recorded)
    assert not (known / NOTE).exists()


def test_what_was_cut_off_before_the_commit_has_not_happened(
    known: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, recorded = files(known), events(known / "outreach.db")

    def stop(*_: object) -> None:
        raise CutOff

    with monkeypatch.context() as patch:
        patch.setattr(store.Store, "forget", stop)
        with pytest.raises(CutOff):
            run(*FORGET, root=known)
    done = run("contacts", "list", root=known)
    assert (done.exit_code, done.stderr) == (0, "")
    assert PERSON in done.stdout
    assert (files(known), events(known / "outreach.db")) == (before, recorded)
    assert run(*FORGET, root=known).exit_code == 0
    assert not (known / NOTE).exists()


@pytest.mark.parametrize("held", ["out/print/print.pdf", "contacts/b.toml.bak", "out/print/registered.csv"])
def test_a_file_that_is_held_keeps_none_of_the_others_and_goes_later(
    known: Path, run: Run, forgotten: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    from outreach.errors import Problem, WorldError

    def held_back(make: Callable[..., object]) -> Callable[..., object]:
        def run(path: Path, *args: Any, **named: Any) -> object:
            if path == known / held:
                raise WorldError(Problem(held, 0, "is open elsewhere", code="held-open"))
            return make(path, *args, **named)

        return run

    with monkeypatch.context() as patch:
        for name in ("delete", "write_whole"):
            patch.setattr(forget, name, held_back(getattr(forget, name)))
        done = run(*FORGET, root=known)
        assert done.exit_code == 5
        assert done.stderr.splitlines() == [
            f"{held}: is open elsewhere",
            f"'{PERSON}' is erased from the journal, but not from every file; the next command goes on",
        ]
        assert not (known / f"out/note/{PERSON}.pdf").exists()
        again = run("contacts", "list", root=known)
        assert (again.exit_code, again.stderr.splitlines()) == (
            0,
            [
                f"{held}: warning: is open elsewhere",
                "an interrupted `contacts forget` is not finished yet",
            ],
        )
    assert GOES_ON in run("contacts", "list", root=known).stderr
    assert files(known) == forgotten


def test_a_note_says_nothing_of_whoever_is_not_forgotten(known: Path, run: Run) -> None:
    before = files(known)
    sha256 = next((known / "archive").rglob("*.pdf")).stem
    for note in (
        json.dumps({"contact": "maire", "archive": [["a.pdf", sha256], ["x", "../../outreach"]]}),
        '{"contact": "mai',
        "[]",
        '{"contact": "", "archive": []}',
    ):
        (known / NOTE).write_text(note, encoding="utf-8")
        assert run("contacts", "list", root=known).stderr == ""
        assert files(known) == before


def test_a_note_takes_no_file_that_an_event_names(known: Path, run: Run, forgotten: dict[str, bytes]) -> None:
    run(*FORGET, root=known)
    hashes = [["a.pdf", path.stem] for path in (known / "archive").rglob("*.pdf")]
    assert hashes
    note = {"contact": PERSON, "archive": [*hashes, ["x.toml", "../outreach"]]}
    (known / NOTE).write_text(json.dumps(note), encoding="utf-8")
    run("contacts", "list", root=known)
    assert files(known) == forgotten


# What lies elsewhere in the campaign


def test_tables_that_were_made_of_contacts_lose_the_row_and_their_copies_too(known: Path, run: Run) -> None:
    tables = [known / "tous.csv", known / "tous.csv.bak"]
    before = [path.read_bytes().splitlines(keepends=True) for path in tables]
    assert run(*FORGET, root=known).exit_code == 0
    for path, lines in zip(tables, before, strict=True):
        assert path.read_bytes() == b"".join(line for line in lines if not line.startswith(b"quidam;"))
    assert list(map(len, before)) == [3, 2]


def test_other_files_that_name_the_person_are_kept_and_named(known: Path, run: Run) -> None:
    run("contacts", "export", str(known / "tous.xlsx"), root=known)
    run("log", "export", str(known / "journal.jsonl"), root=known)
    own = {
        "mes-contacts.csv": f"id;role;Nom\n{PERSON};mp;Quidam\n",
        "contacts/notes.md": f"Appeler {PERSON}.",
        "autres.txt": f"{PERSON}-2 et le-{PERSON}",
    }
    for name, text in own.items():
        (known / name).write_text(text, encoding="utf-8")
    before = files(known)
    done = run(*FORGET, root=known)
    named = ("journal.jsonl", "mes-contacts.csv", "tous.xlsx", "contacts/notes.md")
    assert done.stderr.splitlines() == [
        f"{name}  is kept: '{PERSON}' stands in it; look at it yourself" for name in named
    ]
    after = files(known)
    assert {name: after[name] for name in (*named, "autres.txt")} == {
        name: before[name] for name in (*named, "autres.txt")
    }


def test_copies_of_letters_go_where_the_letters_are_gone(known: Path, run: Run) -> None:
    for name in ("out/note/quidam.docx.bak-2", "out/note/quidam.pdf.bak-1", "out/bundles/quidam.zip.bak"):
        (known / name).parent.mkdir(exist_ok=True)
        (known / name).write_bytes(b"PDF")
    kept = ("out/note/quidam-2.pdf.bak-1", "out/note/quidam.pdf.old", "out/note/quidam.notes.txt")
    for name in kept:
        (known / name).write_bytes(b"x")
    (known / "out/note/quidam.pdf").unlink()
    assert run(*FORGET, root=known).exit_code == 0
    assert sorted(path.name for path in (known / "out").rglob("quidam*")) == sorted(
        Path(name).name for name in kept
    )


def test_what_a_killed_run_wrote_down_of_others_stays(known: Path, run: Run) -> None:
    pending = known / "out/manifest.pending.jsonl"
    lines = ['["note/quidam.docx", "00"]\n', '["note/maire.docx", "11"]\n']
    pending.write_text("".join(lines), encoding="utf-8")
    assert run(*FORGET, root=known).exit_code == 0
    assert pending.read_text(encoding="utf-8") == lines[1]


def test_a_copy_of_the_journal_without_the_person_stays_as_it_is(known: Path, run: Run) -> None:
    copy = known / "outreach.db.bak"
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("DELETE FROM events WHERE contact = ?", (PERSON,))
        connection.execute("UPDATE events SET contact = ?", (f"{PERSON}-2",))
    before = copy.read_bytes()
    assert run(*FORGET, root=known).exit_code == 0
    assert copy.read_bytes() == before


def test_an_id_that_is_no_name_of_a_file_takes_no_file_of_others(campaign: Campaign, run: Run) -> None:
    root = campaign(
        {"contacts/b.toml": MINE.replace(PERSON, "*"), "contacts/c.toml": MINE.replace(PERSON, "../x")}
    )
    for name in ("out/note/maire.pdf", "out/x.zip"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    for name in ("*", "../x"):
        assert run("contacts", "forget", name, "--yes", root=root).exit_code == 0
    assert (root / "out/note/maire.pdf").exists()
    assert (root / "out/x.zip").exists()
    assert (root / "contacts/b.toml").read_bytes() == (root / "contacts/c.toml").read_bytes() == b""
