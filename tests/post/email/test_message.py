"""A message is read whatever it is made of: what it says, what it quotes, what is attached, what is wrong."""

import random
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from outreach.files.digest import digest
from outreach.post.email.html import text_of_html
from outreach.post.email.kinds import tell
from outreach.post.email.mailbox import messages_in
from outreach.post.email.message import LARGEST, as_it_travelled, read_message, safe_name, sender_of
from outreach.post.email.quoted import split_quoted
from tests.fuzz.test_fuzz import damaged
from tests.post.email.corpus import CASES, Given, mbox, text_mail

HEAD = "From: a@b.example\nTo: c@d.example\nSubject: x\nMessage-ID: <1@b.example>\nDate: Mon, 6 Jan 2025 10:00:00 +0100"


class Paper(Given):
    """Messages with a PDF that needs no campaign."""

    def pdf(self, contact: str, letter: str = "note") -> bytes:
        return f"%PDF {letter} {contact}".encode()

    def reference(self, contact: str, letter: str = "note") -> str:
        return f"K7F-3QX-{letter[:1]}{contact[:2]}"


@pytest.fixture
def given(tmp_path: Path) -> Given:
    return Paper(tmp_path, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Oui.\n\nLe 06/01/2025 à 10:12, Groupe a écrit :\n> bonjour\n", "Oui."),
        ("Oui.\n\nLe lun. 6 janv. 2025 à 10:12, Groupe Essai <g@e.example> a\nécrit :\n\n> x", "Oui."),
        ("Oui.\n\nOn Mon, Jan 6, 2025 at 10:12 AM Group <g@e.example>\nwrote:\n\nhello\nworld", "Oui."),
        ("Oui.\n\nGroupe <g@e.example> a écrit :\n\nbonjour", "Oui."),
        ("Oui.\n-----Message d'origine-----\nDe : G\nEnvoyé : lundi\nbonjour", "Oui."),
        ("Oui.\n-----Original Message-----\nFrom: G\nhello", "Oui."),
        ("Oui.\n\nDe : Groupe <g@e.example>\nEnvoyé : lundi 6\nÀ : M\n\nbonjour", "Oui."),
        ("Oui.\n\n*From:* G <g@e.example>\n*Sent:* Monday\n\nhello", "Oui."),
        ("Oui.\n\nDE : GROUPE\nOBJET : UNE DEMANDE\n\nBONJOUR", "Oui."),
        ("> Combien ?\nHuit.\n> Où ?\nPartout.", "Huit.\nPartout."),
        ("Le maire a écrit :\nil refuse.", "Le maire a écrit :\nil refuse."),
        ("De : notre part, tout va bien.\nCordialement", "De : notre part, tout va bien.\nCordialement"),
        ("Nous avons :\n- une caméra\n- deux caméras", "Nous avons :\n- une caméra\n- deux caméras"),
        ("Voici.\n\n---------- Forwarded message ---------\nDe : A\nObjet : B\n\nHuit.", "all"),
        ("Voici.\n\nDébut du message transféré :\n\n> Huit.", "all"),
        ("\n> tout est cité", ""),
    ],
)
def test_what_is_said_is_split_from_what_is_quoted(text: str, said: str) -> None:
    own, quoted = split_quoted(text)
    assert own == (text.strip() if said == "all" else said)
    assert sorted("".join((own + quoted).split())) == sorted("".join(text.split()))


def test_a_forwarded_message_is_all_said() -> None:
    text = "Voici.\n\nDe : A <a@b.example>\nEnvoyé : hier\n\nHuit."
    assert split_quoted(text, "TR: Une demande") == (text, "")
    assert split_quoted(text, "Re: Une demande")[0] == "Voici."


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<p>é &amp; &eacute; &#233;&nbsp;!</p>", "é & é é !"),
        ("<style>p{}</style><script>x</script><title>t</title>a<!-- no -->", "a"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a<blockquote>b<br>c<blockquote>d</blockquote></blockquote>e", "a\n\n> b\n> c\n\n> > d\n\ne"),
        ("<p>un <b>mot</b>\n de plus", "un mot de plus"),
        ("</p></div></blockquote>x", "x"),
    ],
)
def test_html_is_read_as_text(html: str, text: str) -> None:
    shown = text_of_html(html)
    assert [line.rstrip("> ") for line in shown.split("\n")] == [
        line.rstrip("> ") for line in text.split("\n")
    ]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("réponse.pdf", "réponse.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\x.exe", "x.exe"),
        ("a\0b\n.pdf", "a b.pdf"),
        ("x." + "y" * 300, f"x.{'y' * 10}"),
        ("l" * 300 + ".pdf", f"{'l' * 100}.pdf"),
        (".htaccess", "attachment.htaccess"),
        ("..", "attachment"),
        ("", "attachment"),
        ("a.p d", "a p d"),
        ("\u202egpj.exe", "gpj.exe"),
    ],
)
def test_names_of_files_stay_in_their_folder(name: str, safe: str) -> None:
    assert safe_name(name, "application/pdf") == safe


