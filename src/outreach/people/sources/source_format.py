"""The kinds of file that can be told apart, without what reads them."""

from enum import Enum


class SourceFormat(str, Enum):
    """What kind of file contacts are read from."""

    RNE = "rne"
    ANNUAIRE = "annuaire"
    VCARD = "vcard"
    LDIF = "ldif"
    GOOGLE = "google"
    OUTLOOK = "outlook"
    THUNDERBIRD = "thunderbird"
    CIVICRM = "civicrm"
    ODOO = "odoo"
    TABLE = "table"
