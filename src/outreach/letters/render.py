"""Fill a template with a recipient's data: in a sandbox, data as literal text, errors with their line."""

import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import jinja2
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup

from outreach.country import civility
from outreach.errors import InputError, OutreachError, Problem, did_you_mean
from outreach.files.toml import read_text
from outreach.language import _
from outreach.letters.letter import Block
from outreach.letters.markdown import BREAK, escape, parse_markdown
from outreach.letters.template import FOLDER, Template
from outreach.letters.typography import NBSP, NNBSP

VARIABLES = (
    "recipient",
    "recipients",
    "sender",
    "date",
    "place",
    "campaign",
    "questions",
    "reply_by",
    "previous",
    "earlier",
    "about",
)

_LOCALES = {"fr": "fr_FR", "en": "en_GB"}
_HEADING = re.compile("(?:\ue000\\d+:\\d+\ue001)* {0,3}#")
_MARK = re.compile("\ue000(\\d+):(\\d+)\ue001")
_HINT = "; "
"""Between message and hint where only one text can be carried."""
_RUNTIME_ERRORS = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)


class Fields:
    """Named values for templates. An empty value is false in a condition and an error where it is printed."""

    def __init__(self, name: str, values: Mapping[str, object]) -> None:
        self._name = name
        self._values = values

    def __getattr__(self, key: str) -> object:
        if key.startswith("_"):
            raise AttributeError(key)
        try:
            return self[key]
        except KeyError:
            raise AttributeError(key) from None

    def __getitem__(self, key: str) -> object:
        value = self._values[key]
        if isinstance(value, EmptyField):
            return value
        if value is None or value in ("", (), []):
            return EmptyField(_("{field} is empty", field=f"{self._name}.{key}"), name=key)
        return value

    def __str__(self) -> str:
        raise jinja2.TemplateRuntimeError(
            said(_("{name} has several fields", name=self._name), _("say which"))
        )

    def __iter__(self) -> Iterator[object]:
        message = _("{name} is one, not a list", name=self._name)
        raise jinja2.TemplateRuntimeError(said(message, _("loop over recipients or questions")))

    def _full_names(self, key: str) -> tuple[str, list[str]]:
        """Return a name and all known ones as templates write them."""
        return f"{self._name}.{key}", [f"{self._name}.{known}" for known in self._values]


class EmptyField(jinja2.Undefined):
    """A known field without a value, or without one value: may be tested, may not be printed."""

    __str__ = jinja2.StrictUndefined.__str__

    def __eq__(self, other: object) -> bool:
        return other is None or other == "" or isinstance(other, EmptyField)

    def __hash__(self) -> int:
        return hash("")


def differing_field(name: str, key: str) -> EmptyField:
    """Return what stands for a field that differs between the recipients of one letter."""
    message = _("{field} differs between the recipients", field=f"{name}.{key}")
    loop = "{% for one in recipients %}{{ one." + key + " }}"
    return EmptyField(said(message, _("write {loop}", loop=loop)), name=key)


class MissingField(jinja2.StrictUndefined):
    """An unknown name, whose error says which names are known."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name = str(self._undefined_name)
        owner = self._undefined_obj
        if isinstance(owner, Fields):
            full, known = owner._full_names(name)  # noqa: SLF001  (a public name would hide a field's)
            return said(_("unknown field {field}", field=full), did_you_mean(full, known))
        if owner is not missing:
            return _("'{name}' is not known of {owner!r:.30}", name=name, owner=owner)
        return said(_("unknown name '{name}'", name=name), did_you_mean(name, VARIABLES))


def said(message: str, hint: str) -> str:
    """Return what Jinja carries to `_Translated`, which takes it apart again."""
    return f"{message}{_HINT}{hint}" if hint else message


class _LineMarks(Extension):
    """Put a mark at the start of each line of template text, so that rendered lines know their origin."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        files: list[str] = self.environment.marked_files  # type: ignore[attr-defined]  # set below
        name = stream.name or ""
        if name not in files:
            files.append(name)
        number = files.index(name)
        for token in stream:
            if token.type != "data":
                yield token
                continue
            first, *rest = str(token.value).split("\n")
            marked = [
                f"\ue000{number}:{token.lineno + offset}\ue001{line}" for offset, line in enumerate(rest, 1)
            ]
            yield Token(token.lineno, token.type, "\n".join([first, *marked]))


