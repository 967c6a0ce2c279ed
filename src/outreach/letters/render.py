"""Fill a template with a recipient's data: in a sandbox, data as literal text, errors with their line."""

import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import jinja2
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from outreach.campaign.paths import EMAIL_TEXT, LETTERS
from outreach.country.country import Country
from outreach.errors import InputError, OutreachError, Problem, did_you_mean
from outreach.files.reading import read_text
from outreach.language import _
from outreach.letters.fields import (
    LASTING,
    UNPRINTABLE,
    Explained,
    Fields,
    MissingField,
    number_hint,
    printable,
    unprintable,
)
from outreach.letters.filters import filters
from outreach.letters.letter import Block
from outreach.letters.markdown import (
    BEGINNING,
    BEGINS_PASSAGE,
    BREAK,
    Before,
    escape,
    parse_markdown,
    parse_passage,
    with_page_breaks,
)
from outreach.letters.passage import without_settings
from outreach.letters.sandbox import Overspent, Sandbox
from outreach.letters.template import Template
from outreach.letters.typography import with_typography

_MARK = re.compile("\ue000(\\d{1,9}):(\\d{1,9})\ue001")
_MARKS = "(?:\ue000\\d+:\\d+\ue001)*"
_HEADING = re.compile(_MARKS + " {0,3}#")
_NO_LINE_END = "\ue003"
"""Stands before a line end that is not printed, since its line holds nothing but tags."""
_AFTER_INCLUDE = "\ue004"
"""Stands before a line end that is printed where the passage before it has not ended with one."""
_FILLER = "\ue005"
"""Stands for each character of a tag where lines are told apart."""
_TAG = re.compile(
    r"""
    \{\#.*?\#\}
    | (?P<raw>\{%[-+]?\s*raw\s*[-+]?%\}) (?P<content>.*?) (?P<endraw>\{%[-+]?\s*endraw\s*[-+]?%\})
    | (?P<print>\{\{ (?: "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | . )*? \}\})
    | \{% (?: "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | . )*? %\}
    """,
    re.DOTALL | re.VERBOSE,
)
_ALONE = re.compile(f"^[ \t]*{_FILLER}[{_FILLER} \t]*(?=\r?\n)", re.MULTILINE)
_END_OF_INCLUDE = re.compile(f"{_AFTER_INCLUDE}\n")
_ONLY_MARKS = re.compile(_MARKS)
_INCLUDE = re.compile(r"\{%[-+]?\s*include\b")
_BETWEEN = re.compile(f"\n{_MARKS}\n{_MARKS}(?={BEGINS_PASSAGE})")
"""What parts two passages of a text that can be read one by one."""
_LINE_ALONE = re.compile(f"(?P<line>{_MARKS}{BEGINS_PASSAGE}.*)\n{_MARKS}\n{_MARKS}")
"""A line that begins a passage, and an empty one."""
_TEXTS, _PASSAGES = 64, 1024
"""Whose blocks are remembered: many letters differ in their address alone, most others in few passages."""
_TEXT_AS_NUMBER = re.compile(
    r"not supported between instances of '(?:str' and '(?:int|float)|(?:int|float)' and 'str)'"
    r"|bad operand type for abs\(\): 'str'|number is required, not str"
)
"""What Python says of a template that does so where it reckons with no operator, as in "12" > 10."""


class _Lines(Extension):
    """Keep lines apart: a line of tags alone leaves none behind, and every other knows where it came from.

    A mark stands at the start of each line of template text once it is rendered.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Put the sign of a line end that goes behind the tags of each line that holds nothing else."""
        mark = UNPRINTABLE.search(source)
        if mark:
            number = source.count("\n", 0, mark.start()) + 1
            raise jinja2.TemplateSyntaxError(unprintable(mark[0]), number, name, filename)
        shape = _TAG.sub(_shape, source)
        parts: list[str] = []
        end = 0
        for line in _ALONE.finditer(shape):
            tags = "".join(source[at] for at in range(*line.span()) if shape[at] == _FILLER)
            parts += [source[end : line.start()], tags]
            if not tags.endswith(("-%}", "-#}")):  # that takes the line end away by itself
                parts.append(_AFTER_INCLUDE if _INCLUDE.search(tags) else _NO_LINE_END)
            end = line.end()
        return "".join([*parts, source[end:]])

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


def _shape(tag: re.Match[str]) -> str:
    """Return what stands for a tag where lines are told apart, of the same length."""
    if tag["print"]:
        return "x" * len(tag[0])
    if tag["raw"]:
        return _FILLER * len(tag["raw"]) + tag["content"] + _FILLER * len(tag["endraw"])
    return _FILLER * len(tag[0])