def test_a_subject_stands_on_one_line() -> None:
    subject = "=?utf-8?q?x=0D=0ABcc:_evil@e.example=1B[2J=00?="
    message = read_message(as_it_travelled(text_mail(HEAD.replace("Subject: x", f"Subject: {subject}"), "y")))
    assert message.subject == "x Bcc: evil@e.example[2J"
    assert message.copies == ()


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ('"victime@ville.example" <escroc@x.example>', "escroc@x.example"),
        ("Dupont, Jean <Jean@X.example>", "jean@x.example"),
        ("jean@x.example (Jean Dupont)", ""),
        ("<jean@x.example>", "jean@x.example"),
        ("jean@x.example", "jean@x.example"),
        ("=?utf-8?q?=3Cvictime=40ville.example=3E?= <escroc@x.example>", "escroc@x.example"),
        ("nobody", ""),
    ],
)
def test_the_sender_is_the_address_and_not_the_name(header: str, address: str) -> None:
    raw = as_it_travelled(text_mail(HEAD.replace("a@b.example", header), "y"))
    assert (read_message(raw).sender, sender_of(raw)) == (address, address)


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Mon, 6 Jan 2025 10:00:00 +0100", datetime(2025, 1, 6, 9, tzinfo=timezone.utc)),
        ("Mon, 6 Jan 2025 10:00:00 -0000", datetime(2025, 1, 6, 10, tzinfo=timezone.utc)),
        ("6 Jan 25 10:00 GMT", datetime(2025, 1, 6, 10, tzinfo=timezone.utc)),
        ("Mon, 6 Jan 9999999 10:00:00 +0100", datetime(2025, 1, 7, 8, tzinfo=timezone.utc)),
        ("hier", datetime(2025, 1, 7, 8, tzinfo=timezone.utc)),
    ],
)
def test_a_date_that_is_none_is_that_of_the_last_server(date: str, moment: datetime) -> None:
    head = HEAD.replace("Mon, 6 Jan 2025 10:00:00 +0100", date)
    raw = text_mail(f"Received: from x by y;\n Tue, 7 Jan 2025 09:00:00 +0100\n{head}", "y")
    assert read_message(as_it_travelled(raw)).moment == moment


def test_without_a_date_a_message_has_none() -> None:
    assert read_message(as_it_travelled(b"From: a@b.example\n\nx")).moment is None


@pytest.mark.parametrize(
    "charset", ["utf-16", "klingon", "idna", "punycode", "unicode_escape", "rot13", "", '"']
)
def test_a_charset_that_is_none_loses_nothing_that_can_be_read(charset: str) -> None:
    raw = f"{HEAD}\nMIME-Version: 1.0\nContent-Type: text/plain; charset={charset}\n\nVoilà, ça\n".encode()
    text = read_message(as_it_travelled(raw)).text
    assert text == "Voilà, ça" or charset == "utf-16"


def _nested(depth: int) -> bytes:
    inner = b"Content-Type: text/plain\n\nhello\n"
    for level in range(depth):
        bound = b"b%d" % level
        inner = b"Content-Type: multipart/mixed; boundary=%s\n\n--%s\n%s\n--%s--\n" % (
            bound,
            bound,
            inner,
            bound,
        )
    return HEAD.encode() + b"\nMIME-Version: 1.0\n" + inner


