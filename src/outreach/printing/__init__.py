"""The print run: merged letters, labels, envelopes, lists for the post office."""
