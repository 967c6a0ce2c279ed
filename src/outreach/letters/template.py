"""Read letters/*.md: TOML front matter between +++ lines, then Markdown with Jinja2."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from outreach.campaign.paths import BUNDLES, EMAIL, LETTERS, PRINT, QUESTIONS
from outreach.errors import InputError, Problem, did_you_mean, is_fatal
from outreach.files.reading import files_in, read_text
from outreach.files.slug import is_slug, slug_hint
from outreach.files.toml import Table, parse
from outreach.language import NP_, Word, _
from outreach.letters.questions import Question, asked

RESERVED = (PRINT, BUNDLES, EMAIL)
"""Folders of out/ that are not a letter's."""

FENCE = "+++"
_HEAVIEST = 10_000
"""Of an enclosure, in grams."""
_LOCATED = ("audience", "subject", "enclosures", "copies", "ps", "your_reference", "annexes", "valid_until")


class LetterKind(Word):
    """What a letter is for."""

    REQUEST = "request", NP_("letter kind", "request")
    DOCUMENTS = "documents", NP_("letter kind", "documents")
    """Asks for administrative documents."""
    REMINDER = "reminder", NP_("letter kind", "reminder")
    REFERRAL = "referral", NP_("letter kind", "referral")
    """To an authority, about somebody else."""
    CORRECTION = "correction", NP_("letter kind", "correction")
    THANKS = "thanks", NP_("letter kind", "thanks")
    NOTICE = "notice", NP_("letter kind", "notice")
    """Tells an administration that an authority was seized."""


OPENING_KINDS = (LetterKind.REQUEST, LetterKind.DOCUMENTS)
"""Kinds of letter that open a case; the others follow one up."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Something that goes into the envelope with the letter."""

    title: str
    """Text with Jinja2, as printed after "P.J."; an empty outcome is not printed."""
    file: str = ""
    """PDF to print after the letter, relative to the campaign folder; empty where it is added by hand."""
    grams: float = 0
    """Of what is added by hand."""


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of letter: its front matter and where its text stands."""

    name: str
    """The file's name without its ending."""
    path: str
    """As in `Problem.path`."""
    title: str
    audience: tuple[str, ...]
    """Selectors, joined by "or"."""
    joint: bool
    """One document for all recipients together."""
    subject: str
    """Text with Jinja2."""
    questions: tuple[Question, ...]
    """Those it may ask, in the campaign's order."""
    enclosures: tuple["Enclosure", ...]
    copies: tuple[str, ...]
    """Texts with Jinja2; one that comes out empty is not printed."""
    postscript: str
    """Likewise, as printed after "P.-S."."""
    your_reference: str
    """Likewise, the recipient's own reference; empty for its field of that name."""
    annexes: tuple[str, ...]
    """Passages that are printed after the letter, each from a new page; file names in letters/."""
    reply_by: date | int | None
    """A day, or calendar days after the letter's own."""
    kind: LetterKind
    valid_until: date | None
    """Last day on which what it says holds, inclusive; None for no end."""
    language: str
    body: str
    """After as many empty lines as the front matter has, so that its lines keep their numbers."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Of the front matter's keys in the file."""

    def reply_date(self, written: date) -> date | None:
        """Return the day by which an answer is asked for, given the letter's day; None for none."""
        return written + timedelta(days=self.reply_by) if isinstance(self.reply_by, int) else self.reply_by


def load_templates(
    root: Path, questions: Sequence[Question], languages: Sequence[str]
) -> tuple[list[Template], list[Problem]]:
    """Read every letter of the campaign, by name; a letter with a fault is left out.

    Args:
        root: The campaign folder.
        questions: The campaign's questions.
        languages: Those that a letter may be in; the first is that of letters that name none.
    """
    templates: list[Template] = []
    problems: list[Problem] = []
    for path in files_in(root / LETTERS, f"{LETTERS}/"):
        if path.name == Path(QUESTIONS).name or path.name.startswith("_"):
            continue
        if path.suffix != ".md":
            shown = path.relative_to(root).as_posix()
            problems.append(
                Problem(
                    shown,
                    0,
                    _("the file is not read"),
                    _("letters end in .md"),
                    "warning",
                    code="file-not-read",
                )
            )
            continue
        faults: list[Problem] = []
        try:
            template = _load(path, path.relative_to(root).as_posix(), questions, languages, faults)
        except InputError as error:
            faults += error.problems
        else:
            if not is_fatal(faults):
                templates.append(template)
        problems += faults
    return templates, problems


def is_letter_name(name: str) -> bool:
    """Tell whether a letter's files can have a folder of that name."""
    return is_slug(name.replace("_", "-"))


def unusable_name(name: str, path: str = "") -> InputError:
    """Return the error of a letter whose files cannot have a folder of its name."""
    message = _("letter name '{name}' is not usable as a folder name", name=name)
    return InputError(Problem(path, 0, message, slug_hint(), code="bad-letter-name"))


