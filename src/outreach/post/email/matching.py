"""Find which letter to which contact a message is about, and by what; a guess is never called certain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from outreach.journal.event import Sent
from outreach.journal.history import History
from outreach.journal.mail import MailEntry
from outreach.language import NP_, Word
from outreach.letters.folder import Folder
from outreach.post.email.kinds import MailKind, Told
from outreach.post.email.message import Message
from outreach.post.email.reference import reference_of, references_in, untagged
from outreach.post.email.words import is_public

_REPORTS = (MailKind.BOUNCE, MailKind.DELAYED, MailKind.DELIVERED, MailKind.RELAYED)


class How(Word):
    """By what a message was matched, the surest first."""

    THREAD = "thread", NP_("match", "it answers the message that went")
    TAG = "tag", NP_("match", "the address that it went to holds the reference")
    REFERENCE = "reference", NP_("match", "the reference stands in it")
    ADDRESS = "address", NP_("match", "the sender's address")
    DOMAIN = "domain", NP_("match", "the domain of the sender's address")
    HAND = "hand", NP_("match", "assigned by hand")


_CERTAIN = (How.THREAD, How.TAG, How.REFERENCE, How.HAND)


@dataclass(frozen=True, slots=True)
class Match:
    """What a message is about, as far as can be told."""

    how: How
    contact: str = ""
    """Empty where several may be meant."""
    letter: str = ""
    """Likewise."""

    @property
    def is_certain(self) -> bool:
        """Tell whether something may be recorded by it."""
        return self.how in _CERTAIN and bool(self.contact and self.letter)


@dataclass(slots=True)
class Index:
    """What is known of the letters that went, by whatever may stand in an answer."""

    title: str
    """The campaign's."""
    emails: dict[str, str]
    """Id of a contact to its address, in lower case."""
    ids: dict[str, list[Sent]] = field(default_factory=dict)
    """By the id of the message that a letter went with."""
    references: dict[str, list[Sent]] = field(default_factory=dict)
    sendings: dict[str, list[Sent]] = field(default_factory=dict)
    """By the id of the contact."""
    addresses: dict[str, list[str]] = field(default_factory=dict)
    """Address to ids of contacts; those that the user assigned too."""
    domains: dict[str, list[str]] = field(default_factory=dict)

    def add(self, event: Sent) -> None:
        """Know a letter that went."""
        contact = event.contact
        self.sendings.setdefault(contact, []).append(event)
        for name in {
            contact,
            event.piece.contacts[0],
        }:  # of a joint letter each has one, of a series the first
            reference = reference_of(self.title, event.letter, name)
            self.references.setdefault(reference, []).append(event)
        if event.message_id:
            self.ids.setdefault(event.message_id, []).append(event)
        if self.emails.get(contact):
            self._know(self.emails[contact], contact)

    def _know(self, address: str, contact: str) -> None:
        domain = address.rpartition("@")[2]
        _append(self.addresses.setdefault(address, []), contact)
        if domain and not is_public(domain):
            _append(self.domains.setdefault(domain, []), contact)

    def learn(self, entry: MailEntry) -> None:
        """Know of a message what it is about, and whom it is from if the user said so."""
        if entry.how == How.HAND and entry.sender and entry.contact in self.sendings:
            self._know(entry.sender, entry.contact)
        if entry.how in _CERTAIN and entry.message_id:
            about = [one for one in self.sendings.get(entry.contact, ()) if one.letter == entry.letter]
            if about:  # what answers an answer is about the same letter
                self.ids.setdefault(entry.message_id, about)

    def only_letter(self, contact: str) -> str:
        """Return the letter that went to a contact; empty if there are several."""
        letters = {event.letter for event in self.sendings.get(contact, ()) if event.piece.is_opening}
        return letters.pop() if len(letters) == 1 else ""

    def first_day(self, contact: str, letter: str = "") -> date | None:
        """Return the day on which a letter, or any, first went to a contact; None if none did."""
        sent = (event.at for event in self.sendings.get(contact, ()) if letter in ("", event.letter))
        return min(sent, default=None)


def index_of(folder: Folder, history: History, entries: Iterable[MailEntry]) -> Index:
    """Return what is known by now."""
    contacts = folder.people.contacts
    index = Index(folder.campaign.title, {one.id: one.email.strip().lower() for one in contacts if one.email})
    for event in history.sendings:
        index.add(event)
    for entry in entries:
        index.learn(entry)
    return index


def match(message: Message, told: Told, index: Index, on: date | None) -> Match | None:
    """Return what a message is about; None if it has nothing to do with the campaign, as far as can be told.

    Args:
        message: It.
        told: What kind it is.
        index: What went.
        on: Its day; None if it has none.
    """
    senders = told.whom if told.kind in _REPORTS else (message.sender,)
    for how, events in _surely(message, index):
        chosen = _of_sender(events, senders, index)
        return Match(how, chosen.contact, chosen.letter)
    if "list-id" in message.headers:
        return None  # what a list sends to all is no answer
    by_address = [name for one in senders for name in index.addresses.get(one, ())]
    domains = [one.rpartition("@")[2] for one in senders]
    by_domain = [name for one in domains for name in index.domains.get(one, ())]
    for how, found in ((How.ADDRESS, by_address), (How.DOMAIN, by_domain)):
        days = {name: index.first_day(name) for name in found}
        written = [name for name, day in days.items() if on is None or (day and day <= on)]
        if written:
            contact = written[0] if len(written) == 1 else ""
            return Match(how, contact, index.only_letter(contact))
    return None


def _surely(message: Message, index: Index) -> Iterator[tuple[How, list[Sent]]]:
    """Yield the letters that a message names, by the surest first."""
    original = [block.get("original-message-id", "") for block in message.report]
    for one in (*message.answers, *message.returned, *original):
        if one in index.ids:
            yield How.THREAD, index.ids[one]
    for address in (*message.to, *message.copies):
        tag = untagged(address)[1]
        if tag in index.references:
            yield How.TAG, index.references[tag]
    for text in (message.subject, message.text, message.quoted):
        for reference in references_in(text):
            if reference in index.references:
                yield How.REFERENCE, index.references[reference]


def _of_sender(events: list[Sent], senders: Iterable[str], index: Index) -> Sent:
    """Return of the sendings of one letter that to whoever writes, else the last to the first of them."""
    known = set(senders)
    own = [event for event in events if index.emails.get(event.contact) in known]
    return own[-1] if own else next(event for event in reversed(events) if event.contact == events[0].contact)


def _append(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)
