"""Turn outreach.toml into the Campaign; every fault found is a Problem."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outreach.campaign.campaign import (
    Campaign,
    EmailSettings,
    Layout,
    MailServer,
    Margins,
    PrintSettings,
    Sender,
    Tariff,
)
from outreach.campaign.codes import COMMAND, ERROR, ranks
from outreach.campaign.follow_up import read_follow_up
from outreach.campaign.paths import SETTINGS
from outreach.country.civility import CivilityChoices
from outreach.country.country import DEFAULT, Country, find_country, known_countries, load_country
from outreach.country.paper import LabelSheet, Window
from outreach.errors import Problem, did_you_mean
from outreach.files.email_address import is_plain_email
from outreach.files.toml import Table, load
from outreach.language import _

_A4 = (210, 297)
"""In mm."""
_FARTHEST = 20
"""Greatest offset, in mm."""
_CLOSING_MARKS = {"{address}", "{consideration}"}
_IMAGES = (".png", ".jpg", ".jpeg")
_CERTIFICATES = (".pem", ".crt", ".cer")
_PORTS = {"imap": 993, "smtp": 465}
_STARTTLS_PORTS = (25, 143, 587)
_FROM = re.compile(r'"?(?P<name>[^"<>]*?)"?\s*<(?P<address>[^<>]*)>')


def load_campaign(root: Path) -> tuple[Campaign, list[Problem]]:
    """Read the campaign's settings; every fault found is a Problem, and a default stands in for it.

    Raises:
        InputError: outreach.toml is not UTF-8 or not TOML.
        WorldError: it cannot be read.
    """
    problems: list[Problem] = []
    document = load(root / SETTINGS, SETTINGS, problems)
    top = document.top()
    about = top.table("campaign")
    letter = top.table("letter")
    journal = top.table("journal")
    country = _country(about)
    campaign = Campaign(
        root=root,
        country=country,
        title=about.text("title", required=True),
        topic=about.text("topic"),
        language=about.choice("language", country.languages, country.languages[0]),
        recheck_months=about.whole("recheck_months", 12, low=1, high=120),
        territory=about.choice("territory", country.territories, next(iter(country.territories))),
        sender=(sender := _sender(top.table("sender"), root)),
        place=letter.text("place", required=True),
        date=letter.day("date"),
        date_line=letter.line("date"),
        reference=letter.text("reference"),
        registered=letter.flag("registered"),
        author=journal.text("author"),
        civility=_civility(top.table("civility"), country),
        layout=_layout(top.table("layout"), root, country),
        follow_up=read_follow_up(top.table("follow_up"), country),
        ignored=_ignored(top.table("check")),
        printing=_printing(top.table("print"), top.table("labels"), country),
        email=_email(top.table("email"), root, sender),
    )
    example = country.language(campaign.language).with_article(campaign.topic)
    if example:
        message = _("topic '{topic}' has no article", topic=campaign.topic)
        about.warn(
            "topic",
            message,
            _('write it with its article, as in "{example}"', example=example),
            code="topic-without-article",
        )
    about.close()
    letter.close()
    journal.close()
    top.close()
    return campaign, problems


def _country(table: Table) -> Country:
    name = table.text("country", DEFAULT)
    found = find_country(name)
    if not found:
        hint = did_you_mean(name, known_countries())
        table.report(
            "country", _("unknown {key} '{value}'", key="country", value=name), hint, code="unknown-country"
        )
    return found or load_country(DEFAULT)


def _sender(table: Table, root: Path) -> Sender:
    name = table.text("name", required=True)
    address = table.texts("address")
    sender = Sender(
        name=name,
        short_name=table.text("short_name") or name,
        address=address,
        email=table.text("email"),
        phone=table.text("phone"),
        voice=table.choice("voice", ("nous", "je"), "nous"),
        signatories=table.texts("signatories"),
        cosigners=table.texts("cosigners"),
        legal_form=table.text("legal_form"),
        representative=table.text("representative"),
        seat=table.texts("seat") or address,
        domicile=table.texts("domicile") or address,
        logo=_file(table, "logo", root, _IMAGES),
        signature=_file(table, "signature", root, _IMAGES),
    )
    table.close()
    if not sender.address:
        hint = _("fill in the lines that answers are to be sent to")
        table.warn("address", _("the sender has no postal address"), hint, code="sender-without-address")
    return sender


def _layout(table: Table, root: Path, country: Country) -> Layout:
    default = Layout(next(iter(country.windows.values())))
    margins = table.table("margins")
    sender_block = table.flag("sender_block")
    window = country.windows[table.choice("window", tuple(country.windows), default.window.name)]
    layout = Layout(
        fonts=table.texts("font") or default.fonts,
        docx_font=table.text("docx_font", default.docx_font),
        size=table.number("size", default.size, low=8, high=14),
        margins=Margins(
            **{
                side: margins.number(side, getattr(default.margins, side), low=5, high=50)
                for side in ("top", "right", "bottom", "left")
            }
        ),
        window=window,
        fold_marks=table.flag("fold_marks", default=True),
        run_number=table.flag("run_number"),
        offset=_offset(table, window),
        letterhead=_file(table, "letterhead", root, (".docx",)),
        sender_block=sender_block if "sender_block" in table.values else None,
        background=_file(table, "background", root, (".pdf",)),
    )
    margins.close()
    table.close()
    return layout


def _offset(table: Table, window: Window) -> tuple[float, float]:
    table.asked.append("offset_mm")
    value = table.values.get("offset_mm", [0, 0])
    is_pair = isinstance(value, list) and len(value) == 2  # noqa: PLR2004  (right and down)
    if is_pair and all(isinstance(part, (int, float)) and abs(part) <= _FARTHEST for part in value):
        if window.moved(value[0], value[1]).holds_address:
            return (float(value[0]), float(value[1]))
        message = _("offset_mm moves the address into the date or out of the window")
        table.report(
            "offset_mm",
            message,
            _("measure again with `outreach print --calibrate`"),
            code="address-outside-window",
        )
        return (0, 0)
    message = _("offset_mm must be two numbers, up to {most} mm each way", most=_FARTHEST)
    table.report("offset_mm", message, _("right and down in mm, as in [1.5, -2]"), code="wrong-type")
    return (0, 0)


def _printing(table: Table, labels: Table, country: Country) -> PrintSettings:
    default = PrintSettings()
    tariffs = []
    for entry in table.tables("tariff"):
        tariffs.append(
            Tariff(entry.number("grams", 0, low=1, high=100_000), entry.number("euros", 0, low=0, high=1000))
        )
        entry.close()
    sheets = dict(country.label_sheets)
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


def _email(table: Table, root: Path, sender: Sender) -> EmailSettings:
    """Read how e-mail goes; without a `from` it comes from the sender's own address."""
    written = table.text("from")
    if not written.isprintable():
        table.report(
            "from",
            _("{key} must stand on one line", key="from"),
            _("take the line end out"),
            code="not-printable",
        )
        written = ""
    parts = _FROM.fullmatch(written)
    name, address = (parts["name"], parts["address"]) if parts else ("", written)
    if not written and is_plain_email(sender.email):
        address = sender.email
    settings = EmailSettings(
        name=name.strip() or sender.short_name,
        address=_address(table, "from", address),
        reply_to=_address(table, "reply_to", table.text("reply_to")),
        plus_tags=table.flag("plus_tags"),
        max_mb=table.number("max_mb", EmailSettings().max_mb, low=0.1, high=100),
        imap=_server(table, "imap", root, address),
        smtp=_server(table, "smtp", root, address),
    )
    table.close()
    return settings


