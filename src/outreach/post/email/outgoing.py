"""Turn letters as they were made into e-mails: which goes to whom, what it says, what is attached."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from outreach.campaign.campaign import EmailSettings
from outreach.campaign.paths import EMAIL_TEXT, LETTERS, SETTINGS, template_path
from outreach.errors import InputError, Problem, RefusedError
from outreach.journal.choosing import RecordedBy
from outreach.journal.history import History
from outreach.journal.holding_back import Waived, held_back
from outreach.journal.journal import read_history
from outreach.language import _
from outreach.letters.assignment import Assignment
from outreach.letters.audience import chosen_ids
from outreach.letters.compose import Composer
from outreach.letters.folder import Folder
from outreach.letters.formats.text import block_lines
from outreach.letters.piece import Piece
from outreach.letters.template import Template
from outreach.people.contact import Contact
from outreach.post.email.eml import Attachment, Mail, address_of, file_name, message_of, size_of
from outreach.post.email.outbox import Outbox
from outreach.post.email.reference import reference_of, tagged, with_reference
from outreach.post.print_run import choose_letters
from outreach.post.request import RunRequest
from outreach.post.run_letter import RunLetter
from outreach.post.staleness import Found, other_dates
from outreach.progress import Progress, no_progress

BOUNCED = "email-bounced"
"""Tag of a contact whose e-mail address does not exist any more."""
_MILLION = 1_000_000
UNSENT = (("X-Unsent", "1"),)
"""What makes mail programs open a message as a draft."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One e-mail to one recipient."""

    name: str
    """Of its file without its ending, as in "mayor/maire-lyon"."""
    piece: Piece
    """The letter that is attached."""
    sha256: str
    """Of its PDF, as it lies there."""
    contact: Contact
    """Whom it goes to."""
    contacts: tuple[str, ...]
    """Ids of those in whose record it belongs."""
    reference: str
    mail: Mail


@dataclass(frozen=True, slots=True)
class Post:
    """The e-mails of a run, worked out and not yet written or sent."""

    drafts: tuple[Draft, ...]
    letters: tuple[str, ...]
    """Names of the letters that were looked at."""
    chosen: AbstractSet[str] | None
    """Ids of the contacts that were; None for all."""
    waived: Waived
    """What does not hold a letter back."""
    warnings: tuple[Problem, ...]
    """Who gets none, and why; and what else is to be known."""


def plan_post(
    folder: Folder, out: Path, request: RunRequest, day: date, progress: Progress = no_progress
) -> Post:
    """Work out the e-mails that letters as made go with.

    A joint letter goes to each of its addressees by itself, a referral to the authority alone.

    Args:
        folder: The campaign.
        out: The folder of the generated letters; a PDF that was edited by hand goes as it is.
        request: Which letters, to whom.
        day: The last whose answers count.
        progress: Called with the letters checked and the letters in all.

    Raises:
        InputError: as `choose_letters`; nobody is named that e-mail comes from; a fault of the text.
        RefusedError: nobody of those chosen gets one, and why.
    """
    settings = folder.campaign.email
    if not settings.address:
        hint = _('write from = "name@example.org" in its table [email]')
        raise InputError(
            Problem(
                SETTINGS, 0, _("no address is named that e-mail comes from"), hint, code="no-email-settings"
            )
        )
    choice = choose_letters(folder, out, request, day, {}, progress)
    history = read_history(folder.campaign)
    chosen = chosen_ids(folder.people, request.selectors, request.unwanted, RecordedBy(folder, day))
    composer = Composer(folder)
    drafts: list[Draft] = []
    left_out: list[Problem] = []
    faults: list[Problem] = []
    for letter, one in zip(choice.letters, choice.found, strict=True):
        for piece, contact in _addressed(letter, folder, chosen):
            held = _held(piece, contact, one.piece, folder, history, day, request.waived)
            left_out += held
            if not held:
                try:
                    draft = _draft(folder, composer, history, letter, piece, contact)
                except InputError as error:
                    faults += error.problems
                    continue
                too_large = list(_too_large(draft, settings))
                left_out += too_large
                drafts += [] if too_large else [draft]
    if faults:
        raise InputError(*dict.fromkeys(faults))
    doubtful = uncertain(drafts, Outbox(folder.campaign.root), history, request.waived)
    drafts = [draft for draft in drafts if draft.name not in doubtful]
    left_out = [*choice.left_out, *left_out, *doubtful.values()]
    if not drafts:
        if left_out:
            raise RefusedError(*(replace(problem, severity="error") for problem in left_out))
        hint = _("run `outreach followup` first") if request.letters else _("run `outreach generate` first")
        raise InputError(Problem("", 0, _("there is no letter to send"), hint, code="not-generated"))
    templates = folder.templates_named(request.letters) if request.letters else folder.first_templates
    used = [one for one in choice.found if any(draft.piece.letter == one.piece.letter for draft in drafts)]
    warnings = (*left_out, *other_dates(folder, used), *_edited(used), *_by_hand(choice.letters, drafts))
    names = tuple(template.name for template in templates)
    return Post(tuple(drafts), names, chosen, request.waived, warnings)


