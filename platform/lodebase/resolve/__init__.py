"""Which records are the same real thing: pairs with a probability and reasons, and the groups that they make."""
