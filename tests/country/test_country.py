"""What differs from one country to the next is data: of France, and of one that these tests make up."""

import json
import pickle
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from outreach.country import country as countries
from outreach.country.civility import CivilityChoices
from outreach.country.country import (
    FOLDER,
    Country,
    country_of,
    find_country,
    is_abroad,
    known_countries,
    load_country,
)
from tests.conftest import CONTACT, LETTER, SETTINGS, Word, findings

Campaign = Callable[..., Path]
Run = Callable[..., Result]
Words = Callable[[bytes], list[Word]]


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("territory", "holiday", "name"),
    [
        ("mainland", "2025-04-21", "Lundi de Pâques"),
        ("mainland", "2025-05-29", "Ascension"),
        ("alsace-moselle", "2025-04-18", "Vendredi saint"),
        ("alsace-moselle", "2025-12-26", "Saint-Étienne"),
        ("martinique", "2025-05-22", "Abolition de l'esclavage"),
        ("guadeloupe", "2025-05-27", "Abolition de l'esclavage"),
        ("reunion", "2025-12-20", "Abolition de l'esclavage"),
    ],
)
def test_holidays_by_territory(france: Country, territory: str, holiday: str, name: str) -> None:
    assert france.holidays(territory, 2025)[day(holiday)].casefold().startswith(name.casefold())
    assert (day("2025-04-18") in france.holidays("mainland", 2025)) is False


@pytest.mark.parametrize(
    ("territory", "added"),
    [
        ("mainland", []),
        ("alsace-moselle", ["2025-04-18", "2025-12-26"]),
        ("guadeloupe", ["2025-05-27"]),
        ("martinique", ["2025-05-22"]),
        ("guyane", ["2025-06-10"]),
        ("reunion", ["2025-12-20"]),
        ("mayotte", ["2025-04-27"]),
        ("saint-barthelemy", ["2025-10-09"]),
        ("saint-martin", ["2025-05-28"]),
        ("saint-pierre-et-miquelon", []),
        ("nouvelle-caledonie", []),
        ("polynesie-francaise", []),
        ("wallis-et-futuna", []),
    ],
)
def test_custom_adds_no_holiday_to_the_law(france: Country, territory: str, added: list[str]) -> None:
    found = france.holidays(territory, 2025).keys() - france.holidays("mainland", 2025).keys()
    assert sorted(map(str, found)) == added
    assert len(france.holidays("mainland", 2025)) == 11


def test_every_territory_has_the_national_days(france: Country) -> None:
    for territory in france.territories:
        assert {day("2025-01-01"), day("2025-05-01"), day("2025-07-14")} <= france.holidays(
            territory, 2025
        ).keys()


@pytest.mark.parametrize(
    ("code", "territory"),
    [
        ("69123", ""),
        ("67482", "alsace-moselle"),
        ("97105", "guadeloupe"),
        ("97123", "saint-barthelemy"),
        ("97500", "saint-pierre-et-miquelon"),
        ("98818", "nouvelle-caledonie"),
        ("", ""),
    ],
)
def test_a_code_says_whose_holidays_count(france: Country, code: str, territory: str) -> None:
    assert france.territory_of(code) == territory
    assert not territory or territory in france.territories


@pytest.mark.parametrize(
    ("code", "division", "region"),
    [
        ("69123", "69", "84"),
        ("01004", "01", "84"),
        ("97105", "971", "01"),
        ("98818", "988", ""),
        ("2A004", "2A", "94"),
        ("20199", "2A", "94"),
        ("20200", "2B", "94"),
        ("20999", "2B", "94"),
        ("", "", ""),
    ],
)
def test_a_code_says_where_a_place_is(france: Country, code: str, division: str, region: str) -> None:
    assert france.division_of(code) == division
    assert france.region_of(division) == region


def test_a_part_of_a_town_is_the_towns(france: Country) -> None:
    towns = {"69384": "69123", "75101": "75056", "13216": "13055", "69081": "69081", "": ""}
    assert {code: france.whole_locality(code) for code in towns} == towns


