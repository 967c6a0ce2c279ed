"""Choose contacts by selector: an id, all, role:, tag:, department: and more; a comma means and."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from outreach.country.country import DEFAULT, Country, code_of_country, load_country
from outreach.errors import InputError, Problem, did_you_mean
from outreach.language import NP_, Word, _, folded
from outreach.people.contact import Contact, ids_named
from outreach.people.roles import ROLES, role_to_type
from outreach.people.sources.functions import read_function
from outreach.people.sources.places import places_of

_Test = Callable[[Contact], bool]


class Kind(Word):
    """What a selector goes by: what stands before its colon, or all of it."""

    ALL = "all", NP_("selector", "all")
    DUE = "due", NP_("selector", "due")
    ROLE = "role", NP_("selector", "role")
    TAG = "tag", NP_("selector", "tag")
    COMMUNE = "commune", NP_("selector", "commune")
    DEPARTMENT = "department", NP_("selector", "department")
    REGION = "region", NP_("selector", "region")
    COUNTRY = "country", NP_("selector", "country")
    HAS = "has", NP_("selector", "has")
    FIELD = "field", NP_("selector", "field")
    STATUS = "status", NP_("selector", "status")
    OUTCOME = "outcome", NP_("selector", "outcome")

    @property
    def is_alone(self) -> bool:
        """Tell whether no value goes with it."""
        return self in (Kind.ALL, Kind.DUE)

    @property
    def is_recorded(self) -> bool:
        """Tell whether the journal says who is meant."""
        return self in (Kind.DUE, Kind.STATUS, Kind.OUTCOME)


_SEARCHED = (Kind.TAG, Kind.COMMUNE, Kind.DEPARTMENT, Kind.REGION, Kind.COUNTRY, Kind.FIELD)
"""Those that have any value, so that a slip in it shows by what contacts have."""


class Reach(Word):
    """By what a contact can be reached."""

    EMAIL = "email", NP_("selector", "email")
    ADDRESS = "address", NP_("selector", "address")


class Recorded(Protocol):
    """What the journal says of contacts; it is read when a selector asks for it."""

    def words(self, kind: Kind) -> type[Word]:
        """Return the closed list that the values of `status` or `outcome` are from."""

    def contacts(self, kind: Kind) -> Mapping[str, Collection[str]]:
        """Return the ids of the contacts by each value that any has; those that are due under ""."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a selector, between commas."""

    text: str
    """As it was typed."""
    kind: Kind | None
    """None for an id."""
    value: str = ""
    """What is looked for, as `values_of` has it."""
    prefix: str = ""
    """What stands before the value, as it was typed, with its colon."""


def select(  # noqa: PLR0913  (country and journal are no part of the contacts)
    contacts: Sequence[Contact],
    wanted: Iterable[str],
    unwanted: Iterable[str] = (),
    *,
    strict: bool = True,
    home: Country | None = None,
    recorded: Recorded | None = None,
    for_referral: bool = False,
) -> list[Contact]:
    """Return the contacts that any of `wanted` matches and none of `unwanted` does, in their order.

    Who is there for referrals only is matched by id alone.

    Args:
        contacts: Where to choose from.
        wanted: Selectors joined by "or"; none at all means everyone.
        unwanted: Selectors of those to leave out.
        strict: Each selector must match somebody, but one of `unwanted` that asks the journal; else only its
            words and roles are checked.
        home: The campaign's country; by default the one of the shipped campaign.
        recorded: What the journal says; None where selectors may not depend on it, as in an audience.
        for_referral: Who is there for referrals only is matched like everybody.

    Raises:
        InputError: an unknown word or role, or with `strict` an unknown id or a selector that matches
            nobody; all of them.
    """
    wanted, unwanted = tuple(wanted), tuple(unwanted)
    reader = _Reader(contacts, home or load_country(DEFAULT), recorded, strict=strict)
    tests = {text: reader.test(text) for text in (*wanted, *unwanted)}
    every, problems = tests, reader.problems
    if not for_referral:
        tests = {text: _open(text, test) for text, test in tests.items()}
    if strict and not problems:
        for text, test in tests.items():
            if not (text not in wanted and reader.is_recorded(text)) and not any(map(test, contacts)):
                problems.append(reader.nobody(text, is_kept_for_referrals=any(map(every[text], contacts))))
    if problems:
        raise InputError(*problems)
    chosen = [tests[text] for text in wanted]
    left_out = [tests[text] for text in unwanted]
    return [
        contact
        for contact in contacts
        if (not chosen or any(test(contact) for test in chosen))
        and not any(test(contact) for test in left_out)
    ]


def is_id(text: str) -> bool:
    """Tell whether a selector is nothing but an id."""
    kind = Kind.typed(text)
    return not ({":", ","} & set(text) or (kind and kind.is_alone))


