"""The source china-condition-lists."""
