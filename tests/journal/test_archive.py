"""The archive keeps exact bytes, whatever lies there already."""

from pathlib import Path

import pytest

from outreach.errors import WorldError
from outreach.journal.archive import Archive


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
