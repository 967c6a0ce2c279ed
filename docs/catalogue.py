"""Bring the catalogues up to what the program says: python docs/catalogue.py."""

from io import BytesIO
from pathlib import Path
from typing import Any

import typer
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from outreach.cli.app import app
from outreach.cli.localise import texts_of
from outreach.country.country import known_countries, load_country
from outreach.language import CATALOGUES, DOMAIN, LANGUAGES

SOURCE = Path(__file__).parents[1] / "src" / "outreach"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "N_": None,
    "ngettext": (1, 2),
    "NP_": ((1, "c"), 2),
    "pgettext": ((1, "c"), 2),
}


def po_path(code: str) -> Path:
    """Return the file that translators edit."""
    return CATALOGUES / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def template() -> Catalog:
    """Return all that the program says: marked in the source, shown by help, or standing in data."""
    catalog = Catalog(domain=DOMAIN, project="outreach", charset="utf-8", fuzzy=False)
    found = extract_from_dir(str(SOURCE), [("**.py", "python")], keywords=KEYWORDS)
    for file, _line, message, _comments, context in found:
        catalog.add(message, locations=[(f"src/outreach/{file}", 0)], context=context)
    for _owner, _name, text in texts_of(typer.main.get_command(app)):
        catalog.add(text, locations=[("help", 0)])
    for code in known_countries():
        country = load_country(code)
        where = f"country/{code.lower()}"
        catalog.add(country.postal_code_hint, locations=[(f"{where}/country.toml", 0)])
        for text in filter(
            None, (country.acknowledged_basis, country.forwarded_basis, country.applicant.get("basis", ""))
        ):
            catalog.add(text, locations=[(f"{where}/time_limits.toml", 0)])
        for procedure in country.procedures.values():
            places = [(f"{where}/procedures/{procedure.name}.toml", 0)]
            catalog.add(procedure.title, locations=places)
            for step in procedure.steps:
                catalog.add(step.id, locations=places, context="step")
                doubts = (step.unacknowledged_basis, step.forwarded_basis, step.series_basis, step.note)
                for text in (step.does, step.basis, step.source, *filter(None, doubts)):
                    catalog.add(text, locations=places)
    return catalog


def read(code: str) -> Catalog:
    """Return a language's catalogue as it stands in its file."""
    with po_path(code).open("rb") as stream:
        return read_po(stream, locale=code, domain=DOMAIN)


def compiled(catalog: Catalog) -> bytes:
    """Return the bytes that the program reads."""
    content = BytesIO()
    write_mo(content, catalog)
    return content.getvalue()


def main() -> None:
    """Update each catalogue and compile it."""
    for code in LANGUAGES[1:]:
        catalog = read(code)
        created = catalog.creation_date
        catalog.update(template(), no_fuzzy_matching=True)
        catalog.creation_date = created  # so that nothing changes where no message does
        catalog.obsolete.clear()
        catalog.last_translator, catalog.language_team = "outreach", code
        catalog.project, catalog.version = "outreach", "messages"
        catalog.msgid_bugs_address = "the project's issues"
        with po_path(code).open("wb") as stream:
            write_po(stream, catalog, width=100, sort_output=True, include_lineno=False)
        po_path(code).with_suffix(".mo").write_bytes(compiled(catalog))
        missing = sum(not message.string or message.string == ("", "") for message in catalog if message.id)
        print(f"{code}: {len(catalog)} messages, {missing} without translation")


if __name__ == "__main__":
    main()
