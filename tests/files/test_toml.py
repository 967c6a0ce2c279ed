"""Tables know the lines of their keys, whatever stands between them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import Result

from outreach.errors import InputError, Problem
from outreach.files.toml import TomlFile, load, parse
from tests.conftest import SETTINGS, findings

Campaign = Callable[..., Path]
Run = Callable[..., Result]


def lines_of(text: str, first_line: int = 1) -> dict[str, int]:
    """Return each header and key with its line: `name`, `table`, `table.name`, `table#1.name`."""
    found: dict[str, int] = {}
    for (header, index), keys in parse(text, "a.toml", [], first_line).lines.items():
        shown = f"{header}#{index}" if index else header
        for key, line in keys.items():
            name = ".".join(filter(None, (shown, key)))
            if (
                key or name not in found
            ):  # a key's own line says more than that of the first table in its value
                found[name] = line
    return {name: line for name, line in found.items() if name}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a = 1\n# """ begins nothing\nb = 2\n', {"a": 1, "b": 3}),
        ("a = 1\n# ''' begins nothing\nb = 2\n", {"a": 1, "b": 3}),
        ("a = 1  # \"\"\" or '''\nb = 2 # [x]\nc = 3\n", {"a": 1, "b": 2, "c": 3}),
        ("# it's \"odd\nb = 2\n", {"b": 2}),
        ('a = "# no comment"\nb = 2\n', {"a": 1, "b": 2}),
        ("a = '#'  # '\nb = 2\n", {"a": 1, "b": 2}),
        ('a = "\\""  # "\nb = 2\n', {"a": 1, "b": 2}),
        ("a = '\\'\nb = 2\n", {"a": 1, "b": 2}),
        ('a = """x"""" # " [\nb = 2\n', {"a": 1, "b": 2}),
        ("a = '''x''''' # ' {\nb = 2\n", {"a": 1, "b": 2}),
    ],
)
def test_comments_and_quotes_within_each_other(text: str, expected: Mapping[str, int]) -> None:
    assert lines_of(text) == expected


@pytest.mark.parametrize("quote", ['"""', "'''"])
def test_a_text_of_several_lines_holds_no_keys(quote: str) -> None:
    text = f"""\
a = {quote}
[table]
b = 1
[[list]]
# {'"' if quote == "'''" else "'"} alone
c = [
{quote}
d = 2
[table]
b = 3
e = {quote}one line{quote}
f = {quote}
g = 4{quote} # and h = 5
i = 6
"""
    assert lines_of(text) == {
        "a": 1,
        "d": 8,
        "table": 9,
        "table.b": 10,
        "table.e": 11,
        "table.f": 12,
        "table.i": 14,
    }


@pytest.mark.parametrize(
    "value",
    [
        '"""\nb = 1\n\\"""\nb = 2\n"""',
        '"""\nb = 1\n"" b = 2\n"""',
        '"""\nb = 1\n\nb = 2""""',
        '"""\nb = 1\n\nb = 2"""""',
        '"""\nb = 1 \\\n\n  b = 2\\\\"""',
        "'''\nb = 1\n'' \\\nb = 2'''",
        "'''\nb = 1\n\nb = 2''''",
        '[\n"b = 1", # ]\n[\n]]',
        "[\n'''[''',\n{ b = 1 },\n]",
        '[\n[ "table" ]\n]',
        "[\n1.5,\n[ 2 ],\n[ 3 ] # table\n]",
        '{ b = [\n[ "table" ] ] }',
    ],
)
def test_where_a_value_of_several_lines_ends(value: str) -> None:
    text = f"a = {value}\nb = 3\n"
    assert lines_of(text) == {"a": 1, "b": text.count("\n")}


def test_lists_within_lists_on_several_lines() -> None:
    text = """\
a = [
  "one",
  # ] is not the end
  [ "two",
    { b = 1, c = [
      3 ] } ],
]
d = [ [], [[]], ]
[table]
e = [
  'x = [',
  "]",
]
f = 1
"""
    assert lines_of(text) == {"a": 1, "d": 8, "table": 9, "table.e": 10, "table.f": 14}


