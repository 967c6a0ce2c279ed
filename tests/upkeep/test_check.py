import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from outreach.letters.folder import load_folder
from outreach.upkeep import check
from outreach.upkeep.check import find_problems
from tests.conftest import CONTACT, LETTER, SETTINGS, RunProgram, findings

Campaign = Callable[..., Path]
Run = Callable[..., Result]


def test_a_faultless_campaign_is_clean(campaign: Campaign, run: Run) -> None:
    done = run("check", root=campaign())
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "0 errors, 0 warnings\n")


def test_everything_is_reported_at_once_errors_first(campaign: Campaign, run: Run) -> None:
    contacts = (
        '[[contact]]\nid = "un"\nrole = "mayr"\nfamily_name = "A"\npostal_code = "69001"\ncity = "Lyon"\n'
        '[[contact]]\nid = "deux"\nrole = "mayor"\nfamily_name = "B"\npostal_code = "69001"\ncity = "Lyon"\n'
        f'organisation = "{"x" * 39}"\nterm_end = 2024-06-30\nchecked = 2023-11-30\n'
    )
    question = '[[question]]\nid = "q"\ntheme = "T"\ntext = "?"\n'
    settings = '[campaign]\ntitle = "E"\n[sender]\nname = "G"\n[letter]\nplace = "L"\ndate = 2024-11-30\n'
    root = campaign(
        {
            "outreach.toml": settings,
            "contacts/a.toml": contacts,
            "letters/questions.toml": question,
            "letters/autre.md": "sans en-tête",
            "letters/note.md": '+++\ntitle = "T"\naudience = "all"\nsubject = "S"\n+++\n{{ recipient.nam }}\n',
            "letters/qui.md": '+++\ntitle = "T"\naudience = "tag:x"\nsubject = "S"\n+++\nBonjour\n',
        }
    )
    done = run("check", root=root)
    assert done.exit_code == 3
    assert done.stdout.splitlines() == [
        "Errors (4)",
        "  contacts/a.toml:3: unknown role 'mayr'; did you mean mayor?",
        "  letters/autre.md:1: the letter has no front matter; begin the letter with its TOML between two +++ lines",
        "  letters/note.md:6: unknown field recipient.nam; did you mean recipient.name?",
        "  letters/qui.md:3: selector 'tag:x' matches nobody",
        "",
        "What stops a letter (1)",
        "  contacts/a.toml:7: contact 'deux': its term ended on 2024-06-30; find out who holds the office now",
        "",
        "To look at (4)",
        "  contacts/a.toml:7: contact 'deux': address line 3 has 39 characters, 38 at most; "
        "shorten it: sorting machines and windows count on it",
        "  contacts/a.toml:7: contact 'deux': last checked on 2023-11-30; verify name and address again",
        "  letters/questions.toml:1: no letter asks the question 'q'; name it in a letter's questions",
        "  outreach.toml:3: the sender has no postal address; fill in the lines that answers are to be sent to",
        "",
        "1 contact was never checked: verify name and address at the source, then mark it with "
        "`outreach contacts checked ID`; --all names it",
    ]
    assert done.stderr == "4 errors, 6 warnings\n"


def test_files_that_cannot_be_parsed_are_all_named(campaign: Campaign, run: Run) -> None:
    root = campaign(
        {"outreach.toml": "a = \n", "contacts/a.toml": "b = \n", "letters/questions.toml": "c = \n"}
    )
    done = run("check", root=root)
    assert done.exit_code == 3
    assert [line.split(": ")[:2] for line in findings(done)] == [
        ["outreach.toml:1", "broken TOML"],
        ["contacts/a.toml:1", "broken TOML"],
        ["letters/questions.toml:1", "broken TOML"],
    ]