def _address(table: Table, key: str, address: str) -> str:
    if not address or is_plain_email(address):
        return address
    hint = _("one address, as in name@example.org")
    table.report(key, _("'{email}' is not an e-mail address", email=address), hint, code="bad-email")
    return ""


def _server(email: Table, key: str, root: Path, user: str) -> MailServer | None:
    """Read one server; None where it is not given."""
    table = email.table(key)
    if not isinstance(email.values.get(key), dict):
        return None
    port = table.whole("port", _PORTS[key], low=1, high=65535)
    server = MailServer(
        host=table.text("host", required=True),
        port=port,
        user=table.text("user", user),
        is_starttls=table.flag("starttls", default=port in _STARTTLS_PORTS),
        certificate=_file(table, "certificate", root, _CERTIFICATES),
    )
    if "password" in table.values:
        table.asked.append("password")
        hint = _("delete it here, and keep it in the system's keyring or in OUTREACH_EMAIL_PASSWORD")
        table.report("password", _("a password does not belong in this file"), hint, code="password-in-file")
    table.close()
    return server if server.host else None


def _label_sheet(table: Table) -> LabelSheet | None:
    lengths = ("width", "height", "left", "top", "pitch_x", "pitch_y")
    missing = [key for key in ("columns", "rows", *lengths) if key not in table.values]
    counts = {key: table.whole(key, 1, low=1, high=30) for key in ("columns", "rows")}
    values: dict[str, Any] = {key: table.number(key, 0, low=0, high=297) for key in lengths}
    sheet = LabelSheet(**counts, **values)
    table.close()
    if missing:
        table.report(
            "",
            _("the label sheet lacks {keys}", keys=", ".join(missing)),
            _("give all lengths in mm"),
            code="missing-value",
        )
        return None
    right = sheet.left + (sheet.columns - 1) * sheet.pitch_x + sheet.width
    bottom = sheet.top + (sheet.rows - 1) * sheet.pitch_y + sheet.height
    is_narrow = sheet.columns > 1 and sheet.pitch_x < sheet.width
    if is_narrow or (sheet.rows > 1 and sheet.pitch_y < sheet.height):
        table.report(
            "",
            _("the labels lie on top of each other"),
            _("a pitch is at least the label's size"),
            code="labels-do-not-fit",
        )
        return None
    if right > _A4[0] + 0.5 or bottom > _A4[1] + 0.5:
        table.report(
            "",
            _("the labels do not fit on A4"),
            _("they reach {right:g} x {bottom:g} mm", right=right, bottom=bottom),
            code="labels-do-not-fit",
        )
        return None
    return sheet


