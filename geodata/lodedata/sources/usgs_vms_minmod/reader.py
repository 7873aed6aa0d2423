"""The sites of the file, each as one row."""

from lodedata.sources.minmod_sites import read

__all__ = ["read"]
