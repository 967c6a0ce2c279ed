"""Letters become files."""
