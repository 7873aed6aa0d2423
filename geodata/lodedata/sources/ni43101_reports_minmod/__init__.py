"""The source ni43101-reports-minmod."""
