"""Organisations: which one a code or a name means."""

from lodebase.organisations.matching import METHODS, Match, MatchCandidate, find

__all__ = ["METHODS", "Match", "MatchCandidate", "find"]
