"""One record: its feature, what belongs to it, its sources."""
