"""A template that would take without end, or make without end, is refused at its line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CONTACT, LETTER, RunProgram

STEPS = "the template takes more than 2,000,000 steps; make its loops shorter"
SIZE = "the template makes a text or a list of more than 200,000 characters or entries; no letter is that long; look for a number that is too large"
NUMBER = (
    "the template reckons with too large a number; no letter needs it; look for an exponent that is too large"
)
ITSELF = "the template calls itself without end; leave the call out"
GROWING = (
    "{{% set all = namespace(x = {0}) %}}{{% for i in range(60) %}}{{% set all.x = {1} %}}{{% endfor %}}"
)
SPENT = [
    ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", STEPS),
    ("{% for a in range(99999) if a > range(99999)|sum %}{% endfor %}", STEPS),
    ("{% for a in range(99999) %}{% if range(99999)|list == a %}{% endif %}{% endfor %}", STEPS),
    ("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}", STEPS),
    ("{% for a in range(99999) %}{% set x = range(99999)|map('string')|join %}{% endfor %}", SIZE),
    (GROWING.format("['a']", "[all.x, all.x]"), STEPS),
    (GROWING.format("'aaaa'", "all.x + all.x"), SIZE),
    (GROWING.format("'aaaa'", "all.x ~ all.x"), SIZE),
    (GROWING.format("'aaaa'", "all.x|replace('a', 'aa')"), SIZE),
    (GROWING.format("'aaaa'", "all.x.replace('a', 'aa')"), SIZE),
    (GROWING.format("[1, 2]", "all.x + all.x"), SIZE),
    ("{% for a in range(99999) %}some text of the template itself{% endfor %}", SIZE),
    ("{% set x %}{% for a in range(99999) %}some text{% endfor %}{% endset %}", SIZE),
    (
        "{{ 'a' * 10**9 }}",
        "'a' is a text, and is used like a number; write | int behind its name, as in (recipient.fields.cameras | int) > 10; ~ joins texts",
    ),
    ("{{ ([1] * 10**9)|length }}", SIZE),
    ("{{ 'a'|center(10**9) }}", SIZE),
    ("{{ 'a'.ljust(10**9) }}", SIZE),
    ("{{ '1'.zfill(10**9) }}", SIZE),
    ("{{ 'a'|indent(10**9, true) }}", SIZE),
    ("{{ [1]|slice(10**9)|list }}", SIZE),
    ("{{ [1]|tojson(indent=10**9) }}", SIZE),
    ("{{ range(99999)|join('some text') }}", SIZE),
    ("{{ '%1000000000d'|format(1) }}", SIZE),
    ("{{ '%1000000000d' % 1 }}", SIZE),
    ("{{ '%*d' % (10**9, 1) }}", SIZE),
    ("{{ '{:>1000000000}'.format(1) }}", SIZE),
    ("{{ '{:>{}}'.format(1, 10**9) }}", SIZE),
    ("{{ 10**100000 }}", NUMBER),
    ("{{ 9**(9**9) }}", NUMBER),
    ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", ITSELF),
    ("{{ 'a'|truncate(-5) }}", "template: expected length >= 3, got -5"),
    ("{{ '1e999999999'|number }}", "'1e999999999' is no number; write it in digits, as in 1250 or 1 250,50"),
    ("\ue000", "the character U+E000 cannot be printed; it is none of any script; take it out"),
    ('{{ "\\ue0009:1\\ue001"|safe }}', ""),
    ('{{ "\\ud800" }}', "the character U+D800 cannot be printed; it is none of any script; take it out"),
    ('{{ "\\ud800"|safe }}', "the character U+D800 cannot be printed; it is none of any script; take it out"),
]


@pytest.mark.parametrize(("spending", "message"), SPENT)
def test_the_line_that_spent_it_is_named(
    spending: str, message: str, campaign: Callable[..., Path], run: RunProgram
) -> None:
    body = LETTER.replace("Bonjour", f"Un mot.\n\n{spending}\n\nBonjour")
    result = run("generate", "--format", "txt", root=campaign({"letters/note.md": body}))
    if message:
        assert result.exit_code == 3
        assert f"letters/note.md:10: {message}\n" in result.stderr
    else:
        assert result.exit_code == 0


def test_a_letter_that_includes_itself(campaign: Callable[..., Path], run: RunProgram) -> None:
    result = run("generate", root=campaign({"letters/note.md": LETTER + "{% include 'note.md' %}\n"}))
    assert (result.exit_code, ITSELF in result.stderr) == (3, True)


@pytest.mark.parametrize(
    "mark", ["\ue0009:9\ue001", "\ue000" + "9" * 5000 + ":1\ue001", "\ue002", "\ue003", "\ue006"]
)
def test_signs_of_the_program_in_data(mark: str, campaign: Callable[..., Path], run: RunProgram) -> None:
    root = campaign({"contacts/a.toml": CONTACT.replace("Exemple", f"Exem{mark}ple")})
    for command in (["check"], ["generate", "--format", "txt"]):
        result = run(*command, root=root)
        assert result.exit_code == 3
        assert f"the character U+{ord(mark[0]):04X} cannot be printed" in result.output


def test_what_letters_do_is_far_from_the_limits(campaign: Callable[..., Path], run: RunProgram) -> None:
    body = LETTER + "{% for a in range(500) %}{{ a }} {{ '%05d' % a }} {{ 'x'|center(9) }}, {% endfor %}\n"
    root = campaign({"letters/note.md": body})
    assert run("generate", "--format", "txt", root=root).exit_code == 0
    assert "499 00499" in (root / "out/note/maire.txt").read_text(encoding="utf-8")