class _Loader(jinja2.BaseLoader):
    """Find templates inside letters/ only, and the shipped text of e-mails where there is none."""

    def __init__(self, root: Path, bodies: Mapping[str, str], language: str) -> None:
        self.folder = (root / LETTERS).resolve()
        self.bodies = bodies
        self.language = language

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        del environment
        path = (self.folder / template).resolve()
        source = self.bodies.get(template)
        if source is None:
            if template == EMAIL_TEXT and not _is_there(path):
                path = shipped_email(self.language)
            elif not path.is_relative_to(self.folder) or not _is_there(path):
                raise jinja2.TemplateNotFound(template)
            source = without_settings(read_text(path, f"{LETTERS}/{template}"), f"{LETTERS}/{template}")
        return source, f"{LETTERS}/{template}", lambda: True


def shipped_email(language: str) -> Path:
    """Return the text of e-mails that the starter of a language has; the English one where there is none."""
    starters = Path(str(files("outreach"))) / "data" / "starters"
    own = starters / language / LETTERS / EMAIL_TEXT
    return own if own.is_file() else starters / "en" / LETTERS / EMAIL_TEXT


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or that no file can have
        return False


class Renderer:
    """The campaign's templates, compiled once each."""

    def __init__(self, root: Path, country: Country, templates: Iterable[Template]) -> None:
        self._root = root
        self._country = country
        self._bodies = {f"{template.name}.md": template.body for template in templates}
        self._environments: dict[str, Sandbox] = {}
        self._lines: dict[tuple[str, str], jinja2.Template] = {}
        self._text = lru_cache(maxsize=_TEXTS)(self._read_text)
        self._passage = lru_cache(maxsize=_PASSAGES)(self._read_passage)

    def body(self, template: Template, context: Mapping[str, object]) -> tuple[Block, ...]:
        """Return the letter's blocks; those of a passage that came out before are the very same.

        Raises:
            InputError: a fault of the template for this recipient, with path and line.
        """
        return self.passage(template, f"{template.name}.md", context)

    def passage(self, template: Template, name: str, context: Mapping[str, object]) -> tuple[Block, ...]:
        """Return the blocks of a file in letters/ in the language of that letter; raises as `body`."""
        environment = self._environment(template.language)
        environment.lasting = {
            **environment.globals,
            **{key: context[key] for key in LASTING & context.keys()},
        }
        with _Translated(template, environment):
            text = environment.get_template(name).render(context)
        blocks = self._text(template.language, text)
        if blocks is None:
            raise InputError(*_faults(text, environment.marked_files))  # type: ignore[attr-defined]  # set below
        return blocks

    def _read_text(self, language: str, text: str) -> tuple[Block, ...] | None:
        """Return the blocks of a rendered text; None where it has faults, to be told by its lines."""
        blocks: list[Block] = []
        before = BEGINNING
        for passage in _passages(_with_line_ends(text)):
            own, before, is_whole = self._passage(language, passage, before)
            if not is_whole:
                return None
            blocks += own
        return with_page_breaks(blocks)

    def _read_passage(
        self, language: str, text: str, before: Before
    ) -> tuple[tuple[Block, ...], Before, bool]:
        """Return the blocks of a passage, what goes on after it, and whether it has no faults."""
        clean = _MARK.sub("", _with_breaks(text)).rstrip("\n")
        blocks, faults, after = parse_passage(clean, before)
        apply = self._country.language(language).apply_typography
        return with_typography(blocks, apply), after, not (faults or UNPRINTABLE.search(clean))

    def line(self, template: Template, key: str, source: str, context: Mapping[str, object]) -> str:
        """Return a text of the front matter, under that key, as plain text; raises as `body`."""
        environment = self._environment(template.language)
        with _Translated(template, environment, template.lines.get(key, 0)):
            known = (template.language, source)
            if known not in self._lines:
                plain = environment.overlay(
                    finalize=lambda value: _plain(environment.budget.charge(value)), autoescape=False
                )
                # On one line, so that no mark of a further one gets into it.
                self._lines[known] = plain.from_string(" ".join(source.split()))
            return self._lines[known].render(context).strip()

    def _environment(self, language: str) -> Sandbox:
        if language not in self._environments:
            environment: Sandbox = Sandbox(
                loader=_Loader(self._root, self._bodies, language),
                undefined=MissingField,
                autoescape=True,
                finalize=lambda value: _written(value, environment),
                extensions=[_Lines],
                auto_reload=False,
                keep_trailing_newline=True,
            )
            environment.marked_files = []  # type: ignore[attr-defined]  # names of the files that the marks number
            spoken = self._country.language(language)
            names = spoken if spoken.joins_names else self._country.language(self._country.languages[0])
            environment.add_filters(filters(spoken, names))
            self._environments[language] = environment
        return self._environments[language]


def _faults(text: str, files: list[str]) -> list[Problem]:
    """Return what is wrong in a rendered text, with path and line of its template."""
    clean, places = _unmarked(_with_breaks(_with_line_ends(text)), files)
    found = UNPRINTABLE.search(clean)
    if found:
        message = unprintable(found[0])
        place = places[clean.count("\n", 0, found.start())]
        return [Problem(*place, str(message), message.hint, code="unprintable-character")]
    return [
        Problem(
            *places[fault.line - 1],
            _("{what} cannot stand in a letter", what=_(fault.what)),
            _(fault.hint),
            code="markdown-not-read",
        )
        for fault in parse_markdown(clean)[1]
    ]


