"""Commands that write the journal: sent, received, answer, extend, stop, note."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from outreach.cli import completion
from outreach.cli.options import (
    ContactId,
    LetterName,
    Not,
    On,
    OnlyLetter,
    To,
    WithAnswered,
    WithFormer,
    ask,
    ask_for,
    ask_one_of,
    day,
    day_option,
    is_terminal,
    open_folder,
    the_journal,
    the_recorder,
    today,
    words_of,
)
from outreach.cli.output import echo, print_problems, say
from outreach.journal.words import AnswerKind, Channel, Position, Proof
from outreach.language import _, local, said

if TYPE_CHECKING:
    from outreach.journal.event import Event
    from outreach.journal.history import History
    from outreach.letters.folder import Folder


Files = Annotated[
    list[Path] | None, typer.Option("--file", metavar="F", help="A file to keep; may be repeated.")
]


def sent(
    context: typer.Context,
    letters: Annotated[
        list[str],
        typer.Argument(metavar="LETTER", autocompletion=completion.letters, help="The letters' names."),
    ],
    on: On,
    via: Annotated[Channel, typer.Option("--via", metavar=words_of(Channel), help="How they went.")],
    to: To = None,
    left_out: Not = None,
    tracking: Annotated[
        str, typer.Option(metavar="N", help="The tracking number of the one letter recorded.")
    ] = "",
    tracking_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV with the columns contact and number.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="It was sent before, by whatever channel, and once more.")
    ] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why again.")] = "",
    with_answered: WithAnswered = False,
    with_former: WithFormer = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, record nothing.")] = False,
) -> None:
    """Record letters as sent, as in: outreach sent mayor --on 2024-12-02 --via registered."""
    from outreach.journal.holding_back import Waived
    from outreach.journal.recording.send import Sending, send

    if again and not reason.strip():
        raise typer.BadParameter(_("--again needs --reason TEXT"))
    folder = open_folder(context)
    sending = Sending(
        letters=tuple(letters),
        on=on.date(),
        channel=via,
        wanted=tuple(to or ()),
        unwanted=tuple(left_out or ()),
        tracking=tracking.strip(),
        tracking_file=tracking_file,
        waived=Waived(with_answered, with_former, again),
        reason=reason.strip(),
        dry_run=dry_run,
    )
    with the_journal(context, folder) as journal:
        out, recorder = folder.campaign.out, the_recorder(folder.campaign.author)
        events, warnings = send(folder, journal, out, sending, recorder)
    lines = []
    for event in events:
        words = (event.said, event.letter, event.contact, event.at, said(event.channel))
        shown = "  ".join(map(local, words))
        lines.append(_("{shown}, as edited by hand", shown=shown) if event.is_edited else shown)
    say("\n".join(lines), is_asked=dry_run)
    print_problems(warnings, err=True)
    if dry_run:
        say(_("dry run: nothing was recorded"), err=True)


def received(
    context: typer.Context,
    contact: ContactId,
    on: On,
    proof: Annotated[Proof, typer.Option(metavar=words_of(Proof), help="What shows it.")],
    letter: LetterName = "",
    file: Files = None,
) -> None:
    """Record that a letter arrived: outreach received maire-lyon --on 2024-12-04 --proof delivery."""
    from outreach.journal.recording.answer import ReceiptRequest, record_receipt

    folder = open_folder(context)
    receipt = ReceiptRequest(folder.people.meant(contact), letter, on.date(), proof, tuple(file or ()))
    with the_journal(context, folder) as journal:
        event = record_receipt(folder, journal, receipt, the_recorder(folder.campaign.author))
    _say(event, event.at)


def answer(
    context: typer.Context,
    contact: ContactId,
    on: Annotated[
        datetime | None,
        day_option("--on", "The day on which it came."),
    ] = None,
    kind: Annotated[
        AnswerKind | None, typer.Option(metavar=words_of(AnswerKind), help="What kind of answer.")
    ] = None,
    letter: LetterName = "",
    question: Annotated[
        list[str] | None, typer.Option(metavar="ID=TEXT", help="A question's answer; may be repeated.")
    ] = None,
    position: Annotated[
        Position | None,
        typer.Option(metavar=words_of(Position), help="The position it takes; needs --source."),
    ] = None,
    source: Annotated[str, typer.Option(metavar="S", help="The public source: letter, vote, press.")] = "",
    file: Files = None,
    note: Annotated[str, typer.Option(metavar="T", help="A remark.")] = "",
    forwarded_to: Annotated[str, typer.Option(metavar="CONTACT", help="To whom it was forwarded.")] = "",
    dated: Annotated[datetime | None, day_option("--dated", "The answer's own date.")] = None,
) -> None:
    """Record an answer; without options it asks, question by question: outreach answer maire-lyon."""
    from outreach.journal.recording.answer import AnswerRequest, record_answer

    folder = open_folder(context)
    contact, forwarded_to = folder.people.meant(contact), folder.people.meant(forwarded_to.strip())
    replies = [_question(text) for text in question or ()]
    names = [name for name, _reply in replies]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise typer.BadParameter(_("--question answers '{name}' twice", name=twice))
    with the_journal(context, folder) as journal:
        if on is None and kind is None and is_terminal():
            letter, on, kind, replies, other = _ask(folder, journal.history(), contact, letter)
            forwarded_to = forwarded_to or other
        if on is None or kind is None:
            raise typer.BadParameter(_("give --on YYYY-MM-DD and --kind KIND"))
        given = AnswerRequest(
            contact=contact,
            on=on.date(),
            kind=kind,
            letter=letter,
            questions=tuple(replies),
            position=position,
            source=source.strip(),
            forwarded_to=forwarded_to,
            files=tuple(file or ()),
            note=note.strip(),
            dated=day(dated),
        )
        event = record_answer(folder, journal, given, the_recorder(folder.campaign.author))
    _say(event, event.at)


def extend(
    context: typer.Context,
    contact: ContactId,
    to: Annotated[datetime, day_option("--to", "The new date.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    letter: LetterName = "",
) -> None:
    """Move a letter's next date: outreach extend maire-lyon --to 2025-02-15 --reason "asked for it"."""
    from outreach.journal.recording.answer import ExtensionRequest, record_extension

    if not reason.strip():
        raise typer.BadParameter(_("--reason needs a text"))
    folder = open_folder(context)
    extension = ExtensionRequest(folder.people.meant(contact), letter, to.date(), reason.strip())
    with the_journal(context, folder) as journal:
        event = record_extension(folder, journal, extension, the_recorder(folder.campaign.author))
    _say(event, event.to)


