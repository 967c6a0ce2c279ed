from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from outreach import language
from outreach.errors import InputError, Problem
from outreach.letters.compose import Composer
from outreach.letters.folder import load_folder
from outreach.letters.formats.text import render_text
from outreach.letters.letter import Heading, Letter, Paragraph, plain_text
from tests.conftest import CONTACT, findings

Campaign = Callable[..., Path]
Compose = Callable[..., Letter]
Run = Callable[..., Result]

FRONT = '+++\ntitle = "T"\naudience = "all"\nsubject = "S"\n+++\n'


@pytest.fixture
def letter(campaign: Campaign) -> Compose:
    """Return a function that fills a body in for the small campaign's contact."""

    def fill(body: str, files: dict[str, str] | None = None, front: str = FRONT) -> Letter:
        folder = load_folder(campaign({"letters/note.md": front + body, **(files or {})}))
        (assignment,) = folder.audiences.assignments(folder.templates_named(["note"]))
        return Composer(folder).compose(assignment, date(2024, 11, 30))

    return fill


def text(letter: Letter) -> str:
    return "\n".join(plain_text(block.runs) for block in letter.body if isinstance(block, Paragraph))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{{ recipient.salutation }}", "Madame la Maire"),
        ("{{ recipient.name }}", "Anne Exemple"),
        ("{{ recipient.city | de }}", "d’Écully"),
        ('{{ recipient | agree("élu", "élue", "élu·e", "élus") }}', "élue"),
        ("{{ date | long_date }}", "30\u00a0novembre 2024"),
        ("{{ 10300000 | euros }}", "10\u202f300\u202f000\u00a0€"),
        ("{{ 34874 | number }}", "34\u202f874"),
        ('{{ "12 500,5" | euros }}', "12\u202f500,50\u00a0€"),
        ("{{ 12500.00 | euros }}", "12\u202f500\u00a0€"),
        ("{{ 3 * 1.1 }} {{ (3 * 1.1) | euros }}", "3.3000000000000003 3,30\u00a0€"),
        ("{{ (0.1 + 0.2) | number }}", "0,3"),
        ('{{ "0,12345" | number }}', "0,12345"),
        ("{{ 12500.505 | round(2) | euros }}", "12\u202f500,51\u00a0€"),
        ('{{ "1234567.895" | round(2) | euros }}', "1\u202f234\u202f567,90\u00a0€"),
        ('{{ "-0,125" | round(2) | number }}', "-0,13"),
        (
            '{{ "12,5" | round }} {{ 42.55 | round(1, "floor") }} {{ "1 249" | round(-2, "ceil") }}',
            "13 42.5 1300",
        ),
        (
            '{{ "1 250,50" | int }} {{ "12\u00a0500" | float }} {{ "1\u202f250" | int }} {{ 12.9 | int }}',
            "1250 12500.0 1250 12",
        ),
        (
            '{{ ("12500,5" | float) * 2 }} {{ "−12" | int }} {{ 10000000000000000000000.0 | int }}',
            "25001.0 -12 10000000000000000000000",
        ),
        (
            '{{ "0.125" | number }} {{ "1250.125" | number }} {{ "1 250,125" | number }}',
            "0,125 1\u202f250,125 1\u202f250,125",
        ),
        ('{{ "n° " + "12" }} {{ "12" ~ "3" }} {{ "%s" % 5 }} {{ 7 // 2 }}', "n°\u00a012\u202f123 5 3"),
        ('{{ "2024-12-01" | long_date }}', "1er\u00a0décembre 2024"),
        ('{{ "01/12/2024" | long_date }}', "1er\u00a0décembre 2024"),
        ('{{ " 3.5.2024 " | long_date }}', "3\u00a0mai 2024"),
        ('{{ "2024-12-01 00:00:00" | long_date }}', "1er\u00a0décembre 2024"),
        ("{{ sender.name }} à {{ place }}", "Groupe Essai à Lyon"),
        ("{{ campaign.title }}", "Essai"),
        ("{{ recipient.tags }}", "a"),
        ('{{ "**x**" | markdown }}', "x"),
        ("{% set a %}**{{ recipient.name }}**{% endset %}{{ a }}", "Anne Exemple"),
        ("{% macro m() %}*{{ recipient.name }}*{% endmacro %}{{ m() }}", "Anne Exemple"),
        ("{% if recipient.portfolio %}a{% else %}b{% endif %}", "b"),
        ('{{ recipient.portfolio or "rien" }}', "rien"),
        ('{% if recipient.portfolio == "" %}vide{% endif %}', "vide"),
        ("{% if sender.signatories %}a{% else %}b{% endif %}", "b"),
        ('{% if "a" in sender.signatories %}a{% else %}b{% endif %}', "b"),
    ],
)
def test_what_a_template_prints(letter: Compose, body: str, expected: str) -> None:
    assert text(letter(body)) == expected


