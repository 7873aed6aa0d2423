"""Recycling: balances of streams, their treatment by date, and rules on imports."""
