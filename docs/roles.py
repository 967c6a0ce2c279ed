"""Write the pages of the roles, docs/roles.en.md and docs/roles.fr.md: python docs/roles.py."""

from pathlib import Path

from outreach import language
from outreach.country.civility import CivilityChoices
from outreach.country.country import load_country
from outreach.people.roles import role_names

TOWN = "Val-Exemple"
WORDS = {
    "en": (
        "Roles",
        """\
What a contact can be, the forms that French letters use for each, and who is bound by a time limit to answer.
A form is given for a man, then for a woman. `role:mayor` chooses all the contacts of a role; where none fits,
take `person` and a `title` of your own.

*[The guide](guide.en.md) · [contacts](contacts.en.md) · En français : [roles.fr.md](roles.fr.md)*""",
        "Made from the program's data by `python docs/roles.py`; a test compares.",
        ("typed", "role", "in the address", "form of address", "bound"),
        "yes",
    ),
    "fr": (
        "Rôles",
        """\
Ce qu'un contact peut être, les formes que les lettres en français emploient pour chaque rôle, et qui est tenu
de répondre dans un délai. Une forme est donnée pour un homme, puis pour une femme. `rôle:maire` choisit tous
les contacts d'un rôle ; si aucun ne convient, prenez `person` et un titre à vous (`title`).

*[Le guide](guide.fr.md) · [les contacts](contacts.fr.md) · In English: [roles.en.md](roles.en.md)*""",
        "Fait d'après les données du programme par `python docs/roles.py` ; un test compare.",
        ("à taper", "rôle", "dans l'adresse", "formule d'appel", "tenu par les délais"),
        "oui",
    ),
}
"""Language to title, introduction, origin, heads of the columns, yes."""


def page(code: str) -> str:
    """Return docs/roles.md in a language."""
    title, introduction, made, heads, yes = WORDS[code]
    language.use(code)
    country = load_country("FR")
    lines = [f"# {title}", "", introduction, "", made, "", _row(heads), "|---" * len(heads) + "|"]
    for role, name in role_names().items():
        known = country.titles.roles.get(role, {})
        genders = ("m", "f") if "f" in known else ("group",) if known.get("is_body") else ("",)
        titles = [country.titles.title(role, gender, TOWN, "") for gender in genders]
        forms = [country.titles.salutation(role, gender, CivilityChoices()) for gender in genders]
        bound = yes if country.is_bound(role) else ""
        lines.append(_row([f"`{role}`", name, _either(titles), _either(forms), bound]))
    return "\n".join(lines) + "\n"


def _either(forms: list[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, forms)))


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def path(code: str) -> Path:
    """Return the file of a language."""
    return Path(__file__).parent / f"roles.{code}.md"


if __name__ == "__main__":
    for each in language.LANGUAGES:
        path(each).write_text(page(each), encoding="utf-8", newline="\n")
