"""Releases: all public data of a version as files that other programs read in place, divided by licence."""