def stop(
    context: typer.Context,
    contact: ContactId,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    letter: OnlyLetter = "",
) -> None:
    """Follow up no more, whatever comes: outreach stop maire-lyon --reason "met, and settled"."""
    from outreach.journal.recording.answer import StopRequest, record_stop

    if not reason.strip():
        raise typer.BadParameter(_("--reason needs a text"))
    folder = open_folder(context)
    given = StopRequest(folder.people.meant(contact), letter, reason.strip())
    with the_journal(context, folder) as journal:
        event = record_stop(folder, journal, given, the_recorder(folder.campaign.author))
    _say(event, event.at)


def note(
    context: typer.Context,
    contact: ContactId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to remember.")],
) -> None:
    """Note something about a contact, as in: outreach note maire-lyon "the office called"."""
    from outreach.journal.recording.answer import record_note

    if not text.strip():
        raise typer.BadParameter(_("the note is empty"))
    folder = open_folder(context)
    named = folder.people.meant(contact)
    with the_journal(context, folder) as journal:
        event = record_note(folder, journal, named, text.strip(), the_recorder(folder.campaign.author))
    _say(event, event.at)


def _say(event: "Event", on: date) -> None:
    words = (event.said, event.contact, event.letter, local(on), f"({event.id[-8:]})")
    say("  ".join(filter(None, words)))


def _question(text: str) -> tuple[str, str]:
    name, equals, reply = text.partition("=")
    if not equals or not reply.strip():
        raise typer.BadParameter(_("--question takes ID=TEXT, not '{text}'", text=text))
    return name.strip(), reply.strip()


def _ask(
    folder: "Folder", history: "History", contact: str, letter: str
) -> tuple[str, datetime, AnswerKind, list[tuple[str, str]], str]:
    """Ask for letter, day, kind and each question's answer, or to whom it was forwarded.

    An empty line leaves a question open. What cannot be is refused at once and asked again, so that no answer
    is typed in vain.
    """
    from outreach.journal.recording.answer import open_questions, sent_letters

    days = sent_letters(history, contact, letter)
    if len(days) > 1:
        letter = ask_one_of(_("Which letter ({letters})", letters=", ".join(days)), days)
    else:
        (letter,) = days
    questions = open_questions(folder, history, contact, letter)

    def past_day(text: str) -> datetime:
        try:
            found = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValueError(_("write YYYY-MM-DD")) from error
        if not days[letter] <= found.date() <= today():
            raise ValueError(_("it must lie between {day}, when it was sent, and today", day=days[letter]))
        return found

    kinds = [kind.value for kind in AnswerKind]
    day = ask_for(_("Day it came (YYYY-MM-DD)"), past_day)
    kind = AnswerKind(ask_one_of(_("Kind ({kinds})", kinds=", ".join(kinds)), kinds))
    if kind is AnswerKind.FORWARDED:
        known = ["", *(one.id for one in folder.people.contacts)]
        return letter, day, kind, [], ask_one_of(_("Forwarded to (contact; empty: not known)"), known)
    replies = []
    for question in questions if kind.has_content else ():
        echo(f"\n{question.number}. {question.text}")
        reply = ask(_("Answer (empty: none yet)"))
        if reply:
            replies.append((question.id, reply))
    return letter, day, kind, replies, ""
