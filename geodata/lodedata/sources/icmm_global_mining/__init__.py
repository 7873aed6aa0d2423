"""The source icmm-global-mining."""
