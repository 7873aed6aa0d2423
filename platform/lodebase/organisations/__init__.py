"""Organisations: which one a code or a name means."""

from lodebase.organisations.matching import Candidate, Match, find

__all__ = ["Candidate", "Match", "find"]
