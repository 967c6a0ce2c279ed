"""Count the rows of a file that name nobody among the contacts, as before it is imported."""

from pathlib import Path

from outreach.errors import InputError
from outreach.people.bring_in import read_candidate
from outreach.people.changes import Known
from outreach.people.people import People
from outreach.people.sources.detect import Choice, open_source


def count_not_imported(people: People, path: Path) -> int:
    """Return how many rows importing a file would add, or could not read; 0 for a table without rows.

    Raises:
        InputError: it is no file that can be imported as it is.
        WorldError: it cannot be read.
    """
    try:
        source = open_source(path, None, Choice(people.home), {})
    except InputError:  # it may lack the roles, which `--role` gives, and which tell no two persons apart
        source = open_source(path, None, Choice(people.home, roles=("person",)), {})
    known = Known(people.contacts, people.home)
    missing = 0
    for candidate in source.candidates:
        contact = read_candidate(people, candidate, path.name).contact
        known.met.clear()  # several rows may be one contact
        missing += known.take(contact) is None
    return missing
