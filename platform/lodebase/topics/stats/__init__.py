"""Statistics for a reader of markets: commodities at a glance, countries, pipelines, supply without one country, prices."""
