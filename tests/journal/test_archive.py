"""The archive keeps exact bytes, whatever lies there already."""

import os
import sys
from pathlib import Path

import pytest

from outreach.errors import InputError, WorldError
from outreach.files import clone
from outreach.files.digest import digest
from outreach.journal.archive import Archive
from outreach.journal.event import ArchivedFile


def test_a_file_that_was_cut_short_is_written_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    file = archive.put("lettre.pdf", b"the whole letter")
    (tmp_path / file.path).write_bytes(b"the who")
    assert archive.put("copie.pdf", b"the whole letter").sha256 == file.sha256
    assert (tmp_path / file.path).read_bytes() == b"the whole letter"


def test_flushing_a_file_that_is_gone_is_a_fault_of_the_world(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    file = archive.put("lettre.pdf", b"x")
    archive.flush([file])
    assert archive.remove([file]) == 1
    assert archive.remove([file]) == 0
    with pytest.raises(WorldError):
        archive.flush([file])


def test_a_copy_is_a_file_of_its_own(tmp_path: Path) -> None:
    letter = tmp_path / "lettre.pdf"
    letter.write_bytes(b"as it was sent")
    file = Archive(tmp_path / "archive").copy(letter, "note/lettre.pdf")
    kept = tmp_path / "archive" / file.path
    letter.write_bytes(b"edited since!!")
    assert kept.read_bytes() == b"as it was sent"
    assert (file.name, file.sha256, kept.stat().st_nlink) == ("lettre.pdf", digest(b"as it was sent"), 1)


def test_a_copy_shares_blocks_where_that_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = tmp_path / "lettre.pdf"
    letter.write_bytes(b"as it was sent")

    def share(copy: int, _request: int, source: int) -> None:
        os.pwrite(copy, os.pread(source, 100, 0).upper(), 0)  # to tell it from a copy that was written

    monkeypatch.setattr(clone, "ioctl", share, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    file = Archive(tmp_path / "archive").copy(letter, "note/lettre.pdf")
    assert (tmp_path / "archive" / file.path).read_bytes() == b"AS IT WAS SENT"


def test_a_copy_holds_what_was_read_though_the_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = tmp_path / "lettre.pdf"
    letter.write_bytes(b"as it was sent")

    def share(copy: int, _request: int, source: int) -> None:
        letter.write_bytes(b"edited just now")
        os.pwrite(copy, os.pread(source, 100, 0), 0)

    monkeypatch.setattr(clone, "ioctl", share, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    file = Archive(tmp_path / "archive").copy(letter, "note/lettre.pdf")
    assert (tmp_path / "archive" / file.path).read_bytes() == b"as it was sent"


@pytest.mark.parametrize("name", ["lettre.pdf", ""])
def test_a_link_out_of_the_archive_is_not_written_through(tmp_path: Path, name: str) -> None:
    letter, outside = tmp_path / "lettre.pdf", tmp_path / "outside"
    letter.write_bytes(b"as it was sent")
    outside.mkdir()
    place = tmp_path / "archive" / ArchivedFile("lettre.pdf", digest(b"as it was sent")).path
    if name:
        place.parent.mkdir(parents=True)
        place.symlink_to(outside / name)
    else:
        place.parent.parent.mkdir()
        place.parent.symlink_to(outside)
    with pytest.raises(InputError):
        Archive(tmp_path / "archive").copy(letter, "note/lettre.pdf")
    assert list(outside.iterdir()) == []
