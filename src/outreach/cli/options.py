"""Options and reading that several commands share."""

import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date, datetime, timezone
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from typer.models import OptionInfo

from outreach.campaign.paths import FORGETTING, LOCK, find_root, outward_links
from outreach.cli import completion
from outreach.cli.output import echo, print_problems, speak_json, visible
from outreach.errors import BusyError, InputError, OutreachError, Problem
from outreach.language import Word, _

if TYPE_CHECKING:
    from typing_extensions import Self

    from outreach.journal.journal import Journal
    from outreach.journal.recording.recorder import Recorder
    from outreach.letters.folder import Folder
    from outreach.upkeep.forget import Change

_Answer = TypeVar("_Answer")
_Word = TypeVar("_Word", bound=Word)

ROOT = "outreach.root"
"""In a context's `meta`, the campaign folder once it was found and looked through."""
JSON = "outreach.json"
"""In a context's `meta`, whether JSON is asked for."""
ALONE = "outreach.alone"
"""In a context's `meta` while its command holds the campaign's lock."""


def day_option(name: str, text: str) -> OptionInfo:
    """Return an option that takes a day."""
    option: OptionInfo = typer.Option(
        name, formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", callback=_near, help=text
    )
    return option


def _near(value: datetime | None) -> datetime | None:
    """Refuse a day that no time limit can be reckoned from."""
    from outreach.files.toml import YEARS

    if value and value.year not in YEARS:
        message = _("{day} is no day of a letter", day=value.date())
        raise InputError(Problem("", 0, message, _("give one from 1900 to 2199"), code="bad-date"))
    return value


CHOICE = "Which of them"
"""Heading of the options that choose, in the help of commands with many."""
MAILING = "Labels, envelopes, registered mail"
FILES = "Files"

To = Annotated[
    list[str] | None,
    typer.Option(
        "--to",
        metavar="SELECTOR",
        rich_help_panel=CHOICE,
        autocompletion=completion.selectors,
        help="ID, role:R, tag:T, commune:C, department:D, region:C, country:C, has:email, field:NAME=VALUE,"
        " status:S, outcome:O, due or all; a comma means and, a repeated option means or.",
    ),
]
Not = Annotated[
    list[str] | None,
    typer.Option(
        "--not",
        metavar="SELECTOR",
        rich_help_panel=CHOICE,
        autocompletion=completion.selectors,
        help="Leave these out.",
    ),
]
Again = Annotated[
    bool, typer.Option("--again", rich_help_panel=CHOICE, help="Who was sent the letter already too.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
WithAnswered = Annotated[
    bool, typer.Option("--with-answered", rich_help_panel=CHOICE, help="Who has answered meanwhile too.")
]
WithFormer = Annotated[
    bool,
    typer.Option(
        "--with-former", rich_help_panel=CHOICE, help="Who is not in office on the letter's date too."
    ),
]
EVERYWHERE = "For every command, before or after its name"
"""Heading of the options that all commands have."""


def _wants_json(context: typer.Context, value: bool) -> bool:  # noqa: FBT001  (Typer's callback form)
    """Tell whether JSON is asked for, here or before."""
    context.meta[JSON] = value or context.meta.get(JSON, False)
    if value:
        speak_json(is_json=True)
    return bool(context.meta[JSON])


Json = Annotated[
    bool,
    typer.Option(
        "--json",
        callback=_wants_json,
        rich_help_panel=EVERYWHERE,
        help="Print one JSON array and nothing else on stdout; an object for each error on stderr.",
    ),
]
Day = Annotated[
    datetime | None,
    day_option("--date", "The letters' date."),
]


On = Annotated[
    datetime,
    day_option("--on", "The day on which it happened."),
]
Replace = Annotated[
    bool, typer.Option("--force", help="Replace a file that is there; it is kept as FILE.bak.")
]
LetterName = Annotated[
    str,
    typer.Option(
        "--letter",
        metavar="NAME",
        autocompletion=completion.letters,
        help="The letter; needed where several were sent to the contact.",
    ),
]
OnlyLetter = Annotated[
    str,
    typer.Option("--letter", metavar="NAME", autocompletion=completion.letters, help="Only this letter."),
]
Letters = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="LETTER",
        autocompletion=completion.letters,
        help="Names; by default all that open a correspondence.",
    ),
]
ContactId = Annotated[
    str,
    typer.Argument(metavar="CONTACT", autocompletion=completion.contacts, help="The contact's id or name."),
]
All = Annotated[bool, typer.Option("--all", help="Every row, however many there are.")]


