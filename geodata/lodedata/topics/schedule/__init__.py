"""Schedules of projects: milestones in time, alerts by dated rule sets, capacity that arrives, and lead times."""
