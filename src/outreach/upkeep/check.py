"""Check a campaign: every fault of its files, letters, questions, contacts and addresses at once."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial

from outreach.campaign.campaign import Campaign
from outreach.campaign.paths import CONTACTS, QUESTIONS, SETTINGS, is_inside
from outreach.country.country import Country
from outreach.errors import InputError, OutreachError, Problem, did_you_mean
from outreach.files.atomic import copy_ending
from outreach.files.reading import files_in
from outreach.journal.journal import read_history
from outreach.journal.recording.exchange import unknown_events
from outreach.journal.rules import foreign_voidings
from outreach.language import N_, _, ngettext
from outreach.letters.assignment import Assignment
from outreach.letters.compose import Composer
from outreach.letters.folder import Folder
from outreach.letters.follow_ups import authority_of, missing_applicant, sample_follow_ups
from outreach.letters.formats.formats import EDITABLE, PRINTED, format_named
from outreach.letters.formats.stationery import Stationery
from outreach.letters.formats.text import text_lines
from outreach.letters.letter import Letter
from outreach.letters.template import LetterKind
from outreach.people.addressing import address_faults, address_slips, delivery_lines
from outreach.people.contact import HELD_BY_ONE, Contact, Entry, office_of, replaced_on
from outreach.people.people import SPREADSHEETS
from outreach.people.roles import ROLES
from outreach.post.email.outgoing import text_problems
from outreach.post.merge import PdfFile, printable_pages
from outreach.processes import in_processes
from outreach.progress import Progress, no_progress
from outreach.upkeep.days import day_problems
from outreach.upkeep.init import left_as_started

_MONTHS_A_YEAR = 12
_BATCH = 500
"""Letters that are checked one after the other in one process."""
_FEW_BATCHES = 4
"""Batches up to which more processes are not worth their start."""
_SURE_LINES = 6
"""Lines of an address that any window holds."""

_SURE_TO_FIT = 30
"""Characters of an address line that any font prints within the window at 8 pt."""


def find_problems(
    folder: Folder, written: date, today: date, progress: Progress = no_progress
) -> list[Problem]:
    """Return every problem of the campaign, sorted by place and code, each once.

    Args:
        folder: The campaign; each of its letters is filled in for each of its recipients.
        written: The letters' date, against which terms and checks are held.
        today: The day on which they are made.
        progress: Called with the letters done and the letters in all.
    """
    problems = list(folder.problems)
    campaign = folder.campaign
    stationery = Stationery(campaign.layout, campaign.root)
    missing = stationery.missing_fonts()
    problems += missing or _font_problems(stationery)
    problems += _letterhead_problems(stationery)
    problems += _unasked(folder)
    problems += _spreadsheets(folder)
    replaced = replaced_on(written, folder.people.contacts)
    for entry in folder.people.entries:
        if entry.contact.id not in replaced:  # nobody writes to them
            problems += _contact_problems(entry, campaign.country, written, campaign.recheck_months)
    problems += _two_holders(folder, written)
    problems += _letter_problems(folder, stationery, written, progress, has_fonts=not missing)
    problems += text_problems(folder, written)
    problems += _enclosure_problems(folder)
    problems += _referral_problems(folder)
    problems += _applicant(folder)
    problems += left_as_started(campaign)
    problems += _ladder_problems(folder)
    problems += _lost_pictures(stationery)
    problems += _journal_problems(campaign)
    problems += day_problems(folder, written, today)
    return sorted(set(problems), key=lambda one: (one.path, one.line, one.code, one.message, one.hint))


def _journal_problems(campaign: Campaign) -> list[Problem]:
    try:
        history = read_history(campaign)
    except OutreachError as error:
        return list(error.problems)
    return [*history.conflicts(), *foreign_voidings(history), *unknown_events(history.events)]


def _lost_pictures(stationery: Stationery) -> Iterator[Problem]:
    try:
        if stationery.has_lost_pictures():
            message = _("pictures that are not in the letterhead's header or footer are left out")
            hint = _("move them there in Word")
            yield Problem(
                stationery.layout.letterhead, 0, message, hint, "warning", code="letterhead-pictures"
            )
    except InputError as error:
        yield from error.problems


def _font_problems(stationery: Stationery) -> Iterator[Problem]:
    for font in stationery.layout.fonts:
        lacking = _(" and ").join(stationery.typesetter.lacking_styles(font))
        if lacking:
            message = _(
                "the font '{font}' has no {styles}: that text prints regular", font=font, styles=lacking
            )
            yield Problem(
                SETTINGS,
                0,
                message,
                _("put the family's other files into fonts/ too"),
                "warning",
                code="font-styles",
            )


def _letterhead_problems(stationery: Stationery) -> Iterator[Problem]:
    layout = stationery.layout
    if layout.letterhead and not layout.background:
        message = _("letterhead: only DOCX has it, PDF and print run go without")
        hint = _("save it as PDF in Word, and name that file in [layout] background")
        yield Problem(SETTINGS, 0, message, hint, "warning", code="letterhead-without-background")
    try:
        if stationery.background and not stationery.background.is_archival:
            message = _("it is not PDF/A (RGB, fonts inside), so the letters are not PDF/A either")
            hint = _("save it again as PDF/A; Word has it in the options of its PDF")
            yield Problem(layout.background, 0, message, hint, "warning", code="background-not-archival")
    except InputError as error:
        yield from error.problems


def _applicant(folder: Folder) -> Iterator[Problem]:
    """Yield a warning where a referral could not name who makes it."""
    campaign = folder.campaign
    missing = missing_applicant(campaign)
    has_people = folder.people.contacts and not folder.people.are_yet_to_come
    if missing and has_people and any(template.kind is LetterKind.REFERRAL for template in folder.templates):
        yield replace(missing, severity="warning")


def _unasked(folder: Folder) -> Iterator[Problem]:
    asked = {question.id for template in folder.templates for question in template.questions}
    for question in folder.questions:
        if question.id not in asked:
            message = _("no letter asks the question '{id}'", id=question.id)
            yield Problem(
                QUESTIONS,
                question.line,
                message,
                _("name it in a letter's questions"),
                "warning",
                code="question-unasked",
            )


def _spreadsheets(folder: Folder) -> Iterator[Problem]:
    """Yield a warning for each spreadsheet beside the contacts that holds somebody who is not among them."""
    root = folder.campaign.root
    for path in files_in(root / CONTACTS, f"{CONTACTS}/"):
        if path.suffix.lower() not in SPREADSHEETS or copy_ending(path.name):
            continue
        # Whoever has no spreadsheet there does not wait for all that can be imported.
        from outreach.people.not_imported import count_not_imported

        shown = f"{CONTACTS}/{path.name}"
        try:
            count = count_not_imported(folder.people, path)
        except InputError as error:
            if any(problem.code == "empty-table" for problem in error.problems):
                continue
            message = _("the file is not read")
        else:
            if not count:
                continue
            message = ngettext(
                "{count} row is not among the contacts", "{count} rows are not among the contacts", count
            )
        hint = _("run `outreach contacts import {path}`", path=shown)
        yield Problem(shown, 0, message, hint, "warning", code="file-not-read")


def _contact_problems(entry: Entry, home: Country, written: date, recheck_months: int) -> Iterator[Problem]:
    contact = entry.contact

    def warn(message: str, hint: str, *, code: str) -> Problem:
        return Problem(
            entry.path,
            entry.line,
            _("contact '{id}': {message}", id=contact.id, message=message),
            hint,
            "warning",
            code=code,
        )

    if contact.term_end and contact.term_end < written:
        yield warn(
            _("its term ended on {day}", day=contact.term_end),
            _("find out who holds the office now"),
            code="contact-term-ended",
        )
    if contact.checked is None:
        yield warn(
            _("never checked"),
            _("verify name and address at the source, then fill in checked"),
            code="contact-never-checked",
        )
    elif _months_between(contact.checked, written) >= recheck_months:
        yield warn(
            _("last checked on {day}", day=contact.checked),
            _("verify name and address again"),
            code="contact-check-outdated",
        )
    if not entry.is_faulty and contact.has_address:
        for fault in address_faults(contact, home):
            yield warn(
                fault,
                _("shorten it: sorting machines and windows count on it"),
                code="address-does-not-fit",
            )
        for slip, hint in address_slips(contact, home):
            yield warn(slip, hint, code="address-slip")


def _two_holders(folder: Folder, written: date) -> Iterator[Problem]:
    """Yield a warning for a second holder, on the letters' date, of an office that one alone can hold."""
    holders: dict[tuple[str, str], Contact] = {}
    for entry in folder.people.entries:
        contact = entry.contact
        if contact.role not in HELD_BY_ONE or not contact.is_person or not contact.is_in_office(written):
            continue
        other = holders.setdefault(office_of(contact), contact)
        if other.name.casefold() != contact.name.casefold():
            message = _("contact '{id}': '{other}' holds the same office", id=contact.id, other=other.id)
            hint = _("give whoever has left it a term_end")
            yield Problem(entry.path, entry.line, message, hint, "warning", code="two-holders")


