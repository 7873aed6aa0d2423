"""The data at rest: database, queries, rules, jobs. No HTTP."""
