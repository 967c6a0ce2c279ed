"""A file that was edited by hand beside one of another date: which of the two was sent?"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]

SENT = ("sent", "note", "--on", "2024-12-05", "--via", "post")


@pytest.fixture
def edited(campaign: Campaign, run: Run) -> Path:
    """Return a campaign with a DOCX of 28 November, edited by hand, and a text of 2 December."""
    root = campaign()
    both = ("generate", "--format", "docx", "--format", "txt", "--date", "2024-11-28")
    assert run(*both, root=root).exit_code == 0
    (root / "out/note/maire.docx").write_bytes(b"my words")
    assert run("generate", "--format", "txt", "--date", "2024-12-02", root=root).exit_code == 0
    return root


def events(run: Run, root: Path) -> list[dict[str, Any]]:
    return list(json.loads(run("log", "--json", root=root).stdout))


def test_an_edited_file_of_an_earlier_date_is_not_dropped_unseen(edited: Path, run: Run) -> None:
    refused = run(*SENT, root=edited)
    assert (refused.exit_code, refused.stdout, refused.stderr) == (
        3,
        "",
        "note/maire.docx / note/maire.txt: these are not the same letter;"
        " generate it again in all formats, or delete the file that was not sent\n",
    )
    assert events(run, edited) == []
    assert not (edited / "archive").exists()


def test_the_edited_file_is_what_was_sent_once_the_other_is_deleted(edited: Path, run: Run) -> None:
    (edited / "out/note/maire.txt").unlink()
    assert run(*SENT, root=edited).stdout == "sent  note  maire  2024-12-05  post, as edited by hand\n"
    (event,) = events(run, edited)
    (file,) = event["data"]["files"]
    assert (event["data"]["date"], file["name"]) == ("2024-11-28", "maire.docx")
    assert (edited / "archive" / file["sha256"][:2] / f"{file['sha256']}.docx").read_bytes() == b"my words"


def test_the_last_letter_is_what_was_sent_once_the_edited_file_is_deleted(edited: Path, run: Run) -> None:
    (edited / "out/note/maire.docx").unlink()
    assert run(*SENT, root=edited).stdout == "sent  note  maire  2024-12-05  post\n"
    (event,) = events(run, edited)
    assert event["data"]["date"] == "2024-12-02"
    assert [file["name"] for file in event["data"]["files"]] == ["maire.txt"]


def test_a_file_of_an_earlier_date_that_nobody_edited_is_left_out(campaign: Campaign, run: Run) -> None:
    root = campaign()
    run("generate", "--format", "docx", "--format", "txt", "--date", "2024-11-28", root=root)
    run("generate", "--format", "txt", "--date", "2024-12-02", root=root)
    assert run(*SENT, root=root).stdout == "sent  note  maire  2024-12-05  post\n"
    (event,) = events(run, root)
    assert [file["name"] for file in event["data"]["files"]] == ["maire.txt"]