def test_headers_name_tables_and_entries_of_lists() -> None:
    text = """\
[ first ]  # comment
a = 1
[first."second"]
b = 2
[[entry]]
a = 3
[entry.fields]
c = 4
[[entry]]

a = 5
[entry.fields]
"quoted key" = 6
dotted.key = 7
"""
    assert lines_of(text) == {
        "first": 1,
        "first.a": 2,
        "first.second": 3,
        "first.second.b": 4,
        "entry": 5,
        "entry.a": 6,
        "entry.fields": 7,
        "entry.fields.c": 8,
        "entry#1": 9,
        "entry#1.a": 11,
        "entry.fields#1": 12,
        "entry.fields#1.quoted key": 13,
        "entry.fields#1.dotted": 14,
        "entry.fields.dotted#1": 14,
        "entry.fields.dotted#1.key": 14,
    }


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("[[print.tariff]]\ngrams = 1\n[[print.tariff]]\ngrams = 2\n\n[[print.tariff]]\ngrams = 'x'\n", [7]),
        ("[print]\ntariff = [\n  {grams = 'x'}, # {\n  {grams = 2},\n  {grams = 'y'},\n]\n", [3, 5]),
        ("print . tariff = [{grams = 1}, {grams = 'x'}]\n", [1]),
        ("print.paper = 1\nprint.tariff = [\n{grams = 1},\n{grams = 'x'}]\n", [4]),
        ('["print"]\n"tariff" = [{grams = "]\\"["}]\n', [2]),
    ],
)
def test_a_fault_in_a_list_of_tables_stands_where_it_is_written(text: str, faults: list[int]) -> None:
    problems: list[Problem] = []
    for table in parse(text, "a.toml", problems).top().table("print").tables("tariff"):
        table.number("grams", 1, low=0, high=9)
    assert [problem.line for problem in problems] == faults


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a.b.x = 1\na.b.y = 2\n", 2),
        ("[a]\nb.x = 1\n\nb . y = 2\n", 4),
        ("[a.b]\nx = 1\ny = 2\n", 3),
        ('"a".b.x = 1\n\'a\'."b".y = 2\n', 2),
        ("[a]\nb = {x = 1, y = 2}\n", 2),
        ("b.y = 1\n[a]\nc.y = 1\nb.y = 2\n", 4),
    ],
)
def test_a_dotted_key_has_its_own_line(text: str, line: int) -> None:
    problems: list[Problem] = []
    parse(text, "a.toml", problems).top().table("a").table("b").text("y")
    assert [problem.line for problem in problems] == [line]


def test_entries_written_in_one_list_have_their_own_lines() -> None:
    problems: list[Problem] = []
    file = parse('a = 1\nentry = [\n  {x = "1"},\n  # {\n  {x = 2}, {x = 3},\n]\n', "a.toml", problems)
    for table in file.each("entry"):
        table.text("x")
    assert [problem.line for problem in problems] == [5, 5]


def test_a_quoted_header_may_hold_what_headers_end_with() -> None:
    problems: list[Problem] = []
    text = '[a]\nx = 1\n[a."my \\"x\\" ]; b.c"]  # ]\ny = 2\n'
    parse(text, "a.toml", problems).top().table("a").table('my "x" ]; b.c').text("y")
    assert [problem.line for problem in problems] == [4]


def test_lines_ended_as_windows_does_count_once(tmp_path: Path) -> None:
    text = 'a = """\nb = 1\n"""\n# \'\'\'\n[table]\nc = [\n1,\n]\nd = 2\n'
    expected = {"a": 1, "table": 5, "table.c": 6, "table.d": 9}
    assert lines_of(text) == expected
    assert lines_of(text.replace("\n", "\r\n")) == expected
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    file = load(path, "a.toml", [])
    assert file.top().table("table").line("d") == 9
    assert file.values["a"] == "b = 1\n"


def test_lines_of_a_part_count_from_its_first_line() -> None:
    assert lines_of("a = 1\n[table]\nb = 2\n", first_line=11) == {"a": 11, "table": 12, "table.b": 13}


VALUES = st.sampled_from(
    [
        "1",
        '"text"',
        "'it # is'",
        '"""\n[header]\nkey = 1\n"""',
        "'''\n# \"\"\"\n[[list]]'''",
        "[\n1, # ]\n[2],\n]",
        "{ inner = [1] }",
        '"""\\\n"""',
    ]
)
COMMENTS = st.sampled_from(["", '# """', "# '''", "# [x]", "# key = 1", '# "', "# {"])