def _open(text: str, test: _Test) -> _Test:
    """Return a test that who is there for referrals only passes by id alone."""
    has_id = any(is_id(part.strip()) for part in text.split(","))
    return test if has_id else lambda contact: not contact.referral_only and test(contact)


def unknown_values(
    contacts: Sequence[Contact], selectors: Iterable[str], home: Country
) -> Iterator[tuple[str, str]]:
    """Yield each tag, place or field of the selectors that no contact has, with the near misses.

    A role that nobody has is no slip: the roles are a closed list.
    """
    reader = _Reader(contacts, home, None, strict=False)
    for part in dict.fromkeys(part for text in selectors for part in reader.parts(text)):
        if part.kind in _SEARCHED and part.value not in reader.known(part):
            yield part.text, reader.near_misses(part)


def values_of(kind: Kind, contact: Contact, home: Country) -> Collection[str]:
    """Return what selectors of a kind can find a contact by; nothing if its fields say nothing of it."""
    found = _VALUES.get(kind)
    return found(contact, home) if found else ()


def _reached_by(contact: Contact, _home: Country) -> list[str]:
    reached = {Reach.EMAIL: bool(contact.email), Reach.ADDRESS: contact.has_address}
    return [reach.value for reach, is_there in reached.items() if is_there]


def _fields(contact: Contact, _home: Country) -> list[str]:
    return [
        _field(name, one)
        for name, value in contact.fields.items()
        for one in (value if isinstance(value, list) else [value])
    ]


