"""Filters of rows. Each module declares one: its parameters, what becomes of their values, and the SQL of its condition.

``registry`` lists them; parsing, SQL, counts, cache keys, OpenAPI and the reference follow.
"""
