"""Join campaign, template and recipients into a Letter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from outreach.campaign.campaign import Campaign, Sender
from outreach.country import civility
from outreach.errors import InputError, Problem
from outreach.language import _
from outreach.letters.letter import LABELS, Letter
from outreach.letters.questions import Question
from outreach.letters.render import EmptyField, Fields, Renderer, differing_field, long_date, said
from outreach.letters.template import Template
from outreach.letters.typography import french, typeset
from outreach.people.address import address_lines, joint_address_lines
from outreach.people.contact import Contact
from outreach.people.selectors import select

JOINT = "joint"
"""Stands for the contact in the names of a joint letter's files."""


@dataclass(frozen=True, slots=True)
class Previous:
    """A letter sent before, as one that follows it up speaks of it."""

    letter: str
    """Its name."""
    kind: str
    """As in its front matter: `request` or `documents`."""
    title: str
    written: date
    """The letter's own date."""
    sent_on: date
    channel: str
    """A `journal.terms.Channel`."""
    tracking: str = ""
    received_on: date | None = None
    """Only where it is proved."""
    answered_on: date | None = None
    """Of the last answer with a content."""
    refused_on: date | None = None
    """Notified, or born of silence after a proved receipt."""
    is_tacit: bool = False
    """The refusal is one of silence."""
    deadline: date | None = None
    """By when an answer was asked for, or was due."""
    questions: tuple[Question, ...] = ()
    """Those still unanswered, in the campaign's order."""
    reminded_on: date | None = None
    """Of the last reminder that was sent."""
    forwarded_by: str = ""
    """Who had the letter first and forwarded it; empty for none."""


@dataclass(frozen=True, slots=True)
class Document:
    """One letter to make."""

    template: Template
    recipients: tuple[Contact, ...]
    """At least one; several, by rank, only for a joint letter."""
    about: Contact | None = None
    """Whom it concerns, where that is not the recipient: a referral goes to an authority."""
    earlier: tuple[Previous, ...] = ()
    """The letters that it follows up, oldest first."""
    shelf: str = ""
    """Folder below the letter's own, in a large run; else empty."""

    @property
    def contacts(self) -> tuple[str, ...]:
        """Ids of those in whose record it belongs."""
        return (self.about.id,) if self.about else tuple(contact.id for contact in self.recipients)

    @property
    def contact(self) -> str:
        """What stands for them in the name of its files."""
        return JOINT if self.template.joint else self.contacts[0]

    @property
    def name(self) -> str:
        """Name of its files without their ending, as in "mayor/maire-lyon"."""
        return "/".join(filter(None, (self.template.name, self.shelf, self.contact)))

    @property
    def questions(self) -> list[Question]:
        """Those it asks, in the campaign's order: a follow-up only what is still unanswered."""
        asked = self.template.questions
        if self.earlier and self.template.kind == "documents" and not asked:
            return []  # it asks for documents
        if self.earlier:
            still_open = {question for previous in self.earlier for question in previous.questions}
            chosen = [question for question in asked if question in still_open] if asked else still_open
            return sorted(chosen, key=lambda question: question.number)
        return [
            question
            for question in asked
            if not question.audience or select(self.recipients, question.audience, strict=False)
        ]


def compose(campaign: Campaign, renderer: Renderer, document: Document, written: date) -> Letter:
    """Return the finished letter.

    Args:
        campaign: Who writes.
        renderer: The campaign's templates.
        document: The letter to make.
        written: The letter's date.

    Raises:
        InputError: a fault of the template for this recipient.
    """
    template, recipients = document.template, document.recipients
    context = _context(campaign, document, written)
    body = renderer.body(template, context)
    if not body:
        raise InputError(
            Problem(template.path, 0, _("the letter has no text"), _("write it below the front matter"))
        )
    subject = renderer.line(template, "subject", template.subject, context)
    if not subject:
        raise InputError(
            Problem(
                template.path, template.lines["subject"], _("the subject is empty"), _("say what it is about")
            )
        )
    enclosures = _texts(
        renderer, template, "enclosures", [item.title for item in template.enclosures], context
    )
    copies = _texts(renderer, template, "copies", template.copies, context)
    if template.language == "fr":
        body, subject = typeset(body), french(subject)
        enclosures, copies = tuple(map(french, enclosures)), tuple(map(french, copies))
    sender = campaign.sender
    labels = LABELS[template.language]
    reference = campaign.reference.replace("{letter}", template.name).replace("{contact}", document.contact)
    address, addressees = _address(recipients)
    return Letter(
        name=document.name,
        language=template.language,
        title=f"{template.title} – {civility.joint_salutation([contact.name for contact in recipients])}",
        date=written,
        sender=_sender(sender),
        address=address,
        addressees=addressees,
        place_and_date=_place_and_date(campaign.place, written, template.language),
        mention=labels.registered if campaign.registered else "",
        reference=reference,
        subject=subject,
        body=body,
        signature=tuple(dict.fromkeys((sender.short_name, *sender.signatories))),
        cosigners=sender.cosigners,
        enclosures=enclosures,
        copies=copies,
        logo=sender.logo,
        signature_image=sender.signature,
        labels=labels,
    )


def _texts(
    renderer: Renderer, template: Template, key: str, sources: Sequence[str], context: Mapping[str, object]
) -> tuple[str, ...]:
    return tuple(filter(None, (renderer.line(template, key, source, context) for source in sources)))