def _field(name: str, value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{folded(name)}={' '.join(text.split()).casefold()}"


_VALUES: Mapping[Kind, Callable[[Contact, Country], Collection[str]]] = {
    Kind.ROLE: lambda contact, _home: (contact.role,),
    Kind.TAG: lambda contact, _home: contact.tags,
    Kind.COMMUNE: lambda contact, _home: (contact.insee, str(contact.fields.get("arrondissement", ""))),
    Kind.DEPARTMENT: lambda contact, home: places_of(contact, home)[0],
    Kind.REGION: lambda contact, home: places_of(contact, home)[1],
    Kind.COUNTRY: lambda contact, home: (code_of_country(contact.country) if contact.country else home.code,),
    Kind.HAS: _reached_by,
    Kind.FIELD: _fields,
}


class _Reader:
    """Reads selectors and collects what is wrong with them."""

    def __init__(
        self, contacts: Sequence[Contact], home: Country, recorded: Recorded | None, *, strict: bool
    ) -> None:
        self._contacts = contacts
        self._home = home
        self._recorded = recorded
        self._strict = strict
        self._ids = [contact.id for contact in contacts]
        self._read: dict[str, list[Part]] = {}
        self.problems: list[Problem] = []

    def parts(self, text: str) -> list[Part]:
        """Return the parts of a selector."""
        if text not in self._read:
            self._read[text] = [self._part(part.strip(), text) for part in text.split(",")]
        return self._read[text]

    def test(self, text: str) -> _Test:
        """Return what tells whether a contact is meant by a selector."""
        tests = [self._test(part) for part in self.parts(text)]
        return tests[0] if len(tests) == 1 else lambda contact: all(test(contact) for test in tests)

    def is_recorded(self, text: str) -> bool:
        """Tell whether the journal says who is meant by a selector."""
        return any(part.kind and part.kind.is_recorded for part in self.parts(text))

    def known(self, part: Part) -> list[str]:
        """Return the values that selectors of the part's kind find somebody by, in order."""
        return self._values(part, self._contacts)

    def _values(self, part: Part, contacts: Iterable[Contact]) -> list[str]:
        if part.kind is None:
            return self._ids
        if part.kind.is_recorded:
            return list(self._recorded.contacts(part.kind)) if self._recorded else []
        if part.kind is Kind.ALL:
            return []
        found = {one for contact in contacts for one in values_of(part.kind, contact, self._home)}
        return sorted(found - {""})

    def nobody(self, text: str, *, is_kept_for_referrals: bool) -> Problem:
        """Return the problem of a selector that matches nobody, with the near misses.

        Args:
            text: The selector.
            is_kept_for_referrals: Whom it would match is there for referrals only.
        """
        parts = self.parts(text)
        missing = [part for part in parts if not any(map(self._test(part), self._contacts))]
        if is_kept_for_referrals:
            hint = _("whom it names is there for referrals only, and meant by id alone")
        elif missing:
            hint = self.near_misses(missing[0])
        else:
            hint = _("each of its parts matches somebody, and nobody matches all of them")
        return Problem(
            "", 0, _("selector '{text}' matches nobody", text=text), hint, code="selector-matches-nobody"
        )

    def near_misses(self, part: Part) -> str:
        """Return a hint that names what the part may have meant; empty if nothing is near."""
        if part.kind is Kind.DUE:
            return _("`outreach due --within 30` shows what comes up")
        if part.kind is Kind.FIELD:
            return self._near_field(part)
        known = self._values(part, [contact for contact in self._contacts if not contact.referral_only])
        if self._recorded and part.kind in (Kind.STATUS, Kind.OUTCOME):
            words = self._recorded.words(part.kind)
            return did_you_mean("", [words(code).unquoted for code in known], part.prefix)
        if part.kind is Kind.ROLE:
            return did_you_mean("", [_role_unquoted(code) for code in known], part.prefix)
        return did_you_mean(part.value, known, part.prefix)

    def _near_field(self, part: Part) -> str:
        """Return a hint with the values of a field; with the fields' names, if there is none of that name."""
        name, _sign, value = part.text.removeprefix(part.prefix).partition("=")
        own = [contact.fields for contact in self._contacts]
        same = {one for fields in own for one in fields if folded(one) == folded(name)}
        if not same:
            return did_you_mean(name, sorted({one for fields in own for one in fields}), part.prefix)
        prefix = f"{part.prefix}{min(same)}="
        return did_you_mean(
            value, sorted({str(fields[one]) for fields in own for one in same & set(fields)}), prefix
        )

    def _part(self, text: str, whole: str) -> Part:
        name, colon, value = text.partition(":")
        kind = Kind.typed(name.strip()) if name.strip() else None
        if kind and kind.is_alone and not colon and text not in self._ids:
            return Part(text, kind)
        if kind and colon and not kind.is_alone:
            return Part(text, kind, self._value(kind, text, value.strip(), whole), f"{name}:")
        if not text:
            self._report(_("empty part in selector '{text}'", text=whole), did_you_mean(text, self._ids))
        elif colon:
            hint = did_you_mean(name, [one.unquoted for one in Kind if not one.is_alone])
            self._report(_("unknown selector '{part}'", part=text), hint)
        return Part(text, None, self._meant(text))

    def _meant(self, text: str) -> str:
        """Return the id that a text means: an id, or the name of one contact alone."""
        found = [] if text in self._ids or not self._strict else ids_named(self._contacts, text)
        return found[0] if len(found) == 1 else text

    def _value(self, kind: Kind, part: str, value: str, whole: str) -> str:
        """Return what is typed behind a kind, as `values_of` has it, and report what is no such value."""
        read: dict[Kind, Callable[[], str]] = {
            Kind.ROLE: lambda: self._role(value, whole),
            Kind.DEPARTMENT: lambda: self._home.division_named(value),
            Kind.REGION: lambda: self._home.full_code("region", value),
            Kind.COUNTRY: lambda: code_of_country(value),
            Kind.HAS: lambda: self._word(Reach, part, value),
            Kind.FIELD: lambda: self._of_field(part, value),
        }
        if not value:
            self._report(_("nothing stands behind '{part}'", part=part))
            return ""
        if kind.is_recorded and self._recorded:
            return self._word(self._recorded.words(kind), part, value)
        return read[kind]() if kind in read else value

    def _role(self, value: str, whole: str) -> str:
        function = read_function(value)
        if not function.is_known:
            message = _("unknown role '{value}' in selector '{text}'", value=value, text=whole)
            self._report(message, did_you_mean(value, list(map(_role_unquoted, ROLES))), code="unknown-role")
        return function.role

    def _of_field(self, part: str, value: str) -> str:
        name, sign, content = value.partition("=")
        if not (sign and folded(name)):
            self._report(_("'{part}' names no value", part=part), _("write field:NAME=VALUE"))
        return _field(name, content)

    def _word(self, words: type[Word], part: str, value: str) -> str:
        found = words.typed(value)
        if found is None:
            hint = did_you_mean(value, [word.unquoted for word in words], f"{part.partition(':')[0]}:")
            self._report(_("unknown word in selector '{part}'", part=part), hint)
        return found.value if found else ""

    def _test(self, part: Part) -> _Test:
        kind, value = part.kind, part.value
        if kind is None:
            if value and ":" not in value and self._strict and value not in self._ids:
                self._report(
                    _("no contact '{part}'", part=value),
                    did_you_mean(value, self._ids),
                    code="unknown-contact",
                )
            return lambda contact: contact.id == value
        if kind is Kind.ALL:
            return lambda _contact: True
        if not kind.is_recorded:
            return lambda contact: value in values_of(kind, contact, self._home)
        if self._recorded is None:
            message = _("'{part}' depends on the journal, which no audience may", part=part.text)
            self._report(
                message,
                _("choose by it with --to: outreach generate LETTER --to {part}", part=part.text),
                code="selector-needs-journal",
            )
            return lambda _contact: False
        ids = self._recorded.contacts(kind).get(value, ()) if not self.problems else ()
        return lambda contact: contact.id in ids

    def _report(self, message: str, hint: str = "", *, code: str = "bad-selector") -> None:
        self.problems.append(Problem("", 0, message, hint, code=code))


def _role_unquoted(code: str) -> str:
    return role_to_type(code).replace(" ", "-")
