"""The Country: all that differs from one to the next, read from its folder of data."""

import calendar
import re
from collections.abc import Container, Mapping, Sequence
from datetime import date, tzinfo
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomli

from outreach.country.civility import Civility
from outreach.country.letter_language import LetterLanguage
from outreach.country.paper import Envelope, LabelSheet, Window
from outreach.country.procedure import Procedure, read_procedure
from outreach.country.tracking import TrackingForm
from outreach.errors import InputError, Problem
from outreach.files.toml import load
from outreach.language import LANGUAGES, folded

FOLDER = Path(__file__).parent
"""Of the countries' folders, each named by its code in small letters."""
DEFAULT = "FR"
"""Where the first campaign is."""
_LANGUAGE_FOLDER = "languages"


class Country:
    """One country: addresses, codes of places, forms of address, paper, holidays, time limits.

    Each file of its folder is read when it is first needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        about = self._read("country.toml")
        self.code = str(about["code"])
        """ISO 3166-1, two letters."""
        self.names: tuple[str, ...] = tuple(about["names"])
        """As contacts may name it, besides its code."""
        self.languages: tuple[str, ...] = tuple(about["languages"])
        """Those that letters are written in; the first is the usual one, and that of titles in addresses."""
        self._about = about
        self._territories: dict[str, str] = {}
        self._holidays: dict[tuple[str, int], Mapping[date, str]] = {}
        self._civilities: dict[str, Civility] = {}
        self._languages: dict[str, LetterLanguage] = {}

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return load_country, (self.code,)  # another process reads the data again

    def __repr__(self) -> str:
        return f"Country({self.code!r})"

    # Addresses

    @property
    def most_lines(self) -> int:
        """Lines of an address, without that of a foreign country."""
        return int(self._about["address"]["most_lines"])

    @property
    def most_characters(self) -> int:
        """Characters of an address line."""
        return int(self._about["address"]["most_characters"])

    def name_lines(self, values: Mapping[str, str], *, is_person: bool) -> list[str]:
        """Return the lines of an address that say to whom; empty ones, and texts of several lines too.

        Args:
            values: Texts by contact field; besides, `civility` and `title` as they are printed.
            is_person: Somebody is named, not only a body or an office.
        """
        patterns = self._about["address"]["person" if is_person else "body"]
        return [_filled(pattern, values) for pattern in patterns]

    def place_lines(
        self, own: Sequence[str], values: Mapping[str, str], *, is_known: bool = True
    ) -> list[str]:
        """Return the lines that say where, without the country.

        Args:
            own: The contact's own lines: building, street, box.
            values: Texts by contact field.
            is_known: The address is in this country; another stays as it is written.
        """
        lines: list[str] = []
        for pattern in self._about["address"]["place"]:
            if pattern != "{address}":
                filled = _filled(pattern, values)
                lines.append(self._delivery_line(filled) if is_known else filled)
            elif is_known:
                above = self._lines_above(own)
                lines += [*own[:above], *map(self._delivery_line, own[above:])]
            else:
                lines += own
        return lines

    def has_points(self, own: Sequence[str]) -> bool:
        """Tell whether a line with street, box or locality has full stops where the post wants none."""
        faulty = str(self._delivery.get("faulty", ""))
        return bool(faulty) and any(re.search(faulty, line) for line in own[self._lines_above(own) :])

    @property
    def _delivery(self) -> Mapping[str, Any]:
        """How the lines are written that the post delivers by; empty where nothing is known of it."""
        rules: Mapping[str, Any] = self._about["address"].get("delivery", {})
        return rules

    def _lines_above(self, own: Sequence[str]) -> int:
        """Return how many of a contact's lines stand above the street: those of a building or a name."""
        begins = self._delivery.get("begins")
        found = (number for number, line in enumerate(own) if begins and re.match(begins, line))
        return next(found, len(own))

    def _delivery_line(self, line: str) -> str:
        """Return a line as the post reads it."""
        if not self._delivery:
            return line
        bare = re.sub(self._delivery["punctuation"], " ", re.sub(self._delivery["joined"], "", line))
        spelling: Mapping[str, str] = self._delivery["spelling"]
        return " ".join(spelling.get(word, word) for word in bare.upper().split())

    def town(self, city: str) -> str:
        """Return a city without what only the post needs, as CEDEX and what follows it."""
        pattern = self._about["address"].get("postal_part")
        return re.sub(pattern, "", city, flags=re.IGNORECASE) if pattern else city

    def has_article(self, portfolio: str) -> bool:
        """Tell whether a portfolio begins with an article, or needs none."""
        rule = self._about.get("portfolio")
        return rule is None or re.match(rule["article"], portfolio, re.IGNORECASE) is not None

    def article_example(self, portfolio: str) -> str:
        """Return a portfolio with an article, as an example."""
        return str(self._about["portfolio"]["example"]).format(portfolio=portfolio)

    def is_postal_code(self, code: str) -> bool:
        """Tell whether a text has the form of a postal code."""
        return re.fullmatch(self._about["postal_code"]["pattern"], code) is not None

    @property
    def postal_code_hint(self) -> str:
        """What a postal code looks like, in English, to be translated where it is shown."""
        return str(self._about["postal_code"]["hint"])

    def lost_zero(self, code: str) -> str:
        """Return a postal code with the zero that a spreadsheet dropped; empty if it has lost none."""
        whole = f"0{code}"
        is_short = code.isdigit() and len(whole) == self._digits.get("postal_code")
        return whole if is_short and self.is_postal_code(whole) else ""

    @cached_property
    def tracking(self) -> TrackingForm | None:
        """The form of its registered mail's numbers; None where nothing is known of it."""
        form = self._about.get("tracking")
        return TrackingForm(**form) if form else None

    # Places

    def division_of(self, code: str) -> str:
        """Return the division, in France the department, of a locality's or a postal code; empty for none."""
        rules = self._places.get("division", {})
        for one in rules.get("ranges", ()):
            if one["from"] <= code <= one["to"]:
                return str(one["code"])
        is_long = code.startswith(tuple(rules.get("longer", ())))
        return code[: self._digits.get("division", 0) + is_long]

    def division_name(self, division: str) -> str:
        """Return what a division is called, as in "Rhône"; empty if it is not known."""
        return str(self._places.get("division", {}).get("names", {}).get(division, ""))

    def division_named(self, text: str) -> str:
        """Return the code of a division that is written as its code, in any case, or as its name."""
        names: Mapping[str, str] = self._places.get("division", {}).get("names", {})
        by_name = {folded(name): code for code, name in names.items()}
        return by_name.get(folded(text)) or self.full_code("division", text).upper()

    def region_of(self, division: str) -> str:
        """Return the region's code of a division; empty if it is not known."""
        regions: Mapping[str, Sequence[str]] = self._places.get("regions", {})
        return next((region for region, divisions in regions.items() if division in divisions), "")

    def whole_locality(self, code: str) -> str:
        """Return the town that a part of it belongs to, by their codes, else the code itself."""
        wholes: Mapping[str, str] = self._places.get("wholes", {})
        return next((whole for start, whole in wholes.items() if code.startswith(start)), code)

    def part_of_locality(self, whole: str, part: str) -> str:
        """Return the code of a numbered part of a town, as "2e arrondissement"; the town's for none."""
        start = next(iter(re.findall(r"\d+", part)), "")
        wholes: Mapping[str, str] = self._places.get("wholes", {})
        prefix = next((one for one, town in wholes.items() if town == whole), "")
        digits = self._digits.get("locality", 0) - len(prefix)
        return prefix + start.zfill(digits) if prefix and start and len(start) <= digits else whole

    def full_code(self, kind: str, code: str) -> str:
        """Return a `locality`, `postal_code`, `division` or `region` code with the zeros that it lost."""
        return code.zfill(self._digits.get(kind, 0)) if code else ""

    def territory_of(self, code: str) -> str:
        """Return the part with holidays of its own that a locality's or postal code is in; else empty."""
        if code not in self._territories:
            prefixes: Mapping[str, str] = self._days.get("prefixes", {})
            matching = [prefix for prefix in prefixes if code.startswith(prefix)]
            self._territories[code] = prefixes[max(matching, key=len)] if matching else ""
        return self._territories[code]

    # Holidays

    @cached_property
    def territories(self) -> Mapping[str, str]:
        """Parts with holidays of their own, the usual one first, each with its name in the library."""
        found: Mapping[str, str] = self._days.get("territories") or {"": ""}
        return found

    def clock(self, territory: str) -> tzinfo:
        """Return the time zone of one of `territories`; the usual one's, else UTC, where nothing is known."""
        clocks: Mapping[str, str] = self._days.get("clocks", {})
        name = clocks.get(territory) or next(iter(clocks.values()), "UTC")
        return ZoneInfo(name)

    def days_off(self, territory: str) -> "DaysOff":
        """Return the public holidays of one of `territories`."""
        return DaysOff(self, territory)

    def holidays(self, territory: str, year: int) -> Mapping[date, str]:
        """Return the public holidays of a year, each with its name there."""
        key = (territory, year)
        if key not in self._holidays:
            found = {
                date(year, one["month"], one["day"]): str(one["name"])
                for one in self._days.get("day", ())
                if one["day"] <= calendar.monthrange(year, one["month"])[1]
            }
            if "library" in self._days:
                found |= self._library_days("", year)
                legal = self._days.get("legal", {}).get(territory, ())
                own = self._library_days(self.territories[territory], year) if legal else {}
                found |= {day: name for day, name in own.items() if name in legal}
            self._holidays[key] = found
        return self._holidays[key]

    def _library_days(self, subdivision: str, year: int) -> Mapping[date, str]:
        import holidays

        days: Mapping[date, str] = holidays.country_holidays(
            self._days["library"], subdiv=subdivision or None, years=year, language=self._days["language"]
        )
        return days

    # Forms of address

    def civility(self, language: str) -> Civility:
        """Return the forms of address of letters in a language that it addresses in."""
        if language not in self._civilities:
            self._civilities[language] = Civility(
                self._read(f"civility.{language}.toml"), self.language(language)
            )
        return self._civilities[language]

    def addresses_in(self, language: str) -> bool:
        """Tell whether it has forms of address in a language."""
        return language in self._civilities or (self.folder / f"civility.{language}.toml").is_file()

    @property
    def titles(self) -> Civility:
        """The forms that titles, ranks and what stands before a name are taken from."""
        return self.civility(self.languages[0])

    def language(self, code: str) -> LetterLanguage:
        """Return a language of letters, as the country has it, else as all countries do."""
        if code not in self._languages:
            own = self.folder / _LANGUAGE_FOLDER / f"{code}.toml"
            path = own if own.is_file() else FOLDER / _LANGUAGE_FOLDER / f"{code}.toml"
            self._languages[code] = LetterLanguage(code, _toml(path))
        return self._languages[code]

    # Paper

    @cached_property
    def windows(self) -> Mapping[str, Window]:
        """Envelope windows by name; the first is what a campaign has by default."""
        return {
            name: Window(
                name,
                **entry["box"],
                clear=tuple(entry["clear"]),
                sender_width=entry["sender_width"],
                body_top=entry["body_top"],
                folds=tuple(entry["folds"]),
            )
            for name, entry in self._read("windows.toml").items()
        }

    @cached_property
    def label_sheets(self) -> Mapping[str, LabelSheet]:
        """Label sheets by name."""
        sheets = self._read("labels.toml", may_miss=True).get("sheet", {})
        return {name: LabelSheet(**sheet) for name, sheet in sheets.items()}

    @cached_property
    def envelopes(self) -> Mapping[str, Envelope]:
        """Sizes of envelopes by name."""
        sizes = self._read("envelopes.toml", may_miss=True)
        return {name: Envelope(**size) for name, size in sizes.items() if isinstance(size, dict)}

    # Time limits

    @cached_property
    def procedures(self) -> Mapping[str, Procedure]:
        """Follow-up ladders by name.

        Raises:
            InputError: faults of the data, each with its line.
        """
        problems: list[Problem] = []
        found = {}
        for path in sorted((self.folder / "procedures").glob("*.toml")):
            shown = path.relative_to(self.folder.parent).as_posix()
            found[path.stem] = read_procedure(load(path, shown, problems), path.stem)
        if problems:
            raise InputError(*problems)
        return found

    def is_bound(self, role: str) -> bool:
        """Tell whether a role speaks for an administration, which alone is bound by time limits."""
        return role in self._limits["bound"]["roles"]

    def procedure_for(self, letter_kind: str, role: str) -> str:
        """Return the name of the ladder that a kind of letter to a role opens."""
        ladders: Mapping[str, str] = self._limits["ladder"]
        if not self.is_bound(role):
            return ladders["unbound"]
        return ladders.get(letter_kind, ladders["request"])

    def postal_days(self, channel: str) -> int:
        """Return after how many calendar days a letter is taken to have arrived where nothing proves it."""
        return int(self._limits["days"].get(channel, 0))

    @property
    def applicant(self) -> Mapping[str, Any]:
        """By `group` and `person`, settings of the sender that a referral needs; and the `basis`."""
        needed: Mapping[str, Any] = self._limits.get("applicant", {})
        return needed

    @property
    def forwarded_basis(self) -> str:
        """Why a letter that was forwarded counts from its receipt by whom it was sent to, in English."""
        return str(self._limits.get("forwarded", {}).get("basis", ""))

    @property
    def acknowledged_basis(self) -> str:
        """Why an acknowledgement by electronic way starts the clock, in English."""
        return str(self._limits.get("acknowledged", {}).get("basis", ""))

    # What is read and kept

    @cached_property
    def _places(self) -> Mapping[str, Any]:
        return self._read("places.toml", may_miss=True)

    @property
    def _digits(self) -> Mapping[str, int]:
        digits: Mapping[str, int] = self._places.get("digits", {})
        return digits

    @cached_property
    def _days(self) -> Mapping[str, Any]:
        return self._read("holidays.toml", may_miss=True)

    @cached_property
    def _limits(self) -> Mapping[str, Any]:
        return self._read("time_limits.toml")

    def _read(self, name: str, *, may_miss: bool = False) -> Mapping[str, Any]:
        path = self.folder / name
        return {} if may_miss and not path.is_file() else _toml(path)