def test_reply_by_is_a_day_or_days_after_the_letter(letter: Compose) -> None:
    days = FRONT.replace("subject", "reply_by = 60\nsubject")
    assert text(letter("{{ reply_by | long_date }}", front=days)) == "29\u00a0janvier 2025"
    day = FRONT.replace("subject", "reply_by = 2025-02-01\nsubject")
    assert text(letter("{{ reply_by | long_date }}", front=day)) == "1er\u00a0février 2025"


def test_data_is_literal_and_the_templates_own_text_is_markdown(letter: Compose) -> None:
    contact = '[[contact]]\nid = "x"\nrole = "mayor"\nfamily_name = "A*B_<c> $x$ #panic()"\npostal_code = "69001"\ncity = "Lyon"\n'
    found = letter("**{{ recipient.family_name }}**", {"contacts/a.toml": contact})
    (block,) = found.body
    assert isinstance(block, Paragraph)
    assert [(run.text, run.bold) for run in block.runs] == [("A*B_<c> $x$ #panic()", True)]


def test_own_fields_of_a_contact(letter: Compose) -> None:
    contact = (
        '[[contact]]\nid = "x"\nrole = "mayor"\nfamily_name = "E"\npostal_code = "69001"\ncity = "Lyon"\n'
        '[contact.fields]\nchien = "Médor"\n'
    )
    assert text(letter("{{ recipient.fields.chien }}", {"contacts/a.toml": contact})) == "Médor"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "Bonjour\n\n{{ recipient.nam }}",
            "letters/note.md:8: unknown field recipient.nam; did you mean recipient.name",
        ),
        ("a\n{{ recipent.name }}", "letters/note.md:7: unknown name 'recipent'; did you mean recipient"),
        ("a\n{{ recipient.portfolio }}", "letters/note.md:7: recipient.portfolio is empty"),
        (
            "{% if recipient.nam %}a{% endif %}",
            "letters/note.md:6: unknown field recipient.nam; did you mean",
        ),
        (
            "a\n{% if %}",
            "letters/note.md:7: template syntax: Expected an expression, got 'end of statement block'",
        ),
        ("{% for x in questions %}", "letters/note.md:6: template syntax: Unexpected end of template"),
        ("{{ date | longdate }}", "letters/note.md:6: unknown filter 'longdate'; did you mean long_date?"),
        ('a\n{% include "_who.md" %}', "letters/note.md:7: no file '_who.md' in letters/"),
        ('{% include "../outreach.toml" %}', "letters/note.md:6: no file '../outreach.toml' in letters/"),
        ("{{ 1 + place }}", "letters/note.md:6: 'Lyon' is a text, and is used like a number; write | int"),
        ("{{ recipient.fields.x }}", "letters/note.md:6: unknown field recipient.fields.x"),
        (
            '{{ recipient | agree("a") }}',
            "letters/note.md:6: agree needs a recipient and three or four forms; write",
        ),
        (
            "{{ questions }} {{ recipient.name.upper }}",
            "letters/note.md:6: a builtin_function_or_method cannot be printed",
        ),
        ("{{ recipients }}", "letters/note.md:6: recipient has several fields; say which"),
        ("{{ recipient | upper }}", "letters/note.md:6: recipient has several fields; say which"),
        ("{% macro m() %}a{% endmacro %}{{ m }}", "letters/note.md:6: a Macro cannot be printed"),
        ("{{ sender.is_group }}", "letters/note.md:6: a bool cannot be printed"),
        ("Écrire à {{ sender.signatories }}.", "letters/note.md:6: sender.signatories is empty"),
        ('{{ "x" * 100000000000 }}', "letters/note.md:6: "),
        ("{% include '" + "a" * 300 + "' %}", "letters/note.md:6: no file 'aaa"),
        ("{{ recipient.__class__ }}", "letters/note.md:6: "),
        (
            "{% for a in recipient %}{% endfor %}",
            "letters/note.md:6: recipient is one, not a list; loop over",
        ),
        ("{{ recipient.term_end | long_date }}", "letters/note.md:6: recipient.term_end is empty"),
        ("{{ recipient.phone | number }}", "letters/note.md:6: recipient.phone is empty"),
        ('{{ "douze" | number }}', "letters/note.md:6: 'douze' is no number; write it in digits"),
        ('a\n{{ "douze" | int }}', "letters/note.md:7: 'douze' is no number; write it in digits, as in 1250"),
        ('{{ "12 caméras" | float }}', "letters/note.md:6: '12 caméras' is no number; write it"),
        ('{{ "04 76 00 00 00" | int }}', "letters/note.md:6: '04 76 00 00 00' is no number; write it"),
        ('{{ "" | int }}', "letters/note.md:6: '' is no number; write it"),
        ('{{ "douze" | round(2) }}', "letters/note.md:6: 'douze' is no number; write it"),
        ("{{ recipient.phone | int }}", "letters/note.md:6: recipient.phone is empty"),
        ("{{ recipient | int }}", "letters/note.md:6: recipient has several fields; say which"),
        ('{% if "12" > 10 %}{% endif %}', "letters/note.md:6: a text is used like a number; write | int"),
        (
            "{% if 10.5 <= (recipient.postal_code | trim) %}{% endif %}",
            "letters/note.md:6: a text is used like a number; write | int",
        ),
        ('{{ "-12" | abs }}', "letters/note.md:6: a text is used like a number; write | int"),
        ('{{ "%d" | format("12") }}', "letters/note.md:6: a text is used like a number; write | int"),
        ('{{ 12 | round(2, "up") }}', "letters/note.md:6: unknown rounding 'up'; "),
        (
            '{{ "1.250" | euros }}',
            "letters/note.md:6: '1.250' may have thousands or decimals; write 1250 or 1.2500",
        ),
        (
            '{{ "-12,500" | int }}',
            "letters/note.md:6: '-12,500' may have thousands or decimals; write -12500 or",
        ),
        ('{{ "nan" | euros }}', "letters/note.md:6: 'nan' is no number; write it"),
        (
            "a\n{{ 12.345 | euros }}",
            "letters/note.md:7: 12.345 euros are no whole cents; round them where you want it said: "
            "| round(2) | euros",
        ),
        ('{{ "31/02/2024" | long_date }}', "letters/note.md:6: long_date needs a date, as in 2024-11-30"),
        ('{{ "12/31/2024" | long_date }}', "letters/note.md:6: long_date needs a date, as in 2024-11-30"),
        ("{{ recipient }}", "letters/note.md:6: recipient has several fields; say which"),
        ("{{ reply_by }}", "letters/note.md:6: there is nothing to print here; test it with {% if %} first"),
        (
            "a\n\nb\n\n---\n",
            "letters/note.md:10: a horizontal rule cannot stand in a letter; use paragraphs, ",
        ),
        ("", "letters/note.md: the letter has no text; write it below the front matter"),
    ],
)
def test_each_error_names_file_line_and_what_is_known(letter: Compose, body: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        letter(body)
    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize(
    ("body", "message", "hint", "code"),
    [
        ("{{ recipient.family_name.x }}", "'x' is not known of 'A; B'", "", "unknown-variable"),
        (
            '{{ recipient.fields["a; b"] }}',
            "unknown field recipient.fields.a; b",
            "did you mean recipient.fields.x?",
            "unknown-variable",
        ),
        ('{% include "a; b.md" %}', "no file 'a; b.md' in letters/", "known: note.md", "missing-file"),
        (
            "{{ recipient.family_name | number }}",
            "'A; B' is no number",
            "write it in digits, as in 1250 or 1 250,50",
            "filter-misused",
        ),
        (
            "{{ recipient.family_name | long_date }}",
            "long_date needs a date, as in 2024-11-30 or 30/11/2024",
            "it got 'A; B'",
            "filter-misused",
        ),
        ('{{ date["a; b"] }}', "'a; b' is not known of datetime.date(2024, 11, 30)", "", "unknown-variable"),
    ],
)
def test_a_semicolon_in_the_data_is_no_end_of_the_message(
    letter: Compose, body: str, message: str, hint: str, code: str
) -> None:
    contact = CONTACT.replace("Exemple", "A; B") + '[contact.fields]\nx = "y"\n'
    with pytest.raises(InputError) as caught:
        letter(body, {"contacts/a.toml": contact})
    assert caught.value.problems == (Problem("letters/note.md", 6, message, hint, code=code),)


def test_a_semicolon_in_the_data_is_shown_as_it_is(
    campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTREACH_LANG", "fr")
    language.use("fr")  # which has a space before its own semicolon
    body = "{{ recipient.family_name.x }}"
    contact = CONTACT.replace("Exemple", "A; B")
    root = campaign({"letters/note.md": FRONT + body, "contacts/a.toml": contact})
    shown = run("preview", "note", "--to", "maire", root=root)
    assert (shown.exit_code, shown.stdout) == (3, "")
    assert shown.stderr == "letters/note.md:6: «\u00a0x\u00a0» n'est pas connu de 'A; B'\n"


FAULTS = {
    "en": [
        (8, "a horizontal rule cannot stand in a letter"),
        (10, "a picture cannot stand in a letter"),
        (12, "code between backticks cannot stand in a letter"),
        (12, "HTML cannot stand in a letter"),
    ],
    "fr": [
        (8, "un filet horizontal n'a pas sa place dans une lettre"),
        (10, "une image n'a pas sa place dans une lettre"),
        (12, "du code entre accents graves n'a pas sa place dans une lettre"),
        (12, "du HTML n'a pas sa place dans une lettre"),
    ],
}


@pytest.mark.parametrize("codes", [("en", "fr", "en"), ("fr", "en", "fr")])
def test_the_words_of_a_fault_follow_a_switch_of_language(campaign: Campaign, codes: tuple[str, ...]) -> None:
    body = "a\n\n---\n\n![b](c.png)\n\n`d` <e>\n"
    folder = load_folder(campaign({"letters/note.md": FRONT + body}))
    (assignment,) = folder.audiences.assignments(folder.templates)
    composer = Composer(folder)
    for code in codes:
        language.use(code)
        with pytest.raises(InputError) as caught:
            composer.compose(assignment, date(2024, 11, 30))
        assert [(problem.line, problem.message) for problem in caught.value.problems] == FAULTS[code]


def test_an_error_in_a_passage_names_the_passage(letter: Compose) -> None:
    with pytest.raises(InputError, match=r"^letters/_p\.md:2: unknown field recipient\.x"):
        letter('{% include "_p.md" %}', {"letters/_p.md": "a\n{{ recipient.x }}\n"})
    with pytest.raises(InputError, match=r"^letters/_p\.md:2: HTML cannot stand in a letter"):
        letter('a\n\n{% include "_p.md" %}\n\nb', {"letters/_p.md": "c\n<b>d</b>\n"})


def test_a_fault_of_the_subject_stands_at_its_line(letter: Compose) -> None:
    with pytest.raises(InputError, match=r"^letters/note\.md:4: unknown field recipient\.x"):
        letter("a", front=FRONT.replace('"S"', '"{{ recipient.x }}"'))


def test_a_subject_that_comes_out_empty_is_an_error(letter: Compose) -> None:
    with pytest.raises(InputError, match=r"^letters/note\.md:4: the subject is empty"):
        letter("a", front=FRONT.replace('"S"', '"{% if false %}x{% endif %}"'))


def test_a_subject_on_several_lines_is_one_line(letter: Compose) -> None:
    front = FRONT.replace('"S"', '"""Une\nsuite {{ recipient.name }}"""')
    assert letter("a", front=front).subject == "Une suite Anne Exemple"


def test_each_language_has_its_own_subject(campaign: Campaign) -> None:
    front = FRONT.replace('"S"', '"{{ date | long_date }}"')
    english = front.replace("+++\n", '+++\nlanguage = "en"\n', 1)
    folder = load_folder(campaign({"letters/a.md": front + "a", "letters/b.md": english + "b"}))
    composer = Composer(folder)
    subjects = [
        composer.compose(assignment, date(2024, 11, 30)).subject
        for assignment in folder.audiences.assignments(folder.templates_named(["a", "b"]))
    ]
    assert subjects == ["30\u00a0novembre 2024", "30 November 2024"]


def test_the_subject_may_name_the_recipient(letter: Compose) -> None:
    assert (
        letter("a", front=FRONT.replace('"S"', '"Pour {{ recipient.name }} ?"')).subject
        == "Pour Anne Exemple\u202f?"
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Bonjour", "letters/note.md:1: the letter has no front matter; begin the letter with its TOML"),
        (
            '+++\ntitle = "T"\n',
            "letters/note.md:1: the front matter does not end; begin the letter with its TOML",
        ),
        ('+++\ntitle = "T\n+++\n', "letters/note.md:2: broken TOML: "),
        (FRONT.replace("title", "titel"), "letters/note.md: title is missing; add title = "),
        (
            FRONT.replace("subject", 'kind = "reqest"\nsubject'),
            "letters/note.md:4: unknown kind 'reqest'; did you mean",
        ),
        (
            FRONT.replace("subject", 'questions = "x"\nsubject'),
            "letters/note.md:4: unknown question or theme 'x'",
        ),
        (
            FRONT.replace("subject", 'enclosures = [{ titel = "A" }]\nsubject'),
            "letters/note.md:4: an enclosure is neither a text nor a table with a title; write",
        ),
        (
            FRONT.replace("subject", 'enclosures = ["A", { title = "B", fle = "b.pdf" }]\nsubject'),
            "letters/note.md:4: unknown key 'fle' in an enclosure; did you mean file?",
        ),
        (FRONT.replace("all", "role:mayr"), "letters/note.md:3: unknown role 'mayr' in selector 'role:mayr'"),
        (FRONT.replace("all", "tag:b"), "letters/note.md:3: selector 'tag:b' matches nobody; known: tag:a"),
        (
            FRONT.replace('audience = "all"\n', ""),
            "letters/note.md: audience is missing; say who gets the letter",
        ),
    ],
)
def test_front_matter_faults(campaign: Campaign, content: str, expected: str) -> None:
    folder = load_folder(campaign({"letters/note.md": content}))
    assert folder.templates == ()
    assert str(folder.problems[0]).startswith(expected)


OTHER = CONTACT.replace('"maire"', '"autre"').replace("Anne", "Luc").replace('"f"', '"m"')
JOINT = FRONT.replace("audience", "joint = true\naudience")


def test_what_differs_between_joint_recipients_is_an_error_that_says_so(letter: Compose) -> None:
    contacts = {"contacts/a.toml": CONTACT + "[contact.fields]\nx = 1\n" + OTHER}
    assert text(letter("{{ recipient.city }}", contacts, JOINT)) == "Écully"
    for name in ("given_name", "fields.x"):
        with pytest.raises(InputError, match=rf"recipient\.{name} differs between the recipients; write"):
            letter(f"{{{{ recipient.{name} }}}}", contacts, JOINT)
    with pytest.raises(InputError, match=r"^letters/note\.md:7: unknown field recipient\.fields\.y"):
        letter("{{ recipient.fields.y }}", contacts, JOINT)


def test_a_closing_that_joint_recipients_share_is_kept(letter: Compose) -> None:
    own = 'closing = "Cordialement."\n'
    shared = {"contacts/a.toml": CONTACT + own + OTHER + own}
    assert text(letter("{{ recipient.closing }}", shared, JOINT)) == "Cordialement."
    one = {"contacts/a.toml": CONTACT + own + OTHER}
    assert "Madame la Maire, Monsieur le Maire" in text(letter("{{ recipient.closing }}", one, JOINT))


def test_a_joint_letter_in_english_has_one_salutation_and_british_dates(letter: Compose) -> None:
    contacts = {"contacts/a.toml": CONTACT + OTHER}
    english = JOINT.replace("audience", 'language = "en"\naudience')
    body = "{{ recipient.salutation }}, {{ date | long_date }}"
    assert text(letter(body, contacts, english)) == "Dear Sir or Madam, 30 November 2024"


def test_a_field_of_several_lines_breaks_a_paragraph_but_not_a_heading(letter: Compose) -> None:
    contacts = {"contacts/a.toml": CONTACT + '[contact.fields]\nx = "un\\ndeux"\n'}
    heading, paragraph = letter("# {{ recipient.fields.x }}\n\n{{ recipient.fields.x }}", contacts).body
    assert isinstance(heading, Heading)
    assert isinstance(paragraph, Paragraph)
    assert (plain_text(heading.runs), plain_text(paragraph.runs)) == ("un deux", "un\ndeux")


def test_own_fields_keep_their_type(letter: Compose) -> None:
    own = '[contact.fields]\nvotes = 12500\nyes = false\nday = 2024-03-21\nplaces = ["A", "B"]\n'
    body = (
        "{{ recipient.fields.votes | number }} {{ recipient.fields.day | long_date }} "
        "{{ recipient.fields.places }}{% if recipient.fields.yes %} oui{% endif %}"
    )
    expected = "12\u202f500 21 mars 2024 A, B"
    assert text(letter(body, {"contacts/a.toml": CONTACT + own})).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    "expression",
    [
        "{% if recipient.fields.n > 10 %}{% endif %}",
        "{% if 10 <= recipient.fields.n %}{% endif %}",
        "{% if recipient.fields.n == 12 %}{% endif %}",
        "{% if recipient.fields.n != 12.5 %}{% endif %}",
        "{% if recipient.postal_code >= 69000 %}{% endif %}",
        "{{ recipient.fields.n * 2 }}",
        "{{ 2 * recipient.fields.n }}",
        "{{ recipient.fields.n + 1 }}",
        "{{ 1 + recipient.fields.n }}",
        "{{ recipient.fields.n + recipient.fields.n }}",
        "{{ recipients | sum(attribute='fields.n') }}",
        '{{ "12500.5" * 2 }}',
        '{{ 2 * "12500.5" }}',
        '{{ ("12" | trim) * 2 }}',
        '{{ ("12" | trim) - 2 }}',
        '{{ "12" / 2 }}',
        '{{ "12" + "3" }}',
        "{% set a %}12{% endset %}{{ a * 2 }}",
    ],
)
def test_a_text_that_is_used_like_a_number_says_how(letter: Compose, expression: str) -> None:
    contacts = {"contacts/a.toml": CONTACT + '[contact.fields]\nn = "12"\n'}
    with pytest.raises(InputError) as caught:
        letter(f"a\n{expression}", contacts)
    (problem,) = caught.value.problems
    assert (problem.path, problem.line) == ("letters/note.md", 7)
    assert problem.message.endswith("is a text, and is used like a number")
    assert "| int" in problem.hint


