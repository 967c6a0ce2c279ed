"""What came out the same for the letter before is taken from it; nothing else is, in whatever order."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import Result

from outreach.country.country import load_country
from outreach.errors import InputError
from outreach.letters.assignment import Assignment
from outreach.letters.compose import Composer
from outreach.letters.folder import load_folder
from outreach.letters.letter import Heading, ItemList, Letter, Paragraph, plain_text
from outreach.letters.markdown import parse_markdown
from outreach.letters.render import Renderer
from outreach.letters.typography import with_typography
from tests.conftest import CONTACT, SETTINGS, plain_template

Campaign = Callable[..., Path]
Run = Callable[..., Result]

DAY = date(2024, 11, 30)
FRONT = '+++\ntitle = "T"\naudience = "all"\nsubject = "S"\nreply_by = 30\n+++\n'
NAMES = ("Exemple", "Modèle", "Témoin")
CONTACTS = "".join(
    CONTACT.replace('"maire"', f'"m{number}"')
    .replace('"Exemple"', f'"{name}"')
    .replace('"f"', f'"{"fm"[number % 2]}"')
    for number, name in enumerate(NAMES)
)
WHOLE = FRONT + (
    "{{ recipient.salutation }},\n\n"
    '{% include "_who.md" %}\n\n'
    "## Demandes\n\n"
    "a) un\n\nSoit {{ recipient.name }}.\n\n"
    "b) deux [là](https://exemple.fr)\n\n"
    "\\newpage\n\n### Suite\n\n- {{ recipient.family_name }}\n- quatre\n\n"
    '{% include "_who.md" %}\n\n{{ recipient.closing }}\n'
)
WHO = "Le {{ sender.name }} écrit avant le {{ reply_by | long_date }} : oui !\n"


def composed(
    campaign: Campaign, body: str, files: dict[str, str] | None = None
) -> tuple[Composer, Sequence[Assignment]]:
    root = campaign({"contacts/a.toml": CONTACTS, "letters/note.md": body, **(files or {})})
    folder = load_folder(root)
    return Composer(folder), folder.audiences.assignments(folder.templates_named(["note"]))


def texts(letter: Letter) -> list[str]:
    return [plain_text(block.runs) for block in letter.body if isinstance(block, Paragraph)]


LINES = st.lists(
    st.sampled_from(
        [
            *(
                "",
                "",
                "",
                "mot",
                "Un mot suit",
                "L'été",
                "é",
                "x",
                "## b",
                "# c",
                "#d",
                "#### e",
                "\\newpage",
            ),
            *("- f", "* g", "1. h", "7) i", "a) j", "b) k", "c) l", "•\tm", "o\tn", "§\tn", "– p", "A. q"),
            *(
                "   r",
                "      - s",
                "    t",
                "> u",
                ">> - v",
                "**w** et",
                "***",
                "* * *",
                "** x",
                "===",
                "---",
            ),
            *("[y](https://a.fr)", "*z", "a\\", "a  ", "```", "<!-- a", "b -->", "<div>", "| a | b |", "`b`"),
        ]
    ),
    max_size=14,
)


@given(LINES)
def test_a_text_read_passage_by_passage_is_the_text_read_at_once(lines: list[str]) -> None:
    text = "\n".join(["", *lines])
    blocks, faults = parse_markdown(text)
    france, template = load_country("FR"), plain_template(text)
    renderer = Renderer(Path(), france, [template])
    if faults:
        with pytest.raises(InputError) as caught:
            renderer.body(template, {})
        assert [problem.line for problem in caught.value.problems] == [fault.line for fault in faults]
    else:
        apply = france.language("fr").apply_typography
        assert renderer.body(template, {}) == with_typography(blocks, apply)


def test_letters_are_the_same_in_any_order_and_each_by_itself(campaign: Campaign) -> None:
    files = {"letters/_who.md": WHO}
    composer, assignments = composed(campaign, WHOLE, files)
    forward = [composer.compose(one, DAY) for one in assignments]
    other, again = composed(campaign, WHOLE, files)
    backward = [other.compose(one, DAY) for one in reversed(again)]
    alone = [composed(campaign, WHOLE, files)[0].compose(one, DAY) for one in assignments]
    assert forward == backward[::-1] == alone
    assert [f"Soit Anne {name}." in texts(one) for name, one in zip(NAMES, forward, strict=True)] == [
        True
    ] * 3


def test_headings_and_letters_go_on_from_passage_to_passage(campaign: Campaign) -> None:
    composer, assignments = composed(campaign, WHOLE, {"letters/_who.md": WHO})
    for letter in [composer.compose(one, DAY) for one in assignments]:
        assert [block.level for block in letter.body if isinstance(block, Heading)] == [1, 2]
        lists = [block for block in letter.body if isinstance(block, ItemList)]
        assert [block.mark(block.items[0]) for block in lists] == ["a)", "b)", "–"]


def test_a_passage_that_came_out_the_same_is_the_same_object(campaign: Campaign) -> None:
    composer, assignments = composed(campaign, WHOLE, {"letters/_who.md": WHO})
    first, second, third = (composer.compose(one, DAY) for one in assignments)
    same = [one is other for one, other in zip(first.body, second.body, strict=True)]
    salutation = name = names = closing = False
    assert same == [salutation, True, True, True, name, True, True, True, names, True, closing]
    assert first.body[0] is third.body[0]  # both to a woman


@pytest.mark.parametrize(
    ("body", "passage", "expected"),
    [
        (
            "{% for place in [1, 2] %}\n\n{% include '_p.md' %}\n\n{% endfor %}",
            "En {{ place }} à {{ sender.name }}",
            ["En 1 à Groupe Essai", "En 2 à Groupe Essai"],
        ),
        (
            "{% include '_p.md' %}\n\n{% set sender = recipient %}\n{% include '_p.md' %}",
            "De {{ sender.name }}",
            ["De Groupe Essai", "De Anne {name}"],
        ),
        (
            "{% set n = namespace(n=0) %}{% include '_p.md' %}\n\n{% include '_p.md' %}",
            "{% set n.n = n.n + 1 %}Fois : {{ n.n }}",
            ["Fois\u00a0: 1", "Fois\u00a0: 2"],
        ),
        (
            "{% set place = namespace(n=0) %}{% include '_p.md' %}\n\n{% include '_p.md' %}",
            "{% set place.n = place.n + 1 %}Fois : {{ place.n }}",
            ["Fois\u00a0: 1", "Fois\u00a0: 2"],
        ),
        (
            "{% set n = namespace(n=0) %}{% include '_p.md' %}\n\nFois {{ n.n }}",
            "{% set n.n = 7 %}Un",
            ["Un", "Fois 7"],
        ),
        (
            "{% for one in recipients %}{% set at = loop.index %}{% include '_p.md' %}{% endfor %}",
            "{% if questions %}non{% endif %}Pour {{ at }} {{ one.name }}",
            ["Pour 1 Anne {name}"],
        ),
        (
            "{% macro m() %}{{ recipient.name }}{% endmacro %}{% include '_p.md' %}",
            "Un {{ m() }}",
            ["Un Anne {name}"],
        ),
        (
            "{% import '_p.md' as p with context %}{{ p.m() }}",
            "{% macro m() %}De {{ sender.name }}{% endmacro %}",
            ["De Groupe Essai"],
        ),
        (
            "{% set range = recipient.name %}{% include '_p.md' %}",
            "Un {{ range }}",
            ["Un Anne {name}"],
        ),
    ],
)
def test_a_passage_that_reads_something_else_is_made_anew(
    body: str, passage: str, expected: list[str], campaign: Campaign
) -> None:
    composer, assignments = composed(campaign, FRONT + body, {"letters/_p.md": passage})
    for name, assignment in zip(NAMES, assignments, strict=True):
        assert texts(composer.compose(assignment, DAY)) == [text.format(name=name) for text in expected]


def test_what_a_passage_says_changes_with_the_day_and_the_questions(campaign: Campaign) -> None:
    questions = "".join(
        f'[[question]]\nid = "q{number}"\ntheme = "T"\ntext = "Quoi {number} ?"\n{audience}'
        for number, audience in ((1, ""), (2, 'audience = ["m1"]\n'))
    )
    body = FRONT.replace("subject", 'questions = ["T"]\nsubject') + "{% include '_p.md' %}"
    passage = "Le {{ date | long_date }}{% for one in questions %} {{ one.text }}{% endfor %}"
    composer, (first, second, third) = composed(
        campaign, body, {"letters/_p.md": passage, "letters/questions.toml": questions}
    )
    one, both = "Le 30\u00a0novembre 2024 Quoi 1\u202f?", " Quoi 2\u202f?"
    letters = [texts(composer.compose(assignment, DAY))[0] for assignment in (first, second, third)]
    assert letters == [one, one + both, one]
    assert texts(composer.compose(first, date(2024, 12, 1)))[0].startswith("Le 1er\u00a0décembre 2024 Quoi 1")


def test_a_fault_of_a_later_letter_names_its_line(campaign: Campaign) -> None:
    passage = "Un\n\n{% if recipient.gender == 'm' %}\n<b>deux</b>\n{% endif %}\n"
    composer, assignments = composed(
        campaign, FRONT + "Mot\n\n{% include '_p.md' %}\n\nFin", {"letters/_p.md": passage}
    )
    found = []
    for assignment in (*assignments, *assignments):
        try:
            found.append(texts(composer.compose(assignment, DAY)))
        except InputError as error:
            found.append([str(problem) for problem in error.problems])
    fault = ["letters/_p.md:4: HTML cannot stand in a letter"] * 2
    assert [[text[:46] for text in one] for one in found] == [
        ["Mot", "Un", "Fin"],
        fault,
        ["Mot", "Un", "Fin"],
    ] * 2


def test_a_passage_that_is_remembered_costs_what_it_cost(campaign: Campaign) -> None:
    """Else a letter could be made after another one and not by itself."""
    body = FRONT + (
        "{% if recipient.gender == 'm' %}{% for a in range(990) %}{% for b in range(990) %}"
        "{% endfor %}{% endfor %}{% endif %}\n{% include '_p.md' %}"
    )
    passage = "Un\n{% for a in range(990) %}{% for b in range(990) %}{% endfor %}{% endfor %}\n"
    composer, (first, second, _) = composed(campaign, body, {"letters/_p.md": passage})
    other, _ = composed(campaign, body, {"letters/_p.md": passage})
    assert texts(composer.compose(first, DAY)) == ["Un"]
    messages = []
    for one in (composer, other):
        with pytest.raises(InputError, match=r"^letters/_p\.md:2: the template takes more than") as caught:
            one.compose(second, DAY)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_files_are_the_same_bytes_in_any_order_and_in_any_number_of_processes(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    made = []
    contacts = [
        CONTACT.replace('"maire"', f'"m{number}"').replace("Exemple", f"Exemple-{number % 4}")
        for number in range(17)
    ]
    orders = [(contacts, "1"), (contacts[::-1], "1"), (contacts[5:] + contacts[:5], "3")]
    for number, (order, jobs) in enumerate(orders):
        files = {
            "outreach.toml": SETTINGS,
            "contacts/a.toml": "".join(order),
            "letters/note.md": WHOLE,
            "letters/_who.md": WHO,
        }
        out = tmp_path / f"out-{number}"
        formats = [word for kind in ("pdf", "docx", "txt") for word in ("--format", kind)]
        done = run("generate", *formats, "--jobs", jobs, "--out", str(out), root=campaign(files))
        assert done.exit_code == 0
        made.append({path.name: path.read_bytes() for path in sorted(out.rglob("m[0-9]*.*"))})
    assert len(made[0]) == 3 * 17
    assert made[0] == made[1] == made[2]


@pytest.mark.parametrize("chance", ["[1, 2] | random", "lipsum()"])
def test_nothing_in_a_letter_is_left_to_chance(chance: str, campaign: Campaign) -> None:
    composer, (first, *_) = composed(campaign, FRONT + f"Un {{{{ {chance} }}}}")
    with pytest.raises(InputError, match=r"^letters/note\.md:7: unknown"):
        composer.compose(first, DAY)
