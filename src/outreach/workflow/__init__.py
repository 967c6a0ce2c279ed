"""Use cases, each named as its command; no screen, no clock, no exit."""
