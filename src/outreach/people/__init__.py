"""Recipients: who they are, where they come from, how they are chosen and addressed."""
