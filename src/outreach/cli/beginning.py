"""What `init` asks on a terminal, and the page that it shows at the end."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.cli.options import ask, ask_for, one_of
from outreach.cli.output import say
from outreach.language import _, in_use

if TYPE_CHECKING:
    from outreach.upkeep.init import Beginning

_LINES = "|"
"""Between the lines of an address that is typed."""


def chosen_starter(starter: str, language: str, window: str) -> str:
    """Return the starter that the options ask for: by default that of the letters' language, or the user's.

    Raises:
        BadParameter: a word is none of those that may be given.
    """
    from outreach.country.country import DEFAULT, load_country
    from outreach.upkeep.init import STARTERS

    country = load_country(DEFAULT)
    for given, known in (
        (starter, STARTERS),
        (language, country.languages),
        (window, tuple(country.windows)),
    ):
        if given:
            one_of(known)(given)
    return starter or language or in_use()


def asked_for(said: "Beginning", starter: str) -> "Beginning":
    """Return what is known of the campaign once whatever the options did not say was asked for."""
    from outreach.country.country import DEFAULT, load_country
    from outreach.upkeep.init import paper_endings

    def paper(text: str) -> tuple[Path, ...]:
        path = Path(text).expanduser()
        if text and not (path.is_file() and path.suffix.lower() in paper_endings()):
            raise ValueError(_("name a file that ends in {endings}", endings=", ".join(paper_endings())))
        return (path,) if text else ()

    def word(text: str, known: tuple[str, ...]) -> str:
        if text and text not in known:
            raise ValueError(_("write one of {words}", words=", ".join(known)))
        return text

    country = load_country(DEFAULT)
    say(_("an empty answer leaves a setting for later"), err=True)
    return replace(
        said,
        title=said.title or ask(_("title of the campaign, as in A lane for the boulevard")),
        topic=said.topic
        or ask(_("what it is about, with its article, as in the cycle lane of the boulevard")),
        name=said.name or ask(_("who writes, a group or a person")),
        address=said.address or _lines(ask(_("address, as in 12 rue Exemple | 35400 SAINT-MALO"))),
        email=said.email or ask(_("e-mail")),
        place=said.place or ask(_("where the letters are written, as in Saint-Malo")),
        language=said.language
        or ask_for(
            _(
                "language of the letters ({words}; empty for {usual})",
                words=", ".join(country.languages),
                usual=starter,
            ),
            lambda text: word(text, tuple(country.languages)),
        ),
        window=said.window
        or ask_for(
            _("window of the envelopes ({words}; none for labels)", words=", ".join(country.windows)),
            lambda text: word(text, tuple(country.windows)),
        ),
        papers=said.papers or ask_for(_("file of a letterhead or logo"), paper),
    )


def show_first_page(root: Path, written: date) -> None:
    """Write the first page of the first letter as a picture and say where."""
    from outreach.letters.folder import load_folder
    from outreach.upkeep.init import write_first_page

    page = write_first_page(load_folder(root), written)
    say(_("the first page is shown in {path}", path=page.as_posix()))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (line.strip() for line in text.split(_LINES))))
