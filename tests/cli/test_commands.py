import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import CONTACT, LETTER, SETTINGS

Campaign = Callable[..., Path]
Run = Callable[..., Result]


def test_contacts_list_filters_and_gives_every_field_as_json(campaign: Campaign, run: Run) -> None:
    root = campaign()
    (row,) = json.loads(run("contacts", "list", "--role", "mayor", "--tag", "a", "--json", root=root).stdout)
    assert (row["id"], row["postal_code"], row["checked"], row["tags"]) == (
        "maire",
        "69130",
        "2024-11-01",
        ["a"],
    )
    assert {"insee", "term_end", "salutation", "fields"} <= row.keys()
    assert "Anne Exemple" in run("contacts", "list", root=root).stdout


def test_role_and_tag_narrow_each_other(campaign: Campaign, run: Run) -> None:
    other = '[[contact]]\nid = "b"\nrole = "senator"\nfamily_name = "B"\npostal_code = "69001"\ncity = "Lyon"\ntags = ["z"]\n'
    root = campaign({"contacts/b.toml": other})
    assert (
        json.loads(run("contacts", "list", "--role", "mayor", "--tag", "z", "--json", root=root).stdout) == []
    )
    both = json.loads(
        run("contacts", "list", "--role", "mayor", "--role", "senator", "--json", root=root).stdout
    )
    assert [row["id"] for row in both] == ["maire", "b"]


def test_contacts_show_says_how_the_recipient_is_addressed(campaign: Campaign, run: Run) -> None:
    lines = run("contacts", "show", "maire", root=campaign()).stdout.splitlines()
    assert "salutation as printed  Madame la Maire" in lines
    assert "                       Maire d’Écully" in lines


def test_a_faulty_contact_is_not_shown_but_its_faults(campaign: Campaign, run: Run) -> None:
    other = '[[contact]]\nid = "b"\nrole = "mayr"\nfamily_name = "B"\npostal_code = "69001"\ncity = "Lyon"\n'
    done = run("contacts", "show", "b", root=campaign({"contacts/b.toml": other}))
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr == "contacts/b.toml:3: unknown role 'mayr'; did you mean mayor?\n"


def test_letters_list_and_show(campaign: Campaign, run: Run) -> None:
    root = campaign()
    assert json.loads(run("letters", "list", "--json", root=root).stdout) == [
        {
            "name": "note",
            "title": "Lettre",
            "audience": ["all"],
            "kind": "request",
            "joint": False,
            "recipients": 1,
        }
    ]
    shown = run("letters", "show", "note", root=root).stdout.splitlines()
    assert "recipients  maire" in shown
    assert "subject     Une demande" in shown


def test_preview_shows_the_letter_at_80_columns(campaign: Campaign, run: Run) -> None:
    shown = run("preview", "note", "--to", "maire", root=campaign()).stdout
    assert "Objet\u00a0: Une demande\n\nMadame la Maire,\n\nBonjour à Anne Exemple.\n" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_joint_letter_is_previewed_without_a_recipient(campaign: Campaign, run: Run) -> None:
    two = CONTACT + CONTACT.replace('"maire"', '"adjoint"').replace("Anne", "Bea")
    letter = LETTER.replace('"all"', '"all"\njoint = true')
    root = campaign({"contacts/a.toml": two, "letters/tous.md": letter})
    assert (
        run("preview", "tous", root=root).stdout == run("preview", "tous", "--to", "maire", root=root).stdout
    )
    refused = run("preview", "note", root=root)
    assert (refused.exit_code, refused.stderr) == (
        3,
        "the letter 'note' is made for several recipients; say for which one, as in --to maire\n",
    )