def contact_address(contact: Contact) -> tuple[str, ...]:
    """Return the contact's address as printed; without a city, only the lines that name it."""
    if not contact.is_person:
        return address_lines(contact, "", contact.title)
    return address_lines(contact, contact.civility or civility.prefix(contact.gender), contact_title(contact))


def contact_title(contact: Contact) -> str:
    """Return the office as printed in the address, from the role where the contact has no title."""
    return contact.title or civility.title(contact.role, contact.gender, contact.town, contact.portfolio)


def contact_forms(campaign: Campaign, contact: Contact, language: str) -> tuple[str, str]:
    """Return the salutation and the closing due to a contact, its own where it has them."""
    settings = campaign.civility
    salutation = contact.salutation or civility.salutation(
        contact.role, contact.gender, settings, contact.style, language
    )
    closing = civility.closing(contact.role, salutation, campaign.sender.voice, settings, language)
    return salutation, contact.closing or closing


def _address(ordered: Sequence[Contact]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines for the window, and the list of addressees that a joint letter has besides."""
    addresses = [contact_address(contact) for contact in ordered]
    if len(ordered) == 1:
        return addresses[0], ()
    joint = joint_address_lines(ordered, [lines[0] for lines in addresses])
    addressees = []
    for contact, lines in zip(ordered, addresses, strict=True):
        title = contact_title(contact) if contact.is_person else contact.title
        if contact.title or contact.gender in ("m", "f"):  # else it is an institution, as in "Sénat"
            title = title[:1].lower() + title[1:]
        addressees.append(f"{lines[0]}, {title}" if title and title != lines[0] else lines[0])
    return joint or addresses[0], tuple(addressees)


def _sender(sender: Sender) -> tuple[str, ...]:
    return tuple(filter(None, (sender.name, *sender.address, sender.email, sender.phone)))


def _place_and_date(place: str, written: date, language: str) -> str:
    day = long_date(written, language)
    return french(f"{place}, le {day}") if language == "fr" else f"{place}, {day}"


def _context(campaign: Campaign, document: Document, written: date) -> Mapping[str, object]:
    template, ordered = document.template, document.recipients
    each = [_recipient(campaign, template, contact) for contact in ordered]
    recipient = each[0] if len(ordered) == 1 else _together(campaign, template, ordered, each)
    sender = asdict(campaign.sender) | {"is_group": campaign.sender.is_group}
    questions = _questions(document.questions)
    earlier = [_previous(previous) for previous in document.earlier]
    nothing = EmptyField(
        said(_("no letter is followed up here"), _("`outreach followup` makes this one")), name="previous"
    )
    about = document.about or ordered[0]
    return {
        "recipient": Fields("recipient", recipient),
        "recipients": [Fields("recipient", values) for values in each],
        "sender": Fields("sender", sender),
        "campaign": Fields("campaign", {"title": campaign.title, "language": campaign.language}),
        "date": written,
        "place": campaign.place,
        "questions": questions,
        "reply_by": template.reply_date(written),
        "previous": Fields("previous", {**earlier[0], "questions": questions}) if earlier else nothing,
        "earlier": [Fields("previous", values) for values in earlier],
        "about": Fields("about", _recipient(campaign, template, about)),
    }


def _previous(previous: Previous) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(previous, name) for name in Previous.__slots__}
    return values | {"date": previous.written, "questions": _questions(previous.questions)}


def _questions(questions: Iterable[Question]) -> list[Fields]:
    return [
        Fields("question", {key: getattr(question, key) for key in ("number", "id", "theme", "text")})
        for question in questions
    ]


def _recipient(campaign: Campaign, template: Template, contact: Contact) -> dict[str, object]:
    salutation, closing = contact_forms(campaign, contact, template.language)
    values: dict[str, object] = {name: getattr(contact, name) for name in Contact.__slots__}
    return values | {
        "name": contact.name,
        "civility": contact.civility or civility.prefix(contact.gender),
        "title": contact_title(contact),
        "city": contact.town,
        "salutation": salutation,
        "closing": closing,
        "fields": Fields("recipient.fields", contact.fields),
    }


def _together(
    campaign: Campaign, template: Template, ordered: Sequence[Contact], each: Sequence[Mapping[str, object]]
) -> dict[str, object]:
    """Return what several recipients have in common; their salutation names each by rank."""
    salutation = civility.joint_salutation([str(one["salutation"]) for one in each], template.language)
    closing = civility.closing(
        ordered[0].role, salutation, campaign.sender.voice, campaign.civility, template.language
    )
    own_closings = {contact.closing for contact in ordered}
    return _in_common("recipient", each) | {
        "salutation": salutation,
        "closing": closing if len(own_closings) > 1 else ordered[0].closing or closing,
        "gender": "group",
        "fields": Fields(
            "recipient.fields", _in_common("recipient.fields", [contact.fields for contact in ordered])
        ),
    }


def _in_common(name: str, each: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Return each field's value where all have the same, else what says so when it is printed."""
    keys = dict.fromkeys(key for values in each for key in values)
    return {
        key: each[0].get(key)
        if all(other.get(key) == each[0].get(key) for other in each)
        else differing_field(name, key)
        for key in keys
    }
