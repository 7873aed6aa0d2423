"""The desk: signing in, judging pairs, and the values that people give."""
