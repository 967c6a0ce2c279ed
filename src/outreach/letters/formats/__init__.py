"""The Letter as bytes: a file a format, and one table of them."""