def test_json_has_the_agreed_keys(campaign: Campaign, run: Run) -> None:
    root = campaign({"letters/note.md": '+++\ntitle = "T"\naudience = "all"\nsubject = "S"\n+++\n{{ x }}\n'})
    done = run("check", "--json", root=root)
    assert done.exit_code == 3
    assert json.loads(done.stdout) == [
        {
            "code": "unknown-variable",
            "severity": "error",
            "path": "letters/note.md",
            "line": 6,
            "message": "unknown name 'x'",
            "hint": "known: recipient, recipients, sender, date, place, campaign, questions, reply_by, previous, "
            "earlier, about",
        }
    ]


def test_a_check_grows_old_at_the_campaigns_limit(campaign: Campaign, run: Run) -> None:
    root = campaign()
    assert run("check", "--date", "2025-10-31", root=root).stdout == ""
    assert "last checked on 2024-11-01" in run("check", "--date", "2025-11-01", root=root).stdout


def test_a_picture_that_is_none_is_found_before_printing(campaign: Campaign, run: Run) -> None:
    settings = '[campaign]\ntitle = "E"\n[sender]\nname = "G"\naddress = "A"\nlogo = "l.png"\n[letter]\nplace = "L"\n'
    done = run("check", root=campaign({"outreach.toml": settings, "l.png": "no picture"}))
    assert (done.exit_code, findings(done)) == (
        3,
        ["l.png: is not a picture that can be printed; use PNG or JPEG"],
    )


def test_a_font_that_is_not_there_is_named(campaign: Campaign, run: Run) -> None:
    settings = '[campaign]\ntitle = "E"\n[sender]\nname = "G"\naddress = "A"\n[letter]\nplace = "L"\n[layout]\nfont = "Arial"\n'
    done = run("check", root=campaign({"outreach.toml": settings}))
    assert done.exit_code == 3
    assert findings(done)[0].startswith(
        "outreach.toml: no font 'Arial'; there are DejaVu Sans Mono, Libertinus Serif, "
    )
    assert run("generate", root=campaign({"outreach.toml": settings})).exit_code == 3


QUESTION = '[[question]]\nid = "q"\ntheme = "T"\ntext = "?"\naudience = "{}"\n'
ASKING = LETTER.replace("subject", 'questions = "q"\nsubject')


def test_a_selector_that_nobody_fits_is_named_with_its_line(campaign: Campaign, run: Run) -> None:
    files = {
        "letters/note.md": ASKING.replace('"all"', '["role:mayor", "tag:vile"]'),
        "letters/questions.toml": QUESTION.format("tag:villes"),
        "contacts/a.toml": CONTACT.replace('["a"]', '["ville"]'),
    }
    done = run("check", root=campaign(files))
    assert done.exit_code == 0
    assert findings(done) == [
        "letters/note.md:3: no contact has 'tag:vile'; did you mean tag:ville?",
        "letters/questions.toml:5: no contact has 'tag:villes'; did you mean tag:ville?",
    ]


def test_an_unknown_role_in_a_question_is_an_error(campaign: Campaign, run: Run) -> None:
    files = {"letters/note.md": ASKING, "letters/questions.toml": QUESTION.format("role:mayr")}
    done = run("generate", root=campaign(files))
    assert (done.exit_code, done.stderr) == (
        3,
        "letters/questions.toml:5: unknown role 'mayr' in selector 'role:mayr'; did you mean mayor?\n",
    )


def test_what_generate_would_refuse_is_found_in_every_letter(campaign: Campaign, run: Run) -> None:
    def other(name: str, change: tuple[str, str]) -> str:
        return CONTACT.replace('"maire"', f'"{name}"').replace(*change)

    contacts = (
        CONTACT
        + other("ideogramme", ("Anne", "漢"))
        + other("large", ("1 place de la Mairie", "W" * 60))
        + other("haute", ('"Hôtel de Ville"', ", ".join(f'"Étage {n}"' for n in range(7))))
    )
    root = campaign({"contacts/a.toml": contacts})
    errors = findings(run("check", root=root))[:3]
    assert errors == [
        "note/haute: the address does not fit the window at 8 pt; shorten its lines",
        "note/large: the address does not fit the window at 8 pt; shorten its lines",
        "note/ideogramme: the font cannot print '漢'; put a font that has it into fonts/ and name it "
        "last in the list [layout] font",
    ]
    made = run(
        "generate",
        root=root,
    )
    assert [line for line in made.stderr.splitlines() if line.startswith("note/")] == [
        errors[2],
        errors[1],
        errors[0],
    ]


