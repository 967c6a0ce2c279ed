"""What letters are printed on and put into: envelope windows, label sheets, envelopes. Lengths in mm."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Window:
    """Where an envelope's window shows the folded sheet, from the sheet's top left corner."""

    name: str
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

    @property
    def holds_address(self) -> bool:
        """Tell whether the address stands in the band that may show, and above place and date."""
        left, top, right, bottom = self.clear
        end = self.top + self.line * self.lines
        is_shown = left <= self.left and self.left + self.width <= right and top <= self.top and end <= bottom
        return end <= self.body_top and (is_shown or not self.folds)

    def moved(self, right: float, down: float) -> "Window":
        """Return it with address and fold marks moved, to make up for a printer that is off."""
        return replace(
            self, left=self.left + right, top=self.top + down, folds=tuple(fold + down for fold in self.folds)
        )


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A sheet of labels on A4."""

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
class Envelope:
    """An envelope that is printed lengthwise, from its top left corner."""

    width: float
    height: float
    box: dict[str, float]
    """Left, top, width and height of the recipient's place."""
    stamp: dict[str, float]
    """Width and height of the part on the top right that stays free."""