def split(text: str, path: str) -> tuple[str, str]:
    """Return the front matter, and the body with its lines in place.

    Raises:
        InputError: the front matter is missing or does not end.
    """
    lines = text.split("\n")
    hint = _("begin the letter with its TOML between two {fence} lines", fence=FENCE)
    if lines[0].strip() != FENCE:
        raise InputError(Problem(path, 1, _("the letter has no front matter"), hint, code="front-matter"))
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == FENCE), 0)
    if not end:
        raise InputError(Problem(path, 1, _("the front matter does not end"), hint, code="front-matter"))
    return "\n".join(lines[1:end]), "\n" * (end + 1) + "\n".join(lines[end + 1 :])


def _load(
    path: Path, shown: str, questions: Sequence[Question], languages: Sequence[str], problems: list[Problem]
) -> Template:
    if path.stem in RESERVED:
        hint = _("give the letter another name")
        raise InputError(
            Problem(
                shown,
                0,
                _("out/{stem}/ is kept for the program's own files", stem=path.stem),
                hint,
                code="bad-letter-name",
            )
        )
    if not is_letter_name(path.stem):
        raise unusable_name(path.stem, shown)
    front, body = split(read_text(path, shown), shown)
    table = parse(front, shown, problems, first_line=2).top()
    chosen, unknown = asked(questions, table.texts("questions"))
    for name, hint in unknown:
        table.report(
            "questions", _("unknown question or theme '{name}'", name=name), hint, code="unknown-question"
        )
    template = Template(
        name=path.stem,
        path=shown,
        title=table.text("title", required=True),
        audience=table.texts("audience"),
        joint=table.flag("joint"),
        subject=table.text("subject", required=True),
        questions=tuple(chosen),
        enclosures=_enclosures(table),
        copies=table.texts("copies"),
        postscript=table.text("ps"),
        your_reference=table.text("your_reference"),
        annexes=_annexes(table, path.parent),
        reply_by=_reply_by(table),
        kind=LetterKind(table.choice("kind", [kind.value for kind in LetterKind], LetterKind.REQUEST.value)),
        valid_until=table.day("valid_until"),
        language=table.choice("language", languages, languages[0]),
        body=body,
        lines={key: table.line(key) for key in _LOCATED},
    )
    if not template.audience:
        table.report(
            "audience",
            _("audience is missing"),
            _('say who gets the letter, as in audience = "role:mayor"'),
            code="missing-value",
        )
    table.close()
    return template


def _enclosures(table: Table) -> tuple[Enclosure, ...]:
    """Read a list of titles, each a text or a table with title and file."""
    if not isinstance(table.values.get("enclosures"), list):
        return tuple(map(Enclosure, table.texts("enclosures")))
    entries = [{"title": entry} if isinstance(entry, str) else entry for entry in table.values["enclosures"]]
    table.asked.append("enclosures")
    found = []
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("title"), str):
            hint = _('write "..." or { title = "...", file = "annex.pdf" }')
            table.report(
                "enclosures",
                _("an enclosure is neither a text nor a table with a title"),
                hint,
                code="wrong-type",
            )
            continue
        unknown = sorted(entry.keys() - {"title", "file", "weight"})
        if unknown:
            hint = did_you_mean(unknown[0], ["title", "file", "weight"])
            table.report(
                "enclosures",
                _("unknown key '{key}' in an enclosure", key=unknown[0]),
                hint,
                code="unknown-key",
            )
        file, grams = str(entry.get("file", "")).strip(), entry.get("weight", 0)
        if isinstance(grams, bool) or not isinstance(grams, (int, float)) or not 0 <= grams <= _HEAVIEST:
            hint = _("write its grams as a number, as in weight = 10")
            table.report("enclosures", _("weight is no number of grams"), hint, code="wrong-type")
        elif grams and file:
            hint = _("leave weight out: the file's sheets are weighed")
            table.report(
                "enclosures",
                _("an enclosure has a file and a weight"),
                hint,
                code="enclosure-file-and-weight",
            )
        elif entry["title"].strip():
            found.append(Enclosure(entry["title"].strip(), file, grams))
    return tuple(found)


def _annexes(table: Table, folder: Path) -> tuple[str, ...]:
    """Read a list of passages."""
    names = table.texts("annexes")
    passages = [path.name for path in files_in(folder, f"{LETTERS}/") if path.name.startswith("_")]
    for name in names:
        if name not in passages:
            message = _("no passage '{name}' in {folder}/", name=name, folder=LETTERS)
            hint = did_you_mean(name, passages) or _("write it; its name begins with _ and ends in .md")
            table.report("annexes", message, hint, code="missing-file")
    return names


def _reply_by(table: Table) -> date | int | None:
    if isinstance(table.values.get("reply_by"), int):
        return int(table.number("reply_by", 30, low=1, high=365))
    return table.day("reply_by")
