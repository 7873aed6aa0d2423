"""The source us-cpi-annual."""
