"""Files that others publish or export, each read into candidates for contacts."""
