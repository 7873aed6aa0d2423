"""The page of metals contained in the ore of another."""
