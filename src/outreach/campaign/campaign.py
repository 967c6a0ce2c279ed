"""The Campaign: who writes, from where, on which day, on what paper, and how it is followed up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.files.toml import load_data
from outreach.language import _

FILE_NAME = "outreach.toml"
LANGUAGES = ("fr", "en")
TERRITORIES = {
    "mainland": "",
    "alsace-moselle": "57",
    "guadeloupe": "971",
    "martinique": "972",
    "guyane": "973",
    "reunion": "974",
    "mayotte": "976",
    "saint-barthelemy": "BL",
    "saint-martin": "MF",
    "saint-pierre-et-miquelon": "PM",
    "nouvelle-caledonie": "NC",
    "polynesie-francaise": "PF",
    "wallis-et-futuna": "WF",
}
"""Parts of France with public holidays of their own, each with its subdivision in the holidays package."""

PROCEDURES = ("courtesy", "request", "documents")
"""Follow-up ladders, data/procedures/*.toml."""

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
    """Page margins, in mm."""

    top: float = 20
    right: float = 20
    bottom: float = 22
    left: float = 25


@dataclass(frozen=True, slots=True)
class Window:
    """Where the envelope's window shows the sheet, in mm from the sheet's top left corner."""

    left: float
    top: float
    width: float
    line: float
    """Distance from one address line to the next."""
    lines: int
    """Lines that fit at full size."""
    clear: tuple[float, float, float, float]
    """Left, top, right, bottom of the band that may show; only the address stands in it."""
    sender_width: float
    body_top: float
    """Where place and date stand."""
    folds: tuple[float, ...]
    """Fold marks, from the top."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the letters look like on paper."""

    font: str = "Libertinus Serif"
    """Family of the PDF: one that the PDF engine carries, or a file in the campaign's fonts/ folder."""
    docx_font: str = "Times New Roman"
    """Family of the DOCX: one that the reader's machine has."""
    size: float = 11
    """Body text, in pt."""
    margins: Margins = field(default_factory=Margins)
    window: str = "dl-right"
    fold_marks: bool = True
    run_number: bool = False
    """Print each page's place in the print run at its foot."""
    offset: tuple[float, float] = (0, 0)
    """Right and down, in mm: moves addresses and fold marks, to make up for a printer that is off."""
    letterhead: str = ""
    """DOCX file whose styles, header and footer the DOCX letters take over; empty for none."""

    @property
    def geometry(self) -> Window:
        """The window's measures, from data/windows.toml; a wide left margin narrows the sender's block."""
        entry = load_data("windows.toml")[self.window]
        right, down = self.offset
        box = entry["box"]
        return Window(
            **{**box, "left": box["left"] + right, "top": box["top"] + down},
            clear=tuple(entry["clear"]),
            sender_width=min(entry["sender_width"], entry["clear"][0] - _GAP - self.margins.left),
            body_top=entry["body_top"],
            folds=tuple(fold + down for fold in entry["folds"]),
        )


@dataclass(frozen=True, slots=True)
class CivilitySettings:
    """The campaign's choices among accepted forms of address."""

    feminine: str = "la"
    """`la` for "Madame la Maire", `le` for the traditional "Madame le Maire"."""
    plural: str = "dot"
    """`dot` (élu·es), `doublet` (élues et élus) or `masculine` (élus)."""
    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Role to form (`m`, `f`, `group`, `neutral`, `closing`, `consideration`) to text: the campaign's own."""


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A sheet of labels on A4; lengths in mm."""

    columns: int
    rows: int
    width: float
    height: float
    left: float
    """From the sheet's corner to the first label, as `top`."""
    top: float
    pitch_x: float
    """From one label's left edge to the next one's."""
    pitch_y: float

    @property
    def count(self) -> int:
        """Labels on a sheet."""
        return self.columns * self.rows


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
class FollowUpSettings:
    """The campaign's choices among the follow-up procedures, and its changes to them."""

    letters: Mapping[str, str] = field(default_factory=dict)
    """Letter to procedure."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Role to procedure, where the letter names none."""
    steps: Mapping[str, Mapping[str, Mapping[str, object]]] = field(default_factory=dict)
    """Procedure to step to what is changed in it, or to the whole of a step of the campaign's own."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign folder's settings."""

    root: Path
    title: str
    language: str
    sender: Sender
    place: str
    date: date | None
    """The letters' day; None for the day of the run."""
    reference: str = ""
    """Printed after "N/Réf. :"; `{letter}` and `{contact}` stand for the names."""
    registered: bool = False
    """Print the mention of registered mail."""
    recheck_months: int = 12
    """After how many months a contact counts as unchecked."""
    territory: str = "mainland"
    """Whose public holidays count for due dates."""
    author: str = ""
    """Who records in the journal; empty for the account's name."""
    civility: CivilitySettings = field(default_factory=CivilitySettings)
    layout: Layout = field(default_factory=Layout)
    follow_up: FollowUpSettings = field(default_factory=FollowUpSettings)
    printing: PrintSettings = field(default_factory=PrintSettings)

    @property
    def out(self) -> Path:
        """The folder of generated files, unless a command names another."""
        return self.root / "out"

    def path(self, name: str) -> Path:
        """Return the path of a file named relative to the campaign folder."""
        return self.root / name

    @property
    def named_files(self) -> list[Path]:
        """The letterhead, logo and signature that outreach.toml names."""
        names = (self.layout.letterhead, self.sender.logo, self.sender.signature)
        return [self.path(name) for name in names if name]


def shown_path(path: Path, root: Path) -> str:
    """Return a path as messages name it: from a folder where it lies in it, with forward slashes."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def find_root(start: Path, *, upward: bool = True) -> Path:
    """Return the campaign folder: `start` or, with `upward`, its nearest parent with an outreach.toml.

    Raises:
        InputError: there is none.
        WorldError: a folder cannot be read.
    """
    for folder in (start, *start.parents) if upward else (start,):
        try:
            if (folder / FILE_NAME).is_file():
                return folder
        except OSError as error:
            raise WorldError(
                Problem("", 0, _("{folder} cannot be read", folder=folder), reason(error))
            ) from error
    hint = _("go to a campaign folder, name one with --campaign DIR, or make one with `outreach init`")
    message = (
        _("no {file} here or above", file=FILE_NAME)
        if upward
        else _("no {file} in {folder}", file=FILE_NAME, folder=start.name)
    )
    raise InputError(Problem("", 0, message, hint))
