"""The tables of the store, a module for each group."""
