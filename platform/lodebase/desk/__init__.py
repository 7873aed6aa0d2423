"""Curation: accounts, judgements, error reports and proposed values."""
