"""Saved filters and webhooks of an API key."""
