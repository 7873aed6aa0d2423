"""Condition lists in the store: checks of an organisation on a day, in one request or as a table, and lists over time."""
