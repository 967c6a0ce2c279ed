"""Tell in which part of France a contact or a commune is: territory, region, department, whole city."""

from functools import lru_cache

from outreach.files.toml import load_data
from outreach.people.contact import Contact


def territory_of(contact: Contact) -> str:
    """Return one of `campaign.TERRITORIES` by commune or postal code; empty for nothing special."""
    if contact.is_abroad:
        return ""
    return _territory(contact.insee or contact.postal_code)


@lru_cache(maxsize=1 << 16)  # as many as there are communes
def _territory(code: str) -> str:
    prefixes: dict[str, str] = load_data("places.toml")["territories"]
    matching = [prefix for prefix in prefixes if code.startswith(prefix)]
    return prefixes[max(matching, key=len)] if matching else ""


def department_of(code: str) -> str:
    """Return the department of a commune's code: "69" of 69123, "971" of 97105, "2A" of 2A004.

    A postal code will do for most; those of Corsica begin with 20; 20200 is the first of the north.
    """
    if code.startswith("20"):
        return "2A" if code < "20200" else "2B"
    return code[: 3 if code.startswith(("97", "98")) else 2]


def region_of(department: str) -> str:
    """Return the region's code of a department; empty if it is not known."""
    regions: dict[str, list[str]] = load_data("places.toml")["regions"]
    return next((region for region, departments in regions.items() if department in departments), "")


def commune_of(insee: str) -> str:
    """Return the commune of a municipal arrondissement of Paris, Lyon or Marseille, else the code itself."""
    wholes: dict[str, str] = load_data("places.toml")["arrondissements"]
    return next((whole for start, whole in wholes.items() if insee.startswith(start)), insee)
