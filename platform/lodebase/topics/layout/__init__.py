"""The layout check: rules, overlaps of existing sites, and siting of a plant under the rules."""
