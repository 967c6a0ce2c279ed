"""Join campaign, template and recipients into a Letter."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

from outreach.campaign import Campaign, Sender
from outreach.contacts.address import address_lines, joint_address_lines
from outreach.contacts.contact import Contact
from outreach.contacts.selectors import select
from outreach.errors import InputError, Problem
from outreach.letters import civility
from outreach.letters.document import LABELS, Letter
from outreach.letters.questions import Question
from outreach.letters.render import Fields, Renderer, differing_field, long_date
from outreach.letters.template import Template
from outreach.letters.typography import french, typeset

JOINT = "joint"
"""Stands for the contact in the names of a joint letter's files."""


def compose(
    campaign: Campaign, renderer: Renderer, template: Template, recipients: Sequence[Contact], written: date
) -> Letter:
    """Return the finished letter to one recipient, or to several together.

    Args:
        campaign: Who writes.
        renderer: The campaign's templates.
        template: The letter.
        recipients: At least one; several, by rank, only for a joint letter.
        written: The letter's date.

    Raises:
        InputError: a fault of the template for this recipient.
    """
    context = _context(campaign, template, recipients, written)
    name = document_name(template, recipients)
    body = renderer.body(template, context)
    if not body:
        raise InputError(
            Problem(template.path, 0, "the letter has no text", "write it below the front matter")
        )
    subject = renderer.subject(template, context).strip()
    if not subject:
        raise InputError(
            Problem(template.path, template.subject_line, "the subject is empty", "say what it is about")
        )
    enclosures, copies = template.enclosures, template.copies
    if template.language == "fr":
        body, subject = typeset(body), french(subject)
        enclosures, copies = tuple(map(french, enclosures)), tuple(map(french, copies))
    sender = campaign.sender
    labels = LABELS[template.language]
    reference = campaign.reference.replace("{letter}", template.name).replace(
        "{contact}", name.partition("/")[2]
    )
    address, addressees = _address(recipients)
    return Letter(
        name=name,
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


def document_name(template: Template, recipients: Sequence[Contact]) -> str:
    """Return "letter/contact", the name of a letter's files without their ending."""
    return f"{template.name}/{JOINT if template.joint else recipients[0].id}"


def questions_for(template: Template, recipients: Sequence[Contact]) -> list[Question]:
    """Return the letter's questions that concern any of the recipients, in the campaign's order."""
    return [
        question
        for question in template.questions
        if not question.audience or select(recipients, question.audience, strict=False)
    ]


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


def _context(
    campaign: Campaign, template: Template, ordered: Sequence[Contact], written: date
) -> Mapping[str, object]:
    each = [_recipient(campaign, template, contact) for contact in ordered]
    recipient = each[0] if len(ordered) == 1 else _together(campaign, template, ordered, each)
    sender = asdict(campaign.sender) | {"is_group": campaign.sender.is_group}
    questions = [
        Fields("question", {key: getattr(question, key) for key in ("number", "id", "theme", "text")})
        for question in questions_for(template, ordered)
    ]
    return {
        "recipient": Fields("recipient", recipient),
        "recipients": [Fields("recipient", values) for values in each],
        "sender": Fields("sender", sender),
        "campaign": Fields("campaign", {"title": campaign.title, "language": campaign.language}),
        "date": written,
        "place": campaign.place,
        "questions": questions,
        "reply_by": template.reply_date(written),
    }


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