@given(st.lists(st.tuples(VALUES, COMMENTS, st.booleans()), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_every_key_is_found_where_it_was_written(entries: list[tuple[str, str, bool]], end: str) -> None:
    lines: list[str] = []
    expected: dict[str, int] = {}
    table = ""
    for number, (value, comment, is_table) in enumerate(entries):
        lines.append(comment)
        if is_table:
            table = f"table{number}"
            expected[table] = len(lines) + 1
            lines.append(f"[{table}] {comment}")
        expected[".".join(filter(None, (table, f"key{number}")))] = len(lines) + 1
        lines += f"key{number} = {value} {comment}".split("\n")
    assert lines_of(end.join([*lines, ""])) == expected


def test_a_fault_stands_at_its_key_or_else_at_its_table() -> None:
    problems: list[Problem] = []
    file = parse('# """\n[table]\na = 1\n\n[table.inner]\nb = 2\n', "a.toml", problems)
    table = file.top().table("table")
    assert (table.line(), table.line("a"), table.line("inner"), table.line("missing")) == (2, 3, 5, 2)
    table.text("a")
    table.table("inner").close()
    assert [str(problem) for problem in problems] == [
        'a.toml:3: a must be a text in quotes, as in "..."; it is 1',
        "a.toml:6: unknown key 'b' in [table.inner]",
    ]


def test_broken_toml_is_named_with_its_line() -> None:
    def fault(text: str) -> str:
        with pytest.raises(InputError) as caught:
            parse(text, "a.toml", [])
        return str(caught.value)

    assert fault('# """\na = 1\nb = \n').startswith("a.toml:3: broken TOML: ")
    assert fault('a = """\n\n').startswith("a.toml:3: broken TOML: ")


def test_a_list_of_tables_written_in_one_line_is_read_without_lines() -> None:
    problems: list[Problem] = []
    file: TomlFile = parse("# '''\nentry = [{ a = 1 }, { a = 2 }]\n", "a.toml", problems)
    assert [table.values["a"] for table in file.each("entry")] == [1, 2]
    assert problems == []


@pytest.mark.parametrize(
    "before",
    [
        '# a comment with """ in it\n',
        "# a comment with ''' in it\n",
        'reference = "" # """\n',
        'reference = """\n[sender]\nname = "nobody"\n"""\n',
        "reference = '''# \"\"\" '''\n",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_fault_of_the_settings_is_found_below_whatever_stands_before_it(
    campaign: Campaign, run: Run, before: str, end: str
) -> None:
    text = f"{SETTINGS}{before}registerd = true\n[layout]\nsize = 40\n"
    root = campaign({"outreach.toml": text.replace("\n", end).encode()})
    done = run("check", root=root)
    line = text[: text.index("registerd")].count("\n") + 1
    assert done.exit_code == 3
    assert sorted(findings(done)) == [
        f"outreach.toml:{line}: unknown key 'registerd' in [letter]; did you mean registered?",
        f"outreach.toml:{line + 2}: size must lie between 8 and 14; it is 40",
    ]


def test_a_fault_of_a_contact_is_found_below_a_comment_with_quotes(campaign: Campaign, run: Run) -> None:
    contacts = (
        "# "
        '"""'
        '\n[[contact]]\nid = "un"\nrole = "mayor"\norganisation = "A"\n# \'\'\'\n'
        'fields = { note = """\n[[contact]]\n""" }\n[[contact]]\nid = "deux"\nrole = "mayr"\n'
    )
    done = run("check", root=campaign({"contacts/a.toml": contacts}))
    assert done.exit_code == 3
    assert "contacts/a.toml:12: unknown role 'mayr'; did you mean mayor?" in findings(done)


@pytest.mark.parametrize("value", ["7.9", "7.0", "true", '"7"'])
def test_a_number_of_things_is_whole(value: str) -> None:
    problems: list[Problem] = []
    table = parse(f"# one\n[table]\ndays = {value}\n", "a.toml", problems).top().table("table")
    assert table.whole("days", 3, low=1, high=9) == 3
    shown = {"true": "True", '"7"': "'7'"}.get(value, value)
    assert [str(one) for one in problems] == [f"a.toml:3: days must be a whole number; it is {shown}"]


def test_a_whole_number_lies_between_its_bounds() -> None:
    problems: list[Problem] = []
    table = parse("low = 1\nhigh = 9\nmore = 10\n", "a.toml", problems).top()
    assert [table.whole(key, 3, low=1, high=9) for key in ("low", "high", "more", "missing")] == [1, 9, 3, 3]
    assert [str(one) for one in problems] == ["a.toml:3: more must lie between 1 and 9; it is 10"]


LABELS = "width = 60\nheight = 30\nleft = 5\ntop = 5\npitch_x = 70\npitch_y = 40\n"


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ("\n[follow_up.courtesy.reminder]\ndays = 7.9\n", "days"),
        ("\n[follow_up.courtesy.reminder]\nmonths = 1.5\n", "months"),
        (f"\n[labels.mine]\n{LABELS}rows = 3\ncolumns = 2.5\n", "columns"),
        (f"\n[labels.mine]\n{LABELS}columns = 2\nrows = 2.5\n", "rows"),
    ],
)
def test_a_fraction_where_only_whole_numbers_count_is_a_fault_of_the_settings(
    campaign: Campaign, run: Run, more: str, key: str
) -> None:
    text = f"{SETTINGS}{more}"
    done = run("check", root=campaign({"outreach.toml": text}))
    line = text[: text.index(f"{key} = ")].count("\n") + 1
    value = text.partition(f"{key} = ")[2].strip()
    assert done.exit_code == 3
    assert findings(done) == [f"outreach.toml:{line}: {key} must be a whole number; it is {value}"]


def test_half_a_month_until_a_contact_is_looked_at_again_is_a_fault(campaign: Campaign, run: Run) -> None:
    text = SETTINGS.replace('title = "Essai"\n', 'title = "Essai"\nrecheck_months = 2.5\n')
    done = run("check", root=campaign({"outreach.toml": text}))
    assert done.exit_code == 3
    assert "outreach.toml:3: recheck_months must be a whole number; it is 2.5" in findings(done)