def text_problems(folder: Folder, written: date) -> Iterator[Problem]:
    """Yield the faults of the campaign's own text of e-mails, with each letter, to each who may get one."""
    if not folder.campaign.path(f"{LETTERS}/{EMAIL_TEXT}").is_file():
        return
    contacts = [entry.contact for entry in folder.people.entries if not entry.is_faulty]
    contacts = [contact for contact in contacts if contact.email] or contacts[:1]
    composer = Composer(folder)
    languages: set[str] = set()
    for template in folder.templates:
        piece = Piece(template.name, (), template.title, template.kind.value, subject=template.title)
        values = _values(piece, reference_of("", template.name, ""), ())
        for contact in contacts[: 1 if template.language in languages else None]:
            try:
                composer.message(Assignment(template, (contact,), ()), written, values)
            except InputError as error:
                yield from error.problems
        languages.add(template.language)


def draft_bytes(draft: Draft) -> bytes:
    """Return the message as mail programs open it to be sent: the same bytes each time."""
    return message_of(draft.mail, UNSENT)


def uncertain(
    drafts: Iterable[Draft], outbox: Outbox, history: History, waived: Waived, reason: str = ""
) -> dict[str, Problem]:
    """Return a warning for each e-mail that an earlier run may have sent or not, by the draft's name.

    Args:
        drafts: The e-mails.
        outbox: What was about to go.
        history: What was recorded.
        waived: Whether they are to go again.
        reason: Why again: what was about to go again for it is as uncertain.
    """
    found = {}
    for intent in outbox.uncertain(history):
        for draft in drafts if not waived.again or intent.reason == (reason or None) else ():
            if draft.piece.letter == intent.letter and draft.contacts == intent.contacts:
                at = intent.at.astimezone()
                why = _("sending it was cut off on {day} at {time}", day=at.date(), time=f"{at:%H:%M}")
                command = f"outreach sent {intent.letter} --to {intent.contacts[0]} --on {at.date()}"
                hint = _(
                    "look for it among the sent e-mails; if it went: {command};"
                    " if not, say --again and --reason TEXT",
                    command=f"{command} --via email",
                )
                found[draft.name] = _left_out(draft.piece, draft.contact, why, hint)
    return found


def _addressed(
    letter: RunLetter, folder: Folder, chosen: Collection[str] | None
) -> Iterator[tuple[Piece, Contact]]:
    """Yield whom a letter goes to; of a joint one each addressee that was chosen, with what is its own."""
    piece, known = letter.piece, folder.people.by_id
    if piece.to or len(piece.contacts) == 1:
        yield piece, letter.contact
        return
    for name in piece.contacts:
        if name in known and (chosen is None or name in chosen):
            yield replace(piece, contacts=(name,), contact=name), known[name].contact


def _held(  # noqa: PLR0913, PLR0917  (what may stand against a message)
    piece: Piece,
    contact: Contact,
    whole: Piece,
    folder: Folder,
    history: History,
    day: date,
    waived: Waived,
) -> list[Problem]:
    """Return why a message does not go; empty if it does."""
    if piece is not whole:  # a joint letter is held back as a whole only for the sake of all
        held = held_back([piece], folder.people, history, day, waived)
        if held:
            return list(held.values())
    if not contact.email:
        hint = _("`outreach contacts edit {contact} --email ADDRESS` adds it", contact=contact.id)
        return [_left_out(piece, contact, _("it has no e-mail address"), hint)]
    if BOUNCED in contact.tags:
        why = _("what went to its e-mail address came back")
        hint = _("correct the address, and take the tag {tag} away: outreach contacts edit", tag=BOUNCED)
        return [_left_out(piece, contact, why, hint)]
    try:
        address_of(contact.name, contact.email)
    except ValueError:
        why = _("no message can be addressed to '{email}'", email=contact.email)
        return [_left_out(piece, contact, why, _("ask for another address"))]
    return []


