"""Read a whole campaign folder: settings, contacts, questions, letters, and every fault in them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from outreach.campaign.campaign import Campaign
from outreach.campaign.paths import CONTACTS, LETTERS, QUESTIONS, template_path
from outreach.campaign.settings import load_campaign
from outreach.country.country import DEFAULT, load_country
from outreach.errors import InputError, Problem, did_you_mean, errors_in, is_fatal
from outreach.language import _
from outreach.letters.audience import Audiences
from outreach.letters.questions import Question, load_questions
from outreach.letters.template import OPENING_KINDS, LetterKind, Template, load_templates
from outreach.people.people import People, load_people
from outreach.people.selectors import is_id, select, unknown_values


@dataclass(frozen=True)
class Folder:
    """What a campaign folder holds."""

    campaign: Campaign
    people: People
    audiences: Audiences
    """Who gets which letter."""
    questions: tuple[Question, ...]
    templates: tuple[Template, ...]
    problems: tuple[Problem, ...]
    """Faults of single contacts and letters, and warnings; what they concern is marked or left out."""

    @cached_property
    def first_templates(self) -> list[Template]:
        """The letters that open a correspondence: no reminder, and none that a follow-up step calls for."""
        countries = {self.campaign.country, *self.people.countries}
        called = set().union(*map(self.campaign.follow_up.called_letters, countries))
        return [
            template
            for template in self.templates
            if template.kind in OPENING_KINDS and template.name not in called
        ]

    def templates_named(self, names: Sequence[str]) -> list[Template]:
        """Return the letters of those names, each once.

        Raises:
            InputError: an unknown name, or a letter left out for its faults; all of them.
        """
        known = {template.name: template for template in self.templates}
        unknown = [name for name in dict.fromkeys(names) if name not in known]
        if unknown:
            paths = set(map(template_path, unknown))
            faults = [problem for problem in self.problems if problem.path in paths]
            missing = [
                Problem(
                    "",
                    0,
                    _("no letter '{name}'", name=name),
                    did_you_mean(name, list(known)),
                    code="unknown-letter",
                )
                for name in unknown
                if not any(problem.path == template_path(name) for problem in faults)
            ]
            raise InputError(*faults, *missing)
        return [known[name] for name in dict.fromkeys(names)]

    def letters_date(self, given: date | None, today: date) -> date:
        """Return the letters' date: the one given, else the campaign's, else today."""
        return given or self.campaign.date or today

    def without_people(self) -> "Folder":
        """Return the folder for processes whose letters bring their recipients along."""
        nobody = replace(self.people, entries=(), problems=())
        return replace(self, people=nobody, audiences=Audiences(nobody), problems=())


def load_folder(root: Path) -> Folder:
    """Read the campaign folder.

    Raises:
        InputError: outreach.toml has errors, or a file cannot be parsed at all; all such faults at once.
        WorldError: a file cannot be read.
    """
    fatal: list[Problem] = []
    problems: list[Problem] = []
    campaign: Campaign | None = None
    questions: list[Question] = []
    try:
        campaign, found = load_campaign(root)
        problems += found
        fatal += errors_in(found)
    except InputError as error:
        fatal += error.problems
    country = campaign.country if campaign else load_country(DEFAULT)
    people = People(root, country, ())
    try:
        people = load_people(root, country)
        problems += people.problems
    except InputError as error:
        fatal += error.problems
    try:
        questions, found = load_questions(root)
        problems += found
        fatal += errors_in(found)
    except InputError as error:
        fatal += error.problems
    languages = list(dict.fromkeys([*([campaign.language] if campaign else []), *country.languages]))
    templates, found = load_templates(root, questions, languages)
    problems += found
    audiences = Audiences(people)
    if not fatal:
        found = _question_faults(audiences, questions)
        problems += found
        fatal += errors_in(found)
    if campaign is None or fatal:
        others = [problem for problem in errors_in(problems) if problem not in fatal]
        raise InputError(*fatal, *others)
    problems += _nothing_to_write(root, people, templates, problems)
    addressed = []
    for template in templates:
        found = _audience_faults(
            audiences,
            template.audience,
            (template.path, template.lines["audience"]),
            may_be_nobody=people.are_yet_to_come and template.kind is not LetterKind.REFERRAL,
            for_referral=template.kind is LetterKind.REFERRAL,
        )
        problems += found
        if not is_fatal(found):
            addressed.append(template)
    return Folder(campaign, people, audiences, tuple(questions), tuple(addressed), tuple(problems))


def _question_faults(audiences: Audiences, questions: Iterable[Question]) -> list[Problem]:
    return [
        problem
        for question in questions
        for problem in _audience_faults(
            audiences, question.audience, (QUESTIONS, question.audience_line), may_be_nobody=True
        )
    ]


def _audience_faults(
    audiences: Audiences,
    audience: tuple[str, ...],
    place: tuple[str, int],
    *,
    may_be_nobody: bool = False,
    for_referral: bool = False,
) -> list[Problem]:
    """Return what is wrong with an audience at a path and line.

    An unknown role or id is an error, and so is an audience of nobody, which only a question may have, or any
    letter while there are no people yet; a tag, place or field that no contact has is a warning if somebody
    is left; a role that nobody has is allowed.
    """
    contacts, by_id, home = audiences.people.contacts, audiences.people.by_id, audiences.people.home
    ids = [selector for selector in audience if is_id(selector)]
    unknown = [identifier for identifier in ids if identifier not in by_id]
    try:
        if unknown:
            select(contacts, unknown, home=home)
        if not (audiences.members(audience, for_referral=for_referral) or may_be_nobody):
            select(contacts, audience, home=home, for_referral=for_referral)
    except InputError as error:
        return [replace(problem, path=place[0], line=place[1]) for problem in error.problems]
    path, line = place
    return [
        Problem(
            path,
            line,
            _("no contact has '{part}'", part=part),
            hint,
            "warning",
            code="question-for-nobody" if path == QUESTIONS else "audience-empty",
        )
        for part, hint in unknown_values(contacts, audience, home)
    ]


def _nothing_to_write(
    root: Path, people: People, templates: Sequence[Template], problems: Iterable[Problem]
) -> Iterator[Problem]:
    """Yield an error where a campaign has no letter or no contact at all and nothing else says why."""
    paths = [problem.path for problem in errors_in(problems)]
    for folder, found, ending in (
        (LETTERS, templates, ".md"),
        (CONTACTS, people.entries, _(".toml or .csv")),
    ):
        if not found and not any(path.startswith(f"{folder}/") for path in paths):
            message = (
                _("no file in {folder}/", folder=folder)
                if (root / folder).is_dir()
                else _("there is no folder {folder}/", folder=folder)
            )
            hint = _("add a {ending} file, or start with `outreach init`", ending=ending)
            yield Problem(f"{folder}/", 0, message, hint, code="nothing-to-write")
    if people.are_yet_to_come:
        yield replace(nobody_yet(), severity="warning")


def nobody_yet() -> Problem:
    """Return the error of letters from a campaign that has no people yet."""
    hint = _("fill in the spreadsheet in {folder}/, then run `outreach contacts import`", folder=CONTACTS)
    return Problem(f"{CONTACTS}/", 0, _("there is nobody to write to yet"), hint, code="nobody-yet")
