"""Set the labels and envelopes of a print run, in the order of its letters."""

from outreach.errors import InputError, Problem, did_you_mean
from outreach.language import _
from outreach.people.addressing import delivery_lines, most_lines
from outreach.post.pages import Address, envelopes_pdf, labels_pdf
from outreach.post.print_run import PrintRun
from outreach.post.request import LabelRequest
from outreach.post.run_letter import RunLetter

_BATCH = 140
"""Addresses that are set at once: Typst keeps the pages of a document, and of some before it, in memory."""


def make_labels(run: PrintRun, labels: LabelRequest) -> list[bytes]:
    """Return the sheets of labels, in the order of the letters, in PDF files of a bounded size.

    Args:
        run: The letters.
        labels: Their sheet and what is to be done with it.

    Raises:
        InputError: an unknown sheet, contacts without postal address, or addresses that do not fit.
    """
    sheets = run.folder.campaign.printing.sheets
    if labels.sheet not in sheets:
        hint = did_you_mean(labels.sheet, list(sheets))
        raise InputError(
            Problem("", 0, _("no label sheet '{sheet}'", sheet=labels.sheet), hint, code="unknown-value")
        )
    sheet = sheets[labels.sheet]
    if labels.skip >= sheet.count:
        message = _("--skip {skip} leaves no label", skip=labels.skip)
        raise InputError(
            Problem("", 0, message, _("a sheet has {count}", count=sheet.count), code="out-of-range")
        )
    addresses = addresses_of(run)
    chosen = _merged(run) if labels.merge else addresses
    per_file = sheet.count * max(1, _BATCH // sheet.count)
    batches = [chosen[: per_file - labels.skip]]
    batches += [chosen[at : at + per_file] for at in range(len(batches[0]), len(chosen), per_file)]
    return [
        labels_pdf(run.setup, sheet, batch, skip=0 if number else labels.skip, outlines=labels.outlines)
        for number, batch in enumerate(batches)
    ]


def make_envelopes(run: PrintRun, size: str, *, merge: bool) -> list[bytes]:
    """Return the envelopes, in the order of the letters, likewise; raises as `make_labels`."""
    addresses = addresses_of(run)
    addresses = _merged(run) if merge else addresses
    batches = [addresses[at : at + _BATCH] for at in range(0, len(addresses), _BATCH)]
    return [envelopes_pdf(run.setup, size, batch) for batch in batches]


def addresses_of(run: PrintRun) -> list[Address]:
    """Return an address for each letter.

    Raises:
        InputError: contacts without postal address, all of them.
    """
    missing = [letter.contact.id for letter in run.letters if not letter.contact.has_address]
    if missing:
        raise InputError(
            *(
                Problem(
                    "",
                    0,
                    _("contact '{name}' has no postal address", name=name),
                    _("complete it, or leave it out"),
                    code="contact-without-address",
                )
                for name in dict.fromkeys(missing)
            )
        )
    return [Address(letter.contact.id, letter.piece.address) for letter in run.letters]


def _merged(run: PrintRun) -> list[Address]:
    """Join letters to the same place: all to whom they go, then the place.

    More lines than the country allows are shortened to the names, and names that are still too many are
    spread over as many addresses as it takes.
    """
    places: dict[tuple[str, ...], list[RunLetter]] = {}
    for letter in run.letters:
        place = delivery_lines(letter.contact, run.folder.campaign.country)
        places.setdefault(tuple(line.casefold() for line in place), []).append(letter)
    merged = []
    for letters in places.values():
        place = delivery_lines(letters[0].contact, run.folder.campaign.country)
        heads = {letter.piece.address[: -len(place)]: len(letter.piece.contacts) > 1 for letter in letters}
        own = [head for head, is_joint in heads.items() if not is_joint]
        together = [line for head, is_joint in heads.items() if is_joint for line in head]
        whole = [line for head in own for line in head]
        whole += [line for line in together if line not in whole]
        short = [line for head in own for line in head[:1]]
        short += [line for line in together if line not in short]
        most = most_lines(letters[0].contact, run.folder.campaign.country)
        lines = whole if len(heads) == 1 or len(whole) + len(place) <= most else short
        names = dict.fromkeys(letter.contact.id for letter in letters)
        count = max(1, len(lines))  # a body whose address begins with its name has no line of its own
        room = count if len(heads) == 1 else max(1, most - len(place))
        merged += [
            Address(", ".join(names), (*lines[start : start + room], *place))
            for start in range(0, count, room)
        ]
    return merged
