"""Tell by hashes whether a letter would come out the same, without making it where that can be avoided."""

import re
from datetime import date

from outreach import __version__
from outreach.files.digest import digest, file_digest
from outreach.letters.compose import Document, compose
from outreach.letters.folder import Folder
from outreach.letters.formats.pdf import TEMPLATE
from outreach.letters.letter import Letter
from outreach.letters.piece import ManifestEntry
from outreach.letters.render import Renderer
from outreach.letters.template import FOLDER as LETTERS
from outreach.typesetting import FONTS_FOLDER, engine


class Inputs:
    """Tell what a letter's files depend on without making the letter: settings, texts, pictures, fonts."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._printed_with = _shared_inputs(folder)
        shared = [self._printed_with, *_settings(folder), *_passages(folder)]
        self._shared = digest("\n".join(shared).encode("utf-8", "surrogatepass"))
        self._templates: dict[str, str] = {}
        self._renderer: Renderer | None = None

    def of(self, document: Document, written: date) -> str:
        """Return the hash of everything that goes into a letter of that day."""
        template = document.template
        if template.name not in self._templates:
            texts = [repr(template)]
            if _OTHER_LETTER.search(template.body):
                texts += [repr(other) for other in self._folder.templates]
            self._templates[template.name] = digest("\n".join(texts).encode("utf-8", "surrogatepass"))
        parts = (
            self._shared,
            self._templates[template.name],
            repr((document.recipients, document.about, document.earlier, written)),
        )
        return digest("\n".join(parts).encode("utf-8", "surrogatepass"))

    def are_current(self, document: Document, entry: ManifestEntry) -> bool:
        """Tell whether a file would come out the same today; a change that does not show is none.

        Raises:
            InputError: the letter cannot be made any more.
        """
        written = date.fromisoformat(entry.date)
        if self.of(document, written) == entry.inputs:
            return True
        self._renderer = self._renderer or Renderer(self._folder.campaign.root, self._folder.templates)
        letter = compose(self._folder.campaign, self._renderer, document, written)
        return self.composed(letter) == entry.composed

    def composed(self, letter: Letter) -> str:
        """Return the hash of a finished letter and of what it is printed with."""
        return digest(f"{self._printed_with}\n{letter!r}".encode("utf-8", "surrogatepass"))


_OTHER_LETTER = re.compile(r"""\{%-?\s*(?:include|import|from|extends)\s+(?!['"]_)""")
"""A template that takes over something else than a passage."""


def _settings(folder: Folder) -> list[str]:
    campaign = folder.campaign
    return [
        repr(value)
        for value in (
            campaign.title,
            campaign.language,
            campaign.sender,
            campaign.place,
            campaign.reference,
            campaign.registered,
            campaign.civility,
        )
    ]


def _passages(folder: Folder) -> list[str]:
    """Return the hash of every text in letters/ that is no letter by itself."""
    letters = {folder.campaign.path(template.path) for template in folder.templates}
    found = sorted(path for path in folder.campaign.path(LETTERS).rglob("*.md") if path not in letters)
    return [f"{path.name} {file_digest(path)}" for path in found]


def _shared_inputs(folder: Folder) -> str:
    """Return what all letters share besides text: version, layout, pictures, fonts, letterhead."""
    campaign = folder.campaign
    paths = [*campaign.named_files, *sorted(campaign.path(FONTS_FOLDER).glob("*"))]
    return "\n".join(
        [
            __version__,
            engine(TEMPLATE),
            repr(campaign.layout),
            *(file_digest(path) or "" for path in paths if path.is_file()),
        ]
    )
