"""Turn the values of one table or row into a Contact."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import Any

from outreach.country.country import Country, country_of, find_country, has_postal_codes
from outreach.errors import Problem, errors_in, nearest
from outreach.files.email_address import is_email
from outreach.files.slug import is_slug, slug_hint
from outreach.files.toml import Table
from outreach.language import _
from outreach.people.names import name_words
from outreach.people.roles import ROLES

RESERVED = ("all", "due", "joint")
"""Ids that nobody can have: selectors, and the name of a joint letter's files."""
GENDERS = ("m", "f", "x", "group")


@dataclass(frozen=True, slots=True)
class Contact:
    """One recipient: a person or a body. Texts are empty where nothing is known."""

    id: str
    """Letters, digits and hyphens; also the name of its files."""
    role: str
    portfolio: str = ""
    """What a deputy answers for, with its article: "la sécurité"."""
    gender: str = ""
    """`m`, `f`, `x`, `group` or empty; only `m` and `f` give a gendered form."""
    civility: str = ""
    """Printed before the name in the address; from the gender where it is not given."""
    given_name: str = ""
    family_name: str = ""
    title: str = ""
    """As printed in the address; from the role where it is not given."""
    organisation: str = ""
    department: str = ""
    address: tuple[str, ...] = ()
    """Street lines, at most four."""
    postal_code: str = ""
    """Text: 01000 stays 01000."""
    city: str = ""
    country: str = ""
    """Code or name; empty for the campaign's own."""
    insee: str = ""
    email: str = ""
    phone: str = ""
    tags: tuple[str, ...] = ()
    term_start: date | None = None
    """First day in office."""
    term_end: date | None = None
    """Last day in office."""
    checked: date | None = None
    """Day on which name and address were last verified."""
    source: str = ""
    salutation: str = ""
    """Overrides the form of address that role and gender give."""
    closing: str = ""
    """Overrides the whole closing sentence."""
    style: str = ""
    """`la` or `le`: overrides the campaign's choice for "Madame la Maire"."""
    referral_only: bool = False
    """An authority that nothing goes to but referrals: no selector but its id and a referral's names it."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """Whatever else a campaign wants to say of a recipient."""

    @property
    def name(self) -> str:
        """Given and family name, else the organisation, else the id."""
        return " ".join(filter(None, (self.given_name, self.family_name))) or self.organisation or self.id

    def is_in_office(self, day: date) -> bool:
        """Tell whether a day is within the term, whose first and last day count."""
        return (self.term_start or day) <= day <= (self.term_end or day)

    @property
    def is_person(self) -> bool:
        """Tell whether somebody is named, not only a body or an office."""
        return bool(self.given_name or self.family_name)

    @property
    def has_address(self) -> bool:
        """Tell whether a letter can be posted to it."""
        return bool(self.city and (self.postal_code or not has_postal_codes(self.country)))


def ids_named(contacts: Iterable[Contact], text: str) -> list[str]:
    """Return the ids of the contacts with that whole name, in either order, or that family name.

    Accents and capitals do not count.
    """
    words = sorted(name_words(text))
    return [
        one.id
        for one in contacts
        if words and words in (sorted(name_words(one.name)), sorted(name_words(one.family_name)))
    ]


def office_of(contact: Contact) -> tuple[str, str]:
    """Return what office somebody holds: role, and place or body."""
    place = contact.insee or contact.organisation or contact.city
    return contact.role, " ".join(place.casefold().split())


HELD_BY_ONE = (
    "mayor",
    "metropolitan-president",
    "department-president",
    "regional-president",
    "intermunicipal-president",
    "assembly-president",
    "prefect",
)
"""Roles that in each place one alone can hold."""


def replaced_on(day: date, contacts: Iterable[Contact]) -> set[str]:
    """Return the ids of those out of office on a day on which another of the contacts holds that very office.

    A deputy's office is that of the portfolio; a councillor, one of many, is replaced by nobody.
    """
    held = set()
    gone = {}
    for contact in contacts:
        if contact.role in HELD_BY_ONE or contact.portfolio:
            office = (*office_of(contact), contact.portfolio)
            if contact.is_in_office(day):
                held.add(office)
            else:
                gone[contact.id] = office
    return {name for name, office in gone.items() if office in held}


FIELD_NAMES = tuple(item.name for item in fields(Contact))
COLUMNS = tuple(name for name in FIELD_NAMES if name != "fields")
"""Fields that have a column of that name in a table; what is in `fields` has columns of its own."""
LIST_FIELDS = ("address", "tags")
"""Fields that hold several texts."""
LIST_SEPARATOR = "|"
"""Between the texts of such a field in one cell."""


def column_field(cell: str) -> str:
    """Return the field that a cell of a contact file's header names; empty if it names none.

    Neither case nor blanks, hyphens and underscores matter: `Postal-Code` is postal_code.
    """
    return _COLUMN_FIELDS.get(_letters(cell), "")


def _letters(name: str) -> str:
    return "".join(name.casefold().replace("_", "").replace("-", "").split())


_COLUMN_FIELDS = {_letters(name): name for name in COLUMNS}


@dataclass(frozen=True, slots=True)
class Entry:
    """A contact as read, and where; a faulty one is kept, so that nobody is left out unseen."""

    contact: Contact
    path: str
    line: int
    faults: tuple[Problem, ...] = ()
    """Errors of this contact alone."""
    is_unplaced: bool = False
    """What selectors go by could not be read, so that nobody knows which letters are meant for it."""

    @property
    def is_faulty(self) -> bool:
        """Tell whether letters to it must wait."""
        return bool(self.faults)


def read_contact(table: Table, home: Country) -> Entry:
    """Read one contact of a campaign in that country; every fault becomes a Problem in the table's list."""
    before = len(table.problems)
    values: dict[str, Any] = {"id": _identifier(table), "role": _role(table)}
    for name, value in table.values.items():
        if name in _TEXT_FIELDS and isinstance(value, str):  # nearly all, in files of many contacts
            values[name] = value.strip()
        elif name not in values and name in _READERS:
            values[name] = _READERS[name](table, name)
    contact = Contact(**values)
    _check(contact, table, home)
    table.close(_READERS)
    unread = [name for name in _DECISIVE if table.values.get(name) and not values[name]]
    new = table.problems[before:]
    return Entry(
        contact,
        table.path,
        table.line(),
        faults=tuple(errors_in(new)) if new else (),
        is_unplaced=bool(unread) or not contact.role,
    )


