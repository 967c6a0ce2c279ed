"""Messages as programs and servers write them, all of our own making, each with what must come of it."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from pathlib import Path

OWN = "groupe@essai.example"
TITLE = "Essai"
SETTINGS = f"""\
[campaign]
title = "{TITLE}"
[sender]
name = "Groupe Essai"
address = ["1 rue de l'Essai", "69001 LYON"]
[email]
from = "Groupe Essai <{OWN}>"
plus_tags = true
[letter]
place = "Lyon"
date = 2024-11-30
"""
EMAILS = {
    "anne": "anne.exemple@ville-a.example",
    "paul": "paul.exemple@ville-a.example",
    "bea": "mairie@ville-b.example",
    "chloe": "chloe.exemple@ville-c.example",
    "david": "david.exemple@ville-d.example",
    "emma": "cabinet@ville-e.example",
    "farid": "farid.exemple@ville-f.example",
    "gina": "gina.exemple@ville-g.example",
}
"""Id of a contact to its address."""
CONTACTS = "".join(
    f'[[contact]]\nid = "{name}"\nrole = "mayor"\ngiven_name = "{name.title()}"\nfamily_name = "Exemple"\n'
    f'address = ["1 place de la Mairie"]\npostal_code = "69130"\ncity = "Écully"\nemail = "{email}"\n'
    "checked = 2024-11-01\n"
    for name, email in EMAILS.items()
)
LETTER = """\
+++
title = "{title}"
audience = "{audience}"
subject = "Une demande"
+++
{{{{ recipient.salutation }}}},

{title} à {{{{ recipient.name }}}}.

