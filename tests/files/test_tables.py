"""CSV files that lose rows, and no other byte."""

from pathlib import Path

import pytest

from outreach.files.tables import without_rows


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("id;role\nid;mp\nun;mp\n", "id;role\nun;mp\n"),
        ("\n;\nid;role\nid;mp\n", "\n;\nid;role\n"),
        ("Registre;\r\nid;role\r\nun;mp\r\nid;mp\r\n", "Registre;\r\nid;role\r\nun;mp\r\n"),
        ('id;"rôle\nsur deux lignes"\nid;mp\n', 'id;"rôle\nsur deux lignes"\n'),
    ],
    ids=["header", "blank lines above it", "title above it", "header of two lines"],
)
def test_a_header_with_the_same_word_as_a_row_is_kept(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(before.encode())
    assert without_rows(path, "a.csv", lambda cells: cells[0] == "id") == after.encode()


def test_a_file_in_which_only_the_header_has_the_word_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id;role\nun;mp\n", encoding="utf-8")
    assert without_rows(path, "a.csv", lambda cells: cells[0] == "id") is None
