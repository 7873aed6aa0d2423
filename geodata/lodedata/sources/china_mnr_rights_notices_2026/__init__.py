"""Notices of sales and transfers of mining rights in China, August and September 2026."""
