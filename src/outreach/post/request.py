"""What is to be printed, as the command line says it, and which options contradict each other."""

from dataclasses import dataclass, field

from outreach.journal.holding_back import Waived
from outreach.language import _
from outreach.people.selectors import is_id


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Which letters are printed, in which order, how."""

    letters: tuple[str, ...] = ()
    """Names; none for all that open a correspondence."""
    selectors: tuple[str, ...] = ()
    """Plain ids pick letters out of the run and leave their numbers; others say what the run is."""
    unwanted: tuple[str, ...] = ()
    sort: str = "contact"
    """One of `order.SORTS`."""
    first: int = 1
    """Number of the first letter to print."""
    count: int | None = None
    """How many; None for the rest."""
    duplex: bool = True
    waived: Waived = field(default_factory=Waived)
    """What does not hold a letter back."""
    allow_outside: bool = False
    """Print enclosures that lie outside the campaign folder too."""

    @property
    def picks(self) -> tuple[str, ...]:
        """The selectors, if all of them are plain ids."""
        return self.selectors if all(map(is_id, self.selectors)) else ()

    @property
    def is_reprint(self) -> bool:
        """Tell whether only some letters of a run are printed again, without its cover."""
        return bool(self.picks) or self.first > 1 or self.count is not None


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """How labels are printed."""

    sheet: str = ""
    """Name of a label sheet, shipped or the campaign's own; empty for no labels."""
    skip: int = 0
    """Labels of the first sheet that are used up."""
    merge: bool = False
    """One label or envelope for letters to the same postal address, or as many as all names take."""
    outlines: bool = False
    """Draw the labels' edges, for a test on plain paper."""


@dataclass(frozen=True, slots=True)
class MailingRequest:
    """What is made besides the letters."""

    labels: LabelRequest = field(default_factory=LabelRequest)
    envelopes: str = ""
    """A size; empty for none."""
    registered: bool = False
    """The list for registered mail."""
    with_letters: bool = True
    """The letters too; else what lies there of the run stays."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing but letters is made."""
        return not (self.labels.sheet or self.envelopes or self.registered)


def contradiction(run: RunRequest, mailing: MailingRequest, *, calibrate: bool) -> str:
    """Say which options do not go together; empty if all do.

    Args:
        run: Which letters.
        mailing: What is made besides.
        calibrate: Only the calibration page is wanted.
    """
    labels = mailing.labels
    if (labels.skip or labels.outlines) and not labels.sheet:
        return _("--skip and --outlines go with --labels SHEET")
    if labels.merge and not (labels.sheet or mailing.envelopes):
        return _("--merge-same-address goes with --labels SHEET or --envelopes SIZE")
    if not mailing.with_letters and mailing.is_empty:
        return _("--no-letters goes with --labels SHEET, --envelopes SIZE or --registered")
    is_more = run.letters or run.selectors or run.first > 1 or run.count or mailing != MailingRequest()
    if calibrate and is_more:
        return _("--calibrate goes alone: it prints no letter")
    return ""
