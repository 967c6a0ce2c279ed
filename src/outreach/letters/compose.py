"""Join campaign, template and recipients into a Letter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from itertools import repeat

from outreach.campaign.campaign import Sender
from outreach.campaign.paths import EMAIL_TEXT, LETTERS, SETTINGS
from outreach.errors import InputError, Problem
from outreach.language import _
from outreach.letters.assignment import Assignment, Previous
from outreach.letters.fields import EmptyField, Explained, Fields, Phrase, differing_field
from outreach.letters.folder import Folder
from outreach.letters.letter import Annex, Block, Heading, Letter, plain_text
from outreach.letters.questions import Question
from outreach.letters.render import Renderer
from outreach.letters.template import Template
from outreach.letters.typography import one_line
from outreach.people.addressing import (
    Forms,
    address_lines,
    body_of,
    civility_of,
    forms_of,
    joint_address_lines,
    joint_forms,
    title_of,
    town_of,
)
from outreach.people.contact import Contact

_REMEMBERED = 1000
"""Recipients whose values are kept: most contacts get several letters in a row, few after many others."""

Values = Mapping[str, object]


class Composer:
    """A campaign's letters in the making: its templates, and what is the same in all letters to a contact."""

    def __init__(self, folder: Folder) -> None:
        self._campaign = folder.campaign
        self._renderer = Renderer(folder.campaign.root, folder.campaign.country, folder.templates)
        self._openings = {template.name for template in folder.first_templates}
        self._own_fields = dict.fromkeys(folder.people.own_fields, "")
        self._recipients: dict[tuple[str, str], Values] = {}
        self._asked = lru_cache(maxsize=_REMEMBERED)(_questions)
        sender = asdict(folder.campaign.sender) | {"is_group": folder.campaign.sender.is_group}
        about = {
            "title": folder.campaign.title,
            "language": folder.campaign.language,
            "topic": Phrase(folder.campaign.topic) if folder.campaign.topic else _no_topic(),
        }
        self._lasting = {
            "sender": Fields("sender", sender),
            "campaign": Fields("campaign", about),
            "place": folder.campaign.place,
            "previous": _no_previous(),
            "earlier": [],
        }

    def compose(self, assignment: Assignment, written: date) -> Letter:
        """Return the finished letter of that date.

        Raises:
            InputError: a fault of the template for this recipient.
        """
        campaign, template = self._campaign, assignment.template
        context = self.context(assignment, written)
        body = self._renderer.body(template, context)
        if not body:
            raise InputError(
                Problem(
                    template.path,
                    0,
                    _("the letter has no text"),
                    _("write it below the front matter"),
                    code="letter-empty",
                )
            )
        subject = self._renderer.line(template, "subject", template.subject, context)
        if not subject:
            message, hint = _("the subject is empty"), _("say what it is about")
            raise InputError(
                Problem(template.path, template.lines["subject"], message, hint, code="letter-empty")
            )
        enclosures = self._lines(template, "enclosures", [one.title for one in template.enclosures], context)
        copies = self._lines(template, "copies", template.copies, context)
        language = campaign.country.language(template.language)
        annexes = self._annexes(template, context)
        wording, sender = language.wording, campaign.sender

        def line(text: str) -> str:
            return one_line(text, language.apply_typography)

        reference = campaign.reference.replace("{letter}", template.name)
        names = list(dict.fromkeys(contact.name for contact in assignment.recipients))
        address, addressees = self._address(assignment.recipients)
        return Letter(
            name=assignment.name,
            language=language.tag,
            title=line(f"{template.title} – {', '.join(names)}"),
            date=written,
            sender=tuple(map(line, _sender(sender))),
            address=address,
            addressees=tuple(map(line, addressees)),
            place_and_date=language.place_and_date(campaign.place, written),
            mention=wording.registered if campaign.registered else "",
            reference=reference.replace("{contact}", assignment.contact),
            your_reference=line(self._your_reference(assignment, context)),
            subject=line(subject),
            body=body,
            signature=tuple(map(line, dict.fromkeys((sender.short_name, *sender.signatories)))),
            postscript=line(self._renderer.line(template, "ps", template.postscript, context)),
            cosigners=tuple(map(line, sender.cosigners)),
            enclosures=tuple(map(line, (*enclosures, *(annex.title for annex in annexes)))),
            copies=tuple(map(line, copies)),
            annexes=annexes,
            logo=sender.logo,
            signature_image=sender.signature,
            wording=wording,
        )

    def _follows_nothing(self, template: Template) -> Values:
        """Return what a follow-up says where no letter is before it; a first letter says it as all do."""
        if template.name in self._openings:
            return {}
        hint = _("run `outreach followup {letter}`", letter=template.name)
        message = _("this letter follows up another one")
        explained = Explained(message, hint, template.path, code="empty-field")
        return {"previous": EmptyField(explained, name="previous")}

    def message(self, assignment: Assignment, written: date, letter: Values) -> tuple[Block, ...]:
        """Return the text of the e-mail that a letter is attached to.

        Args:
            assignment: The letter's template, to whom the e-mail goes.
            written: The letter's date.
            letter: What the text knows of the letter besides, by name.

        Raises:
            InputError: a fault of letters/_email.md for this recipient.
        """
        context = {**self.context(assignment, written), "letter": Fields("letter", letter)}
        blocks = self._renderer.passage(assignment.template, EMAIL_TEXT, context)
        if not blocks:
            hint = _("write it, or delete the file: then the shipped text is used")
            raise InputError(
                Problem(f"{LETTERS}/{EMAIL_TEXT}", 0, _("the e-mail has no text"), hint, code="letter-empty")
            )
        return blocks

    def context(self, assignment: Assignment, written: date) -> Values:
        """Return what a template knows, by name; what is the same in other letters is the same object."""
        template, ordered = assignment.template, assignment.recipients
        each = [self._recipient(template, contact) for contact in ordered]
        recipient = each[0] if len(ordered) == 1 else self._together(template, ordered, each)
        questions = self._asked(assignment.questions)
        abouts = [self._recipient(template, contact) for contact in assignment.about] or each[:1]
        former = Fields("previous.predecessor", abouts[0]) if assignment.predecessor else None
        beside = {"is_series": assignment.is_series, "predecessor": former}
        earlier = [
            previous_values(previous) | {"about": Fields("about", values), **beside}
            for previous, values in zip(
                assignment.earlier, abouts if assignment.is_series else repeat(abouts[0]), strict=False
            )
        ]
        followed = (
            {
                "previous": Fields("previous", {**earlier[0], "questions": questions}),
                "earlier": [Fields("previous", values) for values in earlier],
            }
            if earlier
            else self._follows_nothing(template)
        )
        return {
            **self._lasting,
            "recipient": Fields("recipient", recipient),
            "recipients": [Fields("recipient", values) for values in each],
            "date": written,
            "questions": questions,
            "reply_by": template.reply_date(written),
            **followed,
            "about": Fields("about", _in_common("about", abouts) if assignment.is_series else abouts[0]),
        }

    def _your_reference(self, assignment: Assignment, context: Values) -> str:
        """Return the recipients' own reference for the matter; empty for none, and for several."""
        template = assignment.template
        if template.your_reference:
            return self._renderer.line(template, "your_reference", template.your_reference, context)
        found = {str(contact.fields.get("your_reference", "")) for contact in assignment.recipients}
        return found.pop() if len(found) == 1 else ""

    def _annexes(self, template: Template, context: Values) -> tuple[Annex, ...]:
        """Return what is printed after the letter; each begins with a heading, which is its title."""
        annexes = []
        for name in template.annexes:
            blocks = self._renderer.passage(template, name, context)
            if not blocks or not isinstance(blocks[0], Heading):
                message, hint = (
                    _("an annex begins with a heading"),
                    _("write # and its title in the first line"),
                )
                raise InputError(Problem(f"{LETTERS}/{name}", 1, message, hint, code="annex-without-heading"))
            annexes.append(Annex(plain_text(blocks[0].runs), blocks))
        return tuple(annexes)

    def _lines(
        self, template: Template, key: str, sources: Sequence[str], context: Values
    ) -> tuple[str, ...]:
        texts = (self._renderer.line(template, key, source, context) for source in sources)
        return tuple(filter(None, texts))

    def _address(self, ordered: Sequence[Contact]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the lines for the window, and the list of addressees that a joint letter has besides."""
        home = self._campaign.country
        addresses = [address_lines(contact, home) for contact in ordered]
        if len(ordered) == 1:
            return addresses[0], ()
        joint = joint_address_lines(ordered, [lines[0] for lines in addresses], home)
        addressees = []
        for contact, lines in zip(ordered, addresses, strict=True):
            title = title_of(contact, home) if contact.is_person else contact.title
            if contact.title or contact.gender in ("m", "f"):  # else it is an institution, as in "Sénat"
                title = title[:1].lower() + title[1:]
            if contact.gender == "group" and contact.salutation:  # its own way of being addressed
                addressees.append(contact.salutation)
                continue
            addressees.append(f"{lines[0]}, {title}" if title and title != lines[0] else lines[0])
        return joint or addresses[0], tuple(addressees)

    def _recipient(self, template: Template, contact: Contact) -> Values:
        """Return a contact's fields, printed forms among them, worked out once for each language."""
        key = (contact.id, template.language)
        if key not in self._recipients:
            if len(self._recipients) >= _REMEMBERED:
                self._recipients.clear()
            home = self._campaign.country
            forms = forms_of(self._campaign, contact, template.language)
            values: dict[str, object] = {name: getattr(contact, name) for name in Contact.__slots__}
            self._recipients[key] = values | {
                "name": contact.name,
                "civility": civility_of(contact, home),
                "title": title_of(contact, home),
                "city": town_of(contact, home),
                "authority": body_of(contact, home),
                "fields": Fields("recipient.fields", self._own_fields | dict(contact.fields)),
                **_forms(forms),
            }
        return self._recipients[key]

    def _together(self, template: Template, ordered: Sequence[Contact], each: Sequence[Values]) -> Values:
        """Return what several recipients have in common; their salutation names each by rank."""
        salutations = [str(one["salutation"]) for one in each]
        own = _in_common("recipient.fields", [self._own_fields | dict(contact.fields) for contact in ordered])
        return _in_common("recipient", each) | {
            "gender": "group",
            "fields": Fields("recipient.fields", own),
            **_forms(joint_forms(self._campaign, ordered, salutations, template.language)),
        }


def _no_previous() -> EmptyField:
    message, hint = _("no letter is followed up here"), _("`outreach followup` makes this one")
    return EmptyField(Explained(message, hint, code="empty-field"), name="previous")


def _no_topic() -> EmptyField:
    message = _("[campaign] has no topic, which this letter speaks of")
    example = 'topic = "le plan de circulation"'
    hint = _("write what the letters are about, with its article, as in {example}", example=example)
    return EmptyField(Explained(message, hint, SETTINGS, code="empty-field"), name="topic")


def previous_values(previous: Previous) -> dict[str, object]:
    """Return what a template knows of a letter before, by name."""
    piece = previous.piece
    own: dict[str, object] = {
        name: getattr(previous, name) for name in Previous.__slots__ if name not in ("piece", "heard")
    }
    return own | {
        "letter": piece.letter,
        "kind": piece.kind,
        "title": piece.title,
        "subject": piece.subject,
        "written": previous.written,
        "date": previous.written,
        "questions": _questions(previous.questions),
        "answered": _questions(previous.answered),
    }


def _forms(forms: Forms) -> dict[str, object]:
    return {"salutation": forms.salutation, "closing": forms.closing}


def _questions(questions: Iterable[Question]) -> list[Fields]:
    return [
        Fields("question", {key: getattr(question, key) for key in ("number", "id", "theme", "text")})
        for question in questions
    ]


def _sender(sender: Sender) -> tuple[str, ...]:
    return tuple(filter(None, (sender.name, *sender.address, sender.email, sender.phone)))


def _in_common(name: str, each: Sequence[Values]) -> dict[str, object]:
    """Return each field's value where all have the same, else what says so when it is printed."""
    keys = dict.fromkeys(key for values in each for key in values)
    return {
        key: each[0].get(key)
        if all(other.get(key) == each[0].get(key) for other in each)
        else differing_field(name, key)
        for key in keys
    }