def _role(table: Table) -> str:
    return table.choice("role", ROLES, "", required=True, code="unknown-role")


def _identifier(table: Table) -> str:
    identifier = table.text("id")
    if not identifier:
        table.report("id", _("id is missing"), slug_hint(), code="missing-value")
    elif not is_slug(identifier):
        table.report(
            "id",
            _("id '{identifier}' is not usable as a file name", identifier=identifier),
            slug_hint(),
            code="bad-id",
        )
    elif identifier in RESERVED:
        table.report(
            "id",
            _("id '{identifier}' means something else here", identifier=identifier),
            _("choose another name"),
            code="bad-id",
        )
    return identifier


def _lines(table: Table, name: str) -> tuple[str, ...]:
    """Read lines, each of which may hold several."""
    texts = table.texts(name)
    if all(map(str.isprintable, texts)):  # nothing that ends a line is
        return texts
    return tuple(line.strip() for text in texts for line in text.splitlines() if line.strip())


def _own_fields(table: Table, key: str) -> dict[str, object]:
    own = table.table(key)
    found: dict[str, object] = {}
    for name, value in own.values.items():
        own.asked.append(name)
        if not name.isidentifier():
            own.report(
                name,
                _("field name '{name}' cannot be used in a template", name=name),
                _("use letters, digits and _"),
                code="bad-field-name",
            )
        near = _slipped_from(name)
        if near:
            own.warn(
                name,
                _("field '{name}' is one slip away from '{near}'", name=name, near=near),
                _("rename one of the two"),
                code="field-name-slip",
            )
        if isinstance(value, dict) or (
            isinstance(value, list) and any(isinstance(item, dict) for item in value)
        ):
            own.report(
                name,
                _("field '{name}' is a table", name=name),
                _("write a text, number, date or list"),
                code="wrong-type",
            )
        found[name] = value
    return found


