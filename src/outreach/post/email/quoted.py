"""Split what an answer says from the message that it quotes."""

from collections.abc import Sequence

from outreach.post.email.words import is_line, is_subject, plain

_JOINED = 4
"""Lines that who wrote what follows may be spread over."""
_LONGEST = 5000
"""Lines that are looked through; what comes after them is kept as it is."""


def split_quoted(text: str, subject: str = "") -> tuple[str, str]:
    """Return what is said and what is quoted; the whole text is said where it forwards a message.

    Args:
        text: Lines that end in newlines.
        subject: Shows whether the message forwards another.
    """
    if is_subject("forwarded", subject):
        return text.strip(), ""
    lines = text.split("\n")
    bare = [plain(line) for line in lines[:_LONGEST]]
    own: list[str] = []
    quoted: list[str] = []
    number = 0
    while number < len(bare):
        count = _attribution(bare, number)
        if bare[number].startswith(">"):
            quoted.append(lines[number])
        elif is_line("forwarded", bare[number]):
            return text.strip(), ""
        elif count:
            quoted += lines[number : number + count]
            number += count - 1
            if not any(one.startswith(">") for one in bare[number + 1 :]):
                number += 1
                break  # it is not marked line by line: all that follows is quoted
        elif _begins_quoted(bare, number):
            break
        else:
            own.append(lines[number])
        number += 1
    is_all_read = number >= len(bare)
    own += lines[number:] if is_all_read else []
    quoted += [] if is_all_read else lines[number:]
    return "\n".join(own).strip(), "\n".join(quoted).strip()


def _attribution(bare: Sequence[str], number: int) -> int:
    """Return of how many lines from one on who wrote what follows is made; 0 if it is not said there."""
    for count in range(1, _JOINED + 1):
        joined = bare[number : number + count]
        if len(joined) < count or not joined[-1]:
            return 0
        if joined[-1].endswith(":") and is_line("attribution", " ".join(joined)):
            return count
    return 0


def _begins_quoted(bare: Sequence[str], number: int) -> bool:
    """Tell whether a line, or two heads of which the first is its sender, begins the message quoted."""
    if is_line("separator", bare[number]):
        return True
    after = next(filter(None, bare[number + 1 : number + 4]), "")
    return is_line("sender", bare[number]) and is_line("head", after)
