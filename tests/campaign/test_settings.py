from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from outreach.campaign.settings import load_campaign

Campaign = Callable[..., Path]


def test_every_setting_is_read(campaign: Campaign) -> None:
    root = campaign(
        {
            "outreach.toml": (
                '[campaign]\ntitle = "T"\nlanguage = "en"\nrecheck_months = 6\n'
                '[sender]\nname = "Nom long"\nshort_name = "Nom"\naddress = ["1 rue A", "69001 LYON"]\n'
                'email = "a@example.org"\nphone = "04"\nvoice = "je"\nsignatories = ["A", "B"]\n'
                'cosigners = ["Amis"]\nlogo = "l.png"\nsignature = "s.png"\n'
                '[letter]\nplace = "Lyon"\ndate = "2024-12-01"\nreference = "R"\nregistered = true\n'
                '[civility]\nfeminine = "le"\nplural = "doublet"\n'
                '[civility.roles.mayor]\nf = "Madame la Mairesse"\n'
                '[layout]\nfont = "F"\ndocx_font = "D"\nsize = 10.5\nwindow = "c5-right"\nfold_marks = false\n'
                'letterhead = "h.docx"\nmargins = { top = 15 }\n'
            ),
            "l.png": b"",
            "s.png": b"",
            "h.docx": b"",
        }
    )
    found, problems = load_campaign(root)
    assert problems == []
    assert (found.title, found.language, found.recheck_months) == ("T", "en", 6)
    assert found.sender.signatories == ("A", "B")
    assert (found.sender.logo, found.sender.signature, found.sender.is_group) == ("l.png", "s.png", False)
    assert (found.date, found.reference, found.registered) == (date(2024, 12, 1), "R", True)
    assert found.civility.roles == {"mayor": {"f": "Madame la Mairesse"}}
    assert found.layout.fonts == ("F",)
    assert (found.layout.margins.top, found.layout.margins.left, found.layout.size) == (15, 27, 10.5)
    assert (found.layout.window.name, found.layout.fold_marks, found.layout.letterhead) == (
        "c5-right",
        False,
        "h.docx",
    )


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('[campagne]\ntitle = "T"', "outreach.toml:1: unknown key 'campagne'; did you mean campaign?"),
        ('[sender]\nnmae = "X"', "outreach.toml:2: unknown key 'nmae' in [sender]; did you mean name?"),
        (
            '[layout]\nwindow = "dl-rigth"',
            "outreach.toml:2: unknown window 'dl-rigth'; did you mean dl-right?",
        ),
        ('[letter]\nplace = ""', 'outreach.toml:2: place is empty; write place = "..."'),
        ("[layout]\nsize = 40", "outreach.toml:2: size must lie between 8 and 14; it is 40"),
        ("[letter]\nplace = 3", 'outreach.toml:2: place must be a text in quotes, as in "..."; it is 3'),
        (
            '[letter]\ndate = "30/11/2024"',
            "outreach.toml:2: date must be a date; write YYYY-MM-DD; it is '30/11/2024'",
        ),
        (
            '[sender]\nlogo = "../x.png"',
            "outreach.toml:2: logo lies outside the campaign folder; copy the file into it",
        ),
        (
            '[sender]\nlogo = "x.png"',
            "outreach.toml:2: logo: no file 'x.png'; paths are relative to outreach.toml",
        ),
        (
            '[civility.roles.mayr]\nf = "Madame"',
            "outreach.toml:1: unknown key 'mayr' in [civility.roles]; did you mean mayor?",
        ),
        (
            '[civility.roles.mayor]\nclosing = "Bien à vous, {adress}."',
            "outreach.toml:2: unknown {adress} in closing; it knows {address} and {consideration}",
        ),
        ("[layout.margins]\nleft = 2", "outreach.toml:2: left must lie between 5 and 50; it is 2"),
    ],
)
def test_a_fault_is_named_with_its_line(campaign: Campaign, settings: str, expected: str) -> None:
    _, problems = load_campaign(campaign({"outreach.toml": settings + "\n"}))
    assert expected in [str(problem) for problem in problems]


def test_all_faults_are_found_at_once(campaign: Campaign) -> None:
    _, problems = load_campaign(campaign({"outreach.toml": "[sender]\nx = 1\n[letter]\ny = 2\n"}))
    assert [str(problem) for problem in problems if problem.severity == "error"] == [
        'outreach.toml: title is missing; add title = "..."',
        'outreach.toml:1: name is missing; add name = "..."',
        "outreach.toml:2: unknown key 'x' in [sender]",
        'outreach.toml:3: place is missing; add place = "..."',
        "outreach.toml:4: unknown key 'y' in [letter]; known: place, date, reference, registered",
    ]


def test_an_empty_short_name_is_the_name(campaign: Campaign) -> None:
    settings = '[campaign]\ntitle = "T"\n[sender]\nname = "N"\nshort_name = ""\n[letter]\nplace = "L"\n'
    found, _ = load_campaign(campaign({"outreach.toml": settings}))
    assert found.sender.short_name == "N"


def test_a_sender_without_address_is_a_warning(campaign: Campaign) -> None:
    _, problems = load_campaign(
        campaign(
            {
                "outreach.toml": '[campaign]\ntitle = "T"\n[sender]\nname = "N"\naddress = []\n[letter]\nplace = "L"\n'
            }
        )
    )
    assert [(problem.severity, str(problem)) for problem in problems] == [
        (
            "warning",
            "outreach.toml:5: the sender has no postal address; fill in the lines that answers are to be sent to",
        )
    ]
