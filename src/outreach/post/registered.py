"""List the registered letters of a print run for the post office: weights, prices, tracking numbers."""

from pathlib import Path

from outreach.campaign.campaign import PrintSettings
from outreach.campaign.paths import REGISTERED_LIST, REPRINTED_LIST
from outreach.country.country import is_abroad
from outreach.errors import Problem, RefusedError
from outreach.files.atomic import keep_copy, write_whole
from outreach.files.digest import digest, file_digest
from outreach.files.tables import guarded, read_table, write_rows
from outreach.journal.history import History
from outreach.journal.words import Outcome
from outreach.language import _
from outreach.post.cover import print_words, shown_day
from outreach.post.merge import sheets_of
from outreach.post.pages import PageSetup, registered_pdf
from outreach.post.print_record import PrintRecord
from outreach.post.print_run import PrintRun
from outreach.post.run_letter import RunLetter

_COLUMNS = ("no", "contact", "letter", "recipient", "grams", "number", "euros")
"""Of the CSV, whatever the language: `sent --tracking-file` reads these names."""
_PAPER_M2 = 0.210 * 0.297


def refuse_unrecorded(out: Path, name: str, history: History) -> None:
    """Raise a RefusedError if numbers were filled into a list that the journal does not know yet."""
    table = read_table(out / name)
    if "number" not in table.header:
        return
    place = table.header.index("number")
    known = {"", *(event.tracking for event in history.sendings)}
    if any(cells[place].strip() not in known for _line, cells in table.rows if place < len(cells)):
        message = _("numbers were filled in that are not recorded yet")
        hint = _("record them with `outreach sent --tracking-file`, or move the file away")
        raise RefusedError(Problem(name, 0, message, hint, code="numbers-not-recorded"))


def write_registered(
    run: PrintRun, out: Path, history: History, record: PrintRecord
) -> tuple[list[Path], list[Problem]]:
    """Write the list to hand in as registered.pdf and registered.csv in out/print.

    Those of a reprint are files of their own.

    The CSV, its column `number` filled in, goes back through `outreach sent --tracking-file`.

    Args:
        run: The letters.
        out: The folder of the generated letters.
        history: What was recorded; a tracking number that is known already stands in the list.
        record: How a list that is there was made.

    Returns:
        The paths, and a warning that names the copy of a list into which somebody wrote.

    Raises:
        InputError: the font lacks a character.
        WorldError: a file cannot be written.
    """
    campaign = run.folder.campaign
    name = REPRINTED_LIST if run.request.is_reprint else REGISTERED_LIST
    words, settings = print_words(campaign), campaign.printing
    language = campaign.country.language(campaign.language)
    numbers = _tracking(history)
    rows, table = [], []
    grams_all, euros_all, unpriced = 0, 0.0, 0
    for letter in run.letters:
        piece = letter.piece
        grams = weight(letter, settings, duplex=run.request.duplex)
        euros = None if is_abroad(letter.contact.country, campaign.country) else postage(grams, settings)
        tracking = numbers.get((piece.contacts[0], piece.letter, str(piece.written or "")), "")
        price = "" if euros is None else language.cents(euros)
        recipient = ", ".join(piece.address)
        rows.append([str(letter.number), piece.title, recipient, f"{grams} g", tracking, price])
        table.append([letter.number, piece.contact, piece.letter, recipient, grams, tracking, price])
        grams_all += grams
        euros_all += euros or 0
        unpriced += euros is None
    shown = f", {language.cents(euros_all)} €" if settings.tariffs else ""
    if settings.tariffs and unpriced:
        shown += words["unpriced"].format(count=unpriced)
    total = words["total"].format(count=len(rows), grams=grams_all, euros=shown)
    setup = PageSetup(campaign, run.stationery, words["registered"], run.day)
    pdf = registered_pdf(setup, words["registered_columns"], rows, total, shown_day(campaign, run.day))
    cells = ([guarded(str(cell)) for cell in row] for row in table)
    path, content = out / name, write_rows(_COLUMNS, cells)
    kept = []
    if record.is_filled_in(path.name) and file_digest(path) != digest(content):
        message = _("was changed by hand, kept as {name}", name=keep_copy(path).name)
        kept.append(Problem(name, 0, message, "", "warning", code="list-kept"))
    return [write_whole(path.with_suffix(".pdf"), pdf), write_whole(path, content)], kept


def weight(letter: RunLetter, settings: PrintSettings, *, duplex: bool) -> int:
    """Return what a letter weighs with its envelope, in grams, rounded up."""
    others = letter.papers(duplex=duplex)
    area = (sheets_of(letter.pages, duplex=duplex) - sum(others.values())) * _PAPER_M2
    area += sum(width * height / 1e6 * count for (width, height), count in others.items())
    by_hand = sum(enclosure.grams for enclosure in letter.by_hand)
    return -int(-(area * settings.paper_gsm + settings.envelope_grams + by_hand) // 1)


def postage(grams: float, settings: PrintSettings) -> float | None:
    """Return the price of the first tariff that reaches the weight; None if none does."""
    return next((tariff.euros for tariff in settings.tariffs if grams <= tariff.grams), None)


def _tracking(history: History) -> dict[tuple[str, str, str], str]:
    """Return the recorded tracking numbers by contact, letter and its date; not of what came back."""
    return {
        (case.contact, case.letter, str(event.piece.written or "")): event.tracking
        for case in history.cases.values()
        if case.outcome is not Outcome.RETURNED
        for event in case.sent
        if event.tracking
    }
