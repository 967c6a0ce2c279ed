"""What `check` shows: the most important first, within the screen, nothing lost; and what it keeps to itself."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from outreach.campaign.codes import COMMAND, ERROR, ranks, split_ignored
from outreach.errors import Problem
from outreach.people.template import template_bytes
from tests.conftest import CONTACT, LETTER, SETTINGS, RunProgram, findings

Campaign = Callable[..., Path]
WITHOUT_ADDRESS = SETTINGS.replace('address = ["1 rue de l\'Essai", "69001 LYON"]\n', "")
STALE = "checked = 2023-11-01"


def contacts(count: int, checked: str = "") -> str:
    """Return so many contacts like the usual one."""
    one = CONTACT.replace("checked = 2024-11-01", checked)
    return "".join(
        one.replace('"maire"', f'"c{number}"').replace('"mayor"', '"person"').replace("Exemple", f"E{number}")
        for number in range(count)
    )


@pytest.fixture
def faulty(campaign: Campaign) -> Path:
    """Return a campaign of 102 contacts with faults of every rank."""
    return campaign(
        {
            "outreach.toml": WITHOUT_ADDRESS,
            "contacts/a.toml": contacts(67) + contacts(31, STALE).replace('"c', '"d').replace('"E', '"F')
            + CONTACT.replace('"maire"', '"x"').replace('"mayor"', '"mayr"')
            + CONTACT.replace('"maire"', '"y"') + "term_end = 2024-06-30\n",
            "letters/other.md": LETTER.replace("recipient.name", "recipient.nam"),
            "letters/none.md": LETTER.replace('"all"', '["role:mayor", "tag:none"]'),
        }
    )  # fmt: skip


def test_errors_come_first_then_what_stops_a_letter_then_the_rest(
    faulty: Path, run: RunProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = run("check", root=faulty)
    assert done.exit_code == 3
    assert done.stdout.splitlines() == [
        "Errors (2)",
        "  contacts/a.toml:1179: unknown role 'mayr'; did you mean mayor?",
        "  letters/other.md:8: unknown field recipient.nam; did you mean recipient.name?",
        "",
        "What stops a letter (2)",
        "  contacts/a.toml:1189: contact 'y': its term ended on 2024-06-30; find out who",
        "    holds the office now",
        "  letters/none.md:3: no contact has 'tag:none'; known: tag:a",
        "",
        "To look at (32)",
        "  31 times: a contact was last checked too long ago; --all lists them",
        "  outreach.toml:3: the sender has no postal address; fill in the lines that",
        "    answers are to be sent to",
        "",
        "67 contacts were never checked: verify names and addresses at the source, then",
        "  mark them with `outreach contacts checked SELECTOR`; --all lists them",
    ]
    assert done.stderr == "2 errors, 101 warnings\n"


def test_all_names_every_finding_with_its_code(faulty: Path, run: RunProgram) -> None:
    records = json.loads(run("check", "--json", root=faulty).stdout)
    assert len(records) == 103
    shown = findings(run("check", "--all", root=faulty))
    assert len(shown) == 103
    assert sorted(re.findall(r"\[([a-z-]+)\]$", "\n".join(shown), re.MULTILINE)) == sorted(
        record["code"] for record in records
    )


def test_what_json_says_is_an_error_is_one_of_check(faulty: Path, run: RunProgram) -> None:
    for record in json.loads(run("check", "--json", root=faulty).stdout):
        assert ranks()[record["code"]] != COMMAND
        assert (ranks()[record["code"]] == ERROR) is (record["severity"] == "error")


@pytest.mark.parametrize("count", [30, 31])
def test_more_than_thirty_of_a_kind_are_counted(campaign: Campaign, run: RunProgram, count: int) -> None:
    root = campaign({"contacts/a.toml": contacts(count, STALE)})
    shown = findings(run("check", root=root))
    assert len(shown) == (30 if count == 30 else 1)


def test_no_word_and_no_command_is_broken(
    faulty: Path, run: RunProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = " ".join(run("check", "--all", root=faulty).stdout.split())
    for width in ("80", "40"):
        monkeypatch.setenv("COLUMNS", width)
        shown = run("check", "--all", root=faulty).stdout
        assert " ".join(shown.split()) == whole
        assert all(len(line) <= int(width) or " " not in line.strip() for line in shown.splitlines())
    assert "`outreach contacts checked SELECTOR`" in run("check", root=faulty).stdout


def test_in_a_pipe_a_finding_is_a_line_that_begins_with_its_place(
    faulty: Path, run: RunProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS")
    lines = run("check", root=faulty).stdout.splitlines()
    assert "letters/other.md:8: unknown field recipient.nam; did you mean recipient.name?" in lines
    assert (
        "contacts/a.toml:1189: contact 'y': its term ended on 2024-06-30; find out who holds the office now"
        in lines
    )


def test_an_ignored_code_is_silenced_and_counted(campaign: Campaign, run: RunProgram) -> None:
    ignore = '[check]\nignore = ["contact-never-checked", "sender-without-address"]\n'
    root = campaign({"outreach.toml": WITHOUT_ADDRESS + ignore, "contacts/a.toml": contacts(3)})
    done = run("check", root=root)
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "0 errors, 0 warnings\n4 warnings are silenced by [check] ignore\n"
    assert json.loads(run("check", "--json", root=root).stdout) == []
    assert "warning" not in run("generate", "--format", "txt", root=root).stderr
    root = campaign({"outreach.toml": WITHOUT_ADDRESS, "contacts/a.toml": contacts(3)})
    assert "1 warning: see" in run("generate", "--format", "txt", "--dry-run", root=root).stderr


def test_an_error_is_named_whatever_is_ignored() -> None:
    error = Problem("", 0, "a", code="no-applicant")
    warning = replace(error, severity="warning")
    assert split_ignored([error, warning], ["no-applicant"]) == ([error], [warning])


@pytest.mark.parametrize(
    ("code", "said", "kind"),
    [
        ("unknown-key", "'unknown-key' is an error, which cannot be ignored; mend what", "cannot-ignore"),
        (
            "contact-never-cheked",
            "is no finding of check; did you mean contact-never-checked?",
            "unknown-value",
        ),
        ("row-joined", "'row-joined' is no finding of check; ", "unknown-value"),
        ("", "", ""),
    ],
)
def test_what_cannot_be_ignored_is_named(
    campaign: Campaign, run: RunProgram, code: str, said: str, kind: str
) -> None:
    root = campaign({"outreach.toml": f'{SETTINGS}[check]\nignore = ["{code}"]\n'})
    done = run("check", root=root)
    if not kind:
        assert (done.exit_code, done.stdout) == (0, "")
        return
    assert done.exit_code == 3
    (shown,) = findings(done)
    assert shown.startswith("outreach.toml:10: ")
    assert said in shown
    assert [one["code"] for one in json.loads(run("check", "--json", root=root).stdout)] == [kind]


def test_an_unknown_key_of_check_is_named(campaign: Campaign, run: RunProgram) -> None:
    root = campaign({"outreach.toml": SETTINGS + '[check]\nignored = ["file-not-read"]\n'})
    assert findings(run("check", root=root)) == [
        "outreach.toml:10: unknown key 'ignored' in [check]; did you mean ignore?"
    ]


HEADER = ("role", "given_name", "family_name", "address", "postal_code", "city")


def sheet(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> bytes:
    """Return a spreadsheet with a header and those rows."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate((header, *rows)):
            page.write_row(number, 0, row)
    return target.getvalue()