def _with_line_ends(text: str) -> str:
    """Return the text with the line ends that are printed, and no others."""
    printed = _END_OF_INCLUDE.sub(_without_empty_line, text.replace(f"{_NO_LINE_END}\n", ""))
    return printed.replace(_NO_LINE_END, "").replace(_AFTER_INCLUDE, "")


def _without_empty_line(end: re.Match[str]) -> str:
    """Return the end of a line behind a passage; nothing where that left nothing on the line."""
    start = end.string.rfind("\n", 0, end.start()) + 1
    return "" if _ONLY_MARKS.fullmatch(end.string, start, end.start()) else end[0]


def _passages(text: str) -> Iterator[str]:
    """Yield the parts of a text that can be read one by one; what follows a line that stands alone is one."""
    for passage in _BETWEEN.split(text):
        alone = _LINE_ALONE.match(passage)
        if alone:
            yield alone["line"]
        yield passage[alone.end() :] if alone else passage


def _with_breaks(text: str) -> str:
    """Turn the line ends of printed data into Markdown's line breaks, in a heading into blanks."""
    if BREAK not in text:
        return text
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
        if marks and int(marks[-1][0]) < len(files):
            place = (f"{LETTERS}/{files[int(marks[-1][0])]}", int(marks[-1][1]))
        places.append(place)
    return _MARK.sub("", text), places


def _written(value: object, environment: Sandbox) -> object:
    text = _literal(environment.budget.charge(value))
    environment.budget.write(len(str(text)))
    return text


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
            Explained(
                _("there is nothing to print here"), _("test it with {% if %} first"), code="empty-field"
            )
        )
    if isinstance(value, bool) or not isinstance(value, (str, int, float, date, Fields)):
        message = _("a {kind} cannot be printed", kind=type(value).__name__)
        raise jinja2.TemplateRuntimeError(
            Explained(message, _("print a text, number or date"), code="not-printable")
        )
    return printable(str(value))


class _Translated:
    """Turn whatever a template raises into an InputError with its path and line."""

    def __init__(self, template: Template, environment: Sandbox, line: int | None = None) -> None:
        self.template = template
        self.environment = environment
        self.line = line
        self.overspent = environment.budget.overspent

    def __enter__(self) -> None:
        if self.template.name in self.overspent:  # as it would for each of its recipients
            raise self.overspent[self.template.name]
        self.environment.budget.begin()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OutreachError) or not isinstance(error, Exception):
            return
        path, line = self._place(error)
        message = self._message(error)
        if message.path:
            path, line = message.path, 0
        fault = InputError(Problem(path, line, str(message), message.hint, code=message.code))
        if isinstance(error, Overspent):
            self.overspent[self.template.name] = fault
        raise fault from error

    def _place(self, error: BaseException) -> tuple[str, int]:
        if self.line is not None:
            return self.template.path, self.line
        if isinstance(error, jinja2.TemplateSyntaxError):
            return f"{LETTERS}/{error.name}" if error.name else self.template.path, error.lineno
        frames = [
            (frame.f_code.co_filename, line)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_filename.startswith(f"{LETTERS}/")
        ]
        return frames[-1] if frames else (self.template.path, 0)

    def _message(self, error: BaseException) -> Explained:
        if isinstance(error, jinja2.TemplateNotFound):
            names = [path.name for path in sorted((self.environment.loader.folder).glob("*.md"))]  # type: ignore[union-attr]
            message = _("no file '{name}' in {folder}/", name=error.name, folder=LETTERS)
            return Explained(message, did_you_mean(str(error.name), names), code="missing-file")
        own = getattr(error, "message", None)
        if isinstance(own, Explained):
            return own
        if isinstance(error, RecursionError):
            return Explained(
                _("the template calls itself without end"), _("leave the call out"), code="template-too-large"
            )
        text = str(own or error).rstrip(".")
        unknown = re.match(r"No filter named '(\w+)'", text)
        if unknown:
            message = _("unknown filter '{name}'", name=unknown[1])
            return Explained(
                message, did_you_mean(unknown[1], list(self.environment.filters)), code="unknown-filter"
            )
        return _explained(text or type(error).__name__, error)


def _explained(text: str, error: BaseException) -> Explained:
    """Return what Jinja or Python says of a template, with what to do where that is known."""
    if _TEXT_AS_NUMBER.search(text):
        return Explained(_("a text is used like a number"), number_hint(), code="text-as-number")
    if isinstance(error, jinja2.TemplateSyntaxError):
        hint = _("check the braces and the end tags")
        return Explained(_("template syntax: {message}", message=text), hint, code="template-syntax")
    message = text if isinstance(error, jinja2.TemplateError) else _("template: {message}", message=text)
    return Explained(message, "", code="template-error")