class DaysOff(Container[date]):
    """The public holidays of one part of a country, whatever the year."""

    def __init__(self, country: Country, territory: str) -> None:
        self._country = country
        self._territory = territory

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and bool(self.name(day))

    def name(self, day: date) -> str:
        """Return what a holiday is called there; empty for any other day."""
        return self._country.holidays(self._territory, day.year).get(day, "")


@cache
def load_country(code: str) -> Country:
    """Return the country of that code, one of `known_countries`; its data never change in a run."""
    return Country(FOLDER / code.lower())


def known_countries() -> list[str]:
    """Return the codes of all countries that have a folder."""
    return sorted(path.parent.name.upper() for path in FOLDER.glob("*/country.toml"))


@cache
def find_country(name: str) -> Country | None:
    """Return the country that a contact names by its code or in a language; None if it has no folder."""
    wanted = " ".join(name.split()).casefold()
    for country in map(load_country, known_countries()):
        if wanted in (country.code.casefold(), *map(str.casefold, country.names)):
            return country
    return None


@cache
def code_of_country(name: str) -> str:
    """Return the code (ISO 3166-1 alpha-2) of a country by its name; the name itself where none is known."""
    from babel import Locale

    found = find_country(name)
    if found:
        return found.code
    wanted = folded(name)
    for language in LANGUAGES:
        for code, called in Locale(language).territories.items():
            if code.isalpha() and wanted in (code.casefold(), folded(called)):
                return str(code)
    return wanted


def country_of(name: str, home: Country) -> Country:
    """Return the country whose rules hold for a contact: the one that it names, else the campaign's."""
    return (find_country(name) or home) if name else home


@cache
def has_postal_codes(name: str) -> bool:
    """Tell whether the country that a contact names, by code or name, addresses mail with postal codes."""
    wanted = " ".join(name.replace("’", "'").split()).casefold()
    without = _toml(FOLDER / "without_postal_codes.toml")["names"].items()
    return not any(wanted in (code.casefold(), *map(str.casefold, names)) for code, names in without)


def is_abroad(name: str, home: Country) -> bool:
    """Tell whether a contact names another country than the campaign's."""
    return bool(name) and find_country(name) is not home


def _toml(path: Path) -> Mapping[str, Any]:
    return tomli.loads(path.read_text(encoding="utf-8"))


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    """Return a line with its marks replaced; a mark in capitals prints its value in capitals."""

    def value(mark: re.Match[str]) -> str:
        text = values[mark[1].lower()]
        return text.upper() if mark[1].isupper() else text

    lines = re.sub(r"\{(\w+)\}", value, pattern).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines)
