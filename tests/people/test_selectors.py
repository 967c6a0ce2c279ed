from collections.abc import Callable

import pytest

from outreach.errors import InputError
from outreach.people.contact import Contact
from outreach.people.selectors import select

MakeContact = Callable[..., Contact]


@pytest.fixture
def contacts(make_contact: MakeContact) -> list[Contact]:
    return [
        make_contact(id="a", role="mayor", tags=("x",), insee="69123"),
        make_contact(id="b", role="mayor", tags=("y",)),
        make_contact(id="c", role="councillor", tags=("x",)),
    ]


@pytest.mark.parametrize(
    ("wanted", "unwanted", "expected"),
    [
        ([], [], "abc"),
        (["all"], [], "abc"),
        (["b"], [], "b"),
        (["role:mayor"], [], "ab"),
        (["role:mayor,tag:x"], [], "a"),
        (["role:councillor", "b"], [], "bc"),
        (["commune:69123"], [], "a"),
        ([], ["tag:x"], "b"),
        (["role:mayor"], ["a"], "b"),
    ],
)
def test_comma_is_and_repetition_is_or(
    contacts: list[Contact], wanted: list[str], unwanted: list[str], expected: str
) -> None:
    assert "".join(contact.id for contact in select(contacts, wanted, unwanted)) == expected


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("role:mayer", "unknown role 'mayer' in selector 'role:mayer'; did you mean mayor"),
        ("tag:z", "selector 'tag:z' matches nobody; known: tag:x, tag:y"),
        ("rolle:mayor", "unknown selector 'rolle:mayor'; did you mean role?"),
        ("d", "no contact 'd'; known: a, b, c"),
        ("role:senator", "selector 'role:senator' matches nobody; known: role:councillor, role:mayor"),
        ("a,", "empty part in selector 'a,'; known: a, b, c"),
    ],
)
def test_a_selector_that_matches_nobody_names_the_near_misses(
    contacts: list[Contact], selector: str, expected: str
) -> None:
    with pytest.raises(InputError) as caught:
        select(contacts, [selector])
    assert str(caught.value).startswith(expected)
