"""What looks at the whole campaign: start, check, doctor, forget."""
