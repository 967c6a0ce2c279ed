"""Place a contact in its division and region: by its codes, else by the tags that a register's reader set."""

from outreach.country.country import Country, find_country
from outreach.people.contact import Contact

_DIVISION = "dep-"
_REGION = "reg-"


def place_tags(division: str, region: str = "") -> list[str]:
    """Return the tags that keep a place for whom no address or locality is known; none for an empty code."""
    tags = {f"{_DIVISION}{division}": division, f"{_REGION}{region}": region}
    return [tag for tag, code in tags.items() if code]


def tagged_place(contact: Contact) -> str:
    """Return the first of these tags that a contact has; empty for none."""
    return next((tag for tag in contact.tags if tag.startswith((_DIVISION, _REGION))), "")


def place_of_code(code: str, home: Country) -> tuple[str, str]:
    """Return division and region of a locality's or postal code, which may have lost its zeros."""
    division = home.division_of(home.full_code("locality", code))
    return division, home.region_of(division)


def place_of(contact: Contact, home: Country) -> tuple[str, str]:
    """Return a contact's division and region, empty where they are not known.

    What a register said of somebody goes before the codes: a deputy may get letters in the capital.
    """
    division, region = place_of_code(contact.insee or contact.postal_code, home)
    tagged_division, tagged_region = _tagged(contact, _DIVISION), _tagged(contact, _REGION)
    if not (tagged_division or tagged_region):
        return division, region
    return tagged_division, tagged_region or home.region_of(tagged_division)


def division_shown(contact: Contact, home: Country) -> str:
    """Return a contact's division by code and name, as in "69 Rhône"; empty if it is not known."""
    country = find_country(contact.country) if contact.country else home
    division = place_of(contact, country)[0] if country else ""
    return f"{division} {country.division_name(division)}".strip() if country else ""


def places_of(contact: Contact, home: Country) -> tuple[set[str], set[str]]:
    """Return the divisions and the regions that a contact belongs to, by all of its tags or by its codes.

    Nothing is known of who lives in a country without a folder.
    """
    country = find_country(contact.country) if contact.country else home
    division, region = place_of(contact, country) if country else ("", "")
    divisions = {division, *_all_tagged(contact, _DIVISION)} - {""}
    return divisions, {region, *_all_tagged(contact, _REGION)} - {""}


def _tagged(contact: Contact, prefix: str) -> str:
    return next(iter(_all_tagged(contact, prefix)), "")


def _all_tagged(contact: Contact, prefix: str) -> list[str]:
    return [tag.removeprefix(prefix) for tag in contact.tags if tag.startswith(prefix)]
