"""How a contact is addressed: the lines of its postal address, its title, salutation and closing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from outreach.campaign.campaign import Campaign
from outreach.country.civility import Civility
from outreach.country.country import Country, country_of, find_country, is_abroad
from outreach.language import _, in_use
from outreach.people.contact import Contact
from outreach.people.people import People
from outreach.people.roles import role_names


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of address due to one or several recipients."""

    salutation: str
    """Without the comma after it."""
    closing: str


def address_lines(contact: Contact, home: Country) -> tuple[str, ...]:
    """Return the address as printed, in the order of its country; without a city, only whom it names.

    Args:
        contact: The recipient.
        home: The campaign's country; the name of another one is the last line.

    Returns:
        Lines without blanks at their ends, without empty and repeated ones.
    """
    country = country_of(contact.country, home)
    values = {
        **_texts(contact),
        "civility": civility_of(contact, home) if contact.is_person else "",
        "title": title_of(contact, home) if contact.is_person else contact.title,
    }
    return _distinct([*country.name_lines(values, is_person=contact.is_person), *_delivery(contact, home)])


def delivery_lines(contact: Contact, home: Country) -> tuple[str, ...]:
    """Return the lines that say where, without those that say to whom: street, town, country."""
    return _distinct(_delivery(contact, home))


def joint_address_lines(contacts: Sequence[Contact], names: Sequence[str], home: Country) -> tuple[str, ...]:
    """Return one address for several recipients at the same place, or nothing if that cannot be.

    Args:
        contacts: The recipients, by rank.
        names: The line that names each of them.
        home: The campaign's country.

    Returns:
        The names, a line each, then the address they share; empty if they do not share one or if
        there would be more lines than the country allows.
    """
    places = {delivery_lines(contact, home) for contact in contacts}
    if len(places) != 1:
        return ()
    lines = (*names, *places.pop())
    return lines if len(lines) <= most_lines(contacts[0], home) else ()


def most_lines(contact: Contact, home: Country) -> int:
    """Return how many lines the address of a contact may have; the name of a country is a line more."""
    return country_of(contact.country, home).most_lines + is_abroad(contact.country, home)


def address_faults(contact: Contact, home: Country) -> list[str]:
    """Say where an address goes beyond what its country allows."""
    lines, country = address_lines(contact, home), country_of(contact.country, home)
    most = most_lines(contact, home)
    faults = [
        _(
            "address line {number} has {count} characters, {most} at most",
            number=number,
            count=len(line),
            most=country.most_characters,
        )
        for number, line in enumerate(lines, 1)
        if len(line) > country.most_characters
    ]
    if len(lines) > most:
        faults.append(_("the address has {count} lines, {most} at most", count=len(lines), most=most))
    return faults


def address_slips(contact: Contact, home: Country) -> list[tuple[str, str]]:
    """Say what the post would not write so in an address, each with what to do about it."""
    country = country_of(contact.country, home)
    if not _is_known(contact):
        return []
    slips = []
    towns = {contact.city.casefold(), country.town(contact.city).casefold()}
    coded = tuple(f"{contact.postal_code} {town}" for town in towns)
    for line in map(str.casefold, contact.address):
        if line.rpartition(",")[2].strip() not in towns and not line.endswith(coded):
            continue
        slips.append((_("the town stands in the address lines too"), _("leave it to postal_code and city")))
        break
    if country.has_points(contact.address):
        slips.append(
            (
                _("the address has abbreviations or numbers with full stops"),
                _("write them without, as in CS 20033"),
            )
        )
    return slips


def civility_of(contact: Contact, home: Country) -> str:
    """Return what stands before the name, as in "Madame"; empty if the gender is not known."""
    return contact.civility or country_of(contact.country, home).titles.prefix(contact.gender)


def role_of(contact: Contact, home: Country) -> str:
    """Return the role in the user's language, as the person bears it where that language has it so."""
    country = country_of(contact.country, home)
    office = country.titles.office(contact.role, contact.gender) if in_use() == country.languages[0] else ""
    return office or role_names().get(contact.role, contact.role)


