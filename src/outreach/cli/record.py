"""Commands that write the journal: sent, received, answer, extend, stop, note."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from outreach.cli import completion
from outreach.cli.journal_views import event_record
from outreach.cli.options import (
    ContactId,
    Json,
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
    ask_word,
    ask_word_or_none,
    day,
    day_option,
    is_terminal,
    open_folder,
    the_journal,
    the_recorder,
    today,
    word_option,
)
from outreach.cli.output import echo, is_json, print_problems, say, show_records
from outreach.journal.words import AnswerKind, Channel, Position, Proof
from outreach.language import _, local, said

if TYPE_CHECKING:
    from outreach.journal.event import Event
    from outreach.journal.history import History
    from outreach.journal.journal import Journal
    from outreach.journal.recording.answer import AnswerRequest
    from outreach.letters.folder import Folder
    from outreach.letters.questions import Question


Files = Annotated[
    list[Path] | None, typer.Option("--file", metavar="F", help="A file to keep; may be repeated.")
]

_AHEAD = 60
"""Calendar days within which the first step after a letter comes."""


def sent(
    context: typer.Context,
    letters: Annotated[
        list[str],
        typer.Argument(metavar="LETTER", autocompletion=completion.letters, help="The letters' names."),
    ],
    on: On,
    via: Annotated[Channel, word_option(Channel, "--via", "How they went.")],
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
    as_json: Json = False,
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
    if as_json:
        show_records(map(event_record, events))
    say("\n".join(lines), is_asked=dry_run)
    print_problems(warnings, err=True)
    if dry_run:
        say(_("dry run: nothing was recorded"), err=True)
    else:
        hint = _(
            "next: outreach due --within {days}, for what comes; outreach answer NAME, for an answer",
            days=_AHEAD,
        )
        say(hint, err=True)


def received(
    context: typer.Context,
    contact: ContactId,
    on: On,
    proof: Annotated[Proof, word_option(Proof, "--proof", "What shows it.")],
    letter: LetterName = "",
    file: Files = None,
    as_json: Json = False,
) -> None:
    """Record that a letter arrived: outreach received maire-lyon --on 2024-12-04 --proof delivery."""
    from outreach.journal.recording.answer import ReceiptRequest, record_receipt

    folder = open_folder(context)
    receipt = ReceiptRequest(folder.people.meant(contact), letter, on.date(), proof, tuple(file or ()))
    with the_journal(context, folder) as journal:
        events = record_receipt(folder, journal, receipt, the_recorder(folder.campaign.author))
    _say(*events, as_json=as_json)


def answer(
    context: typer.Context,
    contact: ContactId,
    on: Annotated[
        datetime | None,
        day_option("--on", "The day on which it came."),
    ] = None,
    kind: Annotated[AnswerKind | None, word_option(AnswerKind, "--kind", "What kind of answer.")] = None,
    letter: LetterName = "",
    question: Annotated[
        list[str] | None, typer.Option(metavar="ID=TEXT", help="A question's answer; may be repeated.")
    ] = None,
    position: Annotated[
        Position | None, word_option(Position, "--position", "The position it takes; needs --source.")
    ] = None,
    source: Annotated[str, typer.Option(metavar="S", help="The public source: letter, vote, press.")] = "",
    file: Files = None,
    note: Annotated[str, typer.Option(metavar="T", help="A remark.")] = "",
    forwarded_to: Annotated[str, typer.Option(metavar="CONTACT", help="To whom it was forwarded.")] = "",
    dated: Annotated[datetime | None, day_option("--dated", "The answer's own date.")] = None,
    message: Annotated[
        int, typer.Option("--message", metavar="N", help="The e-mail in the tray that says it.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Record an answer; without options it asks, question by question: outreach answer maire-lyon."""
    from outreach.journal.recording.answer import AnswerRequest, record_answer

    folder = open_folder(context)
    contact, forwarded_to = folder.people.meant(contact), folder.people.meant(forwarded_to.strip())
    replies = [_question(folder, text) for text in question or ()]
    names = [name for name, _reply in replies]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise typer.BadParameter(_("--question answers '{name}' twice", name=twice))
    with the_journal(context, folder) as journal:
        given = AnswerRequest(
            contact=contact,
            on=day(on) or today(),
            kind=kind or AnswerKind.PARTIAL,
            letter=letter,
            questions=tuple(replies),
            position=position,
            source=source.strip(),
            forwarded_to=forwarded_to,
            files=tuple(file or ()),
            note=note.strip(),
            dated=day(dated),
        )
        if message:
            given = _of_message(folder, journal, given, message, is_day_given=on is not None)
        if kind is None and (on is None or message) and is_terminal():
            given = _ask(folder, journal.history(), given)
        elif kind is None or (on is None and not message):
            raise typer.BadParameter(_("give --on YYYY-MM-DD and --kind KIND"))
        events = record_answer(folder, journal, given, the_recorder(folder.campaign.author))
    _say(*events, as_json=as_json)


