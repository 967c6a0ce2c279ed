from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from outreach import language
from outreach.letters.letter import Block, Heading, ItemList, PageBreak, Paragraph, Quote, Run, plain_text
from outreach.letters.markdown import BREAK, escape, parse_markdown, parse_passage

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
                name = "bullet" if item.number is None else f"item {block.mark(item).rstrip('.')}"
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
        ("a\n| b | c |\n| d | e |", (2, "a table")),
        ("a\n\nb ~~c~~", (3, "struck text")),
        ("a ~~b", (1, "struck text")),
        ("a\n\n- b\n\n  \\newpage\n", (5, "a page break inside a list or quote")),
        ("> a\n>\n> \\newpage", (3, "a page break inside a list or quote")),
        ("a\nb \\newpage", (2, "\\newpage in a line of text")),
        ("\\newpage a", (1, "\\newpage in a line of text")),
        ("# a \\newpage", (1, "\\newpage in a line of text")),
        ("a\n\\pagebreak", (2, "a backslash before a word")),
        ("a \\textbf{b}", (1, "a backslash before a word")),
        ("a\n**b\nc", (2, "emphasis that is not closed")),
        ("a ** b**", (1, "emphasis that is not closed")),
        ("**a **", (1, "emphasis that is not closed")),
        ("a __b", (1, "emphasis that is not closed")),
        ("# a *b", (1, "emphasis that is not closed")),
        ("- a (*b", (1, "emphasis that is not closed")),
        ("a * b* c", (1, "emphasis that is not closed")),
        ("l`eau", (1, "a backtick")),
        ("a[^1] b", (1, "a footnote")),
        ("a\n\n[^note]: b", (3, "a footnote")),
        ("[a][b]", (1, "a link that leads to another place of the text")),
        ("a\n[b]: https://c.fr", (2, "a link that leads to another place of the text")),
        ("[a] (https://b.fr)", (1, "a link that is not whole")),
        ("[a](https://b.fr", (1, "a link that is not whole")),
        ("- a\n- [ ] b", (2, "a box to tick")),
        ("- [x] b", (1, "a box to tick")),
        ("##Titre", (1, "a heading without a blank")),
        ("ii) a", (1, "a list of another kind")),
        ("A) a", (1, "a list of another kind")),
        ("Soit\n(a) un\n(b) deux", (2, "a list of another kind")),
        ("A. un\nB. deux", (1, "a list of another kind")),
        ("> A. un\n> suite\n> B. deux", (1, "a list of another kind")),
        ("- x\n\n  a. un\n  b. deux", (3, "a list of another kind")),
        ("i. un\nii. deux", (1, "a list of another kind")),
        ("(iv) un\n(v) deux", (1, "a list of another kind")),
        ("I - un\nII - deux", (1, "a list of another kind")),
        ("(1) un\n(2) deux", (1, "a list of another kind")),
        ("1° un\n2° deux", (1, "a list of another kind")),
        ("1°) un\n2°) deux", (1, "a list of another kind")),
        ("1/ un\n2/ deux", (1, "a list of another kind")),
        ("1 - un\n2 - deux", (1, "a list of another kind")),
        ("Soit :\n4. quatre\n5. cinq", (2, "a list of another kind")),
        ("a\nx^2^", (2, "raised or lowered text")),
        ("le 1^er^ mai", (1, "raised or lowered text")),
        ("# H~2~O", (1, "raised or lowered text")),
        ("- un ==mot==", (1, "marked text")),
        ("Terme\n: définition", (2, "a list of definitions")),
        ("Terme\n\n:   définition", (3, "a list of definitions")),
        ("1) a\na) b", (1, "a list with numbers and letters")),
        ("a\n\n2022\t4\t1", (3, "words in columns, parted by tabs")),
        ("2022\t4\n2023\t5", (1, "words in columns, parted by tabs")),
        ("- an\t2022\t4", (1, "words in columns, parted by tabs")),
    ],
)
def test_anything_else_is_a_fault_with_its_line(source: str, expected: tuple[int, str]) -> None:
    assert expected in [(fault.line, fault.what) for fault in parse_markdown(source)[1]]