def test_a_referral_to_several_is_an_error(campaign: Campaign, run: Run) -> None:
    referral = LETTER.replace('title = "Lettre"', 'title = "Saisine"\nkind = "referral"')
    other = CONTACT.replace('"maire"', '"autre"')
    done = run("check", root=campaign({"contacts/b.toml": other, "letters/saisine.md": referral}))
    assert done.exit_code == 3
    assert (
        "letters/saisine.md:4: a referral goes to one authority, its audience has 2 contacts; name one contact"
        in findings(done)
    )


def test_a_character_that_no_font_has_is_found_before_printing(campaign: Campaign, run: Run) -> None:
    strange = CONTACT.replace("Exemple", "Exemple\ue123")
    done = run("check", root=campaign({"contacts/a.toml": strange}))
    assert done.exit_code == 3
    assert "cannot print" in done.stdout


def test_a_campaign_without_letters_or_contacts_says_so(campaign: Campaign, run: Run) -> None:
    root = campaign()
    (root / "letters" / "note.md").rename(root / "letters" / "Note.MD")
    (root / "contacts" / "a.toml").rename(root / "contacts" / "a.xlsx")
    done = run("check", root=root)
    assert done.exit_code == 3
    assert findings(done) == [
        "contacts/: no file in contacts/; add a .toml or .csv file, or start with `outreach init`",
        "letters/: no file in letters/; add a .md file, or start with `outreach init`",
        "contacts/a.xlsx: the file is not read; run `outreach contacts import contacts/a.xlsx`",
        "letters/Note.MD: the file is not read; letters end in .md",
    ]
    assert run("generate", root=root).exit_code == 3


def test_a_folder_that_cannot_be_read_is_no_empty_one(campaign: Campaign, run: Run) -> None:
    root = campaign()
    (root / "contacts" / "a.toml").unlink()
    (root / "contacts").rmdir()
    (root / "contacts").write_text("", encoding="utf-8")
    done = run("check", root=root)
    assert done.exit_code == 5
    assert done.stderr.startswith("contacts/: cannot be read; ")


@pytest.mark.parametrize(
    ("fonts", "lines"),
    [
        ('["Libertinus Serif", "DejaVu Sans Mono"]', []),
        (
            '["Libertinus Serif", "New Computer Modern Math"]',
            [
                "outreach.toml: the font 'New Computer Modern Math' has no italic: that text prints regular; "
                "put the family's other files into fonts/ too"
            ],
        ),
        (
            '["Nulle Part", "Ni Là"]',
            [
                "outreach.toml: no font 'Ni Là'; there are DejaVu Sans Mono, Libertinus Serif, New Computer Modern, "
                "New Computer Modern Math; or put the font's file into fonts/",
                "outreach.toml: no font 'Nulle Part'; there are DejaVu Sans Mono, Libertinus Serif, New Computer "
                "Modern, New Computer Modern Math; or put the font's file into fonts/",
            ],
        ),
        ('"Libertinus Serif"', []),
    ],
)
def test_each_font_is_looked_for_and_what_it_lacks_is_named(
    campaign: Callable[..., Path], run: RunProgram, fonts: str, lines: list[str]
) -> None:
    root = campaign({"outreach.toml": SETTINGS + f"[layout]\nfont = {fonts}\n"})
    assert findings(run("check", root=root)) == lines


