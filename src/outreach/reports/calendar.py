"""Turn what is due into a calendar (iCalendar, RFC 5545)."""

import uuid
from collections.abc import Sequence
from datetime import datetime, time, timedelta, timezone

from outreach.campaign.campaign import Campaign
from outreach.journal.standing import Due
from outreach.language import _, pgettext

_NAMESPACE = uuid.UUID("6f0e7a52-53c5-5d0b-9f0e-2b7f6d0f4a11")
"""Of the identifiers made here; any fixed one will do."""


def calendar_file(rows: Sequence[Due], campaign: Campaign) -> bytes:
    """Return one all-day entry for each row, with an alarm the day before.

    An entry keeps its identifier from one export to the next, so that a calendar moves it.
    """
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//outreach//EN")
    calendar.add("version", "2.0")
    for row in rows:
        entry = Event()
        name = f"{campaign.title}/{row.contact}/{row.letter}/{row.step}"
        entry.add("uid", f"{uuid.uuid5(_NAMESPACE, name)}@outreach")
        entry.add("dtstamp", datetime.combine(row.due_on, time(), timezone.utc))
        entry.add("dtstart", row.due_on)
        entry.add("dtend", row.due_on + timedelta(days=1))
        step, basis = pgettext("step", row.step), _(row.basis)
        what = f"{row.letter}, {step}. {basis}"
        entry.add("summary", _("{contact}: {what}", contact=row.contact, what=_(row.does)))
        entry.add("description", _("{what} (estimated)", what=what) if row.estimated else what)
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _(row.does))
        alarm.add("trigger", timedelta(days=-1))
        entry.add_component(alarm)
        calendar.add_component(entry)
    return bytes(calendar.to_ical())
