"""The source standard-conditions-lists."""
