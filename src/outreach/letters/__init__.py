"""From template and recipient to the finished letter, and the record of what was made."""
