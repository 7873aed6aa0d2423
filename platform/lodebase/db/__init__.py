"""The database: its tables, connections, the private cluster it may run on, and upgrades."""