def test_a_text_of_a_table_is_reckoned_with_as_a_number_that_it_is_made(letter: Compose) -> None:
    contacts = {"contacts/a.toml": CONTACT + '[contact.fields]\nn = "12"\n'}
    body = (
        "{% if (recipient.fields.n | int) > 10 and recipient.fields.n == '12' and recipient.fields.n < 'a' %}"
        "{{ (recipient.fields.n | int) * 2 }}/{{ recipient.fields.n ~ '0' }}{% endif %}"
    )
    assert text(letter(body, contacts)) == "24/120"


def test_a_field_that_only_others_have_is_false_and_cannot_be_printed(letter: Compose) -> None:
    front = FRONT.replace('"all"', '"maire"')
    contacts = {"contacts/a.toml": f'{CONTACT}{OTHER}[contact.fields]\nnote = "x"\n'}
    body = "{% if recipient.fields.note %}a{% elif not recipient.fields['note'] %}b{% endif %}"
    assert text(letter(body, contacts, front)) == "b"
    with pytest.raises(InputError, match=r"letters/note.md:6: recipient.fields.note is empty"):
        letter("{{ recipient.fields.note }}", contacts, front)
    with pytest.raises(InputError, match=r"unknown field recipient.fields.nots; did you mean .*note"):
        letter("{% if recipient.fields.nots %}{% endif %}", contacts, front)


