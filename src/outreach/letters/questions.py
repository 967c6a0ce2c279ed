"""Turn letters/questions.toml into the campaign's numbered questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from outreach.campaign.paths import QUESTIONS
from outreach.errors import Problem, did_you_mean
from outreach.files.toml import Table, load
from outreach.language import _


@dataclass(frozen=True, slots=True)
class Question:
    """One question, with the number that it keeps in every letter."""

    number: int
    """Place in the file, from 1."""
    id: str
    theme: str
    text: str
    audience: tuple[str, ...] = ()
    """Selectors of those whom it concerns; none for every recipient of the letters that ask it."""
    line: int = 0
    audience_line: int = 0


def load_questions(root: Path) -> tuple[list[Question], list[Problem]]:
    """Read the campaign's questions, in order; none if there is no file. Raises as `files.toml.load`."""
    problems: list[Problem] = []
    path = root / QUESTIONS
    if not path.exists():
        return [], []
    document = load(path, QUESTIONS, problems)
    document.top().close(("question",))
    questions: list[Question] = []
    for number, table in enumerate(document.each("question"), 1):
        questions.append(_question(table, number, questions))
    return questions, problems


def _question(table: Table, number: int, earlier: Sequence[Question]) -> Question:
    question = Question(
        number=number,
        id=table.text("id", required=True),
        theme=table.text("theme", required=True),
        text=table.text("text", required=True),
        audience=table.texts("audience"),
        line=table.line(),
        audience_line=table.line("audience"),
    )
    if any(question.id == other.id for other in earlier):
        table.report(
            "id",
            _("question id '{id}' is used twice", id=question.id),
            _("give each its own"),
            code="duplicate-id",
        )
    for name in {question.id} & {other.theme for other in [*earlier, question]} | {question.theme} & {
        other.id for other in earlier
    }:
        table.report(
            "id", _("'{id}' is both a question and a theme", id=name), _("rename one"), code="duplicate-id"
        )
    table.close()
    return question


def asked(
    questions: Sequence[Question], wanted: Iterable[str]
) -> tuple[list[Question], list[tuple[str, str]]]:
    """Choose questions by id or theme.

    Returns:
        The questions, in the campaign's order, and each unknown name with a hint.
    """
    names = set(wanted)
    known = [question.id for question in questions] + list(
        dict.fromkeys(question.theme for question in questions)
    )
    unknown = [(name, did_you_mean(name, known)) for name in sorted(names - set(known))]
    return [question for question in questions if question.id in names or question.theme in names], unknown
