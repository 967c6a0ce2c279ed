"""Turn what Typer says of itself, help and usage errors, into the user's language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption

from outreach import language
from outreach.cli.options import Choice
from outreach.cli.output import is_json, print_problems
from outreach.errors import Problem
from outreach.language import N_, _

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter
    from typer._click.exceptions import UsageError
else:  # Click's classes, which Typer carries under a private name
    Context = TyperGroup.context_class
    HelpFormatter = Context.formatter_class
    UsageError = typer.BadParameter.__mro__[1]

_OF_COMMAND = ("help", "short_help", "epilog", "rich_help_panel", "subcommand_metavar")
_OF_PARAMETER = ("help", "metavar", "rich_help_panel")
_NO_TYPE = {"display_type_rich": lambda **_context: ""}
"""What an argument shows of its type in help."""
_USAGE = (
    (
        r"No such option: (?P<name>\S+) \(Possible options: (?P<near>.*)\)",
        N_("no option {name}; did you mean {near}?"),
    ),
    (r"No such option: (?P<name>\S+)", N_("no option {name}")),
    (
        r"No such command '(?P<name>.*?)'\.? Did you mean (?P<near>.*)\?",
        N_("no command {name}; did you mean {near}?"),
    ),
    (r"No such command '(?P<name>.*?)'\.?", N_("no command {name}")),
    (r"Missing command\.?", N_("no command is given")),
    (r"Missing argument '(?P<name>.*)'\.?", N_("{name} is missing")),
    (
        r"Missing option '(?P<name>[^']*)'\.? *Choose from:(?P<known>.*)",
        N_("the option {name} is missing; write one of {known}"),
    ),
    (r"Missing option '(?P<name>[^']*)'\.?", N_("the option {name} is missing")),
    (
        r"Got unexpected extra arguments?(?:\(s\))? \((?P<words>.*)\)",
        N_("this is one word too many: {words}"),
    ),
    (r"Option '(?P<name>.*)' requires an argument\.?", N_("the option {name} needs a value")),
    (r"Option '(?P<name>.*)' does not take a value\.?", N_("the option {name} takes no value")),
    (r"Invalid value: (?P<rest>.*)", N_("wrong value: {rest}")),
    (r"Invalid value for (?P<name>.*?): (?P<rest>.*)", N_("wrong value for {name}: {rest}")),
)
"""What Click says, as a whole, and what is said instead."""
_VALUES = (
    (
        r"(?:Value error, )?'(?P<value>.*)' does not match the formats? .*",
        N_("'{value}' is no date; write YYYY-MM-DD"),
    ),
    (
        r"(?:Value error, )?'(?P<value>.*)' is not one of (?P<known>.*?)\.?",
        N_("'{value}' is not one of {known}"),
    ),
    (r"Input should be a valid (?:integer|number).*", N_("write a number")),
    (r"Input should be greater than or equal to (?P<least>.*)", N_("{least} at least")),
    (r"Input should be less than or equal to (?P<most>.*)", N_("{most} at most")),
)
"""What is wrong with a value, at the end of such a message."""


class LocalFormatter(HelpFormatter):
    """Writes the usage line with its first word in the user's language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line."""
        super().write_usage(prog, args, prefix or _("Usage: "))


class LocalContext(Context):
    """Shows help whose headings are in the user's language."""

    formatter_class = LocalFormatter

    def get_help(self) -> str:
        """Return the help page; Typer prints it itself."""
        _translate_headings()
        return super().get_help()


def language_in(words: Sequence[str]) -> str:
    """Return the language that a command line asks for; empty where it asks for none that there is."""
    before = list(takewhile(lambda word: word != "--", words))
    named = [
        after if word == "--lang" else word.partition("=")[2]
        for word, after in zip_longest(before, before[1:], fillvalue="")
        if word == "--lang" or word.startswith("--lang=")
    ]
    return named[-1] if named and named[-1] in language.LANGUAGES else ""


def texts_of(command: "Command") -> Iterator[tuple[object, str, str]]:
    """Yield owner, attribute and text of all that help shows of a command and its subcommands.

    One of several words, as in pdf|docx, is typed as it is, whatever the language.
    """
    for one in commands_in(command):
        owners: list[tuple[object, tuple[str, ...]]] = [(one, _OF_COMMAND)]
        owners += [(param, _OF_PARAMETER) for param in _parameters(one)]
        for owner, names in owners:
            for name in names:
                text = getattr(owner, name, None)
                if text and isinstance(text, str) and "|" not in text:
                    yield owner, name, text


def localise(command: "Command") -> None:
    """Translate the texts of a command, its options and its subcommands, before any of them is shown."""
    for one in commands_in(command):
        one.context_class = LocalContext
        for param in _parameters(one):
            if isinstance(param, TyperOption) and param.is_flag and param.metavar is None:
                param.metavar = ""  # that a flag is a "bool" tells nobody anything
            elif isinstance(param, TyperOption) and isinstance(param.metavar, Choice):
                param.help = f"{_(param.help or '')} {', '.join(param.metavar.said)}."
            elif isinstance(param, TyperArgument):
                vars(param).update(_NO_TYPE)  # nor that a name is a "str"
    for owner, name, text in texts_of(command):
        setattr(owner, name, _(text))


def subcommands(command: "Command") -> Mapping[str, "Command"]:
    """Return the commands below a group by their names; none below a single command."""
    return command.commands if isinstance(command, TyperGroup) else {}


def commands_in(command: "Command") -> Iterator["Command"]:
    """Yield a command and all that are below it."""
    yield command
    for inner in subcommands(command).values():
        yield from commands_in(inner)


def _parameters(command: "Command") -> list[object]:
    own_help = command.get_help_option(LocalContext(command, help_option_names=["-h", "--help"]))
    return [*command.params, own_help]


@contextmanager
def local_usage() -> Iterator[None]:
    """Let usage errors speak the user's language, and say what would do; with --json, as an object."""
    try:
        yield
    except UsageError as error:
        _translate_headings()
        message = error.format_message()
        rephrased = _rephrased(message, _USAGE)
        if is_json():
            print_problems([Problem("", 0, rephrased, code="usage")], err=True)
            raise typer.Exit(error.exit_code) from error
        if rephrased == message:
            raise
        raise UsageError(rephrased, error.ctx) from error
    except typer.Abort:  # nobody answered
        _translate_headings()
        raise


def _rephrased(message: str, patterns: Sequence[tuple[str, str]]) -> str:
    for pattern, form in patterns:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            values = {name: re.sub(r"[ \n]+", " ", text) for name, text in found.groupdict().items()}
            if "rest" in values:
                values["rest"] = _rephrased(values["rest"], _VALUES)
            return _(form, **values)
    return message


def _translate_headings() -> None:
    """Set the words that Typer puts around help and errors."""
    from typer import rich_utils

    for name, text in (
        ("DEFAULT_STRING", _("[default: {}]")),
        ("REQUIRED_LONG_STRING", _("[required]")),
        ("ARGUMENTS_PANEL_TITLE", _("Arguments")),
        ("OPTIONS_PANEL_TITLE", _("Options")),
        ("COMMANDS_PANEL_TITLE", _("Commands")),
        ("ERRORS_PANEL_TITLE", _("Error")),
        ("ABORTED_TEXT", _("Aborted.")),
        ("RICH_HELP", _("Try [blue]'{command_path} {help_option}'[/] for help.")),
    ):
        setattr(rich_utils, name, text)
