"""Open the campaign's journal: the events, the files they speak of, and what follows from them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path

from outreach.campaign.campaign import Campaign
from outreach.campaign.paths import ARCHIVE, JOURNAL, JOURNAL_COPY
from outreach.country.country import Country
from outreach.errors import InputError, Problem, did_you_mean
from outreach.files.reading import refuse_other_than_file
from outreach.journal.archive import Archive
from outreach.journal.event import Answered, Sent, tombstone, tombstones
from outreach.journal.history import History, history_of
from outreach.journal.store import Store, heads_in, open_to_read
from outreach.language import _
from outreach.people.people import People


@dataclass(frozen=True, slots=True)
class Journal:
    """The events of a campaign and the files they speak of."""

    store: Store
    archive: Archive
    country: Country
    """The campaign's."""

    @property
    def root(self) -> Path:
        """The campaign folder."""
        return self.archive.folder.parent

    def history(self, *, is_brief: bool = False) -> History:
        """Return all that was recorded, as it is now; `is_brief` as for `read_history`."""
        return history_of(self.store.read_briefly() if is_brief else self.store.read(), self.country)


@contextmanager
def open_journal(root: Path, country: Country, *, is_read: bool = False) -> Iterator[Journal]:
    """Open the journal of a campaign folder, making it if there is none.

    Args:
        root: The campaign folder.
        country: The campaign's.
        is_read: Nothing is to be added; it opens where nothing can be written, too.

    Raises:
        InputError: it is gone, and the archive shows that there was one; besides, as `Store`.
        WorldError: as `Store`.
    """
    _refuse_lost(root)
    store = open_to_read(root / JOURNAL) if is_read else Store(root / JOURNAL)
    with closing(store):
        yield Journal(store, Archive(root / ARCHIVE), country)


def has_journal(root: Path) -> bool:
    """Tell whether a campaign folder has a journal."""
    return (root / JOURNAL).is_file()


def read_history(campaign: Campaign, *, is_brief: bool = False) -> History:
    """Return all that was recorded of a campaign; a look makes no journal where there is none.

    Args:
        campaign: The campaign.
        is_brief: Without the addresses and files of what was sent: where letters stand hangs on neither.

    Raises:
        WorldError: the file cannot be read.
        InputError: it is no journal, or one of a newer version of the program, or was lost.
    """
    _refuse_lost(campaign.root)
    if not has_journal(campaign.root):
        return history_of((), campaign.country)
    with open_journal(campaign.root, campaign.country, is_read=True) as journal:
        return journal.history(is_brief=is_brief)


def back_up(journal: Journal, today: date) -> None:
    """Keep the journal as it is now, unless a copy was kept that day.

    Raises:
        WorldError: it cannot be written.
    """
    copy = journal.store.path.with_name(JOURNAL_COPY)
    kept = datetime.fromtimestamp(copy.stat().st_mtime, timezone.utc) if copy.is_file() else None
    if kept is None or kept.astimezone().date() != today:
        if kept:
            journal.store.remember(heads_in(copy))  # it may know more, if the journal was cut off
        journal.store.copy_to(copy)


def is_held_in(copy: Path, contact: str) -> bool:
    """Tell whether a copy of the journal names a contact; one that cannot be read may."""
    try:
        with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute(
                "SELECT 1 FROM events WHERE contact = ? OR instr(data, ?) LIMIT 1", (contact, f'"{contact}"')
            ).fetchone()
            tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'mail'").fetchone()
            if tables and not found:  # an older copy has none
                found = connection.execute("SELECT 1 FROM mail WHERE contact = ?", (contact,)).fetchone()
    except sqlite3.Error:
        return True
    return found is not None


def _refuse_lost(root: Path) -> None:
    """Raise an InputError if the journal is missing or empty beside an archive that holds files."""
    path = root / JOURNAL
    refuse_other_than_file(path, JOURNAL)
    if path.is_file() and path.stat().st_size:
        return
    if not any(file.is_file() and not file.name.startswith(".") for file in (root / ARCHIVE).rglob("*")):
        return
    message = (
        _("is empty, though archive/ holds files")
        if path.is_file()
        else _("is missing, though archive/ holds files")
    )
    hint = _(
        "put a copy back, such as {copy}, or make it anew from exports: outreach log rebuild FILE ...",
        copy=JOURNAL_COPY,
    )
    raise InputError(Problem(JOURNAL, 0, message, hint, code="journal-lost"))


def known_contact(people: People, history: History, contact: str) -> None:
    """Check that a contact is in the campaign, or at least in the journal, or was until it was forgotten.

    Raises:
        InputError: it is in neither; the near misses are named.
    """
    is_dead = tombstone(contact) in tombstones(history.events)
    if not is_dead and not any(event.contact == contact for event in history.events):
        people.entry(contact)


def sendings_to(history: History, contact: str, letter: str = "") -> list[Sent]:
    """Return the sendings to a contact that count, of one letter or of all, first one first.

    A letter that somebody else forwarded to the contact counts too. An answer to a reminder is one to the
    letter that it reminds of: follow-up letters are meant only by name.

    Raises:
        InputError: there is none.
    """
    events = [event for event in history.sendings if event.contact == contact]
    events += _forwarded(history, contact)
    sent = [event for event in events if letter in ("", event.letter)]
    found = [event for event in sent if event.piece.is_opening] or sent
    if not found:
        letters = sorted({event.letter for event in events})
        message = (
            _("no letter '{letter}' to '{contact}' is recorded as sent", letter=letter, contact=contact)
            if letter
            else _("no letter to '{contact}' is recorded as sent", contact=contact)
        )
        hint = did_you_mean(letter, letters) or _(
            "record it first: outreach sent LETTER --to ID --on DAY --via CHANNEL"
        )
        raise InputError(Problem("", 0, message, hint, code="not-sent"))
    return found


def _forwarded(history: History, contact: str) -> list[Sent]:
    """Return the sendings of letters that somebody else forwarded to a contact."""
    letters = {
        (event.contact, event.letter)
        for event in history.effective
        if isinstance(event, Answered) and event.forwarded_to == contact
    }
    return [event for event in history.sendings if (event.contact, event.letter) in letters]