ANNEX = {"letters/_list.md": "# Liste n° 1 pour {{ recipient.city }}\n\nL'un\n"}


def fronted(*lines: str) -> str:
    return FRONT.replace('subject = "S"', "\n".join(['subject = "S"', *lines]))


def test_a_letter_may_have_a_postscript_a_foreign_reference_and_annexes(letter: Compose) -> None:
    front = fronted(
        'ps = "Merci d\'avance à {{ recipient.name }}"',
        'your_reference = "{{ recipient.insee }}"',
        'annexes = "_list.md"',
        'enclosures = ["Un plan"]',
    )
    made = letter("a", ANNEX, front)
    assert made.postscript == "Merci d’avance à Anne Exemple"
    assert made.your_reference == "69081"
    assert made.enclosures == ("Un plan", "Liste n°\u00a01 pour Écully")
    (annex,) = made.annexes
    assert [type(block).__name__ for block in annex.blocks] == ["Heading", "Paragraph"]
    lines = render_text(made).decode().splitlines()
    assert [
        line
        for line in lines
        if line in ("V/Réf.\u00a0: 69081", "P.-S.\u00a0: Merci d’avance à Anne Exemple")
    ]
    assert lines[-3:] == ["Liste n°\u00a01 pour Écully", "", "L’un"]


