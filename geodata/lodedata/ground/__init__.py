"""The ground of the map: packs of tile layers below the records, built at set-up or added by an operator."""
