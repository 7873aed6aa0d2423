"""Organisations: which one a code or a name means."""

from lodebase.organisations.matching import Match, MatchCandidate, find

__all__ = ["MatchCandidate", "Match", "find"]