def campaign_root(context: typer.Context) -> Path:
    """Return the campaign folder that the command line names, else the nearest one.

    Raises:
        InputError: there is none, or links in it lead out of it; all of them.
        WorldError: a folder cannot be read.
    """
    if ROOT not in context.meta:  # looked through once a command, however often it is asked for
        named: Path | None = context.obj
        root = find_root(named.resolve(), upward=False) if named else find_root(Path.cwd().resolve())
        outward = outward_links(root)
        if outward:
            raise InputError(*outward)
        context.meta[ROOT] = root
    found: Path = context.meta[ROOT]
    return found


@contextmanager
def the_journal(
    context: typer.Context, folder: "Folder | None" = None, *, is_read: bool = False
) -> Iterator["Journal"]:
    """Open the journal of a folder that was read, or else whatever is wrong with the rest of the campaign."""
    from outreach.campaign.settings import load_campaign
    from outreach.country.country import DEFAULT, load_country
    from outreach.journal.journal import open_journal

    root = folder.campaign.root if folder else campaign_root(context)
    try:
        country = folder.campaign.country if folder else load_campaign(root)[0].country
    except InputError:
        country = load_country(DEFAULT)
    with open_journal(root, country, is_read=is_read) as journal:
        yield journal


def open_folder(context: typer.Context) -> "Folder":
    """Read the campaign folder that the command line names; a forgetting that was cut off is finished."""
    from outreach.letters.folder import load_folder

    root = campaign_root(context)
    folder = load_folder(root)
    is_cut_off = (root / FORGETTING).is_file() and _finish_forgetting(context, folder)
    return load_folder(root) if is_cut_off else folder


def _finish_forgetting(context: typer.Context, folder: "Folder") -> bool:
    """Finish what was cut off, as far as it can be, and say so; tell whether files may have changed."""
    from outreach.files.lock import alone
    from outreach.upkeep.forget import finish_forgetting

    lock = (
        nullcontext()
        if ALONE in context.meta
        else alone(folder.campaign.root / LOCK, context.command_path, 0)
    )
    try:
        with lock:
            changes = finish_forgetting(folder, folder.campaign.out)
    except BusyError:  # it is not cut off: it is going on just now
        return False
    except OutreachError as error:
        print_problems([replace(problem, severity="warning") for problem in error.problems], err=True)
        echo(_("an interrupted `contacts forget` is not finished yet"), err=True)
        return True
    print_changes(changes, err=True)
    if changes:
        echo(_("an interrupted `contacts forget` is finished"), err=True)
    return bool(changes)


def print_changes(changes: "Iterable[Change]", *, err: bool) -> None:
    """Say what became of each file that named somebody who is forgotten."""
    for change in changes:
        echo(
            _("deleted  {path}", path=change.path)
            if change.is_deletion
            else _("changed  {path}", path=change.path),
            err=err,
        )


def day(value: datetime | None) -> date | None:
    """Return the date of an option."""
    return value.date() if value else None


def the_recorder(author: str) -> "Recorder":
    """Return who records, and when."""
    from outreach.journal.recording.recorder import Recorder, author_name

    return Recorder(author_name(author), datetime.now(timezone.utc), today())


def ask(question: str) -> str:
    """Ask for a text, which may be empty."""
    return str(
        typer.prompt(visible(question), default="", show_default=False, prompt_suffix=_(": "), err=True)
    ).strip()


def ask_for(question: str, read: Callable[[str], _Answer]) -> _Answer:
    """Ask until the answer can be read; `read` raises a ValueError that says what would do."""
    while True:
        try:
            return read(ask(question))
        except ValueError as error:
            echo(str(error), err=True)


def ask_one_of(question: str, words: Collection[str]) -> str:
    """Ask until one of the words is given."""

    def known(text: str) -> str:
        if text not in words:
            raise ValueError(_("write one of {words}", words=", ".join(words)))
        return text

    return ask_for(question, known)


