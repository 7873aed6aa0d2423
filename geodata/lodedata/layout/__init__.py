"""Where plants lie against what exists: products, what they need, and measures of concentration and reach. No database."""
