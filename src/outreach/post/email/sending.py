"""Send e-mails one by one at their pace, each recorded as soon as the server took it, none twice."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from email.utils import format_datetime
from pathlib import Path

from outreach.campaign.paths import EMAIL
from outreach.errors import Problem, RefusedError, WorldError
from outreach.files.digest import file_digest
from outreach.journal.event import Sent
from outreach.journal.history import History
from outreach.journal.holding_back import held_back
from outreach.journal.journal import Journal, back_up, open_journal
from outreach.journal.recording.recorder import Recorder
from outreach.journal.recording.send import Mailed, record_mailed
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.letters.formats.formats import PRINTED
from outreach.letters.piece import Manifest
from outreach.post.email.drafts import ENDING, take_away
from outreach.post.email.eml import address_of, message_of
from outreach.post.email.outbox import Intent, Outbox
from outreach.post.email.outgoing import Draft, Post, uncertain
from outreach.post.email.pace import Clock, Pace, wait_for
from outreach.post.email.smtp import Answer, Courier, SenderRefusedError

TEST = "[TEST]"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one e-mail."""

    draft: Draft
    events: tuple[Sent, ...] = ()
    """As recorded; none where it did not go."""
    problem: Problem | None = None
    """Why it did not go."""
    content: bytes = b""
    """The message as it went."""


@dataclass(frozen=True)
class Office:
    """What sending takes besides the e-mails."""

    folder: Folder
    out: Path
    """The folder of the generated letters."""
    courier: Courier
    pace: Pace
    clock: Clock
    author: str
    """Who records."""
    alone: Callable[[], AbstractContextManager[None]]
    """Holds the campaign's lock: while a message goes and is recorded nobody else writes."""
    tell: Callable[[datetime], None]
    """Told until when nothing goes."""
    reason: str = ""
    """Why again, of who was sent the letter already."""


def deliver(office: Office, post: Post) -> Iterator[Delivery]:
    """Send the e-mails and yield what became of each, in their order; whoever is not asked for more stops it.

    An intent is on the disk before a message goes, and is taken back once the journal has it or the server
    refused it: a program that is killed leaves at most one of which it is not known whether it went.

    Raises:
        SenderRefusedError: the server takes nothing from this sender; the message did not go.
        UnansweredError: the connection broke while a message went; whether it did is not known.
        WorldError: the server cannot be reached, or the journal cannot be written.
    """
    gone = _last_gone(office)
    try:
        for draft in post.drafts:
            if office.pace.next_at(office.clock.now(), gone) > office.clock.now():
                office.courier.close()  # which would not wait that long
                wait_for(office.pace, gone, office.clock, office.tell)
            with office.alone(), _journal(office) as journal:
                delivery = _deliver(office, post, draft, journal)
            if not (delivery.problem and delivery.problem.code == "left-out"):
                gone.append(office.clock.now())
            yield delivery
    finally:
        office.courier.close()


def send_test(office: Office, draft: Draft, address: str) -> Answer:
    """Send one e-mail, marked as a test, to an address instead of its recipient; nothing is recorded.

    Raises:
        WorldError: as `deliver`, or the server refused the address.
    """
    settings = office.folder.campaign.email
    mail = replace(draft.mail, to=address_of("", address), subject=f"{TEST} {draft.mail.subject}", thread=())
    content = message_of(mail, _headers(draft, office.clock.now()))
    try:
        answer = office.courier.deliver(settings.address, mail.to.addr_spec, content, lambda: None)
    finally:
        office.courier.close()
    if not answer.is_done:
        raise WorldError(_refused(address, answer))
    return answer


