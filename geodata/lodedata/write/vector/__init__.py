"""Formats of geometries: GeoPackage, GeoParquet, GeoJSON, FlatGeobuf, KML and Shapefile."""