{{{{ recipient.closing }}}}
"""
CAMPAIGN: Mapping[str, str | bytes] = {
    "outreach.toml": SETTINGS,
    "contacts/a.toml": CONTACTS,
    "letters/note.md": LETTER.format(title="Lettre", audience="all"),
    "letters/autre.md": LETTER.format(title="Autre", audience="bea"),
}


@dataclass(frozen=True)
class Given:
    """What the messages are made from."""

    out: Path
    references: Mapping[tuple[str, str], str]
    """Of letter and contact."""

    def pdf(self, contact: str, letter: str = "note") -> bytes:
        return (self.out / letter / f"{contact}.pdf").read_bytes()

    def reference(self, contact: str, letter: str = "note") -> str:
        return self.references[letter, contact]


def sent_id(contact: str, letter: str = "note") -> str:
    """Return the id of the message that a letter went with."""
    return f"<{letter}.{contact}.0106@essai.example>"


def sent(given: Given, contact: str, letter: str = "note", **changes: str) -> bytes:
    """Return a letter as a mail program sends it; changes replace headers, `_` for the hyphen."""
    message = MIMEMultipart()
    heads = {
        "From": f"Groupe Essai <{OWN}>",
        "To": f"{contact.title()} Exemple <{EMAILS[contact]}>",
        "Reply-To": OWN.replace("@", f"+{given.reference(contact, letter).replace('-', '').lower()}@"),
        "Subject": f"Une demande [{given.reference(contact, letter)}]",
        "Date": "Mon, 6 Jan 2025 10:12:00 +0100",
        "Message-ID": sent_id(contact, letter),
        "User-Agent": "Mozilla Thunderbird",
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    for name, value in heads.items():
        if value:
            message[name] = value
    message.attach(MIMEText("Bonjour,\n\nVoir la lettre jointe.\n", "plain", "utf-8"))
    file = MIMEApplication(given.pdf(contact, letter), "pdf")
    file.add_header("Content-Disposition", "attachment", filename=("utf-8", "", "Lettre à la mairie.pdf"))
    message.attach(file)
    return message.as_bytes(policy=SMTP)


def text_mail(head: str, body: str) -> bytes:
    """Return a message of a head and a plain text, in UTF-8."""
    return (
        f"{head.strip()}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: 8bit\n\n{body}"
    ).encode()


def head(sender: str, subject: str, number: int, *more: str, day: int = 7, to: str = OWN) -> str:
    """Return the head of a message that came on a day of January, with a Message-ID of its number."""
    return "\n".join(
        [
            f"Return-Path: <{sender.rpartition('<')[2].strip('>')}>",
            f"From: {sender}",
            f"To: {to}",
            f"Subject: {subject}",
            f"Date: Tue, {day} Jan 2025 09:00:00 +0100",
            f"Message-ID: <in.{number}@ailleurs.example>",
            *more,
        ]
    )


def replies(contact: str) -> tuple[str, str]:
    """Return the two headers of an answer to the letter to a contact."""
    return f"In-Reply-To: {sent_id(contact)}", f"References: {sent_id(contact)}"


def report(  # noqa: PLR0913, PLR0917  (what a report is made of)
    sender: str,
    subject: str,
    number: int,
    words: str,
    blocks: str,
    returned: str,
    kind: str = "text/rfc822-headers",
) -> bytes:
    """Return a delivery report (RFC 3462)."""
    start = head(sender, subject, number, "Auto-Submitted: auto-replied", day=6).replace(
        f"Return-Path: <{sender.rpartition('<')[2].strip('>')}>", "Return-Path: <>"
    )
    return (
        f"{start}\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;\n"
        f' boundary="=_b{number}"\n\nThis is a MIME-encapsulated message.\n\n--=_b{number}\n'
        f"Content-Type: text/plain; charset=utf-8\n\n{words}\n\n--=_b{number}\n"
        f"Content-Type: message/delivery-status\n\n{blocks.strip()}\n\n--=_b{number}\n"
        f"Content-Type: {kind}\n\n{returned.strip()}\n\n--=_b{number}--\n"
    ).encode()


def original(contact: str) -> str:
    """Return the head of the letter to a contact, as a report returns it."""
    return (
        f"From: Groupe Essai <{OWN}>\nTo: {EMAILS[contact]}\nSubject: Une demande\n"
        f"Message-ID: {sent_id(contact)}\nDate: Mon, 6 Jan 2025 10:12:00 +0100\n"
    )


def multipart(start: str, *parts: MIMEBase, kind: str = "mixed") -> bytes:
    """Return a message of a head and of parts."""
    message = MIMEMultipart(kind)
    for line in start.split("\n"):
        name, _colon, value = line.partition(": ")
        message[name] = value
    for part in parts:
        message.attach(part)
    return message.as_bytes()


def file(content: bytes, name: str, kind: str = "octet-stream", main: str = "application") -> MIMEBase:
    """Return a file to be attached."""
    part = MIMEBase(main, kind)
    part.set_payload(base64.encodebytes(content).decode())
    part["Content-Transfer-Encoding"] = "base64"
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part


QUOTE_TB = "\nLe 06/01/2025 à 10:12, Groupe Essai a écrit :\n> Bonjour,\n> Voir la lettre jointe.\n"
QUOTE_GMAIL = (
    "\n\nLe lun. 6 janv. 2025 à 10:12, Groupe Essai <groupe@essai.example> a\nécrit :\n\n> Bonjour,\n>\n"
    "> Voir la lettre jointe.\n"
)
QUOTE_OUTLOOK = (
    "\n\n________________________________\nDe : Groupe Essai <groupe@essai.example>\n"
    "Envoyé : lundi 6 janvier 2025 10:12\nÀ : Mairie <mairie@ville-b.example>\nObjet : Une demande\n\nBonjour,\n"
)
QUOTE_ZIMBRA = (
    '\n\n----- Mail original -----\nDe: "Groupe Essai" <groupe@essai.example>\nÀ: "mairie" <m@ville-b.example>\n'
    "Envoyé: Lundi 6 Janvier 2025 10:12:00\nObjet: Une demande\n\nBonjour,\n"
)
QUOTE_APPLE = "\n\n> Le 6 janv. 2025 à 10:12, Groupe Essai <groupe@essai.example> a écrit :\n> \n> Bonjour,\n"


@dataclass(frozen=True)
class Case:
    """One message, and what must come of it."""

    name: str
    make: Callable[[Given], bytes]
    became: str
    """As `email read --json` has it; `others` and `known` where it is only counted."""
    kind: str = ""
    contact: str = ""
    letter: str = ""
    how: str = ""
    text: str | None = None
    """What waits in the tray says this, without what it quotes."""
    files: tuple[str, ...] = ()
    """Names of what is attached."""
    fault: str = ""
    """Part of what is wrong with it."""


A, P, B, C, D, E, F, G = (EMAILS[name] for name in EMAILS)


def _answers(number: int, contact: str, body: str, *more: str, sender: str = "") -> Callable[[Given], bytes]:
    start = head(sender or EMAILS[contact], "Re: Une demande", number, *replies(contact), *more)
    return lambda _given: text_mail(start, body)


ANSWERS = (
    Case(
        "Thunderbird",
        _answers(1, "anne", f"Oui, huit.{QUOTE_TB}"),
        "waiting",
        "answer",
        "anne",
        "note",
        "thread",
        "Oui, huit.",
    ),
    Case(
        "Gmail",
        _answers(2, "paul", f"Non.{QUOTE_GMAIL}"),
        "waiting",
        "answer",
        "paul",
        "note",
        "thread",
        "Non.",
    ),
    Case(
        "Outlook",
        _answers(3, "bea", f"C’est non.{QUOTE_OUTLOOK}", "Thread-Index: AdtX"),
        "waiting",
        "answer",
        "bea",
        "note",
        "thread",
        "C’est non.",
    ),
    Case(
        "Zimbra",
        _answers(4, "chloe", f"Peut-être.{QUOTE_ZIMBRA}", "X-Mailer: Zimbra 8.8"),
        "waiting",
        "answer",
        "chloe",
        "note",
        "thread",
        "Peut-être.",
    ),
    Case(
        "Apple Mail",
        _answers(5, "anne", f"Huit caméras.{QUOTE_APPLE}", "X-Mailer: Apple Mail (2.3654)"),
        "waiting",
        "answer",
        "anne",
        "note",
        "thread",
        "Huit caméras.",
    ),
    Case(
        "answered between the lines",
        _answers(
            6,
            "david",
            "Le 06/01/2025 à 10:12, Groupe Essai a écrit :\n> Combien ?\nHuit.\n> Où ?\nPartout.\n",
        ),
        "waiting",
        "answer",
        "david",
        "note",
        "thread",
        "Huit.\nPartout.",
    ),
    Case(
        "HTML alone, of Outlook",
        lambda _given: (
            head(B, "RE: Une demande", 7, *replies("bea"))
            + "\nMIME-Version: 1.0\nContent-Type: text/html; charset=windows-1252\n"
            "Content-Transfer-Encoding: quoted-printable\n\n"
            "<html><head><style>p {color: red}</style><title>x</title></head><body><p>R=E9ponse&nbsp;: <b>huit</b>=\n"
            ".</p><ul><li>une</li><li>deux</li></ul><script>alert(1)</script><blockquote>Bonjour</blockquote></body></html>\n"
        ).encode(),
        "waiting",
        "answer",
        "bea",
        "note",
        "thread",
        "Réponse : huit.\n\n- une\n- deux",
    ),
    Case(
        "from the body's address, in no thread",
        lambda _given: text_mail(head(C, "Votre courrier", 8), "Bonjour,\nc'est noté.\n"),
        "waiting",
        "answer",
        "chloe",
        "note",
        "address",
        "Bonjour,\nc'est noté.",
    ),
    Case(
        "from an address to which two letters went",
        lambda _given: text_mail(head(B, "Votre courrier", 9), "Lequel ?\n"),
        "waiting",
        "answer",
        "bea",
        "",
        "address",
        "Lequel ?",
    ),
    Case(
        "from a colleague, in no thread",
        lambda _given: text_mail(
            head("Secrétariat <secretariat@ville-d.example>", "Courrier", 10), "Reçu.\n"
        ),
        "waiting",
        "answer",
        "david",
        "note",
        "domain",
        "Reçu.",
    ),
    Case(
        "from a colleague of two",
        lambda _given: text_mail(head("accueil@ville-a.example", "Courrier", 11), "Pour qui ?\n"),
        "waiting",
        "answer",
        "",
        "",
        "domain",
        "Pour qui ?",
    ),
    Case(
        "to the address with the tag",
        lambda given: text_mail(
            head(
                "x@ailleurs.example",
                "Réponse",
                12,
                to=OWN.replace("@", f"+{given.reference('emma').replace('-', '').lower()}@"),
            ),
            "Voici.\n",
        ),
        "waiting",
        "answer",
        "emma",
        "note",
        "tag",
        "Voici.",
    ),
    Case(
        "with the reference in its subject, from elsewhere",
        lambda given: text_mail(
            head("elu@perso.example", f"Votre demande {given.reference('farid').lower()}", 13), "Voici.\n"
        ),
        "waiting",
        "answer",
        "farid",
        "note",
        "reference",
        "Voici.",
    ),
    Case(
        "forwarded by a secretary, as text",
        lambda given: text_mail(
            head("Secrétariat <sec@metropole.example>", "TR: Votre demande", 14),
            "Ci-dessous la réponse du maire.\n\n---------- Forwarded message ---------\nDe : Gina Exemple <gina@ailleurs.example>\n"
            f"Objet : votre demande {given.reference('gina')}\n\nNous avons huit caméras.\n",
        ),
        "waiting",
        "answer",
        "gina",
        "note",
        "reference",
    ),
    Case(
        "forwarded by a secretary, as a message attached",
        lambda _given: multipart(
            head("sec@metropole.example", "Fwd: Votre demande", 15),
            MIMEText("Pour information.", "plain", "utf-8"),
            MIMEMessage(_plain(f"From: {G}\nSubject: Une demande\nMessage-ID: {sent_id('gina')}", "Bonjour")),
        ),
        "waiting",
        "answer",
        "gina",
        "note",
        "thread",
        "Pour information.",
        ("message.eml",),
    ),
    Case(
        "scan alone",
        lambda _given: multipart(
            head(D, "Scan", 16, *replies("david")), file(b"%PDF-1.4 scan", "SKM_C25825010709000.pdf", "pdf")
        ),
        "waiting",
        "answer",
        "david",
        "note",
        "thread",
        "",
        ("SKM_C25825010709000.pdf",),
    ),
    Case(
        "winmail.dat",
        lambda _given: multipart(
            head(E, "RE: Une demande", 17, *replies("emma")),
            MIMEText("Voir la pièce jointe.", "plain", "utf-8"),
            file(b"\x78\x9f\x3e\x22", "winmail.dat", "ms-tnef"),
        ),
        "waiting",
        "answer",
        "emma",
        "note",
        "thread",
        "Voir la pièce jointe.",
        ("winmail.dat",),
        "winmail.dat, which Outlook opens",
    ),
    Case(
        "S/MIME, signed",
        lambda _given: multipart(
            head(E, "Re: Une demande", 18, *replies("emma")),
            MIMEText("Signé.", "plain", "utf-8"),
            file(b"0\x80", "smime.p7s", "pkcs7-signature"),
            kind="signed",
        ),
        "waiting",
        "answer",
        "emma",
        "note",
        "thread",
        "Signé.",
        ("smime.p7s",),
    ),
    Case(
        "S/MIME, sealed",
        lambda _given: (
            head(F, "Re: Une demande", 19, *replies("farid"))
            + "\nMIME-Version: 1.0\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n"
            "Content-Transfer-Encoding: base64\n\nMIAGCSqGSIb3\n"
        ).encode(),
        "waiting",
        "answer",
        "farid",
        "note",
        "thread",
        "",
        ("smime.p7m",),
        "encrypted or sealed",
    ),
    Case(
        "calendar invitation",
        lambda _given: multipart(
            head(F, "Rendez-vous", 20, *replies("farid")),
            MIMEText("Je vous propose ce rendez-vous.", "plain", "utf-8"),
            MIMEText("BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR", "calendar", "utf-8"),
            kind="alternative",
        ),
        "waiting",
        "answer",
        "farid",
        "note",
        "thread",
        "Je vous propose ce rendez-vous.",
        ("invitation.ics",),
    ),
    Case(
        "Latin-1 head without encoding, an accented file name",
        lambda _given: (
            head(G, "Réponse de la mairie", 21, *replies("gina")).encode("cp1252")
            + b"\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=iso-8859-1\n\nVoil\xe0.\n"
            b'--b\nContent-Type: application/pdf; name="=?utf-8?Q?d=C3=A9lib=C3=A9ration.pdf?="\nContent-Disposition: attachment\n\n%PDF\n--b--\n'
        ),
        "waiting",
        "answer",
        "gina",
        "note",
        "thread",
        "Voilà.",
        ("délibération.pdf",),
    ),
    Case(
        "acknowledged by a person: receipt is proved, and the answer waits",
        _answers(22, "chloe", f"J’accuse réception de votre courrier et vous réponds : non.{QUOTE_TB}"),
        "waiting",
        "answer",
        "chloe",
        "note",
        "thread",
        "J’accuse réception de votre courrier et vous réponds : non.",
    ),
)
MACHINES = (
    Case(
        "acknowledged in French, in the thread",
        _answers(
            30, "anne", "Votre message a bien été reçu par nos services.\n", "Auto-Submitted: auto-replied"
        ),
        "received",
        "acknowledgement",
        "anne",
        "note",
        "thread",
    ),
    Case(
        "acknowledged in English, by the reference",
        lambda given: text_mail(
            head(
                "noreply@portail.example",
                f"Receipt {given.reference('bea', 'autre')}",
                31,
                "Auto-Submitted: auto-generated",
            ),
            "We acknowledge receipt of your request.\n",
        ),
        "received",
        "acknowledgement",
        "bea",
        "autre",
        "reference",
    ),
    Case(
        "acknowledged, by its words alone",
        lambda _given: text_mail(
            head(C, "Réponse automatique : Une demande", 32, *replies("chloe")),
            "Nous accusons réception de votre demande.\n",
        ),
        "received",
        "acknowledgement",
        "chloe",
        "note",
        "thread",
    ),
    Case(
        "acknowledged by the address alone: not certain",
        lambda _given: text_mail(
            head(E, "Accusé de réception", 33, "X-Autoreply: yes"), "Votre courriel a bien été reçu.\n"
        ),
        "waiting",
        "acknowledgement",
        "emma",
        "note",
        "address",
    ),
    Case(
        "thanked by a machine of Zimbra",
        _answers(
            34,
            "farid",
            "Merci de votre message.\n",
            "Auto-Submitted: auto-replied (zimbra; vacation)",
            "Precedence: bulk",
        ),
        "received",
        "acknowledgement",
        "farid",
        "note",
        "thread",
    ),
    Case(
        "out of office, Outlook, in French",
        lambda _given: text_mail(
            head(
                D,
                "Réponse automatique : Une demande",
                35,
                *replies("david"),
                "X-Auto-Response-Suppress: All",
                "Auto-Submitted: auto-generated",
            ),
            "Je suis absent jusqu’au 15 janvier.\n",
        ),
        "noted",
        "absence",
        "david",
        "note",
        "thread",
    ),
    Case(
        "out of office, in English, by the address",
        lambda _given: text_mail(
            head(G, "Automatic reply: Une demande", 36), "I am out of the office until Monday.\n"
        ),
        "noted",
        "absence",
        "gina",
        "note",
        "address",
    ),
    Case(
        "out of office, a colleague's",
        lambda _given: text_mail(
            head("autre@ville-d.example", "Absence du bureau", 37), "Je suis en congé.\n"
        ),
        "waiting",
        "absence",
        "david",
        "note",
        "domain",
    ),
    Case(
        "out of office that acknowledges: not certain",
        _answers(
            38,
            "anne",
            "Votre message a bien été reçu. Je suis absente jusqu'au 3 février.\n",
            "Auto-Submitted: auto-replied",
        ),
        "waiting",
        "absence",
        "anne",
        "note",
        "thread",
    ),
    Case(
        "a machine that asks for a proof",
        _answers(
            39,
            "emma",
            "Votre message est bloqué par Mailinblack. Cliquez pour confirmer votre adresse.\n",
            "Auto-Submitted: auto-replied",
        ),
        "waiting",
        "challenge",
        "emma",
        "note",
        "thread",
    ),
    Case(
        "out of office that speaks of what is not forwarded, with no return path",
        lambda _given: text_mail(
            head(
                C, "Réponse automatique : Une demande", 42, *replies("chloe"), "Auto-Submitted: auto-replied"
            ).replace(f"Return-Path: <{C}>", "Return-Path: <>"),
            f"En mon absence, votre message n'a pas été transmis.\nChloe Exemple, {C}\n",
        ),
        "noted",
        "absence",
        "chloe",
        "note",
        "thread",
    ),
    Case(
        "a person who speaks of what came back",
        _answers(43, "gina", "Votre premier courriel n'a pas pu être remis, le voici : adresse inconnue.\n"),
        "waiting",
        "answer",
        "gina",
        "note",
        "thread",
    ),
    Case(
        "a person who will be away",
        _answers(44, "gina", "Je serai absente jusqu'au 12, je vous réponds ensuite.\n"),
        "waiting",
        "answer",
        "gina",
        "note",
        "thread",
    ),
    Case(
        "acknowledged before it was sent",
        lambda _given: text_mail(
            head(F, "Réponse automatique", 40, *replies("farid"), "Auto-Submitted: auto-replied", day=5),
            "A bien été reçu.\n",
        ),
        "waiting",
        "acknowledgement",
        "farid",
        "note",
        "thread",
    ),
    Case(
        "acknowledged in the future",
        lambda _given: text_mail(
            head(F, "Réponse automatique", 41, *replies("farid"), "Auto-Submitted: auto-replied", day=28),
            "A bien été reçu.\n",
        ),
        "waiting",
        "acknowledgement",
        "farid",
        "note",
        "thread",
    ),
)
POSTFIX = """\
Reporting-MTA: dns; mx.essai.example
Arrival-Date: Mon,  6 Jan 2025 10:12:01 +0100 (CET)

