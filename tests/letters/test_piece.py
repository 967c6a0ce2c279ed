"""The manifest as records: pieces with their files, also those that the version before wrote a line a file."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from outreach.errors import InputError
from outreach.files.digest import digest
from outreach.letters.piece import Manifest, Piece, PieceFile, read_pieces

FIXTURE = Path(__file__).parents[1] / "data" / "manifest-1.json"
"""As the version before wrote it for the shipped letters."""
NAMES = (
    "councillors/conseil-municipal-lyon",
    "joint/joint",
    "mayor/maire-lyon",
    "regional-bodies/metropole-lyon",
    "regional-bodies/prefecture-rhone",
    "regional-bodies/region-aura",
    "regional-bodies/sytral-mobilites",
    "security-deputy/adjoint-securite-lyon",
)
FORMATS = ("docx", "pdf", "txt")
PDF = "mayor/maire-lyon.pdf"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return a folder with the manifest of the version before."""
    shutil.copy(FIXTURE, tmp_path / "manifest.json")
    return tmp_path


@pytest.fixture
def saved(out: Path) -> Path:
    """Return a folder with the same manifest, written anew."""
    Manifest(out).save()
    return out


def paths_of(pieces: list[Piece]) -> list[list[str]]:
    return [[file.path for file in piece.files] for piece in pieces]


def old_rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(FIXTURE.read_text(encoding="utf-8"))
    return rows


def test_the_files_of_the_version_before_come_out_in_pieces(out: Path) -> None:
    pieces = Manifest(out).pieces()
    assert paths_of(pieces) == [[f"{name}.{kind}" for kind in FORMATS] for name in NAMES]
    assert [piece.contacts for piece in pieces if piece.contact == "joint"] == [
        ("maire-lyon", "adjoint-securite-lyon", "conseil-municipal-lyon")
    ]
    assert list(read_pieces(out)) == pieces


def test_nothing_that_the_version_before_recorded_is_lost(out: Path) -> None:
    manifest = Manifest(out)
    rows = old_rows()
    assert len(rows) == len(NAMES) * len(FORMATS)
    for row in rows:
        piece, file = manifest[row["path"]]
        assert file in piece.files
        assert file == PieceFile(row["path"], row["sha256"], row["pages"])
        assert (file.format, file.name) == (row["format"], Path(row["path"]).name)
        assert replace(piece, files=()) == Piece(
            letter=row["letter"],
            contacts=tuple(row["contacts"]),
            title=row["title"],
            kind=row["kind"],
            contact=row["contact"],
            written=date.fromisoformat(row["date"]),
            address=tuple(row["address"]),
            questions=tuple(row["questions"]),
            follows=tuple(row["follows"]),
            reply_by=date.fromisoformat(row["reply_by"]),
            to=row["to"],
            inputs=row["inputs"],
            composed=row["composed"],
            version=row["version"],
        )
        assert manifest.knows(row["path"], row["sha256"])
        assert not manifest.knows(row["path"], "0" * 64)


def test_what_only_a_still_older_version_left_out_is_empty(tmp_path: Path) -> None:
    row = {key: value for key, value in old_rows()[1].items() if key not in ("reply_by", "to", "follows")}
    (tmp_path / "manifest.json").write_text(f"[\n{json.dumps(row)}\n]\n", encoding="utf-8")
    (piece,) = read_pieces(tmp_path)
    assert (piece.reply_by, piece.to, piece.follows) == (None, "", ())
    assert piece.addressee == "conseil-municipal-lyon"


def test_saving_writes_one_line_a_piece_that_reads_back_equal(out: Path) -> None:
    manifest = Manifest(out)
    manifest.save()
    text = (out / "manifest.json").read_text(encoding="utf-8")
    first, *lines, last = text.splitlines()
    assert (first, last) == ("[", "]")
    rows = [json.loads(line.removesuffix(",")) for line in lines]
    assert [[file["path"] for file in row["files"]] for row in rows] == paths_of(manifest.pieces())
    assert json.loads(text) == rows
    assert Manifest(out).pieces() == manifest.pieces()
    assert list(read_pieces(out)) == manifest.pieces()
    Manifest(out).save()
    assert (out / "manifest.json").read_text(encoding="utf-8") == text
    assert [path.name for path in out.iterdir()] == ["manifest.json"]


