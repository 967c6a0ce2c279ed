"""Whom the files of a print run name: out/print/run.json, and the list for registered mail."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from outreach.letters.piece import Piece, PieceFile
from outreach.post.print_record import PrintRecord

LIST = "registered.csv"
RECORD = "run.json"

HEADER = "no;contact;letter;recipient;grams;number;euros\r\n"
ROWS = (
    '1;un;note;"Madame Ada ESSAI; chez ""elle""\r\nBP 1";15;1A 000 000 000 1;7,18\r\n',
    "2;deux;note;Zoé ESSAI;15;'=1+1;\r\n",
    "3;joint;ensemble;Aux élus;20;;\r\n",
    "4;deux-bis;note;Iris;15;;\r\n",
    "5;trois;note;Éva ESSAI;15;;",
)
"""As somebody filled it in: quotes, a line break in a cell, no line break at the end."""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return a folder of letters with three printed files."""
    folder = tmp_path / "out"
    (folder / "print").mkdir(parents=True)
    for name in ("print.pdf", "labels.pdf", "registered.pdf"):
        (folder / "print" / name).write_bytes(b"%PDF")
    return folder


def piece(*contacts: str, letter: str = "note", format: str = "pdf", contact: str = "") -> Piece:  # noqa: A002  (what it is)
    name = contact or contacts[0]
    return Piece(letter, contacts, contact=name, files=(PieceFile(f"{letter}/{name}.{format}", "0" * 64),))


def record(out: Path, names: dict[str, Iterable[str]]) -> None:
    made = PrintRecord(out)
    for name, contacts in names.items():
        made.put(name, contacts)
    made.save()


def named(out: Path, contact: str, *pieces: Piece) -> list[str]:
    return [
        path.removeprefix("print/").removesuffix(".pdf")
        for path in PrintRecord(out).files_naming(contact, pieces)
    ]


def registered(out: Path, content: bytes) -> Path:
    path = out / "print" / LIST
    path.write_bytes(content)
    return path


def lists(out: Path, contact: str, pieces: Iterable[Piece]) -> list[str]:
    found = PrintRecord(out).lists_without(contact, pieces)
    return [path.relative_to(out).as_posix() for path, _content in found]


def forget(out: Path, contact: str, pieces: Iterable[Piece]) -> None:
    run = PrintRecord(out)
    for path, content in run.lists_without(contact, pieces):
        path.write_bytes(content)
    left = run.without(contact, ())
    if left is not None:
        (out / "print" / RECORD).write_bytes(left)


# What is remembered


def test_whom_a_file_names_is_remembered_once_each_in_their_order(out: Path) -> None:
    record(out, {"print.pdf": ["zoé", "un", "zoé", "deux"], "labels.pdf": []})
    assert json.loads((out / "print" / RECORD).read_text(encoding="utf-8")) == {
        "files": {"print.pdf": ["zoé", "un", "deux"], "labels.pdf": []}
    }


def test_files_that_name_a_contact_are_found_by_their_name(out: Path) -> None:
    record(out, {"print.pdf": ["un", "deux"], "labels.pdf": ["deux"], "registered.pdf": ["un"]})
    assert PrintRecord(out).files_naming("un", ()) == ["print/print.pdf", "print/registered.pdf"]
    assert named(out, "deux") == ["labels", "print"]
    assert named(out, "deu") == []


def test_what_is_remembered_of_a_file_is_replaced(out: Path) -> None:
    record(out, {"print.pdf": ["un"], "labels.pdf": ["un"]})
    record(out, {"print.pdf": ["deux"]})
    assert named(out, "un") == ["labels"]
    assert named(out, "deux") == ["print"]


def test_nothing_is_remembered_before_it_is_saved(out: Path) -> None:
    PrintRecord(out).put("print.pdf", ["un"])
    assert not (out / "print" / RECORD).exists()


def test_files_that_are_gone_leave_the_record(out: Path) -> None:
    record(out, {"print.pdf": ["un"], "labels.pdf": ["un"]})
    (out / "print" / "labels.pdf").unlink()
    record(out, {"reprint.pdf": ["un"]})
    assert json.loads((out / "print" / RECORD).read_bytes()) == {"files": {"print.pdf": ["un"]}}
    (out / "print" / "print.pdf").unlink()
    record(out, {})
    assert json.loads((out / "print" / RECORD).read_bytes()) == {"files": {}}


