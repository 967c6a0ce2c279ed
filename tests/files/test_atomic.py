"""A file is written whole or not at all, wherever its path leads."""

import os
from pathlib import Path

import pytest

from outreach.errors import WorldError
from outreach.files.atomic import write_whole, write_with


def test_missing_folders_are_made_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "a" / "b" / "x.txt", b"new")
    assert path.read_bytes() == b"new"
    assert [one.name for one in path.parent.iterdir()] == ["x.txt"]


def test_a_failure_leaves_the_older_file(tmp_path: Path) -> None:
    def fail(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    path = tmp_path / "x.txt"
    path.write_bytes(b"old")
    with pytest.raises(WorldError) as caught:
        write_with(path, fail, "x.txt")
    assert "x.txt" in str(caught.value)
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["x.txt"]


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "x.csv"
    real.parent.mkdir()
    real.write_bytes(b"old")
    link = tmp_path / "x.csv"
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("this user may not make links")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_name_that_no_system_takes_is_a_fault_of_the_world(tmp_path: Path) -> None:
    with pytest.raises(WorldError):
        write_whole(tmp_path / ("x" * 300), b"new")


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(WorldError):
        write_whole(tmp_path, b"new")
    assert tmp_path.is_dir()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in its folders")
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, b"through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
