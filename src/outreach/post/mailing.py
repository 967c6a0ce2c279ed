"""What goes to the post office with a print run: labels, envelopes, the list for registered mail."""

import os
import shlex
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from outreach.campaign.campaign import PrintSettings
from outreach.errors import InputError, Problem, RefusedError, WorldError, did_you_mean
from outreach.files.atomic import write_whole
from outreach.files.tables import guarded, read_table, write_rows
from outreach.journal.case import cases
from outreach.journal.event import Event, effective
from outreach.journal.journal import read_events
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.people.address import MOST_LINES, delivery_lines
from outreach.post.merge import sheets_of
from outreach.post.pages import (
    Address,
    Desk,
    calibration_pdf,
    envelopes_pdf,
    labels_pdf,
    registered_pdf,
)
from outreach.post.plan import Item, Plan, desk_of, shown_day, words_of
from outreach.post.run import FOLDER, clear, write_pieces

LIST = "registered.csv"
"""For registered mail, to be filled in."""
_PIECE = 140
"""Addresses that are set at once: Typst keeps the pages of a document, and of some before it, in memory."""
_PAPER_M2 = 0.210 * 0.297


@dataclass(frozen=True, slots=True)
class Labels:
    """How labels are printed."""

    sheet: str
    """Name of a label sheet, shipped or the campaign's own."""
    skip: int = 0
    """Labels of the first sheet that are used up."""
    merge: bool = False
    """One label for letters to the same postal address; it prints every name."""
    outlines: bool = False
    """Draw the labels' edges, for a test on plain paper."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """What to make besides the letters."""

    labels: Labels | None = None
    envelopes: str = ""
    """A size; empty for none."""
    registered: bool = False
    """The list for registered mail."""


def make_mailing(plan: Plan, mailing: Mailing) -> dict[str, list[bytes]]:
    """Return the labels and envelopes in pieces, by the name of their file; nothing is written yet.

    Raises:
        InputError: as `make_labels`.
    """
    made: dict[str, list[bytes]] = {}
    if mailing.labels:
        made["labels.pdf"] = make_labels(plan, mailing.labels)
    if mailing.envelopes:
        made["envelopes.pdf"] = make_envelopes(plan, mailing.envelopes)
    return made


def write_mailing(plan: Plan, out: Path, mailing: Mailing, made: Mapping[str, Sequence[bytes]]) -> list[Path]:
    """Clear what an earlier run left, write what goes with this one into out/print, and return the paths.

    Args:
        plan: The run.
        out: The folder of the generated letters.
        mailing: What is wanted.
        made: What `make_mailing` returned.

    Raises:
        InputError: as `make_labels`, for the list for registered mail.
        RefusedError: a list that was filled in would be lost.
        WorldError: a file cannot be written or deleted.
    """
    last = out / FOLDER / LIST
    is_at_stake = last.is_file() and (mailing.registered or not plan.wanted.is_reprint)
    events: list[Event] = []
    if mailing.registered or is_at_stake:
        events = effective(read_events(plan.folder.campaign.root))
    if mailing.registered:
        _addresses(plan)
    if is_at_stake:
        _refuse_unrecorded(last, events)
    clear(plan, out)
    written = [write_pieces(plan, out / FOLDER / name, pieces) for name, pieces in made.items()]
    return [*written, *(write_registered(plan, out, events) if mailing.registered else ())]


def make_labels(plan: Plan, labels: Labels) -> list[bytes]:
    """Return the sheets of labels, in the order of the letters, in PDF files of a bounded size.

    Args:
        plan: The run.
        labels: Their sheet and what is to be done with it.

    Raises:
        InputError: an unknown sheet, contacts without postal address, or addresses that do not fit.
    """
    sheets = plan.folder.campaign.printing.sheets
    if labels.sheet not in sheets:
        hint = did_you_mean(labels.sheet, list(sheets))
        raise InputError(Problem("", 0, _("no label sheet '{sheet}'", sheet=labels.sheet), hint))
    sheet = sheets[labels.sheet]
    if labels.skip >= sheet.count:
        message = _("--skip {skip} leaves no label", skip=labels.skip)
        raise InputError(Problem("", 0, message, _("a sheet has {count}", count=sheet.count)))
    addresses = _addresses(plan)
    desk = desk_of(plan.folder, plan.day)
    chosen = _merged(plan) if labels.merge else addresses
    per_file = sheet.count * max(1, _PIECE // sheet.count)
    pieces = [chosen[: per_file - labels.skip]]
    pieces += [chosen[at : at + per_file] for at in range(len(pieces[0]), len(chosen), per_file)]
    return [
        labels_pdf(desk, sheet, piece, skip=0 if number else labels.skip, outlines=labels.outlines)
        for number, piece in enumerate(pieces)
    ]


def make_envelopes(plan: Plan, size: str) -> list[bytes]:
    """Return the envelopes, in the order of the letters, likewise; raises as `make_labels`."""
    desk, addresses = desk_of(plan.folder, plan.day), _addresses(plan)
    pieces = [addresses[at : at + _PIECE] for at in range(0, len(addresses), _PIECE)]
    return [envelopes_pdf(desk, size, piece) for piece in pieces]


def write_calibration(folder: Folder, out: Path, day: date) -> Path:
    """Write out/print/calibrate.pdf; raises as `make_labels`."""
    words = words_of(folder)
    window = folder.campaign.layout.geometry
    box = (window.left, window.top, window.left + window.width, window.top + window.line * window.lines)
    desk = Desk(folder.campaign, words["calibration"], day)
    frames = [(window.clear, words["frame_clear"]), (box, words["frame_address"])]
    pdf = calibration_pdf(desk, words["advice"], frames, words["fold"])
    return write_whole(out / FOLDER / "calibrate.pdf", pdf)


def _refuse_unrecorded(path: Path, events: Iterable[Event]) -> None:
    """Raise a RefusedError if numbers were filled into a list that the journal does not know yet."""
    table = read_table(path)
    if "number" not in table.header:
        return
    place = table.header.index("number")
    known = {"", *(str(event.data.get("tracking", "")) for event in events)}
    if any(cells[place].strip() not in known for _line, cells in table.rows if place < len(cells)):
        message = _("numbers were filled in that are not recorded yet")
        hint = _("record them with `outreach sent --tracking-file`, or move the file away")
        raise RefusedError(Problem(f"{FOLDER}/{path.name}", 0, message, hint))


def write_registered(plan: Plan, out: Path, events: Iterable[Event]) -> list[Path]:
    """Write the list to hand in as registered.pdf and registered.csv in out/print, and return their paths.

    The CSV, its column `number` filled in, goes back through `outreach sent --tracking-file`.

    Args:
        plan: The run.
        out: The folder of the generated letters.
        events: What was recorded; a tracking number that is known already stands in the list.

    Raises:
        InputError: the font lacks a character.
        WorldError: a file cannot be written.
    """
    words = words_of(plan.folder)
    settings = plan.folder.campaign.printing
    numbers = _tracking(events)
    rows, table = [], []
    grams_all, euros_all, unpriced = 0, 0.0, 0
    for item in plan.items:
        grams = weight(item, settings, duplex=plan.wanted.duplex)
        euros = None if item.contact.is_abroad else postage(grams, settings)
        entry = item.entry
        tracking = numbers.get((entry.contacts[0], entry.letter, entry.date), "")
        price = "" if euros is None else _price(euros, plan)
        recipient = ", ".join(item.entry.address)
        rows.append([str(item.number), entry.title, recipient, f"{grams} g", tracking, price])
        table.append([item.number, item.entry.contact, item.entry.letter, recipient, grams, tracking, price])
        grams_all += grams
        euros_all += euros or 0
        unpriced += euros is None
    shown = f", {_price(euros_all, plan)} €" if settings.tariffs else ""
    if settings.tariffs and unpriced:
        shown += words["unpriced"].format(count=unpriced)
    total = words["total"].format(count=len(rows), grams=grams_all, euros=shown)
    desk = Desk(plan.folder.campaign, words["registered"], plan.day)
    columns = words["registered_columns"]
    pdf = registered_pdf(desk, columns, rows, total, shown_day(plan.folder, plan.day))
    # `sent --tracking-file` reads these names, whatever the language.
    header = ["no", "contact", "letter", "recipient", "grams", "number", "euros"]
    cells = ([guarded(str(cell)) for cell in row] for row in table)
    return [
        write_whole(out / FOLDER / "registered.pdf", pdf),
        write_whole(out / FOLDER / LIST, write_rows(header, cells)),
    ]


def _price(euros: float, plan: Plan) -> str:
    text = f"{euros:.2f}"
    return text.replace(".", ",") if plan.folder.campaign.language == "fr" else text


def weight(item: Item, settings: PrintSettings, *, duplex: bool) -> int:
    """Return what a letter weighs with its envelope, in grams, rounded up."""
    paper = sheets_of(item.pages, duplex=duplex) * _PAPER_M2 * settings.paper_gsm
    return -int(-(paper + settings.envelope_grams) // 1)


def postage(grams: float, settings: PrintSettings) -> float | None:
    """Return the price of the first tariff that reaches the weight; None if none does."""
    return next((tariff.euros for tariff in settings.tariffs if grams <= tariff.grams), None)


def send_to_printer(paths: Sequence[Path], settings: PrintSettings) -> None:
    """Hand the files to the system's printer queue.

    Raises:
        InputError: the command's quotes are not closed.
        WorldError: there is no such program, or it refuses.
    """
    hint = _("name another program in [print] command, or print the file by hand")
    try:
        command = shlex.split(settings.command)
    except ValueError as error:
        problem = Problem(
            "outreach.toml", 0, _("[print] command: {error}", error=error), _("close its quotes")
        )
        raise InputError(problem) from error
    for path in paths:
        call: str | list[str] = [*command, str(path)]
        if os.name == "nt":  # whose programs take one line and split it themselves
            call = f"{settings.command} {subprocess.list2cmdline([str(path)])}"
        try:
            done = subprocess.run(call, check=False, capture_output=True)  # noqa: S603  (named in outreach.toml)
        except OSError as error:
            message = _("no program '{name}' takes print jobs here", name=command[0] if command else "")
            raise WorldError(Problem("", 0, message, hint)) from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            why = said[0] if said else _("exit code {code}", code=done.returncode)
            raise WorldError(
                Problem(
                    "",
                    0,
                    _("'{command}' did not take {name}: {why}", command=command[0], name=path.name, why=why),
                    hint,
                )
            )


def _addresses(plan: Plan) -> list[Address]:
    """Return an address for each letter.

    Raises:
        InputError: contacts without postal address, all of them.
    """
    missing = [item.contact.id for item in plan.items if not item.contact.has_address]
    if missing:
        raise InputError(
            *(
                Problem(
                    "",
                    0,
                    _("contact '{name}' has no postal address", name=name),
                    _("complete it, or leave it out"),
                )
                for name in dict.fromkeys(missing)
            )
        )
    return [Address(item.contact.id, item.entry.address) for item in plan.items]


def _merged(plan: Plan) -> list[Address]:
    """Join letters to the same place: all to whom they go, then the place.

    More than the six lines of the norm (NF Z10-011) are shortened to the names.
    """
    places: dict[tuple[str, ...], list[Item]] = {}
    for item in plan.items:
        place = delivery_lines(item.contact)
        places.setdefault(tuple(line.casefold() for line in place), []).append(item)
    merged = []
    for items in places.values():
        place = delivery_lines(items[0].contact)
        heads = {item.entry.address[: -len(place)]: len(item.entry.contacts) > 1 for item in items}
        own = [head for head, is_joint in heads.items() if not is_joint]
        together = [line for head, is_joint in heads.items() if is_joint for line in head]
        whole = [line for head in own for line in head]
        whole += [line for line in together if line not in whole]
        short = [line for head in own for line in head[:1]]
        short += [line for line in together if line not in short]
        lines = whole if len(heads) == 1 or len(whole) + len(place) <= MOST_LINES else short
        names = dict.fromkeys(item.contact.id for item in items)
        merged.append(Address(", ".join(names), (*lines, *place)))
    return merged


def _tracking(events: Iterable[Event]) -> dict[tuple[str, str, str], str]:
    """Return the recorded tracking numbers by contact, letter and its date; not of what came back."""
    return {
        (case.contact, case.letter, str(event.data.get("date", ""))): str(event.data["tracking"])
        for case in cases(events).values()
        if case.outcome != "returned"
        for event in case.sent
        if event.data.get("tracking")
    }
