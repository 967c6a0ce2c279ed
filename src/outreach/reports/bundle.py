"""Pack what was sent to a contact, what proves it and what came back into one ZIP, with a timeline."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from outreach.campaign.paths import ARCHIVE, bundle_path
from outreach.country.letter_language import LetterLanguage
from outreach.errors import InputError, Problem
from outreach.files.atomic import write_whole
from outreach.files.slug import slugged
from outreach.files.toml import load_words
from outreach.journal.archive import Archive
from outreach.journal.event import Event, Sent, details_of, files_of
from outreach.journal.history import History
from outreach.journal.words import Position
from outreach.language import Word, _
from outreach.letters.assignment import Assignment
from outreach.letters.folder import Folder
from outreach.letters.making.generate import Output

_WORDS = "timeline.toml"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def write_bundles(
    folder: Folder, history: History, assignments: Iterable[Assignment], output: Output
) -> list[Path]:
    """Write one ZIP for each contact that the letters concern, and return their paths.

    A bundle holds the contact's archived files under the day and kind of their event, the new letters,
    and a timeline in the campaign's language. The same journal and letters give the same bytes.

    Raises:
        InputError: the archive lacks a file that the journal names.
        WorldError: a bundle cannot be written.
    """
    new: dict[str, list[Assignment]] = {}
    for assignment in assignments:
        for contact in assignment.contacts:
            new.setdefault(contact, []).append(assignment)
    campaign = folder.campaign
    archive, language = Archive(campaign.path(ARCHIVE)), campaign.country.language(campaign.language)
    happened: dict[str, list[Event]] = {}
    for event in history.until(output.written).effective:
        happened.setdefault(event.contact, []).append(event)
    paths = []
    for contact, letters in new.items():
        path = output.out / bundle_path(contact)
        write_whole(path, _bundle(language, archive, happened.get(contact, []), letters, output))
        paths.append(path)
    return paths


def _bundle(
    language: LetterLanguage,
    archive: Archive,
    events: Sequence[Event],
    letters: Iterable[Assignment],
    output: Output,
) -> bytes:
    words = load_words(_WORDS, language.code)
    titles = {event.letter: event.piece.title for event in events if isinstance(event, Sent)}
    lines: list[str] = []
    files: dict[str, bytes] = {}
    for number, event in enumerate(events, 1):
        names = []
        for place, file in enumerate(files_of(event), 1):
            kind = words["files"].get(event.kind, event.kind)
            name = f"{number:02}-{event.at}-{kind}-{_file_name(event, file.name)}"
            if name in files:  # two of one event may be called alike
                name = f"{number:02}-{event.at}-{kind}-{place}-{_file_name(event, file.name)}"
            path = archive.folder / file.path
            try:
                files[name] = path.read_bytes()
            except OSError as error:
                hint = _("run `outreach log verify`")
                raise InputError(
                    Problem(f"{ARCHIVE}/{file.path}", 0, _("is missing"), hint, code="archive-missing")
                ) from error
            names.append(name)
        lines += _entry(language, words, event, titles.get(event.letter) or event.letter, names)
    for assignment in letters:
        for kind in output.formats:
            path = output.out / f"{assignment.name}.{kind}"
            if path.is_file():
                name = f"{len(events) + 1:02}-{output.written}-{assignment.template.name}.{kind}"
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
    language: LetterLanguage, words: Mapping[str, Any], event: Event, title: str, names: Sequence[str]
) -> list[str]:
    """Return an event's lines in the timeline: what happened, then the files that show it."""
    details = [title, *(detail for detail in details_of(event) if not isinstance(detail, Position))]
    texts = [words.get(one, one) if isinstance(one, Word) else str(one) for one in details]
    shown = ", ".join(filter(None, texts))
    what = ", ".join(filter(None, (words.get(event.kind, event.kind), shown)))
    entry = words["entry"].format(day=language.long_date(event.at), what=what)
    return [entry, *(f"    {name}" for name in names)]


def _file_name(event: Event, name: str) -> str:
    return "-".join(filter(None, (event.letter, slugged(name))))
