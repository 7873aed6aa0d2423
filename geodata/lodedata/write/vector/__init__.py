"""Formats of geometries: GeoPackage, GeoParquet, GeoJSON, FlatGeobuf, PMTiles, KML and Shapefile."""
