import json
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from typer.testing import Result

from outreach.files.digest import digest
from outreach.letters.formats.pdf import page_count
from outreach.letters.piece import Manifest
from tests.conftest import LETTER

Campaign = Callable[..., Path]
Run = Callable[..., Result]

SECOND = """\
[[contact]]
id = "adjoint"
role = "deputy-mayor"
portfolio = "la sécurité"
gender = "m"
given_name = "Jean"
family_name = "Témoin"
address = ["Hôtel de Ville", "1 place de la Mairie"]
postal_code = "69130"
city = "Écully"
checked = 2024-11-01
"""
JOINT = '+++\ntitle = "Commune"\naudience = "all"\njoint = true\nsubject = "S"\n+++\n{{ recipient.salutation }}\n\n{{ recipient.closing }}\n'


def files(root: Path) -> dict[str, str]:
    """Return path and hash of every file below a folder."""
    found = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): digest(path.read_bytes()) for path in found}


def results(run: Result) -> list[str]:
    return [line.split()[0] for line in run.stdout.splitlines()[:-1]]


def test_each_recipient_gets_a_letter_in_each_format(campaign: Campaign, run: Run) -> None:
    root = campaign({"contacts/b.toml": SECOND})
    done = run("generate", root=root)
    assert (done.exit_code, done.stderr) == (0, "")
    assert sorted(files(root / "out")) == [
        "manifest.json",
        "note/adjoint.docx",
        "note/adjoint.pdf",
        "note/maire.docx",
        "note/maire.pdf",
    ]
    assert done.stdout.splitlines()[0] == "created    note/maire.pdf  1 page"


def test_a_second_run_changes_nothing(campaign: Campaign, run: Run) -> None:
    root = campaign()
    run("generate", root=root)
    before = files(root / "out")
    assert results(run("generate", root=root)) == ["identical", "identical"]
    assert files(root / "out") == before


def test_identical_even_without_a_manifest(campaign: Campaign, run: Run) -> None:
    root = campaign()
    run("generate", root=root)
    before = files(root / "out")
    (root / "out/manifest.json").unlink()
    assert results(run("generate", root=root)) == ["identical", "identical"]
    assert files(root / "out") == before


def test_a_file_for_whoever_is_not_meant_any_more_is_named_and_pruned(campaign: Campaign, run: Run) -> None:
    root = campaign()
    run("generate", root=root)
    contacts = root / "contacts/a.toml"
    contacts.write_text(contacts.read_text(encoding="utf-8").replace('"maire"', '"autre"'), encoding="utf-8")
    named = run("generate", root=root)
    assert named.exit_code == 0
    assert named.stderr.splitlines() == [
        f"note/maire.{ending}: warning: is for somebody who is not meant any more; say --prune to delete it"
        for ending in ("docx", "pdf")
    ]
    assert run("print", "--dry-run", root=root).stdout.startswith("1 letter, ")
    (root / "out/note/maire.docx").write_bytes(b"my words")
    assert run("generate", "--prune", "--dry-run", root=root).exit_code == 0
    assert (root / "out/note/maire.pdf").exists()
    pruned = run("generate", "--prune", root=root)
    assert (pruned.exit_code, pruned.stderr.splitlines()) == (
        0,
        [
            "deleted  note/maire.pdf",
            "note/maire.docx: warning: was edited by hand, and is not deleted; move it away",
        ],
    )
    assert sorted(path.name for path in (root / "out/note").iterdir()) == [
        "autre.docx",
        "autre.pdf",
        "maire.docx",
    ]
    (root / "out/note/maire.docx").unlink()
    assert run("generate", root=root).stderr == ""


def test_a_changed_letter_is_written_again(campaign: Campaign, run: Run) -> None:
    root = campaign()
    run("generate", root=root)
    path = root / "letters/note.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Bonjour", "Bonsoir"), encoding="utf-8")
    assert results(run("generate", root=root)) == ["changed", "changed"]


