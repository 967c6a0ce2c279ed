"""Messages in French and English: the catalogue, the choice of the language, what never changes with it."""

import ast
import json
import re
import runpy
import string
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import read_mo

from outreach import language
from outreach.cli.localise import language_in
from tests.conftest import CONTACT, LETTER, REPOSITORY, RunProgram, findings

Campaign = Callable[..., Path]
SOURCE = REPOSITORY / "src" / "outreach"
CATALOGUE = runpy.run_path(str(REPOSITORY / "docs" / "catalogue.py"))
FRENCH = CATALOGUE["read"]("fr")
MARKS = ("_", "N_", "NP_", "ngettext", "pgettext")
SAID = {
    "Problem": (2, 3),
    "report": (1, 2),
    "warn": (1, 2),
    "echo": (0,),
    "say": (0,),
    "ask": (0,),
    "ask_for": (0,),
    "ask_one_of": (0,),
    "confirm": (0,),
    "progress_bar": (0,),
    "print_table": (0,),
    "BadParameter": (0,),
    "_world": (1,),
    "TemplateRuntimeError": (0,),
}
"""Function to the arguments that people read."""
UNTRANSLATED = {"outreach ", "typst "}


def fields(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def texts(message: Any) -> list[str]:
    return list(message) if isinstance(message, (tuple, list)) else [message]


def key(message: Any) -> tuple[object, object]:
    context = message.context
    return (tuple(texts(message.id)), context.decode() if isinstance(context, bytes) else context)


def test_french_says_all_that_english_says() -> None:
    said = {key(message) for message in CATALOGUE["template"]() if message.id}
    known = {key(message) for message in FRENCH if message.id}
    assert (sorted(map(str, said - known)), sorted(map(str, known - said))) == ([], [])
    assert [message.id for message in FRENCH if message.id and not all(texts(message.string))] == []
    assert [message.id for message in FRENCH if message.id and message.fuzzy] == []


def test_french_has_the_same_values_in_its_sentences() -> None:
    wrong = [
        message.id
        for message in FRENCH
        if message.id and any(fields(text) != fields(texts(message.id)[-1]) for text in texts(message.string))
    ]
    assert wrong == []


def test_french_keeps_commands_options_and_blanks() -> None:
    """A command between backticks and an option are typed as they are; blanks at the ends join words."""
    options = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
    commands = re.compile(r"`(outreach [^`]*)`")
    for message in (one for one in FRENCH if one.id):
        for english, french in zip(texts(message.id), texts(message.string), strict=True):
            assert set(options.findall(french)) == set(options.findall(english)), english
            typed = [
                [word for word in command.split() if not word.isupper()]
                for text in (english, french)
                for command in commands.findall(text)
            ]
            assert typed[: len(typed) // 2] == typed[len(typed) // 2 :], english
            assert french.startswith(" ") == english.startswith(" "), english
            assert french[-1:].isspace() == english[-1:].isspace(), english
            assert len(french.splitlines()) == len(english.splitlines()), english


def test_french_typography() -> None:
    """No plain space before two-part punctuation, where a line could break; no English quotes."""
    wrong = [
        text
        for message in FRENCH
        if message.id
        for text in texts(message.string)
        if re.search(" [;:?!»](?!\\S)|« ", text)
    ]
    assert wrong == []


def test_what_the_program_reads_is_what_translators_wrote() -> None:
    with CATALOGUE["po_path"]("fr").with_suffix(".mo").open("rb") as stream:
        compiled = read_mo(stream)
    assert {key(one): texts(one.string) for one in compiled if one.id} == {
        key(one): texts(one.string) for one in FRENCH if one.id
    }


def parsed() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def unmarked(node: ast.AST) -> Iterator[str]:
    """Yield the words below a node that no mark makes translatable."""
    if isinstance(node, ast.Call):
        # What a call is given is for that call; its own result may be read.
        return
    if isinstance(node, ast.Constant):
        if (
            isinstance(node.value, str)
            and re.search("[A-Za-z]{3}", node.value)
            and node.value not in UNTRANSLATED
        ):
            yield node.value
        return
    if isinstance(node, ast.IfExp):
        children: list[ast.AST] = [node.body, node.orelse]
    elif isinstance(node, ast.Subscript):
        children = [node.value]
    else:
        children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from unmarked(child)


def test_every_text_that_people_read_is_marked() -> None:
    found = []
    for path, tree in parsed():
        for node in ast.walk(tree):
            if not isinstance(node, (ast.Call, ast.Assign)):
                continue
            read: list[ast.AST] = []
            if isinstance(node, ast.Call):
                places = SAID.get(name_of(node), ())
                read += [argument for place, argument in enumerate(node.args) if place in places]
                read += [word.value for word in node.keywords if word.arg in ("message", "hint") and places]
            elif any(
                isinstance(name, ast.Name) and name.id in ("message", "hint", "question")
                for name in node.targets
            ):
                read.append(node.value)
            found += [f"{path}:{node.lineno}: {text}" for part in read for text in unmarked(part)]
    assert found == []


def test_no_mark_stands_where_it_is_not_found() -> None:
    """Within an f-string, Babel finds no message before Python 3.12; a variable `_` would hide the mark."""
    wrong = []
    for path, tree in parsed():
        for node in ast.walk(tree):
            inner = [call for call in ast.walk(node) if isinstance(call, ast.Call) and name_of(call) in MARKS]
            if isinstance(node, ast.JoinedStr) and any(
                isinstance(call.args[0], ast.Constant) for call in inner
            ):
                wrong.append(f"{path}:{node.lineno}: a mark within an f-string")
            if isinstance(node, ast.FunctionDef) and any(name_of(call) == "_" for call in inner):
                bound = [
                    name
                    for name in ast.walk(node)
                    if isinstance(name, ast.Name) and name.id == "_" and isinstance(name.ctx, ast.Store)
                ]
                comprehensions = [part for part in ast.walk(node) if isinstance(part, ast.comprehension)]
                inside = {id(name) for part in comprehensions for name in ast.walk(part.target)}
                wrong += [f"{path}:{name.lineno}: _ is bound" for name in bound if id(name) not in inside]
    assert wrong == []


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LC_MESSAGES": "fr_CA", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "fr_BE", "LANG": "en_US"}, "fr"),
        ({"OUTREACH_LANG": "fr", "LC_ALL": "en_US.UTF-8"}, "fr"),
        ({"OUTREACH_LANG": "", "LANG": "fr"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_is_the_users(environment: dict[str, str], expected: str) -> None:
    assert language.preferred(environment) == expected


def test_the_command_line_goes_first() -> None:
    assert language_in(["--lang", "fr", "check"]) == "fr"
    assert language_in(["--lang=en", "check"]) == "en"
    assert language_in(["check", "--lang"]) == ""
    assert language_in(["--lang", "de", "check"]) == ""


def test_dates_and_numbers_are_written_as_in_the_language() -> None:
    day = date(2025, 3, 1)
    assert (language.local(day), language.local(34_874), language.local(7)) == ("2025-03-01", "34,874", "7")
    language.use("fr")
    assert (language.local(day), language.local(34_874)) == ("01/03/2025", "34\u202f874")
    assert language.ngettext("{count} letter", "{count} letters", 0) == "0 lettre"
    assert language.ngettext("{count} letter", "{count} letters", 2) == "2 lettres"


BROKEN = {
    "contacts/a.toml": '[[contact]]\nid = "maire"\nrole = "mayer"\nfamily_name = "Exemple"\n',
    "letters/note.md": "Bonjour.\n",
}


def test_errors_in_french(campaign: Campaign, run: RunProgram) -> None:
    done = run("--lang", "fr", "check", root=campaign(BROKEN))
    assert done.exit_code == 3
    assert [line.replace("\xa0", "~") for line in findings(done)] == [
        "contacts/a.toml:3: valeur inconnue pour role~: «~mayer~»~; vouliez-vous dire mayor~?",
        "letters/note.md:1: la lettre n'a pas d'en-tête~;"
        " commencez la lettre par son TOML entre deux lignes +++",
        "contacts/a.toml:1: le contact «~maire~» n'a pas d'adresse postale~;"
        " ses lettres ne peuvent pas être postées",
    ]
    assert done.stderr == "2 erreurs, 2 avertissements\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("genrate",), "commande inconnue genrate~; vouliez-vous dire 'generate'~?"),
        (
            ("generate", "--fore"),
            "option inconnue --fore~; vouliez-vous dire --force, --format, --with-former~",
        ),
        (
            ("sent", "note", "--on", "24-12-02", "--via", "post"),
            "valeur incorrecte pour '--on'~: «~24-12-02~» n'est pas une date~; écrivez AAAA-MM-JJ",
        ),
        (
            ("sent", "note", "--on", "2024-12-02", "--via", "pst"),
            "valeur incorrecte pour '--via'~: «~pst~» n'est pas l'une de ces valeurs~: courrier,",
        ),
        (("generate", "--limit", "x"), "valeur incorrecte pour '--limit'~: écrivez un nombre"),
        (("generate", "--limit", "0"), "valeur incorrecte pour '--limit'~: 1 au moins"),
        (("sent",), "il manque LETTRE"),
        (("check", "foo"), "en trop~: foo"),
    ],
)
def test_wrong_usage_in_french(run: RunProgram, words: tuple[str, ...], expected: str) -> None:
    done = run("--lang", "fr", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    shown = " ".join(done.stderr.replace("│", " ").replace("\xa0", "~").split())
    assert expected in shown


def test_help_in_french_and_english(run: RunProgram) -> None:
    english, french = (run("--lang", code, "generate", "--help").stdout for code in ("en", "fr"))
    assert "Usage: outreach generate [OPTIONS] [LETTER]..." in english
    assert "Usage\xa0: outreach generate [OPTIONS] [LETTRE]..." in french
    assert "Faire les lettres, une par destinataire" in french
    assert "─ Fichiers ─" in french


ASKING = {
    "letters/questions.toml": '[[question]]\nid = "a"\ntheme = "T"\ntext = "Pourquoi ?"\n',
    "letters/note.md": LETTER.replace("subject", 'questions = ["a"]\nsubject'),
}


def test_json_and_exit_codes_are_the_same_in_both(campaign: Campaign, run: RunProgram) -> None:
    root = campaign(ASKING)
    run("generate", root=root)
    run("sent", "note", "--on", "2024-12-02", "--via", "post", root=root)
    run("answer", "maire", "--on", "2024-12-20", "--kind", "full", root=root)
    commands = (
        ("letters", "list", "--json"),
        ("contacts", "list", "--json"),
        ("generate", "--json", "--dry-run"),
        ("status", "--json"),
        ("status", "--on", "2024-12-10", "--json"),
        ("due", "--on", "2025-01-10", "--json"),
        ("log", "--json"),
        ("answers", "--json"),
        ("sent", "note", "--on", "2024-12-02", "--via", "post"),
        ("generate", "note", "--to", "nobody"),
    )
    for words in commands:
        english, french = (run("--lang", code, *words, root=root) for code in ("en", "fr"))
        assert english.exit_code == french.exit_code, words
        if "--json" in words:
            assert json.loads(english.stdout) == json.loads(french.stdout), words


def test_a_table_in_french(campaign: Campaign, run: RunProgram) -> None:
    root = campaign()
    run("generate", root=root)
    run("sent", "note", "--on", "2024-12-02", "--via", "post", root=root)
    done = run("--lang", "fr", "status", "--on", "2024-12-10", root=root)
    words = " ".join(done.stdout.split())
    assert "destinataire lettre état réponses suite" in words
    assert "Anne Exemple, Écully note envoyée ~20/12/2024 accusé attendu" in words
    assert words.endswith("1 envoyée")


def test_the_letters_language_is_their_own(campaign: Campaign, run: RunProgram) -> None:
    root = campaign()
    run("--lang", "en", "generate", "--format", "txt", root=root)
    english = (root / "out/note/maire.txt").read_bytes()
    run("--lang", "fr", "generate", "--format", "txt", "--force", root=root)
    assert (root / "out/note/maire.txt").read_bytes() == english


def test_processes_speak_the_same_language(campaign: Campaign, run: RunProgram) -> None:
    """A letter that fails in another process is named in the user's language."""
    letter = LETTER + "\n{{ recipient.phone }}\n"
    rows = "".join(f"m{number},mayor,Nom{number},69001,LYON\n" for number in range(20))
    table = "id,role,family_name,postal_code,city\n" + rows
    root = campaign({"letters/note.md": letter, "contacts/a.csv": table})
    done = run("--lang", "fr", "generate", "--jobs", "2", root=root)
    assert done.exit_code == 3
    assert "recipient.phone est vide" in done.stderr


def test_quiet_leaves_out_what_was_not_asked_for(campaign: Campaign, run: RunProgram) -> None:
    root = campaign()
    assert run("--quiet", "generate", root=root).output == ""
    assert run("-q", "sent", "note", "--on", "2024-12-02", "--via", "post", root=root).output == ""
    assert "Anne Exemple" in run("-q", "status", root=root).stdout
    again = run("-q", "sent", "note", "--on", "2024-12-02", "--via", "post", root=root)
    assert (again.exit_code, again.stdout) == (4, "")
    assert "was sent by post" in again.stderr


def test_yes_is_said_in_any_language(campaign: Campaign, run: RunProgram) -> None:
    root = campaign()
    assert run("--lang", "fr", "contacts", "forget", "maire", root=root, typed="bof\nnon\n").exit_code == 0
    assert 'id = "maire"' in (root / "contacts/a.toml").read_text(encoding="utf-8")
    done = run("--lang", "fr", "contacts", "forget", "maire", root=root, typed="oui\n")
    assert (done.exit_code, "répondez o ou n" in done.stderr) == (0, False)
    assert 'id = "maire"' not in (root / "contacts/a.toml").read_text(encoding="utf-8")


def test_nobody_answers_in_french(campaign: Campaign, run: RunProgram) -> None:
    done = run("--lang", "fr", "contacts", "forget", "maire", root=campaign(), typed="")
    assert done.exit_code == 130
    assert done.stderr.splitlines()[-1] == "arrêté\u00a0; rien de plus n'a été fait"


def test_the_system_is_quoted_in_french(campaign: Campaign, run: RunProgram) -> None:
    root = campaign()
    (root / "out").write_text("", encoding="utf-8")
    done = run("--lang", "fr", "generate", "--format", "txt", root=root)
    assert done.exit_code == 5
    assert done.stderr.rstrip().endswith(("ce n'est pas un dossier", "le fichier existe déjà"))


def test_what_people_wrote_is_no_word_of_ours(campaign: Campaign, run: RunProgram) -> None:
    root = campaign({"contacts/a.toml": CONTACT + "[contact.fields]\nfounded = 1998\nsiren = 775685019\n"})
    run("note", "maire", "full", root=root)
    log = run("--lang", "fr", "log", root=root).stdout
    assert "noté" in log
    assert "full" in log
    shown = run("--lang", "fr", "contacts", "show", "maire", root=root).stdout
    assert re.search(r"fields.siren +775685019\n", shown)
    assert re.search(r"(?m)^rôle +maire$", shown)
    assert not re.search(r"(?m)^(role|given_name|postal_code|city|checked) ", shown)
