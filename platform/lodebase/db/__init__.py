"""The database: its tables, its connections, the private cluster it may run on, and how it is brought up to date."""
