"""Evidence other than names that two rows describe the same thing."""
