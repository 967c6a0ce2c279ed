"""Tell whether a registered letter's number has the shape of one."""

import re
from dataclasses import dataclass

from outreach.language import _

_S10 = re.compile(r"[A-Z]{2}(\d{8})(\d)[A-Z]{2}")
"""UPU S10, as in RK 12345678 5 FR."""
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


@dataclass(frozen=True, slots=True)
class TrackingForm:
    """What a country's own tracking numbers look like, besides the international ones."""

    pattern: str
    example: str

    def fault(self, number: str) -> str:
        """Say what is odd about a tracking number; empty if nothing is. Blanks do not count."""
        bare = "".join(number.split()).upper()
        if re.fullmatch(self.pattern, bare):
            return ""
        international = _S10.fullmatch(bare)
        if not international:
            return _(
                "'{number}' does not look like a tracking number, as in {example}",
                number=number,
                example=self.example,
            )
        if check_digit(international[1]) != int(international[2]):
            return _("'{number}' has a wrong check digit", number=number)
        return ""


def check_digit(serial: str) -> int:
    """Return the S10 check digit of eight digits: 11 minus their weighted sum modulo 11, 10 as 0, 11 as 5."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(serial, _WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)