def test_every_field_of_a_piece_is_saved(tmp_path: Path) -> None:
    files = (PieceFile("l/note/a.docx", "1" * 64), PieceFile("l/note/a.pdf", "2" * 64, 3))
    piece = Piece(
        letter="note",
        contacts=("a", "b"),
        title="Été",
        kind="referral",
        contact="a",
        written=date(2024, 11, 30),
        address=("A", "B"),
        questions=("q",),
        follows=("mayor",),
        reply_by=date(2024, 12, 30),
        to="c",
        files=files,
        inputs="i",
        composed="k",
        version="0",
    )
    manifest = Manifest(tmp_path)
    for file in files:
        manifest.put(piece, file)
    manifest.save()
    assert list(read_pieces(tmp_path)) == [piece]
    assert (piece.addressee, piece.file("pdf"), piece.file("txt")) == ("c", files[1], None)


def test_a_file_recorded_under_a_new_piece_leaves_the_old_one(saved: Path) -> None:
    manifest = Manifest(saved)
    old, _file = manifest[PDF]
    new = replace(old, title="Nouvelle", composed="0" * 64, files=())
    pdf = PieceFile(PDF, "f" * 64, 3)
    manifest.put(new, pdf)
    assert manifest[PDF] == (replace(new, files=(pdf,)), pdf)
    rest = tuple(file for file in old.files if file.path != PDF)
    assert manifest["mayor/maire-lyon.docx"][0] == replace(old, files=rest)
    assert [file.path for piece in manifest.pieces() for file in piece.files].count(PDF) == 1
    assert len(manifest.pieces()) == len(NAMES) + 1
    manifest.save()
    assert Manifest(saved).pieces() == manifest.pieces()
    for file in rest:
        manifest.put(new, file)
    assert len(manifest.pieces()) == len(NAMES)
    assert manifest[PDF] == (replace(new, files=(rest[0], pdf, rest[1])), pdf)


def test_a_piece_without_files_is_gone(saved: Path) -> None:
    manifest = Manifest(saved)
    for kind in FORMATS:
        assert f"mayor/maire-lyon.{kind}" in manifest
        manifest.remove(f"mayor/maire-lyon.{kind}")
        assert f"mayor/maire-lyon.{kind}" not in manifest
    manifest.remove(PDF)
    assert [piece for piece in manifest.pieces() if piece.letter == "mayor"] == []
    assert len(manifest.pieces()) == len(NAMES) - 1


def without_end(line: str) -> str:
    return line[: len(line) // 2]


def without_sha(line: str) -> str:
    return line.replace('"sha256"', '"sha"', 1)


def of_no_day(line: str) -> str:
    return line.replace('"2024-11-30"', '"2024-11-31"', 1)


def with_pages_in_words(line: str) -> str:
    return line.replace('"pages": null', '"pages": "deux"', 1).replace('"pages": 2', '"pages": "deux"', 1)


DAMAGE = (without_end, without_sha, of_no_day, with_pages_in_words)


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize(
    ("version", "number"), [("out", 2), ("out", 12), ("out", 25), ("saved", 2), ("saved", 9)]
)
def test_a_damaged_line_is_named_with_its_number(
    request: pytest.FixtureRequest, version: str, number: int, damage: Callable[[str], str]
) -> None:
    folder: Path = request.getfixturevalue(version)
    path = folder / "manifest.json"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    whole = lines[number - 1]
    lines[number - 1] = damage(whole.rstrip("\n")) + "\n"
    assert lines[number - 1] != whole
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Manifest(folder)
    assert str(caught.value) == (
        f"{path.as_posix()}:{number}: the manifest is damaged; move the folder away and generate again"
    )


@pytest.mark.parametrize("path", ["note/linked.txt", "linked/new.txt"])
def test_no_link_leads_a_file_out_of_the_folder_after_others_were_written_in_it(
    path: str, tmp_path: Path
) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("x", encoding="utf-8")
    manifest = Manifest(out)
    piece = Piece("note", ("maire",), composed="k")
    manifest.write(piece, PieceFile("note/maire.txt", digest(b"a")), b"a")
    (out / "note" / "linked.txt").symlink_to(outside / "kept.txt")
    (out / "linked").symlink_to(outside)
    with pytest.raises(InputError, match="a link leads out of the folder"):
        manifest.write(piece, PieceFile(path, digest(b"b")), b"b")
    assert [file.read_text(encoding="utf-8") for file in outside.iterdir()] == ["x"]
