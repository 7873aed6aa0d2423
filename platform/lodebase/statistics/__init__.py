"""Statistics of records: grades, tonnages, distributions, data quality."""
