"""Deposits and mines under the names of EarthResourceML Lite, for portals and clients that know its views."""
