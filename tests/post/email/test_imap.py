import imaplib
from typing import Any

import pytest

from outreach.errors import WorldError
from outreach.post.email.imap import Box, Use


class Client:
    """What lists folders as servers do."""

    def __init__(self, plain: list[bytes], asked: list[bytes] | None = None) -> None:
        self.capabilities = ("IMAP4REV1",) if asked is None else ("IMAP4REV1", "SPECIAL-USE")
        self._lines = {'""': plain, '(SPECIAL-USE) ""': asked}

    def list(self, way: str, _pattern: str) -> tuple[str, Any]:
        return "OK", self._lines[way]


def box(*lines: Any) -> Box:
    client: Any = Client(*lines)
    assert not isinstance(client, imaplib.IMAP4)
    return Box(client, "imap.example.org")


@pytest.mark.parametrize(
    ("line", "raw", "name"),
    [
        (rb'(\HasNoChildren \Drafts) "/" "[Gmail]/Brouillons"', "[Gmail]/Brouillons", "[Gmail]/Brouillons"),
        (rb'(\Drafts) "." INBOX.Drafts', "INBOX.Drafts", "INBOX.Drafts"),
        (rb'(\drafts) NIL "Entw&APw-rfe"', "Entw&APw-rfe", "Entwürfe"),
        (rb'(\Drafts) "\\" "a \"b\" &- c"', 'a "b" &- c', 'a "b" & c'),
        (rb'(\Drafts) "/" "&ZeU-"', "&ZeU-", "日"),
    ],
)
def test_the_folder_for_drafts_is_found_by_what_it_is_for(line: bytes, raw: str, name: str) -> None:
    lines = [rb'(\HasChildren) "/" Drafts', rb'(\NotDrafts) "/" x', line, rb'(\Sent) "/" Sent']
    found = box(lines).folder(Use.DRAFTS)
    assert (found.raw, found.name) == (raw, name)


def test_a_server_that_says_it_only_where_it_is_asked_is_asked() -> None:
    found = box([b'() "/" INBOX', b'() "/" B'], [rb'(\Drafts) "/" B']).folder(Use.DRAFTS)
    assert found.raw == "B"


@pytest.mark.parametrize("lines", [[[None]], [[b'() "/" Drafts']], [[b'() "/" Drafts'], [None]]])
def test_a_folder_that_is_only_called_so_is_none(lines: list[list[bytes]]) -> None:
    with pytest.raises(WorldError, match=r"imap\.example\.org names no folder for \\Drafts; make one"):
        box(*lines).folder(Use.DRAFTS)
