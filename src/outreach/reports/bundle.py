"""Pack what was sent to a contact, what proves it and what came back into one ZIP, with a timeline."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from outreach.errors import InputError, Problem
from outreach.files.atomic import write_whole
from outreach.files.toml import load_data
from outreach.journal.archive import FOLDER as ARCHIVE
from outreach.journal.archive import Archive, files_of
from outreach.journal.event import Event
from outreach.journal.standing import until
from outreach.language import _
from outreach.letters.compose import Document
from outreach.letters.folder import Folder
from outreach.letters.making.generate import Output
from outreach.letters.render import long_date

FOLDER = "bundles"
_WORDS = "timeline.toml"
_DETAILS = ("title", "channel", "tracking", "proof", "kind", "to", "forwarded_to", "reason", "note")
"""Of an event, in the order in which the timeline gives them."""
_CODES = ("channel", "proof", "kind")
"""Those that have words."""
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def write_bundles(
    folder: Folder, recorded: Sequence[Event], documents: Iterable[Document], output: Output
) -> list[Path]:
    """Write one ZIP for each contact that the letters concern, and return their paths.

    A bundle holds the contact's archived files under the day and kind of their event, the new letters,
    and a timeline in the campaign's language. The same journal and letters give the same bytes.

    Raises:
        InputError: the archive lacks a file that the journal names.
        WorldError: a bundle cannot be written.
    """
    new: dict[str, list[Document]] = {}
    for document in documents:
        for contact in document.contacts:
            new.setdefault(contact, []).append(document)
    archive = Archive(folder.campaign.path(ARCHIVE))
    happened = until(recorded, output.written)
    paths = []
    for contact, letters in new.items():
        events = [event for event in happened if event.contact == contact]
        path = output.out / FOLDER / f"{contact}.zip"
        write_whole(path, _bundle(folder.campaign.language, archive, events, letters, output))
        paths.append(path)
    return paths


def _bundle(
    language: str, archive: Archive, events: Sequence[Event], letters: Iterable[Document], output: Output
) -> bytes:
    words: Mapping[str, Any] = load_data(_WORDS)[language]
    titles = {event.letter: str(event.data["title"]) for event in events if event.data.get("title")}
    lines: list[str] = []
    files: dict[str, bytes] = {}
    for number, event in enumerate(events, 1):
        names = []
        for file in files_of(event):
            kind = words["files"].get(event.kind, event.kind)
            name = f"{number:02}-{event.at}-{kind}-{_file_name(event, file.name)}"
            path = archive.folder / file.path
            try:
                files[name] = path.read_bytes()
            except OSError as error:
                hint = _("run `outreach log verify`")
                raise InputError(Problem(f"archive/{file.path}", 0, _("is missing"), hint)) from error
            names.append(name)
        lines += _entry(language, words, event, titles.get(event.letter, event.letter), names)
    for document in letters:
        for kind in output.formats:
            path = output.out / f"{document.name}.{kind}"
            if path.is_file():
                name = f"{len(events) + 1:02}-{output.written}-{document.template.name}.{kind}"
                files[name] = path.read_bytes()
    files[words["file"]] = ("\n".join(lines) + "\n").encode("utf-8-sig")
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            bundle.writestr(info, content)
    return package.getvalue()


def _entry(
    language: str, words: Mapping[str, Any], event: Event, title: str, names: Sequence[str]
) -> list[str]:
    """Return an event's lines in the timeline: what happened, then the files that show it."""
    said = {**event.data, "title": title}
    details = ((key, str(said.get(key, ""))) for key in _DETAILS)
    shown = ", ".join(words.get(text, text) if key in _CODES else text for key, text in details if text)
    what = ", ".join(filter(None, (words.get(event.kind, event.kind), shown)))
    entry = words["entry"].format(day=long_date(event.at, language), what=what)
    return [entry, *(f"    {name}" for name in names)]


def _file_name(event: Event, name: str) -> str:
    return "-".join(filter(None, (event.letter, Path(name).name)))