@pytest.mark.parametrize(
    ("kind", "code", "full"),
    [
        ("locality", "1004", "01004"),
        ("postal_code", "1000", "01000"),
        ("division", "1", "01"),
        ("region", "4", "04"),
        ("division", "971", "971"),
        ("locality", "", ""),
    ],
)
def test_codes_get_the_zeros_back_that_they_lost(france: Country, kind: str, code: str, full: str) -> None:
    assert france.full_code(kind, code) == full


def test_paper_is_known_by_its_name(france: Country) -> None:
    assert list(france.windows) == ["dl-right", "c5-right", "none"]
    assert all(window.name == name for name, window in france.windows.items())
    assert {sheet.count for sheet in france.label_sheets.values()} == {8, 14, 16, 18, 21, 24}
    assert list(france.envelopes) == ["DL", "C6", "C5", "C4"]


@pytest.mark.parametrize(
    "name", ["FR", "fr", "France", " FRANCE ", "république  française", "French Republic"]
)
def test_a_country_is_found_by_code_and_by_name(france: Country, name: str) -> None:
    assert find_country(name) is france
    assert not is_abroad(name, france)
    assert country_of(name, france) is france


def test_a_country_without_a_folder_follows_the_campaigns_rules(france: Country) -> None:
    assert find_country("Suisse") is None
    assert is_abroad("Suisse", france)
    assert country_of("Suisse", france) is france
    assert not is_abroad("", france)


def test_another_process_reads_the_same_country(france: Country) -> None:
    assert pickle.loads(pickle.dumps(france)) is france  # noqa: S301  (our own bytes)


@pytest.mark.parametrize("code", known_countries())
def test_every_file_of_a_country_can_be_read(code: str) -> None:
    country = load_country(code)
    assert (country.code, find_country(code)) == (code, country)
    for language in country.languages:
        assert country.language(language).wording.subject
        assert country.civility(language).salutation("mayor", "f", CivilityChoices())
    assert country.windows
    assert country.procedures
    for territory in country.territories:
        assert country.holidays(territory, 2025)
    assert country.postal_days("post") >= 0
    assert {
        name for name in country._places.get("regions", {}) if not country._places["regions"][name]
    } == set()


# A country made of data alone

QUIZONIA: Mapping[str, str] = {
    "languages/qq.toml": """\
tag = "nl-NL"
place_and_date = "{date} en {place}"
euros = "{amount} moneroj"
[wording]
addressees = "Al:"
reference = "Nia signo:"
your_reference = "Via signo:"
subject = "Temo:"
postscript = "PS:"
enclosures = "Aldone:"
copies = "Kopie al:"
cosigners = "Kun:"
registered = "Rekomendita letero"
[typography]
verbatim = 'https?://\\S+'
[[typography.rule]]
find = '\\.\\.\\.'
replace = "…"
""",
    "qq/country.toml": """\
code = "QQ"
names = ["Quizonia", "Quizonie"]
languages = ["qq"]
[postal_code]
pattern = '[A-Z]{2}\\d{2}'
hint = "two letters and two digits, as in QA01"
[address]
most_lines = 5
most_characters = 30
person = ["{title}", "{FAMILY_NAME} {given_name} {civility}"]
body = ["{organisation}"]
place = ["{CITY} {postal_code}", "{address}"]
""",
    "qq/civility.qq.toml": """\
[neutral]
salutation = "Estimata ricevanto"
group = { dot = "Estimataj", doublet = "Estimataj", masculine = "Estimataj" }
consideration = "plain"
[prefix]
m = "S-ro"
f = "S-ino"
[closing]
je = "Kun {consideration} mi salutas vin, {address}."
nous = "Kun {consideration} ni salutas vin, {address}."
[consideration.plain]
je = "respekto"
nous = "respekto"
[role.mayor]
rank = 1
m = "Sinjoro Urbestro"
f = "Sinjorino Urbestrino"
title_m = "Urbestro"
title_f = "Urbestrino"
title_neutral = "Urbestro"
consideration = "plain"
""",
    "qq/holidays.toml": '[[day]]\nmonth = 1\nday = 6\nname = "Day of Questions"\n',
    "qq/windows.toml": """\
[left]
folds = [148.5]
box = { left = 20, top = 45, width = 85, line = 4, lines = 5 }
clear = [15, 40, 110, 75]
sender_width = 60
body_top = 90
""",
    "qq/time_limits.toml": """\
[days]
post = 2
[bound]
roles = ["mayor"]
[ladder]
request = "asking"
unbound = "asking"
""",
    "qq/procedures/asking.toml": """\
title = "Asking"
[[step]]
id = "nudge"
does = "ask again"
from = "received"
days = 30
roll = "forward"
ended_by = ["answered"]
basis = "custom of Quizonia"
source = "made up"
checked = "2026-11-24"
""",
}
CITIZEN = (
    CONTACT.replace('"69130"', '"QA01"').replace("Écully", "Demandurbo").replace('insee = "69081"\n', "")
)
AT_HOME = SETTINGS.replace("[campaign]\n", '[campaign]\ncountry = "Quizonie"\nlanguage = "qq"\n')


