"""Make the spreadsheet to fill in with contacts: their columns, a line on each, a drop-down of roles."""

import io
from collections.abc import Sequence

from outreach.language import N_, _
from outreach.people.columns import column_said
from outreach.people.contact import GENDERS
from outreach.people.roles import ROLES, role_to_type

_ROWS = 2000
"""Rows that offer the roles."""
TEMPLATE_SHEET = "outreach-roles"
"""Hidden sheet with the words of the drop-downs, which are longer than a cell's rule may be."""
_COLUMNS: Sequence[tuple[str, int, str]] = (
    ("role", 24, N_("What somebody is: choose from the list.")),
    ("gender", 10, N_("m, f, x or group: prints Monsieur or Madame; empty if not known.")),
    ("given_name", 16, N_("As in Anne.")),
    ("family_name", 18, N_("As in Exemple; capitals are not needed.")),
    ("title", 26, N_("As printed in the address; empty for the role's own.")),
    ("organisation", 26, N_("A body, or where somebody works.")),
    (
        "address",
        34,
        N_("Street lines, each in a line of the cell (Alt+Enter); without code and town."),
    ),
    ("postal_code", 12, N_("As in 69001; it is kept as text.")),
    ("city", 20, N_("As in Lyon.")),
    ("country", 12, N_("Empty for the campaign's own.")),
    ("email", 26, N_("One address.")),
    ("phone", 16, N_("As in 04 00 00 00 00.")),
    ("tags", 18, N_("Words to choose people by, separated by |.")),
)
"""Field, width in characters, what it holds."""


def template_bytes() -> bytes:
    """Return an XLSX with the columns of contacts, which `contacts import` takes as it is.

    The line on each column stands above the header, where importing passes it over.
    """
    import xlsxwriter

    roles = tuple(map(role_to_type, ROLES))
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("contacts")
        bold = book.add_format({"bold": True, "bottom": 1})
        said = book.add_format({"italic": True, "text_wrap": True, "valign": "top", "font_color": "#555555"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for column, (field, width, about) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width, text)
            sheet.write_string(0, column, _(about), said)
            sheet.write_string(1, column, column_said(field), bold)
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
