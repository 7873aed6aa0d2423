"""A server of the Model Context Protocol: search, filters, records, statistics and checks as tools, read only."""
