"""Choose contacts by selector: id, role:, tag:, commune:, department:, region:, all; a comma means and."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from outreach.errors import InputError, Problem, did_you_mean
from outreach.language import _
from outreach.people.contact import ROLES, Contact
from outreach.people.sources.places import is_in

_Test = Callable[[Contact], bool]


def select(
    contacts: Sequence[Contact],
    wanted: Iterable[str],
    unwanted: Iterable[str] = (),
    *,
    strict: bool = True,
    for_referral: bool = False,
) -> list[Contact]:
    """Return the contacts that any of `wanted` matches and none of `unwanted` does, in their order.

    Who is there for referrals only is matched by id alone.

    Args:
        contacts: Where to choose from.
        wanted: Selectors joined by "or"; none at all means everyone.
        unwanted: Selectors of those to leave out.
        strict: Each selector must match somebody; else only its words and roles are checked.
        for_referral: Who is there for referrals only is matched like everybody.

    Raises:
        InputError: an unknown word or role, or with `strict` an unknown id or a selector that matches
            nobody; all of them.
    """
    problems: list[Problem] = []
    tests = {text: _parse(text, contacts if strict else None, problems) for text in (*wanted, *unwanted)}
    if not for_referral:
        tests = {text: _open(text, test) for text, test in tests.items()}
    if strict and not problems:
        for text, test in tests.items():
            if not any(map(test, contacts)):
                problems.append(_nobody(text, contacts))
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


def _open(text: str, test: _Test) -> _Test:
    """Return a test that who is there for referrals only passes by id alone."""
    has_id = any(part.strip() != "all" and ":" not in part for part in text.split(","))
    return test if has_id else lambda contact: not contact.referral_only and test(contact)


def unknown_values(contacts: Sequence[Contact], selectors: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each tag or commune of the selectors that no contact has, with the near misses.

    A role that nobody has is no slip: the roles are a closed list.
    """
    parts = dict.fromkeys(part.strip() for text in selectors for part in text.split(","))
    wanted = [part for part in parts if part.startswith(("tag:", "commune:"))]
    known = _known(contacts) if wanted else []
    for part in wanted:
        if part not in known:
            yield part, did_you_mean(part, [name for name in known if not name.startswith("role:")])


def _parse(text: str, known: Sequence[Contact] | None, problems: list[Problem]) -> _Test:
    parts = [_parse_part(part.strip(), text, known, problems) for part in text.split(",")]
    return lambda contact: all(part(contact) for part in parts)


def _parse_part(part: str, text: str, known: Sequence[Contact] | None, problems: list[Problem]) -> _Test:
    kind, colon, value = part.partition(":")
    if part == "all":
        return lambda _contact: True
    if kind == "role" and value not in ROLES:
        problems.append(
            Problem(
                "",
                0,
                _("unknown role '{value}' in selector '{text}'", value=value, text=text),
                did_you_mean(value, ROLES),
            )
        )
    if not colon:
        ids = [part] if known is None else [contact.id for contact in known]
        if part not in ids or not part:
            message = (
                _("no contact '{part}'", part=part)
                if part
                else _("empty part in selector '{text}'", text=text)
            )
            problems.append(Problem("", 0, message, did_you_mean(part, ids)))
        return lambda contact: contact.id == part
    tests: dict[str, _Test] = {
        "role": lambda contact: contact.role == value,
        "tag": lambda contact: value in contact.tags,
        "commune": lambda contact: value in (contact.insee, contact.fields.get("arrondissement")),
        "department": lambda contact: is_in(contact, value, ""),
        "region": lambda contact: is_in(contact, "", value),
    }
    if kind not in tests:
        hint = did_you_mean(kind, list(tests)) or _(
            "a selector is ID, role:R, tag:T, commune:CODE, department:CODE, region:CODE or all"
        )
        problems.append(Problem("", 0, _("unknown selector '{part}'", part=part), hint))
        return lambda _contact: False
    return tests[kind]


def _nobody(text: str, contacts: Sequence[Contact]) -> Problem:
    return Problem(
        "", 0, _("selector '{text}' matches nobody", text=text), did_you_mean(text, _known(contacts))
    )


def _known(contacts: Sequence[Contact]) -> list[str]:
    known = {f"role:{contact.role}" for contact in contacts if contact.role}
    known |= {f"tag:{tag}" for contact in contacts for tag in contact.tags}
    known |= {f"commune:{contact.insee}" for contact in contacts if contact.insee}
    return sorted(known)
