"""Where letters stand on a day and what is to be done, in a small campaign with events as they were recorded."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from outreach.errors import InputError
from outreach.journal.event import Event
from outreach.journal.history import History, history_of
from outreach.journal.standing import (
    Due,
    Followed,
    Standing,
    follow,
    reasons,
    standings,
    tasks,
    totals,
)
from outreach.journal.words import AnswerKind, Channel, Outcome, Status
from outreach.letters.folder import Folder, load_folder
from outreach.letters.piece import Manifest, Piece, PieceFile
from tests.conftest import CONTACT, LETTER, SETTINGS
from tests.journal.recorded import answered, received, sent

Campaign = Callable[..., Path]
MakeFolder = Callable[..., Folder]

PREFECT, MAYOR, COUNCILLOR = (
    CONTACT.replace('"maire"', f'"{name}"').replace('"mayor"', f'"{role}"').replace("Anne", given)
    for name, role, given in (
        ("prefet", "prefect", "Luce"),
        ("maire", "mayor", "Anne"),
        ("elu", "councillor", "Zoé"),
    )
)
QUESTIONS = "".join(f'[[question]]\nid = "{name}"\ntheme = "T"\ntext = "{name} ?"\n' for name in ("a", "b"))
REMINDER = LETTER.replace('"all"', '"all"\nkind = "reminder"')
FILES = {
    "contacts/a.toml": PREFECT + MAYOR + COUNCILLOR,
    "letters/questions.toml": QUESTIONS,
    "letters/avis.md": LETTER,
    "letters/note.md": LETTER.replace('"all"', '"all"\nquestions = ["T"]'),
    "letters/reminder.md": REMINDER,
    "letters/documents-request.md": LETTER.replace('"all"', '"all"\nkind = "documents"'),
}
BEFORE_CHRISTMAS = "2024-12-11"
"""A day of receipt that is to be acknowledged by 26 December, a holiday in Alsace and Moselle alone."""


@pytest.fixture
def folder(campaign: Campaign) -> MakeFolder:
    """Return a function that writes and reads a campaign of two letters to three contacts."""

    def make(mayor: str = MAYOR, *, settings: str = "", territory: str = "") -> Folder:
        about = f'territory = "{territory}"\n[sender]' if territory else "[sender]"
        files = {
            "contacts/a.toml": PREFECT + mayor + COUNCILLOR,
            "outreach.toml": SETTINGS.replace("[sender]", about) + settings,
        }
        return load_folder(campaign({**FILES, **files}))

    return make


def mayor_at(postal_code: str, insee: str = "", country: str = "") -> str:
    """Return the mayor of another place."""
    place = f'insee = "{insee}"\ncountry = "{country}"'
    return MAYOR.replace('"69130"', f'"{postal_code}"').replace('insee = "69081"', place)


def until(folder: Folder, on: str, *events: Event) -> History:
    return history_of(events, folder.campaign.country).until(date.fromisoformat(on))


def rows(folder: Folder, on: str, *events: Event, letter: str = "") -> list[Standing]:
    history = until(folder, on, *events)
    return standings(folder, history, follow(folder, history), date.fromisoformat(on), letter)


def row(folder: Folder, on: str, *events: Event) -> Standing:
    """Return where the letter `note` to the mayor stands."""
    return next(one for one in rows(folder, on, *events, letter="note") if one.contact == "maire")


def due(folder: Folder, on: str, *events: Event, within: int = 0) -> list[Due]:
    return tasks(follow(folder, until(folder, on, *events)), date.fromisoformat(on), within)


def dates(folder: Folder, *events: Event, contact: str = "maire") -> dict[str, str]:
    """Return the date of each step of the letter `note` to a contact."""
    followed = follow(folder, until(folder, "2030-01-01", *events))
    (one,) = (one for one in followed if (one.case.contact, one.case.letter) == (contact, "note"))
    return {found.step.id: found.due_on.isoformat() for found in one.dates}


def generate(folder: Folder, name: str, *contacts: str) -> None:
    """Write into the manifest that a letter was made."""
    manifest = Manifest(folder.campaign.out)
    piece = Piece(name.partition("/")[0], contacts, contact=contacts[0], written=date(2024, 11, 30))
    manifest.put(piece, PieceFile(f"{name}.pdf", "0" * 64, 1))
    manifest.folder.mkdir(exist_ok=True)
    manifest.save()


# Rows


def test_rows_stand_in_the_order_of_letters_and_contacts_whatever_was_sent_first(folder: MakeFolder) -> None:
    found = rows(
        folder(),
        "2024-12-05",
        sent("2024-12-02", contact="elu"),
        sent("2024-12-03", letter="avis"),
        sent("2024-12-04"),
    )
    assert [(one.letter, one.contact, one.status.value) for one in found] == [
        ("avis", "prefet", "draft"),
        ("avis", "maire", "sent"),
        ("avis", "elu", "draft"),
        ("note", "prefet", "draft"),
        ("note", "maire", "sent"),
        ("note", "elu", "sent"),
    ]


def test_a_letter_that_was_not_made_is_a_draft_and_says_how_many_questions_it_asks(
    folder: MakeFolder,
) -> None:
    assert row(folder(), "2024-12-05") == Standing(
        "maire", "note", Status.DRAFT, Outcome.WAITING, questions_asked=2
    )


def test_a_letter_in_the_manifest_is_generated_for_each_of_whom_it_is_for(folder: MakeFolder) -> None:
    campaign = folder()
    generate(campaign, "avis/joint", "elu", "prefet")
    generate(campaign, "note/maire", "maire")
    found = rows(campaign, "2024-12-05")
    assert [(one.letter, one.contact) for one in found if one.status is Status.GENERATED] == [
        ("avis", "prefet"),
        ("avis", "elu"),
        ("note", "maire"),
    ]
    assert {one.status for one in found} == {Status.GENERATED, Status.DRAFT}


def test_what_was_generated_and_sent_was_sent(folder: MakeFolder) -> None:
    campaign = folder()
    generate(campaign, "note/maire", "maire")
    assert row(campaign, "2024-12-05", sent()).status is Status.SENT


def test_whom_or_what_the_campaign_no_longer_knows_stands_at_the_end(folder: MakeFolder) -> None:
    events = (
        sent("2024-12-01", contact="parti"),
        sent("2024-12-02", letter="ancienne"),
        sent("2024-12-03", letter="avis"),
    )
    found = rows(folder(), "2024-12-05", *events)
    assert [(one.letter, one.contact) for one in found[-3:]] == [
        ("note", "elu"),
        ("note", "parti"),
        ("ancienne", "maire"),
    ]
    assert len(found) == 8
    only = rows(folder(), "2024-12-05", *events, letter="note")
    assert [one.contact for one in only] == ["prefet", "maire", "elu", "parti"]


def test_what_happens_after_the_day_is_not_seen_on_it(folder: MakeFolder) -> None:
    assert row(folder(), "2024-12-03", sent("2024-12-04")).status is Status.DRAFT


def test_a_letter_that_is_not_there_is_an_error(folder: MakeFolder) -> None:
    with pytest.raises(InputError, match="no letter 'nota'; did you mean note"):
        rows(folder(), "2024-12-05", letter="nota")


def test_of_a_letter_of_which_no_sending_is_known_the_answer_has_no_row(folder: MakeFolder) -> None:
    campaign = folder()
    answer = answered("2024-12-20", AnswerKind.FULL)
    assert row(campaign, "2024-12-24", answer).status is Status.DRAFT
    assert follow(campaign, until(campaign, "2024-12-24", answer)) == []


# A follow-up letter's own rows


def test_a_follow_up_letter_has_rows_for_whom_it_went_to_or_was_made_for(folder: MakeFolder) -> None:
    campaign = folder()
    generate(campaign, "reminder/maire", "maire")
    generate(campaign, "reminder/elu", "elu")
    generate(campaign, "note/prefet", "prefet")
    found = rows(
        campaign,
        "2025-01-20",
        sent(contact="prefet"),
        sent("2025-01-06", letter="reminder", contact="parti", questions=("a",)),
        sent("2025-01-07", Channel.POST, "reminder", contact="elu", questions=("a",)),
        answered("2025-01-15", AnswerKind.PARTIAL, "reminder", contact="elu", questions={"a": "oui"}),
        received("2025-01-08", "reminder"),
        letter="reminder",
    )
    assert found[0] == Standing("maire", "reminder", Status.GENERATED, Outcome.WAITING)
    assert found[1] == Standing(
        contact="elu",
        letter="reminder",
        status=Status.ANSWERED,
        outcome=Outcome.PARTIAL,
        sent_on=date(2025, 1, 7),
        channel="post",
        received_on=date(2025, 1, 10),
        estimated=True,
        questions_answered=1,
        questions_asked=1,
    )
    assert [one.contact for one in found] == ["maire", "elu", "parti"]


def test_a_follow_up_letter_has_no_row_among_those_of_first_letters(folder: MakeFolder) -> None:
    campaign = folder()
    generate(campaign, "reminder/maire", "maire")
    found = rows(campaign, "2025-01-20", sent(), sent("2025-01-06", letter="reminder"))
    assert {one.letter for one in found} == {"avis", "note"}


def test_a_follow_up_letter_that_opens_a_case_has_dates_of_its_own(folder: MakeFolder) -> None:
    papers = sent("2025-02-10", letter="documents-request", kind="documents", questions=(), follows=("note",))
    proof = received("2025-02-12", "documents-request")
    (found,) = rows(folder(), "2025-02-20", sent(), papers, proof, letter="documents-request")
    assert (found.next_step, found.due_on) == ("receipt-due", date(2025, 2, 27))


# Overdue and tacit: computed


def test_a_row_says_what_comes_next_and_by_when(folder: MakeFolder) -> None:
    answer = answered("2024-12-10", AnswerKind.PARTIAL, questions={"a": "oui"})
    assert row(folder(), "2024-12-31", sent(), received("2024-12-04"), answer) == Standing(
        contact="maire",
        letter="note",
        status=Status.ANSWERED,
        outcome=Outcome.PARTIAL,
        sent_on=date(2024, 12, 2),
        channel="registered",
        received_on=date(2024, 12, 4),
        questions_answered=1,
        questions_asked=2,
        next_step="reminder",
        due_on=date(2025, 1, 3),
        days_left=3,
    )


@pytest.mark.parametrize(
    ("on", "left", "overdue"), [("2025-01-02", 1, False), ("2025-01-03", 0, False), ("2025-01-04", -1, True)]
)
def test_a_step_is_overdue_from_the_day_after(
    folder: MakeFolder, on: str, left: int, *, overdue: bool
) -> None:
    found = row(folder(), on, sent(), received("2024-12-04"), answered("2024-12-10", AnswerKind.PARTIAL))
    assert (found.next_step, found.days_left, found.overdue) == ("reminder", left, overdue)


def test_a_letter_with_nothing_to_do_is_not_overdue(folder: MakeFolder) -> None:
    found = row(folder(), "2025-06-01", sent(), answered("2024-12-10", AnswerKind.FULL))
    assert (found.next_step, found.due_on, found.days_left, found.overdue) == ("", None, None, False)


def test_silence_decides_the_day_after_its_limit(folder: MakeFolder) -> None:
    events = (sent(), received("2024-12-04"))
    assert row(folder(), "2025-02-04", *events).outcome is Outcome.WAITING
    found = row(folder(), "2025-02-05", *events)
    assert (found.outcome, found.status) == (Outcome.TACIT_REFUSAL, Status.RECEIVED)


def test_silence_decides_nothing_where_the_receipt_is_an_estimate(folder: MakeFolder) -> None:
    found = row(folder(), "2025-06-01", sent())
    assert (found.outcome, found.received_on, found.estimated) == (
        Outcome.WAITING,
        date(2024, 12, 5),
        True,
    )


def test_silence_decides_nothing_for_whom_no_limit_binds(folder: MakeFolder) -> None:
    proof = replace(received("2024-12-04"), contact="elu")
    found = rows(folder(), "2025-06-01", sent(contact="elu"), proof, letter="note")[2]
    assert (found.contact, found.outcome) == ("elu", Outcome.WAITING)


def test_silence_does_not_undo_an_answer_in_part(folder: MakeFolder) -> None:
    documents = sent(kind="documents")
    partial = answered("2024-12-10", AnswerKind.PARTIAL)
    found = row(folder(), "2025-06-01", documents, received("2024-12-04"), partial)
    assert found.outcome is Outcome.PARTIAL


def test_a_letter_that_came_back_has_no_day_of_receipt(folder: MakeFolder) -> None:
    found = row(folder(), "2024-12-24", sent(), answered("2024-12-20", AnswerKind.RETURNED))
    assert (found.outcome, found.received_on, found.estimated) == (Outcome.RETURNED, None, False)
    assert (found.next_step, found.due_on) == ("resend", date(2024, 12, 20))


def test_a_row_has_the_last_day_of_what_may_be_done_until_then(folder: MakeFolder) -> None:
    acknowledged = answered("2024-12-10", AnswerKind.ACKNOWLEDGEMENT)
    found = row(folder(), "2025-02-01", sent(kind="documents"), received("2024-12-04"), acknowledged)
    assert (found.next_step, found.due_on, found.days_left) == ("cada-referral", date(2025, 3, 3), 30)


# What is to be done


def test_a_task_says_why_it_is_due_and_what_to_write(folder: MakeFolder) -> None:
    assert due(folder(), "2025-01-10", sent(contact="elu")) == [
        Due(
            contact="elu",
            letter="note",
            step="reminder",
            due_on=date(2025, 1, 3),
            days_left=-7,
            basis="courtesy",
            estimated=True,
            template="reminder",
            does="remind, with the questions still open",
        )
    ]


def test_what_is_due_first_comes_first_then_by_contact_then_by_letter(folder: MakeFolder) -> None:
    events = (
        sent("2024-12-09", contact="elu", channel=Channel.HAND),
        sent("2024-12-02", contact="maire", channel=Channel.HAND),
        sent("2024-12-09", contact="autre", channel=Channel.HAND),
        sent("2024-12-09", letter="avis", contact="elu", channel=Channel.HAND),
    )
    found = due(folder(), "2025-01-10", *events)
    assert [(str(one.due_on), one.contact, one.letter) for one in found] == [
        ("2025-01-02", "maire", "note"),
        ("2025-01-08", "autre", "note"),
        ("2025-01-08", "elu", "avis"),
        ("2025-01-08", "elu", "note"),
    ]


@pytest.mark.parametrize(
    ("on", "within", "steps"),
    [
        ("2024-12-18", 0, []),
        ("2024-12-18", 1, ["receipt-due"]),
        ("2024-12-18", 15, ["receipt-due"]),
        ("2024-12-18", 16, ["receipt-due", "reminder"]),
        ("2025-01-03", 31, ["reminder"]),
        ("2025-01-03", 33, ["reminder", "documents-request", "court-general"]),
    ],
)
def test_what_comes_up_within_some_days_counts_too(
    folder: MakeFolder, on: str, within: int, steps: list[str]
) -> None:
    events = (sent(), received("2024-12-04"))
    assert [one.step for one in due(folder(), on, *events, within=within)] == steps


def test_so_many_days_may_be_asked_for_as_there_are_none(folder: MakeFolder) -> None:
    events = (sent(), received("2024-12-04"))
    assert len(due(folder(), "2024-12-18", *events, within=10**9)) == 4


# Which ladder, whose holidays


@pytest.mark.parametrize(
    ("postal_code", "insee", "expected"),
    [
        ("67000", "", "2024-12-27"),
        ("69130", "67482", "2024-12-27"),
        ("67000", "69081", "2024-12-26"),
        ("69130", "", "2024-12-26"),
    ],
)
def test_the_holidays_of_a_contacts_place_move_a_date(
    folder: MakeFolder, postal_code: str, insee: str, expected: str
) -> None:
    campaign = folder(mayor_at(postal_code, insee))
    assert dates(campaign, sent(), received(BEFORE_CHRISTMAS))["receipt-due"] == expected


def test_of_two_contacts_each_has_the_holidays_of_its_place(folder: MakeFolder) -> None:
    proof = received(BEFORE_CHRISTMAS)
    events = (sent(contact="prefet"), replace(proof, contact="prefet"), sent(), proof)
    campaign = folder(mayor_at("67000"))
    found = [dates(campaign, *events, contact=name)["receipt-due"] for name in ("prefet", "maire")]
    assert found == ["2024-12-26", "2024-12-27"]


@pytest.mark.parametrize(("territory", "expected"), [("", "2024-12-26"), ("alsace-moselle", "2024-12-27")])
@pytest.mark.parametrize(
    ("postal_code", "country"), [("67059", "Allemagne"), ("69130", "")], ids=["abroad", "at home"]
)
def test_a_contact_of_whose_place_nothing_is_known_has_the_campaigns_holidays(
    folder: MakeFolder, postal_code: str, country: str, territory: str, expected: str
) -> None:
    campaign = folder(mayor_at(postal_code, country=country), territory=territory)
    assert dates(campaign, sent(), received(BEFORE_CHRISTMAS))["receipt-due"] == expected


def test_a_contacts_place_goes_before_the_campaigns(folder: MakeFolder) -> None:
    campaign = folder(mayor_at("67000"), territory="martinique")
    assert dates(campaign, sent(), received(BEFORE_CHRISTMAS))["receipt-due"] == "2024-12-27"


def test_whom_the_campaign_no_longer_knows_has_the_role_of_the_sending_and_the_campaigns_holidays(
    folder: MakeFolder,
) -> None:
    campaign = folder(territory="alsace-moselle")
    proof = replace(received(BEFORE_CHRISTMAS), contact="parti")
    mayor = replace(sent(contact="parti"), role="mayor")
    assert dates(campaign, mayor, proof, contact="parti")["receipt-due"] == "2024-12-27"
    nobody = sent(contact="parti")
    assert list(dates(campaign, nobody, proof, contact="parti")) == ["receipt-alarm", "reminder"]


LEGAL = ("general-silence", "court-general")


def test_an_administration_is_bound_and_an_office_holder_is_reminded_alone(folder: MakeFolder) -> None:
    campaign, events = folder(), (sent(), sent(contact="elu"))
    assert list(dates(campaign, *events)) == ["receipt-due", "reminder", *LEGAL, "documents-request"]
    assert list(dates(campaign, *events, contact="elu")) == ["receipt-alarm", "reminder"]


def test_a_request_for_documents_has_a_ladder_of_its_own(folder: MakeFolder) -> None:
    found = dates(folder(), sent(kind="documents"))
    assert list(found) == ["receipt-due", "documents-silence", "cada-referral"]


def test_a_role_may_be_given_a_ladder_whose_law_does_not_bind_it(folder: MakeFolder) -> None:
    campaign = folder(settings='[follow_up]\nroles = { councillor = "request" }\n')
    events = (sent(), sent(contact="elu"))
    assert list(dates(campaign, *events, contact="elu")) == ["receipt-due", "reminder"]
    assert list(dates(campaign, *events)) == ["receipt-due", "reminder", *LEGAL, "documents-request"]


def test_a_letter_may_be_given_a_ladder_whatever_the_role(folder: MakeFolder) -> None:
    settings = '[follow_up]\nletters = { note = "courtesy" }\nroles = { mayor = "documents" }\n'
    campaign = folder(settings=settings)
    assert list(dates(campaign, sent())) == ["receipt-alarm", "reminder"]
    found = follow(campaign, until(campaign, "2025-01-01", sent(), sent(letter="avis")))
    assert [one.ladder.procedure.name for one in found] == ["courtesy", "documents"]


def test_a_campaign_may_change_a_step(folder: MakeFolder) -> None:
    campaign = folder(settings="[follow_up.request.reminder]\ndays = 40\n")
    assert dates(campaign, sent(), received("2024-12-04"))["reminder"] == "2025-01-13"


def test_letters_on_the_same_ladder_share_it(folder: MakeFolder) -> None:
    campaign = folder(mayor_at("69130"))
    events = (sent(), sent(contact="prefet"), sent(contact="elu"))
    first, second, third = follow(campaign, until(campaign, "2025-01-01", *events))
    assert first.ladder is second.ladder
    assert first.ladder is not third.ladder


# What follows a letter up


def followed(folder: Folder, on: str, *events: Event) -> list[Followed]:
    return follow(folder, until(folder, on, *events))


def test_letters_that_open_a_case_are_followed_in_the_order_of_their_first_events(folder: MakeFolder) -> None:
    events = (
        received("2024-12-01", "avis"),
        sent("2024-12-02", contact="elu"),
        sent("2024-12-03"),
        sent("2024-12-04", letter="avis"),
        sent("2024-12-05", letter="reminder"),
    )
    found = followed(folder(), "2025-01-01", *events)
    assert [(one.case.contact, one.case.letter) for one in found] == [
        ("maire", "avis"),
        ("elu", "note"),
        ("maire", "note"),
    ]


def test_the_last_reminder_of_a_letter_is_known(folder: MakeFolder) -> None:
    reminders = [sent(day, letter="reminder", follows=("note",)) for day in ("2025-01-06", "2025-02-05")]
    thanks = sent("2025-02-10", letter="merci", kind="thanks")
    other = sent("2024-12-03", letter="avis")
    first, second = followed(folder(), "2025-03-01", sent(), other, *reminders, thanks)
    assert (first.case.letter, first.reminded_on) == ("note", date(2025, 2, 5))
    assert (second.case.letter, second.reminded_on) == ("avis", None)


def test_a_reminder_before_a_letter_or_to_another_contact_is_none_of_it(folder: MakeFolder) -> None:
    events = (
        sent("2024-12-01", letter="reminder"),
        sent("2024-12-02"),
        sent("2024-12-09", letter="reminder", contact="elu"),
    )
    (found,) = followed(folder(), "2025-03-01", *events)
    assert found.reminded_on is None


def test_a_reminder_that_came_back_reminded_nobody(folder: MakeFolder) -> None:
    campaign = folder()
    events = (sent(), received("2024-12-04"), sent("2025-01-06", letter="reminder"))
    returned = answered("2025-01-10", AnswerKind.RETURNED, "reminder")
    (gone,), (back,) = (
        followed(campaign, "2025-01-20", *events),
        followed(campaign, "2025-01-20", *events, returned),
    )
    assert (gone.reminded_on, back.reminded_on) == (date(2025, 1, 6), None)
    assert [one.step for one in due(campaign, "2025-01-20", *events)] == []
    assert [one.step for one in due(campaign, "2025-01-20", *events, returned)] == ["reminder"]


# Why, and how many


def test_the_cases_of_a_contact_are_found_with_their_dates(folder: MakeFolder) -> None:
    campaign = folder()
    history = until(campaign, "2025-01-01", sent(), sent(contact="elu"), sent(letter="avis"))
    cases = follow(campaign, history)
    assert reasons(campaign, history, cases, "maire") == [cases[0], cases[2]]
    assert reasons(campaign, history, cases, "maire", "avis") == [cases[2]]


@pytest.mark.parametrize(
    ("contact", "letter", "message"),
    [
        ("mair", "", "no contact 'mair'; did you mean maire?"),
        ("elu", "", "nothing was sent to 'elu'"),
        ("elu", "note", "no letter 'note' to 'elu' is recorded"),
        ("maire", "nota", "no letter 'nota' to 'maire' is recorded; did you mean note?"),
        (
            "maire",
            "reminder",
            "'reminder' follows up another letter and has no dates of its own; leave --letter out",
        ),
    ],
)
def test_of_a_letter_that_did_not_go_there_are_no_reasons(
    folder: MakeFolder, contact: str, letter: str, message: str
) -> None:
    campaign = folder()
    history = until(campaign, "2025-02-01", sent(), sent("2025-01-06", letter="reminder"))
    with pytest.raises(InputError) as caught:
        reasons(campaign, history, follow(campaign, history), contact, letter)
    assert str(caught.value) == message


def test_rows_are_counted_by_status_as_they_come(folder: MakeFolder) -> None:
    campaign = folder()
    generate(campaign, "avis/elu", "elu")
    found = rows(campaign, "2024-12-05", sent(), sent(contact="elu"), received("2024-12-04"))
    assert list(totals(found).items()) == [
        (Status.DRAFT, 3),
        (Status.GENERATED, 1),
        (Status.RECEIVED, 1),
        (Status.SENT, 1),
    ]
    assert totals([]) == {}