def _deliver(office: Office, post: Post, draft: Draft, journal: Journal) -> Delivery:
    """Send one e-mail and record it, unless something was recorded meanwhile that holds it back."""
    folder, now = office.folder, office.clock.now()
    recorder = Recorder(office.author, now.astimezone(timezone.utc), now.date())
    history = journal.history()
    outbox = Outbox(folder.campaign.root)
    own = replace(draft.piece, contacts=draft.contacts)
    pieces = [one.piece for one in post.drafts]
    held = held_back([own], folder.people, history, now.date(), post.waived, pieces)
    doubtful = uncertain([draft], outbox, history, post.waived, office.reason)
    gone_again = _gone_again(draft, history, office.reason)
    for problem in (*held.values(), *doubtful.values(), *gone_again, *_changed(office.out, draft)):
        return Delivery(draft, problem=problem)
    back_up(journal, now.date())
    message_id = _message_id(draft)
    content = message_of(draft.mail, _headers(draft, now, message_id))
    intent = Intent(
        message_id,
        draft.piece.letter,
        draft.contact.id,
        draft.contacts,
        now.astimezone(timezone.utc),
        office.reason,
    )
    sender, to = folder.campaign.email.address, draft.mail.to.addr_spec
    is_intended = False

    def intend() -> None:
        nonlocal is_intended
        outbox.intend(intent)
        is_intended = True

    try:
        answer = office.courier.deliver(sender, to, content, intend)
    except SenderRefusedError:
        if is_intended:
            outbox.resolve(intent)
        raise
    if not answer.is_done:
        if is_intended:
            outbox.resolve(intent)
        return Delivery(draft, problem=_refused(draft.contact.id, answer))
    printed = tuple(file for file in draft.piece.files if file.format == PRINTED)
    mailed = Mailed(
        replace(draft.piece, files=printed), draft.contacts, message_id, answer.shown, office.reason
    )
    events = record_mailed(folder, journal, office.out, mailed, recorder)
    outbox.settle(journal.history())
    take_away(draft, office.out)
    return Delivery(draft, tuple(events), content=content)


def without_edited(post: Post, out: Path) -> Post:
    """Return the e-mails but for those whose draft was edited by hand, which are to be sent as they are."""
    manifest = Manifest(out / EMAIL)
    kept: list[Draft] = []
    warnings: list[Problem] = []
    for draft in post.drafts:
        path = f"{draft.name}.{ENDING}"
        sha = file_digest(manifest.folder / path)
        if sha is None or manifest.knows(path, sha):
            kept.append(draft)
        else:
            message = _("was edited by hand, and is not sent")
            hint = _("send it with a mail program, or delete it")
            warnings.append(Problem(f"{EMAIL}/{path}", 0, message, hint, "warning", code="edited"))
    if not kept:
        raise RefusedError(*(replace(one, severity="error") for one in warnings))
    return replace(post, drafts=tuple(kept), warnings=(*post.warnings, *warnings))


def _gone_again(draft: Draft, history: History, reason: str) -> Iterator[Problem]:
    """Yield a warning where the letter was sent again for that reason before, by a run that was cut off."""
    for event in history.sendings if reason else ():
        is_same = event.letter == draft.piece.letter and event.contact in draft.contacts
        if is_same and event.accepted and event.reason == reason:
            message = _(
                "letter '{letter}' to '{contact}' is left out: {why}",
                letter=event.letter,
                contact=draft.contact.id,
                why=_("it was sent again on {day} for that reason", day=event.at),
            )
            hint = _("give another --reason TEXT if it goes once more")
            yield Problem("", 0, message, hint, "warning", code="left-out")


def _changed(out: Path, draft: Draft) -> Iterator[Problem]:
    """Yield a warning where the letter has been made anew since it was chosen."""
    file = next(file for file in draft.piece.files if file.format == PRINTED)
    if file_digest(out / file.path) != draft.sha256:
        message, hint = (
            _("has changed since sending began, and is not sent"),
            _("send it in a run of its own"),
        )
        yield Problem(file.path, 0, message, hint, "warning", code="left-out")


def _journal(office: Office) -> AbstractContextManager[Journal]:
    campaign = office.folder.campaign
    return open_journal(campaign.root, campaign.country)


def _last_gone(office: Office) -> list[datetime]:
    """Return when e-mails of earlier runs went, oldest first."""
    with _journal(office) as journal:
        sendings = journal.history().sendings
    return sorted(event.recorded_at for event in sendings if event.accepted)


def _headers(draft: Draft, now: datetime, message_id: str = "") -> list[tuple[str, str]]:
    return [("Date", format_datetime(now)), ("Message-ID", message_id or _message_id(draft))]


def _message_id(draft: Draft) -> str:
    """Return a new Message-ID, which has the reference in it and nothing of this machine."""
    return f"<{draft.reference.lower()}.{secrets.token_hex(8)}@{draft.mail.sender.domain}>"


def _refused(who: str, answer: Answer) -> Problem:
    message = _("the server refused the message to '{who}': {answer}", who=who, answer=answer.shown)
    hint = _("send it again later") if answer.is_for_now else _("check the address")
    return Problem("", 0, message, hint, code="recipient-refused")
