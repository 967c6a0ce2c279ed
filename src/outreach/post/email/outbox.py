"""The Outbox: what was about to go out, kept on the disk until it is known what became of it."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from outreach.campaign.paths import SENDING
from outreach.errors import Problem, WorldError, reason
from outreach.files.atomic import delete, write_whole
from outreach.files.reading import read_bytes
from outreach.journal.history import History
from outreach.language import _


@dataclass(frozen=True, slots=True)
class Intent:
    """An e-mail that a server was given, or was about to be."""

    message_id: str
    letter: str
    contact: str
    """Whom it goes to."""
    contacts: tuple[str, ...]
    """In whose record it belongs."""
    at: datetime
    """In UTC."""
    reason: str = ""
    """Why again; empty where it went for the first time."""

    def is_recorded(self, history: History) -> bool:
        """Tell whether the journal says what became of it: it was sent, or the letter was by whatever way."""
        return any(
            event.letter == self.letter
            and event.contact in self.contacts
            and (event.message_id == self.message_id or event.recorded_at > self.at)
            for event in history.sendings
        )


class Outbox:
    """The intents of a campaign; safe against a program that is killed at any point."""

    def __init__(self, root: Path) -> None:
        """Read what is there; a line that was cut short was written before anything went.

        Raises:
            WorldError: it cannot be read.
        """
        self._path = root / SENDING
        content = read_bytes(self._path, SENDING) if self._path.is_file() else b""
        self._open: dict[str, Intent] = {}
        for line in content.splitlines():
            self._read(line)
        self._is_cut = bool(content) and not content.endswith(b"\n")

    def uncertain(self, history: History) -> list[Intent]:
        """Return what may have gone or not; the journal says nothing of it."""
        return [one for one in self._open.values() if not one.is_recorded(history)]

    def intend(self, intent: Intent) -> None:
        """Keep an intent; it is on the disk when this returns.

        Raises:
            WorldError: it cannot be written; nothing may go.
        """
        line = (b"\n" if self._is_cut else b"") + _line(intent)
        try:
            with self._path.open("ab") as stream:
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise WorldError(
                Problem(SENDING, 0, _("cannot be written"), reason(error), code="unwritable")
            ) from error
        self._is_cut = False
        self._open[intent.message_id] = intent

    def resolve(self, intent: Intent) -> None:
        """Take an intent back, since it is known what became of it; raises as `intend`."""
        del self._open[intent.message_id]
        self._save()

    def settle(self, history: History) -> None:
        """Take back whatever the journal knows of; raises as `intend`."""
        known = [one.message_id for one in self._open.values() if one.is_recorded(history)]
        for message_id in known:
            del self._open[message_id]
        if known or not self._open:
            self._save()

    def _save(self) -> None:
        if self._open:
            write_whole(self._path, b"".join(map(_line, self._open.values())), SENDING)
        else:
            delete(self._path)
        self._is_cut = False

    def without(self, identifier: str) -> bytes | None:
        """Return the file without what concerns a contact; None if nothing does, empty for none left."""
        kept = [one for one in self._open.values() if identifier not in (one.contact, *one.contacts)]
        if len(kept) == len(self._open):
            return None
        return b"".join(map(_line, kept))

    def _read(self, line: bytes) -> None:
        try:
            row: dict[str, Any] = json.loads(line)
            intent = Intent(
                str(row["message_id"]),
                str(row["letter"]),
                str(row["contact"]),
                tuple(map(str, row["contacts"])),
                datetime.fromisoformat(row["at"]),
                str(row.get("reason", "")),
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        self._open[intent.message_id] = intent


def _line(intent: Intent) -> bytes:
    values = asdict(intent) | {"at": intent.at.astimezone(timezone.utc).isoformat()}
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"
