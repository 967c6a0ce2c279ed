"""Files as such: written whole, read as text, hashed, named; TOML and tables that know their lines."""
