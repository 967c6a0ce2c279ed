"""Tell by hashes whether a letter would come out the same, without making it where that can be avoided."""

import re
from dataclasses import replace
from datetime import date
from functools import cached_property

from outreach import __version__
from outreach.campaign.paths import FONTS, LETTERS
from outreach.files.digest import digest, file_digest
from outreach.letters.assignment import Assignment
from outreach.letters.compose import Composer
from outreach.letters.folder import Folder
from outreach.letters.formats.pdf import TEMPLATE
from outreach.letters.letter import Block, Letter
from outreach.letters.piece import Piece
from outreach.typesetting import engine

_KEPT = 1024
"""Blocks that are remembered."""


class Inputs:
    """Tell what a letter's files depend on without making the letter: settings, texts, pictures, fonts."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._printed_with = _shared_inputs(folder)
        self._templates: dict[str, str] = {}
        self._blocks: dict[int, tuple[Block, str]] = {}
        """By the block's identity: it and what it says."""
        self._composer = Composer(folder)

    @cached_property
    def _shared(self) -> str:
        return _hash(self._printed_with, *_settings(self._folder), *_passages(self._folder))

    def of(self, assignment: Assignment, written: date) -> str:
        """Return the hash of everything that goes into a letter of that day."""
        template = assignment.template
        if template.name not in self._templates:
            texts = [repr(template)]
            if _OTHER_LETTER.search(template.body):
                texts += [repr(other) for other in self._folder.templates]
            self._templates[template.name] = _hash(*texts)
        own = (assignment.recipients, assignment.questions, assignment.about, assignment.earlier, written)
        return _hash(self._shared, self._templates[template.name], repr(own))

    def are_current(self, assignment: Assignment, piece: Piece) -> bool:
        """Tell whether a letter would come out the same today; a change that does not show is none.

        Raises:
            InputError: the letter cannot be made any more.
        """
        if piece.written is None:
            return False
        if self.of(assignment, piece.written) == piece.inputs:
            return True
        return self.composed(self._composer.compose(assignment, piece.written)) == piece.composed

    def composed(self, letter: Letter) -> str:
        """Return the hash of a finished letter and of what it is printed with."""
        return _hash(self._printed_with, repr(replace(letter, body=())), *map(self._said, letter.body))

    def _said(self, block: Block) -> str:
        """Return all that a block says and how, on one line; once for letters that have the very same."""
        if id(block) not in self._blocks:
            if len(self._blocks) >= _KEPT:
                self._blocks.clear()
            self._blocks[id(block)] = (block, repr(block))
        return self._blocks[id(block)][1]


_OTHER_LETTER = re.compile(r"""\{%-?\s*(?:include|import|from|extends)\s+(?!['"]_)""")
"""A template that takes over something else than a passage."""


def _hash(*texts: str) -> str:
    return digest("\n".join(texts).encode("utf-8", "surrogatepass"))


def _settings(folder: Folder) -> list[str]:
    campaign = folder.campaign
    return [
        repr(value)
        for value in (
            campaign.title,
            campaign.topic,
            campaign.country.code,
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
    paths = [*campaign.named_files, *sorted(campaign.path(FONTS).glob("*"))]
    return "\n".join(
        [
            __version__,
            engine(TEMPLATE),
            repr(campaign.layout),
            *(file_digest(path) or "" for path in paths if path.is_file()),
        ]
    )