def test_a_changed_picture_is_noticed(campaign: Campaign, run: Run) -> None:
    settings = '[campaign]\ntitle = "E"\n[sender]\nname = "G"\naddress = "A"\nlogo = "logo.png"\n[letter]\nplace = "L"\ndate = 2024-11-30\n'
    root = campaign({"outreach.toml": settings})
    logo = root / "logo.png"
    assert run("preview", "note", "--to", "maire", root=root).exit_code == 3
    root = campaign({"outreach.toml": settings.replace('logo = "logo.png"\n', "")})
    run("preview", "note", "--to", "maire", "--png", str(root / "p"), root=root)
    logo.write_bytes((root / "p-1.png").read_bytes())
    root = campaign({"outreach.toml": settings})
    assert results(run("generate", root=root)) == ["created", "created"]
    run("preview", "note", "--to", "maire", "--png", str(root / "q"), root=root)
    logo.write_bytes((root / "q-1.png").read_bytes())
    assert results(run("generate", root=root)) == ["changed", "changed"]


def test_the_pages_of_a_pdf_edited_by_hand_are_not_those_of_the_one_made(
    campaign: Campaign, run: Run
) -> None:
    root = campaign()
    assert "created    note/maire.pdf  1 page\n" in run("generate", root=root).stdout
    edited = root / "out/note/maire.pdf"
    edited.write_bytes(b"two pages of mine")
    assert "edited     note/maire.pdf\n" in run("generate", root=root).stdout
    shown = json.loads(run("generate", "--json", root=root).stdout)
    (row,) = [one for one in shown if one["path"] == "note/maire.pdf"]
    assert (row["pages"], row["sha256"]) == (None, digest(b"two pages of mine"))


def test_a_file_edited_by_hand_is_kept_named_and_exit_4(campaign: Campaign, run: Run) -> None:
    root = campaign()
    run("generate", root=root)
    edited = root / "out/note/maire.docx"
    edited.write_bytes(b"my words")
    kept = run("generate", root=root)
    assert kept.exit_code == 4
    assert results(kept) == ["identical", "edited"]
    assert kept.stderr == "note/maire.docx: edited by hand, kept; rename it to have it made anew\n"
    assert edited.read_bytes() == b"my words"
    forced = run("generate", "--force", root=root)
    assert (forced.exit_code, results(forced)) == (0, ["identical", "changed"])
    assert forced.stderr == "note/maire.docx: was edited by hand, kept as maire.docx.bak-1\n"
    assert edited.read_bytes() != b"my words"
    edited.write_bytes(b"my other words")
    run("generate", "--force", root=root)
    kept_words = {path.name: path.read_bytes() for path in edited.parent.glob("*.bak-*")}
    assert kept_words == {"maire.docx.bak-1": b"my words", "maire.docx.bak-2": b"my other words"}
    assert run("generate", "--force", root=root).stderr == ""
    assert len(list(edited.parent.glob("*.bak-*"))) == 2


def test_a_dry_run_writes_nothing(campaign: Campaign, run: Run) -> None:
    root = campaign()
    done = run("generate", "--dry-run", root=root)
    assert (done.exit_code, done.stderr) == (0, "dry run: nothing was written\n")
    assert results(done) == ["created", "created"]
    assert not (root / "out").exists()


def test_json_has_the_agreed_keys_and_the_manifest_agrees(campaign: Campaign, run: Run) -> None:
    root = campaign()
    rows = json.loads(run("generate", "--json", root=root).stdout)
    assert [
        (row["letter"], row["contact"], row["format"], row["path"], row["result"], row["pages"])
        for row in rows
    ] == [
        ("note", "maire", "pdf", "note/maire.pdf", "created", 1),
        ("note", "maire", "docx", "note/maire.docx", "created", None),
    ]
    assert {row["path"]: row["sha256"] for row in rows} == {
        name: sha for name, sha in files(root / "out").items() if name != "manifest.json"
    }
    manifest = Manifest(root / "out")
    piece, file = manifest["note/maire.pdf"]
    assert piece.address == (
        "Madame Anne EXEMPLE",
        "Maire d’Écully",
        "Hôtel de Ville",
        "1 PLACE DE LA MAIRIE",
        "69130 ÉCULLY",
    )
    assert (piece.contacts, piece.written, file.pages) == (("maire",), date(2024, 11, 30), 1)