def _civility(table: Table, country: Country) -> CivilityChoices:
    forms = ("m", "f", "group", "neutral", "closing", "consideration")
    own = table.table("roles")
    roles: dict[str, Mapping[str, str]] = {}
    for role in country.titles.roles:
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
                    code="unknown-variable",
                )
    own.close(tuple(country.titles.roles))
    choices = CivilityChoices(
        feminine=table.choice("feminine", ("la", "le"), "la"),
        plural=table.choice("plural", ("dot", "doublet", "masculine"), "dot"),
        roles=roles,
    )
    table.close()
    return choices


def _ignored(table: Table) -> tuple[str, ...]:
    """Read the codes of the warnings that `check` is to keep to itself."""
    codes = table.texts("ignore")
    table.close()
    known = ranks() if codes else {}
    for code in codes:
        rank = known.get(code, COMMAND)
        if rank == ERROR:
            message = _("'{code}' is an error, which cannot be ignored", code=code)
            table.report(
                "ignore", message, _("mend what it names; only warnings are ignored"), code="cannot-ignore"
            )
        elif rank == COMMAND:
            warnings = [one for one, other in known.items() if other not in (ERROR, COMMAND)]
            hint = did_you_mean(code, warnings) or _("`outreach check --all` shows the codes")
            table.report(
                "ignore", _("'{code}' is no finding of check", code=code), hint, code="unknown-value"
            )
    return codes


def _file(table: Table, key: str, root: Path, endings: tuple[str, ...]) -> str:
    """Read the name of a file that must stand inside the campaign folder."""
    name = table.text(key)
    if not name:
        return ""
    path = (root / name).resolve()
    if path.suffix.lower() not in endings:
        message = _("{key} must be a {endings} file", key=key, endings=_(" or ").join(endings))
        table.report(key, message, _("it is '{name}'", name=name), code="wrong-file-kind")
    elif not path.is_relative_to(root.resolve()):
        table.report(
            key,
            _("{key} lies outside the campaign folder", key=key),
            _("copy the file into it"),
            code="file-outside",
        )
    elif not path.is_file():
        table.report(
            key,
            _("{key}: no file '{name}'", key=key, name=name),
            _("paths are relative to outreach.toml"),
            code="missing-file",
        )
    else:
        return path.relative_to(root.resolve()).as_posix()
    return ""
