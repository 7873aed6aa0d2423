"""Search suggestions for typed text."""
