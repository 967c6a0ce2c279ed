"""Letters as e-mail: drafts, what is sent, and what tells an answer's letter."""
