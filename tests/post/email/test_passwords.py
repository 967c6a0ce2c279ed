import sys
from types import ModuleType, SimpleNamespace

import pytest

from outreach.campaign.campaign import MailServer
from outreach.errors import InputError
from outreach.post.email.passwords import password_of

SERVER = MailServer("smtp.example.org", 465, "moi@example.org", is_starttls=False)


class KeyringError(Exception):
    pass


def keyring(
    monkeypatch: pytest.MonkeyPatch, found: str | None, error: Exception | None = None
) -> list[tuple[str, str]]:
    asked: list[tuple[str, str]] = []

    def get_password(service: str, user: str) -> str | None:
        asked.append((service, user))
        if error:
            raise error
        return found

    module = ModuleType("keyring")
    errors = ModuleType("keyring.errors")
    vars(errors)["KeyringError"] = KeyringError
    vars(module).update(get_password=get_password, errors=SimpleNamespace(KeyringError=KeyringError))
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return asked


def test_the_environment_comes_before_the_keyring_and_that_before_asking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = keyring(monkeypatch, "kept")
    assert password_of(SERVER, str, {"OUTREACH_EMAIL_PASSWORD": "given"}) == "given"
    assert asked == []
    assert password_of(SERVER, str, {}) == "kept"
    assert asked == [("smtp.example.org", "moi@example.org")]
    keyring(monkeypatch, None)
    assert password_of(SERVER, lambda question: f"typed at {question}", {}) == (
        "typed at password of moi@example.org at smtp.example.org"
    )


@pytest.mark.parametrize("error", [None, KeyringError("no backend")])
def test_a_keyring_that_has_nothing_or_fails_is_an_error_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    keyring(monkeypatch, None, error)
    with pytest.raises(InputError, match=r"keyring set smtp\.example\.org moi@example\.org"):
        password_of(SERVER, None, {})


def test_without_a_keyring_the_person_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert password_of(SERVER, lambda _question: "typed", {}) == "typed"
