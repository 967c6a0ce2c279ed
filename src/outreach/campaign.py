"""Turn outreach.toml into the Campaign: who writes, from where, on which day, on what paper."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from outreach.errors import InputError, Problem, WorldError
from outreach.tomlfile import Table, load, load_data

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

_OWN_STEP = 'write does = "...", from = "received" and days or months'
_CLOSING_MARKS = {"{address}", "{consideration}"}
_GAP = 3
"""Between the sender and what the window may show, in mm."""
_IMAGES = (".png", ".jpg", ".jpeg")


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
    letterhead: str = ""
    """DOCX file whose styles, header and footer the DOCX letters take over; empty for none."""

    @property
    def geometry(self) -> Window:
        """The window's measures, from data/windows.toml; a wide left margin narrows the sender's block."""
        entry = load_data("windows.toml")[self.window]
        return Window(
            **entry["box"],
            clear=tuple(entry["clear"]),
            sender_width=min(entry["sender_width"], entry["clear"][0] - _GAP - self.margins.left),
            body_top=entry["body_top"],
            folds=tuple(entry["folds"]),
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

    @property
    def out(self) -> Path:
        """The folder of generated files, unless a command names another."""
        return self.root / "out"

    def path(self, name: str) -> Path:
        """Return the path of a file named relative to the campaign folder."""
        return self.root / name


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
            raise WorldError(Problem("", 0, f"{folder} cannot be read", error.strerror or "")) from error
    hint = "go to a campaign folder, name one with --campaign DIR, or make one with `outreach init`"
    where = "here or above" if upward else f"in {start.name}"
    raise InputError(Problem("", 0, f"no {FILE_NAME} {where}", hint))


def load_campaign(root: Path) -> tuple[Campaign, list[Problem]]:
    """Read the campaign's settings; every fault found is a Problem, and a default stands in for it.

    Raises:
        InputError: outreach.toml is not UTF-8 or not TOML.
        WorldError: it cannot be read.
    """
    problems: list[Problem] = []
    document = load(root / FILE_NAME, FILE_NAME, problems)
    top = document.top()
    about = top.table("campaign")
    letter = top.table("letter")
    journal = top.table("journal")
    campaign = Campaign(
        root=root,
        title=about.text("title", required=True),
        language=about.choice("language", LANGUAGES, "fr"),
        recheck_months=int(about.number("recheck_months", 12, low=1, high=120)),
        territory=about.choice("territory", TERRITORIES, "mainland"),
        sender=_sender(top.table("sender"), root),
        place=letter.text("place", required=True),
        date=letter.day("date"),
        reference=letter.text("reference"),
        registered=letter.flag("registered"),
        author=journal.text("author"),
        civility=_civility(top.table("civility")),
        layout=_layout(top.table("layout"), root),
        follow_up=_follow_up(top.table("follow_up")),
    )
    about.close()
    letter.close()
    journal.close()
    top.close()
    return campaign, problems


def _sender(table: Table, root: Path) -> Sender:
    name = table.text("name", required=True)
    sender = Sender(
        name=name,
        short_name=table.text("short_name") or name,
        address=table.texts("address"),
        email=table.text("email"),
        phone=table.text("phone"),
        voice=table.choice("voice", ("nous", "je"), "nous"),
        signatories=table.texts("signatories"),
        cosigners=table.texts("cosigners"),
        logo=_file(table, "logo", root, _IMAGES),
        signature=_file(table, "signature", root, _IMAGES),
    )
    table.close()
    if not sender.address:
        hint = "fill in the lines that answers are to be sent to"
        table.warn("address", "the sender has no postal address", hint)
    return sender


def _layout(table: Table, root: Path) -> Layout:
    default = Layout()
    margins = table.table("margins")
    layout = Layout(
        font=table.text("font", default.font),
        docx_font=table.text("docx_font", default.docx_font),
        size=table.number("size", default.size, low=8, high=14),
        margins=Margins(
            **{
                side: margins.number(side, getattr(default.margins, side), low=5, high=50)
                for side in ("top", "right", "bottom", "left")
            }
        ),
        window=table.choice("window", tuple(load_data("windows.toml")), default.window),
        fold_marks=table.flag("fold_marks", default=True),
        letterhead=_file(table, "letterhead", root, (".docx",)),
    )
    margins.close()
    table.close()
    return layout


def _civility(table: Table) -> CivilitySettings:
    forms = ("m", "f", "group", "neutral", "closing", "consideration")
    own = table.table("roles")
    roles: dict[str, Mapping[str, str]] = {}
    for role in load_data("civility.toml")["role"]:
        if role in own.values:
            entry = own.table(role)
            roles[role] = {form: entry.text(form) for form in forms if form in entry.values}
            entry.close(forms)
            unknown = sorted(set(re.findall(r"\{.*?\}", entry.text("closing"))) - _CLOSING_MARKS)
            if unknown:
                known = " and ".join(sorted(_CLOSING_MARKS))
                entry.report("closing", f"unknown {', '.join(unknown)} in closing", f"it knows {known}")
    own.close(tuple(load_data("civility.toml")["role"]))
    settings = CivilitySettings(
        feminine=table.choice("feminine", ("la", "le"), "la"),
        plural=table.choice("plural", ("dot", "doublet", "masculine"), "dot"),
        roles=roles,
    )
    table.close()
    return settings


def _follow_up(table: Table) -> FollowUpSettings:
    chosen: dict[str, dict[str, str]] = {}
    for key in ("letters", "roles"):
        own = table.table(key)
        chosen[key] = {name: own.choice(name, PROCEDURES, "") for name in own.values}
        own.close()
    steps = {name: _steps(table.table(name), name) for name in PROCEDURES if name in table.values}
    table.close(PROCEDURES)
    return FollowUpSettings(chosen["letters"], chosen["roles"], steps)


def _steps(table: Table, procedure: str) -> Mapping[str, Mapping[str, object]]:
    """Read changes to a procedure's steps, and steps of the campaign's own."""
    shipped = {entry["id"]: entry for entry in load_data(f"procedures/{procedure}.toml")["step"]}
    steps: dict[str, Mapping[str, object]] = {}
    for name in table.values:
        own = table.table(name)
        if shipped.get(name, {}).get("is_legal"):
            table.report(name, f"the law sets the step '{name}'", "give a step of your own another name")
        step: dict[str, object] = {
            key: int(own.number(key, 0, low=0, high=limit))
            for key, limit in (("months", 60), ("days", 1000))
            if key in own.values
        }
        step |= {key: own.text(key) for key in ("does", "letter", "from") if key in own.values}
        if "roll" in own.values:
            step["roll"] = own.choice("roll", ("none", "forward", "back"), "forward")
        if "ended_by" in own.values:
            step["ended_by"] = list(own.texts("ended_by"))
        own.close()
        if name not in shipped:
            missing = [key for key in ("does", "from") if not step.get(key)]
            if missing:
                table.report(name, f"the step '{name}' lacks {' and '.join(missing)}", _OWN_STEP)
            step.setdefault(
                "ended_by", ["answered", *([f"sent:{step['letter']}"] if step.get("letter") else [])]
            )
        steps[name] = step
    return steps


def _file(table: Table, key: str, root: Path, endings: tuple[str, ...]) -> str:
    """Read the name of a file that must stand inside the campaign folder."""
    name = table.text(key)
    if not name:
        return ""
    path = (root / name).resolve()
    if path.suffix.lower() not in endings:
        table.report(key, f"{key} must be a {' or '.join(endings)} file", f"it is '{name}'")
    elif not path.is_relative_to(root.resolve()):
        table.report(key, f"{key} lies outside the campaign folder", "copy the file into it")
    elif not path.is_file():
        table.report(key, f"{key}: no file '{name}'", "paths are relative to outreach.toml")
    else:
        return path.relative_to(root.resolve()).as_posix()
    return ""
