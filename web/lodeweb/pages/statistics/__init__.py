"""Pages of statistics: overview with targets, commodities, areas."""