@pytest.mark.parametrize(
    "text",
    [
        "prix* et note 5 * 3 = 15",
        "nom_de_fichier, Signature : ______",
        "[…] [sic] (voir) a[1]",
        "voir https://exemple.fr/_page_*",
        "voir https://exemple.fr/_a_/b__c__?d=*e*, et la suite",
        "Rendez-vous à 10 h | 12 h, n° #1",
        "une valeur 2 < 3 & 4",
        "x^2 et ~5 km ou ~6 km, a == b",
        "A. Dupont et B. Martin",
        "(a) seul",
    ],
)
def test_signs_that_are_text_print_as_they_are(text: str) -> None:
    (block,), faults = parse_markdown(text)
    assert faults == ()
    assert isinstance(block, Paragraph)
    assert plain_text(block.runs) == text


@pytest.mark.parametrize(
    "source",
    [
        "M. Exemple\\\nN. Essai",
        "A\\. un\nB\\. deux",
        "M. le Maire\nM. Essai",
        "(a) un\\\n(b) deux",
    ],
)
def test_initials_lines_of_their_own_and_escaped_marks_are_no_list(source: str) -> None:
    assert parse_markdown(source)[1] == ()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<mailto:a@b.fr>", "a@b.fr"),
        ("<MAILTO:a@b.fr?subject=x>", "a@b.fr"),
        ("<tel:+33476000000>", "+33476000000"),
        ("[mailto:a@b.fr](mailto:a@b.fr)", "a@b.fr"),
        ("[Mairie](tel:+33476000000)", "Mairie (+33476000000)"),
        ("[04 76 00 00 00](tel:0476000000)", "04 76 00 00 00"),
        ("[04.76.00.00.00](tel:+33-4-76-00-00-00)", "04.76.00.00.00"),
        ("[+33 (0)4 76 00 00 00](tel:+33476000000)", "+33 (0)4 76 00 00 00"),
        ("[Mairie : 04 76 00 00 00](tel:0476000000)", "Mairie : 04 76 00 00 00"),
        ("[04 76 00 00 01](tel:0476000000)", "04 76 00 00 01 (0476000000)"),
        ("[10](tel:0610)", "10 (0610)"),
        ("[Écrire à a@b.fr](mailto:a@b.fr)", "Écrire à a@b.fr"),
        ("[le site a.fr](https://a.fr/)", "le site a.fr"),
        ("[le site a.fr/b](https://a.fr)", "le site a.fr/b (a.fr)"),
        ("[le site www.a.fr](https://a.fr)", "le site www.a.fr (a.fr)"),
        ("<https://a.fr/a%20b>", "https://a.fr/a%20b"),
        ("<https://a.fr/%C3%89cully>", "https://a.fr/Écully"),
        ("[x](https://a.fr/a%20b%C3%89%28c%29)", "x (a.fr/a%20bÉ%28c%29)"),
        ("[x](https://a.fr/%C2%A0%E2%80%8B%2F%FF?q=%26)", "x (a.fr/%C2%A0%E2%80%8B%2F%FF?q=%26)"),
        ("[x](<https://a.fr/a b>)", "x (a.fr/a%20b)"),
        ("[x](https://xn--cully-9ra.fr/Lyon_(ville))", "x (écully.fr/Lyon_(ville))"),
    ],
)
def test_an_address_is_printed_once_as_people_type_it(source: str, expected: str) -> None:
    (block,), faults = parse_markdown(source)
    assert faults == ()
    assert isinstance(block, Paragraph)
    assert plain_text(block.runs) == expected
    assert all(run.link for run in block.runs)


@pytest.mark.parametrize(
    "text", ["**a", "a[^1]", "[ ] a", "`a", "#a", "\\newpage", "a) b", "• a", "– a", "–\ta", "A) b", "a\tb"]
)
def test_data_is_never_markup(text: str) -> None:
    (block,), faults = parse_markdown(escape(text))
    assert faults == ()
    assert isinstance(block, Paragraph)
    assert plain_text(block.runs) == text.replace("\t", " ")


