from pathlib import Path

import pytest

from outreach.errors import WorldError
from outreach.post.email.eml import (
    Attachment,
    Mail,
    address_of,
    file_name,
    is_message_id,
    message_of,
    size_of,
)


@pytest.mark.parametrize(
    ("name", "address", "shown"),
    [
        ("Anne Exemple", "a@example.org", "Anne Exemple <a@example.org>"),
        ("Mairie d'Écully", "Mairie@Écully.example", "Mairie d'Écully <Mairie@xn--cully-9ra.example>"),
        ("Exemple, Anne", "a+b@example.org", '"Exemple, Anne" <a+b@example.org>'),
        ("X\r\nBcc: b@example.org", "a@example.org", '"X Bcc: b@example.org" <a@example.org>'),
        ("", "a@example.org", "a@example.org"),
    ],
)
def test_an_address_is_written_as_servers_take_it(name: str, address: str, shown: str) -> None:
    assert str(address_of(name, address)) == shown


@pytest.mark.parametrize(
    "address",
    [
        "é@example.org",
        "a..b@example.org",
        "a@b@example.org",
        'a"b@example.org',
        "a@..org",
        "a@[1",
        "a(b)@c.org",
    ],
)
def test_an_address_that_no_server_takes_is_refused(address: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (whichever)
        address_of("A", address)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Lettre à la mairie", "Lettre à la mairie.pdf"),
        ('Qui ? / Quoi : "ça" <x>|*\\', "Qui Quoi ça x.pdf"),
        ("a\nb\x00c", "a b c.pdf"),
        ("..", "letter.pdf"),
        ("é" * 200, "é" * 80 + ".pdf"),
    ],
)
def test_a_file_is_called_as_every_system_can_save_it(title: str, name: str) -> None:
    assert file_name(title) == name


@pytest.mark.parametrize("text", ["", "a@b", "<a@b> <c@d>", "<a b@c>", "<a@b>\r\nBcc: x", "<é@b>", "<<a@b>>"])
def test_what_is_no_message_id_is_told(text: str) -> None:
    assert not is_message_id(text)
    assert is_message_id("<A.1-2_3@mail.example.org>")


def mail(path: Path, **changes: object) -> Mail:
    address = address_of("", "a@example.org")
    attachments = (Attachment("été.pdf", path, "x.pdf"),)
    values = {"sender": address, "to": address, "reply_to": None, "subject": "S", "lines": ("T",)}
    return Mail(**{**values, "attachments": attachments, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [0, 1, 57, 58, 100_000])
def test_the_size_is_that_of_the_message_but_for_its_headers(tmp_path: Path, size: int) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(bytes(size))
    made = mail(path)
    assert 0 < len(message_of(made, ())) - size_of(made) < 900


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    made = mail(tmp_path / "x.pdf")
    for use in (size_of, lambda one: message_of(one, ())):
        with pytest.raises(WorldError, match="cannot be read"):
            use(made)


def test_a_thread_is_named_whole_and_what_is_no_message_id_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"")
    known = [f"<{letter * 90}@example.org>" for letter in "abc"]
    content = message_of(
        mail(tmp_path / "x.pdf", thread=(*known[:2], "<x>\r\nBcc: y@example.org", known[2])), ()
    )
    head = content.partition(b"\r\n\r\n")[0].decode()
    assert f"In-Reply-To: {known[2]}\r\n" in head
    assert "References: " + "\r\n ".join(known) + "\r\n" in head
    assert "Bcc" not in head