def add_country(root: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


@pytest.fixture
def quizonia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let there be a second country, and return the folder of the countries."""

    def forget() -> None:
        load_country.cache_clear()
        find_country.cache_clear()

    root = tmp_path / "countries"
    for name in ("fr", "languages"):
        shutil.copytree(FOLDER / name, root / name)
    add_country(root, QUIZONIA)
    forget()
    monkeypatch.setattr(countries, "FOLDER", root)
    yield root
    monkeypatch.undo()
    forget()


@pytest.mark.usefixtures("quizonia")
def test_a_folder_of_data_makes_a_country() -> None:
    assert known_countries() == ["FR", "QQ"]
    country = load_country("QQ")
    assert find_country("quizonie") is country
    assert country.is_postal_code("QA01")
    assert not country.is_postal_code("69001")
    assert country.territories == {"": ""}
    assert country.holidays("", 2025) == {date(2025, 1, 6): "Day of Questions"}
    assert (country.territory_of("QA01"), country.division_of("QA01"), country.region_of("QA")) == (
        "",
        "",
        "",
    )
    assert (country.full_code("postal_code", "1"), country.whole_locality("QA01")) == ("1", "QA01")
    assert (country.lost_zero("1000"), country.town("Demandurbo CEDEX")) == ("", "Demandurbo CEDEX")
    assert (country.tracking, country.label_sheets, country.envelopes) == (None, {}, {})
    assert (country.postal_days("post"), country.postal_days("registered")) == (2, 0)
    assert (country.is_bound("mayor"), country.is_bound("prefect")) == (True, False)
    assert country.language("qq").apply_typography("kial...") == "kial…"
    assert country.language("qq").euros(12) == "12 moneroj"


@pytest.mark.usefixtures("quizonia")
def test_a_campaign_in_another_country_writes_sends_and_waits_as_there(
    campaign: Campaign, run: Run, words: Words
) -> None:
    root = campaign({"outreach.toml": AT_HOME, "contacts/a.toml": CITIZEN})
    checked = run("check", root=root)
    assert (checked.exit_code, checked.stdout) == (0, "")
    made = run("generate", "--format", "txt", "--format", "pdf", root=root)
    assert (made.exit_code, made.stderr) == (0, "")
    assert (root / "out/note/maire.txt").read_text(encoding="utf-8").splitlines() == [
        "Groupe Essai",
        "1 rue de l'Essai",
        "69001 LYON",
        "",
        "Urbestrino",
        "EXEMPLE Anne S-ino",
        "DEMANDURBO QA01",
        "Hôtel de Ville",
        "1 place de la Mairie",
        "",
        "30 november 2024 en Lyon",
        "",
        "Temo: Une demande",
        "",
        "Sinjorino Urbestrino,",
        "",
        "Bonjour à Anne Exemple.",
        "",
        "Kun respekto ni salutas vin, Sinjorino Urbestrino.",
        "",
        "Groupe Essai",
    ]
    printed = words((root / "out/note/maire.pdf").read_bytes())
    (town,) = (word for word in printed if word.text == "DEMANDURBO")
    (street,) = (word for word in printed if word.text == "Hôtel")
    assert (round(town.left), 45 < town.top < street.top < 65) == (20, True)
    assert [word for word in printed if word.text == "Temo:"]
    assert run("sent", "note", "--on", "2024-12-05", "--via", "post", root=root).exit_code == 0
    (task,) = json.loads(run("due", "--on", "2025-01-10", "--json", root=root).stdout)
    # Received on 7 December, 30 days later is 6 January, a holiday.
    assert (task["contact"], task["step"], task["due_on"], task["basis"]) == (
        "maire",
        "nudge",
        "2025-01-07",
        "custom of Quizonia",
    )
    why = run("why", "maire", "--on", "2025-01-10", root=root).stdout
    assert "2025-01-06 is Day of Questions: next working day, 2025-01-07" in why
    assert "note to maire: Asking" in why
    (row,) = json.loads(run("status", "--on", "2025-01-10", "--json", root=root).stdout)
    assert (row["received_on"], row["next_step"], row["overdue"]) == ("2024-12-07", "nudge", True)


@pytest.mark.usefixtures("quizonia")
@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ('country = "Quizonien"', "outreach.toml:2: unknown country 'Quizonien'"),
        ('country = "QQ"\nlanguage = "fr"', "outreach.toml:3: unknown language 'fr'; known: qq"),
        ('country = "QQ"\nterritory = "mainland"', "outreach.toml:3: unknown territory 'mainland'"),
        ('language = "qq"', "outreach.toml:2: unknown language 'qq'; known: fr, en"),
    ],
)
def test_a_country_knows_its_own_words_alone(campaign: Campaign, run: Run, settings: str, fault: str) -> None:
    root = campaign({"outreach.toml": SETTINGS.replace("[campaign]", f"[campaign]\n{settings}")})
    done = run("check", root=root)
    assert done.exit_code == 3
    assert (findings(done) or [done.stderr])[0].startswith(fault)


@pytest.mark.usefixtures("quizonia")
def test_a_postal_code_is_held_against_its_own_country(campaign: Campaign, run: Run) -> None:
    contacts = CONTACT + CITIZEN.replace('"maire"', '"hejme"')
    done = run("check", root=campaign({"outreach.toml": AT_HOME, "contacts/a.toml": contacts}))
    assert done.exit_code == 3
    assert findings(done) == [
        "contacts/a.toml:8: '69130' is not a postal code; two letters and two digits, as in QA01"
    ]


@pytest.mark.usefixtures("quizonia")
def test_an_address_whose_last_line_is_a_street_is_not_taken_for_one_abroad(
    campaign: Campaign, run: Run
) -> None:
    street = '["1 place de la Mairie", "Aile nord", "Bureau du fond"]'
    contacts = CITIZEN.replace('["Hôtel de Ville", "1 place de la Mairie"]', street)
    done = run("check", root=campaign({"outreach.toml": AT_HOME, "contacts/a.toml": contacts}))
    assert done.exit_code == 0
    assert findings(done) == [
        "contacts/a.toml:1: contact 'maire': the address has 6 lines, 5 at most; "
        "shorten it: sorting machines and windows count on it"
    ]


FRENCH = QUIZONIA["qq/civility.qq.toml"].replace("Sinjorino Urbestrino", "Madame la Bourgmestre")
"""How Quizonia's office holders are addressed in French."""
ABROAD = CITIZEN.replace('"maire"', '"fore"')


@pytest.mark.parametrize("name", ["QQ", "qq", "Quizonia", "Quizonie"])
def test_a_contact_abroad_gets_its_countrys_address_forms_and_ladder(
    quizonia: Path, campaign: Campaign, run: Run, name: str
) -> None:
    add_country(quizonia, {"qq/civility.fr.toml": FRENCH})
    root = campaign({"contacts/a.toml": f'{CONTACT}{ABROAD}country = "{name}"\n'})
    checked = run("check", root=root)
    assert (checked.exit_code, checked.stdout) == (0, "")
    made = run("generate", "--format", "txt", root=root)
    assert (made.exit_code, made.stderr) == (0, "")
    lines = (root / "out/note/fore.txt").read_text(encoding="utf-8").splitlines()
    assert lines[4:11] == [
        "Urbestrino",
        "EXEMPLE Anne S-ino",
        "DEMANDURBO QA01",
        "Hôtel de Ville",
        "1 place de la Mairie",
        name.upper(),
        "",
    ]
    assert lines[11].replace("\u00a0", " ") == "Lyon, le 30 novembre 2024"
    assert "Madame la Bourgmestre," in lines
    assert run("sent", "note", "--on", "2024-12-05", "--via", "post", root=root).exit_code == 0
    tasks = json.loads(run("due", "--on", "2025-01-10", "--json", root=root).stdout)
    found = {task["contact"]: (task["step"], task["due_on"]) for task in tasks}
    # Its own post takes two days, its own holiday is 6 January; at home it is 8 December, and a month.
    assert found == {"fore": ("nudge", "2025-01-07"), "maire": ("reminder", "2025-01-08")}
    assert "note to fore: Asking" in run("why", "fore", root=root).stdout
    assert "note to maire: Request to an administration" in run("why", "maire", root=root).stdout


@pytest.mark.usefixtures("quizonia")
def test_a_contact_whose_country_has_no_forms_in_the_letters_language_is_written_to(
    campaign: Campaign, run: Run
) -> None:
    root = campaign({"contacts/a.toml": f'{CONTACT}{ABROAD}country = "Quizonia"\n'})
    checked = run("check", root=root)
    assert (checked.exit_code, checked.exception) == (0, None)
    made = run("generate", "--format", "txt", root=root)
    assert (made.exit_code, made.stderr) == (0, "")
    lines = (root / "out/note/fore.txt").read_text(encoding="utf-8").splitlines()
    assert lines[4:7] == ["Urbestrino", "EXEMPLE Anne S-ino", "DEMANDURBO QA01"]


@pytest.mark.usefixtures("quizonia")
def test_a_french_contact_of_a_campaign_abroad_has_a_french_address(campaign: Campaign, run: Run) -> None:
    contacts = CITIZEN + CONTACT.replace('"maire"', '"fore"') + 'country = "France"\n'
    root = campaign({"outreach.toml": AT_HOME, "contacts/a.toml": contacts})
    made = run("generate", "--format", "txt", root=root)
    assert (made.exit_code, made.stderr) == (0, "")
    lines = (root / "out/note/fore.txt").read_text(encoding="utf-8").splitlines()
    assert lines[4:10] == [
        "Madame Anne EXEMPLE",
        "Maire d’Écully",
        "Hôtel de Ville",
        "1 PLACE DE LA MAIRIE",
        "69130 ÉCULLY",
        "FRANCE",
    ]


def test_a_slip_in_a_countrys_ladder_is_named_with_its_line(
    quizonia: Path, campaign: Campaign, run: Run
) -> None:
    slip = QUIZONIA["qq/procedures/asking.toml"].replace('["answered"]', '["anwsered"]')
    add_country(quizonia, {"qq/procedures/asking.toml": slip})
    done = run("check", root=campaign({"outreach.toml": AT_HOME, "contacts/a.toml": CITIZEN}))
    assert done.exit_code == 3
    assert (findings(done) or done.stderr.splitlines())[0] == (
        "qq/procedures/asking.toml:8: the step 'nudge' knows no 'anwsered'; did you mean answered?"
    )


def test_a_country_may_have_a_language_in_its_own_way(quizonia: Path) -> None:
    own = QUIZONIA["languages/qq.toml"].replace('"Temo:"', '"Pri:"')
    add_country(quizonia, {"qq/languages/qq.toml": own})
    assert load_country("QQ").language("qq").wording.subject == "Pri:"
    assert load_country("FR").language("qq").wording.subject == "Temo:"


@pytest.mark.usefixtures("quizonia")
def test_letters_may_be_in_no_language_that_the_country_lacks(campaign: Campaign, run: Run) -> None:
    letter = LETTER.replace("audience", 'language = "en"\naudience')
    root = campaign({"outreach.toml": AT_HOME, "contacts/a.toml": CITIZEN, "letters/note.md": letter})
    done = run("check", root=root)
    assert done.exit_code == 3
    assert "letters/note.md:3: unknown language 'en'; known: qq" in findings(done)
