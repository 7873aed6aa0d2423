"""Layout check: compare the surroundings of a planned plant with rules that are stored as data."""
