"""Commands that let letters go by e-mail: email drafts, email send."""

from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, time
from time import sleep
from typing import TYPE_CHECKING, Annotated

import typer

from outreach.campaign.paths import EMAIL, SENDING_LOCK, SETTINGS
from outreach.cli.alone import alone_in
from outreach.cli.journal_views import event_record
from outreach.cli.options import (
    CHOICE,
    Again,
    Json,
    Letters,
    Not,
    To,
    WithAnswered,
    WithFormer,
    Yes,
    ask_secret,
    confirm,
    is_terminal,
    open_folder,
    today,
)
from outreach.cli.output import print_problems, progress_bar, say, show_records
from outreach.cli.views import counted_results, drafts_view, sending_record
from outreach.cli.write import DryRun, Force, exit_for, show_report
from outreach.errors import InputError, OutreachError, Problem, RefusedError, WorldError
from outreach.files.email_address import is_plain_email
from outreach.language import _, local, ngettext

if TYPE_CHECKING:
    from outreach.campaign.campaign import MailServer
    from outreach.journal.event import Sent
    from outreach.letters.folder import Folder
    from outreach.post.email.outgoing import Post
    from outreach.post.email.pace import Pace
    from outreach.post.email.passwords import Passwords
    from outreach.post.email.sending import Office
    from outreach.post.email.smtp import Courier

app = typer.Typer(no_args_is_help=True, help="Letters by e-mail: drafts, or sent from here.")


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of the day, as an option has them."""

    both: tuple[time, time]
    """First moment and end."""


def _hours(text: str) -> Hours:
    from outreach.post.email.pace import parse_hours

    try:
        return Hours(parse_hours(text))
    except ValueError as error:
        raise typer.BadParameter(_("'{value}' is not of the form 08:00-19:00", value=text)) from error


def now() -> datetime:
    """Return the local time, with its zone."""
    return datetime.now().astimezone()


def drafts(
    context: typer.Context,
    letters: Letters = None,
    to: To = None,
    left_out: Not = None,
    with_answered: WithAnswered = False,
    with_former: WithFormer = False,
    again: Again = False,
    imap: Annotated[
        bool, typer.Option("--imap", help="Put them into the mailbox's folder for drafts, after asking.")
    ] = False,
    yes: Yes = False,
    force: Force = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Make drafts with the letters attached, to be sent by hand: outreach email drafts mayor."""
    from outreach.journal.holding_back import Waived
    from outreach.post.email.drafts import write_drafts
    from outreach.post.email.outgoing import plan_post
    from outreach.post.request import RunRequest

    if imap and force:
        raise typer.BadParameter(_("--force replaces files, and --imap writes none"))
    if imap and not (yes or dry_run or is_terminal()):
        message, hint = _("--imap asks first, and nobody can be asked here"), _("add --yes")
        raise RefusedError(Problem("", 0, message, hint, code="needs-yes"))
    folder = open_folder(context)
    waived = Waived(with_answered, with_former, again)
    request = RunRequest(tuple(letters or ()), tuple(to or ()), tuple(left_out or ()), waived=waived)
    out = folder.campaign.out
    with progress_bar(_("checking")) as progress:
        post = plan_post(folder, out, request, today(), progress)
    if imap:
        _place(folder, post, yes=yes, dry_run=dry_run)
        return
    with progress_bar(_("drafts")) as progress:
        report = write_drafts(post, out, today(), force=force, dry_run=dry_run, progress=progress)
    rows = drafts_view(report.written, post.drafts)
    show_report(report, out / EMAIL, as_json=as_json, dry_run=dry_run, rows=rows)
    for path in () if dry_run else report.deleted:
        say(_("deleted  {path}", path=f"{EMAIL}/{path}"), err=True)
    exit_for(report)


def _place(folder: "Folder", post: "Post", *, yes: bool, dry_run: bool) -> None:
    """Put the drafts into the mailbox, after asking, and say what became of each."""
    from outreach.post.email.drafts import Placed, already_there, place_drafts
    from outreach.post.email.imap import Use, opened
    from outreach.post.email.passwords import Passwords

    server = folder.campaign.email.imap
    if server is None:
        hint = _('write a table [email.imap] with host = "..."')
        raise InputError(
            Problem(SETTINGS, 0, _("no server is named that has the mailbox"), hint, code="no-email-settings")
        )
    print_problems(post.warnings, err=True)
    about = ngettext(
        "{count} draft for the mailbox of {user} at {host}",
        "{count} drafts for the mailbox of {user} at {host}",
        len(post.drafts),
        user=server.user,
        host=server.host,
    )
    say(about, is_asked=True)
    placed: list[Placed] = []
    question = ngettext("Put {count} draft there?", "Put {count} drafts there?", len(post.drafts))
    if dry_run:
        say(_("dry run: nothing was written"), err=True)
    elif yes or confirm(question):
        password = Passwords(ask_secret if is_terminal() else None).of(server)
        with opened(server, folder.campaign.root, password) as box:
            drafts_folder = box.folder(Use.DRAFTS)
            with progress_bar(_("drafts")) as progress:
                placed += place_drafts(post, box, drafts_folder, progress)
        print_problems((already_there(one) for one in placed if one.result.value == "identical"), err=True)
        counts = counted_results([one.result for one in placed])
        say(_("{where}: {counts}", where=drafts_folder.name, counts=counts))
    show_records({**sending_record(one.draft), "result": one.result} for one in placed)