def title_of(contact: Contact, home: Country) -> str:
    """Return the office as printed in the address, from the role where the contact has no title."""
    if contact.title:
        return contact.title
    country = country_of(contact.country, home)
    return country.titles.title(contact.role, contact.gender, country.town(contact.city), contact.portfolio)


def body_of(contact: Contact, home: Country) -> str:
    """Return the body that a contact is or speaks for, named once, with the person where there is one."""
    country = country_of(contact.country, home)
    body = contact.organisation or country.titles.title(
        contact.role, "", country.town(contact.city), contact.portfolio
    )
    if not contact.is_person:
        return body or contact.name
    return country.titles.authority(contact.role, contact.gender, contact.name, body) or contact.name


def town_of(contact: Contact, home: Country) -> str:
    """Return the city without what only the post needs, as CEDEX."""
    return country_of(contact.country, home).town(contact.city)


def name_and_town(people: People, identifier: str) -> str:
    """Return whom an id means, as in "Anne Exemple, Lyon"; the id itself where no contact file has it."""
    entry = people.by_id.get(identifier)
    if entry is None:
        return identifier
    town = town_of(entry.contact, people.home)
    name = entry.contact.name or identifier
    return f"{name}, {town}" if town and town not in name else name


def rank_of(contact: Contact, home: Country) -> int:
    """Return a contact's place in the order of protocol, lowest first."""
    return country_of(contact.country, home).titles.rank(contact.role)


def forms_of(campaign: Campaign, contact: Contact, language: str) -> Forms:
    """Return the forms due to a contact in a letter of that language, its own where it has them."""
    civility = _civility(campaign, contact, language)
    choices = campaign.civility
    salutation = contact.salutation or civility.salutation(
        contact.role, contact.gender, choices, contact.style
    )
    closing = contact.closing or civility.closing(contact.role, salutation, campaign.sender.voice, choices)
    return Forms(salutation, closing)


def joint_forms(
    campaign: Campaign, contacts: Sequence[Contact], salutations: Sequence[str], language: str
) -> Forms:
    """Return the forms due to several at once: each is named, the first one's rank decides the closing.

    Args:
        campaign: Who writes.
        contacts: The recipients, by rank.
        salutations: Of each of them.
        language: Of the letter.
    """
    civility = _civility(campaign, contacts[0], language)
    salutation = civility.joint_salutation(salutations)
    own = {contact.closing for contact in contacts}
    closing = civility.closing(contacts[0].role, salutation, campaign.sender.voice, campaign.civility)
    return Forms(salutation, closing if len(own) > 1 else contacts[0].closing or closing)


def _civility(campaign: Campaign, contact: Contact, language: str) -> Civility:
    """Return the forms of the contact's country if it knows the letter's language, else the campaign's."""
    country = country_of(contact.country, campaign.country)
    return (country if country.addresses_in(language) else campaign.country).civility(language)


def _texts(contact: Contact) -> Mapping[str, str]:
    names = ("given_name", "family_name", "organisation", "department", "postal_code", "city")
    return {name: getattr(contact, name) for name in names}


def _delivery(contact: Contact, home: Country) -> list[str]:
    country = country_of(contact.country, home)
    lines = country.place_lines(contact.address, _texts(contact), is_known=_is_known(contact))
    if not is_abroad(contact.country, home):
        return lines
    return [*lines, home.language(home.languages[0]).country_name(contact.country).upper()]


def _is_known(contact: Contact) -> bool:
    """Tell whether the rules of the contact's country are known."""
    return not contact.country or find_country(contact.country) is not None


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Part texts of several lines; drop empty lines and repeated ones."""
    lines = (" ".join(line.split()) for text in texts for line in text.splitlines())
    return tuple(dict.fromkeys(filter(None, lines)))
