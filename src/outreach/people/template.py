"""Make the spreadsheet to fill in with contacts: their columns, a line on each, a drop-down of roles."""

import io
from collections.abc import Sequence

from outreach.language import N_, NP_, _, in_use, pgettext
from outreach.people.contact import GENDERS
from outreach.people.roles import ROLES, role_names

_CODED = "en"
"""The language in which the codes of roles can be read as they are."""
_ROWS = 2000
"""Rows that offer the roles."""
TEMPLATE_SHEET = "outreach-roles"
"""Hidden sheet with the words of the drop-downs, which are longer than a cell's rule may be."""
_COLUMNS: Sequence[tuple[tuple[str, str], int, str]] = (
    (NP_("column", "role"), 24, N_("What somebody is: choose from the list.")),
    (NP_("column", "gender"), 10, N_("m, f, x or group: prints Monsieur or Madame; empty if not known.")),
    (NP_("column", "given_name"), 16, N_("As in Anne.")),
    (NP_("column", "family_name"), 18, N_("As in Exemple; capitals are not needed.")),
    (NP_("column", "title"), 26, N_("As printed in the address; empty for the role's own.")),
    (NP_("column", "organisation"), 26, N_("A body, or where somebody works.")),
    (
        NP_("column", "address"),
        34,
        N_("Street lines, each in a line of the cell (Alt+Enter); without code and town."),
    ),
    (NP_("column", "postal_code"), 12, N_("As in 69001; it is kept as text.")),
    (NP_("column", "city"), 20, N_("As in Lyon.")),
    (NP_("column", "country"), 12, N_("Empty for the campaign's own.")),
    (NP_("column", "email"), 26, N_("One address.")),
    (NP_("column", "phone"), 16, N_("As in 04 00 00 00 00.")),
    (NP_("column", "tags"), 18, N_("Words to choose people by, separated by |.")),
)
"""Field as its heading, width in characters, what it holds."""


def template_bytes() -> bytes:
    """Return an XLSX with the columns of contacts, which `contacts import` takes as it is.

    The line on each column stands above the header, where importing passes it over.
    """
    import xlsxwriter

    roles = ROLES if in_use() == _CODED else tuple(role_names().values())
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("contacts")
        bold = book.add_format({"bold": True, "bottom": 1})
        said = book.add_format({"italic": True, "text_wrap": True, "valign": "top", "font_color": "#555555"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for column, (field, width, about) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width, text)
            sheet.write_string(0, column, _(about), said)
            sheet.write_string(1, column, pgettext(*field), bold)
        sheet.set_row(0, 60)
        sheet.freeze_panes(2, 0)
        words = book.add_worksheet(TEMPLATE_SHEET)
        for column, choices in enumerate((roles, GENDERS)):
            words.write_column(0, column, choices)
            letter = "AB"[column]
            source = f"='{TEMPLATE_SHEET}'!${letter}$1:${letter}${len(choices)}"
            rule = {"validate": "list", "source": source, "error_type": "warning"}
            sheet.data_validation(2, column, _ROWS, column, rule)
        words.hide()
        sheet.activate()
    return target.getvalue()
