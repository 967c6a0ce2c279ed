"""Line ends of a template stay where words stand, and go where only tags do."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.country.country import load_country
from outreach.errors import InputError
from outreach.letters.letter import Block, Heading, ItemList, Paragraph, plain_text
from outreach.letters.render import Renderer
from tests.conftest import plain_template

PAIRS = (
    ("{% if 1 %}", "{% endif %}"),
    ("{% if 0 %}{% else %}", "{% endif %}"),
    ("{% if '%}' %}", "{% endif %}"),
    ("{% for one in [1] %}", "{% endfor %}"),
    ('{% with one = "{% a" %}', "{% endwith %}"),
    ("{% block one %}", "{% endblock %}"),
    ("{% raw %}", "{% endraw %}"),
    ("{% autoescape true %}", "{% endautoescape %}"),
    ("{% filter replace('x', 'y') %}", "{% endfilter %}"),
)
VOIDS = ("{% set one = 1 %}", "{% set one =\n 1 %}", "{# one #}", "{# one\n\ntwo #}", "{% set one = '{{' %}")
PLACES = ("before", "after", "above", "below")


def blocks_of(body: str, root: Path = Path(), **passages: str) -> tuple[Block, ...]:
    for name, text in passages.items():
        (root / "letters").mkdir(exist_ok=True)
        (root / "letters" / f"{name}.md").write_text(text, encoding="utf-8")
    template = plain_template(body)
    return Renderer(root, load_country("FR"), [template]).body(template, {"name": "Anne"})


def texts(blocks: tuple[Block, ...]) -> list[str]:
    found = []
    for block in blocks:
        if isinstance(block, ItemList):
            found += [f"- {text}" for item in block.items for text in texts(item.blocks)]
        elif isinstance(block, (Heading, Paragraph)):
            found.append(("# " if isinstance(block, Heading) else "") + plain_text(block.runs))
    return found


def with_tag(lines: list[str], at: int, place: str, tag: str) -> None:
    """Put a tag on a line of words, or on a line of its own beside it."""
    if place == "before":
        lines[at] = tag + lines[at]
    elif place == "after":
        lines[at] += tag
    else:
        lines[at] = f"{tag}\n{lines[at]}" if place == "above" else f"{lines[at]}\n{tag}"


@given(
    words=st.lists(
        st.sampled_from(["one", "two {{ name }}", "", "# three", "- four", "five  "]), min_size=1
    ).filter(any),
    pair=st.sampled_from(PAIRS),
    void=st.sampled_from(VOIDS),
    places=st.tuples(*[st.sampled_from(PLACES)] * 3),
    data=st.data(),
)
def test_tags_part_no_lines_and_join_none(
    words: list[str], pair: tuple[str, str], void: str, places: tuple[str, str, str], data: st.DataObject
) -> None:
    if pair[0] == "{% raw %}":
        words, void = [word.replace("{{ name }}", "Anne") for word in words], ""
    taken = st.sampled_from([at for at, word in enumerate(words) if word])
    first, last = sorted([data.draw(taken), data.draw(taken)])
    lines = list(words)
    if void:
        with_tag(lines, data.draw(taken), places[0], void)
    with_tag(lines, last, places[1] if first < last else "after", pair[1])
    with_tag(lines, first, places[2] if first < last else "before", pair[0])
    assert texts(blocks_of("\n".join(lines))) == texts(blocks_of("\n".join(words)))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{% if 1 %}élue{% endif %}\nde la commune", ["élue de la commune"]),
        ("a {# sic #}\nb", ["a b"]),
        ("a\n  {% if 1 %}  \nb\n\t{%- endif -%}\t\nc", ["a bc"]),
        ("- a\n{% for one in [1, 2] %}\n- {{ one }}\n{% endfor %}\n- b", ["- a", "- 1", "- 2", "- b"]),
        ("- a{% if 1 %}\n- b{% endif %}\n- c", ["- a", "- b", "- c"]),
        ("- a\n  {% if 1 %}- b{% endif %}", ["- a", "- - b"]),
        ("{% if 1 %}a{% endif %}\n\n{% if 0 %}b{% endif %}\n\nc", ["a", "c"]),
        ("a\n{% set one = 1 %}{# two #} {% set three = 3 %}\nb", ["a b"]),
        ("{% raw %}\n{{ a }}\n{% endraw %}\nb", ["{{ a }} b"]),
        ("{% macro m() %}\na\n{% endmacro %}\n# {{ m() }}", ["# a"]),
        ("a{% if 1 %}  \n{% endif %}b", ["a\nb"]),
    ],
)
def test_a_line_end_goes_only_where_nothing_but_tags_stands(body: str, expected: list[str]) -> None:
    assert texts(blocks_of(body)) == expected


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("b", ["a b c"]),
        ("b\n", ["a b c"]),
        ("b\n\n", ["a b", "c"]),
        ("", ["a c"]),
        ("{% if 0 %}\nb\n{% endif %}", ["a c"]),
    ],
)
def test_a_passage_keeps_apart_what_stands_before_and_behind(
    tmp_path: Path, passage: str, expected: list[str]
) -> None:
    assert texts(blocks_of('a\n{% include "_b.md" %}\nc', tmp_path, _b=passage)) == expected


def test_a_line_below_a_tag_is_named_by_its_own_number() -> None:
    with pytest.raises(InputError) as caught:
        blocks_of("a\n\n{% if 1 %}\n---\n{% endif %}")
    assert [problem.line for problem in caught.value.problems] == [4]