def test_preview_writes_the_pages_as_pictures(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    done = run("preview", "note", "--to", "maire", "--png", str(tmp_path / "page.png"), root=campaign())
    assert done.stdout == f"{tmp_path / 'page-1.png'}\n"
    assert (tmp_path / "page-1.png").read_bytes().startswith(b"\x89PNG")


def test_version_and_module(run: Run) -> None:
    assert run("--version").stdout == "outreach 0.1.0\n"


def test_help_groups_the_commands(run: Run) -> None:
    shown = run("--help").stdout
    assert "Write" in shown
    for command in ("init", "check", "contacts", "letters", "preview", "generate"):
        assert command in shown


BAD: list[tuple[tuple[str, ...], int, str]] = [
    (("contacts", "show", "mare"), 3, "no contact 'mare'; did you mean maire?\n"),
    (("letters", "show", "nte"), 3, "no letter 'nte'; did you mean note?\n"),
    (("preview", "note", "--to", "x"), 3, "no contact 'x'; known: maire\n"),
    (("generate", "nott"), 3, "no letter 'nott'; did you mean note?\n"),
    (
        ("generate", "--to", "role:mayer"),
        3,
        "unknown role 'mayer' in selector 'role:mayer'; did you mean mayor?\n",
    ),
    (("generate", "--to", "tag:b"), 3, "selector 'tag:b' matches nobody; known: tag:a\n"),
    (
        ("contacts", "list", "--to", "qui:x"),
        3,
        "unknown selector 'qui:x'; known: role, tag, commune, department, region, country, has, field, status, outcome\n",
    ),
]


@pytest.mark.parametrize(("args", "code", "stderr"), BAD)
def test_bad_input_gives_one_line_and_its_exit_code(
    campaign: Campaign, run: Run, args: tuple[str, ...], code: int, stderr: str
) -> None:
    root = campaign()
    done = run(*args, root=root)
    assert (done.exit_code, done.stdout, done.stderr) == (code, "", stderr)
    assert not (root / "out").exists()


@pytest.mark.parametrize(
    "args", [("generate", "--date", "30/11/2024"), ("generate", "--format", "odt"), ("genrate",)]
)
def test_wrong_usage_is_exit_2(campaign: Campaign, run: Run, args: tuple[str, ...]) -> None:
    assert run(*args, root=campaign()).exit_code == 2


def test_no_campaign_here_says_what_to_do(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["check"], ["generate"], ["contacts", "list"]):
        done = run(*command)
        assert (done.exit_code, done.stdout) == (3, "")
        assert done.stderr == (
            "no outreach.toml here or above; "
            "go to a campaign folder, name one with --campaign DIR, or make one with `outreach init`\n"
        )


def test_a_fault_of_the_program_is_a_traceback_and_exit_1(
    campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("outreach.letters.folder.load_people", broken)
    done = run("check", root=campaign())
    assert done.exit_code == 1
    assert isinstance(done.exception, ZeroDivisionError)


DAMAGE: list[tuple[dict[str, str | bytes], str]] = [
    ({"contacts/a.toml": '[[contact]]\nid = "x"\nrole = "mayor"\nfamily_name = "E"\n'}, ""),
    (
        {
            "contacts/a.toml": '[[contact]]\nid = "../x"\nrole = "mayor"\nfamily_name = "E"\npostal_code = "69001"\ncity = "L"\n'
        },
        "contacts/a.toml:2: id '../x' is not usable as a file name; "
        "use letters without accents, digits and hyphens, as in mayor-lyon\n",
    ),
    (
        {"contacts/a.toml": '[[contact]]\nid = "x"\nfamily_name = "E"\npostal_code = "69001"\ncity = "L"\n'},
        'contacts/a.toml:1: role is missing; add role = "..."\n',
    ),
    (
        {"contacts/a.toml": '[[contact]\nid = "x"\n'},
        "contacts/a.toml:1: broken TOML: expected ']]' at the end of an array declaration; "
        "check the quotes, brackets and commas of this line and the one above\n",
    ),
    (
        {
            "letters/note.md": '+++\ntitle = "T"\naudience = "all"\nsubject = "S"\n+++\n\n{{ recipient.familly_name }}\n'
        },
        "letters/note.md:7: unknown field recipient.familly_name; did you mean recipient.family_name?\n",
    ),
]


@pytest.mark.parametrize(("files", "stderr"), DAMAGE[1:])
def test_damage_done_by_hand_gives_one_clear_line_and_writes_nothing(
    campaign: Campaign, run: Run, files: dict[str, str | bytes], stderr: str
) -> None:
    root = campaign(files)
    before = sorted(root.rglob("*"))
    done = run("generate", root=root)
    assert (done.exit_code, done.stderr) == (3, stderr)
    assert sorted(root.parent.rglob("*")) == sorted([root, *before])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_new_letter_can_be_generated_as_it_is(campaign: Campaign, run: Run, language: str) -> None:
    root = campaign({"outreach.toml": SETTINGS.replace("[sender]", f'language = "{language}"\n[sender]')})
    done = run("letters", "new", "prefet", root=root)
    assert done.stdout == "written  letters/prefet.md; next: fill it in, then outreach preview prefet\n"
    assert run("generate", "prefet", root=root).exit_code == 0
    assert run("letters", "new", "prefet", root=root).exit_code == 4
    assert run("letters", "new", "../x", root=root).exit_code == 3
    assert run("letters", "new", "print", root=root).exit_code == 3


def test_a_very_large_table_has_a_line_for_each_row(campaign: Campaign, run: Run) -> None:
    """It is for grep and less: drawing it would take half a second for each thousand rows."""
    rows = "".join(f"m{number},mayor,Nom{number},69001,LYON\n" for number in range(1001))
    root = campaign({"contacts/many.csv": f"id,role,family_name,postal_code,city\n{rows}"})
    lines = run("contacts", "list", "--all", root=root).stdout.splitlines()
    assert lines[:3] == [
        "name          role   town    id",
        "Anne Exemple  mayor  Écully  maire",
        "Nom0          mayor  LYON    m0",
    ]
    assert len(lines) == 1003