def test_selection_limit_format_date_and_folder(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    root = campaign({"contacts/b.toml": SECOND})
    out = tmp_path / "elsewhere"
    done = run(
        "generate",
        "note",
        "--to",
        "role:mayor",
        "--format",
        "txt",
        "--out",
        str(out),
        "--date",
        "2025-01-02",
        root=root,
    )
    assert done.exit_code == 0
    assert sorted(files(out)) == ["manifest.json", "note/maire.txt"]
    assert "Lyon, le 2\u00a0janvier 2025" in (out / "note/maire.txt").read_text(encoding="utf-8")
    assert len(results(run("generate", "--limit", "1", "--format", "txt", root=root))) == 1
    assert results(run("generate", "--not", "maire", "--format", "txt", "--dry-run", root=root)) == [
        "created"
    ]


def test_the_day_of_the_run_where_no_date_is_set(campaign: Campaign, run: Run) -> None:
    root = campaign(
        {
            "outreach.toml": '[campaign]\ntitle = "E"\n[sender]\nname = "G"\naddress = "A"\n[letter]\nplace = "Lyon"\n'
        }
    )
    run("generate", "--format", "txt", root=root)
    assert "Lyon, le 15\u00a0janvier 2025" in (root / "out/note/maire.txt").read_text(encoding="utf-8")


def test_a_joint_letter_is_one_document_for_all_by_rank(campaign: Campaign, run: Run) -> None:
    root = campaign({"contacts/a.toml": SECOND, "contacts/b.toml": CONTACT_A, "letters/note.md": JOINT})
    rows = json.loads(run("generate", "--json", "--format", "txt", "--to", "adjoint", root=root).stdout)
    assert [(row["path"], row["contact"], row["contacts"]) for row in rows] == [
        ("note/joint.txt", "joint", ["maire", "adjoint"])
    ]
    lines = (root / "out/note/joint.txt").read_text(encoding="utf-8").splitlines()
    assert "Madame la Maire, Monsieur l’Adjoint au maire" in lines
    assert lines[lines.index("Madame Anne EXEMPLE") :][:5] == [
        "Madame Anne EXEMPLE",
        "Monsieur Jean TÉMOIN",
        "Hôtel de Ville",
        "1 PLACE DE LA MAIRIE",
        "69130 ÉCULLY",
    ]
    assert lines[lines.index("À l’attention de\u00a0:") :][:3] == [
        "À l’attention de\u00a0:",
        "– Madame Anne EXEMPLE, maire d’Écully",
        "– Monsieur Jean TÉMOIN, adjoint au maire délégué à la sécurité",
    ]


CONTACT_A = (
    SECOND.replace('"adjoint"', '"maire"')
    .replace("deputy-mayor", "mayor")
    .replace('"m"', '"f"')
    .replace("Jean", "Anne")
    .replace("Témoin", "Exemple")
    .replace('portfolio = "la sécurité"\n', "")
)


HOSTILE = 'A*B_<c> #panic() $x$ "q" {{ 1 }} \\n [b](c)'


def test_hostile_data_prints_as_it_is_in_every_format(
    campaign: Campaign, run: Run, words: Callable[[bytes], list[Any]]
) -> None:
    row = ",".join(["x", "mayor", '"' + HOSTILE.replace('"', '""') + '"', "69001", "Lyon", "2024-11-01"])
    letter = '+++\ntitle = "T"\naudience = "all"\nsubject = "S"\n+++\n**{{ recipient.family_name }}**\n'
    root = campaign(
        {
            "contacts/a.toml": "",
            "contacts/b.csv": f"id,role,family_name,postal_code,city,checked\n{row}\n",
            "letters/note.md": letter,
        }
    )
    done = run("generate", "--format", "pdf", "--format", "docx", "--format", "txt", root=root)
    assert (done.exit_code, done.stderr) == (0, "")
    out = root / "out/note"
    assert f"\n\n{HOSTILE}\n" in (out / "x.txt").read_text(encoding="utf-8")
    assert f" {HOSTILE} " in " ".join(word.text for word in words((out / "x.pdf").read_bytes()))
    assert HOSTILE in [paragraph.text for paragraph in docx.Document(str(out / "x.docx")).paragraphs]


def test_one_faulty_contact_does_not_stop_the_others(campaign: Campaign, run: Run) -> None:
    faulty = SECOND.replace('role = "deputy-mayor"', 'role = "deputy"')
    root = campaign({"contacts/b.toml": faulty})
    done = run("generate", root=root)
    assert done.exit_code == 3
    assert results(done) == ["created", "created"]
    assert done.stderr.startswith("contacts/b.toml:3: unknown role 'deputy'; did you mean deputy-mayor")


def test_a_joint_letter_leaves_nobody_out(campaign: Campaign, run: Run) -> None:
    faulty = SECOND.replace('role = "deputy-mayor"', 'role = "deputy"')
    root = campaign({"contacts/b.toml": faulty, "letters/note.md": JOINT})
    done = run("generate", root=root)
    assert done.exit_code == 3
    assert "letters/note.md: the joint letter is not written, since 'adjoint' has errors" in done.stderr
    assert not (root / "out").exists()


@pytest.mark.parametrize(
    "fault",
    [
        'role = "deputy"\ntags = ["a"]',  # the letter chooses by role, and the role cannot be read
        'role = "deputy-mayor"\ntags = 3',
        'tags = ["a"]',
    ],
)
@pytest.mark.parametrize("audience", ["role:mayor", "tag:a"])
def test_a_joint_letter_waits_while_nobody_knows_who_belongs_to_it(
    campaign: Campaign, run: Run, fault: str, audience: str
) -> None:
    faulty = SECOND.replace('role = "deputy-mayor"', fault)
    letter = JOINT.replace('audience = "all"', f'audience = ["{audience}", "role:deputy-mayor"]')
    root = campaign({"contacts/b.toml": faulty, "letters/note.md": letter})
    done = run("generate", root=root)
    assert done.exit_code == 3
    assert "the joint letter is not written, since 'adjoint' has errors" in done.stderr
    assert not (root / "out").exists()
    shown = run("preview", "note", "--to", "maire", root=root)
    assert (shown.exit_code, shown.stdout) == (3, "")


@pytest.mark.parametrize("name", ["...md", "a b:c.md", "élus.md", "con.md"])
def test_a_letter_that_cannot_name_a_folder_writes_nothing_anywhere(
    campaign: Campaign, run: Run, name: str
) -> None:
    root = campaign({"letters/note.md": ""})
    source = root / "letters" / name
    source.write_text('+++\ntitle = "T"\naudience = "all"\nsubject = "S"\n+++\nBonjour\n', encoding="utf-8")
    before = sorted(root.parent.rglob("*"))
    assert run("generate", root=root).exit_code == 3
    assert sorted(root.parent.rglob("*")) == before


def test_files_that_a_mac_leaves_beside_others_are_not_read(campaign: Campaign, run: Run) -> None:
    root = campaign({"contacts/._a.toml": b"\x00\x05\xff", "letters/._note.md": b"\x00\xff"})
    assert run("generate", root=root).exit_code == 0


def test_capital_endings_are_read_too(campaign: Campaign, run: Run) -> None:
    header = "id,role,family_name,postal_code,city,checked\n"
    root = campaign({"contacts/B.CSV": header + "x,mayor,E,69001,Lyon,2024-11-01\n"})
    assert len(results(run("generate", "--format", "txt", root=root))) == 2


@pytest.mark.parametrize("left", [b"null\n", b"\xff\xfe\n", b'["note/maire.pdf"'])
def test_what_a_killed_run_left_half_written_is_no_obstacle(
    campaign: Campaign, run: Run, left: bytes
) -> None:
    root = campaign({"out/manifest.pending.jsonl": left})
    assert run("generate", root=root).exit_code == 0


def test_a_fault_for_one_recipient_spares_the_others(campaign: Campaign, run: Run) -> None:
    letter = '+++\ntitle = "T"\naudience = "all"\nsubject = "S"\n+++\n{{ recipient.portfolio }}\n'
    root = campaign({"contacts/b.toml": SECOND, "letters/note.md": letter})
    done = run("generate", "--format", "txt", root=root)
    assert (done.exit_code, done.stderr) == (3, "letters/note.md:6: recipient.portfolio is empty\n")
    assert sorted(files(root / "out")) == ["manifest.json", "note/adjoint.txt"]


def test_a_full_disk_leaves_whole_files_and_the_next_run_goes_on(
    campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = campaign({"contacts/b.toml": SECOND})
    real = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if "adjoint" in path.name:
            real(path, content[:100])
            raise OSError(28, "No space left on device")
        return real(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        done = run("generate", root=root)
    assert done.exit_code == 5
    assert done.stderr.endswith("out/note/adjoint.pdf: cannot be written; No space left on device\n")
    assert sorted(files(root / "out")) == ["manifest.json", "note/maire.docx", "note/maire.pdf"]
    assert results(run("generate", root=root)) == ["identical", "identical", "created", "created"]


def test_several_processes_write_what_one_writes(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    header = "id,role,family_name,postal_code,city,checked\n"
    rows = "".join(f"m{number},mayor,Nom{number},69001,Lyon,2024-11-01\n" for number in range(20))
    root = campaign({"contacts/b.csv": header + rows})
    one, two = tmp_path / "one", tmp_path / "two"
    assert run("generate", "--jobs", "1", "--out", str(one), root=root).exit_code == 0
    assert run("generate", "--jobs", "2", "--out", str(two), root=root).exit_code == 0
    assert len(files(one)) == 43
    assert files(one) == files(two)


def test_no_letter_depends_on_the_one_made_before_it(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    pages = '{% for line in range({"a": 40, "b": 75}[recipient.family_name[0]]) %}\n\nLigne {{ line }}.\n\n{% endfor %}'
    names = [f"{'ab'[number % 2]}{number}" for number in range(8)]
    rows = "".join(f"{name},mayor,{name},69001,Lyon,2024-11-01\n" for name in names)
    header = "id,role,family_name,postal_code,city,checked\n"
    letter = LETTER.replace("{{ recipient.closing }}", f"{pages}\n\n{{{{ recipient.closing }}}}")
    root = campaign({"contacts/b.csv": header + rows, "letters/note.md": letter})
    made = [tmp_path / name for name in ("one", "two", "alone")]
    only = [word for name in names for word in ("--to", name)]
    for folder, jobs in zip(made, ("1", "2"), strict=False):
        options = ("--jobs", jobs, "--format", "pdf", "--out", str(folder))
        assert run("generate", *only, *options, root=root).exit_code == 0
    for name in reversed(names):
        options = ("--to", name, "--format", "pdf", "--out", str(made[2]))
        assert run("generate", *options, root=root).exit_code == 0
    found = [page_count((made[0] / "note" / f"{name}.pdf").read_bytes()) for name in names]
    assert found == [2, 3] * 4
    one, two, alone = (
        {name: content for name, content in files(folder).items() if name.endswith(".pdf")} for folder in made
    )
    assert len(one) == 8
    assert one == two == alone


STOPPED = """
import os, signal, sys
from outreach.__main__ import main
from outreach.letters.formats.pdf import page_count
from outreach.letters.piece import Manifest

name, number = sys.argv.pop(1), int(sys.argv.pop(1))
write, count = Manifest.write, 0
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background inherits that it is ignored

def stop_at_a_file(self, *args):
    global count
    count += 1
    if count == number:
        os.kill(os.getpid(), getattr(signal, name))
    write(self, *args)

Manifest.write = stop_at_a_file
main()
"""
"""The program, sending itself a signal when it is about to write its file of that number."""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
@pytest.mark.parametrize(
    ("name", "number"), [("SIGKILL", 1), ("SIGKILL", 20), ("SIGKILL", 21), ("SIGINT", 20)]
)
def test_a_run_that_is_stopped_ends_like_an_undisturbed_one(
    campaign: Campaign, run: Run, tmp_path: Path, name: str, number: int
) -> None:
    header = "id,role,family_name,postal_code,city,checked\n"
    rows = "".join(f"m{place},mayor,Nom{place},69001,Lyon,2024-11-01\n" for place in range(20))
    root = campaign({"contacts/b.csv": header + rows})
    out, calm = root / "out", tmp_path / "calm"
    # An older generation is on disk, so that a killed run leaves old and new files side by side.
    assert run("generate", "--jobs", "1", "--date", "2024-11-29", root=root).exit_code == 0
    before = files(out)
    command = [sys.executable, "-c", STOPPED, name, str(number), "--campaign", str(root), "generate"]
    done = subprocess.run([*command, "--jobs", "1"], capture_output=True, check=False, timeout=120)
    assert done.returncode == (130 if name == "SIGINT" else -signal.SIGKILL)
    if name == "SIGINT":
        assert done.stderr.decode() == "stopped; every file is whole, run the command again to go on\n"
    changed = [path for path, sha in files(out).items() if before.get(path, sha) != sha]
    assert len([path for path in changed if path.endswith((".pdf", ".docx"))]) == number - 1
    assert run("generate", "--jobs", "1", root=root).exit_code == 0
    assert run("generate", "--jobs", "1", "--out", str(calm), root=root).exit_code == 0
    assert files(out) == files(calm)


def test_a_damaged_manifest_is_an_error(campaign: Campaign, run: Run) -> None:
    root = campaign({"out/manifest.json": "[{"})
    done = run("generate", root=root)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.endswith(
        "out/manifest.json:1: the manifest is damaged; move the folder away and generate again\n"
    )


def test_a_letter_to_thousands_is_spread_over_folders(
    campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.letters.audience._MOST_FILES", 1)
    table = (
        "id,role,organisation,postal_code,city,insee\n"
        "un,mayor,A,69130,Ecully,69081\ndeux,mayor,B,01000,Bourg,\ntrois,mayor,C,,,\n"
    )
    root = campaign({"contacts/b.csv": table, "contacts/a.toml": ""})
    assert run("generate", "--format", "txt", root=root).exit_code == 0
    assert sorted(path.relative_to(root).as_posix() for path in (root / "out").rglob("*.txt")) == [
        "out/note/01/deux.txt",
        "out/note/69/un.txt",
        "out/note/t/trois.txt",
    ]
    one = run("generate", "--format", "txt", "--to", "un", root=root)
    assert one.stdout.splitlines()[0] == "identical  note/69/un.txt"
    sent = run("sent", "note", "--to", "deux", "--on", "2024-12-02", "--via", "post", root=root)
    assert sent.stdout == "sent  note  deux  2024-12-02  post\n"


@pytest.mark.parametrize(
    ("path", "change", "result"),
    [
        ("contacts/a.toml", ("2024-11-01", "2024-12-01"), "identical"),  # checked is nowhere in the letter
        ("contacts/a.toml", ("Exemple", "Autre"), "changed"),
        ("letters/_p.md", ("Un", "Deux"), "changed"),
        ("letters/note.md", ("Bonjour", "Bonsoir"), "changed"),
        ("outreach.toml", ("Groupe Essai", "Groupe Autre"), "changed"),
        ("letters/autre.md", ("Bonjour", "Bonsoir"), "identical"),
    ],
)
def test_what_a_letter_depends_on(
    campaign: Campaign, run: Run, path: str, change: tuple[str, str], result: str
) -> None:
    letter = LETTER.replace("Bonjour", '{% include "_p.md" %} Bonjour')
    root = campaign({"letters/note.md": letter, "letters/_p.md": "Un.", "letters/autre.md": LETTER})
    run("generate", root=root)
    file = root / path
    file.write_text(file.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    is_current = run("print", "note", "--dry-run", root=root).exit_code == 0
    assert is_current == (result == "identical")
    again = run("generate", "note", root=root).stdout.splitlines()
    assert [line.split()[0] for line in again[:2]] == [result, result]
