"""Parquet files: columns, the walk over their rows, and reading one."""
