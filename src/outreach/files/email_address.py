"""Tell whether a text is an e-mail address."""

import re

_ATOMS = r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
"""RFC 5322, 3.2.3: what stands on either side of the @ without quotes."""
_PLAIN = re.compile(f"{_ATOMS}@{_ATOMS}", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")


def is_email(text: str) -> bool:
    """Tell whether a text is one e-mail address, without a name."""
    return _EMAIL.fullmatch(text) is not None


def is_plain_email(text: str) -> bool:
    """Tell whether a text is an address that every mail server takes: in ASCII and without quotes."""
    return is_email(text) and _PLAIN.fullmatch(text) is not None
