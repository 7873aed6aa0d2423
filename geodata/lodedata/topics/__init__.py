"""Topics: one folder each, with its rules and computations."""
