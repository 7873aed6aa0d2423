"""Filters of rows. A module declares one: its parameters, how they are parsed, and the SQL of its condition.

``registry`` finds them; parsing, SQL, counts, cache keys, OpenAPI and the reference follow.
"""
