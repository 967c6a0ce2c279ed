"""Recognise what the campaign itself sent by e-mail: by the PDF attached, byte for byte as it was made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from outreach.files.digest import file_digest
from outreach.journal.event import Sent
from outreach.journal.history import History, Key, sending_key
from outreach.journal.recording.recorder import Recorder
from outreach.journal.words import Channel
from outreach.letters.folder import Folder
from outreach.letters.formats.formats import PRINTED
from outreach.letters.piece import Piece, PieceFile
from outreach.post.email.message import Attachment, Message
from outreach.post.email.reference import reference_of, references_in
from outreach.post.email.words import has_header, is_subject


@dataclass(frozen=True, slots=True)
class Went:
    """A letter that a message of the campaign's carried to a contact."""

    message: Message
    contact: str
    piece: Piece
    """With the one file that went."""
    content: bytes
    """Of that file."""
    is_edited: bool = False
    """Somebody changed it by hand after it was made."""

    @property
    def key(self) -> Key:
        """What may be sent once."""
        return sending_key(self.contact, self.piece, Channel.EMAIL)


class Outgoing:
    """Whom each PDF that was made, or was sent before, is for.

    Args:
        folder: The campaign.
        history: What was recorded.
        pieces: As they lie in out/.
    """

    def __init__(self, folder: Folder, history: History, pieces: Iterable[Piece]) -> None:
        self._title = folder.campaign.title
        self._out = folder.campaign.out
        self._own = set(folder.campaign.email.addresses)
        self._emails = {one.id: one.email.strip().lower() for one in folder.people.contacts if one.email}
        self._made = list(pieces)
        self._pieces: dict[str, list[Piece]] = {}
        for piece in (*(event.piece for event in history.sendings), *self._made):
            for file in piece.files:
                if file.format == PRINTED:
                    self._pieces.setdefault(file.sha256, []).append(piece)

    def is_own(self, address: str) -> bool:
        """Tell whether the campaign writes from an address."""
        return address in self._own

    def letters_in(self, message: Message) -> list[Went]:
        """Return what a message took to whom; nothing of a draft, a reply, a copy or one that forwards it."""
        if not _is_sending(message):
            return []
        found = []
        for attachment in message.attachments:
            for contact, piece in self._addressed(attachment, message.to).items():
                if not (_is_reply(message) and piece.is_opening):
                    file = PieceFile(_name_in(piece, attachment.sha256), attachment.sha256)
                    went = replace(piece, files=(file,))
                    is_edited = attachment.sha256 not in self._pieces
                    found.append(Went(message, contact, went, attachment.content, is_edited))
        return found

    def changed_in(self, message: Message) -> Iterator[tuple[str, Piece]]:
        """Yield contact and letter of each reference in the subject of what took them something else."""
        has_pdf = any(one.name.lower().endswith(f".{PRINTED}") for one in message.attachments)
        if has_pdf and _is_sending(message) and not _is_reply(message):
            for reference in references_in(message.subject):
                for contact, piece in self._references.get(reference, ()):
                    if self._emails.get(piece.to or contact) in message.to:
                        yield contact, piece

    @cached_property
    def _references(self) -> Mapping[str, list[tuple[str, Piece]]]:
        found: dict[str, list[tuple[str, Piece]]] = {}
        for piece in self._made:
            for contact in piece.contacts[:1] if piece.to else piece.contacts:
                reference = reference_of(self._title, piece.letter, contact)
                found.setdefault(reference, []).append((contact, piece))
        return found

    @cached_property
    def _edited(self) -> Mapping[str, list[Piece]]:
        """Letters by the hash of their PDF as it lies there, where somebody changed it by hand."""
        found: dict[str, list[Piece]] = {}
        for piece in self._made:
            file = piece.file(PRINTED)
            sha256 = file_digest(self._out / file.path) if file else None
            if file and sha256 not in (None, file.sha256):
                found.setdefault(str(sha256), []).append(piece)
        return found

    def _addressed(self, attachment: Attachment, to: Iterable[str]) -> Mapping[str, Piece]:
        """Return contacts whose letter a file is, and that the message went to, each with its newest piece.

        A joint letter went to each of its addressees by itself, a referral to the authority alone.
        """
        addresses = set(to)
        found: dict[str, Piece] = {}
        pieces: Sequence[Piece] = self._pieces.get(attachment.sha256, ())
        if not pieces and attachment.name.lower().endswith(f".{PRINTED}"):
            pieces = self._edited.get(attachment.sha256, ())
        for piece in pieces:
            if piece.to:
                is_sent = self._emails.get(piece.to) in addresses
                found |= dict.fromkeys(piece.contacts, piece) if is_sent else {}
            else:
                named = (one for one in piece.contacts if self._emails.get(one) in addresses)
                found |= {contact: replace(piece, contacts=(contact,), contact=contact) for contact in named}
        return found


def _is_sending(message: Message) -> bool:
    """Tell whether a message is no draft, and forwards nothing."""
    return not (has_header("draft", message.headers) or is_subject("forwarded", message.subject))


def _is_reply(message: Message) -> bool:
    return bool(message.answers) or is_subject("answer", message.subject)


def _name_in(piece: Piece, sha256: str) -> str:
    """Return the name of a file of a letter; of one that was edited, that of its PDF."""
    names = [file.name for file in piece.files if file.sha256 == sha256]
    names += [file.name for file in piece.files if file.format == PRINTED]
    return names[0]


def sent_event(went: Went, on: date, role: str, recorder: Recorder) -> Sent:
    """Return what is recorded of a letter that went."""
    return Sent(
        **recorder.header(on, went.contact, went.piece.letter),
        piece=went.piece,
        channel=Channel.EMAIL,
        role=role,
        is_edited=went.is_edited,
        message_id=went.message.message_id,
    )