def test_the_names_of_faults_are_the_same_in_every_language() -> None:
    language.use("fr")
    faults = parse_markdown("a\n\n---\n\n- b\n\n  \\newpage\n\n`b`\n")[1]
    assert [(fault.line, fault.what) for fault in faults] == [
        (3, "a horizontal rule"),
        (7, "a page break inside a list or quote"),
        (9, "code between backticks"),
    ]


@pytest.mark.parametrize(
    "before", ["a", "# a", "a\n===", "- a", "1. a\n   b", "> a", "a\\\nb", "a) b", "- a\n\n  b"]
)
def test_a_page_break_alone_on_its_line_works_below_anything(before: str) -> None:
    for text in (f"{before}\n\\newpage\nb", f"{before}\n\n\\newpage  \n\nb"):
        blocks, faults = parse_markdown(text)
        assert faults == ()
        assert list(shown(blocks))[-2:] == ["page |", "paragraph | b"]


def test_lists_copied_from_a_word_processor_are_lists() -> None:
    source = (
        "Texte\n•\tun\n•\tdeux\n  suite\no\tsous\n•\ttrois\n\n\uf0b7 a\n\uf0b7 b\n\n–\tc\n– d\n\n– e\n– f"
    )
    assert list(shown(parse_markdown(source)[0])) == [
        "paragraph | Texte",
        "bullet | un",
        "bullet | deux suite",
        "bullet > bullet | sous",
        "bullet | trois",
        *(f"bullet | {letter}" for letter in "abcdef"),
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("o\tun\no\tdeux", ["bullet | un", "bullet | deux"]),
        ("Soit\no\tun\no\tdeux", ["paragraph | Soit", "bullet | un", "bullet | deux"]),
        ("§\tun\n§\tdeux\no\ttrois", ["bullet | un", "bullet | deux", "bullet | trois"]),
        ("o\tun\n\uf0a7\tdeux\no\ttrois", ["bullet | un", "bullet > bullet | deux", "bullet | trois"]),
        (
            "•\tun\n\uf0a7\tdeux\n\uf0a7\ttrois",
            ["bullet | un", "bullet > bullet | deux", "bullet > bullet | trois"],
        ),
        (
            "•\tun\n\no\tdeux\n\n§\ttrois",
            ["bullet | un", "bullet > bullet | deux", "bullet > bullet > bullet | trois"],
        ),
        ("•\tun\n\nSoit\n\no\tdeux", ["bullet | un", "paragraph | Soit", "bullet | deux"]),
        ("•\tun\n# Soit\no\tdeux", ["bullet | un", "heading 1 | Soit", "bullet | deux"]),
        ("- un\no\tdeux\no\ttrois", ["bullet | un", "bullet > bullet | deux", "bullet > bullet | trois"]),
        ("1. un\no\tdeux\n2. trois", ["item 1 | un", "item 1 > bullet | deux", "item 2 | trois"]),
        ("a) un\no\tdeux\nb) trois", ["item a) | un", "item a) > bullet | deux", "item b) | trois"]),
    ],
)
def test_a_word_processors_marks_stand_one_under_the_other(source: str, expected: list[str]) -> None:
    blocks, faults = parse_markdown(source)
    assert (list(shown(blocks)), faults) == (expected, ())


@pytest.mark.parametrize("before", ["# a", "\\newpage", "a\n"])
def test_a_dash_begins_a_list_where_a_paragraph_begins(before: str) -> None:
    assert list(shown(parse_markdown(f"{before}\n– b\n– c")[0]))[-2:] == ["bullet | b", "bullet | c"]


def test_a_dash_within_a_paragraph_begins_no_list() -> None:
    assert list(shown(parse_markdown("la ville\n– dit-on – veut")[0])) == [
        "paragraph | la ville – dit-on – veut"
    ]


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


@given(st.text(st.sampled_from("aeivxIX19éÀ²€·«» \u00a0\u202f\t.,;:?!'’\"()-–—…\\*_#&[]/@+=<>|~^`{}$%")))
@example("ii) mot")
@example("https\\://mot")
@example("Mot\\.\\newpage")
def test_a_line_without_markup_is_the_paragraph_that_it_would_be_read_as(line: str) -> None:
    assert parse_passage(line)[:2] == parse_passage(f"{line}\n")[:2]
