"""Topics: one folder each, with its operations and the statements that they read."""
