"""A campaign of one's own: what each starter begins with, and what it makes of the first letter and after."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import Result

from outreach import language
from outreach.campaign.settings import load_campaign
from outreach.cli import write
from tests.conftest import CONTACT, REPOSITORY, findings, png, set_day
from tests.test_another_subject import FOLLOW_UPS, FOREIGN

Run = Callable[..., Result]

FIRST = {"fr": "premiere-lettre", "en": "first-letter"}
SHEET = {"fr": "contacts/a-remplir.xlsx", "en": "contacts/to-fill-in.xlsx"}
TOPIC = {
    "fr": "l'aménagement de la piste cyclable du boulevard Exemple",
    "en": "the cycle lane on Example Street",
}
ABOUT = {
    "fr": "au sujet de l'aménagement de la piste cyclable du boulevard Exemple",
    "en": "about the cycle lane on Example Street",
}
WHOLE = (
    *(
        "--title",
        "Une piste",
        "--name",
        "Exemple à vélo",
        "--email",
        "velo@example.org",
        "--place",
        "Saint-Malo",
    ),
    *("--address", "3 rue du Modèle", "--address", "35400 SAINT-MALO"),
)


def begin(run: Run, root: Path, *args: str) -> Result:
    done = run("init", str(root), *args)
    assert (done.exit_code, done.stderr) == (0, "")
    return done


@pytest.mark.parametrize("starter", ["fr", "en"])
def test_a_starter_is_whole_and_check_names_what_it_left(run: Run, tmp_path: Path, starter: str) -> None:
    root = tmp_path / "own"
    shown = begin(run, root, "--starter", starter).stdout.splitlines()
    letters = [
        *FOLLOW_UPS,
        "cada-notice",
        FIRST[starter],
        "_documents",
        "_email",
        "_numbers",
        "_previous",
        "_questions",
        "_topic",
    ]
    made = [
        *(f"letters/{name}.md" for name in letters),
        *(
            ".gitignore",
            "outreach.toml",
            "letters/questions.toml",
            "contacts/authorities.toml",
            SHEET[starter],
        ),
        "out/page-1.png",
    ]
    assert sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()) == sorted(
        made
    )
    assert shown == [
        "18 files copied; next: fill in outreach.toml and contacts/, then run `outreach check`",
        f"the first page is shown in {root.as_posix()}/out/page-1.png",
    ]
    with Image.open(root / "out/page-1.png") as page:
        assert page.height > page.width > 800
    for path in root.rglob("*.*"):
        if path.suffix in (".md", ".toml"):
            assert FOREIGN.findall(path.read_text(encoding="utf-8")) == []
    checked = run("check", root=root)
    assert checked.exit_code == 0
    lines = findings(checked)
    left = re.findall(r"outreach\.toml:\d+: (\[\w+\] \w+) is as the starter wrote it", checked.stdout)
    assert left == ["[campaign] title", "[campaign] topic", "[sender] name", "[letter] place"]
    assert lines[0] == (
        "contacts/: there is nobody to write to yet; fill in the spreadsheet in contacts/, then run"
        " `outreach contacts import`"
    )
    assert "no-applicant" not in run("check", "--all", root=root).stdout  # there is nobody to be referred yet
    assert SHEET[starter] not in checked.stdout  # nobody has filled it in
    assert run(root=root).stdout.splitlines()[-1] == f"next: {lines[0].partition('; ')[2]}"
    nobody = run("generate", root=root)
    assert (nobody.exit_code, nobody.stderr) == (3, lines[0] + "\n")


@pytest.mark.parametrize("starter", ["fr", "en"])
def test_the_first_letter_is_followed_up_as_the_law_has_it(run: Run, tmp_path: Path, starter: str) -> None:
    begin(run, tmp_path / "own", "--starter", starter)
    campaign, _problems = load_campaign(tmp_path / "own")
    assert dict(campaign.follow_up.letters) == {}


@pytest.mark.parametrize("starter", ["fr", "en"])
def test_the_options_fill_in_the_settings(run: Run, tmp_path: Path, starter: str) -> None:
    root, logo = tmp_path / "own", tmp_path / "signe.png"
    logo.write_bytes(png(30, 20))
    begin(
        run, root, "--starter", starter, "--topic", TOPIC[starter], *WHOLE, "--window", "c5-right", "--letterhead", str(logo)
    )  # fmt: skip
    campaign, problems = load_campaign(root)
    assert problems == []
    assert (campaign.title, campaign.topic, campaign.language) == ("Une piste", TOPIC[starter], starter)
    sender = campaign.sender
    assert (sender.name, sender.address) == ("Exemple à vélo", ("3 rue du Modèle", "35400 SAINT-MALO"))
    assert (sender.email, sender.logo, campaign.place) == ("velo@example.org", "signe.png", "Saint-Malo")
    assert campaign.layout.window.name == "c5-right"
    assert "# " in (root / "outreach.toml").read_text(encoding="utf-8").split("topic = ")[1].splitlines()[0]
    assert "as the starter wrote it" not in run("check", root=root).stdout


@pytest.mark.parametrize("starter", ["fr", "en"])
def test_the_first_letter_and_all_that_follows_speak_of_the_topic(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starter: str
) -> None:
    root = tmp_path / "own"
    begin(run, root, "--starter", starter, "--topic", TOPIC[starter], *WHOLE)
    settings = (root / "outreach.toml").read_text(encoding="utf-8")
    settings = settings.replace("# legal_form", "legal_form").replace("# representative", "representative")
    (root / "outreach.toml").write_text(settings, encoding="utf-8")
    (root / "contacts/people.toml").write_text(CONTACT, encoding="utf-8")
    first = FIRST[starter]
    set_day(monkeypatch, date(2025, 12, 1))
    assert run("generate", "--date", "2025-02-03", root=root).exit_code == 0
    assert run("sent", first, "--on", "2025-02-03", "--via", "hand", root=root).exit_code == 0
    partial = ("--on", "2025-02-20", "--kind", "partial", "--question", "position=Oui.")
    assert run("answer", "maire", *partial, root=root).exit_code == 0
    dated = ("--to", "maire", "--on", "2025-06-02", "--format", "txt")
    for name in ("reminder", "correction", "thanks", "documents-request"):
        assert run("followup", name, *dated, root=root).exit_code == 0
    posted = ("--on", "2025-06-03", "--via", "registered")
    assert run("sent", "documents-request", *posted, root=root).exit_code == 0
    proof = ("--letter", "documents-request", "--on", "2025-06-05", "--proof", "delivery")
    assert run("received", "maire", *proof, root=root).exit_code == 0
    referred = run(
        "followup", "cada-referral", "--to", "maire", "--on", "2025-07-10", "--format", "txt", root=root
    )
    assert referred.exit_code == 0
    run("generate", "--date", "2025-02-03", "--format", "txt", root=root)
    for name in (first, *FOLLOW_UPS):
        text = (
            (root / "out" / name / "maire.txt")
            .read_text(encoding="utf-8")
            .replace("’", "'")
            .replace("\u00a0", " ")
        )
        assert ABOUT[starter] in text
        assert FOREIGN.findall(text) == []
        assert re.findall(r"[ ]{2}| [.,]|\(\)|,,|\. \.", text) == []
        assert ("Nous" in text) == (starter == "fr")
    reminder = (root / "out/reminder/maire.txt").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert {
        "fr": "Vous avez répondu à la question n° 1. Toutefois, les questions suivantes restent sans réponse",
        "en": "You have answered question 1. The following questions are still open; they keep their numbers.",
    }[starter] in reminder


def test_the_example_is_the_shipped_campaign_byte_by_byte(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "lyon"
    begin(run, root, "--starter", "lyon")
    for folder in (".", "letters", "contacts"):
        for path in (root / folder).glob("*.*"):
            if path.name != ".gitignore" and path.is_file():
                shipped = REPOSITORY / path.relative_to(root)
                assert path.read_bytes() == shipped.read_bytes()
    run("generate", root=root)
    made = [path for path in (root / "out").rglob("*") if path.suffix in (".pdf", ".docx")]
    assert len(made) == 16


def test_a_file_that_is_there_stays_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "lyon"
    begin(run, root, "--starter", "lyon")
    (root / "letters/joint.md").write_text("mine", encoding="utf-8")
    again = run("init", str(root), "--starter", "fr")
    assert (again.exit_code, again.stdout) == (4, "")
    assert again.stderr.endswith(": is there already; choose an empty folder; nothing was copied\n")
    assert not (root / SHEET["fr"]).exists()
    assert (root / "letters/joint.md").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("spoken", "words"), [("fr", "Madame la Maire"), ("en", "Dear")])
def test_the_starter_is_that_of_the_users_language(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoken: str, words: str
) -> None:
    monkeypatch.setenv("OUTREACH_LANG", spoken)
    language.use(spoken)
    root = tmp_path / "own"
    begin(run, root)
    (root / "contacts/people.toml").write_text(CONTACT, encoding="utf-8")
    assert words in run("preview", FIRST[spoken], "--to", "maire", root=root).stdout
    other = "en" if spoken == "fr" else "fr"
    begin(run, tmp_path / "other", "--language", other)
    assert (tmp_path / "other/letters" / f"{FIRST[other]}.md").is_file()


def test_on_a_terminal_it_asks_for_what_the_options_do_not_say(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "is_terminal", lambda: True)
    root, paper = tmp_path / "own", tmp_path / "papier.txt"
    typed = [
        "the traffic plan",
        "Group",
        "1 Street | 35400 SAINT-MALO",
        "",
        "Saint-Malo",
        "de",
        "en",
        "",
        str(paper),
        "",
    ]
    done = run(
        "init", str(root), "--title", "Quiet streets", "--starter", "en", typed="\n".join([*typed, ""])
    )
    assert done.exit_code == 0
    campaign, _problems = load_campaign(root)
    assert (campaign.title, campaign.topic) == ("Quiet streets", "the traffic plan")
    assert campaign.sender.address == ("1 Street", "35400 SAINT-MALO")
    assert (campaign.sender.email, campaign.place, campaign.language) == ("", "Saint-Malo", "en")
    assert "title of the campaign" not in done.stderr
    assert "with its article, as in the cycle lane of the boulevard:" in done.stderr
    assert "write one of fr, en" in done.stderr
    assert "name a file that ends in .docx, .pdf, .png, .jpg, .jpeg" in done.stderr
    assert done.stdout.splitlines()[-1].endswith("/out/page-1.png")


@pytest.mark.parametrize(
    ("option", "code"),
    [
        (("--starter", "paris"), 2),
        (("--language", "de"), 2),
        (("--window", "left"), 2),
        (("--letterhead", "nowhere.docx"), 5),
        (("--letterhead", "pyproject.toml"), 3),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_written(
    run: Run, tmp_path: Path, option: tuple[str, str], code: int
) -> None:
    done = run("init", str(tmp_path / "own"), *option)
    assert (done.exit_code, done.stdout) == (code, "")
    assert not (tmp_path / "own").exists()


def test_the_spreadsheet_is_taken_in_as_it_is(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "own"
    begin(run, root, "--starter", "fr")
    done = run("contacts", "import", str(root / SHEET["fr"]), "--dry-run", root=root)
    assert (
        done.exit_code,
        "role from role, gender from gender, given_name" in done.stderr + done.stdout,
    ) == (0, True)


AUTHORITY = (
    CONTACT.replace('"maire"', '"cada"')
    .replace('"mayor"', '"authority"')
    .replace("Exemple", "Avis")
    .replace('["a"]', '["cada", "a"]')
)
ONLY = f"{AUTHORITY}referral_only = true\n"


@pytest.mark.parametrize(
    "chosen", ["all", "role:authority", "tag:cada", "tag:a,role:authority", "department:69"]
)
def test_whom_only_referrals_go_to_is_in_no_selector_but_its_id(
    run: Run, campaign: Callable[..., Path], chosen: str
) -> None:
    root = campaign({"contacts/b.toml": ONLY})
    shown = run("contacts", "list", "--to", chosen, "--json", root=root)
    if shown.exit_code == 0:
        assert [one["id"] for one in json.loads(shown.stdout)] == ["maire"]
    else:
        said = json.loads(shown.stderr)
        assert said["message"] == f"selector '{chosen}' matches nobody"
        assert said["hint"] == "whom it names is there for referrals only, and meant by id alone"
    by_id = json.loads(run("contacts", "list", "--to", "cada", "--json", root=root).stdout)
    assert [(one["id"], one["referral_only"]) for one in by_id] == [("cada", True)]
    made = json.loads(run("generate", "--json", "--format", "txt", root=root).stdout)
    assert [one["contact"] for one in made] == ["maire"]


@pytest.mark.parametrize("target", ["a.csv", "a.xlsx", "a.vcf"])
def test_it_stays_so_through_an_export(
    run: Run, campaign: Callable[..., Path], tmp_path: Path, target: str
) -> None:
    root = campaign({"contacts/b.toml": ONLY})
    given = tmp_path / target
    assert run("contacts", "export", str(given), "--to", "cada", root=root).exit_code == 0
    (root / "contacts/b.toml").unlink()
    assert run("contacts", "import", str(given), "--yes", root=root).exit_code == 0
    found = json.loads(run("contacts", "list", "--json", root=root).stdout)
    assert [one["referral_only"] for one in found if one["role"] == "authority"] == [True]
