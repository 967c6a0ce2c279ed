"""Whoever is taken out of a contact file is gone, and every byte of the others is as it was."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import InputError
from outreach.files import toml_edits
from outreach.people.contact_files import with_added, with_filled_in, without

NASTY = (
    "\u2028",
    "\u0085",
    "\u2029",
    "\u00a0",
    "[[contact]]",
    "# rien",
    "'",
    "id = ",
    "{",
    "]",
    ",",
    "é",
    "\ufeff",
)
WORDS = st.lists(st.sampled_from(NASTY), max_size=4).map("".join)


def literal(text: str) -> str:
    return "'''\n" + text.replace("'", "") + "'''"


def basic(text: str) -> str:
    return f'"{text}"'


TEXTS = st.one_of(
    WORDS.map(basic),
    WORDS.map(lambda text: f"'{text.replace(chr(39), '')}'"),
    WORDS.map(lambda text: literal(f"{text}\n[[contact]]\nid = 'quidam'\n# {text}\n")),
    WORDS.map(lambda text: f'"""\n{text}\\\n  [[contact]]\n# "quidam" {text}\n""""'),
)
KEYS = st.sampled_from(["title", "fields.note", '"fields"."a.b"', "'portfolio'", "fields . y"])


@st.composite
def values(draw: st.DrawFn) -> str:
    """Return a value of any form: a text, an array over several lines, an inline table."""
    text = draw(TEXTS)
    return draw(
        st.sampled_from(
            [
                text,
                f"[\n  {text}, # ]\n  # [[contact]]\n  {text}\n]",
                f"{{ a = [[{basic(']')}]], b = 'x}}' }}",
            ]
        )
    )


@st.composite
def tables(draw: st.DrawFn, name: str) -> str:
    """Return a contact written as tables, with whatever may stand above, in and below it."""
    above = "".join(f"# {draw(WORDS)}\n" for _ in range(draw(st.integers(0, 2))))
    header = draw(st.sampled_from(["[[contact]]", "[[ contact ]]  # le", '[["contact"]]', " [['contact']]"]))
    key = draw(st.sampled_from(["id", '"id"', "'id'"]))
    rows = [f"{one} = {draw(values())}\n" for one in draw(st.lists(KEYS, unique=True, max_size=3))]
    rows.insert(draw(st.integers(0, len(rows))), f"{key} = '{name}'\n")
    below = draw(
        st.lists(
            st.sampled_from(
                [
                    "[contact.more]\nid = 'quidam'\n",
                    "# du sous-tableau\n[contact.other.deep]\na.b = 1\n",
                    "[[contact.list]]\nx = 1\n[[contact.list]]\n[contact.list.z]\n",
                ]
            ),
            unique=True,
        )
    )
    blank = draw(st.sampled_from(["", "\n", "\n# à part " + draw(WORDS) + "\n\n"]))
    return above + header + "\n" + "".join(rows) + "".join(below) + blank


@st.composite
def inline_tables(draw: st.DrawFn, name: str) -> str:
    """Return a contact written as a line of an array."""
    above = "".join(f"  # {draw(WORDS)}\n" for _ in range(draw(st.integers(0, 2))))
    text = draw(WORDS.map(basic))
    comment = draw(st.sampled_from(["", " # " + draw(WORDS), "\t# }, {"]))
    return f"{above}  {{ id = '{name}', title = {text}, fields = {{ a = [[{text}], []] }} }},{comment}\n"


def cut(content: bytes, identifier: str, ending: str) -> bytes | None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        path.write_bytes(content)
        return without(path, identifier, "contacts/a")


def fill(content: bytes, values: Mapping[str, Mapping[str, Any]]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.toml"
        path.write_bytes(content)
        return with_filled_in(path, values, "contacts/a")


@settings(max_examples=300, deadline=None)
@given(st.data(), st.integers(0, 4), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
def test_others_in_toml_are_byte_for_byte_what_they_were(
    data: st.DataObject, place: int, end: str, mark: str
) -> None:
    is_inline = data.draw(st.booleans())
    ids = ["quidam-2", "le-quidam", "un", "deux"]
    ids.insert(place, "quidam")
    kind = inline_tables if is_inline else tables
    parts = {name: data.draw(kind(name), label=name) for name in ids}
    before, after = ("contact = [ # eux\n", "]\n[other]\n# fin") if is_inline else ("# Les élus.\n\n", "")

    def content(*names: str) -> bytes:
        text = "".join((before, *(parts[name] for name in names), after))
        tomli.loads(text)
        return (mark + text).replace("\n", end).encode()

    found = cut(content(*ids), "quidam", "toml")
    assert found == content(*(name for name in ids if name != "quidam"))


@settings(max_examples=300, deadline=None)
@given(st.data(), st.integers(0, 2), st.sampled_from(["\n", "\r\n"]))
def test_others_are_what_they_were_when_somebody_gets_values(
    data: st.DataObject, place: int, end: str
) -> None:
    is_inline = data.draw(st.booleans())
    ids = ["quidam-2", "un"]
    ids.insert(place, "quidam")
    kind = inline_tables if is_inline else tables
    parts = {name: data.draw(kind(name), label=name).replace("\n", end) for name in ids}
    before, after = (f"contact = [ # eux{end}", f"]{end}[other]") if is_inline else ("", "")
    text = "".join((before, *parts.values(), after))
    new = {"city": 'L\u2028"yon"', "address": ("1 rue A", "]"), "phone": "04"}
    filled = fill(text.encode(), {"quidam": new}).decode()
    first, second = (parts[name] for name in ids if name != "quidam")
    others = [before + first, second + after]
    if place == 0:
        assert filled.endswith(first + second + after)
    elif place == 1:
        assert (filled.startswith(others[0]), filled.endswith(others[1])) == (True, True)
    else:
        assert filled.startswith(before + first + second)
    whole = {one["id"]: one for one in tomli.loads(text)["contact"]}
    got = {one["id"]: one for one in tomli.loads(filled)["contact"]}
    assert got == {**whole, "quidam": {**whole["quidam"], **new, "address": list(new["address"])}}
    left = iter(filled)
    assert all(sign in left for sign in text)  # nothing was taken away


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[[contact]]\nid = "a"\n"city" = "" # où ?\n\n# fin\n[contact.fields]\ncity = ""\n',
            '[[contact]]\nid = "a"\n"city" = "Lyon" # où ?\nphone = "04"\n\n# fin\n[contact.fields]\ncity = ""\n',
        ),
        ("contact = [{city='',id='a'} ]", 'contact = [{city="Lyon",id=\'a\', phone = "04"} ]'),
        ("[[contact]]\r\nid = 'a'", '[[contact]]\r\nid = \'a\'\r\ncity = "Lyon"\r\nphone = "04"\r\n'),
    ],
)
def test_values_go_where_there_was_an_empty_one_else_behind_the_last(before: str, after: str) -> None:
    assert fill(before.encode(), {"a": {"city": "Lyon", "phone": "04"}}).decode() == after


