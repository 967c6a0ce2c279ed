"""Paths that files name: below their folder, or refused."""

import json
from pathlib import Path

import pytest

from outreach.campaign.paths import is_below, is_inside
from outreach.errors import InputError
from outreach.files.digest import digest
from outreach.journal.archive import Archive
from outreach.letters.piece import Manifest


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/x", "C:/x", "a\\..\\b", "", ".", "a\0"])
def test_a_path_that_leads_out_is_told(name: str) -> None:
    assert not is_below(name)


@pytest.mark.parametrize("name", ["note/maire.pdf", "a..b/c.pdf", "note/maire.pdf.bak-1"])
def test_a_path_below_is_told(name: str) -> None:
    assert is_below(name)


@pytest.mark.parametrize("path", ["../sentinel", "/sentinel", "note/../../sentinel"])
def test_a_manifest_that_names_a_file_outside_is_refused(tmp_path: Path, path: str) -> None:
    texts = dict.fromkeys(("title", "kind", "to", "inputs", "composed", "version"), "x")
    lists: dict[str, list[str]] = {name: [] for name in ("contacts", "address", "questions", "follows")}
    names = {"letter": "note", "contact": "maire", "date": "2026-01-05"}
    row = {**texts, **lists, **names, "path": path, "sha256": "", "pages": 1}
    (tmp_path / "manifest.json").write_text(
        f"[\n{json.dumps(row | {'path': 'note/maire.pdf'})}\n]\n", encoding="utf-8"
    )
    before = [piece.letter for piece in Manifest(tmp_path).pieces()]
    (tmp_path / "manifest.json").write_text(f"[\n{json.dumps(row)}\n]\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"manifest\.json"):
        Manifest(tmp_path)
    assert before == ["note"]


def test_a_link_that_leads_out_is_told_a_dangling_one_too(tmp_path: Path) -> None:
    root = tmp_path / "campaign"
    root.mkdir()
    (tmp_path / "sentinel").write_text("x", encoding="utf-8")
    (root / "out").symlink_to(tmp_path / "sentinel")
    (root / "dangling").symlink_to(tmp_path / "nowhere")
    (root / "within").symlink_to(root)
    found = [is_inside(root / name, root) for name in ("out", "dangling", "../sentinel", "within", "new.pdf")]
    assert found == [False, False, False, True, True]


def test_the_archive_never_follows_a_link_out(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "archive"
    outside.mkdir()
    folder.mkdir()
    (folder / digest(b"x")[:2]).symlink_to(outside)
    with pytest.raises(InputError, match="a link leads out of the folder"):
        Archive(folder).put("a.txt", b"x")
    assert list(outside.iterdir()) == []
