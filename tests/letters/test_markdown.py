from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach import language
from outreach.letters.letter import Block, Heading, ItemList, PageBreak, Paragraph, Quote, Run, plain_text
from outreach.letters.markdown import BREAK, escape, parse_markdown

FIXTURES = Path(__file__).parents[1] / "data" / "markdown.txt"


def cases() -> Iterator[tuple[str, str, str]]:
    parts = FIXTURES.read_text(encoding="utf-8").split("\n.\n")
    for title, source, expected in zip(parts[::3], parts[1::3], parts[2::3], strict=False):
        yield title.strip().removeprefix("title: "), source, expected


def shown(blocks: tuple[Block, ...], before: str = "") -> Iterator[str]:
    for block in blocks:
        if isinstance(block, PageBreak):
            yield f"{before}page |"
        elif isinstance(block, Quote):
            yield from shown(block.blocks, f"{before}quote > ")
        elif isinstance(block, ItemList):
            for item in block.items:
                name = "bullet" if item.number is None else f"item {item.number}"
                for line in shown(item.blocks, f"{before}{name} > "):
                    yield line.replace(" > paragraph |", " |")
        else:
            name = f"heading {block.level}" if isinstance(block, Heading) else "paragraph"
            yield f"{before}{name} | {''.join(map(styled, block.runs))}"


def styled(run: Run) -> str:
    text = run.text.replace("\n", "⏎")
    marks = ["b"] * run.bold + ["i"] * run.italic + [run.link] * bool(run.link)
    return f"[{','.join(marks)}:{text}]" if marks else text


@pytest.mark.parametrize(
    ("source", "expected"), [case[1:] for case in cases()], ids=[case[0] for case in cases()]
)
def test_markdown_becomes_blocks(source: str, expected: str) -> None:
    blocks, faults = parse_markdown(source)
    assert faults == ()
    assert "\n".join(shown(blocks)) == expected


def test_all_fixtures_are_read() -> None:
    assert len(list(cases())) == FIXTURES.read_text(encoding="utf-8").count("title: ")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a\n\n---\n", (3, "a horizontal rule")),
        ("a\n\n![x](y.png)", (3, "a picture")),
        ("a\nb `c`", (2, "code between backticks")),
        ("```\nx\n```", (1, "a code block")),
        ("<div>x</div>", (1, "HTML")),
        ("a <b>c</b>", (1, "HTML")),
        ("| a |\n|---|\n| b |", (1, "a table")),
        ("a\n\nb ~~c~~", (3, "struck text")),
        ("a\n\n- b\n\n  \\newpage\n", (5, "a page break inside a list or quote")),
    ],
)
def test_anything_else_is_a_fault_with_its_line(source: str, expected: tuple[int, str]) -> None:
    assert expected in parse_markdown(source)[1]


def test_the_names_of_faults_are_the_same_in_every_language() -> None:
    language.use("fr")
    assert parse_markdown("a\n\n---\n\n- \\newpage\n\n`b`\n")[1] == (
        (3, "a horizontal rule"),
        (5, "a page break inside a list or quote"),
        (7, "code between backticks"),
    )


PRINTABLE = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cf"))
    | st.sampled_from(" *_#<>&`[]()!|~-+.:\\")
)


@given(PRINTABLE)
def test_escaped_text_prints_as_itself(text: str) -> None:
    blocks, faults = parse_markdown(f"Texte {escape(text)} suite")
    assert faults == ()
    (block,) = blocks
    assert isinstance(block, Paragraph)
    assert plain_text(block.runs) == f"Texte {text.strip()} suite"


@given(PRINTABLE)
def test_escaped_text_at_the_start_of_a_line_is_no_markup(text: str) -> None:
    blocks, faults = parse_markdown(escape(text))
    assert faults == ()
    assert [plain_text(block.runs) for block in blocks if isinstance(block, Paragraph)] == (
        [text.strip()] if text.strip() else []
    )


def test_escaped_lines_keep_their_breaks() -> None:
    (block,), _ = parse_markdown(escape("un\n# deux").replace(BREAK, "\\\n"))
    assert isinstance(block, Paragraph)
    assert plain_text(block.runs) == "un\n# deux"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a\n\n\\newpage\n\n\\newpage\n\nb", ["paragraph | a", "page |", "paragraph | b"]),
        ("\\newpage\n\na\n\n\\newpage", ["paragraph | a"]),
        ("\\newpage", []),
    ],
)
def test_a_page_break_stands_between_two_blocks(source: str, expected: list[str]) -> None:
    assert list(shown(parse_markdown(source)[0])) == expected