def test_the_recipients_own_field_is_its_reference(letter: Compose) -> None:
    contacts = {"contacts/a.toml": CONTACT + '[contact.fields]\nyour_reference = "MD/12"\n'}
    assert letter("a", contacts).your_reference == "MD/12"
    assert letter("a").your_reference == ""


@pytest.mark.parametrize(
    ("name", "passage", "expected"),
    [
        ("_none.md", "", "letters/note.md:5: no passage '_none.md' in letters/; known: _list.md"),
        ("note.md", "# a", "letters/note.md:5: no passage 'note.md' in letters/"),
        ("_list.md", "a\n", "letters/_list.md:1: an annex begins with a heading; write # and its title"),
        ("_list.md", "# a\n\n{{ b }}", "letters/_list.md:3: unknown name 'b'"),
        ("_list.md", "# a\n\n---", "letters/_list.md:3: a horizontal rule cannot stand in a letter"),
    ],
)
def test_a_faulty_annex_is_named(
    run: Run, campaign: Campaign, name: str, passage: str, expected: str
) -> None:
    files = {"letters/_list.md": passage or "# x", "letters/note.md": fronted(f'annexes = ["{name}"]') + "a"}
    done = run("check", root=campaign(files))
    assert done.exit_code == 3
    assert any(line.startswith(expected) for line in findings(done)), done.stdout
