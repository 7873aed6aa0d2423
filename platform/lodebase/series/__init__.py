"""Series of statistics: queries, files, and figures derived from observations and from Lode's own projects."""
