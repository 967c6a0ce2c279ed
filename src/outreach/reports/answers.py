"""The grid of questions and contacts: who answered what, and who has not yet."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from outreach.country.country import country_of
from outreach.files.tables import guarded, write_rows
from outreach.journal.case import Case
from outreach.journal.event import Answered
from outreach.journal.history import History
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.people.sources.places import place_of


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
    kind: str
    """Of the last answer to the question, else to the letter; empty while there is none."""
    date: date | None
    """On which that came."""
    position: str
    source: str
    """What the position rests on."""
    name: str
    """Of the contact, as it is listed; empty for one that is not there any more."""
    organisation: str
    insee: str
    department: str
    """Code of the place's department."""

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
    home = folder.campaign.country
    rows = []
    for question in folder.questions:
        for case in found:
            if question.id not in case.asked:
                continue
            entry = folder.people.by_id.get(case.contact)
            contact = entry.contact if entry else None
            said = _said_last(case, question.id)
            rows.append(
                Reply(
                    number=question.number,
                    question=question.id,
                    text=question.text,
                    contact=case.contact,
                    letter=case.letter,
                    answer=case.answered.get(question.id, ""),
                    is_settled=question.id in case.settled,
                    kind=str(said.answer) if said else "",
                    date=said.at if said else None,
                    position=str(said.position) if said else "",
                    source=said.source if said else "",
                    name=contact.name if contact else "",
                    organisation=contact.organisation if contact else "",
                    insee=contact.insee if contact else "",
                    department=place_of(contact, country_of(contact.country, home))[0] if contact else "",
                )
            )
    return rows


def _said_last(case: Case, question: str) -> Answered | None:
    """Return the last answer that speaks of a question, else the last with a content; None without one."""
    about = [event for event in case.answers if question in event.questions]
    said = about or [event for event in case.answers if event.has_content]
    return said[-1] if said else None


def grid_csv(rows: Sequence[Reply]) -> bytes:
    """Return the rows as CSV with a byte order mark, for spreadsheets."""
    header = [field.name for field in fields(Reply) if field.name != "is_settled"]
    cells = ([getattr(row, "shown" if name == "answer" else name) or "" for name in header] for row in rows)
    return write_rows(header, ([guarded(str(cell)) for cell in row] for row in cells))