class _Loader(jinja2.BaseLoader):
    """Find templates inside letters/ only."""

    def __init__(self, root: Path, bodies: Mapping[str, str]) -> None:
        self.folder = (root / FOLDER).resolve()
        self.bodies = bodies

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        del environment
        path = (self.folder / template).resolve()
        source = self.bodies.get(template)
        if source is None:
            if not path.is_relative_to(self.folder) or not _is_file(path):
                raise jinja2.TemplateNotFound(template)
            source = read_text(path, f"{FOLDER}/{template}")
        return source, f"{FOLDER}/{template}", lambda: True


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


@dataclass(slots=True)
class Renderer:
    """The campaign's templates, compiled once each."""

    root: Path
    templates: Iterable[Template]
    _environments: dict[str, jinja2.Environment] = field(default_factory=dict)
    _lines: dict[tuple[str, str], jinja2.Template] = field(default_factory=dict)
    """By language and source."""

    def body(self, template: Template, context: Mapping[str, object]) -> tuple[Block, ...]:
        """Return the letter's blocks, before typography.

        Raises:
            InputError: a fault of the template for this recipient, with path and line.
        """
        environment = self._environment(template.language)
        with _Translated(template, environment):
            text = environment.get_template(f"{template.name}.md").render(context)
        clean, places = _unmarked(_with_breaks(text), environment.marked_files)  # type: ignore[attr-defined]  # set below
        blocks, faults = parse_markdown(clean)
        if faults:
            hint = _("use paragraphs, headings, bold, italic, lists, quotes, links and \\newpage")
            raise InputError(
                *(
                    Problem(*places[line - 1], _("{what} cannot stand in a letter", what=what), hint)
                    for line, what in faults
                )
            )
        return blocks

    def line(self, template: Template, key: str, source: str, context: Mapping[str, object]) -> str:
        """Return a text of the front matter, under that key, as plain text; raises as `body`."""
        environment = self._environment(template.language)
        with _Translated(template, environment, template.lines.get(key, 0)):
            known = (template.language, source)
            if known not in self._lines:
                plain = environment.overlay(finalize=_plain, autoescape=False)
                # On one line, so that no mark of a further one gets into it.
                self._lines[known] = plain.from_string(" ".join(source.split()))
            return self._lines[known].render(context).strip()

    def _environment(self, language: str) -> jinja2.Environment:
        if language not in self._environments:
            bodies = {f"{template.name}.md": template.body for template in self.templates}
            environment = ImmutableSandboxedEnvironment(
                loader=_Loader(self.root, bodies),
                undefined=MissingField,
                autoescape=True,
                finalize=_literal,
                extensions=[_LineMarks],
                trim_blocks=True,
                lstrip_blocks=True,
                auto_reload=False,
                keep_trailing_newline=True,
            )
            environment.marked_files = []  # type: ignore[attr-defined]  # names of the files that the marks number
            environment.filters.update(_filters(language))
            self._environments[language] = environment
        return self._environments[language]


def _with_breaks(text: str) -> str:
    """Turn the line ends of printed data into Markdown's line breaks, in a heading into blanks."""
    lines = (
        line.replace(BREAK, " " if _HEADING.match(line) else "\\\n") if BREAK in line else line
        for line in text.split("\n")
    )
    return "\n".join(lines)


def _unmarked(text: str, files: list[str]) -> tuple[str, list[tuple[str, int]]]:
    """Return the text without its marks, and for each line the path and line of its template."""
    places: list[tuple[str, int]] = []
    place = ("", 0)
    lines = text.split("\n")
    for line in lines:
        marks = _MARK.findall(line)
        if marks:
            place = (f"{FOLDER}/{files[int(marks[-1][0])]}", int(marks[-1][1]))
        places.append(place)
    return _MARK.sub("", text), places


def _literal(value: object) -> object:
    """Return what `{{ }}` prints: data as literal text, the template's own Markdown as it is."""
    return value if isinstance(value, Markup) else Markup(escape(_plain(value)))  # noqa: S704  (Markdown, not HTML)


def _plain(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_plain, value))
    if isinstance(value, jinja2.Undefined):
        return str(value)  # raises, and says what is missing
    if value is None:
        raise jinja2.TemplateRuntimeError(
            said(_("there is nothing to print here"), _("test it with {% if %} first"))
        )
    if isinstance(value, bool) or not isinstance(value, (str, int, float, date, Fields)):
        message = _("a {kind} cannot be printed", kind=type(value).__name__)
        raise jinja2.TemplateRuntimeError(said(message, _("print a text, number or date")))
    return str(value)


