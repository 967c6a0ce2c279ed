"""The memory of a campaign: events, the cases that they fold into, and what is due."""
