"""What the fields of a contact are called where people read them."""

from outreach.language import NP_, pgettext

COLUMN_NAMES = (
    NP_("column", "id"),
    NP_("column", "role"),
    NP_("column", "portfolio"),
    NP_("column", "gender"),
    NP_("column", "civility"),
    NP_("column", "given_name"),
    NP_("column", "family_name"),
    NP_("column", "title"),
    NP_("column", "organisation"),
    NP_("column", "department"),
    NP_("column", "address"),
    NP_("column", "postal_code"),
    NP_("column", "city"),
    NP_("column", "country"),
    NP_("column", "insee"),
    NP_("column", "email"),
    NP_("column", "phone"),
    NP_("column", "tags"),
    NP_("column", "term_start"),
    NP_("column", "term_end"),
    NP_("column", "checked"),
    NP_("column", "source"),
    NP_("column", "salutation"),
    NP_("column", "closing"),
    NP_("column", "style"),
    NP_("column", "referral_only"),
)
"""Marked for the catalogues; in English a field is called by its key."""

COMPOUND_NAMES = (
    NP_("column", "name"),
    NP_("column", "name_family_first"),
    NP_("column", "full_address"),
    NP_("column", "postal_city"),
)
"""Of what is taken apart when a table is imported."""


def column_said(field: str) -> str:
    """Return a field's name in the user's language."""
    return pgettext("column", field)