ANNE = ("mayor", "Anne", "Exemple", "1 place de la Mairie", "69130", "Écully")
PAUL = ("mayor", "Paul", "Modèle", "1 place de la Mairie", "69280", "Marcy")


@pytest.mark.parametrize("content", [template_bytes(), sheet()])
def test_a_spreadsheet_that_nobody_filled_in_is_no_fault(
    campaign: Campaign, run: RunProgram, content: bytes
) -> None:
    done = run("check", root=campaign({"contacts/a-remplir.xlsx": content}))
    assert (done.exit_code, done.stdout) == (0, "")


def test_a_spreadsheet_is_asked_for_until_it_is_imported(campaign: Campaign, run: RunProgram) -> None:
    root = campaign({"contacts/liste.xlsx": sheet(ANNE, PAUL, ANNE)})
    assert findings(run("check", root=root)) == [
        "contacts/liste.xlsx: 1 row is not among the contacts; run `outreach contacts import contacts/liste.xlsx`"
    ]
    assert run("contacts", "import", str(root / "contacts/liste.xlsx"), "--yes", root=root).exit_code == 0
    assert "liste.xlsx" not in run("check", root=root).stdout
    (imported,) = (root / "contacts").glob("*.csv")
    text = imported.read_text(encoding="utf-8-sig")
    imported.write_text(text.replace("1 place de la Mairie", "2 rue Neuve"), encoding="utf-8")
    assert "liste.xlsx" not in run("check", root=root).stdout  # moved since, and still the same


def test_a_spreadsheet_whose_roles_were_typed_is_known_again(campaign: Campaign, run: RunProgram) -> None:
    content = sheet(ANNE[1:], PAUL[1:], header=HEADER[1:])
    root = campaign({"contacts/liste.xlsx": content})
    assert "1 row is not among the contacts" in run("check", root=root).stdout
    file = str(root / "contacts/liste.xlsx")
    assert run("contacts", "import", file, "--role", "mayor", "--yes", root=root).exit_code == 0
    assert "liste.xlsx" not in run("check", root=root).stdout


def test_a_spreadsheet_that_is_none_is_not_read(campaign: Campaign, run: RunProgram) -> None:
    assert findings(run("check", root=campaign({"contacts/liste.ods": b"none"}))) == [
        "contacts/liste.ods: the file is not read; run `outreach contacts import contacts/liste.ods`"
    ]


def test_letters_list_counts_who_holds_office_on_the_letters_date(
    campaign: Campaign, run: RunProgram
) -> None:
    former = CONTACT.replace('"maire"', '"ancien"') + "term_end = 2024-06-30\n"
    later = CONTACT.replace('"maire"', '"suivant"') + "term_start = 2025-06-30\n"
    root = campaign(
        {
            "contacts/a.toml": CONTACT + former + later,
            "letters/joint.md": LETTER.replace("audience", "joint = true\naudience"),
        }
    )
    rows = json.loads(run("letters", "list", "--json", root=root).stdout)
    assert {row["name"]: row["recipients"] for row in rows} == {"joint": 1, "note": 1}
    assert json.loads(run("letters", "show", "note", "--json", root=root).stdout)[0]["recipients"] == 1
    shown = run("letters", "show", "note", root=root).stdout
    assert ("maire" in shown, "ancien" in shown, "suivant" in shown) == (True, False, False)
    made = json.loads(run("generate", "note", "--format", "txt", "--json", root=root).stdout)
    assert [one["contact"] for one in made] == ["maire"]
