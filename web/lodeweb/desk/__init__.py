"""The desk: sign-in, review of pairs, and values that people propose."""
