from collections.abc import Callable
from pathlib import Path

from outreach.letters.questions import asked, load_questions

Campaign = Callable[..., Path]
FILE = """\
[[question]]
id = "a"
theme = "T"
text = "Un ?"
[[question]]
id = "b"
theme = "U"
text = "Deux ?"
[[question]]
id = "c"
theme = "T"
text = "Trois ?"
"""


def test_numbers_are_places_in_the_file_and_stay(campaign: Campaign) -> None:
    questions, problems = load_questions(campaign({"letters/questions.toml": FILE}))
    assert problems == []
    chosen, unknown = asked(questions, ["T"])
    assert [(question.number, question.id) for question in chosen] == [(1, "a"), (3, "c")]
    assert unknown == []
    assert [question.id for question in asked(questions, ["c", "b"])[0]] == ["b", "c"]


def test_an_unknown_name_has_a_hint(campaign: Campaign) -> None:
    questions, _ = load_questions(campaign({"letters/questions.toml": FILE}))
    assert asked(questions, ["x"]) == ([], [("x", "known: a, b, c, T, U")])


def test_faults_have_their_line(campaign: Campaign) -> None:
    text = FILE + '[[question]]\nid = "a"\ntheme = "b"\n[[question]]\nid = "T"\ntheme = "T"\ntext = "?"\n'
    _, problems = load_questions(campaign({"letters/questions.toml": text}))
    assert [str(problem) for problem in problems] == [
        'letters/questions.toml:13: text is missing; add text = "..."',
        "letters/questions.toml:14: question id 'a' is used twice; give each its own",
        "letters/questions.toml:14: 'b' is both a question and a theme; rename one",
        "letters/questions.toml:17: 'T' is both a question and a theme; rename one",
    ]