def extend(
    context: typer.Context,
    contact: ContactId,
    to: Annotated[datetime, day_option("--to", "The new date.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    letter: LetterName = "",
    as_json: Json = False,
) -> None:
    """Move a letter's next date: outreach extend maire-lyon --to 2025-02-15 --reason "asked for it"."""
    from outreach.journal.recording.answer import ExtensionRequest, record_extension

    if not reason.strip():
        raise typer.BadParameter(_("--reason needs a text"))
    folder = open_folder(context)
    extension = ExtensionRequest(folder.people.meant(contact), letter, to.date(), reason.strip())
    with the_journal(context, folder) as journal:
        event = record_extension(folder, journal, extension, the_recorder(folder.campaign.author))
    _say(event, as_json=as_json)


def stop(
    context: typer.Context,
    contact: ContactId,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    letter: OnlyLetter = "",
    as_json: Json = False,
) -> None:
    """Follow up no more, whatever comes: outreach stop maire-lyon --reason "met, and settled"."""
    from outreach.journal.recording.answer import StopRequest, record_stop

    if not reason.strip():
        raise typer.BadParameter(_("--reason needs a text"))
    folder = open_folder(context)
    given = StopRequest(folder.people.meant(contact), letter, reason.strip())
    with the_journal(context, folder) as journal:
        event = record_stop(folder, journal, given, the_recorder(folder.campaign.author))
    _say(event, as_json=as_json)


def note(
    context: typer.Context,
    contact: ContactId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to remember.")],
    as_json: Json = False,
) -> None:
    """Note something about a contact, as in: outreach note maire-lyon "the office called"."""
    from outreach.journal.recording.answer import record_note

    if not text.strip():
        raise typer.BadParameter(_("the note is empty"))
    folder = open_folder(context)
    named = folder.people.meant(contact)
    with the_journal(context, folder) as journal:
        event = record_note(folder, journal, named, text.strip(), the_recorder(folder.campaign.author))
    _say(event, as_json=as_json)


def _say(*events: "Event", as_json: bool) -> None:
    """Print events that were just recorded."""
    from outreach.journal.event import Extended

    if as_json:
        show_records(map(event_record, events))
    for event in events:
        on = local(event.to if isinstance(event, Extended) else event.at)
        words = (event.said, event.contact, event.letter, on, f"({event.id[-8:]})")
        say("  ".join(filter(None, words)))


def _question(folder: "Folder", text: str) -> tuple[str, str]:
    """Return id and answer of `ID=TEXT`, where the id may be the question's printed number."""
    name, equals, reply = text.partition("=")
    if not equals or not reply.strip():
        raise typer.BadParameter(_("--question takes ID=TEXT, not '{text}'", text=text))
    numbers = {str(question.number): question.id for question in folder.questions}
    return numbers.get(name.strip(), name.strip()), reply.strip()


def _ask(folder: "Folder", history: "History", given: "AnswerRequest") -> "AnswerRequest":
    """Ask for letter, day, kind, each question's answer or to whom it was forwarded, position and files.

    An empty line leaves a question open. What cannot be is refused at once and asked again, so that no answer
    is typed in vain.
    """
    from outreach.journal.recording.answer import open_questions, sent_letters

    days = sent_letters(history, given.contact, given.letter)
    (letter,) = days if len(days) == 1 else (_ask_letter(days),)
    questions = open_questions(folder, history, given.contact, letter)

    def past_day(text: str) -> date:
        try:
            found = date.fromisoformat(text) if text else today()
        except ValueError as error:
            raise ValueError(_("write YYYY-MM-DD")) from error
        if not days[letter] <= found <= today():
            raise ValueError(_("it must lie between {day}, when it was sent, and today", day=days[letter]))
        return found

    is_known = given.mail is not None
    on = given.on if is_known else ask_for(_("Day it came (YYYY-MM-DD; empty: today)"), past_day)
    kind = ask_word(_("Kind"), AnswerKind)
    asked = replace(given, letter=letter, on=on, kind=kind)
    if kind is AnswerKind.FORWARDED:
        known = ["", *(one.id for one in folder.people.contacts)]
        other = ask_one_of(_("Forwarded to (contact; empty: not known)"), known)
        return replace(asked, forwarded_to=given.forwarded_to or other)
    if kind.has_content:
        asked = replace(asked, questions=tuple(_ask_questions(questions)))
        if not given.position:
            asked = replace(asked, **_ask_position())
    return asked if is_known else replace(asked, files=(*given.files, *_ask_files()))


def _of_message(
    folder: "Folder", journal: "Journal", given: "AnswerRequest", number: int, *, is_day_given: bool
) -> "AnswerRequest":
    """Return an answer with day, letter and files of a message in the tray, and show its first lines."""
    from outreach.post.email.tray import contents_of, read_waiting

    one = read_waiting(folder, journal, number)
    echo(f"{one.message.sender}: {one.message.subject}\n{one.message.first_lines}", err=True)
    is_from = one.entry.contact == given.contact
    return replace(
        given,
        on=given.on if is_day_given else one.on or given.on,
        letter=given.letter or (one.entry.letter if is_from else ""),
        mail=one.entry,
        attached=tuple(contents_of(one.message)),
    )


def _ask_letter(days: Collection[str]) -> str:
    return ask_one_of(_("Which letter ({letters})", letters=", ".join(days)), days)


def _ask_questions(questions: "Iterable[Question]") -> "Iterator[tuple[str, str]]":
    for question in questions:
        echo(f"\n{question.number}. {question.text}", err=is_json())
        reply = ask(_("Answer (empty: none yet)"))
        if reply:
            yield question.id, reply


def _ask_position() -> "Mapping[str, Any]":
    """Return position and source; nothing where none is taken, since one is kept only with its source."""
    position = ask_word_or_none(_("Position it takes; empty: none is taken"), Position)
    if position is None or position is Position.NONE:
        return {}

    def some(text: str) -> str:
        if not text:
            raise ValueError(_("a position needs its source"))
        return text

    return {"position": position, "source": ask_for(_("Public source: letter, vote, press"), some)}


def _ask_files() -> "Iterator[Path]":
    """Yield files to keep, one an answer, until one is empty."""

    def there(text: str) -> Path | None:
        path = Path(text.strip("\"'")).expanduser()
        if text and not path.is_file():
            raise ValueError(_("no such file"))
        return path if text else None

    while path := ask_for(_("A file to keep (empty: none, or no more)"), there):
        yield path
