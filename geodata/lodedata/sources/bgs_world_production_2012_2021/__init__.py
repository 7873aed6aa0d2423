"""The source bgs-world-production-2012-2021."""