def ask_word(question: str, words: type[_Word]) -> _Word:
    """Show the words of a closed list with numbers, and ask until one is given by number or name."""
    return ask_for(_with_numbers(question, words), lambda text: _word_typed(words, text))


def ask_word_or_none(question: str, words: type[_Word]) -> _Word | None:
    """Ask likewise; an empty answer is none of them."""
    return ask_for(_with_numbers(question, words), lambda text: _word_typed(words, text) if text else None)


def _with_numbers(question: str, words: type[Word]) -> str:
    shown = ", ".join(f"{number} {word.said}" for number, word in enumerate(words, start=1))
    return f"{question} ({shown})"


def _word_typed(words: type[_Word], text: str) -> _Word:
    """Return the word of a number or a name; raise a ValueError that says what would do."""
    numbered = list(words)
    if text.isdecimal() and 0 < int(text) <= len(numbered):
        return numbered[int(text) - 1]
    found = words.typed(text) if text else None
    if found is None:
        raise ValueError(_("write a number from 1 to {most}, or the word", most=len(numbered)))
    return found


def words_of(choice: type[Enum]) -> str:
    """Return what help shows of an option that takes one of several words."""
    return "|".join(str(member.value) for member in choice)


class Choice(str):
    """Stands in help for a word of a closed list; the words are named behind the option's text."""

    __slots__ = ("words",)
    words: type[Word]

    def __new__(cls, words: type[Word]) -> "Self":
        """Make it of those words."""
        made = super().__new__(cls, "WORD")
        made.words = words
        return made

    @property
    def said(self) -> list[str]:
        """The words as the user's language has them, each as it is typed without quotes."""
        return [word.unquoted for word in self.words]


def word_option(words: type[Word], name: str, text: str) -> OptionInfo:
    """Return an option that takes a word of a closed list, as it is stored or in any of the languages."""
    choice = Choice(words)

    def read(given: str) -> Word:
        found = words.typed(given)
        if found is None:
            known = ", ".join(choice.said)
            raise typer.BadParameter(_("'{value}' is not one of {known}", value=given, known=known))
        return found

    def complete(incomplete: str) -> list[str]:
        return [word for word in choice.said if word.startswith(incomplete)]

    option: OptionInfo = typer.Option(name, parser=read, metavar=choice, autocompletion=complete, help=text)
    return option


def options_of(selectors: Collection[str], unwanted: Collection[str] = ()) -> str:
    """Return how the same recipients are chosen again, as ` --to role:mayor --not tag:x`; empty for all."""
    chosen = [("--to", text) for text in selectors] + [("--not", text) for text in unwanted]
    return "".join(f' {option} "{text}"' if " " in text else f" {option} {text}" for option, text in chosen)


def one_of(words: Collection[str]) -> Callable[[str], str]:
    """Return what reads an option that takes one of several words which are a table's keys."""

    def read(text: str) -> str:
        if text not in words:
            known = ", ".join(f"'{word}'" for word in words)
            raise typer.BadParameter(_("'{value}' is not one of {known}", value=text, known=known))
        return text

    return read


def dates_on(folder: "Folder", given: datetime | None) -> date:
    """Return the letters' date: the one given, else the campaign's, else today."""
    return folder.letters_date(day(given), today())


def confirm(question: str) -> bool:
    """Ask for yes or no, in any of the languages; an empty answer is no."""

    def is_yes(text: str) -> bool:
        if text.casefold() not in ("y", "yes", "o", "oui", "n", "no", "non", ""):
            raise ValueError(_("answer y or n"))
        return text.casefold() in ("y", "yes", "o", "oui")

    return ask_for(_("{question} [y/N]", question=question), is_yes)


def ask_secret(question: str) -> str:
    """Ask for a text that is not shown while it is typed; it may be empty."""
    return str(
        typer.prompt(
            visible(question),
            default="",
            show_default=False,
            hide_input=True,
            prompt_suffix=_(": "),
            err=True,
        )
    )


def is_terminal() -> bool:
    """Tell whether somebody can be asked."""
    return sys.stdin.isatty()


def today() -> date:
    """Return the day of the run, by the local calendar; the only look at the clock."""
    return datetime.now().astimezone().date()
