"""Files that others publish or export, each read into drafts of contacts."""