def _flag(table: Table, name: str) -> bool:
    """Read true or false, which a table of texts holds as a word."""
    if not isinstance(table.values.get(name), str):
        return table.flag(name)
    return table.choice(name, ("true", "True", "false", "False"), "").casefold() == "true"


_DECISIVE = ("id", "role", "tags", "insee")
"""Fields that selectors go by."""
_READERS: Mapping[str, Callable[[Table, str], object]] = {
    **dict.fromkeys(FIELD_NAMES, Table.text),
    "gender": lambda table, name: table.choice(name, GENDERS, ""),
    "style": lambda table, name: table.choice(name, ("la", "le"), ""),
    **dict.fromkeys(LIST_FIELDS, Table.texts),
    "address": _lines,
    "term_start": Table.day,
    "term_end": Table.day,
    "checked": Table.day,
    "referral_only": _flag,
    "fields": _own_fields,
}
"""Field to how it is read."""
_TEXT_FIELDS = frozenset(name for name, read in _READERS.items() if read is Table.text) - {"id", "role"}
"""Those that take any text as it is."""


@lru_cache
def _slipped_from(name: str) -> str:
    """Return the field that a name is one slip away from; empty for none, and for a field's own name."""
    from rapidfuzz import distance

    if name in FIELD_NAMES:
        return ""
    near = (one for one in nearest(name, FIELD_NAMES, 1) if distance.OSA.distance(name.casefold(), one) <= 1)
    return next(near, "")


def _check(contact: Contact, table: Table, home: Country) -> None:
    if not (contact.is_person or contact.organisation or contact.title):
        table.report(
            "",
            _("contact '{id}' has no name", id=contact.id),
            _("give family_name, organisation or title"),
            code="contact-without-name",
        )
    if contact.email and not is_email(contact.email):
        table.report(
            "email",
            _("'{email}' is not an e-mail address", email=contact.email),
            _("one address, as in name@example.org"),
            code="bad-email",
        )
    country = country_of(contact.country, home)
    if contact.portfolio and not country.has_article(contact.portfolio):
        example = country.article_example(contact.portfolio)
        hint = _('write it with its article, as in "{example}"', example=example)
        table.warn(
            "portfolio",
            _("portfolio '{portfolio}' has no article", portfolio=contact.portfolio),
            hint,
            code="portfolio-without-article",
        )
    if contact.term_start and contact.term_end and contact.term_end < contact.term_start:
        table.report(
            "term_end",
            _("term_end {end} is before term_start {start}", end=contact.term_end, start=contact.term_start),
            _("give the first and the last day in office"),
            code="term-reversed",
        )
    _check_postal_code(contact, table, home)
    if contact.has_address:
        return
    needed = ("postal_code", "city") if has_postal_codes(contact.country) else ("city",)
    missing = [name for name in needed if not getattr(contact, name)]
    if contact.address or contact.postal_code or contact.city:
        hint = _("add {fields}", fields=_(" and ").join(missing))
        table.report(
            "", _("contact '{id}' has an incomplete address", id=contact.id), hint, code="address-incomplete"
        )
    elif table.has_readers:
        table.warn(
            "",
            _("contact '{id}' has no postal address", id=contact.id),
            _("its letters cannot be posted"),
            code="contact-without-address",
        )


def _check_postal_code(contact: Contact, table: Table, home: Country) -> None:
    """Report a code of another form; nothing is known of a country without a folder."""
    code = contact.postal_code
    country = find_country(contact.country) if contact.country else home
    if not code or country is None or country.is_postal_code(code):
        return
    whole = country.lost_zero(code)
    if whole:
        table.report(
            "postal_code",
            _("postal code {code} has lost its zero", code=code),
            _('write it as text: "{code}"', code=whole),
            code="bad-postal-code",
        )
    else:
        hint = _(country.postal_code_hint)
        table.report(
            "postal_code", _("'{code}' is not a postal code", code=code), hint, code="bad-postal-code"
        )