def send(
    context: typer.Context,
    letters: Letters = None,
    to: To = None,
    left_out: Not = None,
    with_answered: WithAnswered = False,
    with_former: WithFormer = False,
    again: Again = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", rich_help_panel=CHOICE, help="Why again.")] = "",
    test: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Only one, marked [TEST], to this address; not recorded.")
    ] = "",
    per_hour: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many within any hour.")] = 60,
    between: Annotated[
        Hours | None,
        typer.Option(metavar="HH:MM-HH:MM", parser=_hours, help="Only at these hours, as 08:00-19:00."),
    ] = None,
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, send nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Send letters by e-mail and record them, after asking: outreach email send mayor --test ME."""
    from outreach.files.lock import alone
    from outreach.journal.holding_back import Waived
    from outreach.post.email.outgoing import plan_post
    from outreach.post.email.pace import Pace
    from outreach.post.email.passwords import Passwords
    from outreach.post.email.sending import send_test, without_edited
    from outreach.post.request import RunRequest

    if test and not is_plain_email(test):
        raise typer.BadParameter(_("'{email}' is not an e-mail address", email=test))
    if again and not (reason.strip() or test):
        raise typer.BadParameter(_("--again needs --reason TEXT"))
    if not (yes or dry_run or is_terminal()):
        message, hint = _("`email send` asks first, and nobody can be asked here"), _("add --yes")
        raise RefusedError(Problem("", 0, message, hint, code="needs-yes"))
    with nullcontext() if dry_run else alone_in(context):
        folder = open_folder(context)
        server = _server(folder)
        waived = Waived(with_answered, with_former, again)
        request = RunRequest(tuple(letters or ()), tuple(to or ()), tuple(left_out or ()), waived=waived)
        out = folder.campaign.out
        with progress_bar(_("checking")) as progress:
            post = without_edited(plan_post(folder, out, request, today(), progress), out)
    passwords = Passwords(ask_secret if is_terminal() else None)
    courier = _courier(folder, server, passwords)
    pace = Pace(per_hour, between.both if between else None)
    office = _office(context, folder, courier, pace, reason.strip() if again else "")
    print_problems(post.warnings, err=True)
    count = 1 if test else len(post.drafts)
    say(_summary(folder, server, count, per_hour), is_asked=True)
    if dry_run:
        if as_json:
            show_records(map(sending_record, post.drafts))
        for draft in post.drafts:
            say(f"{draft.piece.letter}  {draft.contact.id}  {draft.mail.to.addr_spec}", is_asked=True)
        say(_("dry run: nothing was sent"), err=True)
        return
    question = ngettext("Send {count} e-mail?", "Send {count} e-mails?", count)
    if not (yes or confirm(question)):
        show_records([])
        return
    if test:
        answer = send_test(office, post.drafts[0], test)
        show_records([{"to": test, "accepted": answer.shown}])
        say(_("sent as a test to {address}: {answer}", address=test, answer=answer.shown))
        return
    with alone(folder.campaign.root / SENDING_LOCK, context.command_path, 0):
        _deliver(office, post, passwords)


def _deliver(office: "Office", post: "Post", passwords: "Passwords") -> None:
    """Send the e-mails, say what became of each, and exit with the code of those that were refused."""
    from outreach.post.email.imap import keep_sent
    from outreach.post.email.sending import deliver

    campaign = office.folder.campaign
    copies = campaign.email.imap
    events: list[Sent] = []
    is_refused = False
    try:
        for delivery in deliver(office, post):
            events += delivery.events
            for event in delivery.events:
                words = (event.said, event.letter, event.contact, event.at, event.accepted)
                say("  ".join(map(local, words)))
            if delivery.content and copies:
                try:
                    keep_sent(copies, campaign.root, passwords.of(copies), delivery.content)
                except OutreachError as error:  # it went all the same
                    copies = None
                    print_problems([replace(one, severity="warning") for one in error.problems], err=True)
                    say(_("no more copies are put into the mailbox"), err=True)
            if delivery.problem:
                print_problems([delivery.problem], err=True)
                is_refused |= delivery.problem.severity == "error"
    finally:
        show_records(map(event_record, events))
    if is_refused:
        raise typer.Exit(WorldError.exit_code)


def _server(folder: "Folder") -> "MailServer":
    server = folder.campaign.email.smtp
    if server is None:
        hint = _('write a table [email.smtp] with host = "..."')
        raise InputError(
            Problem(
                SETTINGS, 0, _("no server is named that e-mail goes over"), hint, code="no-email-settings"
            )
        )
    return server


def _courier(folder: "Folder", server: "MailServer", passwords: "Passwords") -> "Courier":
    from outreach.post.email.smtp import Courier

    domain = folder.campaign.email.address.rpartition("@")[2]
    return Courier(server, folder.campaign.root, passwords.of(server), domain)


def _office(
    context: typer.Context, folder: "Folder", courier: "Courier", pace: "Pace", reason: str
) -> "Office":
    from outreach.journal.recording.recorder import author_name
    from outreach.post.email.pace import Clock
    from outreach.post.email.sending import Office

    campaign = folder.campaign
    return Office(
        folder,
        campaign.out,
        courier,
        pace,
        Clock(now, sleep),
        author_name(campaign.author),
        lambda: alone_in(context),
        lambda at: say(_("waiting until {time}", time=f"{at:%H:%M}"), err=True),
        reason,
    )


def _summary(folder: "Folder", server: "MailServer", count: int, per_hour: int) -> str:
    return ngettext(
        "{count} e-mail from {address}, over {host}, at most {most} an hour",
        "{count} e-mails from {address}, over {host}, at most {most} an hour",
        count,
        address=folder.campaign.email.address,
        host=server.host,
        most=per_hour,
    )