def _months_between(earlier: date, later: date) -> int:
    months = (later.year - earlier.year) * _MONTHS_A_YEAR + later.month - earlier.month
    return months - (later.day < earlier.day)


def _ladder_problems(folder: Folder) -> Iterator[Problem]:
    """Yield an error for each letter or role that [follow_up] names and nobody knows."""
    settings = folder.campaign.follow_up
    letters = [template.name for template in folder.templates]
    changes = [change for own in settings.changes.values() for change in own.values()]
    facts = [fact for change in changes for key in ("start", "ended_by") for fact in change.get(key, ())]
    named = {str(change["letter"]) for change in changes if change.get("letter")}
    named |= {fact.letter for fact in facts if fact.letter}
    for message, names, known in (
        (
            N_("[follow_up] names the letter '{name}', which is not there"),
            {*settings.letters, *named},
            letters,
        ),
        (N_("[follow_up] names the role '{name}', which is not there"), set(settings.roles), list(ROLES)),
    ):
        for name in sorted(names - set(known)):
            yield Problem(
                SETTINGS, 0, _(message, name=name), did_you_mean(name, known), code="follow-up-unknown-name"
            )


def _enclosure_problems(folder: Folder) -> Iterator[Problem]:
    for template in folder.templates:
        for enclosure in template.enclosures:
            if not enclosure.file:
                continue
            path, line = folder.campaign.path(enclosure.file), template.lines["enclosures"]
            if not is_inside(path, folder.campaign.root):  # which is not read unless `print` is told to
                message = _("the enclosure lies outside the campaign folder")
                hint = _("copy it into the folder, or use --allow-outside")
                yield Problem(template.path, line, message, hint, "warning", code="enclosure-outside")
                continue
            try:
                printable_pages(PdfFile(path, enclosure.file))
            except InputError as error:
                yield from (
                    replace(
                        problem, path=template.path, line=line, message=f"{enclosure.file} {problem.message}"
                    )
                    for problem in error.problems
                )


