"""The campaign's settings, outreach.toml, and the places of its files."""