Final-Recipient: rfc822; {email}
Original-Recipient: rfc822;{email}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}
"""
NOTICES = (
    Case(
        "Postfix: no such user",
        lambda _given: report(
            "MAILER-DAEMON@essai.example (Mail Delivery System)",
            "Undelivered Mail Returned to Sender",
            50,
            f"I'm sorry to have to inform you that your message could not be delivered.\n\n<{P}>: host said: 550 5.1.1",
            POSTFIX.format(email=P, action="failed", status="5.1.1", words="550 5.1.1 User unknown"),
            original("paul"),
        ),
        "returned",
        "bounce",
        "paul",
        "note",
        "thread",
    ),
    Case(
        "Exchange, in French: the mailbox is full",
        lambda _given: report(
            "postmaster@ville-e.example",
            "Non remis : Une demande",
            51,
            "La remise a échoué pour ces destinataires : cabinet@ville-e.example. La boîte aux lettres est pleine.",
            POSTFIX.format(email=E, action="failed", status="5.2.2", words="550 5.2.2 mailbox full"),
            f"{original('emma')}\nBonjour\n",
            "message/rfc822",
        ),
        "returned",
        "bounce",
        "emma",
        "note",
        "thread",
    ),
    Case(
        "Exim: in words alone, with the message",
        lambda _given: text_mail(
            head(
                "Mail Delivery System <Mailer-Daemon@relais.example>",
                "Mail delivery failed: returning message to sender",
                52,
                f"X-Failed-Recipients: {G}",
                f"References: {sent_id('gina')}",
                "Auto-Submitted: auto-replied",
            ),
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered\n"
            f"to one or more of its recipients.\n\n  {G}\n    SMTP error: 550 5.1.1 unknown user\n",
        ),
        "returned",
        "bounce",
        "gina",
        "note",
        "thread",
    ),
    Case(
        "qmail: in words alone, in no thread",
        lambda _given: text_mail(
            head("MAILER-DAEMON@relais.example", "failure notice", 53),
            f"Hi. This is the qmail-send program.\nI'm afraid I wasn't able to deliver your message.\n\n<{F}>:\n550 no such user\n",
        ),
        "waiting",
        "bounce",
        "farid",
        "note",
        "address",
    ),
    Case(
        "a mailbox that the body forwards to: the letter is there",
        lambda _given: report(
            "MAILER-DAEMON@ville-b.example",
            "Undelivered Mail Returned to Sender",
            54,
            "could not be delivered",
            POSTFIX.format(email="ancien@fournisseur.example", action="failed", status="5.1.1", words="550"),
            original("bea"),
        ),
        "waiting",
        "bounce",
        "bea",
        "note",
        "thread",
    ),
    Case(
        "delayed",
        lambda _given: report(
            "MAILER-DAEMON@essai.example",
            "Delayed Mail (still being retried)",
            55,
            "Your message will be retried.",
            POSTFIX.format(email=B, action="delayed", status="4.4.1", words="connection timed out"),
            original("bea"),
        ),
        "left",
        "delayed",
        "bea",
        "note",
        "thread",
    ),
    Case(
        "relayed: proves nothing",
        lambda _given: report(
            "MAILER-DAEMON@essai.example",
            "Successful Mail Delivery Report",
            56,
            "relayed",
            POSTFIX.format(email=B, action="relayed", status="2.0.0", words="250"),
            original("bea"),
        ),
        "left",
        "relayed",
        "bea",
        "note",
        "thread",
    ),
    Case(
        "delivered",
        lambda _given: report(
            "MAILER-DAEMON@ville-c.example",
            "Successful Mail Delivery Report",
            57,
            "delivered",
            POSTFIX.format(email=C, action="delivered", status="2.0.0", words="250 2.0.0 Saved"),
            original("chloe"),
        ),
        "received",
        "delivered",
        "chloe",
        "note",
        "thread",
    ),
    Case(
        "read receipt",
        lambda _given: (
            head(D, "Lu : Une demande", 58).encode()
            + b"\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
            b"--b\nContent-Type: text/plain\n\nVotre message a ete lu.\n--b\nContent-Type: message/disposition-notification\n\n"
            + f"Reporting-UA: outlook\nFinal-Recipient: rfc822;{D}\nOriginal-Message-ID: {sent_id('david')}\n".encode()
            + b"Disposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n"
        ),
        "received",
        "delivered",
        "david",
        "note",
        "thread",
    ),
)
OTHERS = (
    Case(
        "a newsletter",
        lambda _given: text_mail(
            head("info@ville-a.example", "Lettre", 60, "List-Id: <info.ville-a.example>"), "x"
        ),
        "others",
    ),
    Case(
        "private", lambda _given: text_mail(head("ami@ailleurs.example", "Bonjour", 61), "Ça va ?"), "others"
    ),
    Case(
        "from the body, before anything was sent to it",
        lambda _given: text_mail(head(A, "Vœux", 62, day=2), "Bonne année."),
        "others",
    ),
    Case(
        "a name that looks like an address",
        lambda _given: text_mail(head(f'"{A}" <escroc@ailleurs.example>', "Urgent", 63), "Cliquez."),
        "others",
    ),
)
OWN_MAIL = (
    Case(
        "own reply that carries the letter",
        lambda given: sent(
            given,
            "anne",
            Message_ID="<r1@essai.example>",
            In_Reply_To="<in.1@ailleurs.example>",
            Subject="Re: Une demande",
        ),
        "nothing",
    ),
    Case(
        "own letter that is forwarded",
        lambda given: sent(
            given,
            "anne",
            Message_ID="<r2@essai.example>",
            Subject="Tr : Une demande",
        ),
        "nothing",
    ),
    Case(
        "a copy of another's letter",
        lambda given: sent(given, "anne", Message_ID="<r3@essai.example>", To=EMAILS["david"]),
        "nothing",
    ),
    Case(
        "only a copy to the contact",
        lambda given: sent(
            given, "anne", Message_ID="<r4@essai.example>", To="ami@ailleurs.example", Cc=EMAILS["anne"]
        ),
        "nothing",
    ),
    Case(
        "a draft of Thunderbird",
        lambda given: sent(
            given, "anne", Message_ID="<r5@essai.example>", X_Mozilla_Draft_Info="internal/draft; vcard=0"
        ),
        "nothing",
    ),
    Case("our draft", lambda given: sent(given, "anne", Message_ID="", Date="", X_Unsent="1"), "nothing"),
    Case(
        "the copy that a list sends back",
        lambda given: sent(
            given,
            "anne",
            List_Id="<essai.listes.example>",
            Received="from x by y; Mon, 6 Jan 2025 10:13:00 +0100",
        ),
        "known",
    ),
)
CASES = (*ANSWERS, *MACHINES, *NOTICES, *OTHERS, *OWN_MAIL)


def _plain(start: str, body: str) -> MIMEText:
    message = MIMEText(body, "plain", "utf-8")
    for line in start.split("\n"):
        name, _colon, value = line.partition(": ")
        message[name] = value
    return message


def mbox(*messages: bytes) -> bytes:
    """Return messages as one mbox, in which lines that begin as those between messages have a mark."""
    marked = (re.sub(rb"^(>*From )", rb">\1", one.rstrip(b"\n"), flags=re.MULTILINE) for one in messages)
    return b"".join(b"From - Tue Jan 07 09:00:00 2025\n" + one + b"\n\n" for one in marked)
