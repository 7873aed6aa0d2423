"""The source china-nbs-output-unverified."""
