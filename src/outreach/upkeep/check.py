"""Check a campaign: every fault of its files, letters, questions, contacts and addresses at once."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from outreach.errors import InputError, Problem, did_you_mean
from outreach.journal.case import conflicts
from outreach.journal.following_up import REFERRAL, authority_of, sample_follow_ups
from outreach.journal.journal import read_events
from outreach.language import N_, _
from outreach.letters.compose import Document, compose, contact_address
from outreach.letters.folder import Folder, Obstacles, first_letters
from outreach.letters.formats.docx import render_docx
from outreach.letters.formats.pdf import render_pdf
from outreach.letters.formats.text import text_lines
from outreach.letters.letter import Letter
from outreach.letters.questions import FILE_NAME as QUESTIONS_FILE
from outreach.letters.render import Renderer
from outreach.people.address import MOST_LINES, address_faults, delivery_lines
from outreach.people.contact import ROLES, Entry
from outreach.people.selectors import select
from outreach.post.merge import Part, page_count
from outreach.progress import Progress, untold
from outreach.typesetting import missing_font

_MONTHS_A_YEAR = 12
_SURE_TO_FIT = 30
"""Characters of an address line that any font prints within the window at 8 pt."""


def check(folder: Folder, written: date, progress: Progress = untold) -> list[Problem]:
    """Return every problem of the campaign, sorted by place, each once.

    Args:
        folder: The campaign; each of its letters is filled in for each of its recipients.
        written: The letters' date, against which terms and checks are held.
        progress: Called with the letters done and the letters in all.
    """
    problems = list(folder.problems)
    layout = folder.campaign.layout
    hint = missing_font(layout, folder.campaign.root)
    if hint:
        problems.append(Problem("outreach.toml", 0, _("no font '{font}'", font=layout.font), hint))
    problems += _unasked(folder)
    for entry in folder.entries:
        problems += _contact_problems(entry, written, folder.campaign.recheck_months)
    problems += _letter_problems(folder, written, progress)
    problems += _enclosure_problems(folder)
    problems += _referral_problems(folder)
    problems += _ladder_problems(folder)
    problems += conflicts(read_events(folder.campaign.root))
    return sorted(set(problems))


def _unasked(folder: Folder) -> Iterator[Problem]:
    asked = {question.id for template in folder.templates for question in template.questions}
    for question in folder.questions:
        if question.id not in asked:
            message = _("no letter asks the question '{id}'", id=question.id)
            yield Problem(
                QUESTIONS_FILE, question.line, message, _("name it in a letter's questions"), "warning"
            )


def _contact_problems(entry: Entry, written: date, recheck_months: int) -> Iterator[Problem]:
    contact = entry.contact

    def warn(message: str, hint: str) -> Problem:
        return Problem(
            entry.path,
            entry.line,
            _("contact '{id}': {message}", id=contact.id, message=message),
            hint,
            "warning",
        )

    if contact.term_end and contact.term_end < written:
        yield warn(_("its term ended on {day}", day=contact.term_end), _("find out who holds the office now"))
    if contact.checked is None:
        yield warn(_("never checked"), _("verify name and address at the source, then fill in checked"))
    elif _months_between(contact.checked, written) >= recheck_months:
        yield warn(_("last checked on {day}", day=contact.checked), _("verify name and address again"))
    if not entry.is_faulty and contact.has_address:
        for fault in address_faults(contact_address(contact)):
            yield warn(fault, _("shorten it: sorting machines and windows count on it"))


def _months_between(earlier: date, later: date) -> int:
    months = (later.year - earlier.year) * _MONTHS_A_YEAR + later.month - earlier.month
    return months - (later.day < earlier.day)


def _ladder_problems(folder: Folder) -> Iterator[Problem]:
    """Yield an error for each letter or role that [follow_up] names and nobody knows."""
    settings = folder.campaign.follow_up
    letters = [template.name for template in folder.templates]
    steps = [step for own in settings.steps.values() for step in own.values()]
    named = {str(step["letter"]) for step in steps if "letter" in step}
    for message, names, known in (
        (
            N_("[follow_up] names the letter '{name}', which is not there"),
            {*settings.letters, *named},
            letters,
        ),
        (N_("[follow_up] names the role '{name}', which is not there"), set(settings.roles), list(ROLES)),
    ):
        for name in sorted(names - set(known)):
            yield Problem("outreach.toml", 0, _(message, name=name), did_you_mean(name, known))


def _enclosure_problems(folder: Folder) -> Iterator[Problem]:
    for template in folder.templates:
        for enclosure in template.enclosures:
            try:
                if enclosure.file:
                    page_count(Part(folder.campaign.path(enclosure.file), enclosure.file))
            except InputError as error:
                line = template.lines["enclosures"]
                yield from (
                    replace(
                        problem, path=template.path, line=line, message=f"{enclosure.file} {problem.message}"
                    )
                    for problem in error.problems
                )


def _referral_problems(folder: Folder) -> Iterator[Problem]:
    for template in folder.templates:
        try:
            if template.kind == REFERRAL:
                authority_of(template, select(folder.contacts, template.audience, strict=False))
        except InputError as error:
            yield from error.problems


def _letter_problems(folder: Folder, written: date, progress: Progress) -> Iterator[Problem]:
    obstacles = Obstacles(folder)
    renderer = Renderer(folder.campaign.root, folder.templates)
    documents = [*first_letters(folder, folder.first_templates), *sample_follow_ups(folder, written)]
    yield from _scattered(documents)
    layout, root = folder.campaign.layout, folder.campaign.root
    has_font = not missing_font(layout, root)
    printed: set[str] = set()
    is_first = True
    for done, document in enumerate(documents, 1):
        if not obstacles.against(document.template, document.recipients):
            try:
                letter = compose(folder.campaign, renderer, document, written)
                if is_first:  # pictures and letterhead are the same in all letters
                    is_first = False
                    render_docx(letter, layout, root)
                if has_font and _may_fail(letter, printed):
                    render_pdf(letter, layout, root)
                    printed |= _characters(letter)
            except InputError as error:
                yield from error.problems
        progress(done, len(documents))


def _scattered(documents: Iterable[Document]) -> Iterator[Problem]:
    """Yield a warning for each joint letter whose addressees are not all at one place."""
    for document in documents:
        places = {delivery_lines(contact) for contact in document.recipients}
        if len(places) > 1:
            template = document.template
            message = _(
                "the addressees of this joint letter are in {count} places, it is posted to the first",
                count=len(places),
            )
            hint = _("give the others a copy, or a letter of their own")
            yield Problem(template.path, template.lines["audience"], message, hint, "warning")


def _may_fail(letter: Letter, printed: set[str]) -> bool:
    """Tell whether the letter has what none printed before had: a character, a long address."""
    is_long = len(letter.address) > MOST_LINES or any(len(line) > _SURE_TO_FIT for line in letter.address)
    return is_long or not printed.issuperset(_characters(letter))


def _characters(letter: Letter) -> set[str]:
    return set("".join(text_lines(letter)))
