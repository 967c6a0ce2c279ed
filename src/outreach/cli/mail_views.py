"""The rows of what was read of e-mail: what became of each message, what waits in the tray."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from outreach.cli.views import Record, View
from outreach.language import _, ngettext, said

if TYPE_CHECKING:
    from outreach.journal.mail import MailEntry
    from outreach.people.people import People
    from outreach.post.email.reading import Finding, Reading
    from outreach.post.email.tray import Waiting


def findings_view(rows: Sequence["Finding"], people: "People") -> "View[Finding]":
    """Show what became of each message, and why."""
    from outreach.people.addressing import name_and_town
    from outreach.post.email.matching import How

    def cells(row: "Finding") -> Sequence[object]:
        how = How.of(row.how) if row.how else ""
        whom = name_and_town(people, row.contact) if row.contact else row.sender
        became = f"{row.became.said} {row.number}" if row.number else row.became.said
        why = [_kind(row.kind) if row.kind != "sent" else "", row.why, said(how), *row.faults]
        return (row.on or "", became, whom, row.letter, ", ".join(dict.fromkeys(filter(None, why))))

    return View(
        rows,
        (_("day"), _("what"), _("contact"), _("letter"), _("why")),
        cells,
        record=_finding_record,
        groups=((_("what"), lambda row: row.became.said),),
    )


def _finding_record(row: "Finding") -> Record:
    names = ("source", "kind", "on", "contact", "letter", "how", "why", "sender", "subject", "number")
    return {
        "became": row.became.value,
        **{name: getattr(row, name) for name in names},
        "faults": list(row.faults),
    }


def _kind(kind: str) -> str:
    from outreach.post.email.kinds import MailKind

    return said(MailKind.of(kind))


def summed_up(reading: "Reading") -> str:
    """Return how many messages there were of those that are not shown one by one."""
    return ", ".join(
        [
            ngettext(
                "{count} message of the campaign", "{count} messages of the campaign", len(reading.findings)
            ),
            ngettext("{count} read before", "{count} read before", reading.known),
            ngettext("{count} about something else", "{count} about something else", reading.others),
        ]
    )


def tray_view(rows: Sequence["Waiting"], people: "People") -> "View[Waiting]":
    """Show what waits, with the first lines of each message."""
    from outreach.people.addressing import name_and_town
    from outreach.post.email.matching import How

    def cells(row: "Waiting") -> Sequence[object]:
        entry, message = row.entry, row.message
        whom = name_and_town(people, entry.contact) if entry.contact else "?"
        files = [one.name for one in message.attachments]
        lines = [
            message.subject,
            message.first_lines,
            *([", ".join(files)] if files else []),
            *message.faults,
        ]
        why = f"{whom}\n{said(How.of(entry.how))}"
        return (
            entry.number,
            row.on or "",
            f"{message.sender}\n{_kind(entry.kind)}",
            "\n".join(filter(None, lines)),
            why,
        )

    return View(rows, (_("no."), _("day"), _("from"), _("what"), _("contact")), cells, record=_waiting_record)


def _waiting_record(row: "Waiting") -> Record:
    message = row.message
    return {
        **entry_record(row.entry),
        "on": row.on,
        "subject": message.subject,
        "first_lines": message.first_lines,
        "text": message.text,
        "attachments": [{"name": one.name, "sha256": one.sha256} for one in message.attachments],
        "faults": list(message.faults),
    }


def entry_record(entry: "MailEntry") -> Record:
    """Return a message of the tray as it is kept."""
    names = ("number", "kind", "sender", "contact", "letter", "how", "message_id", "sha256")
    path = entry.file.path if entry.file else ""
    return {**{name: getattr(entry, name) for name in names}, "state": entry.state.value, "path": path}