def _too_large(draft: Draft, settings: EmailSettings) -> Iterator[Problem]:
    size = size_of(draft.mail) / _MILLION
    if size > settings.max_mb:
        why = _("its message has {size:.1f} MB, {most:g} at most", size=size, most=settings.max_mb)
        hint = _("make its enclosures smaller, or set max_mb in [email]")
        yield _left_out(draft.piece, draft.contact, why, hint)


def _left_out(piece: Piece, contact: Contact, why: str, hint: str) -> Problem:
    message = _(
        "letter '{letter}' to '{contact}' is left out: {why}",
        letter=piece.letter,
        contact=contact.id,
        why=why,
    )
    return Problem("", 0, message, hint, "warning", code="left-out")


def _edited(found: Iterable[Found]) -> Iterator[Problem]:
    for one in found:
        if one.is_edited:
            message = _("was edited by hand, and is attached as it is")
            yield Problem(one.file.path, 0, message, "", "warning", code="edited")


def _by_hand(letters: Iterable[RunLetter], drafts: Collection[Draft]) -> Iterator[Problem]:
    """Yield a warning for each letter that speaks of enclosures which no message can carry."""
    going = {draft.piece.letter for draft in drafts}
    for letter in letters:
        if letter.by_hand and letter.piece.letter in going:
            message = _("enclosures without a file are not attached")
            hint = _('give each one: { title = "...", file = "annex.pdf" }')
            path = template_path(letter.piece.letter)
            yield Problem(path, 0, message, hint, "warning", code="not-attached")


def _draft(  # noqa: PLR0913, PLR0917  (what a message is made of)
    folder: Folder, composer: Composer, history: History, letter: RunLetter, piece: Piece, contact: Contact
) -> Draft:
    campaign = folder.campaign
    settings = campaign.email
    (template,) = folder.templates_named([piece.letter])
    reference = reference_of(campaign.title, piece.letter, piece.contacts[0])
    answers = settings.reply_to or settings.address
    answers = tagged(answers, reference) if settings.plus_tags else answers
    stem, _dot, _ending = letter.file.shown.rpartition(".")
    if piece.contacts != letter.piece.contacts:
        stem = f"{stem.rpartition('/')[0]}/{contact.id}"
    subject = piece.subject or piece.title
    mail = Mail(
        sender=address_of(settings.name, settings.address),
        to=address_of(contact.name, contact.email),
        reply_to=address_of(settings.name, answers) if answers != settings.address else None,
        subject=with_reference(subject, reference),
        lines=tuple(_text(composer, template, piece, contact, reference, letter)),
        attachments=tuple(_attachments(letter)),
        thread=_thread(piece, history),
    )
    return Draft(stem, letter.piece, letter.sha256, contact, piece.contacts, reference, mail)


def _text(  # noqa: PLR0913, PLR0917  (what the text speaks of)
    composer: Composer, template: Template, piece: Piece, contact: Contact, reference: str, letter: RunLetter
) -> Iterator[str]:
    """Yield the lines of the message; an empty one parts two paragraphs."""
    values = _values(piece, reference, [enclosure.shown for enclosure in letter.enclosures])
    assignment = Assignment(template, (contact,), ())
    for number, block in enumerate(composer.message(assignment, piece.written or date.min, values)):
        yield from [""] if number else []
        yield from block_lines(block)


def _values(piece: Piece, reference: str, enclosures: Sequence[str]) -> dict[str, object]:
    """Return what the text of an e-mail knows of the letter, by name."""
    return {
        "title": piece.title,
        "subject": piece.subject or piece.title,
        "kind": piece.kind,
        "reference": reference,
        "enclosures": list(enclosures),
    }


def _attachments(letter: RunLetter) -> Iterator[Attachment]:
    """Yield the letter, then its enclosures, each under its own name."""
    yield Attachment(file_name(letter.piece.title), letter.file.path, letter.file.shown)
    for enclosure in letter.enclosures:
        yield Attachment(file_name(enclosure.path.stem), enclosure.path, enclosure.shown)


def _thread(piece: Piece, history: History) -> tuple[str, ...]:
    """Return the Message-IDs of the e-mails that a letter follows up, as far as they are known."""
    before = {*piece.follows, *(() if piece.is_opening else (piece.letter,))}
    found = (
        event.message_id
        for event in history.sendings
        if event.message_id and event.contact in piece.contacts and event.letter in before
    )
    return tuple(dict.fromkeys(found))
