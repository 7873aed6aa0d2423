"""Maps of the collections for other programs: styles of MapLibre and projects of QGIS."""
