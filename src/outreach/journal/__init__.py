"""The memory of a campaign: events that are only ever added, and the exact files they speak of."""
