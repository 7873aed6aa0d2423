"""Languages, labels, messages and numbers."""
