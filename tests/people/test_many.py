"""Contacts by the hundred thousand: what comes in is written as it always was, whole or not at all."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from outreach.people import bring_in
from outreach.people.contact import Contact
from outreach.people.export import csv_bytes, save_csv
from outreach.people.many import ManyContacts, Values, values_of
from tests.cli.test_bring_in import COUNCIL, ROWS
from tests.conftest import MakeContact

Campaign = Callable[..., Path]
Run = Callable[..., Result]

WRITTEN = """\
id;role;gender;given_name;family_name;title;insee;tags;source;commune;arrondissement
exemple-anne-69081;mayor;f;Anne;Exemple;;69081;dep-69|reg-84;RNE, conseillers-municipaux;Écully;
de-la-tour-jean-pierre-69081;deputy-mayor;m;Jean-Pierre;de La Tour;2e adjoint au maire;69081;dep-69|reg-84;RNE, conseillers-municipaux;Écully;
essai-zoe-69384;councillor;f;Zoé;Essai;;69123;dep-69|reg-84;RNE, conseillers-municipaux;Lyon 4e;69384
temoin-luc-01004;councillor;m;Luc;Témoin;;01004;dep-01|reg-84;RNE, conseillers-municipaux;Ambérieu;
"""


@pytest.fixture
def three(make_contact: MakeContact) -> list[Contact]:
    first = make_contact(id="un", family_name="Zola", fields={"note": "=1"}, term_end=date(2026, 3, 1))
    return [
        first,
        replace(first, id="deux", tags=("a", "b"), fields={}),
        replace(first, id="trois", address=("1 rue A",)),
    ]


def test_contacts_are_kept_replaced_and_given_back_whole(three: list[Contact]) -> None:
    many = ManyContacts()
    for contact in three:
        many.append(contact)
    assert (len(many), list(many), many[1], many[1:]) == (3, three, three[1], three[1:])
    many[0] = replace(three[0], id="quatre")
    assert [one.id for one in many] == ["quatre", "deux", "trois"]


def test_a_table_is_the_same_bytes_whether_held_or_saved_row_by_row(
    three: list[Contact], tmp_path: Path
) -> None:
    save_csv(tmp_path / "a.csv", lambda: map(values_of, three))
    assert (tmp_path / "a.csv").read_bytes() == csv_bytes(three)


def imported(campaign: Campaign, run: Run, rows: list[str], *options: str) -> tuple[Path, Result]:
    root = campaign({"contacts/a.toml": ""})
    (root / "elus.csv").write_text("\n".join([COUNCIL, *rows, ""]), encoding="utf-8")
    return root, run(
        "contacts", "import", str(root / "elus.csv"), "--into", "contacts/b.csv", *options, root=root
    )


def test_a_file_is_imported_as_it_always_was(campaign: Campaign, run: Run) -> None:
    root, done = imported(campaign, run, ROWS)
    assert done.exit_code == 0
    assert (root / "contacts/b.csv").read_bytes() == WRITTEN.replace("\n", "\r\n").encode("utf-8-sig")


def test_a_fault_in_the_last_row_leaves_everybody_else_and_one_rejected(campaign: Campaign, run: Run) -> None:
    last = "69;Rhône;;;69081;Écully;FAUTIF;Luc;X;01/01/1960;34;X;a;;b;FR"
    root, done = imported(campaign, run, [*ROWS, last])
    assert done.exit_code == 3
    assert done.stderr.splitlines()[-1] == "elus.csv:7: unknown code sexe 'X'; mend the row"
    assert (root / "contacts/b.csv").read_bytes() == WRITTEN.replace("\n", "\r\n").encode("utf-8-sig")
    rejected = (root / "b.rejected.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(";")[6] for line in rejected] == ["Nom de l'élu", "FAUTIF"]


def test_what_fails_at_the_last_row_leaves_the_former_file(
    campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _done = imported(campaign, run, ROWS[:2])
    before = (root / "contacts/b.csv").read_bytes()

    def full(path: Path, contacts: Callable[[], Iterable[Values]]) -> None:
        save_csv(path, contacts)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bring_in, "save_csv", full)
    (root / "elus.csv").write_text("\n".join([COUNCIL, *ROWS, ""]), encoding="utf-8")
    done = run("contacts", "import", str(root / "elus.csv"), "--into", "contacts/b.csv", root=root)
    assert (done.exit_code, (root / "contacts/b.csv").read_bytes()) == (5, before)
    assert done.stderr.splitlines()[-1].endswith("b.csv: cannot be written; No space left on device")
    assert sorted(path.name for path in (root / "contacts").iterdir()) == ["a.toml", "b.csv", "b.csv.bak"]
