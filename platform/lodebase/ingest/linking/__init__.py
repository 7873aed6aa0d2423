"""Links between records: same things, organisations, recovery, lineage."""
