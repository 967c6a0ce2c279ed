"""The grid of questions and contacts: who answered what, and who has not yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from outreach.files.tables import guarded, write_rows
from outreach.journal.history import History
from outreach.language import _
from outreach.letters.folder import Folder


@dataclass(frozen=True, slots=True)
class Reply:
    """What one contact answered to one question that it was asked."""

    number: int
    question: str
    """Its id."""
    text: str
    contact: str
    letter: str
    answer: str
    """Empty while there is none, and where a full answer was recorded without one."""
    is_settled: bool
    """It was answered in full."""

    @property
    def shown(self) -> str:
        """What people read in the place of the answer."""
        if self.answer:
            return self.answer
        return _("(answered in full, see the reply)") if self.is_settled else _("no answer yet")


def replies(folder: Folder, history: History, letter: str = "") -> list[Reply]:
    """Return a row for each question put to each contact, by number, then in the order of sending."""
    found = [
        case
        for case in history.cases.values()
        if case.sent and letter in ("", case.letter) and case.is_opening
    ]
    if letter and not found:
        folder.templates_named([letter])
    return [
        Reply(
            question.number,
            question.id,
            question.text,
            case.contact,
            case.letter,
            case.answered.get(question.id, ""),
            question.id in case.settled,
        )
        for question in folder.questions
        for case in found
        if question.id in case.asked
    ]


def grid_csv(rows: Sequence[Reply]) -> bytes:
    """Return the rows as CSV with a byte order mark, for spreadsheets."""
    header = [_("number"), _("question"), _("text"), _("contact"), _("letter"), _("answer")]
    cells = ((str(row.number), row.question, row.text, row.contact, row.letter, row.shown) for row in rows)
    return write_rows(header, ([guarded(cell) for cell in row] for row in cells))