HOSTILE: dict[str, Callable[[], bytes]] = {
    "parts 2000 deep": lambda: _nested(2000),
    "parts 60 deep": lambda: _nested(60),
    "messages 3000 deep": lambda: HEAD.encode() + b"\n" + b"Content-Type: message/rfc822\n\n" * 3000,
    "messages 90 deep": lambda: HEAD.encode() + b"\n" + b"Content-Type: message/rfc822\n\n" * 90,
    "1000 parts": lambda: (
        HEAD.encode() + b"\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1000 + b"--b--\n"
    ),
    "larger than is read": lambda: HEAD.encode() + b"\n\n" + b"x" * LARGEST,
    "base64 that is none": lambda: (
        HEAD.encode()
        + b"\nContent-Type: application/pdf\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644\n!!!!\n"
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_survived_and_named(name: str) -> None:
    raw = as_it_travelled(HOSTILE[name]())
    message = read_message(raw)
    assert (message.sender, message.subject, message.sha256) == ("a@b.example", "x", digest(raw))
    assert message.faults or name == "base64 that is none"


HUGE = (
    f"From: {'<' * 20_000}",
    f"Subject: {'=?' * 20_000}",
    f"To: {'a@' * 50_000}",
    f"References: {'<' * 50_000}",
    f"Content-Type: text/plain; {'x*0*=;' * 5000}",
    f'Content-Disposition: attachment; filename*0="{"a" * 50_000}',
)


@pytest.mark.parametrize("header", HUGE)
def test_a_huge_header_is_read_in_time(header: str) -> None:
    assert read_message(as_it_travelled(text_mail(f"{HEAD}\n{header}", "y"))).sender == "a@b.example"


def test_many_blanks_and_words_are_split_in_time() -> None:
    for text in ("On " + "a " * 50_000, "Le " * 50_000, "\n" * 50_000, "From: x\n\n\n" * 5000, ">" * 50_000):
        split_quoted(text)
        text_of_html(text)
        text_of_html("<p>" * 20_000 + text)


def test_damaged_messages_never_end_in_a_traceback(given: Given, request: pytest.FixtureRequest) -> None:
    count = request.config.getoption("--fuzz")
    first = request.config.getoption("--fuzz-first")
    seeds = [case.make(given) for case in CASES]
    for number in range(first, first + count):
        chance = random.Random(number)  # noqa: S311  (no secret)
        raw = damaged(chance.choice(seeds), chance)
        message = read_message(as_it_travelled(raw, is_of_mbox=bool(number % 2)))
        tell(message)
        for text in (message.subject, message.sender, *(one.name for one in message.attachments)):
            assert "\n" not in text
            text.encode()
        (message.text + message.quoted).encode()


def test_a_message_is_the_same_in_every_kind_of_folder(tmp_path: Path) -> None:
    raw = text_mail(HEAD, "Bonjour,\nFrom the mayor\n\nFrom us\n>From them\n")
    (tmp_path / "a.eml").write_bytes(raw.replace(b"\n", b"\r\n"))
    (tmp_path / "dir/cur").mkdir(parents=True)
    (tmp_path / "dir/tmp").mkdir()
    flags = "1.x" if sys.platform == "win32" else "1.x:2,S"  # no name there has a colon
    (tmp_path / "dir/cur" / flags).write_bytes(raw)
    (tmp_path / "dir/tmp/2").write_bytes(raw)
    flagged = raw.replace(b"Subject:", b"X-Mozilla-Status: 0001\nX-Mozilla-Keys:\n  \nStatus: RO\nSubject:")
    (tmp_path / "Inbox").write_bytes(mbox(flagged, text_mail(HEAD, "y")))
    (tmp_path / "1.emlx").write_bytes(
        str(len(raw)).encode() + b"     \n" + raw + b"<?xml version='1.0'?><plist/>"
    )
    (tmp_path / "Inbox.msf").write_bytes(b"// <!-- mork -->")
    found = list(messages_in([tmp_path], []))
    names = sorted(Path(one.source).relative_to(tmp_path).as_posix() for one in found)
    assert names == ["1.emlx", "Inbox:1", "Inbox:2", "a.eml", f"dir/cur/{flags}"]
    hashes = {digest(one.content) for one in found if not one.source.endswith("Inbox:2")}
    assert len(hashes) == 1
    message = read_message(found[0].content)
    assert (message.text, message.quoted) == ("Bonjour,\nFrom the mayor\n\nFrom us", ">From them")


@pytest.mark.parametrize(
    "between",
    [
        "From - Tue Jan 07 09:00:00 2025",
        "From ",
        "From a@b.example Mon Jan  6 10:12:00 2025",
        "From 1812345@xxx Mon Jan 06 09:12:00 +0000 2025",
        "From MAILER-DAEMON Fri Jul  8 12:08:34 2011 +0200",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_mbox_is_split_between_its_messages_alone(tmp_path: Path, between: str, end: str) -> None:
    texts = ["Bonjour,\n\nFrom the mayor\n\nFrom us all, in 2025\n\nFrom\n", "Second.\n", ""]
    whole = "".join(f"{between}\n{text_mail(HEAD, text).decode()}\n" for text in texts)
    (tmp_path / "Sent").write_bytes(whole.replace("\n", end).encode())
    found = [read_message(raw.content).text for raw in messages_in([tmp_path / "Sent"], [])]
    assert found == [text.strip() for text in texts]
