"""Commands that read e-mail and work off what waits: email read, tray, assign, drop."""

from collections.abc import Callable, Collection, Iterable
from contextlib import nullcontext
from datetime import date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from outreach.campaign.paths import SETTINGS
from outreach.cli.alone import alone_in
from outreach.cli.journal_views import event_record
from outreach.cli.mail_views import entry_record, findings_view, summed_up, tray_view
from outreach.cli.options import (
    ContactId,
    Json,
    LetterName,
    Yes,
    ask_secret,
    confirm,
    day,
    day_option,
    is_terminal,
    open_folder,
    the_journal,
    the_recorder,
)
from outreach.cli.output import print_problems, say, show, show_records
from outreach.errors import InputError, Problem, RefusedError
from outreach.language import _, local

if TYPE_CHECKING:
    from outreach.journal.event import Event
    from outreach.letters.folder import Folder
    from outreach.post.email.mailbox import Raw

Number = Annotated[int, typer.Argument(metavar="N", help="The message's number in the tray.")]


def read(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Files .eml, .mbox, .msg, maildirs, or folders of them."),
    ] = None,
    imap: Annotated[
        bool, typer.Option("--imap", help="Read the mailbox at the server, after asking.")
    ] = False,
    folder: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Only this one of its folders; by default what came and what went."
        ),
    ] = None,
    since: Annotated[
        datetime | None, day_option("--since", "Only what it took on this day or later.")
    ] = None,
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be recorded.")] = False,
    as_json: Json = False,
) -> None:
    """Read sent and received e-mail, and record what is certain: outreach email read Sent.mbox Inbox.mbox."""
    from outreach.post.email.mailbox import fetched, messages_in

    if bool(paths) == imap:
        raise typer.BadParameter(_("name files or folders, or give --imap"))
    if not imap and (folder or since):
        raise typer.BadParameter(_("--folder and --since need --imap"))
    unread: list[Problem] = []
    with TemporaryDirectory() as spool:
        raws: Callable[[], Iterable[Raw]] = partial(messages_in, paths or (), unread)
        if imap:
            files = _fetch(open_folder(context), folder or (), day(since), Path(spool), yes=yes)
            if files is None:
                return
            raws = partial(fetched, files)
        with nullcontext() if dry_run else alone_in(context):
            _read(context, raws, unread, dry_run=dry_run, as_json=as_json)


def _fetch(
    folder: "Folder", names: Collection[str], since: date | None, spool: Path, *, yes: bool
) -> list[tuple[str, Path]] | None:
    """Fetch the messages of the mailbox, after asking; None if they are not to be."""
    from outreach.post.email.imap import Use, opened
    from outreach.post.email.mailbox import fetch
    from outreach.post.email.passwords import Passwords

    server = folder.campaign.email.imap
    if server is None:
        hint = _('write a table [email.imap] with host = "..."')
        raise InputError(
            Problem(SETTINGS, 0, _("no server is named that has the mailbox"), hint, code="no-email-settings")
        )
    if not (yes or is_terminal()):
        message, hint = _("--imap asks first, and nobody can be asked here"), _("add --yes")
        raise RefusedError(Problem("", 0, message, hint, code="needs-yes"))
    question = _("Read the mailbox of {user} at {host}?", user=server.user, host=server.host)
    if not (yes or confirm(question)):
        show_records([])
        return None
    password = Passwords(ask_secret if is_terminal() else None).of(server)
    with opened(server, folder.campaign.root, password) as box:
        folders = [box.named(name) for name in names] or [box.inbox, box.folder(Use.SENT)]
        return fetch(box, folders, since, spool)


def _read(
    context: typer.Context,
    raws: Callable[[], Iterable["Raw"]],
    unread: list[Problem],
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read messages, and say what became of them; `unread` takes what could not be read meanwhile."""
    from outreach.post.email.reading import read_mail

    folder = open_folder(context)
    if not folder.campaign.email.address:
        hint = _("without it nothing can be told to have been sent by the campaign")
        message = _("[email] names no address of the campaign's")
        print_problems([Problem(SETTINGS, 0, message, hint, "warning", code="no-address")], err=True)
    recorder = the_recorder(folder.campaign.author)
    with the_journal(context, folder) as journal:
        reading = read_mail(folder, journal, raws, recorder, dry_run=dry_run)
    if as_json or reading.findings:
        show(findings_view(reading.findings, folder.people), as_json=as_json)
    say(summed_up(reading))
    print_problems([*unread, *reading.warnings], err=True)
    if dry_run:
        say(_("dry run: nothing was recorded"), err=True)


def tray(context: typer.Context, as_json: Json = False) -> None:
    """Show the messages that wait to be assigned or answered for, as in: outreach email tray."""
    from outreach.journal.journal import has_journal
    from outreach.post.email.tray import waiting

    folder = open_folder(context)
    rows = []
    if has_journal(folder.campaign.root):
        with the_journal(context, folder, is_read=True) as journal:
            rows = waiting(folder, journal)
    if as_json or rows:
        show(tray_view(rows, folder.people), as_json=as_json)
    if rows:
        say(
            _("an answer: outreach answer CONTACT --message N; else: outreach email assign N CONTACT"),
            err=True,
        )
    else:
        say(_("the tray is empty"), err=True)


def assign(
    context: typer.Context,
    number: Number,
    contact: ContactId,
    letter: LetterName = "",
    as_json: Json = False,
) -> None:
    """Say from whom a message of the tray is, as in: outreach email assign 3 maire-lyon."""
    from outreach.post.email.tray import Assignment
    from outreach.post.email.tray import assign as assign_message

    folder = open_folder(context)
    given = Assignment(number, folder.people.meant(contact), letter)
    with the_journal(context, folder) as journal:
        recorder = the_recorder(folder.campaign.author)
        entry, events, warnings = assign_message(folder, journal, given, recorder)
    if as_json:
        show_records([{**entry_record(entry), "events": [event_record(event) for event in events]}])
    _say_events(events)
    if not events:
        hint = _(
            "say what it answers: outreach answer {contact} --message {number}",
            contact=entry.contact,
            number=number,
        )
        say(
            _(
                "message {number} is from {contact}, about {letter}",
                number=number,
                contact=entry.contact,
                letter=entry.letter,
            )
        )
        say(hint, err=True)
    print_problems(warnings, err=True)


def drop(context: typer.Context, number: Number, as_json: Json = False) -> None:
    """Take a message out of the tray and the archive; it is not read again: outreach email drop 3."""
    from outreach.post.email.tray import drop as drop_message

    folder = open_folder(context)
    with the_journal(context, folder) as journal:
        entry = drop_message(journal, number)
    if as_json:
        show_records([entry_record(entry)])
    say(_("message {number} is dropped", number=number))


def _say_events(events: "Iterable[Event]") -> None:
    for event in events:
        words = (event.said, event.contact, event.letter, local(event.at), f"({event.id[-8:]})")
        say("  ".join(filter(None, words)))
