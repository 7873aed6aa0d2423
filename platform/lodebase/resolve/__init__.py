"""Record linkage: pairs of records with a probability and reasons, and the groups that they form."""
