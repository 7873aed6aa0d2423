"""Commands that operate a site: database, backup, server and background tasks."""
