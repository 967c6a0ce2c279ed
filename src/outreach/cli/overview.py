"""What the program says when it is asked nothing: where the campaign stands; and doctor, about itself."""

from pathlib import Path

import typer

from outreach.campaign.paths import find_root
from outreach.cli.options import Json, campaign_root, open_folder, today
from outreach.cli.output import echo, print_pairs, show_records
from outreach.cli.views import record_of
from outreach.errors import InputError
from outreach.language import _


def show_overview(context: typer.Context, *, as_json: bool) -> None:
    """Say where the campaign stands and what comes next; outside of one, how to begin."""
    from outreach.journal.journal import read_history
    from outreach.journal.standing import follow, standings, tasks
    from outreach.reports.overview import describe, overview

    try:
        campaign_root(context)
    except InputError:
        if context.obj:
            raise
        if as_json:
            show_records([])
            return
        echo(_("no campaign here; next: outreach init my-campaign, or outreach --help"))
        return
    folder = open_folder(context)
    on = today()
    history = read_history(folder.campaign, is_brief=True).until(on)
    followed = follow(folder, history)
    rows = standings(folder, history, followed, on)
    found = overview(folder, rows, tasks(followed, on), on)
    if as_json:
        show_records([record_of(found)])
        return
    for line in describe(found):
        echo(line)


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Describe the installation for a bug report, as in: outreach doctor; no personal data is in it."""
    from outreach.upkeep.doctor import examine

    root: Path | None
    try:
        root = campaign_root(context) if context.obj else find_root(Path.cwd().resolve())
    except InputError:
        root = None
    found = list(examine(root))
    if as_json:
        show_records(map(record_of, found))
    else:
        print_pairs((one.name, one.value) for one in found)
