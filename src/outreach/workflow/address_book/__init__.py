"""Contacts come in, are completed and given away."""
