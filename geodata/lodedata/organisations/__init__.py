"""Organisations: their codes and names, compared without a database."""
