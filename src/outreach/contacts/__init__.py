"""Recipients: who they are, where they are read from, how they are chosen and addressed."""
