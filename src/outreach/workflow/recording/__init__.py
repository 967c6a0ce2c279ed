"""Commands that write the journal."""