def test_without_any_file_there_is_no_record(tmp_path: Path) -> None:
    record(tmp_path, {"print.pdf": ["un"]})
    assert list(tmp_path.iterdir()) == []
    assert PrintRecord(tmp_path).files_naming("un", [piece("un")]) == []


def test_neither_the_list_nor_the_record_nor_a_folder_is_a_file_that_can_be_made_again(out: Path) -> None:
    registered(out, b"no;contact;letter\r\n1;un;note\r\n")
    for _ in range(2):  # the record is a file that is there the second time
        record(out, {"print.pdf": ["un"], LIST: ["un"], RECORD: ["un"]})
    (out / "print" / "reprint.pdf").mkdir()
    assert named(out, "un", piece("un")) == ["labels", "print", "registered"]


# Without a record


def test_without_a_record_a_printed_letter_may_be_in_any_file(out: Path) -> None:
    assert named(out, "un", piece("un")) == ["labels", "print", "registered"]
    assert named(out, "un", piece("un", format="docx")) == []
    assert named(out, "un", piece("un", format="docx"), piece("un", letter="avis")) != []
    assert named(out, "un") == []


def test_without_a_record_a_file_that_somebody_called_otherwise_is_nobodys(out: Path) -> None:
    for name in ("print-002.pdf", "reprint.pdf", "envelopes.pdf", "notes.pdf", "print-2.pdf", "my-print.pdf"):
        (out / "print" / name).write_bytes(b"%PDF")
    found = ["envelopes", "labels", "print-002", "print", "registered", "reprint"]
    assert named(out, "un", piece("un")) == found
    record(out, {"notes.pdf": ["un"]})
    assert named(out, "un") == ["notes"]


def test_a_file_that_is_not_in_the_record_may_name_whoever_has_a_printed_letter(out: Path) -> None:
    record(out, {"print.pdf": ["deux"], "labels.pdf": ["un"]})
    assert named(out, "un", piece("un")) == ["labels", "registered"]
    assert named(out, "un", piece("un", format="docx")) == ["labels"]


