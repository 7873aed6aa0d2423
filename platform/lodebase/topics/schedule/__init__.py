"""The schedule of projects in the store: phases with their lights, and the rows of the ledger."""