@pytest.mark.office
def test_a_family_of_one_file_is_named_before_it_prints_all_regular(
    campaign: Callable[..., Path], run: RunProgram
) -> None:
    file = Path("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf")
    root = campaign(
        {
            "outreach.toml": SETTINGS + '[layout]\nfont = "Liberation Sans"\n',
            f"fonts/{file.name}": file.read_bytes(),
        }
    )
    assert findings(run("check", root=root)) == [
        "outreach.toml: the font 'Liberation Sans' has no bold and italic: that text prints regular; "
        "put the family's other files into fonts/ too"
    ]


def test_an_enclosure_outside_is_named_and_not_read(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"no PDF")
    enclosed = LETTER.replace("subject", 'enclosures = [{ title = "A", file = "../plan.pdf" }]\nsubject', 1)
    done = run("check", root=campaign({"letters/note.md": enclosed}))
    line = 1 + enclosed[: enclosed.index("enclosures")].count("\n")
    assert (done.exit_code, findings(done)) == (
        0,
        [
            f"letters/note.md:{line}: the enclosure lies outside the campaign folder;"
            " copy it into the folder, or use --allow-outside"
        ],
    )


FAULTY_DATA = """\
id,role,given_name,family_name,address,postal_code,city,hours
a1,mayor,Anne,Exemple,Mairie,69130,Écully,9
a2,mayor,Anne,Exemple,Mairie,69130,Écully,9
a3,mayor,Anne \U00010348,Exemple,Mairie,69130,Écully,9
a4,mayor,Anne,Exemple,Mairie,69130,Écully,
a5,mayor,Anne,Exemple,Mairie,69130,Écully,9
a6,mayor,Anne,Exemple,Mairie,69130,Écully,neuf
a7,mayor,Anne,Exemple,{long},69130,Écully,9
a8,mayor,Anne,Exemple \U00010348,Mairie,69130,Écully,9
a9,mayor,Anne,Exemple,Mairie|{lines},69130,Écully,9
""".format(
    long="Résidence-des-Grands-Platanes-de-la-Vallée-Verte-et-des-Coteaux" * 4, lines="|".join("abcdefgh")
)
CLOSED = LETTER.replace(
    "Bonjour", "Ouvert {% if recipient.fields.hours == 'neuf' %}{{ nobody }}{% endif %}, bonjour"
)


@pytest.mark.parametrize(("batch", "few"), [(2, 0), (3, 9), (200, 3)])
def test_the_same_is_found_in_processes_and_batches_as_if_every_letter_were_printed(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, batch: int, few: int
) -> None:
    files = {"contacts/b.csv": FAULTY_DATA, "letters/note.md": CLOSED}
    folder = load_folder(campaign(files))
    day = date(2024, 11, 30)
    with monkeypatch.context() as each:
        each.setattr(check, "_may_fail", lambda _letter, _printed: True)
        expected = find_problems(folder, day, day)
    found = {name for name in ("a3", "a8", "a7") if any(f"note/{name}" in one.text for one in expected)}
    assert found == {"a3", "a8", "a7"}
    assert any("nobody" in one.text for one in expected)
    monkeypatch.setattr(check, "_BATCH", batch)
    monkeypatch.setattr(check, "_FEW_BATCHES", few)
    assert find_problems(folder, day, day) == expected


def test_the_text_of_e_mails_is_tried_with_whoever_may_get_one(campaign: Campaign, run: Run) -> None:
    other = CONTACT.replace('"maire"', '"deux"').replace('city = "Écully"', 'city = "Écully"\nphone = "04"')
    root = campaign(
        {
            "contacts/a.toml": CONTACT
            + 'email = "un@example.org"\n'
            + other
            + 'email = "deux@example.org"\n',
            "letters/_email.md": "{{ recipient.salutation }},\n\n{{ letter.subject }}\n\n{{ recipient.phone }}\n",
        }
    )
    done = run("check", root=root)
    assert done.exit_code == 3
    (found,) = findings(done)
    assert found.startswith("letters/_email.md:5: recipient.phone is empty")
    (root / "letters/_email.md").write_text("{{ recipient.salutation }},\n\n{{ letter.sujet }}\n")
    assert findings(run("check", root=root))[0].startswith("letters/_email.md:3: ")