DAMAGED = {
    "missing": None,
    "empty": b"",
    "cut short": b'{"files": {"print.pdf": ["de',
    "in another encoding": '{"files": {"print.pdf": ["zoé"]}}'.encode("cp1252"),
    "a list": b'[{"print.pdf": ["deux"]}]',
    "of another form": b'{"print.pdf": ["deux"]}',
    "with a list of files": b'{"files": ["print.pdf"]}',
    "with a text of ids": b'{"files": {"print.pdf": "deux"}}',
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_record_says_nothing(out: Path, content: bytes | None) -> None:
    if content is not None:
        (out / "print" / RECORD).write_bytes(content)
    assert named(out, "un", piece("un")) == ["labels", "print", "registered"]
    assert named(out, "deux") == []


def test_a_damaged_record_is_replaced(out: Path) -> None:
    (out / "print" / RECORD).write_bytes(b"{")
    record(out, {"print.pdf": ["deux"]})
    assert named(out, "un", piece("un")) == ["labels", "registered"]


def test_what_can_be_read_of_a_damaged_record_counts(out: Path) -> None:
    (out / "print" / RECORD).write_bytes(b'{"files": {"print.pdf": ["deux"], "labels.pdf": null}}')
    assert named(out, "un", piece("un")) == ["labels", "registered"]


# The list for registered mail

ENCODINGS = {
    "utf-8 with a mark": "utf-8-sig",
    "utf-8": "utf-8",
    "cp1252": "cp1252",
    "utf-16": "utf-16",
}


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("line_end", ["\r\n", "\n"], ids=["CRLF", "LF"])
def test_a_forgotten_row_leaves_every_other_byte_as_it_was(out: Path, line_end: str, encoding: str) -> None:
    def content(*rows: str) -> bytes:
        return "".join((HEADER, *rows)).replace("\r\n", line_end).encode(encoding)

    path = registered(out, content(*ROWS))
    forget(out, "deux", [piece("deux")])
    assert path.read_bytes() == content(ROWS[0], *ROWS[2:])


@pytest.mark.parametrize(
    ("contact", "left"), [("un", ROWS[1:]), ("deux-bis", (*ROWS[:3], ROWS[4])), ("trois", ROWS[:4])]
)
def test_a_row_goes_as_a_whole_wherever_it_stands(out: Path, contact: str, left: Iterable[str]) -> None:
    path = registered(out, "".join((HEADER, *ROWS)).encode("utf-8-sig"))
    forget(out, contact, [piece(contact)])
    assert path.read_bytes() == "".join((HEADER, *left)).encode("utf-8-sig")


def test_the_row_of_a_joint_letter_stands_under_another_name(out: Path) -> None:
    path = registered(out, "".join((HEADER, *ROWS)).encode())
    joint = piece("quatre", "un", letter="ensemble", contact="joint")
    forget(out, "quatre", [joint])
    assert path.read_bytes() == "".join((HEADER, *ROWS[:2], *ROWS[3:])).encode()


def test_the_row_of_another_joint_letter_stays(out: Path) -> None:
    registered(out, "".join((HEADER, *ROWS)).encode())
    other = piece("quatre", "un", letter="autre", contact="joint")
    assert lists(out, "quatre", [other]) == []


def test_all_rows_of_a_contact_go_whatever_their_letter(out: Path) -> None:
    path = registered(out, b"contact;letter\nun;note\ndeux;note\nun;avis\n")
    forget(out, "un", ())
    assert path.read_bytes() == b"contact;letter\ndeux;note\n"


def test_columns_are_found_by_their_names_and_ids_by_their_text(out: Path) -> None:
    path = registered(out, b"Letter,number,CONTACT\n\nnote,1, un \nnote\nnote,2,Un\nun,3,deux\n")
    forget(out, "un", ())
    assert path.read_bytes() == b"Letter,number,CONTACT\n\nnote\nnote,2,Un\nun,3,deux\n"


def test_a_list_is_named_where_it_has_a_row_of_the_contact(out: Path) -> None:
    assert lists(out, "un", ()) == []
    registered(out, "".join((HEADER, *ROWS)).encode())
    assert lists(out, "un", ()) == ["print/registered.csv"]
    assert lists(out, "u", ()) == []
    assert lists(out, "note", ()) == []


def test_lists_that_were_saved_under_other_names_lose_the_rows_too(out: Path) -> None:
    content = b"contact;letter\nun;note\ndeux;note\n"
    kept = out / "print" / "kept.csv"
    kept.write_bytes(content)
    (out / "print" / "empty.csv").write_bytes(b"")
    (out / "print" / "kept.txt").write_bytes(content)
    registered(out, content)
    assert lists(out, "un", ()) == ["print/kept.csv", "print/registered.csv"]
    forget(out, "un", ())
    assert kept.read_bytes() == b"contact;letter\ndeux;note\n"
    assert (out / "print" / "kept.txt").read_bytes() == content


@pytest.mark.parametrize("header", [b"contact;number", b"letter;number"])
def test_a_list_of_another_kind_is_left_alone(out: Path, header: bytes) -> None:
    path = registered(out, header + b"\nun;1\n")
    assert lists(out, "un", ()) == []
    forget(out, "un", ())
    assert path.read_bytes() == header + b"\nun;1\n"


# Forgetting


def test_whoever_is_forgotten_leaves_the_record_and_the_others_stay(out: Path) -> None:
    record(out, {"print.pdf": ["un", "deux"], "labels.pdf": ["deux"], "registered.pdf": ["un"]})
    forget(out, "un", ())
    assert json.loads((out / "print" / RECORD).read_bytes()) == {
        "files": {"print.pdf": ["deux"], "labels.pdf": ["deux"], "registered.pdf": []}
    }


def test_files_deleted_before_leave_the_record_with_it(out: Path) -> None:
    record(out, {"print.pdf": ["un", "deux"], "labels.pdf": ["deux"]})
    (out / "print" / "print.pdf").unlink()
    forget(out, "un", ())
    assert json.loads((out / "print" / RECORD).read_bytes()) == {"files": {"labels.pdf": ["deux"]}}


def test_where_nothing_was_remembered_nothing_is_written(out: Path) -> None:
    forget(out, "un", [piece("un")])
    assert sorted(path.name for path in (out / "print").iterdir()) == [
        "labels.pdf",
        "print.pdf",
        "registered.pdf",
    ]
