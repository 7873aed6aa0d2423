"""Decisions of experts, with their reasons: pairs, values, holders, organisations, listed projects."""