class _Translated:
    """Turn whatever a template raises into an InputError with its path and line."""

    def __init__(self, template: Template, environment: jinja2.Environment, line: int | None = None) -> None:
        self.template = template
        self.environment = environment
        self.line = line

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OutreachError) or not isinstance(error, _RUNTIME_ERRORS):
            return
        path, line = self._place(error)
        message, _separator, hint = self._words(error).partition(_HINT)
        raise InputError(Problem(path, line, message, hint)) from error

    def _place(self, error: BaseException) -> tuple[str, int]:
        if self.line is not None:
            return self.template.path, self.line
        if isinstance(error, jinja2.TemplateSyntaxError):
            return f"{FOLDER}/{error.name}" if error.name else self.template.path, error.lineno
        frames = [
            (frame.f_code.co_filename, line)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_filename.startswith(f"{FOLDER}/")
        ]
        return frames[-1] if frames else (self.template.path, 0)

    def _words(self, error: BaseException) -> str:
        if isinstance(error, jinja2.TemplateNotFound):
            names = [path.name for path in sorted((self.environment.loader.folder).glob("*.md"))]  # type: ignore[union-attr]
            message = _("no file '{name}' in {folder}/", name=error.name, folder=FOLDER)
            return said(message, did_you_mean(str(error.name), names))
        text = str(getattr(error, "message", None) or error).rstrip(".")
        unknown = re.match(r"No filter named '(\w+)'", text)
        if unknown:
            message = _("unknown filter '{name}'", name=unknown[1])
            return said(message, did_you_mean(unknown[1], list(self.environment.filters)))
        if isinstance(error, jinja2.TemplateSyntaxError):
            hint = _("check the braces and the end tags")
            return said(_("template syntax: {message}", message=text), hint)
        return text if isinstance(error, jinja2.TemplateError) else _("template: {message}", message=text)


def _filters(language: str) -> dict[str, Callable[..., Any]]:
    def agree(recipient: object, *forms: str) -> str:
        if not isinstance(recipient, Fields) or len(forms) not in (3, 4):
            hint = _('write recipient | agree("élu", "élue", "élu·e", "élus")')
            raise jinja2.TemplateRuntimeError(
                said(_("agree needs a recipient and three or four forms"), hint)
            )
        gender = str(recipient._values.get("gender"))  # noqa: SLF001  (empty is a form of its own here)
        if gender == "group" and len(forms) == 3:  # noqa: PLR2004  (the three before the plural)
            message = _("agree needs a fourth form for several recipients")
            raise jinja2.TemplateRuntimeError(said(message, _("add the plural")))
        masculine, feminine, neutral, *plural = forms
        return civility.agree(gender, masculine, feminine, neutral, "".join(plural))

    def long_date(value: date) -> str:
        from babel.dates import format_date

        if isinstance(value, jinja2.Undefined):
            return str(value)  # raises, and says what is missing
        if not isinstance(value, date):
            raise jinja2.TemplateRuntimeError(
                said(_("long_date needs a date"), _("it got {value!r:.30}", value=value))
            )
        text = str(format_date(value, "long", locale=_LOCALES[language]))
        return re.sub("^1 ", "1er ", text) if language == "fr" else text

    def number(value: object) -> str:
        from babel.numbers import format_decimal

        if isinstance(value, jinja2.Undefined):
            return str(value)  # raises, and says what is missing
        return str(format_decimal(_amount(value), locale=_LOCALES[language])).replace(NBSP, NNBSP)

    return {
        "agree": agree,
        "de": lambda name: civility.of(str(name)),
        "long_date": long_date,
        "number": number,
        "euros": lambda value: f"{number(value)}{NBSP}€" if language == "fr" else f"€{number(value)}",
        "markdown": lambda text: Markup(str(text)),  # noqa: S704  (Markdown, not HTML)
    }


def _amount(value: object) -> Decimal:
    """Return a number, or the one that a text such as "12 500,5" from a table stands for."""
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        with suppress(InvalidOperation):
            return Decimal("".join(str(value).split()).replace(",", "."))
    hint = _("they got {value!r:.30}", value=value)
    raise jinja2.TemplateRuntimeError(said(_("number and euros need a number"), hint))


def long_date(day: date, language: str) -> str:
    """Return the day written out, as in "30 novembre 2024"."""
    return str(_filters(language)["long_date"](day))