def _referral_problems(folder: Folder) -> Iterator[Problem]:
    for template in folder.templates:
        try:
            if template.kind is LetterKind.REFERRAL:
                authority_of(template, list(folder.audiences.of(template).values()))
        except InputError as error:
            yield from error.problems


def _letter_problems(
    folder: Folder, stationery: Stationery, written: date, progress: Progress, *, has_fonts: bool
) -> Iterator[Problem]:
    assignments = [
        *folder.audiences.assignments(folder.first_templates),
        *sample_follow_ups(folder, written),
    ]
    yield from _scattered(assignments, folder.campaign.country)
    ready = [one for one in assignments if not folder.audiences.blocked_by(one)]
    batches = [ready[start : start + _BATCH] for start in range(0, len(ready), _BATCH)]
    if len(batches) > _FEW_BATCHES:
        prepare = partial(_start_process, folder.without_people(), written, has_fonts=has_fonts)
        count = min(os.cpu_count() or 1, len(batches))
        found = in_processes(_faults_in_process, batches, count, prepare)
    else:
        found = map(_LetterCheck(folder, stationery, written, has_fonts=has_fonts).faults, batches)
    for done, problems in enumerate(found, 1):
        yield from problems
        progress(min(done * _BATCH, len(ready)), len(ready))


class _LetterCheck:
    """Fills letters in, and typesets what may fail: the same work in this process and in others."""

    def __init__(self, folder: Folder, stationery: Stationery, written: date, *, has_fonts: bool) -> None:
        self._composer = Composer(folder)
        self._stationery = stationery
        self._written = written
        self._has_fonts = has_fonts

    def faults(self, batch: Iterable[Assignment]) -> list[Problem]:
        """Return what stands against letters, whatever was checked before them."""
        problems: list[Problem] = []
        printed: set[str] = set()
        once: tuple[str, ...] = EDITABLE  # pictures and letterhead are the same in all letters
        for assignment in batch:
            try:
                letter = self._composer.compose(assignment, self._written)
                names, once = once, ()
                for name in names:
                    format_named(name).make(letter, self._stationery)
                if self._has_fonts and _may_fail(letter, printed):
                    format_named(PRINTED).make(letter, self._stationery)
                    printed |= _characters(letter)
            except InputError as error:
                problems += error.problems
        return problems


_process_check: _LetterCheck | None = None


def _start_process(folder: Folder, written: date, *, has_fonts: bool) -> None:
    global _process_check  # noqa: PLW0603  (one a process is what a process pool's initializer is for)
    stationery = Stationery(folder.campaign.layout, folder.campaign.root)
    _process_check = _LetterCheck(folder, stationery, written, has_fonts=has_fonts)


def _faults_in_process(batch: Iterable[Assignment]) -> list[Problem]:
    assert _process_check is not None  # noqa: S101  (set by _start_process)
    return _process_check.faults(batch)


def _scattered(assignments: Iterable[Assignment], home: Country) -> Iterator[Problem]:
    """Yield a warning for each joint letter whose addressees are not all at one place."""
    for assignment in assignments:
        places = {delivery_lines(contact, home) for contact in assignment.recipients}
        if len(places) > 1:
            template = assignment.template
            message = _(
                "the addressees of this joint letter are in {count} places, it is posted to the first",
                count=len(places),
            )
            hint = _("give the others a copy, or a letter of their own")
            line = template.lines["audience"]
            yield Problem(template.path, line, message, hint, "warning", code="joint-letter-scattered")


def _may_fail(letter: Letter, printed: set[str]) -> bool:
    """Tell whether the letter has what none printed before had: a character, a long address."""
    is_long = len(letter.address) > _SURE_LINES or any(len(line) > _SURE_TO_FIT for line in letter.address)
    return is_long or not printed.issuperset(_characters(letter))


def _characters(letter: Letter) -> set[str]:
    return set("".join(text_lines(letter)))
