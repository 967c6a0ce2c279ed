"""Use cases that write the journal."""
