"""Tell in which part of France a contact is, for the public holidays that count there."""

from functools import lru_cache

from outreach.contacts.contact import Contact
from outreach.tomlfile import load_data


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
