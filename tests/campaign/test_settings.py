from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from outreach.campaign.campaign import EmailSettings, MailServer
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


HEAD = '[campaign]\ntitle = "T"\n[letter]\nplace = "L"\n[sender]\nname = "Groupe"\naddress = ["1 rue A"]\n'


def test_every_setting_of_email_is_read(campaign: Campaign) -> None:
    settings = (
        '[email]\nfrom = "Groupe Été <Contact@example.org>"\nreply_to = "reponses@example.org"\n'
        "plus_tags = true\nmax_mb = 7.5\n"
        '[email.imap]\nhost = "imap.example.org"\n'
        '[email.smtp]\nhost = "smtp.example.org"\nport = 587\nuser = "u"\ncertificate = "own.pem"\n'
    )
    found, problems = load_campaign(campaign({"outreach.toml": HEAD + settings, "own.pem": b""}))
    assert problems == []
    assert found.email == EmailSettings(
        name="Groupe Été",
        address="Contact@example.org",
        reply_to="reponses@example.org",
        plus_tags=True,
        max_mb=7.5,
        imap=MailServer("imap.example.org", 993, "Contact@example.org", is_starttls=False),
        smtp=MailServer("smtp.example.org", 587, "u", is_starttls=True, certificate="own.pem"),
    )
    assert found.email.addresses == ("contact@example.org", "reponses@example.org")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", ("Groupe", "")),
        ('email = "a@example.org"', ("Groupe", "a@example.org")),
        ('email = "04 72 00 00 00"', ("Groupe", "")),
        ('email = "a@example.org"\n[email]\nfrom = "b@example.org"', ("Groupe", "b@example.org")),
        ("[email]\nfrom = '\"Zoé, à Lyon\" <b@example.org>'", ("Zoé, à Lyon", "b@example.org")),
        ('[email]\nfrom = "<b@example.org>"', ("Groupe", "b@example.org")),
    ],
)
def test_email_comes_from_the_sender_unless_it_says_from_whom(
    campaign: Campaign, settings: str, expected: tuple[str, str]
) -> None:
    found, problems = load_campaign(campaign({"outreach.toml": f"{HEAD}{settings}\n"}))
    assert problems == []
    assert (found.email.name, found.email.address) == expected
    assert (found.email.imap, found.email.smtp, found.email.max_mb) == (None, None, 10)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            '[email]\nfrom = "Groupe"',
            "outreach.toml:9: 'Groupe' is not an e-mail address; one address, as in name@example.org",
        ),
        (
            '[email]\nfrom = "a..b@example.org"',
            "outreach.toml:9: 'a..b@example.org' is not an e-mail address; one address, as in name@example.org",
        ),
        (
            '[email]\nreply_to = "a@example.org, b@example.org"',
            "outreach.toml:9: 'a@example.org, b@example.org' is not an e-mail address;"
            " one address, as in name@example.org",
        ),
        (
            '[email]\nfrom = "A\\nBcc: x@example.org <a@example.org>"',
            "outreach.toml:9: from must stand on one line; take the line end out",
        ),
        ("[email]\nmax_mb = 0", "outreach.toml:9: max_mb must lie between 0.1 and 100; it is 0"),
        ("[email.smtp]\nport = 25", 'outreach.toml:8: host is missing; add host = "..."'),
        (
            '[email.imap]\nhost = "h"\nport = 0',
            "outreach.toml:10: port must lie between 1 and 65535; it is 0",
        ),
        (
            '[email.imap]\nhost = "h"\nuser = "u"\npassword = "p"',
            "outreach.toml:11: a password does not belong in this file;"
            " delete it here, and keep it in the system's keyring or in OUTREACH_EMAIL_PASSWORD",
        ),
        (
            '[email.smtp]\nhost = "h"\ncertificate = "gone.pem"',
            "outreach.toml:10: certificate: no file 'gone.pem'; paths are relative to outreach.toml",
        ),
        (
            '[email]\nsmtp = "smtp.example.org"',
            "outreach.toml:9: smtp must be a table, as in [email.smtp]; it is 'smtp.example.org'",
        ),
        ("[email]\ntls = false", "outreach.toml:9: unknown key 'tls' in [email]"),
    ],
)
def test_a_fault_in_email_is_named_with_its_line(campaign: Campaign, settings: str, expected: str) -> None:
    _, problems = load_campaign(campaign({"outreach.toml": f"{HEAD}{settings}\n"}))
    assert [str(problem).removesuffix(KNOWN) for problem in problems][:1] == [expected]


KNOWN = "; known: from, reply_to, plus_tags, max_mb, imap, smtp"
