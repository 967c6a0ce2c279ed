"""Turn outreach.toml into the Campaign; every fault found is a Problem."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from outreach.campaign.campaign import (
    FILE_NAME,
    LANGUAGES,
    PROCEDURES,
    TERRITORIES,
    Campaign,
    CivilitySettings,
    FollowUpSettings,
    LabelSheet,
    Layout,
    Margins,
    PrintSettings,
    Sender,
    Tariff,
)
from outreach.errors import Problem, did_you_mean
from outreach.files.toml import Table, load, load_data
from outreach.language import _

_FACT = re.compile(
    "received|refused|returned|answered|acknowledged|replied|partial|full|forwarded|met|no-such-document"
    r"|received:[\w-]+|sent:[\w-]+(:\d+)?"
)
"""What a step may count from or end by, besides other steps."""
_A4 = (210, 297)
"""In mm."""
_FARTHEST = 20
"""Greatest offset, in mm."""
_CLOSING_MARKS = {"{address}", "{consideration}"}
_IMAGES = (".png", ".jpg", ".jpeg")


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
        printing=_printing(top.table("print"), top.table("labels")),
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
        hint = _("fill in the lines that answers are to be sent to")
        table.warn("address", _("the sender has no postal address"), hint)
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
        run_number=table.flag("run_number"),
        offset=_offset(table),
        letterhead=_file(table, "letterhead", root, (".docx",)),
    )
    margins.close()
    table.close()
    return layout


def _offset(table: Table) -> tuple[float, float]:
    table.asked.append("offset_mm")
    value = table.values.get("offset_mm", [0, 0])
    is_pair = isinstance(value, list) and len(value) == 2  # noqa: PLR2004  (right and down)
    if is_pair and all(isinstance(part, (int, float)) and abs(part) <= _FARTHEST for part in value):
        return (float(value[0]), float(value[1]))
    message = _("offset_mm must be two numbers, up to {most} mm each way", most=_FARTHEST)
    table.report("offset_mm", message, _("right and down in mm, as in [1.5, -2]"))
    return (0, 0)


def _printing(table: Table, labels: Table) -> PrintSettings:
    default = PrintSettings()
    tariffs = []
    for entry in table.tables("tariff"):
        tariffs.append(
            Tariff(entry.number("grams", 0, low=1, high=100_000), entry.number("euros", 0, low=0, high=1000))
        )
        entry.close()
    sheets = {name: LabelSheet(**sheet) for name, sheet in load_data("labels.toml")["sheet"].items()}
    for name in labels.values:
        sheet = _label_sheet(labels.table(name))
        if sheet:
            sheets[name] = sheet
    labels.close()
    settings = PrintSettings(
        command=table.text("command", default.command),
        paper_gsm=table.number("paper_gsm", default.paper_gsm, low=20, high=400),
        envelope_grams=table.number("envelope_grams", default.envelope_grams, low=0, high=200),
        envelope_sender=table.choice("envelope_sender", ("front", "back", "none"), default.envelope_sender),
        tariffs=tuple(sorted(tariffs, key=lambda tariff: tariff.grams)),
        sheets=sheets,
    )
    table.close()
    return settings


def _label_sheet(table: Table) -> LabelSheet | None:
    lengths = ("width", "height", "left", "top", "pitch_x", "pitch_y")
    missing = [key for key in ("columns", "rows", *lengths) if key not in table.values]
    counts = {key: int(table.number(key, 1, low=1, high=30)) for key in ("columns", "rows")}
    values: dict[str, Any] = {key: table.number(key, 0, low=0, high=297) for key in lengths}
    sheet = LabelSheet(**counts, **values)
    table.close()
    if missing:
        table.report(
            "", _("the label sheet lacks {keys}", keys=", ".join(missing)), _("give all lengths in mm")
        )
        return None
    right = sheet.left + (sheet.columns - 1) * sheet.pitch_x + sheet.width
    bottom = sheet.top + (sheet.rows - 1) * sheet.pitch_y + sheet.height
    is_narrow = sheet.columns > 1 and sheet.pitch_x < sheet.width
    if is_narrow or (sheet.rows > 1 and sheet.pitch_y < sheet.height):
        table.report("", _("the labels lie on top of each other"), _("a pitch is at least the label's size"))
        return None
    if right > _A4[0] + 0.5 or bottom > _A4[1] + 0.5:
        table.report(
            "",
            _("the labels do not fit on A4"),
            _("they reach {right:g} x {bottom:g} mm", right=right, bottom=bottom),
        )
        return None
    return sheet


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
                known = _(" and ").join(sorted(_CLOSING_MARKS))
                entry.report(
                    "closing",
                    _("unknown {marks} in closing", marks=", ".join(unknown)),
                    _("it knows {known}", known=known),
                )
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
            table.report(
                name,
                _("the law sets the step '{name}'", name=name),
                _("give a step of your own another name"),
            )
        step: dict[str, object] = {
            key: int(own.number(key, 0, low=0, high=limit))
            for key, limit in (("months", 60), ("days", 1000))
            if key in own.values
        }
        step |= {key: own.text(key) for key in ("does", "letter", "from") if key in own.values}
        if "roll" in own.values:
            step["roll"] = own.choice("roll", ("none", "forward", "back"), "forward")
        ends = own.texts("ended_by")
        if ends:
            step["ended_by"] = list(ends)
        own.close()
        _check_facts(table, name, step, list(dict.fromkeys([*shipped, *table.values])))
        if name not in shipped:
            missing = [key for key in ("does", "from") if not step.get(key)]
            if missing:
                lacking = _("the step '{name}' lacks {keys}", name=name, keys=_(" and ").join(missing))
                table.report(name, lacking, _('write does = "...", from = "received" and days or months'))
            step.setdefault("ended_by", _usual_end(step))
        steps[name] = step
    return steps


def _check_facts(table: Table, name: str, step: Mapping[str, object], order: Sequence[str]) -> None:
    """Report what a step counts from or ends by that is not known, or comes after it."""
    starts, ends = str(step.get("from", "")).split("|"), step.get("ended_by", ())
    for fact in (*starts, *cast("Sequence[str]", ends)):
        if fact and not _FACT.fullmatch(fact) and fact not in order:
            hint = did_you_mean(fact, [*order, "received", "refused", "answered", "returned"])
            table.report(name, _("the step '{name}' knows no '{fact}'", name=name, fact=fact), hint)
    for fact in starts:
        if fact in order[order.index(name) :]:
            message = _("the step '{name}' counts from '{fact}', which comes after it", name=name, fact=fact)
            table.report(name, message, _("write it below that step"))


def _usual_end(step: Mapping[str, object]) -> list[str]:
    """Return what ends a step of the campaign's own: an answer, or its letter once more than before it."""
    letter, start = step.get("letter"), str(step.get("from", ""))
    if not letter:
        return ["answered"]
    *_before, number = start.removeprefix(f"sent:{letter}").partition(":")
    after = int(number or 1) + 1 if start.startswith(f"sent:{letter}") else 1
    return ["answered", f"sent:{letter}:{after}"]


def _file(table: Table, key: str, root: Path, endings: tuple[str, ...]) -> str:
    """Read the name of a file that must stand inside the campaign folder."""
    name = table.text(key)
    if not name:
        return ""
    path = (root / name).resolve()
    if path.suffix.lower() not in endings:
        message = _("{key} must be a {endings} file", key=key, endings=_(" or ").join(endings))
        table.report(key, message, _("it is '{name}'", name=name))
    elif not path.is_relative_to(root.resolve()):
        table.report(key, _("{key} lies outside the campaign folder", key=key), _("copy the file into it"))
    elif not path.is_file():
        table.report(
            key, _("{key}: no file '{name}'", key=key, name=name), _("paths are relative to outreach.toml")
        )
    else:
        return path.relative_to(root.resolve()).as_posix()
    return ""
