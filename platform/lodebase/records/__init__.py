"""One record: its feature, the rows that belong to it, its sources."""