CELLS = st.one_of(
    WORDS,
    WORDS.map(lambda text: f"{text}\r\nquidam;mp\n{text}"),
    WORDS.map(lambda text: f'"{text}";\nquidam,\t'),
)


@settings(max_examples=300, deadline=None)
@given(st.data(), st.integers(0, 3))
def test_others_in_csv_are_byte_for_byte_what_they_were(data: st.DataObject, place: int) -> None:
    end = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    separator = data.draw(st.sampled_from(";,\t"))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"]))
    ids = ["quidam-2", "un", "deux"]
    ids.insert(place, "quidam")

    def row(name: str) -> str:
        note = data.draw(CELLS, label=name).replace('"', '""')
        quoted = data.draw(st.sampled_from([name, f'"{name}"', f" {name} "]))
        return separator.join(('"quidam"', quoted, "mp", f'"{note}"')) + end

    rows = {name: row(name) for name in ids}
    header = separator.join(('"a\nb"', "Id", "role", "note")) + end
    mark = "\ufeff" if encoding.startswith("utf-16") else ""

    def content(*names: str) -> str:
        return mark + header + "".join(rows[name] for name in names)

    others = [name for name in ids if name != "quidam"]
    whole, left = content(*ids), content(*others)
    if data.draw(st.booleans(), label="the last line has no end"):
        whole = whole.removesuffix(end)
        left = left if place == len(others) else left.removesuffix(end)
    assert cut(whole.encode(encoding), "quidam", "csv") == left.encode(encoding)


@pytest.mark.parametrize("last", ["", ","])
def test_an_array_on_one_line_keeps_the_others_as_they_are_written(last: str) -> None:
    one, two, three = ("{id='quidam',title=',]'}", "{ id = 'b' , title = '{' }", '{id = "c"}')
    for before, left in (
        (f"contact=[{one}, {two},{three}{last}]", f"contact=[{two},{three}{last}]"),
        (f"contact=[ {two} ,{one} , {three} {last}]", f"contact=[ {two} ,{three} {last}]"),
        (f"contact=[ {two} ,{three}, {one}{last}]\n", f"contact=[ {two} ,{three}, ]\n"),
        (f"contact=[{one}{last}]", "contact=[]"),
    ):
        assert cut(before.encode(), "quidam", "toml") == left.encode()


def test_nobody_else_is_ever_written_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toml_edits, "_tables_of", lambda *_: [(25, 50)])  # as if places were wrong
    with pytest.raises(
        InputError, match="entries of 'contact' cannot be told from the rest; change the file"
    ):
        cut(b'[[contact]]\nid = "quidam"\n[[contact]]\nid = "maires"\n', "quidam", "toml")


def test_a_contact_whose_tables_stand_apart_goes_whole() -> None:
    other = '[[contact]]\nid = "b"\n'
    apart = '[[contact]]\nid = "quidam"\n[seul]\na = 1\n[contact.fields]\nb = "Quidam"\n'
    assert cut(f"{apart}{other}".encode(), "quidam", "toml") == f"[seul]\na = 1\n{other}".encode()


def test_a_contact_that_stands_there_twice_goes_twice() -> None:
    one, other = '[[contact]]\nid = "quidam"\n', '[[contact]]\nid = "b"\n'
    assert cut(f"{one}{other}{one}".encode(), "quidam", "toml") == other.encode()


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_keeps_its_mark_and_its_line_ends_when_contacts_are_added_or_filled_in(
    tmp_path: Path, mark: str, end: str
) -> None:
    text = f"{mark}[[contact]]\nid = 'a'\n# fin\u2028\n".replace("\n", end)
    path = tmp_path / "a.toml"
    path.write_bytes(text.encode())
    added = with_added(path, [{"id": "b", "role": "mp"}], "a.toml").decode()
    assert added == text + '\n[[contact]]\nid = "b"\nrole = "mp"\n'.replace("\n", end)
    filled = with_filled_in(path, {"a": {"city": "Lyon"}}, "a.toml").decode()
    assert filled == text.replace(f"'a'{end}", f"'a'{end}city = \"Lyon\"{end}")
