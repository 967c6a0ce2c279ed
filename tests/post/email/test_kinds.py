"""What kind a message is: by its headers, its words in French and English, its report."""

import pytest

from outreach.post.email.kinds import MailKind, tell
from outreach.post.email.message import as_it_travelled, read_message
from outreach.post.email.words import is_public
from tests.post.email.corpus import POSTFIX, head, report, text_mail


def told(sender: str, subject: str, text: str, *more: str) -> MailKind:
    return tell(read_message(as_it_travelled(text_mail(head(sender, subject, 1, *more), text)))).kind


PERSON, SERVER = "jean@ville.example", "MAILER-DAEMON@ville.example"
REPLY = "Auto-Submitted: auto-replied"


@pytest.mark.parametrize(
    ("subject", "text", "more", "kind"),
    [
        ("Re: x", "Votre demande a bien été enregistrée.", (REPLY,), "acknowledgement"),
        ("Accusé de réception automatique", "ceci est un message automatique", (), "acknowledgement"),
        ("ACCUSE DE RECEPTION", "CECI EST UNE REPONSE AUTOMATIQUE", (), "acknowledgement"),
        ("x", "We have received your e-mail.", ("X-Autoreply: yes",), "acknowledgement"),
        ("x", "Your message has been received.\nDo not reply to this message.", (), "acknowledgement"),
        ("x", "Merci.", (REPLY,), "acknowledgement"),
        ("x", "Merci.", ("Auto-Submitted: auto-generated",), "answer"),
        ("x", "Merci.", ("Precedence: bulk",), "answer"),
        ("x", "Nous avons bien reçu votre courrier.", ("Precedence: bulk",), "acknowledgement"),
        ("x", "Merci.", ("Auto-Submitted: no",), "answer"),
        ("x", "", (REPLY,), "answer"),
        ("Réponse automatique\u00a0: x", "Je serai absente jusqu’au 3 mars.", (), "absence"),
        ("Absence du bureau : x", "Je suis en congé", (), "absence"),
        ("Automatic reply: x", "I am on annual leave.", (), "absence"),
        ("Out of Office Re: x", "Back on Monday", (), "absence"),
        ("x", "Actuellement en déplacement", (REPLY,), "absence"),
        ("x", "Nous accusons réception de votre lettre et la refusons.", (), "answer"),
        ("x", "Je suis absente demain, mais oui.", (), "answer"),
        ("x", "Votre message est en attente : cliquez pour vous authentifier", (), "challenge"),
        ("Échec de remise", "votre premier message n'a pas pu être remis", (), "answer"),
    ],
)
def test_what_a_person_or_a_machine_writes(subject: str, text: str, more: tuple[str, ...], kind: str) -> None:
    assert told(PERSON, subject, text, *more) == MailKind(kind)


@pytest.mark.parametrize(
    "sender", ["noreply@x.example", "ne-pas-repondre@x.example", "sve.no-reply@x.example"]
)
def test_an_address_that_nobody_answers_from_is_a_machine(sender: str) -> None:
    assert told(sender, "x", "Votre demande a bien été reçue.") is MailKind.ACKNOWLEDGEMENT
    assert told("noemie.reply@x.example", "x", "Votre demande a bien été reçue.") is MailKind.ANSWER


@pytest.mark.parametrize(
    ("subject", "text", "kind"),
    [
        ("Undelivered Mail Returned to Sender", "x", "bounce"),
        ("failure notice", "x", "bounce"),
        ("Non remis : Une demande", "x", "bounce"),
        ("Échec de la remise", "x", "bounce"),
        ("Une demande", "Votre message n’a pas pu être remis à jean@ville.example", "bounce"),
        ("Une demande", "The email account does not exist: user unknown", "bounce"),
        ("Delivery delayed", "will keep trying", "delayed"),
        ("Mail delivery failed", "Warning only: no need to resend", "delayed"),
        ("Bonjour", "Bienvenue", "answer"),
    ],
)
def test_what_a_server_writes_in_words(subject: str, text: str, kind: str) -> None:
    assert told(SERVER, subject, text) == MailKind(kind)


@pytest.mark.parametrize(
    ("status", "words", "code", "is_hard"),
    [
        ("5.1.1", "550 5.1.1 User unknown", "5.1.1", True),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "5.1.10", True),
        ("5.0.0", "550 5.1.1 no mailbox", "5.1.1", True),
        ("5.0.0", "550 no such user here", "5.0.0", True),
        ("5.2.1", "550 5.2.1 mailbox disabled", "5.2.1", True),
        ("5.0.0", "554 refused", "5.0.0", False),
        ("5.1.8", "550 5.1.8 sender rejected", "5.1.8", False),
        ("5.2.2", "552 5.2.2 mailbox full", "5.2.2", False),
        ("5.3.4", "552 5.3.4 message too big", "5.3.4", False),
        ("5.7.1", "550 5.7.1 refused as spam", "5.7.1", False),
        ("4.4.7", "expired", "4.4.7", False),
    ],
)
def test_which_bounces_last(status: str, words: str, code: str, is_hard: bool) -> None:  # noqa: FBT001  (a column)
    blocks = POSTFIX.format(email=PERSON, action="failed", status=status, words=words)
    found = tell(read_message(as_it_travelled(report(SERVER, "x", 1, "x", blocks, "Subject: x"))))
    assert (found.kind, found.whom, found.code, found.is_hard) == (MailKind.BOUNCE, (PERSON,), code, is_hard)


def test_a_public_domain_is_no_body() -> None:
    assert is_public("gmail.com")
    assert not is_public("ville.example")
