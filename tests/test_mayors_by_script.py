"""A campaign to 2,000 mayors by script alone: commands, JSON, exit codes; nobody types, nobody reads. All made up."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RunProgram

MAYORS = 2000
DEPARTMENTS = ("01", "35", "50", "87")
HEADER = (
    "Nom de l'élu;Prénom de l'élu;Code sexe;Fonction;Code de la commune;Libellé de la commune;"
    "Adresse;Code postal;Courriel\n"
)
LETTER = """\
+++
title = "{title}"
audience = "role:mayor"
subject = "Les repas des écoles"
questions = ["Nos questions"]
+++
{{{{ recipient.salutation }}}},

Vos écoles servent-elles des repas de saison ?

{{% include "_questions.md" %}}

{{{{ recipient.closing }}}}
"""
Rows = list[dict[str, Any]]
Script = Callable[..., Rows]


def register() -> str:
    """Return a table of mayors as the national register has them, with the addresses of their town halls."""
    target = io.StringIO(HEADER)
    target.seek(0, io.SEEK_END)
    rows = csv.writer(target, delimiter=";", lineterminator="\n")
    for number in range(MAYORS):
        place = number // len(DEPARTMENTS)
        code = DEPARTMENTS[number % len(DEPARTMENTS)]
        town, sex = f"Exemple-{code}-{place}", "MF"[place % 2]
        where = (f"{code}{place + 400:03}", town, "1 place de la Mairie", f"{code}{place % 90:02}0")
        name = (f"MODÈLE-{number}", "Zoé" if sex == "F" else "Paul", sex, "Maire")
        rows.writerow([*name, *where, f"mairie-{number}@example.org"])
    return target.getvalue()


@pytest.fixture
def script(run: RunProgram, tmp_path: Path) -> Script:
    """Return what runs a command of a script: its rows, once exit code and both outputs are what was promised."""

    def command(*words: str, ends: int = 0, warnings: tuple[str, ...] = ()) -> Rows:
        done = run("--json", *words, root=None if words[0] == "init" else tmp_path / "mayors")
        assert done.exit_code == ends, done.output
        told = [json.loads(line) for line in done.stderr.splitlines()]
        assert {one["code"] for one in told} == set(warnings)
        return json.loads(done.stdout) if done.stdout else []

    return command


def test_two_thousand_mayors_by_script(script: Script, tmp_path: Path) -> None:
    root = tmp_path / "mayors"
    script(
        "init", str(root), "--starter", "fr", "--title", "Repas", "--topic", "les repas", "--name", "Essai"
    )
    (root / "letters/lettre.md").write_text(LETTER.format(title="Lettre"), encoding="utf-8")
    (root / "letters/premiere-lettre.md").unlink()
    (tmp_path / "maires.csv").write_text(register(), encoding="utf-8")

    added = script("contacts", "import", str(tmp_path / "maires.csv"), "--yes")
    assert Counter((row["result"], row["role"]) for row in added) == {("added", "mayor"): MAYORS}
    findings = script("check")
    assert [row for row in findings if row["severity"] == "error"] == []

    made = script("generate", "--format", "txt", "--date", "2024-12-02")
    assert Counter(row["result"] for row in made) == {"created": MAYORS}
    assert len(list((root / "out/lettre").rglob("*.txt"))) == MAYORS

    for code in DEPARTMENTS:
        sent = script("sent", "lettre", "--to", f"department:{code}", "--on", "2024-12-02", "--via", "post")
        assert len(sent) == MAYORS // len(DEPARTMENTS)
    again = ("--to", added[0]["id"], "--on", "2024-12-03", "--via", "post")
    script("sent", "lettre", *again, ends=4, warnings=("left-out",))

    answered, gone = _hear_back(script, [row["id"] for row in added])
    _follow_up(script, root, answered, gone)
    _second_wave(script, root, answered, gone)


def _hear_back(script: Script, ids: list[str]) -> tuple[set[str], set[str]]:
    """Record answers and who left office; return whose letter waits for none any more, and who left."""
    kinds = {ids[0]: "full", ids[1]: "refusal", ids[2]: "partial", ids[3]: "meeting", ids[4]: "returned"}
    for contact, kind in kinds.items():
        text = ("--question", "1=Oui.") if kind in {"full", "partial"} else ()
        (event,) = script("answer", contact, "--on", "2024-12-16", "--kind", kind, *text)
        assert (event["contact"], event["kind"]) == (contact, "answered")
    gone = set(ids[5:8])
    for contact in gone:
        script("contacts", "edit", contact, "--term-end", "2024-12-31")
    said = {row["contact"]: row["kind"] for row in script("answers") if row["answer"]}
    assert said == {ids[0]: "full", ids[2]: "partial"}
    return set(kinds), gone


def _follow_up(script: Script, root: Path, answered: set[str], gone: set[str]) -> None:
    due = script("due", "--on", "2025-01-10")
    called = {row["contact"] for row in due if row["template"] == "reminder"}
    assert len(called) == MAYORS - len(answered) + 1  # a partial answer is followed up
    dry = ("--on", "2025-01-10", "--dry-run", "--format", "txt")
    reminded = script("followup", *dry, warnings=("left-out",))
    assert {row["contact"] for row in reminded if row["letter"] == "reminder"} == called - gone
    assert not (root / "out/reminder").exists()
    script("why", "--to", "status:answered")


def _second_wave(script: Script, root: Path, answered: set[str], gone: set[str]) -> None:
    """Write to all who have not answered and are still in office, by one command."""
    (root / "letters/seconde.md").write_text(LETTER.format(title="Seconde"), encoding="utf-8")
    wave = ("generate", "seconde", "--to", "outcome:waiting", "--format", "txt", "--date", "2025-01-13")
    written = script(*wave, warnings=("left-out",))
    assert len(written) == MAYORS - len(answered | gone)
    assert {row["contact"] for row in written}.isdisjoint(answered | gone)
    script("sent", "seconde", "--on", "2025-01-14", "--via", "email")

    counts = script("status", "--by", "department")
    assert [row["group"] for row in counts] == list(DEPARTMENTS)
    assert sum(row["outcome"]["waiting"] for row in counts) == MAYORS - len(answered) + len(written)
    drafts = {row["group"]: row["status"]["draft"] for row in script("status", "--by", "letter")}
    assert drafts == {"lettre": 0, "seconde": len(answered | gone)}
    script("contacts", "export", str(root / "waiting.csv"), "--to", "outcome:waiting")
    text = (root / "waiting.csv").read_text(encoding="utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text)))) == MAYORS - len(answered)
    assert script("log", "verify") == []
    script("status", "nobody", ends=3, warnings=("unknown-contact",))
