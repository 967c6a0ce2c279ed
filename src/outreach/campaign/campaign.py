"""The Campaign: who writes, from where, on which day, on what paper, and how it is followed up."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from outreach.campaign.follow_up import FollowUpSettings
from outreach.campaign.paths import OUT
from outreach.country.civility import CivilityChoices
from outreach.country.country import Country
from outreach.country.paper import LabelSheet, Window

DEFAULT_FONT = "Libertinus Serif"
"""Family of the PDF: one that the engine carries."""

_GAP = 3
"""Between the sender and what the window may show, in mm."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The group or person who writes."""

    name: str
    short_name: str
    """As it signs; `name` where it is not given."""
    address: tuple[str, ...] = ()
    """Street lines, then postal code and city; empty until the organisers fill it in."""
    email: str = ""
    phone: str = ""
    voice: str = "nous"
    """`nous` for a group, `je` for one person."""
    signatories: tuple[str, ...] = ()
    cosigners: tuple[str, ...] = ()
    """Organisations that sign with the sender."""
    legal_form: str = ""
    """What kind of body it is, as in "association loi 1901"; likewise below, what a referral names it by."""
    representative: str = ""
    """Who represents it, with the office."""
    seat: tuple[str, ...] = ()
    """Of a group; its address where it is not given."""
    domicile: tuple[str, ...] = ()
    """Of one person; likewise."""
    logo: str = ""
    """PNG or JPEG, relative to the campaign folder; empty for none."""
    signature: str = ""
    """Picture of a handwritten signature, likewise."""

    @property
    def is_group(self) -> bool:
        """Tell whether the letters say "nous"."""
        return self.voice == "nous"


@dataclass(frozen=True, slots=True)
class Margins:
    """Page margins, in mm; by default a line of 11 pt holds about 90 characters."""

    top: float = 20
    right: float = 36
    bottom: float = 18
    left: float = 27


@dataclass(frozen=True)
class Layout:
    """What the letters look like on paper."""

    window: Window
    """Of the envelope; as its country has it."""
    fonts: tuple[str, ...] = (DEFAULT_FONT,)
    """Families of the PDF: those that the PDF engine carries, or files in the campaign's fonts/ folder. What
    the first lacks, such as a name in another script, is printed in the next."""
    docx_font: str = "Times New Roman"
    """Family of the DOCX: one that the reader's machine has."""
    size: float = 11
    """Body text, in pt."""
    margins: Margins = field(default_factory=Margins)
    fold_marks: bool = True
    run_number: bool = False
    """Print each page's place in the print run at its foot."""
    offset: tuple[float, float] = (0, 0)
    """Right and down, in mm: moves addresses and fold marks, to make up for a printer that is off."""
    letterhead: str = ""
    """DOCX file whose styles, header and footer the DOCX letters take over; empty for none."""
    background: str = ""
    """PDF file that is laid under the PDF letters, its first page under the first; empty for none."""
    sender_block: bool | None = None
    """Print the sender and the logo; None where a letterhead does not say it already."""

    def prints_sender(self, letterhead: str) -> bool:
        """Tell whether the sender is printed on that letterhead of a format; empty for none."""
        return not letterhead if self.sender_block is None else self.sender_block

    @cached_property
    def geometry(self) -> Window:
        """The window's measures on this sheet; a wide left margin narrows the sender's block."""
        window = self.window.moved(*self.offset)
        most = window.clear[0] - _GAP - self.margins.left
        return replace(window, sender_width=min(window.sender_width, most))


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a registered letter costs up to a weight, as the campaign has found out."""

    grams: float
    euros: float


@dataclass(frozen=True, slots=True)
class PrintSettings:
    """What the print run depends on besides the letters."""

    command: str = "lp"
    """Program that takes a file for the printer's queue, with its options."""
    paper_gsm: float = 80
    """Weight of the paper, in g/m²."""
    envelope_grams: float = 5
    envelope_sender: str = "front"
    """Where an envelope names the sender: `front`, `back` or `none`."""
    tariffs: tuple[Tariff, ...] = ()
    """By rising weight; none are shipped, since they change."""
    sheets: Mapping[str, LabelSheet] = field(default_factory=dict)
    """Label sheets by name: those shipped and the campaign's own."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server of the sender's mail; the connection is always encrypted by TLS."""

    host: str
    port: int
    user: str
    """Whose password is asked for."""
    is_starttls: bool
    """It begins in the clear and is encrypted before anything is said; else it is encrypted at once."""
    certificate: str = ""
    """PEM file of a certificate that is trusted besides the system's, relative to the campaign folder."""


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """Whom e-mail comes from, and over which servers it goes and is read."""

    name: str = ""
    """Shown beside the address."""
    address: str = ""
    """The sender's own; empty where none was given."""
    reply_to: str = ""
    """Where answers are to go, if elsewhere."""
    plus_tags: bool = False
    """Answers may go to local+reference@domain, which the mailbox takes."""
    max_mb: float = 10
    """Largest message that is made, in millions of bytes, as it is sent."""
    imap: MailServer | None = None
    smtp: MailServer | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The sender's own addresses, in lower case; what comes from one of them was sent by the campaign."""
        own = filter(None, (self.address.lower(), self.reply_to.lower()))
        return tuple(dict.fromkeys(own))


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign folder's settings."""

    root: Path
    country: Country
    """Whose rules hold for contacts that name no other."""
    title: str
    language: str
    sender: Sender
    place: str
    date: date | None
    """The letters' day; None for the day of the run."""
    layout: Layout
    topic: str = ""
    """What the campaign is about, with its article, as follow-up letters say it; may be empty."""
    date_line: int = 0
    """Where the letters' day is set in outreach.toml."""
    reference: str = ""
    """Printed after "N/Réf. :"; `{letter}` and `{contact}` stand for the names."""
    registered: bool = False
    """Print the mention of registered mail."""
    recheck_months: int = 12
    """After how many months a contact counts as unchecked."""
    territory: str = ""
    """Part of the country whose public holidays count for due dates; empty for the usual one."""
    author: str = ""
    """Who records in the journal; empty for the account's name."""
    civility: CivilityChoices = field(default_factory=CivilityChoices)
    follow_up: FollowUpSettings = field(default_factory=FollowUpSettings)
    ignored: tuple[str, ...] = ()
    """Codes of warnings that `check` keeps to itself."""
    printing: PrintSettings = field(default_factory=PrintSettings)
    email: EmailSettings = field(default_factory=EmailSettings)

    @property
    def out(self) -> Path:
        """The folder of generated files, unless a command names another."""
        return self.root / OUT

    def path(self, name: str) -> Path:
        """Return the path of a file named relative to the campaign folder."""
        return self.root / name

    @property
    def named_files(self) -> list[Path]:
        """The letterhead, background, logo and signature that outreach.toml names."""
        names = (self.layout.letterhead, self.layout.background, self.sender.logo, self.sender.signature)
        return [self.path(name) for name in names if name]
